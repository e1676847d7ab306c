import { expect, test } from 'vitest';
import { placesFor, unread } from './frame.ts';

test.for<[who: string, writes: boolean, talks: boolean, words: string[]]>([
	['whoever writes and talks nowhere has one place', false, false, ['Home']],
	['whoever writes has a second one', true, false, ['Home', 'Write']],
	['whoever is in a cohort has one for it', true, true, ['Home', 'Write', 'Cohort']],
	['a coach talks and does not write', false, true, ['Home', 'Cohort']]
])('%s', ([, writes, talks, words]) => {
	expect(placesFor({ writes, talks }).map(({ word }) => word)).toEqual(words);
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
