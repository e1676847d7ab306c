/** The page of a thread. */
import type { Person } from '#lib/identity/person.ts';
import type { Database } from '#lib/server/database.ts';
import { levelFor } from './choices.server.ts';
import { notesOf, type ThreadNotes } from './notes.server.ts';
import type { Heard } from './nearest.ts';
import { type Listener, readAudience } from './standing.server.ts';
import { pageOf, threadIn, type ThreadPage } from './threads.server.ts';

export type OpenedThread = ThreadPage & {
	/** Everybody who reads it. */
	people: Listener[];
	/** What the person hears of it. */
	hears: Heard['level'];
	notes: ThreadNotes;
};

/**
 * All that the page of a thread shows to everybody, of one moment: in one transaction, which asks once who may read it.
 * @param asked as `readThread`
 * @throws Refusal not-found
 */
export const openThreadPage = (
	db: Database,
	person: Person,
	threadId: string,
	asked: { at?: unknown; now?: Date } = {}
): Promise<OpenedThread> =>
	db.asPerson(person.id, async (tx) => {
		const found = await threadIn(tx, person, threadId);
		return {
			...(await pageOf(tx, person, found, asked)),
			people: await readAudience(tx, found.cohort.id),
			hears: (await levelFor(tx, person, found.thread)).level,
			notes: await notesOf(tx, person, found)
		};
	});
