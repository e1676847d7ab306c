/** Holds docs/held.md to the tables that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from './with-database.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/held.md'), 'utf8');
const tables = /## Tables\n([\s\S]*?)\n## /.exec(page)![1]!;
/** The second cell of each line, name by name. */
const named = tables
	.split('\n')
	.flatMap((line) => [...(line.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name!));

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

test('every table stands once under its level, and none that is not there', async () => {
	const { rows } = (await db.asOwner((tx) =>
		tx.execute(sql`select tablename as name from pg_tables where schemaname = 'public'`)
	)) as unknown as { rows: { name: string }[] };
	expect(rows.length).toBeGreaterThan(30);
	expect(named.toSorted()).toEqual(rows.map(({ name }) => name).sort());
});
