import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../../seed/cast.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { endDevice, listDevices, signOut, signOutEverywhere } from './devices.server.ts';
import { sessions } from './schema.server.ts';
import { openSessionIn, readSession } from './session.server.ts';

const { rosa, idris } = cast.people;
const whence = { network: '192.0.2.7', userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36' };
let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());
beforeEach(() => db.asOwner((tx) => tx.delete(sessions)));

const comeIn = (person: { id: string }, now?: Date, shared = false) =>
	db.asService((tx) => openSessionIn(tx, person.id, 'mail', { whence, formerSessionId: null, shared }, now));
const newestEvent = async (person: { id: string }) => {
	const [event] = await db.asPerson(person.id, (tx) =>
		tx.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1)
	);
	return event;
};

test('the list has one’s own devices that are signed in, this one first, then the one used last', async () => {
	const hour = 3_600_000;
	const ago = (hours: number) => new Date(Date.now() - hours * hour);
	const old = await comeIn(rosa, ago(9));
	const mine = await comeIn(rosa, ago(5));
	const library = await comeIn(rosa, ago(0.5), true);
	await comeIn(rosa, ago(2), true); // over: an hour without use
	await comeIn(rosa, ago(11 * 24)); // over: ten days
	await comeIn(idris);
	const list = await listDevices(db, rosa, mine.sessionId);
	expect(list.map(({ id, isThis, shared }) => [id, isThis, shared])).toEqual([
		[mine.sessionId, true, false],
		[library.sessionId, false, true],
		[old.sessionId, false, false]
	]);
	expect(list[0]).toMatchObject({ device: 'Chrome on Windows', network: '192.0.2.7', openedBy: 'mail' });
	expect(JSON.stringify(list)).not.toContain(mine.cookieValue.split('.')[1]);
});

test('one device is signed out, and that is written down', async () => {
	const [mine, other] = [await comeIn(rosa), await comeIn(rosa)];
	await endDevice(db, rosa, other.sessionId, whence);
	expect(await readSession(db, other.cookieValue)).toBeNull();
	expect(await readSession(db, mine.cookieValue)).not.toBeNull();
	expect(await newestEvent(rosa)).toMatchObject({
		kind: 'session-ended',
		byPersonId: rosa.id,
		about: { device: 'Chrome on Windows' },
		...whence
	});
});

test('nobody signs out somebody else’s device, and nothing is written down about it', async () => {
	const his = await comeIn(idris);
	const before = await newestEvent(idris);
	await endDevice(db, rosa, his.sessionId, whence);
	await signOut(db, rosa, his.sessionId, whence);
	await signOutEverywhere(db, rosa, whence);
	expect(await readSession(db, his.cookieValue)).not.toBeNull();
	expect(await newestEvent(idris)).toEqual(before);
});

test('a device that is signed out already is left alone', async () => {
	const gone = await comeIn(rosa);
	await endDevice(db, rosa, gone.sessionId, whence);
	const before = await newestEvent(rosa);
	await endDevice(db, rosa, gone.sessionId, whence);
	await signOut(db, rosa, gone.sessionId, whence);
	expect(await newestEvent(rosa)).toEqual(before);
});

test('signing out here ends this one, and signing out everywhere ends all', async () => {
	const [here, there, elsewhere] = [await comeIn(rosa), await comeIn(rosa), await comeIn(rosa)];
	await signOut(db, rosa, here.sessionId, whence);
	expect(await newestEvent(rosa)).toMatchObject({ kind: 'signed-out', byPersonId: rosa.id });
	expect(await readSession(db, there.cookieValue)).not.toBeNull();
	await signOutEverywhere(db, rosa, whence);
	for (const { cookieValue } of [here, there, elsewhere]) expect(await readSession(db, cookieValue)).toBeNull();
	expect(await newestEvent(rosa)).toMatchObject({ kind: 'signed-out-everywhere', about: { devices: 2 } });
	const left = await db.asOwner((tx) => tx.select().from(sessions).where(eq(sessions.personId, rosa.id)));
	expect(left).toEqual([]);
});
