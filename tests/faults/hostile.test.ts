/** Frames that no honest client sends: honest ones, damaged in every way that a frame can be. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { closed } from '#lib/reflection/closed.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { plantReflection, RawSocket, signIn, until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { amount, minutes, tell } from './form.ts';
import { expectEqualTexts, missing, nothingMissing, pairsOn, peopleOf, typing } from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

/** Frames that an honest client sends, with every kind of content that Yjs knows. */
function honest(): Uint8Array[] {
	const doc = new Y.Doc();
	const frames: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => frames.push(frameOf(frame.sync, sync.update, update)));
	const text = doc.getText('text');
	text.insert(0, 'What changed when I waited?');
	text.insert(4, 'é€🙂');
	text.format(0, 5, { bold: true });
	text.insertEmbed(3, { image: 'x' });
	text.delete(2, 5);
	const map = doc.getMap('map');
	map.set('list', [1, 2.5, null, 'text', new Uint8Array([1, 2, 3])]);
	map.set('map', { a: true });
	map.delete('map');
	doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('paragraph'), new Y.XmlText('words')]);
	frames.push(frameOf(frame.sync, sync.step1, Y.encodeStateVector(doc)));
	frames.push(frameOf(frame.sync, sync.step2, Y.encodeStateAsUpdate(doc)));
	const presence = encoding.createEncoder();
	for (const number of [1, doc.clientID, 1]) encoding.writeVarUint(presence, number);
	encoding.writeVarString(presence, JSON.stringify({ cursor: { anchor: null }, user: { name: 'Somebody' } }));
	frames.push(frameOf(frame.awareness, null, encoding.toUint8Array(presence)));
	frames.push(new Uint8Array([frame.queryAwareness]));
	return frames;
}

/** Small frames that promise much: declared counts and lengths that no frame can hold, runs that take seconds to unroll. */
function bombs(): Uint8Array[] {
	const update = (...bytes: number[]) => frameOf(frame.sync, sync.update, new Uint8Array(bytes));
	const huge = [255, 255, 255, 255, 15];
	const enormous = [255, 255, 255, 255, 255, 255, 255, 15];
	return [
		update(1, ...huge, 7, 0), // structs
		update(...huge, 1, 7, 0), // clients
		update(0, 1, 7, ...huge), // deletions
		update(0, ...huge, 7, 1, 0, 1),
		update(0, 1, 7, 1, 0, ...enormous), // one deletion as long as everything
		update(1, 1, 7, 0, 8, 1, 1, 116, ...huge, 0), // a list of values
		update(1, 1, 7, 0, 4, 1, 1, 116, ...huge, 0), // a string
		update(1, 1, 7, 0, 0, ...enormous, 0), // a garbage run
		update(1, 1, 7, 0, 10, ...enormous, 0), // a skip
		frameOf(frame.sync, sync.step1, new Uint8Array(huge)), // a state vector
		new Uint8Array([frame.sync, sync.update, ...huge]),
		frameOf(frame.awareness, null, new Uint8Array(huge)),
		frameOf(frame.awareness, null, new Uint8Array([1, 7, 1, ...huge])),
		new Uint8Array(1_000_000), // as large as a frame may be, and nothing in it
		frameOf(frame.sync, sync.update, new Uint8Array(1_000_000).fill(1)),
		frameOf(frame.awareness, null, new TextEncoder().encode(`\x01\x07\x01${'['.repeat(60_000)}`)) // nested deep
	];
}

const damages: ((bytes: Uint8Array, other: Uint8Array) => Uint8Array)[] = [
	// Bits that flip.
	(bytes) => {
		for (let i = 1 + randomInt(4); i > 0; i--) bytes[randomInt(bytes.length)]! ^= 1 << randomInt(8);
		return bytes;
	},
	// The end missing.
	(bytes) => bytes.subarray(0, randomInt(bytes.length)),
	// The head of one and the tail of another.
	(bytes, other) =>
		new Uint8Array([...bytes.subarray(0, randomInt(bytes.length)), ...other.subarray(randomInt(other.length))]),
	// A number somewhere, grown to what it can not be.
	(bytes) => {
		const at = 1 + randomInt(bytes.length);
		return new Uint8Array([...bytes.subarray(0, at), 255, 255, 255, 255, randomInt(16), ...bytes.subarray(at)]);
	},
	// Something more at the end.
	(bytes) => new Uint8Array([...bytes, ...Array.from({ length: 1 + randomInt(20) }, () => randomInt(256))]),
	// A piece twice.
	(bytes) => {
		const [from, length] = [randomInt(bytes.length), 1 + randomInt(8)];
		return new Uint8Array([...bytes.subarray(0, from + length), ...bytes.subarray(from)]);
	}
];

