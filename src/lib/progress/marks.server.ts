/** A coach's own marks on the pairs of their caseload: kept, listed, ended. Nobody else reads them. */
import { and, count, desc, eq, inArray, isNull, max } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { readPairIn } from '#lib/pairing/pair.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { dayOf } from './days.ts';
import { type Mark, readMark } from './marks.ts';
import { coachMarks } from './schema.server.ts';

export type MarkShown = Mark & { id: string; madeAt: Date; endedAt: Date | null };

/** A coach writes some words a week about a pair; more is a machine. */
export const mostMarks = 500;
/** Those that a page shows. */
const shownMarks = 100;

const columns = {
	id: coachMarks.id,
	kind: coachMarks.kind,
	words: coachMarks.words,
	until: coachMarks.until,
	madeAt: coachMarks.madeAt,
	endedAt: coachMarks.endedAt
};

/** The open marks of whoever asks, by pair. */
export async function listOpenMarks(tx: Tx, pairIds: string[]): Promise<Map<string, MarkShown[]>> {
	const marks = new Map<string, MarkShown[]>();
	if (pairIds.length === 0) return marks;
	const rows = await tx
		.select({ pairId: coachMarks.pairId, ...columns })
		.from(coachMarks)
		.where(and(inArray(coachMarks.pairId, pairIds), isNull(coachMarks.endedAt)));
	for (const { pairId, ...mark } of rows) marks.set(pairId, [...(marks.get(pairId) ?? []), mark]);
	return marks;
}

/** When whoever asks last noted something of these pairs, ended or not. */
export async function lastMarks(tx: Tx, pairIds: string[]): Promise<Map<string, Date>> {
	if (pairIds.length === 0) return new Map();
	const rows = await tx
		.select({ pairId: coachMarks.pairId, at: max(coachMarks.madeAt) })
		.from(coachMarks)
		.where(inArray(coachMarks.pairId, pairIds))
		.groupBy(coachMarks.pairId);
	return new Map(rows.flatMap(({ pairId, at }) => (at ? [[pairId, at]] : [])));
}

export type MarksOfPair = {
	pair: { id: string; teacher: string; mentor: string; timeZone: string };
	/** Newest first. */
	marks: MarkShown[];
	today: string;
};

/** @throws Refusal not-found for everybody but the coach who looks after the pair now */
export async function coached(tx: Tx, person: Person, proof: Proof | null, pairId: string) {
	const pair = await readPairIn(tx, person, proof, pairId).catch((error: unknown) => {
		throw error instanceof Refusal && error.reason === 'unproven' ? notFound('pair') : error;
	});
	if (pair.standing !== 'coach' || pair.status === 'ended') throw notFound('pair');
	return pair;
}

/** What a coach noted of a pair. @throws Refusal not-found */
export const readMarks = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	now: Date
): Promise<MarksOfPair> =>
	db.asPerson(person.id, async (tx) => {
		const { id, teacher, mentor, program } = await coached(tx, person, proof, pairId);
		const marks = await tx
			.select(columns)
			.from(coachMarks)
			.where(eq(coachMarks.pairId, id))
			.orderBy(desc(coachMarks.madeAt), desc(coachMarks.id))
			.limit(shownMarks);
		const pair = { id, teacher: teacher.name, mentor: mentor.name, timeZone: program.timeZone };
		return { pair, marks, today: dayOf(now, program.timeZone) };
	});

/** Keeps a mark. @throws Refusal not-found, or rule with what is wrong */
export const makeMark = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	asked: { kind: unknown; words: unknown; until: unknown },
	now: Date
): Promise<{ id: string }> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await coached(tx, person, proof, pairId);
		const mark = readMark(asked, dayOf(now, pair.program.timeZone));
		const [kept] = await tx.select({ marks: count() }).from(coachMarks).where(eq(coachMarks.pairId, pair.id));
		if (kept!.marks >= mostMarks)
			throw new Refusal('rule', `A pair has at most ${mostMarks} notes of its coach. Nothing was kept.`);
		const [made] = await tx
			.insert(coachMarks)
			.values({ pairId: pair.id, coachId: person.id, ...mark })
			.returning({ id: coachMarks.id });
		return made!;
	});

/** Ends a mark: looked again, or the time has come after all. Ending it twice is once. @throws Refusal not-found */
export const endMark = (db: Database, person: Person, pairId: string, markId: unknown, now: Date): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const known = isId(pairId) && typeof markId === 'string' && isId(markId);
		const [mark] = known
			? await tx
					.select({ endedAt: coachMarks.endedAt })
					.from(coachMarks)
					.where(and(eq(coachMarks.id, markId), eq(coachMarks.pairId, pairId)))
			: [];
		if (!mark) throw notFound('note');
		if (mark.endedAt === null)
			await tx
				.update(coachMarks)
				.set({ endedAt: now })
				.where(eq(coachMarks.id, markId as string));
	});
