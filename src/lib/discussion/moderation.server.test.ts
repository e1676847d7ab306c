import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { roles } from '#lib/identity/schema.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import {
	actsOfThread,
	changeThread,
	hidePost,
	keepPost,
	moveThread,
	readModeration,
	readReport,
	readThreadModeration,
	reportPost,
	showPost,
	warnAuthor
} from './moderation.server.ts';
import { appointModerator, endModerator, leaveModerating, readModerators } from './moderators.server.ts';
import { askNameless, publishNameless } from './nameless.server.ts';
import { ofEverybody, ofNewPeople } from './pace.ts';
import { addPost, openThread, takeBackPost } from './posting.server.ts';
import { cohortModerators, moderationActs, postReports, posts, threads } from './schema.server.ts';
import { readThread } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	world = await plantCohort(db);
});

const whence = { network: null, userAgent: null };
const who = (key: Talker) => world.people[key];
const acting = (key: Talker, proof = proven) => ({ person: who(key), proof, whence });
const refused = (work: Promise<unknown>) =>
	work.then(
		() => ({ reason: 'done', message: '' }),
		(error: unknown) =>
			error instanceof Refusal ? { reason: error.reason as string, message: error.message } : Promise.reject(error)
	);
const reasonOf = async (work: Promise<unknown>) => (await refused(work)).reason;
const opening = (more: Record<string, unknown> = {}) => ({
	cohortId: world.cohortId,
	microcredentialId: world.waiting,
	kind: 'question',
	title: 'Five seconds feels like for ever',
	text: 'How do you stand the silence?',
	form: uuidv7(),
	...more
});
const open = (key: Talker = 'ana') => openThread(db, who(key), opening());
const say = (key: Talker, threadId: string, text = 'Some words') =>
	addPost(db, who(key), threadId, { text, form: uuidv7() });
const report = (key: Talker, postId: string, reason = 'unkind', words = '') =>
	reportPost(db, who(key), postId, { reason, words });
const words = async (key: Talker, threadId: string, number = 1) =>
	(await readThread(db, who(key), threadId)).posts.find((post) => post.number === number)!.html;

describe('reports', () => {
	test('moderators read them, with the words; whoever reported sees what came of it; once for each', async () => {
		const { threadId, postId } = await open();
		await report('ben', postId, 'other', 'It names a child');
		await report('ben', postId, 'unkind');
		await report('cleo', postId, 'private');
		expect((await readModeration(db, who('moderator'), world.cohortId)).open).toMatchObject([
			{
				postId,
				threadId,
				by: 'Ana Ruiz',
				excerpt: 'How do you stand the silence?',
				reports: [
					{ by: 'Ben Okafor', reason: 'other', words: 'It names a child' },
					{ by: 'Cleo Marsh', reason: 'private', words: null }
				]
			}
		]);
		expect((await readReport(db, who('ben'), postId)).mine).toMatchObject({ outcome: null });
		await keepPost(db, who('moderator'), postId);
		expect((await readReport(db, who('ben'), postId)).mine).toMatchObject({ outcome: 'kept' });
		expect((await readModeration(db, who('moderator'), world.cohortId)).open).toEqual([]);
		expect(await reasonOf(keepPost(db, who('moderator'), postId))).toBe('rule');
		// Neither its author nor anybody else reads who reported.
		for (const key of ['ana', 'mentor', 'coach', 'manager'] as const)
			expect(await db.asPerson(who(key).id, (tx) => tx.select().from(postReports))).toEqual([]);
	});
	test.for<[reason: unknown, words: unknown, answer: string]>([
		['unkind', '', 'done'],
		['unkind', 'x'.repeat(500), 'done'],
		['unkind', 'x'.repeat(501), 'rule'],
		['other', '', 'rule'],
		['other', 'because', 'done'],
		['toString', '', 'rule'],
		[null, null, 'rule']
	])('of %j with %j: %s', async ([reason, words, answer]) => {
		const { postId } = await open();
		expect(await reasonOf(reportPost(db, who('ben'), postId, { reason, words }))).toBe(answer);
	});
	test('not one’s own, with or without a name, not what is gone, and not where nobody would read it', async () => {
		const { threadId, postId } = await open();
		expect(await reasonOf(report('ana', postId))).toBe('rule');
		const { id } = await askNameless(db, who('ana'), opening());
		await publishNameless(db, new Date(Date.now() + 16 * 60_000));
		const [nameless] = await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.nameless, true)));
		expect(id).not.toBe(nameless!.id);
		const mine = (await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)))).find(
			(post) => post.nameless
		)!;
		expect(await reasonOf(report('ana', mine.id))).toBe('rule');
		expect(await reasonOf(report('ben', mine.id))).toBe('done');
		const other = await say('ben', threadId);
		await takeBackPost(db, who('ben'), other.postId);
		expect(await reasonOf(report('ana', other.postId))).toBe('rule');
		for (const key of ['manager', 'next'] as const) expect(await reasonOf(report(key, postId))).toBe('not-found');
		for (const id of ['', 'x', uuidv7(), null])
			expect(await reasonOf(reportPost(db, who('ben'), id, { reason: 'unkind', words: '' }))).toBe('not-found');
		await db.asOwner((tx) =>
			tx.update(cohortModerators).set({ untilAt: new Date() }).where(eq(cohortModerators.cohortId, world.cohortId))
		);
		expect(await reasonOf(report('cleo', postId))).toBe('rule');
	});
});

