/**
 * Looking after what is said in a cohort: reports of whoever reads it, and what a moderator does about it. Every act has a
 * reason and is a row that is never changed; whom it concerns reads it, by name of who did it.
 */
import { aliasedTable, and, asc, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { cleanText } from './body.ts';
import { excerptOf } from './excerpt.ts';
import { type Act, longestReason, readReason, type ReportReason, reportReasonOf } from './moderation.ts';
import { askedByMe } from './nameless.server.ts';
import { mayModerate, readsThreads } from './policy.ts';
import { moderationActs, namelessPosts, postReports, posts, postWords, threads } from './schema.server.ts';
import { cohortOf, competenciesOf, standingIn } from './standing.server.ts';

/** Reports of one person that nobody has looked at yet: more is no report any more. */
const mostOpenReports = 20;
/** A screen or three; older acts stay in the table. */
const mostShown = 100;

/** A post of a cohort that the person reads. @throws Refusal not-found */
async function postIn(tx: Tx, postId: unknown): Promise<{ post: typeof posts.$inferSelect; moderates: boolean }> {
	const [post] =
		typeof postId === 'string' && isId(postId) ? await tx.select().from(posts).where(eq(posts.id, postId)) : [];
	const standing = post ? await standingIn(tx, post.cohortId) : 'stranger';
	if (!post || !readsThreads(standing)) throw notFound('post');
	return { post, moderates: mayModerate(standing) };
}

/** The same for whoever moderates it. @throws Refusal not-found, also for its other readers */
async function postToModerate(tx: Tx, postId: unknown): Promise<typeof posts.$inferSelect> {
	const { post, moderates } = await postIn(tx, postId);
	if (!moderates)
		throw new Refusal('not-allowed', 'This is for whoever looks after the cohort. You can report the post to them.');
	return post;
}

/** @throws Refusal not-found, or not-allowed */
async function threadToModerate(tx: Tx, threadId: unknown): Promise<typeof threads.$inferSelect> {
	const [thread] =
		typeof threadId === 'string' && isId(threadId)
			? await tx.select().from(threads).where(eq(threads.id, threadId))
			: [];
	const standing = thread ? await standingIn(tx, thread.cohortId) : 'stranger';
	if (!thread || !readsThreads(standing)) throw notFound('thread');
	if (!mayModerate(standing)) throw new Refusal('not-allowed', 'This is for whoever looks after the cohort.');
	return thread;
}

/** Whether the person wrote a post, with or without a name. */
async function isOwn(tx: Tx, person: Person, post: typeof posts.$inferSelect): Promise<boolean> {
	if (post.authorId === person.id) return true;
	if (!post.nameless) return false;
	const [row] = await tx
		.select({ id: namelessPosts.id })
		.from(namelessPosts)
		.where(and(eq(namelessPosts.postId, post.id), eq(namelessPosts.personId, person.id)));
	return row !== undefined;
}

/**
 * Tells the cohort's moderators that a post needs their eye. Once for each person and post; the same again changes nothing.
 * @throws Refusal not-found, too-many, or rule: no reason, one's own post, or nobody to tell
 */
export const reportPost = (
	db: Database,
	person: Person,
	postId: unknown,
	asked: { reason: unknown; words: unknown },
	now = new Date()
): Promise<{ cohortId: string; threadId: string }> =>
	db.asPerson(person.id, async (tx) => {
		const { post } = await postIn(tx, postId);
		const where = { cohortId: post.cohortId, threadId: post.threadId };
		const reason = reportReasonOf(asked.reason);
		const words = typeof asked.words === 'string' ? cleanText(asked.words).trim() : '';
		if (!reason) throw new Refusal('rule', 'Please choose what is wrong with it. Nothing was reported yet.');
		if ([...words].length > longestReason)
			throw new Refusal('rule', `Please say it in ${longestReason} characters. Nothing was reported yet.`);
		if (reason === 'other' && words === '')
			throw new Refusal('rule', 'Please say in a few words what is wrong with it. Nothing was reported yet.');
		if (await isOwn(tx, person, post))
			throw new Refusal('rule', 'This is a post of yours. You can take it back yourself; nothing was reported.');
		if (post.removedAt)
			throw new Refusal('rule', 'This post is not shown any more, so there is nothing left to report.');
		const [before] = await tx
			.select({ id: postReports.id })
			.from(postReports)
			.where(and(eq(postReports.postId, post.id), eq(postReports.personId, person.id)));
		if (before) return where;
		const judges = await moderatorsOf(tx, post.cohortId);
		if (judges.every((id) => id === post.authorId))
			throw new Refusal(
				'rule',
				`${judges.length === 0 ? 'Nobody looks after this cohort yet' : 'Whoever wrote this is the only one who looks after this cohort'}, so nobody else would read it. Please tell a manager of your program. Nothing was reported.`
			);
		const { rows } = (await tx.execute(
			sql`select count(*)::int as open from post_reports where person_id = ${person.id}::uuid and settled_at is null`
		)) as unknown as { rows: { open: number }[] };
		if ((rows[0]?.open ?? 0) >= mostOpenReports)
			throw new Refusal(
				'too-many',
				`${mostOpenReports} reports of yours wait to be looked at already. Please give the moderators a day; nothing was reported now.`
			);
		await tx
			.insert(postReports)
			.values({
				id: uuidv7(),
				cohortId: post.cohortId,
				postId: post.id,
				personId: person.id,
				reason,
				words: words || null,
				at: now
			})
			.onConflictDoNothing();
		return where;
	});

async function moderatorsOf(tx: Tx, cohortId: string): Promise<string[]> {
	const { rows } = (await tx.execute(
		sql`select m.person_id as id from cohort_moderators m where m.cohort_id = ${cohortId}::uuid and m.from_at <= now()
			and (m.until_at is null or m.until_at > now())`
	)) as unknown as { rows: { id: string }[] };
	return rows.map(({ id }) => id);
}

export type ReportPage = {
	post: { id: string; threadId: string; cohortId: string; number: number; excerpt: string; title: string };
	/** The person's own report of it, and what came of it. */
	mine: { at: Date; outcome: 'hidden' | 'warned' | 'kept' | null } | null;
};

/** The page on which somebody reports a post. @throws Refusal not-found */
export const readReport = (db: Database, person: Person, postId: string): Promise<ReportPage> =>
	db.asPerson(person.id, async (tx) => {
		const { post } = await postIn(tx, postId);
		const [about] = await tx
			.select({ title: threads.title, words: postWords.words })
			.from(threads)
			.leftJoin(postWords, and(eq(postWords.postId, post.id), eq(postWords.stands, true)))
			.where(eq(threads.id, post.threadId));
		if (!about) throw notFound('post');
		const [mine] = await tx
			.select({ at: postReports.at, outcome: postReports.outcome })
			.from(postReports)
			.where(and(eq(postReports.postId, post.id), eq(postReports.personId, person.id)));
		const { id, threadId, cohortId, number } = post;
		return {
			post: { id, threadId, cohortId, number, excerpt: excerptOf(about.words ?? ''), title: about.title },
			mine: mine ?? null
		};
	});

/** Writes an act down, in the transaction that does it. */
const note = (
	tx: Tx,
	by: Person,
	{ cohortId, id: threadId }: { cohortId: string; id: string },
	postId: string | null,
	act: Act,
	reason: string
) => tx.insert(moderationActs).values({ id: uuidv7(), cohortId, threadId, postId, act, reason, byId: by.id });

const settle = (tx: Tx, by: Person, postId: string, outcome: 'hidden' | 'warned' | 'kept', now: Date) =>
	tx
		.update(postReports)
		.set({ settledAt: now, settledById: by.id, outcome })
		.where(and(eq(postReports.postId, postId), isNull(postReports.settledAt)))
		.returning({ id: postReports.id });

export type Done = { cohortId: string; threadId: string };

/** Nobody judges what is their own: another moderator does, or the manager who appointed them. @throws Refusal rule */
async function demandNotOwn(tx: Tx, by: Person, post: typeof posts.$inferSelect, what: string): Promise<void> {
	if (await isOwn(tx, by, post)) throw new Refusal('rule', `This is a post of yours. ${what}`);
}

/** Whether somebody else did the newest of such acts to a post, or to a thread as a whole. */
async function doneByAnother(tx: Tx, by: Person, threadId: string, postId: string | null, act: Act): Promise<boolean> {
	const [last] = await tx
		.select({ by: moderationActs.byId })
		.from(moderationActs)
		.where(
			and(
				eq(moderationActs.threadId, threadId),
				postId === null ? isNull(moderationActs.postId) : eq(moderationActs.postId, postId),
				eq(moderationActs.act, act)
			)
		)
		.orderBy(desc(moderationActs.at), desc(moderationActs.id))
		.limit(1);
	return last !== undefined && last.by !== by.id;
}

/**
 * Hides a post from everybody but its author and the moderators; its place stays. Reports of it are settled by that.
 * @throws Refusal not-found, not-allowed, or rule
 */
export const hidePost = (db: Database, by: Person, postId: unknown, reason: unknown, now = new Date()): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const post = await postToModerate(tx, postId);
		const why = readReason(reason);
		await demandNotOwn(tx, by, post, 'You can take it back yourself; nothing has changed.');
		const changed = await tx
			.update(posts)
			.set({ removedAt: now, removedAs: 'hidden' })
			.where(and(eq(posts.id, post.id), isNull(posts.removedAt)))
			.returning({ id: posts.id });
		if (changed.length === 0)
			throw new Refusal(
				'rule',
				post.removedAs === 'taken-back'
					? 'Its author has taken this post back, so nobody reads it any more. There is nothing left to hide.'
					: 'This post is hidden already. Nothing has changed.'
			);
		await note(tx, by, { cohortId: post.cohortId, id: post.threadId }, post.id, 'hide', why);
		await settle(tx, by, post.id, 'hidden', now);
		return { cohortId: post.cohortId, threadId: post.threadId };
	});

