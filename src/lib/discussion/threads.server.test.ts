import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { markHelped, react } from './answering.server.ts';
import { listCohorts, readCohort } from './cohorts.server.ts';
import { cases } from './policy.cases.ts';
import {
	addPost,
	bringBackPost,
	editPost,
	openThread,
	readHistory,
	renameThread,
	takeBackPost
} from './posting.server.ts';
import { markAllRead, markRead, markUnread } from './reading.server.ts';
import { postReactions, posts, postWords, threads } from './schema.server.ts';
import { readChanges, readThread, windowFrom } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	world = await plantCohort(db);
});

const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);
const who = (key: Talker) => world.people[key];
const opening = (more: Record<string, unknown> = {}) => ({
	cohortId: world.cohortId,
	microcredentialId: world.waiting,
	kind: 'question',
	title: 'Five seconds feels like for ever',
	text: 'How do you stand the silence?',
	form: uuidv7(),
	...more
});
const open = async (key: Talker = 'ana', more: Record<string, unknown> = {}) =>
	(await openThread(db, who(key), opening(more))).threadId;
const say = (key: Talker, threadId: string, text: string, more: Record<string, unknown> = {}) =>
	addPost(db, who(key), threadId, { text, form: uuidv7(), ...more });
const read = (key: Talker, threadId: string, at?: unknown) => readThread(db, who(key), threadId, { at });

