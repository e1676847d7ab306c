import { expect, test } from 'vitest';
import type { Break } from '#lib/program/breaks.ts';
import { isSchoolDay } from '#lib/program/breaks.ts';
import { Random } from '../../../tests/fuzz/random.ts';
import { enoughMinutes, inHours, inOrder, moved, planOf, readHours } from './plan.ts';

const breaks: Break[] = [
	{ name: 'Thanksgiving', firstDay: '2026-11-25', lastDay: '2026-11-27' },
	{ name: 'Winter break', firstDay: '2026-12-21', lastDay: '2027-01-03' }
];
const item = (id: string, hours: number | null) => ({ id, minutes: hours === null ? null : hours * 60 });

test('two of two hours a week, around Thanksgiving and the winter break', () => {
	const plan = planOf({
		items: [item('a', 5), item('b', 4)],
		minutesPerWeek: 120,
		breaks,
		from: '2026-11-23'
	});
	// Monday and Tuesday hold two fifths of a week; the first full week is that of 30 November.
	expect(
		plan.weeks.map(({ monday, parts, free }) => [monday, free, ...parts.map(({ id, minutes }) => `${id} ${minutes}`)])
	).toEqual([
		['2026-11-23', false, 'a 48'],
		['2026-11-30', false, 'a 120'],
		['2026-12-07', false, 'a 120'],
		['2026-12-14', false, 'a 12', 'b 108'],
		['2026-12-21', true],
		['2026-12-28', true],
		['2027-01-04', false, 'b 120'],
		['2027-01-11', false, 'b 12']
	]);
	expect(plan.weeks.map((week) => week.breaks)).toEqual([
		['Thanksgiving'],
		[],
		[],
		[],
		['Winter break'],
		['Winter break'],
		[],
		[]
	]);
	expect(plan.items).toEqual([
		{ id: 'a', minutes: 300, from: '2026-11-23', until: '2026-12-14' },
		{ id: 'b', minutes: 240, from: '2026-12-14', until: '2027-01-11' }
	]);
	expect(plan).toMatchObject({ doneOn: '2027-01-11', knownUntil: '2027-01-11', tooLong: false });
});

test.for<
	[
		what: string,
		items: [string, number | null][],
		from: string,
		minutes: number,
		doneOn: string | null,
		knownUntil: string | null
	]
>([
	['nothing is left', [], '2026-11-30', 120, null, null],
	['it begins on a Saturday', [['a', 1]], '2026-11-28', 300, '2026-11-30', '2026-11-30'],
	['it begins in a break', [['a', 1]], '2026-12-22', 300, '2027-01-04', '2027-01-04'],
	['a full week ends on Friday', [['a', 2]], '2026-11-30', 120, '2026-12-04', '2026-12-04'],
	[
		'one whose time is not known',
		[
			['a', 2],
			['b', null]
		],
		'2026-11-30',
		120,
		null,
		'2026-12-04'
	],
	['none whose time is known', [['b', null]], '2026-11-30', 120, null, null],
	[
		'one that takes no time',
		[
			['a', 0],
			['b', 2]
		],
		'2026-11-30',
		120,
		'2026-12-04',
		'2026-12-04'
	],
	['what takes more than ten years', [['a', 1000]], '2026-11-30', 15, null, '2036-11-10']
])('%s', ([, items, from, minutesPerWeek, doneOn, knownUntil]) => {
	const plan = planOf({ items: items.map(([id, hours]) => item(id, hours)), minutesPerWeek, breaks, from });
	if (plan.tooLong) expect(plan).toMatchObject({ doneOn: null, tooLong: true });
	else expect(plan).toMatchObject({ doneOn, knownUntil });
});

