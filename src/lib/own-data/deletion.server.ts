/** Deleting an account: asked for, thought over for two weeks, taken back or carried out. docs/decisions/0014 says why so. */
import { randomBytes } from 'node:crypto';
import { and, count, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { opensTheDoor } from '#lib/identity/policy.ts';
import { emailAddresses, people, sessions, signInLinks } from '#lib/identity/schema.server.ts';
import { type Browser, type NewSession, openSessionIn, sha256 } from '#lib/identity/session.server.ts';
import { listPairs } from '#lib/pairing/pair.server.ts';
import { isShared } from '#lib/reflection/reflection.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log } from '#lib/server/log.ts';
import { queueMail } from '#lib/server/mail.ts';
import { isShownIn, signInOnceMore } from './copy.server.ts';
import { deletionMail } from './deletion-mail.ts';
import { fateOf, isPhrase } from './fate.ts';
import { leaveEverything } from './leaving.server.ts';
import { somebodyWhoLeft } from './left.ts';
import { thinkAgainFor } from './policy.ts';

export type Fate = {
	pair: string;
	other: string;
	as: 'teacher' | 'mentor';
	reflections: number;
	fate: 'deleted' | 'kept';
};

/**
 * What becomes of the reflections of each pair; pairs that wrote nothing, or that one may not read, are left out. A pair
 * comes twice when what it shared is kept and what it did not is deleted.
 */
export async function listFates(db: Database, person: Person): Promise<Fate[]> {
	const pairs = (await listPairs(db, person)).filter(({ standing }) => standing === 'teacher' || standing === 'mentor');
	const counts = await db.asPerson(person.id, (tx) =>
		tx
			.select({ pairId: reflections.pairId, shared: isShared, n: count() })
			.from(reflections)
			.groupBy(reflections.pairId, isShared)
	);
	return pairs.flatMap(({ id, standing, teacher, mentor, status, endedAs }) => {
		const as = standing === 'teacher' ? 'teacher' : 'mentor';
		const other = (as === 'teacher' ? mentor : teacher).name;
		const byFate = new Map<Fate['fate'], number>();
		for (const { n, shared } of counts.filter(({ pairId }) => pairId === id)) {
			const fate = fateOf({ as, status, endedAs, otherGone: other === somebodyWhoLeft, shared });
			byFate.set(fate, (byFate.get(fate) ?? 0) + n);
		}
		return [...byFate].map(([fate, n]) => ({ pair: id, other, as, reflections: n, fate }));
	});
}

/** Apart from a sign-in link: whoever puts one of these in its place must not use it up. */
const hashOf = (token: string) => sha256(`take back ${token}`);

/** A person has a school address and some of their own; each gets the mail, because it may be read only there. */
const mostMails = 5;

/**
 * Closes an account at once and lets its owner think again for two weeks: signed out everywhere, out of every program, and
 * a mail with the way back. All of it in one transaction.
 * @throws Refusal rule: not shown who it is, not the phrase, or somebody's last manager
 */
export async function askForDeletion(
	db: Database,
	person: Person,
	{ sessionId, typed, origin }: { sessionId: string; typed: string; origin: string },
	whence: Whence | null,
	now = new Date()
): Promise<{ until: Date }> {
	if (!(await db.asPerson(person.id, (tx) => isShownIn(tx, sessionId, now)))) throw signInOnceMore;
	if (!isPhrase(typed))
		throw new Refusal('rule', 'Please type “delete my account” to show that you mean it. Nothing has changed yet.');
	const until = new Date(now.getTime() + thinkAgainFor);
	return db.asService(async (tx) => {
		// Two clicks at one instant: the second finds the account closed.
		const [open] = await tx
			.select({ id: people.id })
			.from(people)
			.where(and(eq(people.id, person.id), isNull(people.deactivatedAt)))
			.for('update');
		if (!open) return { until };
		await leaveEverything(tx, person.id, whence);
		await record(tx, { kind: 'deletion-asked', person: person.id, by: person.id, whence });
		await tx.update(people).set({ deactivatedAt: now, deletionAskedAt: now }).where(eq(people.id, person.id));
		await tx.delete(sessions).where(eq(sessions.personId, person.id));
		await tx
			.update(signInLinks)
			.set({ usedAt: now })
			.where(and(eq(signInLinks.personId, person.id), isNull(signInLinks.usedAt)));
		for (const address of await addressesOf(tx, person.id)) {
			const token = randomBytes(32).toString('base64url');
			await tx.insert(signInLinks).values({
				personId: person.id,
				address,
				tokenHash: hashOf(token),
				// There is no code to it: these are random bytes that nobody was told.
				codeHash: randomBytes(32),
				askedFrom: whence?.network ?? 'here',
				createdAt: now,
				expiresAt: until
			});
			const link = new URL('/sign-in/back', origin);
			link.searchParams.set('token', token);
			await queueMail(tx, deletionMail({ address, name: person.name }, link.href, dayOf(until)));
		}
		return { until };
	});
}

const dayOf = (at: Date) =>
	at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

async function addressesOf(tx: Tx, personId: string): Promise<string[]> {
	const rows = await tx
		.select({ address: emailAddresses.address, kind: emailAddresses.kind, verifiedAt: emailAddresses.verifiedAt })
		.from(emailAddresses)
		.where(eq(emailAddresses.personId, personId))
		.orderBy(emailAddresses.createdAt)
		.limit(mostMails);
	return rows.flatMap(({ address, kind, verifiedAt }) =>
		opensTheDoor({ kind, verified: verifiedAt !== null, ownerActive: true }) ? [address] : []
	);
}

const stillUsable = (token: string, now: Date) =>
	and(eq(signInLinks.tokenHash, hashOf(token)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, now));
const waiting = and(isNotNull(people.deletionAskedAt), isNull(people.deletedAt));

/** Whose account a link would bring back, by name; null when it can't. Changes nothing: mail scanners open links too. */
export const readWayBack = (db: Database, token: string, now = new Date()): Promise<string | null> =>
	db.asService(async (tx) => {
		const [row] = await tx
			.select({ name: people.name })
			.from(signInLinks)
			.innerJoin(people, eq(people.id, signInLinks.personId))
			.where(and(stillUsable(token, now), waiting));
		return row?.name ?? null;
	});

/**
 * Takes the deletion back and signs its person in. Roles, places and pairs that ended stay ended.
 * @throws Refusal rule when the link is used up or too old
 */
export const takeBack = (db: Database, token: string, browser: Browser, now = new Date()): Promise<NewSession> =>
	db.asService(async (tx) => {
		const [used] = await tx
			.update(signInLinks)
			.set({ usedAt: now })
			.where(stillUsable(token, now))
			.returning({ personId: signInLinks.personId });
		const [back] = used?.personId
			? await tx
					.update(people)
					.set({ deactivatedAt: null, deletionAskedAt: null })
					.where(and(eq(people.id, used.personId), waiting))
					.returning({ id: people.id })
			: [];
		if (!back)
			throw new Refusal(
				'rule',
				'This link does not bring an account back any more: it was used, or its two weeks are over. If your account is still there, you can sign in as always.'
			);
		await tx
			.update(signInLinks)
			.set({ usedAt: now })
			.where(and(eq(signInLinks.personId, back.id), isNull(signInLinks.usedAt)));
		await record(tx, { kind: 'deletion-taken-back', person: back.id, by: back.id, whence: browser.whence });
		return openSessionIn(tx, back.id, 'mail', browser, now);
	});

/** Deletes for good whoever asked for it two weeks ago. @returns their ids */
export async function sweepDeletions(db: Database): Promise<string[]> {
	const gone = await db.asService(async (tx) => {
		const { rows } = (await tx.execute(
			sql`select unnest(app.delete_people_whose_time_has_come()) as id`
		)) as unknown as { rows: { id: string }[] };
		await record(
			tx,
			...rows.map(({ id }) => ({ kind: 'account-deleted' as const, person: id, by: null, whence: null }))
		);
		return rows.map(({ id }) => id);
	});
	// Whoever brings an older backup back repeats these (docs/restoring.md).
	for (const person of gone) log('account-deleted', { person });
	return gone;
}
