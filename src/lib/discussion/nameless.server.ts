/**
 * Asking a cohort without a name: what is asked waits here, and the product itself says it at a moment that nobody can
 * foresee. docs/decisions/0037 goes through every way by which peers might find out who it was.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { aliasedTable, and, asc, desc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { type Read, wordsOf } from './body.ts';
import { type Clues, giveaways, looksLikeYou, mostWaiting, promises, publishAt, whyNotNameless } from './nameless.ts';
import { mayPostNow } from './pace.server.ts';
import { closed, formIdOf, inTurn, newThreadIn, quoteOf } from './posting.server.ts';
import { authorReveals, namelessMarks, namelessPosts, posts, postWords, threads } from './schema.server.ts';
import { type Sent, settleBody } from './settling-post.server.ts';
import { cohortOf } from './standing.server.ts';
import { threadIn } from './threads.server.ts';

type Said = Sent & {
	/** Of this very form: the same once more is the same question. */
	form: unknown;
	/** Refused where there are any: a file says more of its maker than a name. */
	files?: unknown;
	/** That the person has seen what in it may tell who they are. */
	sure?: boolean;
};

/** Whether asking without a name is offered here, and what it promises. */
export type NamelessOffer = {
	/** Why not; null where it is offered. */
	why: string | null;
	promises: string[];
};

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** Whether and how this person may ask without a name in a cohort, as part of another read. */
export async function namelessOffer(tx: Tx, person: Person, cohortId: string): Promise<NamelessOffer> {
	const moderators = await rowsOf<{ name: string }>(
		tx,
		sql`select p.name from cohort_moderators m join people p on p.id = m.person_id
			where m.cohort_id = ${cohortId}::uuid and m.person_id <> ${person.id}::uuid and m.from_at <= now()
			and (m.until_at is null or m.until_at > now()) and p.deactivated_at is null
			order by m.from_at, m.id`
	);
	const [ground] = await rowsOf<{ others: number; teachers: number; moderates: boolean; teaches: boolean }>(
		tx,
		sql`select count(*) filter (where not a.me and a.part in ('teacher', 'mentor', 'coach'))::int as others,
				count(*) filter (where not a.me and a.part = 'teacher')::int as teachers,
				coalesce(bool_or(a.me and a.part = 'teacher'), false) as teaches,
				${cohortId}::uuid = any (app.moderated_cohort_ids()) as moderates
			from (select p.part, p.person_id = ${person.id}::uuid as me from app.cohort_people(${cohortId}::uuid) p) a`
	);
	return {
		why: whyNotNameless({ moderators: moderators.length, ...ground! }),
		promises: promises(moderators.map(({ name }) => name))
	};
}

/** The same, in a transaction of its own. @throws Refusal not-found */
export const readNamelessOffer = (db: Database, person: Person, cohortId: string): Promise<NamelessOffer> =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		return namelessOffer(tx, person, cohort.id);
	});

/**
 * Asks a question without a name: it waits between one and fifteen minutes. Where and what it is about is asked like
 * everywhere; files are not taken, because a file says more of its maker than its name.
 * @throws Refusal not-found, too-many, or rule: not offered here, not whole, or with something in it that tells who asks
 */
export const askNameless = (
	db: Database,
	person: Person,
	asked: Said & { cohortId: unknown; microcredentialId: unknown; title: unknown; kind?: unknown },
	now = new Date()
): Promise<{ id: string }> =>
	db.asPerson(person.id, async (tx) => {
		const id = formIdOf(asked.form);
		await inTurn(tx, id);
		if (await knows(tx, person, id)) return { id };
		const { cohort, microcredentialId, title } = await newThreadIn(tx, person, asked);
		if (asked.kind !== undefined && asked.kind !== 'question')
			throw new Refusal(
				'rule',
				'Only a question can be asked without a name. Nothing was posted yet, and what you wrote is still in the form: please choose “Question”, or post it under your name.'
			);
		noFiles(asked.files);
		const read = await settleBody(tx, person, cohort.id, asked);
		const { why } = await namelessOffer(tx, person, cohort.id);
		if (why) throw new Refusal('rule', `${why} Nothing was asked yet, and what you wrote is still in the form.`);
		await mayPostNow(tx, person, { opens: true }, now);
		await mayWait(tx, person);
		if (!asked.sure) demandNoGiveaway([title, ...textsOf(read)], await cluesOf(tx, person));
		await tx
			.insert(namelessPosts)
			.values({
				id,
				personId: person.id,
				cohortId: cohort.id,
				microcredentialId,
				title,
				body: read.body,
				askedAt: now,
				publishAt: publishAt('question', now, randomInt)
			})
			.onConflictDoNothing();
		// A form id that is somebody else's is none of ours, and tells nothing of whose it is.
		if (!(await knows(tx, person, id))) throw notWhole();
		return { id };
	});

