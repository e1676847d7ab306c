/** One person's place in a program: their roles there, and the pairs that go on whatever becomes of those. */
import { aliasedTable, and, asc, eq, ne, or } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { people } from '#lib/identity/schema.server.ts';
import { type Member, readMember } from '#lib/program/people.server.ts';
import type { Database } from '#lib/server/database.ts';
import { pairs } from './schema.server.ts';

export type Place = Member & {
	/** Open pairs in this program; ending a role does not end them. */
	pairs: { id: string; status: (typeof pairs.$inferSelect)['status']; is: 'teacher' | 'mentor'; other: string }[];
};

/** A mentor has at most fifteen teachers. */
const mostPairs = 50;
const teachers = aliasedTable(people, 'teachers');
const mentors = aliasedTable(people, 'mentors');

/**
 * For a manager of the program, and for the person.
 * @throws Refusal not-found
 */
export const readPlace = (db: Database, asking: Person, programId: string, personId: string): Promise<Place> =>
	db.asPerson(asking.id, async (tx) => {
		const member = await readMember(tx, asking, programId, personId);
		const open = await tx
			.select({
				id: pairs.id,
				status: pairs.status,
				teacherId: pairs.teacherId,
				teacher: teachers.name,
				mentor: mentors.name
			})
			.from(pairs)
			.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
			.innerJoin(mentors, eq(mentors.id, pairs.mentorId))
			.where(
				and(
					eq(pairs.programId, programId),
					or(eq(pairs.teacherId, personId), eq(pairs.mentorId, personId)),
					ne(pairs.status, 'ended')
				)
			)
			.orderBy(asc(pairs.proposedAt), asc(pairs.id))
			.limit(mostPairs);
		return {
			...member,
			pairs: open.map(({ id, status, teacherId, teacher, mentor }) => {
				const is = teacherId === personId ? 'teacher' : 'mentor';
				return { id, status, is, other: is === 'teacher' ? mentor : teacher };
			})
		};
	});
