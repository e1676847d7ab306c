import { expect, test } from 'vitest';
import { duration, type Measured, measuredInWords, statedInWords } from './measured.ts';

test.for<[minutes: number, words: string]>([
	[1, '5 minutes'],
	[43, '45 minutes'],
	[58, '1 hour'],
	[62, '1 hour'],
	[100, '100 minutes'],
	[119, '2 hours'],
	[140, '2.5 hours'],
	[600, '10 hours']
])('%i minutes are %s', ([minutes, words]) => expect(duration(minutes)).toBe(words));

test.for<[measured: Measured, words: string]>([
	[{ people: 0, lower: null, median: null, upper: null }, 'not known yet (0 of 10 teachers)'],
	[{ people: 9, lower: null, median: null, upper: null }, 'not known yet (9 of 10 teachers)'],
	// Whatever the database should say: nothing of nine people.
	[{ people: 9, lower: 1, median: 2, upper: 3 }, 'not known yet (9 of 10 teachers)'],
	[
		{ people: 14, lower: 95, median: 180, upper: 245 },
		'3 hours of writing for the teacher in the middle of 14, half of them between 95 minutes and 4 hours'
	],
	[
		{ people: 10, lower: 29, median: 30, upper: 31 },
		'30 minutes of writing for the teacher in the middle of 10, half of them about 30 minutes'
	]
])('%o is said as: %s', ([measured, words]) => expect(measuredInWords(measured)).toBe(words));

test('what an issuer has not said is not known', () => {
	expect(statedInWords(null)).toContain('not known');
	expect([statedInWords(1), statedInWords(8)]).toEqual(['about 1 hour', 'about 8 hours']);
});
