/** The live engine through real sockets: stock y-websocket clients, and bare ones that say what no honest client says. */
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import * as Y from 'yjs';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { endSession } from '#lib/identity/session.server.ts';
import { sessions } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { closed } from '#lib/reflection/closed.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { limits } from '#lib/reflection/live/limits.ts';
import { ownersOf, readLog, readState } from '#lib/reflection/log.server.ts';
import {
	reflectionHistory,
	reflections,
	reflectionSharings,
	reflectionUpdates
} from '#lib/reflection/schema.server.ts';
import { shareReflection, takeBackReflection } from '#lib/reflection/sharing.server.ts';
import type { Database, ServiceSession } from '#lib/server/database.ts';
import {
	foldNow,
	LiveRoom,
	plantReflection,
	signIn,
	typed,
	until,
	type PairWithReflection,
	type SignedInHere
} from '../live-room.ts';
import { withDatabase } from '../with-database.ts';

let db: Database;
let room: LiveRoom;
let pair: PairWithReflection;
let teacher: SignedInHere;
let mentor: SignedInHere;

beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
afterEach(() => room?.close());

/** A new room, a new active pair, both signed in. */
async function meet() {
	room = await new LiveRoom(db, { keepRowsMs: 0 }).start();
	pair = await plantReflection(db);
	[teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
}

const stored = async (reflectionId = pair.reflectionId) => {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, (await db.asService((tx) => readState(tx, reflectionId))).update);
	return doc.getText('text').toString();
};
const setPair = (values: Partial<typeof pairs.$inferInsert>) =>
	db.asOwner((tx) => tx.update(pairs).set(values).where(eq(pairs.id, pair.pairId)));
const ended = { status: 'ended', endedAs: 'rematched', endedAt: new Date() } as const;

describe('two people', () => {
	test('write at once and see the same, and so does whoever comes later', async () => {
		await meet();
		const [a, b] = [await room.joined(pair.reflectionId, teacher), await room.joined(pair.reflectionId, mentor)];
		for (let i = 0; i < 60; i++) {
			a.text.insert(0, `t${i} `);
			b.text.insert(b.text.length, ` m${i}`);
			if (i % 7 === 3) a.text.delete(0, 2);
			if (i % 10 === 0) await wait(5);
		}
		await until('both agree', () => a.text.toString() === b.text.toString() && a.text.toString().includes('m59'));
		const late = await room.joined(pair.reflectionId, mentor);
		expect(late.text.toString()).toBe(a.text.toString());
		expect(await stored()).toBe(a.text.toString());
		// Ids of both, each bound to who wrote under it.
		const authors = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
		expect(authors.get(a.doc.clientID)).toBe(pair.teacher);
		expect(authors.get(b.doc.clientID)).toBe(pair.mentor);
	});

	test('find every word after nobody was there', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'I waited three seconds.');
		a.text.delete(0, 2);
		await until('it is stored', async () => (await stored()) === 'waited three seconds.');
		a.leave();
		await until('the document is let go', () => room.live.figures.documents === 0);
		const b = await room.joined(pair.reflectionId, mentor);
		expect(b.text.toString()).toBe('waited three seconds.');
	});

	test('come back with 1,500 edits made offline, and lose none', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		const b = await room.joined(pair.reflectionId, mentor);
		a.text.insert(0, 'start');
		await until('both have the start', () => b.text.toString() === 'start');
		a.provider.disconnect();
		for (let i = 0; i < 1500; i++) {
			a.text.insert(a.text.length, String(i % 10));
			if (i % 3 === 0) b.text.insert(0, 'm');
		}
		a.provider.connect();
		await until('both agree', () => a.text.length === 5 + 1500 + 500 && a.text.toString() === b.text.toString());
		await until('it is stored', async () => (await stored()) === b.text.toString());
	});

	test('come back typing: what is typed before the edits made offline are sent waits for them', async () => {
		await meet();
		const [a, b] = [await room.joined(pair.reflectionId, teacher), await room.joined(pair.reflectionId, mentor)];
		a.provider.disconnect();
		a.text.insert(0, 'made offline');
		const lost: unknown[] = [];
		a.provider.on('connection-close', (event) => event && lost.push(event.code));
		// The socket is open, and the server has not yet heard what this client has.
		a.provider.on('status', ({ status }) => {
			if (status === 'connected') for (const letter of ', typed on') a.text.insert(a.text.length, letter);
		});
		a.provider.connect();
		await until('the partner sees it', () => b.text.toString() === 'made offline, typed on');
		expect(await stored()).toBe('made offline, typed on');
		expect(lost).toEqual([]);
	});

	test('one person with two devices is fine', async () => {
		await meet();
		const phone = await signIn(db, pair.teacher);
		const [a, b] = [await room.joined(pair.reflectionId, teacher), await room.joined(pair.reflectionId, phone)];
		a.text.insert(0, 'desk');
		await until('the phone sees it', () => b.text.toString() === 'desk');
		b.text.insert(4, ' and phone');
		await until('the desk sees it', () => a.text.toString() === 'desk and phone');
		const authors = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
		expect(new Set(authors.values())).toEqual(new Set([pair.teacher]));
	});

	test('thousands of single frames sent at once all arrive', async () => {
		await meet();
		const reader = await room.joined(pair.reflectionId, mentor);
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => raw.asked);
		const { updates, doc } = typed('0123456789'.repeat(300));
		for (const update of updates) raw.update(update);
		await until('all are durable', () => raw.durable === 3000);
		await until('all are seen', () => reader.text.toString() === doc.getText('text').toString());
		expect(await stored()).toBe(doc.getText('text').toString());
	});
});

