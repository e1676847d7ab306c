/** Check-ins of a pair: sent and corrected by its teacher, read by the two, and what of them the coach sees taken back. */
import { and, desc, eq, or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { dayIn } from '#lib/pairing/day.ts';
import { type Pair, readPairIn } from '#lib/pairing/pair.server.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { dayInWords } from '#lib/ui/day-in-words.ts';
import {
	type Asked,
	changesOf,
	type Competency,
	type Going,
	goingWords,
	isSame,
	type Level,
	readCheckIn,
	saidBefore,
	type Shows
} from './checkin.ts';
import { mayCheckIn, readsCheckIns } from './policy.ts';
import { checkIns, checkInSignals } from './schema.server.ts';

/** A school year has some 180 days. */
const mostRead = 200;
/** Those that the page shows: a year of one a week. */
const mostShown = 60;
/** A stack names a dozen; with stacks inside it some more. */
const mostCompetencies = 30;

export type CheckInShown = {
	id: string;
	/** "2 November 2026". */
	day: string;
	going: string;
	stuck: string | null;
	/** What changed in the teacher's confidence since it was said last. */
	changes: string[];
	/** What the coach may see of it. */
	shows: Shows;
	/** Whether the teacher can take that back. */
	mayTakeBack: boolean;
};

/** What the form begins with: what was sent today, or else what was said last of each competency. */
export type Form = {
	/** Of this very form: sending it twice is one check-in. */
	id: string;
	/** The revision of today's that it was made of; 0 before the first. */
	on: number;
	going: Going | null;
	stuck: string;
	shows: Shows;
	/** Those in work or spoken of before first. */
	competencies: (Competency & { level: Level | null; first: boolean })[];
};

export type CheckInsOfPair = {
	pair: Pick<Pair, 'id' | 'status' | 'standing' | 'teacher' | 'mentor'> & { coach: string | null };
	/** Null for whoever sends none: the mentor, and both when the pair has ended. */
	form: Form | null;
	/** Newest first. */
	all: CheckInShown[];
	/** Whether there are older ones than are shown. */
	more: boolean;
};

/** @throws Refusal not-found for everybody but the two who may read it */
async function pairOfTwo(tx: Tx, person: Person, pairId: string): Promise<Pair> {
	// A manager has no check-ins here, with or without a passkey.
	const pair = await readPairIn(tx, person, null, pairId).catch((error: unknown) => {
		throw error instanceof Refusal ? notFound('check-in') : error;
	});
	if (!readsCheckIns(pair, pair.standing)) throw notFound('check-in');
	return pair;
}

const listIn = (tx: Tx, pairId: string) =>
	tx
		.select({
			id: checkIns.id,
			day: checkIns.day,
			going: checkIns.going,
			stuck: checkIns.stuck,
			confidence: checkIns.confidence,
			revision: checkIns.revision,
			formId: checkIns.formId,
			shows: sql<Shows>`coalesce(${checkInSignals.shows}, 'day')`,
			at: checkInSignals.at
		})
		.from(checkIns)
		.leftJoin(checkInSignals, eq(checkInSignals.checkInId, checkIns.id))
		.where(eq(checkIns.pairId, pairId))
		.$dynamic();

/** What a teacher can be asked about: of their stack, those in work in this pair first, the newest of them first. */
async function competenciesOf(tx: Tx, pair: Pair): Promise<(Competency & { begun: boolean })[]> {
	const enrollment = (await listEnrollments(tx, [pair.teacher.id])).find(
		({ program }) => program.id === pair.program.id
	);
	if (!enrollment) return [];
	const offer = (await readStackOffers(tx, [enrollment.stackVersionId])).get(enrollment.stackVersionId);
	if (!offer) return [];
	const begun = await tx
		.select({ id: microcredentialVersions.microcredentialId })
		.from(reflections)
		.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, reflections.microcredentialVersionId))
		.where(eq(reflections.pairId, pair.id))
		.orderBy(desc(reflections.createdAt), desc(reflections.id));
	const order = [...new Set(begun.map(({ id }) => id))];
	const inner = [...offer.nested.values()].flatMap(({ items }) => items);
	const items = [...new Map([...offer.items, ...inner].map((item) => [item.microcredentialId, item])).values()];
	const at = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
	return items
		.map(({ microcredentialId, title }) => ({ microcredentialId, title, begun: order.includes(microcredentialId) }))
		.sort((a, b) => at(a.microcredentialId) - at(b.microcredentialId))
		.slice(0, mostCompetencies);
}

/** Check-ins of a pair, for the two of it alone. @throws Refusal not-found */
export const readCheckIns = (db: Database, person: Person, pairId: string, now = new Date()): Promise<CheckInsOfPair> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await pairOfTwo(tx, person, pairId);
		const rows = await listIn(tx, pair.id).orderBy(desc(checkIns.day)).limit(mostRead);
		const sends = mayCheckIn(pair, pair.standing);
		const { id, status, standing, teacher, mentor } = pair;
		return {
			pair: { id, status, standing, teacher, mentor, coach: pair.coach?.name ?? null },
			form: sends ? await formOf(tx, pair, rows, now) : null,
			all: rows.slice(0, mostShown).map((row, i) => ({
				id: row.id,
				day: dayInWords(row.day),
				going: goingWords[row.going],
				stuck: row.stuck,
				changes: changesOf(row.confidence, saidBefore(rows.slice(i + 1))),
				shows: row.shows,
				mayTakeBack: sends && row.shows !== 'day'
			})),
			more: rows.length > mostShown
		};
	});