/**
 * A further word of whoever asked, in their own thread and without a name too: it waits between one and five minutes.
 * @throws Refusal not-found for a thread that one did not ask without a name, too-many, or rule
 */
export const addNamelessWord = (
	db: Database,
	person: Person,
	threadId: string,
	said: Said & { quotes?: unknown; quote?: unknown },
	now = new Date()
): Promise<{ id: string }> =>
	db.asPerson(person.id, async (tx) => {
		const id = formIdOf(said.form);
		await inTurn(tx, id);
		const found = await ownNameless(tx, person, threadId);
		const { thread } = found;
		if (await knows(tx, person, id)) return { id };
		noFiles(said.files);
		const read = await settleBody(tx, person, thread.cohortId, said);
		if (thread.lockedAt || thread.withheldAt) throw closed();
		await mayPostNow(tx, person, {}, now);
		await mayWait(tx, person);
		if (!said.sure) demandNoGiveaway(textsOf(read), await cluesOf(tx, person));
		const { quotesId, quote } = await quoteOf(tx, found, said);
		await tx
			.insert(namelessPosts)
			.values({
				id,
				personId: person.id,
				cohortId: thread.cohortId,
				microcredentialId: thread.microcredentialId,
				threadId: thread.id,
				body: read.body,
				quotesId,
				quote,
				askedAt: now,
				publishAt: publishAt('word', now, randomInt)
			})
			.onConflictDoNothing();
		if (!(await knows(tx, person, id))) throw notWhole();
		return { id };
	});

/**
 * Takes back what waits: it is gone, and nobody ever knew. Twice is once.
 * @throws Refusal rule when it is out already
 */
export const takeBackWaiting = (db: Database, person: Person, id: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		if (typeof id !== 'string' || !isId(id)) throw notFound('question');
		const gone = await tx
			.delete(namelessPosts)
			.where(and(eq(namelessPosts.id, id), eq(namelessPosts.personId, person.id), isNull(namelessPosts.postId)))
			.returning({ id: namelessPosts.id });
		if (gone.length === 0 && (await knows(tx, person, id)))
			throw new Refusal(
				'rule',
				'It is out already, so this did not stop it. You can take it back in its thread: then its words are gone for everybody.'
			);
	});

/**
 * Keeps which reply helped, said by whoever asked without a name, until some minute of the next five.
 * @param postId checked by the caller; null: none any more
 */
export async function markLater(
	tx: Tx,
	person: Person,
	thread: { id: string; cohortId: string },
	postId: string | null,
	now = new Date()
): Promise<void> {
	const mark = { postId, applyAt: publishAt('word', now, randomInt) };
	await tx
		.insert(namelessMarks)
		.values({ threadId: thread.id, cohortId: thread.cohortId, personId: person.id, ...mark })
		.onConflictDoUpdate({ target: namelessMarks.threadId, set: mark });
}

/** Whether the person asked this thread without a name, and so answers in it without one unless they say otherwise. */
export async function askedByMe(tx: Tx, person: Person, threadId: string): Promise<boolean> {
	const [row] = isId(threadId)
		? await tx
				.select({ id: namelessPosts.id })
				.from(namelessPosts)
				.where(
					and(
						eq(namelessPosts.threadId, threadId),
						eq(namelessPosts.personId, person.id),
						isNotNull(namelessPosts.title)
					)
				)
		: [];
	return row !== undefined;
}

export type OwnNameless = {
	/** Not out yet, oldest first; `stuck` says why it will not go out as things are. */
	waiting: {
		id: string;
		cohort: string;
		/** Of the question, or of the thread that it goes to. */
		title: string | null;
		words: string;
		threadId: string | null;
		stuck: string | null;
	}[];
	/** Newest first, with who looked whose they are. */
	out: {
		threadId: string;
		title: string;
		cohort: string;
		timeZone: string;
		at: Date;
		reveals: { by: string | null; at: Date; reason: string }[];
	}[];
};

/** A first year has some hundred school days of questions at most. */
const mostShown = 100;

