/** The table of `pairing/policy.cases.ts` against the database's own policies: page and table can't drift apart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { count, eq } from 'drizzle-orm';
import { cases } from '#lib/pairing/policy.cases.ts';
import type { Standing } from '#lib/pairing/policy.ts';
import { pairEvents, pairs } from '#lib/pairing/schema.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, type PairWorld } from './pair-world.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const thrownAway = new Error('thrown away');

/** What this person could do by hand at the tables; everything is rolled back. */
async function tries(world: PairWorld, who: Standing) {
	const found = { sees: false, events: false, words: false, ends: false };
	await db
		.asPerson(world[who], async (tx) => {
			found.sees = (await tx.select().from(pairs).where(eq(pairs.id, world.pairId))).length === 1;
			const [events] = await tx.select({ n: count() }).from(pairEvents).where(eq(pairEvents.pairId, world.pairId));
			found.events = events!.n > 0;
			found.words = (await tx.select().from(reflections).where(eq(reflections.pairId, world.pairId))).length > 0;
			const ended = await tx
				.update(pairs)
				.set({ status: 'ended', endedAs: 'withdrawn', endedAt: new Date() })
				.where(eq(pairs.id, world.pairId))
				.returning({ id: pairs.id });
			found.ends = ended.length === 1;
			throw thrownAway;
		})
		.catch((error: unknown) => {
			if (error !== thrownAway) throw error;
		});
	return found;
}

test.for(cases)(
	'of a pair that is %s (%s) a %s sees %s, and may end it: %s',
	async ([status, endedAs, who, sees, ends]) => {
		const world = await plantPair(db, { status, endedAs });
		const found = await tries(world, who);
		expect(found.sees).toBe(sees !== 'nothing');
		expect(found.events).toBe(sees !== 'nothing');
		if (sees !== 'everything') expect(found.words).toBe(false);
		expect(found.ends).toBe(ends);
	}
);

test.for<[who: Standing, may: boolean]>([
	['teacher', true],
	['mentor', true],
	['manager', true],
	['coach', false],
	['stranger', false]
])('a %s writes the ending of an active pair by hand: %s', async ([who, may]) => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const writing = db.asPerson(world[who], (tx) =>
		tx.insert(pairEvents).values({ pairId: world.pairId, kind: 'ended', byPersonId: world[who], reason: 'By hand' })
	);
	await (may ? expect(writing).resolves.toBeDefined() : expect(writing).rejects.toThrow());
});

test('nobody writes an ending in somebody else’s name, or another event than an ending', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const write = (event: Omit<typeof pairEvents.$inferInsert, 'pairId'>) =>
		db.asPerson(world.teacher, (tx) => tx.insert(pairEvents).values({ pairId: world.pairId, ...event }));
	await expect(write({ kind: 'ended', byPersonId: world.mentor })).rejects.toThrow();
	await expect(write({ kind: 'resumed', byPersonId: world.teacher })).rejects.toThrow();
});

test('nobody brings an ended pair back, or hands a pair to other people', async () => {
	const ended = await plantPair(db, { status: 'ended', endedAs: 'completed' });
	const back = await db.asPerson(ended.teacher, (tx) =>
		tx
			.update(pairs)
			.set({ status: 'active', endedAs: null, endedAt: null })
			.where(eq(pairs.id, ended.pairId))
			.returning()
	);
	expect(back).toEqual([]);
	const open = await plantPair(db, { status: 'active', endedAs: null });
	await expect(
		db.asPerson(open.teacher, (tx) =>
			tx.update(pairs).set({ mentorId: open.stranger }).where(eq(pairs.id, open.pairId))
		)
	).rejects.toThrow();
});

test('a coach whose time with the pair is over is a stranger', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null, coachUntil: new Date(Date.now() - 1000) });
	expect(await tries(world, 'coach')).toEqual({ sees: false, events: false, words: false, ends: false });
});
