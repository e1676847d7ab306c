import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { ask, moveTo, plantCohort, plantSaid, plantTeacher, reply } from '../../../tests/said-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { listEarlier } from './earlier.server.ts';
import { namelessPosts, posts } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });

test('whoever has moved reads what they wrote themselves, with and without a name, and nothing else of where they were', async () => {
	const world = await plantSaid(db);
	const next = await plantCohort(db, world, 'The next one');
	const own = await ask(db, world, world.peer, 'My own thread', 'First words');
	await reply(db, world, world.teacher, own.threadId, 'Words of another');
	const other = await ask(db, world, world.teacher, 'A title of another', 'Others');
	const answer = await reply(db, world, world.peer, other.threadId, 'My <b>answer</b>');
	const safe = await ask(db, world, null, 'May I ask', 'Without a name');
	await ask(db, world, null, 'Somebody else asks', 'Also without');
	await db.asOwner(async (tx) => {
		await tx.insert(namelessPosts).values({
			id: safe.id,
			personId: world.peer,
			cohortId: world.cohortId,
			microcredentialId: world.microcredentialId,
			threadId: safe.threadId,
			postId: safe.id,
			title: 'May I ask',
			publishAt: new Date()
		});
		await tx.update(posts).set({ removedAt: new Date(), removedAs: 'hidden' }).where(eq(posts.id, answer.id));
	});
	expect((await listEarlier(db, as(world.peer), null)).posts).toEqual([]);
	await moveTo(db, world, world.peer, next);
	const { posts: found } = await listEarlier(db, as(world.peer), null);
	expect(
		found.map(({ id, title, html, nameless, removedAs, cohort }) => ({ id, title, html, nameless, removedAs, cohort }))
	).toEqual(
		expect.arrayContaining([
			{
				id: own.id,
				title: 'My own thread',
				html: '<p>First words</p>',
				nameless: false,
				removedAs: null,
				cohort: 'A cohort'
			},
			{
				id: answer.id,
				title: null,
				html: '<p>My &lt;b&gt;answer&lt;/b&gt;</p>',
				nameless: false,
				removedAs: 'hidden',
				cohort: 'A cohort'
			},
			{
				id: safe.id,
				title: 'May I ask',
				html: '<p>Without a name</p>',
				nameless: true,
				removedAs: null,
				cohort: 'A cohort'
			}
		])
	);
	expect(found.length).toBe(3);
	expect(JSON.stringify(found)).not.toMatch(/another|Others|Also|Somebody else/);
	// Who comes back has it in the cohort again.
	await moveTo(db, world, world.peer, world.cohortId);
	expect((await listEarlier(db, as(world.peer), null)).posts).toEqual([]);
});

test('thirty on a page, and no number is the first', async () => {
	const world = await plantSaid(db);
	const next = await plantCohort(db, world, 'The next one');
	const mover = await plantTeacher(db, world, 'A mover');
	const { threadId } = await ask(db, world, mover, 'Mine', '0');
	for (let i = 1; i <= 30; i++) await reply(db, world, mover, threadId, `${i}`);
	await moveTo(db, world, mover, next);
	const [first, second] = await Promise.all([listEarlier(db, as(mover), 'x'), listEarlier(db, as(mover), '2')]);
	expect([first.posts.length, first.more, second.posts.length, second.more]).toEqual([30, true, 1, false]);
	expect((await listEarlier(db, as(mover), '1e99')).posts).toEqual([]);
	// By a post, its page; by one of somebody else, or of nobody, the first.
	const oldest = second.posts[0]!.id;
	expect((await listEarlier(db, as(mover), null, oldest)).page).toBe(2);
	expect((await listEarlier(db, as(mover), null, first.posts.at(-1)!.id)).page).toBe(1);
	for (const post of ['x', world.peer]) expect((await listEarlier(db, as(mover), null, post)).page).toBe(1);
	expect((await listEarlier(db, as(world.peer), null, oldest)).posts).toEqual([]);
});
