/**
 * Backups of the embedded database: SQL text, because a later PGlite and any PostgreSQL server can read it, which is
 * also the way from a pilot to a server of its own. Encrypted when the settings name a key; then what is not encrypted
 * never touches the disk.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
	closeSync,
	createWriteStream,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type EmbeddedDatabase, createFolder, moveInto, openFolder } from './embedded.ts';
import { lockFolder } from './folder-lock.ts';
import { addressForPrograms } from './line.ts';
import { behindMended } from './postgres-version.ts';
import { type Pieces, isSealed, opened, sealed } from './sealing.ts';

/** A week of daily backups. */
export const backupsKept = 7;

const namePattern = /^wayfellow-\d{8}T\d{9}Z\.sql(\.age)?$/;

/** Where the next backup goes; names sort by time. */
export function backupFile(dataDir: string, { now = new Date(), recipient }: { now?: Date; recipient?: string } = {}) {
	const name = `wayfellow-${now.toISOString().replace(/[-:.]/g, '')}.sql${recipient ? '.age' : ''}`;
	return join(resolve(dataDir), 'backups', name);
}

/**
 * Writes a backup of an open embedded database and answers with its path.
 * Nobody may be using the database meanwhile: at the start, before migrating, and in `npm run backup` nobody does.
 * @param recipient the public keys to encrypt it to; without one it is plain text
 */
export async function backUp(db: EmbeddedDatabase, recipient?: string): Promise<string> {
	if (db.dataDir === null) throw new Error('A database in memory has no folder to keep backups in.');
	const file = backupFile(db.dataDir, { recipient });
	await writeBackup(file, async (unfinished) => writePrivately(unfinished, inPieces(await db.dumpSql()), recipient));
	return file;
}

/** The embedded engine hands its text over as a whole; from here on only a piece of it is held a second time. */
function* inPieces(text: string): Generator<Uint8Array> {
	const length = 1 << 16;
	const encoder = new TextEncoder();
	for (let at = 0; at < text.length;) {
		let end = Math.min(at + length, text.length);
		// A pair of surrogates is one letter, which must not be torn in two.
		if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!)) end++;
		yield encoder.encode(text.slice(at, end));
		at = end;
	}
}

async function writePrivately(file: string, pieces: Pieces, recipient?: string): Promise<void> {
	await pipeline(recipient ? sealed(pieces, recipient) : pieces, createWriteStream(file, { mode: 0o600 }));
}

/**
 * Writes a backup of a Postgres server with its own `pg_dump`, which must be installed here and not older than the server.
 * @param recipient the public keys to encrypt it to; without one it is plain text
 * @throws Error with a sentence when there is none, or with what pg_dump said
 */
export async function backUpServer(url: string, dataDir: string, recipient?: string): Promise<string> {
	const program = installedPgDump();
	if (!program)
		throw new Error(
			'Backing up a Postgres server needs its program pg_dump. Install it (on Debian: apt-get install postgresql-client), or use the backups of whoever runs the server.'
		);
	const [, major, minor] =
		/(\d+)\.(\d+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? [];
	const behind = behindMended(Number(major) * 10_000 + Number(minor));
	if (behind) console.warn(`${program} is of PostgreSQL ${behind}`);
	const file = backupFile(dataDir, { recipient });
	await writeBackup(file, async (unfinished) => {
		// The password goes through the environment: a command line is readable for everybody on the machine.
		const address = addressForPrograms(new URL(url));
		const password = decodeURIComponent(address.password);
		address.password = '';
		const dump = spawn(
			program,
			['--no-owner', ...ourSchemas.map((schema) => `--schema=${schema}`), `--dbname=${address.href}`],
			{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...(password && { PGPASSWORD: password }) } }
		);
		let said = '';
		dump.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
		const failed = (why: string) => new Error(`pg_dump could not write the backup: ${why}`);
		const ended = new Promise<void>((resolve, reject) => {
			dump.once('error', (error) => reject(failed(error.message)));
			dump.once('close', (code) => (code === 0 ? resolve() : reject(failed(said.trim() || `it ended with ${code}.`))));
		});
		try {
			// A disk that is full also ends pg_dump, whose complaint about that would hide the reason.
			const both = await Promise.allSettled([writePrivately(unfinished, dump.stdout, recipient), ended]);
			for (const one of both) if (one.status === 'rejected') throw one.reason;
		} finally {
			dump.kill();
		}
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
 * @param keyFile the secret keys that open an encrypted backup
 * @returns where the old database lies now, or null when there was none
 * @throws FolderInUse while a server has the database open; Error when the file can't be read as a whole
 */
export async function restoreEmbedded(file: string, dataDir: string, keyFile?: string): Promise<string | null> {
	const text = await readBackup(file, keyFile);
	const folder = join(resolve(dataDir), 'database');
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const lock = lockFolder(folder);
	try {
		const restored = `${folder}.restoring`;
		rmSync(restored, { recursive: true, force: true });
		await createFolder(restored);
		const db = await openFolder(restored);
		try {
			await db.runSql(text);
			await db.tidy();
		} finally {
			await db.close();
		}
		let aside: string | null = null;
		if (existsSync(folder) && readdirSync(folder).length > 0) {
			aside = `${folder}.before-${new Date().toISOString().replace(/[-:.]/g, '')}`;
			moveInto(folder, aside);
		}
		moveInto(restored, folder);
		return aside;
	} finally {
		lock.release();
	}
}

/** As text, because the embedded engine takes nothing else. */
async function readBackup(file: string, keyFile: string | undefined): Promise<string> {
	if (!existsSync(file)) throw new Error(`There is no file ${resolve(file)}.`);
	if (!isSealed(file)) return readFileSync(file, 'utf8');
	const letters = new TextDecoder();
	let text = '';
	for await (const piece of opened(file, keyFor(file, keyFile))) text += letters.decode(piece, { stream: true });
	return text + letters.decode();
}

/**
 * Writes what stands in an encrypted backup into a file beside it, for `psql`: whole or not at all, because a client that
 * reads from a pipe takes the end of a torn one for the end of the backup.
 * @returns the new file, which nobody but the caller's account can read
 */
export async function openBackup(file: string, keyFile?: string): Promise<string> {
	if (!existsSync(file)) throw new Error(`There is no file ${resolve(file)}.`);
	const plain = `${resolve(file).replace(/(\.sql)?\.age$/, '')}.opened.sql`;
	const unfinished = `${plain}.unfinished`;
	try {
		await writePrivately(unfinished, opened(file, keyFor(file, keyFile)));
		syncPath(unfinished);
		renameSync(unfinished, plain);
		return plain;
	} finally {
		rmSync(unfinished, { force: true });
	}
}

function keyFor(file: string, keyFile: string | undefined): string {
	if (keyFile) return keyFile;
	throw new Error(`${file} is encrypted. Say which key opens it: npm run restore -- ${file} --key KEY-FILE`);
}

function syncPath(path: string): void {
	const file = openSync(path, 'r');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}
