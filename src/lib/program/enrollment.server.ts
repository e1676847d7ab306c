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
	/** Different verbs, different numbers: they are never added up. */
	byStatus: Partial<Record<EnrollmentStatus, number>>;
	cohorts: { id: string; name: string; wave: number; startsOn: string; capacity: number; inside: number }[];
};

/** Programs that the person asking manages now, with counts; empty for everybody else. */
export async function listManagedPrograms(tx: Tx): Promise<ManagedProgram[]> {
	const managed = await tx
		.select({ id: programs.id, name: programs.name, timeZone: programs.timeZone })
		.from(programs)
		.where(sql`${programs.id} = any ((select app.managed_program_ids())::uuid[])`)
		.orderBy(asc(programs.name));
	if (managed.length === 0) return [];
	const ids = managed.map((program) => program.id);
	const counts = await tx
		.select({ programId: enrollments.programId, status: enrollments.status, people: count() })
		.from(enrollments)
		.where(inArray(enrollments.programId, ids))
		.groupBy(enrollments.programId, enrollments.status);
	const groups = await tx
		.select({
			programId: cohorts.programId,
			id: cohorts.id,
			name: cohorts.name,
			wave: cohorts.wave,
			startsOn: cohorts.startsOn,
			capacity: cohorts.capacity,
			inside: count(enrollments.id)
		})
		.from(cohorts)
		.leftJoin(enrollments, and(eq(enrollments.cohortId, cohorts.id), inArray(enrollments.status, [...inside])))
		.where(inArray(cohorts.programId, ids))
		.groupBy(cohorts.id)
		.orderBy(asc(cohorts.wave), asc(cohorts.name));
	return managed.map((program) => ({
		...program,
		byStatus: Object.fromEntries(
			counts.filter((row) => row.programId === program.id).map((row) => [row.status, row.people])
		),
		cohorts: groups.flatMap(({ programId, ...cohort }) => (programId === program.id ? [cohort] : []))
	}));
}
