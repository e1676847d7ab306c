import { expect, test } from 'vitest';
import { type ActionAnswer, type Answer, answerOf, pauseAfter, readAnswer } from './sending.ts';

const sentence = 'A moderator has closed this thread.';

test.for<[what: string, status: number, said: ActionAnswer | null, kind: Answer['kind']]>([
	['led to the post', 200, { type: 'redirect', location: '/threads/1?at=7#post-7' }, 'posted'],
	['led to a new thread', 200, { type: 'redirect', location: '/threads/1' }, 'posted'],
	['led to the sign-in page', 200, { type: 'redirect', location: '/sign-in?next=%2Fthreads' }, 'signed-out'],
	['somebody else is signed in', 200, { type: 'failure', status: 401, data: { message: sentence } }, 'signed-out'],
	['a rule says no', 422, { type: 'failure', data: { message: sentence } }, 'refused'],
	['too often', 429, { type: 'error', error: { message: sentence } }, 'refused'],
	['not theirs', 404, { type: 'error', error: { message: sentence } }, 'refused'],
	['too large, said by something in between', 413, null, 'refused'],
	['the database is away', 503, { type: 'error', error: { message: sentence } }, 'again'],
	['our fault', 500, { type: 'error', error: { message: sentence } }, 'again'],
	['a proxy without a server behind it', 502, null, 'again'],
	['a proxy that lost patience', 408, null, 'again'],
	['a page that some network puts in between', 200, null, 'again']
])('%s: %4$s', ([, status, said, kind]) => expect(answerOf(status, said).kind).toBe(kind));

test('says which post it became, and what was said against it', () => {
	expect(answerOf(200, { type: 'redirect', location: '/threads/1?at=7#post-7' })).toMatchObject({ number: 7 });
	expect(answerOf(422, { type: 'failure', data: { message: sentence } })).toMatchObject({ sentence });
	expect(answerOf(413, null)).toMatchObject({ sentence: expect.stringContaining('still here') as string });
});

test.for<[what: string, text: string, said: unknown]>([
	[
		'a rule, in the framework’s flat list',
		'{"type":"failure","status":422,"data":"[{\\"message\\":1,\\"files\\":2},\\"A moderator has closed this thread.\\",[]]"}',
		{ type: 'failure', status: 422, data: { message: sentence } }
	],
	['a redirect', '{"type":"redirect","status":303,"location":"/x"}', { type: 'redirect', status: 303, location: '/x' }],
	['an error', `{"type":"error","error":{"message":"${sentence}"}}`, { type: 'error', error: { message: sentence } }],
	['a page of a proxy', '<!doctype html>', null],
	['nothing', '', null],
	['null', 'null', null],
	['a number', '7', null],
	['data that is no list', '{"type":"failure","data":"7"}', { type: 'failure', data: { message: undefined } }]
])('what was answered is read: %s', ([, text, said]) => expect(readAnswer(text)).toEqual(said));

test('waits longer after each try in vain, up to half a minute or so, and not all alike', () => {
	const pauses = [1, 2, 3, 4, 5, 6, 50].map((tries) => pauseAfter(tries, 0.5));
	expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
	expect(pauseAfter(1, 0)).toBeLessThan(pauseAfter(1, 1));
});
