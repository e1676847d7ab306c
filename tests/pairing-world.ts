/** More people around a planted pair: teachers who wait for a mentor, and mentors who could be one. */
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { people, roles } from '#lib/identity/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import type { PairWorld } from './pair-world.ts';

/** Teachers inside the program of a world, each in its cohort and with its stack. @returns their ids */
export async function plantTeachers(db: Database, world: PairWorld, n: number): Promise<string[]> {
	const ids = Array.from({ length: n }, () => uuidv7());
	if (n === 0) return ids;
	await db.asOwner(async (tx) => {
		const [seat] = await tx.select().from(enrollments).where(eq(enrollments.programId, world.programId)).limit(1);
		await tx.insert(people).values(ids.map((id, i) => ({ id, name: `Teacher ${i + 1}`, initials: 'T' })));
		await tx.insert(enrollments).values(
			ids.map((personId) => ({
				programId: world.programId,
				personId,
				cohortId: seat!.cohortId,
				stackVersionId: seat!.stackVersionId,
				status: 'active' as const
			}))
		);
	});
	return ids;
}

/** Mentors of the program of a world, by role. @returns their ids */
export async function plantMentors(db: Database, world: PairWorld, n: number): Promise<string[]> {
	const ids = Array.from({ length: n }, () => uuidv7());
	if (n === 0) return ids;
	await db.asOwner(async (tx) => {
		await tx.insert(people).values(ids.map((id, i) => ({ id, name: `Mentor ${i + 1}`, initials: 'M' })));
		await tx.insert(roles).values(
			ids.map((personId) => ({
				personId,
				role: 'mentor' as const,
				scopeKind: 'program' as const,
				scopeId: world.programId,
				fromAt: new Date(Date.now() - 3600_000)
			}))
		);
	});
	return ids;
}
