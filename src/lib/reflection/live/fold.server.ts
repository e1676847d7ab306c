/**
 * Folding: a long log becomes one state, so that opening stays fast, and the rows it holds become history.
 *
 * Two steps that may come hours or a crash apart, since each leaves something whole. The state comes first: whoever
 * reads takes it and the rows after it. Rows that it holds are moved away later, once no statement can still be running
 * that believes in an older end of the log (see `limits.keepRowsMs`).
 */
import { lt, sql } from 'drizzle-orm';
import type { Database } from '#lib/server/database.ts';
import { reflectionSnapshots } from '../schema.server.ts';
import { limits } from './limits.ts';

/**
 * Keeps a state of a reflection. One that holds more, by whichever server, stands.
 * @param state everything up to and with row `upToNumber`, as one Yjs update (format v1)
 */
export async function keepState(
	db: Database,
	reflectionId: string,
	upToNumber: number,
	state: Uint8Array
): Promise<void> {
	await db.asService((tx) =>
		tx
			.insert(reflectionSnapshots)
			.values({ reflectionId, upToNumber, state })
			.onConflictDoUpdate({
				target: reflectionSnapshots.reflectionId,
				set: { upToNumber, state, createdAt: sql`now()` },
				setWhere: lt(reflectionSnapshots.upToNumber, upToNumber)
			})
	);
}

/**
 * Moves rows that the state holds into history, in one statement: a crash leaves them here or there, and of two servers
 * at it only one finds them. A person's rows with pauses shorter than a minute become one line, also while the partner
 * writes too. History keeps what was typed as it was typed, deleted text too.
 *
 * @param keepMs rows younger than this stay (see `limits.keepRowsMs`)
 * @returns how many rows were moved; there may be more when it is `limits.historyRows`
 */
export async function moveToHistory(
	db: Database,
	reflectionId: string,
	keepMs: number = limits.keepRowsMs
): Promise<number> {
	const seconds = (ms: number) => sql`make_interval(secs => ${ms / 1000}::float8)`;
	const { rows } = (await db.asService((tx) =>
		tx.execute(sql`
			with old as (
				select number, row_number() over wide as place, sum(octet_length(updates)) over wide - octet_length(updates) as before
				from reflection_updates u
				where reflection_id = ${reflectionId}::uuid
				and number <= (select up_to_number from reflection_snapshots s where s.reflection_id = u.reflection_id)
				and created_at <= now() - ${seconds(keepMs)}
				window wide as (order by number)
			), moved as (
				delete from reflection_updates u using old
				where u.reflection_id = ${reflectionId}::uuid and u.number = old.number
				and old.place <= ${limits.historyRows} and old.before <= ${limits.historyBytes}
				returning u.number, u.person_id, u.created_at, u.updates
			), parted as (
				select *, coalesce(
					created_at - lag(created_at) over (partition by person_id order by number) >= ${seconds(limits.historyGapMs)},
					true
				) as after_pause
				from moved
			), runs as (
				select *, count(*) filter (where after_pause) over (partition by person_id order by number) as run from parted
			), kept as (
				insert into reflection_history (reflection_id, from_number, to_number, person_id, from_at, to_at, rows)
				select ${reflectionId}::uuid, min(number), max(number), person_id, min(created_at), max(created_at),
					string_agg(
						int4send(number) || int8send((extract(epoch from created_at) * 1000)::bigint)
							|| int4send(octet_length(updates)) || updates,
						''::bytea order by number
					)
				from runs group by person_id, run
			)
			select count(*)::int as count from moved
		`)
	)) as unknown as { rows: [{ count: number }] };
	return rows[0].count;
}
