/** Since when what is new is new, as a person says it. Pure. */

/** "Friday", "you last looked", "yesterday", "9 Nov": how the day of the last visit is called now, on the reader's clock. */
export function sinceWords(last: Date, zone: string, now: Date): string {
	const day = (at: Date) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at);
	const days = Math.round((Date.parse(day(now)) - Date.parse(day(last))) / 86_400_000);
	if (days <= 0) return 'you last looked';
	if (days === 1) return 'yesterday';
	if (days < 7) return new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'long' }).format(last);
	const year = day(last).slice(0, 4) === day(now).slice(0, 4) ? {} : ({ year: 'numeric' } as const);
	return new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short', ...year }).format(last);
}
