/** Times of the cast are told as a person would, "three days ago at ten past four", so that screenshots stay sensible. */

export type Moment = { days: number; at: string } | { minutes: number };

/** So many days ago, at a time of the school's clock ("16:10"). */
export const days = (days: number, at = '15:20'): Moment => ({ days, at });
/** So many minutes ago. */
export const minutes = (minutes: number): Moment => ({ minutes });

/**
 * The cast lives in Central time, taken as six hours behind UTC all year: what matters is that things happened on a
 * school day's afternoon and in the right order, and an hour in summer changes neither.
 */
const behindUtc = 6 * 3_600_000;

/** The instant of a moment, seen from `now`. A day count of 1 or more always lies in the past. */
export function instantOf(moment: Moment, now: Date): Date {
	if ('minutes' in moment) return new Date(now.getTime() - moment.minutes * 60_000);
	const day = dateOf(moment.days, now);
	return new Date(Date.parse(`${day}T${moment.at}:00Z`) + behindUtc);
}

/** The calendar date so many days ago (negative: ahead) on the school's clock, `YYYY-MM-DD`. */
export const dateOf = (daysAgo: number, now: Date): string =>
	new Date(now.getTime() - behindUtc - daysAgo * 86_400_000).toISOString().slice(0, 10);
