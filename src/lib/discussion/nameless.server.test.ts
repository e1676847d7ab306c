import { and, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { emailAddresses, organizations, people } from '#lib/identity/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { markHelped } from './answering.server.ts';
import { hidePost } from './moderation.server.ts';
import { waits } from './nameless.ts';
import {
	addNamelessWord,
	askNameless,
	publishNameless,
	readNamelessOffer,
	readOwnNameless,
	takeBackWaiting
} from './nameless.server.ts';
import { addPost, bringBackPost, editPost, openThread, renameThread, takeBackPost } from './posting.server.ts';
import { readReveal, revealAuthor, revealsIn } from './reveal.server.ts';
import { authorReveals, cohortModerators, namelessPosts, posts, threads } from './schema.server.ts';
import { readThread } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	// What the test before left waiting goes out now, and not in the midst of this one.
	await publishNameless(db, later(500 * 24 * 3_600_000));
	world = await plantCohort(db);
});

const whence = { network: null, userAgent: null };
const later = (ms: number) => new Date(Date.now() + ms);
const quarter = 15 * 60_000;
const refused = (work: Promise<unknown>) =>
	work.then(
		() => ({ reason: 'done', message: '' }),
		(error: unknown) =>
			error instanceof Refusal ? { reason: error.reason as string, message: error.message } : Promise.reject(error)
	);
const reasonOf = async (work: Promise<unknown>) => (await refused(work)).reason;
const who = (key: Talker) => world.people[key];
const question = (more: Record<string, unknown> = {}) => ({
	cohortId: world.cohortId,
	microcredentialId: world.waiting,
	title: 'Does it ever get quiet?',
	text: 'I shout every day, and I hate it.',
	form: uuidv7(),
	...more
});
const ask = (key: Talker = 'ana', more: Record<string, unknown> = {}, now?: Date) =>
	askNameless(db, who(key), question(more), now);
const out = async (key: Talker = 'ana', more: Record<string, unknown> = {}) => {
	const { id } = await ask(key, more);
	await publishNameless(db, later(quarter + 1000));
	return (await row(id)).threadId!;
};
const row = async (id: string) => {
	const [found] = await db.asOwner((tx) => tx.select().from(namelessPosts).where(eq(namelessPosts.id, id)));
	return found!;
};