/** Shows a hidden post again. @throws Refusal not-found, not-allowed, or rule */
export const showPost = (db: Database, by: Person, postId: unknown, reason: unknown): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const post = await postToModerate(tx, postId);
		const why = readReason(reason);
		await demandNotOwn(
			tx,
			by,
			post,
			'Another moderator has hidden it, and only another one shows it again; nothing has changed.'
		);
		const changed = await tx
			.update(posts)
			.set({ removedAt: null, removedAs: null })
			.where(and(eq(posts.id, post.id), eq(posts.removedAs, 'hidden'), eq(posts.gone, false)))
			.returning({ id: posts.id });
		if (changed.length === 0) throw new Refusal('rule', 'This post is not hidden by a moderator. Nothing has changed.');
		await note(tx, by, { cohortId: post.cohortId, id: post.threadId }, post.id, 'show', why);
		return { cohortId: post.cohortId, threadId: post.threadId };
	});

/**
 * A word to whoever wrote a post, with or without a name: it reaches them, and the moderator does not learn who it is.
 * Reports of the post are settled by that.
 * @throws Refusal not-found, not-allowed, or rule
 */
export const warnAuthor = (
	db: Database,
	by: Person,
	postId: unknown,
	words: unknown,
	now = new Date()
): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const post = await postToModerate(tx, postId);
		const why = readReason(words, 'Nobody was told anything.');
		await demandNotOwn(tx, by, post, 'Nobody was told anything.');
		if (post.gone)
			throw new Refusal('rule', 'Whoever wrote this has deleted their account, so nobody would read your words.');
		await note(tx, by, { cohortId: post.cohortId, id: post.threadId }, post.id, 'warn', why);
		await settle(tx, by, post.id, 'warned', now);
		return { cohortId: post.cohortId, threadId: post.threadId };
	});

