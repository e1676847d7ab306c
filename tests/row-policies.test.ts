import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { reflections, reflectionSharings } from '#lib/reflection/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { allowed, disagreements, tablesSeen } from './row-policy-cases.ts';
import { withDatabase } from './with-database.ts';
import { buildWorld, type World } from './world.ts';

let db: Database;
let world: World;

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await buildWorld(db);
}, 120_000);
afterAll(() => db?.close());

const rows = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
const pairThatIs = (state: string) => world.pairs.find(({ status, endedAs }) => (endedAs ?? status) === state)!;

test('the database says about every reflection what the policy says', { timeout: 60_000 }, async () => {
	expect(await disagreements(db, world)).toEqual([]);
});

/** What everybody who is signed in may read: the catalogue, the credit register, and the tree of organizations. */
const open = [
	'capacity_rules',
	'contact_norms',
	'credit_conversions',
	'credit_rules',
	'issuers',
	'jurisdictions',
	'microcredential_versions',
	'microcredentials',
	'organizations',
	'stack_versions',
	'stacks'
];

test('a stranger sees the catalogue, their own name, and nothing else', async () => {
	expect(await tablesSeen(db, pairThatIs('active').people.stranger)).toEqual([...open, 'people'].sort());
	const seen = await db.asPerson(pairThatIs('active').people.stranger, (tx) => tx.select().from(people));
	expect(seen.map(({ id }) => id)).toEqual([pairThatIs('active').people.stranger]);
});

test('somebody who is nobody sees the catalogue only', async () => {
	expect(await tablesSeen(db, uuidv7())).toEqual(open);
});

test('a coach sees the rhythm of a pair and neither a word nor a title', async () => {
	const { people: who, pairId, reflectionId, aloneId } = pairThatIs('active');
	const rhythm = await db.asPerson(who.coach, (tx) =>
		rows<Record<string, unknown>>(tx, sql`select * from app.rhythm()`)
	);
	// Both of the two wrote in both: the one that the teacher took back counts with its dates, and says so.
	expect(rhythm.map((row) => row.pair_id)).toEqual([pairId, pairId, pairId, pairId]);
	expect(new Map(rhythm.map((row) => [row.reflection_id, row.shared]))).toEqual(
		new Map([
			[reflectionId, true],
			[aloneId, false]
		])
	);
	expect(new Set(rhythm.map((row) => row.person_id))).toEqual(new Set([who.teacher, who.mentor]));
	expect(JSON.stringify(rhythm)).not.toContain('Private');
	expect(await tablesSeen(db, who.coach)).not.toContain('reflections');
});

test('a mentor finds in the rhythm nothing that is not shared, and the teacher all', async () => {
	const { people: who, reflectionId, aloneId } = pairThatIs('active');
	const found = (person: string) =>
		db.asPerson(person, async (tx) =>
			(await rows<{ id: string }>(tx, sql`select distinct reflection_id as id from app.rhythm()`)).map(({ id }) => id)
		);
	expect(await found(who.mentor)).toEqual([reflectionId]);
	expect((await found(who.teacher)).sort()).toEqual([reflectionId, aloneId].sort());
});

test('what a mentor began is not theirs to share again after the teacher took it back, nor is anybody else’s', async () => {
	const { people: who, aloneId } = pairThatIs('active');
	const shares = (person: string) =>
		allowed(db, person, (tx) => tx.insert(reflectionSharings).values({ reflectionId: aloneId, sharedBy: person }));
	await db.asOwner((tx) => tx.update(reflections).set({ createdBy: who.mentor }).where(eq(reflections.id, aloneId)));
	expect(await shares(who.mentor)).toBe(false);
	await db.asOwner((tx) => tx.update(reflections).set({ createdBy: who.teacher }).where(eq(reflections.id, aloneId)));
	expect(await shares(who.mentor)).toBe(false);
});

test('a coach whose time with a pair is over sees nothing of it', async () => {
	const { people: who, pairId } = pairThatIs('active');
	const seesPair = () => db.asPerson(who.coach, (tx) => tx.select().from(pairs));
	expect(await seesPair()).toHaveLength(1);
	await db.asOwner((tx) =>
		tx.execute(sql`update caseloads set until_at = now() - interval '1 second' where pair_id = ${pairId}`)
	);
	expect(await seesPair()).toEqual([]);
	expect(await db.asPerson(who.coach, (tx) => rows(tx, sql`select * from app.rhythm()`))).toEqual([]);
	await db.asOwner((tx) => tx.execute(sql`update caseloads set until_at = null where pair_id = ${pairId}`));
});

test('somebody who left is nobody, whatever they were', async () => {
	const { people: who } = pairThatIs('active');
	for (const person of [who.teacher, who.mentor, who.coach, who.manager]) {
		const leave = (at: string | null) =>
			db.asOwner((tx) => tx.execute(sql`update people set deactivated_at = ${at} where id = ${person}`));
		await leave(new Date().toISOString());
		const seen = await tablesSeen(db, person);
		await leave(null);
		expect(seen).toEqual(open);
	}
});

test('a mentor who was only proposed is not in the cohort yet', async () => {
	const cohortsOf = (state: string) =>
		db.asPerson(pairThatIs(state).people.mentor, (tx) => rows(tx, sql`select id from cohorts`));
	expect(await cohortsOf('proposed')).toEqual([]);
	expect(await cohortsOf('accepted')).toHaveLength(1);
});

