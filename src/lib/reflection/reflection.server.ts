/** Starting, finding and reading reflections. Writing in one is the live connection's work. */
import { aliasedTable, and, asc, desc, eq, gt, inArray, or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { type Answered, answeredFrom } from './answered.server.ts';
import { commentersIn, type CommentsInShort, commentsInShort } from './comments.server.ts';
import { readState } from './log.server.ts';
import { type Access, accessTo, type PairState } from './policy.ts';
import { reflections, reflectionSharings } from './schema.server.ts';
import { titleOf } from './title.ts';

/** What a reflection's part asks for. */
export type Prompt = {
	id: string;
	/** 1 overview and context, 2 evidence, 3 reflection. */
	section: number;
	prompt: string;
	minWords: number | null;
	maxWords: number | null;
	/** True: over the limit can't be handed in. */
	wordsBinding: boolean;
	/** It asks for work to show, which is handed in as evidence, and not for words. */
	isEvidence: boolean;
};

/** A row that assessors score: all levels in order, and which of them passes. */
export type RubricRow = {
	id: string;
	criterion: string;
	section: number;
	levels: { name: string; description: string }[];
	passing: number | null;
};

export type ReflectionHead = {
	id: string;
	title: string;
	/** The microcredential it answers. */
	microcredential: string;
	pair: PairState & { id: string; endedAt: Date | null; teacher: Person; mentor: Person };
	/** What the person asking may do with it now. */
	access: Exclude<Access, 'none'>;
	/** Whether the mentor can see it; the teacher may keep it to themselves. */
	shared: boolean;
	begunBy: 'teacher' | 'mentor';
	startedAt: Date;
};

export type Reflection = ReflectionHead & {
	competency: string;
	prompts: Prompt[];
	rubric: RubricRow[];
	/** The version of prompts and rubric that this reflection is bound to for good, and the newest one if that is another. */
	version: Version;
	newer: Version | null;
	/** Where the stored text stands against what is asked. */
	answered: Answered;
	/** The stored text as one Yjs update, base64. */
	state: string;
	comments: CommentsInShort;
	/** Who wrote about comments under which Yjs client id. */
	commenters: Record<number, string>;
};

/** A version of a microcredential; `publishedAt` is null when it was never said. */
export type Version = { id: string; number: number; publishedAt: Date | null };

export type ListedReflection = ReflectionHead & {
	/** When somebody last wrote in it, and who; null before the first word. */
	lastEdit: { at: Date; by: Person } | null;
};

/** A teacher works on a handful a year and a mentor reads those of up to fifteen teachers; ten years fit. */
const mostReflections = 500;
/** The complete microcredentials have up to nine parts and twelve rows. */
export const mostParts = 100;
/** An issuer mends an offer now and then; ten years of a new version each month fit. */
const mostVersions = 150;

const teachers = aliasedTable(people, 'teachers');
const mentors = aliasedTable(people, 'mentors');

/**
 * Whether a reflection of the query around it is shared with its mentor now. Its id is written out: of a query without
 * joins Drizzle names columns alone, and in here `id` is another's.
 */
export const isShared = sql<boolean>`exists (
	select from ${reflectionSharings} s where s.reflection_id = reflections.id and s.taken_back_at is null
)`;

/** Found through the person: row policies leave only reflections whose words the person may read. */
const heads = (tx: Tx) =>
	tx
		.select({
			id: reflections.id,
			title: reflections.title,
			startedAt: reflections.createdAt,
			shared: isShared,
			createdBy: reflections.createdBy,
			versionId: reflections.microcredentialVersionId,
			microcredential: microcredentialVersions.title,
			competency: microcredentialVersions.competency,
			levels: microcredentialVersions.levels,
			passingLevel: microcredentialVersions.passingLevel,
			pairId: pairs.id,
			status: pairs.status,
			endedAs: pairs.endedAs,
			endedAt: pairs.endedAt,
			teacher: { id: teachers.id, name: teachers.name, initials: teachers.initials },
			mentor: { id: mentors.id, name: mentors.name, initials: mentors.initials }
		})
		.from(reflections)
		.innerJoin(microcredentialVersions, eq(microcredentialVersions.id, reflections.microcredentialVersionId))
		.innerJoin(pairs, eq(pairs.id, reflections.pairId))
		.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
		.innerJoin(mentors, eq(mentors.id, pairs.mentorId))
		.$dynamic();

type Found = Awaited<ReturnType<typeof heads>>[number];

/** The policy is asked here too: page, socket and table answer alike, and none relies on another. */
function headFor(person: Person, found: Found): ReflectionHead | null {
	const { id, title, microcredential, startedAt, shared, status, endedAs, endedAt, teacher, mentor } = found;
	const standing = teacher.id === person.id ? 'teacher' : mentor.id === person.id ? 'mentor' : 'stranger';
	const access = accessTo({ status, endedAs }, standing, shared);
	if (access === 'none') return null;
	return {
		id,
		title,
		microcredential,
		startedAt,
		access,
		shared,
		begunBy: found.createdBy === mentor.id ? 'mentor' : 'teacher',
		pair: { id: found.pairId, status, endedAs, endedAt, teacher, mentor }
	};
}

/**
 * What a reflection is and who may see it, without its words.
 * @throws Refusal not-found when it is absent or its words are not the person's to read
 */
export async function readHead(tx: Tx, person: Person, id: string): Promise<ReflectionHead> {
	const [found] = isId(id) ? await heads(tx).where(eq(reflections.id, id)) : [];
	const head = found && headFor(person, found);
	if (!head) throw notFound('reflection');
	return head;
}

/**
 * A reflection as its page shows it.
 * @throws Refusal not-found when it is absent or its words are not the person's to read
 */
export async function readReflection(db: Database, person: Person, id: string): Promise<Reflection> {
	if (!isId(id)) throw notFound('reflection');
	return db.asPerson(person.id, async (tx) => {
		const [found] = await heads(tx).where(eq(reflections.id, id));
		const head = found && headFor(person, found);
		if (!head) throw notFound('reflection');
		const asked = await tx
			.select()
			.from(parts)
			.where(eq(parts.microcredentialVersionId, found.versionId))
			.orderBy(asc(parts.position))
			.limit(mostParts);
		const rows = asked.length
			? await tx
					.select()
					.from(rubricRows)
					.where(
						inArray(
							rubricRows.partId,
							asked.map((part) => part.id)
						)
					)
					.limit(mostParts)
			: [];
		const { update } = await readState(tx, id);
		return {
			...head,
			competency: found.competency,
			...(await versionsOf(tx, found.versionId)),
			answered: answeredFrom(update),
			prompts: asked.map(({ id, section, prompt, minWords, maxWords, wordsBinding, artifactKinds }) => ({
				id,
				section,
				prompt,
				minWords,
				maxWords,
				wordsBinding,
				isEvidence: artifactKinds.length > 0
			})),
			rubric: asked.flatMap((part) =>
				rows
					.filter((row) => row.partId === part.id)
					.sort((a, b) => a.position - b.position)
					.map((row) => ({
						id: row.id,
						criterion: row.criterion,
						section: part.section,
						levels: row.descriptions.map((description, i) => ({
							name: found.levels[i] ?? `Level ${i + 1}`,
							description
						})),
						passing: found.passingLevel
					}))
			),
			state: Buffer.from(update).toString('base64'),
			comments: commentsInShort(update),
			commenters: await commentersIn(tx, id, update)
		};
	});
}

/** The version of a microcredential, and the newest one that is published if that came after it. */
export async function versionsOf(tx: Tx, versionId: string): Promise<{ version: Version; newer: Version | null }> {
	const bound = aliasedTable(microcredentialVersions, 'bound');
	const [version, ...rest] = await tx
		.select({
			id: microcredentialVersions.id,
			number: microcredentialVersions.number,
			publishedAt: microcredentialVersions.publishedAt
		})
		.from(microcredentialVersions)
		.innerJoin(bound, eq(bound.microcredentialId, microcredentialVersions.microcredentialId))
		.where(
			and(
				eq(bound.id, versionId),
				or(
					eq(microcredentialVersions.id, bound.id),
					and(eq(microcredentialVersions.status, 'published'), gt(microcredentialVersions.number, bound.number))
				)
			)
		)
		.orderBy(asc(microcredentialVersions.number))
		.limit(mostVersions);
	const newer = rest.at(-1) ?? null;
	return { version: version!, newer };
}

/** Whether there is any pair whose words are, or were, the person's to write: for others the way there leads nowhere. */
export async function writesAnywhere(db: Database, person: Person): Promise<boolean> {
	return db.asPerson(person.id, async (tx) => {
		const own = await tx
			.selectDistinct({ status: pairs.status, endedAs: pairs.endedAs, teacherId: pairs.teacherId })
			.from(pairs)
			.where(or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id)))
			.limit(mostReflections);
		return own.some((pair) => accessTo(pair, pair.teacherId === person.id ? 'teacher' : 'mentor', true) !== 'none');
	});
}

