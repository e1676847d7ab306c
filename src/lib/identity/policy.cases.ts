import type { asksForPasskey, LostKeys, Mailbox, Proof } from './policy.ts';

export const cases: [kind: Mailbox['kind'], verified: boolean, ownerActive: boolean, opens: boolean][] = [
	['school', true, true, true],
	['school', false, true, true],
	['personal', true, true, true],
	['personal', false, true, false],
	['school', true, false, false],
	['school', false, false, false],
	['personal', true, false, false],
	['personal', false, false, false]
];

const minute = 60_000;

/** How long ago a passkey answered in the session, if one did. */
export const proofCases: [openedBy: Proof['openedBy'], passkeyAgo: number | null, role: boolean, exports: boolean][] = [
	['mail', null, false, false],
	['provider', null, false, false],
	['mail', 0, true, true],
	['provider', 0, true, true],
	['passkey', 0, true, true],
	['passkey', 15 * minute, true, true],
	['passkey', 15 * minute + 1, true, false],
	['mail', 15 * minute + 1, true, false],
	['passkey', 30 * 24 * 60 * minute, true, false],
	// The clock of the server that asked was a little ahead.
	['passkey', -1000, true, true],
	['demo', null, true, true],
	['demo', 60 * minute, true, true]
];

export const roleCases: [role: Parameters<typeof asksForPasskey>[0], asks: boolean][] = [
	['teacher', false],
	['mentor', false],
	['coach', false],
	['assessor', true],
	['manager', true]
];

export const lostKeysCases: [what: string, LostKeys, may: boolean][] = [
	['a second manager of the same program', { self: false, proven: true, asking: 1, inReach: 1 }, true],
	['the same without a passkey', { self: false, proven: false, asking: 1, inReach: 1 }, false],
	['oneself', { self: true, proven: true, asking: 1, inReach: 1 }, false],
	['a manager of one of the other’s two programs', { self: false, proven: true, asking: 2, inReach: 1 }, false],
	['a manager above both of them', { self: false, proven: true, asking: 2, inReach: 2 }, true],
	['a manager of something else', { self: false, proven: true, asking: 1, inReach: 0 }, false],
	['about somebody of whom no passkey is asked', { self: false, proven: true, asking: 0, inReach: 0 }, false]
];