describe('the door', () => {
	test('who is not signed in is told so, and a stock client does not try again', async () => {
		await meet();
		expect(await room.socket(pair.reflectionId, undefined).closed).toBe(closed.notSignedIn[0]);
		expect(await room.socket(pair.reflectionId, 'session=not.real').closed).toBe(closed.notSignedIn[0]);
		const nobody = room.join(pair.reflectionId, { cookie: 'session=x.y', sessionId: '' });
		await until('the client gave up', () => !nobody.provider.shouldConnect);
	});

	test.for(['stranger', 'coach', 'manager'] as const)('a %s gets nothing', async (who) => {
		await meet();
		const raw = room.socket(pair.reflectionId, (await signIn(db, pair[who])).cookie);
		await raw.opened;
		raw.send(frameOf(frame.sync, sync.step1, new Uint8Array([0])));
		expect(await raw.closed).toBe(closed.notYours[0]);
		expect(raw.heard).toEqual([]);
		const noted = () =>
			db.asPerson(pair[who], (tx) => tx.select().from(auditEvents).where(eq(auditEvents.kind, 'not-found')));
		await until('the try is written down', async () => (await noted()).length === 1);
		expect(await noted()).toMatchObject([{ byPersonId: pair[who], about: { route: '/live/[id]' } }]);
	});

	test('the teacher of another pair and a reflection that does not exist get the same answer', async () => {
		await meet();
		const other = await plantReflection(db);
		const { cookie } = await signIn(db, other.teacher);
		expect(await room.socket(pair.reflectionId, cookie).closed).toBe(closed.notYours[0]);
		expect(await room.socket('01890000-0000-7000-8000-000000000000', cookie).closed).toBe(closed.notYours[0]);
		expect(await room.socket('..%2f..', cookie).closed).toBe(closed.notYours[0]);
	});

	test('a pair that ended in a rematch is closed to the mentor and readable for the teacher', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'ours');
		await until('it is stored', async () => (await stored()) === 'ours');
		a.leave();
		await setPair(ended);
		expect(await room.socket(pair.reflectionId, mentor.cookie).closed).toBe(closed.notYours[0]);
		const reader = await room.joined(pair.reflectionId, teacher);
		expect(reader.text.toString()).toBe('ours');
	});

	test.for([
		['another site', 'https://evil.example', true],
		['a site that begins alike', 'http://127.0.0.1.evil.example', true],
		['null, as of a sandbox', 'null', true]
	] as const)('a page of %s is refused', async ([, origin]) => {
		await meet();
		expect(await room.socket(pair.reflectionId, teacher.cookie, { origin }).refused).toBe(403);
	});

	test('our own page is let in, by the host of the request or by ORIGIN', async () => {
		await meet();
		const own = room.base.replace('ws:', 'http:').replace('/live', '');
		const raw = room.socket(pair.reflectionId, teacher.cookie, { origin: own });
		await until('the server asks', () => raw.asked);
		const behind = await new LiveRoom(db, { origin: 'https://wayfellow.example.org' }).start();
		try {
			const outside = behind.socket(pair.reflectionId, teacher.cookie, { origin: 'https://wayfellow.example.org' });
			await until('the server asks', () => outside.asked);
			expect(await behind.socket(pair.reflectionId, teacher.cookie, { origin: own }).refused).toBe(403);
		} finally {
			await behind.close();
		}
	});
});

describe('reading without writing', () => {
	test('a paused pair reads; what it sends is refused with a reason and shown to nobody', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'before');
		await until('it is stored', async () => (await stored()) === 'before');
		a.leave();
		await setPair({ status: 'paused' });
		const partner = room.socket(pair.reflectionId, mentor.cookie);
		const reader = await room.joined(pair.reflectionId, teacher);
		expect(reader.text.toString()).toBe('before');
		const raw = room.socket(pair.reflectionId, teacher.cookie);
		await raw.opened;
		for (const update of typed('no').updates) raw.update(update);
		reader.text.insert(0, 'nor this ');
		await until('it is denied', () => raw.denied);
		await wait(100);
		expect(partner.updates).toEqual([]);
		expect(await stored()).toBe('before');
		// Saying what is known already is no change: it counts as durable, also here.
		const same = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => same.asked);
		same.send(frameOf(frame.sync, sync.step2, (await db.asService((tx) => readState(tx, pair.reflectionId))).update));
		await until('it is acknowledged', () => same.durable === 1);
		expect(same.denied).toBe(false);
	});
});

