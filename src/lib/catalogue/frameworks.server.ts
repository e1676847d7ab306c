/** Takes published frameworks into the catalogue. Safe to run again: the same package changes nothing. */
import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '#lib/errors.ts';
import type { Tx } from '#lib/server/database.ts';
import type { CaseFramework } from './case.ts';
import type { Outcome } from './catalogue.server.ts';
import { changesOf, type FrameworkChanges, type StoredFramework } from './framework-changes.ts';
import { competencies, frameworkAssociations, frameworks } from './schema.server.ts';

/** Rows per statement: far below Postgres's 65,535 parameters at a dozen columns each. */
const batch = 500;
const batches = function* <T>(all: readonly T[]) {
	for (let from = 0; from < all.length; from += batch) yield all.slice(from, from + batch);
};

/** What is here of a framework, with the ids of its rows. */
async function stored(tx: Tx, caseId: string) {
	const [framework] = await tx.select().from(frameworks).where(eq(frameworks.caseId, caseId)).for('update');
	if (!framework) return null;
	const items = await tx
		.select()
		.from(competencies)
		.where(eq(competencies.frameworkId, framework.id))
		.orderBy(asc(competencies.position), asc(competencies.id));
	const caseIds = new Map(items.map((one) => [one.id, one.caseId]));
	const associations = await tx
		.select()
		.from(frameworkAssociations)
		.where(eq(frameworkAssociations.frameworkId, framework.id));
	const known: StoredFramework = {
		...framework,
		changedAt: framework.caseChangedAt,
		competencies: items.map((one) => ({
			...one,
			parentCaseId: one.parentId && caseIds.get(one.parentId)!,
			changedAt: one.caseChangedAt,
			dropped: one.droppedAt !== null
		})),
		associations
	};
	return { id: framework.id, known, ids: new Map(items.map((one) => [one.caseId, one.id])) };
}

/** Statements of the package that stand in another framework here. */
async function elsewhere(tx: Tx, { caseId, competencies: items }: CaseFramework): Promise<string[]> {
	const found: string[] = [];
	for (const some of batches(items)) {
		const rows = await tx
			.select({ statement: competencies.statement, title: frameworks.title, of: frameworks.caseId })
			.from(competencies)
			.innerJoin(frameworks, eq(frameworks.id, competencies.frameworkId))
			.where(
				inArray(
					competencies.caseId,
					some.map((one) => one.caseId)
				)
			);
		for (const row of rows)
			if (row.of !== caseId)
				found.push(`“${row.statement.slice(0, 80)}” already belongs to another framework, ${row.title}.`);
	}
	return found;
}

/** What an import would change now, and what stands against it. Changes nothing. */
export async function previewFramework(
	tx: Tx,
	framework: CaseFramework
): Promise<{ frameworkId: string | null; changes: FrameworkChanges; against: string[] }> {
	const here = await stored(tx, framework.caseId);
	return {
		frameworkId: here?.id ?? null,
		changes: changesOf(here?.known ?? null, framework),
		against: await elsewhere(tx, framework)
	};
}

/**
 * Adds a framework, or brings it up to date: exactly what `changesOf` says. Statements that a publisher dropped stay,
 * marked: microcredentials may point at them.
 * @param newId for statements not met before, then for associations, in order
 * @throws Refusal 'rule' when a statement already belongs to another framework
 */
