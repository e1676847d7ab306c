/** What somebody said in cohorts, in the copy of their data: all that is theirs, and no word of anybody else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '#lib/discussion/choices.server.ts';
import { markRead } from '#lib/discussion/reading.server.ts';
import { namelessPosts } from '#lib/discussion/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { ask, moveTo, plantCohort, plantSaid, reply } from '../../../tests/said-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { copyOf } from './copy.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

async function copied(id: string): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	for await (const { name, text } of copyOf(db, { id, name: 'Somebody', initials: 'SB' }))
		files.set(name, String(text));
	return files;
}

test('every post, with and without a name, what was chosen and how far it was read, and nothing that others said', async () => {
	const world = await plantSaid(db);
	const next = await plantCohort(db, world, 'The next one');
	const as = { id: world.peer, name: 'The peer', initials: 'TP' };
	const theirs = await ask(db, world, world.teacher, 'A title of another', 'Words of another');
	const own = await reply(db, world, world.peer, theirs.threadId, 'My own answer');
	const safe = await ask(db, world, null, 'May I ask', 'Said without a name');
	await ask(db, world, null, 'Whoever else asks', 'Also without a name');
	await db.asOwner((tx) =>
		tx.insert(namelessPosts).values({
			id: safe.id,
			personId: world.peer,
			cohortId: world.cohortId,
			microcredentialId: world.microcredentialId,
			threadId: safe.threadId,
			postId: safe.id,
			title: 'May I ask',
			publishAt: new Date()
		})
	);
	await choose(db, as, { cohortId: world.cohortId, threadId: theirs.threadId }, 'mute');
	await markRead(db, as, theirs.threadId, 1);

	const here = await copied(world.peer);
	const posts = JSON.parse(here.get('cohorts/posts.json')!) as {
		id: string;
		thread: string | null;
		written: { words: string }[];
	}[];
	expect(posts.map(({ id, thread, written }) => ({ id, thread, words: written[0]!.words }))).toEqual([
		{ id: own.id, thread: 'A title of another', words: 'My own answer' },
		{ id: safe.id, thread: 'May I ask', words: 'Said without a name' }
	]);
	expect(JSON.parse(here.get('cohorts/without-a-name.json')!)).toMatchObject([{ title: 'May I ask', looked: [] }]);
	expect(JSON.parse(here.get('cohorts/choices.json')!)).toMatchObject([{ level: 'mute', threadId: theirs.threadId }]);
	expect(JSON.parse(here.get('cohorts/read.json')!)).toMatchObject([{ upTo: 1, threadId: theirs.threadId }]);
	expect([...here.values()].join()).not.toMatch(/Words of another|Whoever else asks|Also without/);

	await moveTo(db, world, world.peer, next);
	const moved = JSON.parse((await copied(world.peer)).get('cohorts/posts.json')!) as typeof posts;
	expect(moved).toMatchObject([
		{ id: own.id, thread: null, cohort: 'A cohort' },
		{ id: safe.id, thread: 'May I ask', cohort: 'A cohort' }
	]);

	// Nobody else's copy says whose the question is.
	for (const who of [world.teacher, world.moderator, world.mentor]) {
		const files = await copied(who);
		expect([...files.values()].join()).not.toContain('Said without a name');
		expect(files.get('cohorts/without-a-name.json')).not.toContain(world.peer);
	}
});
