/**
 * Who is told of what is said in a cohort. Rounds of the product itself find what was not told yet, tell it and note that it
 * was, in one transaction: whatever dies on the way, each is told, and once. What is told names people and threads and no
 * word of a post.
 */
import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { people } from '#lib/identity/schema.server.ts';
import { type Notice, notify, withdraw } from '#lib/notification/notify.server.ts';
import { concernKey, type RoomMutes, type StillConcerns } from '#lib/notification/rounds.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import type { Kind, Level } from './kinds.ts';
import { heard } from './nearest.ts';
import { namelessPosts, postMentions, posts, threadChoices, threadReads, threads } from './schema.server.ts';

/** Posts in one transaction, in which nobody else may touch them. */
const atOnce = 10;
/** Transactions of one round; what is left waits for the next one. */
const mostTurns = 20;
/** Afterwards it is no news any more; whoever opens the cohort sees what is new. */
const newsFor = 48 * 3600_000;

/** Tells, and takes back, what is due. @returns how many notices are new */
export async function tellThreads(db: Database, now = new Date()): Promise<number> {
	// Asked every second by every server: nothing is written, and nothing locked, while nothing is due.
	const [due] = await db.ask<{ due: boolean }>(
		`select exists (select from posts where told_at is null and removed_at is null)
			or exists (select from posts where removed_at is not null and told_at is not null)
			or exists (select from threads where withheld_at is not null and told_at is not null)
			or exists (select from threads where helped_post_id is distinct from helped_told_id) as due`,
		[]
	);
	if (!due?.due) return 0;
	await db.asService((tx) => untell(tx, now));
	let told = await db.asService((tx) => tellHelped(tx, now));
	for (let turn = 0; turn < mostTurns; turn++) {
		const { notices, more } = await db.asService((tx) => tellPosts(tx, now));
		told += notices;
		if (!more) break;
	}
	return told;
}

/** Takes away what was told of posts and threads that are not there any more; if they come back they are told again. */
async function untell(tx: Tx, now: Date): Promise<void> {
	const gone = await tx
		.select({ id: posts.id, threadId: posts.threadId })
		.from(posts)
		.where(and(isNotNull(posts.removedAt), isNotNull(posts.toldAt)))
		.limit(100)
		.for('no key update', { skipLocked: true });
	for (const { id } of gone) await withdraw(tx, { keyPrefix: `post:${id}` }, now);
	if (gone.length > 0) {
		await tx
			.update(posts)
			.set({ toldAt: null })
			.where(inArray(posts.id, idsOf(gone)));
		for (const threadId of new Set(gone.map((post) => post.threadId))) await untellDays(tx, threadId, now);
	}
	const withheld = await tx
		.select({ id: threads.id })
		.from(threads)
		.where(and(isNotNull(threads.withheldAt), isNotNull(threads.toldAt)))
		.limit(100)
		.for('no key update', { skipLocked: true });
	for (const { id } of withheld) await withdraw(tx, { about: aboutThread(id) }, now);
	if (withheld.length > 0) {
		await tx
			.update(threads)
			.set({ toldAt: null })
			.where(inArray(threads.id, idsOf(withheld)));
		await tx
			.update(posts)
			.set({ toldAt: null })
			.where(inArray(posts.threadId, idsOf(withheld)));
	}
}

/** "New posts in …" of a day on which none is left. */
async function untellDays(tx: Tx, threadId: string, now: Date): Promise<void> {
	const days = await tx
		.select({ day: sql<string>`distinct to_char(${posts.createdAt} at time zone 'UTC', 'YYYY-MM-DD')` })
		.from(posts)
		.where(
			and(
				eq(posts.threadId, threadId),
				isNotNull(posts.removedAt),
				gt(posts.createdAt, new Date(now.getTime() - newsFor))
			)
		);
	for (const { day } of days) {
		const { rows } = (await tx.execute(sql`select exists (select from posts where thread_id = ${threadId}::uuid
			and removed_at is null and number > 1 and to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') = ${day}) as there`)) as unknown as {
			rows: { there: boolean }[];
		};
		if (!rows[0]!.there) await withdraw(tx, { keyPrefix: dayKey(threadId, day) }, now);
	}
}

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);
const aboutThread = (id: string) => `thread:${id}`;
const dayKey = (threadId: string, day: string) => `posts:${threadId}:${day}`;

