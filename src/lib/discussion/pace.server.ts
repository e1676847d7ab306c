/** Holds whoever says much in a short time to a pace, as part of the verb by which they say it. */
import { sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Tx } from '#lib/server/database.ts';
import { maySayAgain, ofEverybody, ofNewPeople, slower } from './pace.ts';

/** More rows of a day than either limit counts tell nothing more. */
const mostCounted = Math.max(ofEverybody.postsAnHour, ofNewPeople.posts) + 1;

/**
 * Refuses what would be too much. Two posts of one person at one instant take turns here, in whatever windows.
 * @param opens whether it opens a thread
 * @throws Refusal too-many, with when it goes on
 */
export async function mayPostNow(tx: Tx, person: Person, { opens = false } = {}, now = new Date()): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('pace of'), hashtext(${person.id}))`);
	const me = sql`${person.id}::uuid`;
	const since = sql`${new Date(now.getTime() - 24 * 3_600_000).toISOString()}::timestamptz`;
	const { rows } = (await tx.execute(sql`
		select
			extract(epoch from least((select min(created_at) from posts where author_id = ${me}),
				(select min(asked_at) from nameless_posts where person_id = ${me}))) * 1000 as first,
			to_json(array(select extract(epoch from at) * 1000 from (
				select created_at as at from posts where author_id = ${me} and created_at > ${since}
				union all select asked_at from nameless_posts where person_id = ${me} and asked_at > ${since}
			) said order by at desc limit ${mostCounted})) as posts,
			to_json(array(select extract(epoch from at) * 1000 from (
				select created_at as at from threads where author_id = ${me} and created_at > ${since}
				union all select asked_at from nameless_posts
					where person_id = ${me} and asked_at > ${since} and title is not null
			) opened order by at desc limit ${ofEverybody.threadsADay + 1})) as threads`)) as unknown as {
		rows: { first: number | string | null; posts: number[]; threads: number[] }[];
	};
	const row = rows[0]!;
	const dates = (all: number[]) => all.map((at) => new Date(at));
	const said = {
		first: row.first === null ? null : new Date(Number(row.first)),
		posts: dates(row.posts),
		threads: dates(row.threads)
	};
	const until = maySayAgain(said, opens, now);
	if (until) throw new Refusal('too-many', slower(until, now));
}
