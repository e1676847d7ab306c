/** Sessions as rows: made at sign-in, read on every request and every socket, gone when they end. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, isNull, lt, or } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { Person } from './person.ts';
import { people, sessions } from './schema.server.ts';
import { expiryOf, idleLimit, readToken, refreshEvery, standingOf, tokenFromHeader } from './session.ts';

export type SignedIn = { person: Person; sessionId: string };
export type NewSession = { cookieValue: string; expiresAt: Date; sessionId: string };

export const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** We were told that people reach us by https: then only the safer cookie name counts. */
export const servedByHttps = () => readSettings().ORIGIN?.startsWith('https:') ?? false;

/** Makes a session for a person inside the transaction that let them in. The secret leaves only in the answer. */
export async function createSessionIn(
	tx: Tx,
	personId: string,
	userAgent: string | null,
	now = new Date()
): Promise<NewSession> {
	const sessionId = randomBytes(16).toString('base64url');
	const secret = randomBytes(32).toString('base64url');
	const expiresAt = expiryOf(now);
	await tx.insert(sessions).values({
		id: sessionId,
		secretHash: sha256(secret),
		personId,
		createdAt: now,
		lastUsedAt: now,
		expiresAt,
		// Only so that the person recognises the device later; nobody needs a novel.
		userAgent: userAgent?.slice(0, 300) ?? null
	});
	return { cookieValue: `${sessionId}.${secret}`, expiresAt, sessionId };
}

export const createSession = (db: Database, personId: string, userAgent: string | null, now = new Date()) =>
	db.asService((tx) => createSessionIn(tx, personId, userAgent, now));

/** Who is behind this cookie: null when it is not ours, wrong, over, ended, or of a person who left. */
export function readSession(db: Database, cookieValue: string, now = new Date()): Promise<SignedIn | null> {
	const token = readToken(cookieValue);
	if (!token) return Promise.resolve(null);
	return db.asService(async (tx) => {
		const [row] = await tx
			.select({
				secretHash: sessions.secretHash,
				lastUsedAt: sessions.lastUsedAt,
				expiresAt: sessions.expiresAt,
				person: { id: people.id, name: people.name, initials: people.initials }
			})
			.from(sessions)
			.innerJoin(people, eq(people.id, sessions.personId))
			.where(and(eq(sessions.id, token.id), isNull(people.deactivatedAt)));
		// Compared in constant time, so that answers do not tell how much of a guess was right.
		if (!row || !timingSafeEqual(row.secretHash, sha256(token.secret))) return null;
		const standing = standingOf(row, now);
		if (standing === 'over') {
			await tx.delete(sessions).where(eq(sessions.id, token.id));
			return null;
		}
		if (standing === 'stale')
			await tx
				.update(sessions)
				.set({ lastUsedAt: now })
				// Several tabs woke at once: one write is enough.
				.where(and(eq(sessions.id, token.id), lt(sessions.lastUsedAt, new Date(now.getTime() - refreshEvery / 2))));
		return { person: row.person, sessionId: token.id };
	});
}

/** The same, from a raw Cookie header: upgrade requests pass no hook of the framework. */
export function sessionFromCookieHeader(db: Database, header: string | undefined): Promise<SignedIn | null> {
	const value = tokenFromHeader(header, servedByHttps());
	return value ? readSession(db, value) : Promise.resolve(null);
}

/** Ends a session now. The database tells whoever holds its sockets open. */
export const endSession = (db: Database, sessionId: string) =>
	db.asService(async (tx) => {
		await tx.delete(sessions).where(eq(sessions.id, sessionId));
	});

/** Removes what is over. Reading refuses such rows anyway; this only keeps the table from growing for ever. */
export const sweepSessions = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		await tx
			.delete(sessions)
			.where(or(lt(sessions.expiresAt, now), lt(sessions.lastUsedAt, new Date(now.getTime() - idleLimit))));
	});