/** Whoever helped hears of it, however much else they mute: it is about words of their own. */
async function tellHelped(tx: Tx, now: Date): Promise<number> {
	const due = await tx
		.select({ thread: threads, post: posts, asker: namelessPosts.personId })
		.from(threads)
		.leftJoin(posts, and(eq(posts.id, threads.helpedPostId), isNull(posts.removedAt)))
		.leftJoin(namelessPosts, eq(namelessPosts.postId, posts.id))
		.where(and(sql`${threads.helpedPostId} is distinct from ${threads.helpedToldId}`, isNull(threads.withheldAt)))
		.limit(50)
		.for('no key update', { of: threads, skipLocked: true });
	const notices: Notice[] = [];
	for (const { thread, post, asker } of due) {
		if (thread.helpedToldId) await withdraw(tx, { keyPrefix: `helped:${thread.helpedToldId}` }, now);
		const author = post?.authorId ?? asker;
		if (!post || !author || !(await audienceOf(tx, thread.cohortId)).has(author)) continue;
		notices.push({
			...placeOf(thread),
			personId: author,
			kind: 'helped',
			key: `helped:${post.id}`,
			title: `Your answer helped in ${quoted(thread.title)}`,
			href: linkTo(thread.id, post.number),
			at: now
		});
	}
	const told = await notify(tx, notices, now);
	for (const { thread } of due)
		await tx.update(threads).set({ helpedToldId: thread.helpedPostId }).where(eq(threads.id, thread.id));
	return told;
}

async function tellPosts(tx: Tx, now: Date): Promise<{ notices: number; more: boolean }> {
	const since = new Date(now.getTime() - newsFor);
	const due = await tx
		.select({ post: posts, thread: threads, name: people.name, asker: namelessPosts.personId })
		.from(posts)
		.innerJoin(threads, eq(threads.id, posts.threadId))
		.leftJoin(people, eq(people.id, posts.authorId))
		.leftJoin(namelessPosts, eq(namelessPosts.postId, posts.id))
		.where(
			and(
				isNull(posts.toldAt),
				isNull(posts.removedAt),
				isNull(threads.withheldAt),
				or(gt(posts.createdAt, since), gt(posts.editedAt, since))
			)
		)
		.orderBy(asc(posts.createdAt), asc(posts.number))
		.limit(atOnce)
		.for('no key update', { of: posts, skipLocked: true });
	// What came while nobody told anything for two days.
	await tx
		.update(posts)
		.set({ toldAt: now })
		.where(
			and(
				isNull(posts.toldAt),
				isNull(posts.removedAt),
				lte(posts.createdAt, since),
				or(isNull(posts.editedAt), lte(posts.editedAt, since))
			)
		);
	const notices: Notice[] = [];
	for (const { post, thread, name, asker } of due) {
		const author = post.authorId ?? asker;
		const who = post.nameless ? null : oneName(name);
		const named = await mentionsOf(tx, post.id);
		// Whoever was named, and is not any more since the post was changed, need not come.
		if (post.editedAt) await withdraw(tx, { keyPrefix: `post:${post.id}:mention`, but: [...named] }, now);
		const seen = await readersOf(tx, post);
		const fresh = post.createdAt > since;
		for (const [personId, level] of await levelsIn(tx, thread)) {
			// Somebody who asked without a name is told of it by their own page, and by nothing that others could see.
			// Whoever has the thread open has seen it already.
			if (personId === author || seen.has(personId)) continue;
			const common = { ...placeOf(thread), personId, href: linkTo(thread.id, post.number), at: now };
			// Named is named, in a muted thread too: somebody asks this very person, and waits.
			if (named.has(personId))
				notices.push({
					...common,
					kind: 'mention',
					key: `post:${post.id}:mention`,
					title: mentionWords(who, thread.title)
				});
			else if (!fresh || level === 'mute' || level === 'nothing') continue;
			else if (post.number === 1)
				notices.push({
					...common,
					kind: level === 'watch' ? 'watched-thread' : 'new-thread',
					key: `post:${post.id}`,
					title: openedWords(who, thread.kind, thread.title)
				});
			else if (level === 'watch')
				notices.push({
					...common,
					kind: 'reply',
					key: `post:${post.id}`,
					title: `${who ?? 'Whoever asked'} replied in ${quoted(thread.title)}`
				});
			else
				// Whoever follows hears of a thread once a day, and not of each post: a cohort says more than anybody wants lines about.
				notices.push({
					...common,
					kind: 'new-post',
					key: dayKey(thread.id, post.createdAt.toISOString().slice(0, 10)),
					title: `New posts in ${quoted(thread.title)}`
				});
		}
	}
	const told = await notify(tx, notices, now);
	if (due.length > 0) {
		await tx
			.update(posts)
			.set({ toldAt: now })
			.where(
				inArray(
					posts.id,
					due.map(({ post }) => post.id)
				)
			);
		const opened = due.filter(({ post }) => post.number === 1).map(({ thread }) => thread.id);
		if (opened.length > 0) await tx.update(threads).set({ toldAt: now }).where(inArray(threads.id, opened));
	}
	return { notices: told, more: due.length === atOnce };
}

const quoted = (title: string) => `“${title}”`;
const oneName = (name: string | null) => name?.replace(/\s+/g, ' ').trim() || 'Somebody';
const linkTo = (threadId: string, number: number) => `/threads/${threadId}?at=${number}#post-${number}`;
const placeOf = (thread: typeof threads.$inferSelect) => ({
	about: aboutThread(thread.id),
	within: [`cohort:${thread.cohortId}`, `competency:${thread.microcredentialId}`],
	place: quoted(thread.title)
});
const mentionWords = (who: string | null, title: string) =>
	who ? `${who} mentioned you in ${quoted(title)}` : `Whoever asked ${quoted(title)} mentioned you`;
