/**
 * Matching any number of teachers and mentors at once. Pure: people and rules in, costs, explanations and collisions out; the
 * solver is in `solving.ts`. Hard rules (a place, readiness for what the teacher begins with, two who are not to be matched)
 * say which pairs there may be; wishes with weights say which of them are good. What is not known of one of two is no wish.
 */
import type { FreeTime } from '#lib/identity/first-steps.ts';

export type Facts = {
	id: string;
	name: string;
	/** In lower case, as entered; empty: not known. */
	subjects: string[];
	grades: string[];
	languages: string[];
	school: string | null;
	/** The district above the school, or the district itself. */
	district: string | null;
	free: FreeTime[];
};
export type TeacherFacts = Facts & {
	/** The microcredential that they begin with; null: not known, and readiness is not asked. */
	begins: { id: string; title: string } | null;
};
export type MentorFacts = Facts & {
	taken: number;
	most: number;
	/** Microcredentials that they are ready for, and those that they earned. */
	ready: string[];
	earned: string[];
};

/** What each wish is worth, in whole points. */
export type Weights = {
	subject: number;
	grade: number;
	school: number;
	district: number;
	time: number;
	language: number;
	credential: number;
	/** To leave a pair as it was in the last plan. */
	steady: number;
};
export const usualWeights: Weights = {
	subject: 40,
	grade: 20,
	school: 15,
	district: 5,
	time: 25,
	language: 10,
	credential: 10,
	steady: 20
};
export const heaviest = 100;

export const weightWords: Record<keyof Weights, string> = {
	subject: 'Same subject',
	grade: 'Same grade',
	school: 'Same school',
	district: 'Same district, where the school is another',
	time: 'Time free together, 45 minutes or more',
	language: 'Same language',
	credential: 'The mentor earned what the teacher begins with',
	steady: 'Leave who was matched in the last plan'
};

export type Lock = {
	teacherId: string;
	mentorId: string;
	/** Why, where the mentor is not known to be ready. */ override: string | null;
};
export type Asked = {
	teachers: TeacherFacts[];
	mentors: MentorFacts[];
	weights: Weights;
	/** Pairs that are not to be: who was matched before, and whom a manager keeps apart. */
	apart: { teacherId: string; mentorId: string }[];
	/** Pairs that are set by hand. */
	locks: Lock[];
	/** The plan before this one. */
	before: { teacherId: string; mentorId: string }[];
};

/** More is matched in parts, cohort by cohort: a server has other work. */
export const mostTeachers = 5000;
export const mostMentors = 1000;

/** No pair of these two. */
export const never = 0xffff;

/** Costs of every pair: row by row of teachers, the sum of all weights less what the pair is worth; `never` where a rule forbids it. */
export type Costs = { cost: Uint16Array; mentors: number; worst: number; places: Int32Array };

const days = [1, 2, 3, 4, 5, 6, 7] as const;
export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
/** A meeting of two. */
const together = 45;

/** The days, 1 is Monday, on which two have at least 45 minutes free at once. */
export function sharedDays(a: FreeTime[], b: FreeTime[]): number[] {
	const on = (times: FreeTime[], day: number) =>
		times.filter(({ weekday }) => weekday === day || (weekday === null && day <= 5));
	return days.filter((day) =>
		on(a, day).some((one) =>
			on(b, day).some(
				(other) =>
					Math.min(minutesOf(one.endsAt), minutesOf(other.endsAt)) -
						Math.max(minutesOf(one.startsAt), minutesOf(other.startsAt)) >=
					together
			)
		)
	);
}

const common = (a: string[], b: string[]) => a.find((one) => b.includes(one)) ?? null;

/** What a pair is worth, and why: the wishes that it fulfils, in words. */
export function worthOf(
	teacher: TeacherFacts,
	mentor: MentorFacts,
	weights: Weights
): { points: number; why: string[] } {
	let points = 0;
	const why: string[] = [];
	const add = (weight: number, words: string) => {
		if (weight === 0) return;
		points += weight;
		why.push(words);
	};
	const subject = common(teacher.subjects, mentor.subjects);
	if (subject) add(weights.subject, `same subject (${subject})`);
	const grade = common(teacher.grades, mentor.grades);
	if (grade) add(weights.grade, `same grade (${grade})`);
	if (teacher.school && teacher.school === mentor.school) add(weights.school, 'same school');
	else if (teacher.district && teacher.district === mentor.district) add(weights.district, 'same district');
	const shared = sharedDays(teacher.free, mentor.free);
	if (shared.length > 0) add(weights.time, `free on ${dayNames[shared[0]! - 1]}`);
	const language = common(teacher.languages, mentor.languages);
	if (language) add(weights.language, `same language (${language})`);
	if (teacher.begins && mentor.earned.includes(teacher.begins.id))
		add(weights.credential, `earned ${teacher.begins.title}`);
	return { points, why };
}

