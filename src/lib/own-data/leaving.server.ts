/** Leaving a program: what somebody is in it ends, what they wrote stays with whoever may read it. */
import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { type AuditEvent, record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { roles } from '#lib/identity/schema.server.ts';
import { endings } from '#lib/pairing/endings.ts';
import { listPairs } from '#lib/pairing/pair.server.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';

/** The same sentence that the form for ending a pair would have kept. */
const why = endings.find(({ key }) => key === 'leaving')!.words;

export type Belonging = {
	program: { id: string; name: string };
	/** What the person is there, in words of ours. */
	roles: (typeof roles.$inferSelect)['role'][];
	/** Pairs that end when they leave, by the name of the other. */
	pairs: { id: string; other: string }[];
	/** Nobody else manages it: somebody has to, before this person leaves. */
	lastManager: boolean;
};

/** The programs in which somebody is anything now, by name. */
export async function listBelongings(db: Database, person: Person): Promise<Belonging[]> {
	const open = (await listPairs(db, person)).filter(
		({ status, standing }) => status !== 'ended' && (standing === 'teacher' || standing === 'mentor')
	);
	// As that person: whoever will be something only next month does not see the program before.
	const seen = await db.asPerson(person.id, (tx) =>
		tx.select({ id: programs.id, name: programs.name }).from(programs).orderBy(asc(programs.name), asc(programs.id))
	);
	return db.asService(async (tx) => {
		const ids = await programsOf(tx, person.id);
		const found = seen.filter(({ id }) => ids.includes(id));
		if (found.length === 0) return [];
		const held = await heldBy(tx, person.id);
		const belongings: Belonging[] = [];
		for (const program of found) {
			const own = held.filter(({ programId }) => programId === program.id).map(({ role }) => role);
			belongings.push({
				program,
				roles: [...new Set(own)],
				pairs: open
					.filter((pair) => pair.program.id === program.id)
					.map((pair) => ({
						id: pair.id,
						other: (pair.standing === 'teacher' ? pair.mentor : pair.teacher).name
					})),
				lastManager: own.includes('manager') && (await othersManaging(tx, person.id, program.id)) === 0
			});
		}
		return belongings;
	});
}

/** @throws Refusal not-found when the person is nothing in it */
export async function readBelonging(db: Database, person: Person, programId: string): Promise<Belonging> {
	const found = (await listBelongings(db, person)).find(({ program }) => program.id === programId);
	if (!found) throw notFound('program');
	return found;
}

async function programsOf(tx: Tx, personId: string): Promise<string[]> {
	const { rows } = (await tx.execute(sql`select unnest(app.programs_of(${personId})) as id`)) as unknown as {
		rows: { id: string }[];
	};
	return rows.map(({ id }) => id);
}

async function othersManaging(tx: Tx, personId: string, programId: string): Promise<number> {
	const { rows } = (await tx.execute(
		sql`select app.other_managers(${personId}, ${programId}) as others`
	)) as unknown as { rows: { others: number }[] };
	return rows[0]!.others;
}

/** Open roles of a program or one of its cohorts. */
async function heldBy(tx: Tx, personId: string) {
	return tx
		.select({ role: roles.role, programId: sql<string>`coalesce(${cohorts.programId}, ${roles.scopeId})` })
		.from(roles)
		.leftJoin(cohorts, and(eq(roles.scopeKind, 'cohort'), eq(cohorts.id, roles.scopeId)))
		.where(
			and(
				eq(roles.personId, personId),
				inArray(roles.scopeKind, ['program', 'cohort']),
				or(isNull(roles.untilAt), gt(roles.untilAt, sql`now()`))
			)
		);
}

/**
 * Ends everything that somebody is in a program, in one step; the database itself closes what is open.
 * @throws Refusal not-found when they are nothing in it, rule when nobody else manages it
 */
export async function leaveProgram(
	db: Database,
	person: Person,
	programId: string,
	sure: boolean,
	whence: Whence | null
): Promise<{ left: string }> {
	await readBelonging(db, person, programId);
	return db.asService(async (tx) => {
		if (!sure) throw new Refusal('rule', 'Please tick that you are sure. Nothing has changed yet.');
		await leaveProgramIn(tx, person.id, programId, whence);
		return { left: programId };
	});
}

/** As `leaveProgram`, inside a transaction of the product; for whoever leaves all of them. */
async function leaveProgramIn(tx: Tx, personId: string, programId: string, whence: Whence | null): Promise<void> {
	const held = await heldBy(tx, personId);
	const manages = held.some((one) => one.role === 'manager' && one.programId === programId);
	if (manages && (await othersManaging(tx, personId, programId)) === 0) {
		const [program] = await tx.select({ name: programs.name }).from(programs).where(eq(programs.id, programId));
		throw new Refusal(
			'rule',
			`You are the last manager of ${program!.name}: without one nobody could be let in or helped. Please invite another manager first; nothing has changed.`
		);
	}
	const { rows } = (await tx.execute(
		sql`select ended, row_id, partner_id from app.leave_program_of(${personId}, ${programId}, ${why})`
	)) as unknown as {
		rows: { ended: 'pair' | 'role' | 'place' | 'caseload'; row_id: string; partner_id: string | null }[];
	};
	const act = { by: personId, whence };
	await record(
		tx,
		{ kind: 'program-left', person: personId, ...act, about: { program: programId } },
		...rows.flatMap(({ ended, row_id: id, partner_id: partner }): AuditEvent[] => {
			if (ended === 'role') return [{ kind: 'role-ended', person: personId, ...act, about: { role: id } }];
			// It concerns both, and both read it.
			if (ended === 'pair' && partner)
				return [{ kind: 'pair-ended', person: partner, ...act, about: { pair: id, ending: 'withdrawn' } }];
			return [];
		})
	);
}

/** Leaves every program, and whatever roles there are above them. @throws Refusal as `leaveProgram` */
export async function leaveEverything(tx: Tx, personId: string, whence: Whence | null): Promise<void> {
	for (const programId of (await programsOf(tx, personId)).sort())
		await leaveProgramIn(tx, personId, programId, whence);
	const ended = await tx
		.update(roles)
		.set({ untilAt: sql`greatest(now(), ${roles.fromAt})` })
		.where(and(eq(roles.personId, personId), or(isNull(roles.untilAt), gt(roles.untilAt, sql`now()`))))
		.returning({ id: roles.id });
	await record(
		tx,
		...ended.map(({ id }) => ({
			kind: 'role-ended' as const,
			person: personId,
			by: personId,
			whence,
			about: { role: id }
		}))
	);
}