describe('what moderators do', () => {
	test('hiding takes the words from everybody but the author, who reads why, and is undone with a reason', async () => {
		const { threadId, postId } = await open();
		await say('ben', threadId);
		await report('ben', postId);
		await hidePost(db, who('moderator'), postId, 'It names a child');
		for (const key of ['ben', 'mentor', 'coach'] as const) expect(await words(key, threadId)).toBeNull();
		for (const key of ['ana', 'moderator'] as const) expect(await words(key, threadId)).toContain('silence');
		const acts = (key: Talker) => db.asPerson(who(key).id, (tx) => actsOfThread(tx, threadId));
		for (const key of ['ana', 'moderator'] as const)
			expect(await acts(key)).toMatchObject([{ act: 'hide', reason: 'It names a child', by: 'Moe Derat', number: 1 }]);
		for (const key of ['ben', 'mentor', 'coach', 'manager', 'next'] as const) expect(await acts(key)).toEqual([]);
		expect((await readReport(db, who('ben'), postId)).mine).toMatchObject({ outcome: 'hidden' });
		expect((await readModeration(db, who('moderator'), world.cohortId)).hidden).toMatchObject([{ postId, number: 1 }]);
		expect(await reasonOf(hidePost(db, who('moderator'), postId, 'Again'))).toBe('rule');
		await showPost(db, who('moderator'), postId, 'The name is a street');
		expect(await words('ben', threadId)).toContain('silence');
		expect((await acts('ana')).map(({ act }) => act)).toEqual(['hide', 'show']);
		expect(await reasonOf(showPost(db, who('moderator'), postId, 'Again'))).toBe('rule');
	});
	test('a whole thread is hidden and shown, locked and opened; everybody there reads why', async () => {
		const { threadId } = await open();
		const act = (what: 'hide' | 'show' | 'lock' | 'unlock') =>
			changeThread(db, who('moderator'), threadId, what, `Because of ${what}`);
		await act('lock');
		expect(await refused(say('ben', threadId))).toMatchObject({ reason: 'rule' });
		expect(await reasonOf(act('lock'))).toBe('rule');
		await act('unlock');
		await say('ben', threadId);
		await act('hide');
		const left = await db.asPerson(who('ben').id, (tx) => tx.select().from(threads).where(eq(threads.id, threadId)));
		expect(left).toEqual([]);
		expect((await readModeration(db, who('moderator'), world.cohortId)).hiddenThreads).toMatchObject([
			{ id: threadId }
		]);
		await act('show');
		expect(await words('ben', threadId)).toContain('silence');
		const read = await db.asPerson(who('ben').id, (tx) => actsOfThread(tx, threadId));
		expect(read.map(({ act, reason, by }) => [act, reason, by])).toEqual(
			(['lock', 'unlock', 'hide', 'show'] as const).map((act) => [act, `Because of ${act}`, 'Moe Derat'])
		);
	});
	test('a thread moves to another competency of the cohort, and to no other', async () => {
		const { threadId } = await open();
		const to = (microcredentialId: unknown, reason: unknown = 'It is about norms') =>
			moveThread(db, who('moderator'), threadId, { microcredentialId, reason });
		for (const other of [world.elsewhere, world.waiting, 'x', null]) expect(await reasonOf(to(other))).toBe('rule');
		await to(world.norms);
		expect((await readThread(db, who('ben'), threadId)).competency.title).toBe('Norms');
		expect((await readThreadModeration(db, who('moderator'), threadId)).acts).toMatchObject([{ act: 'move' }]);
		await expect(
			db.asPerson(who('moderator').id, (tx) =>
				tx.update(threads).set({ cohortId: world.nextId }).where(eq(threads.id, threadId))
			)
		).rejects.toThrow();
	});
	test('a word reaches whoever wrote without a name, and the moderator does not learn who it is', async () => {
		const { id } = await askNameless(db, who('ana'), opening({ title: 'Is shouting wrong?' }));
		await publishNameless(db, new Date(Date.now() + 16 * 60_000));
		const [post] = (await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)))).filter(
			(one) => one.nameless
		);
		await warnAuthor(db, who('moderator'), post!.id, 'Please leave out what a child said.');
		const acts = (key: Talker) => db.asPerson(who(key).id, (tx) => tx.select().from(moderationActs));
		expect(await acts('ana')).toMatchObject([{ act: 'warn', reason: 'Please leave out what a child said.' }]);
		for (const key of ['ben', 'mentor', 'coach', 'next'] as const) expect(await acts(key)).toEqual([]);
		const page = JSON.stringify(await readModeration(db, who('moderator'), world.cohortId));
		expect(page).not.toContain(who('ana').id);
		expect(page).not.toContain(id);
		expect(page).not.toContain('Ana Ruiz');
	});
	test.for(['ana', 'ben', 'mentor', 'coach', 'manager', 'next'] as const)('none of it by %s', async (key) => {
		const { threadId, postId } = await open();
		const by = who(key);
		const all = [
			hidePost(db, by, postId, 'Because I can'),
			showPost(db, by, postId, 'Because I can'),
			warnAuthor(db, by, postId, 'Because I can'),
			keepPost(db, by, postId),
			changeThread(db, by, threadId, 'lock', 'Because I can'),
			moveThread(db, by, threadId, { microcredentialId: world.norms, reason: 'Because I can' }),
			readModeration(db, by, world.cohortId),
			readThreadModeration(db, by, threadId)
		];
		for (const one of all) expect(['not-found', 'not-allowed']).toContain(await reasonOf(one));
		await expect(
			db.asPerson(by.id, (tx) =>
				tx.insert(moderationActs).values({
					cohortId: world.cohortId,
					threadId,
					postId,
					act: 'warn',
					reason: 'Because I can',
					byId: by.id
				})
			)
		).rejects.toThrow();
		expect(await words(key === 'manager' || key === 'next' ? 'ana' : key, threadId)).toContain('silence');
	});
	test.for([undefined, '', 'no', '  a ', 'x'.repeat(501)])('nothing without a reason: %j', async (reason) => {
		const { threadId, postId } = await open();
		for (const work of [
			hidePost(db, who('moderator'), postId, reason),
			warnAuthor(db, who('moderator'), postId, reason),
			changeThread(db, who('moderator'), threadId, 'hide', reason),
			moveThread(db, who('moderator'), threadId, { microcredentialId: world.norms, reason })
		])
			expect(await reasonOf(work)).toBe('rule');
		expect(
			await db.asOwner((tx) => tx.select().from(moderationActs).where(eq(moderationActs.threadId, threadId)))
		).toEqual([]);
		expect(await words('ben', threadId)).toContain('silence');
	});
	test('acts and reports are never changed or taken away', async () => {
		const { postId } = await open();
		await hidePost(db, who('moderator'), postId, 'It names a child');
		for (const key of ['moderator', 'ana'] as const) {
			await expect(
				db.asPerson(who(key).id, (tx) => tx.update(moderationActs).set({ reason: 'Other' }))
			).rejects.toThrow();
			await expect(db.asPerson(who(key).id, (tx) => tx.delete(moderationActs))).rejects.toThrow();
		}
	});
	test('an author does not undo what was hidden, and a moderator does not bring back what was taken back', async () => {
		const { threadId } = await open();
		const { postId } = await say('ben', threadId);
		await takeBackPost(db, who('ben'), postId);
		expect(await refused(hidePost(db, who('moderator'), postId, 'It names a child'))).toMatchObject({
			message: expect.stringContaining('taken this post back')
		});
		expect(await reasonOf(showPost(db, who('moderator'), postId, 'It is fine'))).toBe('rule');
	});
});