/** Settles the reports of a post that stands as it is. @throws Refusal not-found, not-allowed, or rule when none is open */
export const keepPost = (db: Database, by: Person, postId: unknown, now = new Date()): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const post = await postToModerate(tx, postId);
		await demandNotOwn(
			tx,
			by,
			post,
			'Whoever else looks after this cohort reads what is reported of it; nothing has changed.'
		);
		const settled = await settle(tx, by, post.id, 'kept', now);
		if (settled.length === 0)
			throw new Refusal('rule', 'Somebody else has settled this report already. Nothing has changed.');
		return { cohortId: post.cohortId, threadId: post.threadId };
	});

/** What can be done to a thread as a whole. */
export type ThreadAct = 'hide' | 'show' | 'lock' | 'unlock';
const already: Record<ThreadAct, string> = {
	hide: 'This thread is hidden already. Nothing has changed.',
	show: 'This thread is not hidden. Nothing has changed.',
	lock: 'This thread is locked already. Nothing has changed.',
	unlock: 'This thread is open. Nothing has changed.'
};

/** Hides, shows, locks or opens a thread. @throws Refusal not-found, not-allowed, or rule */
export const changeThread = (
	db: Database,
	by: Person,
	threadId: unknown,
	act: ThreadAct,
	reason: unknown,
	now = new Date()
): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const thread = await threadToModerate(tx, threadId);
		const why = readReason(reason);
		const hides = act === 'hide' || act === 'show';
		const on = act === 'hide' || act === 'lock';
		if (((hides ? thread.withheldAt : thread.lockedAt) !== null) === on) throw new Refusal('rule', already[act]);
		if (act === 'show' && (await takenBack(tx, thread.id)))
			throw new Refusal(
				'rule',
				'Whoever opened this thread has taken it back before anybody answered. It is theirs to bring back; nothing has changed.'
			);
		const undoes = act === 'show' ? 'hide' : act === 'unlock' ? 'lock' : null;
		if (undoes && (await isOwnThread(tx, by, thread)) && (await doneByAnother(tx, by, thread.id, null, undoes)))
			throw new Refusal(
				'rule',
				`This thread is yours, and another moderator has ${undoes === 'hide' ? 'hidden' : 'locked'} it: only another one ${act === 'show' ? 'shows it' : 'opens it'} again. Nothing has changed.`
			);
		const at = on ? now : null;
		await tx
			.update(threads)
			.set(hides ? { withheldAt: at } : { lockedAt: at })
			.where(eq(threads.id, thread.id));
		await note(tx, by, thread, null, act, why);
		return { cohortId: thread.cohortId, threadId: thread.id };
	});

