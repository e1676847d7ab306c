/** Who reads a cohort's threads, for whoever is one of them. */
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import { cohortOf, type Listener, readAudience } from './standing.server.ts';

/** @throws Refusal not-found for whoever does not read the cohort */
export const readPeople = (db: Database, person: Person, cohortId: string): Promise<Listener[]> =>
	db.asPerson(person.id, async (tx) => readAudience(tx, (await cohortOf(tx, person, cohortId)).id));
