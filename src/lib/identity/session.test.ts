import { expect, test } from 'vitest';
import { expiryOf, ownTerms, readToken, sharedTerms, standingOf, type Terms, tokenFromHeader } from './session.ts';

const now = new Date('2026-11-25T18:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const minute = 60_000;

const cases = ({ idleLimit, absoluteLimit, refreshEvery }: Terms) =>
	[
		['just made', 0, 0, 'live'],
		['used a moment before that is worth writing down', refreshEvery, refreshEvery - 1, 'live'],
		['used when that is worth writing down', refreshEvery, refreshEvery, 'stale'],
		['idle for a moment less than the limit', idleLimit, idleLimit - 1, 'stale'],
		['idle for the limit', idleLimit, idleLimit, 'over'],
		['busy until a moment before the absolute end', absoluteLimit - 1, 0, 'live'],
		['busy at the absolute end', absoluteLimit, 0, 'over'],
		['used by a clock that runs ahead', 0, -1000, 'live']
	] as const;
test.for([
	...cases(ownTerms).map((row) => [false, ...row] as const),
	...cases(sharedTerms).map((row) => [true, ...row] as const)
])('a session (on a shared computer: %s) %s is %4$s', ([shared, , createdAgo, usedAgo, standing]) =>
	expect(standingOf({ lastUsedAt: ago(usedAgo), expiresAt: expiryOf(ago(createdAgo), shared), shared }, now)).toBe(
		standing
	)
);

test.for<[what: string, shared: boolean, createdAgo: number, usedAgo: number, over: boolean]>([
	['ten days', false, 20 * 1440 * minute, 10 * 1440 * minute, true],
	['nine days', false, 20 * 1440 * minute, 9 * 1440 * minute, false],
	['an hour', true, 3 * 60 * minute, 60 * minute, true],
	['59 minutes', true, 3 * 60 * minute, 59 * minute, false],
	['no time, after twelve hours', true, 12 * 60 * minute, 0, true],
	['no time, after twelve hours', false, 12 * 60 * minute, 0, false],
	['no time, after thirty days', false, 30 * 1440 * minute, 0, true]
])('unused for %s (on a shared computer: %s) it is over: %4$s', ([, shared, createdAgo, usedAgo, over]) => {
	const session = { lastUsedAt: ago(usedAgo), expiresAt: expiryOf(ago(createdAgo), shared), shared };
	expect(standingOf(session, now) === 'over').toBe(over);
});

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