/** Whether the person opened a thread, with or without a name. */
const isOwnThread = async (tx: Tx, person: Person, thread: typeof threads.$inferSelect): Promise<boolean> =>
	thread.authorId === person.id || (thread.nameless && (await askedByMe(tx, person, thread.id)));

/** A thread whose only post was taken back by its author. */
async function takenBack(tx: Tx, threadId: string): Promise<boolean> {
	const rows = await tx.select({ removedAs: posts.removedAs }).from(posts).where(eq(posts.threadId, threadId)).limit(2);
	return rows.length === 1 && rows[0]!.removedAs === 'taken-back';
}

/**
 * Moves a thread to another competency of its cohort. Never to another cohort: that would show what was said to people who
 * were not there.
 * @throws Refusal not-found, not-allowed, or rule
 */
export const moveThread = (
	db: Database,
	by: Person,
	threadId: unknown,
	{ microcredentialId, reason }: { microcredentialId: unknown; reason: unknown }
): Promise<Done> =>
	db.asPerson(by.id, async (tx) => {
		const thread = await threadToModerate(tx, threadId);
		const why = readReason(reason);
		const { program } = await cohortOf(tx, by, thread.cohortId);
		const target = (await competenciesOf(tx, program.id)).find(({ id }) => id === microcredentialId);
		if (!target)
			throw new Refusal('rule', 'Please choose a competency that this cohort works on. Nothing has changed.');
		if (target.id === thread.microcredentialId)
			throw new Refusal('rule', `This thread is about “${target.title}” already. Nothing has changed.`);
		await tx.update(threads).set({ microcredentialId: target.id }).where(eq(threads.id, thread.id));
		await note(tx, by, thread, null, 'move', why);
		return { cohortId: thread.cohortId, threadId: thread.id };
	});

export type ActShown = {
	id: string;
	act: Act;
	/** The whole thread, and not one post. */
	whole: boolean;
	reason: string;
	at: Date;
	/** Null for somebody of whom the person asking need not know. */
	by: string | null;
	postId: string | null;
	number: number | null;
	threadId: string;
	title: string | null;
};

const actsIn = (tx: Tx) =>
	tx
		.select({
			id: moderationActs.id,
			act: moderationActs.act,
			whole: sql<boolean>`${moderationActs.postId} is null`,
			reason: moderationActs.reason,
			at: moderationActs.at,
			by: people.name,
			postId: moderationActs.postId,
			number: posts.number,
			threadId: moderationActs.threadId,
			title: threads.title
		})
		.from(moderationActs)
		.leftJoin(people, eq(people.id, moderationActs.byId))
		.leftJoin(threads, eq(threads.id, moderationActs.threadId))
		.leftJoin(posts, eq(posts.id, moderationActs.postId))
		.$dynamic();

