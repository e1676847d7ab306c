import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Database } from '#lib/server/database.ts';
import { readTrace } from '../../../scripts/replay/trace.ts';
import { foldNow, plantReflection, signIn, type PairWithReflection } from '../../../tests/live-room.ts';
import { Desk } from '../../../tests/writers.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { authorsOf, readAuthorship } from './authors.server.ts';
import { runsOf } from './author-runs.ts';
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

test(
	'a recording of two is by those who typed it, letter for letter: folded again and again, with undo and redo between',
	{ timeout: 60_000 },
	async () => {
		const { pair, desk, teacher, mentor, store } = await pairAtWork();
		// The same once more, with the author's number in place of each letter: what stands there in the end says who typed what.
		const [shadowOfTeacher, shadowOfMentor] = [new Y.Doc(), new Y.Doc()];
		[shadowOfTeacher.clientID, shadowOfMentor.clientID] = [4_000_000_000, 7];
		const shadows = [shadowOfTeacher, shadowOfMentor].map((doc) => doc.getText('text'));
		shadowOfTeacher.on(
			'update',
			(update: Uint8Array, by: unknown) => by !== 1 && Y.applyUpdate(shadowOfMentor, update, 0)
		);
		shadowOfMentor.on(
			'update',
			(update: Uint8Array, by: unknown) => by !== 0 && Y.applyUpdate(shadowOfTeacher, update, 1)
		);
		const real = [teacher, mentor];
		const undo = [...real, ...shadows].map((text) => new Y.UndoManager(text, { captureTimeout: 0 }));
		const authors = async () =>
			(await said(pair)).map(([author, text]) => (author === 'teacher' ? '0' : '1').repeat(text!.length)).join('');

		let folded = 0;
		let undone = 0;
		for (const [i, { author, patches }] of readTrace('friendsforever').edits.slice(0, 1_500).entries()) {
			for (const [text, letters] of [
				[real[author]!, (inserted: string) => inserted],
				[shadows[author]!, (inserted: string) => String(author).repeat(inserted.length)]
			] as const)
				for (const [position, count, inserted] of patches)
					text.doc!.transact(() => {
						const place = Math.min(position, text.length);
						text.delete(place, Math.min(count, text.length - place));
						text.insert(place, letters(inserted));
					});
			// Some steps back, in half of the cases some of them forth again.
			if (i % 37 === 36) {
				const [back, forth] = [1 + (i % 5), i % 2 ? 1 + (i % 3) : 0];
				for (const manager of [undo[author]!, undo[author + 2]!]) {
					for (let times = 0; times < back; times++) manager.undo();
					for (let times = 0; times < forth; times++) manager.redo();
				}
				undone += back;
			}
			desk.hear();
			if (i % 50 === 49) await store();
			if (i % 250 === 249) folded += await foldNow(db, pair.reflectionId);
			// Who is asked after one folding and before the next is told the same.
			if (i === 800) {
				await store();
				expect(await authors()).toBe(shadows[0]!.toString());
			}
		}
		await store();
		expect(await authors()).toBe(shadows[0]!.toString());
		folded += await foldNow(db, pair.reflectionId);
		expect(await authors()).toBe(shadows[0]!.toString());
		expect((await said(pair)).map(([, text]) => text).join('')).toBe(mentor.toString());
		expect(new Set(await authors()).size).toBe(2);
		expect(folded).toBeGreaterThan(1_000);
		expect(undone).toBeGreaterThan(100);
	}
);

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
