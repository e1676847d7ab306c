/**
 * When two people both have time. Each day is laid out on each one's own clock, so that a change of the clock moves nothing
 * that was said as a time of day. Pure. Spans are milliseconds.
 */
import { Temporal } from 'temporal-polyfill';
import type { FreeTime } from '#lib/identity/first-steps.ts';
import { merged, type Span } from './busy.ts';

/** Clock times such as 07:30; the school day of a program, on the clock of whoever works in it. */
export type SchoolDay = { startsAt: string; endsAt: string };
/** While a program has not said. */
export const usualSchoolDay: SchoolDay = { startsAt: '07:30', endsAt: '16:00' };
/** Local days, both inclusive. */
export type Days = { firstDay: string; lastDay: string };

/** What is known of one person's week. */
export type Side = {
	/** IANA name. */
	zone: string;
	/** When they said that they have time; a weekday of null is Monday to Friday. */
	said: FreeTime[];
	/** When they teach, or are needed for something else. */
	taught: FreeTime[];
	prep: FreeTime[];
	/** Whether they let meetings be offered in their prep periods. */
	offersPrep: boolean;
	busy: Span[];
	/** Whether a calendar or a timetable says when they are not free; else only what they said counts. */
	isKnown: boolean;
};

export type Slot = Span & {
	/** Whose prep period it touches; such a meeting is offered and never required (19 TAC 153.1011). */
	prep: { teacher: boolean; mentor: boolean };
};

/** Both of two sets of times, each merged. */
export function both(a: readonly Span[], b: readonly Span[]): Span[] {
	const all: Span[] = [];
	for (let i = 0, j = 0; i < a.length && j < b.length;) {
		const from = Math.max(a[i]!.from, b[j]!.from);
		const to = Math.min(a[i]!.to, b[j]!.to);
		if (to > from) all.push({ from, to });
		if (a[i]!.to < b[j]!.to) i++;
		else j++;
	}
	return all;
}

/** The first set without the second, both merged. */
export function without(a: readonly Span[], b: readonly Span[]): Span[] {
	const all: Span[] = [];
	for (const span of a) {
		let from = span.from;
		for (const gone of b) {
			if (gone.to <= from || gone.from >= span.to) continue;
			if (gone.from > from) all.push({ from, to: gone.from });
			from = Math.max(from, gone.to);
		}
		if (from < span.to) all.push({ from, to: span.to });
	}
	return all;
}

/** A wall time of a day in a zone: what the clock skips is read with the time before, what it shows twice is the first. */
export function instantAt(day: string, clock: string, zone: string): number {
	const [hour = 0, minute = 0] = clock.split(':').map(Number);
	return Temporal.PlainDate.from(day)
		.toPlainDateTime({ hour, minute })
		.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** The local days that a window touches. */
export function daysIn({ from, to }: Span, zone: string): Temporal.PlainDate[] {
	const dayAt = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate();
	const all: Temporal.PlainDate[] = [];
	for (let day = dayAt(from); Temporal.PlainDate.compare(day, dayAt(to)) <= 0; day = day.add({ days: 1 }))
		all.push(day);
	return all;
}

/** Spans of a week, laid into a window on a clock. */
export const laidOut = (times: readonly FreeTime[], window: Span, zone: string): Span[] =>
	merged(
		daysIn(window, zone).flatMap((day) =>
			times
				.filter(({ weekday }) => (weekday === null ? day.dayOfWeek <= 5 : weekday === day.dayOfWeek))
				.map(({ startsAt, endsAt }) => ({
					from: Math.max(window.from, instantAt(day.toString(), startsAt, zone)),
					to: Math.min(window.to, instantAt(day.toString(), endsAt, zone))
				}))
		)
	);

const schoolWeek = (hours: SchoolDay): FreeTime[] => [{ weekday: null, ...hours }];

/** When one of the two has time: what they said, and what their school day leaves free where that is known. */
function availableOf(side: Side, window: Span, hours: SchoolDay): Span[] {
	const open = [...side.said, ...(side.isKnown ? schoolWeek(hours) : [])];
	const taken = [...side.taught, ...(side.offersPrep ? [] : side.prep)];
	return without(laidOut(open, window, side.zone), merged([...side.busy, ...laidOut(taken, window, side.zone)]));
}

export type Asked = {
	window: Span;
	hours: SchoolDay;
	/** Breaks of the program, in days of its zone. */
	breaks: readonly Days[];
	programZone: string;
	/** Also what lies outside the school day. */
	outside: boolean;
};

/** All times that two people share. */
export function common(teacher: Side, mentor: Side, { window, hours, breaks, programZone, outside }: Asked): Span[] {
	const shared = both(availableOf(teacher, window, hours), availableOf(mentor, window, hours));
	const off = merged(
		breaks.map(({ firstDay, lastDay }) => ({
			from: instantAt(firstDay, '00:00', programZone),
			to: instantAt(Temporal.PlainDate.from(lastDay).add({ days: 1 }).toString(), '00:00', programZone)
		}))
	);
	const open = without(shared, off);
	if (outside) return open;
	const day = (side: Side) => laidOut(schoolWeek(hours), window, side.zone);
	return both(both(open, day(teacher)), day(mentor));
}

const minute = 60_000;
const quarter = 15 * minute;

/**
 * Times to propose: begun on a quarter of an hour, of this length, spread over the days.
 * @param most in all; @param aDay on one day of the teacher's
 */
export function slotsIn(
	times: readonly Span[],
	teacher: Side,
	mentor: Side,
	{ minutes, most = 10, aDay = 2 }: { minutes: number; most?: number; aDay?: number }
): Slot[] {
	const length = minutes * minute;
	const slots: Slot[] = [];
	const onDay = new Map<string, number>();
	for (const span of times)
		for (let from = Math.ceil(span.from / quarter) * quarter; from + length <= span.to;) {
			if (slots.length >= most) return slots;
			const day = Temporal.Instant.fromEpochMilliseconds(from)
				.toZonedDateTimeISO(teacher.zone)
				.toPlainDate()
				.toString();
			const taken = onDay.get(day) ?? 0;
			if (taken >= aDay) break;
			onDay.set(day, taken + 1);
			const slot = { from, to: from + length };
			const touches = (side: Side) => both([slot], laidOut(side.prep, slot, side.zone)).length > 0;
			slots.push({ ...slot, prep: { teacher: touches(teacher), mentor: touches(mentor) } });
			from = Math.ceil(slot.to / quarter) * quarter;
		}
	return slots;
}