describe('saying something', () => {
	test('a thread is opened with its first post, and everybody of the cohort reads it', async () => {
		const threadId = await open();
		for (const key of ['ana', 'ben', 'mentor', 'coach', 'moderator'] as const) {
			const { thread, posts, audience, competency } = await read(key, threadId);
			expect(thread).toMatchObject({ title: 'Five seconds feels like for ever', kind: 'question', posts: 1 });
			expect(posts).toMatchObject([
				{ number: 1, html: '<p>How do you stand the silence?</p>', by: { name: 'Ana Ruiz' }, own: key === 'ana' }
			]);
			expect(audience).toBe(6); // three teachers, the mentor, the coach, the moderator
			expect(competency.title).toBe('Wait time');
		}
	});

	test('nobody else finds it: not the cohort next door, not the manager of the program', async () => {
		const threadId = await open();
		for (const key of ['next', 'manager'] as const) {
			expect(await reasonOf(read(key, threadId))).toBe('not-found');
			expect(await reasonOf(say(key, threadId, 'Hello?'))).toBe('not-found');
			expect(await reasonOf(openThread(db, who(key), opening()))).toBe('not-found');
			expect(await reasonOf(readCohort(db, who(key), world.cohortId))).toBe('not-found');
		}
	});

	test('the same form sent twice is one thread and one post, also at once', async () => {
		const asked = opening();
		const [one, two] = await Promise.all([openThread(db, who('ana'), asked), openThread(db, who('ana'), asked)]);
		expect(two).toEqual(one);
		const form = uuidv7();
		const sent = await Promise.all(
			[1, 2, 3].map(() => addPost(db, who('ben'), one.threadId, { text: 'I count on my fingers.', form }))
		);
		expect(new Set(sent.map(({ postId }) => postId)).size).toBe(1);
		const { thread, posts } = await read('ana', one.threadId);
		expect([thread.posts, posts.map(({ number }) => number)]).toEqual([2, [1, 2]]);
	});

	test('a form that is sent again with other words, as after going back, is another post, and that one is posted once too', async () => {
		const threadId = await open();
		const form = uuidv7();
		for (const text of ['Fingers.', 'Fingers.', 'Toes.', 'Toes.', 'Fingers.'])
			await addPost(db, who('ben'), threadId, { text, form });
		expect((await read('ana', threadId)).posts.map(({ html }) => html)).toEqual([
			'<p>How do you stand the silence?</p>',
			'<p>Fingers.</p>',
			'<p>Toes.</p>'
		]);
		const asked = opening();
		const first = await openThread(db, who('ana'), asked);
		const second = await openThread(db, who('ana'), { ...asked, text: 'Something else' });
		expect(second.threadId).not.toBe(first.threadId);
		expect(await openThread(db, who('ana'), { ...asked, text: 'Something else' })).toMatchObject(second);
		// And the form of a thread is none of an answer elsewhere.
		await addPost(db, who('ana'), second.threadId, { text: 'How do you stand the silence?', form: asked.form });
		expect((await read('ana', second.threadId)).thread.posts).toBe(2);
	});

	test('somebody else’s form id is no way to their post', async () => {
		const form = uuidv7();
		const threadId = await open();
		await addPost(db, who('ben'), threadId, { text: 'Mine', form });
		await expect(addPost(db, who('cleo'), threadId, { text: 'Not mine', form })).rejects.toThrow();
		expect((await read('ana', threadId)).thread.posts).toBe(2);
	});

	test.for<[what: string, more: Record<string, unknown>]>([
		['no competency of the program', { microcredentialId: 'elsewhere' }],
		['no kind', { kind: 'rant' }],
		['a title of nothing to see', { title: ' \u200b ' }],
		['a title without end', { title: 'x'.repeat(161) }],
		['no words', { text: '  \n ' }],
		['words without end', { text: 'x'.repeat(10_001) }],
		['no form', { form: 'again' }],
		['six files', { files: Array.from({ length: 6 }, uuidv7) }],
		['a file that is not there', { files: [uuidv7()] }],
		['a body that is none', { body: '{"type":"doc","content":[{"type":"script"}]}' }]
	])('%s is refused with a sentence, and nothing is kept', async ([, more]) => {
		if (more.microcredentialId) more = { microcredentialId: world.elsewhere };
		expect(await reasonOf(openThread(db, who('ana'), opening(more)))).toBe('rule');
		expect((await readCohort(db, who('ana'), world.cohortId)).threads).toEqual([]);
	});

	test('a closed thread takes no post, and says that nothing is lost', async () => {
		const threadId = await open();
		await db.asOwner((tx) => tx.update(threads).set({ lockedAt: new Date() }).where(eq(threads.id, threadId)));
		await expect(say('ben', threadId, 'Too late')).rejects.toThrow(/locked this thread.*still in the form/s);
		// What would slip by the verb is not taken by the table.
		const taken = await db.asPerson(who('ben').id, (tx) =>
			tx
				.insert(posts)
				.values({ threadId, cohortId: world.cohortId, authorId: who('ben').id, formId: uuidv7() })
				.returning({ id: posts.id })
		);
		expect(taken).toEqual([]);
	});

	test('a quotation is what the other really says', async () => {
		const threadId = await open();
		const first = (await read('ana', threadId)).posts[0]!.id;
		await say('ben', threadId, 'Fingers.', { quotes: first, quote: 'stand  the\nsilence' });
		expect((await read('ana', threadId)).posts[1]!.quote).toMatchObject({
			number: 1,
			text: 'stand the silence',
			by: { name: 'Ana Ruiz' }
		});
		expect(await reasonOf(say('ben', threadId, 'Ha', { quotes: first, quote: 'I hate silence' }))).toBe('rule');
		expect(await reasonOf(say('ben', await open(), 'Ha', { quotes: first }))).toBe('rule');
		await takeBackPost(db, who('ana'), first);
		expect((await read('cleo', threadId)).posts[1]!.quote).toMatchObject({ number: 1, text: null });
	});
});

