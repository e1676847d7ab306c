/**
 * A school year of pairs, some of which stall on a day that is known. What it assumes, so that whoever doubts a number
 * can change it and look again:
 *
 * - A pair that works edits on about one school day in three, either of the two; a mentor answers what waits for them within
 *   four school days. One week in forty is eaten up (an illness, report cards), and nobody writes in it.
 * - They meet every second week, one meeting in five falls out, and a meeting is noted.
 * - The teacher checks in about once a week while the two are at work, and a teacher whose mentor stands still goes on with it
 *   as with writing: for two weeks.
 * - Nobody writes or meets on weekends and in breaks; one evening in fifty of a break somebody does.
 * - One pair in four stalls on a day of its own between October and March. After it neither writes nor meets; one in ten of
 *   them opens the page once more some weeks later and types a line. One stalled pair in four stalls by its mentor only: the
 *   teacher goes on writing for two weeks and gets no answer.
 * - One pair in eight pauses by agreement, for two to five weeks, and does nothing in them.
 */
import { type Break, dayAfter, isSchoolDay } from '#lib/program/breaks.ts';
import type { Pause } from '#lib/progress/rests.ts';
import type { Chance } from '../stacks/random.ts';

export const firstDay = '2026-08-17';
export const lastDay = '2027-05-21';
/** As a school of Tennessee has them. */
export const breaks: Break[] = [
	{ name: 'Fall break', firstDay: '2026-10-10', lastDay: '2026-10-18' },
	{ name: 'Thanksgiving', firstDay: '2026-11-25', lastDay: '2026-11-29' },
	{ name: 'Winter break', firstDay: '2026-12-19', lastDay: '2027-01-05' },
	{ name: 'Spring break', firstDay: '2027-03-13', lastDay: '2027-03-21' }
];

export type Act = { day: string; by: 'teacher' | 'mentor' | 'both' | 'check-in' };
export type SimulatedPair = {
	/** The day after which it stands still; null: it never does. */
	stalledOn: string | null;
	/** Whether the mentor alone stands still. */
	byMentor: boolean;
	/** Edits of one of them, meetings of both, and check-ins, in the order of their days. */
	acts: Act[];
	pauses: { firstDay: string; lastDay: string }[];
};

/** The afternoon of a day in Chicago, whatever the clock there says of summer. */
export const afternoon = (day: string): Date => new Date(`${day}T21:00:00Z`);
export const pausesOf = ({ pauses }: SimulatedPair, today: string): Pause[] =>
	pauses
		.filter((one) => one.firstDay <= today)
		.map((one) => ({ from: afternoon(one.firstDay), until: one.lastDay < today ? afternoon(one.lastDay) : null }));

export function simulatedPair({ below, chance }: Chance): SimulatedPair {
	const stalls = chance(0.25);
	const stalledOn = stalls ? dayAfter('2026-10-01', below(165)) : null;
	const byMentor = stalls && chance(0.25);
	const lineOn = stalledOn && chance(0.1) ? dayAfter(stalledOn, 21 + below(30)) : null;
	const pauses: SimulatedPair['pauses'] = [];
	if (chance(0.125)) {
		const from = dayAfter('2026-09-20', below(200));
		pauses.push({ firstDay: from, lastDay: dayAfter(from, 14 + below(22)) });
	}
	const acts: Act[] = [{ day: firstDay, by: 'teacher' }];
	let eaten = '';
	let answerBy: string | null = null;
	let met = firstDay;
	for (let day = dayAfter(firstDay, 1); day <= lastDay; day = dayAfter(day, 1)) {
		if (day === lineOn) acts.push({ day, by: 'teacher' });
		if (pauses.some((one) => one.firstDay <= day && day <= one.lastDay)) continue;
		const still = stalledOn !== null && day > stalledOn;
		if (still && !(byMentor && day <= dayAfter(stalledOn, 14))) continue;
		if (!isSchoolDay(day, breaks)) {
			if (!still && chance(0.02)) acts.push({ day, by: 'teacher' });
			continue;
		}
		if (day > eaten && chance(1 / 200)) eaten = dayAfter(day, 7);
		if (day <= eaten) continue;
		if (chance(1 / 5)) acts.push({ day, by: 'check-in' });
		const writes = chance(1 / 3);
		if (writes && (still || chance(0.6))) {
			acts.push({ day, by: 'teacher' });
			answerBy ??= dayAfter(day, 4);
		} else if (!still && (writes || (answerBy !== null && day >= answerBy))) {
			acts.push({ day, by: 'mentor' });
			answerBy = null;
		}
		if (!still && day >= dayAfter(met, 14)) {
			met = day;
			if (chance(0.8)) acts.push({ day, by: 'both' });
		}
	}
	return { stalledOn, byMentor, acts, pauses };
}
