import { describe, expect, test } from 'vitest';
import { type Held, type LedgerFacts, ledgerOf, type Norm, sayMinutes } from './ledger.ts';

const texas: Norm = {
	key: 'US-TX',
	title: 'Texas',
	source: '19 TAC 153.1011',
	kind: 'per-term',
	minutes: 720,
	observationCounts: true,
	proRata: true,
	mentorWithinDays: 29
};
const california: Norm = {
	key: 'US-CA',
	title: 'California',
	source: 'Preconditions 2 and 3',
	kind: 'weekly-average',
	minutes: 60,
	observationCounts: false,
	proRata: true,
	mentorWithinDays: 30
};
const england: Norm = {
	key: 'GB-ENG',
	title: 'England',
	source: 'Entitlement',
	kind: 'every-weeks',
	phases: [
		{ weeks: 39, every: 1 },
		{ weeks: null, every: 2 }
	],
	observationCounts: false,
	proRata: true,
	mentorWithinDays: null
};

const autumn = { name: 'Autumn 2026', firstDay: '2026-08-17', lastDay: '2026-12-18' };
const spring = { name: 'Spring 2027', firstDay: '2027-01-05', lastDay: '2027-05-28' };
const facts = (some: Partial<LedgerFacts>): LedgerFacts => ({
	norm: texas,
	zone: 'America/Chicago',
	terms: [autumn, spring],
	breaks: [],
	pauses: [],
	shares: [],
	enrolledOn: '2026-08-17',
	beganOn: '2026-08-17',
	endedOn: null,
	isWhole: true,
	held: [],
	now: new Date('2026-11-30T18:00:00Z'),
	...some
});
const at = (day: string, hours: number, kind: Held['kind'] = 'meeting'): Held => ({
	at: new Date(`${day}T20:00:00Z`),
	minutes: hours * 60,
	kind
});
const states = (some: Partial<LedgerFacts>) => ledgerOf(facts(some)).periods.map(({ state }) => state);

test.for<[what: string, held: Held[], now: string, states: string[]]>([
	[
		'7 h of meetings and 5 h of observation in the autumn are enough, nothing in the spring is not',
		[at('2026-09-01', 7), at('2026-10-01', 5, 'observation')],
		'2027-06-01T18:00:00Z',
		['met', 'not met']
	],
	['30 h in the autumn give the spring nothing', [at('2026-10-01', 30)], '2027-06-01T18:00:00Z', ['met', 'not met']],
	[
		'while a semester goes on nothing is missed',
		[at('2026-10-01', 11)],
		'2026-11-30T18:00:00Z',
		['under way', 'to come']
	],
	['its last day is part of it', [at('2026-12-18', 12)], '2026-12-19T05:00:00Z', ['met', 'to come']],
	['and once it is over it is over', [at('2026-10-01', 11)], '2026-12-19T07:00:00Z', ['not met', 'to come']]
])('G7: %s', ([, held, now, expected]) => {
	expect(states({ held, now: new Date(now) })).toEqual(expected);
});

test('G8: enrolled on 1 September, a mentor is due by 1 October; 34 h in 36 weeks are 0.94 h a week and not met', () => {
	const since = '2026-09-01';
	const held = Array.from({ length: 34 }, (_, i) => ({
		at: new Date(Date.parse('2026-09-02T20:00:00Z') + i * 7 * 86_400_000),
		minutes: 60,
		kind: 'meeting' as const
	}));
	const ledger = ledgerOf(
		facts({
			norm: california,
			zone: 'America/Los_Angeles',
			enrolledOn: since,
			beganOn: '2026-09-20',
			held,
			now: new Date('2027-05-11T18:00:00Z')
		})
	);
	expect(ledger.mentorDue).toEqual({
		day: '2026-10-01',
		words: 'A mentor was due by 1 October 2026; this pair began on 20 September 2026.'
	});
	expect(ledger.periods).toEqual([
		{
			name: 'Since 1 September 2026',
			firstDay: since,
			lastDay: '2027-05-10',
			heldMinutes: 34 * 60,
			normMinutes: 36 * 60,
			state: 'not met',
			words: '34 h in 36 weeks: 0.94 h a week on average, and 1 is asked for. Not met.',
			forecast: 'Three more meetings of 45 minutes, beside what each week asks for, would do.'
		}
	]);
});