test(
	'of damaged frames each closes its own socket at most, with a code that says why; others type on',
	{ timeout: minutes(2, 15) },
	async () => {
		const count = amount(200, 2_000);
		const engine = await new Engine(db.url).start();
		const pairs = await pairsOn(db, 3, engine.base);
		const writing = typing(pairs);
		const codes = new Map<number | 'taken', number>();
		const clear = new Set<number>(Object.values(closed).map(([code]) => code));
		let slowest = 0;
		try {
			const sources = honest();
			const explosives = bombs();
			// Undamaged, all of them are taken: it is the damage that is refused below.
			const sane = await plantReflection(db);
			const { cookie } = await signIn(db, sane.mentor);
			const all = new RawSocket(
				new WebSocket(`${engine.base}/${sane.reflectionId}?durable=1`, { headers: { cookie } })
			);
			await until('the server asks', () => all.asked);
			for (const bytes of sources) all.send(bytes);
			const updates = sources.filter((bytes) => bytes[0] === frame.sync && bytes[1] !== sync.step1).length;
			await until('all updates are durable', () => all.durable === updates);
			all.socket.close();
			// The victims' own reflection: a new one from time to time, as some of what they send is taken.
			let place = await plantReflection(db);
			let session = await signIn(db, place.mentor);
			await wait(500);
			const before = engine.rss;
			let watching = true;
			const watch = (async () => {
				// Not the damaged frames, but whom they could harm: how long another pair's letter takes.
				const [{ people }] = pairs as [(typeof pairs)[0]];
				while (watching) {
					const mark = people[0]!.doc.clientID;
					people[0]!.text.insert(0, '.');
					const clock = Y.getState(people[0]!.doc.store, mark);
					const began = performance.now();
					await until('another pair’s letter arrives', () => Y.getState(people[1]!.doc.store, mark) >= clock, 20_000);
					slowest = Math.max(slowest, performance.now() - began);
					await wait(20);
				}
			})();
			watch.catch(() => {});
			for (let i = 0; i < count;) {
				if (i % 50 === 0) {
					place = await plantReflection(db);
					session = await signIn(db, place.mentor);
				}
				await Promise.all(
					Array.from({ length: 10 }, async (_, j) => {
						const number = i + j;
						const bytes =
							number < explosives.length
								? explosives[number]!
								: damages[number % damages.length]!(
										sources[randomInt(sources.length)]!.slice(),
										sources[randomInt(sources.length)]!
									);
						const raw = new RawSocket(
							new WebSocket(`${engine.base}/${place.reflectionId}`, { headers: { cookie: session.cookie } })
						);
						await until('the server asks', () => raw.asked, 30_000);
						raw.send(bytes);
						// A second frame: whoever is still there after it was not closed for the first.
						raw.send(frameOf(frame.sync, sync.step1, new Uint8Array([0])));
						const heard = raw.heard.length;
						const answered = () =>
							raw.heard.slice(heard).some((message) => message[0] === frame.sync && message[1] === sync.step2);
						await until('the server answers or closes', () => answered() || raw.socket.readyState === WebSocket.CLOSED);
						const end = raw.socket.readyState === WebSocket.CLOSED ? await raw.closed : 'taken';
						codes.set(end, (codes.get(end) ?? 0) + 1);
						if (end !== 'taken')
							expect(clear, `frame ${number}: ${Buffer.from(bytes.subarray(0, 300)).toString('hex')}`).toContain(end);
						raw.socket.terminate();
					})
				);
				i += 10;
			}
			watching = false;
			await watch;
			writing.stop();
			expect(slowest).toBeLessThan(2_000);
			await until('memory is back', () => engine.rss - before < 150, 30_000);
			expect(peopleOf(pairs).flatMap(({ closes }) => closes)).toEqual([]);
			expect(await missing(db, pairs)).toEqual(nothingMissing);
			await expectEqualTexts(db, pairs, engine.base);
			expect(engine.alive).toBe(true);
			// Were most of them harmless, this would prove little.
			expect(codes.get('taken') ?? 0).toBeLessThan(count / 2);
			tell(
				`${count} damaged frames and bombs: closed ${[...codes].map(([code, times]) => `${code} × ${times}`).join(', ')}; slowest letter of another pair ${slowest.toFixed(0)} ms, memory ${(engine.rss - before).toFixed(0)} MiB more.`
			);
		} finally {
			writing.stop();
			for (const person of peopleOf(pairs)) person.leave();
			await engine.kill();
		}
	}
);
