/**
 * A teacher's plan by week: what is left of the shortest way, one microcredential after the other, on school days outside
 * breaks, in the hours that they say they have. Recomputed from facts every time, so what is done moves out by itself.
 * Pure: days are calendar days of the program's zone, as 2026-11-30.
 */
import { Refusal } from '#lib/errors.ts';
import { type Break, dayAfter, isInBreak, mergedBreaks, mondayOf } from '#lib/program/breaks.ts';

/** Until a teacher says otherwise: two lessons' worth, of which a first-year teacher can often find one. */
export const usualMinutes = 120;
/** A quarter of an hour is the least that is work, and a week of forty hours the most there is. */
export const [leastMinutes, mostMinutes] = [15, 2400];
/** Ten years; what takes longer is not planned by week. */
const mostWeeks = 520;

export type PlanItem = {
	id: string;
	/** Null is "not known": it can't be planned, and comes after all that can. */
	minutes: number | null;
};

export type PlannedItem = {
	id: string;
	minutes: number | null;
	/** The first and the last day on which it is worked on; null where that is not known. */
	from: string | null;
	until: string | null;
};

export type PlannedWeek = {
	/** The Monday it begins with. */
	monday: string;
	parts: { id: string; minutes: number }[];
	/** The breaks that touch its school days, and whether they leave none. */
	breaks: string[];
	free: boolean;
};

export type Plan = {
	items: PlannedItem[];
	weeks: PlannedWeek[];
	/** The day on which the last one is done; null when that is not known. */
	doneOn: string | null;
	/** The last day of what is known; the plan can't end earlier. Null when nothing is. */
	knownUntil: string | null;
	/** It goes on for more than ten years. */
	tooLong: boolean;
};

export type PlanGround = {
	/** In the order in which they are worked on. */
	items: readonly PlanItem[];
	minutesPerWeek: number;
	breaks: readonly Break[];
	/** The first day that can be used. */
	from: string;
};

/** Minutes of each school day, Monday first. Whole minutes that add up to the week's, so that no week holds more. */
const perDay = (week: number): number[] =>
	[1, 2, 3, 4, 5].map((day) => Math.floor((week * day) / 5) - Math.floor((week * (day - 1)) / 5));

export function planOf({ items, minutesPerWeek, breaks, from }: PlanGround): Plan {
	const merged = mergedBreaks(breaks);
	const capacity = perDay(minutesPerWeek);
	const known = items.filter(({ minutes }) => minutes !== null);
	const planned = new Map(
		known.map(({ id, minutes }) => [id, { id, minutes, from: null, until: null } as PlannedItem])
	);
	const weeks: PlannedWeek[] = [];
	let at = 0;
	let left = known[0]?.minutes ?? 0;
	for (let monday = mondayOf(from); at < known.length && weeks.length < mostWeeks; monday = dayAfter(monday, 7)) {
		const days = [0, 1, 2, 3, 4].map((n) => dayAfter(monday, n));
		const week: PlannedWeek = {
			monday,
			parts: [],
			breaks: merged
				.filter(({ firstDay, lastDay }) => firstDay <= days[4]! && lastDay >= monday)
				.map(({ name }) => name),
			free: days.every((day) => isInBreak(day, merged))
		};
		for (const [n, day] of days.entries()) {
			if (day < from || isInBreak(day, merged)) continue;
			let room = capacity[n]!;
			while (at < known.length && (room > 0 || left === 0)) {
				const own = planned.get(known[at]!.id)!;
				const minutes = Math.min(room, left);
				if (minutes > 0) {
					own.from ??= day;
					own.until = day;
					const part = week.parts.find(({ id }) => id === own.id);
					if (part) part.minutes += minutes;
					else week.parts.push({ id: own.id, minutes });
				}
				room -= minutes;
				left -= minutes;
				if (left > 0) break;
				// What takes no time is done where it stands.
				own.from ??= day;
				own.until ??= day;
				at++;
				left = known[at]?.minutes ?? 0;
			}
		}
		weeks.push(week);
	}
	const tooLong = at < known.length;
	for (const { id } of known.slice(at)) planned.get(id)!.until = null;
	const all = items.map(({ id }) => planned.get(id) ?? { id, minutes: null, from: null, until: null });
	const knownUntil = all.reduce<string | null>(
		(last, { until }) => (until && (!last || until > last) ? until : last),
		null
	);
	const doneOn = tooLong || known.length < items.length ? null : knownUntil;
	return { items: all, weeks, doneOn, knownUntil, tooLong };
}

