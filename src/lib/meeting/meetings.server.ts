/** Meetings of a pair: proposing, answering, confirming, and the words that belong to the two. */
import {
	aliasedTable,
	and,
	asc,
	count,
	desc,
	eq,
	gte,
	inArray,
	isNotNull,
	isNull,
	lte,
	max,
	ne,
	sql
} from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { people } from '#lib/identity/schema.server.ts';
import { type Pair, readPairIn } from '#lib/pairing/pair.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { when } from '#lib/ui/when.ts';
import type { MeetingKind } from './ledger.ts';
import {
	endOf,
	isHeld,
	longestAgreed,
	longestItem,
	longestNotes,
	type Meeting,
	mostItems,
	readWords,
	sayTime
} from './meeting.ts';
import { mayMeet, seesMeetings, wordsOf } from './policy.ts';
import { agendaItems, meetingNotes, meetings } from './schema.server.ts';
import { zoneOf } from './zone.server.ts';

/** A pair meets some forty times in a year; five years of it fit on the page. */
const mostMeetings = 200;
/** Proposals and dates ahead at once: a fortnight of daily ones. */
const mostAhead = 20;
/** Times that the notes of one meeting are saved: somebody who saves each minute of two hours. */
const mostNotes = 200;

const fields = {
	id: meetings.id,
	kind: meetings.kind,
	startsAt: meetings.startsAt,
	minutes: meetings.minutes,
	state: meetings.state,
	inPrep: meetings.inPrep,
	proposedById: meetings.proposedById,
	acceptedAt: meetings.acceptedAt,
	cancelledById: meetings.cancelledById,
	teacherConfirmedAt: meetings.teacherConfirmedAt,
	mentorConfirmedAt: meetings.mentorConfirmedAt,
	sequence: meetings.sequence
};

/** A meeting as it is shown: everything is said here. */
export type MeetingShown = {
	id: string;
	kind: MeetingKind;
	/** "Wed 4 Nov 2026, 3:15 – 4:00 pm", on the clock of the person asking. */
	time: string;
	startsAt: Date;
	minutes: number;
	/**
	 * `proposed`: waits for an answer; `agreed`: to come; `passed`: it is over and not yet confirmed by both; `held`;
	 * `cancelled`.
	 */
	is: 'proposed' | 'agreed' | 'passed' | 'held' | 'cancelled';
	/** Whether the person asking is the one who proposed it. */
	mine: boolean;
	/** Whether the person asking has said that it took place. */
	confirmed: boolean;
	/** What is so, as a sentence. */
	words: string;
	sequence: number;
};

export type AgendaItem = { id: string; words: string; by: string; carriedOver: boolean; done: boolean };
/** `at` is said, on the clock of the person asking. */
export type Notes = { number: number; notes: string; agreed: string; by: string; at: string };

const first = (name: string) => name.split(' ')[0] ?? name;

function shown(meeting: Meeting, pair: Pair, person: Person, zone: string, now: Date): MeetingShown {
	const { state, teacherConfirmedAt, mentorConfirmedAt, startsAt } = meeting;
	const teacher = first(pair.teacher.name);
	const mentor = first(pair.mentor.name);
	const mine = meeting.proposedById === person.id;
	const by = mine ? 'you' : meeting.proposedById === pair.teacher.id ? teacher : mentor;
	const inside = pair.standing === 'teacher' || pair.standing === 'mentor';
	const confirmed = (pair.standing === 'mentor' ? mentorConfirmedAt : teacherConfirmedAt) !== null && inside;
	const missing = [...(teacherConfirmedAt ? [] : [pair.teacher]), ...(mentorConfirmedAt ? [] : [pair.mentor])].map(
		({ id, name }) => (id === person.id ? 'you' : first(name))
	);
	const prep =
		meeting.inPrep && state === 'proposed' ? ' It is in a prep period, so it is an offer and nobody has to.' : '';
	const base = {
		id: meeting.id,
		kind: meeting.kind,
		time: sayTime(meeting, zone),
		startsAt,
		minutes: meeting.minutes,
		mine,
		confirmed,
		sequence: meeting.sequence
	};
	if (state === 'cancelled') {
		const who =
			meeting.cancelledById === null
				? 'it went when the pair ended'
				: `by ${meeting.cancelledById === person.id ? 'you' : meeting.cancelledById === pair.teacher.id ? teacher : mentor}`;
		return { ...base, is: 'cancelled', words: `Cancelled, ${who}.` };
	}
	if (isHeld(meeting, now))
		return { ...base, is: 'held', words: inside ? 'Confirmed by you both.' : 'Confirmed by both.' };
	if (startsAt <= now) return { ...base, is: 'passed', words: `Not yet confirmed by ${missing.join(' and ')}.` };
	return state === 'proposed'
		? { ...base, is: 'proposed', words: `Proposed by ${by}, not answered yet.${prep}` }
		: { ...base, is: 'agreed', words: 'Agreed by both.' };
}