export async function importFramework(
	tx: Tx,
	framework: CaseFramework,
	newId: () => string = uuidv7,
	importedFrom: string | null = null
): Promise<{ frameworkId: string; outcome: Outcome; changes: FrameworkChanges }> {
	const here = await stored(tx, framework.caseId);
	const changes = changesOf(here?.known ?? null, framework);
	const { write, outcome } = changes;
	if (here && outcome === 'unchanged') return { frameworkId: here.id, outcome, changes };
	const [against] = await elsewhere(tx, framework);
	if (against) throw new Refusal('rule', against);

	const frameworkId = here?.id ?? newId();
	const now = sql`now()`;
	const { competencies: items, associations, problems: _, changedAt, latestChangeAt, ...about } = framework;
	const row = { ...about, id: frameworkId, caseChangedAt: changedAt, latestChangeAt, importedFrom };
	if (!here) await tx.insert(frameworks).values(row);
	else
		await tx
			.update(frameworks)
			.set({
				...(write.document ? { ...row, id: frameworkId } : {}),
				...(write.structure ? { rest: about.rest, latestChangeAt } : {}),
				importedAt: now,
				...(importedFrom ? { importedFrom } : {})
			})
			.where(eq(frameworks.id, frameworkId));

	const ids = here?.ids ?? new Map<string, string>();
	const known = new Map(here?.known.competencies.map((one) => [one.caseId, one]));
	for (const { caseId } of items) if (write.rows.has(caseId) && !ids.has(caseId)) ids.set(caseId, newId());
	const rows = items.flatMap((item) => {
		if (!write.rows.has(item.caseId)) return [];
		const before = known.get(item.caseId);
		const words = write.words.has(item.caseId) ? item : before!;
		const place = write.structure ? item : before!;
		return {
			id: ids.get(item.caseId)!,
			frameworkId,
			caseId: item.caseId,
			parentId: place.parentCaseId === null ? null : ids.get(place.parentCaseId)!,
			code: words.code,
			statement: words.statement,
			label: words.label,
			itemType: words.itemType,
			position: place.position,
			caseChangedAt: words.changedAt,
			published: words.published,
			droppedAt: null
		};
	});
	// Outline order puts parents before their children, so every parent exists when a child names it.
	for (const some of batches(rows))
		await tx
			.insert(competencies)
			.values(some)
			.onConflictDoUpdate({
				target: competencies.caseId,
				set: {
					parentId: sql`excluded.parent_id`,
					code: sql`excluded.code`,
					statement: sql`excluded.statement`,
					label: sql`excluded.label`,
					itemType: sql`excluded.item_type`,
					position: sql`excluded.position`,
					caseChangedAt: sql`excluded.case_changed_at`,
					published: sql`excluded.published`,
					// What an older package is taken from in part is not brought back by it.
					...(write.structure ? { droppedAt: sql`null` } : {})
				}
			});
	for (const some of batches(changes.dropped))
		await tx
			.update(competencies)
			.set({ droppedAt: now })
			.where(
				and(
					eq(competencies.frameworkId, frameworkId),
					inArray(
						competencies.caseId,
						some.map((one) => one.caseId)
					)
				)
			);
	if (write.structure) await writeAssociations(tx, frameworkId, associations, newId);
	return { frameworkId, outcome, changes };
}

async function writeAssociations(
	tx: Tx,
	frameworkId: string,
	associations: CaseFramework['associations'],
	newId: () => string
) {
	const gone =
		associations.length === 0
			? eq(frameworkAssociations.frameworkId, frameworkId)
			: and(
					eq(frameworkAssociations.frameworkId, frameworkId),
					notInArray(
						frameworkAssociations.caseId,
						sql`(select x::uuid from jsonb_array_elements_text(${JSON.stringify(associations.map((one) => one.caseId))}::jsonb) x)`
					)
				);
	await tx.delete(frameworkAssociations).where(gone);
	for (const some of batches(associations))
		await tx
			.insert(frameworkAssociations)
			.values(some.map((one) => ({ ...one, id: newId(), frameworkId })))
			.onConflictDoUpdate({
				target: [frameworkAssociations.frameworkId, frameworkAssociations.caseId],
				set: {
					kind: sql`excluded.kind`,
					origin: sql`excluded.origin`,
					destination: sql`excluded.destination`,
					position: sql`excluded.position`,
					published: sql`excluded.published`
				}
			});
}
