/** When a person may take their data out, or give it up. */

/** How somebody has shown, and when, that it is they who sit there. */
export type Shown = { openedAt: Date; passkeyAt: Date | null };

/**
 * Somebody who came in within the last half hour, or whose passkey answered since, is asked nothing more; else they sign
 * in once again. A copy and a deletion concern one's own words only, so no passkey is demanded of a teacher who has none:
 * it is the forgotten laptop in the staff room that this keeps out.
 */
export const freshFor = 30 * 60_000;

export const isFresh = ({ openedAt, passkeyAt }: Shown, now: Date): boolean =>
	[openedAt, passkeyAt].some((at) => at !== null && now.getTime() - at.getTime() <= freshFor);

/**
 * Copies in a day: one, one more because the first went to the wrong computer, and a third. A copy reads everything that
 * was ever typed, which is a second of work for a long reflection.
 */
export const copiesPerDay = 3;
/** A copy that was asked for can be fetched so long, also again when the line broke. */
export const fetchWithin = 10 * 60_000;

/** How long somebody can think again who asked for their account to be deleted. Two weeks outlast a holiday. */
export const thinkAgainFor = 14 * 86_400_000;
