/** Moving a teacher to another cohort of their program: a manager's act, in one transaction, by the rule of `moving.ts`. */
import { aliasedTable, and, asc, desc, eq, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { type Acting, programToChange } from '#lib/program/managing.server.ts';
import { readMember } from '#lib/program/people.server.ts';
import { cohortMoves, cohorts } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { readMoveReason, whatHappens } from './moving.ts';

export type CohortToMoveTo = { id: string; name: string; capacity: number; taken: number; here: boolean };
export type MovePage = {
	program: { id: string; name: string; timeZone: string };
	person: Person;
	/** Null: no cohort yet. */
	from: { id: string; name: string } | null;
	cohorts: CohortToMoveTo[];
	/** What will happen, sentence by sentence; null until a cohort with a seat is chosen. */
	plan: { to: CohortToMoveTo; sentences: string[] } | null;
	moves: { from: string | null; to: string; by: string | null; at: Date; reason: string | null }[];
};

/** A state has thousands; the page asks for one of these. */
const mostCohorts = 500;

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** Where a teacher sits now: by their enrollment, or by their role where they have not chosen a stack yet. */
async function seatOf(tx: Tx, programId: string, personId: string) {
	const [seat] = await rowsOf<{ cohort_id: string | null; here: boolean }>(
		tx,
		sql`select coalesce(
				(select e.cohort_id from enrollments e where e.program_id = ${programId}::uuid and e.person_id = ${personId}::uuid
					and e.status in ('enrolled', 'active', 'completed')),
				(select r.scope_id from roles r join cohorts c on c.id = r.scope_id
					where r.person_id = ${personId}::uuid and r.role = 'teacher' and r.scope_kind = 'cohort'
					and c.program_id = ${programId}::uuid and r.from_at <= now() and (r.until_at is null or r.until_at > now())
					order by r.from_at desc limit 1)
			) as cohort_id,
			exists (select from enrollments e where e.program_id = ${programId}::uuid and e.person_id = ${personId}::uuid
				and e.status in ('enrolled', 'active', 'completed'))
			or (not exists (select from enrollments e where e.program_id = ${programId}::uuid and e.person_id = ${personId}::uuid)
				and exists (select from roles r join cohorts c on c.id = r.scope_id
					where r.person_id = ${personId}::uuid and r.role = 'teacher' and r.scope_kind = 'cohort'
					and c.program_id = ${programId}::uuid and r.from_at <= now() and (r.until_at is null or r.until_at > now()))) as here`
	);
	return { cohortId: seat?.cohort_id ?? null, here: seat?.here ?? false };
}

/** Mentor and coach of the pairs that go on, and whether each reads the cohort before for another reason too. */
const companions = (tx: Tx, programId: string, personId: string, from: string | null) =>
	rowsOf<{ name: string; as: 'mentor' | 'coach'; stays: boolean }>(
		tx,
		sql`select name, kind as "as", stays from app.move_companions(${programId}::uuid, ${personId}::uuid, ${from}::uuid)`
	);

/**
 * What moving somebody would do, before it is done.
 * @param cohortId where to; null, or what is none of them: only the choice
 * @throws Refusal not-found for whoever does not manage the program, and for somebody who does not teach in it
 */
export const readMove = (
	db: Database,
	asking: Person,
	programId: string,
	personId: string,
	cohortId: unknown
): Promise<MovePage> =>
	db.asPerson(asking.id, async (tx) => {
		const { program, person } = await readMember(tx, asking, programId, personId);
		const manages = await rowsOf<{ yes: boolean }>(
			tx,
			sql`select ${programId}::uuid = any (app.managed_program_ids()) as yes`
		);
		const { cohortId: from, here } = await seatOf(tx, program.id, person.id);
		if (!manages[0]?.yes || !here) throw notFound('person');
		const all = await tx
			.select({
				id: cohorts.id,
				name: cohorts.name,
				capacity: cohorts.capacity,
				taken: sql<number>`app.seats_taken(${cohorts.id}, ${person.id}::uuid)`,
				here: from === null ? sql<boolean>`false` : sql<boolean>`${cohorts.id} = ${from}::uuid`
			})
			.from(cohorts)
			.where(eq(cohorts.programId, program.id))
			.orderBy(asc(cohorts.wave), asc(cohorts.name), asc(cohorts.id))
			.limit(mostCohorts);
		const now = all.find(({ here }) => here);
		const to = all.find((one) => one.id === cohortId && !one.here && one.taken < one.capacity);
		const [movers, froms, tos] = [
			aliasedTable(people, 'movers'),
			aliasedTable(cohorts, 'froms'),
			aliasedTable(cohorts, 'tos')
		];
		const moves = await tx
			.select({ from: froms.name, to: tos.name, by: movers.name, at: cohortMoves.at, reason: cohortMoves.reason })
			.from(cohortMoves)
			.innerJoin(tos, eq(tos.id, cohortMoves.toCohortId))
			.leftJoin(froms, eq(froms.id, cohortMoves.fromCohortId))
			.leftJoin(movers, eq(movers.id, cohortMoves.movedById))
			.where(and(eq(cohortMoves.programId, program.id), eq(cohortMoves.personId, person.id)))
			.orderBy(desc(cohortMoves.at))
			.limit(20);
		return {
			program,
			person,
			from: now ? { id: now.id, name: now.name } : null,
			cohorts: all,
			plan: to
				? {
						to,
						sentences: whatHappens({
							person: person.name,
							from: now?.name ?? null,
							to: to.name,
							with: await companions(tx, program.id, person.id, from)
						})
					}
				: null,
			moves
		};
	});

/**
 * Moves a teacher to another cohort of the program: their seat, their role there, and their open pairs with mentor and coach.
 * What they wrote stays where they wrote it. Moving to where they are changes nothing.
 * @throws Refusal not-found, unproven, or rule when there is no seat left
 */
export const moveToCohort = (
	db: Database,
	by: Acting,
	programId: string,
	personId: string,
	asked: { cohortId: unknown; reason?: unknown }
): Promise<{ to: string; moved: boolean }> =>
	db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const { cohortId } = asked;
		if (typeof cohortId !== 'string' || !isId(cohortId) || !isId(personId)) throw notFound('cohort');
		const reason = readMoveReason(asked.reason);
		const [cohort] = await tx
			.select({ id: cohorts.id, name: cohorts.name, capacity: cohorts.capacity })
			.from(cohorts)
			.where(and(eq(cohorts.id, cohortId), eq(cohorts.programId, program.id)));
		if (!cohort) throw notFound('cohort');
		const { cohortId: from } = await seatOf(tx, program.id, personId);
		const [done] = await rowsOf<{ what: string }>(
			tx,
			sql`select app.move_to_cohort(${program.id}::uuid, ${personId}::uuid, ${cohort.id}::uuid, ${reason}) as what`
		);
		switch (done?.what) {
			case 'moved':
				await record(tx, {
					kind: 'cohort-moved',
					person: personId,
					by: by.person.id,
					whence: by.whence,
					about: { program: program.id, from, to: cohort.id }
				});
				return { to: cohort.name, moved: true };
			case 'same':
				return { to: cohort.name, moved: false };
			case 'full':
				throw new Refusal(
					'rule',
					`${cohort.name} is full: its ${cohort.capacity} seats are taken. Nobody was moved. Please choose another cohort, or move somebody out of ${cohort.name} first.`
				);
			default:
				throw notFound('person');
		}
	});