describe('a semester', () => {
	test('says where its rhythm leads, and what would do', () => {
		// 70 of 90 school days are gone by 20 November.
		const { periods } = ledgerOf(
			facts({ held: [at('2026-09-10', 4), at('2026-10-15', 4 + 1 / 6)], now: new Date('2026-11-20T18:00:00Z') })
		);
		expect(periods[0]).toMatchObject({
			state: 'under way',
			words: '8.1 of 12 h by 20 November.',
			forecast: 'At this rhythm 10.5 of 12 h by 18 December; two more meetings of 45 minutes would do.'
		});
	});
	test('breaks and pauses are no part of the rhythm', () => {
		const held = [at('2026-09-10', 6), at('2026-09-20', 2.2)];
		const now = new Date('2026-11-20T18:00:00Z');
		const pauses = [{ firstDay: '2026-10-12', lastDay: '2026-11-06' }];
		const breaks = [{ firstDay: '2026-11-23', lastDay: '2026-11-27' }];
		expect(ledgerOf(facts({ held, now, pauses, breaks })).periods[0]!.forecast).toBe(
			'At this rhythm 10.6 of 12 h by 18 December; two more meetings of 45 minutes would do.'
		);
	});
	test('too little to have a rhythm is said as such', () => {
		const of = (some: Partial<LedgerFacts>) => ledgerOf(facts(some)).periods[0]!.forecast;
		expect(of({})).toBe('Nothing is confirmed yet: 16 more meetings of 45 minutes by 18 December would do.');
		expect(of({ held: [at('2026-08-18', 1)], now: new Date('2026-08-20T18:00:00Z') })).toMatch(/^It is too early/);
		expect(of({ held: [at('2026-09-01', 11.99)] })).toBe('At this rhythm 14.1 of 12 h by 18 December: that would do.');
	});
	test('a meeting counts on the local day it begins on', () => {
		// 11:30 pm on the last day in Chicago, and after midnight in UTC; it ends on the next day.
		const late = { at: new Date('2026-12-19T05:30:00Z'), minutes: 720, kind: 'meeting' } as const;
		const now = new Date('2027-06-01T18:00:00Z');
		expect(states({ held: [late], now })).toEqual(['met', 'not met']);
		expect(states({ held: [{ ...late, at: new Date('2026-12-19T06:00:00Z') }], now })).toEqual(['not met', 'not met']);
	});
	test('half a post owes half of it, and a change of the post counts by days', () => {
		const half = [{ fromDay: '2026-01-01', share: 0.5 }];
		const [one] = ledgerOf(facts({ shares: half, held: [at('2026-10-01', 6)] })).periods;
		expect(one).toMatchObject({
			normMinutes: 360,
			state: 'met',
			words: '6 of 6 h, which is the part of 12 h that is due at 50 %. Met.'
		});
		const later = ledgerOf(facts({ shares: [{ fromDay: '2026-10-18', share: 0.5 }] })).periods[0]!;
		expect(later.normMinutes).toBe(540);
	});
	test('11.99 h never look like 12', () => {
		expect(sayMinutes(719.4)).toBe('11.9 h');
		expect(states({ held: [at('2026-10-01', 11.99)], now: new Date('2027-01-02T18:00:00Z') })).toEqual([
			'not met',
			'to come'
		]);
	});
	test('a pair that ended in it, or began in it after another, is not judged on what cannot be seen', () => {
		const now = new Date('2027-01-02T18:00:00Z');
		expect(states({ endedOn: '2026-10-30', now })).toEqual(['not known']);
		expect(states({ endedOn: '2026-10-30', held: [at('2026-10-01', 12)], now })).toEqual(['met']);
		expect(states({ beganOn: '2026-10-30', isWhole: false, now })).toEqual(['not known', 'to come']);
		expect(states({ beganOn: '2026-10-30', isWhole: true, now })).toEqual(['not met', 'to come']);
	});
	test('what the program has not said is not known', () => {
		expect(states({ norm: null })).toEqual(['not known']);
		expect(states({ terms: [] })).toEqual(['not known']);
	});
});

