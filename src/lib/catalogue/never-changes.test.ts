/** A version in use never changes: asked of the database as its owner, past every right. */
import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Tx } from '#lib/server/database.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { cast } from '../../seed/cast.ts';
import { withDatabase } from '../../../tests/with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db.close());

const version = cast.microcredentials.waitTime.versionId;
const other = cast.microcredentials.feedbackLoop.versionId;
const undo = new Error('taken back');
/** What comes of it: rows, or the SQLSTATE. Taken back. */
async function does(...acts: SQL[]): Promise<number | string> {
	let came: number | string = 'nothing';
	await db
		.asOwner(async (tx: Tx) => {
			for (const act of acts) {
				const answer = (await tx.execute(act)) as unknown as { rowCount?: number; affectedRows?: number };
				came = answer.rowCount ?? answer.affectedRows ?? 0;
			}
			throw undo;
		})
		.catch((error: unknown) => {
			if (error === undo) return;
			came = sqlStateOf(error);
			if (came === '') throw error;
		});
	return came;
}
const kept = '23001';
const part = sql`(select id from parts where microcredential_version_id = ${version} order by position limit 1)`;
const draft = sql`insert into microcredential_versions (id, microcredential_id, number, title, competency, levels)
	values ('01900000-0000-7000-8000-000000000001', ${cast.microcredentials.waitTime.id}, 2, 'Next', 'Next.', '["No", "Yes"]')`;
const draftId = '01900000-0000-7000-8000-000000000001';
const draftPart = sql`insert into parts (id, microcredential_version_id, section, position, prompt)
	values ('01900000-0000-7000-8000-000000000002', ${draftId}, 1, 1, 'Why?')`;
const is = (status: string) => sql`update microcredential_versions set status = ${status} where id = ${version}`;

test.for<[what: string, ...acts: SQL[]]>([
	['its title', sql`update microcredential_versions set title = 'x' where id = ${version}`],
	['its levels', sql`update microcredential_versions set levels = '[]' where id = ${version}`],
	['where a row passes', sql`update microcredential_versions set passing_level = 0 where id = ${version}`],
	['its number', sql`update microcredential_versions set number = 9 where id = ${version}`],
	['when it was published', sql`update microcredential_versions set published_at = now() where id = ${version}`],
	['its hours', sql`update microcredential_versions set hours = 1 where id = ${version}`],
	['what it is found by', sql`update microcredential_versions set needs = '["x"]' where id = ${version}`],
	['into a draft', is('draft')],
	['by going', sql`delete from microcredential_versions where id = ${version}`],
	[
		'why it was retired, while it is not',
		sql`update microcredential_versions set retired_reason = 'x' where id = ${version}`
	],
	['back from being retired', is('retired'), is('published')],
	[
		'in its reason, once it is retired',
		is('retired'),
		sql`update microcredential_versions set retired_reason = 'x' where id = ${version}`
	],
	['a prompt', sql`update parts set prompt = 'x' where id = ${part}`],
	[
		'by a part more',
		sql`insert into parts (id, microcredential_version_id, section, position, prompt) values (gen_random_uuid(), ${version}, 1, 99, 'x')`
	],
	[
		'by a part that comes over',
		draft,
		draftPart,
		sql`update parts set microcredential_version_id = ${version}, position = 99 where microcredential_version_id = ${draftId}`
	],
	['by a part that goes over', draft, sql`update parts set microcredential_version_id = ${draftId} where id = ${part}`],
	['by a part less', sql`delete from parts where id = ${part}`],
	[
		'a rubric row',
		sql`update rubric_rows set criterion = 'x' where part_id in (select id from parts where microcredential_version_id = ${version})`
	],
	[
		'by a row more',
		sql`insert into rubric_rows (id, part_id, position, criterion, descriptions) values (gen_random_uuid(), ${part}, 99, 'x', '[]')`
	],
	[
		'by a row that goes over',
		draft,
		draftPart,
		sql`update rubric_rows set part_id = '01900000-0000-7000-8000-000000000002' where part_id in (select id from parts where microcredential_version_id = ${version})`
	],
	[
		'by a row less',
		sql`delete from rubric_rows where part_id in (select id from parts where microcredential_version_id = ${version})`
	],
	['what it proves', sql`delete from alignments where microcredential_version_id = ${version}`],
	[
		'by proving more',
		sql`insert into alignments select ${version}, competency_id from alignments where microcredential_version_id = ${other} and competency_id not in (select competency_id from alignments where microcredential_version_id = ${version}) limit 1`
	]
])('a published version does not change %s', async ([, ...acts]) => expect(await does(...acts)).toBe(kept));

test('it can be retired, once, with a date and a reason', async () => {
	expect(await does(is('retired'))).toBe(1);
	expect(
		await does(
			sql`update microcredential_versions set status = 'retired', retired_reason = 'Replaced.' where id = ${version}`
		)
	).toBe(1);
	const retire = sql`update microcredential_versions set status = 'retired', retired_at = '2026-11-01' where id = ${version}`;
	expect(await does(retire)).toBe(1);
	expect(await does(retire, sql`update microcredential_versions set retired_at = now() where id = ${version}`)).toBe(
		kept
	);
});

test('a draft may change in everything until it is published', async () => {
	expect(
		await does(
			draft,
			draftPart,
			sql`insert into rubric_rows (id, part_id, position, criterion, descriptions) values (gen_random_uuid(), '01900000-0000-7000-8000-000000000002', 1, 'x', '["a", "b"]')`,
			sql`update parts set prompt = 'Why then?' where microcredential_version_id = ${draftId}`,
			sql`delete from rubric_rows where part_id = '01900000-0000-7000-8000-000000000002'`,
			sql`delete from parts where microcredential_version_id = ${draftId}`,
			sql`update microcredential_versions set status = 'published', published_at = now() where id = ${draftId}`
		)
	).toBe(1);
	expect(await does(draft, sql`delete from microcredential_versions where id = ${draftId}`)).toBe(1);
});
