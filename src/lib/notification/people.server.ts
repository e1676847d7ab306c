/** How people are told, and at which address: read by the product itself (role `app_service`), for many at once. */
import { and, asc, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { notificationSettings } from './schema.server.ts';
import { type Settings, settingsOf } from './settings.ts';

export type HowTold = { settings: Settings; zone: string };

/** The settings and the clock of each; whoever is deactivated is not in it. */
export async function howTold(tx: Tx, personIds: string[]): Promise<Map<string, HowTold>> {
	if (personIds.length === 0) return new Map();
	const here = await tx
		.select({ id: people.id, zone: sql<string>`app.zone_of(${people.id})` })
		.from(people)
		.where(and(inArray(people.id, personIds), isNull(people.deactivatedAt)));
	const rows = await tx.select().from(notificationSettings).where(inArray(notificationSettings.personId, personIds));
	const chosen = new Map(rows.map((row) => [row.personId, row]));
	return new Map(here.map(({ id, zone }) => [id, { settings: settingsOf(chosen.get(id)), zone }]));
}

/**
 * Where people are written to: at school, if they have an address there, which a manager vouches for; else at one of their own
 * that they have proven, because one that was mistyped is somebody else's. Whoever is deactivated is not in it.
 */
export async function addressesOf(tx: Tx, personIds: string[]): Promise<Map<string, string>> {
	if (personIds.length === 0) return new Map();
	const known = await tx
		.select({ personId: emailAddresses.personId, address: emailAddresses.address })
		.from(emailAddresses)
		.innerJoin(people, sql`${people.id} = ${emailAddresses.personId}`)
		.where(
			and(
				inArray(emailAddresses.personId, personIds),
				isNull(people.deactivatedAt),
				or(eq(emailAddresses.kind, 'school'), isNotNull(emailAddresses.verifiedAt))
			)
		)
		.orderBy(sql`${emailAddresses.kind} = 'school' desc`, asc(emailAddresses.createdAt));
	// A map keeps what is set last, which is so the first of several.
	return new Map(known.reverse().map(({ personId, address }) => [personId, address]));
}
