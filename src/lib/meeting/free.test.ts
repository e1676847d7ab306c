import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { FreeTime } from '#lib/identity/first-steps.ts';
import { type Asked, both, common, type Side, slotsIn, without } from './free.ts';

const zone = 'America/Chicago';
const side = (some: Partial<Side> = {}): Side => ({
	zone,
	said: [],
	taught: [],
	prep: [],
	offersPrep: false,
	busy: [],
	isKnown: false,
	...some
});
const every = (startsAt: string, endsAt: string, weekday: number | null = null): FreeTime => ({
	weekday,
	startsAt,
	endsAt
});
const ms = (iso: string) => Date.parse(iso);
const span = (from: string, to: string) => ({ from: ms(from), to: ms(to) });
// Monday 2 to Friday 6 November 2026, after the clocks went back in the United States.
const asked = (some: Partial<Asked> = {}): Asked => ({
	window: span('2026-11-02T06:00:00Z', '2026-11-07T06:00:00Z'),
	hours: { startsAt: '08:00', endsAt: '15:30' },
	breaks: [],
	programZone: zone,
	outside: false,
	...some
});
const said = (spans: { from: number; to: number }[], at = zone) =>
	spans.map(({ from, to }) => {
		const clock = (instant: number) =>
			Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(at).toPlainDateTime().toString().slice(5, 16);
		return `${clock(from)} ${clock(to).slice(6)}`;
	});
const afternoons = side({ said: [every('14:00', '16:00')] });

test('what both said they have, inside the school day', () => {
	const teacher = side({ said: [every('15:00', '16:00', 3), every('07:00', '07:45')] });
	expect(said(common(teacher, afternoons, asked()))).toEqual(['11-04T15:00 15:30']);
	expect(said(common(teacher, side({ said: [every('07:00', '16:00')] }), asked({ outside: true })))).toContain(
		'11-02T07:00 07:45'
	);
});

test('of somebody with a timetable or a calendar the whole school day counts but for what they teach or do', () => {
	const mentor = side({ isKnown: true, taught: [every('08:00', '14:00')] });
	const teacher = side({ isKnown: true, busy: [span('2026-11-02T20:00:00Z', '2026-11-02T21:00:00Z')] });
	expect(said(common(teacher, mentor, asked())).slice(0, 2)).toEqual(['11-02T15:00 15:30', '11-03T14:00 15:30']);
	// Of the other nothing is known, so nothing is claimed.
	expect(common(side(), mentor, asked())).toEqual([]);
});

test('a prep period is offered only if its owner lets it be, even where they said that they have time', () => {
	const prep = [every('14:00', '14:45', 3)];
	const closed = side({ isKnown: true, prep, said: [every('14:00', '14:45', 3)] });
	expect(said(common(closed, afternoons, asked()))).not.toContain('11-04T14:00 15:30');
	const open = { ...closed, offersPrep: true };
	const times = common(open, afternoons, asked());
	expect(said(times)).toContain('11-04T14:00 15:30');
	const slots = slotsIn(times, open, afternoons, { minutes: 45 });
	expect(slots.filter(({ prep }) => prep.teacher).map(({ from }) => new Date(from).toISOString())).toEqual([
		'2026-11-04T20:00:00.000Z'
	]);
});

test('a break of the program has no times, from its first midnight to its last in the program’s zone', () => {
	const breaks = [{ firstDay: '2026-11-03', lastDay: '2026-11-05' }];
	expect(said(common(afternoons, afternoons, asked({ breaks })))).toEqual(['11-02T14:00 15:30', '11-06T14:00 15:30']);
});

test('two zones: each says times on their own clock, and it has to be a school day on both', () => {
	const east = side({ zone: 'America/New_York', said: [every('08:00', '17:00')] });
	const west = side({ zone: 'America/Los_Angeles', said: [every('08:00', '12:00')] });
	// 8 am in Los Angeles is 11 am in New York, and noon there is 3 pm.
	expect(said(common(east, west, asked()), 'America/New_York')[0]).toBe('11-02T11:00 15:00');
});

test('slots begin on a quarter of an hour, are as long as asked, and spread over the days', () => {
	const times = [
		span('2026-11-02T14:05:00Z', '2026-11-02T20:00:00Z'),
		span('2026-11-03T14:00:00Z', '2026-11-03T14:40:00Z')
	];
	expect(said(slotsIn(times, side(), side(), { minutes: 45, aDay: 2 }))).toEqual([
		'11-02T08:15 09:00',
		'11-02T09:00 09:45'
	]);
	expect(said(slotsIn(times, side(), side(), { minutes: 30, aDay: 1 }))).toEqual([
		'11-02T08:15 08:45',
		'11-03T08:00 08:30'
	]);
});

describe('a change of the clock moves nothing that was said as a time of day', () => {
	test.for<[zone: string, around: string]>([
		['America/New_York', '2026-11-01'],
		['America/New_York', '2027-03-14'],
		['America/Los_Angeles', '2027-03-14'],
		['Europe/London', '2027-03-28'],
		['Europe/London', '2026-10-25'],
		['Australia/Lord_Howe', '2027-04-04'],
		['America/Phoenix', '2027-03-14']
	])('in %s around %s', ([place, around]) => {
		const day = Temporal.PlainDate.from(around);
		const at = (date: Temporal.PlainDate) => date.toZonedDateTime(place).epochMilliseconds;
		const window = { from: at(day.subtract({ days: 10 })), to: at(day.add({ days: 10 })) };
		let seed = 7;
		const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
		for (let run = 0; run < 40; run++) {
			const minutes = 8 * 60 + random(300);
			const clock = (value: number) =>
				`${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
			const times = [every(clock(minutes), clock(minutes + 60), 1 + random(5))];
			const one = side({ zone: place, said: times });
			const found = common(one, one, asked({ window, outside: true, programZone: place }));
			expect(found.length).toBeGreaterThan(1);
			for (const { from, to } of found) {
				const local = (instant: number) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(place);
				expect(local(from).toPlainTime().toString().slice(0, 5)).toBe(times[0]!.startsAt);
				expect(local(to).toPlainTime().toString().slice(0, 5)).toBe(times[0]!.endsAt);
				expect(local(from).dayOfWeek).toBe(times[0]!.weekday);
				expect(to - from).toBe(3_600_000);
			}
		}
	});
	test('two in zones that change on different days still meet when both have time', () => {
		// London has left summer time on 25 October, New York leaves it on 1 November.
		const london = side({ zone: 'Europe/London', said: [every('14:00', '15:00')] });
		const york = side({ zone: 'America/New_York', said: [every('09:00', '11:00')] });
		const window = span('2026-10-19T00:00:00Z', '2026-11-07T00:00:00Z');
		const hours = common(york, london, asked({ window, outside: true, programZone: 'Europe/London' })).map(({ from }) =>
			new Date(from).toISOString().slice(5, 16)
		);
		expect(hours).toEqual([
			...['19', '20', '21', '22', '23'].map((date) => `10-${date}T13:00`),
			...['26', '27', '28', '29', '30'].map((date) => `10-${date}T14:00`),
			...['02', '03', '04', '05', '06'].map((date) => `11-${date}T14:00`)
		]);
	});
});

test('sets of times', () => {
	const s = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }));
	expect(both(s([0, 5], [7, 9]), s([3, 8]))).toEqual(s([3, 5], [7, 8]));
	expect(without(s([0, 9]), s([0, 1], [3, 4], [8, 12]))).toEqual(s([1, 3], [4, 8]));
});
