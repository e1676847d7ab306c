import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readState } from '#lib/reflection/log.server.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../tests/with-database.ts';
import { plantLoad } from './load.server.ts';

const rows = async (db: Database, query: SQL) =>
	db.asOwner(async (tx) => ((await tx.execute(query)) as unknown as { rows: Record<string, unknown>[] }).rows);

test('the same seed gives the same rows, another seed others, and both fit into one database', async () => {
	const [one, two] = [await withDatabase({ cast: false }), await withDatabase({ cast: false })];
	await plantLoad(one, { teachers: 60, seed: 7 });
	await plantLoad(two, { teachers: 60, seed: 7 });
	const people = sql`select id, name from people order by id`;
	expect(await rows(one, people)).toEqual(await rows(two, people));
	const updates = sql`select reflection_id, number, updates, created_at from reflection_updates order by 1, 2`;
	const reflections = sql`select r.*, s.state from reflections r
		join reflection_snapshots s on s.reflection_id = r.id order by id`;
	expect(await rows(one, reflections)).toEqual(await rows(two, reflections));
	expect(await rows(one, updates)).toEqual(await rows(two, updates));
	expect((await rows(one, updates)).length).toBeGreaterThan(50);
	await plantLoad(two, { teachers: 60, seed: 8 });
	expect(await rows(two, sql`select count(*)::int as n from enrollments`)).toEqual([{ n: 120 }]);
	await one.close();
	await two.close();
}, 60_000); // two databases and three loads: on a busy machine that is more than one test's time

test('a load is what people could have done: nobody alone, every text readable by its pair', async () => {
	const db = await withDatabase({ cast: false });
	const counts = await plantLoad(db, { teachers: 130 });
	expect(counts).toMatchObject({ enrollments: 130, pairs: 130, cohorts: 6, caseloads: 130 });
	expect(
		await rows(db, sql`select mentor_id from pairs where status <> 'ended' group by 1 having count(*) > 5`)
	).toEqual([]);
	expect(await rows(db, sql`select 1 from pair_events where kind = 'started' and by_person_id is null`)).toEqual([]);
	// One that is still in its log, and one that was folded.
	for (const kept of [sql`reflection_updates`, sql`reflection_snapshots`]) {
		const [reflection] = await rows(
			db,
			sql`select r.id, p.teacher_id from reflections r join pairs p on p.id = r.pair_id
				where p.status = 'active' and r.id in (select reflection_id from ${kept}) limit 1`
		);
		const { update } = await db.asPerson(reflection!.teacher_id as string, (tx) =>
			readState(tx, reflection!.id as string)
		);
		const doc = new Y.Doc();
		Y.applyUpdate(doc, update);
		expect(doc.getXmlFragment('prosemirror').toString()).toMatch(/^(<paragraph>[^<]+<\/paragraph>){3,}$/);
	}
	await expect(plantLoad(db, { teachers: 1 })).rejects.toThrow('holds the load of seed 1 already');
	await db.close();
});

test('a number that is none, or too many, is refused with a sentence', async () => {
	const db = await withDatabase({ cast: false });
	for (const teachers of [0, -1, 1.5, NaN, 100_001])
		await expect(plantLoad(db, { teachers })).rejects.toThrow('--teachers takes a whole number');
	await expect(plantLoad(db, { teachers: 1, seed: 65_536 })).rejects.toThrow('--seed takes a whole number');
	await db.close();
});
