import { expect, test } from 'vitest';
import { absoluteLimit, expiryOf, idleLimit, readToken, refreshEvery, standingOf, tokenFromHeader } from './session.ts';

const now = new Date('2026-11-25T18:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);

test.for<[what: string, createdAgo: number, usedAgo: number, standing: ReturnType<typeof standingOf>]>([
	['just made', 0, 0, 'live'],
	['used a moment less than an hour ago', refreshEvery, refreshEvery - 1, 'live'],
	['used an hour ago', refreshEvery, refreshEvery, 'stale'],
	['idle for a moment less than the limit', idleLimit, idleLimit - 1, 'stale'],
	['idle for the limit', idleLimit, idleLimit, 'over'],
	['busy until a moment before the absolute end', absoluteLimit - 1, 0, 'live'],
	['busy at the absolute end', absoluteLimit, 0, 'over'],
	['used by a clock that runs ahead', 0, -1000, 'live']
])('a session %s is %4$s', ([, createdAgo, usedAgo, standing]) =>
	expect(standingOf({ lastUsedAt: ago(usedAgo), expiresAt: expiryOf(ago(createdAgo)) }, now)).toBe(standing)
);

const id = 'a'.repeat(22);
const secret = 'b'.repeat(43);

test.for<[value: string, ours: boolean]>([
	[`${id}.${secret}`, true],
	[id, false],
	[`${id}.`, false],
	[`${id}.${secret}x`, false],
	[`${id}.${secret.slice(1)}=`, false],
	[`${id}.${secret}.${secret}`, false],
	['', false],
	['x'.repeat(100_000), false]
])('%s can be a token: %s', ([value, ours]) => expect(readToken(value)).toEqual(ours ? { id, secret } : null));

test.for<[header: string | undefined, https: boolean, token: string | null]>([
	['session=plain', false, 'plain'],
	['a=1; session=plain; b=2', false, 'plain'],
	['session=first; session=second', false, 'first'],
	['__Host-session=hosted', true, 'hosted'],
	// On https a neighbouring subdomain could have set the plain name.
	['session=plain', true, null],
	['session=plain; __Host-session=hosted', false, 'hosted'],
	['xsession=plain', false, null],
	['session', false, null],
	[undefined, false, null]
])('the header %s (https: %s) holds %s', ([header, https, token]) =>
	expect(tokenFromHeader(header, https)).toBe(token)
);
