/** Who looks after a cohort: appointed and ended by a manager of its program, and ended by themselves. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { type Acting, managedProgram, type ProgramManaged, programToChange } from '#lib/program/managing.server.ts';
import { cohorts } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { cohortModerators } from './schema.server.ts';

/** A cohort of 25 is looked after by one or two; more than this many, and nobody feels asked. */
export const mostModerators = 10;
/** A state has thousands of cohorts; a manager of one looks for theirs by name on the program's own pages. */
const mostCohorts = 500;

export type Moderator = { id: string; person: Person; fromAt: Date; by: string | null; own: boolean };
export type ModeratorsPage = {
	program: ProgramManaged;
	cohorts: { id: string; name: string; moderators: number }[];
	/** The one that is looked at. */
	cohort: { id: string; name: string } | null;
	moderators: Moderator[];
	/** Among whom the manager chooses; themself too. */
	possible: (Person & { own: boolean })[];
};

const standing = (tx: Tx, person: Person, cohortId: string): Promise<Moderator[]> =>
	tx
		.select({
			id: cohortModerators.id,
			person: { id: people.id, name: people.name, initials: people.initials },
			fromAt: cohortModerators.fromAt,
			by: sql<string | null>`(select name from people b where b.id = ${cohortModerators.appointedById})`,
			own: sql<boolean>`${cohortModerators.personId} = ${person.id}::uuid`
		})
		.from(cohortModerators)
		.innerJoin(people, eq(people.id, cohortModerators.personId))
		.where(and(eq(cohortModerators.cohortId, cohortId), isNull(cohortModerators.untilAt)))
		.orderBy(asc(cohortModerators.fromAt), asc(cohortModerators.id))
		.limit(mostModerators * 2);

async function possibleIn(tx: Tx, person: Person, cohortId: string): Promise<ModeratorsPage['possible']> {
	const { rows } = (await tx.execute(
		sql`select p.person_id as id, p.name, p.initials, p.person_id = ${person.id}::uuid as own
			from app.possible_moderators(${cohortId}::uuid) p
			where not exists (select from cohort_moderators c
				where c.cohort_id = ${cohortId}::uuid and c.person_id = p.person_id and c.until_at is null)
			order by p.name collate "und-x-icu", p.person_id limit 500`
	)) as unknown as { rows: ModeratorsPage['possible'] };
	return rows;
}

/**
 * Who looks after the cohorts of a program, for its managers.
 * @param cohortId the cohort that is looked at; anything else is the first
 * @throws Refusal not-found
 */
export const readModerators = (
	db: Database,
	person: Person,
	programId: string,
	cohortId: unknown
): Promise<ModeratorsPage> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		const all = await tx
			.select({
				id: cohorts.id,
				name: cohorts.name,
				moderators: sql<number>`(select count(*)::int from cohort_moderators m where m.cohort_id = ${cohorts.id} and m.until_at is null)`
			})
			.from(cohorts)
			.where(eq(cohorts.programId, program.id))
			.orderBy(asc(cohorts.wave), asc(cohorts.name), asc(cohorts.id))
			.limit(mostCohorts);
		const cohort = all.find(({ id }) => id === cohortId) ?? all[0] ?? null;
		return {
			program,
			cohorts: all,
			cohort: cohort && { id: cohort.id, name: cohort.name },
			moderators: cohort ? await standing(tx, person, cohort.id) : [],
			possible: cohort ? await possibleIn(tx, person, cohort.id) : []
		};
	});

/**
 * Appoints somebody to look after a cohort: they read its threads from now on, and may look who asked without a name. Only
 * whoever leads something in the program, and nobody who sits in the cohort as a teacher. Appointing again changes nothing.
 * @throws Refusal not-found, unproven, or rule
 */
export const appointModerator = (
	db: Database,
	by: Acting,
	programId: string,
	asked: { cohortId: unknown; personId: unknown }
): Promise<{ name: string }> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const { cohortId, personId } = asked;
		const [cohort] =
			typeof cohortId === 'string' && isId(cohortId)
				? await tx
						.select({ id: cohorts.id, name: cohorts.name })
						.from(cohorts)
						.where(and(eq(cohorts.id, cohortId), eq(cohorts.programId, program.id)))
				: [];
		if (!cohort) throw notFound('cohort');
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('moderators of'), hashtext(${cohort.id}))`);
		const before = await standing(tx, by.person, cohort.id);
		const same = before.find(({ person }) => person.id === personId);
		if (same) return { name: same.person.name };
		if (before.length >= mostModerators)
			throw new Refusal(
				'rule',
				`${mostModerators} people look after ${cohort.name} already. End one of them first; nothing has changed.`
			);
		const person = (await possibleIn(tx, by.person, cohort.id)).find(({ id }) => id === personId);
		if (!person)
			throw new Refusal(
				'rule',
				`Please choose somebody of the list: a mentor, a coach or a manager of ${program.name} who does not sit in ${cohort.name} as a teacher. Nothing has changed.`
			);
		const id = uuidv7();
		await tx
			.insert(cohortModerators)
			.values({ id, cohortId: cohort.id, personId: person.id, appointedById: by.person.id });
		await record(tx, {
			kind: 'moderator-appointed',
			person: person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, cohort: cohort.id, moderator: id }
		});
		return { name: person.name };
	});

/**
 * Ends that somebody looks after a cohort: of others as a manager of its program, or one's own. Their acts stay.
 * @throws Refusal not-found, unproven, or rule when it had ended before
 */
export const endModerator = (db: Database, by: Acting, moderatorId: unknown): Promise<{ own: boolean }> =>
	db.asPerson(by.person.id, async (tx) => {
		const [row] =
			typeof moderatorId === 'string' && isId(moderatorId)
				? await tx
						.select({
							id: cohortModerators.id,
							personId: cohortModerators.personId,
							cohortId: cohortModerators.cohortId,
							programId: cohorts.programId
						})
						.from(cohortModerators)
						.innerJoin(cohorts, eq(cohorts.id, cohortModerators.cohortId))
						.where(eq(cohortModerators.id, moderatorId))
				: [];
		if (!row) throw notFound('moderator');
		const own = row.personId === by.person.id;
		if (!own) await programToChange(tx, by, row.programId);
		const ended = await tx
			.update(cohortModerators)
			.set({ untilAt: sql`greatest(now(), ${cohortModerators.fromAt})` })
			.where(and(eq(cohortModerators.id, row.id), isNull(cohortModerators.untilAt)))
			.returning({ id: cohortModerators.id });
		if (ended.length === 0) throw new Refusal('rule', 'This had ended before. Nothing has changed.');
		await record(tx, {
			kind: 'moderator-ended',
			person: row.personId,
			by: by.person.id,
			whence: by.whence,
			about: { program: row.programId, cohort: row.cohortId, moderator: row.id }
		});
		return { own };
	});

/** Ends that the person looks after a cohort: what they hold beside that in it is not touched. @throws Refusal not-found */
export async function leaveModerating(db: Database, by: Acting, cohortId: string): Promise<void> {
	const [row] = isId(cohortId)
		? await db.asPerson(by.person.id, (tx) =>
				tx
					.select({ id: cohortModerators.id })
					.from(cohortModerators)
					.where(
						and(
							eq(cohortModerators.cohortId, cohortId),
							eq(cohortModerators.personId, by.person.id),
							isNull(cohortModerators.untilAt)
						)
					)
			)
		: [];
	if (!row) throw notFound('cohort');
	await endModerator(db, by, row.id);
}
