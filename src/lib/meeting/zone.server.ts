/** On which clock somebody lives: as they said, or as their school's, or as their program's. */
import { eq, inArray } from 'drizzle-orm';
import { organizations, people, personSettings } from '#lib/identity/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';

/** @param tx as the person themselves, or as the service for several. @param fallback the program's */
export async function zonesOf(tx: Tx, personIds: string[], fallback: string): Promise<Map<string, string>> {
	const rows = await tx
		.select({ id: people.id, own: personSettings.timeZone, school: organizations.timeZone })
		.from(people)
		.leftJoin(personSettings, eq(personSettings.personId, people.id))
		.leftJoin(organizations, eq(organizations.id, people.organizationId))
		.where(inArray(people.id, personIds));
	const zones = new Map(rows.map(({ id, own, school }) => [id, own ?? school ?? fallback]));
	return new Map(personIds.map((id) => [id, zones.get(id) ?? fallback]));
}

export const zoneOf = async (tx: Tx, personId: string, fallback: string): Promise<string> =>
	(await zonesOf(tx, [personId], fallback)).get(personId)!;