/** "same subject (chemistry), free on Wednesday; 2 of 5 places taken". */
export function explained(teacher: TeacherFacts, mentor: MentorFacts, weights: Weights): string {
	const { why } = worthOf(teacher, mentor, weights);
	const places = `${mentor.taken} of ${mentor.most} places taken`;
	return why.length > 0 ? `${why.join(', ')}; ${places}` : `no wish in common that is known; ${places}`;
}

/** What is not known and therefore no wish, in words; empty when all is known. */
export function unknownOf(facts: Facts & { begins?: unknown }): string[] {
	return [
		...(facts.subjects.length === 0 ? ['subject'] : []),
		...(facts.grades.length === 0 ? ['grade'] : []),
		...(facts.languages.length === 0 ? ['language'] : []),
		...(facts.school === null && facts.district === null ? ['school'] : []),
		...(facts.free.length === 0 ? ['free time'] : []),
		...(facts.begins === null ? ['what they begin with, so readiness is not asked'] : [])
	];
}

const key = (a: string, b: string) => `${a} ${b}`;

/** Every pair's cost. Values are counted once each, so that five million pairs take a second. */
export function costsOf({ teachers, mentors, weights, apart, locks, before }: Asked): Costs {
	const worst = Object.values(weights).reduce((sum, one) => sum + one, 0);
	const n = mentors.length;
	const cost = new Uint16Array(teachers.length * n).fill(never);
	const places = Int32Array.from(mentors, ({ taken, most }) => Math.max(0, most - taken));
	const indexOf = new Map(mentors.map(({ id }, i) => [id, i]));
	const forbidden = new Set(apart.map(({ teacherId, mentorId }) => key(teacherId, mentorId)));
	const locked = new Map(locks.map((lock) => [lock.teacherId, lock]));
	const stays = new Set(before.map(({ teacherId, mentorId }) => key(teacherId, mentorId)));
	const by = (values: (mentor: MentorFacts) => string[]) => {
		const index = new Map<string, number[]>();
		mentors.forEach((mentor, m) => {
			for (const value of new Set(values(mentor))) {
				const list = index.get(value);
				if (list) list.push(m);
				else index.set(value, [m]);
			}
		});
		return index;
	};
	const one = (value: string | null) => (value === null ? [] : [value]);
	const [subjects, grades, languages] = [by((m) => m.subjects), by((m) => m.grades), by((m) => m.languages)];
	const [schools, districts] = [by((m) => one(m.school)), by((m) => one(m.district))];
	const [ready, earned] = [by((m) => m.ready), by((m) => m.earned)];
	// Many say the same times: each two of them are laid beside each other once.
	const timesOf = by((m) => [JSON.stringify(m.free)]);
	const fits = new Map<string, number[]>();
	const freeWith = (teacher: TeacherFacts) => {
		const said = JSON.stringify(teacher.free);
		let list = fits.get(said);
		if (!list) {
			list = [...timesOf].flatMap(([times, who]) =>
				sharedDays(teacher.free, JSON.parse(times) as FreeTime[]).length > 0 ? who : []
			);
			fits.set(said, list);
		}
		return list;
	};
	const points = new Uint16Array(n);
	const seen = new Uint8Array(n);
	teachers.forEach((teacher, t) => {
		points.fill(0);
		const give = (lists: (number[] | undefined)[], weight: number) => {
			const touched: number[] = [];
			for (const list of lists)
				for (const m of list ?? [])
					if (!seen[m]) {
						seen[m] = 1;
						touched.push(m);
						points[m]! += weight;
					}
			for (const m of touched) seen[m] = 0;
		};
		give(
			teacher.subjects.map((value) => subjects.get(value)),
			weights.subject
		);
		give(
			teacher.grades.map((value) => grades.get(value)),
			weights.grade
		);
		give(
			teacher.languages.map((value) => languages.get(value)),
			weights.language
		);
		if (teacher.free.length > 0) give([freeWith(teacher)], weights.time);
		if (teacher.begins) give([earned.get(teacher.begins.id)], weights.credential);
		const school = new Set(teacher.school === null ? [] : (schools.get(teacher.school) ?? []));
		for (const m of school) points[m]! += weights.school;
		if (teacher.district !== null)
			for (const m of districts.get(teacher.district) ?? []) if (!school.has(m)) points[m]! += weights.district;
		const lock = locked.get(teacher.id);
		const may = lock
			? [indexOf.get(lock.mentorId)].filter((m) => m !== undefined)
			: teacher.begins
				? (ready.get(teacher.begins.id) ?? [])
				: mentors.keys();
		for (const m of may) {
			const mentor = mentors[m]!;
			if (places[m] === 0 || mentor.id === teacher.id) continue;
			if (forbidden.size > 0 && !lock && forbidden.has(key(teacher.id, mentor.id))) continue;
			const steady = stays.size > 0 && stays.has(key(teacher.id, mentor.id)) ? weights.steady : 0;
			cost[t * n + m] = worst - points[m]! - steady;
		}
	});
	return { cost, mentors: n, worst, places };
}