async function formOf(tx: Tx, pair: Pair, rows: Awaited<ReturnType<typeof listIn>>, now: Date): Promise<Form> {
	const [last] = rows;
	const today = last?.day === dayIn(pair.program.timeZone, now) ? last : undefined;
	const said = saidBefore(rows);
	const competencies = await competenciesOf(tx, pair);
	return {
		id: uuidv7(),
		on: today?.revision ?? 0,
		going: today?.going ?? null,
		stuck: today?.stuck ?? '',
		// As last time: whoever allowed it once is not asked to remember, and whoever took it back neither.
		shows: last?.shows ?? 'day',
		competencies: competencies.map(({ begun, ...one }) => {
			const level = said.get(one.microcredentialId) ?? null;
			return { ...one, level, first: begun || level !== null };
		})
	};
}

/**
 * Sends a check-in, or puts it in the place of the one sent today. The same once more is the same check-in.
 * @param asked what the form says; `form` its id, `on` the revision of today's that it was made of
 * @throws Refusal not-found, not-allowed (the mentor), or rule with what is wrong
 */
export const sendCheckIn = (
	db: Database,
	person: Person,
	pairId: string,
	{ form, on, ...asked }: Asked & { form: unknown; on: unknown },
	now = new Date()
): Promise<{ id: string }> =>
	db.asPerson(person.id, async (tx) => {
		// Two windows that send at once take turns, so that the second sees what the first said.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('check-ins of'), hashtext(${pairId}))`);
		const pair = await sender(tx, person, pairId);
		if (typeof form !== 'string' || !isId(form))
			throw new Refusal('rule', 'This form is not whole. Please open the page again. Nothing was sent yet.');
		const said = readCheckIn(asked, await competenciesOf(tx, pair));
		const day = dayIn(pair.program.timeZone, now);
		const known = await listIn(tx, pair.id).where(
			and(eq(checkIns.pairId, pair.id), or(eq(checkIns.day, day), eq(checkIns.formId, form)))
		);
		const same = known.find((one) => isSame(one, said));
		if (same) return { id: same.id };
		const today = known.find((one) => one.day === day);
		// Of a form that was sent on another day already, what it says now is a check-in of its own.
		const formId = known.some((one) => one.formId === form && one !== today) ? uuidv7() : form;
		const { shows, ...words } = said;
		const going = shows === 'day' ? null : said.going;
		if (!today) {
			const id = uuidv7();
			await tx
				.insert(checkIns)
				.values({ id, pairId: pair.id, teacherId: person.id, day, ...words, formId, sentAt: now });
			await tx.insert(checkInSignals).values({ checkInId: id, pairId: pair.id, shows, going, at: now });
			return { id };
		}
		if (String(today.revision) !== on)
			throw new Refusal(
				'rule',
				'You have checked in today already, and what you sent then is below. What you typed now is still in the form: send it again, and it takes the place of the other.'
			);
		await tx
			.update(checkIns)
			.set({ ...words, formId, revision: today.revision + 1, sentAt: now })
			.where(eq(checkIns.id, today.id));
		// A wish that was there stays as old as it is: a coach who has noted it need not be told again.
		const at = today.shows === 'word' && shows === 'word' ? today.at! : now;
		await tx.update(checkInSignals).set({ shows, going, at }).where(eq(checkInSignals.checkInId, today.id));
		return { id: today.id };
	});

/** @throws Refusal not-found, not-allowed (the mentor), or rule when the pair is not together */
async function sender(tx: Tx, person: Person, pairId: string): Promise<Pair> {
	const pair = await pairOfTwo(tx, person, pairId);
	if (pair.standing !== 'teacher')
		throw new Refusal('not-allowed', 'A check-in is the teacher’s to send, and yours to read. Nothing was sent.');
	if (!mayCheckIn(pair, pair.standing))
		throw new Refusal(
			'rule',
			'This pair has ended, so there are no new check-ins, and its coach sees nothing of those there are. Yours stay readable to you.'
		);
	return pair;
}

/**
 * Takes back what the coach may see of a check-in, but for its day. Twice is once.
 * @throws Refusal not-found, not-allowed (the mentor), or rule
 */
export const takeBackSignal = (db: Database, person: Person, pairId: string, checkInId: unknown): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await sender(tx, person, pairId);
		if (typeof checkInId !== 'string' || !isId(checkInId)) throw notFound('check-in');
		const changed = await tx
			.update(checkInSignals)
			.set({ shows: 'day', going: null })
			.where(and(eq(checkInSignals.checkInId, checkInId), eq(checkInSignals.pairId, pair.id)))
			.returning({ id: checkInSignals.checkInId });
		if (changed.length === 0) throw notFound('check-in');
	});
