/**
 * 5,000 teachers and 1,000 mentors, matched on one core: how long, and how far from the proven bound.
 * `npm run bench:matching`; the program is made of a seed, with subjects, grades, schools, times, languages and readiness
 * spread as in a state of some hundred schools.
 */
import { performance } from 'node:perf_hooks';
import { cpus } from 'node:os';
import { collisionsOf, costsOf, usualWeights, type Asked } from '../src/lib/pairing/matching.ts';
import { solve } from '../src/lib/pairing/solving.ts';

let seed = 2026;
const random = () => {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	return seed / 2 ** 32;
};
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const subjects = [
	'biology',
	'chemistry',
	'physics',
	'algebra',
	'english',
	'history',
	'art',
	'music',
	'spanish',
	'special education'
];
const grades = ['k', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];
const languages = ['english', 'english', 'english', 'spanish', 'arabic'];
const competencies = Array.from({ length: 15 }, (_, i) => ({ id: `c${i}`, title: `Competency ${i}` }));
const times = [1, 2, 3, 4, 5].flatMap((weekday) =>
	['07:00', '12:15', '15:15', '16:00'].map((startsAt) => ({
		weekday,
		startsAt,
		endsAt: `${String(Number(startsAt.slice(0, 2)) + 1).padStart(2, '0')}${startsAt.slice(2)}`
	}))
);
const facts = (id: string) => {
	const school = Math.floor(random() * 300);
	return {
		id,
		name: id,
		subjects: random() < 0.9 ? [pick(subjects)] : [],
		grades: random() < 0.9 ? [pick(grades), pick(grades)] : [],
		languages: [pick(languages)],
		school: `s${school}`,
		district: `d${Math.floor(school / 10)}`,
		free: random() < 0.7 ? [pick(times), pick(times)] : []
	};
};
const made = (teachers: number, mentors: number): Asked => ({
	teachers: Array.from({ length: teachers }, (_, i) => ({
		...facts(`t${i}`),
		begins: random() < 0.7 ? pick(competencies) : null
	})),
	mentors: Array.from({ length: mentors }, (_, i) => {
		const ready = competencies.filter(() => random() < 0.5).map(({ id }) => id);
		return {
			...facts(`m${i}`),
			taken: 0,
			most: 5 + Number(random() < 0.3),
			ready,
			earned: ready.filter(() => random() < 0.5)
		};
	}),
	weights: usualWeights,
	apart: [],
	locks: [],
	before: []
});

console.log(`${cpus()[0]?.model ?? 'a processor'}, Node ${process.version}`);
for (const [teachers, mentors] of [
	[25, 6],
	[500, 100],
	[5000, 1000]
] as const) {
	const asked = made(teachers, mentors);
	const began = performance.now();
	const costs = costsOf(asked);
	const costed = performance.now();
	const solved = await solve(costs);
	const done = performance.now();
	const collisions = collisionsOf(asked, costs, solved.mentorOf);
	const first = ((done - began) / 1000).toFixed(1);
	console.log(
		`${teachers} teachers, ${mentors} mentors: ${first} s (costs ${((costed - began) / 1000).toFixed(1)} s), ${solved.rounds} rounds, ` +
			`${solved.matched} matched, worth ${solved.worth} of at most ${solved.bound} (${((100 * (solved.bound - solved.worth)) / Math.max(1, solved.worth)).toFixed(2)} % away), ${collisions.length} collisions said`
	);
	const before = asked.teachers.flatMap(({ id }, t) => {
		const m = solved.mentorOf[t]!;
		return m < 0 ? [] : [{ teacherId: id, mentorId: asked.mentors[m]!.id }];
	});
	const again = { ...asked, before, mentors: asked.mentors.slice(1) };
	const start = performance.now();
	const second = await solve(costsOf(again));
	const stayed = before.filter(({ teacherId, mentorId }) => {
		const m = second.mentorOf[asked.teachers.findIndex(({ id }) => id === teacherId)]!;
		return m >= 0 && again.mentors[m]!.id === mentorId;
	}).length;
	console.log(
		`  without one of the mentors: ${((performance.now() - start) / 1000).toFixed(1)} s, ${before.length - stayed} of ${before.length} moved`
	);
}
