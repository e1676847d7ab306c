/**
 * What a new mentor may see of an earlier pair: lines that the teacher chose, as they were when that pair ended. By default
 * nothing, and what was shown is taken back at once.
 */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { type Pair, readPairIn } from '#lib/pairing/pair.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { drawn, readBlocks } from './passages.server.ts';
import { earlierPassages, reflections } from './schema.server.ts';
import { asStored, type Settled, settledText } from './settled.ts';

/** Twenty pages, as the table holds it. */
const longest = 100_000;
/** A teacher works on a handful a year; what is older than a hundred is history. */
const mostReflections = 100;

export type EarlierLine = { key: string; text: string; shown: boolean };

export type EarlierReflection = {
	/** Of the reflection; for a mentor only a number of order. */
	id: string;
	title: string;
	/** The microcredential it is about. */
	on: string;
	/** Its lines, to be chosen; for the teacher only. */
	lines: EarlierLine[];
	/** What the new mentor reads of it now; null: nothing. */
	shown: { id: string; html: string; at: Date } | null;
};

export type Earlier = { pair: Pair; reflections: EarlierReflection[] };

const shownIn = (tx: Tx, pairId: string) =>
	tx
		.select({
			id: earlierPassages.id,
			reflectionId: earlierPassages.reflectionId,
			content: earlierPassages.content,
			at: earlierPassages.shownAt
		})
		.from(earlierPassages)
		.where(and(eq(earlierPassages.pairId, pairId), isNull(earlierPassages.takenBackAt)))
		.orderBy(asc(earlierPassages.shownAt), asc(earlierPassages.id));

/** The blocks of what is shown, each as it is stored. */
function blocksIn(content: string | undefined): Set<string> {
	try {
		return new Set(
			content === undefined ? [] : (JSON.parse(content) as Settled).content.map((one) => JSON.stringify(one))
		);
	} catch {
		return new Set();
	}
}

/** Reflections of this teacher's ended pairs in the same program, oldest first. */
const earlierOf = (tx: Tx, pair: Pair) =>
	tx
		.select({ id: reflections.id, title: reflections.title, on: microcredentialVersions.title })
		.from(reflections)
		.innerJoin(pairs, eq(pairs.id, reflections.pairId))
		.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, reflections.microcredentialVersionId))
		.where(
			and(
				eq(pairs.teacherId, pair.teacher.id),
				eq(pairs.programId, pair.program.id),
				eq(pairs.status, 'ended'),
				sql`${pairs.id} <> ${pair.id}`
			)
		)
		.orderBy(asc(reflections.createdAt), asc(reflections.id))
		.limit(mostReflections);

/**
 * What was written before this pair: for its teacher everything, with what is shown of it; for its mentor what is shown.
 * @throws Refusal not-found for everybody else
 */
export const readEarlier = (db: Database, person: Person, pairId: string): Promise<Earlier> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await ownPair(tx, person, pairId);
		const rows = await shownIn(tx, pairId);
		const shown = new Map(rows.map((row) => [row.reflectionId, { id: row.id, html: drawn(row.content), at: row.at }]));
		if (pair.standing === 'teacher') {
			const found: EarlierReflection[] = [];
			for (const one of await earlierOf(tx, pair)) {
				const seen = blocksIn(rows.find(({ reflectionId }) => reflectionId === one.id)?.content);
				const lines = (await readBlocks(tx, one.id)).flatMap(({ key, block }): EarlierLine[] => {
					const text = settledText({ content: [block] }).trim();
					return text ? [{ key, text, shown: seen.has(JSON.stringify(block)) }] : [];
				});
				found.push({ ...one, lines, shown: shown.get(one.id) ?? null });
			}
			return { pair, reflections: found };
		}
		// A mentor reads the lines and not the reflection: neither which it is, its title nor what it is about is told.
		return {
			pair,
			reflections: [...shown.values()].map((one, i) => ({
				id: `${i + 1}`,
				title: `Shown to you, ${i + 1}`,
				on: '',
				lines: [],
				shown: one
			}))
		};
	});

async function ownPair(tx: Tx, person: Person, pairId: string): Promise<Pair> {
	const pair = await readPairIn(tx, person, null, pairId).catch((error: unknown) => {
		throw error instanceof Refusal && error.reason === 'unproven' ? notFound('pair') : error;
	});
	if (pair.standing !== 'teacher' && pair.standing !== 'mentor') throw notFound('pair');
	return pair;
}

async function toShowIn(tx: Tx, person: Person, pairId: string): Promise<Pair> {
	const pair = await ownPair(tx, person, pairId);
	if (pair.standing !== 'teacher')
		throw new Refusal(
			'not-allowed',
			'What is shown of an earlier pair is for the teacher to choose. Nothing has changed.'
		);
	return pair;
}

/**
 * Shows the new mentor these lines of one earlier reflection, in the place of those shown of it before; none takes all back.
 * They are read from the day the new pair begins.
 * @param keys of the lines
 * @throws Refusal not-found, not-allowed (a mentor), rule
 */
export const showEarlier = (
	db: Database,
	person: Person,
	pairId: string,
	reflectionId: string,
	keys: string[],
	whence: Whence | null = null
): Promise<{ lines: number }> =>
	db.asPerson(person.id, async (tx) => {
		const pair = await toShowIn(tx, person, pairId);
		if (pair.status === 'ended' && keys.length > 0)
			throw new Refusal('rule', 'This pair has ended, so nothing more is shown in it.');
		const known = (await earlierOf(tx, pair)).some(({ id }) => id === reflectionId);
		if (!known) throw new Refusal('rule', 'There is no such reflection of an earlier pair, so nothing was shown.');
		// Two windows that choose at once take turns.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('earlier passages'), hashtext(${pairId}))`);
		const blocks = await readBlocks(tx, reflectionId);
		const chosen = blocks.filter(({ key }) => keys.includes(key)).map(({ block }) => block);
		if (chosen.length < new Set(keys).size)
			throw new Refusal('rule', 'A line that you chose is not there, so nothing was shown. Please choose again.');
		const content = asStored({ type: 'doc', content: chosen });
		if (content.length > longest)
			throw new Refusal('rule', 'This is more than twenty pages, so nothing was shown. Please choose fewer lines.');
		const of = and(
			eq(earlierPassages.pairId, pairId),
			eq(earlierPassages.reflectionId, reflectionId),
			isNull(earlierPassages.takenBackAt)
		);
		const before = await tx.select({ content: earlierPassages.content }).from(earlierPassages).where(of);
		if (chosen.length > 0 && before.length === 1 && before[0]!.content === content) return { lines: chosen.length };
		if (before.length > 0) {
			await tx.update(earlierPassages).set({ takenBackAt: new Date() }).where(of);
			if (chosen.length === 0) await note(tx, pair, person, 'earlier-taken-back', reflectionId, whence);
		}
		if (chosen.length > 0) {
			await tx.insert(earlierPassages).values({ pairId, reflectionId, content, shownBy: person.id });
			await note(tx, pair, person, 'earlier-shown', reflectionId, whence);
		}
		return { lines: chosen.length };
	});

const note = (
	tx: Tx,
	pair: Pair,
	person: Person,
	kind: 'earlier-shown' | 'earlier-taken-back',
	reflection: string,
	whence: Whence | null
): Promise<void> =>
	record(
		tx,
		...[pair.teacher.id, pair.mentor.id].map((who) => ({
			kind,
			person: who,
			by: person.id,
			whence,
			about: { pair: pair.id, ...(who === pair.teacher.id ? { reflection } : {}) }
		}))
	);
