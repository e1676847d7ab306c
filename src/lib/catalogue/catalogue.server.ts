/** Takes published microcredentials into the catalogue. Safe to run again: the same input changes nothing. */
import { isDeepStrictEqual } from 'node:util';
import { and, asc, desc, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '#lib/errors.ts';
import type { Tx } from '#lib/server/database.ts';
import type { Microcredential, Part } from './microcredential.ts';
import {
	alignments,
	competencies,
	frameworks,
	microcredentials,
	microcredentialVersions,
	parts,
	rubricRows
} from './schema.server.ts';

export type Outcome = 'added' | 'updated' | 'unchanged';

/**
 * Adds a microcredential to an issuer's, published. The same description again changes nothing; another one becomes the
 * next version, because a version in use never changes.
 * @param caseIdOf CASE identifier of each framework that the description names by a short key
 * @param newId called for the microcredential, its version, then its parts and rubric rows, in order
 * @throws Refusal 'rule' when an alignment names a framework or code that is not in the catalogue
 */
export async function importMicrocredential(
	tx: Tx,
	issuerId: string,
	description: Microcredential,
	caseIdOf: Record<string, string>,
	{ newId = uuidv7, publishedAt }: { newId?: () => string; publishedAt: Date }
): Promise<{ microcredentialId: string; versionId: string; outcome: Outcome }> {
	const { key, alignments: _, parts: asked, ...offer } = description;
	const [known] = await tx
		.select()
		.from(microcredentials)
		.where(and(eq(microcredentials.issuerId, issuerId), eq(microcredentials.key, key)))
		.for('update');
	const microcredentialId = known?.id ?? newId();
	if (!known) await tx.insert(microcredentials).values({ id: microcredentialId, issuerId, key });

	const competencyIds = await alignedCompetencies(tx, description, caseIdOf);
	const [latest] = await tx
		.select()
		.from(microcredentialVersions)
		.where(eq(microcredentialVersions.microcredentialId, microcredentialId))
		.orderBy(desc(microcredentialVersions.number))
		.limit(1);
	if (
		latest &&
		isDeepStrictEqual(await describedVersion(tx, latest.id), {
			offer,
			parts: asked,
			competencyIds: competencyIds.toSorted()
		})
	)
		return { microcredentialId, versionId: latest.id, outcome: 'unchanged' };

	const versionId = await publishVersion(
		tx,
		{ microcredentialId, number: (latest?.number ?? 0) + 1, publishedAt },
		{ offer, parts: asked, competencyIds },
		newId
	);
	return { microcredentialId, versionId, outcome: latest ? 'updated' : 'added' };
}

/** What a version says, beside its place among the others. */
export type Described = {
	offer: Omit<Microcredential, 'key' | 'alignments' | 'parts'>;
	parts: Part[];
	competencyIds: string[];
};

/**
 * Writes down the next version of a microcredential and publishes it; from then on the database lets nobody change it.
 * @param newId called for the version, then for its parts and rubric rows, in order
 */
export async function publishVersion(
	tx: Tx,
	{ publishedAt, ...place }: { microcredentialId: string; number: number; publishedAt: Date },
	{ offer, parts: asked, competencyIds }: Described,
	newId: () => string = uuidv7
): Promise<string> {
	const versionId = newId();
	await tx.insert(microcredentialVersions).values({ ...offer, ...place, id: versionId, status: 'draft' });
	if (competencyIds.length > 0)
		await tx
			.insert(alignments)
			.values(competencyIds.map((competencyId) => ({ microcredentialVersionId: versionId, competencyId })));
	const partRows = asked.map(({ rubric, ...part }) => ({
		rubric,
		...part,
		id: newId(),
		microcredentialVersionId: versionId
	}));
	if (partRows.length > 0) await tx.insert(parts).values(partRows.map(({ rubric: _, ...part }) => part));
	const rows = partRows.flatMap((part) =>
		part.rubric.map((row, index) => ({ ...row, id: newId(), partId: part.id, position: index + 1 }))
	);
	if (rows.length > 0) await tx.insert(rubricRows).values(rows);
	await tx
		.update(microcredentialVersions)
		.set({ status: 'published', publishedAt })
		.where(eq(microcredentialVersions.id, versionId));
	return versionId;
}

async function alignedCompetencies(tx: Tx, { title, alignments }: Microcredential, caseIdOf: Record<string, string>) {
	const ids: string[] = [];
	for (const { framework, code } of alignments) {
		const caseId = caseIdOf[framework];
		const [found] = caseId
			? await tx
					.select({ id: competencies.id })
					.from(competencies)
					.innerJoin(frameworks, eq(frameworks.id, competencies.frameworkId))
					.where(and(eq(frameworks.caseId, caseId), eq(competencies.code, code)))
					.orderBy(asc(competencies.position))
					.limit(1)
			: [];
		if (!found)
			throw new Refusal('rule', `“${title}” is aligned to ${framework} ${code}, which is not in the catalogue.`);
		ids.push(found.id);
	}
	return [...new Set(ids)];
}

/** A stored version in the words of its description, to compare it with another one. */
export async function describedVersion(tx: Tx, versionId: string) {
	const [version] = await tx.select().from(microcredentialVersions).where(eq(microcredentialVersions.id, versionId));
	const aligned = await tx
		.select({ id: alignments.competencyId })
		.from(alignments)
		.where(eq(alignments.microcredentialVersionId, versionId));
	const asked = await tx
		.select()
		.from(parts)
		.where(eq(parts.microcredentialVersionId, versionId))
		.orderBy(asc(parts.position));
	const rows = await tx
		.select({ partId: rubricRows.partId, criterion: rubricRows.criterion, descriptions: rubricRows.descriptions })
		.from(rubricRows)
		.innerJoin(parts, eq(parts.id, rubricRows.partId))
		.where(eq(parts.microcredentialVersionId, versionId))
		.orderBy(asc(parts.position), asc(rubricRows.position));
	const {
		id: _id,
		microcredentialId: _m,
		number: _n,
		status: _s,
		publishedAt: _p,
		retiredAt: _r,
		retiredReason: _w,
		search: _f,
		...offer
	} = version!;
	return {
		offer,
		parts: asked.map(({ id, microcredentialVersionId: _, ...part }) => ({
			...part,
			rubric: rows.filter((row) => row.partId === id).map(({ partId: _, ...row }) => row)
		})),
		competencyIds: aligned.map((one) => one.id).toSorted()
	};
}
