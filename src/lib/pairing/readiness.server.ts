/** Which mentors are ready for which competency, and the anchor submissions that managers enter for it. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { microcredentials } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import { type Acting, programToChange } from '#lib/program/managing.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { dayIn } from './day.ts';
import { anchorsNeeded, type Readiness, readAnchorScore, readinessOf } from './readiness.ts';
import { anchorScores } from './schema.server.ts';

const rowsOf = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

/** Of each mentor, by id, and each competency, by the id of its microcredential; a question that knows no answer says so. */
export type ReadinessOfMentors = { of: (mentorId: string, microcredentialId: string) => Readiness };

/**
 * Readiness of all the mentors of a program whom the person asking may know about, in one question: a manager of all, a
 * mentor of themselves, a teacher of their mentor, a coach of the mentors they look after. Of others it says "not known".
 */
export async function readReadiness(tx: Tx, programId: string): Promise<ReadinessOfMentors> {
	const facts = new Map<string, Readiness>();
	if (isId(programId)) {
		const rows = await rowsOf<{
			mentor_id: string;
			microcredential_id: string;
			earned_at: string | Date | null;
			anchors: number;
		}>(tx, sql`select * from app.mentor_readiness(${programId}::uuid)`);
		for (const { mentor_id, microcredential_id, earned_at, anchors } of rows)
			facts.set(
				`${mentor_id} ${microcredential_id}`,
				readinessOf({ earnedAt: earned_at === null ? null : new Date(earned_at), anchors: Number(anchors) })
			);
	}
	const unknown = readinessOf(undefined);
	return { of: (mentor, microcredential) => facts.get(`${mentor} ${microcredential}`) ?? unknown };
}

/**
 * How many mentors of a program are ready for each competency, by the id of its microcredential, without saying who; a
 * competency that is not in the answer has none. For everybody in the program, empty for others.
 */
export async function countReadyMentors(tx: Tx, programId: string): Promise<Map<string, number>> {
	if (!isId(programId)) return new Map();
	const rows = await rowsOf<{ microcredential_id: string; mentors: number }>(
		tx,
		sql`select * from app.ready_mentor_counts(${programId}::uuid, ${anchorsNeeded}::integer)`
	);
	return new Map(rows.map(({ microcredential_id, mentors }) => [microcredential_id, Number(mentors)]));
}

/** Mentors of a program now, for whoever manages it: by role, or by a pair that has not ended. Empty for others. */
export async function listMentorIds(tx: Tx, programId: string): Promise<string[]> {
	const [row] = await rowsOf<{ ids: string[] }>(tx, sql`select app.managed_mentor_ids(${programId}::uuid) as ids`);
	return row?.ids ?? [];
}

/**
 * Enters that a mentor scored an anchor submission.
 * @throws Refusal not-found, unproven, or rule
 */
export async function enterAnchorScore(
	db: Database,
	by: Acting,
	programId: string,
	asked: { mentorId: string; microcredentialId: string; anchor: unknown; scoredOn: unknown },
	now = new Date()
): Promise<{ id: string }> {
	return db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		if (!(await listMentorIds(tx, program.id)).includes(asked.mentorId)) throw notFound('mentor');
		const [known] = isId(asked.microcredentialId)
			? await tx
					.select({ id: microcredentials.id })
					.from(microcredentials)
					.where(eq(microcredentials.id, asked.microcredentialId))
			: [];
		if (!known) throw new Refusal('rule', 'Please choose the microcredential. Nothing was entered.');
		const { anchor, scoredOn } = readAnchorScore(asked, dayIn(program.timeZone, now));
		const row = { mentorId: asked.mentorId, microcredentialId: known.id, anchor, scoredOn };
		const [made] = await tx
			.insert(anchorScores)
			.values({ id: uuidv7(), programId: program.id, ...row, enteredById: by.person.id })
			.onConflictDoNothing()
			.returning({ id: anchorScores.id });
		if (!made)
			throw new Refusal(
				'rule',
				`“${anchor}” is entered for this mentor and microcredential already. The same one does not count twice; nothing was entered.`
			);
		await record(tx, {
			kind: 'anchor-score-entered',
			person: asked.mentorId,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, microcredential: known.id, entry: made.id }
		});
		return made;
	});
}

/**
 * Takes back an entry that was wrong; the row stays, with who and when. Twice changes nothing.
 * @throws Refusal not-found, or unproven
 */
export async function takeBackAnchorScore(
	db: Database,
	by: Acting,
	programId: string,
	entryId: string
): Promise<{ takenBack: true }> {
	return db.asPerson(by.person.id, async (tx) => {
		const program = await programToChange(tx, by, programId);
		if (!isId(entryId)) throw notFound('entry');
		const here = and(eq(anchorScores.id, entryId), eq(anchorScores.programId, program.id));
		const [row] = await tx
			.update(anchorScores)
			.set({ takenBackById: by.person.id, takenBackAt: new Date() })
			.where(and(here, isNull(anchorScores.takenBackAt)))
			.returning({ mentorId: anchorScores.mentorId, microcredentialId: anchorScores.microcredentialId });
		if (!row) {
			const [already] = await tx.select({ id: anchorScores.id }).from(anchorScores).where(here);
			if (!already) throw notFound('entry');
			return { takenBack: true };
		}
		await record(tx, {
			kind: 'anchor-score-taken-back',
			person: row.mentorId,
			by: by.person.id,
			whence: by.whence,
			about: { program: program.id, microcredential: row.microcredentialId, entry: entryId }
		});
		return { takenBack: true };
	});
}

export type AnchorScore = { id: string; mentorId: string; microcredentialId: string; anchor: string; scoredOn: string };

/** Entries of a program that stand, as the person asking may see them, by mentor and day. */
export const listAnchorScores = (tx: Tx, programId: string): Promise<AnchorScore[]> =>
	tx
		.select({
			id: anchorScores.id,
			mentorId: anchorScores.mentorId,
			microcredentialId: anchorScores.microcredentialId,
			anchor: anchorScores.anchor,
			scoredOn: anchorScores.scoredOn
		})
		.from(anchorScores)
		.where(and(eq(anchorScores.programId, programId), isNull(anchorScores.takenBackAt)))
		.orderBy(asc(anchorScores.mentorId), asc(anchorScores.scoredOn), asc(anchorScores.id));
