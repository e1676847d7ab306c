/**
 * Folding: the oldest rows of a log become one state, so that opening stays fast, and a line of history stays of each
 * run of writing. All in one transaction, so a crash leaves either the rows or the state; while it runs, edits go on,
 * because it touches only rows that are done.
 */
import * as encoding from 'lib0/encoding';
import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { Database } from '#lib/server/database.ts';
import { unpackUpdates, type LogRow } from '../log.server.ts';
import { reflectionHistory, reflectionSnapshots, reflectionUpdates } from '../schema.server.ts';
import { limits } from './limits.ts';
import { throughDocument } from './merge.ts';
import { scan } from './scan.ts';

export type Folded = { upToNumber: number; state: Uint8Array; rows: number };

/** Another server folded the same log meanwhile: its work stands, ours is dropped. */
class Overtaken extends Error {}

/**
 * Folds what is old enough.
 * @param olderThanMs rows younger than this stay in the log (see `limits.foldAfterMs`)
 * @returns what was folded; null when there was nothing to do, or somebody else did it
 */
export async function fold(
	db: Database,
	reflectionId: string,
	olderThanMs = limits.foldAfterMs
): Promise<Folded | null> {
	const { rows, snapshot } = await db.asService(async (tx) => ({
		rows: await tx
			.select()
			.from(reflectionUpdates)
			.where(
				and(
					eq(reflectionUpdates.reflectionId, reflectionId),
					lte(reflectionUpdates.createdAt, sql`now() - make_interval(secs => ${olderThanMs / 1000}::float8)`)
				)
			)
			.orderBy(asc(reflectionUpdates.number))
			// A bound for one turn; what is left is folded in the next.
			.limit(limits.foldRowsAtMost * 2),
		snapshot: (await tx.select().from(reflectionSnapshots).where(eq(reflectionSnapshots.reflectionId, reflectionId)))[0]
	}));
	const before = snapshot?.upToNumber ?? 0;
	const log = rows
		.filter(({ number }) => number > before)
		.map(({ number, personId, updates, createdAt }) => ({
			number,
			personId,
			updates: unpackUpdates(updates),
			at: createdAt
		}));
	// A row that is missing in between was folded after we read the rows: somebody else is at it.
	if (log.length === 0 || log[0]!.number !== before + 1 || log.at(-1)!.number !== before + log.length) return null;

	// Outside the transaction: this is the part that takes time.
	const parts = log.flatMap(({ updates }) => updates);
	if (snapshot) parts.unshift(snapshot.state);
	// A log with a gap stays as it is, for whoever has to mend it.
	const state = throughDocument(parts, true);
	const upToNumber = log.at(-1)!.number;
	const history = historyOf(log).map((line) => ({ reflectionId, ...line }));

	try {
		await db.asService(async (tx) => {
			const kept = await tx
				.insert(reflectionSnapshots)
				.values({ reflectionId, upToNumber, state })
				.onConflictDoUpdate({
					target: reflectionSnapshots.reflectionId,
					set: { upToNumber, state, createdAt: sql`now()` },
					setWhere: eq(reflectionSnapshots.upToNumber, before)
				})
				.returning({ upToNumber: reflectionSnapshots.upToNumber });
			if (kept.length === 0) throw new Overtaken();
			await tx.insert(reflectionHistory).values(history);
			const gone = await tx
				.delete(reflectionUpdates)
				.where(and(eq(reflectionUpdates.reflectionId, reflectionId), lte(reflectionUpdates.number, upToNumber)))
				.returning({ number: reflectionUpdates.number });
			if (gone.length < log.length) throw new Overtaken();
		});
	} catch (error) {
		if (error instanceof Overtaken) return null;
		throw error;
	}
	return { upToNumber, state, rows: log.length };
}

export type HistoryLine = {
	fromNumber: number;
	toNumber: number;
	personId: string;
	fromAt: Date;
	toAt: Date;
	ranges: Uint8Array;
};

/** Runs of writing: a person's rows with pauses shorter than a minute are one line, also while the partner writes too. */
export function historyOf(rows: LogRow[]): HistoryLine[] {
	type Run = { rows: LogRow[] };
	const runs: Run[] = [];
	const current = new Map<string, Run>();
	for (const row of rows) {
		const run = current.get(row.personId);
		if (run && row.at.getTime() - run.rows.at(-1)!.at.getTime() < limits.historyGapMs) run.rows.push(row);
		else {
			const next = { rows: [row] };
			runs.push(next);
			current.set(row.personId, next);
		}
	}
	return runs.map(({ rows }) => ({
		fromNumber: rows[0]!.number,
		toNumber: rows.at(-1)!.number,
		personId: rows[0]!.personId,
		fromAt: rows[0]!.at,
		toAt: rows.at(-1)!.at,
		ranges: rangesOf(rows.flatMap(({ updates }) => updates))
	}));
}

/** What updates inserted and deleted, as `reflection_history.ranges` keeps it: ranges of clocks, no text. */
function rangesOf(updates: Uint8Array[]): Uint8Array {
	const inserted: number[][] = [];
	const deleted: number[][] = [];
	const add = (list: number[][], client: number, clock: number, length: number) => {
		// Typing goes on where it stopped, and so does deleting forwards; backwards grows at the front.
		const last = list.at(-1);
		if (last && last[0] === client && last[1]! + last[2]! === clock) last[2]! += length;
		else if (last && last[0] === client && clock + length === last[1]) {
			last[1] = clock;
			last[2]! += length;
		} else list.push([client, clock, length]);
	};
	for (const update of updates) {
		const { blocks, deletes } = scan(update);
		for (const { client, from, to } of blocks) add(inserted, client, from, to - from);
		for (let i = 0; i < deletes.length; i += 3) add(deleted, deletes[i]!, deletes[i + 1]!, deletes[i + 2]!);
	}
	const encoder = encoding.createEncoder();
	for (const list of [inserted, deleted]) {
		encoding.writeVarUint(encoder, list.length);
		for (const range of list) for (const number of range) encoding.writeVarUint(encoder, number);
	}
	return encoding.toUint8Array(encoder);
}
