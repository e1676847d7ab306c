/** A backup was brought back, and browsers hold what was written since. */
import { and, eq, gt, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { authorsOf } from '#lib/reflection/authors.server.ts';
import { closed } from '#lib/reflection/closed.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { readState } from '#lib/reflection/log.server.ts';
import { reflectionClients, reflectionUpdates } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { LiveRoom, plantReflection, signIn, until, type PairWithReflection, type SignedInHere } from '../live-room.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

const anHour = () => new Date(Date.now() + 3_600_000);

type Aftermath = {
	pair: PairWithReflection;
	teacher: SignedInHere;
	mentor: SignedInHere;
	/** What their browsers kept: all of it. */
	copy: Uint8Array;
	text: string;
	/** Client ids: the mentor's from before the backup, and one of theirs from after it. */
	early: number;
	late: number;
};

/** Both write; then the database forgets everything but the first words, as a backup from before would have it. */
async function restored(): Promise<Aftermath> {
	const pair = await plantReflection(db);
	const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
	const room = await new LiveRoom(db, { keepRowsMs: 60_000 }).start();
	const stored = async () => {
		const doc = new Y.Doc();
		Y.applyUpdate(doc, (await db.asService((tx) => readState(tx, pair.reflectionId))).update);
		return doc.getText('text').toString();
	};
	try {
		const a = await room.joined(pair.reflectionId, teacher);
		const b = await room.joined(pair.reflectionId, mentor);
		a.text.insert(0, 'I asked. ');
		await until('the mentor reads it', () => b.text.length > 0);
		b.text.insert(b.text.length, 'Who answered? ');
		await until('it is stored', async () => (await stored()) === 'I asked. Who answered? ');
		const [{ number }] = (await db.asService((tx) =>
			tx
				.select({ number: reflectionUpdates.number })
				.from(reflectionUpdates)
				.where(eq(reflectionUpdates.reflectionId, pair.reflectionId))
				.orderBy(reflectionUpdates.number)
				.then((rows) => rows.slice(-1))
		)) as [{ number: number }];

		b.text.insert(b.text.length, 'How long did you wait? ');
		const c = await room.joined(pair.reflectionId, mentor);
		await until('the other tab reads it', () => c.text.length === b.text.length);
		c.text.insert(c.text.length, 'Take three seconds. ');
		await until('the teacher reads it', () => a.text.length === c.text.length);
		a.text.insert(a.text.length, 'I will. ');
		await until('it is stored', async () => (await stored()).endsWith('I will. '));
		const aftermath = {
			pair,
			teacher,
			mentor,
			copy: Y.encodeStateAsUpdate(a.doc),
			text: a.text.toString(),
			early: b.doc.clientID,
			late: c.doc.clientID
		};
		await room.close();
		await db.asOwner(async (tx) => {
			const here = eq(reflectionUpdates.reflectionId, pair.reflectionId);
			await tx.delete(reflectionUpdates).where(and(here, gt(reflectionUpdates.number, number)));
			await tx
				.delete(reflectionClients)
				.where(
					and(
						eq(reflectionClients.reflectionId, pair.reflectionId),
						inArray(reflectionClients.clientId, [c.doc.clientID])
					)
				);
		});
		return aftermath;
	} finally {
		await room.close();
	}
}

test('without recovery a browser that brings the partner’s words is refused, and nothing of it is taken', async () => {
	const { pair, teacher, copy } = await restored();
	const room = await new LiveRoom(db).start();
	try {
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('it is asked', () => raw.asked);
		raw.send(frameOf(frame.sync, sync.step2, copy));
		expect(await raw.closed).toBe(closed.notYourClient[0]);
		const { update } = await db.asService((tx) => readState(tx, pair.reflectionId));
		const doc = new Y.Doc();
		Y.applyUpdate(doc, update);
		expect(doc.getText('text').toString()).toBe('I asked. Who answered? ');
	} finally {
		await room.close();
	}
});

test('in recovery either of the two brings back the words of both, and nobody is named who is not known', async () => {
	const { pair, teacher, mentor, copy, text, early, late } = await restored();
	// Two servers, so that one hears from the other what came back.
	const rooms = [
		await new LiveRoom(db, { recoverUntil: anHour() }).start(),
		await new LiveRoom(db, { recoverUntil: anHour() }).start()
	];
	try {
		const watching = await rooms[1]!.joined(pair.reflectionId, mentor);
		// The page was reloaded since: the copy comes out of the browser's store, under a new client id.
		const kept = new Y.Doc();
		Y.applyUpdate(kept, copy);
		const back = await rooms[0]!.joined(pair.reflectionId, teacher, kept);
		await until('the mentor reads everything', () => watching.text.toString() === text, 40_000);
		back.text.insert(back.text.length, 'It worked. ');
		await until('typing goes on', () => watching.text.toString() === `${text}It worked. `, 40_000);
		const authored = new Map<string | null, string>();
		for (const { author, text } of await db.asService((tx) => authorsOf(tx, pair.reflectionId)))
			authored.set(author, (authored.get(author) ?? '') + text);
		expect(authored).toEqual(
			new Map([
				[pair.teacher, 'I asked. I will. It worked. '],
				[pair.mentor, 'Who answered? How long did you wait? '],
				[null, 'Take three seconds. ']
			])
		);
		// What is typed, and not answered, is still taken only as one's own.
		for (const [client, clock] of [
			[early, Y.getState(back.doc.store, early)],
			[back.doc.clientID, Y.getState(back.doc.store, back.doc.clientID)]
		] as const) {
			const forged = new Y.Doc();
			Y.applyUpdate(forged, Y.encodeStateAsUpdate(back.doc));
			forged.clientID = client;
			const before = Y.encodeStateVector(forged);
			forged.getText('text').insert(0, 'not mine ');
			expect(Y.getState(forged.store, client)).toBeGreaterThan(clock);
			const person = client === early ? teacher : mentor;
			const raw = rooms[0]!.socket(pair.reflectionId, person.cookie);
			await until('it is asked', () => raw.asked);
			raw.update(Y.encodeStateAsUpdate(forged, before));
			expect(await raw.closed).toBe(closed.notYourClient[0]);
		}
		// Whose it is, is not known: the tab that still types under it is not shut out.
		const tab = new Y.Doc();
		Y.applyUpdate(tab, Y.encodeStateAsUpdate(back.doc));
		tab.clientID = late;
		const before = Y.encodeStateVector(tab);
		tab.getText('text').insert(tab.getText('text').length, 'Still here.');
		const raw = rooms[0]!.socket(pair.reflectionId, mentor.cookie);
		await until('it is asked', () => raw.asked);
		raw.update(Y.encodeStateAsUpdate(tab, before));
		await until('it is taken', () => back.text.toString().endsWith('Still here.'));
	} finally {
		await Promise.all(rooms.map((room) => room.close()));
	}
});

test('in recovery nobody outside the pair, and nobody who only reads, brings anything', async () => {
	const { pair, copy } = await restored();
	const room = await new LiveRoom(db, { recoverUntil: anHour() }).start();
	try {
		for (const who of [pair.coach, pair.stranger]) {
			const { cookie } = await signIn(db, who);
			expect(await room.socket(pair.reflectionId, cookie).closed).toBe(closed.notYours[0]);
		}
		const ended = await plantReflection(db, { status: 'paused', endedAs: null });
		const reader = room.socket(ended.reflectionId, (await signIn(db, ended.teacher)).cookie);
		await until('it is asked', () => reader.asked);
		reader.send(frameOf(frame.sync, sync.step2, copy));
		await until('it is refused', () => reader.denied);
	} finally {
		await room.close();
	}
});
