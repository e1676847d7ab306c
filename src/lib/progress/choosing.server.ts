/** The stacks to choose among, with what each costs, who in the cohort does it, and which mentor is ready. Only reads. */
import { eq, inArray, sql } from 'drizzle-orm';
import { duration, enough, type Measured } from '#lib/catalogue/measured.ts';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import { microcredentials, stackVersions } from '#lib/catalogue/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { listPairsIn } from '#lib/pairing/pair.server.ts';
import { countReadyMentors, readReadiness } from '#lib/pairing/readiness.server.ts';
import { listPlaces, type Place, type StackToChoose } from '#lib/program/choosing.server.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { cohorts } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { cohortWords, mentorOfItem, mentorWords, stayWords } from './choosing-words.ts';
import { groundOf, listRhythm, readProgress } from './facts.server.ts';
import { costWords, stackCostOf } from './stack-cost.ts';

export type StackOffered = Omit<StackToChoose, 'items'> & {
	/** "About 8 to 13 hours in all, by which 2 microcredentials you choose." */
	cost: string;
	/** The same as measured of teachers; null until there is enough. */
	measured: string | null;
	cohort: string;
	mentors: string;
	/** What would count there, for whoever thinks of taking it instead; null for a first choice. */
	stays: string | null;
	items: (StackToChoose['items'][number] & { measured: string | null; mentor: string })[];
};

export type PlaceOffered = Omit<Place, 'chosen' | 'choices' | 'instead'> & {
	chosen: StackOffered | null;
	choices: StackOffered[];
	instead: StackOffered[];
};

/** Measured medians in minutes, of those that enough teachers have handed in. */
async function mediansOf(tx: Tx, ids: string[]): Promise<Map<string, number>> {
	if (ids.length === 0) return new Map();
	const { rows } = (await tx.execute(
		sql`select m.id, t.people, t.median from ${microcredentials} m cross join lateral app.measured_time(m.id) t
			where ${inArray(sql`m.id`, ids)}`
	)) as unknown as { rows: ({ id: string } & Pick<Measured, 'people' | 'median'>)[] };
	return new Map(rows.flatMap(({ id, people, median }) => (people >= enough && median !== null ? [[id, median]] : [])));
}

type Choices = { stackId: string; people: number; known: string[] };

/** Who of one's own cohort in a program is bound to which stack. */
async function cohortOf(tx: Tx, programId: string): Promise<{ seated: boolean; any: boolean; choices: Choices[] }> {
	const own = await tx.select({ id: cohorts.id }).from(cohorts).where(eq(cohorts.programId, programId));
	const { rows } = (await tx.execute(
		sql`select cohort_id, stack_id, people, known from app.cohort_choices()`
	)) as unknown as { rows: { cohort_id: string; stack_id: string; people: number; known: string[] }[] };
	const ids = new Set(own.map(({ id }) => id));
	const there = rows.filter(({ cohort_id }) => ids.has(cohort_id));
	return {
		seated: own.length > 0,
		any: there.length > 0,
		choices: there.map(({ stack_id, people, known }) => ({ stackId: stack_id, people: Number(people), known }))
	};
}

async function namesOf(tx: Tx, ids: string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await tx.select({ id: people.id, name: people.name }).from(people).where(inArray(people.id, ids));
	return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The programs in which somebody is a teacher, with all there is to know for choosing. Stacks stand by their titles. */
export async function readChoosing(db: Database, person: Person, now: Date): Promise<PlaceOffered[]> {
	const places = await listPlaces(db, person, now);
	if (places.length === 0) return [];
	return db.asPerson(person.id, async (tx) => {
		const all = places.flatMap(({ chosen, choices, instead }) => [...(chosen ? [chosen] : []), ...choices, ...instead]);
		const versionIds = [...new Set(all.map(({ versionId }) => versionId))];
		const offers = await readStackOffers(tx, versionIds);
		const stackOf = new Map(
			versionIds.length === 0
				? []
				: (
						await tx
							.select({ id: stackVersions.id, stackId: stackVersions.stackId })
							.from(stackVersions)
							.where(inArray(stackVersions.id, versionIds))
					).map(({ id, stackId }) => [id, stackId] as const)
		);
		const medians = await mediansOf(tx, [
			...new Set(all.flatMap(({ items }) => items.map(({ microcredentialId }) => microcredentialId)))
		]);
		const pairs = await listPairsIn(tx, person);
		const enrollments = await listEnrollments(tx, [person.id]);
		const rhythm = await listRhythm(tx);
		const teacherOf = new Map(pairs.map((pair) => [pair.id, pair.teacher.id]));

		const shown: PlaceOffered[] = [];
		for (const { program, chosen, choices, instead } of places) {
			const cohort = await cohortOf(tx, program.id);
			const names = await namesOf(tx, [...new Set(cohort.choices.flatMap(({ known }) => known))]);
			const pair = pairs.find(
				(one) => one.standing === 'teacher' && one.program.id === program.id && one.status !== 'ended'
			);
			const readiness = await readReadiness(tx, program.id);
			const counts = await countReadyMentors(tx, program.id);
			const place = enrollments.find((one) => one.program.id === program.id);
			const offered = async (stack: StackToChoose, changing: boolean): Promise<StackOffered> => {
				const offer = offers.get(stack.versionId)!;
				const ground = groundOf({ timeZone: 'UTC', endsOn: null }, offer, now);
				const cost = stackCostOf(ground);
				const way = cost?.way ?? [];
				const same = cohort.choices.filter(({ stackId }) => stackId === stackOf.get(stack.versionId));
				const items = stack.items.map((item) => ({
					...item,
					ready: pair ? readiness.of(pair.mentor.id, item.microcredentialId).ready : false,
					mentors: counts.get(item.microcredentialId) ?? 0
				}));
				const stood =
					changing && place
						? (await readProgress(tx, [{ ...place, stackVersionId: stack.versionId }], rhythm, teacherOf, now)).get(
								place.id
							)
						: undefined;
				return {
					...stack,
					cost: costWords(cost),
					measured:
						way.length > 0 && way.every((id) => medians.has(id))
							? `Measured: ${duration(way.reduce((sum, id) => sum + medians.get(id)!, 0))} of writing for its shortest way, by teachers in the middle.`
							: null,
					cohort: cohortWords({
						seated: cohort.seated,
						any: cohort.any,
						people: same.reduce((sum, one) => sum + one.people, 0),
						names: same.flatMap(({ known }) => known.flatMap((id) => names.get(id) ?? []))
					}),
					mentors: mentorWords(items, pair?.mentor.name ?? null),
					stays: stood ? stayWords(stood.verdict) : null,
					items: items.map(({ ready, mentors, ...item }) => {
						const median = medians.get(item.microcredentialId);
						return {
							...item,
							measured: median === undefined ? null : duration(median),
							mentor: mentorOfItem({ ready, mentors }, pair?.mentor.name ?? null)
						};
					})
				};
			};
			const list = async (stacks: StackToChoose[], changing: boolean) => {
				const made: StackOffered[] = [];
				// By title, and never by how many took it.
				for (const stack of stacks.toSorted((a, b) => a.title.localeCompare(b.title, 'en')))
					made.push(await offered(stack, changing));
				return made;
			};
			shown.push({
				program,
				chosen: chosen ? await offered(chosen, false) : null,
				choices: await list(choices, false),
				instead: await list(instead, true)
			});
		}
		return shown;
	});
}
