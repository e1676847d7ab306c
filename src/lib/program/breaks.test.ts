import { expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import {
	type Break,
	isInBreak,
	isSchoolDay,
	mergedBreaks,
	mondayOf,
	mostBreaks,
	readBreak,
	schoolDays,
	schoolWeeks
} from './breaks.ts';

const ground = { startsOn: '2026-08-03', there: 0 };
const asked = { name: 'Thanksgiving', firstDay: '2026-11-25', lastDay: '2026-11-27' };
const thanksgiving: Break = asked;
const winter: Break = { name: 'Winter break', firstDay: '2026-12-21', lastDay: '2027-01-03' };

test('a break is read without the spaces around it, and may be one day', () => {
	expect(readBreak({ name: '  Labor Day ', firstDay: ' 2026-09-07', lastDay: '2026-09-07 ' }, ground)).toEqual({
		name: 'Labor Day',
		firstDay: '2026-09-07',
		lastDay: '2026-09-07'
	});
});

test.for<[what: string, changed: Partial<Record<keyof typeof asked, unknown>>, there: number, why: string]>([
	['no name', { name: '  ' }, 0, 'give the break a name'],
	['a name without end', { name: 'x'.repeat(81) }, 0, 'at most 80 letters'],
	['a name that is no text', { name: null }, 0, 'Nothing has changed.'],
	['no first day', { firstDay: '' }, 0, 'choose the first day'],
	['no last day', { lastDay: undefined }, 0, 'Nothing has changed.'],
	['a day that does not exist', { lastDay: '2026-11-31' }, 0, 'not in the calendar'],
	['the last day before the first', { lastDay: '2026-11-24' }, 0, 'before the first one'],
	['121 days', { lastDay: '2027-03-25' }, 0, 'more than 120 days'],
	['a year typed wrong', { firstDay: '2062-11-25', lastDay: '2062-11-27' }, 0, 'look at the year again'],
	['one too many', {}, mostBreaks, `at most ${mostBreaks} breaks`]
])('is refused: %s', ([, changed, there, why]) => {
	const read = () => readBreak({ ...asked, ...changed }, { ...ground, there });
	expect(read).toThrow(Refusal);
	expect(read).toThrow(why);
});

test('120 days are taken, and the last break that fits too', () => {
	expect(readBreak({ ...asked, lastDay: '2027-03-24' }, { ...ground, there: mostBreaks - 1 })).toMatchObject({
		lastDay: '2027-03-24'
	});
});

test.for<[what: string, breaks: [name: string, first: string, last: string][], merged: [string, string, string][]]>([
	['none', [], []],
	[
		'two apart, in the order of days',
		[
			['b', '2026-12-21', '2027-01-03'],
			['a', '2026-11-25', '2026-11-27']
		],
		[
			['a', '2026-11-25', '2026-11-27'],
			['b', '2026-12-21', '2027-01-03']
		]
	],
	[
		'overlapping',
		[
			['a', '2026-12-21', '2026-12-31'],
			['b', '2026-12-28', '2027-01-03']
		],
		[['a, b', '2026-12-21', '2027-01-03']]
	],
	[
		'one inside the other',
		[
			['a', '2026-12-21', '2027-01-03'],
			['b', '2026-12-25', '2026-12-25']
		],
		[['a, b', '2026-12-21', '2027-01-03']]
	],
	[
		'one right after the other',
		[
			['a', '2026-12-21', '2026-12-24'],
			['b', '2026-12-25', '2026-12-27']
		],
		[['a, b', '2026-12-21', '2026-12-27']]
	],
	[
		'a day apart',
		[
			['a', '2026-12-21', '2026-12-24'],
			['b', '2026-12-26', '2026-12-27']
		],
		[
			['a', '2026-12-21', '2026-12-24'],
			['b', '2026-12-26', '2026-12-27']
		]
	],
	[
		'the same twice',
		[
			['a', '2026-12-21', '2026-12-24'],
			['a', '2026-12-21', '2026-12-24']
		],
		[['a', '2026-12-21', '2026-12-24']]
	]
])('merged: %s', ([, breaks, merged]) => {
	const of = (list: [string, string, string][]) =>
		list.map(([name, firstDay, lastDay]) => ({ name, firstDay, lastDay }));
	expect(mergedBreaks(of(breaks))).toEqual(of(merged));
	expect(mergedBreaks(of(breaks.toReversed())).map(({ firstDay, lastDay }) => [firstDay, lastDay])).toEqual(
		merged.map(([, first, last]) => [first, last])
	);
});

test.for<[day: string, inBreak: boolean, schoolDay: boolean]>([
	['2026-11-24', false, true],
	['2026-11-25', true, false],
	['2026-11-27', true, false],
	['2026-11-28', false, false], // a Saturday
	['2026-11-30', false, true],
	['2027-01-03', true, false],
	['2027-01-04', false, true]
])('%s is in a break: %s, a school day: %s', ([day, inBreak, schoolDay]) => {
	expect(isInBreak(day, [winter, thanksgiving])).toBe(inBreak);
	expect(isSchoolDay(day, [winter, thanksgiving])).toBe(schoolDay);
});

test.for<[from: string, to: string, days: number, weeks: number]>([
	['2026-11-23', '2026-11-29', 2, 1],
	['2026-11-25', '2026-11-29', 0, 0],
	['2026-11-23', '2026-12-06', 7, 2],
	['2026-12-18', '2027-01-04', 2, 2],
	['2026-12-21', '2027-01-03', 0, 0],
	['2026-11-30', '2026-11-30', 1, 1],
	['2026-11-28', '2026-11-29', 0, 0],
	['2026-12-01', '2026-11-30', 0, 0]
])('from %s to %s are %i school days in %i weeks', ([from, to, days, weeks]) => {
	const breaks = [thanksgiving, winter, { name: 'Once more', firstDay: '2026-12-24', lastDay: '2027-01-01' }];
	expect(schoolDays(from, to, breaks)).toBe(days);
	expect(schoolWeeks(from, to, breaks)).toBe(weeks);
});

test('counting by weeks and looking at each day say the same', () => {
	const breaks = [thanksgiving, winter];
	for (let i = 0; i < 60; i++) {
		const from = new Date(Date.UTC(2026, 10, 1 + i)).toISOString().slice(0, 10);
		for (let j = 0; j < 40; j++) {
			const to = new Date(Date.UTC(2026, 10, 1 + i + j)).toISOString().slice(0, 10);
			let days = 0;
			for (let k = 0; k <= j; k++)
				if (isSchoolDay(new Date(Date.UTC(2026, 10, 1 + i + k)).toISOString().slice(0, 10), breaks)) days++;
			expect(schoolDays(from, to, breaks), `${from} ${to}`).toBe(days);
		}
	}
});

test('a week begins on Monday', () => {
	expect(['2026-11-29', '2026-11-30', '2026-12-06'].map(mondayOf)).toEqual(['2026-11-23', '2026-11-30', '2026-11-30']);
});
