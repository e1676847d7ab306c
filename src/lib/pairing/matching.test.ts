import { describe, expect, test } from 'vitest';
import {
	alternativesFor,
	type Asked,
	collisionsOf,
	costsOf,
	explained,
	type MentorFacts,
	never,
	sharedDays,
	type TeacherFacts,
	unknownOf,
	usualWeights,
	worthOf
} from './matching.ts';
import { readFacts, readWeights } from './plan.ts';
import { plan } from './planning.ts';
import { solve } from './solving.ts';

const facts = { subjects: [], grades: [], languages: [], school: null, district: null, free: [] };
const teacher = (id: string, more: Partial<TeacherFacts> = {}): TeacherFacts => ({
	...facts,
	id,
	name: id,
	begins: null,
	...more
});
const mentor = (id: string, more: Partial<MentorFacts> = {}): MentorFacts => ({
	...facts,
	id,
	name: id,
	taken: 0,
	most: 1,
	ready: [],
	earned: [],
	...more
});
const asked = (teachers: TeacherFacts[], mentors: MentorFacts[], more: Partial<Asked> = {}): Asked => ({
	teachers,
	mentors,
	weights: usualWeights,
	apart: [],
	locks: [],
	before: [],
	...more
});
const waitTime = { id: 'w', title: 'Wait time' };
const withWhom = async (of: Asked) =>
	Object.fromEntries((await plan(of)).pairs.map(({ teacherId, mentorId }) => [teacherId, mentorId]));

/** Every assignment there is: the most teachers, and of those the least cost. */
function byTrying(of: Asked): { matched: number; cost: number } {
	const { cost, mentors: n, places } = costsOf(of);
	const used = new Array<number>(n).fill(0);
	let best = { matched: 0, cost: 0 };
	const go = (t: number, matched: number, sum: number) => {
		if (t === of.teachers.length) {
			if (matched > best.matched || (matched === best.matched && sum < best.cost)) best = { matched, cost: sum };
			return;
		}
		go(t + 1, matched, sum);
		for (let m = 0; m < n; m++) {
			if (cost[t * n + m] === never || used[m]! >= places[m]!) continue;
			used[m]!++;
			go(t + 1, matched + 1, sum + cost[t * n + m]!);
			used[m]!--;
		}
	};
	go(0, 0, 0);
	return best;
}

test('in two hundred small programs the plan is as good as the best of all there are', async () => {
	let seed = 11;
	const random = (n: number) => {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		return Math.floor((seed / 2 ** 32) * n);
	};
	const some = (list: string[]) => list.filter(() => random(2) === 0);
	let leftOver = 0;
	for (let round = 0; round < 200; round++) {
		const competencies = [waitTime, { id: 'q', title: 'Questions' }];
		const common = () => ({
			subjects: some(['art', 'math', 'music']),
			grades: some(['1', '2']),
			languages: some(['english', 'spanish']),
			school: `s${random(3)}`,
			district: `d${random(2)}`,
			free: random(2) ? [{ weekday: 1 + random(5), startsAt: '15:00', endsAt: '16:00' }] : []
		});
		const teachers = Array.from({ length: 1 + random(6) }, (_, i) =>
			teacher(`t${i}`, { ...common(), begins: random(3) ? competencies[random(2)]! : null })
		);
		const mentors = Array.from({ length: 1 + random(4) }, (_, i) => {
			const ready = some(['w', 'q']);
			return mentor(`m${i}`, { ...common(), taken: random(2), most: 1 + random(3), ready, earned: some(ready) });
		});
		const of = asked(teachers, mentors, {
			apart: random(3) ? [] : [{ teacherId: 't0', mentorId: 'm0' }],
			before: random(2) ? [{ teacherId: 't0', mentorId: 'm0' }] : []
		});
		const costs = costsOf(of);
		const best = byTrying(of);
		const solved = await solve(costs, { near: 0 });
		const used = new Map<number, number>();
		let cost = 0;
		solved.mentorOf.forEach((m, t) => {
			if (m < 0) return;
			used.set(m, (used.get(m) ?? 0) + 1);
			expect(costs.cost[t * mentors.length + m]).not.toBe(never);
			cost += costs.cost[t * mentors.length + m]!;
		});
		for (const [m, n] of used) expect(n).toBeLessThanOrEqual(costs.places[m]!);
		expect({ matched: solved.matched, cost }, `round ${round}`).toEqual(best);
		expect(solved.bound).toBe(solved.worth);
		// Whoever is left over is explained, by teachers who really have too few places between them.
		const collisions = collisionsOf(of, costs, solved.mentorOf);
		leftOver += teachers.length - solved.matched;
		expect(collisions.length > 0).toBe(solved.matched < teachers.length);
		for (const { teacherIds, mentorIds, places } of collisions) {
			expect(places).toBeLessThan(teacherIds.length);
			for (const id of teacherIds)
				mentors.forEach((one, m) => {
					const may = costs.cost[Number(id.slice(1)) * mentors.length + m] !== never;
					if (may) expect(mentorIds).toContain(one.id);
				});
		}
	}
	expect(leftOver).toBeGreaterThan(50);
});

