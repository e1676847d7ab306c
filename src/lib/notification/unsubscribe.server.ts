/** Links that stop a kind of mail, for whoever holds the mail: signed in or not, and no more than that. */
import { createHash, randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Group, isGroup } from './kinds.ts';
import { isScope, type Scope } from './notice-mail.ts';
import { notificationSettings, unsubscribeTokens } from './schema.server.ts';

const hashOf = (token: string) => new Uint8Array(createHash('sha256').update(token).digest());

/** Makes the address for one mail. One of its own for each, so that a mail handed on can be told apart and only hashes are kept. */
export async function makeStop(tx: Tx, personId: string, scope: Scope, origin: string): Promise<string> {
	const token = randomBytes(32).toString('base64url');
	await tx.insert(unsubscribeTokens).values({ tokenHash: hashOf(token), personId, scope });
	return `${origin}/unsubscribe/${token}`;
}

async function tokenRow(tx: Tx, token: string): Promise<{ personId: string; scope: Scope }> {
	// Whatever else somebody types is no token, and no reason to ask.
	const [row] = /^[\w-]{43}$/.test(token)
		? await tx
				.select({ personId: unsubscribeTokens.personId, scope: unsubscribeTokens.scope })
				.from(unsubscribeTokens)
				.where(eq(unsubscribeTokens.tokenHash, hashOf(token)))
		: [];
	if (!row || !isScope(row.scope)) throw notFound('link');
	return { personId: row.personId, scope: row.scope };
}

/** What a link stops, and whether it has. Changes nothing: programs that look for harm open every link of a mail. @throws Refusal not-found */
export const readStop = (db: Database, token: string): Promise<{ scope: Scope; isStopped: boolean }> =>
	db.asService(async (tx) => {
		const { personId, scope } = await tokenRow(tx, token);
		const [row] = await tx
			.select({ mail: notificationSettings.mail, digest: notificationSettings.digest })
			.from(notificationSettings)
			.where(eq(notificationSettings.personId, personId));
		return { scope, isStopped: scope === 'digest' ? row?.digest === 'off' : row?.mail[scope] === 'off' };
	});

/** Stops that kind of mail, or lets it come again as it does for everybody. Twice is as once. @throws Refusal not-found */
export const useStop = (db: Database, token: string, stops: boolean): Promise<{ scope: Scope; isStopped: boolean }> =>
	db.asService(async (tx) => {
		const { personId, scope } = await tokenRow(tx, token);
		await chooseMail(tx, personId, scope, stops ? 'off' : null);
		return { scope, isStopped: stops };
	});

/**
 * Sets what comes of one scope and leaves the rest. In one statement: two that choose at once do not undo each other.
 * @param choice null: as everybody has it
 */
export async function chooseMail(tx: Tx, personId: string, scope: Scope, choice: 'off' | null): Promise<void> {
	if (isGroup(scope)) {
		const group: Group = scope;
		await tx
			.insert(notificationSettings)
			.values({ personId, mail: choice ? { [group]: choice } : {} })
			.onConflictDoUpdate({
				target: notificationSettings.personId,
				set: {
					mail: choice
						? sql`${notificationSettings.mail} || jsonb_build_object(${group}::text, ${choice}::text)`
						: sql`${notificationSettings.mail} - ${group}::text`
				}
			});
		return;
	}
	const digest = choice ?? 'weekly';
	await tx
		.insert(notificationSettings)
		.values({ personId, digest })
		.onConflictDoUpdate({ target: notificationSettings.personId, set: { digest } });
}