/** What the person asked without a name: for them alone. */
export const readOwnNameless = (db: Database, person: Person): Promise<OwnNameless> =>
	db.asPerson(person.id, async (tx) => {
		const waiting = await tx
			.select({
				id: namelessPosts.id,
				cohort: sql<string>`coalesce(${cohorts.name}, 'a cohort that you have left')`,
				title: sql<string | null>`coalesce(${namelessPosts.title}, ${threads.title})`,
				body: namelessPosts.body,
				threadId: namelessPosts.threadId,
				publishAt: namelessPosts.publishAt,
				closed: sql<
					'hidden' | 'locked' | null
				>`case when ${threads.withheldAt} is not null then 'hidden' when ${threads.lockedAt} is not null then 'locked' end`,
				here: sql<boolean>`${namelessPosts.cohortId} = any ((select app.discussing_cohort_ids())::uuid[])`
			})
			.from(namelessPosts)
			.leftJoin(cohorts, eq(cohorts.id, namelessPosts.cohortId))
			.leftJoin(threads, eq(threads.id, namelessPosts.threadId))
			.where(and(eq(namelessPosts.personId, person.id), isNull(namelessPosts.postId)))
			.orderBy(asc(namelessPosts.askedAt))
			.limit(mostShown);
		const out = await tx
			.select({
				threadId: threads.id,
				title: threads.title,
				cohort: sql<string>`coalesce(${cohorts.name}, 'a cohort that you have left')`,
				timeZone: sql<string>`coalesce(${programs.timeZone}, 'UTC')`,
				at: threads.createdAt
			})
			.from(namelessPosts)
			.innerJoin(threads, eq(threads.id, namelessPosts.threadId))
			.leftJoin(cohorts, eq(cohorts.id, threads.cohortId))
			.leftJoin(programs, eq(programs.id, cohorts.programId))
			.where(
				and(eq(namelessPosts.personId, person.id), isNotNull(namelessPosts.title), isNotNull(namelessPosts.postId))
			)
			.orderBy(desc(threads.createdAt))
			.limit(mostShown);
		const moderators = aliasedTable(people, 'moderators');
		const reveals = await tx
			.select({
				threadId: authorReveals.threadId,
				by: moderators.name,
				at: authorReveals.at,
				reason: authorReveals.reason
			})
			.from(authorReveals)
			.innerJoin(
				namelessPosts,
				and(
					eq(namelessPosts.threadId, authorReveals.threadId),
					eq(namelessPosts.personId, person.id),
					isNotNull(namelessPosts.title)
				)
			)
			.leftJoin(moderators, eq(moderators.id, authorReveals.moderatorId))
			.orderBy(asc(authorReveals.at));
		return {
			waiting: waiting.map(({ body, closed, here, publishAt, title, ...one }) => ({
				...one,
				title,
				words: body ? wordsOf(body) : '',
				stuck: !here
					? 'You are not in this cohort any more, so it is not asked there. It stays here until you take it back.'
					: publishAt >= never
						? 'You were not in this cohort when its moment came, and said on the day of your return it would tell who asked. So it is not said; you can take it back, and ask again.'
						: closed
							? `A moderator has ${closed} the thread, so it is not said. It stays here until you take it back.`
							: null
			})),
			out: out.map((one) => ({
				...one,
				reveals: reveals
					.filter(({ threadId }) => threadId === one.threadId)
					.map(({ by, at, reason }) => ({ by, at, reason }))
			}))
		};
	});

/** Kept in place of the moment for what is not said any more: whoever asked was not in the cohort when it came. */
const never = new Date('9999-01-01T00:00:00Z');

/** In one round; more wait for the next, some seconds later. */
const atOnce = 50;

/**
 * Says what is due: each in a transaction of its own, with ids made now, so that a crash loses none and says none twice, and
 * two servers take different ones.
 * @returns the threads in which something is new
 */
export async function publishNameless(db: Database, now = new Date()): Promise<string[]> {
	const changed = new Set<string>();
	const failed: string[] = [];
	// Said once they are there again, it would tell by the day who asked.
	await db.asService((tx) =>
		tx
			.update(namelessPosts)
			.set({ publishAt: never })
			.where(
				and(
					isNull(namelessPosts.postId),
					lte(namelessPosts.publishAt, now),
					sql`${namelessPosts.personId} not in (select a.person_id from app.cohort_people(${namelessPosts.cohortId}) a)`
				)
			)
	);
	for (let i = 0; i < atOnce; i++) {
		let taken = '';
		try {
			const threadId = await db.asService(async (tx) => {
				const due = await nextDue(tx, now, failed);
				if (!due) return null;
				taken = due.id;
				return publishOne(tx, due, now);
			});
			if (threadId === null) break;
			changed.add(threadId);
		} catch (error) {
			if (taken === '') throw error;
			// One that can not be said keeps nobody else's from being said; the next round tries it again.
			failed.push(taken);
			if (!(error instanceof Closed)) log('nameless-not-published', traceOf(error));
		}
	}
	for (const threadId of await applyMarks(db, now)) changed.add(threadId);
	for (const threadId of await applyChanges(db, now)) changed.add(threadId);
	return [...changed];
}

