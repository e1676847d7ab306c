/** A pair: who the two are, where it stands, how it went, and how it ends. */
import { aliasedTable, and, asc, desc, eq, ne, or, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { isProven, type Proof } from '#lib/identity/policy.ts';
import { demandProof } from '#lib/identity/proof.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { mayEnd, type PairState, type Standing } from './policy.ts';
import { caseloads, pairEvents, pairs } from './schema.server.ts';

export type Pair = PairState & {
	id: string;
	teacher: Person;
	mentor: Person;
	/** Who looks after the pair now, where there is one and the person asking may know. */
	coach: Person | null;
	program: { id: string; name: string; timeZone: string };
	cohort: string | null;
	proposedAt: Date;
	activeAt: Date | null;
	endedAt: Date | null;
	/** How the person asking stands to this pair. */
	standing: Exclude<Standing, 'stranger'>;
	/** The pair before it, where this one is a new match. */
	followsId: string | null;
	/** Whether the person asking may end it; a coach may when they also manage the program. */
	mayEnd: boolean;
};

export type PairEvent = {
	kind: (typeof pairEvents.$inferSelect)['kind'];
	at: Date;
	/** Null when the program did it, or when the person asking may not know who. */
	by: string | null;
	/** Whose act it was, under the same condition; the name can be another's too. */
	byId: string | null;
	reason: string | null;
};

/** A mentor has at most fifteen teachers, a coach about 25 pairs, in a region 500; as many ended pairs still fit. */
const mostPairs = 1000;
/** A pair proposes, starts, pauses and resumes a few times in a year. */
const mostEvents = 100;

const teachers = aliasedTable(people, 'teachers');
const mentors = aliasedTable(people, 'mentors');
const coaches = aliasedTable(people, 'coaches');

/** While one coach hands over to another, both look after the pair; then the person asking comes first. */
const coachNow = sql`(
	select c.id from ${caseloads} c
	where c.pair_id = ${pairs.id} and c.from_at <= now() and (c.until_at is null or c.until_at > now())
	order by c.coach_id = (select app.uid()) desc, c.from_at desc, c.id limit 1
)`;

/** Found through the person: row policies leave only pairs that the person asking may know of. */
const pairsOf = (tx: Tx) =>
	tx
		.select({
			id: pairs.id,
			status: pairs.status,
			endedAs: pairs.endedAs,
			teacher: { id: teachers.id, name: teachers.name, initials: teachers.initials },
			mentor: { id: mentors.id, name: mentors.name, initials: mentors.initials },
			coach: { id: coaches.id, name: coaches.name, initials: coaches.initials },
			program: { id: programs.id, name: programs.name, timeZone: programs.timeZone },
			cohort: cohorts.name,
			proposedAt: pairs.proposedAt,
			activeAt: pairs.activeAt,
			endedAt: pairs.endedAt,
			followsId: pairs.followsId,
			manages: sql<boolean>`${pairs.programId} = any ((select app.managed_program_ids())::uuid[])`
		})
		.from(pairs)
		.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
		.innerJoin(mentors, eq(mentors.id, pairs.mentorId))
		.innerJoin(programs, eq(programs.id, pairs.programId))
		.leftJoin(cohorts, eq(cohorts.id, pairs.cohortId))
		.leftJoin(caseloads, eq(caseloads.id, coachNow))
		.leftJoin(coaches, eq(coaches.id, caseloads.coachId))
		.$dynamic();

type Found = Omit<Pair, 'standing' | 'mayEnd'> & { manages: boolean };

/**
 * Whoever sees a pair and is none of its three people can only be a manager of its program: see `pairs_read`.
 * @param proven whether they have shown the passkey that a manager's part asks for
 */
function seenBy(personId: string, { manages, ...pair }: Found, proven: boolean): Pair {
	const standing =
		pair.teacher.id === personId
			? 'teacher'
			: pair.mentor.id === personId
				? 'mentor'
				: pair.coach?.id === personId
					? 'coach'
					: 'manager';
	return { ...pair, standing, mayEnd: mayEnd(pair, standing) || (manages && proven && mayEnd(pair, 'manager')) };
}

/**
 * The pairs in which the person is the teacher, the mentor, or the coach now; open ones first, then the newest.
 * @param proof `locals.session`, where it matters whether a coach who also manages may end one
 */
export async function listPairsIn(tx: Tx, person: Person, proof: Proof | null = null): Promise<Pair[]> {
	const found = await pairsOf(tx)
		.where(
			and(
				// Says nothing that the next line does not, but from an index: a manager may know of every pair of a state.
				sql`${pairs.id} = any ((select app.pair_ids())::uuid[])`,
				or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id), eq(caseloads.coachId, person.id))
			)
		)
		.orderBy(sql`${pairs.status} = 'ended'`, desc(pairs.proposedAt), asc(pairs.id))
		.limit(mostPairs);
	return found.map((pair) => seenBy(person.id, pair, isProven(proof, 'role', new Date())));
}