describe('asking', () => {
	test('nobody reads it before its moment, and at it everybody does, without a name', async () => {
		const { id } = await ask();
		expect(await publishNameless(db)).toEqual([]);
		for (const key of ['ben', 'mentor', 'coach', 'moderator', 'manager'] as const)
			expect(await db.asPerson(who(key).id, (tx) => tx.select().from(namelessPosts))).toEqual([]);
		const [threadId, ...more] = await publishNameless(db, later(quarter + 1000));
		expect(more).toEqual([]);
		for (const key of ['ben', 'mentor', 'coach', 'moderator'] as const) {
			const page = await readThread(db, who(key), threadId!);
			expect(page.thread).toMatchObject({ kind: 'question', nameless: true, own: false, posts: 1 });
			expect(page.posts).toMatchObject([
				{ by: { kind: 'nameless' }, own: false, html: expect.stringContaining('shout') }
			]);
			expect(JSON.stringify(page)).not.toContain(who('ana').id);
			expect(JSON.stringify(page)).not.toContain(id);
		}
		expect((await readThread(db, who('ana'), threadId!)).posts).toMatchObject([
			{ by: { kind: 'nameless' }, own: true }
		]);
		expect(await row(id)).toMatchObject({ threadId, body: null });
		expect(await publishNameless(db, later(2 * quarter))).toEqual([]);
	});
	test('the moment is drawn between one and fifteen minutes, and for a further word between one and five', async () => {
		const now = new Date();
		const moments: number[] = [];
		for (let i = 0; i < 40; i++) {
			// Each of somebody who has said something for long: this is about the moment and not about pace.
			const { id } = await ask('ana', { form: uuidv7() }, new Date(now.getTime() - 90_000_000 - i * 90_000_000));
			const { askedAt, publishAt } = await row(id);
			moments.push(publishAt.getTime() - askedAt.getTime());
			await takeBackWaiting(db, who('ana'), id);
		}
		expect(Math.min(...moments)).toBeGreaterThanOrEqual(waits.question.from);
		expect(Math.max(...moments)).toBeLessThanOrEqual(waits.question.to);
		// Not one of them in the second of the other: whoever knows when somebody typed knows nothing.
		expect(new Set(moments.map((ms) => Math.round(ms / 1000))).size).toBeGreaterThan(30);
		expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThan(5 * 60_000);
		const threadId = await out();
		const { id } = await addNamelessWord(db, who('ana'), threadId, { text: 'And now?', form: uuidv7() });
		const word = await row(id);
		const waited = word.publishAt.getTime() - word.askedAt.getTime();
		expect(waited).toBeGreaterThanOrEqual(waits.word.from);
		expect(waited).toBeLessThanOrEqual(waits.word.to);
	});
	test('the ids of what is out tell no moment, and no id of the form', async () => {
		const { id } = await ask();
		const [threadId] = await publishNameless(db, later(quarter + 1000));
		const [found] = await db.asOwner((tx) =>
			tx
				.select({ thread: threads, post: posts })
				.from(threads)
				.innerJoin(posts, eq(posts.threadId, threads.id))
				.where(eq(threads.id, threadId!))
		);
		// Version 4: nothing in it but chance.
		for (const made of [found!.thread.id, found!.post.id, found!.thread.formId, found!.post.formId])
			expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
		expect(JSON.stringify(found)).not.toContain(id);
		expect(found!.thread.createdAt.getTime()).toBe(found!.post.createdAt.getTime());
	});
	test('one form that arrives five times is one question, after it is out as well', async () => {
		const form = uuidv7();
		await Promise.all([ask('ana', { form }), ask('ana', { form }), ask('ana', { form })]);
		await publishNameless(db, later(quarter + 1000));
		await ask('ana', { form });
		expect(await publishNameless(db, later(2 * quarter))).toEqual([]);
		// Of somebody else, the same id is a form that is not whole, and nothing is told of whose it is.
		expect(await reasonOf(ask('ben', { form }))).toBe('rule');
	});
	test('it can be taken back until it is out', async () => {
		const { id } = await ask();
		expect(await reasonOf(takeBackWaiting(db, who('ben'), id))).toBe('done');
		expect((await readOwnNameless(db, who('ana'))).waiting).toMatchObject([
			{ id, title: 'Does it ever get quiet?', words: 'I shout every day, and I hate it.', stuck: null }
		]);
		await takeBackWaiting(db, who('ana'), id);
		await takeBackWaiting(db, who('ana'), id);
		expect(await publishNameless(db, later(quarter + 1000))).toEqual([]);
		const { id: other } = await ask();
		await publishNameless(db, later(quarter + 1000));
		expect(await refused(takeBackWaiting(db, who('ana'), other))).toMatchObject({
			reason: 'rule',
			message: expect.stringContaining('out already')
		});
	});
	test('not offered where nobody looks after the cohort, or so few read that everybody could guess', async () => {
		expect(await readNamelessOffer(db, who('ana'), world.cohortId)).toMatchObject({
			why: null,
			promises: expect.arrayContaining([expect.stringContaining('Moe Derat can look')])
		});
		await db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ status: 'withdrawn' })
				.where(eq(enrollments.personId, who('cleo').id))
		);
		expect((await readNamelessOffer(db, who('ana'), world.cohortId)).why).toContain('So few');
		expect(await reasonOf(ask())).toBe('rule');
		await db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ status: 'active' })
				.where(eq(enrollments.personId, who('cleo').id))
		);
		// The one moderator asks: nobody would be there for whom they are accountable.
		expect((await readNamelessOffer(db, who('moderator'), world.cohortId)).why).toContain('Nobody but you looks after');
		await db.asOwner((tx) =>
			tx.update(cohortModerators).set({ untilAt: new Date() }).where(eq(cohortModerators.cohortId, world.cohortId))
		);
		expect((await readNamelessOffer(db, who('ana'), world.cohortId)).why).toContain('Nobody looks after');
		expect(await refused(ask())).toMatchObject({
			reason: 'rule',
			message: expect.stringContaining('still in the form')
		});
	});
	test.for(['manager', 'next'] as const)('not by %s, who does not read there', async (key) => {
		expect(await reasonOf(ask(key))).toBe('not-found');
	});
	test('a name, a school or an address in it is named first, and asked only when that is meant', async () => {
		const school = uuidv7();
		await db.asOwner(async (tx) => {
			await tx.insert(organizations).values({
				id: school,
				kind: 'district',
				name: 'Maple Hollow Schools',
				timeZone: 'America/Chicago',
				parentId: (
					await tx.select({ id: organizations.id }).from(organizations).where(eq(organizations.kind, 'state'))
				)[0]!.id
			});
			await tx
				.update(people)
				.set({ organizationId: school })
				.where(eq(people.id, who('ana').id));
			await tx
				.insert(emailAddresses)
				.values({ address: `aruizz.${school}@maplehollow.example`, personId: who('ana').id, kind: 'school' });
		});
		for (const [text, says] of [
			['They call me Mrs Ruiz.', 'your name'],
			['At Maple Hollow it is loud.', 'Maple Hollow Schools'],
			['My page is https://maplehollow.example/room-7', 'e-mail address'],
			['Mira says I should wait.', 'who mentors you']
		] as const) {
			const { reason, message } = await refused(ask('ana', { text }));
			expect([reason, message]).toEqual(['rule', expect.stringContaining(says)]);
		}
		await ask('ana', { text: 'They call me Mrs Ruiz.', sure: true });
		await ask('ana', { text: 'The schools here are loud.' });
	});
	test('no files, and not more than five that wait', async () => {
		expect(await reasonOf(ask('ana', { files: [uuidv7()] }))).toBe('rule');
		const before = Date.now() - 400 * 24 * 3_600_000;
		// Of somebody who is not new, spread over days, so that only the number that waits is in question.
		for (let i = 0; i < 5; i++) await ask('ana', {}, new Date(before + i * 24 * 3_600_000));
		expect(await reasonOf(ask('ana'))).toBe('too-many');
	});
});

