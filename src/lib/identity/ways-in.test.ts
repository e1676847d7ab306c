import { expect, test } from 'vitest';
import { isLastWay, provenFor, provenRecently } from './ways-in.ts';

test.for<[addresses: number, accounts: number, passkeys: number, last: boolean]>([
	[1, 0, 0, true],
	[0, 1, 0, true],
	[0, 0, 1, true],
	[0, 0, 0, true],
	[2, 0, 0, false],
	[1, 1, 0, false],
	[0, 1, 1, false],
	[1, 0, 1, false]
])('with %i addresses, %i accounts and %i passkeys, one is the last: %s', ([addresses, accounts, passkeys, last]) =>
	expect(isLastWay({ addresses, accounts, passkeys })).toBe(last)
);

const now = new Date('2026-11-29T18:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);

test.for<[signedIn: number, passkey: number | null, recently: boolean]>([
	[0, null, true],
	[provenFor - 1, null, true],
	[provenFor, null, false],
	[29 * 86_400_000, 0, true],
	[29 * 86_400_000, provenFor, false],
	[0, 29 * 86_400_000, true]
])('signed in %i ms ago, a passkey %s ms ago: recently %s', ([signedIn, passkey, recently]) =>
	expect(provenRecently({ createdAt: ago(signedIn), passkeyAt: passkey === null ? null : ago(passkey) }, now)).toBe(
		recently
	)
);
