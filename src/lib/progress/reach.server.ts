/** What a coach writes to a pair: sent, listed for whom it is for, and told by mail. */
import { aliasedTable, and, asc, desc, eq, gte, inArray, isNull, sql } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { people } from '#lib/identity/schema.server.ts';
import { sayTime } from '#lib/meeting/meeting.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import { type Notice, notify } from '#lib/notification/notify.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { sayDaysAgo } from './days.ts';
import { coached } from './marks.server.ts';
import { type Asked, readReach } from './reach.ts';
import type { AddressedTo, ReachKind } from './reach-words.ts';
import { coachMessages } from './schema.server.ts';

/** A coach who writes more often than this in a day does not support any more. */
export const mostADay = 3;
/** The same once more within these minutes is a form that was sent twice, and not a second word. */
const sameForMs = 10 * 60_000;
/** Those that a page shows. */
const mostShown = 10;
const day = 24 * 3600_000;

/** What was written, as whoever reads it sees it. */
export type ReachShown = {
	id: string;
	kind: ReachKind;
	addressedTo: AddressedTo;
	words: string;
	sentAt: Date;
	/** Who wrote it; null when they are gone. */
	by: string | null;
	/** The time that is offered, in the reader's zone; null when none is, or when it is over. */
	slot: { words: string; at: string; minutes: number } | null;
};

const columns = {
	id: coachMessages.id,
	pairId: coachMessages.pairId,
	kind: coachMessages.kind,
	addressedTo: coachMessages.addressedTo,
	words: coachMessages.words,
	startsAt: coachMessages.startsAt,
	minutes: coachMessages.minutes,
	sentAt: coachMessages.sentAt
};

/** What a coach wrote to this pair, newest first, as far as it is the asker's to read. */
export async function listReached(tx: Tx, pairId: string, zone: string, now: Date): Promise<ReachShown[]> {
	const rows = await tx
		.select({ ...columns, by: people.name })
		.from(coachMessages)
		.leftJoin(people, eq(people.id, coachMessages.coachId))
		.where(eq(coachMessages.pairId, pairId))
		.orderBy(desc(coachMessages.sentAt), desc(coachMessages.id))
		.limit(mostShown);
	return rows.map(({ pairId: _, startsAt, minutes, ...row }) => ({
		...row,
		slot:
			startsAt && minutes && startsAt > now
				? { words: sayTime({ startsAt, minutes }, zone), at: startsAt.toISOString(), minutes }
				: null
	}));
}

/** When the asker last wrote to each of these pairs, and to whom. */
export async function lastReached(
	tx: Tx,
	coachId: string,
	pairIds: string[]
): Promise<Map<string, { at: Date; to: AddressedTo }>> {
	if (pairIds.length === 0) return new Map();
	const rows = await tx
		.selectDistinctOn([coachMessages.pairId], {
			pairId: coachMessages.pairId,
			at: coachMessages.sentAt,
			to: coachMessages.addressedTo
		})
		.from(coachMessages)
		.where(and(eq(coachMessages.coachId, coachId), inArray(coachMessages.pairId, pairIds)))
		.orderBy(asc(coachMessages.pairId), desc(coachMessages.sentAt));
	return new Map(rows.map(({ pairId, at, to }) => [pairId, { at, to }]));
}

/** Who looks after these pairs and wrote to the asker since a moment, and when last, by pair. */
export async function listReachedSince(tx: Tx, pairIds: string[], since: Date) {
	if (pairIds.length === 0) return new Map<string, { by: string | null; at: Date }>();
	const rows = await tx
		.selectDistinctOn([coachMessages.pairId], {
			pairId: coachMessages.pairId,
			at: coachMessages.sentAt,
			by: people.name
		})
		.from(coachMessages)
		.leftJoin(people, eq(people.id, coachMessages.coachId))
		.where(and(inArray(coachMessages.pairId, pairIds), gte(coachMessages.sentAt, since)))
		.orderBy(asc(coachMessages.pairId), desc(coachMessages.sentAt));
	return new Map(rows.map(({ pairId, by, at }) => [pairId, { by, at }]));
}

export type Reaching = {
	pair: { id: string; teacher: string; mentor: string };
	/** The coach's own zone. */
	zone: string;
	sent: ReachShown[];
};

