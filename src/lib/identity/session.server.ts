/** Sessions as rows: made at sign-in, read on every request and every socket, gone when they end. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, inArray, not, sql, type SQL } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { Person } from './person.ts';
import { sessions } from './schema.server.ts';
import { expiryOf, ownTerms, readToken, sharedTerms, standingOf, type Terms, tokenFromHeader } from './session.ts';

/** How somebody proved who they are. */
export type OpenedBy = (typeof sessions.$inferSelect)['openedBy'];

export type SignedIn = {
	person: Person;
	sessionId: string;
	openedBy: OpenedBy;
	/** When a passkey last answered in this session; null when none did. */
	passkeyAt: Date | null;
	/** On a shared computer nothing is kept. */
	shared: boolean;
};
/** The browser that comes in, and the session it had before, which ends when it gets a new one. */
export type Browser = { whence: Whence; formerSessionId: string | null; shared: boolean };
export type NewSession = { cookieValue: string; expiresAt: Date; sessionId: string; shared: boolean };

export const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** We were told that people reach us by https: then only the safer cookie name counts. */
export const servedByHttps = () => readSettings().ORIGIN?.startsWith('https:') ?? false;

/**
 * Lets a person in: every door ends here, inside the transaction that proved who it is. Always a new session, and the
 * browser's former one ends, so that nobody can plant theirs. The secret leaves only in the answer.
 */
export async function openSessionIn(
	tx: Tx,
	personId: string,
	openedBy: OpenedBy,
	{ whence, formerSessionId, shared }: Browser,
	now = new Date()
): Promise<NewSession> {
	if (formerSessionId) await tx.delete(sessions).where(eq(sessions.id, formerSessionId));
	const session = await createSessionIn(tx, personId, openedBy, { whence, shared }, now);
	const about = { how: openedBy, shared };
	await record(tx, { kind: 'signed-in', person: personId, by: personId, whence, about });
	return session;
}

/** The bare row, for scripts and for tests that need somebody signed in. */
export async function createSessionIn(
	tx: Tx,
	personId: string,
	openedBy: OpenedBy,
	{ whence, shared }: { whence: Whence | null; shared: boolean },
	now = new Date()
): Promise<NewSession> {
	const { sessionId, secretHash, cookieValue } = newToken();
	const expiresAt = expiryOf(now, shared);
	await tx.insert(sessions).values({
		id: sessionId,
		secretHash,
		personId,
		createdAt: now,
		lastUsedAt: now,
		expiresAt,
		// Only so that the person recognises the device later; nobody needs a novel.
		userAgent: whence?.userAgent?.slice(0, 300) ?? null,
		network: whence?.network ?? null,
		openedBy,
		passkeyAt: openedBy === 'passkey' ? now : null,
		shared
	});
	return { cookieValue, expiresAt, sessionId, shared };
}

function newToken() {
	const sessionId = randomBytes(16).toString('base64url');
	const secret = randomBytes(32).toString('base64url');
	return { sessionId, secretHash: sha256(secret), cookieValue: `${sessionId}.${secret}` };
}

/**
 * Gives a session a new name and secret when its person may do more from here on, by a passkey or by a new role: a cookie
 * that was copied before is then worth nothing. How long the session lasts does not change. Its live connections close
 * and come back.
 * @param passkeyAt when a passkey answered in it; left out, what was known stays
 * @returns null when the session is over
 */
export async function rotateSessionIn(
	tx: Tx,
	sessionId: string,
	{ passkeyAt, now = new Date() }: { passkeyAt?: Date; now?: Date } = {}
): Promise<NewSession | null> {
	const [old] = await tx.delete(sessions).where(eq(sessions.id, sessionId)).returning();
	if (!old || standingOf(old, now) === 'over') return null;
	const { cookieValue, ...fresh } = newToken();
	await tx.insert(sessions).values({
		...old,
		id: fresh.sessionId,
		secretHash: fresh.secretHash,
		lastUsedAt: now,
		passkeyAt: passkeyAt ?? old.passkeyAt
	});
	return { cookieValue, expiresAt: old.expiresAt, sessionId: fresh.sessionId, shared: old.shared };
}

export const createSession = (db: Database, personId: string, userAgent: string | null, now = new Date()) =>
	db.asService((tx) =>
		createSessionIn(tx, personId, 'mail', { whence: { network: null, userAgent }, shared: false }, now)
	);

/** A span of a session's terms, for SQL over its row. */
const spanOf = (span: keyof Terms) =>
	sql`make_interval(secs => case when ${sessions.shared} then ${sharedTerms[span] / 1000}::float8 else ${ownTerms[span] / 1000}::float8 end)`;

