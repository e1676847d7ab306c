/** Pausing and going on: a teacher's own acts, each a row with when. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import { notFound } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { inside } from './enrollment.server.ts';
import { type Pause, readPauseReason } from './pausing.ts';
import { enrollments, pauseReasons, pauses } from './schema.server.ts';

export type PauseKnown = Pause & {
	enrollmentId: string;
	/** Why, for the two of the pair; null for everybody else, and where nothing was said. */
	reason: string | null;
};

/** Nobody rests more often in a program; the newest say what is so now. */
const mostPauses = 1000;

/** The pauses of these enrollments that the person asking may see, oldest first, by enrollment. */
export async function readPauses(tx: Tx, enrollmentIds: string[]): Promise<Map<string, PauseKnown[]>> {
	const found = new Map<string, PauseKnown[]>();
	if (enrollmentIds.length === 0) return found;
	const rows = await tx
		.select({
			enrollmentId: pauses.enrollmentId,
			microcredentialId: pauses.microcredentialId,
			pausedAt: pauses.pausedAt,
			resumedAt: pauses.resumedAt,
			// Row policies leave it empty for a coach.
			reason: pauseReasons.words
		})
		.from(pauses)
		.leftJoin(pauseReasons, eq(pauseReasons.pauseId, pauses.id))
		.where(inArray(pauses.enrollmentId, enrollmentIds))
		.orderBy(asc(pauses.pausedAt), asc(pauses.id))
		.limit(mostPauses * enrollmentIds.length);
	for (const row of rows) {
		const known = found.get(row.enrollmentId);
		if (known) known.push(row);
		else found.set(row.enrollmentId, [row]);
	}
	return found;
}

type Asked = {
	enrollmentId: string;
	/** Null: everything in the program. */
	microcredentialId: string | null;
};

/** One's own place in a program, while one is inside. @throws Refusal not-found */
async function ownPlace(tx: Tx, person: Person, { enrollmentId, microcredentialId }: Asked) {
	const [place] = isId(enrollmentId)
		? await tx
				.select({ id: enrollments.id, programId: enrollments.programId, stack: enrollments.stackVersionId })
				.from(enrollments)
				.where(
					and(
						eq(enrollments.id, enrollmentId),
						eq(enrollments.personId, person.id),
						inArray(enrollments.status, [...inside])
					)
				)
		: [];
	if (!place) throw notFound('place');
	if (microcredentialId !== null && !isId(microcredentialId)) throw notFound('microcredential');
	return place;
}

const thatRests = ({ enrollmentId, microcredentialId }: Asked) =>
	and(
		eq(pauses.enrollmentId, enrollmentId),
		microcredentialId === null ? isNull(pauses.microcredentialId) : eq(pauses.microcredentialId, microcredentialId),
		isNull(pauses.resumedAt)
	);

/**
 * Rests from now on. Asking twice changes nothing.
 * @param reason in the teacher's words, for the two of the pair; empty: they keep it to themselves
 * @throws Refusal not-found when it is not one's own place or not of one's stack, rule when the reason is too long
 */
export const pauseWork = (
	db: Database,
	person: Person,
	asked: Asked & { reason: unknown },
	whence: Whence | null
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const words = readPauseReason(asked.reason);
		const place = await ownPlace(tx, person, asked);
		if (asked.microcredentialId !== null && !(await isInStack(tx, place.stack, asked.microcredentialId)))
			throw notFound('microcredential');
		const id = uuidv7();
		const [made] = await tx
			.insert(pauses)
			.values({
				id,
				enrollmentId: place.id,
				personId: person.id,
				microcredentialId: asked.microcredentialId
			})
			// It rests already, by this click or the one before.
			.onConflictDoNothing()
			.returning({ id: pauses.id });
		if (!made) return;
		if (words)
			await tx.insert(pauseReasons).values({ pauseId: id, enrollmentId: place.id, personId: person.id, words });
		await record(tx, {
			kind: 'work-paused',
			person: person.id,
			by: person.id,
			whence,
			about: { program: place.programId, microcredential: asked.microcredentialId }
		});
	});

/** Goes on from now on. Asking twice changes nothing. @throws Refusal not-found */
export const resumeWork = (db: Database, person: Person, asked: Asked, whence: Whence | null): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const place = await ownPlace(tx, person, asked);
		const gone = await tx
			.update(pauses)
			// By the database's clock, which dated the pause.
			.set({ resumedAt: sql`now()` })
			.where(thatRests({ ...asked, enrollmentId: place.id }))
			.returning({ id: pauses.id });
		if (gone.length === 0) return;
		await record(tx, {
			kind: 'work-resumed',
			person: person.id,
			by: person.id,
			whence,
			about: { program: place.programId, microcredential: asked.microcredentialId }
		});
	});

async function isInStack(tx: Tx, stackVersionId: string, microcredentialId: string): Promise<boolean> {
	const offers = await readStackOffers(tx, [stackVersionId]);
	const offer = offers.get(stackVersionId);
	return [...(offer?.microcredentialOf.values() ?? [])].includes(microcredentialId);
}