/** The reflections whose words the person may read: those still written in first, then by the last change. */
export async function listReflections(db: Database, person: Person): Promise<ListedReflection[]> {
	return db.asPerson(person.id, async (tx) => {
		const found = await heads(tx)
			.where(or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id)))
			.orderBy(sql`${pairs.status} = 'ended'`, desc(reflections.createdAt))
			.limit(mostReflections);
		const { rows } = (await tx.execute(
			sql`select reflection_id, person_id, last_edit_at from app.rhythm() where last_edit_at is not null`
		)) as unknown as { rows: { reflection_id: string; person_id: string; last_edit_at: Date | string }[] };
		const last = new Map<string, { at: Date; by: string }>();
		for (const row of rows) {
			const at = new Date(row.last_edit_at);
			if (at > (last.get(row.reflection_id)?.at ?? new Date(0))) last.set(row.reflection_id, { at, by: row.person_id });
		}
		return found
			.flatMap((row) => {
				const head = headFor(person, row);
				if (!head) return [];
				const edit = last.get(head.id);
				const by = edit && [head.pair.teacher, head.pair.mentor].find(({ id }) => id === edit.by);
				return [{ ...head, lastEdit: edit && by ? { at: edit.at, by } : null }];
			})
			.sort(
				(a, b) =>
					Number(a.pair.status === 'ended') - Number(b.pair.status === 'ended') ||
					(b.lastEdit?.at ?? b.startedAt).getTime() - (a.lastEdit?.at ?? a.startedAt).getTime()
			);
	});
}

