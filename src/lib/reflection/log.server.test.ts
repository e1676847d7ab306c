import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Database } from '#lib/server/database.ts';
import { foldNow, plantReflection, signIn, typed } from '../../../tests/live-room.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { keepState } from './live/fold.server.ts';
import {
	appendRows,
	ownersOf,
	packRows,
	packUpdates,
	readHistory,
	readLog,
	readState,
	unpackUpdates
} from './log.server.ts';
import { reflectionHistory, reflectionUpdates } from './schema.server.ts';
import { eq } from 'drizzle-orm';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

test('several updates in one row come out as they went in', () => {
	const { updates } = typed('ab');
	expect(unpackUpdates(packUpdates(updates))).toEqual(updates);
	expect(unpackUpdates(new Uint8Array())).toEqual([]);
});

test('what was appended is read back in order, before and after folding, with its authors', async () => {
	const pair = await plantReflection(db);
	const { reflectionId } = pair;
	const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
	const a = typed('abc', 4_000_000_000);
	const b = typed('xyz', 5);
	const append = (
		after: number,
		personId: string,
		{ sessionId }: { sessionId: string },
		updates: Uint8Array[],
		clients: number[]
	) => appendRows(db.serviceSession(), [{ reflectionId, after, personId, sessionId, updates, clients }]);
	expect(await append(0, pair.teacher, teacher, a.updates.slice(0, 2), [4_000_000_000])).toEqual([
		{ kind: 'written', number: 1 }
	]);
	expect(await append(1, pair.mentor, mentor, b.updates, [5])).toEqual([{ kind: 'written', number: 2 }]);
	expect(await append(2, pair.teacher, teacher, a.updates.slice(2), [])).toEqual([{ kind: 'written', number: 3 }]);
	expect(await append(1, pair.teacher, teacher, a.updates, [])).toEqual([{ kind: 'behind' }]);

	const whole = new Y.Doc();
	for (const update of [...a.updates, ...b.updates]) Y.applyUpdate(whole, update);
	const text = whole.getText('text').toString();
	const read = async () => {
		const { update, number } = await db.asPerson(pair.mentor, (tx) => readState(tx, reflectionId));
		const doc = new Y.Doc();
		Y.applyUpdate(doc, update);
		return { text: doc.getText('text').toString(), number };
	};
	expect(await read()).toEqual({ text, number: 3 });
	expect((await db.asService((tx) => readLog(tx, reflectionId, 2))).rows.map(({ number }) => number)).toEqual([3]);

	const everything = () => db.asPerson(pair.mentor, (tx) => readHistory(tx, reflectionId));
	const written = await everything();
	expect(written.map(({ number, personId, updates }) => ({ number, personId, updates }))).toEqual([
		{ number: 1, personId: pair.teacher, updates: a.updates.slice(0, 2) },
		{ number: 2, personId: pair.mentor, updates: b.updates },
		{ number: 3, personId: pair.teacher, updates: a.updates.slice(2) }
	]);
	const rows = () =>
		db.asService((tx) => tx.select().from(reflectionUpdates).where(eq(reflectionUpdates.reflectionId, reflectionId)));
	expect(await foldNow(db, reflectionId, 60_000)).toBe(0); // too young to move, and read no more
	expect((await rows()).length).toBe(3);
	expect(await read()).toEqual({ text, number: 3 });
	expect((await db.asService((tx) => readLog(tx, reflectionId))).rows).toEqual([]);
	expect(await everything()).toEqual(written);

	expect(await foldNow(db, reflectionId)).toBe(3);
	expect(await rows()).toEqual([]);
	expect(await read()).toEqual({ text, number: 3 });
	expect((await db.asService((tx) => readLog(tx, reflectionId))).rows).toEqual([]);
	expect(await everything()).toEqual(written);
	expect(await db.asPerson(pair.teacher, (tx) => ownersOf(tx, reflectionId))).toEqual(
		new Map([
			[4_000_000_000, pair.teacher],
			[5, pair.mentor]
		])
	);
	const lines = await db.asService((tx) =>
		tx.select().from(reflectionHistory).where(eq(reflectionHistory.reflectionId, reflectionId))
	);
	// The teacher's two rows lie less than a minute apart: one line, although the mentor wrote in between.
	expect(lines.map(({ fromNumber, toNumber, personId }) => [fromNumber, toNumber, personId]).sort()).toEqual([
		[1, 3, pair.teacher],
		[2, 2, pair.mentor]
	]);
	expect(lines.find(({ fromNumber }) => fromNumber === 1)!.rows).toEqual(
		new Uint8Array(packRows(written.filter(({ personId }) => personId === pair.teacher)))
	);
});

test('nobody else reads a word, whatever they ask', async () => {
	const pair = await plantReflection(db);
	const { sessionId } = await signIn(db, pair.teacher);
	await appendRows(db.serviceSession(), [
		{
			reflectionId: pair.reflectionId,
			after: 0,
			personId: pair.teacher,
			sessionId,
			updates: typed('secret').updates,
			clients: []
		}
	]);
	for (const who of [pair.coach, pair.manager, pair.stranger])
		expect(await db.asPerson(who, (tx) => readState(tx, pair.reflectionId))).toEqual({
			update: new Uint8Array([0, 0]),
			number: 0
		});
});

test('a state that holds less never replaces one that holds more', async () => {
	const { reflectionId } = await plantReflection(db);
	const [less, more] = [new Uint8Array([1]), new Uint8Array([2])];
	await keepState(db, reflectionId, 5, more);
	await keepState(db, reflectionId, 4, less);
	expect((await db.asService((tx) => readLog(tx, reflectionId))).snapshot).toEqual({ upToNumber: 5, state: more });
});
