import type { asksForPasskey, Mailbox, Proof } from './policy.ts';

export const cases: [kind: Mailbox['kind'], verified: boolean, ownerActive: boolean, opens: boolean][] = [
	['school', true, true, true],
	['school', false, true, true],
	['personal', true, true, true],
	['personal', false, true, false],
	['school', true, false, false],
	['personal', true, false, false]
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
