/** Addresses from which mail comes back: what their owner is told, and when they count as working again. */
import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/database.ts';
import type { Person } from './person.ts';
import { emailAddresses } from './schema.server.ts';

export type Unreachable = { address: string; since: Date; status: string | null };

/** A person's own addresses from which mail comes back. */
export const listUnreachable = (db: Database, person: Person): Promise<Unreachable[]> =>
	db.asPerson(person.id, async (tx) => {
		const rows = await tx
			.select({
				address: emailAddresses.address,
				since: emailAddresses.unreachableSince,
				status: emailAddresses.unreachableStatus
			})
			.from(emailAddresses)
			.where(and(eq(emailAddresses.personId, person.id), isNotNull(emailAddresses.unreachableSince)))
			.orderBy(asc(emailAddresses.address));
		return rows.map(({ since, ...row }) => ({ ...row, since: since! }));
	});

/** Notes that an address works: its owner says so, or has opened a mail that went there. Of somebody else's nothing changes. */
export async function noteReachable(tx: Tx, personId: string, address: string, now: Date): Promise<void> {
	await tx
		.update(emailAddresses)
		.set({ unreachableSince: null, unreachableStatus: null, reachableAt: now })
		.where(
			and(
				eq(emailAddresses.address, address),
				eq(emailAddresses.personId, personId),
				isNotNull(emailAddresses.unreachableSince)
			)
		);
}

/** Somebody says that their address works again; the next mail that comes back says otherwise. */
export const sayReachable = (db: Database, person: Person, address: string, now = new Date()): Promise<void> =>
	db.asService((tx) => noteReachable(tx, person.id, address.trim().toLowerCase(), now));
