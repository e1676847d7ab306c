import { expect, test } from 'vitest';
import { challengeIn, countsOn, longestName, readAdded, readName, readUsed, siteAt, suggestName } from './passkey.ts';

test.for<[typed: string, name: string | null]>([
	['My phone', 'My phone'],
	['  My\n\tphone ', 'My phone'],
	['Grandma’s iPad 🌻', 'Grandma’s iPad 🌻'],
	// What turns the direction of a line around, or does not show at all, is no part of a name.
	['My\u202ephone', 'My phone'],
	['\u200b\u200b', null],
	['', null],
	['   ', null],
	['x'.repeat(longestName), 'x'.repeat(longestName)],
	['x'.repeat(longestName + 1), null],
	['x'.repeat(100_000), null]
])('a passkey called %j is called %j', ([typed, name]) => expect(readName(typed)).toBe(name));

test.for<[userAgent: string | null, name: string]>([
	['Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15', 'iPhone'],
	['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36', 'Mac'],
	['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36', 'Chromebook'],
	['Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36', 'Android device'],
	['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Windows computer'],
	['curl/8.0', 'My passkey'],
	[null, 'My passkey']
])('made in %s it is called %s until somebody says better', ([userAgent, name]) =>
	expect(suggestName(userAgent)).toBe(name)
);

test.for<[kept: number, said: number, goesOn: boolean]>([
	[0, 0, true], // never counts: key rings in the cloud
	[0, 1, true],
	[5, 6, true],
	[5, 500, true],
	[5, 5, false],
	[5, 4, false],
	[5, 0, false]
])('after %i signatures one that says %i goes on: %s', ([kept, said, goesOn]) =>
	expect(countsOn(kept, said)).toBe(goesOn)
);

test('a site is its origin and its bare host', () => {
	expect(siteAt('https://wayfellow.example.org')).toEqual({
		origin: 'https://wayfellow.example.org',
		rpId: 'wayfellow.example.org'
	});
	expect(siteAt('http://localhost:5173').rpId).toBe('localhost');
});

const used = {
	id: 'abcdef',
	rawId: 'abcdef',
	type: 'public-key',
	response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA', userHandle: 'AAAA' }
};
const added = {
	...used,
	response: { clientDataJSON: 'e30', attestationObject: 'AAAA', transports: ['internal', 'by pigeon', 'internal'] }
};

test('an answer is read as far as we know it, and nothing else of it is kept', () => {
	const more = {
		...used,
		authenticatorAttachment: 'platform',
		clientExtensionResults: {},
		response: { ...used.response }
	};
	expect(readUsed(JSON.stringify(more))).toEqual(used);
	expect(readUsed(JSON.stringify({ ...used, response: { ...used.response, userHandle: null } }))).not.toBeNull();
	expect(readAdded(JSON.stringify(added))?.response.transports).toEqual(['internal']);
	const { transports: _, ...silent } = added.response;
	expect(readAdded(JSON.stringify({ ...added, response: silent }))?.response.transports).toEqual([]);
});

test.for([
	'',
	'null',
	'[]',
	'{',
	JSON.stringify({ ...used, type: 'password' }),
	JSON.stringify({ ...used, id: 7 }),
	JSON.stringify({ ...used, id: '../..' }),
	JSON.stringify({ ...used, id: 'a'.repeat(1401) }),
	JSON.stringify({ ...used, response: null }),
	JSON.stringify({ ...used, response: { ...used.response, signature: { length: 1 } } }),
	JSON.stringify({ ...used, more: 'x'.repeat(20_000) })
])('what can not be an answer is none: %.60s', (text) => {
	expect(readUsed(text)).toBeNull();
	expect(readAdded(text)).toBeNull();
});

test.for<[data: unknown, challenge: string | null]>([
	[{ challenge: 'abc' }, 'abc'],
	[{ challenge: 'x'.repeat(201) }, null],
	[{ challenge: { toString: 'abc' } }, null],
	[{}, null],
	[null, null]
])('in %j the challenge is %s', ([data, challenge]) =>
	expect(challengeIn(Buffer.from(JSON.stringify(data)).toString('base64url'))).toBe(challenge)
);

test('what is no JSON has no challenge', () => expect(challengeIn('____')).toBeNull());
