/** Showing that a mailbox is one's own, by the same mailed link and code as signing in, before there is an account. */
import { timingSafeEqual } from 'node:crypto';
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { queueMail, type Message } from '#lib/server/mail.ts';
import { signInLinks } from './schema.server.ts';
import { sha256 } from './session.server.ts';
import { codeTries, noCode, readCode, wrongCode } from './sign-in.ts';
import { hashOfCode, makeRequest } from './sign-in.server.ts';

/**
 * Mails a link and a code to an address, whoever has it. What they open is not an account: the request names nobody, so
 * the sign-in pages don't take it.
 * @param mail writes the mail out of the token and the code
 * @returns id of the request: whoever holds it may try the code
 * @throws Refusal `too-many`
 */
export const askForProof = (
	db: Database,
	asked: { address: string; clientAddress: string },
	mail: (token: string, code: string) => Message,
	now = new Date()
): Promise<string> =>
	db.asService(async (tx) => {
		const { id, token, code } = await makeRequest(tx, { ...asked, personId: null }, now);
		await queueMail(tx, mail(token, code));
		return id;
	});

const open = (now: Date) =>
	and(isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, now), isNull(signInLinks.personId));

/** The address whose mailbox a link shows to be open; null when it is used, too old or none of ours. Changes nothing. */
export async function readProof(tx: Tx, token: string, now: Date): Promise<string | null> {
	const [row] = await tx
		.select({ address: signInLinks.address })
		.from(signInLinks)
		.where(and(eq(signInLinks.tokenHash, sha256(token)), open(now)));
	return row?.address ?? null;
}

/** Uses a link up and says whose mailbox it was mailed to; null when it doesn't work any more. */
export async function proveByLink(tx: Tx, token: string, now: Date): Promise<string | null> {
	const [row] = await tx
		.update(signInLinks)
		.set({ usedAt: now })
		.where(and(eq(signInLinks.tokenHash, sha256(token)), open(now)))
		.returning({ address: signInLinks.address });
	return row?.address ?? null;
}

/** What a code was: the address it was mailed to, or why it was none. */
export type CodeTried = { address: string } | { wrong: string };

/** Tries a code. The try is counted, and the caller must commit it: hence an answer, and no throw, for a wrong one. */
export async function proveByCode(tx: Tx, requestId: string, typed: string, now: Date): Promise<CodeTried> {
	const code = readCode(typed);
	if (!code) return { wrong: noCode };
	// Counting first makes tries at the same instant wait for each other: no more than five are ever compared.
	const [link] = await tx
		.update(signInLinks)
		.set({ codesTried: sql`${signInLinks.codesTried} + 1` })
		.where(and(eq(signInLinks.id, requestId), open(now), lt(signInLinks.codesTried, codeTries)))
		.returning({
			id: signInLinks.id,
			codeHash: signInLinks.codeHash,
			address: signInLinks.address,
			codesTried: signInLinks.codesTried
		});
	const left = link ? codeTries - link.codesTried : 0;
	if (link && timingSafeEqual(link.codeHash, hashOfCode(link.id, code))) {
		await tx.update(signInLinks).set({ usedAt: now }).where(eq(signInLinks.id, link.id));
		return { address: link.address };
	}
	return {
		wrong: wrongCode(left)
	};
}

/** What to say to whoever comes with a link that proves nothing any more. */
export const proofGone = () =>
	new Refusal(
		'rule',
		'The link in the mail has been used or is too old: it works once, for 15 minutes. Ask for a new one here.'
	);
