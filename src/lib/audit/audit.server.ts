/** Writing down what happened to somebody's rights and data, and reading it. Nothing here changes what was written. */
import type { RequestEvent } from '@sveltejs/kit';
import { sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import { networkOf } from '#lib/server/network.ts';
import type { About, AuditKind, Whence } from './event.ts';
import { auditEvents } from './schema.server.ts';

export type AuditEvent = {
	kind: AuditKind;
	/** Whom it concerns. */
	person: string;
	/** Who did it; null when the product did, or when nobody had proven who they are. */
	by: string | null;
	onBehalfOf?: string | undefined;
	/** Null when no request is behind it. */
	whence: Whence | null;
	about?: About;
};

/**
 * Writes events down inside the transaction that does the thing: either both happened or neither. As a person only
 * what that person did can be written; as the product, anything.
 */
export async function record(tx: Tx, ...events: AuditEvent[]): Promise<void> {
	if (events.length === 0) return;
	await tx.insert(auditEvents).values(
		events.map(({ kind, person, by, onBehalfOf, whence, about }) => ({
			kind,
			personId: person,
			byPersonId: by,
			onBehalfOfId: onBehalfOf ?? null,
			network: whence?.network ?? null,
			userAgent: whence?.userAgent?.slice(0, 300) ?? null,
			about: about ?? {}
		}))
	);
}

/** From where a request comes. A proxy that names nobody leaves the network unknown. */
export function whenceOf({ request, getClientAddress }: Pick<RequestEvent, 'request' | 'getClientAddress'>): Whence {
	let network: string | null = null;
	try {
		network = networkOf(getClientAddress());
	} catch {
		// The framework throws when ADDRESS_HEADER is set and the request lacks it.
	}
	return { network, userAgent: request.headers.get('user-agent')?.slice(0, 300) ?? null };
}

/** Forgets what is older than three years. */
export const sweepAudit = (db: Database) =>
	db.asService(async (tx) => {
		await tx.execute(sql`select app.forget_old_audit_events()`);
	});