describe('publishing', () => {
	test('a fault in the middle undoes all of it, and the next round says it once', async () => {
		const { id } = await ask();
		const broken: Database = {
			...db,
			asService: (work) =>
				db.asService((tx) =>
					work(
						new Proxy(tx, {
							get: (target, name) =>
								name === 'update'
									? () => {
											throw new Error('the line broke');
										}
									: Reflect.get(target, name)
						}) as Tx
					)
				)
		};
		await publishNameless(broken, later(quarter + 1000)).catch(() => {});
		const said = () => db.asOwner((tx) => tx.select().from(threads).where(eq(threads.cohortId, world.cohortId)));
		expect(await said()).toEqual([]);
		expect(await row(id)).toMatchObject({ postId: null, threadId: null });
		expect(await publishNameless(db, later(quarter + 1000))).toHaveLength(1);
		expect(await said()).toHaveLength(1);
	});
	test('one that can not go keeps nobody else’s: of somebody who left, and in a closed thread', async () => {
		const threadId = await out('ana');
		const { id: stuck } = await addNamelessWord(db, who('ana'), threadId, { text: 'Still loud.', form: uuidv7() });
		await db.asOwner((tx) => tx.update(threads).set({ lockedAt: new Date() }).where(eq(threads.id, threadId)));
		const { id: left } = await ask('cleo');
		const { id } = await ask('ben');
		await db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ cohortId: world.nextId })
				.where(eq(enrollments.personId, who('cleo').id))
		);
		await publishNameless(db, later(quarter + 1000));
		expect((await row(id)).postId).not.toBeNull();
		for (const one of [stuck, left]) expect((await row(one)).postId).toBeNull();
		expect((await readOwnNameless(db, who('cleo'))).waiting[0]!.stuck).toContain('not in this cohort');
		const closed = async (as: Partial<typeof threads.$inferInsert>) => {
			await db.asOwner((tx) => tx.update(threads).set(as).where(eq(threads.id, threadId)));
			return (await readOwnNameless(db, who('ana'))).waiting[0]!.stuck;
		};
		expect(await closed({ lockedAt: new Date() })).toContain('has locked the thread');
		expect(await closed({ withheldAt: new Date() })).toContain('has hidden the thread');
		expect(await closed({ lockedAt: null, withheldAt: null })).toBeNull();
		expect(await publishNameless(db, later(quarter + 1000))).toContain(threadId);
	});
	test('whoever comes back is not betrayed by what waited: it is not said any more, and they read why', async () => {
		const { id } = await ask('cleo');
		const sit = (cohortId: string) =>
			db.asOwner((tx) =>
				tx
					.update(enrollments)
					.set({ cohortId })
					.where(eq(enrollments.personId, who('cleo').id))
			);
		await sit(world.nextId);
		await publishNameless(db, later(quarter + 1000));
		await sit(world.cohortId);
		for (const days of [1, 30, 400]) await publishNameless(db, later(days * 24 * 3_600_000));
		expect((await row(id)).postId).toBeNull();
		expect((await readOwnNameless(db, who('cleo'))).waiting[0]!.stuck).toContain('ask again');
		await takeBackWaiting(db, who('cleo'), id);
		expect((await readOwnNameless(db, who('cleo'))).waiting).toEqual([]);
		// Back before its moment came, it is said at that moment, as everybody's is.
		const { id: other } = await ask('cleo');
		await sit(world.nextId);
		await publishNameless(db, later(59_000));
		await sit(world.cohortId);
		await publishNameless(db, later(quarter + 1000));
		expect((await row(other)).postId).not.toBeNull();
	});
});

