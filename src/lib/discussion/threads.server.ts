/** Reading a thread: a window of its posts, and what has changed in it since a version. */
import { and, asc, between, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { microcredentials, microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Body, type Names, renderBody } from './body.ts';
import type { Kind, Reaction } from './kinds.ts';
import { mayMarkHelped, mayPost, readsThreads, type Standing } from './policy.ts';
import {
	moderationActs,
	namelessPosts,
	postFiles,
	postReactions,
	posts,
	postWords,
	threadReads,
	threads
} from './schema.server.ts';
import { sinceWords } from './since.ts';
import { type Cohort, cohortOf, countAudience } from './standing.server.ts';

/** Posts on one page: a thread of the usual length is one, and one of 2,000 opens as fast. */
export const postsPerPage = 50;
/** Changed posts that are sent at once to an open page; whoever missed more loads the page again. */
const mostChanges = 200;
/** Posts already read that stand above the first unread one, to find one's way back into the talk. */
const readBefore = 3;

/** Who said something, as readers see it. */
export type By =
	| { kind: 'person'; id: string; name: string; initials: string }
	/** Said without a name. */
	| { kind: 'nameless' }
	/** By somebody whose account is deleted. */
	| { kind: 'gone' };

export type FileShown = {
	id: string;
	name: string;
	type: string;
	size: number;
	width: number | null;
	height: number | null;
	alt: string | null;
};

export type PostShown = {
	id: string;
	number: number;
	by: By;
	/** Whether it is the reader's own, with or without a name. */
	own: boolean;
	/** ISO. Of a post without a name only the day is for showing. */
	at: string;
	/** Null where the reader may not read the words any more. */
	html: string | null;
	removedAs: 'taken-back' | 'hidden' | null;
	/** Of the reader's own without a name: what becomes of it in some minutes. Null of everything else. */
	becomes: 'taken-back' | 'stands' | null;
	/** Which revision of the words stands. */
	revision: number;
	editedAt: string | null;
	/** One level: what it quotes of another post of the thread. The words are null where that one was removed. */
	quote: { id: string; number: number; by: By; text: string | null } | null;
	tried: number;
	thanks: number;
	/** What the reader has said of it without words. */
	mine: Reaction[];
	files: FileShown[];
	/** Whoever asked says that this helped. */
	helped: boolean;
};

export type ThreadHead = {
	id: string;
	title: string;
	kind: Kind;
	version: number;
	posts: number;
	locked: boolean;
	withheld: boolean;
	nameless: boolean;
	/** Whether the reader opened it, with or without a name. */
	own: boolean;
	helped: { id: string; number: number } | null;
	mayPost: boolean;
	mayMarkHelped: boolean;
};

export type ThreadPage = {
	thread: ThreadHead;
	cohort: Cohort;
	competency: { id: string; title: string };
	/** How many people read whatever is said here. */
	audience: number;
	posts: PostShown[];
	/** Numbers to ask for with `at`; null where there is nothing before or behind. */
	earlier: number | null;
	later: number | null;
	/** The first post that is new to the reader, wherever it stands, and how many are. */
	unread: { first: number; count: number; since: string | null } | null;
	/** How far the reader had read when the page was made. */
	readUpTo: number;
	zone: string;
};

export type Changes = {
	thread: ThreadHead;
	posts: PostShown[];
	/** More has changed than is sent: load the page again. */
	reload: boolean;
};

/** A thread that the person may read. Inside their transaction. @throws Refusal not-found */
export async function threadIn(tx: Tx, person: Person, threadId: string) {
	if (!isId(threadId)) throw notFound('thread');
	const [row] = await tx
		.select({
			thread: threads,
			helpedNumber: sql<number | null>`(select number from posts where posts.id = ${threads.helpedPostId})`,
			asked: sql<boolean>`coalesce(${threads.authorId} = ${person.id} or ${threads.id} = any ((select app.nameless_thread_ids())::uuid[]), false)`
		})
		.from(threads)
		.where(eq(threads.id, threadId));
	if (!row) throw await hiddenOrNotThere(tx, threadId);
	const cohort = await cohortOf(tx, person, row.thread.cohortId).catch(() => {
		// Whoever has moved on reads what they wrote under "earlier cohorts", and no thread.
		throw notFound('thread');
	});
	if (!readsThreads(cohort.standing)) throw notFound('thread');
	return { ...row, cohort };
}

/** A thread that a moderator hid says so, and why, to whoever may know; every other one is not there. */
async function hiddenOrNotThere(tx: Tx, threadId: string): Promise<Refusal> {
	const [last] = await tx
		.select({ act: moderationActs.act, reason: moderationActs.reason, by: people.name })
		.from(moderationActs)
		.leftJoin(people, eq(people.id, moderationActs.byId))
		.where(
			and(
				eq(moderationActs.threadId, threadId),
				isNull(moderationActs.postId),
				inArray(moderationActs.act, ['hide', 'show'])
			)
		)
		.orderBy(desc(moderationActs.at), desc(moderationActs.id))
		.limit(1);
	return last?.act === 'hide'
		? new Refusal(
				'not-found',
				`${last.by ?? 'A moderator'} has hidden this thread, as a moderator of the cohort, and says why: “${last.reason}” Whoever wrote in it keeps their own words, and can ask the moderators about it.`
			)
		: notFound('thread');
}

export type ThreadFound = Awaited<ReturnType<typeof threadIn>>;

const headOf = ({ thread, helpedNumber, asked, cohort }: ThreadFound): ThreadHead => ({
	id: thread.id,
	title: thread.title,
	kind: thread.kind,
	version: thread.version,
	posts: thread.posts,
	locked: thread.lockedAt !== null,
	withheld: thread.withheldAt !== null,
	nameless: thread.nameless,
	own: asked,
	helped: thread.helpedPostId && helpedNumber ? { id: thread.helpedPostId, number: helpedNumber } : null,
	mayPost: mayPost(cohort.standing, { locked: thread.lockedAt !== null || thread.withheldAt !== null }),
	mayMarkHelped: thread.kind === 'question' && mayMarkHelped(cohort.standing, asked)
});

/** Posts that are new to somebody: behind what they have read, not their own, and still standing. */
export const isUnreadPost = (personId: string) => sql`
	${posts.removedAt} is null and ${posts.authorId} is distinct from ${personId}
	and (not ${posts.nameless} or ${posts.id} <> all ((select app.nameless_post_ids())::uuid[]))`;

/**
 * A thread, with the posts from the first unread one on, or from `at`.
 * @param at the number of the post to begin with; anything else is as if nothing was asked
 * @throws Refusal not-found
 */
export const readThread = (
	db: Database,
	person: Person,
	threadId: string,
	asked: { at?: unknown; now?: Date } = {}
): Promise<ThreadPage> =>
	db.asPerson(person.id, async (tx) => pageOf(tx, person, await threadIn(tx, person, threadId), asked));

/** The same inside the person's transaction, of a thread that they may read. */
export async function pageOf(
	tx: Tx,
	person: Person,
	found: ThreadFound,
	{ at, now = new Date() }: { at?: unknown; now?: Date } = {}
): Promise<ThreadPage> {
	const { thread, cohort } = found;
	const [competency] = await tx
		.select({ id: microcredentialVersions.microcredentialId, title: microcredentialVersions.title })
		.from(microcredentialVersions)
		.where(eq(microcredentialVersions.microcredentialId, thread.microcredentialId))
		.orderBy(sql`${microcredentialVersions.publishedAt} desc nulls last`)
		.limit(1);
	const [read] = await tx
		.select({ upTo: threadReads.upTo, at: threadReads.at })
		.from(threadReads)
		.where(and(eq(threadReads.threadId, thread.id), eq(threadReads.personId, person.id)));
	const readUpTo = read?.upTo ?? 0;
	const [news] = await tx
		.select({
			first: sql<number | null>`min(${posts.number})`,
			count: sql<number>`count(*)::int`,
			oldest: sql<Date | string | null>`min(${posts.createdAt})`
		})
		.from(posts)
		.where(and(eq(posts.threadId, thread.id), gt(posts.number, readUpTo), isUnreadPost(person.id)));
	const from = windowFrom(thread.posts, numberOf(at) ?? (news?.first ? news.first - readBefore : null));
	const shown = await postsIn(
		tx,
		person,
		found,
		and(eq(posts.threadId, thread.id), between(posts.number, from, from + postsPerPage - 1))!
	);
	const zone = await zoneOf(tx, person.id, cohort.program.timeZone);
	// What was there at the last visit and not read then has not come since.
	const since = read && news?.oldest && new Date(news.oldest) > read.at ? read.at : null;
	return {
		thread: headOf(found),
		cohort,
		competency: competency ?? { id: thread.microcredentialId, title: 'A competency' },
		audience: await countAudience(tx, cohort.id),
		posts: shown,
		earlier: from > 1 ? Math.max(1, from - postsPerPage) : null,
		later: from + postsPerPage <= thread.posts ? from + postsPerPage : null,
		unread: news?.first ? { first: news.first, count: news.count, since: since && sinceWords(since, zone, now) } : null,
		readUpTo,
		zone
	};
}

const numberOf = (asked: unknown): number | null => {
	const number = typeof asked === 'string' && /^\d{1,9}$/.test(asked) ? Number(asked) : asked;
	return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
};

/** Where a page begins: at what was asked for, or so that the newest are on it; and never with less than a page if there is one. */
export const windowFrom = (all: number, wanted: number | null): number =>
	Math.max(1, Math.min(wanted ?? all, all - postsPerPage + 1));

/** What has changed in a thread since a version that an open page has, in the order of the posts. @throws Refusal not-found */
export const readChanges = (db: Database, person: Person, threadId: string, since: number): Promise<Changes> =>
	db.asPerson(person.id, async (tx) => {
		const found = await threadIn(tx, person, threadId);
		const changed = and(eq(posts.threadId, found.thread.id), gt(posts.version, since))!;
		const [count] = await tx
			.select({ n: sql<number>`count(*)::int` })
			.from(posts)
			.where(changed);
		const reload = count!.n > mostChanges;
		return { thread: headOf(found), posts: reload ? [] : await postsIn(tx, person, found, changed), reload };
	});

const byOf = (post: { authorId: string | null; gone: boolean }, who: Map<string, Person>): By => {
	if (post.authorId === null) return { kind: post.gone ? 'gone' : 'nameless' };
	const person = who.get(post.authorId);
	return person ? { kind: 'person', ...person } : { kind: 'gone' };
};

/** Posts of one thread as the person may see them. */
async function postsIn(
	tx: Tx,
	person: Person,
	{ thread }: ThreadFound,
	where: NonNullable<ReturnType<typeof and>>
): Promise<PostShown[]> {
	const quoted = alias(posts, 'quoted');
	const rows = await tx
		.select({
			post: posts,
			body: postWords.body,
			becomes: namelessPosts.changeTo,
			own: sql<boolean>`coalesce(${posts.authorId} = ${person.id} or ${posts.id} = any ((select app.nameless_post_ids())::uuid[]), false)`,
			quotedNumber: quoted.number,
			quotedAuthorId: quoted.authorId,
			quotedGone: quoted.gone,
			quotedRemovedAt: quoted.removedAt
		})
		.from(posts)
		.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, posts.revision)))
		.leftJoin(quoted, eq(quoted.id, posts.quotesId))
		.leftJoin(namelessPosts, and(eq(namelessPosts.postId, posts.id), eq(namelessPosts.personId, person.id)))
		.where(where)
		.orderBy(asc(posts.number));
	if (rows.length === 0) return [];
	const ids = rows.map(({ post }) => post.id);
	const mine = await tx
		.select({ postId: postReactions.postId, kind: postReactions.kind })
		.from(postReactions)
		.where(and(inArray(postReactions.postId, ids), eq(postReactions.personId, person.id)))
		.orderBy(asc(postReactions.kind));
	const files = await tx
		.select({
			postId: postFiles.postId,
			id: postFiles.id,
			name: postFiles.name,
			type: postFiles.type,
			size: postFiles.size,
			width: postFiles.width,
			height: postFiles.height,
			alt: postFiles.alt
		})
		.from(postFiles)
		.where(inArray(postFiles.postId, ids))
		.orderBy(asc(postFiles.addedAt), asc(postFiles.id));
	const { names, who } = await namesFor(
		tx,
		person,
		rows.map(({ body }) => body),
		rows.flatMap(({ post, quotedAuthorId }) => [post.authorId, quotedAuthorId])
	);
	return rows.map(({ post, body, becomes, own, quotedNumber, quotedAuthorId, quotedGone, quotedRemovedAt }) => ({
		id: post.id,
		number: post.number,
		by: byOf(post, who),
		own,
		at: post.createdAt.toISOString(),
		html: body ? renderBody(body, names) : null,
		removedAs: post.removedAs,
		becomes,
		revision: post.revision,
		editedAt: post.editedAt?.toISOString() ?? null,
		quote:
			post.quotesId && quotedNumber !== null && body
				? {
						id: post.quotesId,
						number: quotedNumber,
						by: byOf({ authorId: quotedAuthorId, gone: quotedGone ?? true }, who),
						text: quotedRemovedAt ? null : post.quote
					}
				: null,
		tried: post.tried,
		thanks: post.thanks,
		mine: mine.flatMap(({ postId, kind }) => (postId === post.id ? kind : [])),
		files: files.flatMap(({ postId, ...file }) => (postId === post.id ? file : [])),
		helped: thread.helpedPostId === post.id
	}));
}