describe('rights that change', () => {
	test('a session that ends closes its sockets at once, and only its own', async () => {
		await meet();
		const other = await signIn(db, pair.teacher);
		const [gone, stays] = [
			room.socket(pair.reflectionId, teacher.cookie),
			room.socket(pair.reflectionId, other.cookie)
		];
		await until('both are in', () => gone.asked && stays.asked);
		await endSession(db, teacher.sessionId);
		expect(await gone.closed).toBe(closed.notSignedIn[0]);
		expect(stays.socket.readyState).toBe(1);
		expect(await room.socket(pair.reflectionId, teacher.cookie).closed).toBe(closed.notSignedIn[0]);
	});

	test('when a pair ends whoever may still read comes back through the door, and nothing more can be written', async () => {
		await meet();
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, mentor.cookie)];
		await until('both are in', () => a.asked && b.asked);
		await setPair(ended);
		expect(await a.closed).toBe(closed.accessChanged[0]);
		expect(await b.closed).toBe(closed.notYours[0]);
		expect(await room.socket(pair.reflectionId, mentor.cookie).closed).toBe(closed.notYours[0]);
		const back = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await back.opened;
		for (const update of typed('late').updates) back.update(update);
		await until('it is denied', () => back.denied);
		expect(back.durable).toBe(0);
		expect(await stored()).toBe('');
	});

	test('a mentor from whom a reflection is taken back is out at once, and everything they wrote is there', async () => {
		await meet();
		const asTeacher = { id: pair.teacher, name: 'T', initials: 'T' };
		const [a, b] = [await room.joined(pair.reflectionId, teacher), await room.joined(pair.reflectionId, mentor)];
		for (const letter of 'by the mentor') b.text.insert(b.text.length, letter);
		await until('the teacher sees it', () => a.text.toString() === 'by the mentor');
		const code = new Promise<number>((done) => b.provider.once('closed', ({ code }: { code: number }) => done(code)));
		await takeBackReflection(db, asTeacher, pair.reflectionId);
		expect(await code).toBe(closed.notYours[0]);
		expect(await room.socket(pair.reflectionId, mentor.cookie).closed).toBe(closed.notYours[0]);
		expect(await stored()).toBe('by the mentor');

		// The teacher's page says anew who sees it, and writes on.
		await until('the teacher is back', () => a.provider.synced);
		a.text.insert(0, 'Kept: ');
		await until('it is stored', async () => (await stored()) === 'Kept: by the mentor');
		// What the mentor types into the page that is closed reaches nobody.
		b.text.insert(0, 'late ');
		await shareReflection(db, asTeacher, pair.reflectionId);
		const back = await room.joined(pair.reflectionId, mentor);
		expect(back.text.toString()).toBe('Kept: by the mentor');
	});

	test('a reflection that was never shared opens to the mentor the moment it is', async () => {
		await meet();
		pair = await plantReflection(db, undefined, { alone: true });
		[teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'mine');
		await until('it is stored', async () => (await stored()) === 'mine');
		expect(await room.socket(pair.reflectionId, mentor.cookie).closed).toBe(closed.notYours[0]);
		await shareReflection(db, { id: pair.teacher, name: 'T', initials: 'T' }, pair.reflectionId);
		const b = await room.joined(pair.reflectionId, mentor);
		expect(b.text.toString()).toBe('mine');
		b.text.insert(4, ' and yours');
		await until('the teacher sees it', () => a.text.toString() === 'mine and yours');
	});

	test('the database itself refuses a mentor’s words that arrive before the news that it was taken back', async () => {
		await meet();
		const b = room.socket(pair.reflectionId, mentor.cookie, {}, '?durable=1');
		await until('the server asks', () => b.asked);
		// A hand at the database, of which no news come.
		await db.asOwner(async (tx) => {
			await tx.execute('alter table reflection_sharings disable trigger reflection_sharings_tell_access');
			await tx
				.update(reflectionSharings)
				.set({ takenBackBy: pair.teacher, takenBackAt: new Date() })
				.where(eq(reflectionSharings.reflectionId, pair.reflectionId));
			await tx.execute('alter table reflection_sharings enable trigger reflection_sharings_tell_access');
		});
		b.update(typed('x').updates[0]!);
		expect(await b.closed).toBe(closed.notYours[0]);
		expect(b.durable).toBe(0);
		expect(await stored()).toBe('');
	});

	test('the database itself refuses what arrives before the news does', async () => {
		await meet();
		const a = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => a.asked);
		// A session that runs out sends no news.
		await db.asOwner(async (tx) => {
			await tx.execute('alter table sessions disable trigger sessions_tell_access');
			await tx
				.update(sessions)
				.set({ expiresAt: new Date(0) })
				.where(eq(sessions.id, teacher.sessionId));
			await tx.execute('alter table sessions enable trigger sessions_tell_access');
		});
		a.update(typed('x').updates[0]!);
		expect(await a.closed).toBe(closed.notSignedIn[0]);
		expect(a.durable).toBe(0);
		expect(await stored()).toBe('');
	});
});