/**
 * What moderators did to a thread and to posts in it, as far as the person asking may know: the thread's to everybody who
 * reads it, a post's to its author and the moderators. Oldest first.
 */
export const actsOfThread = (tx: Tx, threadId: string): Promise<ActShown[]> =>
	actsIn(tx)
		.where(eq(moderationActs.threadId, threadId))
		.orderBy(asc(moderationActs.at), asc(moderationActs.id))
		.limit(mostShown);

/** What was done to these threads and to posts in them, as far as it concerns the person asking. Oldest first. */
export const actsOfThreads = (tx: Tx, threadIds: string[]): Promise<ActShown[]> =>
	actsIn(tx)
		.where(inArray(moderationActs.threadId, threadIds))
		.orderBy(asc(moderationActs.at), asc(moderationActs.id))
		.limit(mostShown * 5);

export type Moderation = {
	cohort: { id: string; name: string; program: { id: string; name: string; timeZone: string } };
	/** Posts with reports that nobody has settled, oldest first. */
	open: {
		postId: string;
		threadId: string;
		title: string;
		number: number;
		/** Null: without a name, or by somebody who is gone. */
		by: string | null;
		nameless: boolean;
		removed: boolean;
		excerpt: string;
		reports: { by: string | null; reason: ReportReason; words: string | null; at: Date }[];
	}[];
	/** Newest first. */
	hidden: { postId: string; threadId: string; title: string; number: number; by: string | null; excerpt: string }[];
	hiddenThreads: { id: string; title: string; takenBack: boolean }[];
	locked: { id: string; title: string }[];
	/** Newest first. */
	acts: ActShown[];
	/** Whether anybody else looks after it. */
	alone: boolean;
	/** Newest first: of all moderators. */
	reveals: { threadId: string; title: string; by: string | null; at: Date; reason: string }[];
};

/** The page of whoever looks after a cohort. @throws Refusal not-found for everybody else */
export const readModeration = (db: Database, person: Person, cohortId: string): Promise<Moderation> =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		if (!mayModerate(cohort.standing)) throw notFound('cohort');
		const authors = aliasedTable(people, 'authors');
		const words = { by: authors.name, words: postWords.words };
		const reported = await tx
			.select({
				...words,
				postId: posts.id,
				threadId: posts.threadId,
				title: threads.title,
				number: posts.number,
				nameless: posts.nameless,
				removed: sql<boolean>`${posts.removedAt} is not null`,
				reporter: people.name,
				reason: postReports.reason,
				said: postReports.words,
				at: postReports.at
			})
			.from(postReports)
			.innerJoin(posts, eq(posts.id, postReports.postId))
			.innerJoin(threads, eq(threads.id, posts.threadId))
			.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.stands, true)))
			.leftJoin(authors, eq(authors.id, posts.authorId))
			.leftJoin(people, eq(people.id, postReports.personId))
			.where(and(eq(postReports.cohortId, cohort.id), isNull(postReports.settledAt)))
			.orderBy(asc(postReports.at), asc(postReports.id))
			.limit(mostShown * 3);
		const open = new Map<string, Moderation['open'][number]>();
		for (const { reporter, reason, said, at, words, ...post } of reported) {
			const one = open.get(post.postId) ?? { ...post, excerpt: excerptOf(words ?? '', 400), reports: [] };
			one.reports.push({ by: reporter, reason, words: said, at });
			open.set(post.postId, one);
		}
		const hidden = await tx
			.select({
				...words,
				postId: posts.id,
				threadId: posts.threadId,
				title: threads.title,
				number: posts.number
			})
			.from(posts)
			.innerJoin(threads, eq(threads.id, posts.threadId))
			.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.stands, true)))
			.leftJoin(authors, eq(authors.id, posts.authorId))
			.where(and(eq(posts.cohortId, cohort.id), eq(posts.removedAs, 'hidden'), eq(posts.gone, false)))
			.orderBy(desc(posts.removedAt))
			.limit(mostShown);
		const hiddenThreads = await tx
			.select({ id: threads.id, title: threads.title, posts: threads.posts })
			.from(threads)
			.where(and(eq(threads.cohortId, cohort.id), isNotNull(threads.withheldAt)))
			.orderBy(desc(threads.withheldAt))
			.limit(mostShown);
		const shown: Moderation['hiddenThreads'] = [];
		for (const { id, title, posts: count } of hiddenThreads)
			shown.push({ id, title, takenBack: count === 1 && (await takenBack(tx, id)) });
		const locked = await tx
			.select({ id: threads.id, title: threads.title })
			.from(threads)
			.where(and(eq(threads.cohortId, cohort.id), isNotNull(threads.lockedAt)))
			.orderBy(desc(threads.lockedAt))
			.limit(mostShown);
		const done = await actsIn(tx)
			.where(eq(moderationActs.cohortId, cohort.id))
			.orderBy(desc(moderationActs.at), desc(moderationActs.id))
			.limit(mostShown);
		const { rows } = (await tx.execute(
			sql`select r.thread_id, t.title, p.name as by, r.at, r.reason from author_reveals r
				join threads t on t.id = r.thread_id left join people p on p.id = r.moderator_id
				where r.cohort_id = ${cohort.id}::uuid order by r.at desc, r.id limit ${mostShown}`
		)) as unknown as {
			rows: { thread_id: string; title: string; by: string | null; at: string | Date; reason: string }[];
		};
		const { id, name, program } = cohort;
		return {
			cohort: { id, name, program },
			open: [...open.values()],
			hidden: hidden.map(({ words, ...one }) => ({ ...one, excerpt: excerptOf(words ?? '') })),
			hiddenThreads: shown,
			locked,
			acts: done,
			alone: (await moderatorsOf(tx, cohort.id)).every((id) => id === person.id),
			reveals: rows.map(({ thread_id, at, ...one }) => ({ ...one, threadId: thread_id, at: new Date(at) }))
		};
	});

