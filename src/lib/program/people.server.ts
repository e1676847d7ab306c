/** Who is in a program, by role and time, for whoever manages it. Only reads. */
import { and, asc, count, eq, or, sql } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people, roles } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import type { EnrollmentStatus } from './enrollment.server.ts';
import { managedProgram, type ProgramManaged } from './managing.server.ts';
import { mayEndRole } from './policy.ts';
import type { Role } from './roles.ts';
import { cohorts, enrollments, programs } from './schema.server.ts';

export type RoleHeld = {
	roleId: string;
	person: Person;
	/** Not any more when the account was closed: then the role opens nothing, whatever its time. */
	here: boolean;
	role: Role;
	cohort: string | null;
	fromAt: Date;
	untilAt: Date | null;
};

/** A role in an organization above a program, which has the power of its managers there. */
export type Overseer = Omit<RoleHeld, 'role' | 'cohort'> & {
	organization: string;
	kind: 'state' | 'district' | 'school';
};

export type PeopleAsked = {
	/** A day such as 2026-03-14 in the program's time zone; null for now. */
	on: string | null;
	role: Role | null;
	/** A part of a name, or a whole address. */
	search: string | null;
	/** Where the page before ended. */
	after: { name: string; roleId: string } | null;
};

export type PeopleOfProgram = {
	program: ProgramManaged;
	/** How many people hold each role at that time; somebody with two roles counts once in each. */
	counts: Partial<Record<Role, number>>;
	people: RoleHeld[];
	next: { name: string; roleId: string } | null;
	/** Managers of the school, district or state above, at that time; where the list asks for no other role. */
	overseers: Overseer[];
	/** How teachers stand now: different verbs, different numbers. */
	enrollments: Partial<Record<EnrollmentStatus, number>>;
};

/** A few screens of a phone; eighty thousand people are found by name. */
const pageSize = 25;

/** A day as a form sends it, if there is such a day; null for everything else. */
export function readDay(typed: string | null | undefined): string | null {
	const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typed ?? '') ?? [];
	if (!year || Number(year) < 1900 || Number(year) > 2200) return null;
	const there = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).toISOString().slice(0, 10);
	return there === typed ? there : null;
}

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** From the first to the last instant of a day where the program is: 23, 24 or 25 hours. */
const spanOf = (on: string | null, zone: string) =>
	on === null
		? { from: sql`now()`, until: sql`now()` }
		: {
				from: sql`(${on}::date)::timestamp at time zone ${zone}`,
				until: sql`((${on}::date + 1)::timestamp at time zone ${zone}) - interval '1 millisecond'`
			};

/**
 * Who holds, or held on a day, which role in a program: "who could see this in March?" A page of it, by name.
 * @throws Refusal not-found
 */
export async function listPeople(tx: Tx, programId: string, asked: PeopleAsked): Promise<PeopleOfProgram> {
	const program = await managedProgram(tx, programId);
	const { from, until } = spanOf(asked.on, program.timeZone);
	const after = asked.after && isId(asked.after.roleId) ? asked.after : null;
	const found = await rowsOf<{
		role_id: string;
		person_id: string;
		name: string;
		initials: string;
		here: boolean;
		role: Role;
		cohort: string | null;
		from_at: string | Date;
		until_at: string | Date | null;
	}>(
		tx,
		sql`select * from app.program_people(${programId}::uuid, ${from}, ${until}, ${asked.role}::text,
			${asked.search}::text, ${after?.name ?? null}::text, ${after?.roleId ?? null}::uuid, ${pageSize + 1}::integer)`
	);
	const page = found.slice(0, pageSize);
	const last = page.at(-1);
	const counts = await rowsOf<{ role: Role; people: string | number }>(
		tx,
		sql`select * from app.program_role_counts(${programId}::uuid, ${from}, ${until})`
	);
	const statuses = await tx
		.select({ status: enrollments.status, people: count() })
		.from(enrollments)
		.where(eq(enrollments.programId, programId))
		.groupBy(enrollments.status);
	return {
		program,
		counts: Object.fromEntries(counts.map(({ role, people: n }) => [role, Number(n)])),
		people: page.map((row) => ({
			roleId: row.role_id,
			person: { id: row.person_id, name: row.name, initials: row.initials },
			here: row.here,
			role: row.role,
			cohort: row.cohort,
			fromAt: new Date(row.from_at),
			untilAt: row.until_at === null ? null : new Date(row.until_at)
		})),
		next: found.length > pageSize && last ? { name: last.name, roleId: last.role_id } : null,
		overseers: asked.role === null || asked.role === 'manager' ? await listOverseers(tx, program, asked) : [],
		enrollments: Object.fromEntries(statuses.map(({ status, people: n }) => [status, n]))
	};
}

/** They are a handful, and stand beside the list and not in it: their roles are not the program's to end. */
async function listOverseers(tx: Tx, program: ProgramManaged, { on, search }: PeopleAsked): Promise<Overseer[]> {
	const { from, until } = spanOf(on, program.timeZone);
	const found = await rowsOf<{
		role_id: string;
		person_id: string;
		name: string;
		initials: string;
		here: boolean;
		organization: string;
		kind: Overseer['kind'];
		from_at: string | Date;
		until_at: string | Date | null;
	}>(tx, sql`select * from app.program_overseers(${program.id}::uuid, ${from}, ${until})`);
	return found
		.filter(({ name }) => search === null || name.toLowerCase().includes(search.toLowerCase()))
		.map((row) => ({
			roleId: row.role_id,
			person: { id: row.person_id, name: row.name, initials: row.initials },
			here: row.here,
			organization: row.organization,
			kind: row.kind,
			fromAt: new Date(row.from_at),
			untilAt: row.until_at === null ? null : new Date(row.until_at)
		}));
}