test('random plans keep out of breaks and within the hours, lose no minute, and come out the same again', () => {
	for (let seed = 0; seed < 400; seed++) {
		const random = new Random(seed);
		const from = new Date(Date.UTC(2026, random.int(12), 1 + random.int(28))).toISOString().slice(0, 10);
		const pauses = Array.from({ length: random.int(6) }, (_, i): Break => {
			const first = Date.UTC(2026, random.int(18), 1 + random.int(28));
			const days = random.int(30);
			return {
				name: `Break ${i}`,
				firstDay: new Date(first).toISOString().slice(0, 10),
				lastDay: new Date(first + days * 86_400_000).toISOString().slice(0, 10)
			};
		});
		const items = Array.from({ length: random.int(7) }, (_, i) => ({
			id: `m ${i}`,
			minutes: random.oneIn(6) ? null : random.int(20 * 60)
		}));
		const minutesPerWeek = 15 * (1 + random.int(40));
		const ground = { items, minutesPerWeek, breaks: pauses, from };
		const plan = planOf(ground);
		expect(planOf(ground)).toEqual(plan);
		expect(planOf({ ...ground, breaks: pauses.toReversed() })).toMatchObject({
			items: plan.items,
			doneOn: plan.doneOn
		});
		const known = items.filter(({ minutes }) => minutes !== null);
		const parts = plan.weeks.flatMap((week) => week.parts);
		if (!plan.tooLong)
			for (const { id, minutes } of known)
				expect(
					parts.filter((part) => part.id === id).reduce((sum, part) => sum + part.minutes, 0),
					`${seed}`
				).toBe(minutes);
		for (const { monday, parts: own } of plan.weeks) {
			const days = [0, 1, 2, 3, 4].filter((n) => {
				const day = new Date(Date.parse(monday) + n * 86_400_000).toISOString().slice(0, 10);
				return day >= from && isSchoolDay(day, pauses);
			}).length;
			const spent = own.reduce((sum, { minutes }) => sum + minutes, 0);
			expect(spent, `${seed} ${monday}`).toBeLessThanOrEqual(Math.ceil((minutesPerWeek * days) / 5));
			expect(spent).toBeLessThanOrEqual(minutesPerWeek);
		}
		for (const { from: first, until } of plan.items)
			for (const day of [first, until])
				if (day) expect(isSchoolDay(day, pauses) && day >= from, `${seed} ${day}`).toBe(true);
		// One after the other: whoever comes later begins no earlier than the one before is done.
		const done = plan.items.filter(({ until }) => until !== null);
		for (let i = 1; i < done.length; i++) expect(done[i]!.from! >= done[i - 1]!.until!).toBe(true);
	}
});

test('how many hours a week would do is the fewest that do', () => {
	const ground = { items: [item('a', 5), item('b', 4)], breaks, from: '2026-11-30' };
	for (const lastDay of ['2026-12-04', '2026-12-18', '2027-01-15', '2027-03-01']) {
		const enough = enoughMinutes(ground, lastDay)!;
		const until = (minutesPerWeek: number) => planOf({ ...ground, minutesPerWeek }).doneOn!;
		expect(until(enough) <= lastDay, lastDay).toBe(true);
		expect(until(enough - 15) > lastDay, lastDay).toBe(true);
	}
	expect(enoughMinutes(ground, '2026-11-29')).toBe(null);
	expect(enoughMinutes({ ...ground, items: [item('a', 60)] }, '2026-12-04')).toBe(null);
	expect(enoughMinutes({ ...ground, items: [] }, '2026-12-04')).toBe(15);
});

test.for<[text: unknown, minutes: number | null]>([
	['2', 120],
	[' 1.5 ', 90],
	['1,5', 90],
	['0.3', 15],
	['40', 2400],
	['0', null],
	['41', null],
	['-2', null],
	['two', null],
	['', null],
	[null, null],
	['1e3', null]
])('%s hours a week are %s minutes', ([text, minutes]) => {
	if (minutes === null) expect(() => readHours(text)).toThrow('Nothing has changed yet.');
	else expect(readHours(text)).toBe(minutes);
});

test('the teacher’s order comes first, then days, then what is begun; what rests comes last', () => {
	const one = (id: string, more: Partial<{ begun: boolean; resting: boolean; by: string }> = {}) => ({
		id,
		begun: false,
		resting: false,
		by: null as string | null,
		...more
	});
	const items = [
		one('a'),
		one('b', { begun: true }),
		one('c', { by: '2027-01-01' }),
		one('d', { by: '2026-12-01' }),
		one('e', { resting: true, begun: true })
	];
	expect(inOrder(items, []).map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a', 'e']);
	expect(inOrder(items, ['a', 'gone', 'c', 'e']).map(({ id }) => id)).toEqual(['a', 'c', 'd', 'b', 'e']);
});

test.for<[id: string, to: 'earlier' | 'later', list: string]>([
	['b', 'earlier', 'bac'],
	['b', 'later', 'acb'],
	['a', 'earlier', 'abc'],
	['c', 'later', 'abc'],
	['x', 'later', 'abc']
])('%s goes %s: %s', ([id, to, list]) => expect(moved(['a', 'b', 'c'], id, to).join('')).toBe(list));

test.for<[minutes: number, words: string]>([
	[0, '0 minutes'],
	[45, '45 minutes'],
	[60, '1 hour'],
	[90, '1 hour 30 minutes'],
	[120, '2 hours']
])('%i minutes are %s', ([minutes, words]) => expect(inHours(minutes)).toBe(words));
