/**
 * A copy of everything that is a person's own, file by file. Each file is read in a transaction of its own as that person,
 * so row policies decide what is in it, and no more than one is in memory at a time.
 */
import { createHash } from 'node:crypto';
import { makeZip } from 'client-zip';
import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { postFiles, posts } from '#lib/discussion/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { sessions } from '#lib/identity/schema.server.ts';
import { readWritten } from '#lib/reflection/authors.server.ts';
import { readLog } from '#lib/reflection/log.server.ts';
import { type ListedReflection, listReflections } from '#lib/reflection/reflection.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { fileName, formatVersion, notCopied, readme } from './copy.ts';
import { makeFiles } from './files-thread.server.ts';
import { nameLeft } from './left.ts';
import { copiesPerDay, fetchWithin, isFresh } from './policy.ts';
import { endToEnd, type Files, json, type Written } from './reflection-files.ts';

import { lists, ownFiles } from './copy-lists.server.ts';
const listOwnFiles = (tx: Tx, person: Person) =>
	tx
		.select({ id: postFiles.id, name: postFiles.name })
		.from(postFiles)
		.leftJoin(posts, eq(posts.id, postFiles.postId))
		.where(ownFiles(person))
		.orderBy(asc(postFiles.addedAt), asc(postFiles.id));
const contentOf = async (tx: Tx, id: string) => {
	const [file] = await tx.select({ content: postFiles.content }).from(postFiles).where(eq(postFiles.id, id));
	return file && new Uint8Array(file.content);
};

/** Tables that are in a copy otherwise than as a list. */
export const inReflections = ['reflections'];

export type CopiedFile = { name: string; text: string | Uint8Array<ArrayBuffer> };

/** The files of a person's copy, one after the other; the last one lists the others. */
export async function* copyOf(db: Database, person: Person, now = new Date()): AsyncGenerator<CopiedFile> {
	const files: { name: string; bytes: number; sha256: string }[] = [];
	const file = (name: string, text: CopiedFile['text']): CopiedFile => {
		const bytes = typeof text === 'string' ? Buffer.from(text) : text;
		files.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
		return { name, text };
	};
	yield file('README.txt', readme(person.name, now).replace(/\n/g, '\r\n'));
	for (const { file: name, rows } of lists)
		yield file(name, json(await db.asPerson(person.id, (tx) => rows(tx, person))));
	// One at a time: together they can be some hundred megabytes.
	for (const { id, name } of await db.asPerson(person.id, (tx) => listOwnFiles(tx, person))) {
		const found = await db.asPerson(person.id, async (tx) => (await contentOf(tx, id)) ?? null);
		if (found) yield file(`cohorts/files/${id} ${name}`, found);
	}
	const all = await listReflections(db, person);
	const names = all.map(({ title }, i) => fileName(i + 1, title));
	yield file(
		'reflections/list.json',
		json(all.map((reflection, i) => ({ ...aboutOf(reflection, person), files: `${names[i]}.md, .html, .json` })))
	);
	for (const [i, reflection] of all.entries()) {
		// What was taken away since the list was read is left out: the policies are asked again.
		const copied = await copyReflection(db, person, reflection);
		if (!copied) continue;
		yield file(`reflections/${names[i]}.md`, copied.markdown);
		yield file(`reflections/${names[i]}.html`, copied.html);
		yield file(`reflections/${names[i]}.json`, copied.json);
	}
	yield {
		name: 'manifest.json',
		text: json({ format: 'wayfellow-copy', version: formatVersion, of: person.id, at: now, files, leftOut: notCopied })
	};
}

/** The same as one zip file, made as fast as it is taken. */
export function zipOf(db: Database, person: Person, now = new Date()): ReadableStream<Uint8Array> {
	async function* entries() {
		for await (const { name, text } of copyOf(db, person, now)) yield { name, input: text, lastModified: now };
	}
	return makeZip(entries(), { buffersAreUTF8: true });
}

function aboutOf(
	{ id, title, microcredential, pair, startedAt, shared, lastEdit, access }: ListedReflection,
	person: Person
) {
	const named = ({ id, name }: Person, role: 'teacher' | 'mentor') => ({ id, name: nameLeft(name, role) });
	return {
		id,
		title,
		microcredential,
		teacher: named(pair.teacher, 'teacher'),
		mentor: named(pair.mentor, 'mentor'),
		you: pair.teacher.id === person.id ? 'teacher' : 'mentor',
		pair: { id: pair.id, status: pair.status, endedAs: pair.endedAs, endedAt: pair.endedAt },
		startedAt,
		shared,
		lastEditAt: lastEdit?.at ?? null,
		youMay: access
	};
}

