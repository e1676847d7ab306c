/** Signing in by mail: ask, then come back with the link or the code; and the demo's one-click door. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { and, count, eq, gt, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { queueMail } from '#lib/server/mail.ts';
import { networkOf } from '#lib/server/network.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { opensTheDoor } from './policy.ts';
import { noteReachable } from './reachable.server.ts';
import { emailAddresses, people, signInLinks } from './schema.server.ts';
import { openSessionIn, sha256, type Browser, type NewSession } from './session.server.ts';
import {
	codeLength,
	codeLetters,
	codeTries,
	linkLife,
	linksPerAddress,
	linksPerNetwork,
	noCode,
	normaliseAddress,
	readCode,
	safeNext,
	wrongCode
} from './sign-in.ts';
import { signInMail } from './sign-in-mail.ts';

export const makeCode = () =>
	Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]).join('');
/** Bound to its link, so that equal codes of two people do not look equal. */
export const hashOfCode = (linkId: string, code: string) => sha256(`${linkId}:${code}`);

const tooOften = (what: string, minutes: number) =>
	new Refusal('too-many', `${what} Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`);

/**
 * Sends a link and a code to an address, if it is somebody's. The answer and the work are the same if it is not:
 * a row is made and a mail written either way; the mail to nobody is removed before anybody can see it.
 * @returns id of the request: whoever holds it may try the code
 * @throws Refusal `rule` when no mail could go there, `too-many` when asked too often
 */
export async function askForLink(
	db: Database,
	asked: { address: string; clientAddress: string; origin: string; next?: string | null; shared?: boolean },
	now = new Date()
): Promise<string> {
	const address = normaliseAddress(asked.address);
	if (!address)
		throw new Refusal('rule', 'That does not look like an e-mail address. It should be like name@school.org.');
	return db.asService(async (tx) => {
		const owner = await ownerOf(tx, address);
		const { id, token, code } = await makeRequest(tx, { ...asked, address, personId: owner?.id ?? null }, now);
		const next = safeNext(asked.next);
		const link = new URL('/sign-in/link', asked.origin);
		link.searchParams.set('token', token);
		if (next !== '/') link.searchParams.set('next', next);
		// Only a tick that is there already: a link may be opened on another device than the one that asked.
		if (asked.shared) link.searchParams.set('shared', 'yes');
		const mailId = await queueMail(tx, signInMail({ address, name: owner?.name ?? 'nobody' }, link.href, code));
		await tx.delete(mailMessages).where(and(eq(mailMessages.id, mailId), sql`${owner === null}::boolean`));
		return id;
	});
}

/**
 * Makes a token and a code for a mailbox, and counts who asked. Nothing is mailed here.
 * @throws Refusal `too-many`
 */
export async function makeRequest(
	tx: Tx,
	asked: { address: string; clientAddress: string; personId: string | null },
	now: Date
): Promise<{ id: string; token: string; code: string }> {
	const { address, personId } = asked;
	const askedFrom = networkOf(asked.clientAddress);
	const since = new Date(now.getTime() - linkLife);
	// Two requests at once take turns, else both would see room for one more. Always in this order: no deadlock.
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sign-in from'), hashtext(${askedFrom}))`);
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sign-in to'), hashtext(${address}))`);
	const recent = gt(signInLinks.createdAt, since);
	const [toAddress] = await tx
		.select({ links: count(), first: sql<Date>`min(${signInLinks.createdAt})`.mapWith(signInLinks.createdAt) })
		.from(signInLinks)
		.where(and(eq(signInLinks.address, address), recent));
	const [fromNetwork] = await tx
		.select({ links: count(), first: sql<Date>`min(${signInLinks.createdAt})`.mapWith(signInLinks.createdAt) })
		.from(signInLinks)
		.where(and(eq(signInLinks.askedFrom, askedFrom), recent));
	const minutesUntil = (first: Date) => Math.max(1, Math.ceil((first.getTime() - since.getTime()) / 60_000));
	if (toAddress!.links >= linksPerAddress)
		throw tooOften(
			`We have already sent ${linksPerAddress} mails to this address; the newest one still works, look among the spam too.`,
			minutesUntil(toAddress!.first)
		);
	if (fromNetwork!.links >= linksPerNetwork)
		throw tooOften('A great many people are signing in from your network.', minutesUntil(fromNetwork!.first));
	const token = randomBytes(32).toString('base64url');
	const code = makeCode();
	const id = crypto.randomUUID();
	await tx.insert(signInLinks).values({
		id,
		personId,
		address,
		askedFrom,
		tokenHash: sha256(token),
		codeHash: hashOfCode(id, code),
		createdAt: now,
		expiresAt: new Date(now.getTime() + linkLife)
	});
	return { id, token, code };
}

/** Whom a mail to this address lets in; null for nobody. */
export async function ownerOf(tx: Tx, address: string): Promise<{ id: string; name: string } | null> {
	const [row] = await tx
		.select({
			id: people.id,
			name: people.name,
			kind: emailAddresses.kind,
			verifiedAt: emailAddresses.verifiedAt,
			deactivatedAt: people.deactivatedAt
		})
		.from(emailAddresses)
		.innerJoin(people, eq(people.id, emailAddresses.personId))
		.where(eq(emailAddresses.address, address));
	if (!row) return null;
	const opens = opensTheDoor({
		kind: row.kind,
		verified: row.verifiedAt !== null,
		ownerActive: row.deactivatedAt === null
	});
	return opens ? { id: row.id, name: row.name } : null;
}

