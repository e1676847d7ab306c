/** A cohort with people who say something in it, planted row by row as the product would, for tests of what is found and told. */
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { bodyOfText } from '#lib/discussion/plain-text.ts';
import type { Kind } from '#lib/discussion/kinds.ts';
import { cohortModerators, posts, postWords, threads } from '#lib/discussion/schema.server.ts';
import { microcredentials, microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, type PairWorld } from './pair-world.ts';

export type SaidWorld = PairWorld & { cohortId: string; microcredentialId: string; peer: string; moderator: string };

/** A pair's cohort with a second teacher, `peer`, and a moderator. Every call makes new people. */
export async function plantSaid(db: Database): Promise<SaidWorld> {
	const pair = await plantPair(db, { status: 'active', endedAs: null });
	const [peer, moderator] = [uuidv7(), uuidv7()];
	return db.asOwner(async (tx) => {
		const [{ cohortId }] = (await tx
			.select({ cohortId: pairs.cohortId })
			.from(pairs)
			.where(eq(pairs.id, pair.pairId))) as [{ cohortId: string }];
		const [{ microcredentialId }] = (await tx
			.select({ microcredentialId: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.id, pair.microcredentialVersionId))) as [{ microcredentialId: string }];
		await tx.insert(people).values([
			{ id: peer, name: 'The peer', initials: 'TP' },
			{ id: moderator, name: 'The moderator', initials: 'TM' }
		]);
		await join(tx, peer, pair.programId, cohortId);
		await tx.insert(cohortModerators).values({ cohortId, personId: moderator });
		return { ...pair, cohortId, microcredentialId, peer, moderator };
	});
}

type OwnerTx = Parameters<Parameters<Database['asOwner']>[0]>[0];
const join = async (tx: OwnerTx, personId: string, programId: string, cohortId: string) => {
	const [{ stackVersionId }] = (await tx
		.select({ stackVersionId: enrollments.stackVersionId })
		.from(enrollments)
		.where(eq(enrollments.programId, programId))
		.limit(1)) as [{ stackVersionId: string }];
	await tx.insert(enrollments).values({ programId, personId, cohortId, stackVersionId, status: 'active' });
};

/** One more teacher of the cohort. */
export const plantTeacher = (db: Database, world: SaidWorld, name: string): Promise<string> =>
	db.asOwner(async (tx) => {
		const id = uuidv7();
		await tx.insert(people).values({ id, name, initials: 'MT' });
		await join(tx, id, world.programId, world.cohortId);
		return id;
	});

/** One more cohort of the program. */
export const plantCohort = (db: Database, world: SaidWorld, name: string): Promise<string> =>
	db.asOwner(async (tx) => {
		const id = uuidv7();
		await tx.insert(cohorts).values({ id, programId: world.programId, name, startsOn: '2026-08-01' });
		return id;
	});

export const moveTo = (db: Database, world: SaidWorld, personId: string, cohortId: string) =>
	db.asOwner((tx) =>
		tx
			.update(enrollments)
			.set({ cohortId })
			.where(sql`person_id = ${personId} and program_id = ${world.programId}`)
	);

/** One more competency, with what it is called. */
export const plantCompetency = (db: Database, world: SaidWorld, title: string): Promise<string> =>
	db.asOwner(async (tx) => {
		const id = uuidv7();
		const [{ issuerId }] = (await tx
			.select({ issuerId: microcredentials.issuerId })
			.from(microcredentials)
			.where(eq(microcredentials.id, world.microcredentialId))) as [{ issuerId: string }];
		await tx.insert(microcredentials).values({ id, issuerId, key: id });
		await tx
			.insert(microcredentialVersions)
			.values({ microcredentialId: id, number: 1, title, competency: title, status: 'published' });
		return id;
	});

export type Said = { id: string; threadId: string };

/** A thread with its first post, of that moment; without an author it was asked without a name. */
export const ask = (
	db: Database,
	world: SaidWorld,
	by: string | null,
	title: string,
	words: string,
	{
		cohortId = world.cohortId,
		microcredentialId = world.microcredentialId,
		kind = 'question',
		at = new Date(),
		mention
	}: { cohortId?: string; microcredentialId?: string; kind?: Kind; at?: Date; mention?: string } = {}
): Promise<Said> =>
	db.asOwner(async (tx) => {
		const threadId = uuidv7();
		await tx.insert(threads).values({
			id: threadId,
			cohortId,
			microcredentialId,
			kind,
			title,
			authorId: by,
			nameless: by === null,
			createdAt: at,
			formId: uuidv7()
		});
		return { id: await put(tx, by, { threadId, cohortId, words, at, mention }), threadId };
	});

/** A further post in a thread. */
export const reply = (
	db: Database,
	world: SaidWorld,
	by: string | null,
	threadId: string,
	words: string,
	{ cohortId = world.cohortId, at = new Date(), mention }: { cohortId?: string; at?: Date; mention?: string } = {}
): Promise<Said> =>
	db.asOwner(async (tx) => ({ id: await put(tx, by, { threadId, cohortId, words, at, mention }), threadId }));

async function put(
	tx: OwnerTx,
	by: string | null,
	{
		threadId,
		cohortId,
		words,
		at,
		mention
	}: { threadId: string; cohortId: string; words: string; at: Date; mention: string | undefined }
): Promise<string> {
	const id = uuidv7();
	await tx
		.insert(posts)
		.values({ id, threadId, cohortId, authorId: by, nameless: by === null, createdAt: at, formId: uuidv7() });
	const body = bodyOfText(words);
	if (mention)
		body.content.push({ type: 'paragraph', content: [{ type: 'mention', attrs: { id: mention, name: 'You' } }] });
	await tx.insert(postWords).values({ postId: id, revision: 1, cohortId, threadId, body, words });
	return id;
}
