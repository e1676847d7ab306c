/** Passages of a reflection that the pair's coach may read: chosen by the teacher, as they are then, until withdrawn. */
import { createHash } from 'node:crypto';
import { aliasedTable, and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Whence } from '#lib/audit/event.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { readPairIn } from '#lib/pairing/pair.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { readState } from './log.server.ts';
import { mayShow } from './policy.ts';
import { readHead, type ReflectionHead } from './reflection.server.ts';
import { decidedBy, hasMentorWritten, oneAtATime, recordForTwo } from './rights.server.ts';
import { reflectionPassages } from './schema.server.ts';
import { asStored, renderSettled, type Settled, type SettledBlock, settledFrom, settledText } from './settled.ts';

/** A paragraph, heading, list or quotation of the text as it stands, to be chosen. */
export type PassageChoice = { key: string; html: string; text: string };

export type Passage = {
	id: string;
	html: string;
	by: string | null;
	at: Date;
	withdrawn: { at: Date; by: string | null } | null;
};

/** What a coach reads on the page of a pair. */
export type ShownPassage = { id: string; reflectionId: string; html: string; by: string | null; at: Date };

/** Twenty pages, as the table holds it: more is a reason to talk. */
const longest = 100_000;
/** Shown at once; a coach is to see passages, and not the reflection bit by bit. */
const mostShown = 20;
/** Withdrawn ones that the page still tells of. */
const mostListed = 100;

const granters = aliasedTable(people, 'granters');
const withdrawers = aliasedTable(people, 'withdrawers');

/** The passages of a reflection that are shown now, and those that were, newest first. */
export async function listPassages(tx: Tx, reflectionId: string): Promise<Passage[]> {
	const rows = await tx
		.select({ passage: reflectionPassages, by: granters.name, withdrawnBy: withdrawers.name })
		.from(reflectionPassages)
		.leftJoin(granters, eq(granters.id, reflectionPassages.grantedBy))
		.leftJoin(withdrawers, eq(withdrawers.id, reflectionPassages.withdrawnBy))
		.where(eq(reflectionPassages.reflectionId, reflectionId))
		.orderBy(
			desc(isNull(reflectionPassages.withdrawnAt)),
			desc(reflectionPassages.grantedAt),
			desc(reflectionPassages.id)
		)
		.limit(mostListed);
	return rows.map(({ passage: { id, content, grantedAt, withdrawnAt }, by, withdrawnBy }) => ({
		id,
		html: withdrawnAt ? '' : drawn(content),
		by,
		at: grantedAt,
		withdrawn: withdrawnAt && { at: withdrawnAt, by: withdrawnBy }
	}));
}

/**
 * What is shown to the coach now of these reflections. For the pair's coach row policies leave nothing else, and for a
 * coach of before nothing at all.
 */
export async function listShown(tx: Tx, reflectionIds: string[]): Promise<ShownPassage[]> {
	if (reflectionIds.length === 0) return [];
	const rows = await tx
		.select({
			id: reflectionPassages.id,
			reflectionId: reflectionPassages.reflectionId,
			content: reflectionPassages.content,
			by: granters.name,
			at: reflectionPassages.grantedAt
		})
		.from(reflectionPassages)
		.leftJoin(granters, eq(granters.id, reflectionPassages.grantedBy))
		.where(and(inArray(reflectionPassages.reflectionId, reflectionIds), isNull(reflectionPassages.withdrawnAt)))
		.orderBy(asc(reflectionPassages.grantedAt), asc(reflectionPassages.id))
		.limit(mostListed);
	return rows.map(({ content, ...passage }) => ({ ...passage, html: drawn(content) }));
}

/** Drawn from what we stored; a row that a hand at the database wrote otherwise shows nothing. */
export function drawn(content: string): string {
	try {
		return renderSettled(JSON.parse(content) as Settled);
	} catch {
		return '';
	}
}

/** Equal blocks are told apart by their turn; a block that was changed since has another key. */
function keyed(blocks: SettledBlock[]): { key: string; block: SettledBlock }[] {
	const seen = new Map<string, number>();
	return blocks.map((block) => {
		const hash = createHash('sha256').update(JSON.stringify(block)).digest('hex').slice(0, 24);
		const turn = (seen.get(hash) ?? 0) + 1;
		seen.set(hash, turn);
		return { key: `${hash}-${turn}`, block };
	});
}

/** The blocks of the text as it stands, each with the key by which it is chosen. */
export const readBlocks = async (tx: Tx, reflectionId: string): Promise<{ key: string; block: SettledBlock }[]> =>
	keyed(await textNow(tx, reflectionId));

const textNow = async (tx: Tx, reflectionId: string): Promise<SettledBlock[]> => {
	const { update, number } = await readState(tx, reflectionId);
	return number === 0 ? [] : settledFrom(update).content;
};

