import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedDatabase, openEmbedded, openInMemory } from './embedded.ts';
import { migrate, type Migration, pending, readMigrations } from './migrate.ts';

const root = mkdtempSync(join(tmpdir(), 'wayfellow-migrate-'));
let folder: string;
let db: EmbeddedDatabase;
let folders = 0;

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const ask = async <Row>(text: string) =>
	// eslint-disable-next-line no-restricted-syntax -- only text written in the tests
	((await db.asOwner((tx) => tx.execute(sql.raw(text)))) as unknown as { rows: Row[] }).rows;
const tables = async () =>
	(
		await ask<{ name: string }>(
			`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`
		)
	).map(({ name }) => name);

describe('a database', { timeout: 60_000 }, () => {
	// An empty database costs seconds; each test gets a copy.
	let empty: Promise<Blob> | undefined;

	beforeEach(async () => {
		empty ??= openInMemory().then(async (made) => {
			const copy = await made.dumpFolder();
			await made.close();
			return copy;
		});
		db = await openInMemory(await empty);
		folder = join(root, `migrations-${++folders}`);
		mkdirSync(folder);
		write('1_first.sql', `create table first (id int);\n-- a comment; with a semicolon\ninsert into first values (1);`);
		write('2_second.sql', `create table second (id int);`);
		write('README.md', 'not a migration');
	}, 60_000);
	afterEach(() => db.close());

	test('is brought up to date once, in the record that Supabase keeps', async () => {
		expect(await migrate(db, { folder })).toEqual(['1_first.sql', '2_second.sql']);
		expect(await migrate(db, { folder })).toEqual([]);
		expect(await ask(`select version, name, statements from supabase_migrations.schema_migrations order by 1`)).toEqual(
			[
				{
					version: '1',
					name: 'first',
					statements: ['create table first (id int)', '-- a comment; with a semicolon\ninsert into first values (1)']
				},
				{ version: '2', name: 'second', statements: ['create table second (id int)'] }
			]
		);
		write('3_third.sql', 'create table third (id int)');
		expect(await migrate(db, { folder })).toEqual(['3_third.sql']);
		expect(await tables()).toEqual(['first', 'second', 'third']);
	});

	test('keeps nothing of a file that fails, and goes on from there when it is mended', async () => {
		write('2_second.sql', 'create table second (id int); insert into second values (1); select 1 / 0;');
		await expect(migrate(db, { folder })).rejects.toThrow(
			'Migration 2_second.sql failed at statement 3 of 3 and changed nothing: division by zero'
		);
		expect(await tables()).toEqual(['first']);
		write('2_second.sql', 'create table second (id int);');
		expect(await migrate(db, { folder })).toEqual(['2_second.sql']);
	});

	test('refuses an applied file that was edited, until it is as it was', async () => {
		await migrate(db, { folder });
		const was = readFileSync(join(folder, '1_first.sql'), 'utf8');
		write('1_first.sql', `${was}\n-- one word more`);
		await expect(migrate(db, { folder })).rejects.toThrow(/1_first.sql was changed after it had been applied/);
		write('1_first.sql', was.replaceAll('\n', '\r\n')); // a Windows checkout
		expect(await migrate(db, { folder })).toEqual([]);
	});

	test('that Supabase’s CLI migrated is taken as it is, and watched from now on', async () => {
		for (const statement of [
			`create schema supabase_migrations`,
			`create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text, created_by text)`,
			`insert into supabase_migrations.schema_migrations (version, name) values ('1', 'first')`,
			`create table first (id int)`
		])
			await ask(statement);
		expect(await migrate(db, { folder })).toEqual(['2_second.sql']);
		write('1_first.sql', 'create table first (id bigint)');
		await expect(migrate(db, { folder })).rejects.toThrow(/1_first.sql was changed/);
	});

	test('is migrated by our own files', async () => {
		const files = await migrate(db, { folder: 'supabase/migrations' });
		expect(files).toEqual(
			readdirSync('supabase/migrations')
				.filter((file) => file.endsWith('.sql'))
				.sort()
		);
	});

	test('of several starts at once, each file is applied by one', async () => {
		const all = await Promise.all([1, 2, 3].map(() => migrate(db, { folder })));
		expect(all.flat().sort()).toEqual(['1_first.sql', '2_second.sql']);
	});
});

test('an embedded database that holds something is backed up before it is changed', { timeout: 120_000 }, async () => {
	folder = join(root, 'backed-up');
	mkdirSync(folder);
	const dataDir = join(root, 'data');
	write(
		'1_first.sql',
		`create role app_login login noinherit; grant app_login to current_user; create table first (word text); insert into first values ('precious')`
	);
	db = await openEmbedded(dataDir);
	try {
		await migrate(db, { folder });
		expect(existsSync(join(dataDir, 'backups')), 'an empty one needs none').toBe(false);
		write('2_second.sql', 'drop table first');
		await migrate(db, { folder });
		const [backup, ...more] = readdirSync(join(dataDir, 'backups'));
		expect(more).toEqual([]);
		expect(readFileSync(join(dataDir, 'backups', backup!), 'utf8')).toContain('precious');
		expect(await tables()).toEqual([]);
	} finally {
		await db.close();
	}
});

describe('what is still to do', () => {
	const migration = (version: string): Migration => ({
		version,
		name: 'x',
		file: `${version}_x.sql`,
		statements: [],
		checksum: `sum of ${version}`
	});
	const files = ['1', '2', '3'].map(migration);
	const applied = (version: string, checksum: string | null = `sum of ${version}`) => ({ version, checksum });

	test('everything, something, nothing', () => {
		expect(pending(files, [])).toEqual(files);
		expect(pending(files, [applied('1'), applied('2', null)])).toEqual([files[2]]);
		expect(pending(files, [applied('1'), applied('2'), applied('3')])).toEqual([]);
	});
	test('a file that comes before one already applied', () => {
		expect(() => pending(files, [applied('1'), applied('3')])).toThrow(
			/2_x.sql comes before 3_x.sql.*Give it a number after 3/
		);
	});
	test('a database that is newer than we are', () => {
		expect(() => pending(files, [applied('1'), applied('4')])).toThrow(
			/migration 4, which this Wayfellow does not know/
		);
	});
	test('two files with one number', () => {
		folder = join(root, 'twice');
		mkdirSync(folder);
		write('1_a.sql', 'select 1');
		write('1_b.sql', 'select 1');
		expect(() => readMigrations(folder)).toThrow(/Two migrations have the number 1: 1_a.sql and 1_b.sql/);
	});
});

afterAll(() => rmSync(root, { recursive: true, force: true }));