test('costs are what the pairs are worth, and a rule forbids a pair altogether', () => {
	const rosa = teacher('rosa', {
		subjects: ['chemistry'],
		grades: ['9'],
		languages: ['english'],
		school: 's',
		district: 'd',
		free: [{ weekday: null, startsAt: '15:00', endsAt: '16:00' }],
		begins: waitTime
	});
	const idris = mentor('idris', {
		...rosa,
		id: 'idris',
		free: [{ weekday: 3, startsAt: '15:15', endsAt: '17:00' }],
		taken: 2,
		most: 5,
		ready: ['w'],
		earned: ['w']
	});
	const others = [mentor('full', { taken: 1, ready: ['w'] }), mentor('not ready'), mentor('apart', { ready: ['w'] })];
	const of = asked([rosa], [idris, ...others], { apart: [{ teacherId: 'rosa', mentorId: 'apart' }] });
	const { cost, worst } = costsOf(of);
	expect([...cost]).toEqual([worst - worthOf(rosa, idris, usualWeights).points, never, never, never]);
	expect(explained(rosa, idris, usualWeights)).toBe(
		'same subject (chemistry), same grade (9), same school, free on Wednesday, same language (english), earned Wait time; 2 of 5 places taken'
	);
	expect(explained(teacher('new'), idris, usualWeights)).toBe('no wish in common that is known; 2 of 5 places taken');
	expect(unknownOf(rosa)).toEqual([]);
	expect(unknownOf(teacher('new'))).toEqual([
		'subject',
		'grade',
		'language',
		'school',
		'free time',
		'what they begin with, so readiness is not asked'
	]);
});

test('two share a day when 45 minutes of it fit, and a school day is no Saturday', () => {
	const at = (weekday: number | null, startsAt: string, endsAt: string) => ({ weekday, startsAt, endsAt });
	expect(sharedDays([at(3, '15:00', '16:00')], [at(3, '15:15', '17:00')])).toEqual([3]);
	expect(sharedDays([at(3, '15:00', '16:00')], [at(3, '15:16', '17:00')])).toEqual([]);
	expect(sharedDays([at(3, '15:00', '16:00')], [at(4, '15:00', '16:00')])).toEqual([]);
	expect(sharedDays([at(null, '07:00', '07:45')], [at(null, '07:00', '07:45')])).toEqual([1, 2, 3, 4, 5]);
	expect(sharedDays([at(null, '07:00', '07:45')], [at(6, '07:00', '07:45')])).toEqual([]);
});

