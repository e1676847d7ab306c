/** How far somebody has read, on all their devices. */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { readAbout } from '#lib/notification/notify.server.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { toldRead } from './news.server.ts';
import { threadReads, threads } from './schema.server.ts';
import { cohortOf } from './standing.server.ts';
import { threadIn } from './threads.server.ts';

/**
 * Notes that somebody has seen the posts of a thread up to a number. It never goes back: what was read on one device is read
 * on all, whichever is heard last.
 * @param upTo more than there are counts as all of them; what is no number changes nothing
 * @throws Refusal not-found
 */
export async function markRead(
	db: Database,
	person: Person,
	threadId: string,
	upTo: unknown,
	now = new Date()
): Promise<{ upTo: number }> {
	const done = await db.asPerson(person.id, async (tx) => {
		const { thread, cohort } = await threadIn(tx, person, threadId);
		const asked = Number(upTo);
		const number = Number.isFinite(asked) ? Math.max(0, Math.min(thread.posts, Math.floor(asked))) : 0;
		const [row] = await tx
			.insert(threadReads)
			.values({ personId: person.id, threadId: thread.id, cohortId: cohort.id, upTo: number, at: now })
			.onConflictDoUpdate({
				target: [threadReads.personId, threadReads.threadId],
				set: {
					upTo: sql`greatest(${threadReads.upTo}, excluded.up_to)`,
					at: sql`greatest(${threadReads.at}, excluded.at)`
				}
			})
			.returning({ upTo: threadReads.upTo });
		// Whoever has seen all of it is not told of it by mail any more.
		if (row!.upTo >= thread.posts) await readAbout(tx, person.id, [`thread:${thread.id}`]);
		return { threadId: thread.id, upTo: row!.upTo };
	});
	toldRead(person.id, done.threadId, done.upTo);
	return { upTo: done.upTo };
}

/**
 * Everything new again from a post on: kept for later. What is no number of a post changes nothing.
 * @throws Refusal not-found
 */
export async function markUnread(db: Database, person: Person, threadId: string, from: unknown): Promise<void> {
	const done = await db.asPerson(person.id, async (tx) => {
		const { thread } = await threadIn(tx, person, threadId);
		const number = Number(from);
		if (!Number.isSafeInteger(number) || number < 1 || number > thread.posts) return null;
		const [row] = await tx
			.update(threadReads)
			.set({ upTo: sql`least(${threadReads.upTo}, ${number - 1})` })
			.where(and(eq(threadReads.threadId, thread.id), eq(threadReads.personId, person.id)))
			.returning({ upTo: threadReads.upTo });
		return row ? { threadId: thread.id, upTo: row.upTo } : null;
	});
	if (done) toldRead(person.id, done.threadId, done.upTo);
}

/** Other pages of somebody that hear at once that all was read; the rest see it when they load. */
const mostTold = 100;

/** Marks all that a cohort has said as read, or all about one competency. @throws Refusal not-found */
export async function markAllRead(
	db: Database,
	person: Person,
	cohortId: string,
	microcredentialId?: unknown,
	now = new Date()
): Promise<void> {
	const read = await db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		const one = typeof microcredentialId === 'string' && isId(microcredentialId) ? microcredentialId : null;
		await tx.execute(sql`
			insert into thread_reads (person_id, thread_id, cohort_id, up_to, at)
			select ${person.id}::uuid, t.id, t.cohort_id, t.posts, ${now.toISOString()}::timestamptz from threads t
			where t.cohort_id = ${cohort.id}::uuid and (${one}::uuid is null or t.microcredential_id = ${one}::uuid)
			on conflict (person_id, thread_id) do update
				set up_to = greatest(thread_reads.up_to, excluded.up_to), at = greatest(thread_reads.at, excluded.at)
		`);
		const all = await tx
			.select({ id: threads.id, posts: threads.posts })
			.from(threads)
			.where(and(eq(threads.cohortId, cohort.id), one ? eq(threads.microcredentialId, one) : undefined))
			.orderBy(desc(threads.lastPostAt));
		await readAbout(
			tx,
			person.id,
			all.map(({ id }) => `thread:${id}`)
		);
		return all;
	});
	for (const { id, posts } of read.slice(0, mostTold)) toldRead(person.id, id, posts);
}