test('the product itself may not read as somebody, nor change who is paired', async () => {
	const act = (work: (tx: Tx) => PromiseLike<unknown>) => db.asService(async (tx) => void (await work(tx)));
	const { people: who, pairId } = pairThatIs('active');
	const row = { pairId, microcredentialVersionId: world.versionId, title: 'Ours', createdBy: who.teacher };
	await expect(act((tx) => tx.insert(reflections).values(row))).rejects.toMatchObject({ cause: { code: '42501' } });
	await expect(act((tx) => tx.update(pairs).set({ status: 'paused' }))).rejects.toMatchObject({
		cause: { code: '42501' }
	});
	await expect(act((tx) => tx.execute(sql`set local role postgres`))).rejects.toMatchObject({
		cause: { code: '42501' }
	});
	await expect(act((tx) => tx.execute(sql`set local role service_role`))).rejects.toMatchObject({
		cause: { code: '42501' }
	});
});

test('an ended pair stays ended, and a person can only end it', async () => {
	const active = pairThatIs('active');
	const set = (status: 'paused' | 'ended' | 'active', endedAs: 'withdrawn' | null) => (tx: Tx) =>
		tx
			.update(pairs)
			.set({ status, endedAs, endedAt: endedAs ? new Date() : null })
			.where(sql`id = ${active.pairId}`);
	expect(await allowed(db, active.people.teacher, set('ended', 'withdrawn'))).toBe(true);
	expect(await allowed(db, active.people.mentor, set('paused', null))).toBe(false);
	const ended = pairThatIs('rematched');
	const woken = await db.asPerson(ended.people.mentor, (tx) =>
		tx
			.update(pairs)
			.set({ status: 'ended', endedAs: 'completed' })
			.where(sql`id = ${ended.pairId}`)
			.returning()
	);
	expect(woken, 'a mentor may not turn a rematch into a completion and read on').toEqual([]);
});

describe('a policy that is opened or lost is noticed', () => {
	const broken = [
		`alter policy reflections_read on reflections using (true)`,
		`alter policy reflection_updates_read on reflection_updates using (true)`,
		`alter policy reflection_snapshots_read on reflection_snapshots using (true)`,
		`alter policy reflection_history_read on reflection_history using (true)`,
		`alter policy reflection_clients_read on reflection_clients using (true)`,
		`alter policy reflections_start on reflections with check (true)`,
		`alter policy reflections_start on reflections with check (pair_id = any ((select app.writable_pair_ids())::uuid[]))`,
		`alter table reflection_updates disable row level security`,
		`drop policy reflections_read on reflections`,
		`drop policy reflections_start on reflections`,
		`drop policy reflection_snapshots_read on reflection_snapshots`,
		`grant insert on reflection_updates to authenticated; create policy oops on reflection_updates for insert with check (true)`,
		`grant update on pairs to authenticated`,
		`create or replace function app.readable_pair_ids() returns uuid[] language sql as $$ select app.pair_ids() $$`,
		`create or replace function app.readable_reflection_ids() returns uuid[] language sql security definer as $$ select array(select id from public.reflections where pair_id = any (app.readable_pair_ids())) $$`,
		`create or replace function app.returnable_reflection_ids() returns uuid[] language sql as $$ select app.readable_reflection_ids() $$`,
		`create or replace function app.writable_pair_ids() returns uuid[] language sql as $$ select app.readable_pair_ids() $$`
	];
	test.for(broken)('%s', { timeout: 60_000 }, async (statement) => {
		const undo = await remember(db);
		// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
		for (const part of statement.split('; ')) await db.asOwner((tx) => tx.execute(sql.raw(part)));
		const found = await disagreements(db, world);
		await undo();
		expect(found).not.toEqual([]);
	});
	test('and everything is back as it was', { timeout: 60_000 }, async () => {
		expect(await disagreements(db, world)).toEqual([]);
	});
});

/** Notes policies, grants and helpers, and answers with a way back to them. */
async function remember(database: Database): Promise<() => Promise<void>> {
	const statements = await database.asOwner(async (tx) => [
		...(await rows<{ statement: string }>(
			tx,
			sql`select pg_get_functiondef(oid) as statement from pg_proc where pronamespace = 'app'::regnamespace`
		)),
		...(await rows<{ statement: string }>(
			tx,
			sql`select format('create policy %I on %I for %s to %s %s %s', policyname, tablename, cmd,
				array_to_string(roles, ', '), 'using (' || qual || ')', 'with check (' || with_check || ')') as statement
				from pg_policies where schemaname = 'public'`
		))
	]);
	return () =>
		database.asOwner(async (tx) => {
			for (const { name, table } of await rows<{ name: string; table: string }>(
				tx,
				sql`select policyname as name, tablename as table from pg_policies where schemaname = 'public'`
			))
				await tx.execute(sql`drop policy ${sql.identifier(name)} on ${sql.identifier(table)}`);
			// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
			for (const { statement } of statements) await tx.execute(sql.raw(statement));
			await tx.execute(sql`alter table reflection_updates enable row level security`);
			await tx.execute(sql`revoke insert on reflection_updates from authenticated`);
			await tx.execute(sql`revoke update on pairs from authenticated`);
			await tx.execute(sql`grant update (status, ended_as, ended_at) on pairs to authenticated`);
		});
}