type Node = { type: string; attrs?: Record<string, unknown>; content?: Node[] };
function* nodesOf(node: Node): Iterable<Node> {
	yield node;
	for (const child of node.content ?? []) yield* nodesOf(child);
}

/** The names that posts need to be shown: of authors, of people named, and where offers are read. */
export async function namesFor(
	tx: Tx,
	person: Person,
	bodies: (Body | null)[],
	authorIds: (string | null)[] = []
): Promise<{ names: Names; who: Map<string, Person> }> {
	const nodes = bodies.flatMap((body) => (body ? [...nodesOf(body as Node)] : []));
	const idsIn = (type: string, kind?: string) =>
		nodes.flatMap(({ type: is, attrs }) =>
			is === type && (!kind || attrs?.kind === kind) && typeof attrs?.id === 'string' ? attrs.id : []
		);
	const wanted = [...new Set([...idsIn('mention'), ...authorIds.filter((id) => id !== null)])];
	const known = wanted.length
		? await tx
				.select({ id: people.id, name: people.name, initials: people.initials })
				.from(people)
				.where(inArray(people.id, wanted))
		: [];
	const offers = idsIn('reference', 'microcredential');
	const rows = idsIn('reference', 'row');
	const found = offers.length
		? await tx.select({ id: microcredentials.id }).from(microcredentials).where(inArray(microcredentials.id, offers))
		: [];
	const rowsFound = rows.length
		? await tx
				.select({
					id: rubricRows.id,
					offer: microcredentialVersions.microcredentialId,
					version: microcredentialVersions.number
				})
				.from(rubricRows)
				.innerJoin(parts, eq(parts.id, rubricRows.partId))
				.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, parts.microcredentialVersionId))
				.where(inArray(rubricRows.id, rows))
		: [];
	const addresses = new Map([
		...found.map(({ id }) => [`microcredential ${id}`, `/catalogue/${id}`] as const),
		// A row belongs to one version, which may be today's no longer.
		...rowsFound.map(
			({ id, offer, version }) => [`row ${id}`, `/catalogue/${offer}?version=${version}#row-${id}`] as const
		)
	]);
	return {
		who: new Map(known.map((one) => [one.id, one])),
		names: {
			people: new Map(known.map(({ id, name }) => [id, name])),
			me: person.id,
			addressOf: (kind, id) => addresses.get(`${kind} ${id}`) ?? null
		}
	};
}

export type { Standing };