/** As `listPairsIn`, in a transaction of its own. */
export const listPairs = (db: Database, person: Person, proof: Proof | null = null): Promise<Pair[]> =>
	db.asPerson(person.id, (tx) => listPairsIn(tx, person, proof));

/**
 * One pair and how it went, oldest event first.
 * @param proof `locals.session`: a manager has shown a passkey
 * @throws Refusal not-found when it is absent or not the person's to know of; unproven
 */
export async function readPairIn(
	tx: Tx,
	person: Person,
	proof: Proof | null,
	pairId: string
): Promise<Pair & { events: PairEvent[] }> {
	if (!isId(pairId)) throw notFound('pair');
	const [pair] = await pairsOf(tx).where(eq(pairs.id, pairId));
	if (!pair) throw notFound('pair');
	const seen = seenBy(person.id, pair, isProven(proof, 'role', new Date()));
	if (seen.standing === 'manager') demandProof(proof, 'role');
	const events = await tx
		.select({ kind: pairEvents.kind, at: pairEvents.at, by: people.name, byId: people.id, reason: pairEvents.reason })
		.from(pairEvents)
		.leftJoin(people, eq(people.id, pairEvents.byPersonId))
		.where(eq(pairEvents.pairId, pairId))
		.orderBy(desc(pairEvents.at), desc(pairEvents.id))
		.limit(mostEvents);
	return { ...seen, events: events.reverse() };
}

/** As `readPairIn`, in a transaction of its own. */
export const readPair = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string
): Promise<Pair & { events: PairEvent[] }> => db.asPerson(person.id, (tx) => readPairIn(tx, person, proof, pairId));

export type PairEnd = { endedAs: NonNullable<PairState['endedAs']>; endedAt: Date };

/**
 * Ends a pair for good: the row and the event in one transaction, and the database itself tells whoever holds one of
 * its reflections open. Ending twice keeps the first ending and answers with it.
 * @param reason one of `endings`, or another sentence of at most 500 characters; the coach and a manager read it
 * @param whence from where, for the record that both of them can read
 * @throws Refusal not-found, unproven (a manager), not-allowed (a coach), or rule
 */
export async function endPair(
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	{ endedAs, reason }: { endedAs: PairEnd['endedAs']; reason: string | null },
	whence: Whence | null = null
): Promise<PairEnd> {
	return db.asPerson(person.id, (tx) => endPairIn(tx, person, proof, pairId, { endedAs, reason }, whence));
}

/** As `endPair`, in a transaction that does more. */
export async function endPairIn(
	tx: Tx,
	person: Person,
	proof: Proof | null,
	pairId: string,
	{ endedAs, reason }: { endedAs: PairEnd['endedAs']; reason: string | null },
	whence: Whence | null
): Promise<PairEnd> {
	const why = reason?.trim() || null;
	if (why && why.length > 500) throw new Refusal('rule', 'Please say the reason in at most 500 characters.');
	if (!isId(pairId)) throw notFound('pair');
	// Two people who end the pair at once take turns here; the second one finds it ended and finds no row to lock.
	await tx
		.select({ id: pairs.id })
		.from(pairs)
		.where(and(eq(pairs.id, pairId), ne(pairs.status, 'ended')))
		.for('update');
	const pair = await readPairIn(tx, person, proof, pairId);
	if (pair.endedAs && pair.endedAt) return { endedAs: pair.endedAs, endedAt: pair.endedAt };
	if (!pair.mayEnd)
		throw new Refusal('not-allowed', 'A pair is ended by its teacher, its mentor or their program, not by a coach.');
	if (endedAs === 'completed' && !pair.activeAt)
		throw new Refusal('rule', 'This pair has not begun yet, so there is nothing to complete. Choose another reason.');
	const endedAt = new Date();
	// The event first: the policy lets only those write it who may still end the pair.
	await tx.insert(pairEvents).values({ pairId, kind: 'ended', at: endedAt, byPersonId: person.id, reason: why });
	await tx.update(pairs).set({ status: 'ended', endedAs, endedAt }).where(eq(pairs.id, pairId));
	const about = { pair: pairId, ending: endedAs };
	const event = { kind: 'pair-ended', by: person.id, whence, about } as const;
	await record(tx, { ...event, person: pair.teacher.id }, { ...event, person: pair.mentor.id });
	return { endedAs, endedAt };
}
