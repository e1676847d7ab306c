import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { complaints } from './catalogue-complaints.ts';
import { withDatabase } from './with-database.ts';

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
}, 120_000);
afterAll(() => db?.close());

test('every table, policy and function keeps the rules', async () => {
	expect(await complaints(db)).toEqual([]);
});

test.for<[mistake: string, complaint: RegExp]>([
	['create table forgotten (id uuid primary key)', /without row-level security: forgotten/],
	[
		'create table half (id uuid primary key); alter table half enable row level security; grant select on half to authenticated',
		/no policy speaks about: select on half to authenticated/
	],
	['create policy open_door on pairs using (true)', /somebody else than our two roles: open_door/],
	['grant select on people to anon', /granted to anon or to everybody: SELECT on people/],
	['grant update (name) on people to public', /granted to anon or to everybody: UPDATE on column name of people/],
	['grant truncate on pairs to app_service', /truncate.*: TRUNCATE on pairs to app_service/i],
	[
		'drop index pairs_mentor; create policy slow on pairs for select to authenticated using (mentor_id = (select app.uid()))',
		/no index begins with: pairs.mentor_id \(slow\)/
	],
	[
		'create policy slow on pairs for select to authenticated using (mentor_id = app.uid())',
		/for each row.*: slow on pairs/
	],
	[
		'create policy joins on pairs for select to authenticated using (exists (select from people))',
		/reads another table.*: joins on pairs/
	],
	[
		'create function app.loose() returns int language sql security definer as $$ select 1 $$',
		/search_path the caller could set: loose/
	],
	[
		'create function app.loose() returns int language sql security definer as $$ select 1 $$',
		/everybody may execute: loose/
	],
	['create view everyone as select * from people', /owner’s eyes.*: everyone/],
	['grant service_role to app_login', /more than it should be: app_login in service_role/],
	['alter role authenticated bypassrls', /more than it should be: authenticated/],
	['grant usage on schema public to app_login', /before it takes a role: public/],
	['alter table people add column at timestamp', /time without a zone.*: people.at/]
])('a mistake is named: %s', async ([mistake, complaint]) => {
	const undo = new Error('taken back');
	let found: string[] = [];
	await expect(
		db.asOwner(async (tx) => {
			// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
			for (const statement of mistake.split('; ')) await tx.execute(sql.raw(statement));
			found = await complaints({ ...db, asOwner: (work) => work(tx) });
			throw undo;
		})
	).rejects.toBe(undo);
	expect(found).toContainEqual(expect.stringMatching(complaint));
});