describe('changing one’s words', () => {
	test('the newest stand, the older are in the history, and another window’s are not replaced unseen', async () => {
		const threadId = await open();
		const post = (await read('ana', threadId)).posts[0]!;
		await editPost(db, who('ana'), post.id, { text: 'How do you bear it?', on: 1 });
		const [now] = (await read('ben', threadId)).posts;
		expect(now).toMatchObject({ html: '<p>How do you bear it?</p>', revision: 2 });
		expect(now!.editedAt).not.toBeNull();
		expect((await readHistory(db, who('ben'), post.id)).revisions.map(({ html }) => html)).toEqual([
			'<p>How do you bear it?</p>',
			'<p>How do you stand the silence?</p>'
		]);
		expect(await reasonOf(editPost(db, who('ana'), post.id, { text: 'From an old window', on: 1 }))).toBe('rule');
		expect(await reasonOf(editPost(db, who('ben'), post.id, { text: 'Not mine', on: 2 }))).toBe('not-allowed');
		expect(await reasonOf(editPost(db, who('next'), post.id, { text: 'Not mine', on: 2 }))).toBe('not-found');
	});

	test('whoever opened a thread names it', async () => {
		const threadId = await open();
		await renameThread(db, who('ana'), threadId, 'Silence');
		expect((await read('ben', threadId)).thread.title).toBe('Silence');
		expect(await reasonOf(renameThread(db, who('ben'), threadId, 'Noise'))).toBe('not-allowed');
	});

	test('what is taken back is read by its author and the moderator, and comes back whole', async () => {
		const threadId = await open();
		const { postId } = await say('ben', threadId, 'I regret this.');
		await takeBackPost(db, who('ben'), postId);
		const htmlFor = async (key: Talker) => (await read(key, threadId)).posts[1]!.html;
		expect(await Promise.all((['ana', 'mentor', 'coach'] as const).map(htmlFor))).toEqual([null, null, null]);
		expect([await htmlFor('ben'), await htmlFor('moderator')]).toEqual([
			'<p>I regret this.</p>',
			'<p>I regret this.</p>'
		]);
		expect((await read('ana', threadId)).posts[1]!.removedAs).toBe('taken-back');
		expect(await reasonOf(readHistory(db, who('ana'), postId))).toBe('not-found');
		expect(await reasonOf(bringBackPost(db, who('ana'), postId))).toBe('not-allowed');
		await bringBackPost(db, who('ben'), postId);
		expect(await htmlFor('ana')).toBe('<p>I regret this.</p>');
	});

	test('a thread in which nothing else was said goes with its first post, and another stays', async () => {
		const [alone, answered] = [await open(), await open()];
		await say('ben', answered, 'Fingers.');
		for (const threadId of [alone, answered])
			await takeBackPost(db, who('ana'), (await read('ana', threadId)).posts[0]!.id);
		expect(await reasonOf(read('ben', alone))).toBe('not-found');
		expect((await read('ben', answered)).posts.map(({ html }) => html)).toEqual([null, '<p>Fingers.</p>']);
		await bringBackPost(db, who('ana'), (await read('ana', alone)).posts[0]!.id);
		expect((await read('ben', alone)).posts[0]!.html).toBe('<p>How do you stand the silence?</p>');
	});

	test('what a moderator hid, its author does not bring back, at no door and no table', async () => {
		const threadId = await open();
		const { postId } = await say('ben', threadId, 'Unkind.');
		await db.asPerson(who('moderator').id, (tx) =>
			tx.update(posts).set({ removedAt: new Date(), removedAs: 'hidden' }).where(eq(posts.id, postId))
		);
		expect(await reasonOf(bringBackPost(db, who('ben'), postId))).toBe('rule');
		await expect(
			db.asPerson(who('ben').id, (tx) =>
				tx.update(posts).set({ removedAt: null, removedAs: null }).where(eq(posts.id, postId))
			)
		).rejects.toThrow();
		// Nor does anybody hide a fellow's post, or write into it.
		const { postId: anas } = await say('ana', threadId, 'Kind.');
		await expect(
			db.asPerson(who('ben').id, (tx) =>
				tx.insert(postWords).values({
					postId: anas,
					revision: 2,
					cohortId: world.cohortId,
					threadId,
					authorId: who('ben').id,
					body: { type: 'doc', content: [] },
					words: 'Changed by another'
				})
			)
		).rejects.toThrow();
		expect((await read('cleo', threadId)).posts[2]!.html).toBe('<p>Kind.</p>');
	});
});

