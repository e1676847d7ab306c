/** A Postgres server that a test may stop, kill, start again, and put on a disk that fills up. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, programs, serverUser } from '../postgres-server.ts';
import { freePort } from '../product.ts';

/** Recovery after a kill included. */
const startWithinMs = 60_000;

export class OwnPostgres {
	readonly #folder: string;
	readonly #data: string;
	readonly #port: number;
	#server: ChildProcess | undefined;
	#log = '';
	readonly #orphan = () => this.#server?.kill('SIGQUIT');

	/** The address of its first database. */
	readonly url: string;

	private constructor(folder: string, data: string, port: number) {
		this.#folder = folder;
		this.#data = data;
		this.#port = port;
		this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
		process.once('exit', this.#orphan);
	}

	/** @param disk a folder for the data; without one it lies in a temporary folder */
	static async create(disk?: string): Promise<OwnPostgres> {
		const folder = mkdtempSync(join(tmpdir(), 'wayfellow-postgres-'));
		const data = join(disk ?? folder, 'data');
		const user = serverUser();
		mkdirSync(data, { mode: 0o700 });
		if (user) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
		const { status, stderr } = spawnSync(
			join(programs(), 'initdb'),
			// Small pieces of log: a full disk is noticed with the next one.
			['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '-N', '--wal-segsize=1'],
			{ ...user, cwd: folder, env: environment, encoding: 'utf8' }
		);
		if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
		const server = new OwnPostgres(folder, data, await freePort());
		await server.start();
		return server;
	}

	get alive(): boolean {
		return this.#server !== undefined && this.#server.exitCode === null && this.#server.signalCode === null;
	}

	/** Resolves when it answers. */
	async start(): Promise<void> {
		for (const end = Date.now() + startWithinMs; ; await wait(50)) {
			if (!this.alive) this.#run();
			try {
				await ask(this.url, 'select 1');
				return;
			} catch (error) {
				if (Date.now() > end) throw new Error(`Postgres did not start:\n${this.#log}`, { cause: error });
			}
		}
	}

	/** Fast: open transactions are rolled back. Immediate: no goodbye to anybody. SIGKILL: not even to its own processes. */
	async stop(how: 'fast' | 'immediate' | 'SIGKILL'): Promise<void> {
		const server = this.#server;
		if (!server || !this.alive) return;
		const gone = once(server, 'exit');
		server.kill(({ fast: 'SIGINT', immediate: 'SIGQUIT', SIGKILL: 'SIGKILL' } as const)[how]);
		await gone;
	}

	/** Ends it and deletes its data. */
	async drop(): Promise<void> {
		await this.stop('immediate');
		process.off('exit', this.#orphan);
		rmSync(this.#data, { recursive: true, force: true });
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#run(): void {
		const settings = ['fsync=off', 'max_connections=60', 'shared_buffers=16MB', 'min_wal_size=2MB', 'max_wal_size=4MB'];
		this.#server = spawn(
			join(programs(), 'postgres'),
			[
				...['-D', this.#data, '-p', String(this.#port), '-k', this.#folder, '-h', '127.0.0.1'],
				...settings.flatMap((setting) => ['-c', setting])
			],
			{ ...serverUser(), cwd: this.#folder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] }
		);
		this.#server
			.stderr!.setEncoding('utf8')
			.on('data', (text: string) => (this.#log = (this.#log + text).slice(-5_000)));
	}
}

const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
