/** The cohorts that somebody talks with, and what is said in one. */
import { and, asc, desc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import { pauseMs } from '#lib/reflection/sittings.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { type Kind, kindOf } from './kinds.ts';
import type { Standing } from './policy.ts';
import { cohortModerators, posts, threadChoices, threadReads, threads } from './schema.server.ts';
import { sinceWords } from './since.ts';
import {
	type Cohort,
	cohortOf,
	type Competency,
	competenciesOf,
	countAudience,
	rightsOf,
	standingFrom
} from './standing.server.ts';
import { type By, isUnreadPost } from './threads.server.ts';

export type CohortCard = {
	id: string;
	name: string;
	program: string;
	standing: Standing;
	/** How many posts are new to the person, and how many of them came since they were here last. What is muted is not counted. */
	unread: number;
	fresh: number;
	/** Whether they muted the cohort as a whole. */
	muted: boolean;
	/** When they were here last, as in "new since Friday"; null: never yet. */
	since: string | null;
};

export type ThreadLine = {
	id: string;
	title: string;
	kind: Kind;
	competency: { id: string; title: string };
	by: By;
	replies: number;
	lastPostAt: string;
	/** Also where it is muted: then it is in no other count. */
	unread: number;
	muted: boolean;
	locked: boolean;
	withheld: boolean;
	/** Whether some reply helped whoever asked. */
	answered: boolean;
};

export type CohortPage = {
	cohort: Cohort;
	audience: number;
	moderators: { id: string; name: string; initials: string }[];
	/** In the order of the stack; those that only an older thread is about come last. */
	competencies: (Competency & { threads: number; unread: number; fresh: number })[];
	filter: { microcredentialId: string | null; kind: Kind | null };
	threads: ThreadLine[];
	unread: number;
	fresh: number;
	since: string | null;
	/** From 1. */
	page: number;
	more: boolean;
	zone: string;
};

/** Threads on one page of a cohort. */
const threadsPerPage = 30;

/** How many posts of a thread are new to somebody. @param more narrows them */
const unreadIn = (personId: string, more = sql``) => sql<number>`(
	select count(*)::int from ${posts} where ${posts.threadId} = ${threads.id}
	and ${posts.number} > coalesce(${threadReads.upTo}, 0) and ${isUnreadPost(personId)} ${more})`;

/** Whether somebody muted a thread: what they chose nearest to it counts, as in `nearest.ts`. */
const mutedBy = (personId: string) => sql<boolean>`coalesce((
	select ${threadChoices.level} = 'mute' from ${threadChoices}
	where ${threadChoices.personId} = ${personId} and ${threadChoices.cohortId} = ${threads.cohortId}
	and (${threadChoices.threadId} = ${threads.id} or ${threadChoices.threadId} is null
		and coalesce(${threadChoices.microcredentialId}, ${threads.microcredentialId}) = ${threads.microcredentialId})
	order by ${threadChoices.threadId} nulls last, ${threadChoices.microcredentialId} nulls last limit 1), false)`;

const readsOf = (personId: string) => and(eq(threadReads.threadId, threads.id), eq(threadReads.personId, personId));

/** When somebody read in each of these cohorts last, before this sitting: whoever is still reading has not been away. */
async function lastIn(tx: Tx, person: Person, cohortIds: string[], now: Date): Promise<Map<string, Date>> {
	const rows = await tx
		.select({ cohortId: threadReads.cohortId, at: sql<Date | string>`max(${threadReads.at})` })
		.from(threadReads)
		.where(
			and(
				eq(threadReads.personId, person.id),
				inArray(threadReads.cohortId, cohortIds),
				lte(threadReads.at, new Date(now.getTime() - pauseMs))
			)
		)
		.groupBy(threadReads.cohortId);
	return new Map(rows.map(({ cohortId, at }) => [cohortId, new Date(at)]));
}

/**
 * New posts of each cohort and competency, and how many threads there are. One statement, however many cohorts. What is muted
 * is not counted. `fresh`: how many of the new ones came since the last visit.
 */
async function countsOf(tx: Tx, person: Person, last: Map<string, Date>, cohortIds: string[]) {
	if (cohortIds.length === 0) return [];
	const since = sql`(select max(h.at) from unnest(${textArray([...last.keys()])}::uuid[], ${textArray(
		[...last.values()].map((at) => at.toISOString())
	)}::timestamptz[]) h(cohort_id, at) where h.cohort_id = ${threads.cohortId})`;
	const heard = sql`case when ${mutedBy(person.id)} then 0 else`;
	return tx
		.select({
			cohortId: threads.cohortId,
			microcredentialId: threads.microcredentialId,
			threads: sql<number>`count(*)::int`,
			unread: sql<number>`coalesce(sum(${heard} ${unreadIn(person.id)} end), 0)::int`,
			fresh: sql<number>`coalesce(sum(${heard} ${unreadIn(person.id, sql`and ${posts.createdAt} > ${since}`)} end), 0)::int`
		})
		.from(threads)
		.leftJoin(threadReads, readsOf(person.id))
		.where(and(inArray(threads.cohortId, cohortIds), isNull(threads.withheldAt)))
		.groupBy(threads.cohortId, threads.microcredentialId);
}

const textArray = (values: string[]) => `{${values.join(',')}}`;

const sumOf = (rows: { unread: number; fresh: number }[]) => ({
	unread: rows.reduce((sum, { unread }) => sum + unread, 0),
	fresh: rows.reduce((sum, { fresh }) => sum + fresh, 0)
});

/** The cohorts that somebody reads, by program and name. */
export const listCohorts = (db: Database, person: Person, now = new Date()): Promise<CohortCard[]> =>
	db.asPerson(person.id, async (tx) => {
		const rights = await rightsOf(tx);
		if (rights.talks.length === 0) return [];
		const rows = await tx
			.select({ id: cohorts.id, name: cohorts.name, program: programs.name, zone: programs.timeZone })
			.from(cohorts)
			.innerJoin(programs, eq(programs.id, cohorts.programId))
			.where(inArray(cohorts.id, rights.talks))
			.orderBy(sql`${programs.name} collate "und-x-icu"`, sql`${cohorts.name} collate "und-x-icu"`, asc(cohorts.id));
		const visits = await lastIn(tx, person, rights.talks, now);
		const counts = await countsOf(tx, person, visits, rights.talks);
		const zone = rows[0] ? await zoneOf(tx, person.id, rows[0].zone) : 'UTC';
		const chosen = await tx
			.select({ cohortId: threadChoices.cohortId, level: threadChoices.level })
			.from(threadChoices)
			.where(
				and(
					eq(threadChoices.personId, person.id),
					isNull(threadChoices.threadId),
					isNull(threadChoices.microcredentialId)
				)
			);
		return rows.map(({ id, name, program }) => {
			const last = visits.get(id);
			return {
				id,
				name,
				program,
				standing: standingFrom(rights, id),
				...sumOf(counts.filter(({ cohortId }) => cohortId === id)),
				muted: chosen.some(({ cohortId, level }) => cohortId === id && level === 'mute'),
				since: last ? sinceWords(last, zone, now) : null
			};
		});
	});

/** Whether somebody reads the threads of any cohort: whether the navigation leads there. */
export const talksAnywhere = (db: Database, person: Person): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => (await rightsOf(tx)).talks.length > 0);

