/** Where a person stands in a program: the way from the list to the end. */
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '#lib/server/database.ts';
import { cohorts, enrollments, programs } from './schema.server.ts';

export type EnrollmentStatus = (typeof enrollments.$inferSelect)['status'];

export type Enrollment = {
	id: string;
	personId: string;
	status: EnrollmentStatus;
	joinedListAt: Date;
	enrolledAt: Date | null;
	program: { id: string; name: string; timeZone: string; startsOn: string; endsOn: string | null };
	cohort: { id: string; name: string; startsOn: string } | null;
	/** The version of the stack's rule that counts for this teacher for good. */
	stackVersionId: string;
};

/** Statuses in which a teacher is inside: what the program offers is theirs. */
export const inside: readonly EnrollmentStatus[] = ['enrolled', 'active', 'completed'];
/** Statuses before that: asked or asking to come in. */
export const before: readonly EnrollmentStatus[] = ['invited', 'applied', 'waiting'];

/** Enrollments of these people that the person asking may see, oldest first; those who withdrew are left out. */
export async function listEnrollments(tx: Tx, personIds: string[]): Promise<Enrollment[]> {
	if (personIds.length === 0) return [];
	return tx
		.select({
			id: enrollments.id,
			personId: enrollments.personId,
			status: enrollments.status,
			joinedListAt: enrollments.joinedListAt,
			enrolledAt: enrollments.enrolledAt,
			program: {
				id: programs.id,
				name: programs.name,
				timeZone: programs.timeZone,
				startsOn: programs.startsOn,
				endsOn: programs.endsOn
			},
			cohort: { id: cohorts.id, name: cohorts.name, startsOn: cohorts.startsOn },
			stackVersionId: enrollments.stackVersionId
		})
		.from(enrollments)
		.innerJoin(programs, eq(programs.id, enrollments.programId))
		.leftJoin(cohorts, eq(cohorts.id, enrollments.cohortId))
		.where(and(inArray(enrollments.personId, personIds), inArray(enrollments.status, [...inside, ...before])))
		.orderBy(asc(enrollments.joinedListAt), asc(enrollments.id));
}

export type ManagedProgram = {
	id: string;
	name: string;
	timeZone: string;
	/** The first of them in the order of their waves. */
	cohorts: { id: string; name: string; wave: number; startsOn: string; capacity: number; inside: number }[];
	/** Whether there are more cohorts. */
	moreCohorts: boolean;
};

/** A few screens of a phone; a state has thousands. */
const mostCohorts = 20;

/** Programs that the person asking manages now; empty for everybody else. */
export async function listManagedPrograms(tx: Tx): Promise<ManagedProgram[]> {
	const managed = await tx
		.select({ id: programs.id, name: programs.name, timeZone: programs.timeZone })
		.from(programs)
		.where(sql`${programs.id} = any ((select app.managed_program_ids())::uuid[])`)
		.orderBy(asc(programs.name));
	const found: ManagedProgram[] = [];
	// Somebody manages a handful of programs.
	for (const program of managed) {
		const first = await tx
			.select({
				id: cohorts.id,
				name: cohorts.name,
				wave: cohorts.wave,
				startsOn: cohorts.startsOn,
				capacity: cohorts.capacity
			})
			.from(cohorts)
			.where(eq(cohorts.programId, program.id))
			.orderBy(asc(cohorts.wave), asc(cohorts.name), asc(cohorts.id))
			.limit(mostCohorts + 1);
		const listed = first.slice(0, mostCohorts);
		const people =
			listed.length === 0
				? []
				: await tx
						.select({ cohortId: enrollments.cohortId, inside: count() })
						.from(enrollments)
						.where(
							and(
								inArray(
									enrollments.cohortId,
									listed.map(({ id }) => id)
								),
								inArray(enrollments.status, [...inside])
							)
						)
						.groupBy(enrollments.cohortId);
		const insideOf = new Map(people.map((row) => [row.cohortId, row.inside]));
		found.push({
			...program,
			cohorts: listed.map((cohort) => ({ ...cohort, inside: insideOf.get(cohort.id) ?? 0 })),
			moreCohorts: first.length > mostCohorts
		});
	}
	return found;
}
