import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Database } from '#lib/server/database.ts';
import { foldNow, plantReflection, signIn, type PairWithReflection } from '../../../tests/live-room.ts';
import { Desk } from '../../../tests/writers.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { authorsOf, readAuthorship } from './authors.server.ts';
import { runsOf } from './authors.ts';
import { appendRows, readState } from './log.server.ts';
import { reflectionHistory } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

/** A pair at their desks, and what they write in the database. */
async function pairAtWork() {
	const pair = await plantReflection(db);
	const sessions = new Map([
		[pair.teacher, await signIn(db, pair.teacher)],
		[pair.mentor, await signIn(db, pair.mentor)]
	]);
	const desk = new Desk();
	const teacher = desk.sit(pair.teacher, 4_000_000_000).getText('text');
	const mentor = desk.sit(pair.mentor, 7).getText('text');
	let stored = 0;
	/** Stores what was written since, and lets both hear it. */
	const store = async () => {
		desk.hear();
		for (; stored < desk.log.length; stored++) {
			const { personId, updates } = desk.log[stored]!;
			const { sessionId } = sessions.get(personId)!;
			const clients = [personId === pair.teacher ? 4_000_000_000 : 7];
			const row = {
				reflectionId: pair.reflectionId,
				after: stored,
				personId,
				sessionId,
				updates: [...updates],
				clients
			};
			expect(await appendRows(db.serviceSession(), [row])).toEqual([{ kind: 'written', number: stored + 1 }]);
		}
	};
	return { pair, desk, teacher, mentor, store };
}

const said = async ({ teacher, mentor, reflectionId }: PairWithReflection, by = mentor) =>
	(await db.asPerson(by, (tx) => authorsOf(tx, reflectionId))).map(({ author, text }) => [
		author === teacher ? 'teacher' : author === mentor ? 'mentor' : author,
		text
	]);

test('authors are the same before and after folding, and after undoing what was deleted before the first folding', async () => {
	const { pair, teacher, mentor, store } = await pairAtWork();
	const undo = new Y.UndoManager(mentor, { captureTimeout: 0 });
	teacher.insert(0, 'I waited for three seconds.');
	await store();
	mentor.insert(8, ' and waited');
	await store();
	mentor.delete(0, 19);
	await store();
	expect(await said(pair)).toEqual([['teacher', ' for three seconds.']]);

	await foldNow(db, pair.reflectionId);
	expect(await said(pair)).toEqual([['teacher', ' for three seconds.']]);
	teacher.insert(0, 'So');
	await store();
	await foldNow(db, pair.reflectionId);
	undo.undo();
	await store();
	const whole = [
		['teacher', 'I waited'],
		['mentor', ' and waited'],
		['teacher', 'So for three seconds.']
	];
	expect(mentor.toString()).toBe('I waited and waitedSo for three seconds.');
	expect(await said(pair)).toEqual(whole);
	expect(await said(pair, pair.teacher)).toEqual(whole);
	await foldNow(db, pair.reflectionId);
	expect(await said(pair)).toEqual(whole);
});

test('the state that is exported and the credits say together who wrote what', async () => {
	const { pair, teacher, mentor, store } = await pairAtWork();
	const undo = new Y.UndoManager(mentor, { captureTimeout: 0 });
	teacher.insert(0, 'Hers. ');
	await store();
	mentor.insert(6, 'Mine.');
	mentor.delete(0, 5);
	await store();
	undo.undo();
	await store();
	await foldNow(db, pair.reflectionId);
	const { update, credits, runs } = await db.asPerson(pair.teacher, async (tx) => ({
		...(await readState(tx, pair.reflectionId)),
		...(await readAuthorship(tx, pair.reflectionId))
	}));
	const doc = new Y.Doc();
	Y.applyUpdate(doc, update);
	const owners = new Map([
		[4_000_000_000, pair.teacher],
		[7, pair.mentor]
	]);
	expect(runsOf(doc, owners, JSON.parse(JSON.stringify(credits)))).toEqual(runs);
	expect(runs.map(({ author, text }) => [author, text])).toEqual([
		[pair.teacher, 'Hers. '],
		[pair.mentor, 'Mine.']
	]);
});

test('rows that were folded before history kept them leave the owners of their client ids', async () => {
	const { pair, teacher, mentor, store } = await pairAtWork();
	teacher.insert(0, 'early');
	await store();
	await foldNow(db, pair.reflectionId);
	await db.asOwner((tx) => tx.delete(reflectionHistory).where(eq(reflectionHistory.reflectionId, pair.reflectionId)));
	mentor.insert(5, ' late');
	await store();
	expect(await said(pair)).toEqual([
		['teacher', 'early'],
		['mentor', ' late']
	]);
});

test('nobody else hears who wrote what', async () => {
	const { pair, teacher, store } = await pairAtWork();
	teacher.insert(0, 'ours');
	await store();
	for (const who of [pair.coach, pair.manager, pair.stranger]) expect(await said(pair, who)).toEqual([]);
});