/** A pair whose meetings the person asking may know of. @throws Refusal not-found, or unproven (a manager) */
export async function pairThatMeets(tx: Tx, person: Person, proof: Proof | null, pairId: string): Promise<Pair> {
	// Whatever is not there, a pair or a meeting, is said alike: the sentence does not tell which of the two it was.
	const pair = await readPairIn(tx, person, proof, pairId).catch((error: unknown) => {
		throw error instanceof Refusal && error.reason === 'not-found' ? notFound('meeting') : error;
	});
	if (!seesMeetings(pair.standing)) throw notFound('meeting');
	return pair;
}

const listIn = (tx: Tx, pairId: string): Promise<Meeting[]> =>
	tx
		.select(fields)
		.from(meetings)
		.where(eq(meetings.pairId, pairId))
		.orderBy(desc(meetings.startsAt), desc(meetings.id))
		.limit(mostMeetings);

export type MeetingsOfPair = {
	pair: Pair;
	zone: string;
	words: 'write' | 'read' | 'none';
	mayPropose: boolean;
	/** What is to come, the soonest first. */
	ahead: MeetingShown[];
	/** What is over, the latest first; not what was called off. */
	past: (MeetingShown & { agreed: string | null })[];
	/** What the next one is about; null for whoever may not read the pair's words. */
	agenda: AgendaItem[] | null;
};

/** Meetings of a pair by how the person asking stands to it, in their transaction. @throws Refusal not-found, unproven */
export async function readMeetingsIn(
	tx: Tx,
	person: Person,
	proof: Proof | null,
	pairId: string,
	now: Date
): Promise<MeetingsOfPair> {
	const pair = await pairThatMeets(tx, person, proof, pairId);
	const zone = await zoneOf(tx, person.id, pair.program.timeZone);
	const all = (await listIn(tx, pair.id)).map((meeting) => shown(meeting, pair, person, zone, now));
	const words = wordsOf(pair, pair.standing);
	const past = all.filter(({ is }) => is === 'held' || is === 'passed');
	const agreed = words === 'none' ? new Map<string, string>() : await agreedIn(tx, pair.id);
	return {
		pair,
		zone,
		words,
		mayPropose: words === 'write' && pair.status === 'active',
		ahead: all.filter(({ is }) => is === 'proposed' || is === 'agreed').reverse(),
		past: past.map((one) => ({ ...one, agreed: agreed.get(one.id) ?? null })),
		agenda: words === 'none' ? null : await openItems(tx, pair, person, past[0]?.startsAt ?? null)
	};
}

/** What was agreed, by meeting: the text that holds of each. */
async function agreedIn(tx: Tx, pairId: string): Promise<Map<string, string>> {
	const rows = await tx
		.selectDistinctOn([meetingNotes.meetingId], { meetingId: meetingNotes.meetingId, agreed: meetingNotes.agreed })
		.from(meetingNotes)
		.where(and(eq(meetingNotes.pairId, pairId), eq(meetingNotes.beside, false)))
		.orderBy(meetingNotes.meetingId, desc(meetingNotes.number));
	return new Map(rows.flatMap(({ meetingId, agreed }) => (agreed ? [[meetingId, agreed]] : [])));
}

