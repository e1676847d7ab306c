/** Taking a reflection along as a file, and reading a file that is to go into one. Who may read it may; nobody else. */
import { sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { Apart } from '#lib/server/apart.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { readWritten } from './authors.server.ts';
import { fileNameOf } from './file-name.ts';
import type { ReadIn } from './in/report.ts';
import { ownersOf, readState } from './log.server.ts';
import { type Copy, type Format, formats } from './out/copy.ts';
import type { Making } from './out/make.server.ts';
import { type Showing, type Shown, shownOf } from './out/shown.ts';
import type { Paper } from './out/pdf.server.ts';
import { accessTo } from './policy.ts';
import { readReflection, type Reflection } from './reflection.server.ts';

/** A document with many pictures; only its text is read. `server.js` takes as much and a little for the form around it. */
export const largestFile = 10 * 1024 * 1024;

export type Piece = { make: Making } | { show: Showing } | { read: Uint8Array };
export type Done = { file: Uint8Array } | { shown: Shown } | { read: ReadIn };

/** A build puts modules into a folder of chunks, and the worker, which is an entry of its own, beside that folder. */
const thread = new Apart<Piece, Done>({
	script: new URL(
		/\.ts(\?|$)/.test(import.meta.url) ? './copy-worker.server.ts' : '../copy-worker.js',
		import.meta.url
	),
	ms: 60_000,
	megabytes: 1024,
	waiting: 20,
	failed:
		'This took longer than it may, so it was given up. What you wrote is safe. Please try another format or a smaller file.'
});

export type Wanted = {
	format: Format;
	/** Whether it says who wrote which words. */
	authors: boolean;
	/** Whether it has what was said about the text, and by whom. */
	comments: boolean;
	paper: Paper;
};

/**
 * A reflection as a file. That a copy was made is written down for both of its pair, in the same transaction that reads it.
 * @throws Refusal not-found when it is absent or its words are not the person's to read
 */
export async function copyReflection(
	db: Database,
	person: Person,
	id: string,
	wanted: Wanted,
	whence: Whence | null,
	now = new Date()
): Promise<{ name: string; type: string; file: Uint8Array<ArrayBuffer> }> {
	const reflection = await readReflection(db, person, id);
	const { format, paper } = wanted;
	const { pair } = reflection;
	const { teacher, mentor } = pair;
	const { state, written, commenters, about } = await db.asPerson(person.id, async (tx) => {
		if (!(await isReadable(tx, id))) throw notFound('reflection');
		const { update, number } = await readState(tx, id);
		// A damaged row of years ago must not keep somebody from their words.
		const written = wanted.authors ? await readWritten(tx, id).catch(unread(id)) : null;
		const commenters = wanted.comments ? await ownersOf(tx, id) : null;
		await record(
			tx,
			...(['teacher', 'mentor'] as const)
				// Whose words it is not now is told nothing, not even that there is something.
				.filter((role) => accessTo(pair, role, reflection.shared) !== 'none')
				.map((role) => ({
					kind: 'reflection-copied' as const,
					person: pair[role].id,
					by: person.id,
					whence,
					about: { reflection: id, format, authors: wanted.authors, comments: wanted.comments }
				}))
		);
		return { state: number > 0 ? update : null, written, commenters, about: await aboutOf(tx, reflection, now) };
	});
	const done = await thread.run({
		make: {
			format,
			paper,
			faces: format === 'pdf' ? (await import('./out/faces.server.ts')).faces : null,
			about,
			state,
			written,
			commenters,
			names: { [teacher.id]: teacher.name, [mentor.id]: mentor.name }
		}
	});
	if (!('file' in done)) throw new Error('The thread made no file.');
	return {
		name: `${fileNameOf(reflection.title)}.${format}`,
		type: formats[format].type,
		file: done.file as Uint8Array<ArrayBuffer>
	};
}

const unread = (id: string) => (error: unknown) => {
	log('authors-not-read', { reflection: id, ...traceOf(error) });
	return null;
};

async function aboutOf(tx: Tx, reflection: Reflection, at: Date): Promise<Omit<Copy, 'text' | 'authors' | 'talk'>> {
	const { id, title, microcredential, pair, startedAt, shared } = reflection;
	// What the teacher keeps alone is the mentor's work only if the mentor had a hand in it before.
	const both = shared || new Set((await ownersOf(tx, id)).values()).has(pair.mentor.id);
	return {
		title,
		microcredential,
		writers: [
			{ name: pair.teacher.name, role: 'teacher' },
			...(both ? [{ name: pair.mentor.name, role: 'mentor' as const }] : [])
		],
		startedAt,
		at
	};
}

async function isReadable(tx: Tx, id: string): Promise<boolean> {
	const { rows } = (await tx.execute(
		sql`select 1 as there where ${id}::uuid = any ((select app.readable_reflection_ids())::uuid[])`
	)) as unknown as { rows: unknown[] };
	return rows.length > 0;
}

/** What stands on the page to be printed: the reflection, with who wrote which words and with comments if that is asked for. */
export async function readForPrint(
	db: Database,
	person: Person,
	id: string,
	wanted: Pick<Wanted, 'authors' | 'comments'>,
	now = new Date()
): Promise<{ reflection: Reflection; shown: Shown }> {
	const reflection = await readReflection(db, person, id);
	const { teacher, mentor } = reflection.pair;
	const state = new Uint8Array(Buffer.from(reflection.state, 'base64'));
	const { about, written, commenters } = await db.asPerson(person.id, async (tx) => ({
		about: await aboutOf(tx, reflection, now),
		written: wanted.authors ? await readWritten(tx, id).catch(unread(id)) : null,
		commenters: wanted.comments ? await ownersOf(tx, id) : null
	}));
	const showing: Showing = {
		about,
		state,
		written,
		commenters,
		names: { [teacher.id]: teacher.name, [mentor.id]: mentor.name }
	};
	// Reading who wrote what of a long text takes seconds; the text alone is drawn here, as its own page draws it.
	if (!written) return { reflection, shown: shownOf(showing) };
	const done = await thread.run({ show: showing });
	if (!('shown' in done)) throw new Error('The thread drew nothing.');
	return { reflection, shown: done.shown };
}

/**
 * What is in a file, as blocks that can be put into a reflection. Nothing is changed by it.
 * @throws Refusal not-found as `copyReflection`; rule when the file can't be read, or nobody may write there
 */
export async function readForReflection(db: Database, person: Person, id: string, file: Blob | null): Promise<ReadIn> {
	const { access } = await readReflection(db, person, id);
	if (access !== 'write')
		throw new Refusal(
			'rule',
			'This reflection can only be read now, so nothing can be put into it. Your file is unchanged.'
		);
	if (!file || file.size === 0)
		throw new Refusal('rule', 'Please choose a file first: a Word document or one in Markdown.');
	if (file.size > largestFile)
		throw new Refusal(
			'rule',
			'This file is larger than 10 MB. Pictures are not kept anyway: please save it without them and choose it again.'
		);
	const done = await thread.run({ read: new Uint8Array(await file.arrayBuffer()) }).catch((error: unknown) => {
		if (error instanceof Refusal) throw error;
		log('file-not-read', traceOf(error));
		throw new Refusal('rule', 'This file can not be read. Nothing was changed. Perhaps it helps to save it once more.');
	});
	if (!('read' in done)) throw new Error('The thread read no file.');
	return done.read;
}

/** Ends the thread. */
export const closeCopies = () => thread.close();
