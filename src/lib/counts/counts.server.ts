/** The counts of a program, for whoever manages it: one place and what is in it, and what may be sent on. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { type Acting, managedProgram, type ProgramManaged, programToChange } from '#lib/program/managing.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { asOf } from './as-of.ts';
import { csvOf } from './csv.ts';
import { counted, type Counts, type Place } from './rollup.ts';
import { kindWords, placeName, said, whatIsHidden } from './said.ts';
import { programCounts } from './schema.server.ts';
import { isHidden, leaving, type Leaving, peopleIn } from './suppression.ts';
import { countProgram, soonest } from './tally.server.ts';

/** What a page lists: a few screens of a phone. */
export const pageSize = 50;

type PlaceRow = typeof programCounts.$inferSelect;
export type PlaceCounts = Place & { counts: Counts };

export type CountsAsked = {
	/** The id of a state, district or school; null for the whole. */
	place: string | null;
	/** A part of the name of a state, district or school anywhere in the program; null for what is in the place. */
	search: string | null;
	/** Where the page before ended. */
	after: string | null;
};

export type CountsOf = {
	program: ProgramManaged;
	/** Null until the program was counted for the first time. */
	counted: {
		at: Date;
		here: PlaceCounts;
		/** From the whole down to the place. */
		above: { id: string; name: string }[];
		/** By name; those of whom nothing more is known come last. */
		rows: PlaceCounts[];
		/** For the page after; null on the last. */
		next: string | null;
	} | null;
};

const placeOf = ({ placeId, rest, withinId, kind, name, ...row }: PlaceRow): PlaceCounts => ({
	placeId,
	rest,
	withinId,
	kind,
	name,
	counts: Object.fromEntries(counted.map((what) => [what, row[what]])) as Counts
});

const byName = sql`${programCounts.name} collate "und-x-icu"`;

/** A place of a program and all above it, the whole first. @throws Refusal not-found */
async function wayTo(tx: Tx, programId: string, placeId: string): Promise<PlaceRow[]> {
	const way: PlaceRow[] = [];
	// A school stands in a district in a state in the program.
	for (let at: string | null = placeId; at !== null;) {
		const [row]: PlaceRow[] = await tx
			.select()
			.from(programCounts)
			.where(and(eq(programCounts.programId, programId), eq(programCounts.placeId, at), eq(programCounts.rest, false)));
		if (!row) throw notFound('place in this program');
		way.unshift(row);
		at = row.withinId;
	}
	return way;
}

/**
 * One place in true numbers, and a page of what is in it.
 * @throws Refusal not-found: a program that is not theirs to manage, or a place where nobody of it works
 */
export const readCounts = (db: Database, person: Person, programId: string, asked: CountsAsked): Promise<CountsOf> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		if (!(await wasCounted(tx, programId))) return { program, counted: null };
		if (asked.place !== null && !isId(asked.place)) throw notFound('place in this program');
		const way = await wayTo(tx, programId, asked.place ?? programId);
		const here = way.at(-1)!;
		const after = await startOf(tx, programId, asked);
		const rows = await tx
			.select()
			.from(programCounts)
			.where(
				and(
					eq(programCounts.programId, programId),
					asked.search === null
						? eq(programCounts.withinId, here.placeId)
						: and(
								inArray(programCounts.kind, ['state', 'district', 'school']),
								sql`position(lower(${asked.search}) in lower(${programCounts.name})) > 0`
							),
					after
				)
			)
			.orderBy(asc(programCounts.rest), byName, asc(programCounts.placeId))
			.limit(pageSize + 1);
		const page = rows.slice(0, pageSize);
		return {
			program,
			counted: {
				at: way[0]!.countedAt!,
				here: placeOf(here),
				above: way.slice(0, -1).map(({ placeId, name }) => ({ id: placeId, name })),
				rows: page.map(placeOf),
				next: rows.length > pageSize ? page.at(-1)!.placeId : null
			}
		};
	});

/** Where a page begins: after a place, by its name as it is now. */
async function startOf(tx: Tx, programId: string, { after }: CountsAsked) {
	if (after === null || !isId(after)) return undefined;
	const [last] = await tx
		.select({ name: programCounts.name })
		.from(programCounts)
		.where(
			and(eq(programCounts.programId, programId), eq(programCounts.placeId, after), eq(programCounts.rest, false))
		);
	if (!last) return undefined;
	return sql`(${programCounts.rest}, ${byName}, ${programCounts.placeId}) > (false, ${last.name}::text collate "und-x-icu", ${after}::uuid)`;
}

async function wasCounted(tx: Tx, programId: string): Promise<boolean> {
	const [whole] = await tx
		.select({ at: programCounts.countedAt })
		.from(programCounts)
		.where(
			and(eq(programCounts.programId, programId), eq(programCounts.placeId, programId), eq(programCounts.rest, false))
		);
	return whole !== undefined;
}

