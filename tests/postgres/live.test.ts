/** What one process on an embedded database can't show: several processes on one Postgres, and one that is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { pairs } from '#lib/pairing/schema.server.ts';
import { closed } from '#lib/reflection/closed.ts';
import { appendRows, ownersOf, readState } from '#lib/reflection/log.server.ts';
import { reflectionUpdates } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { foldNow, LiveRoom, plantReflection, RawSocket, signIn, typed, until } from '../live-room.ts';
import { freshDatabase } from '../postgres-server.ts';
import { migrate } from '#lib/server/migrate.ts';

let db: Database;
let url: string;
let drop: () => Promise<void>;
beforeAll(async () => {
	({ url, drop } = await freshDatabase());
	db = await openPostgres(url);
	await migrate(db);
});
afterAll(async () => {
	await db?.close();
	await drop?.();
});

const textOf = (update: Uint8Array) => {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, update);
	expect(doc.store.pendingStructs).toBeNull();
	return doc.getText('text').toString();
};
const stored = async (id: string) => textOf((await db.asService((tx) => readState(tx, id))).update);

test('two servers on one database: people on either write together, and folding in one is noticed by the other', async () => {
	const rooms = [await new LiveRoom(db).start(), await new LiveRoom(db).start()];
	try {
		const pair = await plantReflection(db);
		const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
		const a = await rooms[0]!.joined(pair.reflectionId, teacher);
		const b = await rooms[1]!.joined(pair.reflectionId, mentor);
		const c = await rooms[1]!.joined(pair.reflectionId, teacher);
		for (let i = 0; i < 150; i++) {
			a.text.insert(0, `a${i} `);
			b.text.insert(b.text.length, ` b${i}`);
			if (i % 5 === 0) c.text.insert(c.text.length >> 1, 'c');
			if (i === 75) await foldNow(db, pair.reflectionId, 100);
			await wait(3);
		}
		await until(
			'all agree',
			() => {
				const texts = [a, b, c].map(({ text }) => text.toString());
				return texts[0]!.includes('a149') && texts[0]!.includes('b149') && new Set(texts).size === 1;
			},
			30_000
		);
		expect(await stored(pair.reflectionId)).toBe(a.text.toString());
		const late = await rooms[0]!.joined(pair.reflectionId, mentor);
		expect(late.text.toString()).toBe(a.text.toString());
		const authors = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
		expect([a, b, c].map(({ doc }) => authors.get(doc.clientID))).toEqual([pair.teacher, pair.mentor, pair.teacher]);
		// Numbers without a hole, whoever wrote them.
		const rows = await db.asService((tx) =>
			tx
				.select({ number: reflectionUpdates.number })
				.from(reflectionUpdates)
				.where(eq(reflectionUpdates.reflectionId, pair.reflectionId))
				.orderBy(reflectionUpdates.number)
		);
		for (let i = 1; i < rows.length; i++) expect(rows[i]!.number).toBe(rows[i - 1]!.number + 1);
		// A pair that ends is heard of by both.
		const watch = rooms.map((room) => room.socket(pair.reflectionId, mentor.cookie));
		await until('both are in', () => watch.every((socket) => socket.asked));
		await db.asOwner((tx) =>
			tx
				.update(pairs)
				.set({ status: 'ended', endedAs: 'rematched', endedAt: new Date() })
				.where(eq(pairs.id, pair.pairId))
		);
		for (const socket of watch) expect(await socket.closed).toBe(closed.notYours[0]);
	} finally {
		await Promise.all(rooms.map((room) => room.close()));
	}
});

test('a client id belongs to whoever used it first, on whichever server', async () => {
	const rooms = [await new LiveRoom(db).start(), await new LiveRoom(db).start()];
	try {
		const pair = await plantReflection(db);
		const sockets = [
			rooms[0]!.socket(pair.reflectionId, (await signIn(db, pair.teacher)).cookie, {}, '?durable=1'),
			rooms[1]!.socket(pair.reflectionId, (await signIn(db, pair.mentor)).cookie, {}, '?durable=1')
		];
		await until('both are in', () => sockets.every((socket) => socket.asked));
		// Both at one instant, under one id.
		sockets[0]!.update(typed('t', 5).updates[0]!);
		sockets[1]!.update(typed('m', 5).updates[0]!);
		await until('one is taken', () => sockets.some((socket) => socket.durable === 1));
		const winner = sockets[0]!.durable === 1 ? 0 : 1;
		expect(await sockets[1 - winner]!.closed).toBe(closed.notYourClient[0]);
		expect(sockets[1 - winner]!.durable).toBe(0);
		expect(await stored(pair.reflectionId)).toBe(winner === 0 ? 't' : 'm');
		const authors = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
		expect(authors.get(5)).toBe(winner === 0 ? pair.teacher : pair.mentor);
	} finally {
		await Promise.all(rooms.map((room) => room.close()));
	}
});

test('the statement writes only where the log is where its writer believes, and only for those who may', async () => {
	const pair = await plantReflection(db);
	const other = await plantReflection(db, { status: 'paused', endedAs: null });
	const sessions = {
		teacher: (await signIn(db, pair.teacher)).sessionId,
		mentor: (await signIn(db, pair.mentor)).sessionId,
		coach: (await signIn(db, pair.coach)).sessionId,
		paused: (await signIn(db, other.teacher)).sessionId
	};
	const { updates } = typed('x');
	const row = (personId: string, sessionId: string, after: number, reflectionId = pair.reflectionId) => ({
		reflectionId,
		personId,
		sessionId,
		after,
		updates,
		clients: []
	});
	const session = db.serviceSession();
	const append = (...rows: Parameters<typeof appendRows>[1]) => appendRows(session, rows);
	expect(
		await append(
			row(pair.teacher, sessions.teacher, 0),
			row(pair.coach, sessions.coach, 0),
			row(pair.mentor, sessions.mentor, 0),
			row(pair.mentor, sessions.teacher, 0), // somebody else's session
			row(other.teacher, sessions.paused, 0, other.reflectionId)
		)
	).toEqual([
		{ kind: 'written', number: 1 },
		{ kind: 'not-allowed' },
		{ kind: 'written', number: 2 },
		{ kind: 'not-allowed' },
		{ kind: 'not-allowed' }
	]);
	expect(await append(row(pair.teacher, sessions.teacher, 1))).toEqual([{ kind: 'behind' }]);
	await foldNow(db, pair.reflectionId);
	expect(await append(row(pair.teacher, sessions.teacher, 0))).toEqual([{ kind: 'behind' }]);
	expect(await append(row(pair.teacher, sessions.teacher, 2))).toEqual([{ kind: 'written', number: 3 }]);
	await session.close();
});

test('of many writers at one instant each number has one', async () => {
	const pair = await plantReflection(db);
	const { sessionId } = await signIn(db, pair.teacher);
	const writers = Array.from({ length: 6 }, () => db.serviceSession());
	let written = 0;
	for (let round = 0; round < 10; round++) {
		const outcomes = await Promise.allSettled(
			writers.map((writer) =>
				appendRows(writer, [
					{
						reflectionId: pair.reflectionId,
						personId: pair.teacher,
						sessionId,
						after: round,
						updates: [new Uint8Array([0, 0])],
						clients: []
					}
				])
			)
		);
		written += outcomes.filter((o) => o.status === 'fulfilled' && o.value[0]!.kind === 'written').length;
	}
	expect(written).toBe(10);
	await Promise.all(writers.map((writer) => writer.close()));
});

test('a server killed at any moment loses nothing that it acknowledged or that the partner saw', async () => {
	const pair = await plantReflection(db);
	const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
	const start = async (port: number) => {
		const child = spawn(process.execPath, [join(import.meta.dirname, '../live-process.ts'), url, String(port)], {
			env: { ...process.env, KEEP_ROWS_MS: '0' },
			stdio: ['ignore', 'pipe', 'inherit']
		});
		let printed = '';
		child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
		await until('the process listens', () => /port \d+/.test(printed), 30_000);
		return { child, port: Number(/port (\d+)/.exec(printed)![1]) };
	};
	const first = await start(0);
	const { port } = first;
	let child: ChildProcess = first.child;
	const base = `ws://127.0.0.1:${port}/live`;
	const withCookie = (cookie: string) =>
		class extends WebSocket {
			constructor(address: string | URL) {
				super(address, { headers: { cookie } });
			}
		} as unknown as typeof globalThis.WebSocket;
	const join_ = (cookie: string) =>
		new WebsocketProvider(base, pair.reflectionId, new Y.Doc(), {
			WebSocketPolyfill: withCookie(cookie),
			disableBc: true,
			maxBackoffTime: 200
		});
	// A sender that never repeats: what it was told is durable, and what a reader saw, is all we can hold the server to.
	const sender = new RawSocket(
		new WebSocket(`${base}/${pair.reflectionId}?durable=1`, { headers: { cookie: teacher.cookie } })
	);
	const partner = join_(mentor.cookie);
	try {
		await until('the server asks', () => sender.asked);
		for (let kill = 0; kill < 5; kill++) {
			let socket = sender;
			if (kill > 0) {
				socket = new RawSocket(
					new WebSocket(`${base}/${pair.reflectionId}?durable=1`, { headers: { cookie: teacher.cookie } })
				);
				await until('the server asks', () => socket.asked, 30_000);
			}
			// A new document each time: earlier letters of this one might be lost without a promise broken.
			const round = typed('');
			const sent: string[] = [];
			const killAt = Date.now() + 100 + randomInt(600);
			// On a machine that is busy with other things nothing may have been acknowledged by then.
			for (let i = 0; Date.now() < killAt || (socket.durable === 0 && i < 5_000); i++) {
				const mark = `<${kill}.${i}>`;
				sent.push(mark);
				const from = round.updates.length;
				round.doc.getText('text').insert(round.doc.getText('text').length, mark);
				socket.update(round.updates[from]!);
				await wait(1);
			}
			child.kill('SIGKILL');
			await once(child, 'exit');
			await wait(50); // what was on its way to us
			const acknowledged = sent.slice(0, socket.durable);
			const seen = partner.doc.getText('text').toString();
			const kept = await stored(pair.reflectionId);
			expect(acknowledged.length).toBeGreaterThan(0);
			for (const mark of acknowledged) expect(kept, `acknowledged ${mark}`).toContain(mark);
			for (const mark of sent) if (seen.includes(mark)) expect(kept, `seen ${mark}`).toContain(mark);
			({ child } = await start(port));
		}
		await until('the partner is back', () => partner.synced, 30_000);
		expect(partner.doc.getText('text').toString()).toBe(await stored(pair.reflectionId));
		child.kill('SIGTERM');
		expect((await once(child, 'exit'))[0]).toBe(0);
	} finally {
		sender.socket.terminate();
		partner.destroy();
		partner.awareness.destroy();
		child.kill('SIGKILL');
	}
});