describe('answering without words', () => {
	test('each counts once, sees their own, and takes it back; one’s own post is not for oneself', async () => {
		const threadId = await open();
		const post = (await read('ana', threadId)).posts[0]!.id;
		for (const key of ['ben', 'ben', 'cleo'] as const) await react(db, who(key), post, { kind: 'thanks', on: true });
		await react(db, who('ben'), post, { kind: 'tried', on: true });
		expect((await read('ben', threadId)).posts[0]).toMatchObject({ tried: 1, thanks: 2, mine: ['thanks', 'tried'] });
		expect((await read('ana', threadId)).posts[0]).toMatchObject({ tried: 1, thanks: 2, mine: [] });
		await react(db, who('ben'), post, { kind: 'thanks', on: false });
		await react(db, who('ben'), post, { kind: 'thanks', on: false });
		expect((await read('cleo', threadId)).posts[0]).toMatchObject({ tried: 1, thanks: 1 });
		expect(await reasonOf(react(db, who('ana'), post, { kind: 'thanks', on: true }))).toBe('rule');
		expect(await reasonOf(react(db, who('ben'), post, { kind: 'hearts', on: true }))).toBe('rule');
		expect(await reasonOf(react(db, who('next'), post, { kind: 'thanks', on: true }))).toBe('not-found');
	});

	test('whoever asked says which reply helped, and nobody says it of their own', async () => {
		const threadId = await open();
		const { postId } = await say('ben', threadId, 'Fingers.');
		const { postId: own } = await say('ana', threadId, 'I found out.');
		await markHelped(db, who('ana'), threadId, postId);
		expect((await read('cleo', threadId)).thread.helped).toEqual({ id: postId, number: 2 });
		expect(await reasonOf(markHelped(db, who('ben'), threadId, postId))).toBe('not-allowed');
		expect(await reasonOf(markHelped(db, who('ana'), threadId, own))).toBe('rule');
		expect(await reasonOf(markHelped(db, who('ana'), await open('ana', { kind: 'strategy' }), postId))).toBe('rule');
		await markHelped(db, who('ana'), threadId, null);
		expect((await read('cleo', threadId)).thread.helped).toBeNull();
	});
});

describe('what is new', () => {
	test('is what others said since, on all devices, and stays new until it was seen', async () => {
		const threadId = await open();
		await say('ben', threadId, 'Two');
		await say('ana', threadId, 'Three, my own');
		await say('cleo', threadId, 'Four');
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 2, count: 2 });
		expect((await read('ben', threadId)).unread).toMatchObject({ first: 1, count: 3, since: null });
		await markRead(db, who('ana'), threadId, 3);
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 4, count: 1, since: null });
		await say('cleo', threadId, 'Five');
		// Not all of it came since.
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 4, count: 2, since: null });
		await markRead(db, who('ana'), threadId, 5);
		// In the same thousandth of a second nobody has been away.
		await new Promise((done) => setTimeout(done, 20));
		await say('cleo', threadId, 'Six');
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 6, count: 1, since: 'you last looked' });
		// A phone that was offline says later what it saw earlier.
		expect(await markRead(db, who('ana'), threadId, 1)).toEqual({ upTo: 5 });
		await markRead(db, who('ana'), threadId, 999);
		expect((await read('ana', threadId)).unread).toBeNull();
		await markUnread(db, who('ana'), threadId, 2);
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 2, count: 4 });
		for (const nonsense of ['x', -5, NaN, null, {}]) {
			await markRead(db, who('ana'), threadId, nonsense);
			await markUnread(db, who('ana'), threadId, nonsense);
		}
		expect((await read('ana', threadId)).unread).toMatchObject({ first: 2, count: 4 });
	});

	test('is counted by competency and cohort, without what was taken back, and read all at once', async () => {
		const [one, two] = [await open('ben'), await open('ben', { microcredentialId: world.norms })];
		await say('cleo', one, 'A');
		const { postId } = await say('cleo', two, 'B');
		const counts = async () => {
			const { competencies, unread } = await readCohort(db, who('ana'), world.cohortId);
			return [unread, ...competencies.map((one) => one.unread)];
		};
		expect(await counts()).toEqual([4, 2, 2]);
		expect(await listCohorts(db, who('ana'))).toMatchObject([{ name: 'Cohort A', unread: 4, since: null }]);
		await takeBackPost(db, who('cleo'), postId);
		expect(await counts()).toEqual([3, 2, 1]);
		await markAllRead(db, who('ana'), world.cohortId, world.norms);
		expect(await counts()).toEqual([2, 2, 0]);
		await markAllRead(db, who('ana'), world.cohortId);
		expect(await counts()).toEqual([0, 0, 0]);
		expect(await listCohorts(db, who('ana'))).toMatchObject([{ unread: 0, since: null }]);
		// In three days, what is said now is new since today; whoever is still reading has not been away.
		const later = new Date(Date.now() + 3 * 86_400_000);
		const [card] = await listCohorts(db, who('ana'), later);
		expect(card!.since).toMatch(/day$/);
		await say('cleo', one, 'C');
		expect((await listCohorts(db, who('ana'), later))[0]).toMatchObject({ unread: 1, fresh: 1, since: card!.since });
	});
});

