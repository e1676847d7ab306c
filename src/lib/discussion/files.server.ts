/**
 * Files with posts: taken in, shown to whoever reads the post, and cleared where no post came for them. They are kept in the
 * database (docs/decisions/0039), so that rights, backups and deletion are those of posts.
 */
import { and, eq, gte, inArray, isNull, sql } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { entriesOf } from '#lib/reflection/in/zip.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { largestFile, mostBytesADay, mostFiles } from './file-limits.ts';
import { altOf, fileNameFor, kindOfFile, no } from './files.ts';
import { remakePicture } from './pictures.server.ts';
import { postFiles } from './schema.server.ts';
import { cohortOf } from './standing.server.ts';
import { type FileShown, threadIn } from './threads.server.ts';

const day = 24 * 3_600_000;

/** Bytes that this person has added within a day. */
async function addedToday(tx: Tx, personId: string, now: Date): Promise<number> {
	const [row] = await tx
		.select({ bytes: sql<number>`coalesce(sum(${postFiles.size}), 0)::int` })
		.from(postFiles)
		.where(and(eq(postFiles.personId, personId), gte(postFiles.addedAt, new Date(now.getTime() - day))));
	return row?.bytes ?? 0;
}

const tooMuch = () =>
	new Refusal(
		'too-many',
		'You have added 30 MB of files within a day, so this one was not added. What you wrote is still in the form; please add it tomorrow, or post without it.'
	);

/**
 * Takes a file in for a post that is being written. Pictures are made anew; documents stay as they are.
 * @throws Refusal not-found, rule with what is wrong with it, or too-many
 */
export async function addFile(
	db: Database,
	person: Person,
	cohortId: string,
	sent: { name: unknown; bytes: Uint8Array; alt?: unknown },
	now = new Date()
): Promise<FileShown> {
	// Before anything is looked at: whoever may not post has nothing read.
	const cohort = await db.asPerson(person.id, async (tx) => {
		const found = await cohortOf(tx, person, cohortId);
		if ((await addedToday(tx, person.id, now)) >= mostBytesADay) throw tooMuch();
		return found;
	});
	const { bytes } = sent;
	const kind = kindOfFile(bytes, () => {
		try {
			return entriesOf(bytes).map(({ name }) => name);
		} catch (error) {
			if (error instanceof Refusal) throw no('This file can not be opened: it may have been cut short on its way.');
			throw error;
		}
	});
	const alt = kind.picture ? altOf(sent.alt) : null;
	const name = fileNameFor(sent.name, kind);
	const picture = kind.picture ? await remakePicture(bytes) : null;
	const content = picture?.content ?? bytes;
	return db.asPerson(person.id, async (tx) => {
		// One at a time for each person, so that many at once do not each find room.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('files of'), hashtext(${person.id}))`);
		if ((await addedToday(tx, person.id, now)) + content.length > mostBytesADay) throw tooMuch();
		const [file] = await tx
			.insert(postFiles)
			.values({
				cohortId: cohort.id,
				personId: person.id,
				name,
				type: picture?.type ?? kind.type,
				size: content.length,
				width: picture?.width ?? null,
				height: picture?.height ?? null,
				alt,
				content,
				addedAt: now
			})
			.returning(shown);
		return file!;
	});
}

const shown = {
	id: postFiles.id,
	name: postFiles.name,
	type: postFiles.type,
	size: postFiles.size,
	width: postFiles.width,
	height: postFiles.height,
	alt: postFiles.alt
};

/**
 * The files of a form: those that were added before, by id in `files`, and those that come with it in `file`, as a form without
 * script sends them. What a picture shows is said in `alt <id>`.
 * @returns the ids that go with the post, in order
 * @throws Refusal rule, too-many
 */
