import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { notify } from '#lib/notification/notify.server.ts';
import { notifications } from '#lib/notification/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { tellModeration } from './moderation-telling.server.ts';
import { changeThread, hidePost, keepPost, reportPost, warnAuthor } from './moderation.server.ts';
import { appointModerator } from './moderators.server.ts';
import { moveToCohort } from './moving.server.ts';
import { askNameless, publishNameless } from './nameless.server.ts';
import { listEarlier } from './earlier.server.ts';
import { addPost, openThread } from './posting.server.ts';
import { readThread } from './threads.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import { revealAuthor } from './reveal.server.ts';
import { posts } from './schema.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	await tellModeration(db);
	world = await plantCohort(db);
});

const who = (key: Talker) => world.people[key];
const acting = (key: Talker) => ({ person: who(key), proof: proven, whence: { network: null, userAgent: null } });
const told = async (key: Talker) =>
	(await db.asPerson(who(key).id, (tx) => tx.select().from(notifications))).map(
		({ kind, title }) => `${kind}: ${title}`
	);
const question = () => ({
	cohortId: world.cohortId,
	microcredentialId: world.waiting,
	kind: 'question',
	title: 'A title that nobody else has',
	text: 'Words of it',
	form: uuidv7()
});

test('authors hear what was done to theirs, moderators of reports, and whoever reported what came of it; once', async () => {
	const { threadId, postId } = await openThread(db, who('ana'), question());
	await reportPost(db, who('ben'), postId, { reason: 'unkind', words: '' });
	await reportPost(db, who('cleo'), postId, { reason: 'unkind', words: '' });
	expect(await tellModeration(db)).toBe(1);
	expect(await told('moderator')).toEqual(['report: A post in Cohort A was reported']);
	await keepPost(db, who('moderator'), postId);
	await hidePost(db, who('moderator'), postId, 'It names a child');
	await changeThread(db, who('moderator'), threadId, 'lock', 'Enough was said');
	await tellModeration(db);
	expect(await told('ana')).toEqual([
		'moderation: A moderator has hidden a post of yours, and says why',
		'moderation: A moderator has locked your thread, and says why'
	]);
	for (const key of ['ben', 'cleo'] as const)
		expect(await told(key)).toEqual(['moderation: A moderator has read the post that you reported, and it stands']);
	expect(await tellModeration(db)).toBe(0);
});

test('where a thread is hidden, everybody who wrote in it hears it and reads why, also who has moved since', async () => {
	const { threadId } = await openThread(db, who('ana'), question());
	for (const key of ['ben', 'mentor', 'ben'] as const)
		await addPost(db, who(key), threadId, { text: 'I too', form: uuidv7() });
	await db.asOwner((tx) =>
		tx
			.update(enrollments)
			.set({ cohortId: world.nextId })
			.where(eq(enrollments.personId, who('ben').id))
	);
	await tellModeration(db);
	await changeThread(db, who('moderator'), threadId, 'lock', 'Enough was said');
	await changeThread(db, who('moderator'), threadId, 'hide', 'It is about one child');
	await tellModeration(db);
	expect(await told('ana')).toEqual([
		'moderation: A moderator has locked your thread, and says why',
		'moderation: A moderator has hidden your thread, and says why'
	]);
	for (const key of ['ben', 'mentor'] as const)
		expect(await told(key)).toEqual(['moderation: A moderator has hidden a thread in which you wrote, and says why']);
	for (const key of ['cleo', 'coach', 'next', 'manager', 'moderator'] as const) expect(await told(key)).toEqual([]);
	// Where the notice leads, the reason stands.
	const reasonAt = async (key: Talker) =>
		readThread(db, who(key), threadId).then(
			({ thread }) => `withheld: ${thread.withheld}`,
			(error: Error) => error.message
		);
	expect(await reasonAt('ana')).toBe('withheld: true');
	for (const key of ['mentor', 'cleo'] as const)
		expect(await reasonAt(key)).toMatch(/Moe Derat has hidden.*“It is about one child”/);
	for (const key of ['next', 'manager'] as const) expect(await reasonAt(key)).toMatch(/no such thread/);
	const [mine] = await db.asPerson(who('ben').id, (tx) => tx.select().from(notifications));
	const earlier = await listEarlier(db, who('ben'), null);
	expect(mine!.href).toBe(`/cohorts/earlier?post=${earlier.posts.at(-1)!.id}#post-${earlier.posts.at(-1)!.id}`);
	for (const { acts } of earlier.posts)
		expect(acts.map(({ act, reason }) => [act, reason])).toEqual([['hide', 'It is about one child']]);
	// Shown again, it is there again; what was said of it is told as well.
	await changeThread(db, who('moderator'), threadId, 'show', 'The name is changed');
	expect(await reasonAt('cleo')).toBe('withheld: false');
	await tellModeration(db);
	expect(await told('mentor')).toContain('moderation: A moderator shows a thread in which you wrote again');
});

test('whoever asked without a name hears of a look and of a word, and no notice says what they asked', async () => {
	await askNameless(db, who('ana'), question());
	await publishNameless(db, new Date(Date.now() + 16 * 60_000));
	const [post] = (await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)))).filter(
		({ nameless }) => nameless
	);
	await warnAuthor(db, who('moderator'), post!.id, 'Please leave out what a child said.');
	await revealAuthor(db, acting('moderator'), post!.threadId, 'A child may be in danger');
	await tellModeration(db);
	expect((await told('ana')).sort()).toEqual([
		'moderation: A moderator has written to you about a post of yours',
		'reveal: A moderator looked who asked one of your questions without a name'
	]);
	const all = await db.asOwner((tx) =>
		tx
			.select()
			.from(notifications)
			.where(eq(notifications.personId, who('ana').id))
	);
	expect(JSON.stringify(all)).not.toContain('nobody else has');
	for (const key of ['ben', 'mentor', 'coach', 'moderator', 'manager'] as const) expect(await told(key)).toEqual([]);
});

test('whoever is moved hears it, and what waits to be told of the cohort before is dropped, for their mentor too', async () => {
	const waiting = (key: Talker, cohortId: string) => ({
		personId: who(key).id,
		kind: 'reply' as const,
		key: `post:${cohortId}`,
		about: `thread:${cohortId}`,
		within: [`cohort:${cohortId}`],
		title: 'Somebody replied',
		href: '/cohorts'
	});
	await db.asService((tx) =>
		notify(tx, [
			waiting('ana', world.cohortId),
			waiting('mentor', world.cohortId),
			waiting('ben', world.cohortId),
			waiting('ana', world.nextId)
		])
	);
	await moveToCohort(db, acting('manager'), world.programId, who('ana').id, { cohortId: world.nextId });
	await tellModeration(db);
	expect((await told('ana')).sort()).toEqual([
		'moderation: You are in Cohort B from now on',
		'reply: Somebody replied'
	]);
	expect(await told('mentor')).toEqual([]);
	expect(await told('ben')).toEqual(['reply: Somebody replied']);
	const { rows } = (await db.asOwner((tx) =>
		tx.execute(sql`select 1 from notifications where withdrawn_at is not null and mail_after is not null`)
	)) as unknown as { rows: unknown[] };
	expect(rows).toEqual([]);
});

test('whoever is appointed hears it, and whoever appoints themself knows', async () => {
	for (const key of ['mentor', 'manager'] as const)
		await appointModerator(db, acting('manager'), world.programId, { cohortId: world.cohortId, personId: who(key).id });
	await tellModeration(db);
	expect(await told('mentor')).toEqual(['moderation: You look after Cohort A from now on']);
	expect(await told('manager')).toEqual([]);
});
