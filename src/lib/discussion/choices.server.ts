/** What somebody wants to hear of their cohorts: choosing it, and reading what it comes to. */
import { and, count, eq, isNull, sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Level, levelOf } from './kinds.ts';
import { type Chosen, heard, type Heard, usual } from './nearest.ts';
import { threadChoices, threads } from './schema.server.ts';
import { type Cohort, cohortOf, competenciesOf } from './standing.server.ts';
import { threadIn } from './threads.server.ts';

/** Of one person in one cohort: more threads than anybody has an own opinion about. */
const mostChoices = 500;

/** The choice for all of a cohort has neither; for a competency or a thread, that one. */
export type What = { cohortId: string; microcredentialId?: unknown; threadId?: unknown };

const given = (id: unknown): id is string => typeof id === 'string' && id !== '';

/**
 * Chooses what to hear of a thread, a competency in a cohort, or a whole cohort; "usual" takes the choice back.
 * @throws Refusal not-found for what the person does not read; rule
 */
export const choose = (
	db: Database,
	person: Person,
	{ cohortId, microcredentialId, threadId }: What,
	level: unknown,
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const chosen = levelOf(level);
		if (!chosen && level !== 'usual')
			throw new Refusal('rule', 'Please choose what you want to hear. Nothing has changed.');
		const cohort = await cohortOf(tx, person, cohortId);
		const where = {
			personId: person.id,
			cohortId: cohort.id,
			microcredentialId: given(microcredentialId) ? await competencyIn(tx, cohort, microcredentialId) : null,
			threadId: given(threadId) ? await threadOf(tx, person, cohort, threadId) : null
		};
		if (where.microcredentialId && where.threadId)
			throw new Refusal('rule', 'A choice is for a thread or for a competency, not for both. Nothing has changed.');
		if (!chosen) {
			await tx.delete(threadChoices).where(theChoice(where));
			return;
		}
		const [there] = await tx
			.select({ choices: count() })
			.from(threadChoices)
			.where(and(eq(threadChoices.personId, person.id), eq(threadChoices.cohortId, cohort.id)));
		const [same] = await tx.select({ id: threadChoices.id }).from(threadChoices).where(theChoice(where));
		if (!same && there!.choices >= mostChoices)
			throw new Refusal(
				'too-many',
				`You have chosen for ${mostChoices} threads of this cohort already. Nothing has changed. Please take some of them back, or choose for the competency or the cohort.`
			);
		await tx
			.insert(threadChoices)
			.values({ ...where, level: chosen, at: now })
			.onConflictDoUpdate({
				target: [
					threadChoices.personId,
					threadChoices.cohortId,
					threadChoices.microcredentialId,
					threadChoices.threadId
				],
				set: { level: chosen, at: now }
			});
	});

const theChoice = ({
	personId,
	cohortId,
	microcredentialId,
	threadId
}: {
	personId: string;
	cohortId: string;
	microcredentialId: string | null;
	threadId: string | null;
}) =>
	and(
		eq(threadChoices.personId, personId),
		eq(threadChoices.cohortId, cohortId),
		microcredentialId
			? eq(threadChoices.microcredentialId, microcredentialId)
			: isNull(threadChoices.microcredentialId),
		threadId ? eq(threadChoices.threadId, threadId) : isNull(threadChoices.threadId)
	);

/** A competency that the cohort talks about, or one day did. */
async function competencyIn(tx: Tx, cohort: Cohort, id: string): Promise<string> {
	if (isId(id)) {
		const one = id.toLowerCase();
		if ((await competenciesOf(tx, cohort.program.id)).some((competency) => competency.id === one)) return one;
		const [thread] = await tx
			.select({ id: threads.id })
			.from(threads)
			.where(and(eq(threads.cohortId, cohort.id), eq(threads.microcredentialId, one)))
			.limit(1);
		if (thread) return one;
	}
	throw new Refusal('rule', 'This cohort does not talk about that competency. Nothing has changed.');
}

async function threadOf(tx: Tx, person: Person, cohort: Cohort, id: string): Promise<string> {
	const { thread } = await threadIn(tx, person, id);
	if (thread.cohortId === cohort.id) return thread.id;
	throw new Refusal('rule', 'That thread stands in another cohort. Nothing has changed.');
}

/** Inside the person's transaction. */
async function partIn(tx: Tx, person: Person, cohortId: string): Promise<string> {
	const { rows } = (await tx.execute(
		sql`select part from app.cohort_people(${cohortId}::uuid) where person_id = ${person.id}::uuid`
	)) as unknown as { rows: { part: string }[] };
	return rows[0]?.part ?? 'teacher';
}

