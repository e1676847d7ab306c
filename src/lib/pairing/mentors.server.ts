/** The mentors of a program as whoever manages it sees them: places, hours, and what they are ready for. Only reads. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { microcredentials, microcredentialVersions, stackItems } from '#lib/catalogue/schema.server.ts';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { managedProgram, type ProgramManaged } from '#lib/program/managing.server.ts';
import { enrollments, programStacks } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { dayInWords } from '#lib/ui/day-in-words.ts';
import { matchBy } from './capacity.ts';
import { type MentorPlaces, type ProgramCapacity, readCapacity, readMentorPlaces } from './capacity.server.ts';
import { dayIn } from './day.ts';
import { readPairIn } from './pair.server.ts';
import { type AnchorScore, listAnchorScores, readReadiness } from './readiness.server.ts';
import type { Readiness } from './readiness.ts';
import { pairs } from './schema.server.ts';

/** Shown at once; the others are found by name. */
const mostShown = 60;
/** Teachers to choose from by hand; for more there is matching. */
const mostWaiting = 200;

export type Competency = { microcredentialId: string; title: string };

/** What can be earned in the stacks of a program, by title. */
export async function listCompetencies(tx: Tx, programId: string): Promise<Competency[]> {
	const rows = await tx
		.selectDistinctOn([microcredentials.id], {
			microcredentialId: microcredentials.id,
			title: microcredentialVersions.title
		})
		.from(microcredentials)
		.innerJoin(microcredentialVersions, eq(microcredentialVersions.microcredentialId, microcredentials.id))
		.where(
			and(
				inArray(microcredentialVersions.status, ['published', 'retired']),
				inArray(
					microcredentials.id,
					tx
						.select({ id: stackItems.microcredentialId })
						.from(stackItems)
						.innerJoin(programStacks, eq(programStacks.stackVersionId, stackItems.stackVersionId))
						.where(eq(programStacks.programId, programId))
				)
			)
		)
		.orderBy(asc(microcredentials.id), sql`${microcredentialVersions.number} desc`);
	return rows.sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0));
}

export type MentorShown = {
	person: Person;
	places: MentorPlaces;
	/** What they are ready for, and why, by title. */
	ready: { title: string; readiness: Readiness }[];
	/** Anchor submissions entered about them in this program. */
	anchors: (AnchorScore & { title: string })[];
};

export type MentorsOfProgram = {
	program: ProgramManaged;
	capacity: ProgramCapacity;
	competencies: Competency[];
	mentors: MentorShown[];
	/** How many there are in all, and how many of those found are not shown. */
	count: number;
	hidden: number;
	/**
	 * Teachers inside the program without a mentor, the first of them: whoever is due for one first, and else by name.
	 * `due` is in words; null where the program's rule knows no day.
	 */
	waiting: (Person & { due: string | null })[];
};