/** Whom a link would let in, by name; null when it is used up, too old or none of ours. Changes nothing. */
export const readLink = (db: Database, token: string, now = new Date()): Promise<string | null> =>
	db.asService(async (tx) => {
		const [row] = await tx
			.select({ name: people.name })
			.from(signInLinks)
			.innerJoin(people, eq(people.id, signInLinks.personId))
			.where(and(eq(signInLinks.tokenHash, sha256(token)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, now)));
		return row?.name ?? null;
	});

/** Uses a link up and signs its person in. Of two at the same instant one gets in. @throws Refusal `rule` */
export async function signInByLink(
	db: Database,
	token: string,
	browser: Browser,
	now = new Date()
): Promise<NewSession> {
	const session = await db.asService(async (tx) => {
		const [used] = await tx
			.update(signInLinks)
			.set({ usedAt: now })
			.where(
				and(
					eq(signInLinks.tokenHash, sha256(token)),
					isNull(signInLinks.usedAt),
					gt(signInLinks.expiresAt, now),
					isNotNull(signInLinks.personId)
				)
			)
			.returning({ personId: signInLinks.personId, address: signInLinks.address });
		return used ? comeIn(tx, used, browser, now) : null;
	});
	if (!session)
		throw new Refusal(
			'rule',
			'This link has been used or is too old: each works once, for 15 minutes. Ask for a new one.'
		);
	return session;
}

/**
 * Uses a link up by its code, in the browser that asked for it. The try is counted, and kept, whether right or not.
 * @throws Refusal `rule`
 */
export async function signInByCode(
	db: Database,
	requestId: string,
	typed: string,
	browser: Browser,
	now = new Date()
): Promise<NewSession> {
	const code = readCode(typed);
	if (!code) throw new Refusal('rule', noCode);
	const answer = await db.asService(async (tx) => {
		// Counting first makes tries at the same instant wait for each other: no more than five are ever compared.
		const [link] = await tx
			.update(signInLinks)
			.set({ codesTried: sql`${signInLinks.codesTried} + 1` })
			.where(
				and(
					eq(signInLinks.id, requestId),
					isNull(signInLinks.usedAt),
					gt(signInLinks.expiresAt, now),
					lt(signInLinks.codesTried, codeTries)
				)
			)
			.returning({
				id: signInLinks.id,
				codeHash: signInLinks.codeHash,
				personId: signInLinks.personId,
				address: signInLinks.address,
				codesTried: signInLinks.codesTried
			});
		if (!link) return 'dead';
		const right = timingSafeEqual(link.codeHash, hashOfCode(link.id, code)) && link.personId !== null;
		if (!right) {
			// At most five for a link, and five links in its life: nobody floods anybody's record.
			if (link.personId)
				await record(tx, {
					kind: 'sign-in-refused',
					person: link.personId,
					by: null,
					whence: browser.whence,
					about: { how: 'code' }
				});
			return codeTries - link.codesTried;
		}
		await tx.update(signInLinks).set({ usedAt: now }).where(eq(signInLinks.id, link.id));
		return (await comeIn(tx, link, browser, now)) ?? 'dead';
	});
	if (answer === 'dead' || typeof answer === 'number') throw new Refusal('rule', wrongCode(answer));
	return answer;
}

/** A new session for whoever the link was for; the browser's former one and the other ways in end here. */
async function comeIn(
	tx: Tx,
	link: { personId: string | null; address: string },
	browser: Browser,
	now: Date
): Promise<NewSession | null> {
	// Asked again now: between asking and coming back the person may have left.
	const owner = await ownerOf(tx, link.address);
	if (!owner || owner.id !== link.personId) return null;
	// A link that is being used at this very instant is left to that: two waiting for each other would both fail.
	const others = tx
		.select({ id: signInLinks.id })
		.from(signInLinks)
		.where(and(eq(signInLinks.personId, owner.id), isNull(signInLinks.usedAt)))
		.for('update', { skipLocked: true });
	await tx.update(signInLinks).set({ usedAt: now }).where(inArray(signInLinks.id, others));
	await noteReachable(tx, owner.id, link.address, now);
	return openSessionIn(tx, owner.id, 'mail', browser, now);
}

/** Addresses that can belong to nobody (RFC 2606): a demo switched on over real people opens no door to them. */
const madeUp = /@(.+\.)?example$/;

/** Signs in one of the demo's cast by address alone. The route answers 404 unless the demo is on. */
export function signInAsCast(db: Database, typed: string, browser: Browser, now = new Date()): Promise<NewSession> {
	const address = normaliseAddress(typed);
	return db.asService(async (tx) => {
		const owner = address && madeUp.test(address) ? await ownerOf(tx, address) : null;
		if (!owner) throw new Refusal('not-found', 'Nobody in this demo has that address.');
		return openSessionIn(tx, owner.id, 'demo', browser, now);
	});
}

/** Forgets requests a day old: they counted for a quarter of an hour, and name an address and a network. */
export const sweepSignInLinks = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		// What leads back to an account that will be deleted is good for longer.
		await tx
			.delete(signInLinks)
			.where(and(lt(signInLinks.createdAt, new Date(now.getTime() - 86_400_000)), lt(signInLinks.expiresAt, now)));
	});