export type ThreadModeration = {
	thread: {
		id: string;
		cohortId: string;
		title: string;
		nameless: boolean;
		locked: boolean;
		hidden: boolean;
		microcredentialId: string;
	};
	competencies: { id: string; title: string }[];
	/** The post that is looked at, if one was asked for. */
	post: {
		id: string;
		number: number;
		by: string | null;
		nameless: boolean;
		removedAs: 'taken-back' | 'hidden' | null;
		words: string;
		/** Reports of it that nobody has settled, and that are the person's to judge. */
		open: number;
		/** Of the person's own, which is for others to judge. */
		own: boolean;
	} | null;
	acts: ActShown[];
	timeZone: string;
};

/** What a moderator can do to one thread, and to a post of it. @throws Refusal not-found, or not-allowed */
export const readThreadModeration = (
	db: Database,
	person: Person,
	threadId: string,
	postId: string | null = null
): Promise<ThreadModeration> =>
	db.asPerson(person.id, async (tx) => {
		const thread = await threadToModerate(tx, threadId);
		const { program } = await cohortOf(tx, person, thread.cohortId);
		const { id, cohortId, title, nameless, microcredentialId } = thread;
		return {
			thread: {
				id,
				cohortId,
				title,
				nameless,
				microcredentialId,
				locked: thread.lockedAt !== null,
				hidden: thread.withheldAt !== null
			},
			competencies: (await competenciesOf(tx, program.id)).map(({ id, title }) => ({ id, title })),
			post: postId && isId(postId) ? await postShown(tx, person, thread.id, postId) : null,
			acts: await actsOfThread(tx, id),
			timeZone: program.timeZone
		};
	});

async function postShown(tx: Tx, person: Person, threadId: string, postId: string): Promise<ThreadModeration['post']> {
	const [post] = await tx
		.select({
			id: posts.id,
			number: posts.number,
			by: people.name,
			nameless: posts.nameless,
			removedAs: posts.removedAs,
			words: postWords.words,
			own: sql<boolean>`coalesce(${posts.authorId} = ${person.id} or ${posts.id} = any ((select app.nameless_post_ids())::uuid[]), false)`,
			open: sql<number>`(select count(*)::int from post_reports r where r.post_id = ${posts.id} and r.settled_at is null)`
		})
		.from(posts)
		.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.stands, true)))
		.leftJoin(people, eq(people.id, posts.authorId))
		.where(and(eq(posts.id, postId), eq(posts.threadId, threadId)));
	return post ? { ...post, words: post.words ?? '' } : null;
}
