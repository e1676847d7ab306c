/** Granting what a stack brings, on a real server: every look has a connection of its own, as every server has. */
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { stackOutcomes } from '#lib/catalogue/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import { grantOutcomes } from '#lib/progress/outcomes.server.ts';
import { outcomeGrants } from '#lib/progress/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair } from '../pair-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase({ cast: false });
});
afterAll(() => db?.close());

test('eight servers that look at the same instant grant it once, and write it down once; ten times over', async () => {
	for (let round = 0; round < 10; round++) {
		const w = await plantPair(db, { status: 'active', endedAs: null });
		await db.asOwner(async (tx) => {
			const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.personId, w.teacher));
			const outcome = { stackVersionId: enrollment!.stackVersionId, kind: 'pay' as const, words: '500 dollars a year' };
			await tx.insert(stackOutcomes).values({ id: uuidv7(), position: 1, ...outcome });
			await tx.insert(awards).values({
				personId: w.teacher,
				microcredentialVersionId: w.microcredentialVersionId,
				awardedAt: new Date(Date.now() - 3600_000)
			});
		});
		const counts = await Promise.all(Array.from({ length: 8 }, () => grantOutcomes(db)));
		expect(counts.reduce((sum, n) => sum + n, 0)).toBe(1);
		const [grants, events] = await db.asOwner(async (tx) => [
			await tx.select().from(outcomeGrants).where(eq(outcomeGrants.personId, w.teacher)),
			await tx.select().from(auditEvents).where(eq(auditEvents.personId, w.teacher))
		]);
		expect([grants.length, events.length]).toEqual([1, 1]);
	}
});
