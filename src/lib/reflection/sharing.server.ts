/** Who can see a reflection, and the teacher who decides it: sharing it with the mentor, and taking it back. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Whence } from '#lib/audit/event.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { readPairIn } from '#lib/pairing/pair.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type Frozen, listFrozen, listOffRange, type OffRange } from './freeze.server.ts';
import { listChoices, listPassages, type Passage, type PassageChoice, withdrawAll } from './passages.server.ts';
import { mayFreeze, mayShare, mayShow } from './policy.ts';
import { readHead, type ReflectionHead } from './reflection.server.ts';
import { decidedBy, hasMentorWritten, recordForTwo, standingIn } from './rights.server.ts';
import { reflectionSharings } from './schema.server.ts';
import { howItWent, type Happened, whyNotTakenBack } from './sharing.ts';

export type Sharing = {
	reflection: ReflectionHead;
	/** What the person asking is in the pair. */
	standing: 'teacher' | 'mentor';
	coach: Person | null;
	happened: Happened[];
	mayShare: boolean;
	/** Why it can't be taken back; null when it can, or when there is nothing to take back or nobody to ask. */
	whyNotTakenBack: string | null;
	mayTakeBack: boolean;
	/** Whether somebody else than the teacher wrote in it, or nobody knows who. */
	mentorWrote: boolean;
	/** What is shown to the coach now, and what was. */
	passages: Passage[];
	/** What may be shown; null for whoever may not, or may not now. */
	choices: PassageChoice[] | null;
	frozen: Frozen[];
	mayFreeze: boolean;
	/** Parts that are longer than was asked for, said to whoever may freeze. */
	offRange: OffRange[];
};

/** Shared and taken back more often than anybody changes their mind. */
const mostSpans = 100;

/**
 * Everything that the page says of who can see a reflection.
 * @throws Refusal not-found
 */
export const readSharing = (db: Database, person: Person, id: string): Promise<Sharing> =>
	db.asPerson(person.id, async (tx) => {
		const reflection = await readHead(tx, person, id);
		const { pair, shared, begunBy } = reflection;
		const standing = standingIn(reflection, person);
		const { coach } = await readPairIn(tx, person, null, pair.id);
		const spans = await tx
			.select()
			.from(reflectionSharings)
			.where(eq(reflectionSharings.reflectionId, id))
			.orderBy(asc(reflectionSharings.sharedAt), asc(reflectionSharings.id))
			.limit(mostSpans);
		const frozen = await listFrozen(tx, id);
		const names = { teacher: pair.teacher.name, mentor: pair.mentor.name };
		const whyNot =
			standing === 'teacher' && shared
				? whyNotTakenBack(pair, { shared, begunBy, frozen: frozen.length > 0 }, names)
				: null;
		const mentorWrote = await hasMentorWritten(tx, reflection);
		return {
			reflection,
			standing,
			coach,
			happened: howItWent(
				reflection,
				spans.map(({ sharedAt, sharedBy, takenBackAt }) => ({
					sharedAt,
					sharedBy: sharedBy === pair.mentor.id ? ('mentor' as const) : ('teacher' as const),
					takenBackAt
				})),
				names
			),
			mayShare: !shared && mayShare(pair, standing),
			whyNotTakenBack: whyNot,
			mayTakeBack: standing === 'teacher' && shared && whyNot === null,
			mentorWrote,
			passages: await listPassages(tx, id),
			choices: coach && mayShow(pair, standing, { shared, mentorWrote }) ? await listChoices(tx, id) : null,
			frozen,
			mayFreeze: mayFreeze(pair, standing),
			offRange: mayFreeze(pair, standing) ? await listOffRange(tx, id) : []
		};
	});

/**
 * Lets the mentor in: from this moment they read it, and write while the pair does. Sharing what is shared changes nothing.
 * @throws Refusal not-found, not-allowed (a mentor), rule (a pair that is over)
 */
export const shareReflection = (
	db: Database,
	person: Person,
	id: string,
	whence: Whence | null = null
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const reflection = await decidedBy(tx, person, id);
		if (reflection.shared) return;
		if (!mayShare(reflection.pair, 'teacher'))
			throw new Refusal('rule', 'The pair has ended, so there is nobody to share this with. It stays yours to read.');
		await tx.insert(reflectionSharings).values({ reflectionId: id, sharedBy: person.id });
		await recordForTwo(tx, reflection, { kind: 'reflection-shared', by: person.id, whence });
	});

/**
 * Takes a reflection back from the mentor, who is out at once; what they wrote stays in it. What the coach was shown of it
 * goes too where the mentor wrote in it, because they could no longer withdraw it.
 * @throws Refusal not-found, not-allowed (a mentor), rule (begun by the mentor, frozen, or a pair that is over)
 */
export const takeBackReflection = (
	db: Database,
	person: Person,
	id: string,
	whence: Whence | null = null
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const reflection = await decidedBy(tx, person, id);
		if (!reflection.shared) return;
		const { pair, shared, begunBy } = reflection;
		const frozen = (await listFrozen(tx, id)).length > 0;
		const names = { teacher: pair.teacher.name, mentor: pair.mentor.name };
		const why = whyNotTakenBack(pair, { shared, begunBy, frozen }, names);
		if (why) throw new Refusal('rule', `This stays shared. ${why}`);
		if (await hasMentorWritten(tx, reflection)) await withdrawAll(tx, reflection, person, whence);
		await tx
			.update(reflectionSharings)
			.set({ takenBackBy: person.id, takenBackAt: sql`clock_timestamp()` })
			.where(and(eq(reflectionSharings.reflectionId, id), isNull(reflectionSharings.takenBackAt)));
		await recordForTwo(tx, reflection, { kind: 'reflection-taken-back', by: person.id, whence });
	});