describe('a moderator who is party to the matter', () => {
	/** The mentor looks after the cohort beside the moderator. */
	const both = () =>
		db.asOwner((tx) => tx.insert(cohortModerators).values({ cohortId: world.cohortId, personId: who('mentor').id }));
	const openReports = async (key: Talker) =>
		(await readModeration(db, who(key), world.cohortId)).open.map(({ postId }) => postId);

	test('neither reads who reported a post of theirs, nor settles it; the other one does', async () => {
		await both();
		const { postId, threadId } = await open('mentor');
		await report('ben', postId, 'other', 'He laughs about my class');
		expect(await openReports('mentor')).toEqual([]);
		expect(await openReports('moderator')).toEqual([postId]);
		expect(await db.asPerson(who('mentor').id, (tx) => tx.select().from(postReports))).toEqual([]);
		expect((await readThreadModeration(db, who('mentor'), threadId, postId)).post).toMatchObject({
			own: true,
			open: 0
		});
		for (const work of [
			keepPost(db, who('mentor'), postId),
			hidePost(db, who('mentor'), postId, 'I hide it'),
			warnAuthor(db, who('mentor'), postId, 'Dear me')
		])
			expect(await refused(work)).toMatchObject({ reason: 'rule', message: expect.stringContaining('of yours') });
		await db.asPerson(who('mentor').id, (tx) =>
			tx
				.update(postReports)
				.set({ settledAt: new Date(), settledById: who('mentor').id, outcome: 'kept' })
				.where(eq(postReports.postId, postId))
		);
		expect(await openReports('moderator')).toEqual([postId]);
		await keepPost(db, who('moderator'), postId);
		expect(await openReports('moderator')).toEqual([]);
	});
	test('nor of what they asked without a name, and nobody sees by that whose it is', async () => {
		await both();
		await askNameless(db, who('mentor'), opening());
		await publishNameless(db, new Date(Date.now() + 16 * 60_000));
		const [post] = (await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)))).filter(
			(one) => one.nameless
		);
		await report('ben', post!.id);
		expect(await openReports('mentor')).toEqual([]);
		expect(await openReports('moderator')).toEqual([post!.id]);
		expect(await reasonOf(keepPost(db, who('mentor'), post!.id))).toBe('rule');
	});
	test('does not show again what another one hid of theirs, nor opens what another one closed', async () => {
		await both();
		const { postId, threadId } = await open('mentor');
		await say('ben', threadId);
		await hidePost(db, who('moderator'), postId, 'It laughs about a child');
		expect(await reasonOf(showPost(db, who('mentor'), postId, 'It was a joke'))).toBe('rule');
		await expect(
			db.asPerson(who('mentor').id, (tx) =>
				tx.update(posts).set({ removedAt: null, removedAs: null }).where(eq(posts.id, postId))
			)
		).rejects.toThrow();
		await showPost(db, who('moderator'), postId, 'The joke is on nobody');
		for (const [act, undo] of [
			['hide', 'show'],
			['lock', 'unlock']
		] as const) {
			await changeThread(db, who('moderator'), threadId, act, 'Enough now');
			expect(await reasonOf(changeThread(db, who('mentor'), threadId, undo, 'I think not'))).toBe('rule');
			await expect(
				db.asPerson(who('mentor').id, (tx) =>
					tx.update(threads).set({ withheldAt: null, lockedAt: null }).where(eq(threads.id, threadId))
				)
			).rejects.toThrow();
			await changeThread(db, who('moderator'), threadId, undo, 'Go on');
			// What they did themselves they undo themselves.
			await changeThread(db, who('mentor'), threadId, act, 'For today');
			await changeThread(db, who('mentor'), threadId, undo, 'Go on');
		}
	});
	test('where they are the only one, whoever reports is told whom else to tell', async () => {
		const { postId } = await open('moderator');
		expect(await refused(report('ben', postId))).toMatchObject({
			reason: 'rule',
			message: expect.stringContaining('tell a manager')
		});
		await both();
		expect(await reasonOf(report('ben', postId))).toBe('done');
	});
});

