/** On which clock somebody lives: as they said, or as their school's, or as their program's. */
import { eq, inArray } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { organizations, people, personSettings } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';

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

/** On which clock the form of a pair's page is filled in. An address of no pair of theirs is refused by what follows. */
export const readOwnZone = (db: Database, person: Person, pairId: string): Promise<string> =>
	db.asPerson(person.id, async (tx) => {
		const [program] = isId(pairId)
			? await tx
					.select({ zone: programs.timeZone })
					.from(pairs)
					.innerJoin(programs, eq(programs.id, pairs.programId))
					.where(eq(pairs.id, pairId))
			: [];
		return zoneOf(tx, person.id, program?.zone ?? 'UTC');
	});
