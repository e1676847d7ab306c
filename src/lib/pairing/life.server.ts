/** What can be done to a pair from its proposal on: each act is one verb, one event and one transaction. */
import { and, asc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { AuditKind, Whence } from '#lib/audit/event.ts';
import { microcredentials } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { type Acting, programToChange } from '#lib/program/managing.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { lifeRefusal } from './capacity.server.ts';
import { endingOf } from './endings.ts';
import { acceptedBy, declines, longestOverride, openAsk, pauses, picked } from './life.ts';
import { endPairIn, type Pair, type PairEvent, readPairIn } from './pair.server.ts';
import { type Act, mayDo } from './policy.ts';
import { readReadiness } from './readiness.server.ts';
import { pairEvents, pairs } from './schema.server.ts';

/** In one transaction as this person; what the database holds about pairs comes back as a sentence. */
const inLife = <T>(db: Database, person: Person, work: (tx: Tx) => Promise<T>): Promise<T> =>
	db.asPerson(person.id, work).catch((error: unknown) => {
		throw (error instanceof Refusal ? null : lifeRefusal(sqlStateOf(error))) ?? error;
	});

export type Proposal = {
	teacherId: string;
	mentorId: string;
	/** Why these two, in words of ours; everybody who may see the pair reads them. */
	why: string | null;
	/** The microcredential that the teacher begins with, where that is known: the mentor has to be ready for it. */
	beginsWithId: string | null;
	/** Why a mentor who is not known to be ready is proposed all the same. */
	override: string | null;
};

/** Reads a reason to override. @throws Refusal rule */
export function readOverride(typed: unknown): string | null {
	const reason = typeof typed === 'string' ? typed.trim() : '';
	if (reason.length > longestOverride)
		throw new Refusal('rule', `Please say why in at most ${longestOverride} letters. Nothing has changed.`);
	return reason || null;
}

/**
 * Proposes pairs, all or none. In the order of mentors, so that two who propose at once wait for each other in one row.
 * @throws Refusal rule: no place, not of the program, has a mentor already, or not ready without a reason
 */
export async function proposeIn(tx: Tx, by: Acting, programId: string, proposals: Proposal[]): Promise<string[]> {
	const readiness = await readReadiness(tx, programId);
	const teacherIds = proposals.map(({ teacherId }) => teacherId);
	const cohortOf = new Map<string, string | null>();
	const beforeOf = new Map<string, string>();
	for (let i = 0; i < teacherIds.length; i += 1000) {
		const some = teacherIds.slice(i, i + 1000);
		for (const row of await tx
			.select({ personId: enrollments.personId, cohortId: enrollments.cohortId })
			.from(enrollments)
			.where(and(eq(enrollments.programId, programId), inArray(enrollments.personId, some))))
			cohortOf.set(row.personId, row.cohortId);
		// A match anew follows the one before, whoever ended that.
		for (const row of await tx
			.select({ id: pairs.id, teacherId: pairs.teacherId })
			.from(pairs)
			.where(
				and(
					eq(pairs.programId, programId),
					inArray(pairs.teacherId, some),
					eq(pairs.status, 'ended'),
					isNotNull(pairs.activeAt)
				)
			)
			.orderBy(asc(pairs.endedAt), asc(pairs.id)))
			beforeOf.set(row.teacherId, row.id);
	}
	const made = proposals
		.map((proposal) => ({ id: uuidv7(), proposal }))
		.sort((a, b) =>
			a.proposal.mentorId < b.proposal.mentorId ? -1 : a.proposal.mentorId > b.proposal.mentorId ? 1 : 0
		);
	for (const { proposal } of made)
		if (proposal.beginsWithId && !proposal.override && !readiness.of(proposal.mentorId, proposal.beginsWithId).ready)
			throw new Refusal(
				'rule',
				`This mentor ${readiness.of(proposal.mentorId, proposal.beginsWithId).words}. Nothing was proposed. Please choose another, or say why they are the right one all the same.`
			);
	for (let i = 0; i < made.length; i += 500) {
		const some = made.slice(i, i + 500);
		await tx.insert(pairs).values(
			some.map(({ id, proposal }) => ({
				id,
				programId,
				cohortId: cohortOf.get(proposal.teacherId) ?? null,
				teacherId: proposal.teacherId,
				mentorId: proposal.mentorId,
				status: 'proposed' as const,
				followsId: beforeOf.get(proposal.teacherId) ?? null,
				beginsWithId: proposal.beginsWithId
			}))
		);
		const events = some.flatMap(({ id, proposal }) => [
			{ pairId: id, kind: 'proposed' as const, byPersonId: by.person.id, reason: proposal.why },
			...(proposal.override && proposal.beginsWithId && !readiness.of(proposal.mentorId, proposal.beginsWithId).ready
				? [{ pairId: id, kind: 'overridden' as const, byPersonId: by.person.id, reason: proposal.override }]
				: [])
		]);
		await tx.insert(pairEvents).values(events);
		const event = { kind: 'pair-proposed', by: by.person.id, whence: by.whence } as const;
		await record(
			tx,
			...some.flatMap(({ id, proposal }) => [
				{ ...event, person: proposal.teacherId, about: { pair: id } },
				{ ...event, person: proposal.mentorId, about: { pair: id } }
			])
		);
	}
	return made.map(({ id }) => id);
}

/**
 * Proposes a pair; both are asked, and a place of the mentor is held for it.
 * @throws Refusal not-found, unproven, rule
 */
export const proposePair = (
	db: Database,
	by: Acting,
	programId: string,
	asked: { teacherId: string; mentorId: string; beginsWithId: string | null; override: unknown }
): Promise<{ pairId: string }> =>
	inLife(db, by.person, async (tx) => {
		const program = await programToChange(tx, by, programId);
		const [pairId] = await proposeIn(tx, by, program.id, [await readProposal(tx, asked)]);
		return { pairId: pairId! };
	});

async function readProposal(
	tx: Tx,
	asked: { teacherId: string; mentorId: string; beginsWithId: string | null; override: unknown }
): Promise<Proposal> {
	if (!isId(asked.teacherId)) throw new Refusal('rule', 'Please choose the teacher. Nothing was proposed.');
	if (!isId(asked.mentorId)) throw new Refusal('rule', 'Please choose the mentor. Nothing was proposed.');
	if (asked.teacherId === asked.mentorId)
		throw new Refusal('rule', 'Nobody is their own mentor. Nothing was proposed.');
	const [begins] = isId(asked.beginsWithId ?? '')
		? await tx
				.select({ id: microcredentials.id })
				.from(microcredentials)
				.where(eq(microcredentials.id, asked.beginsWithId!))
		: [];
	const override = readOverride(asked.override);
	return {
		teacherId: asked.teacherId,
		mentorId: asked.mentorId,
		why: null,
		beginsWithId: begins?.id ?? null,
		override
	};
}

type Known = Pair & { events: PairEvent[] };

/** A pair of one's own, when it is one's turn, for something that the two do. */
async function turn(tx: Tx, person: Person, pairId: string, act: Act): Promise<Known> {
	if (!isId(pairId)) throw notFound('pair');
	await tx
		.select({ id: pairs.id })
		.from(pairs)
		.where(and(eq(pairs.id, pairId), ne(pairs.status, 'ended')))
		.for('update');
	const pair = await readPairIn(tx, person, null, pairId).catch((error: unknown) => {
		// A manager without a passkey is told what everybody is told who is none of the two.
		throw error instanceof Refusal && error.reason === 'unproven' ? notOfTwo() : error;
	});
	if (pair.standing !== 'teacher' && pair.standing !== 'mentor') throw notOfTwo();
	if (!mayDo(act, pair, pair.standing))
		throw new Refusal(
			'rule',
			'The pair stands elsewhere by now, so nothing has changed. Please look at the page again.'
		);
	return pair;
}
const notOfTwo = () =>
	new Refusal('not-allowed', 'Only the two of a pair accept, decline, begin, pause and go on. Nothing has changed.');

async function note(
	tx: Tx,
	pair: Known,
	person: Person,
	kind: PairEvent['kind'],
	audit: AuditKind,
	whence: Whence | null,
	reason: string | null = null
): Promise<void> {
	await tx.insert(pairEvents).values({ pairId: pair.id, kind, at: new Date(), byPersonId: person.id, reason });
	const event = { kind: audit, by: person.id, whence, about: { pair: pair.id } } as const;
	await record(tx, { ...event, person: pair.teacher.id }, { ...event, person: pair.mentor.id });
}

/**
 * Accepts a proposal. Who is second makes the pair accepted, when the mentor has a place for it. Twice is once.
 * @throws Refusal not-found, not-allowed, rule (no place left)
 */
export const acceptPair = (db: Database, person: Person, pairId: string, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<{ both: boolean }> => {
		const pair = await turn(tx, person, pairId, 'accept');
		const accepted = new Set(acceptedBy(pair.events));
		if (pair.status === 'accepted') return { both: true };
		if (!accepted.has(person.id)) {
			await note(tx, pair, person, 'accepted', 'pair-accepted', whence);
			accepted.add(person.id);
		}
		const both = accepted.has(pair.teacher.id) && accepted.has(pair.mentor.id);
		if (both) await tx.update(pairs).set({ status: 'accepted' }).where(eq(pairs.id, pairId));
		return { both };
	});

/**
 * Declines a proposal, or what both accepted and has not begun; the place is free again. That says nothing about anybody.
 * @throws Refusal not-found, not-allowed, rule
 */
export const declinePair = (db: Database, person: Person, pairId: string, key: unknown, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<void> => {
		const reason = picked(declines, key);
		if (!reason) throw new Refusal('rule', 'Please choose what fits best. Nothing has changed yet.');
		const pair = await turn(tx, person, pairId, 'decline');
		await note(tx, pair, person, 'declined', 'pair-declined', whence, reason.words);
		await tx
			.update(pairs)
			.set({ status: 'ended', endedAs: 'withdrawn', endedAt: new Date() })
			.where(eq(pairs.id, pairId));
	});

/** Begins what both accepted. @throws Refusal not-found, not-allowed, rule */
export const beginPair = (db: Database, person: Person, pairId: string, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<void> => {
		const pair = await turn(tx, person, pairId, 'begin');
		if (pair.status === 'active') return; // the other one was a moment earlier
		await note(tx, pair, person, 'started', 'pair-begun', whence);
		await tx.update(pairs).set({ status: 'active', activeAt: new Date() }).where(eq(pairs.id, pairId));
	});

/**
 * Asks the other to pause, or to go on. If the other has asked the same, that is the agreement.
 * @throws Refusal not-found, not-allowed, rule
 */
export const askPause = (db: Database, person: Person, pairId: string, key: unknown, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<void> => {
		const reason = picked(pauses, key);
		if (!reason) throw new Refusal('rule', 'Please choose what fits best. Nothing has changed yet.');
		const pair = await turn(tx, person, pairId, 'pause');
		const ask = openAsk(pair.events);
		if (ask?.what === 'pause') return ask.byId === person.id ? undefined : agree(tx, pair, person, whence);
		await note(tx, pair, person, 'pause-asked', 'pause-asked', whence, reason.words);
	});

/** @throws Refusal not-found, not-allowed, rule */
export const askToGoOn = (db: Database, person: Person, pairId: string, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<void> => {
		const pair = await turn(tx, person, pairId, 'resume');
		const ask = openAsk(pair.events);
		if (ask?.what === 'resume') return ask.byId === person.id ? undefined : agree(tx, pair, person, whence);
		await note(tx, pair, person, 'resume-asked', 'resume-asked', whence);
	});

/**
 * Answers what the other asked: yes pauses or goes on, no leaves everything as it is. Whoever asked may take it back by a no.
 * @throws Refusal not-found, not-allowed, rule
 */
export const answerAsk = (db: Database, person: Person, pairId: string, yes: boolean, whence: Whence | null = null) =>
	inLife(db, person, async (tx): Promise<void> => {
		const pair = await turn(tx, person, pairId, 'answer');
		const ask = openAsk(pair.events);
		if (!ask) throw new Refusal('rule', 'Nothing is asked any more, so nothing has changed.');
		if (!yes) return note(tx, pair, person, 'not-now', 'pause-answered', whence);
		if (ask.byId === person.id)
			throw new Refusal('rule', 'You asked this yourself; the other one answers. Nothing has changed.');
		await agree(tx, pair, person, whence);
	});

async function agree(tx: Tx, pair: Known, person: Person, whence: Whence | null): Promise<void> {
	const ask = openAsk(pair.events)!;
	const paused = ask.what === 'pause';
	await note(
		tx,
		pair,
		person,
		paused ? 'paused' : 'resumed',
		paused ? 'pair-paused' : 'pair-resumed',
		whence,
		ask.reason
	);
	await tx
		.update(pairs)
		.set({ status: paused ? 'paused' : 'active' })
		.where(eq(pairs.id, pair.id));
}

/**
 * Matches a teacher anew in one step: the pair ends as rematched, its mentor's access with it, and the next is proposed. What
 * the new mentor may see of the old pair is for the teacher to choose, and nothing until then.
 * @throws Refusal not-found, unproven, not-allowed (the two: they end the pair, and the program proposes), rule
 */
export const rematch = (
	db: Database,
	by: Acting,
	pairId: string,
	asked: { mentorId: string; reason: unknown; override: unknown }
): Promise<{ pairId: string }> =>
	inLife(db, by.person, async (tx) => {
		const ending = endingOf(asked.reason);
		if (ending?.endedAs !== 'rematched')
			throw new Refusal('rule', 'Please choose what fits best. Nothing has changed yet.');
		const old = await readPairIn(tx, by.person, by.proof, pairId);
		const [row] = await tx
			.select({ programId: pairs.programId, beginsWithId: pairs.beginsWithId })
			.from(pairs)
			.where(and(eq(pairs.id, pairId), sql`${pairs.programId} = any ((select app.managed_program_ids())::uuid[])`));
		if (!row)
			throw new Refusal('not-allowed', 'A new mentor is proposed by whoever manages the program. Nothing has changed.');
		const program = await programToChange(tx, by, row.programId);
		if (old.status === 'ended')
			throw new Refusal(
				'rule',
				'This pair has ended already. Nothing has changed; please propose a new mentor from the page of the program’s mentors.'
			);
		if (asked.mentorId === old.mentor.id)
			throw new Refusal('rule', 'That is the mentor they have now. Nothing has changed; please choose another one.');
		const proposal = await readProposal(tx, {
			teacherId: old.teacher.id,
			mentorId: asked.mentorId,
			beginsWithId: row.beginsWithId,
			override: asked.override
		});
		await endPairIn(tx, by.person, by.proof, pairId, { endedAs: 'rematched', reason: ending.words }, by.whence);
		const [next] = await proposeIn(tx, by, program.id, [proposal]);
		return { pairId: next! };
	});

/**
 * One step of the two with their pair, as a form sends it.
 * @param step accept, decline, begin, pause, resume, agree or not-now
 * @param reason the key of a reason to decline or to pause
 * @throws Refusal not-found, not-allowed, rule
 */
export async function takeStep(
	db: Database,
	person: Person,
	pairId: string,
	{ step, reason }: { step: unknown; reason: unknown },
	whence: Whence | null = null
): Promise<void> {
	switch (step) {
		case 'accept':
			await acceptPair(db, person, pairId, whence);
			return;
		case 'decline':
			return declinePair(db, person, pairId, reason, whence);
		case 'begin':
			return beginPair(db, person, pairId, whence);
		case 'pause':
			return askPause(db, person, pairId, reason, whence);
		case 'resume':
			return askToGoOn(db, person, pairId, whence);
		case 'agree':
		case 'not-now':
			return answerAsk(db, person, pairId, step === 'agree', whence);
		default:
			throw new Refusal('rule', 'Please choose what to do. Nothing has changed.');
	}
}