const openedWords = (who: string | null, kind: Kind, title: string) =>
	who === null || kind === 'question'
		? `${who ?? 'Somebody'} asked ${quoted(title)}`
		: kind === 'strategy'
			? `${who} shared a strategy: ${quoted(title)}`
			: `${who} says what happened: ${quoted(title)}`;

/** Everybody who reads the cohort at this moment, with what they are there. */
async function audienceOf(tx: Tx, cohortId: string): Promise<Map<string, string>> {
	const { rows } = (await tx.execute(
		sql`select person_id as id, part from app.cohort_people(${cohortId}::uuid)`
	)) as unknown as { rows: { id: string; part: string }[] };
	return new Map(rows.map(({ id, part }) => [id, part]));
}

/** What each of the audience hears of a thread. */
async function levelsIn(
	tx: Tx,
	thread: Pick<typeof threads.$inferSelect, 'id' | 'cohortId' | 'microcredentialId'>
): Promise<Map<string, Level | 'nothing'>> {
	const audience = await audienceOf(tx, thread.cohortId);
	const chosen = await tx
		.select()
		.from(threadChoices)
		.where(
			and(
				eq(threadChoices.cohortId, thread.cohortId),
				or(isNull(threadChoices.threadId), eq(threadChoices.threadId, thread.id)),
				or(isNull(threadChoices.microcredentialId), eq(threadChoices.microcredentialId, thread.microcredentialId))
			)
		);
	const { rows: inIt } = (await tx.execute(
		sql`select author_id as id from posts where thread_id = ${thread.id}::uuid and author_id is not null
			union select person_id from nameless_posts where thread_id = ${thread.id}::uuid and post_id is not null`
	)) as unknown as { rows: { id: string }[] };
	const takePart = new Set(inIt.map(({ id }) => id));
	return new Map(
		[...audience].map(([personId, part]) => {
			const own = chosen.filter((one) => one.personId === personId);
			const level = heard(
				{
					thread: own.find(({ threadId }) => threadId)?.level ?? null,
					competency: own.find(({ microcredentialId }) => microcredentialId)?.level ?? null,
					cohort: own.find(({ threadId, microcredentialId }) => !threadId && !microcredentialId)?.level ?? null
				},
				{ part, takesPart: takePart.has(personId) }
			);
			return [personId, level.level];
		})
	);
}

/** Whoever has read as far as this post, as it stands now. */
async function readersOf(tx: Tx, post: typeof posts.$inferSelect): Promise<Set<string>> {
	const rows = await tx
		.select({ id: threadReads.personId })
		.from(threadReads)
		.where(
			and(
				eq(threadReads.threadId, post.threadId),
				gte(threadReads.upTo, post.number),
				gte(threadReads.at, post.editedAt ?? post.createdAt)
			)
		);
	return new Set(rows.map(({ id }) => id));
}

async function mentionsOf(tx: Tx, postId: string): Promise<Set<string>> {
	const rows = await tx.select({ id: postMentions.personId }).from(postMentions).where(eq(postMentions.postId, postId));
	return new Set(rows.map(({ id }) => id));
}

/** Whether somebody is still in the cohort that a notice is `within`: whoever has moved on gets no mail about it any more. */
export const stillInCohort: StillConcerns = async (tx, asked) => {
	const cohortIds = [...new Set(asked.map(({ about }) => about.slice('cohort:'.length)))];
	const audiences = new Map<string, Map<string, string>>();
	for (const id of cohortIds) audiences.set(id, await audienceOf(tx, id));
	return new Set(
		asked.flatMap(({ personId, about }) =>
			audiences.get(about.slice('cohort:'.length))?.has(personId) ? [concernKey(personId, about)] : []
		)
	);
};

/** What only whoever hears of a thread is told; being named, or having helped, is told in any case. */
const goesByLevel = new Set(['reply', 'new-thread', 'watched-thread', 'new-post']);

/** What waits about threads that somebody has muted by now, or of which they hear no more: it stays in the app, and no mail of it leaves. */
export const mutedInCohort: RoomMutes = async (tx, rows) => {
	const asked = rows.filter(({ kind, about }) => goesByLevel.has(kind) && about?.startsWith('thread:'));
	const threadIds = [...new Set(asked.map(({ about }) => about!.slice('thread:'.length)))];
	if (threadIds.length === 0) return new Set();
	const muted = new Set<string>();
	for (const thread of await tx.select().from(threads).where(inArray(threads.id, threadIds))) {
		const levels = await levelsIn(tx, thread);
		for (const { id, personId, about } of asked) {
			const level = levels.get(personId);
			if (about === aboutThread(thread.id) && (level === 'mute' || level === 'nothing')) muted.add(id);
		}
	}
	return muted;
};
