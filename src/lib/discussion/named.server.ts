/** Whom and what somebody can name in a post: the people who read it, and what the program's stacks offer. */
import { asc, desc, inArray, sql } from 'drizzle-orm';
import { microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import type { Nameable } from './post-naming.ts';
import { cohortOf, competenciesOf, readAudience } from './standing.server.ts';

/** @throws Refusal not-found for whoever does not read the cohort */
export const readNameable = (db: Database, person: Person, cohortId: string): Promise<Nameable> =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		const audience = await readAudience(tx, cohort.id);
		const offers = await competenciesOf(tx, cohort.program.id);
		const versions =
			offers.length === 0
				? []
				: await tx
						.selectDistinctOn([microcredentialVersions.microcredentialId], {
							id: microcredentialVersions.id,
							offerId: microcredentialVersions.microcredentialId
						})
						.from(microcredentialVersions)
						.where(
							sql`${inArray(
								microcredentialVersions.microcredentialId,
								offers.map(({ id }) => id)
							)} and ${microcredentialVersions.status} <> 'draft'`
						)
						.orderBy(microcredentialVersions.microcredentialId, desc(microcredentialVersions.number));
		const rows =
			versions.length === 0
				? []
				: await tx
						.select({ id: rubricRows.id, title: rubricRows.criterion, versionId: parts.microcredentialVersionId })
						.from(rubricRows)
						.innerJoin(parts, sql`${parts.id} = ${rubricRows.partId}`)
						.where(
							inArray(
								parts.microcredentialVersionId,
								versions.map(({ id }) => id)
							)
						)
						.orderBy(asc(parts.position), asc(rubricRows.position));
		const versionOf = new Map(versions.map(({ id, offerId }) => [offerId, id]));
		return {
			people: audience.map(({ id, name, part }) => ({ id, name, part })),
			offers: offers.map(({ id, title }) => ({
				id,
				title,
				rows: rows.flatMap((row) => (row.versionId === versionOf.get(id) ? { id: row.id, title: row.title } : []))
			}))
		};
	});
