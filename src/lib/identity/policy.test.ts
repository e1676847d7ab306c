import { expect, test } from 'vitest';
import { cases, lostKeysCases, proofCases, roleCases } from './policy.cases.ts';
import { asksForPasskey, isProven, mayLetInAgain, opensTheDoor } from './policy.ts';

test.for(cases)(
	'a %s address (verified: %s, owner active: %s) opens the door: %s',
	([kind, verified, ownerActive, opens]) => expect(opensTheDoor({ kind, verified, ownerActive })).toBe(opens)
);

const now = new Date('2026-11-29T18:00:00Z');

test.for(proofCases)(
	'a session opened by %s, in which a passkey answered %s ms ago, is enough for a role: %s, for an export: %s',
	([openedBy, ago, role, exports]) => {
		const proof = { openedBy, passkeyAt: ago === null ? null : new Date(now.getTime() - ago) };
		expect(isProven(proof, 'role', now)).toBe(role);
		expect(isProven(proof, 'export', now)).toBe(exports);
	}
);

test('no session is enough for nothing', () => {
	expect(isProven(null, 'role', now)).toBe(false);
	expect(isProven(null, 'export', now)).toBe(false);
});

test.for(roleCases)('being a %s asks for a passkey: %s', ([role, asks]) => expect(asksForPasskey(role)).toBe(asks));

test.for(lostKeysCases)('%s lets a person in again who lost their passkeys: %3$s', ([, lost, may]) =>
	expect(mayLetInAgain(lost)).toBe(may)
);
