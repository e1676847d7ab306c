import type { Cookies } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { readWays, rememberWays } from './provider-cookie.server.ts';
import { requestLife } from './provider.ts';

type Set = { name: string; value: string; how: Record<string, unknown> };

/** A request to this address with one cookie, and what is set in answer. */
function asking(address: string, name = '', value = '') {
	const set: Set[] = [];
	const cookies = {
		get: (asked: string) => (asked === name ? value : undefined),
		set: (of: string, text: string, how: object) => set.push({ name: of, value: text, how: { ...how } }),
		delete: (of: string, how: object) => set.push({ name: of, value: '', how: { ...how } })
	} as unknown as Cookies;
	return { event: { url: new URL(address), cookies }, set };
}
const secret = (n: number) => `${n}`.repeat(43);

test('over https the cookie is of this very host, unread by scripts, and comes back from another site’s link', () => {
	const { event, set } = asking('https://wayfellow.example.org/sign-in/with/google');
	rememberWays(event, [secret(1), secret(2)]);
	expect(set).toEqual([
		{
			name: '__Host-provider',
			value: `${secret(1)}.${secret(2)}`,
			how: { path: '/', httpOnly: true, sameSite: 'lax', secure: true, maxAge: requestLife / 1000 }
		}
	]);
});

test('the last way that was used takes the cookie with it', () => {
	const { event, set } = asking('http://localhost:5173/');
	rememberWays(event, []);
	expect(set).toEqual([{ name: 'provider', value: '', how: expect.objectContaining({ path: '/', secure: false }) }]);
});

test.for<[what: string, value: string, ways: string[]]>([
	['nothing', '', []],
	['one', secret(1), [secret(1)]],
	['three', [1, 2, 3].map(secret).join('.'), [1, 2, 3].map(secret)],
	['more than we give', [1, 2, 3, 4, 5].map(secret).join('.'), [1, 2, 3].map(secret)],
	['what is none of ours', 'x.__proto__.%00', []],
	['one among rubbish', `x.${secret(7)}.y`, [secret(7)]],
	['a very long one', 'x'.repeat(100_000), []]
])('of a cookie with %s we read what can be ours', ([, value, ways]) => {
	expect(readWays(asking('https://a.example/', '__Host-provider', value).event)).toEqual(ways);
});

test('a cookie that a neighbour could have planted is not looked at', () => {
	expect(readWays(asking('https://a.example/', 'provider', secret(1)).event)).toEqual([]);
});
