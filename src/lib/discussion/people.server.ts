/** Who reads a cohort's threads, for whoever is one of them; and in which cohort somebody asks about a reflection's competency. */
import { eq } from 'drizzle-orm';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { cohortOf, type Listener, readAudience, rightsOf } from './standing.server.ts';

/** @throws Refusal not-found for whoever does not read the cohort */
export const readPeople = (db: Database, person: Person, cohortId: string): Promise<Listener[]> =>
	db.asPerson(person.id, async (tx) => readAudience(tx, (await cohortOf(tx, person, cohortId)).id));

/** Null where the reflection is not theirs, or its cohort is none that they talk with now. */
export const aboutReflection = (
	db: Database,
	person: Person,
	reflectionId: string | null
): Promise<{ cohortId: string; microcredentialId: string } | null> =>
	db.asPerson(person.id, async (tx) => {
		if (reflectionId === null || !isId(reflectionId)) return null;
		const [found] = await tx
			.select({ cohortId: pairs.cohortId, microcredentialId: microcredentialVersions.microcredentialId })
			.from(reflections)
			.innerJoin(pairs, eq(pairs.id, reflections.pairId))
			.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, reflections.microcredentialVersionId))
			.where(eq(reflections.id, reflectionId));
		const { talks } = await rightsOf(tx);
		return found?.cohortId && talks.includes(found.cohortId)
			? { cohortId: found.cohortId, microcredentialId: found.microcredentialId }
			: null;
	});