describe('presence', () => {
	const here = (name: string, extra = {}) => ({ user: { name, color: '#f00' }, ...extra });

	test('shows who is here under the name that the server knows', async () => {
		await meet();
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, mentor.cookie)];
		await until('both are in', () => a.asked && b.asked);
		const cursor = { anchor: { type: null, tname: 'text', item: { client: 5, clock: 0 }, assoc: 0 }, head: null };
		a.presence([
			[11, 1, here('Somebody else', { cursor, typing: true, evil: { html: '<b>' }, admin: 'x'.repeat(500) })]
		]);
		await until('the mentor sees the teacher', () => b.people.size > 0);
		expect(b.people.get(11)).toEqual({
			cursor,
			typing: true,
			user: { id: pair.teacher, name: 'The teacher', initials: 'PW', author: 1 }
		});
		expect(a.people.size).toBe(0); // nobody is told of themselves
		const late = room.socket(pair.reflectionId, mentor.cookie);
		await until('who comes later is told too', () => late.people.has(11));
		a.socket.close();
		await until('the caret goes with its socket', () => !b.people.has(11));
	});

	test('is never taken for somebody else’s id, nor for a second one', async () => {
		await meet();
		const [a, b, c] = [teacher, mentor, mentor].map(({ cookie }) => room.socket(pair.reflectionId, cookie));
		await until('all are in', () => [a, b, c].every((s) => s!.asked));
		a!.presence([[11, 1, here('a')]]);
		await until('the mentor sees the teacher', () => b!.people.has(11));
		b!.presence([
			[11, 99, here('forged')],
			[12, 1, here('b')],
			[13, 1, here('b again')]
		]);
		b!.presence([[11, 100, null]]);
		await until('the own id is taken', () => a!.people.has(12));
		await wait(120);
		expect([...a!.people.keys()]).toEqual([12]);
		expect((c!.people.get(11)!.user as { id: string }).id).toBe(pair.teacher);
		// Asking again is answered with everybody else.
		c!.heard.length = 0;
		c!.send(new Uint8Array([frame.queryAwareness]));
		await until('the answer comes', () => c!.people.size === 2);
	});

	test('holds an id for its person: nobody writes under it before them', async () => {
		await meet();
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, mentor.cookie)];
		await until('both are in', () => a.asked && b.asked);
		a.presence([[11, 1, here('a')]]);
		await until('the mentor sees the teacher', () => b.people.has(11));
		b.update(typed('x', 11).updates[0]!);
		expect(await b.closed).toBe(closed.notYourClient[0]);
	});
});

