/**
 * Moving a last day: an act with a date, a reason and who. For a whole program everybody in it sees it; for one teacher,
 * they do and whoever sees their progress.
 */
import { aliasedTable, and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import { union } from 'drizzle-orm/pg-core';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { type DatedRequirement, datedRequirements, readStackOffers } from '#lib/catalogue/offers.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { inside } from './enrollment.server.ts';
import { lastDayOf, readExtension, type Scope } from './extension.ts';
import { type Acting, managedProgram, programToChange } from './managing.server.ts';
import { deadlineExtensions, enrollments, programs, programStacks } from './schema.server.ts';

export type ExtensionShown = Scope & {
	id: string;
	lastDay: string;
	reason: string;
	extendedAt: Date;
	/** Null for somebody of whom the person asking need not know. */
	by: string | null;
	/** Who has more time, where it is one teacher. */
	teacher: string | null;
};

const teachers = aliasedTable(people, 'teachers');

/**
 * The extensions of these programs that the person asking may see, oldest first, by program.
 * @param personIds those for everybody, and for these; null: for anybody
 */
export async function listExtensions(
	tx: Tx,
	programIds: string[],
	personIds: string[] | null = null
): Promise<Map<string, ExtensionShown[]>> {
	const extensions = new Map<string, ExtensionShown[]>();
	if (programIds.length === 0) return extensions;
	const rows = await tx
		.select({
			programId: deadlineExtensions.programId,
			id: deadlineExtensions.id,
			lastDay: deadlineExtensions.lastDay,
			reason: deadlineExtensions.reason,
			extendedAt: deadlineExtensions.extendedAt,
			by: people.name,
			personId: deadlineExtensions.personId,
			teacher: teachers.name,
			stackVersionId: deadlineExtensions.stackVersionId,
			requirement: deadlineExtensions.requirement
		})
		.from(deadlineExtensions)
		// A teacher need not know the manager by name.
		.leftJoin(people, eq(people.id, deadlineExtensions.extendedById))
		.leftJoin(teachers, eq(teachers.id, deadlineExtensions.personId))
		.where(
			and(
				inArray(deadlineExtensions.programId, programIds),
				personIds ? or(isNull(deadlineExtensions.personId), inArray(deadlineExtensions.personId, personIds)) : undefined
			)
		)
		.orderBy(asc(deadlineExtensions.extendedAt), asc(deadlineExtensions.id));
	for (const { programId, stackVersionId, requirement, ...row } of rows) {
		const of = stackVersionId === null || requirement === null ? null : { stackVersionId, requirement };
		const known = extensions.get(programId);
		if (known) known.push({ ...row, of });
		else extensions.set(programId, [{ ...row, of }]);
	}
	return extensions;
}

/** What a form asks for: more time for everybody or one teacher, for all or one requirement. */
export type ExtensionAsked = {
	lastDay: unknown;
	reason: unknown;
	/** Null or left out: everybody in the program. */
	personId?: string | null;
	/** As `scopeKey` says it; empty or left out: all that the program asks. */
	requirement?: unknown;
};

/** A requirement as a form names it. */
export const scopeKey = ({ stackVersionId, requirement }: NonNullable<Scope['of']>): string =>
	`${stackVersionId}:${requirement}`;

/**
 * Moves a last day to a later one. What counts is recomputed by everybody's next look; nothing that was done in between
 * is lost.
 * @throws Refusal not-found for whoever does not manage the program or is not in it, unproven, not-allowed for oneself,
 *   or rule
 */
export async function extendDeadline(
	db: Database,
	by: Acting,
	programId: string,
	asked: ExtensionAsked
): Promise<{ lastDay: string }> {
	return db.asPerson(by.person.id, async (tx) => {
		const { id } = await programToChange(tx, by, programId);
		if (asked.personId === by.person.id)
			throw new Refusal(
				'not-allowed',
				'Nobody gives themselves more time. Please ask another manager; nothing has changed.'
			);
		const { program, enrollment, dated, before } = await readTime(tx, id, asked.personId ?? null);
		const key = typeof asked.requirement === 'string' ? asked.requirement : '';
		const need = dated.find((one) => scopeKey(one) === key);
		if (key !== '' && !need)
			throw new Refusal('rule', 'That requirement has no last day of its own here. Nothing has changed.');
		const of = need ? { stackVersionId: need.stackVersionId, requirement: need.requirement } : null;
		const scope: Scope = { personId: enrollment?.personId ?? null, of };
		const last = lastDayOf(program.endsOn, before, { personId: scope.personId, of: null });
		const from = need ? lastDayOf(need.by, before, scope) : last;
		const ground = { lastDay: from, startsOn: program.startsOn, atMost: need ? last : null };
		const { lastDay, reason } = readExtension(asked, ground);
		const extensionId = uuidv7();
		await tx.insert(deadlineExtensions).values({
			id: extensionId,
			programId: id,
			personId: scope.personId,
			stackVersionId: of?.stackVersionId ?? null,
			requirement: of?.requirement ?? null,
			lastDay,
			reason,
			extendedById: by.person.id
		});
		await record(tx, {
			kind: 'deadline-extended',
			person: scope.personId ?? by.person.id,
			by: by.person.id,
			whence: by.whence,
			about: { program: id, extension: extensionId, from: from!, to: lastDay, ...(key ? { requirement: key } : {}) }
		});
		return { lastDay };
	});
}

/** What a program has last days for, and how they were moved. @param personId one teacher's, or null for everybody's */
async function readTime(tx: Tx, programId: string, personId: string | null) {
	const [program] = await tx.select().from(programs).where(eq(programs.id, programId));
	const [enrollment] =
		personId !== null && isId(personId)
			? await tx
					.select()
					.from(enrollments)
					.where(
						and(
							eq(enrollments.programId, programId),
							eq(enrollments.personId, personId),
							inArray(enrollments.status, [...inside])
						)
					)
			: [];
	if (personId !== null && !enrollment) throw notFound('person');
	// Of those that are offered, and those that are not any more and to which teachers are bound.
	const versions = enrollment
		? [enrollment.stackVersionId]
		: (
				await union(
					tx
						.select({ id: programStacks.stackVersionId })
						.from(programStacks)
						.where(eq(programStacks.programId, programId)),
					tx.select({ id: enrollments.stackVersionId }).from(enrollments).where(eq(enrollments.programId, programId))
				)
			).map(({ id }) => id);
	const offers = await readStackOffers(tx, versions);
	const dated = new Map<string, DatedRequirement>();
	for (const id of versions)
		for (const one of offers.has(id) ? datedRequirements(offers.get(id)!) : []) dated.set(scopeKey(one), one);
	const before = (await listExtensions(tx, [programId])).get(programId) ?? [];
	return { program: program!, enrollment, dated: [...dated.values()], before };
}

export type TimeOf = {
	program: { id: string; name: string; timeZone: string };
	/** Each with its last day now; the key is null for all that the program asks. */
	lastDays: { key: string | null; words: string; lastDay: string }[];
	/** What this teacher was given alone, oldest first, with what it is for. */
	given: { id: string; words: string; lastDay: string; reason: string; extendedAt: Date; by: string | null }[];
};

const wholeProgram = 'All that the program asks for';

/**
 * The time that one teacher has in a program; null when they are not in it as a teacher.
 * @throws Refusal not-found for whoever does not manage the program
 */
export const readTimeOf = (
	db: Database,
	{ id: asking }: { id: string },
	programId: string,
	personId: string
): Promise<TimeOf | null> =>
	db.asPerson(asking, async (tx) => {
		const program = await managedProgram(tx, programId);
		const found = await readTime(tx, program.id, personId).catch((error: unknown) => {
			if (error instanceof Refusal && error.reason === 'not-found') return null;
			throw error;
		});
		if (!found) return null;
		const { dated, before } = found;
		const whole = lastDayOf(found.program.endsOn, before, { personId, of: null });
		const wordsOf = (of: Scope['of']) =>
			of === null
				? wholeProgram
				: (dated.find((one) => scopeKey(one) === scopeKey(of))?.words ?? 'A requirement of another version');
		return {
			program,
			lastDays: [
				...(whole === null ? [] : [{ key: null, words: wholeProgram, lastDay: whole }]),
				...dated.map(({ words, by, ...of }) => ({
					key: scopeKey(of),
					words,
					lastDay: lastDayOf(by, before, { personId, of })!
				}))
			],
			given: before
				.filter((one) => one.personId === personId)
				.map(({ id, of, lastDay, reason, extendedAt, by }) => ({
					id,
					words: wordsOf(of),
					lastDay,
					reason,
					extendedAt,
					by
				}))
		};
	});
