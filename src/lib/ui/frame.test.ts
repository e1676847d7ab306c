import { expect, test } from 'vitest';
import { placesFor, unread } from './frame.ts';

test.for<[who: string, writes: boolean, words: string[]]>([
	['whoever writes nowhere has one place', false, ['Home']],
	['whoever writes has a second one', true, ['Home', 'Write']]
])('%s', ([, writes, words]) => {
	expect(placesFor({ writes }).map(({ word }) => word)).toEqual(words);
});

test.for<[count: number, said: string | undefined]>([
	[0, undefined],
	[1, '1'],
	[99, '99'],
	[100, '99+'],
	[4_000, '99+']
])('%i unread are said as %s', ([count, said]) => {
	expect(unread(count)).toBe(said);
});