describe('what no honest client sends', () => {
	const garbage: [string, Uint8Array | string, number][] = [
		['text', 'hello', closed.notUnderstood[0]],
		['nothing', new Uint8Array(), closed.notUnderstood[0]],
		['an unknown message', new Uint8Array([77]), closed.notUnderstood[0]],
		['an unknown sync message', new Uint8Array([0, 9, 0]), closed.notUnderstood[0]],
		['a length that is a lie', new Uint8Array([0, 2, 200, 1, 0]), closed.notUnderstood[0]],
		[
			'33 million structs in seven bytes',
			frameOf(0, 2, new Uint8Array([1, 255, 255, 255, 15, 7, 0])),
			closed.notUnderstood[0]
		],
		['a state vector that is a lie', frameOf(0, 0, new Uint8Array([255, 255, 255, 15])), closed.notUnderstood[0]],
		['presence that is no JSON', frameOf(1, null, new Uint8Array([1, 5, 1, 2, 120, 120])), closed.notUnderstood[0]],
		['two megabytes', new Uint8Array(2 * 1024 * 1024), closed.tooLarge[0]]
	];
	test('closes its own socket with a reason, and the partner writes on', async () => {
		await meet();
		const [a, b] = [await room.joined(pair.reflectionId, mentor), await room.joined(pair.reflectionId, teacher)];
		for (const [what, bytes, code] of garbage) {
			const raw = room.socket(pair.reflectionId, teacher.cookie);
			await until('the server asks', () => raw.asked);
			raw.socket.send(bytes);
			expect(await raw.closed, what).toBe(code);
		}
		a.text.insert(0, 'still here');
		await until('the partner sees it', () => b.text.toString() === 'still here');
	});

	test('writing under the partner’s client id closes with a code of its own and changes nothing', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'mine');
		await until('it is stored', async () => (await stored()) === 'mine');
		const raw = room.socket(pair.reflectionId, mentor.cookie);
		await until('the server asks', () => raw.asked);
		raw.update(typed('mineX', a.doc.clientID).updates[4]!);
		expect(await raw.closed).toBe(closed.notYourClient[0]);
		expect(await stored()).toBe('mine');
	});

	test('an update with a gap before it is sent back to start from the state vectors', async () => {
		await meet();
		const { updates } = typed('abc');
		const raw = room.socket(pair.reflectionId, teacher.cookie);
		await until('the server asks', () => raw.asked);
		raw.send(frameOf(frame.sync, sync.step2, new Uint8Array([0, 0])));
		raw.update(updates[0]!);
		raw.update(updates[2]!);
		expect(await raw.closed).toBe(closed.resync[0]);
		await until('what was whole is stored', async () => (await stored()) === 'a');
	});

	test('deleting what the partner has yet to type is refused', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'mine');
		await until('it is stored', async () => (await stored()) === 'mine');
		const encoder = encoding.createEncoder();
		for (const n of [0, 1, a.doc.clientID, 1, 2, 1000]) encoding.writeVarUint(encoder, n);
		const raw = room.socket(pair.reflectionId, mentor.cookie);
		await until('the server asks', () => raw.asked);
		raw.send(frameOf(frame.sync, sync.step2, new Uint8Array([0, 0])));
		raw.update(encoding.toUint8Array(encoder));
		expect(await raw.closed).toBe(closed.resync[0]);
		expect(await stored()).toBe('mine');
	});

	test('a reader who never reads is dropped, and memory stays bounded', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		const reader = room.socket(pair.reflectionId, mentor.cookie);
		await until('both are in', () => reader.asked);
		reader.socket.pause();
		for (let i = 0; i < 40 && room.live.figures.sockets > 1; i++) {
			a.text.insert(0, 'x'.repeat(400_000));
			a.text.delete(0, 400_000);
			await wait(20);
		}
		await until('the slow reader is gone', () => room.live.figures.sockets === 1);
		expect(a.provider.wsconnected).toBe(true);
	});
});

describe('acknowledgement', () => {
	test('of what came before the answer waits for the answer, and a flood before it starts again', async () => {
		await meet();
		const { updates, doc } = typed('abcdef');
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => raw.asked);
		for (const update of updates.slice(3)) raw.update(update); // stands on a, b, c
		raw.update(updates[0]!); // could be taken, and its acknowledgement would speak for those before
		await wait(100);
		expect([raw.durable, await stored()]).toEqual([0, '']);
		raw.send(frameOf(frame.sync, sync.step2, Y.encodeStateAsUpdate(doc)));
		await until('all are durable', () => raw.durable === 5);
		expect(await stored()).toBe('abcdef');

		const flood = room.socket(pair.reflectionId, teacher.cookie);
		await until('the server asks', () => flood.asked);
		const { updates: many } = typed('x'.repeat(limits.earlyUpdates + 2));
		for (const update of many.slice(1)) flood.update(update);
		expect(await flood.closed).toBe(closed.resync[0]);
	});

	test('counts what the database has, repetitions included, in the order sent', async () => {
		await meet();
		const { updates, doc } = typed('abcdef');
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => raw.asked);
		raw.send(frameOf(frame.sync, sync.step2, new Uint8Array([0, 0])));
		for (const update of updates) raw.update(update);
		raw.update(updates[0]!);
		raw.update(Y.encodeStateAsUpdate(doc));
		await until('all nine are durable', () => raw.durable === 9);
		expect(await stored()).toBe('abcdef');
		const rows = await db.asService((tx) =>
			tx.select().from(reflectionUpdates).where(eq(reflectionUpdates.reflectionId, pair.reflectionId))
		);
		expect(rows.length).toBeLessThanOrEqual(3); // a burst is one commit, and a repetition is none
		const numbers = raw.heard.filter(([type]) => type === frame.durable).map((bytes) => bytes[1]!);
		expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
	});

	test('is sent only to those who ask', async () => {
		await meet();
		const raw = room.socket(pair.reflectionId, teacher.cookie);
		await until('the server asks', () => raw.asked);
		raw.update(typed('x').updates[0]!);
		await until('it is stored', async () => (await stored()) === 'x');
		expect(raw.heard.every(([type]) => type !== frame.durable)).toBe(true);
	});
});