describe('afterwards', () => {
	test('whoever asked goes on without a name, and under theirs only by saying so', async () => {
		const threadId = await out();
		expect(await refused(addPost(db, who('ana'), threadId, { text: 'Thank you!', form: uuidv7() }))).toMatchObject({
			reason: 'rule',
			message: expect.stringContaining('without a name')
		});
		const reply = await addPost(db, who('ben'), threadId, { text: 'Wait five seconds.', form: uuidv7() });
		await addNamelessWord(db, who('ana'), threadId, { text: 'Five!', quotes: reply.postId, form: uuidv7() });
		expect(await reasonOf(addNamelessWord(db, who('ben'), threadId, { text: 'Me too', form: uuidv7() }))).toBe(
			'not-found'
		);
		await publishNameless(db, later(quarter));
		const { posts: shown } = await readThread(db, who('cleo'), threadId);
		expect(shown.map(({ by, quote }) => [by.kind, quote?.text ?? null])).toEqual([
			['nameless', null],
			['person', null],
			['nameless', 'Wait five seconds.']
		]);
		await addPost(db, who('ana'), threadId, { text: 'I wonder too.', form: uuidv7(), underName: true });
	});
	test('nothing is changed, neither words nor title, by the verbs and by the tables', async () => {
		const threadId = await out();
		const [post] = (await readThread(db, who('ana'), threadId)).posts;
		expect(await reasonOf(editPost(db, who('ana'), post!.id, { text: 'Other', on: 1 }))).toBe('rule');
		expect(await reasonOf(renameThread(db, who('ana'), threadId, 'Another title'))).toBe('rule');
		const as = (query: ReturnType<typeof sql>) => db.asPerson(who('ana').id, (tx) => tx.execute(query));
		await expect(as(sql`update posts set edited_at = now() where id = ${post!.id}::uuid`)).rejects.toThrow();
		await expect(as(sql`update threads set title = 'Other' where id = ${threadId}::uuid`)).rejects.toThrow();
		await expect(
			as(sql`insert into post_words (post_id, revision, cohort_id, thread_id, body, words)
				values (${post!.id}::uuid, 2, ${world.cohortId}::uuid, ${threadId}::uuid, '{}', 'x')`)
		).rejects.toThrow();
	});
	test('what helped is marked some minutes later, and a moderator’s mark at once', async () => {
		const threadId = await out();
		const { postId } = await addPost(db, who('ben'), threadId, { text: 'Wait five seconds.', form: uuidv7() });
		await markHelped(db, who('ana'), threadId, postId);
		const helped = async () => (await readThread(db, who('ben'), threadId)).thread.helped?.id ?? null;
		expect(await helped()).toBeNull();
		expect(await publishNameless(db)).toEqual([]);
		expect(await publishNameless(db, later(5 * 60_000 + 1000))).toEqual([threadId]);
		expect(await helped()).toBe(postId);
		await markHelped(db, who('moderator'), threadId, null);
		expect(await helped()).toBeNull();
		// Nobody else reads what waits to be marked.
		await markHelped(db, who('ana'), threadId, postId);
		for (const key of ['ben', 'moderator', 'manager'] as const)
			expect(
				await db.asPerson(
					who(key).id,
					async (tx) => ((await tx.execute(sql`select * from nameless_marks`)) as unknown as { rows: unknown[] }).rows
				)
			).toEqual([]);
	});
	test('taking back goes some minutes later, and so does bringing back; until then it stays by a word', async () => {
		const threadId = await out();
		const [post] = (await readThread(db, who('ana'), threadId)).posts;
		const seen = async (key: Talker) =>
			readThread(db, who(key), threadId).then(
				({ posts: [first] }) => [first!.removedAs, first!.becomes],
				() => 'nothing'
			);
		const version = async () => (await readThread(db, who('ana'), threadId)).thread.version;
		const before = await version();
		await takeBackPost(db, who('ana'), post!.id);
		// Nothing is different yet, for nobody but whoever asked: no version, no word.
		expect([await seen('ana'), await seen('ben'), await seen('moderator'), await version()]).toEqual([
			[null, 'taken-back'],
			[null, null],
			[null, null],
			before
		]);
		expect(await publishNameless(db)).toEqual([]);
		await bringBackPost(db, who('ana'), post!.id);
		expect(await publishNameless(db, later(6 * 60_000))).toEqual([]);
		expect(await seen('ben')).toEqual([null, null]);
		await takeBackPost(db, who('ana'), post!.id);
		expect(await publishNameless(db, later(59_000))).toEqual([]);
		expect(await publishNameless(db, later(5 * 60_000 + 1000))).toEqual([threadId]);
		expect([await seen('ana'), await seen('ben')]).toEqual([['taken-back', null], 'nothing']);
		await bringBackPost(db, who('ana'), post!.id);
		expect([await seen('ana'), await seen('ben')]).toEqual([['taken-back', 'stands'], 'nothing']);
		expect(await publishNameless(db, later(5 * 60_000 + 1000))).toEqual([threadId]);
		expect((await readThread(db, who('ben'), threadId)).posts[0]!.html).toContain('shout');
	});
	test('at once where whoever asked wants it so; what a moderator hid meanwhile stays hidden; nobody else changes it', async () => {
		const threadId = await out();
		const [post] = (await readThread(db, who('ana'), threadId)).posts;
		for (const key of ['ben', 'moderator', 'mentor'] as const) {
			await expect(takeBackPost(db, who(key), post!.id)).rejects.toMatchObject({ reason: 'not-allowed' });
			const changed = await db.asPerson(who(key).id, (tx) =>
				tx
					.update(namelessPosts)
					.set({ changeAt: new Date(), changeTo: 'taken-back' })
					.returning({ id: namelessPosts.id })
			);
			expect(changed).toEqual([]);
		}
		await addPost(db, who('ben'), threadId, { text: 'No', form: uuidv7() });
		await takeBackPost(db, who('ana'), post!.id);
		await takeBackPost(db, who('ana'), post!.id, new Date(), { atOnce: true });
		expect((await readThread(db, who('ben'), threadId)).posts[0]).toMatchObject({
			removedAs: 'taken-back',
			html: null
		});
		await bringBackPost(db, who('ana'), post!.id);
		await publishNameless(db, later(5 * 60_000 + 1000));
		await takeBackPost(db, who('ana'), post!.id);
		await hidePost(db, who('moderator'), post!.id, 'It names a child');
		await publishNameless(db, later(5 * 60_000 + 1000));
		expect((await readThread(db, who('ben'), threadId)).posts[0]).toMatchObject({ removedAs: 'hidden', html: null });
		await expect(bringBackPost(db, who('ana'), post!.id)).rejects.toMatchObject({ reason: 'rule' });
	});
	test('it makes nobody known to a cohort, and nothing of it is in anybody’s record', async () => {
		await out();
		const left = await db.asOwner(async (tx) => ({
			voices: (
				(await tx.execute(sql`select 1 from cohort_voices where cohort_id = ${world.cohortId}::uuid`)) as unknown as {
					rows: unknown[];
				}
			).rows,
			events: await tx
				.select()
				.from(auditEvents)
				.where(eq(auditEvents.personId, who('ana').id))
		}));
		expect(left).toEqual({ voices: [], events: [] });
	});
});