/**
 * The fewest minutes a week with which all that is known is done by a day, in quarters of an hour.
 * @returns null when forty hours would not do either
 */
export function enoughMinutes(ground: Omit<PlanGround, 'minutesPerWeek'>, lastDay: string): number | null {
	const known = ground.items.filter(({ minutes }) => minutes !== null);
	const fits = (minutesPerWeek: number) => {
		const { knownUntil, tooLong } = planOf({ ...ground, items: known, minutesPerWeek });
		return !tooLong && (knownUntil === null || knownUntil <= lastDay);
	};
	const step = leastMinutes;
	let [few, many] = [0, mostMinutes / step];
	if (!fits(many * step)) return null;
	while (many - few > 1) {
		const middle = Math.floor((few + many) / 2);
		if (fits(middle * step)) many = middle;
		else few = middle;
	}
	return many * step;
}

/**
 * Hours a week as somebody typed them, in minutes.
 * @throws Refusal 'rule' when it is no such number
 */
export function readHours(asked: unknown): number {
	const text = typeof asked === 'string' ? asked.trim().replace(',', '.') : '';
	const hours = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
	const minutes = Math.round((hours * 60) / leastMinutes) * leastMinutes;
	if (Number.isNaN(hours))
		throw new Refusal('rule', 'Please say how many hours a week you have, like 2 or 1.5. Nothing has changed yet.');
	if (minutes < leastMinutes || minutes > mostMinutes)
		throw new Refusal(
			'rule',
			'Please say between a quarter of an hour and 40 hours a week. For no time at all there is the pause. Nothing has changed yet.'
		);
	return minutes;
}

export type Ordered = { id: string; begun: boolean; resting: boolean; by: string | null };

/**
 * In which order they are worked on: as the teacher said; then what has a day of its own, by that day; then what is begun;
 * then as the stack has them. What rests comes last, because nobody knows when it goes on.
 */
export function inOrder<T extends Ordered>(items: readonly T[], said: readonly string[]): T[] {
	const place = new Map(said.map((id, i) => [id, i]));
	const rank = (one: T) => place.get(one.id) ?? said.length;
	return items.toSorted(
		(a, b) =>
			Number(a.resting) - Number(b.resting) ||
			rank(a) - rank(b) ||
			((a.by ?? '9999') < (b.by ?? '9999') ? -1 : (a.by ?? '9999') > (b.by ?? '9999') ? 1 : 0) ||
			Number(b.begun) - Number(a.begun)
	);
}

/** The same list with one a place earlier or later; as it was where there is none. */
export function moved(ids: readonly string[], id: string, to: 'earlier' | 'later'): string[] {
	const list = [...ids];
	const from = list.indexOf(id);
	const other = to === 'earlier' ? from - 1 : from + 1;
	if (from < 0 || other < 0 || other >= list.length) return list;
	[list[from], list[other]] = [list[other]!, list[from]!];
	return list;
}

/** "2 hours", "1 hour 30 minutes", "45 minutes". */
export function inHours(minutes: number): string {
	const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
	const parts = [
		...(hours > 0 ? [`${hours} ${hours === 1 ? 'hour' : 'hours'}`] : []),
		...(rest > 0 || hours === 0 ? [`${rest} ${rest === 1 ? 'minute' : 'minutes'}`] : [])
	];
	return parts.join(' ');
}
