/** What every act on the rights of a reflection begins and ends with. */
import { and, count, eq, sql } from 'drizzle-orm';
import { type AuditEvent, record } from '#lib/audit/audit.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Tx } from '#lib/server/database.ts';
import { readHead, type ReflectionHead } from './reflection.server.ts';
import { reflectionClients } from './schema.server.ts';

/** How the person asking stands to what they may read. */
export const standingIn = ({ pair }: ReflectionHead, person: Person): 'teacher' | 'mentor' =>
	pair.teacher.id === person.id ? 'teacher' : 'mentor';

/**
 * One act at a time on the rights of a reflection: whoever takes it back while it is being frozen finds it frozen, or is
 * found to have been first.
 */
export const oneAtATime = (tx: Tx, reflectionId: string) =>
	tx.execute(sql`select pg_advisory_xact_lock(hashtext('rights of a reflection'), hashtext(${reflectionId}))`);

/**
 * A reflection whose rights its teacher is about to change, when it is their turn.
 * @throws Refusal not-found, or not-allowed for the mentor
 */
export async function decidedBy(tx: Tx, person: Person, id: string): Promise<ReflectionHead> {
	await oneAtATime(tx, id);
	const reflection = await readHead(tx, person, id);
	if (standingIn(reflection, person) !== 'teacher')
		throw new Refusal(
			'not-allowed',
			`Who can see a reflection, and what is handed in, is for ${reflection.pair.teacher.name} to decide. Nothing has changed.`
		);
	return reflection;
}

/** Whether anybody else than the teacher wrote in it; unknown authors count as somebody else. */
export async function hasMentorWritten(tx: Tx, { id, pair }: ReflectionHead): Promise<boolean> {
	const [others] = await tx
		.select({ n: count() })
		.from(reflectionClients)
		.where(
			and(
				eq(reflectionClients.reflectionId, id),
				sql`${reflectionClients.personId} is distinct from ${pair.teacher.id}`
			)
		);
	return others!.n > 0;
}

/**
 * Writes an act on the rights of a reflection down for both of the pair: for the mentor only when they can see it, before
 * or after the act.
 * @param also whom it concerns besides them
 */
export const recordForTwo = (
	tx: Tx,
	{ id, pair }: Pick<ReflectionHead, 'id' | 'pair'>,
	event: Pick<AuditEvent, 'kind' | 'by' | 'whence'>,
	{ mentor = true, also = [] as string[] } = {}
): Promise<void> =>
	record(
		tx,
		...[pair.teacher.id, ...(mentor ? [pair.mentor.id] : []), ...also].map((person) => ({
			...event,
			person,
			about: { reflection: id }
		}))
	);
