/**
 * Days on which nobody expects anything of a pair: its program's breaks, and pauses that the two agreed on. Pure. They
 * are days of the program's zone, and waiting is counted without them.
 */
import { type Break, daysApart, mergedBreaks } from '#lib/program/breaks.ts';
import { dayOf } from './days.ts';

/** From an instant to another; null goes on. */
export type Pause = { from: Date; until: Date | null };

/** Breaks and pauses as days, in order and apart from each other. A pause that begins and ends on one day rests it. */
export const restsOf = (breaks: readonly Break[], pauses: readonly Pause[], now: Date, zone: string): Break[] =>
	mergedBreaks([
		...breaks,
		...pauses.map(({ from, until }) => ({
			name: 'pause',
			firstDay: dayOf(from, zone),
			lastDay: dayOf(until ?? now, zone)
		}))
	]);

/** How many days after `since`, up to and with today, were days of rest. Both are days such as 2026-11-23. */
export function restingDays(since: string, today: string, rests: readonly Break[]): number {
	let days = 0;
	for (const { firstDay, lastDay } of rests) {
		const last = lastDay < today ? lastDay : today;
		// The day of `since` itself is over before anything is waited for.
		if (last <= since) continue;
		days += firstDay > since ? Math.max(daysApart(firstDay, last) + 1, 0) : daysApart(since, last);
	}
	return days;
}