/** What the person hears of one thread, and what they chose for it. Inside their transaction. */
export async function levelFor(
	tx: Tx,
	person: Person,
	thread: { id: string; cohortId: string; microcredentialId: string }
): Promise<Heard & { chosen: Level | null; /** Were nothing chosen for the thread itself. */ otherwise: Heard }> {
	const rows = await tx
		.select({
			microcredentialId: threadChoices.microcredentialId,
			threadId: threadChoices.threadId,
			level: threadChoices.level
		})
		.from(threadChoices)
		.where(and(eq(threadChoices.personId, person.id), eq(threadChoices.cohortId, thread.cohortId)));
	const { rows: said } = (await tx.execute(
		sql`select exists (select from posts where thread_id = ${thread.id}::uuid
			and (author_id = ${person.id}::uuid or id = any ((select app.nameless_post_ids())::uuid[]))) as takes`
	)) as unknown as { rows: { takes: boolean }[] };
	const chosen: Chosen = {
		thread: rows.find(({ threadId }) => threadId === thread.id)?.level ?? null,
		competency: rows.find(({ microcredentialId }) => microcredentialId === thread.microcredentialId)?.level ?? null,
		cohort: rows.find((row) => row.threadId === null && row.microcredentialId === null)?.level ?? null
	};
	const who = { part: await partIn(tx, person, thread.cohortId), takesPart: said[0]!.takes };
	return { ...heard(chosen, who), chosen: chosen.thread, otherwise: heard({ ...chosen, thread: null }, who) };
}

export type ChoicesPage = {
	cohort: Cohort;
	/** For the whole cohort, and what everybody hears who chose nothing. */
	all: { chosen: Level | null; usual: Level | 'nothing' };
	competencies: { id: string; title: string; chosen: Level | null; level: Level | 'nothing' }[];
	/** Threads for which the person chose something; the newest choice first. */
	threads: { id: string; title: string; competency: string; level: Level; otherwise: Level | 'nothing' }[];
	/** The thread that was asked for, whether or not something was chosen for it. */
	one: { id: string; title: string; chosen: Level | null; otherwise: Level | 'nothing' } | null;
	/** Whether they are there for the sake of a pair. */
	comesAlong: boolean;
};

/**
 * All that the person chose in a cohort, with what it comes to.
 * @param threadId of a thread that they would choose for; one that they do not read is as none
 * @throws Refusal not-found
 */
export const readChoices = (
	db: Database,
	person: Person,
	cohortId: string,
	threadId: unknown = null
): Promise<ChoicesPage> =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		const part = await partIn(tx, person, cohort.id);
		const competencies = await competenciesOf(tx, cohort.program.id);
		const rows = await tx
			.select({
				microcredentialId: threadChoices.microcredentialId,
				threadId: threadChoices.threadId,
				level: threadChoices.level,
				title: threads.title,
				about: threads.microcredentialId
			})
			.from(threadChoices)
			.leftJoin(threads, eq(threads.id, threadChoices.threadId))
			.where(and(eq(threadChoices.personId, person.id), eq(threadChoices.cohortId, cohort.id)))
			.orderBy(sql`${threadChoices.at} desc`);
		const all = rows.find((row) => row.threadId === null && row.microcredentialId === null)?.level ?? null;
		const { rows: said } = (await tx.execute(
			sql`select distinct thread_id as id from posts where cohort_id = ${cohort.id}::uuid
				and (author_id = ${person.id}::uuid or id = any ((select app.nameless_post_ids())::uuid[]))`
		)) as unknown as { rows: { id: string }[] };
		const inThem = new Set(said.map(({ id }) => id));
		return {
			cohort,
			all: { chosen: all, usual: usual(part) },
			competencies: competencies.map(({ id, title }) => {
				const chosen = rows.find(({ microcredentialId }) => microcredentialId === id)?.level ?? null;
				const { level } = heard({ thread: null, competency: chosen, cohort: all }, { part, takesPart: false });
				return { id, title, chosen, level };
			}),
			threads: rows.flatMap(({ threadId, title, about, level }) => {
				if (!threadId || !title) return [];
				const competency = rows.find(({ microcredentialId }) => microcredentialId === about)?.level ?? null;
				const who = { part, takesPart: inThem.has(threadId) };
				return {
					id: threadId,
					title,
					competency: competencies.find(({ id }) => id === about)?.title ?? 'Another competency',
					level,
					otherwise: heard({ thread: null, competency, cohort: all }, who).level
				};
			}),
			one: await oneOf(tx, person, cohort, threadId),
			comesAlong: usual(part) === 'nothing'
		};
	});

async function oneOf(tx: Tx, person: Person, cohort: Cohort, threadId: unknown): Promise<ChoicesPage['one']> {
	if (typeof threadId !== 'string' || !isId(threadId)) return null;
	const [thread] = await tx
		.select()
		.from(threads)
		.where(and(eq(threads.id, threadId), eq(threads.cohortId, cohort.id)));
	if (!thread) return null;
	const { chosen, otherwise } = await levelFor(tx, person, thread);
	return { id: thread.id, title: thread.title, chosen, otherwise: otherwise.level };
}