async function copyReflection(db: Database, person: Person, reflection: ListedReflection): Promise<Files | null> {
	const written = await db.asPerson(person.id, async (tx): Promise<Written | null> => {
		const [there] = (
			(await tx.execute(
				sql`select 1 as there where ${reflection.id}::uuid = any ((select app.readable_reflection_ids())::uuid[])`
			)) as unknown as { rows: unknown[] }
		).rows;
		if (!there) return null;
		const { snapshot, rows } = await readLog(tx, reflection.id);
		const updates = rows.flatMap((row) => row.updates);
		const all = await readWritten(tx, reflection.id).catch((error: unknown) => {
			log('authors-not-read', { reflection: reflection.id, ...traceOf(error) });
			return null;
		});
		return {
			text: endToEnd(snapshot ? [snapshot.state, ...updates] : updates),
			log: all && {
				people: all.log.map(({ personId }) => personId),
				counts: Uint32Array.from(all.log, (row) => row.updates.length),
				updates: endToEnd(all.log.flatMap((row) => row.updates)),
				folded: all.folded
			},
			owners: [...(all?.owners ?? [])]
		};
	});
	return written && makeFiles({ about: aboutOf(reflection, person), written });
}

/** When somebody's session began and what it has shown; null when it is over. */
async function shownIn(tx: Tx, sessionId: string) {
	const [row] = await tx
		.select({ openedAt: sessions.createdAt, passkeyAt: sessions.passkeyAt })
		.from(sessions)
		.where(eq(sessions.id, sessionId));
	return row ?? null;
}

/** Whether it is surely the person who sits there. */
export const isShown = (db: Database, person: Person, sessionId: string, now = new Date()): Promise<boolean> =>
	db.asPerson(person.id, (tx) => isShownIn(tx, sessionId, now));

/** As `isShown`, inside a transaction of that person. */
export async function isShownIn(tx: Tx, sessionId: string, now: Date): Promise<boolean> {
	const shown = await shownIn(tx, sessionId);
	return shown !== null && isFresh(shown, now);
}

export const signInOnceMore = new Refusal(
	'rule',
	'You have been signed in for a while, and this should surely be you. Please sign in once more; nothing has happened yet.'
);

/** Asks for a copy, which can then be fetched for a few minutes. @throws Refusal rule, too-many */
export const askForCopy = (
	db: Database,
	person: Person,
	sessionId: string,
	whence: Whence | null,
	now = new Date()
): Promise<{ asked: true }> =>
	db.asPerson(person.id, async (tx) => {
		if (!(await isShownIn(tx, sessionId, now))) throw signInOnceMore;
		// Two who ask at once take turns, else both would see room for one more.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('copy of'), hashtext(${person.id}))`);
		const made = await copiesSince(tx, person, new Date(now.getTime() - 86_400_000));
		if (made >= copiesPerDay)
			throw new Refusal(
				'too-many',
				`You have taken ${copiesPerDay} copies since this time yesterday, and they hold the same as a new one would, but for what was written since. Please come back tomorrow.`
			);
		await record(tx, { kind: 'data-exported', person: person.id, by: person.id, whence });
		return { asked: true };
	});

/** Whether a copy was asked for just now. */
export const mayFetchCopy = (db: Database, person: Person, now = new Date()): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => (await copiesSince(tx, person, new Date(now.getTime() - fetchWithin))) > 0);

async function copiesSince(tx: Tx, person: Person, since: Date): Promise<number> {
	const [row] = await tx
		.select({ copies: count() })
		.from(auditEvents)
		.where(
			and(
				eq(auditEvents.personId, person.id),
				eq(auditEvents.byPersonId, person.id),
				eq(auditEvents.kind, 'data-exported'),
				gt(auditEvents.at, since)
			)
		);
	return row!.copies;
}

/** The days on which copies were taken, newest first: so that a copy nobody took is noticed. */
export const listCopies = (db: Database, person: Person): Promise<Date[]> =>
	db.asPerson(person.id, async (tx) => {
		const rows = await tx
			.select({ at: auditEvents.at })
			.from(auditEvents)
			.where(and(eq(auditEvents.personId, person.id), eq(auditEvents.kind, 'data-exported')))
			.orderBy(desc(auditEvents.at))
			.limit(5);
		return rows.map(({ at }) => at);
	});