describe('an open page', () => {
	test('asks for what changed since its version: new, edited, taken back, thanked; and nothing twice', async () => {
		const threadId = await open();
		let version = (await read('ben', threadId)).thread.version;
		const changed = async () => {
			const { thread, posts } = await readChanges(db, who('ben'), threadId, version);
			expect(thread.version).toBeGreaterThanOrEqual(version);
			version = thread.version;
			return posts.map(({ number }) => number);
		};
		expect(await changed()).toEqual([]);
		const { postId } = await say('cleo', threadId, 'Two');
		await say('cleo', threadId, 'Three');
		expect(await changed()).toEqual([2, 3]);
		await editPost(db, who('cleo'), postId, { text: 'Two, better', on: 1 });
		expect(await changed()).toEqual([2]);
		await react(db, who('ana'), postId, { kind: 'tried', on: true });
		await takeBackPost(db, who('cleo'), postId);
		expect(await changed()).toEqual([2]);
		expect(await changed()).toEqual([]);
		await markHelped(db, who('ana'), threadId, (await say('cleo', threadId, 'Four')).postId);
		expect(await changed()).toEqual([4]);
	});

	test.for<[all: number, wanted: number | null, from: number]>([
		[1, null, 1],
		[50, null, 1],
		[51, null, 2],
		[2000, null, 1951],
		[2000, 700, 700],
		[2000, 1990, 1951],
		[30, 20, 1],
		[2000, 9999, 1951]
	])('of %i posts, asked for %s, it shows those from %i on', ([all, wanted, from]) => {
		expect(windowFrom(all, wanted)).toBe(from);
	});
});

test('whoever leaves a cohort reads no thread of it from that moment, and keeps what they wrote', async () => {
	const threadId = await open();
	const { postId } = await say('ben', threadId, 'Mine to keep');
	await db.asOwner((tx) =>
		tx
			.update(enrollments)
			.set({ cohortId: world.nextId })
			.where(eq(enrollments.personId, who('ben').id))
	);
	expect(await reasonOf(read('ben', threadId))).toBe('not-found');
	expect(await reasonOf(say('ben', threadId, 'Still here?'))).toBe('not-found');
	expect(await reasonOf(editPost(db, who('ben'), postId, { text: 'Changed', on: 1 }))).toBe('not-found');
	const mine = await db.asPerson(who('ben').id, (tx) => tx.select({ words: postWords.words }).from(postWords));
	expect(mine).toEqual([{ words: 'Mine to keep' }]);
	// The others go on reading it, under a name.
	expect((await read('ana', threadId)).posts[1]).toMatchObject({
		by: { name: 'Ben Okafor' },
		html: '<p>Mine to keep</p>'
	});
});