describe('looking who asked', () => {
	const look = (key: Talker, threadId: string, reason: unknown = 'Somebody may need help today') =>
		revealAuthor(db, { person: who(key), whence }, threadId, reason);
	const seen = (key: Talker, threadId: string) => db.asPerson(who(key).id, (tx) => revealsIn(tx, who(key), threadId));

	test('a moderator writes down why, sees the name, and whoever asked sees who, when and why', async () => {
		const threadId = await out();
		expect((await readReveal(db, who('moderator'), threadId)).author).toBeNull();
		expect(await look('moderator', threadId)).toMatchObject({ id: who('ana').id, name: 'Ana Ruiz' });
		const mine = { by: 'Moe Derat', reason: 'Somebody may need help today' };
		expect(await seen('ana', threadId)).toMatchObject([mine]);
		expect((await readOwnNameless(db, who('ana'))).out).toMatchObject([{ threadId, reveals: [mine] }]);
		for (const key of ['ben', 'mentor', 'coach', 'manager', 'next'] as const)
			expect(await seen(key, threadId)).toEqual([]);
		const page = await readThread(db, who('moderator'), threadId);
		expect(JSON.stringify(page)).not.toContain(who('ana').id);
		const [event] = await db.asPerson(who('ana').id, (tx) =>
			tx
				.select()
				.from(auditEvents)
				.where(and(eq(auditEvents.personId, who('ana').id), eq(auditEvents.kind, 'author-revealed')))
		);
		expect(event).toMatchObject({ byPersonId: who('moderator').id, about: { thread: threadId } });
		expect(JSON.stringify(event!.about)).not.toContain('help today');
	});
	test('looking again is no second act, and nothing takes the first away', async () => {
		const threadId = await out();
		await Promise.all([look('moderator', threadId), look('moderator', threadId, 'And another reason here')]);
		expect(await seen('ana', threadId)).toHaveLength(1);
		for (const key of ['moderator', 'ana', 'manager'] as const) {
			await expect(db.asPerson(who(key).id, (tx) => tx.delete(authorReveals))).rejects.toThrow();
			await expect(
				db.asPerson(who(key).id, (tx) => tx.update(authorReveals).set({ reason: 'something else now' }))
			).rejects.toThrow();
		}
	});
	test.for(['short', '', '          ', 'x'.repeat(501), 7, null])('not with the reason %j', async (reason) => {
		const threadId = await out();
		expect(await reasonOf(look('moderator', threadId, reason))).toBe('rule');
		expect(await seen('ana', threadId)).toEqual([]);
	});
	test.for(['ben', 'mentor', 'coach', 'manager', 'next', 'ana'] as const)('not by %s', async (key) => {
		const threadId = await out();
		expect(await reasonOf(look(key, threadId))).toBe('not-found');
		await expect(
			db.asPerson(who(key).id, (tx) =>
				tx
					.insert(authorReveals)
					.values({ threadId, cohortId: world.cohortId, moderatorId: who(key).id, reason: 'I just want to know' })
			)
		).rejects.toThrow();
		expect(
			await db.asPerson(
				who(key).id,
				async (tx) =>
					(
						(await tx.execute(sql`select * from app.revealed_author(${threadId}::uuid)`)) as unknown as {
							rows: unknown[];
						}
					).rows
			)
		).toEqual([]);
	});
	test('what still waits is read by nobody, after a look too, and the look ends with moderating', async () => {
		const threadId = await out();
		await addNamelessWord(db, who('ana'), threadId, { text: 'Not out yet', form: uuidv7() });
		await look('moderator', threadId);
		const rows = () => db.asPerson(who('moderator').id, (tx) => tx.select().from(namelessPosts));
		expect(await rows()).toMatchObject([{ personId: who('ana').id, body: null }]);
		await db.asOwner((tx) =>
			tx.update(cohortModerators).set({ untilAt: new Date() }).where(eq(cohortModerators.cohortId, world.cohortId))
		);
		expect(await rows()).toEqual([]);
	});
	test('not of a thread with a name', async () => {
		const { threadId } = await openThread(db, who('ana'), { ...question(), kind: 'question' });
		expect(await reasonOf(look('moderator', threadId))).toBe('not-found');
	});
	test('when whoever asked has left, a moderator still learns who it was; when they are deleted, nobody does', async () => {
		const [threadId, other] = [await out(), await out('ben')];
		await db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ cohortId: world.nextId })
				.where(eq(enrollments.personId, who('ana').id))
		);
		expect(await look('moderator', threadId)).toMatchObject({ name: 'Ana Ruiz' });
		await db.asOwner(async (tx) => {
			await tx
				.update(people)
				.set({ deactivatedAt: new Date(), deletionAskedAt: new Date() })
				.where(eq(people.id, who('ben').id));
			await tx.execute(sql`select app.delete_person(${who('ben').id}::uuid)`);
		});
		// Which is an answer, too: it is written down like every look.
		expect(await look('moderator', other)).toBeNull();
		expect(await readReveal(db, who('moderator'), other)).toMatchObject({
			author: null,
			looked: true,
			timeZone: 'America/Chicago',
			reveals: [{ own: true }]
		});
		expect((await readThread(db, who('cleo'), other)).posts).toMatchObject([
			{ by: { kind: 'nameless' }, html: expect.stringContaining('shout') }
		]);
	});
});
