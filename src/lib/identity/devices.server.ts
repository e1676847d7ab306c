/** The browsers in which somebody is signed in: which they are, and ending them, one or all. */
import { and, desc, eq, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import type { Database } from '#lib/server/database.ts';
import { deviceOf } from './device.ts';
import type { Person } from './person.ts';
import { sessions } from './schema.server.ts';
import { sessionStands, type OpenedBy } from './session.server.ts';

export type Device = {
	/** The session behind it: its name only, which opens nothing. */
	id: string;
	device: string;
	network: string | null;
	openedBy: OpenedBy;
	shared: boolean;
	cameInAt: Date;
	lastUsedAt: Date;
	/** When it has to sign in again, however busy it is. */
	endsAt: Date;
	/** The one that asks. */
	isThis: boolean;
};

/** Nobody signs in on so many devices within a month; a script that does sees its newest ones. */
const mostDevices = 100;

/** The device that asks first, then the one used last. */
export async function listDevices(db: Database, person: Person, thisSession: string): Promise<Device[]> {
	const rows = await db.asPerson(person.id, (tx) =>
		tx
			.select({
				id: sessions.id,
				userAgent: sessions.userAgent,
				network: sessions.network,
				openedBy: sessions.openedBy,
				shared: sessions.shared,
				cameInAt: sessions.createdAt,
				lastUsedAt: sessions.lastUsedAt,
				endsAt: sessions.expiresAt
			})
			.from(sessions)
			.where(and(eq(sessions.personId, person.id), sessionStands()))
			.orderBy(sql`${sessions.id} = ${thisSession} desc`, desc(sessions.lastUsedAt), sessions.id)
			.limit(mostDevices)
	);
	return rows.map(({ userAgent, ...row }) => ({
		...row,
		device: deviceOf(userAgent),
		isThis: row.id === thisSession
	}));
}

/**
 * Signs one of the person's devices out; the database tells whoever holds its sockets. One that is signed out already, or
 * was never theirs, is left alone: either way it is not signed in as them any more.
 */
export async function endDevice(db: Database, person: Person, id: string, whence: Whence): Promise<void> {
	await db.asPerson(person.id, async (tx) => {
		const [ended] = await tx
			.delete(sessions)
			.where(and(eq(sessions.id, id), eq(sessions.personId, person.id)))
			.returning({ userAgent: sessions.userAgent });
		if (!ended) return;
		const about = { device: deviceOf(ended.userAgent) };
		await record(tx, { kind: 'session-ended', person: person.id, by: person.id, whence, about });
	});
}

/** Signs this browser out. */
export async function signOut(db: Database, person: Person, thisSession: string, whence: Whence): Promise<void> {
	await db.asPerson(person.id, async (tx) => {
		const ended = await tx
			.delete(sessions)
			.where(and(eq(sessions.id, thisSession), eq(sessions.personId, person.id)))
			.returning({ id: sessions.id });
		if (ended.length > 0) await record(tx, { kind: 'signed-out', person: person.id, by: person.id, whence });
	});
}

/** Signs the person out on all devices, this one too. */
export async function signOutEverywhere(db: Database, person: Person, whence: Whence): Promise<void> {
	await db.asPerson(person.id, async (tx) => {
		const ended = await tx.delete(sessions).where(eq(sessions.personId, person.id)).returning({ id: sessions.id });
		const about = { devices: ended.length };
		await record(tx, { kind: 'signed-out-everywhere', person: person.id, by: person.id, whence, about });
	});
}
