/** What a coach may know of check-ins: when the last one was, and what its teacher allows. No word is read here. */
import { desc, inArray } from 'drizzle-orm';
import type { Tx } from '#lib/server/database.ts';
import type { Going, Shows } from './checkin.ts';
import { checkInSignals } from './schema.server.ts';

/** `at` is when the teacher last checked in, or asked for a word; `going` is null unless they let the coach see it. */
export type Signal = { at: Date; shows: Shows; going: Going | null };

/**
 * The last check-in of each pair that had one.
 * @param tx of somebody who may know of these pairs; of others nothing is found
 */
export async function signalsOf(tx: Tx, pairIds: string[]): Promise<Map<string, Signal>> {
	if (pairIds.length === 0) return new Map();
	const rows = await tx
		.selectDistinctOn([checkInSignals.pairId], {
			pairId: checkInSignals.pairId,
			at: checkInSignals.at,
			shows: checkInSignals.shows,
			going: checkInSignals.going
		})
		.from(checkInSignals)
		.where(inArray(checkInSignals.pairId, pairIds))
		.orderBy(checkInSignals.pairId, desc(checkInSignals.at), desc(checkInSignals.checkInId));
	return new Map(rows.map(({ pairId, ...signal }) => [pairId, signal]));
}
