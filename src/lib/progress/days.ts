/** Calendar days as people mean them: in a time zone, so that a night or a change of the clock never counts twice. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant in a zone, as 2026-11-23. Such texts compare like the days they name. */
export function dayOf(at: Date, zone: string): string {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
		formats.set(zone, format);
	}
	return format.format(at);
}

const day = 24 * 3600_000;

const ends = new Map<string, number>();
/** A program knows some hundred last days; beyond that somebody is making them up. */
const mostEnds = 10_000;

/** The instant of the local midnight that ends a day such as 2026-11-23, in milliseconds: the first one after it. */
export function endOfDay(iso: string, zone: string): number {
	const key = `${zone} ${iso}`;
	const known = ends.get(key);
	if (known !== undefined) return known;
	// Zones lie within 14 hours of UTC, and a clock may change in that night, so midnight is looked for and not added up.
	let before = Date.parse(iso) - 15 * 3600_000;
	let after = before + 3 * day;
	while (after - before > 1) {
		const middle = Math.floor((before + after) / 2);
		if (dayOf(new Date(middle), zone) > iso) after = middle;
		else before = middle;
	}
	if (ends.size >= mostEnds) ends.clear();
	ends.set(key, after);
	return after;
}

/** Whole calendar days from one instant to a later one: yesterday evening to this morning is 1. */
export const daysBetween = (from: Date, to: Date, zone: string): number =>
	Math.round((Date.parse(dayOf(to, zone)) - Date.parse(dayOf(from, zone))) / day);

/** A day such as 2026-11-23 as people say it: 23 Nov, with the year when it isn't this one. */
export function sayDay(iso: string, now: Date, zone: string): string {
	const thisYear = iso.slice(0, 4) === dayOf(now, zone).slice(0, 4);
	return (thisYear ? dayAndMonth : withYear).format(new Date(iso));
}

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const withYear = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });

/** "16 days", "1 day", "today" for none. */
export const sayDays = (days: number): string => (days < 1 ? 'today' : days === 1 ? '1 day' : `${days} days`);

/** The day of an instant as a coach reads it: today, yesterday, 4 days ago, and from a week on 9 Nov. Never the hour. */
export function sayDaysAgo(at: Date, now: Date, zone: string): string {
	const days = daysBetween(at, now, zone);
	if (days < 0 || days >= 7) return sayDay(dayOf(at, zone), now, zone);
	return days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
}

/** Monday evening: when somebody sits down to this, where their program is. */
export function greetingOf(now: Date, zone: string): string {
	const weekday = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'long' }).format(now);
	const hour = Number(
		new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(now)
	);
	return `${weekday} ${hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening'}`;
}