/** The whole of each of these programs, by program id, and as of when; one that was never counted is not in it. */
export async function wholesOf(tx: Tx, programIds: string[]): Promise<Map<string, { at: Date; counts: Counts }>> {
	if (programIds.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(programCounts)
		.where(
			and(
				inArray(programCounts.programId, programIds),
				inArray(programCounts.placeId, programIds),
				eq(programCounts.rest, false)
			)
		);
	return new Map(
		rows.flatMap((row) =>
			row.placeId === row.programId ? [[row.programId, { at: row.countedAt!, counts: placeOf(row).counts }]] : []
		)
	);
}

/** A row of what leaves the program: null is a number that is not shown. */
export type Shown = Pick<Place, 'placeId' | 'kind' | 'rest'> & {
	name: string;
	/** From the state down. */
	within: string[];
	numbers: Record<Leaving, number | null>;
};

export type Report = { program: ProgramManaged; at: Date; here: Shown; rows: Shown[]; more: boolean };

/** A printed report of more lines is read by nobody; the file has them all. */
const mostPrinted = 500;
/** As many as are ever counted in one program. */
const mostInFile = 50_000;

const shownOf = (row: PlaceRow, within: PlaceRow[]): Shown => ({
	placeId: row.placeId,
	kind: row.kind,
	rest: row.rest,
	name: placeName(row, within.at(-1)?.kind ?? 'program'),
	within: within.filter(({ kind }) => kind !== 'program').map(({ name }) => name),
	numbers: Object.fromEntries(
		leaving.map((what) => [what, isHidden(row.hidden, what) ? null : row[what]])
	) as Shown['numbers']
});

/** Nobody is counted there in any column, so a line of it says nothing, or that somebody withdrew. */
const isEmpty = (row: PlaceRow) => peopleIn(row) === 0 && row.pairsActive === 0;

/**
 * A place and what is in it, as it may be sent on: whoever reads it is nobody in the program.
 * @throws Refusal not-found, as `readCounts`, and where nothing was counted yet
 */
export const readReport = (db: Database, person: Person, programId: string, place: string | null): Promise<Report> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		if ((place !== null && !isId(place)) || !(await wasCounted(tx, programId))) throw notFound('report');
		const way = await wayTo(tx, programId, place ?? programId);
		const here = way.at(-1)!;
		const rows = await tx
			.select()
			.from(programCounts)
			.where(and(eq(programCounts.programId, programId), eq(programCounts.withinId, here.placeId)))
			.orderBy(asc(programCounts.rest), byName, asc(programCounts.placeId))
			.limit(mostPrinted + 1);
		return {
			program,
			at: way[0]!.countedAt!,
			here: shownOf(here, way.slice(0, -1)),
			rows: rows
				.slice(0, mostPrinted)
				.filter((row) => !isEmpty(row))
				.map((row) => shownOf(row, way)),
			more: rows.length > mostPrinted
		};
	});

/**
 * The same as a file, with everything below the place: a line for each, from the state down, by name.
 * @returns the file's name and its text
 * @throws Refusal not-found, as `readReport`
 */
export const readFile = (
	db: Database,
	person: Person,
	programId: string,
	place: string | null
): Promise<{ name: string; text: string }> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		if ((place !== null && !isId(place)) || !(await wasCounted(tx, programId))) throw notFound('report');
		const way = await wayTo(tx, programId, place ?? programId);
		const all = await tx
			.select()
			.from(programCounts)
			.where(eq(programCounts.programId, programId))
			.orderBy(asc(programCounts.rest), byName, asc(programCounts.placeId))
			.limit(mostInFile);
		const below = new Map<string, PlaceRow[]>();
		for (const row of all) {
			if (row.withinId === null) continue;
			const own = below.get(row.withinId);
			if (own) own.push(row);
			else below.set(row.withinId, [row]);
		}
		const at = way[0]!.countedAt!;
		const rows: (string | number)[][] = [
			['State', 'District', 'School', 'Level', ...leaving.map((what) => said[what].word), 'As of', 'What is not shown']
		];
		const write = (row: PlaceRow, within: PlaceRow[]) => {
			if (isEmpty(row) && within.length > 0) return;
			const { numbers } = shownOf(row, within);
			const levels = [...within, row];
			const named = (kind: Place['kind']) => {
				const one = levels.find((level) => level.kind === kind);
				return one ? one.name : '';
			};
			const of = [named('state'), named('district'), named('school')];
			if (row.kind === 'rest') {
				const first = of.findIndex((name) => name === '');
				of[first === -1 ? 2 : first] = 'not known';
			}
			rows.push([
				...of,
				kindWords[row.kind],
				...leaving.map((what) => numbers[what] ?? 'not shown'),
				asOf(at, program.timeZone),
				whatIsHidden
			]);
			if (!row.rest) for (const part of below.get(row.placeId) ?? []) write(part, levels);
		};
		write(way.at(-1)!, way.slice(0, -1));
		const day = new Intl.DateTimeFormat('en-CA', { timeZone: program.timeZone }).format(at);
		return { name: `counts-${day}.csv`, text: csvOf(rows) };
	});

/**
 * Counts a program at once, for a manager who does not want to wait; within half a minute of the last time it stays.
 * @throws Refusal not-found, unproven
 */
export async function countNow(db: Database, by: Acting, programId: string, now = new Date()): Promise<void> {
	await db.asPerson(by.person.id, (tx) => programToChange(tx, by, programId));
	await countProgram(db, programId, now, soonest);
}
