/** Exact versions of a reflection to hand in: the text as it stands, with a hash of it, which later writing never reaches. */
import { createHash } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import type { Whence } from '#lib/audit/event.ts';
import { parts } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { answeredFrom } from './answered.server.ts';
import { wordsFor } from './answered.ts';
import { readState } from './log.server.ts';
import { mayFreeze } from './policy.ts';
import { mostParts, readHead, type ReflectionHead } from './reflection.server.ts';
import { decidedBy, recordForTwo } from './rights.server.ts';
import { reflections, reflectionVersions } from './schema.server.ts';
import { asStored, renderSettled, type Settled, settledFrom, settledText } from './settled.ts';
import { titleOf } from './title.ts';
import { countWords, wordsAgainst } from './words.ts';

export type Frozen = {
	id: string;
	name: string;
	/** SHA-256 of the text as JSON, in hex. */
	hash: string;
	by: string | null;
	at: Date;
};

export type FrozenText = Frozen & { reflection: ReflectionHead; html: string; words: number };

/** A reflection is handed in once or twice; nobody needs more than a page of versions to choose from. */
const mostFrozen = 50;
const longestName = 100;

const columns = {
	id: reflectionVersions.id,
	name: reflectionVersions.name,
	hash: reflectionVersions.hash,
	by: people.name,
	at: reflectionVersions.createdAt
};

/** The frozen versions of a reflection, oldest first. */
export async function listFrozen(tx: Tx, reflectionId: string): Promise<Frozen[]> {
	const rows = await tx
		.select(columns)
		.from(reflectionVersions)
		.leftJoin(people, eq(people.id, reflectionVersions.createdBy))
		.where(and(eq(reflectionVersions.reflectionId, reflectionId), eq(reflectionVersions.kind, 'frozen')))
		.orderBy(asc(reflectionVersions.createdAt), asc(reflectionVersions.id))
		.limit(mostFrozen);
	return rows.map(({ hash, ...frozen }) => ({ ...frozen, hash: hash! }));
}

/** A part whose answer is out of its word range now, and what is said about it. */
export type OffRange = { prompt: string; says: string };

/** Parts that are longer than was asked for. That stops nobody from freezing; whoever hands it in should know. */
export async function listOffRange(tx: Tx, reflectionId: string): Promise<OffRange[]> {
	const asked = await tx
		.select({ part: parts })
		.from(parts)
		.innerJoin(reflections, eq(reflections.microcredentialVersionId, parts.microcredentialVersionId))
		.where(eq(reflections.id, reflectionId))
		.orderBy(asc(parts.position))
		.limit(mostParts);
	const answered = answeredFrom((await readState(tx, reflectionId)).update);
	return asked.flatMap(({ part }) => {
		const { says, off } = wordsAgainst(wordsFor(answered, part.id), part);
		return off ? [{ prompt: part.prompt, says }] : [];
	});
}

/**
 * Freezes the text exactly as the database has it at this moment, and answers with the version's id. What is not saved yet
 * is not in it, nor what is only suggested.
 * @throws Refusal not-found, not-allowed (a mentor), rule
 */
export const freezeReflection = (
	db: Database,
	person: Person,
	reflectionId: string,
	typedName: string,
	whence: Whence | null = null
): Promise<string> => {
	const name = titleOf(typedName);
	return db.asPerson(person.id, async (tx) => {
		const reflection = await decidedBy(tx, person, reflectionId);
		if (!mayFreeze(reflection.pair, 'teacher'))
			throw new Refusal(
				'rule',
				'A version is frozen while the pair is active. Everything that is written stays readable.'
			);
		if (name === '')
			throw new Refusal('rule', 'Please give this version a name, such as “First try”. Nothing was frozen.');
		if ([...name].length > longestName)
			throw new Refusal('rule', `This name is longer than ${longestName} characters. Please shorten it.`);
		const { update, number } = await readState(tx, reflectionId);
		const settled = number === 0 ? null : settledFrom(update);
		if (!settled || settledText(settled).trim() === '')
			throw new Refusal('rule', 'Nothing is written yet, so there is nothing to freeze.');
		const content = asStored(settled);
		const hash = createHash('sha256').update(content).digest('hex');
		const before = await listFrozen(tx, reflectionId);
		const same = before.at(-1)?.hash === hash ? before.at(-1) : undefined;
		if (same)
			throw new Refusal('rule', `Not a letter has changed since “${same.name}”, so there is nothing new to freeze.`);
		if (before.length >= mostFrozen)
			throw new Refusal('rule', `${mostFrozen} versions of this are frozen, and that is as many as we keep.`);
		const [version] = await tx
			.insert(reflectionVersions)
			.values({ reflectionId, kind: 'frozen', name, upToNumber: number, content, hash, createdBy: person.id })
			.returning({ id: reflectionVersions.id });
		const event = { kind: 'reflection-frozen', by: person.id, whence } as const;
		await recordForTwo(tx, reflection, event, { mentor: reflection.shared });
		return version!.id;
	});
};

/**
 * A frozen version to read, for whoever may read the reflection.
 * @throws Refusal not-found
 */
export const readFrozen = (
	db: Database,
	person: Person,
	reflectionId: string,
	versionId: string
): Promise<FrozenText> =>
	db.asPerson(person.id, async (tx) => {
		const reflection = await readHead(tx, person, reflectionId);
		const [row] = isId(versionId)
			? await tx
					.select({ ...columns, content: reflectionVersions.content })
					.from(reflectionVersions)
					.leftJoin(people, eq(people.id, reflectionVersions.createdBy))
					.where(
						and(
							eq(reflectionVersions.id, versionId),
							eq(reflectionVersions.reflectionId, reflectionId),
							eq(reflectionVersions.kind, 'frozen')
						)
					)
			: [];
		if (!row) throw notFound('version');
		const { content, hash, ...frozen } = row;
		const settled = JSON.parse(content!) as Settled;
		return {
			...frozen,
			hash: hash!,
			reflection,
			html: renderSettled(settled),
			words: countWords(settledText(settled))
		};
	});
