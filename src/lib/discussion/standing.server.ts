/** How somebody stands to a cohort, who reads it, and which competencies it talks about. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { cohorts, programs, programStacks } from '#lib/program/schema.server.ts';
import { notFound } from '#lib/errors.ts';
import type { Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { readsThreads, type Standing } from './policy.ts';

export type Cohort = {
	id: string;
	name: string;
	program: { id: string; name: string; timeZone: string };
	standing: Standing;
};

type Rights = { talks: string[]; moderates: string[]; manages: string[] };

/** Which cohorts the person reads, looks after and manages. */
export async function rightsOf(tx: Tx): Promise<Rights> {
	const [row] = (
		(await tx.execute(
			sql`select app.discussing_cohort_ids() as talks, app.moderated_cohort_ids() as moderates, app.managed_cohort_ids() as manages`
		)) as unknown as { rows: Record<keyof Rights, string[] | null>[] }
	).rows;
	return { talks: row?.talks ?? [], moderates: row?.moderates ?? [], manages: row?.manages ?? [] };
}

export const standingFrom = ({ talks, moderates, manages }: Rights, cohortId: string): Standing =>
	moderates.includes(cohortId)
		? 'moderator'
		: talks.includes(cohortId)
			? 'member'
			: manages.includes(cohortId)
				? 'manager'
				: 'stranger';

export const standingIn = async (tx: Tx, cohortId: string): Promise<Standing> =>
	standingFrom(await rightsOf(tx), cohortId);

/** A cohort that the person reads. @throws Refusal not-found for everybody else */
export async function cohortOf(tx: Tx, _person: Person, cohortId: string): Promise<Cohort> {
	if (!isId(cohortId)) throw notFound('cohort');
	const standing = await standingIn(tx, cohortId.toLowerCase());
	if (!readsThreads(standing)) throw notFound('cohort');
	const [row] = await tx
		.select({
			id: cohorts.id,
			name: cohorts.name,
			program: { id: programs.id, name: programs.name, timeZone: programs.timeZone }
		})
		.from(cohorts)
		.innerJoin(programs, eq(programs.id, cohorts.programId))
		.where(eq(cohorts.id, cohortId));
	if (!row) throw notFound('cohort');
	return { ...row, standing };
}

export type Listener = { id: string; name: string; initials: string; part: string };

/** Everybody who reads a cohort's threads now, by name: the audience of whatever is said there. */
export async function readAudience(tx: Tx, cohortId: string): Promise<Listener[]> {
	return tx
		.select({
			id: people.id,
			name: people.name,
			initials: people.initials,
			part: sql<string>`audience.part`
		})
		.from(sql`app.cohort_people(${cohortId}::uuid) audience`)
		.innerJoin(people, sql`${people.id} = audience.person_id`)
		.orderBy(sql`${people.name} collate "und-x-icu"`, asc(people.id));
}

export async function countAudience(tx: Tx, cohortId: string): Promise<number> {
	const { rows } = (await tx.execute(
		sql`select count(*)::int as n from app.cohort_people(${cohortId}::uuid)`
	)) as unknown as { rows: { n: number }[] };
	return rows[0]?.n ?? 0;
}

export type Competency = { id: string; title: string; competency: string };

/** What a cohort talks about: the microcredentials of its program's stacks, those inside stacks too, in their order. */
export async function competenciesOf(tx: Tx, programId: string): Promise<Competency[]> {
	const offered = await tx
		.select({ id: programStacks.stackVersionId })
		.from(programStacks)
		.where(and(eq(programStacks.programId, programId), isNull(programStacks.untilAt)))
		.orderBy(asc(programStacks.fromAt), asc(programStacks.stackVersionId));
	const offers = await readStackOffers(
		tx,
		offered.map(({ id }) => id)
	);
	const found = new Map<string, Competency>();
	for (const offer of offers.values())
		for (const item of [...offer.items, ...[...offer.nested.values()].flatMap(({ items }) => items)])
			if (!found.has(item.microcredentialId))
				found.set(item.microcredentialId, {
					id: item.microcredentialId,
					title: item.title,
					competency: item.competency
				});
	return [...found.values()];
}
