/** Choosing a stack: the one act by which a teacher who was let into a program takes a place in it. */
import { and, asc, eq, gt, inArray, isNull, lte, or } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { offerWords, readStackOffers, type StackOffer } from '#lib/catalogue/offers.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Choice, choosable, isOpen, mayChange } from './choosing.ts';
import { cohorts, enrollments, programs, programStacks } from './schema.server.ts';

/** A stack as somebody meets it who has to choose. */
export type StackToChoose = Pick<StackOffer, 'title' | 'summary'> & {
	versionId: string;
	/** What it asks for: "Any 3 of 15, earned". */
	rule: string;
	items: { microcredentialId: string; title: string; competency: string; hours: number | null }[];
};

/** A program in which the person is a teacher: what they chose there, or what there is to choose. */
export type Place = {
	program: { id: string; name: string };
	chosen: StackToChoose | null;
	choices: StackToChoose[];
	/** Others that are offered now, which may be taken instead of the chosen one. */
	instead: StackToChoose[];
};

async function choicesIn(tx: Tx, person: Person, now: Date): Promise<{ choices: Choice[]; teachesIn: string[] }> {
	const own = await tx
		.select({ scopeKind: roles.scopeKind, scopeId: roles.scopeId })
		.from(roles)
		.where(
			and(
				eq(roles.personId, person.id),
				eq(roles.role, 'teacher'),
				inArray(roles.scopeKind, ['program', 'cohort']),
				lte(roles.fromAt, now),
				or(isNull(roles.untilAt), gt(roles.untilAt, now))
			)
		);
	const idsOf = (kind: 'program' | 'cohort') =>
		own.flatMap(({ scopeKind, scopeId }) => (scopeKind === kind ? [scopeId] : []));
	const inCohorts = await tx
		.select({ cohortId: cohorts.id, programId: cohorts.programId })
		.from(cohorts)
		.where(inArray(cohorts.id, idsOf('cohort')));
	const teaching = [...inCohorts, ...idsOf('program').map((programId) => ({ programId, cohortId: null }))];
	const teachesIn = [...new Set(teaching.map(({ programId }) => programId))];
	const offered = await tx.select().from(programStacks).where(inArray(programStacks.programId, teachesIn));
	const enrolled = await tx
		.select({ programId: enrollments.programId })
		.from(enrollments)
		.where(eq(enrollments.personId, person.id));
	const enrolledIn = enrolled.map(({ programId }) => programId);
	return { choices: choosable({ teaching, offered, enrolledIn }, now), teachesIn };
}

/** The programs in which the person is a teacher now, by name; those with neither a choice nor a chosen stack too. */
export const listPlaces = (db: Database, person: Person, now = new Date()): Promise<Place[]> =>
	db.asPerson(person.id, async (tx) => {
		const { choices, teachesIn } = await choicesIn(tx, person, now);
		const chosen = await tx
			.select({
				programId: enrollments.programId,
				stackVersionId: enrollments.stackVersionId,
				status: enrollments.status
			})
			.from(enrollments)
			.where(eq(enrollments.personId, person.id));
		const standing = chosen.filter(({ status }) => status !== 'withdrawn');
		const ids = [...new Set([...teachesIn, ...standing.map(({ programId }) => programId)])];
		if (ids.length === 0) return [];
		const found = await tx
			.select({ id: programs.id, name: programs.name })
			.from(programs)
			.where(inArray(programs.id, ids))
			.orderBy(asc(programs.name), asc(programs.id));
		const offered = await tx.select().from(programStacks).where(inArray(programStacks.programId, ids));
		const exchangeable = standing.flatMap(({ programId, stackVersionId, status }) =>
			mayChange(status)
				? offered.filter(
						(one) => one.programId === programId && one.stackVersionId !== stackVersionId && isOpen(one, now)
					)
				: []
		);
		const offers = await readStackOffers(tx, [
			...new Set([...choices, ...standing, ...exchangeable].map(({ stackVersionId }) => stackVersionId))
		]);
		const shown = (stackVersionId: string): StackToChoose[] => {
			const offer = offers.get(stackVersionId);
			if (!offer) return [];
			const { title, summary, items } = offer;
			return [
				{
					versionId: stackVersionId,
					title,
					summary,
					rule: offerWords(offer),
					items: items.map(({ microcredentialId, title, competency, hours }) => ({
						microcredentialId,
						title,
						competency,
						hours
					}))
				}
			];
		};
		return found.map((program) => {
			const own = standing.find(({ programId }) => programId === program.id);
			const open = choices.filter(({ programId }) => programId === program.id);
			return {
				program,
				chosen: own ? (shown(own.stackVersionId)[0] ?? null) : null,
				choices: [...new Set(open.map(({ stackVersionId }) => stackVersionId))].flatMap(shown),
				instead: exchangeable
					.filter(({ programId }) => programId === program.id)
					.flatMap(({ stackVersionId }) => shown(stackVersionId))
			};
		});
	});

