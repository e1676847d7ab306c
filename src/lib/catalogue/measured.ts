/** What a microcredential costs in time, in words: as its issuer says, and as it was measured. Pure. */

/** From so many people on, what was measured is said: before, one of them could be read off it, and it would tell little. */
export const enough = 10;

/** Minutes that teachers wrote until they first handed it in; the quartiles are null below `enough` people. */
export type Measured = { people: number; lower: number | null; median: number | null; upper: number | null };

/** "40 minutes", "1 hour", "2.5 hours": to the five minutes below two hours, to the half hour above. */
export function duration(minutes: number): string {
	const five = Math.max(Math.round(minutes / 5) * 5, 5);
	if (five < 120 && five !== 60) return `${five} minutes`;
	const hours = Math.round(minutes / 30) / 2;
	return hours === 1 ? '1 hour' : `${hours} hours`;
}

export const statedInWords = (hours: number | null): string =>
	hours === null ? 'not known: its issuer has not said' : `about ${hours} ${hours === 1 ? 'hour' : 'hours'}`;

export function measuredInWords({ people, lower, median, upper }: Measured): string {
	if (people < enough || lower === null || median === null || upper === null)
		return `not known yet (${people} of ${enough} teachers)`;
	const [from, to] = [duration(lower), duration(upper)];
	const half = from === to ? `half of them about ${from}` : `half of them between ${from} and ${to}`;
	return `${duration(median)} of writing for the teacher in the middle of ${people}, ${half}`;
}

/** The same beside a title in a list. */
export const shortly = (hours: number | null): string =>
	hours === null ? 'time not known' : `about ${hours} ${hours === 1 ? 'hour' : 'hours'}`;
