/** Answering without words, and saying what helped. */
import { and, eq, sql } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { reactionOf } from './kinds.ts';
import { markLater } from './nameless.server.ts';
import { changing } from './news.server.ts';
import { mayMarkHelped } from './policy.ts';
import { postReactions, posts, threads } from './schema.server.ts';
import { threadIn } from './threads.server.ts';

async function standingPost(tx: Tx, person: Person, postId: unknown) {
	if (typeof postId !== 'string' || !isId(postId)) throw notFound('post');
	const [row] = await tx
		.select({
			post: posts,
			own: sql<boolean>`coalesce(${posts.authorId} = ${person.id} or ${posts.id} = any ((select app.nameless_post_ids())::uuid[]), false)`
		})
		.from(posts)
		.where(eq(posts.id, postId));
	if (!row) throw notFound('post');
	return { ...row, ...(await threadIn(tx, person, row.post.threadId)) };
}

/**
 * Says "tried it" or "thank you" of a post, or takes that back. Twice is once.
 * @throws Refusal not-found, or rule: one's own post, or one that is not there any more
 */
export const react = (
	db: Database,
	person: Person,
	postId: unknown,
	{ kind, on }: { kind: unknown; on: boolean }
): Promise<{ threadId: string; number: number }> =>
	changing(db, person.id, null, async (tx) => {
		const reaction = reactionOf(kind);
		if (!reaction) throw new Refusal('rule', 'Please choose one of the two. Nothing has changed.');
		const { post, own, thread } = await standingPost(tx, person, postId);
		const place = { threadId: thread.id, number: post.number };
		const mine = and(
			eq(postReactions.postId, post.id),
			eq(postReactions.personId, person.id),
			eq(postReactions.kind, reaction)
		);
		if (!on) {
			await tx.delete(postReactions).where(mine);
			return place;
		}
		if (own) throw new Refusal('rule', 'This is your own post. Others say whether they tried it.');
		if (post.removedAt) throw new Refusal('rule', 'This post is not there any more. Nothing has changed.');
		const [there] = await tx.select({ kind: postReactions.kind }).from(postReactions).where(mine);
		// Asked first, because what is in conflict has fired its triggers already on one of the engines' paths.
		if (!there)
			await tx
				.insert(postReactions)
				.values({ postId: post.id, cohortId: post.cohortId, personId: person.id, kind: reaction })
				.onConflictDoNothing();
		return place;
	});

/**
 * Says which reply helped, instead of the one before; null: none any more. Of a question without a name it shows some minutes
 * later, when whoever asked says it.
 * @throws Refusal not-found, not-allowed, or rule
 */
export const markHelped = (db: Database, person: Person, threadId: string, postId: unknown): Promise<void> =>
	changing(db, person.id, threadId, async (tx) => {
		const { thread, asked, cohort } = await threadIn(tx, person, threadId);
		if (thread.kind !== 'question')
			throw new Refusal('rule', 'Only a question has a reply that helped. Nothing has changed.');
		if (!mayMarkHelped(cohort.standing, asked))
			throw new Refusal('not-allowed', 'Whoever asked says what helped. Nothing has changed.');
		/** At once it would say that whoever asked sits here now; a moderator does it in the open. */
		const later = thread.nameless && asked;
		if (postId === null || postId === '') {
			if (later) return markLater(tx, person, thread, null);
			await tx.update(threads).set({ helpedPostId: null }).where(eq(threads.id, thread.id));
			return;
		}
		const { post, own } = await standingPost(tx, person, postId);
		if (post.threadId !== thread.id) throw notFound('post');
		if (post.removedAt) throw new Refusal('rule', 'This post is not there any more. Nothing has changed.');
		if (post.number === 1 || (own && asked))
			throw new Refusal('rule', 'A reply of somebody else is what helps. You can write below what you found out.');
		if (later) return markLater(tx, person, thread, post.id);
		await tx.update(threads).set({ helpedPostId: post.id }).where(eq(threads.id, thread.id));
	});