export type Collision = { teacherIds: string[]; mentorIds: string[]; places: number; sentence: string };

/**
 * The fewest teachers whose rules leave them too few places between them, for each that could not be matched: they and the
 * mentors they could have, found by following who holds those places.
 * @param mentorOf of each teacher, the index of the mentor, or -1
 */
export function collisionsOf(asked: Asked, costs: Costs, mentorOf: Int32Array): Collision[] {
	const { teachers, mentors } = asked;
	const n = mentors.length;
	const holders = mentors.map((): number[] => []);
	mentorOf.forEach((m, t) => {
		if (m >= 0) holders[m]!.push(t);
	});
	const said = new Set<string>();
	const found: Collision[] = [];
	mentorOf.forEach((m, start) => {
		if (m >= 0 || found.length >= 20) return;
		const who = new Set([start]);
		const them = new Set<number>();
		for (const t of who)
			for (let j = 0; j < n; j++)
				if (costs.cost[t * n + j] !== never && !them.has(j)) {
					them.add(j);
					for (const holder of holders[j]!) who.add(holder);
				}
		const ids = [...who].sort((a, b) => a - b);
		const once = ids.join();
		const waiting = ids.filter((t) => mentorOf[t]! < 0).length;
		if (said.has([...them].sort().join() + (them.size > 0 ? '' : once))) return;
		said.add([...them].sort().join() + (them.size > 0 ? '' : once));
		const places = [...them].reduce((sum, j) => sum + costs.places[j]!, 0);
		found.push({
			teacherIds: ids.map((t) => teachers[t]!.id),
			mentorIds: [...them].map((j) => mentors[j]!.id),
			places,
			sentence: collisionInWords(
				ids.map((t) => teachers[t]!),
				places,
				waiting,
				asked,
				costs
			)
		});
	});
	return found;
}

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function collisionInWords(
	who: TeacherFacts[],
	places: number,
	waiting: number,
	{ locks, mentors, apart }: Asked,
	costs: Costs
): string {
	const needs = new Set(who.map(({ begins }) => begins?.title ?? null));
	const subject = who[0]!.subjects.find((one) => who.every(({ subjects }) => subjects.includes(one)));
	const people = who.length === 1 ? who[0]!.name : `${who.length} teachers${subject ? ` of ${subject}` : ''}`;
	const need = (verb: string) =>
		needs.size === 1 && !needs.has(null) ? ` ${verb} a mentor who is ready for ${[...needs][0]}` : ` ${verb} a mentor`;
	const held = locks.filter(({ teacherId }) => who.some(({ id }) => id === teacherId)).length;
	const kept = apart.filter(({ teacherId }) => who.some(({ id }) => id === teacherId)).length;
	const also = [
		...(held > 0 ? [`${count(held, 'is', 'are')} set by hand`] : []),
		...(kept > 0 ? [`${count(kept, 'pair is', 'pairs are')} kept apart`] : [])
	];
	const because = also.length > 0 ? ` (${also.join(', ')})` : '';
	const first = `${people}${need(who.length === 1 ? 'needs' : 'need')}; `;
	if (places === 0) {
		const all = costs.places.reduce((sum, one) => sum + one, 0);
		return `${first}${mentors.length === 0 ? 'the program has no mentor' : all === 0 ? 'every place of every mentor is taken' : 'no mentor of that kind has a free place'}${because}.`;
	}
	return `${first}only ${count(places, 'place is', 'places are')} free with mentors they may have, so ${waiting} ${waiting === 1 ? 'is' : 'are'} left over${because}.`;
}

/** The next best mentors for a teacher, as they stand when the plan is taken: those with room first. */
export function alternativesFor(
	asked: Asked,
	costs: Costs,
	mentorOf: Int32Array,
	t: number,
	most = 3
): { mentorId: string; free: boolean; why: string }[] {
	const { teachers, mentors, weights } = asked;
	const n = mentors.length;
	const used = new Int32Array(n);
	mentorOf.forEach((m) => {
		if (m >= 0) used[m]!++;
	});
	return Array.from({ length: n }, (_, m) => m)
		.filter((m) => costs.cost[t * n + m] !== never && m !== mentorOf[t])
		.sort((a, b) => costs.cost[t * n + a]! - costs.cost[t * n + b]! || a - b)
		.slice(0, most)
		.map((m) => ({
			mentorId: mentors[m]!.id,
			free: used[m]! < costs.places[m]!,
			why: explained(teachers[t]!, mentors[m]!, weights)
		}));
}