/**
 * The programs in which somebody has, or had, a role or a place, and which they still see, by name: where each finds
 * their own page.
 */
export const listOwnPrograms = (db: Database, person: Person): Promise<{ id: string; name: string }[]> =>
	db.asPerson(person.id, (tx) =>
		tx
			.select({ id: programs.id, name: programs.name })
			.from(programs)
			.where(
				or(
					sql`exists (select from ${enrollments} where ${enrollments.programId} = ${programs.id} and ${enrollments.personId} = ${person.id}::uuid)`,
					sql`exists (select from ${roles} where ${roles.personId} = ${person.id}::uuid and ((${roles.scopeKind} = 'program' and ${roles.scopeId} = ${programs.id})
						or (${roles.scopeKind} = 'cohort' and ${roles.scopeId} in (select c.id from ${cohorts} c where c.program_id = ${programs.id}))))`
				)
			)
			.orderBy(asc(programs.name), asc(programs.id))
			.limit(mostRoles)
	);

/** The cohorts of a program, in the order of their waves. */
export const listCohorts = (tx: Tx, programId: string) =>
	tx
		.select({ id: cohorts.id, name: cohorts.name, wave: cohorts.wave })
		.from(cohorts)
		.where(eq(cohorts.programId, programId))
		.orderBy(asc(cohorts.wave), asc(cohorts.name));

export type Member = {
	program: ProgramManaged;
	person: Person;
	/** The person asking looks at themselves. */
	own: boolean;
	/** Newest first; ended ones too, because they answer who could see what. */
	roles: (Omit<RoleHeld, 'person' | 'here'> & { mayEnd: boolean })[];
};

/** Somebody begins and ends a handful of roles in a program. */
const mostRoles = 100;

/**
 * One person in one program: for whoever manages it, and for the person.
 * @throws Refusal not-found
 */
export async function readMember(tx: Tx, asking: Person, programId: string, personId: string): Promise<Member> {
	if (!isId(programId) || !isId(personId)) throw notFound('person');
	const own = personId === asking.id;
	const [program] = await tx
		.select({
			id: programs.id,
			name: programs.name,
			timeZone: programs.timeZone,
			managed: sql<boolean>`${programs.id} = any ((select app.managed_program_ids())::uuid[])`
		})
		.from(programs)
		.where(eq(programs.id, programId));
	if (!program || (!program.managed && !own)) throw notFound('person');
	const { managed, ...about } = program;
	const [person] = await tx
		.select({ id: people.id, name: people.name, initials: people.initials })
		.from(people)
		.where(eq(people.id, personId));
	const held = await tx
		.select({
			roleId: roles.id,
			role: roles.role,
			cohort: cohorts.name,
			fromAt: roles.fromAt,
			untilAt: roles.untilAt,
			ended: sql<boolean>`coalesce(${roles.untilAt} <= now(), false)`
		})
		.from(roles)
		.leftJoin(cohorts, and(eq(roles.scopeKind, 'cohort'), eq(cohorts.id, roles.scopeId)))
		.where(and(eq(roles.personId, personId), inProgram(programId)))
		.orderBy(sql`${roles.untilAt} is not null`, sql`${roles.fromAt} desc`, roles.id)
		.limit(mostRoles);
	// Somebody who waits in the program without a role is there as well; somebody of another program is not.
	if (!person || (held.length === 0 && !(own || (await isEnrolled(tx, programId, personId))))) throw notFound('person');
	return {
		program: about,
		person,
		own,
		roles: held.map(({ ended, ...one }) => ({
			...one,
			mayEnd: mayEndRole({ own, role: one.role, ended }, managed ? 'manager' : 'member')
		}))
	};
}

/** Roles in a program itself or in one of its cohorts. Which of those the person asking may see, row policies say. */
export const inProgram = (programId: string) =>
	sql`((${roles.scopeKind} = 'program' and ${roles.scopeId} = ${programId}::uuid) or (${roles.scopeKind} = 'cohort' and ${roles.scopeId} in (select c.id from ${cohorts} c where c.program_id = ${programId}::uuid)))`;

async function isEnrolled(tx: Tx, programId: string, personId: string): Promise<boolean> {
	const [row] = await tx
		.select({ id: enrollments.id })
		.from(enrollments)
		.where(and(eq(enrollments.programId, programId), eq(enrollments.personId, personId)));
	return row !== undefined;
}

/** As `listPeople`, in a transaction of its own. */
export const readPeople = (db: Database, person: Person, programId: string, asked: PeopleAsked) =>
	db.asPerson(person.id, (tx) => listPeople(tx, programId, asked));

/**
 * How many manage a program by a role in the program itself, and whether the person asking does: at this very instant,
 * and not when the transaction began.
 */
export async function countManagers(tx: Tx, programId: string): Promise<{ managers: number; oneself: boolean }> {
	const [row] = await rowsOf<{ managers: string | number; oneself: boolean }>(
		tx,
		sql`select app.managers_left(${programId}::uuid) as managers, app.still_manages(${programId}::uuid) as oneself`
	);
	return { managers: Number(row!.managers), oneself: row!.oneself };
}
