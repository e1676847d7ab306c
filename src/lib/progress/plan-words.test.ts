import { expect, test } from 'vitest';
import { planOf } from './plan.ts';
import type { WayItem } from './plan-way.ts';
import { bothDates, type PlanFacts, planLine, planSentences } from './plan-words.ts';

const item = (id: string, hours: number | null, more: Partial<WayItem> = {}): WayItem => ({
	id,
	title: id.toUpperCase(),
	minutes: hours === null ? null : hours * 60,
	begun: false,
	resting: false,
	by: null,
	...more
});

function facts(
	given: Partial<Omit<PlanFacts, 'plan' | 'ground'>> & { items?: WayItem[]; minutesPerWeek?: number } = {}
): PlanFacts {
	const { items = [item('a', 4), item('b', 4)], minutesPerWeek = 120, ...more } = given;
	const breaks = [{ name: 'Winter break', firstDay: '2026-12-21', lastDay: '2027-01-03' }];
	const ground = { items, minutesPerWeek, breaks, from: '2026-11-30' };
	return {
		plan: planOf(ground),
		ground,
		lastDay: '2027-01-29',
		extended: null,
		saidHours: true,
		restsSince: null,
		saved: null,
		longerBy: 0,
		...more
	};
}

test.for<[what: string, given: Parameters<typeof facts>[0], words: string[]]>([
	['in time', {}, ['At 2 hours a week your plan ends 3 school weeks before the program’s last day.']],
	[
		'just in time',
		{ lastDay: '2027-01-10' },
		['At 2 hours a week your plan ends just in time for the program’s last day, with no school week to spare.']
	],
	['no last day', { lastDay: null }, ['At 2 hours a week you are done by then.']],
	[
		'late, and more hours help',
		{ lastDay: '2026-12-11' },
		[
			'At 2 hours a week your plan ends 4 weeks after the program’s last day. With 4 hours a week it would be in time. Your program can give more time, and your mentor can help to choose shorter ones.'
		]
	],
	[
		'late, and nothing helps but time',
		{ items: [item('a', 60)], lastDay: '2026-12-04', minutesPerWeek: 600 },
		[
			'At 10 hours a week your plan ends 7 weeks after the program’s last day. Even forty hours a week would not do. Your program can give more time, and your mentor can help to choose shorter ones.'
		]
	],
	[
		'no day left',
		{ lastDay: '2026-11-29' },
		[
			'At 2 hours a week your plan ends 6 weeks after the program’s last day. There is no school day left before it. Your program can give more time, and your mentor can help to choose shorter ones. What you do stays yours in any case.'
		]
	],
	[
		'hours nobody said',
		{ lastDay: null, saidHours: false },
		[
			'At 2 hours a week you are done by then.',
			'How many hours you have is not known yet, so this counts with 2 hours. Please say yours.'
		]
	],
	[
		'one that counts until a day of its own',
		{ lastDay: null, items: [item('a', 4), item('b', 2, { by: '2026-12-04' })] },
		[
			'At 2 hours a week you are done by then.',
			'“B” counts until 4 December 2026 only, and stands in the plan until 18 December 2026. Moving it earlier helps.'
		]
	],
	[
		'everything rests',
		{ lastDay: null, restsSince: '2026-11-20' },
		[
			'At 2 hours a week you are done by then.',
			'You rest since 20 November 2026. The dates here hold if you go on today, and each week of rest moves yours by a week. The program’s last day stays where it is.'
		]
	],
	[
		'it moved by a pause',
		{ lastDay: null, saved: { doneOn: '2026-12-11', on: '2026-11-02', restedDays: 10 } },
		[
			'At 2 hours a week you are done by then.',
			'When you saved it on 2 November 2026, your date was 11 December 2026; it is later now. You rested for 10 school days since.'
		]
	],
	[
		'it stands where it was saved',
		{ lastDay: null, saved: { doneOn: '2027-01-08', on: '2026-11-02', restedDays: 0 } },
		['At 2 hours a week you are done by then.']
	],
	[
		'one of unknown time',
		{ items: [item('a', 2), item('b', null)] },
		['How long “B” takes is not known, so it has no weeks here and comes after the others.']
	],
	[
		'one rests',
		{ lastDay: null, items: [item('a', 2), item('b', 2, { resting: true })] },
		['At 2 hours a week you are done by then.', '“B” rests, so it comes last here.']
	],
	[
		'not the shortest',
		{ lastDay: null, longerBy: 90 },
		[
			'At 2 hours a week you are done by then.',
			'The shortest way of all would ask for 1 hour 30 minutes less; this one goes on with what you began and chose.'
		]
	]
])('%s', ([, given, words]) => expect(planSentences(facts(given)).map((one) => one.words)).toEqual(words));

test('only what is late is marked', () => {
	expect(planSentences(facts()).some(({ late }) => late)).toBe(false);
	expect(planSentences(facts({ lastDay: '2026-12-11' })).map(({ late }) => late)).toEqual([true]);
});

test('both dates stand beside each other, the program’s with its extension', () => {
	expect(bothDates(facts())).toEqual({ own: '8 January 2027', program: '29 January 2027' });
	expect(bothDates(facts({ extended: { from: '2026-12-18', reason: 'Snow.' } })).program).toBe(
		'29 January 2027, extended from 18 December 2026: Snow.'
	);
	expect(bothDates(facts({ items: [item('a', 2), item('b', null)], lastDay: null }))).toEqual({
		own: 'not known, 4 December 2026 at the earliest',
		program: 'none: whatever is done counts'
	});
	expect(bothDates(facts({ items: [item('a', 900)], minutesPerWeek: 15 })).own).toBe('more than ten years from now');
	expect(bothDates(facts({ items: [item('a', null)] })).own).toBe('not known');
});

test('one line for a home', () => {
	expect(planLine(facts())).toMatch(/^Your plan is done by .*; the program’s last day is 29 January 2027\.$/);
	expect(planLine(facts({ lastDay: '2026-12-04' }))).toMatch(/, after the program’s last day, 4 December 2026\.$/);
	expect(planLine(facts({ saidHours: false, lastDay: null }))).toMatch(/^At two hours a week you would be done by /);
	expect(planLine(facts({ restsSince: '2026-11-20' }))).toContain('nothing is asked of you');
	expect(planLine(facts({ items: [] }))).toBe(null);
	expect(planLine(facts({ items: [item('a', null)] }))).toMatch(/^When your plan is done is not known yet; /);
});
