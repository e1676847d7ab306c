/** Two people at the same instant need two connections, so this runs on a Postgres server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { and, eq } from 'drizzle-orm';
import { endPair } from '#lib/pairing/pair.server.ts';
import { pairEvents } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, proven } from '../pair-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

test('when both end the pair at once there is one ending, and both are told that one', async () => {
	for (let round = 0; round < 10; round++) {
		const world = await plantPair(db, { status: 'active', endedAs: null });
		const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
		const ends = await Promise.all([
			endPair(db, as(world.teacher), proven, world.pairId, { endedAs: 'rematched', reason: 'Teacher' }),
			endPair(db, as(world.mentor), proven, world.pairId, { endedAs: 'completed', reason: 'Mentor' }),
			endPair(db, as(world.manager), proven, world.pairId, { endedAs: 'withdrawn', reason: 'Manager' })
		]);
		expect(ends[1]).toEqual(ends[0]);
		expect(ends[2]).toEqual(ends[0]);
		const events = await db.asOwner((tx) =>
			tx
				.select()
				.from(pairEvents)
				.where(and(eq(pairEvents.pairId, world.pairId), eq(pairEvents.kind, 'ended')))
		);
		expect(events).toHaveLength(1);
	}
});
