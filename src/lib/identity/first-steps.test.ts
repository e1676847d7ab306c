import { expect, test } from 'vitest';
import { readTimes, resumesAt, spansOf, stepsFor, type Times, timesOf } from './first-steps.ts';

test.for([
	[['teacher'], ['stack', 'time', 'who']],
	[['mentor'], ['time', 'who']],
	[
		['mentor', 'teacher'],
		['stack', 'time', 'who']
	],
	[['coach'], ['who']],
	[['manager'], ['who']],
	[['assessor', 'coach'], ['who']]
])('%s take the steps %s', ([roles, steps]) => {
	expect(stepsFor(roles!)).toEqual(steps);
});

test('whoever left in the middle goes on where nothing was said yet', () => {
	expect(resumesAt(['stack', 'time', 'who'], false)).toBe('stack');
	expect(resumesAt(['stack', 'time', 'who'], true)).toBe('who');
	expect(resumesAt(['time', 'who'], false)).toBe('time');
});

const none: Times = { beforeSchool: false, evening: false, days: [] };

test.for<Times>([
	none,
	{ ...none, beforeSchool: true },
	{ ...none, evening: true },
	{ beforeSchool: true, evening: true, days: [{ weekday: 3, at: '15:15' }] },
	{
		...none,
		days: [
			{ weekday: 1, at: '07:00' },
			{ weekday: 1, at: '19:00' },
			{ weekday: 7, at: '23:30' }
		]
	}
])('%j comes back as it was said', (times) => {
	const spans = spansOf(times);
	for (const { startsAt, endsAt } of spans) expect(endsAt > startsAt).toBe(true);
	// As Postgres writes a time.
	expect(timesOf(spans.map((span) => ({ ...span, startsAt: `${span.startsAt}:00` })))).toEqual(times);
});

const form = (fields: [string, string][]) => {
	const made = new FormData();
	for (const [name, value] of fields) made.append(name, value);
	return made;
};
const weekly: [string, string] = ['remind', 'weekly'];

test('a form without a tick is no time at all, and a day that was not chosen is none', () => {
	expect(readTimes(form([weekly, ['weekday', ''], ['at', '15:15']]))).toEqual({ times: none, remind: 'weekly' });
});

test('the same time twice is one', () => {
	const twice: [string, string][] = [
		['weekday', '3'],
		['at', '15:15']
	];
	expect(readTimes(form([weekly, ...twice, ...twice])).times.days).toEqual([{ weekday: 3, at: '15:15' }]);
});

test.for<[what: string, fields: [string, string][], sentence: RegExp]>([
	['no word about reminders', [], /how often/],
	['another word about reminders', [['remind', 'hourly']], /how often/],
	['a day that is none', [weekly, ['weekday', '8'], ['at', '15:15']], /none of the week/],
	['half a day', [weekly, ['weekday', '1.5'], ['at', '15:15']], /none of the week/],
	['a day without a time', [weekly, ['weekday', '3'], ['at', '']], /what time on Wednesday/],
	['a time that is none', [weekly, ['weekday', '3'], ['at', '25:00']], /what time on Wednesday/],
	['a time that ends tomorrow', [weekly, ['weekday', '3'], ['at', '23:59']], /what time on Wednesday/],
	[
		'more than a week has',
		[
			weekly,
			...[1, 2, 3, 4, 5, 6].flatMap((day): [string, string][] => [
				['weekday', `${day}`],
				['at', '15:15']
			])
		],
		/at most 5/
	]
])('%s is said to be wrong', ([, fields, sentence]) => {
	expect(() => readTimes(form(fields))).toThrow(sentence);
});