/** What `standingOf` says, in SQL: whether a row of `sessions` is not over. @param at by the database's clock if left out */
export const sessionStands = (at: SQL = sql`now()`): SQL =>
	sql`(${sessions.expiresAt} > ${at} and ${sessions.lastUsedAt} > ${at} - ${spanOf('idleLimit')})`;
const inSql = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Who is behind this cookie: null when it is not ours, wrong, over, ended, or of a person who left. */
export async function readSession(db: Database, cookieValue: string, now = new Date()): Promise<SignedIn | null> {
	const [found] = await readSessions(db, [cookieValue], now);
	return found!;
}

/** Prepared once per connection: it is asked with every request. */
const asking = `
	select s.id, s.secret_hash as "secretHash", s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt",
		s.opened_by as "openedBy", s.passkey_at as "passkeyAt", s.shared, p.id as "personId", p.name, p.initials
	from sessions s join people p on p.id = s.person_id
	where s.id = any ($1::text[]) and p.deactivated_at is null`;

type Row = Pick<
	typeof sessions.$inferSelect,
	'id' | 'secretHash' | 'lastUsedAt' | 'expiresAt' | 'openedBy' | 'passkeyAt' | 'shared' | 'personId'
> &
	Pick<Person, 'name' | 'initials'>;

/**
 * The same for many cookies, with one question to the database; answers in the same order.
 * @param use whether asking is a use of the session: a socket that comes back by itself shows nobody at the keys
 */
export async function readSessions(
	db: Database,
	cookieValues: string[],
	now = new Date(),
	use = true
): Promise<(SignedIn | null)[]> {
	// Hashed before we know whether there is such a session: a name that exists is not answered more slowly.
	const tokens = cookieValues.map(readToken).map((token) => token && { id: token.id, hash: sha256(token.secret) });
	const ids = [...new Set(tokens.flatMap((token) => token?.id ?? []))];
	if (ids.length === 0) return tokens.map(() => null);
	// Ids are letters, digits, - and _ (`readToken`): nothing in them needs quoting.
	const rows = await db.ask<Row>(asking, [`{${ids.join(',')}}`]);
	const byId = new Map(rows.map((row) => [row.id, row]));
	// Compared in constant time, so that answers do not tell how much of a guess was right.
	const proven = tokens.map((token) => {
		const row = token ? byId.get(token.id) : undefined;
		return row && timingSafeEqual(row.secretHash, token!.hash) ? row : null;
	});
	const idsThatAre = (standing: ReturnType<typeof standingOf>) => [
		...new Set(proven.flatMap((row) => (row && standingOf(row, now) === standing ? row.id : [])))
	];
	const [over, stale] = [idsThatAre('over'), use ? idsThatAre('stale') : []];
	if (over.length > 0 || stale.length > 0)
		await db.asService(async (tx) => {
			if (over.length > 0) await tx.delete(sessions).where(inArray(sessions.id, free(tx, inArray(sessions.id, over))));
			await writeDownUse(tx, stale, now);
		});
	return proven.map((row) => {
		if (!row || standingOf(row, now) === 'over') return null;
		const { personId, name, initials, id: sessionId, openedBy, passkeyAt, shared } = row;
		return { person: { id: personId, name, initials }, sessionId, openedBy, passkeyAt, shared };
	});
}

/** Whoever is at one of these rows already ends it or writes down its use; two who wait for each other would lock up. */
const free = (tx: Tx, which: SQL | undefined) =>
	tx.select({ id: sessions.id }).from(sessions).where(which).for('update', { skipLocked: true });

async function writeDownUse(tx: Tx, ids: string[], now: Date): Promise<void> {
	if (ids.length === 0) return;
	// Several tabs woke at once: one write is enough.
	const before = sql`${inSql(now)} - ${spanOf('refreshEvery')} / 2`;
	await tx
		.update(sessions)
		.set({ lastUsedAt: now })
		.where(inArray(sessions.id, free(tx, and(inArray(sessions.id, ids), sql`${sessions.lastUsedAt} < ${before}`))));
}

/** Writing in a reflection is a use of the session too, though it asks for no page. */
export const noteUse = (db: Database, sessionIds: string[], now = new Date()) =>
	db.asService((tx) => writeDownUse(tx, sessionIds, now));

/** The value of our cookie in a raw Cookie header: upgrade requests pass no hook of the framework. */
export const cookieFromHeader = (header: string | undefined) => tokenFromHeader(header, servedByHttps());

/** Ends a session now. The database tells whoever holds its sockets open. */
export const endSession = (db: Database, sessionId: string) =>
	db.asService(async (tx) => {
		await tx.delete(sessions).where(eq(sessions.id, sessionId));
	});

/** Removes what is over. Reading refuses such rows anyway; this only keeps the table from growing for ever. */
export const sweepSessions = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		await tx.delete(sessions).where(not(sessionStands(inSql(now))));
	});