describe('who looks after a cohort', () => {
	const appoint = (key: Talker, by: Talker = 'manager', proof = proven) =>
		appointModerator(db, acting(by, proof), world.programId, { cohortId: world.cohortId, personId: who(key).id });
	const moderates = async (key: Talker) => {
		const { rows } = (await db.asPerson(who(key).id, (tx) =>
			tx.execute(sql`select ${world.cohortId}::uuid = any (app.moderated_cohort_ids()) as yes`)
		)) as unknown as { rows: { yes: boolean }[] };
		return rows[0]!.yes;
	};

	test('a manager appoints a coach, a mentor or themself, and ends it; both are written down', async () => {
		for (const key of ['coach', 'mentor', 'manager'] as const) {
			await appoint(key);
			await appoint(key);
			expect(await moderates(key)).toBe(true);
		}
		const page = await readModerators(db, who('manager'), world.programId, world.cohortId);
		expect(page.moderators.map(({ person, by }) => [person.name, by])).toEqual([
			['Moe Derat', null],
			['Carl Coach', 'Maya Manager'],
			['Mira Stone', 'Maya Manager'],
			['Maya Manager', 'Maya Manager']
		]);
		for (const { id } of page.moderators) await endModerator(db, acting('manager'), id);
		for (const key of ['coach', 'mentor', 'manager', 'moderator'] as const) expect(await moderates(key)).toBe(false);
		const events = await db.asOwner((tx) =>
			tx
				.select({ kind: auditEvents.kind })
				.from(auditEvents)
				.where(eq(auditEvents.byPersonId, who('manager').id))
		);
		expect(events.filter(({ kind }) => kind === 'moderator-appointed')).toHaveLength(3);
		expect(events.filter(({ kind }) => kind === 'moderator-ended')).toHaveLength(4);
	});
	test('no teacher of the cohort, nobody from outside, nobody by anybody else, and not without a passkey', async () => {
		for (const key of ['ana', 'ben', 'next', 'moderator'] as const) {
			if (key !== 'moderator') expect(await reasonOf(appoint(key))).toBe('rule');
			expect(await reasonOf(appoint('coach', key))).toBe('not-found');
		}
		expect(await reasonOf(appoint('coach', 'manager', null as never))).toBe('unproven');
		await expect(
			db.asPerson(who('manager').id, (tx) =>
				tx.insert(cohortModerators).values({
					cohortId: world.cohortId,
					personId: who('ana').id,
					appointedById: who('manager').id
				})
			)
		).rejects.toThrow();
		expect((await readModerators(db, who('manager'), world.programId, null)).possible.map(({ name }) => name)).toEqual([
			'Carl Coach',
			'Maya Manager',
			'Mira Stone'
		]);
	});
	test('somebody ends their own, without a passkey', async () => {
		await appoint('coach');
		const [row] = await db.asPerson(who('coach').id, (tx) =>
			tx
				.select()
				.from(cohortModerators)
				.where(eq(cohortModerators.personId, who('coach').id))
		);
		expect(await reasonOf(endModerator(db, { ...acting('ben'), proof: null }, row!.id))).not.toBe('done');
		expect(await endModerator(db, { ...acting('coach'), proof: null }, row!.id)).toEqual({ own: true });
		expect(await reasonOf(endModerator(db, acting('coach'), row!.id))).toBe('rule');
		expect(await moderates('coach')).toBe(false);
	});
	test('whoever looks after a cohort ends it for themselves on its page, and nobody else there can', async () => {
		await appoint('coach');
		expect((await readModeration(db, who('coach'), world.cohortId)).alone).toBe(false);
		for (const key of ['ana', 'mentor', 'manager', 'next'] as const)
			expect(await reasonOf(leaveModerating(db, acting(key), world.cohortId))).toBe('not-found');
		for (const id of [world.nextId, 'x', uuidv7()])
			expect(await reasonOf(leaveModerating(db, acting('coach'), id))).toBe('not-found');
		await leaveModerating(db, { ...acting('coach'), proof: null }, world.cohortId);
		expect([await moderates('coach'), await moderates('moderator')]).toEqual([false, true]);
		expect((await readModeration(db, who('moderator'), world.cohortId)).alone).toBe(true);
		expect(await reasonOf(leaveModerating(db, acting('coach'), world.cohortId))).toBe('not-found');
		// What else they are there stays: they read on as the coach of a pair.
		const { threadId } = await open();
		expect(await words('coach', threadId)).toContain('silence');
	});
	test('it ends with what one leads in the program: a pair, a caseload, a role', async () => {
		for (const key of ['coach', 'mentor', 'manager'] as const) await appoint(key);
		await db.asOwner((tx) =>
			tx
				.update(caseloads)
				.set({ untilAt: new Date() })
				.where(eq(caseloads.coachId, who('coach').id))
		);
		expect([await moderates('coach'), await moderates('mentor')]).toEqual([false, true]);
		await db.asOwner((tx) =>
			tx
				.update(pairs)
				.set({ status: 'ended', endedAs: 'withdrawn', endedAt: new Date() })
				.where(eq(pairs.id, world.pairId))
		);
		expect([await moderates('mentor'), await moderates('manager')]).toEqual([false, true]);
		await db.asOwner((tx) =>
			tx
				.update(roles)
				.set({ untilAt: new Date() })
				.where(eq(roles.personId, who('manager').id))
		);
		expect(await moderates('manager')).toBe(false);
	});
});

