/**
 * Backups of the embedded database: SQL text, because a later PGlite and any PostgreSQL server can read it, which is
 * also the way from a pilot to a server of its own.
 */
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type EmbeddedDatabase, createFolder, moveInto, openFolder } from './embedded.ts';
import { lockFolder } from './folder-lock.ts';

/** A week of daily backups. */
export const backupsKept = 7;

const namePattern = /^wayfellow-\d{8}T\d{9}Z\.sql$/;

/** Where the next backup goes; names sort by time. */
export function backupFile(dataDir: string, now = new Date()): string {
	return join(resolve(dataDir), 'backups', `wayfellow-${now.toISOString().replace(/[-:.]/g, '')}.sql`);
}

/**
 * Writes a backup of an open embedded database and answers with its path.
 * Nobody may be using the database meanwhile: at the start, before migrating, and in `npm run backup` nobody does.
 */
export async function backUp(db: EmbeddedDatabase): Promise<string> {
	if (db.dataDir === null) throw new Error('A database in memory has no folder to keep backups in.');
	const file = backupFile(db.dataDir);
	await writeBackup(file, async (unfinished) => writeFileSync(unfinished, await db.dumpSql(), { mode: 0o600 }));
	return file;
}

/**
 * Writes a backup of a Postgres server with its own `pg_dump`, which must be installed here and not older than the server.
 * @throws Error with a sentence when there is none, or with what pg_dump said
 */
export async function backUpServer(url: string, dataDir: string): Promise<string> {
	const program = installedPgDump();
	if (!program)
		throw new Error(
			'Backing up a Postgres server needs its program pg_dump. Install it (on Debian: apt-get install postgresql-client), or use the backups of whoever runs the server.'
		);
	const file = backupFile(dataDir);
	await writeBackup(file, async (unfinished) => {
		// The password goes through the environment: a command line is readable for everybody on the machine.
		const address = new URL(url);
		const password = decodeURIComponent(address.password);
		address.password = '';
		const { status, stderr, error } = spawnSync(
			program,
			['--no-owner', ...ourSchemas.map((schema) => `--schema=${schema}`), `--file=${unfinished}`, address.href],
			{ encoding: 'utf8', env: { ...process.env, ...(password && { PGPASSWORD: password }) } }
		);
		if (status !== 0) throw new Error(`pg_dump could not write the backup: ${error?.message ?? stderr.trim()}`);
		chmodSync(unfinished, 0o600);
	});
	return file;
}

/** A Supabase project has many more of its own, which its backups keep. */
const ourSchemas = ['public', 'app', 'supabase_migrations'];

/** The newest of the installed ones: pg_dump reads older servers, never newer ones. */
export function installedPgDump(): string | undefined {
	const debian = '/usr/lib/postgresql';
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	return [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)]
		.filter((folder) => folder !== '')
		.map((folder) => join(folder, 'pg_dump'))
		.find((program) => existsSync(program));
}

/** Lets `write` make the file under another name, and gives it its own when it is whole and on the disk. Keeps the newest. */
export async function writeBackup(file: string, write: (unfinished: string) => Promise<void>): Promise<void> {
	const folder = dirname(file);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const unfinished = `${file}.unfinished`;
	try {
		await write(unfinished);
		syncPath(unfinished);
		renameSync(unfinished, file);
		syncPath(folder);
	} finally {
		rmSync(unfinished, { force: true });
	}
	const all = readdirSync(folder)
		.filter((name) => namePattern.test(name))
		.sort();
	for (const old of all.slice(0, -backupsKept)) rmSync(join(folder, old));
}

/**
 * Replaces the embedded database in `dataDir` by the one in a backup. It is read into a folder of its own first, and
 * only when all of it is there do the two change places; the old one stays beside it.
 * @returns where the old database lies now, or null when there was none
 * @throws FolderInUse while a server has the database open; Error when the file can't be read as a whole
 */
export async function restoreEmbedded(file: string, dataDir: string, now = new Date()): Promise<string | null> {
	if (!existsSync(file)) throw new Error(`There is no file ${resolve(file)}.`);
	const folder = join(resolve(dataDir), 'database');
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const lock = lockFolder(folder);
	try {
		const restored = `${folder}.restoring`;
		rmSync(restored, { recursive: true, force: true });
		await createFolder(restored);
		const db = await openFolder(restored);
		try {
			await db.runSql(readFileSync(file, 'utf8'));
			await db.tidy();
		} finally {
			await db.close();
		}
		let aside: string | null = null;
		if (existsSync(folder) && readdirSync(folder).length > 0) {
			aside = `${folder}.before-${now.toISOString().replace(/[-:.]/g, '')}`;
			moveInto(folder, aside);
		}
		moveInto(restored, folder);
		return aside;
	} finally {
		lock.release();
	}
}

function syncPath(path: string): void {
	const file = openSync(path, 'r');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}
