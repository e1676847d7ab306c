/** What somebody wrote in cohorts that they have left: their own words, and nothing else of those cohorts. */
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { renderBody } from './body.ts';
import { type ActShown, actsOfThreads } from './moderation.server.ts';
import { namelessPosts, posts, postWords, threads } from './schema.server.ts';
import { namesFor } from './threads.server.ts';

export type EarlierPost = {
	id: string;
	at: Date;
	cohort: string;
	/** Only of threads that they opened themselves; what others called theirs stays with the cohort. */
	title: string | null;
	nameless: boolean;
	removedAs: 'taken-back' | 'hidden' | null;
	/** Null where the words are gone. */
	html: string | null;
	/** What moderators did to it, or to its thread, that concerns its author. */
	acts: ActShown[];
};

/** Posts on a page. */
const onPage = 30;
const mostPages = 1000;

/**
 * The newest first.
 * @param page from 1; what is no number is the first
 * @param post leads to the page on which this post stands, if it is one of them
 */
export const listEarlier = (
	db: Database,
	person: Person,
	page: unknown,
	post: unknown = null
): Promise<{ posts: EarlierPost[]; page: number; more: boolean; zone: string }> =>
	db.asPerson(person.id, async (tx) => {
		const cohorts = await earlierCohorts(tx);
		const mine = and(
			sql`${posts.cohortId} = any (array(select id from app.earlier_cohorts()))`,
			sql`(${posts.authorId} = ${person.id} or ${posts.id} = any ((select app.nameless_post_ids())::uuid[]))`
		);
		const before =
			typeof post === 'string' && isId(post) && cohorts.length > 0
				? await tx
						.select({ count: sql<number>`count(*)::int` })
						.from(posts)
						.where(
							and(
								mine,
								sql`(${posts.createdAt}, ${post}::uuid) > (select created_at, ${posts.id} from posts one where one.id = ${post}::uuid)`
							)
						)
				: [];
		const asked = before[0] ? Math.floor(before[0].count / onPage) + 1 : Math.trunc(Number(page)) || 1;
		const number = Math.min(Math.max(asked, 1), mostPages);
		const zone = await zoneOf(tx, person.id, 'UTC');
		if (cohorts.length === 0) return { posts: [], page: number, more: false, zone };
		const rows = await tx
			.select({
				id: posts.id,
				at: posts.createdAt,
				cohortId: posts.cohortId,
				threadId: posts.threadId,
				number: posts.number,
				nameless: posts.nameless,
				removedAs: posts.removedAs,
				body: postWords.body,
				opened: sql<
					string | null
				>`case when ${posts.number} = 1 then coalesce(${namelessPosts.title}, ${threads.title}) end`
			})
			.from(posts)
			.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.stands, true)))
			// Row policies let through only what they opened under their name; of what they asked without one, their own row says it.
			.leftJoin(threads, and(eq(threads.id, posts.threadId), eq(threads.authorId, person.id)))
			.leftJoin(namelessPosts, and(eq(namelessPosts.postId, posts.id), eq(namelessPosts.personId, person.id)))
			.where(mine)
			.orderBy(desc(posts.createdAt), asc(posts.id))
			.limit(onPage + 1)
			.offset((number - 1) * onPage);
		const shown = rows.slice(0, onPage);
		const { names } = await namesFor(
			tx,
			person,
			shown.map(({ body }) => body)
		);
		const acts = shown.length ? await actsOfThreads(tx, [...new Set(shown.map(({ threadId }) => threadId))]) : [];
		return {
			posts: shown.map(({ cohortId, threadId, number, body, opened, ...post }) => ({
				...post,
				cohort: cohorts.find(({ id }) => id === cohortId)?.name ?? '',
				title: opened,
				html: body && renderBody(body, names),
				acts: acts.filter(
					(act) =>
						act.postId === post.id ||
						(act.whole &&
							act.threadId === threadId &&
							(number === 1 || act.act === 'hide' || act.act === 'show') &&
							act.at >= post.at)
				)
			})),
			page: number,
			more: rows.length > onPage,
			zone
		};
	});

/** The cohorts that they have left and said something in, by name. Inside their transaction. */
export async function earlierCohorts(tx: Tx): Promise<{ id: string; name: string }[]> {
	const { rows } = (await tx.execute(sql`select id, name from app.earlier_cohorts()`)) as unknown as {
		rows: { id: string; name: string }[];
	};
	return rows;
}
