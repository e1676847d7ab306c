/** Somebody whose line takes nothing any more, while a pair writes a great deal. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { closed } from '#lib/reflection/closed.ts';
import { RawSocket, until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { tell } from './form.ts';
import { expectEqualTexts, pairsOn, peopleOf, Person } from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

test('a client that never reads costs the server a bounded amount of memory, is sent away, and holds up nobody', async () => {
	const engine = await new Engine(db.url).start();
	const pairs = await pairsOn(db, 1, engine.base);
	const { reflectionId, sessions, people } = pairs[0]!;
	// Two devices each: what one line may bring in a moment is bounded as well.
	people.push(...sessions.map((session) => new Person(engine.base, reflectionId, session)));
	await until('all devices are in', () => people.every(({ joined }) => joined));
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
	try {
		for (let i = 0; i < 4; i++) await paste(people[i % 4]!); // as warm as it will be
		const reader = new RawSocket(
			new WebSocket(`${engine.base}/${reflectionId}`, { headers: { cookie: sessions[1]!.cookie } })
		);
		await until('the reader is in', () => reader.asked);
		reader.socket.pause();
		const [before, rss] = [await engine.held(), engine.rss];
		let [highest, highestRss] = [before, rss];
		pasted = 0;
		for (let i = 0; pasted < 53 * 2 ** 20; i++) {
			await paste(people[i % 4]!);
			if (i % 2 === 0) highest = Math.max(highest, await engine.held());
			highestRss = Math.max(highestRss, engine.rss);
		}
		expect(highest - before).toBeLessThan(20);
		reader.socket.resume();
		// What the reader finds at last: the goodbye, or, as that waited behind too much, a line cut off.
		const code = await reader.closed;
		expect([closed.tooSlow[0], 1006]).toContain(code);
		expect(people.flatMap(({ closes }) => closes)).toEqual([]);
		people[0]!.text.insert(0, 'still here');
		await expectEqualTexts(db, pairs, engine.base);
		tell(
			`A client that never reads: ${(pasted / 2 ** 20).toFixed(0)} MiB written past it, ${(highest - before).toFixed(1)} MiB more held at most (resident memory ${(highestRss - rss).toFixed(0)} MiB more), closed with ${code}, the others wrote on.`
		);
	} finally {
		for (const person of peopleOf(pairs)) person.leave();
		await engine.kill();
	}
});
