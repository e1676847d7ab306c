/** Writes what the cast's cohorts talk about into a database, in the order in which it was said. */
import { eq } from 'drizzle-orm';
import { wordsOf } from '#lib/discussion/body.ts';
import { bodyOfText } from '#lib/discussion/plain-text.ts';
import {
	cohortModerators,
	postReactions,
	posts,
	postWords,
	threadReads,
	threads as threadRows
} from '#lib/discussion/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { cast } from './cast.ts';
import { castId } from './ids.ts';
import { instantOf } from './moments.ts';
import { type CastPost, type CastThread, moderators, postId, threads } from './talk.ts';

export async function plantTalk(tx: Tx, now: Date): Promise<void> {
	await tx.insert(cohortModerators).values(
		moderators.map(({ person, cohort, by, from }, i) => ({
			id: castId('moderator', i + 1),
			cohortId: cast.cohorts[cohort].id,
			personId: cast.people[person].id,
			appointedById: cast.people[by].id,
			fromAt: instantOf(from, now)
		}))
	);
	for (const thread of Object.values<CastThread>(threads)) await plantThread(tx, thread, now);
}

/** One thread with its posts, in their order. */
async function plantThread(tx: Tx, thread: CastThread, now: Date): Promise<void> {
	const cohortId = cast.cohorts[thread.cohort].id;
	const [first] = thread.posts as [CastPost];
	const createdAt = instantOf(first.at, now);
	await tx.insert(threadRows).values({
		id: thread.id,
		cohortId,
		microcredentialId: cast.microcredentials[thread.microcredential].id,
		kind: thread.kind,
		title: thread.title,
		authorId: cast.people[first.by].id,
		createdAt,
		lastPostAt: createdAt,
		formId: castId('thread', 1000 + thread.n),
		// Nobody is told today of what was said last week.
		toldAt: now
	});
	// One after the other: the database numbers them as they come.
	for (const [i, post] of thread.posts.entries()) {
		const id = postId(thread, i + 1);
		const authorId = cast.people[post.by].id;
		const at = instantOf(post.at, now);
		await tx.insert(posts).values({
			id,
			threadId: thread.id,
			cohortId,
			authorId,
			createdAt: at,
			quotesId: post.quotes ? postId(thread, post.quotes[0]) : null,
			quote: post.quotes?.[1] ?? null,
			formId: castId('post', 100_000 + thread.n * 100 + i + 1),
			toldAt: now
		});
		const say = async (revision: number, text: string, writtenAt: Date) => {
			const body = bodyOfText(text);
			const words = wordsOf(body);
			await tx
				.insert(postWords)
				.values({ postId: id, revision, cohortId, threadId: thread.id, authorId, body, words, writtenAt });
		};
		await say(1, post.text, at);
		if (post.edited) {
			const editedAt = instantOf(post.edited.at, now);
			await say(2, post.edited.text, editedAt);
			await tx.update(posts).set({ revision: 2, editedAt }).where(eq(posts.id, id));
		}
		if (post.takenBack)
			await tx
				.update(posts)
				.set({ removedAt: instantOf(post.takenBack, now), removedAs: 'taken-back' })
				.where(eq(posts.id, id));
		for (const kind of ['tried', 'thanks'] as const)
			for (const person of post[kind] ?? [])
				await tx.insert(postReactions).values({ postId: id, cohortId, personId: cast.people[person].id, kind, at });
	}
	if (thread.helped)
		await tx
			.update(threadRows)
			// It helped some time ago, and whoever helped knows.
			.set({ helpedPostId: postId(thread, thread.helped), helpedToldId: postId(thread, thread.helped) })
			.where(eq(threadRows.id, thread.id));
	for (const [who, upTo, at] of thread.read ?? [])
		await tx.insert(threadReads).values({
			personId: cast.people[who].id,
			threadId: thread.id,
			cohortId,
			upTo,
			at: instantOf(at, now)
		});
}