/** @throws Refusal not-found for whoever does not manage the program */
export const readMentors = (
	db: Database,
	person: Person,
	programId: string,
	search: string | null
): Promise<MentorsOfProgram> =>
	db.asPerson(person.id, async (tx) => {
		const program = await managedProgram(tx, programId);
		const capacity = await readCapacity(tx, program.id);
		const places = await readMentorPlaces(tx, program.id, capacity);
		const competencies = await listCompetencies(tx, program.id);
		const titleOf = new Map(competencies.map(({ microcredentialId, title }) => [microcredentialId, title]));
		const readiness = await readReadiness(tx, program.id);
		const anchors = await listAnchorScores(tx, program.id);
		const known = await listNames(tx, [...places.keys()]);
		const found = known.filter(({ name }) => search === null || name.toLowerCase().includes(search.toLowerCase()));
		const waiting = await tx
			.select({
				id: people.id,
				name: people.name,
				initials: people.initials,
				enrolledAt: enrollments.enrolledAt
			})
			.from(enrollments)
			.innerJoin(people, eq(people.id, enrollments.personId))
			.where(
				and(
					eq(enrollments.programId, program.id),
					inArray(enrollments.status, ['enrolled', 'active']),
					sql`not exists (select from ${pairs} p where p.program_id = ${enrollments.programId} and p.teacher_id = ${enrollments.personId} and p.status <> 'ended')`
				)
			)
			.orderBy(
				...(capacity.rule.matchFrom === 'enrollment' ? [sql`${enrollments.enrolledAt} asc nulls last`] : []),
				asc(people.name),
				asc(people.id)
			)
			.limit(mostWaiting);
		// On which day somebody's employment began is entered nowhere yet.
		const dueOf = (enrolledAt: Date | null) => {
			const enrolledOn = enrolledAt && dayIn(program.timeZone, enrolledAt);
			const day = matchBy(capacity.rule, { employedOn: null, enrolledOn });
			return day === null ? null : `mentor due by ${day === 'not known' ? 'a day not known' : dayInWords(day)}`;
		};
		return {
			program,
			capacity,
			competencies,
			count: known.length,
			hidden: Math.max(0, found.length - mostShown),
			waiting: waiting.map(({ enrolledAt, ...one }) => ({ ...one, due: dueOf(enrolledAt) })),
			mentors: found.slice(0, mostShown).map((one) => ({
				person: one,
				places: places.get(one.id)!,
				ready: competencies.flatMap(({ microcredentialId, title }) => {
					const is = readiness.of(one.id, microcredentialId);
					return is.ready ? [{ title, readiness: is }] : [];
				}),
				anchors: anchors.flatMap((entry) =>
					entry.mentorId === one.id
						? [{ ...entry, title: titleOf.get(entry.microcredentialId) ?? 'a microcredential of another program' }]
						: []
				)
			}))
		};
	});

async function listNames(tx: Tx, ids: string[]): Promise<Person[]> {
	const found: Person[] = [];
	for (let i = 0; i < ids.length; i += 1000)
		found.push(
			...(await tx
				.select({ id: people.id, name: people.name, initials: people.initials })
				.from(people)
				.where(inArray(people.id, ids.slice(i, i + 1000))))
		);
	return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
}

export type RematchChoice = { person: Person; places: MentorPlaces; readiness: Readiness | null };

export type Rematching = {
	pair: { id: string; teacher: Person; mentor: Person };
	program: ProgramManaged;
	/** What the two began with, where that is known. */
	competency: string | null;
	/** Mentors with a place, those who are ready first, then those with more room. */
	choices: RematchChoice[];
};

/**
 * Who could be the next mentor in a pair that goes on.
 * @throws Refusal not-found for whoever does not manage the program, or when the pair has ended; unproven
 */
export const readRematching = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string
): Promise<Rematching> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await readPairIn(tx, person, proof, pairId);
		const program = await managedProgram(tx, pair.program.id).catch(() => {
			throw notFound('pair');
		});
		demandProof(proof, 'role');
		if (pair.status === 'ended') throw notFound('pair');
		const places = await readMentorPlaces(tx, program.id, await readCapacity(tx, program.id));
		const [row] = await tx.select({ begins: pairs.beginsWithId }).from(pairs).where(eq(pairs.id, pairId));
		const begins = row?.begins ?? null;
		const title = begins
			? ((await listCompetencies(tx, program.id)).find(({ microcredentialId }) => microcredentialId === begins)
					?.title ?? null)
			: null;
		const readiness = await readReadiness(tx, program.id);
		const choices = (await listNames(tx, [...places.keys()]))
			.map((one) => ({
				person: one,
				places: places.get(one.id)!,
				readiness: begins ? readiness.of(one.id, begins) : null
			}))
			.filter(
				({ person: one, places: { taken, most } }) =>
					one.id !== pair.mentor.id && one.id !== pair.teacher.id && taken < most
			)
			.sort(
				(a, b) =>
					Number(b.readiness?.ready ?? false) - Number(a.readiness?.ready ?? false) ||
					b.places.most - b.places.taken - (a.places.most - a.places.taken)
			)
			.slice(0, mostShown);
		return { pair: { id: pair.id, teacher: pair.teacher, mentor: pair.mentor }, program, competency: title, choices };
	});
