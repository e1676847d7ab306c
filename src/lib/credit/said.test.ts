import { expect, test } from 'vitest';
import { dayInWords } from '#lib/ui/day-in-words.ts';
import type { Conversion } from './register.ts';
import { conversionInWords, daysInWords } from './said.ts';

test.for([
	['2026-07-01', '1 July 2026'],
	['2026-12-31', '31 December 2026'],
	['2026-10-09', '9 October 2026']
])('%s is %s', ([day, words]) => expect(dayInWords(day!)).toBe(words));

test('since when and until when', () => {
	expect(daysInWords({ validFrom: '2026-07-01', validUntil: null })).toBe('Counted from 1 July 2026');
	expect(daysInWords({ validFrom: '2026-07-01', validUntil: '2027-06-30' })).toBe(
		'Counted from 1 July 2026 until 30 June 2027'
	);
	expect(daysInWords({ validFrom: null, validUntil: null })).toBe('Not known since when');
});

test('what makes one of another', () => {
	const of = (fromPerTo: number) =>
		conversionInWords({ fromPerTo, fromUnit: 'contact-hours', toUnit: 'ceu' } as Conversion);
	expect([of(10), of(1), of(1.5)]).toEqual([
		'10 contact hours are 1 CEU',
		'1 contact hour is 1 CEU',
		'1.5 contact hours are 1 CEU'
	]);
});