describe('a weekly average', () => {
	const since = '2026-09-01';
	const of = (some: Partial<LedgerFacts>) =>
		ledgerOf(facts({ norm: california, zone: 'America/Los_Angeles', enrolledOn: since, beganOn: since, ...some }))
			.periods[0]!;
	test('excuses weeks of a break and of a pause, and counts what was held in them', () => {
		const period = of({
			now: new Date('2026-11-10T18:00:00Z'),
			breaks: [{ firstDay: '2026-10-05', lastDay: '2026-10-12' }],
			pauses: [{ firstDay: '2026-10-20', lastDay: '2026-10-26' }],
			held: [at('2026-09-03', 7), at('2026-10-07', 1)]
		});
		expect(period).toMatchObject({
			normMinutes: 480,
			state: 'met',
			words: '8 h in 8 weeks: 1.00 h a week on average, and 1 is asked for. 2 weeks of breaks are excused. Met.'
		});
	});
	test('observations do not count where the rule does not say so', () => {
		expect(of({ now: new Date('2026-09-22T18:00:00Z'), held: [at('2026-09-03', 9, 'observation')] })).toMatchObject({
			heldMinutes: 0,
			state: 'not met'
		});
	});
	test('half a post owes half an hour', () => {
		expect(
			of({
				now: new Date('2026-11-10T18:00:00Z'),
				shares: [{ fromDay: since, share: 0.5 }],
				held: [at('2026-09-03', 5)]
			})
		).toMatchObject({ state: 'met', normMinutes: 300 });
	});
	test('before a week has passed nothing is due, and without a beginning nothing is known', () => {
		expect(of({ now: new Date('2026-09-05T18:00:00Z') }).state).toBe('under way');
		expect(of({ enrolledOn: null, beganOn: null }).state).toBe('not known');
	});
});

describe('every week, then every fortnight', () => {
	const since = '2026-08-31';
	const weekly = (weeks: number, without: number[] = []): Held[] =>
		Array.from({ length: weeks }, (_, i) => i)
			.filter((i) => !without.includes(i))
			.map((i) => ({
				at: new Date(Date.parse('2026-09-02T12:00:00Z') + i * 7 * 86_400_000),
				minutes: 60,
				kind: 'meeting'
			}));
	const of = (weeks: number, some: Partial<LedgerFacts>) =>
		ledgerOf(
			facts({
				norm: england,
				zone: 'Europe/London',
				enrolledOn: since,
				beganOn: since,
				now: new Date(Date.parse('2026-08-31T12:00:00Z') + weeks * 7 * 86_400_000),
				...some
			})
		).periods[0]!;
	test.for<[what: string, weeks: number, some: Partial<LedgerFacts>, state: string]>([
		['a meeting in each week', 10, { held: weekly(10) }, 'met'],
		['one week without', 10, { held: weekly(10, [4]) }, 'not met'],
		[
			'a week without that was a break',
			10,
			{ held: weekly(10, [4]), breaks: [{ firstDay: '2026-09-28', lastDay: '2026-10-02' }] },
			'met'
		],
		['every other week after the first year', 51, { held: weekly(51, [40, 42, 44, 46, 48, 50]) }, 'met'],
		['every other week in the first year', 20, { held: weekly(20, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) }, 'not met'],
		[
			'every other week in the first year at half a post',
			20,
			{ held: weekly(20, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]), shares: [{ fromDay: since, share: 0.5 }] },
			'met'
		],
		['the week that goes on is not missed yet', 1, { held: weekly(1) }, 'met'],
		['nothing is due in the first days', 0, { held: [] }, 'under way']
	])('%s', ([, weeks, some, state]) => {
		expect(of(weeks, some).state).toBe(state);
	});
	test('says when the last time without one was', () => {
		expect(of(10, { held: weekly(10, [4]) }).words).toBe(
			'A meeting every week is asked for now. 9 of 10 times there was one. The last time without began on 28 September. Not met.'
		);
	});
});
