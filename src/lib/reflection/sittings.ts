/** When a reflection was worked on: out of the times in its log, stretches of work with a pause between them. Pure. */

/** A pause of this long begins a new sitting. Half an hour is a lesson's break, and longer than anybody thinks about one sentence. */
export const pauseMs = 30 * 60_000;

/** One person's rows of the log, close in time; a single row is one too. */
export type Stretch = { fromNumber: number; toNumber: number; personId: string; fromAt: Date; toAt: Date };

export type Sitting = {
	/** The last row before it: what the text was when the two sat down. */
	before: number;
	/** Its last row. */
	number: number;
	fromAt: Date;
	toAt: Date;
	/** Who wrote in it, in the order in which they came. */
	personIds: string[];
};

/**
 * The sittings of a log, oldest first. Rows keep their order whatever a clock said: one that went back begins nothing.
 * @param stretches in any order; two people's may lie over each other
 * @param start the last row that is in none of them
 */
export function sittingsOf(stretches: readonly Stretch[], start = 0): Sitting[] {
	const sittings: Sitting[] = [];
	let before = start;
	for (const stretch of [...stretches].sort((a, b) => a.fromNumber - b.fromNumber || a.toNumber - b.toNumber)) {
		const last = sittings.at(-1);
		if (last && stretch.fromAt.getTime() - last.toAt.getTime() < pauseMs) {
			last.number = Math.max(last.number, stretch.toNumber);
			if (stretch.toAt > last.toAt) last.toAt = stretch.toAt;
			if (!last.personIds.includes(stretch.personId)) last.personIds.push(stretch.personId);
		} else {
			const { toNumber: number, fromAt, toAt, personId } = stretch;
			sittings.push({ before, number, fromAt, toAt, personIds: [personId] });
		}
		before = sittings.at(-1)!.number;
	}
	return sittings;
}
