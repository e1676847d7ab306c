/**
 * A real Redis for tests of the bus: an installed `redis-server` started on a free port, which tests may stop and start
 * again; or else the one that REDIS_URL names, which is not ours to stop.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './product.ts';

export type RedisServer = {
	url: string;
	/** SIGKILL, and what waited in it is gone. */
	stop(): Promise<void>;
	/** On the same port. Resolves when it answers. */
	start(): Promise<void>;
	/** Ends it and deletes what it left. */
	close(): Promise<void>;
};

export const redisInstalled = () => spawnSync('redis-server', ['--version']).status === 0;

/** Where to find a Redis, if there is one. @returns undefined when there is none */
export async function anyRedis(): Promise<Pick<RedisServer, 'url' | 'close'> | undefined> {
	if (redisInstalled()) return startRedis();
	const url = process.env.REDIS_URL;
	return url ? { url, close: async () => {} } : undefined;
}

/** @throws when no `redis-server` is installed */
export async function startRedis(): Promise<RedisServer> {
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-redis-'));
	const port = await freePort();
	const url = `redis://localhost:${port}`;
	let running: ChildProcess | undefined;

	async function start(): Promise<void> {
		running = spawn('redis-server', ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'], {
			stdio: 'ignore'
		});
		const client = createClient({ url, socket: { reconnectStrategy: (tries) => (tries < 200 ? 50 : false) } });
		client.on('error', () => {}); // until it listens
		await client.connect();
		await client.ping();
		client.destroy();
	}

	async function stop(): Promise<void> {
		if (!running || running.exitCode !== null || running.signalCode !== null) return;
		const gone = once(running, 'exit');
		running.kill('SIGKILL');
		await gone;
	}

	const orphan = () => running?.kill('SIGKILL');
	process.once('exit', orphan);
	await start();
	return {
		url,
		start,
		stop,
		close: async () => {
			await stop();
			process.off('exit', orphan);
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