export async function takeFiles(
	db: Database,
	person: Person,
	where: { cohortId: string } | { threadId: string },
	form: FormData
): Promise<string[]> {
	const before = form.getAll('files').filter((id): id is string => typeof id === 'string' && isId(id));
	// A field without a file sends an empty one.
	const sent = form
		.getAll('file')
		.filter((file): file is File => file instanceof File && (file.size > 0 || !!file.name));
	if (before.length + sent.length > mostFiles) throw no(`At most ${mostFiles} files go with one post.`);
	if (before.length + sent.length === 0) return [];
	const ids = [...before];
	const cohortId = 'cohortId' in where ? where.cohortId : await cohortOfThread(db, person, where.threadId);
	for (const file of sent) {
		if (file.size > largestFile) throw no('This file is larger than 10 MB.');
		const bytes = new Uint8Array(await file.arrayBuffer());
		ids.push((await addFile(db, person, cohortId, { name: file.name, bytes })).id);
	}
	const described = before.flatMap((id) => (form.has(`alt ${id}`) ? [{ id, alt: altOf(form.get(`alt ${id}`)) }] : []));
	if (described.length > 0)
		await db.asPerson(person.id, async (tx) => {
			for (const { id, alt } of described)
				await tx
					.update(postFiles)
					.set({ alt })
					.where(
						and(
							eq(postFiles.id, id),
							eq(postFiles.personId, person.id),
							isNull(postFiles.postId),
							sql`${postFiles.width} is not null`
						)
					);
		});
	return ids;
}

/** @throws Refusal not-found */
const cohortOfThread = (db: Database, person: Person, threadId: string): Promise<string> =>
	db.asPerson(person.id, async (tx) => (await threadIn(tx, person, threadId)).cohort.id);

/** As `listLooseFiles`, by itself. */
export const listLoose = (db: Database, person: Person, ids: string[]): Promise<FileShown[]> =>
	ids.length === 0 ? Promise.resolve([]) : db.asPerson(person.id, (tx) => listLooseFiles(tx, person, ids));

/** What the person added and did not post yet, of these ids: for a form that comes back. */
export const listLooseFiles = (tx: Tx, person: Person, ids: string[]): Promise<FileShown[]> =>
	ids.length === 0
		? Promise.resolve([])
		: tx
				.select(shown)
				.from(postFiles)
				.where(
					and(
						inArray(postFiles.id, ids.filter(isId).slice(0, mostFiles)),
						eq(postFiles.personId, person.id),
						isNull(postFiles.postId)
					)
				)
				.orderBy(postFiles.addedAt, postFiles.id);

/** The files of a post, for whoever reads it. */
export const listPostFiles = (tx: Tx, postId: string): Promise<FileShown[]> =>
	tx.select(shown).from(postFiles).where(eq(postFiles.postId, postId)).orderBy(postFiles.addedAt, postFiles.id);

/** Takes away a file that no post has. Twice is once. @throws Refusal not-found where it is somebody else's, or posted */
export const removeFile = (db: Database, person: Person, id: string): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		if (!isId(id)) throw notFound('file');
		const [file] = await tx
			.select({ postId: postFiles.postId, personId: postFiles.personId })
			.from(postFiles)
			.where(eq(postFiles.id, id));
		if (!file) return;
		if (file.personId !== person.id || file.postId) throw notFound('file');
		await tx.delete(postFiles).where(and(eq(postFiles.id, id), isNull(postFiles.postId)));
	});

/** A file with its content, for whoever reads its post, and for whoever added it. @throws Refusal not-found */
export const readFile = (db: Database, person: Person, id: string) =>
	db.asPerson(person.id, async (tx) => {
		if (!isId(id)) throw notFound('file');
		const [file] = await tx
			.select({ name: postFiles.name, type: postFiles.type, content: postFiles.content })
			.from(postFiles)
			.where(eq(postFiles.id, id));
		if (!file) throw notFound('file');
		return file;
	});

/** Clears files that no post came for within a day. */
export const sweepFiles = (db: Database, now = new Date()): Promise<void> =>
	db.asService(async (tx) => {
		await tx
			.delete(postFiles)
			.where(and(isNull(postFiles.postId), sql`${postFiles.addedAt} < ${new Date(now.getTime() - day).toISOString()}`));
	});