describe('when something fails', () => {
	test('while the database is away people write on; nothing is shown or called durable before it is', async () => {
		pair = await plantReflection(db);
		[teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
		let away = false;
		const unlessAway: ServiceSession['run'] = (...asked) =>
			away ? Promise.reject(new Error('connection terminated')) : steady.run(...asked);
		const steady = db.serviceSession();
		const unsteady: Database = {
			...db,
			ask: unlessAway,
			asService: (work) => (away ? Promise.reject(new Error('connection terminated')) : db.asService(work)),
			serviceSession: () => ({ run: unlessAway, read: unlessAway, close: () => Promise.resolve() })
		};
		room = await new LiveRoom(unsteady).start();
		const reader = await room.joined(pair.reflectionId, mentor);
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => raw.asked);
		away = true;
		const { updates, doc } = typed('0123456789'.repeat(100));
		for (const update of updates) raw.update(update);
		await wait(400);
		expect(raw.durable).toBe(0);
		expect(reader.text.length).toBe(0);
		away = false;
		await until('all are durable', () => raw.durable === updates.length);
		await until('all are seen', () => reader.text.toString() === doc.getText('text').toString());
		expect(await stored()).toBe(doc.getText('text').toString());
	});

	test('what the database refuses in one reflection does not hold up another', async () => {
		await meet();
		const other = await plantReflection(db);
		const fine = room.socket(other.reflectionId, (await signIn(db, other.teacher)).cookie, {}, '?durable=1');
		const refused = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('both are in', () => fine.asked && refused.asked);
		await db.asOwner((tx) =>
			tx.execute(`alter table reflection_updates add constraint poison check (reflection_id <> '${pair.reflectionId}')`)
		);
		try {
			refused.update(typed('x').updates[0]!);
			for (const update of typed('fine').updates) fine.update(update);
			await until('the other is durable', () => fine.durable === 4);
			expect(await refused.closed).toBe(closed.notUnderstood[0]);
			expect(refused.durable).toBe(0);
			expect(await stored(other.reflectionId)).toBe('fine');
		} finally {
			await db.asOwner((tx) => tx.execute('alter table reflection_updates drop constraint poison'));
		}
	});
});

