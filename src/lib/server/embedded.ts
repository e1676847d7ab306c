/**
 * The embedded database: PostgreSQL 18 as WebAssembly inside our process (PGlite), for development, tests and small
 * pilots. It has one connection: a transaction makes everybody wait, so nothing in one may wait for the network.
 *
 * Never open PGlite by itself. As it comes it never calls fsync (a power cut loses everything since the start), takes
 * no lock (a second process corrupts silently), never vacuums and never checkpoints. What stands here is what makes
 * "saved" true; `embedded.test.ts` counts and kills to keep it so, since some of it rests on PGlite's inner parts.
 */
import {
	closeSync,
	existsSync,
	fdatasyncSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PGlite, protocol } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database, Tx } from './database.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** What PG_VERSION must say: the major version of PostgreSQL inside the pinned PGlite. */
export const postgresMajor = '18';

export interface EmbeddedDatabase extends Database {
	readonly engine: 'embedded';
	/** The folder that holds `database/` and `backups/`; null for a database in memory. */
	readonly dataDir: string | null;
	/** The whole database as SQL text that any PostgreSQL from 15 on can read. Nobody else may be using it meanwhile. */
	dumpSql(): Promise<string>;
	/** Runs SQL text such as `dumpSql` wrote, as the owner. */
	runSql(text: string): Promise<void>;
	/** A tar of the data folder, for `openInMemory`. */
	dumpFolder(): Promise<Blob>;
	/** What a Postgres server does by itself in the background. Called by a timer; tests call it at once. */
	tidy(how?: { vacuum?: boolean }): Promise<void>;
}

/**
 * Opens the database in `<dataDir>/database`, creating it when there is none.
 * @throws FolderInUse when another process has it open; Error with a sentence when the folder can't be opened
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
	const folder = join(resolve(dataDir), 'database');
	// Private: PGlite writes its files readable for everybody, so the folder around them has to be the guard.
	const lock = lockIn(dataDir, folder);
	try {
		if (existsSync(folder) && readdirSync(folder).length > 0) checkFolder(folder);
		else await createFolder(folder);
		return await openFolder(folder, () => lock.release());
	} catch (error) {
		lock.release();
		throw error;
	}
}

/** Opens a folder that the caller has locked. */
export async function openFolder(folder: string, onClose?: () => void): Promise<EmbeddedDatabase> {
	removeEmptyPidFile(folder);
	return databaseOn(await start(folder), dirname(folder), onClose);
}

/** Opens a database that lives in memory and is gone with the process: for tests. */
export async function openInMemory(template?: Blob): Promise<EmbeddedDatabase> {
	return databaseOn(await PGlite.create(template ? { loadDataDir: template } : {}), null);
}

/** Every `fsync` that PostgreSQL asked for and the disk confirmed, in this process. */
export const syncs = { count: 0 };

/** Emscripten's errno for "input/output error". PostgreSQL then stops, rather than believe that it saved. */
const EIO = 29;

/** PGlite's file system with a real fsync, for files and for the folders that name them. */
class DurableNodeFS extends NodeFS {
	override async init(...[pg, options]: Parameters<NodeFS['init']>) {
		const { emscriptenOpts } = await super.init(pg, options);
		type Stream = { nfd?: number; node: unknown };
		type NodeFiles = { realPath(node: unknown): string; stream_ops: { fsync?: (stream: Stream) => number } };
		const giveFsync = (module: { NODEFS: unknown }) => {
			const files = module.NODEFS as NodeFiles;
			files.stream_ops.fsync = (stream) => {
				try {
					if (stream.nfd !== undefined) fdatasyncSync(stream.nfd);
					else syncPath(files.realPath(stream.node)); // a folder: Emscripten opens none for real
				} catch (error) {
					console.error('The disk refused to confirm a write.', error);
					return EIO;
				}
				syncs.count++;
				return 0;
			};
		};
		return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), giveFsync] } };
	}
}

function start(folder: string): Promise<PGlite> {
	return PGlite.create({
		fs: new DurableNodeFS(folder),
		startParams: [
			...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), // -F switches fsync off
			// The default way (fdatasync) ends in an Emscripten function that does nothing and says "done".
			'-c',
			'wal_sync_method=fsync',
			// How much of the log stays on disk after a checkpoint, ready to be written again.
			'-c',
			'min_wal_size=32MB',
			'-c',
			'max_wal_size=64MB'
		]
	});
}

function lockIn(dataDir: string, folder: string): FolderLock {
	try {
		mkdirSync(dataDir, { recursive: true, mode: 0o700 });
		return lockFolder(folder);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? '';
		if (!/^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|ENOENT)$/.test(code)) throw error;
		throw new Error(
			`Wayfellow can't start:\n  DATA_DIR is ${dataDir}, where no folder can be made or written (${code}). Set it to a folder that may be written.`,
			{ cause: error }
		);
	}
}

/**
 * Creates beside and moves into place when every file is on the disk, so a power cut or a kill half-way leaves
 * no folder that looks like a database and is none.
 */
export async function createFolder(folder: string): Promise<void> {
	const unfinished = `${folder}.creating`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(unfinished, { mode: 0o700 });
	await (await start(unfinished)).close();
	syncTree(unfinished);
	moveInto(unfinished, folder);
}

/** Renames a folder so that the new name survives a power cut. An empty folder in its place is replaced. */
export function moveInto(from: string, to: string): void {
	if (existsSync(to) && readdirSync(to).length === 0) rmSync(to, { recursive: true });
	renameSync(from, to);
	syncPath(dirname(to));
}

