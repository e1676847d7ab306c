/** The door of the live engine when many come at once, as they do after a restart: on a server, where each question costs. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endSession } from '#lib/identity/session.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { closed } from '#lib/reflection/closed.ts';
import { appendRows, readLog, readLogs, unpacked } from '#lib/reflection/log.server.ts';
import type { Database } from '#lib/server/database.ts';
import { eq } from 'drizzle-orm';
import { foldNow, LiveRoom, plantReflection, signIn, typed, until, type PairWithReflection } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';

let db: ServerDatabase;
let room: LiveRoom;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());
afterEach(() => room?.close());

/** The database behind a gate: counts questions, and holds back those from a number on until it is opened. */
function gated(from: number) {
	let count = 0;
	let open!: () => void;
	const opened = new Promise<void>((done) => (open = done));
	const behind: Database = {
		...db,
		async ask(...asked) {
			if (++count >= from) await opened;
			return db.ask(...asked);
		},
		serviceSession() {
			const session = db.serviceSession();
			return {
				...session,
				async read(...asked) {
					if (++count >= from) await opened;
					return session.read(...asked);
				}
			};
		}
	};
	return { db: behind, open, count: () => count };
}

/** Writes these words into a pair's reflection, as the teacher; one row each. */
async function write(pair: PairWithReflection, ...words: string[]) {
	const { sessionId } = await signIn(db, pair.teacher);
	const session = db.serviceSession();
	const { updates, doc } = typed('');
	for (const [after, word] of words.entries()) {
		doc.getText('text').insert(doc.getText('text').length, word);
		const { reflectionId, teacher: personId } = pair;
		const clients = after === 0 ? [doc.clientID] : [];
		await appendRows(session, [{ reflectionId, after, personId, sessionId, updates: updates.slice(after), clients }]);
	}
	await session.close();
	return doc.clientID;
}

test('a hundred who return at one moment cost a few questions, and each gets what is theirs', async () => {
	const crowd = [];
	for (let i = 0; i < 50; i++) {
		const pair = await plantReflection(db);
		await write(pair, `words of pair ${i}`);
		const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
		crowd.push({ pair, people: [teacher, mentor], words: `words of pair ${i}` });
	}
	const stranger = await signIn(db, crowd[0]!.pair.stranger);
	const signedOut = await signIn(db, crowd[1]!.pair.teacher);
	await endSession(db, signedOut.sessionId);

	process.setMaxListeners(200); // each stock client waits for the end of the process
	const { db: behind, open, count } = gated(1);
	room = await new LiveRoom(behind).start();
	const writers = crowd.flatMap(({ pair, people, words }) =>
		people.map((who) => ({ writer: room.join(pair.reflectionId, who), words }))
	);
	const [strange, out] = [
		room.socket(crowd[0]!.pair.reflectionId, stranger.cookie),
		room.socket(crowd[1]!.pair.reflectionId, signedOut.cookie)
	];
	await until('all stand at the door', () => room.live.figures.sockets === 102);
	open();
	expect(await strange.closed).toBe(closed.notYours[0]);
	expect(await out.closed).toBe(closed.notSignedIn[0]);
	await until('all are in step', () => writers.every(({ writer }) => writer.provider.synced), 30_000);
	expect(writers.map(({ writer }) => writer.text.toString())).toEqual(writers.map(({ words }) => words));
	// Those who came first are asked about first, and who waited meanwhile together: sessions, rights and logs.
	expect(count()).toBeLessThanOrEqual(15);
});

test('who was being let in when their pair ended is asked about again, and does not get in', async () => {
	const pair = await plantReflection(db);
	await write(pair, 'not theirs any more');
	const mentor = await signIn(db, pair.mentor);
	// Session and rights are answered; reading the log is held back.
	const { db: behind, open, count } = gated(3);
	room = await new LiveRoom(behind).start();
	const socket = room.socket(pair.reflectionId, mentor.cookie);
	await until('the log is asked for', () => count() === 3);
	const news = new Promise<void>((heard) => void db.listen('access_changed', () => heard()));
	await db.asOwner((tx) =>
		tx
			.update(pairs)
			.set({ status: 'ended', endedAs: 'rematched', endedAt: new Date() })
			.where(eq(pairs.id, pair.pairId))
	);
	await news;
	open();
	expect(await socket.closed).toBe(closed.notYours[0]);
	expect(socket.heard).toEqual([]);
});

test('many logs are read as each alone would be: from where it was asked, folded or not, with the owners of its ids', async () => {
	const [folded, fresh, empty] = [await plantReflection(db), await plantReflection(db), await plantReflection(db)];
	const owner = await write(folded, 'a', 'b', 'c');
	await write(fresh, 'x', 'y');
	await foldNow(db, folded.reflectionId);
	const wanted = [
		{ reflectionId: fresh.reflectionId, after: 1 },
		{ reflectionId: folded.reflectionId, after: 0 },
		{ reflectionId: empty.reflectionId, after: 0 },
		{ reflectionId: folded.reflectionId, after: 3 },
		{ reflectionId: fresh.reflectionId, after: 0 }
	];
	const session = db.serviceSession();
	await db.asService(async (tx) => {
		const logs = await readLogs(session, wanted, 1_000_000);
		for (const [i, { reflectionId, after }] of wanted.entries())
			expect(unpacked(logs[i]!)).toEqual(await readLog(tx, reflectionId, after));
		expect(logs.map(({ rows }) => rows.map(({ number }) => number))).toEqual([[2], [], [], [], [1, 2]]);
		expect(logs.map(({ snapshot }) => snapshot?.upToNumber)).toEqual([undefined, 3, undefined, undefined, undefined]);
		expect(logs[1]!.owners).toEqual(new Map([[owner, folded.teacher]]));
		expect(logs[2]!.owners.size).toBe(0);
		// No more in one go than may be in memory, and never nothing.
		expect(await readLogs(session, wanted, 1)).toEqual(logs.slice(0, 1));
		const { length } = logs[0]!.rows[0]!.packed;
		expect(await readLogs(session, wanted, length + logs[1]!.snapshot!.state.length)).toEqual(logs.slice(0, 4));
	});
	await session.close();
});
