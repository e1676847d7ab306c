/**
 * Brings a database up to date with `supabase/migrations`. The record of what was applied is Supabase's own
 * (`supabase_migrations.schema_migrations`), so our start and `supabase db push` can take turns; beside it we keep a
 * checksum of each file, because an applied file that was edited afterwards means that nobody knows what is there.
 *
 * Every file is one transaction with its line in the record: it happened whole or not at all. The lock is taken inside
 * that transaction and the record is read again behind it, so several servers may start at once.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'drizzle-orm';
import { backUp } from './backup.ts';
import type { Database, Tx } from './database.ts';
import type { EmbeddedDatabase } from './embedded.ts';
import { splitStatements } from './statements.ts';

export type Migration = {
	/** The leading number, e.g. `20261125000000`; the order. */
	version: string;
	name: string;
	file: string;
	statements: string[];
	/** SHA-256 in hex of the text with plain line ends, so a Windows checkout reads the same. */
	checksum: string;
};

/** A line of the record; the checksum is null when Supabase's CLI applied the file. */
export type Applied = { version: string; checksum: string | null };

/** Any number, as long as every copy of this program uses the same: "wayfello" in ASCII. */
const lockKey = '8602290085424852079';

/** The folder of migrations, from the project folder, in which every command and `npm start` runs. */
export function migrationFolder(): string {
	const folder = resolve('supabase/migrations');
	if (!existsSync(folder))
		throw new Error(`There is no ${folder}: start Wayfellow in its project folder, which holds the migrations.`);
	return folder;
}

export function readMigrations(folder = migrationFolder()): Migration[] {
	const migrations = readdirSync(folder).flatMap((file) => {
		const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(file) ?? []; // the pattern Supabase's CLI uses
		if (version === undefined || name === undefined) return [];
		const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
		return [
			{
				version,
				name,
				file,
				statements: splitStatements(text),
				checksum: createHash('sha256').update(text).digest('hex')
			}
		];
	});
	migrations.sort((a, b) => (a.version < b.version ? -1 : 1));
	for (const [i, { version, file }] of migrations.entries())
		if (migrations[i + 1]?.version === version)
			throw new Error(
				`Two migrations have the number ${version}: ${file} and ${migrations[i + 1]!.file}. Renumber the newer.`
			);
	return migrations;
}

/**
 * What is still to be applied, in order.
 * @throws Error with a sentence when the record and the files tell different stories
 */
export function pending(migrations: Migration[], applied: Applied[]): Migration[] {
	const known = new Map(migrations.map((migration) => [migration.version, migration]));
	const done = new Map(applied.map((line) => [line.version, line]));
	for (const { version, checksum } of applied) {
		const migration = known.get(version);
		if (!migration)
			throw new Error(
				`The database has migration ${version}, which this Wayfellow does not know: a newer version has been here. Start that version, or restore a backup from before it.`
			);
		if (checksum !== null && checksum !== migration.checksum)
			throw new Error(
				`${migration.file} was changed after it had been applied. Put the file back as it was, and write the change as a new migration.`
			);
	}
	const open = migrations.filter(({ version }) => !done.has(version));
	const last = applied
		.map(({ version }) => version)
		.sort()
		.at(-1);
	const gap = open.find(({ version }) => last !== undefined && version < last);
	if (gap)
		throw new Error(
			`${gap.file} comes before ${known.get(last!)!.file}, which is applied, and was never applied itself. Give it a number after ${last}.`
		);
	return open;
}

/**
 * Applies what is missing and answers with the files applied by this call. Safe to call again, and from several
 * processes at once. An embedded database that holds something is backed up first, encrypted when there is a key.
 * @throws Error naming the file and the statement that failed, with the database's own error as its cause
 */
export async function migrate(
	db: Database,
	{ folder, recipient }: { folder?: string; recipient?: string } = {}
): Promise<string[]> {
	const migrations = readMigrations(folder);
	const files: string[] = [];
	let safe = db.engine !== 'embedded' || (db as EmbeddedDatabase).dataDir === null;
	// Ends: each round but one applies a file, and the last finds none.
	for (;;) {
		const step = await db.asOwner(async (tx) => {
			await tx.execute(sql`select pg_advisory_xact_lock(${sql.raw(lockKey)})`);
			const applied = await readRecord(tx);
			await addChecksums(tx, migrations, applied);
			const [next] = pending(migrations, applied);
			if (!next) return 'done';
			if (applied.length === 0) safe = true; // nothing there yet that could be lost
			if (!safe) return 'back up first';
			await apply(tx, next);
			return { file: next.file };
		});
		if (step === 'done') return files;
		if (step === 'back up first') {
			await backUp(db as EmbeddedDatabase, recipient);
			safe = true;
		} else files.push(step.file);
	}
}

async function apply(tx: Tx, migration: Migration): Promise<void> {
	for (const [i, statement] of migration.statements.entries())
		try {
			await tx.execute(sql.raw(statement));
		} catch (error) {
			const { cause } = error as { cause?: unknown };
			const why = cause instanceof Error ? cause.message : String(error);
			throw new Error(
				`Migration ${migration.file} failed at statement ${i + 1} of ${migration.statements.length} and changed nothing: ${why}`,
				{ cause: error }
			);
		}
	await tx.execute(sql`insert into supabase_migrations.schema_migrations (version, name, statements)
		values (${migration.version}, ${migration.name},
			array(select jsonb_array_elements_text(${JSON.stringify(migration.statements)}::jsonb)))`);
	await tx.execute(sql`insert into supabase_migrations.checksums (version, sha256)
		values (${migration.version}, ${migration.checksum})`);
}

async function readRecord(tx: Tx): Promise<Applied[]> {
	// Checked and not only "if not exists", which is loud in the log and needs the right to create even when all is there.
	const exists = rowsOf<{ ours: boolean }>(
		await tx.execute(sql`select to_regclass('supabase_migrations.checksums') is not null as ours`)
	);
	if (!exists[0]?.ours) {
		await tx.execute(sql`create schema if not exists supabase_migrations`);
		// As Supabase's CLI creates it (pkg/migration/history.go).
		await tx.execute(
			sql`create table if not exists supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text)`
		);
		await tx.execute(
			sql`create table supabase_migrations.checksums (version text primary key, sha256 text not null, noted_at timestamptz(3) not null default now())`
		);
	}
	return rowsOf<Applied>(
		await tx.execute(sql`select m.version, c.sha256 as checksum from supabase_migrations.schema_migrations m
			left join supabase_migrations.checksums c on c.version = m.version order by m.version`)
	);
}

/** Files that Supabase's CLI applied: from now on we notice edits to them as well. */
async function addChecksums(tx: Tx, migrations: Migration[], applied: Applied[]): Promise<void> {
	for (const line of applied) {
		const migration = migrations.find(({ version }) => version === line.version);
		if (line.checksum !== null || !migration) continue;
		await tx.execute(sql`insert into supabase_migrations.checksums (version, sha256)
			values (${migration.version}, ${migration.checksum})`);
	}
}

/** Rows of a raw query: both drivers answer with an object that has `rows`. */
const rowsOf = <Row>(result: unknown): Row[] => (result as { rows: Row[] }).rows;