/** Confirms on disk everything in a folder: its files, their names, its folders. */
export function syncTree(folder: string): void {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) syncTree(path);
		else syncPath(path);
	}
	syncPath(folder);
}

function syncPath(path: string): void {
	const file = openSync(path, 'r');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

function checkFolder(folder: string): void {
	const versionFile = join(folder, 'PG_VERSION');
	if (!existsSync(versionFile))
		throw new Error(
			`${folder} is not a database: it has files but no PG_VERSION. Set DATA_DIR to another folder, or move this one away.`
		);
	const version = readFileSync(versionFile, 'utf8').trim();
	if (version !== postgresMajor)
		throw new Error(
			`The database in ${folder} was written by PostgreSQL ${version || '(unknown)'}, and this Wayfellow reads ${postgresMajor}. Move the folder away and restore the newest file in ${join(dirname(folder), 'backups')} with: npm run restore FILE`
		);
}

/** PGlite's pid file protects nothing (its number is always 42), and an empty one, left by a power cut, stops every start. */
function removeEmptyPidFile(folder: string): void {
	const file = join(folder, 'postmaster.pid');
	if (existsSync(file) && statSync(file).size === 0) rmSync(file);
}

/** The log lies on disk until a checkpoint, and replaying it after a crash takes about half a second per 100 MB. */
const checkpointAfterBytes = 64 * 1024 * 1024;
const checkpointLookMs = 60_000;
const vacuumEveryMs = 60 * 60_000;

function databaseOn(pg: PGlite, dataDir: string | null, onClose = () => {}): EmbeddedDatabase {
	const db = drizzle({ client: pg, casing: 'snake_case' });
	let steppedDown = false;
	let vacuumedAt = Date.now();

	/**
	 * PGlite signs in as superuser. From the first request on, the session is `app_login`, which may do nothing:
	 * code that forgets to take a role gets "permission denied" and not everybody's rows.
	 * (Not at opening: the first migration creates the role.)
	 */
	const stepDown = async () => {
		if (steppedDown) return;
		await pg.exec('set session authorization app_login');
		steppedDown = true;
	};

	/** Superuser again, and everything as it was: pg_dump leaves settings behind, and its transaction open. */
	const stepUp = async () => {
		steppedDown = false;
		await pg.exec('rollback');
		await pg.exec('set session authorization postgres');
		await pg.exec('discard all');
	};

	const inRole = async <T>(role: string, claims: string, work: (tx: Tx) => Promise<T>) => {
		await stepDown();
		return db.transaction(async (tx) => {
			await tx.execute(
				sql`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true)`
			);
			return work(tx as unknown as Tx);
		});
	};

	/** Statements that can't run in a transaction, as superuser, with nobody else's in between. */
	const asSuperuser = (statements: string[]) =>
		pg._runExclusiveTransaction(() =>
			pg._runExclusiveQuery(async () => {
				const run = (text: string) => pg.execProtocol(protocol.serialize.query(text));
				await run('set session authorization postgres');
				try {
					for (const statement of statements) await run(statement);
				} finally {
					if (steppedDown) await run('set session authorization app_login');
				}
			})
		);

	const tidy = async ({ vacuum = true } = {}) => {
		const { rows } = await pg.query<{ behind: string }>(
			'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::text as behind from pg_control_checkpoint()'
		);
		if (vacuum) await asSuperuser(['vacuum analyze']);
		if (vacuum || Number(rows[0]?.behind) > checkpointAfterBytes) await asSuperuser(['checkpoint']);
	};

	const timer = dataDir
		? setInterval(() => {
				const vacuum = Date.now() - vacuumedAt >= vacuumEveryMs;
				if (vacuum) vacuumedAt = Date.now();
				tidy({ vacuum }).catch((error) => {
					if (!pg.closed) console.error('The embedded database could not tidy up.', error);
				});
			}, checkpointLookMs).unref()
		: undefined;

	// There is one connection, and the role must not stay on it.
	async function run<Row>(text: string, values: (string | number | Buffer)[]): Promise<Row[]> {
		await stepDown();
		return pg.transaction(async (tx) => {
			await tx.exec('set local role app_service');
			return (await tx.query<Row>(text, values)).rows;
		});
	}

	let closing: Promise<void> | undefined;
	return {
		engine: 'embedded',
		dataDir,
		asPerson: (personId, work) => inRole('authenticated', JSON.stringify({ sub: personId }), work),
		asService: (work) => inRole('app_service', '', work),
		asOwner: (work) =>
			db.transaction(async (tx) => {
				await tx.execute(sql`set local session authorization postgres`);
				return work(tx as unknown as Tx);
			}),
		ask: run,
		serviceSession: () => ({ run, read: run, close: () => Promise.resolve() }),
		// One process, one connection: news can't get lost, so `lost` is never called.
		listen: async (channel, hear) => {
			const stop = await pg.listen(`"${channel}"`, hear); // quoted, as on a server: the name as it is
			return async () => {
				if (!closing) await stop();
			};
		},
		close: () =>
			(closing ??= (async () => {
				clearInterval(timer);
				await pg.close();
				onClose();
			})()),
		dumpSql: async () => {
			const { dumpEmbedded } = await import('./embedded-dump.ts');
			await stepUp();
			return dumpEmbedded(pg).finally(stepUp);
		},
		runSql: async (text) => {
			await stepUp();
			await pg.exec(text).finally(stepUp);
		},
		dumpFolder: async () => {
			await asSuperuser(['checkpoint']); // what was read back would otherwise be replayed from the log each time
			return pg.dumpDataDir('none');
		},
		tidy
	};
}