describe('limits', () => {
	const changed: Partial<typeof limits> = {};
	const set = (values: Partial<typeof limits>) => {
		for (const key of Object.keys(values) as (keyof typeof limits)[]) {
			changed[key] ??= limits[key];
			limits[key] = values[key]!;
		}
	};
	afterEach(() => Object.assign(limits, changed));

	test('a document too large is refused with a reason, and what was deleted does not count', async () => {
		await meet();
		set({ documentBytes: 20_000 });
		const a = await room.joined(pair.reflectionId, teacher);
		for (let i = 0; i < 10; i++) {
			a.text.insert(0, 'x'.repeat(5000));
			a.text.delete(0, 5000);
			await wait(10);
		}
		a.text.insert(0, 'kept');
		await until('it is stored', async () => (await stored()) === 'kept');
		const raw = room.socket(pair.reflectionId, mentor.cookie);
		await until('the server asks', () => raw.asked);
		raw.update(pasted(30_000));
		expect(await raw.closed).toBe(closed.tooLarge[0]);
		expect(await stored()).toBe('kept');
	});
	test('who pastes more than a frame may hold is told and does not try for ever; without it all the rest is kept', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'before ');
		await until('it is stored', async () => (await stored()) === 'before ');
		const gone = new Promise<number>((done) => a.provider.on('closed', ({ code }) => done(code)));
		a.text.insert(7, 'x'.repeat(limits.frameBytes));
		expect(await gone).toBe(closed.tooLarge[0]);
		expect(a.provider.shouldConnect).toBe(false);
		a.text.insert(a.text.length, ' after');
		a.text.delete(7, limits.frameBytes);
		a.provider.connect();
		await until('the rest is stored', async () => (await stored()) === 'before  after');
	});

	const pasted = (letters: number) => {
		const doc = new Y.Doc();
		doc.getText('text').insert(0, 'x'.repeat(letters));
		return Y.encodeStateAsUpdate(doc);
	};

	test('more sockets of one person than anybody needs are asked to come later', async () => {
		await meet();
		set({ socketsPerPerson: 2 });
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, teacher.cookie)];
		await until('two are in', () => a.asked && b.asked);
		expect(await room.socket(pair.reflectionId, teacher.cookie).closed).toBe(closed.tryLater[0]);
		a.socket.close();
		await until('one left', () => room.live.figures.sockets === 1);
		const c = room.socket(pair.reflectionId, teacher.cookie);
		await until('there is room again', () => c.asked);
	});

	test('a server that goes away waits a moment for those who have not read its goodbye, and no longer', async () => {
		await meet();
		set({ goodbyeMs: 800 });
		const [busy, asleep] = [mentor, teacher].map((who) => room.socket(pair.reflectionId, who.cookie));
		await until('both are in', () => busy!.asked && asleep!.asked);
		for (const raw of [busy!, asleep!]) raw.socket.pause(); // a page that draws, a phone in a tunnel
		const gone = room.live.close();
		await wait(300);
		// Hung up by now, a browser that types would meet a dead line before it reads when to come back.
		expect(room.live.figures.sockets).toBe(2);
		busy!.socket.resume();
		expect(await busy!.closed).toBe(closed.goingAway[0]);
		await gone;
		expect(room.live.figures.sockets).toBe(0);
	});

	test('a quiet socket hears a sign of life, because stock clients take silence for death', async () => {
		set({ quietMs: 100 });
		await meet();
		const raw = room.socket(pair.reflectionId, teacher.cookie);
		await until('the server asks', () => raw.asked);
		raw.heard.length = 0;
		await until('a sign of life comes', () => raw.heard.length >= 2, 2000);
		expect(raw.heard[0]).toEqual(new Uint8Array([frame.awareness, 1, 0]));
	});

	test('a flood is slowed down and not cut off', async () => {
		await meet();
		set({ personFramesPerSecond: 200, burstSeconds: 1 });
		const raw = room.socket(pair.reflectionId, teacher.cookie, {}, '?durable=1');
		await until('the server asks', () => raw.asked);
		const { updates } = typed('x'.repeat(501));
		const began = Date.now();
		// What arrived in one piece is taken in one piece; then reading stops until the debt is paid.
		for (const update of updates.slice(0, 500)) raw.update(update);
		await until('all are durable', () => raw.durable === 500);
		raw.update(updates[500]!);
		await until('the last is durable', () => raw.durable === 501);
		expect(Date.now() - began).toBeGreaterThan(1000);
	});

	test('a flood through one socket counts for all sockets of its person, and not for the partner', async () => {
		await meet();
		set({ personBytesPerSecond: 1000, burstSeconds: 1 });
		const [flood, second, partner] = [teacher, teacher, mentor].map(({ cookie }) =>
			room.socket(pair.reflectionId, cookie, {}, '?durable=1')
		);
		await until('all are in', () => [flood, second, partner].every((socket) => socket!.asked));
		flood!.update(pasted(60_000)); // a minute's worth, in one frame
		await until('it is durable', () => flood!.durable === 1);
		const [here, later] = typed('ab').updates;
		second!.update(here!); // this frame is what shows that its person is in debt
		await until('it is durable', () => second!.durable === 1);
		second!.update(later!);
		const { updates } = typed('partner');
		for (const [i, update] of updates.entries()) {
			partner!.update(update);
			await until('the partner’s letter is durable', () => partner!.durable === i + 1);
		}
		expect(second!.durable).toBe(1);
		expect([flood, second, partner].map((socket) => socket!.socket.readyState)).toEqual([1, 1, 1]);
	});

	test('a document in debt makes those wait who brought it there, and not the partner who types', async () => {
		await meet();
		set({ personBytesPerSecond: 100_000, documentBytesPerSecond: 1000, burstSeconds: 1 });
		const [flood, partner] = [teacher, mentor].map(({ cookie }) =>
			room.socket(pair.reflectionId, cookie, {}, '?durable=1')
		);
		const elsewhere = await plantReflection(db);
		const other = room.socket(elsewhere.reflectionId, (await signIn(db, elsewhere.teacher)).cookie, {}, '?durable=1');
		await until('all are in', () => [flood, partner, other].every((socket) => socket!.asked));
		flood!.update(pasted(60_000)); // less than they may send in a second, and a minute's worth for the document
		await until('it is durable', () => flood!.durable === 1);
		flood!.update(typed('x').updates[0]!);
		for (const socket of [partner!, other])
			for (const [i, update] of typed('partner').updates.entries()) {
				socket.update(update);
				await until('others’ letters are durable', () => socket.durable === i + 1);
			}
		expect(flood!.durable).toBe(1);
		expect(flood!.socket.readyState).toBe(1);
	});

	test('what people and documents used is forgotten when it is paid', async () => {
		// Coming in takes three frames, so three seconds to pay; looked at every 50 ms.
		set({ quietMs: 200, personFramesPerSecond: 1, documentFramesPerSecond: 1 });
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.leave();
		expect(room.live.figures.budgets).toBe(2);
		await until('nothing is remembered', () => room.live.figures.budgets === 0);
	});

	test('a flood of carets costs no more than a few, and the last one is what the partner sees', async () => {
		await meet();
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, mentor.cookie)];
		await until('both are in', () => a.asked && b.asked);
		for (let at = 0; at <= 2000; at++) a.presence([[11, at, { at }]]);
		await until('the last is seen', () => b.people.get(11)?.at === 2000);
		expect(b.heard.filter(([type]) => type === frame.awareness).length).toBeLessThan(200);
		expect(a.socket.readyState).toBe(1);
	});

	test('a last caret that can’t be read closes its socket, and no other', async () => {
		await meet();
		const [a, b] = [room.socket(pair.reflectionId, teacher.cookie), room.socket(pair.reflectionId, mentor.cookie)];
		await until('both are in', () => a.asked && b.asked);
		a.presence([[11, 1, {}]]);
		a.send(frameOf(frame.awareness, null, new Uint8Array([1, 11, 2, 2, 120, 120])));
		expect(await a.closed).toBe(closed.notUnderstood[0]);
		await until('it is gone', () => !b.people.has(11));
		expect(b.socket.readyState).toBe(1);
	});
});

