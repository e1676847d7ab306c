/**
 * The days on which a program expects nothing: holidays and blackout weeks. Pure. Days are calendar days of the program's
 * zone, as 2026-11-26, which compare like the days they name; first and last day are both in the break.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { longestBreakDays, longestBreakName } from './breaks-limits.ts';
import { mostYears } from './extension.ts';

export type Break = { name: string; firstDay: string; lastDay: string };

/** Ten school years with a dozen each, which a page still lists and a plan reads in no time. */
export const mostBreaks = 120;

const day = 86_400_000;

/** So many days later; earlier when negative. */
export const dayAfter = (iso: string, days: number): string =>
	new Date(Date.parse(iso) + days * day).toISOString().slice(0, 10);

/** Whole days from one to the other: 0 for the same day. */
export const daysApart = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / day);

/** 1 for Monday to 7 for Sunday. */
export const weekdayOf = (iso: string): number => new Date(iso).getUTCDay() || 7;

/** The Monday of the week in which a day lies. */
export const mondayOf = (iso: string): string => dayAfter(iso, 1 - weekdayOf(iso));

/** Whether a text names a day that is in the calendar. */
export const isDay = (text: string): boolean => {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const at = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

const dayField = (which: string) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.regex(/^\d{4}-\d{2}-\d{2}$/, `Please choose the ${which} day of the break.`),
		v.check(isDay, `The ${which} day is not in the calendar. Please choose another one.`)
	);

const shape = v.object({
	name: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'Please give the break a name that teachers know it by.'),
		v.maxLength(longestBreakName, `Please name the break in at most ${longestBreakName} letters.`)
	),
	firstDay: dayField('first'),
	lastDay: dayField('last')
});

/**
 * Reads what a manager asks for.
 * @param startsOn the program's first day
 * @param there how many breaks it has already
 * @throws Refusal 'rule' with what is wrong
 */
export function readBreak(
	asked: { name: unknown; firstDay: unknown; lastDay: unknown },
	{ startsOn, there }: { startsOn: string; there: number }
): Break {
	const read = v.safeParse(shape, asked);
	if (!read.success) throw no(read.issues[0].message);
	const { firstDay, lastDay } = read.output;
	if (lastDay < firstDay) throw no('The last day is before the first one. Please look at both again.');
	if (daysApart(firstDay, lastDay) + 1 > longestBreakDays)
		throw no(
			`That is more than ${longestBreakDays} days, longer than any summer. Please look at both days again, or make two of it.`
		);
	const year = Number(startsOn.slice(0, 4));
	if (Math.abs(Number(firstDay.slice(0, 4)) - year) > mostYears)
		throw no(`That is more than ${mostYears} years from when the program began. Please look at the year again.`);
	if (there >= mostBreaks)
		throw no(`A program has at most ${mostBreaks} breaks. Please take away some that are long over.`);
	return read.output;
}

const no = (why: string) => new Refusal('rule', `${why} Nothing has changed.`);

/** In the order of their days, those that overlap or follow on each other joined, with both names. */
export function mergedBreaks(breaks: readonly Break[]): Break[] {
	const merged: Break[] = [];
	for (const one of breaks.toSorted((a, b) => compare(a.firstDay, b.firstDay) || compare(b.lastDay, a.lastDay))) {
		const last = merged.at(-1);
		if (!last || one.firstDay > dayAfter(last.lastDay, 1)) {
			merged.push({ name: one.name, firstDay: one.firstDay, lastDay: one.lastDay });
			continue;
		}
		if (one.lastDay > last.lastDay) last.lastDay = one.lastDay;
		if (!last.name.split(', ').includes(one.name)) last.name += `, ${one.name}`;
	}
	return merged;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a day lies in any of them. */
export const isInBreak = (iso: string, breaks: readonly Break[]): boolean =>
	breaks.some(({ firstDay, lastDay }) => firstDay <= iso && iso <= lastDay);

/** Whether anything is expected on a day: Monday to Friday, and not in a break. */
export const isSchoolDay = (iso: string, breaks: readonly Break[]): boolean =>
	weekdayOf(iso) <= 5 && !isInBreak(iso, breaks);

/** School days from one day to another, both included; none when the second is the earlier one. */
export function schoolDays(from: string, to: string, breaks: readonly Break[]): number {
	let weekdays = weekdaysIn(from, to);
	for (const { firstDay, lastDay } of mergedBreaks(breaks))
		weekdays -= weekdaysIn(firstDay > from ? firstDay : from, lastDay < to ? lastDay : to);
	return weekdays;
}

/** Weeks, Monday to Sunday, that have a school day between the two days, both included. */
export function schoolWeeks(from: string, to: string, breaks: readonly Break[]): number {
	const merged = mergedBreaks(breaks);
	let weeks = 0;
	for (let monday = mondayOf(from); monday <= to; monday = dayAfter(monday, 7)) {
		const [first, last] = [monday > from ? monday : from, dayAfter(monday, 6)];
		if (schoolDays(first, last < to ? last : to, merged) > 0) weeks++;
	}
	return weeks;
}

function weekdaysIn(from: string, to: string): number {
	const days = daysApart(from, to) + 1;
	if (days <= 0) return 0;
	const weeks = Math.floor(days / 7);
	let rest = 0;
	for (let i = weeks * 7; i < days; i++) if (weekdayOf(dayAfter(from, i)) <= 5) rest++;
	return weeks * 5 + rest;
}