test.for(cases)('the tables say of a %s (own: %s, removed: %s, locked: %s) as the policy does: %o', async (given) => {
	const [standing, own, removed, locked, can] = given;
	const threadId = await open('cleo');
	const key: Talker =
		standing === 'moderator'
			? 'moderator'
			: standing === 'member'
				? 'ben'
				: standing === 'manager'
					? 'manager'
					: 'next';
	let postId: string;
	if (own && standing === 'stranger') {
		const seat = (cohortId: string) =>
			db.asOwner((tx) =>
				tx
					.update(enrollments)
					.set({ cohortId })
					.where(eq(enrollments.personId, who('next').id))
			);
		await seat(world.cohortId);
		({ postId } = await say('next', threadId, 'Words'));
		await seat(world.nextId);
	} else ({ postId } = await say(own ? key : 'cleo', threadId, 'Words'));
	await db.asOwner(async (tx) => {
		if (removed)
			await tx.update(posts).set({ removedAt: new Date(), removedAs: 'taken-back' }).where(eq(posts.id, postId));
		if (locked) await tx.update(threads).set({ lockedAt: new Date() }).where(eq(threads.id, threadId));
	});
	const attempt = async (work: Parameters<typeof db.asPerson<unknown[]>>[1]) => {
		const undo = new Error('undo');
		let rows = 0;
		await db
			.asPerson(who(key).id, async (tx) => {
				rows = (await work(tx)).length;
				throw undo;
			})
			.catch(() => {});
		return rows > 0;
	};
	expect({
		read: await attempt((tx) =>
			tx.select({ words: postWords.words }).from(postWords).where(eq(postWords.postId, postId))
		),
		post: await attempt((tx) =>
			tx
				.insert(posts)
				.values({ threadId, cohortId: world.cohortId, authorId: who(key).id, formId: uuidv7() })
				.returning({ id: posts.id })
		),
		takeBack: await attempt((tx) =>
			tx
				.update(posts)
				.set(removed ? { removedAt: null, removedAs: null } : { removedAt: new Date(), removedAs: 'taken-back' })
				.where(eq(posts.id, postId))
				.returning({ id: posts.id })
		)
	}).toEqual({ read: can.read, post: can.post, takeBack: can.takeBack });
});

test('what somebody said goes with their account, and the places stay', async () => {
	const threadId = await open();
	const { postId } = await say('ben', threadId, 'Secret of Ben');
	await say('cleo', threadId, 'Yes.', { quotes: postId, quote: 'Secret of Ben' });
	await db.asOwner((tx) =>
		tx.execute(
			sql`update people set deactivated_at = now(), deletion_asked_at = now(), deleted_at = now(), name = 'Somebody who left' where id = ${who('ben').id}`
		)
	);
	const { posts: shown } = await read('ana', threadId);
	expect(shown.map(({ by, html, quote }) => [by.kind, html, quote?.text ?? null])).toEqual([
		['person', '<p>How do you stand the silence?</p>', null],
		['gone', null, null],
		['person', '<p>Yes.</p>', null]
	]);
	const all = await db.asOwner((tx) => tx.select({ words: postWords.words }).from(postWords));
	expect(JSON.stringify(all)).not.toContain('Secret of Ben');
});

test('nobody sees by a number whose account went', async () => {
	const threadId = await open();
	const { postId } = await say('cleo', threadId, 'I count to five.');
	for (const key of ['ana', 'ben'] as const) await react(db, who(key), postId, { kind: 'thanks', on: true });
	const before = await read('cleo', threadId);
	expect(before.posts[1]).toMatchObject({ thanks: 2 });
	await db.asOwner((tx) =>
		tx.execute(
			sql`update people set deactivated_at = now(), deletion_asked_at = now(), deleted_at = now(), name = 'Somebody who left' where id = ${who('ben').id}`
		)
	);
	const after = await read('cleo', threadId);
	expect(after.posts[1]).toEqual(before.posts[1]);
	expect(after.thread).toEqual(before.thread);
	// The row that said so is gone; whoever is there still takes theirs back.
	const rows = await db.asOwner((tx) => tx.select().from(postReactions).where(eq(postReactions.postId, postId)));
	expect(rows.map(({ personId }) => personId)).toEqual([who('ana').id]);
	await react(db, who('ana'), postId, { kind: 'thanks', on: false });
	expect((await read('cleo', threadId)).posts[1]).toMatchObject({ thanks: 1 });
});
