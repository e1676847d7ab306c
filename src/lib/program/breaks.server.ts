/** A program's breaks: read by everybody in it, set by those who manage it. */
import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Break, readBreak } from './breaks.ts';
import { type Acting, managedProgram, programToChange } from './managing.server.ts';
import { programBreaks, programs } from './schema.server.ts';

export type BreakShown = Break & { id: string };

/** The breaks of these programs that the person asking may see, in the order of their days, by program. As they were set: `mergedBreaks` joins what overlaps. */
export async function listBreaks(tx: Tx, programIds: string[]): Promise<Map<string, BreakShown[]>> {
	const breaks = new Map<string, BreakShown[]>();
	if (programIds.length === 0) return breaks;
	const rows = await tx
		.select({
			programId: programBreaks.programId,
			id: programBreaks.id,
			name: programBreaks.name,
			firstDay: programBreaks.firstDay,
			lastDay: programBreaks.lastDay
		})
		.from(programBreaks)
		.where(inArray(programBreaks.programId, programIds))
		.orderBy(asc(programBreaks.firstDay), asc(programBreaks.lastDay), asc(programBreaks.id));
	for (const { programId, ...row } of rows) {
		const known = breaks.get(programId);
		if (known) known.push(row);
		else breaks.set(programId, [row]);
	}
	return breaks;
}

export type ProgramBreaks = { program: { id: string; name: string; timeZone: string }; breaks: BreakShown[] };

/** For the manager's page. @throws Refusal not-found for whoever does not manage the program */
export const readProgramBreaks = (db: Database, person: Person, programId: string): Promise<ProgramBreaks> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		return { program, breaks: (await listBreaks(tx, [program.id])).get(program.id) ?? [] };
	});

/** @throws Refusal not-found for whoever does not manage the program, unproven, or rule */
export const addBreak = (
	db: Database,
	by: Acting,
	programId: string,
	asked: { name: unknown; firstDay: unknown; lastDay: unknown }
): Promise<BreakShown> =>
	db.asPerson(by.person.id, async (tx) => {
		const { id: program } = await programToChange(tx, by, programId);
		const [ground] = await tx.select({ startsOn: programs.startsOn }).from(programs).where(eq(programs.id, program));
		const [there] = await tx
			.select({ breaks: count() })
			.from(programBreaks)
			.where(eq(programBreaks.programId, program));
		const made = {
			id: uuidv7(),
			...readBreak(asked, { startsOn: ground!.startsOn, there: there?.breaks ?? 0 })
		};
		await tx.insert(programBreaks).values({ ...made, programId: program, addedById: by.person.id });
		await changed(tx, by, 'break-added', program, made);
		return made;
	});

/**
 * Takes one away, so that its days count like any others again.
 * @returns what it was, so that it can be put back
 * @throws Refusal not-found for whoever does not manage the program, and when it is not there; unproven
 */
export const takeBreakAway = (db: Database, by: Acting, programId: string, breakId: unknown): Promise<BreakShown> =>
	db.asPerson(by.person.id, async (tx) => {
		const { id: program } = await programToChange(tx, by, programId);
		if (typeof breakId !== 'string' || !isId(breakId)) throw notFound('break');
		const [gone] = await tx
			.delete(programBreaks)
			.where(and(eq(programBreaks.id, breakId), eq(programBreaks.programId, program)))
			.returning({
				id: programBreaks.id,
				name: programBreaks.name,
				firstDay: programBreaks.firstDay,
				lastDay: programBreaks.lastDay
			});
		if (!gone) throw notFound('break');
		await changed(tx, by, 'break-taken-away', program, gone);
		return gone;
	});

const changed = (
	tx: Tx,
	by: Acting,
	kind: 'break-added' | 'break-taken-away',
	program: string,
	{ id, firstDay, lastDay }: BreakShown
) =>
	record(tx, {
		kind,
		person: by.person.id,
		by: by.person.id,
		whence: by.whence,
		about: { program, break: id, from: firstDay, to: lastDay }
	});
