/** Saying something: opening a thread, answering in it, changing one's words, taking them back. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { createHash, randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { uuidv7 } from 'uuidv7';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { titleOf } from '#lib/reflection/title.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { renderBody } from './body.ts';
import { listPostFiles } from './files.server.ts';
import { mostFiles } from './file-limits.ts';
import { kindOf } from './kinds.ts';
import { mayPostNow } from './pace.server.ts';
import { changing } from './news.server.ts';
import { mayEdit, mayPost, mayTakeBack } from './policy.ts';
import { publishAt } from './nameless.ts';
import { namelessPosts, postFiles, posts, postWords, threads } from './schema.server.ts';
import { settleBody, type Sent } from './settling-post.server.ts';
import { type Cohort, cohortOf, competenciesOf } from './standing.server.ts';
import { namesFor, threadIn, type ThreadFound } from './threads.server.ts';

/** Revisions of one post: whoever has more to add writes another. */
const mostRevisions = 50;
/** Characters of a quotation; the post itself is one click away. */
const longestQuote = 600;

const safe = 'Nothing was posted yet, and what you wrote is still in the form.';

/** The id of a form: the same once more is the same post. @throws Refusal rule */
export function formIdOf(form: unknown): string {
	if (typeof form === 'string' && isId(form)) return form.toLowerCase();
	throw new Refusal('rule', `This form is not whole. ${safe} Please copy it, open the page again and send it there.`);
}

/**
 * The post that came by a form. Where it says something else than what is sent now (somebody went back in their browser, changed
 * the words and sent them), those are a post of their own: by a form that follows from both, so that it too is posted once.
 * @param threadId null: of a thread that is opened by it
 */
async function postByForm(tx: Tx, person: Person, form: string, threadId: string | null, words: string) {
	const find = async (id: string) => {
		const [row] = await tx
			.select({
				threadId: posts.threadId,
				postId: posts.id,
				number: posts.number,
				version: posts.version,
				words: postWords.words
			})
			.from(posts)
			.leftJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, 1)))
			.where(and(eq(posts.formId, id), eq(posts.authorId, person.id)));
		return row;
	};
	const same = await find(form);
	const isSame = (found: NonNullable<typeof same>) =>
		(threadId === null ? found.number === 1 : found.threadId === threadId) &&
		(found.words === null || oneLine(found.words) === oneLine(words));
	if (!same || isSame(same)) return { form, same };
	const hash = createHash('sha256').update([form, threadId, words].join('\n')).digest('hex');
	const following = [
		hash.slice(0, 8),
		hash.slice(8, 12),
		`8${hash.slice(13, 16)}`,
		`8${hash.slice(17, 20)}`,
		hash.slice(20, 32)
	].join('-');
	return { form: following, same: await find(following) };
}

