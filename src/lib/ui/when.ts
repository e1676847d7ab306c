/** How an instant is said on screen. Pure: zone and now come from outside. */

export type WhenStyle = 'day' | 'ago' | 'time';

const minute = 60_000;
const hour = 60 * minute;

const said = (options: Intl.DateTimeFormatOptions) => {
	// One formatter per zone and shape: making one costs a hundred times what using one does.
	const made = new Map<string, Intl.DateTimeFormat>();
	return (at: Date, zone: string) => {
		let format = made.get(zone);
		if (!format) made.set(zone, (format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })));
		return format.format(at);
	};
};
const dayMonth = said({ day: 'numeric', month: 'short' });
const dayMonthYear = said({ day: 'numeric', month: 'short', year: 'numeric' });
const clock = said({ hour: 'numeric', minute: '2-digit', hour12: true });
const full = said({
	weekday: 'long',
	day: 'numeric',
	month: 'long',
	year: 'numeric',
	hour: 'numeric',
	minute: '2-digit',
	hour12: true,
	timeZoneName: 'short'
});
const isoDay = said({ year: 'numeric', month: '2-digit', day: '2-digit' });
const year = said({ year: 'numeric' });

/** Clock time, with the zone's name when it is UTC, because that is then nobody's own. */
const time = (at: Date, zone: string) => clock(at, zone) + (zone === 'UTC' ? ' UTC' : '');

const day = (at: Date, zone: string, now: Date) =>
	year(at, zone) === year(now, zone) ? dayMonth(at, zone) : dayMonthYear(at, zone);

/**
 * `day`: 9 Nov, with the year when it isn't this one. `time`: the clock today, else the day.
 * `ago`: just now, 7 min ago, 3 h ago, yesterday, 4 days ago, and from a week on the day.
 */
export function when(at: Date, style: WhenStyle, zone: string, now: Date): string {
	if (style === 'day') return day(at, zone, now);
	const today = isoDay(at, zone) === isoDay(now, zone);
	if (style === 'time') return today ? time(at, zone) : day(at, zone, now);
	const gone = now.getTime() - at.getTime();
	if (gone < minute) return gone < -minute ? day(at, zone, now) : 'just now';
	if (gone < hour) return `${Math.floor(gone / minute)} min ago`;
	if (today || gone < 12 * hour) return `${Math.floor(gone / hour)} h ago`;
	if (isoDay(at, zone) === isoDay(new Date(now.getTime() - 24 * hour), zone)) return 'yesterday';
	const days = Math.max(2, Math.round(gone / (24 * hour)));
	return days < 7 ? `${days} days ago` : day(at, zone, now);
}

const ranges = new Map<string, Intl.DateTimeFormat>();

/** A stretch of time: Tue 3 Nov 2026, 4:12 – 4:50 pm. With the zone's name when it is UTC, as nobody's own. */
export function stretch(from: Date, to: Date, zone: string): string {
	let format = ranges.get(zone);
	if (!format)
		ranges.set(
			zone,
			(format = new Intl.DateTimeFormat('en-GB', {
				weekday: 'short',
				day: 'numeric',
				month: 'short',
				year: 'numeric',
				hour: 'numeric',
				minute: '2-digit',
				hour12: true,
				timeZone: zone
			}))
		);
	return format.formatRange(from, to) + (zone === 'UTC' ? ' UTC' : '');
}

/** The whole of it, for a title: Wednesday 14 October 2026 at 4:12 pm CDT. */
export const exactly = (at: Date, zone: string) => full(at, zone);
