/** Who may hold a thread open now, asked for many at a time. In step with `threads_read` and `policy.ts`. */
import { standingOf } from '#lib/identity/session.ts';
import type { Database } from '#lib/server/database.ts';
import type { Holder } from './stream.server.ts';

export type HolderNow = {
	/** `over` when the session has ended or the person has left. */
	session: 'stands' | 'over';
	/** Whether they read the thread as somebody who is in its cohort now. */
	reads: boolean;
	version: number;
};

type Row = {
	version: string | number | null;
	reads: boolean;
	present: boolean;
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	onSharedComputer: boolean | null;
};

/** Prepared once per connection. Each cohort is looked through once, however many hold its threads open. */
const asking = `
	with asked as (
		select * from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as h(person_id, session_id, thread_id, place)
	), readers as materialized (
		select c.cohort_id, a.person_id
		from (select distinct t.cohort_id from asked h join threads t on t.id = h.thread_id) c
		cross join lateral app.cohort_people(c.cohort_id) a
	)
	select t.version,
		coalesce(exists (select from readers r where r.cohort_id = t.cohort_id and r.person_id = h.person_id)
			and (t.withheld_at is null or t.author_id = h.person_id or exists (
				select from cohort_moderators m where m.cohort_id = t.cohort_id and m.person_id = h.person_id
				and m.from_at <= now() and (m.until_at is null or m.until_at > now())
			)), false) as reads,
		s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt", s.shared as "onSharedComputer",
		exists (select from people who where who.id = h.person_id and who.deactivated_at is null) as present
	from asked h
	left join threads t on t.id = h.thread_id
	left join sessions s on s.id = h.session_id and s.person_id = h.person_id
	order by h.place`;

/** For each of these, in the same order, whether their session stands and whether they may read the thread. */
export async function standingsOf(db: Database, holders: Holder[]): Promise<HolderNow[]> {
	// Ids of ours only, of people and sessions that were let in and of threads whose id was looked at: nothing to quote.
	const list = (values: string[]) => `{${values.join(',')}}`;
	const rows = await db.ask<Row>(asking, [
		list(holders.map((h) => h.personId)),
		list(holders.map((h) => h.sessionId)),
		list(holders.map((h) => h.threadId))
	]);
	const now = new Date();
	const stands = ({ present, lastUsedAt, expiresAt, onSharedComputer }: Row) =>
		present &&
		lastUsedAt &&
		expiresAt &&
		standingOf({ lastUsedAt, expiresAt, shared: onSharedComputer! }, now) !== 'over';
	return rows.map((row) => ({
		session: stands(row) ? 'stands' : 'over',
		reads: row.reads,
		version: Number(row.version ?? 0)
	}));
}

export type ThreadNow = { id: string; version: number; withheld: boolean };

/** How far these threads have come. */
export async function versionsOf(db: Database, threadIds: string[]): Promise<ThreadNow[]> {
	const rows = await db.ask<{ id: string; version: string | number; withheld: boolean }>(
		'select id, version, withheld_at is not null as withheld from threads where id = any ($1::uuid[])',
		[`{${threadIds.join(',')}}`]
	);
	return rows.map(({ id, version, withheld }) => ({ id, version: Number(version), withheld }));
}
