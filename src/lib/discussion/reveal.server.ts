/** Looking who asked without a name: a moderator's act, written down before anything is shown, and read by whoever asked. */
import { and, asc, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import { isId } from '#lib/server/id.ts';
import { cleanText } from './body.ts';
import { longestReveal, shortestReveal } from './nameless.ts';
import { askedByMe } from './nameless.server.ts';
import { mayModerate } from './policy.ts';
import { authorReveals, threads } from './schema.server.ts';
import { standingIn } from './standing.server.ts';

export type Reveal = {
	/** Null for somebody of whom the person asking need not know. */
	by: string | null;
	own: boolean;
	at: Date;
	reason: string;
};

export type RevealPage = {
	thread: { id: string; cohortId: string; title: string };
	/** Of the program: when somebody looked is said on its clock. */
	timeZone: string;
	reveals: Reveal[];
	/** Who asked, once the person asking has written down why they look; null before, and when nobody can tell any more. */
	author: Person | null;
	/** Whether the person asking has looked. */
	looked: boolean;
};

/** Who looked whose a question is: for the cohort's moderators and for whoever asked, and empty for everybody else. */
export const revealsIn = (tx: Tx, person: Person, threadId: string): Promise<Reveal[]> =>
	tx
		.select({
			by: people.name,
			own: sql<boolean>`${authorReveals.moderatorId} = ${person.id}::uuid`,
			at: authorReveals.at,
			reason: authorReveals.reason
		})
		.from(authorReveals)
		.leftJoin(people, eq(people.id, authorReveals.moderatorId))
		.where(eq(authorReveals.threadId, threadId))
		.orderBy(asc(authorReveals.at), asc(authorReveals.id));

/** @throws Refusal not-found for everybody but a moderator of its cohort, and for a thread with a name */
async function namelessThread(tx: Tx, threadId: string) {
	const [thread] = isId(threadId)
		? await tx
				.select({
					id: threads.id,
					cohortId: threads.cohortId,
					title: threads.title,
					nameless: threads.nameless,
					timeZone: programs.timeZone
				})
				.from(threads)
				.innerJoin(cohorts, eq(cohorts.id, threads.cohortId))
				.innerJoin(programs, eq(programs.id, cohorts.programId))
				.where(eq(threads.id, threadId))
		: [];
	if (!thread?.nameless || !mayModerate(await standingIn(tx, thread.cohortId))) throw notFound('question');
	return thread;
}

async function authorIn(tx: Tx, threadId: string): Promise<Person | null> {
	const { rows } = (await tx.execute(
		sql`select person_id as id, name, initials from app.revealed_author(${threadId}::uuid)`
	)) as unknown as { rows: Person[] };
	return rows[0] ?? null;
}

/** What a moderator sees before and after. @throws Refusal not-found */
export const readReveal = (db: Database, person: Person, threadId: string): Promise<RevealPage> =>
	db.asPerson(person.id, async (tx) => {
		const { id, cohortId, title, timeZone } = await namelessThread(tx, threadId);
		const reveals = await revealsIn(tx, person, id);
		const looked = reveals.some(({ own }) => own);
		const author = looked ? await authorIn(tx, id) : null;
		return { thread: { id, cohortId, title }, timeZone, reveals, author, looked };
	});

/**
 * Looks who asked. The reason, who looked and when are written down first, for good: whoever asked reads them, and so do the
 * other moderators. Looking again at what one has looked at is no second act. That nobody can tell any more is an answer like
 * a name: where one account was deleted of late, it says whose the question was, and so it is written down as well.
 * @returns null when nobody can tell any more
 * @throws Refusal not-found, or rule: no reason, or one's own question
 */
export const revealAuthor = (
	db: Database,
	{ person, whence }: { person: Person; whence: Whence },
	threadId: string,
	reason: unknown
): Promise<Person | null> =>
	db.asPerson(person.id, async (tx) => {
		const thread = await namelessThread(tx, threadId);
		const words = typeof reason === 'string' ? cleanText(reason).replace(/\s+/g, ' ').trim() : '';
		if (words.length < shortestReveal || words.length > longestReveal)
			throw new Refusal(
				'rule',
				`Please say why you look, in ${shortestReveal} to ${longestReveal} characters: whoever asked reads it. Nothing was shown, and they were told nothing.`
			);
		if (await askedByMe(tx, person, thread.id))
			throw new Refusal('rule', 'You asked this yourself, so there is nobody to look up.');
		// Two clicks at one instant are one look.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext('looks of'), hashtext(${`${person.id} ${thread.id}`}))`);
		const [before] = await tx
			.select({ id: authorReveals.id })
			.from(authorReveals)
			.where(and(eq(authorReveals.threadId, thread.id), eq(authorReveals.moderatorId, person.id)));
		const id = before?.id ?? uuidv7();
		if (!before)
			await tx
				.insert(authorReveals)
				.values({ id, threadId: thread.id, cohortId: thread.cohortId, moderatorId: person.id, reason: words });
		const author = await authorIn(tx, thread.id);
		if (author && !before)
			await record(tx, {
				kind: 'author-revealed',
				person: author.id,
				by: person.id,
				whence,
				about: { thread: thread.id, cohort: thread.cohortId, reveal: id }
			});
		return author;
	});