/**
 * Takes a place in a program under the rule of the stack chosen. Choosing the same again changes nothing.
 * @throws Refusal not-found when it is not offered to this person, rule when another one was chosen before
 */
export async function chooseStack(
	db: Database,
	person: Person,
	{ programId, stackVersionId }: { programId: string; stackVersionId: string },
	whence: Whence | null,
	now = new Date()
): Promise<{ stackVersionId: string }> {
	if (!isId(programId) || !isId(stackVersionId)) throw notFound('stack');
	return db.asPerson(person.id, async (tx) => {
		const before = await chosenIn(tx, person, programId);
		if (before) return sameOr(before, stackVersionId);
		const { choices } = await choicesIn(tx, person, now);
		const fitting = choices.filter((one) => one.programId === programId && one.stackVersionId === stackVersionId);
		// Whoever has a role in a cohort and one in the program sits in the cohort.
		const choice = fitting.find(({ cohortId }) => cohortId !== null) ?? fitting[0];
		if (!choice) throw notFound('stack');
		const [made] = await tx
			.insert(enrollments)
			.values({ id: uuidv7(), ...choice, personId: person.id, status: 'active', joinedListAt: now, enrolledAt: now })
			// Two clicks at one instant: the second waits for the first, and finds its place taken by itself.
			.onConflictDoNothing()
			.returning({ id: enrollments.id });
		if (!made) return sameOr((await chosenIn(tx, person, programId))!, stackVersionId);
		const about = { program: programId, stack: stackVersionId };
		await record(tx, { kind: 'stack-chosen', person: person.id, by: person.id, whence, about });
		return { stackVersionId };
	});
}

/**
 * Takes another stack of the program instead of the one chosen before. It costs nothing: what was done stays, and counts
 * in the new one wherever that asks for it. Taking the same again changes nothing.
 * @throws Refusal not-found when one is not inside the program, or when it is not offered there now
 */
export async function changeStack(
	db: Database,
	person: Person,
	{ programId, stackVersionId }: { programId: string; stackVersionId: string },
	whence: Whence | null,
	now = new Date()
): Promise<{ stackVersionId: string }> {
	if (!isId(programId) || !isId(stackVersionId)) throw notFound('stack');
	return db.asPerson(person.id, async (tx) => {
		const [place] = await tx
			.select({ id: enrollments.id, stack: enrollments.stackVersionId, status: enrollments.status })
			.from(enrollments)
			.where(and(eq(enrollments.personId, person.id), eq(enrollments.programId, programId)));
		if (!place || !mayChange(place.status)) throw notFound('stack');
		if (place.stack === stackVersionId) return { stackVersionId };
		const [offer] = await tx
			.select()
			.from(programStacks)
			.where(and(eq(programStacks.programId, programId), eq(programStacks.stackVersionId, stackVersionId)));
		if (!offer || !isOpen(offer, now)) throw notFound('stack');
		await tx.update(enrollments).set({ stackVersionId }).where(eq(enrollments.id, place.id));
		const about = { program: programId, from: place.stack, stack: stackVersionId };
		await record(tx, { kind: 'stack-changed', person: person.id, by: person.id, whence, about });
		return { stackVersionId };
	});
}

/** Every choice of a form. @throws Refusal as `chooseStack`, and rule when there is none */
export async function chooseStacks(
	db: Database,
	person: Person,
	chosen: { programId: string; stackVersionId: string }[],
	whence: Whence | null
): Promise<string[]> {
	if (chosen.length === 0)
		throw new Refusal('rule', 'Please choose a stack, or leave it for later. Nothing has changed yet.');
	const made: string[] = [];
	for (const one of chosen) made.push((await chooseStack(db, person, one, whence)).stackVersionId);
	return made;
}

async function chosenIn(tx: Tx, person: Person, programId: string): Promise<string | undefined> {
	const [row] = await tx
		.select({ stackVersionId: enrollments.stackVersionId })
		.from(enrollments)
		.where(and(eq(enrollments.personId, person.id), eq(enrollments.programId, programId)));
	return row?.stackVersionId;
}

function sameOr(chosen: string, asked: string): { stackVersionId: string } {
	if (chosen === asked) return { stackVersionId: chosen };
	throw new Refusal(
		'rule',
		'You have chosen a stack in this program before. You can take another one instead under “Your plan” in your account.'
	);
}