describe('one socket is one document', () => {
	test('the address names it, and nothing that is sent reaches another, not even one’s own', async () => {
		await meet();
		const other = uuidv7();
		await db.asOwner((tx) =>
			tx.insert(reflections).values({
				id: other,
				pairId: pair.pairId,
				microcredentialVersionId: pair.microcredentialVersionId,
				title: 'Another of the same pair',
				createdBy: pair.teacher
			})
		);
		// Two ids in one address are nobody's.
		for (const both of [
			`${pair.reflectionId}/${other}`,
			`${pair.reflectionId}%2F${other}`,
			`${pair.reflectionId},${other}`
		])
			expect(await room.socket(both, teacher.cookie).closed, both).toBe(closed.notYours[0]);
		// A second one in the query is not looked at.
		const here = room.socket(pair.reflectionId, teacher.cookie, {}, `?durable=1&room=${other}&doc=${other}`);
		await until('the server asks', () => here.asked);
		here.update(typed('here').updates[0]!);
		await until('it is durable', () => here.durable === 1);
		// A name before the message, as servers with many documents on one socket want it.
		const named = encoding.createEncoder();
		encoding.writeVarString(named, other);
		encoding.writeUint8Array(named, frameOf(frame.sync, sync.update, typed('there').updates[0]!));
		here.send(encoding.toUint8Array(named));
		expect(await here.closed).toBe(closed.notUnderstood[0]);
		// A document within the document, of that name.
		const outer = await room.joined(pair.reflectionId, teacher);
		const gone = new Promise<number>((done) =>
			outer.provider.on('connection-close', (event) => event && done(event.code))
		);
		const inner = new Y.Doc({ guid: other });
		outer.doc.getMap('documents').set('inner', inner);
		inner.getText('text').insert(0, 'there');
		expect(await gone).toBe(closed.notUnderstood[0]);
		expect([await stored(), await stored(other)]).toEqual(['h', '']);
	});
});

describe('folding', () => {
	test('keeps the text, the authors and who wrote when, and writing goes on meanwhile', async () => {
		await meet();
		const [a, b] = [await room.joined(pair.reflectionId, teacher), await room.joined(pair.reflectionId, mentor)];
		for (let i = 0; i < limits.foldRows + 60; i++) {
			const writer = i % 2 ? a : b;
			writer.text.insert(writer.text.length, String(i % 10));
			await wait(3);
		}
		a.text.delete(0, 5);
		await until('both agree', () => a.text.toString() === b.text.toString());
		await until('the log was folded', async () => {
			const lines = await db.asService((tx) =>
				tx.select().from(reflectionHistory).where(eq(reflectionHistory.reflectionId, pair.reflectionId))
			);
			return lines.length > 0;
		});
		a.text.insert(0, 'more ');
		await until('both agree', () => b.text.toString().startsWith('more '));
		expect(await stored()).toBe(a.text.toString());
		const late = await room.joined(pair.reflectionId, mentor);
		expect(late.text.toString()).toBe(a.text.toString());
		const authors = await db.asService((tx) => ownersOf(tx, pair.reflectionId));
		expect([...authors.values()].sort()).toEqual([pair.teacher, pair.mentor].sort());
	});

	test('does not wait for many rows when there is much in few', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		for (let bytes = 0; bytes <= limits.foldBytes; bytes += 60_000) a.text.insert(0, 'x'.repeat(60_000));
		await until('it was folded', async () => {
			const { snapshot } = await db.asService((tx) => readLog(tx, pair.reflectionId));
			return snapshot !== null && snapshot.upToNumber < limits.foldRows;
		});
	});

	test('happens after the last person left, and folding twice changes nothing', async () => {
		await meet();
		const a = await room.joined(pair.reflectionId, teacher);
		a.text.insert(0, 'done');
		await until('it is stored', async () => (await stored()) === 'done');
		a.leave();
		const rows = () =>
			db.asService((tx) =>
				tx.select().from(reflectionUpdates).where(eq(reflectionUpdates.reflectionId, pair.reflectionId))
			);
		await until('the rows are folded away', async () => (await rows()).length === 0);
		expect(await foldNow(db, pair.reflectionId)).toBe(0);
		expect(await stored()).toBe('done');
		const [line] = await db.asService((tx) =>
			tx.select().from(reflectionHistory).where(eq(reflectionHistory.reflectionId, pair.reflectionId))
		);
		expect(line).toMatchObject({ fromNumber: 1, toNumber: 1, personId: pair.teacher });
		const back = await room.joined(pair.reflectionId, mentor);
		expect(back.text.toString()).toBe('done');
		back.text.insert(4, '!');
		await until('it goes on from there', async () => (await stored()) === 'done!');
	});
});
