import { count, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSession } from '#lib/identity/session.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import { accessOf } from '#lib/reflection/access.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../tests/with-database.ts';
import { cast } from './cast.ts';
import { mostRooms, openRooms } from './rooms.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

test('both of a room are signed in, may write there, and nowhere else', async () => {
	const [one, other] = await openRooms(db, 2);
	for (const cookie of [one!.teacher, one!.mentor]) {
		const { person } = (await readSession(db, cookie))!;
		expect(person.name).toMatch(/^Demo (teacher|mentor) /);
		expect((await accessOf(db, person.id, one!.reflectionId)).access).toBe('write');
		expect((await accessOf(db, person.id, other!.reflectionId)).access).toBe('none');
		expect((await accessOf(db, person.id, cast.reflections.rosaSecond.id)).access).toBe('none');
	}
});

test('nobody of the cast meets them: one program of their own, no caseload', async () => {
	const rooms = [...(await openRooms(db, 3)), ...(await openRooms(db, 1))];
	await db.asOwner(async (tx) => {
		const theirs = await tx
			.select({ pairId: pairs.id, programId: pairs.programId, key: programs.key })
			.from(reflections)
			.innerJoin(pairs, eq(pairs.id, reflections.pairId))
			.innerJoin(programs, eq(programs.id, pairs.programId))
			.where(
				inArray(
					reflections.id,
					rooms.map(({ reflectionId }) => reflectionId)
				)
			);
		expect(theirs).toHaveLength(4);
		expect(new Set(theirs.map(({ programId }) => programId)).size).toBe(1);
		expect(Object.values(cast.programs).map(({ id }) => id)).not.toContain(theirs[0]!.programId);
		const [looked] = await tx
			.select({ after: count() })
			.from(caseloads)
			.where(
				inArray(
					caseloads.pairId,
					theirs.map(({ pairId }) => pairId)
				)
			);
		expect(looked!.after).toBe(0);
	});
	for (const { id } of [cast.people.claire, cast.people.pat])
		expect(
			await db.asPerson(id, (tx) => tx.select().from(reflections).where(eq(reflections.id, rooms[0]!.reflectionId)))
		).toEqual([]);
});

test.for([0, -1, 1.5, NaN, mostRooms + 1])('%s rooms at once are refused', async (wanted) => {
	await expect(openRooms(db, wanted)).rejects.toThrow(`count takes a whole number from 1 to ${mostRooms}`);
});