const adders = aliasedTable(people, 'adders');

/** @param last when the last meeting was: what is older than it was carried over */
async function openItems(tx: Tx, pair: Pair, person: Person, last: Date | null): Promise<AgendaItem[]> {
	const rows = await tx
		.select({
			id: agendaItems.id,
			words: agendaItems.words,
			byId: agendaItems.addedById,
			by: adders.name,
			addedAt: agendaItems.addedAt
		})
		.from(agendaItems)
		.innerJoin(adders, eq(adders.id, agendaItems.addedById))
		.where(and(eq(agendaItems.pairId, pair.id), isNull(agendaItems.doneAt)))
		.orderBy(asc(agendaItems.addedAt), asc(agendaItems.id))
		.limit(mostItems);
	return rows.map(({ id, words, byId, by, addedAt }) => ({
		id,
		words,
		by: byId === person.id ? 'you' : first(by),
		carriedOver: last !== null && addedAt < last,
		done: false
	}));
}

export type MeetingRead = {
	pair: Pair;
	zone: string;
	words: 'write' | 'read';
	meeting: MeetingShown;
	/** Its open lines first, then what was ticked off in it. */
	agenda: AgendaItem[];
	/** The text that holds; null before anything was written. */
	notes: Notes | null;
	/** Texts that were written on an older one, and are not settled. */
	beside: Notes[];
};

/** One meeting with its words: for the two of the pair alone. @throws Refusal not-found, unproven */
export const readMeeting = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	meetingId: string,
	now = new Date()
): Promise<MeetingRead> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await pairThatMeets(tx, person, proof, pairId);
		const words = wordsOf(pair, pair.standing);
		if (words === 'none' || !isId(meetingId)) throw notFound('meeting');
		const zone = await zoneOf(tx, person.id, pair.program.timeZone);
		const all = await listIn(tx, pair.id);
		const found = all.find(({ id }) => id === meetingId);
		if (!found) throw notFound('meeting');
		const meeting = shown(found, pair, person, zone, now);
		const before = all.find(({ startsAt, state }) => startsAt < found.startsAt && state !== 'cancelled');
		const done = await tx
			.select({ id: agendaItems.id, words: agendaItems.words, byId: agendaItems.addedById, by: adders.name })
			.from(agendaItems)
			.innerJoin(adders, eq(adders.id, agendaItems.addedById))
			.where(eq(agendaItems.doneInId, meetingId))
			.orderBy(asc(agendaItems.doneAt), asc(agendaItems.id));
		const texts = await tx
			.select({
				number: meetingNotes.number,
				notes: meetingNotes.notes,
				agreed: meetingNotes.agreed,
				byId: meetingNotes.writtenById,
				by: adders.name,
				at: meetingNotes.writtenAt,
				beside: meetingNotes.beside,
				settledAt: meetingNotes.settledAt
			})
			.from(meetingNotes)
			.innerJoin(adders, eq(adders.id, meetingNotes.writtenById))
			.where(eq(meetingNotes.meetingId, meetingId))
			.orderBy(desc(meetingNotes.number));
		const read = ({ number, notes, agreed, byId, by, at }: (typeof texts)[number]): Notes => ({
			number,
			notes,
			agreed,
			by: byId === person.id ? 'you' : first(by),
			at: when(at, 'time', zone, now)
		});
		const holds = texts.find(({ beside }) => !beside);
		return {
			pair,
			zone,
			words,
			meeting,
			agenda: [
				// What is open is open for the next one; a meeting that is over shows only what was done in it, and what goes on.
				...(await openItems(tx, pair, person, before?.startsAt ?? null)),
				...done.map(({ id, words: line, byId, by }) => ({
					id,
					words: line,
					by: byId === person.id ? 'you' : first(by),
					carriedOver: false,
					done: true
				}))
			],
			notes: holds ? read(holds) : null,
			beside: texts.filter(({ beside, settledAt }) => beside && !settledAt).map(read)
		};
	});

