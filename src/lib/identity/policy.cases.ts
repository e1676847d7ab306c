import type { Mailbox } from './policy.ts';

export const cases: [kind: Mailbox['kind'], verified: boolean, ownerActive: boolean, opens: boolean][] = [
	['school', true, true, true],
	['school', false, true, true],
	['personal', true, true, true],
	['personal', false, true, false],
	['school', true, false, false],
	['personal', true, false, false]
];