/** One at a time for each form, so that two tries of a bad network do not both find nothing yet. */
export const inTurn = (tx: Tx, form: string) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtext('a post by form'), hashtext(${form}))`);

/** A thread's title as it is kept. @throws Refusal rule */
export function threadTitle(typed: unknown): string {
	const title = titleOf(typeof typed === 'string' ? typed : '');
	if (title.length < 3 || title.length > 160)
		throw new Refusal('rule', `A thread needs a title of 3 to 160 characters that says what it is about. ${safe}`);
	return title;
}

/** What a new thread says of itself, checked. @throws Refusal rule or not-found */
export async function newThreadIn(
	tx: Tx,
	person: Person,
	asked: { cohortId: unknown; microcredentialId: unknown; title: unknown }
): Promise<{ cohort: Cohort; microcredentialId: string; title: string }> {
	const cohort = await cohortOf(tx, person, typeof asked.cohortId === 'string' ? asked.cohortId : '');
	const competency = (await competenciesOf(tx, cohort.program.id)).find(({ id }) => id === asked.microcredentialId);
	if (!competency) throw new Refusal('rule', `Please choose the competency that this is about. ${safe}`);
	return { cohort, microcredentialId: competency.id, title: threadTitle(asked.title) };
}

export type Said = Sent & {
	/** The id of the form. */
	form: unknown;
	/** Ids of files that were sent before. */
	files?: unknown;
};

/** @throws Refusal rule */
export function fileIdsOf(files: unknown): string[] {
	const ids = Array.isArray(files) ? files.filter((id): id is string => typeof id === 'string' && isId(id)) : [];
	if (ids.length > mostFiles) throw new Refusal('rule', `At most ${mostFiles} files go with one post. ${safe}`);
	return [...new Set(ids)];
}

async function attach(tx: Tx, person: Person, cohortId: string, postId: string, ids: string[]): Promise<void> {
	if (ids.length === 0) return;
	const taken = await tx
		.update(postFiles)
		.set({ postId })
		.where(
			and(
				inArray(postFiles.id, ids),
				eq(postFiles.cohortId, cohortId),
				eq(postFiles.personId, person.id),
				isNull(postFiles.postId)
			)
		)
		.returning({ id: postFiles.id });
	if (taken.length < ids.length)
		throw new Refusal('rule', `A file that goes with this post is not there any more. ${safe} Please add it again.`);
}

/**
 * Opens a thread with its first post. The same form with the same words once more is the same thread.
 * @throws Refusal not-found, rule, or too-many
 */
export const openThread = (
	db: Database,
	person: Person,
	asked: Said & { cohortId: unknown; microcredentialId: unknown; kind: unknown; title: unknown },
	now = new Date()
): Promise<{ threadId: string; postId: string; said: string[] }> =>
	db.asPerson(person.id, async (tx) => {
		const sentBy = formIdOf(asked.form);
		await inTurn(tx, sentBy);
		const kind = kindOf(asked.kind);
		if (!kind) throw new Refusal('rule', `Please say what kind of thread this is. ${safe}`);
		const { cohort, microcredentialId, title } = await newThreadIn(tx, person, asked);
		const { body, words, said } = await settleBody(tx, person, cohort.id, asked);
		const { form, same } = await postByForm(tx, person, sentBy, null, words);
		if (same) return { threadId: same.threadId, postId: same.postId, said: [] };
		await mayPostNow(tx, person, { opens: true }, now);
		const threadId = uuidv7();
		await tx.insert(threads).values({
			id: threadId,
			cohortId: cohort.id,
			microcredentialId,
			kind,
			title,
			authorId: person.id,
			createdAt: now,
			lastPostAt: now,
			formId: form
		});
		const { id: postId } = await say(tx, person, { threadId, cohortId: cohort.id, form, now }, body, words);
		await attach(tx, person, cohort.id, postId, fileIdsOf(asked.files));
		return { threadId, postId, said };
	});

async function say(
	tx: Tx,
	person: Person,
	where: {
		threadId: string;
		cohortId: string;
		form: string;
		now: Date;
		quotesId?: string | null;
		quote?: string | null;
	},
	body: Parameters<typeof renderBody>[0],
	words: string
): Promise<{ id: string; number: number; version: number }> {
	const id = uuidv7();
	const [taken] = await tx
		.insert(posts)
		.values({
			id,
			threadId: where.threadId,
			cohortId: where.cohortId,
			authorId: person.id,
			createdAt: where.now,
			quotesId: where.quotesId ?? null,
			quote: where.quote ?? null,
			formId: where.form
		})
		.returning({ number: posts.number, version: posts.version });
	// Somebody closed the thread in the same moment: the trigger takes no post then.
	if (!taken) throw closed();
	await tx.insert(postWords).values({
		postId: id,
		revision: 1,
		cohortId: where.cohortId,
		threadId: where.threadId,
		authorId: person.id,
		body,
		words,
		writtenAt: where.now
	});
	return { id, ...taken };
}

export const closed = () =>
	new Refusal(
		'rule',
		`A moderator has locked this thread, so it takes no new posts. ${safe} You can open another thread.`
	);

/**
 * Answers in a thread. The same form with the same words once more is the same post.
 * @param asked `quotes` the id of a post of the same thread, `quote` which words of it; without words its beginning;
 *   `underName` that whoever asked this thread without a name wants to say something in it under theirs
 * @throws Refusal not-found, rule, or too-many
 */
export const addPost = (
	db: Database,
	person: Person,
	threadId: string,
	asked: Said & { quotes?: unknown; quote?: unknown; underName?: boolean },
	now = new Date()
): Promise<{ postId: string; number: number; version: number; said: string[] }> =>
	changing(db, person.id, threadId, async (tx) => {
		const sentBy = formIdOf(asked.form);
		await inTurn(tx, sentBy);
		const found = await threadIn(tx, person, threadId);
		const { thread, cohort } = found;
		const { body, words, said } = await settleBody(tx, person, cohort.id, asked);
		const { form, same } = await postByForm(tx, person, sentBy, thread.id, words);
		if (same) return { postId: same.postId, number: same.number, version: same.version, said: [] };
		if (!mayPost(cohort.standing, { locked: thread.lockedAt !== null || thread.withheldAt !== null })) throw closed();
		// By one careless "thanks, that is how my class was too" everybody would know who had asked.
		if (thread.nameless && found.asked && asked.underName !== true)
			throw new Refusal(
				'rule',
				`You asked this without a name, and this would stand under yours. ${safe} Please say which you want: without a name, or under it.`
			);
		await mayPostNow(tx, person, {}, now);
		const quoted = await quoteOf(tx, found, asked);
		const where = { threadId: thread.id, cohortId: cohort.id, form, now, ...quoted };
		const { id: postId, ...place } = await say(tx, person, where, body, words);
		await attach(tx, person, cohort.id, postId, fileIdsOf(asked.files));
		return { postId, ...place, said };
	});

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What a post quotes: words that the other one really says. @throws Refusal rule */
export async function quoteOf(
	tx: Tx,
	{ thread }: ThreadFound,
	{ quotes, quote }: { quotes?: unknown; quote?: unknown }
): Promise<{ quotesId: string | null; quote: string | null }> {
	if (typeof quotes !== 'string' || quotes === '') return { quotesId: null, quote: null };
	const [other] = isId(quotes)
		? await tx
				.select({ id: posts.id, words: postWords.words })
				.from(posts)
				.innerJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, posts.revision)))
				.where(and(eq(posts.id, quotes), eq(posts.threadId, thread.id), isNull(posts.removedAt)))
		: [];
	if (!other) throw new Refusal('rule', `The post that you quote is not there any more. ${safe}`);
	const whole = oneLine(other.words);
	const said = typeof quote === 'string' && quote.trim() !== '' ? oneLine(quote).slice(0, longestQuote) : null;
	if (said && !whole.includes(said))
		throw new Refusal(
			'rule',
			`The words that you quote do not stand in that post; perhaps it was changed meanwhile. ${safe} Please quote it again.`
		);
	return { quotesId: other.id, quote: said ?? (whole.slice(0, 300).toWellFormed() || null) };
}

/** A post of the person's own, with what is needed to judge an act on it. @throws Refusal not-found */
async function ownPost(tx: Tx, person: Person, postId: string) {
	if (!isId(postId)) throw notFound('post');
	const [post] = await tx
		.select({
			post: posts,
			own: sql<boolean>`coalesce(${posts.authorId} = ${person.id} or ${posts.id} = any ((select app.nameless_post_ids())::uuid[]), false)`
		})
		.from(posts)
		.where(eq(posts.id, postId));
	if (!post) throw notFound('post');
	const found = await threadIn(tx, person, post.post.threadId);
	return { ...post, ...found };
}

const of = ({ own, post, thread }: Awaited<ReturnType<typeof ownPost>>) => ({
	own,
	removed: post.removedAt !== null,
	locked: thread.lockedAt !== null
});

/**
 * Puts other words in the place of one's own; what stood before stays in the post's history. A file that is taken off is gone
 * for good, because that may be why it was; history says that one went.
 * @param asked `files` the ids of those that it has from now on; left out, they stay as they are
 * @param on the revision that was changed, so that what another window wrote meanwhile is not replaced unseen
 * @throws Refusal not-found, not-allowed, or rule
 */
export const editPost = (
	db: Database,
	person: Person,
	postId: string,
	asked: Sent & { on: unknown; files?: unknown },
	now = new Date()
): Promise<{ threadId: string; number: number; said: string[] }> =>
	changing(db, person.id, null, async (tx) => {
		const found = await ownPost(tx, person, postId);
		const { post, thread, cohort, own } = found;
		if (!own) throw new Refusal('not-allowed', 'Only whoever wrote a post changes it. Nothing has changed.');
		if (post.nameless)
			throw new Refusal(
				'rule',
				'What was said without a name is not changed: when somebody changes it would tell who sits here now. You can take it back, or add a further word. Your words are still in the form.'
			);
		if (!mayEdit(cohort.standing, of(found)))
			throw new Refusal(
				'rule',
				post.removedAt
					? 'This post is not there any more, so there is nothing to change. Your words are still in the form.'
					: 'A moderator has locked this thread, so its posts stay as they are. Your words are still in the form.'
			);
		const { body, words, said } = await settleBody(tx, person, cohort.id, asked);
		// Two windows take turns; the lock is the form's, which a post keeps.
		await inTurn(tx, post.formId);
		const [standing] = await tx
			.select({ revision: posts.revision, body: postWords.body })
			.from(posts)
			.innerJoin(postWords, and(eq(postWords.postId, posts.id), eq(postWords.revision, posts.revision)))
			.where(eq(posts.id, post.id));
		const place = { threadId: thread.id, number: post.number, said };
		const before = (await listPostFiles(tx, post.id)).map(({ id }) => id);
		const wanted = asked.files === undefined ? before : fileIdsOf(asked.files);
		const added = wanted.filter((id) => !before.includes(id));
		const takenOff = before.filter((id) => !wanted.includes(id));
		const sameFiles = added.length + takenOff.length === 0;
		if (!standing || (sameFiles && isDeepStrictEqual(standing.body, body))) return place;
		if (String(standing.revision) !== String(asked.on))
			throw new Refusal(
				'rule',
				'This post was changed in another window meanwhile. What you typed is still in the form: compare it with what stands there now, and save it again.'
			);
		if (standing.revision >= mostRevisions)
			throw new Refusal(
				'rule',
				`A post can be changed ${mostRevisions} times. Please write what is new in another one.`
			);
		const revision = standing.revision + 1;
		await tx.insert(postWords).values({
			postId: post.id,
			revision,
			cohortId: cohort.id,
			threadId: thread.id,
			authorId: post.authorId,
			body,
			words,
			writtenAt: now,
			filesAdded: added.length,
			filesTakenOff: takenOff.length
		});
		if (takenOff.length > 0)
			await tx
				.delete(postFiles)
				.where(and(inArray(postFiles.id, takenOff), eq(postFiles.postId, post.id), eq(postFiles.personId, person.id)));
		await attach(tx, person, cohort.id, post.id, added);
		await tx.update(posts).set({ revision, editedAt: now }).where(eq(posts.id, post.id));
		return place;
	});

/** Another title for one's own thread. @throws Refusal not-found, not-allowed, or rule */
export const renameThread = (db: Database, person: Person, threadId: string, title: unknown): Promise<void> =>
	changing(db, person.id, threadId, async (tx) => {
		const { thread, asked } = await threadIn(tx, person, threadId);
		if (!asked) throw new Refusal('not-allowed', 'Only whoever opened a thread names it. Nothing has changed.');
		if (thread.nameless)
			throw new Refusal(
				'rule',
				'A question without a name keeps its title: when somebody changes it would tell who sits here now. Nothing has changed.'
			);
		if (thread.lockedAt) throw closed();
		const named = threadTitle(title);
		if (named !== thread.title) await tx.update(threads).set({ title: named }).where(eq(threads.id, thread.id));
	});

/**
 * Takes one's own post back: nobody but its author and the moderators reads its words any more, and its place says so. A thread in
 * which nothing else was said goes with its first post. Twice is once. What was said without a name goes some minutes later,
 * by chance, because its moment would say who sits here now.
 * @param atOnce also without a name: words that give somebody away are worse than the moment
 * @throws Refusal not-found, or not-allowed
 */
export const takeBackPost = (
	db: Database,
	person: Person,
	postId: string,
	now = new Date(),
	{ atOnce = false } = {}
): Promise<{ threadId: string; number: number; withheld: boolean }> =>
	changing(db, person.id, null, async (tx) => {
		const found = await ownPost(tx, person, postId);
		const { post, thread, cohort } = found;
		if (!mayTakeBack(cohort.standing, of(found)))
			throw new Refusal('not-allowed', 'Only whoever wrote a post takes it back. Nothing has changed.');
		if (post.nameless) {
			await changeLater(tx, post.id, post.removedAt || atOnce ? null : 'taken-back', now);
			if (!atOnce) return { threadId: thread.id, number: post.number, withheld: false };
		}
		const alone = post.number === 1 && thread.posts === 1;
		if (!post.removedAt)
			await tx.update(posts).set({ removedAt: now, removedAs: 'taken-back' }).where(eq(posts.id, post.id));
		if (alone && !thread.withheldAt) {
			// Asked again under its lock: an answer that came in this moment keeps the thread.
			const [still] = await tx.select({ posts: threads.posts }).from(threads).where(eq(threads.id, thread.id));
			if (still?.posts === 1) await tx.update(threads).set({ withheldAt: now }).where(eq(threads.id, thread.id));
		}
		return { threadId: thread.id, number: post.number, withheld: alone };
	});

/**
 * Brings back what one took back oneself; without a name some minutes later, and while it has not gone yet it stays.
 * @throws Refusal not-found, not-allowed, or rule where a moderator hid it
 */
export const bringBackPost = (
	db: Database,
	person: Person,
	postId: string,
	now = new Date()
): Promise<{ threadId: string; number: number }> =>
	changing(db, person.id, null, async (tx) => {
		const found = await ownPost(tx, person, postId);
		const { post, thread, cohort } = found;
		const place = { threadId: thread.id, number: post.number };
		if (!mayTakeBack(cohort.standing, of(found)))
			throw new Refusal('not-allowed', 'Only whoever wrote a post brings it back. Nothing has changed.');
		if (post.removedAs === 'hidden')
			throw new Refusal('rule', 'A moderator has hidden this post. You can read why beside it, and write to them.');
		if (post.nameless) {
			await changeLater(tx, post.id, post.removedAt ? 'stands' : null, now);
			return place;
		}
		if (post.removedAt) await tx.update(posts).set({ removedAt: null, removedAs: null }).where(eq(posts.id, post.id));
		// What a moderator hid stays hidden.
		if (thread.withheldAt && thread.withheldAs !== 'hidden' && post.number === 1)
			await tx.update(threads).set({ withheldAt: null }).where(eq(threads.id, thread.id));
		return place;
	});

/** Keeps what becomes of a post without a name until some minute of the next five; what waits for the same already goes on waiting. */
const changeLater = (tx: Tx, postId: string, changeTo: 'taken-back' | 'stands' | null, now: Date) =>
	tx
		.update(namelessPosts)
		.set({ changeTo, changeAt: changeTo && publishAt('word', now, randomInt) })
		.where(and(eq(namelessPosts.postId, postId), sql`${namelessPosts.changeTo} is distinct from ${changeTo}::text`));

export type RevisionShown = {
	revision: number;
	at: string;
	html: string;
	/** How many files came and went with it. */
	filesAdded: number;
	filesTakenOff: number;
};

/** What a post said before, newest first, for whoever reads it now. @throws Refusal not-found */
export const readHistory = (
	db: Database,
	person: Person,
	postId: string
): Promise<{ threadId: string; number: number; title: string; cohort: Cohort; revisions: RevisionShown[] }> =>
	db.asPerson(person.id, async (tx) => {
		const { post, thread, cohort } = await ownPost(tx, person, postId);
		const rows = await tx
			.select({
				revision: postWords.revision,
				at: postWords.writtenAt,
				body: postWords.body,
				filesAdded: postWords.filesAdded,
				filesTakenOff: postWords.filesTakenOff
			})
			.from(postWords)
			.where(eq(postWords.postId, post.id))
			.orderBy(asc(postWords.revision));
		if (rows.length === 0) throw notFound('post');
		const { names } = await namesFor(
			tx,
			person,
			rows.map(({ body }) => body)
		);
		return {
			threadId: thread.id,
			number: post.number,
			title: thread.title,
			cohort,
			revisions: rows
				.map(({ at, body, ...one }) => ({ ...one, at: at.toISOString(), html: renderBody(body, names) }))
				.reverse()
		};
	});

/** The words of one's own post and its files, to change them. @throws Refusal not-found, or not-allowed */
export const readOwnBody = (db: Database, person: Person, postId: string) =>
	db.asPerson(person.id, async (tx) => {
		const { post, thread, own } = await ownPost(tx, person, postId);
		if (!own) throw new Refusal('not-allowed', 'Only whoever wrote a post changes it.');
		const [standing] = await tx
			.select({ body: postWords.body, words: postWords.words })
			.from(postWords)
			.where(and(eq(postWords.postId, post.id), eq(postWords.revision, post.revision)));
		if (!standing) throw notFound('post');
		const files = await listPostFiles(tx, post.id);
		return { threadId: thread.id, number: post.number, revision: post.revision, files, ...standing };
	});
