import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { addFile, listLooseFiles, readFile, removeFile, sweepFiles, takeFiles } from './files.server.ts';
import { largestFile } from './file-limits.ts';
import { addPost, editPost, openThread, readHistory, takeBackPost } from './posting.server.ts';
import { postFiles } from './schema.server.ts';
import { readThread } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
let jpeg: Uint8Array;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await plantCohort(db);
	jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#357' } })
		.jpeg()
		.toBuffer();
});
afterAll(() => db?.close());

const text = (words: string) => new TextEncoder().encode(words);
const add = (who: Talker, sent: Partial<{ name: unknown; bytes: Uint8Array; alt: unknown }> = {}, now?: Date) =>
	addFile(db, world.people[who], world.cohortId, { name: 'board.jpg', bytes: jpeg, alt: 'A board', ...sent }, now);
const opened = (who: Talker, files: string[]) =>
	openThread(db, world.people[who], {
		cohortId: world.cohortId,
		microcredentialId: world.waiting,
		kind: 'strategy',
		title: 'What I put on the board',
		text: 'Look',
		form: crypto.randomUUID(),
		files
	});
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);
const sees = (who: Talker, id: string) => reasonOf(readFile(db, world.people[who], id));
const everybody = ['ana', 'ben', 'cleo', 'mentor', 'coach', 'moderator', 'manager', 'next'] as const;
const whoSees = async (id: string) => {
	const who: Talker[] = [];
	for (const one of everybody) if ((await sees(one, id)) === 'done') who.push(one);
	return who.join(' ');
};

test('a picture is made anew, and goes with its post to everybody who reads that, with what it shows', async () => {
	const file = await add('ana');
	expect(file).toMatchObject({ name: 'board.webp', type: 'image/webp', width: 640, height: 480, alt: 'A board' });
	expect(await whoSees(file.id)).toBe('ana');
	const { threadId } = await opened('ana', [file.id]);
	expect(await whoSees(file.id)).toBe('ana ben cleo mentor coach moderator');
	const { posts: shown } = await readThread(db, world.people.ben, threadId);
	expect(shown[0]!.files).toEqual([file]);
	expect((await readFile(db, world.people.ben, file.id)).content).toHaveLength(file.size);
});

test('a document goes as it is', async () => {
	const file = await add('ben', { name: '../plan.html', bytes: text('1. Ask\n2. Wait') });
	expect(file).toMatchObject({ name: 'plan.txt', type: 'text/plain; charset=utf-8', size: 14, width: null, alt: null });
	expect(new TextDecoder().decode((await readFile(db, world.people.ben, file.id)).content)).toBe('1. Ask\n2. Wait');
});

test('who is not in the cohort adds nothing to it', async () => {
	for (const who of ['manager', 'next'] as const) expect(await reasonOf(add(who)), who).toBe('not-found');
	for (const id of [uuidv7(), 'x', ''])
		expect(await reasonOf(addFile(db, world.people.ana, id, { name: 'x', bytes: jpeg }))).toBe('not-found');
});

test('what is refused leaves nothing behind', async () => {
	world = await plantCohort(db);
	for (const bytes of [text('<svg onload="1">'), text('MZ'), new Uint8Array(), new Uint8Array(largestFile + 1)])
		expect(await reasonOf(add('ana', { bytes }))).toBe('rule');
	expect(await reasonOf(add('ana', { bytes: text('PK\x03\x04 and no more') }))).toBe('rule');
	expect(await reasonOf(add('ana', { alt: 'x'.repeat(501) }))).toBe('rule');
	expect(
		await db.asOwner((tx) =>
			tx.select({ id: postFiles.id }).from(postFiles).where(eq(postFiles.cohortId, world.cohortId))
		)
	).toEqual([]);
});

test('a file goes with a post of its sender’s alone, once, and in its cohort', async () => {
	const file = await add('ana');
	expect(await reasonOf(opened('ben', [file.id]))).toBe('rule');
	const { threadId } = await opened('ana', [file.id]);
	expect(await reasonOf(opened('ana', [file.id]))).toBe('rule');
	const { postId } = await addPost(db, world.people.ben, threadId, { text: 'Yes', form: crypto.randomUUID() });
	const another = await add('ana');
	// Past the verbs, at the table.
	await expect(
		db.asPerson(world.people.ana.id, (tx) => tx.update(postFiles).set({ postId }).where(eq(postFiles.id, another.id)))
	).rejects.toMatchObject({ cause: { code: '42501' } });
});

test('thirty megabytes within a day', async () => {
	world = await plantCohort(db);
	const morning = new Date('2026-11-24T08:00:00Z');
	const large = new Uint8Array(largestFile).fill(97);
	for (let i = 0; i < 3; i++) await add('ana', { bytes: large }, morning);
	expect(await reasonOf(add('ana', { bytes: text('x') }, morning))).toBe('too-many');
	expect(await reasonOf(add('ben', { bytes: text('x') }, morning))).toBe('done');
	expect(await reasonOf(add('ana', { bytes: text('x') }, new Date('2026-11-25T08:00:01Z')))).toBe('done');
});

