/** The servers that are measured, each alone in a process of its own, and what the kernel says that they took. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import pg from 'pg';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { plantReflection, signIn } from '../tests/live-room.ts';
import { alone, freshDatabase } from '../tests/postgres-server.ts';

export type ServerName = 'floor' | 'ours' | 'level' | 'hocuspocus';

export const titles: Record<ServerName, string> = {
	ours: 'ours',
	floor: 'floor',
	level: '@y/websocket-server + LevelDB',
	hocuspocus: 'Hocuspocus + Postgres'
};

/** A document on a server, and who its two authors are there. */
export type Place = { path: string; room: string; cookies: [string, string] | undefined };

/** A kind of server that can be started again and again on what it has stored. */
export type Contender = {
	name: ServerName;
	start(): Promise<Running>;
	/** New documents. */
	places(count: number): Promise<Place[]>;
	close(): Promise<void>;
};

export type Running = {
	url: string;
	/** Seconds of CPU, user and system, since the process began. */
	cpu(): number;
	/** Seconds of CPU of the database server, all its processes together; 0 for who has none. */
	databaseCpu(): number;
	/** Transactions that the database has ended, as it counts them; nothing for who has none. */
	transactions(): Promise<number | undefined>;
	/** KB of memory that are resident. */
	rss(): number;
	/** KB that are held, buffers included, once everything that could be freed was. */
	heap(): Promise<number>;
	alive(): boolean;
	kill(): Promise<void>;
};

const here = import.meta.dirname;
const peers = join(here, 'peers');
const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** Brings the peers' packages, once. */
export function installPeers(): void {
	if (existsSync(join(peers, 'node_modules'))) return;
	const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: peers, stdio: 'inherit' });
	if (status !== 0) throw new Error('The packages of the peers could not be installed: see what npm says above.');
}

let made = 0;
const newName = () => `document-${++made}`;
const named = (count: number): Place[] =>
	Array.from({ length: count }, newName).map((room) => ({ path: `/${room}`, room, cookies: undefined }));

function floor(): Contender {
	return {
		name: 'floor',
		start: () => run([join(here, 'floor.ts')]),
		places: async (count) => named(count),
		close: async () => {}
	};
}

function level(): Contender {
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-bench-'));
	return {
		name: 'level',
		start: () => run([join(peers, 'y-level.mjs')], { YPERSISTENCE: folder }),
		places: async (count) => named(count),
		close: async () => rmSync(folder, { recursive: true, force: true })
	};
}

async function hocuspocus(): Promise<Contender> {
	const { url, drop } = await freshDatabase();
	const postmaster = await postmasterOf(url);
	return {
		name: 'hocuspocus',
		start: () => run([join(peers, 'hocuspocus.mjs'), url], {}, { url, postmaster }),
		places: async (count) => named(count).map((place) => ({ ...place, path: '/' })),
		close: drop
	};
}

async function ours(): Promise<Contender> {
	const { url, drop } = await freshDatabase();
	const postmaster = await postmasterOf(url);
	const db = await openPostgres(url);
	await alone(() => migrate(db, { folder: join(here, '../supabase/migrations') }));
	return {
		name: 'ours',
		start: () => run([join(here, '../tests/live-process.ts'), url], {}, { url, postmaster }),
		async places(count) {
			const places: Place[] = [];
			while (places.length < count) {
				const { reflectionId, teacher, mentor } = await plantReflection(db);
				const [first, second] = [await signIn(db, teacher), await signIn(db, mentor)];
				// As our own client asks: what is durable is told, and paid for.
				const path = `/live/${reflectionId}?durable=1`;
				places.push({ path, room: reflectionId, cookies: [first.cookie, second.cookie] });
			}
			return places;
		},
		async close() {
			await db.close();
			await drop();
		}
	};
}

export const kinds: Record<ServerName, () => Contender | Promise<Contender>> = { floor, ours, level, hocuspocus };

const children = new Set<ChildProcess>();

/** Ends what still runs, also after a failure: a server left over would take the cores from the next. */
export function killAll(): void {
	for (const child of children) child.kill('SIGKILL');
}
process.once('exit', killAll);

async function run(
	args: string[],
	environment: Record<string, string> = {},
	database?: { url: string; postmaster: number }
): Promise<Running> {
	const child = spawn(process.execPath, ['--expose-gc', '--import', join(here, '../tests/holds.mjs'), ...args], {
		env: { ...process.env, NODE_ENV: 'production', ...environment },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	// Most of what they print is of no interest; the last of it is, when one dies.
	let said = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
	children.add(child);
	child.once('exit', () => children.delete(child));
	const lines = createInterface({ input: child.stdout });
	const port = await portOf(child, lines, () => said);
	const pid = child.pid!;
	const alive = () => child.exitCode === null && child.signalCode === null;
	const must = () => {
		if (!alive()) throw new Error(`${args[0]} ended while it was measured:\n${said}`);
	};
	return {
		url: `ws://127.0.0.1:${port}`,
		cpu: () => (must(), cpuOf(pid)),
		databaseCpu: () => (database ? cpuOfDatabase(database.postmaster) : 0),
		transactions: async () => database && transactionsOf(database.url),
		rss: () => (must(), Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])),
		async heap() {
			must();
			const told = once(lines, 'line', { signal: AbortSignal.timeout(30_000) });
			child.kill('SIGUSR2');
			const [line] = (await told) as [string];
			const bytes = /^holds (\d+) at /.exec(line)?.[1];
			if (!bytes) throw new Error(`Asked for its heap, ${args[0]} said: ${line}`);
			return Number(bytes) / 1024;
		},
		alive,
		async kill() {
			if (!alive()) return;
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	};
}

function portOf(child: ChildProcess, lines: Interface, said: () => string): Promise<number> {
	return new Promise((resolve, reject) => {
		child.once('exit', () => reject(new Error(`A server did not start:\n${said()}`)));
		lines.on('line', (line) => {
			const port = /^port (\d+)$/.exec(line)?.[1];
			if (port) resolve(Number(port));
		});
	});
}

/** The fields of /proc/<pid>/stat from the third on; the second is a name, which may hold anything. */
function statOf(pid: number): number[] {
	const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
	return text
		.slice(text.lastIndexOf(')') + 4)
		.split(' ')
		.map(Number);
}

const cpuOf = (pid: number) => {
	const [utime, stime] = statOf(pid).slice(10, 12) as [number, number];
	return (utime + stime) / ticksPerSecond;
};

/** The parent of all the database's processes, whom those that ended have left their CPU. */
async function postmasterOf(url: string): Promise<number> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
		return statOf(rows[0]!.pid)[0]!;
	} catch (error) {
		throw new Error('The database must run on this machine: its CPU is read from /proc.', { cause: error });
	} finally {
		await client.end();
	}
}

async function transactionsOf(url: string): Promise<number> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		const { rows } = await client.query<{ count: number }>(
			`select (xact_commit + xact_rollback)::float8 as count from pg_stat_database where datname = current_database()`
		);
		return rows[0]!.count;
	} finally {
		await client.end();
	}
}

function cpuOfDatabase(postmaster: number): number {
	const [, , ended, endedSystem] = statOf(postmaster).slice(10, 14) as [number, number, number, number];
	let seconds = cpuOf(postmaster) + (ended + endedSystem) / ticksPerSecond;
	for (const entry of readdirSync('/proc')) {
		if (!/^\d+$/.test(entry)) continue;
		try {
			if (statOf(Number(entry))[0] === postmaster) seconds += cpuOf(Number(entry));
		} catch {
			// It ended while we looked; the next look finds its CPU with its parent.
		}
	}
	return seconds;
}