/**
 * A cohort: what it talks about, and its threads, those with the newest posts first.
 * @param asked `competency` and `kind` narrow the threads, `page` goes further back; what is not understood is left out
 * @throws Refusal not-found
 */
export const readCohort = (
	db: Database,
	person: Person,
	cohortId: string,
	asked: { competency?: unknown; kind?: unknown; page?: unknown } = {},
	now = new Date()
): Promise<CohortPage> =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		const named = await competenciesOf(tx, cohort.program.id);
		const visits = await lastIn(tx, person, [cohort.id], now);
		const counts = await countsOf(tx, person, visits, [cohort.id]);
		const titles = new Map(named.map(({ id, title }) => [id, title]));
		const kind = kindOf(asked.kind);
		const competency = named.find(({ id }) => id === asked.competency)?.id ?? null;
		const page = Math.max(1, Math.min(10_000, Number(asked.page) || 1) | 0);
		const rows = await tx
			.select({
				thread: threads,
				author: { id: people.id, name: people.name, initials: people.initials },
				unread: unreadIn(person.id),
				muted: mutedBy(person.id)
			})
			.from(threads)
			.leftJoin(people, eq(people.id, threads.authorId))
			.leftJoin(threadReads, readsOf(person.id))
			.where(
				and(
					eq(threads.cohortId, cohort.id),
					// What was withheld is on the moderators' page, and its author comes by their own notice.
					isNull(threads.withheldAt),
					competency ? eq(threads.microcredentialId, competency) : undefined,
					kind ? eq(threads.kind, kind) : undefined
				)
			)
			.orderBy(desc(threads.lastPostAt), desc(threads.id))
			.limit(threadsPerPage + 1)
			.offset((page - 1) * threadsPerPage);
		const moderators = await tx
			.selectDistinct({ id: people.id, name: people.name, initials: people.initials })
			.from(cohortModerators)
			.innerJoin(people, eq(people.id, cohortModerators.personId))
			.where(and(eq(cohortModerators.cohortId, cohort.id), isNull(cohortModerators.untilAt)))
			.orderBy(asc(people.name));
		const zone = await zoneOf(tx, person.id, cohort.program.timeZone);
		const last = visits.get(cohort.id);
		const countOf = (id: string) => counts.find(({ microcredentialId }) => microcredentialId === id);
		return {
			cohort,
			audience: await countAudience(tx, cohort.id),
			moderators,
			competencies: named.map((one) => ({
				...one,
				threads: countOf(one.id)?.threads ?? 0,
				unread: countOf(one.id)?.unread ?? 0,
				fresh: countOf(one.id)?.fresh ?? 0
			})),
			filter: { microcredentialId: competency, kind },
			threads: rows.slice(0, threadsPerPage).map(({ thread, author, unread, muted }) => ({
				id: thread.id,
				title: thread.title,
				kind: thread.kind,
				competency: {
					id: thread.microcredentialId,
					title: titles.get(thread.microcredentialId) ?? 'Another competency'
				},
				by: author ? { kind: 'person', ...author } : { kind: thread.nameless ? 'nameless' : 'gone' },
				replies: Math.max(0, thread.posts - 1),
				lastPostAt: thread.lastPostAt.toISOString(),
				unread,
				muted,
				locked: thread.lockedAt !== null,
				withheld: thread.withheldAt !== null,
				answered: thread.helpedPostId !== null
			})),
			...sumOf(counts),
			since: last ? sinceWords(last, zone, now) : null,
			page,
			more: rows.length > threadsPerPage,
			zone
		};
	});

/** What a composer needs: where it goes, who reads it, and what it can be about. @throws Refusal not-found */
export const readNewThread = (db: Database, person: Person, cohortId: string) =>
	db.asPerson(person.id, async (tx) => {
		const cohort = await cohortOf(tx, person, cohortId);
		return {
			cohort,
			audience: await countAudience(tx, cohort.id),
			competencies: await competenciesOf(tx, cohort.program.id)
		};
	});
