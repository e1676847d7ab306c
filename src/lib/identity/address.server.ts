/** Addresses of one's own: a personal one is added by a code from its mailbox, so that a badge outlives a school account. */
import { timingSafeEqual } from 'node:crypto';
import { and, count, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { queueMail } from '#lib/server/mail.ts';
import { addressProofs, emailAddresses } from './schema.server.ts';
import { hashOfCode, makeCode } from './sign-in.server.ts';
import {
	addressesPerPerson,
	codeTries,
	linkLife,
	linksPerAddress,
	noCode,
	normaliseAddress,
	readCode,
	wrongCode
} from './sign-in.ts';
import { alreadyYoursMail, proofMail } from './ways-in-mail.ts';
import { type Asker, demandAnotherWay, demandChange, followChange } from './ways-in.server.ts';

/**
 * Sends a code to an address that somebody says is theirs. Work and answer are the same if it is somebody else's: then
 * the mail tells its owner, and holds no code.
 * @throws Refusal `rule`, `too-many`, or `unproven`
 */
export async function askForAddress(db: Database, asker: Asker, typed: string, now = new Date()): Promise<void> {
	const { person } = asker;
	const address = normaliseAddress(typed);
	if (!address)
		throw new Refusal('rule', 'That does not look like an e-mail address. It should be like name@example.org.');
	await db.asService(async (tx) => {
		await demandChange(tx, asker, now);
		// Always after the person: no deadlock.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('address proof'), hashtext(${address}))`);
		const owner = await ownerOf(tx, address);
		if (owner?.personId === person.id && owner.counts)
			throw new Refusal('rule', 'This address is yours already. Nothing has changed.');
		if ((await tx.$count(emailAddresses, eq(emailAddresses.personId, person.id))) >= addressesPerPerson)
			throw new Refusal(
				'rule',
				`You have ${addressesPerPerson} addresses, and that is as many as we keep. Remove one that you no longer use first.`
			);
		await demandFewAsked(tx, eq(addressProofs.personId, person.id), 'for codes', now);
		await demandFewAsked(tx, eq(addressProofs.address, address), 'for a code to this address', now);

		await forgetIn(tx, asker, now); // one at a time: the code of the newest mail is the one
		const id = crypto.randomUUID();
		const code = makeCode();
		await tx.insert(addressProofs).values({
			id,
			personId: person.id,
			address,
			codeHash: hashOfCode(id, code),
			createdAt: now,
			expiresAt: new Date(now.getTime() + linkLife)
		});
		await queueMail(tx, owner?.counts ? alreadyYoursMail(address) : proofMail(address, code));
	});
}

/** As many as links of the sign-in page, and for its reason: the newest mail still works. */
async function demandFewAsked(tx: Tx, which: ReturnType<typeof eq>, what: string, now: Date): Promise<void> {
	const since = new Date(now.getTime() - linkLife);
	const [asked] = await tx
		.select({ often: count(), first: sql<Date>`min(${addressProofs.createdAt})`.mapWith(addressProofs.createdAt) })
		.from(addressProofs)
		.where(and(which, gt(addressProofs.createdAt, since)));
	if (asked!.often < linksPerAddress) return;
	const minutes = Math.max(1, Math.ceil((asked!.first.getTime() - since.getTime()) / 60_000));
	throw new Refusal(
		'too-many',
		`You have asked ${linksPerAddress} times ${what}; the newest one still works, look among the spam too. Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
	);
}

/** Whose an address is. One that nobody has shown to be theirs keeps nobody else from showing it. */
async function ownerOf(tx: Tx, address: string): Promise<{ personId: string; counts: boolean } | null> {
	const [row] = await tx
		.select({
			personId: emailAddresses.personId,
			kind: emailAddresses.kind,
			verifiedAt: emailAddresses.verifiedAt
		})
		.from(emailAddresses)
		.where(eq(emailAddresses.address, address));
	return row ? { personId: row.personId, counts: row.kind === 'school' || row.verifiedAt !== null } : null;
}

/**
 * Adds the address whose newest code this is. The try is counted, and kept, whether right or not.
 * @returns the address
 * @throws Refusal `rule`, or `unproven`
 */
export async function proveAddress(db: Database, asker: Asker, typed: string, now = new Date()): Promise<string> {
	const { person } = asker;
	const code = readCode(typed);
	if (!code) throw new Refusal('rule', noCode);
	const answer = await db.asService(async (tx) => {
		await demandChange(tx, asker, now);
		const [proof] = await tx
			.update(addressProofs)
			.set({ codesTried: sql`${addressProofs.codesTried} + 1` })
			.where(
				and(
					eq(addressProofs.personId, person.id),
					isNull(addressProofs.usedAt),
					gt(addressProofs.expiresAt, now),
					lt(addressProofs.codesTried, codeTries)
				)
			)
			.returning();
		if (!proof) return 'dead';
		if (!timingSafeEqual(proof.codeHash, hashOfCode(proof.id, code))) return codeTries - proof.codesTried;
		await tx.update(addressProofs).set({ usedAt: now }).where(eq(addressProofs.id, proof.id));
		// Whoever was first is asked again here: since the mail left, somebody may have shown that it is theirs.
		const [added] = await tx
			.insert(emailAddresses)
			.values({ address: proof.address, personId: person.id, kind: 'personal', verifiedAt: now, createdAt: now })
			.onConflictDoUpdate({
				target: emailAddresses.address,
				set: { personId: person.id, verifiedAt: now },
				setWhere: and(eq(emailAddresses.kind, 'personal'), isNull(emailAddresses.verifiedAt))
			})
			.returning({ address: emailAddresses.address });
		if (!added) return 'dead';
		await followChange(tx, asker, { what: 'address-added', address: added.address });
		return added;
	});
	if (answer === 'dead' || typeof answer === 'number') throw new Refusal('rule', wrongCode(answer));
	return answer.address;
}

/** Takes back what was asked: its code works no more. */
export const forgetProof = (db: Database, asker: Pick<Asker, 'person'>, now = new Date()) =>
	db.asService((tx) => forgetIn(tx, asker, now));

async function forgetIn(tx: Tx, { person }: Pick<Asker, 'person'>, now: Date): Promise<void> {
	await tx
		.update(addressProofs)
		.set({ usedAt: now })
		.where(and(eq(addressProofs.personId, person.id), isNull(addressProofs.usedAt)));
}

/** Removes a personal address of one's own. A school's is the program's to change. @throws Refusal `rule`, or `unproven` */
export async function removeAddress(db: Database, asker: Asker, typed: string, now = new Date()): Promise<void> {
	const address = normaliseAddress(typed);
	await db.asService(async (tx) => {
		await demandChange(tx, asker, now);
		const own = and(eq(emailAddresses.address, address ?? ''), eq(emailAddresses.personId, asker.person.id));
		const [found] = await tx
			.select({ kind: emailAddresses.kind, verifiedAt: emailAddresses.verifiedAt })
			.from(emailAddresses)
			.where(own);
		if (!found) throw new Refusal('rule', 'This address is not one of yours any more. Nothing has changed.');
		if (found.kind === 'school')
			throw new Refusal(
				'rule',
				'A school address comes from your program, and only your program can change it. Nothing has changed.'
			);
		// One that lets nobody in is no way in, so it may always go.
		if (found.verifiedAt) await demandAnotherWay(tx, asker);
		await tx.delete(emailAddresses).where(own);
		await followChange(tx, asker, { what: 'address-removed', address: address! });
	});
}