class Closed extends Error {}

type Due = typeof namelessPosts.$inferSelect;

async function nextDue(tx: Tx, now: Date, not: string[]): Promise<Due | undefined> {
	// What can't be said as things are keeps those behind it from nothing.
	const [due] = await rowsOf<{ id: string }>(
		tx,
		sql`select n.id from nameless_posts n left join threads t on t.id = n.thread_id
			where n.post_id is null and n.publish_at <= ${now.toISOString()}::timestamptz
			and not (n.id::text = any (${sql.param(`{${not.join(',')}}`)}::text[]))
			and (n.thread_id is null or (t.locked_at is null and t.withheld_at is null))
			and n.person_id in (select a.person_id from app.cohort_people(n.cohort_id) a)
			order by n.publish_at, n.id limit 1 for update of n skip locked`
	);
	if (!due) return undefined;
	const [row] = await tx.select().from(namelessPosts).where(eq(namelessPosts.id, due.id));
	return row;
}

async function publishOne(tx: Tx, due: Due, now: Date): Promise<string> {
	const { cohortId, microcredentialId, title, body } = due;
	const [postId, threadId] = [randomUUID(), due.threadId ?? randomUUID()];
	if (due.threadId === null)
		await tx.insert(threads).values({
			id: threadId,
			cohortId,
			microcredentialId,
			kind: 'question',
			title: title!,
			nameless: true,
			createdAt: now,
			lastPostAt: now,
			formId: randomUUID()
		});
	const [quotes] = due.quotesId
		? await tx
				.select({ id: posts.id, removedAt: posts.removedAt })
				.from(posts)
				.where(and(eq(posts.id, due.quotesId), eq(posts.threadId, threadId)))
		: [];
	const made = await tx
		.insert(posts)
		.values({
			id: postId,
			threadId,
			cohortId,
			nameless: true,
			createdAt: now,
			formId: randomUUID(),
			quotesId: quotes?.id ?? null,
			// What was taken back since is quoted no longer.
			quote: quotes && !quotes.removedAt ? due.quote : null
		})
		.returning({ id: posts.id });
	// Closed at this instant: nothing of it happened, and it waits.
	if (made.length === 0) throw new Closed();
	await tx
		.insert(postWords)
		.values({ postId, revision: 1, cohortId, threadId, body: body!, words: wordsOf(body!), writtenAt: now });
	await tx
		.update(namelessPosts)
		.set({ threadId, postId, body: null, quotesId: null, quote: null })
		.where(eq(namelessPosts.id, due.id));
	return threadId;
}

const applyMarks = (db: Database, now: Date): Promise<string[]> =>
	db.asService(async (tx) => {
		const due = await rowsOf<{ thread_id: string; post_id: string | null }>(
			tx,
			sql`delete from nameless_marks where thread_id in (
					select m.thread_id from nameless_marks m where m.apply_at <= ${now.toISOString()}::timestamptz
					order by m.apply_at limit ${atOnce} for update skip locked
				) returning thread_id, post_id`
		);
		for (const { thread_id: threadId, post_id: postId } of due) {
			// An answer that was taken back since helped nobody any more.
			const there =
				postId === null
					? sql`null::uuid`
					: sql`(select p.id from posts p where p.id = ${postId}::uuid and p.removed_at is null)`;
			await tx.update(threads).set({ helpedPostId: there }).where(eq(threads.id, threadId));
		}
		return due.map((one) => one.thread_id);
	});

/** Takes back, and brings back, what is due. What a moderator hid meanwhile stays hidden. */
const applyChanges = (db: Database, now: Date): Promise<string[]> =>
	db.asService(async (tx) => {
		const due = await rowsOf<{ id: string; post_id: string; thread_id: string; change_to: string }>(
			tx,
			sql`select n.id, n.post_id, n.thread_id, n.change_to from nameless_posts n
				where n.change_at <= ${now.toISOString()}::timestamptz
				order by n.change_at, n.id limit ${atOnce} for update of n skip locked`
		);
		for (const { id, post_id: postId, thread_id: threadId, change_to: to } of due) {
			// The thread first, as everybody who says something in it does: whoever answers in this moment keeps it.
			const [thread] = await tx.select().from(threads).where(eq(threads.id, threadId)).for('no key update');
			const goes = to === 'taken-back';
			const [post] = await tx
				.update(posts)
				.set(goes ? { removedAt: now, removedAs: 'taken-back' } : { removedAt: null, removedAs: null })
				.where(and(eq(posts.id, postId), goes ? isNull(posts.removedAt) : eq(posts.removedAs, 'taken-back')))
				.returning({ number: posts.number });
			if (post?.number === 1 && goes && thread!.posts === 1 && !thread!.withheldAt)
				await tx.update(threads).set({ withheldAt: now }).where(eq(threads.id, threadId));
			if (post?.number === 1 && !goes && thread!.withheldAs === 'taken-back')
				await tx.update(threads).set({ withheldAt: null }).where(eq(threads.id, threadId));
			await tx.update(namelessPosts).set({ changeAt: null, changeTo: null }).where(eq(namelessPosts.id, id));
		}
		return due.map((one) => one.thread_id);
	});