describe('pace', () => {
	test('somebody new opens three threads and says fifteen things a day, and is told when it goes on', async () => {
		const threadIds: string[] = [];
		for (let i = 0; i < ofNewPeople.threads; i++) threadIds.push((await open()).threadId);
		expect(await refused(open())).toMatchObject({
			reason: 'too-many',
			message: expect.stringMatching(/still in the form.*hours/)
		});
		expect(await reasonOf(askNameless(db, who('ana'), opening()))).toBe('too-many');
		for (let i = ofNewPeople.threads; i < ofNewPeople.posts; i++) await say('ana', threadIds[0]!);
		expect(await reasonOf(say('ana', threadIds[0]!))).toBe('too-many');
		// Others go on.
		expect(await reasonOf(say('ben', threadIds[0]!))).toBe('done');
	});
	test('whoever has been here for longer says thirty things an hour', async () => {
		const { threadId, postId } = await open();
		await db.asOwner((tx) =>
			tx
				.update(posts)
				.set({ createdAt: new Date(Date.now() - 26 * 3_600_000) })
				.where(eq(posts.id, postId))
		);
		for (let i = 0; i < ofEverybody.postsAnHour; i++) await say('ana', threadId);
		expect(await refused(say('ana', threadId))).toMatchObject({
			reason: 'too-many',
			message: expect.stringMatching(/in (about an hour|\d+ minutes)/)
		});
	});
});
