/** Somebody whose line takes nothing any more, while a pair writes a great deal. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { closed } from '#lib/reflection/closed.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { limits } from '#lib/reflection/live/limits.ts';
import { RawSocket, until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { tell } from './form.ts';
import { expectEqualTexts, pairsOn, peopleOf, type Person } from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

test('a client that never reads costs the server a bounded amount of memory, is sent away, and holds up nobody', async () => {
	const engine = await new Engine(db.url, {
		LIMITS: JSON.stringify({
			// A short document, so that what it takes itself is soon at its most; and two lines may bring it all.
			documentWarnBytes: 3 * 2 ** 20,
			documentBytes: 4 * 2 ** 20,
			bytesPerSecond: 64 * 2 ** 20
		})
	}).start();
	const pairs = await pairsOn(db, 1, engine.base);
	const { reflectionId, sessions, people } = pairs[0]!;
	let pasted = 0;
	/** Written and taken away again, so that the reflection stays small while every line has to carry it all. */
	const paste = async (writer: Person) => {
		const size = 900_000;
		writer.text.insert(0, 'x'.repeat(size));
		writer.text.delete(0, size);
		pasted += size;
		const clock = Y.getState(writer.doc.store, writer.doc.clientID);
		await until(
			'all others read on',
			() => people.every(({ doc }) => Y.getState(doc.store, writer.doc.clientID) === clock),
			30_000
		);
	};
	/** Writes this much past everybody. @returns the most MiB that the engine held meanwhile */
	const most = async (mebibytes: number) => {
		let highest = 0;
		const from = pasted;
		for (let i = 0; pasted - from < mebibytes * 2 ** 20; i++) {
			await paste(people[i % 2]!);
			if (i % 2 === 1) highest = Math.max(highest, await engine.held());
		}
		return highest;
	};
	try {
		await most(4); // as warm as it will be
		// The document grows until it is full, and drops what was deleted: over more than that it takes the most.
		const without = await most(8);
		const reader = new RawSocket(
			new WebSocket(`${engine.base}/${reflectionId}`, { headers: { cookie: sessions[1]!.cookie } })
		);
		await until('the reader is in', () => reader.asked);
		reader.socket.pause();
		pasted = 0;
		const held = (await most(36)) - without;
		// What a reader may leave unread, and folding that is under way; without a bound it would be nearly all 36.
		expect(held).toBeLessThan((4 * limits.unsentBytes) / 2 ** 20);
		reader.socket.resume();
		// What the reader finds at last: the goodbye, or, as that waited behind too much, a line cut off.
		const code = await reader.closed;
		expect([closed.tooSlow[0], 1006]).toContain(code);
		expect(people.flatMap(({ closes }) => closes)).toEqual([]);
		people[0]!.text.insert(0, 'still here');
		expect(engine.output.includes('fold-failed')).toBe(false); // else the document would never drop what was deleted
		await expectEqualTexts(db, pairs, engine.base);
		tell(
			`A client that never reads: ${(pasted / 2 ** 20).toFixed(0)} MiB written past it, ${Math.max(0, held).toFixed(1)} MiB more held at most than without it, closed with ${code}, the others wrote on.`
		);
	} finally {
		for (const person of peopleOf(pairs)) person.leave();
		await engine.kill();
	}
});

test('nor does one that asks for the whole reflection again and again, and reads none of the answers', async () => {
	const answers = 40;
	const short = { documentBytes: 2 * 2 ** 20, bytesPerSecond: answers * 2 ** 20 };
	const engine = await new Engine(db.url, { LIMITS: JSON.stringify(short) }).start();
	const pairs = await pairsOn(db, 1, engine.base);
	const { reflectionId, sessions, people } = pairs[0]!;
	try {
		people[0]!.text.insert(0, 'x'.repeat(900_000));
		await expectEqualTexts(db, pairs, engine.base);
		const asker = new RawSocket(
			new WebSocket(`${engine.base}/${reflectionId}`, { headers: { cookie: sessions[1]!.cookie } })
		);
		await until('the asker is in', () => asker.asked);
		const before = await engine.held();
		asker.socket.pause();
		let highest = 0;
		for (let i = 0; i < answers; i++) {
			asker.send(frameOf(frame.sync, sync.step1, new Uint8Array([0])));
			await wait(10);
			if (i % 5 === 4) highest = Math.max(highest, await engine.held());
		}
		expect(highest - before).toBeLessThan(12);
		asker.socket.resume();
		expect([closed.tooSlow[0], 1006]).toContain(await Promise.race([asker.closed, wait(10_000, 'still there')]));
		expect(people.flatMap(({ closes }) => closes)).toEqual([]);
		tell(
			`A client that asks ${answers} times for 0.9 MB and never reads: ${(highest - before).toFixed(1)} MiB more held at most, sent away.`
		);
	} finally {
		for (const person of peopleOf(pairs)) person.leave();
		await engine.kill();
	}
});