describe('says which rules collide', () => {
	const chemistry = (id: string) => teacher(id, { subjects: ['chemistry'], begins: waitTime });
	test.for<[of: Asked, sentence: string]>([
		[
			asked(
				[chemistry('a'), chemistry('b'), chemistry('c')],
				[mentor('m', { most: 2, ready: ['w'] }), mentor('n', { most: 9 })]
			),
			'3 teachers of chemistry need a mentor who is ready for Wait time; only 2 places are free with mentors they may have, so 1 is left over.'
		],
		[
			asked([chemistry('Ana')], [mentor('n', { most: 9 })]),
			'Ana needs a mentor who is ready for Wait time; no mentor of that kind has a free place.'
		],
		[asked([teacher('Ana')], [mentor('n', { taken: 1 })]), 'Ana needs a mentor; every place of every mentor is taken.'],
		[
			asked([teacher('Ana')], [mentor('n')], { apart: [{ teacherId: 'Ana', mentorId: 'n' }] }),
			'Ana needs a mentor; no mentor of that kind has a free place (1 pair is kept apart).'
		],
		[
			asked([teacher('a'), teacher('b')], [mentor('n'), mentor('o')], {
				locks: [
					{ teacherId: 'a', mentorId: 'n', override: null },
					{ teacherId: 'b', mentorId: 'n', override: null }
				]
			}),
			'2 teachers need a mentor; only 1 place is free with mentors they may have, so 1 is left over (2 are set by hand).'
		]
	])('%#', async ([of, sentence]) => {
		expect((await plan(of)).collisions).toEqual([sentence]);
	});

	test('and leaves out those who have room elsewhere', async () => {
		const of = asked(
			[chemistry('a'), chemistry('b'), teacher('c')],
			[mentor('m', { most: 1, ready: ['w'] }), mentor('n', { most: 9 })]
		);
		const costs = costsOf(of);
		const { mentorOf } = await solve(costs);
		expect(collisionsOf(of, costs, mentorOf)).toMatchObject([{ teacherIds: ['a', 'b'], mentorIds: ['m'], places: 1 }]);
	});
});

test('what is set by hand stays, and made anew the plan moves nobody whom it need not', async () => {
	const art = { subjects: ['art'] };
	const teachers = [teacher('a', art), teacher('b', art), teacher('c', art)];
	const mentors = [mentor('m', { ...art, most: 2 }), mentor('n', { ...art, most: 2 })];
	const locks = [{ teacherId: 'a', mentorId: 'n', override: null }];
	expect((await withWhom(asked(teachers, mentors, { locks }))).a).toBe('n');
	for (const before of [
		{ a: 'm', b: 'm', c: 'n' },
		{ a: 'n', b: 'm', c: 'm' },
		{ a: 'm', b: 'n', c: 'n' }
	]) {
		const last = Object.entries(before).map(([teacherId, mentorId]) => ({ teacherId, mentorId }));
		expect(await withWhom(asked(teachers, mentors, { before: last }))).toEqual(before);
	}
	// One mentor less: the two who are elsewhere stay.
	const last = [
		{ teacherId: 'a', mentorId: 'm' },
		{ teacherId: 'b', mentorId: 'n' },
		{ teacherId: 'c', mentorId: 'n' }
	];
	const three = [mentor('o', { most: 1 }), mentor('n', { ...art, most: 2 })];
	expect(await withWhom(asked(teachers, three, { before: last }))).toEqual({ a: 'o', b: 'n', c: 'n' });
});

test('other mentors are offered the best first, and it is said who is full', () => {
	const of = asked(
		[teacher('a', { subjects: ['art'] })],
		[mentor('m'), mentor('n', { subjects: ['art'] }), mentor('o', { taken: 1 })]
	);
	expect(alternativesFor(of, costsOf(of), Int32Array.from([0]), 0)).toEqual([
		{ mentorId: 'n', free: true, why: 'same subject (art); 0 of 1 places taken' }
	]);
});

test('nobody and nothing are planned too', async () => {
	expect(await plan(asked([], [mentor('m')]))).toMatchObject({ pairs: [], collisions: [] });
	expect(await plan(asked([teacher('a')], []))).toMatchObject({ pairs: [{ teacherId: 'a', mentorId: null }] });
});

test('weights are whole numbers from 0 to 100', () => {
	expect(readWeights(() => ' 7 ').subject).toBe(7);
	for (const wrong of ['', '101', '-1', '1.5', 'much', null])
		expect(() => readWeights(() => wrong)).toThrow('whole number');
});

test('a pasted table is read line by line', () => {
	expect(readFacts('Name; Subject\nRosa Delgado; Chemistry, biology ;9,10;English;Wait time\n\nKim Lee\tArt')).toEqual([
		{
			name: 'Rosa Delgado',
			subjects: ['chemistry', 'biology'],
			grades: ['9', '10'],
			languages: ['english'],
			begins: 'Wait time'
		},
		{ name: 'Kim Lee', subjects: ['art'], grades: [], languages: [], begins: null }
	]);
	expect(() => readFacts(' ')).toThrow('at least one line');
	expect(() => readFacts('x'.repeat(100_001))).toThrow('in parts');
	expect(() => readFacts(`A; ${Array.from({ length: 11 }, (_, i) => `s${i}`).join()}`)).toThrow('more than 10');
});