/** What is to come of all pairs of a person, the soonest first; for home and for their feed. */
export async function listAhead(
	tx: Tx,
	person: Person,
	from: Date
): Promise<(Meeting & { pairId: string; teacher: Person; mentor: Person })[]> {
	const teachers = aliasedTable(people, 'teachers');
	const mentors = aliasedTable(people, 'mentors');
	return tx
		.select({
			...fields,
			pairId: meetings.pairId,
			teacher: { id: teachers.id, name: teachers.name, initials: teachers.initials },
			mentor: { id: mentors.id, name: mentors.name, initials: mentors.initials }
		})
		.from(meetings)
		.innerJoin(pairs, eq(pairs.id, meetings.pairId))
		.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
		.innerJoin(mentors, eq(mentors.id, pairs.mentorId))
		.where(
			and(
				sql`${meetings.pairId} = any ((select app.meeting_pair_ids())::uuid[])`,
				gte(meetings.startsAt, from),
				ne(meetings.state, 'cancelled')
			)
		)
		.orderBy(asc(meetings.startsAt), asc(meetings.id))
		.limit(mostMeetings);
}

/** A region of 500 pairs that meet every week of a school year. */
const mostHeld = 20_000;

/** Of these pairs: begun by now, not cancelled, and confirmed by both. */
const heldBy = (pairIds: string[], now: Date) =>
	and(
		inArray(meetings.pairId, pairIds),
		ne(meetings.state, 'cancelled'),
		lte(meetings.startsAt, now),
		isNotNull(meetings.teacherConfirmedAt),
		isNotNull(meetings.mentorConfirmedAt)
	);

/**
 * The meetings that pairs held, newest first. Practice counts too, not only awards.
 * @param tx of somebody who may know of these pairs; of others nothing is found
 */
export async function listHeld(
	tx: Tx,
	pairIds: string[],
	now: Date
): Promise<{ id: string; pairId: string; at: Date }[]> {
	if (pairIds.length === 0) return [];
	return tx
		.select({ id: meetings.id, pairId: meetings.pairId, at: meetings.startsAt })
		.from(meetings)
		.where(heldBy(pairIds, now))
		.orderBy(desc(meetings.startsAt), desc(meetings.id))
		.limit(mostHeld);
}

/** When pairs last met, of those that ever did. */
export async function lastHeld(tx: Tx, pairIds: string[], now: Date): Promise<Map<string, Date>> {
	if (pairIds.length === 0) return new Map();
	const rows = await tx
		.select({ pairId: meetings.pairId, at: max(meetings.startsAt) })
		.from(meetings)
		.where(heldBy(pairIds, now))
		.groupBy(meetings.pairId);
	return new Map(rows.flatMap(({ pairId, at }) => (at ? [[pairId, at]] : [])));
}

/** @throws Refusal not-found, or rule when the two do not meet now */
async function together(tx: Tx, person: Person, pairId: string): Promise<Pair> {
	const pair = await pairThatMeets(tx, person, null, pairId).catch((error: unknown) => {
		// A manager has no meetings here, with or without a passkey.
		throw error instanceof Refusal && error.reason === 'unproven' ? notFound('meeting') : error;
	});
	if (pair.standing === 'coach') throw new Refusal('not-allowed', 'Meetings are agreed by the two of a pair.');
	if (!mayMeet(pair, pair.standing))
		throw new Refusal('rule', 'This pair is not together now, so nothing about its meetings can be changed.');
	return pair;
}