/** The blocks of the text as it stands, without those in which nothing is written. */
export async function listChoices(tx: Tx, reflectionId: string): Promise<PassageChoice[]> {
	return keyed(await textNow(tx, reflectionId)).flatMap(({ key, block }) => {
		const content = [block];
		const text = settledText({ content }).trim();
		return text ? [{ key, html: renderSettled({ content }), text }] : [];
	});
}

/**
 * Shows the coach these paragraphs exactly as they are now; what is written later does not go along.
 * @param keys of `listChoices`: a paragraph that was changed since is not shown unseen
 * @throws Refusal not-found, not-allowed (a mentor), rule
 */
export const showPassage = (
	db: Database,
	person: Person,
	reflectionId: string,
	keys: string[],
	whence: Whence | null = null
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const reflection = await decidedBy(tx, person, reflectionId);
		const { pair, shared } = reflection;
		const { coach } = await readPairIn(tx, person, null, pair.id);
		if (!coach) throw new Refusal('rule', 'The two of you have no coach now, so there is nobody to show this to.');
		if (!mayShow(pair, 'teacher', { shared, mentorWrote: false }))
			throw new Refusal('rule', 'The pair has ended. Nothing more of it is shown to a coach.');
		if (!mayShow(pair, 'teacher', { shared, mentorWrote: await hasMentorWritten(tx, reflection) }))
			throw new Refusal(
				'rule',
				`${pair.mentor.name} wrote in this too and can’t see it now. Share it again first, so that both of you can withdraw what is shown.`
			);
		if (keys.length === 0) throw new Refusal('rule', 'Please choose at least one paragraph. Nothing was shown.');
		const all = keyed(await textNow(tx, reflectionId));
		const chosen = all.filter(({ key }) => keys.includes(key)).map(({ block }) => block);
		if (chosen.length < new Set(keys).size)
			throw new Refusal(
				'rule',
				'Something that you chose was changed in the meantime, so nothing was shown. Here is the text as it is now; please choose again.'
			);
		const content = asStored({ type: 'doc', content: chosen });
		if (content.length > longest)
			throw new Refusal(
				'rule',
				'This is more than twenty pages, so nothing was shown. Please choose fewer paragraphs.'
			);
		const open = await tx
			.select({ content: reflectionPassages.content })
			.from(reflectionPassages)
			.where(and(eq(reflectionPassages.reflectionId, reflectionId), isNull(reflectionPassages.withdrawnAt)))
			.limit(mostListed);
		if (open.some((passage) => passage.content === content)) return; // a second click shows nothing twice
		if (open.length >= mostShown)
			throw new Refusal(
				'rule',
				`${mostShown} passages of this are shown already. Please withdraw one first; nothing was shown.`
			);
		await tx.insert(reflectionPassages).values({ reflectionId, content, grantedBy: person.id });
		const event = { kind: 'passage-shown', by: person.id, whence } as const;
		await recordForTwo(tx, reflection, event, { mentor: shared, also: [coach.id] });
	});

/**
 * Takes a passage from the coach's eyes, at once. Each of the two may, and twice is once.
 * @throws Refusal not-found, rule when this reflection has no such passage
 */
export const withdrawPassage = (
	db: Database,
	person: Person,
	reflectionId: string,
	passageId: string,
	whence: Whence | null = null
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		await oneAtATime(tx, reflectionId);
		const reflection = await readHead(tx, person, reflectionId);
		const [passage] = isId(passageId)
			? await tx
					.select({ withdrawnAt: reflectionPassages.withdrawnAt })
					.from(reflectionPassages)
					.where(and(eq(reflectionPassages.id, passageId), eq(reflectionPassages.reflectionId, reflectionId)))
			: [];
		if (!passage) throw new Refusal('rule', 'There is no such passage here, so nothing was withdrawn.');
		if (passage.withdrawnAt) return;
		await withdraw(tx, reflection, person, whence, eq(reflectionPassages.id, passageId));
	});

/** Withdraws whatever is shown of a reflection. */
export const withdrawAll = (tx: Tx, reflection: ReflectionHead, person: Person, whence: Whence | null) =>
	withdraw(tx, reflection, person, whence, eq(reflectionPassages.reflectionId, reflection.id));

async function withdraw(
	tx: Tx,
	reflection: ReflectionHead,
	person: Person,
	whence: Whence | null,
	which: ReturnType<typeof eq>
): Promise<void> {
	const gone = await tx
		.update(reflectionPassages)
		.set({ withdrawnBy: person.id, withdrawnAt: sql`clock_timestamp()` })
		.where(and(which, isNull(reflectionPassages.withdrawnAt)))
		.returning({ id: reflectionPassages.id });
	const { coach } = await readPairIn(tx, person, null, reflection.pair.id);
	const event = { kind: 'passage-withdrawn', by: person.id, whence } as const;
	const whom = { mentor: reflection.shared, also: coach ? [coach.id] : [] };
	for (let i = 0; i < gone.length; i++) await recordForTwo(tx, reflection, event, whom);
}