/** The titles of everything the person may read, by id. */
export async function titlesOf(db: Database, person: Person): Promise<Record<string, string>> {
	const found = await db.asPerson(person.id, (tx) =>
		tx
			.select({ id: reflections.id, title: reflections.title })
			.from(reflections)
			.orderBy(desc(reflections.createdAt))
			.limit(mostReflections)
	);
	return Object.fromEntries(found.map(({ id, title }) => [id, title]));
}

/**
 * Starts a reflection in a pair and answers with its id.
 * @param alone the teacher keeps it to themselves for now; what a mentor begins is shared from the first moment
 * @throws Refusal not-found when the pair is not the person's, rule when the title, the pair or the offer won't do
 */
export async function startReflection(
	db: Database,
	person: Person,
	{
		pairId,
		microcredentialVersionId,
		title,
		alone = false
	}: { pairId: string; microcredentialVersionId: string; title: string; alone?: boolean }
): Promise<string> {
	const name = titleOf(title);
	if (!isId(pairId)) throw notFound('pair');
	return db.asPerson(person.id, async (tx) => {
		const [pair] = await tx
			.select({ status: pairs.status, teacherId: pairs.teacherId })
			.from(pairs)
			.where(and(eq(pairs.id, pairId), or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id))));
		if (!pair) throw notFound('pair');
		if (pair.status !== 'active')
			throw new Refusal('rule', 'A new reflection needs an active pair. What you wrote before stays where it is.');
		if (name === '') throw new Refusal('rule', 'Please give the reflection a title; you will find it again by it.');
		if ([...name].length > 200)
			throw new Refusal('rule', 'This title is longer than 200 characters. Please shorten it.');
		const [version] = isId(microcredentialVersionId)
			? await tx
					.select({ status: microcredentialVersions.status })
					.from(microcredentialVersions)
					.where(eq(microcredentialVersions.id, microcredentialVersionId))
			: [];
		if (version?.status !== 'published')
			throw new Refusal('rule', 'This microcredential is not offered now. Please choose another one.');
		const id = uuidv7();
		await tx.insert(reflections).values({ id, pairId, microcredentialVersionId, title: name, createdBy: person.id });
		if (!(alone && pair.teacherId === person.id))
			await tx.insert(reflectionSharings).values({ reflectionId: id, sharedBy: person.id });
		return id;
	});
}