/** What the page needs on which a coach writes. @throws Refusal not-found for everybody but the coach of the pair */
export const readReaching = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	now: Date
): Promise<Reaching> =>
	db.asPerson(person.id, async (tx) => {
		const { id, teacher, mentor, program } = await coached(tx, person, proof, pairId);
		const zone = await zoneOf(tx, person.id, program.timeZone);
		return {
			pair: { id, teacher: teacher.name, mentor: mentor.name },
			zone,
			sent: await listReached(tx, id, zone, now)
		};
	});

/** Sends what a coach wrote, the same sent twice once; mails about it leave soon after. @throws Refusal not-found, or rule with what is wrong */
export const reachOut = (
	db: Database,
	person: Person,
	proof: Proof | null,
	pairId: string,
	asked: Asked,
	now: Date
): Promise<{ id: string }> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await coached(tx, person, proof, pairId);
		const reach = readReach(asked, await zoneOf(tx, person.id, pair.program.timeZone), now);
		// Two windows that send at once take turns, so that the second sees what the first said.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('words to'), hashtext(${pair.id}))`);
		const today = await tx
			.select(columns)
			.from(coachMessages)
			.where(
				and(
					eq(coachMessages.pairId, pair.id),
					eq(coachMessages.coachId, person.id),
					gte(coachMessages.sentAt, new Date(now.getTime() - day))
				)
			)
			.limit(mostADay);
		const same = today.find(
			(one) =>
				one.kind === reach.kind &&
				one.addressedTo === reach.addressedTo &&
				one.words === reach.words &&
				one.startsAt?.getTime() === reach.startsAt?.getTime() &&
				one.minutes === reach.minutes &&
				now.getTime() - one.sentAt.getTime() < sameForMs
		);
		if (same) return { id: same.id };
		if (today.length >= mostADay)
			throw new Refusal(
				'rule',
				`You wrote to this pair ${mostADay} times within a day. Please let it rest until tomorrow. Nothing was sent.`
			);
		const [sent] = await tx
			.insert(coachMessages)
			.values({ pairId: pair.id, coachId: person.id, sentAt: now, ...reach })
			.returning({ id: coachMessages.id });
		return sent!;
	});

const atOnce = 50;

/** What reading and muting go by. */
export const aboutReached = (pairId: string) => `coach:${pairId}`;

/**
 * Tells of what coaches wrote, and notes that it is told, in one transaction: a crash loses none and tells none twice. Who
 * wrote is named, and where it stands; the words stay there.
 * @returns how many were told
 */
export const tellReached = (db: Database, now = new Date()): Promise<number> =>
	db.asService(async (tx) => {
		const coaches = aliasedTable(people, 'coaches');
		const due = await tx
			.select({
				id: coachMessages.id,
				kind: coachMessages.kind,
				to: coachMessages.addressedTo,
				at: coachMessages.sentAt,
				by: coaches.name,
				pairId: pairs.id,
				status: pairs.status,
				teacherId: pairs.teacherId,
				mentorId: pairs.mentorId
			})
			.from(coachMessages)
			.innerJoin(pairs, eq(pairs.id, coachMessages.pairId))
			.innerJoin(coaches, eq(coaches.id, coachMessages.coachId))
			.where(isNull(coachMessages.toldAt))
			.orderBy(asc(coachMessages.sentAt))
			.limit(atOnce)
			.for('update', { of: coachMessages, skipLocked: true });
		if (due.length === 0) return 0;
		const notices = due.flatMap(({ id, to, at, teacherId, mentorId, pairId, status, by, kind }) => {
			// Whoever may not read it any more is not told of it either.
			const readers = [to === 'mentor' ? [] : teacherId, to === 'teacher' || status === 'ended' ? [] : mentorId].flat();
			return readers.map((personId): Notice => ({
				personId,
				kind: 'reached',
				key: `reached:${id}`,
				about: aboutReached(pairId),
				within: [`pair:${pairId}`],
				title:
					kind === 'slot'
						? `${by}, who looks after your pair, offers a time`
						: `${by}, who looks after your pair, wrote to you`,
				place: `your pair from ${by}`,
				href: `/pairs/${pairId}#coach`,
				at
			}));
		});
		const told = await notify(tx, notices, now);
		for (const { id } of due) await tx.update(coachMessages).set({ toldAt: now }).where(eq(coachMessages.id, id));
		return told;
	});

/** "You wrote to both yesterday", for the board. */
export const reachedWords = (
	{ at, to }: { at: Date; to: AddressedTo },
	names: { teacher: string; mentor: string },
	zone: string,
	now: Date
): string => `You wrote to ${to === 'both' ? 'both' : names[to]} ${sayDaysAgo(at, now, zone)}`;