async function knows(tx: Tx, person: Person, id: string): Promise<boolean> {
	const [row] = await tx
		.select({ id: namelessPosts.id })
		.from(namelessPosts)
		.where(and(eq(namelessPosts.id, id), eq(namelessPosts.personId, person.id)));
	return row !== undefined;
}

async function mayWait(tx: Tx, person: Person): Promise<void> {
	const [row] = await rowsOf<{ waiting: number }>(
		tx,
		sql`select count(*)::int as waiting from nameless_posts where person_id = ${person.id}::uuid and post_id is null`
	);
	if ((row?.waiting ?? 0) >= mostWaiting)
		throw new Refusal(
			'too-many',
			`${mostWaiting} of yours wait to go out already, so this one was not taken yet. What you wrote is still in the form: it can be asked in a quarter of an hour.`
		);
}

/** A thread that the person asked without a name, and still reads. @throws Refusal not-found */
async function ownNameless(tx: Tx, person: Person, threadId: string) {
	const found = await threadIn(tx, person, threadId);
	if (!found.thread.nameless || !found.asked) throw notFound('thread');
	return found;
}

const notWhole = () =>
	new Refusal('rule', 'This form is not whole. Please open the page again; nothing was asked yet.');

function noFiles(files: unknown): void {
	if (!Array.isArray(files) || files.length === 0) return;
	throw new Refusal(
		'rule',
		'Files can not go with a question without a name: a picture or a document tells more of whose it is than anybody sees. Nothing was asked yet; please take them out, or ask under your name.'
	);
}

/** Words, and where links lead: an address of a school's own pages names it too. */
const textsOf = ({ words, body }: Read): string[] => [
	words,
	...[...JSON.stringify(body).matchAll(/"href":"([^"]*)"/g)].map(([, href]) => href!.replace(/[./_-]+/g, ' '))
];

function demandNoGiveaway(texts: string[], clues: Clues): void {
	const found = giveaways(texts, clues);
	if (found.length === 0) return;
	throw new Refusal(
		'rule',
		`${looksLikeYou} ${found.join(' ')} Nothing was asked yet. Please change it, or tick that it is meant so.`
	);
}

async function cluesOf(tx: Tx, person: Person): Promise<Clues> {
	const [me] = await tx
		.select({ name: people.name, organizationId: people.organizationId })
		.from(people)
		.where(eq(people.id, person.id));
	const above = me?.organizationId
		? await rowsOf<{ name: string }>(
				tx,
				sql`with recursive mine as (
						select id, parent_id, name, kind from organizations where id = ${me.organizationId}::uuid
						union all select o.id, o.parent_id, o.name, o.kind from organizations o join mine on o.id = mine.parent_id
					) select name from mine where kind <> 'state'`
			)
		: [];
	const addresses = await tx
		.select({ address: emailAddresses.address })
		.from(emailAddresses)
		.where(eq(emailAddresses.personId, person.id));
	const mentor = aliasedTable(people, 'mentor');
	const teacher = aliasedTable(people, 'teacher');
	const mine = await tx
		.select({ teacherId: pairs.teacherId, teacher: teacher.name, mentor: mentor.name })
		.from(pairs)
		.leftJoin(teacher, eq(teacher.id, pairs.teacherId))
		.leftJoin(mentor, eq(mentor.id, pairs.mentorId))
		.where(
			sql`(${pairs.teacherId} = ${person.id}::uuid or ${pairs.mentorId} = ${person.id}::uuid) and ${pairs.status} <> 'ended'`
		);
	return {
		name: me?.name ?? person.name,
		organizations: above.map(({ name }) => name),
		addresses: addresses.map(({ address }) => address),
		close: mine.flatMap((pair) => {
			const teaches = pair.teacherId === person.id;
			const name = teaches ? pair.mentor : pair.teacher;
			return name === null ? [] : [{ name, as: teaches ? 'who mentors you' : 'whom you mentor' }];
		})
	};
}