/** Both of the pair who choose a time at one instant take turns, so that no two meetings overlap. */
const inTurn = (tx: Tx, pairId: string) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtext('meetings of'), hashtext(${pairId}))`);

/** The row, locked: two who answer at once take turns. @param seen the sequence that the form was made of */
async function toChange(tx: Tx, pair: Pair, meetingId: unknown, seen: unknown): Promise<Meeting> {
	if (typeof meetingId !== 'string' || !isId(meetingId)) throw notFound('meeting');
	const [meeting] = await tx
		.select(fields)
		.from(meetings)
		.where(and(eq(meetings.id, meetingId), eq(meetings.pairId, pair.id)))
		.for('update');
	if (!meeting) throw notFound('meeting');
	if (String(meeting.sequence) !== seen)
		throw new Refusal(
			'rule',
			'This meeting was changed meanwhile. Here it is as it is now; please look at it again. Nothing of yours was done.'
		);
	return meeting;
}

async function isOf(tx: Tx, pair: Pair, meetingId: string): Promise<boolean> {
	if (!isId(meetingId)) return false;
	const found = await tx
		.select({ id: meetings.id })
		.from(meetings)
		.where(and(eq(meetings.id, meetingId), eq(meetings.pairId, pair.id)));
	return found.length === 1;
}

const next = sql`${meetings.sequence} + 1`;
const mineConfirmed = (pair: Pair, at: Date | null) =>
	pair.standing === 'teacher' ? { teacherConfirmedAt: at } : { mentorConfirmedAt: at };

export type Wish = { kind: MeetingKind; startsAt: Date; minutes: number; inPrep?: boolean };

/**
 * Proposes a meeting, or writes down one that took place: that counts as confirmed by whoever writes it.
 * Asking for the same again is answered with the one there is.
 * @throws Refusal not-found, not-allowed (a coach), or rule
 */
export const proposeMeeting = (
	db: Database,
	person: Person,
	pairId: string,
	{ kind, startsAt, minutes, inPrep = false }: Wish,
	now = new Date()
): Promise<string> =>
	db.asPerson(person.id, async (tx) => {
		await inTurn(tx, pairId);
		const pair = await together(tx, person, pairId);
		const isPast = startsAt <= now;
		if (!isPast && pair.status !== 'active')
			throw new Refusal('rule', 'You are pausing, so nothing new is proposed. When you go on, you can.');
		const others = (await listIn(tx, pair.id)).filter(({ state }) => state !== 'cancelled');
		const same = others.find(
			(one) => one.startsAt.getTime() === startsAt.getTime() && one.minutes === minutes && one.kind === kind
		);
		if (same) return same.id;
		const end = endOf({ startsAt, minutes });
		if (others.some((one) => one.startsAt < end && endOf(one) > startsAt))
			throw new Refusal(
				'rule',
				'The two of you already have a meeting at that time. Please change that one, or choose another time.'
			);
		if (others.filter((one) => one.startsAt > now).length >= mostAhead)
			throw new Refusal('rule', `There are ${mostAhead} meetings ahead already. Please answer or cancel some first.`);
		const id = uuidv7();
		await tx.insert(meetings).values({
			id,
			pairId: pair.id,
			kind,
			startsAt,
			minutes,
			inPrep,
			proposedById: person.id,
			...(isPast ? { state: 'accepted', ...mineConfirmed(pair, now) } : { state: 'proposed' })
		});
		return id;
	});

/** Says yes to what the other proposed. @throws Refusal not-found, not-allowed, or rule */
export const acceptMeeting = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; sequence: unknown },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		const meeting = await toChange(tx, pair, asked.meeting, asked.sequence);
		if (meeting.state !== 'proposed')
			throw new Refusal('rule', 'This meeting does not wait for an answer any more. Nothing has changed.');
		if (meeting.proposedById === person.id)
			throw new Refusal('rule', 'You proposed this time yourself; the other one answers.');
		await tx
			.update(meetings)
			.set({ state: 'accepted', acceptedById: person.id, acceptedAt: now, sequence: next })
			.where(eq(meetings.id, meeting.id));
	});

/** Proposes another time for it; the other one answers. @throws Refusal not-found, not-allowed, or rule */
export const moveMeeting = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; sequence: unknown; startsAt: Date; minutes: number },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		await inTurn(tx, pairId);
		const pair = await together(tx, person, pairId);
		const meeting = await toChange(tx, pair, asked.meeting, asked.sequence);
		if (meeting.state === 'cancelled' || isHeld(meeting, now))
			throw new Refusal('rule', 'This meeting is over, so its time can not be changed any more.');
		const { startsAt, minutes } = asked;
		if (startsAt <= now) throw new Refusal('rule', 'That time is over already. Please choose one to come.');
		const end = endOf({ startsAt, minutes });
		const others = (await listIn(tx, pair.id)).filter(({ id, state }) => state !== 'cancelled' && id !== meeting.id);
		if (others.some((one) => one.startsAt < end && endOf(one) > startsAt))
			throw new Refusal('rule', 'The two of you already have another meeting at that time. Please choose another.');
		await tx
			.update(meetings)
			.set({
				startsAt,
				minutes,
				state: 'proposed',
				inPrep: false,
				proposedById: person.id,
				proposedAt: now,
				acceptedById: null,
				acceptedAt: null,
				teacherConfirmedAt: null,
				mentorConfirmedAt: null,
				sequence: next
			})
			.where(eq(meetings.id, meeting.id));
	});

/** Calls it off, or says that it did not take place. @throws Refusal not-found, not-allowed, or rule */
export const cancelMeeting = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; sequence: unknown },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		const meeting = await toChange(tx, pair, asked.meeting, asked.sequence);
		if (meeting.state === 'cancelled') return;
		if (isHeld(meeting, now))
			throw new Refusal('rule', 'Both of you confirmed this meeting, so it stays. Nothing has changed.');
		await tx
			.update(meetings)
			.set({
				state: 'cancelled',
				cancelledById: person.id,
				cancelledAt: now,
				teacherConfirmedAt: null,
				mentorConfirmedAt: null,
				sequence: next
			})
			.where(eq(meetings.id, meeting.id));
	});

/**
 * Says that it took place, and how long. Another length than the other one confirmed asks them again.
 * @throws Refusal not-found, not-allowed, or rule
 */
export const confirmMeeting = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; sequence: unknown; minutes: number },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		const meeting = await toChange(tx, pair, asked.meeting, asked.sequence);
		if (meeting.state === 'cancelled') throw new Refusal('rule', 'This meeting was cancelled. Nothing has changed.');
		if (meeting.startsAt > now)
			throw new Refusal('rule', 'This meeting has not begun yet, so there is nothing to confirm.');
		if (isHeld(meeting, now)) throw new Refusal('rule', 'Both of you have confirmed this meeting already.');
		const differs = asked.minutes !== meeting.minutes;
		const theirs = pair.standing === 'teacher' ? { mentorConfirmedAt: null } : { teacherConfirmedAt: null };
		await tx
			.update(meetings)
			.set({
				...(differs ? { minutes: asked.minutes, ...theirs } : {}),
				state: 'accepted',
				...mineConfirmed(pair, now),
				sequence: next
			})
			.where(eq(meetings.id, meeting.id));
	});

/**
 * Puts a line on the agenda of the next meeting.
 * @param meetingId the meeting on whose page it was written, if any
 * @throws Refusal not-found, not-allowed, or rule
 */
export const addToAgenda = (
	db: Database,
	person: Person,
	pairId: string,
	said: unknown,
	meetingId: string | null = null
): Promise<string> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		if (meetingId !== null && !(await isOf(tx, pair, meetingId))) throw notFound('meeting');
		const words = readWords(said, longestItem, 'A line of the agenda').replace(/\s+/g, ' ');
		if (!words) throw new Refusal('rule', 'Please say what you want to talk about. Nothing was added.');
		const [open] = await tx
			.select({ items: count() })
			.from(agendaItems)
			.where(and(eq(agendaItems.pairId, pair.id), isNull(agendaItems.doneAt)));
		if ((open?.items ?? 0) >= mostItems)
			throw new Refusal(
				'rule',
				`There are ${mostItems} open lines already. Please tick some off first; this one was not added.`
			);
		const id = uuidv7();
		await tx.insert(agendaItems).values({ id, pairId: pair.id, words, addedById: person.id });
		return id;
	});

/** Ticks a line off in a meeting, or opens it again. @throws Refusal not-found, not-allowed, or rule */
export const tickAgenda = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; item: unknown; done: boolean },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		const { meeting, item } = asked;
		if (typeof item !== 'string' || !isId(item) || typeof meeting !== 'string' || !(await isOf(tx, pair, meeting)))
			throw notFound('meeting');
		const changed = await tx
			.update(agendaItems)
			.set(
				asked.done
					? { doneInId: meeting, doneById: person.id, doneAt: now }
					: { doneInId: null, doneById: null, doneAt: null }
			)
			.where(and(eq(agendaItems.id, item), eq(agendaItems.pairId, pair.id)))
			.returning({ id: agendaItems.id });
		if (changed.length === 0) throw notFound('meeting');
	});

export type Saved = {
	number: number;
	/** Whether the text stands beside a newer one, because it was written on an older one. */
	beside: boolean;
};

/**
 * Keeps the notes of a meeting and what was agreed. Every text that is sent is kept; one that was written on an older text
 * than holds by now replaces nothing and stands beside it, until somebody has put the two together.
 * @param on the number of the text that it was written on, 0 for none
 * @throws Refusal not-found, not-allowed, or rule
 */
export const saveNotes = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; on: unknown; notes: unknown; agreed: unknown },
	now = new Date()
): Promise<Saved> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		if (typeof asked.meeting !== 'string' || !isId(asked.meeting)) throw notFound('meeting');
		// Locked by the meeting: two who save at one instant take turns.
		const [meeting] = await tx
			.select({ id: meetings.id })
			.from(meetings)
			.where(and(eq(meetings.id, asked.meeting), eq(meetings.pairId, pair.id)))
			.for('update');
		if (!meeting) throw notFound('meeting');
		const notes = readWords(asked.notes, longestNotes, 'Notes');
		const agreed = readWords(asked.agreed, longestAgreed, 'What you agreed');
		const texts = await tx
			.select({
				number: meetingNotes.number,
				notes: meetingNotes.notes,
				agreed: meetingNotes.agreed,
				beside: meetingNotes.beside
			})
			.from(meetingNotes)
			.where(eq(meetingNotes.meetingId, meeting.id))
			.orderBy(desc(meetingNotes.number));
		const holds = texts.find((one) => !one.beside);
		if (holds?.notes === notes && holds.agreed === agreed) return { number: holds.number, beside: false };
		if (texts.length >= mostNotes)
			throw new Refusal(
				'rule',
				`The notes of this meeting were saved ${mostNotes} times, which is as often as is kept. Copy your text and write on in those of the next meeting; it is not saved yet.`
			);
		const beside = String(holds?.number ?? 0) !== asked.on;
		const number = (texts[0]?.number ?? 0) + 1;
		await tx.insert(meetingNotes).values({
			meetingId: meeting.id,
			pairId: pair.id,
			number,
			notes,
			agreed,
			writtenById: person.id,
			writtenAt: now,
			beside
		});
		return { number, beside };
	});

/** Says that what stands beside is in the text, or not needed. It stays kept. @throws Refusal not-found, not-allowed, rule */
export const settleNotes = (
	db: Database,
	person: Person,
	pairId: string,
	asked: { meeting: unknown; number: unknown },
	now = new Date()
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await together(tx, person, pairId);
		const { meeting, number } = asked;
		if (typeof meeting !== 'string' || !isId(meeting) || typeof number !== 'string' || !/^\d{1,4}$/.test(number))
			throw notFound('meeting');
		await tx
			.update(meetingNotes)
			.set({ settledAt: now })
			.where(
				and(
					eq(meetingNotes.meetingId, meeting),
					eq(meetingNotes.pairId, pair.id),
					eq(meetingNotes.number, Number(number)),
					eq(meetingNotes.beside, true)
				)
			);
	});
