import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSession, endSession } from '#lib/identity/session.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { standingsOf, versionsOf } from './listening.server.ts';
import { openThread } from './posting.server.ts';
import { threads } from './schema.server.ts';
import { readThread } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
let threadId: string;
let sessions: Record<string, string>;
const everybody = ['ana', 'ben', 'cleo', 'mentor', 'coach', 'moderator', 'manager', 'next'] as const satisfies Talker[];
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await plantCohort(db);
	({ threadId } = await openThread(db, world.people.ana, {
		cohortId: world.cohortId,
		microcredentialId: world.waiting,
		kind: 'strategy',
		title: 'Counting with my fingers',
		text: 'Behind my back.',
		form: uuidv7()
	}));
	sessions = {};
	for (const key of everybody) sessions[key] = (await createSession(db, world.people[key].id, null)).sessionId;
});
afterAll(() => db?.close());

const holder = (key: Talker, thread = threadId) => ({
	personId: world.people[key].id,
	sessionId: sessions[key]!,
	threadId: thread
});
const hear = async () => {
	const answers = await standingsOf(
		db,
		everybody.map((key) => holder(key))
	);
	return everybody.filter((_, i) => answers[i]!.reads);
};
const read = async () => {
	const answers = await Promise.allSettled(everybody.map((key) => readThread(db, world.people[key], threadId)));
	return everybody.filter((_, i) => answers[i]!.status === 'fulfilled');
};

test('whoever reads a thread hears it, and nobody else', async () => {
	expect(await hear()).toEqual(['ana', 'ben', 'cleo', 'mentor', 'coach', 'moderator']);
	expect(await hear()).toEqual(await read());
});

test('one that was taken back or hidden is heard by its author and the moderators, as it is read', async () => {
	const hide = (at: Date | null) =>
		db.asOwner((tx) => tx.update(threads).set({ withheldAt: at }).where(eq(threads.id, threadId)));
	await hide(new Date());
	expect(await hear()).toEqual(['ana', 'moderator']);
	expect(await hear()).toEqual(await read());
	expect(await versionsOf(db, [threadId])).toMatchObject([{ id: threadId, withheld: true }]);
	await hide(null);
});

test('a thread that is not there is heard by nobody, and many are answered in their order', async () => {
	const nothing = uuidv7();
	const answers = await standingsOf(db, [holder('ben', nothing), holder('ben'), holder('next'), holder('cleo')]);
	expect(answers.map(({ reads }) => reads)).toEqual([false, true, false, true]);
	expect(answers[1]!.version).toBeGreaterThan(0);
});

test('a session that ended, or is somebody else’s, is over', async () => {
	const { sessionId } = await createSession(db, world.people.ben.id, null);
	const ask = async (session: string) =>
		(await standingsOf(db, [{ ...holder('ben'), sessionId: session }]))[0]!.session;
	expect(await ask(sessionId)).toBe('stands');
	expect(await ask(sessions.cleo!)).toBe('over');
	await endSession(db, sessionId);
	expect(await ask(sessionId)).toBe('over');
});
