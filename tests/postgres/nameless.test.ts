import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveToCohort } from '#lib/discussion/moving.server.ts';
import { askNameless, publishNameless } from '#lib/discussion/nameless.server.ts';
import { posts, threads } from '#lib/discussion/schema.server.ts';
import { cohorts, enrollments } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { plantCohort } from '../cohort-world.ts';
import { proven } from '../pair-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

const asked = async (count: number) => {
	const world = await plantCohort(db);
	for (let i = 0; i < count; i++)
		await askNameless(
			db,
			world.people.ana,
			{
				cohortId: world.cohortId,
				microcredentialId: world.waiting,
				title: `Question ${i}`,
				text: 'Is it only me?',
				form: uuidv7()
			},
			new Date(Date.now() - (400 - i * 2) * 24 * 3_600_000)
		);
	const said = () => db.asOwner((tx) => tx.select().from(threads).where(eq(threads.cohortId, world.cohortId)));
	return { world, said };
};

test('eight servers that look at the same instant say each question once', async () => {
	const { said } = await asked(5);
	const all = await Promise.all(Array.from({ length: 8 }, () => publishNameless(db)));
	expect(all.flat()).toHaveLength(5);
	expect(new Set(all.flat()).size).toBe(5);
	expect((await said()).map(({ title }) => title).sort()).toEqual(Array.from({ length: 5 }, (_, i) => `Question ${i}`));
});

test('a server that dies at any of its statements loses none and says none twice', async () => {
	const { world, said } = await asked(4);
	for (let dies = 1; dies < 9; dies++) {
		let statements = 0;
		const dying: Database = {
			...db,
			asService: (work) =>
				db.asService((tx) =>
					work(
						new Proxy(tx, {
							get(target, name) {
								if (['select', 'insert', 'update', 'execute'].includes(String(name)) && ++statements >= dies)
									throw new Error('killed');
								const value = Reflect.get(target, name) as unknown;
								return typeof value === 'function' ? (value.bind(target) as unknown) : value;
							}
						}) as Tx
					)
				)
		};
		await publishNameless(dying).catch(() => {});
		const there = await said();
		expect(new Set(there.map(({ title }) => title)).size).toBe(there.length);
		// Never half of one.
		const first = await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)));
		expect(first).toHaveLength(there.length);
	}
	await publishNameless(db);
	expect(await said()).toHaveLength(4);
});

test('of three teachers who are moved to one seat at one instant, one gets it', async () => {
	const { world } = await asked(0);
	await db.asOwner((tx) => tx.update(cohorts).set({ capacity: 2 }).where(eq(cohorts.id, world.nextId)));
	const by = { person: world.people.manager, proof: proven, whence: { network: null, userAgent: null } };
	const moves = await Promise.allSettled(
		(['ana', 'ben', 'cleo'] as const).map((key) =>
			moveToCohort(db, by, world.programId, world.people[key].id, { cohortId: world.nextId })
		)
	);
	expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const seats = await db.asOwner((tx) => tx.select().from(enrollments).where(eq(enrollments.cohortId, world.nextId)));
	expect(seats).toHaveLength(2);
});
