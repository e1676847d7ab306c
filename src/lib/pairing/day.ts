/** Days as forms send them and as a zone has them. Pure. */

/** A day such as 2026-11-30 if there is such a day; null for everything else. */
export function readDay(typed: unknown): string | null {
	if (typeof typed !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(typed)) return null;
	const at = new Date(`${typed}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(typed) ? typed : null;
}

/** The day that it is in a zone at an instant. */
export const dayIn = (zone: string, at: Date): string =>
	new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