test('one that is not posted can be taken away by whoever added it, and one that is posted goes with its post', async () => {
	const file = await add('ana');
	expect(await reasonOf(removeFile(db, world.people.ben, file.id))).toBe('done'); // as if it were not there
	expect(await sees('ana', file.id)).toBe('done');
	await removeFile(db, world.people.ana, file.id);
	await removeFile(db, world.people.ana, file.id);
	expect(await sees('ana', file.id)).toBe('not-found');
	const posted = await add('ana');
	const { postId } = await opened('ana', [posted.id]);
	expect(await reasonOf(removeFile(db, world.people.ana, posted.id))).toBe('not-found');
	await takeBackPost(db, world.people.ana, postId);
	expect(await whoSees(posted.id)).toBe('ana moderator');
});

test('an edit takes files off for good and adds others, and history says so without their names', async () => {
	world = await plantCohort(db);
	const [one, two] = [await add('ana'), await add('ana', { name: 'secret.jpg' })];
	const { threadId, postId } = await opened('ana', [one.id, two.id]);
	const edit = (who: Talker, on: number, more: { text?: string; files?: unknown }) =>
		reasonOf(editPost(db, world.people[who], postId, { text: 'Look', on, ...more }));
	const shows = async () => (await readThread(db, world.people.ben, threadId)).posts[0]!;

	// Words alone leave the files as they are, and the same files are no change.
	expect(await edit('ana', 1, { text: 'Look here' })).toBe('done');
	expect(await edit('ana', 2, { text: 'Look here', files: [two.id, one.id] })).toBe('done');
	expect(await shows()).toMatchObject({ revision: 2, files: [one, two] });

	const three = await add('ana', { name: 'another.jpg' });
	const change = { text: 'Look here', files: [one.id, three.id] };
	expect(await edit('ben', 2, change)).toBe('not-allowed');
	expect(await edit('ana', 1, change)).toBe('rule'); // another window was faster
	expect(await edit('ana', 2, change)).toBe('done');
	// A flaky network sends it twice.
	expect(await edit('ana', 2, change)).toBe('done');
	expect(await shows()).toMatchObject({ revision: 3, files: [one, three] });
	expect(await whoSees(two.id)).toBe('');
	expect(await whoSees(three.id)).toBe('ana ben cleo mentor coach moderator');

	const { revisions } = await readHistory(db, world.people.ben, postId);
	expect(revisions.map(({ filesAdded, filesTakenOff }) => [filesAdded, filesTakenOff])).toEqual([
		[1, 1],
		[0, 0],
		[0, 0]
	]);
	expect(JSON.stringify(revisions)).not.toContain('secret');

	// Neither somebody else's, nor what is gone, nor more than five; and then nothing changes.
	const others = await add('ben');
	for (const files of [[others.id], [two.id], [one.id, ...Array.from({ length: 5 }, () => uuidv7())]])
		expect(await edit('ana', 3, { files })).toBe('rule');
	expect(await shows()).toMatchObject({ revision: 3, files: [one, three] });
	expect(await edit('ana', 3, { text: 'Look here', files: [] })).toBe('done');
	expect(await shows()).toMatchObject({ revision: 4, files: [] });
});

test('what no post came for goes after a day', async () => {
	const now = new Date();
	const old = await add('ana', {}, new Date(now.getTime() - 25 * 3_600_000));
	const young = await add('ana', {}, new Date(now.getTime() - 23 * 3_600_000));
	const posted = await add('ana', {}, new Date(now.getTime() - 25 * 3_600_000));
	await opened('ana', [posted.id]);
	await sweepFiles(db, now);
	expect(await Promise.all([old, young, posted].map(({ id }) => sees('ana', id)))).toEqual([
		'not-found',
		'done',
		'done'
	]);
});

describe('a form without script', () => {
	const form = (files: File[], before: string[] = []) => {
		const sent = new FormData();
		for (const file of files) sent.append('file', file);
		for (const id of before) sent.append('files', id);
		for (const id of before) sent.set(`alt ${id}`, 'The board, at noon');
		return sent;
	};
	const take = (sent: FormData) => takeFiles(db, world.people.ana, { cohortId: world.cohortId }, sent);
	const picture = () => new File([jpeg as Uint8Array<ArrayBuffer>], 'a.jpg', { type: 'text/html' });

	test('brings its files along, those of before first', async () => {
		const before = await add('ana');
		const ids = await take(form([picture()], [before.id]));
		expect(ids).toHaveLength(2);
		expect(ids[0]).toBe(before.id);
		const loose = await db.asPerson(world.people.ana.id, (tx) => listLooseFiles(tx, world.people.ana, ids));
		expect(loose.map(({ name, alt }) => [name, alt])).toEqual([
			['board.webp', 'The board, at noon'],
			['a.webp', null]
		]);
		expect(await db.asPerson(world.people.ben.id, (tx) => listLooseFiles(tx, world.people.ben, ids))).toEqual([]);
	});
	test('has no file where none was chosen', async () => {
		expect(await take(form([new File([], '')]))).toEqual([]);
	});
	test('takes five', async () => {
		expect(await reasonOf(take(form(Array.from({ length: 6 }, picture))))).toBe('rule');
		expect(
			await reasonOf(
				take(
					form(
						[picture()],
						Array.from({ length: 5 }, () => uuidv7())
					)
				)
			)
		).toBe('rule');
	});
	test('says of an empty file that it is empty', async () => {
		expect(await reasonOf(take(form([new File([], 'empty.pdf')])))).toBe('rule');
	});
});
