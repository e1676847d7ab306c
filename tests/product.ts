/**
 * The product as people run it: the production build, started with `server.js` on a free port, in demo mode, on a data
 * folder of its own. Can be killed in the middle of anything and started again on the same data.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
	constants,
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FolderInUse, lockFolder } from '#lib/server/folder-lock.ts';

export type Product = {
	/** Where it listens, such as http://localhost:41234. */
	base: string;
	dataDir: string;
	/** Everything it printed so far. */
	output(): string;
	/** SIGKILL: no goodbye, no flush. Resolves when the process is gone. */
	kill(): Promise<void>;
	/** Starts it again on the same data and port. Resolves when it answers. */
	start(): Promise<void>;
	/** SIGTERM: how an operator stops it. Resolves to the exit code. */
	terminate(): Promise<number | null>;
	/** Ends it and deletes its data. */
	stop(): Promise<void>;
};

const root = join(import.meta.dirname, '..');
/** Creating the embedded database takes about 10 CPU seconds; on two shared cores several times that. */
const startWithinMs = 120_000;
/** A build takes about 15 seconds here. */
const buildWithinMs = 300_000;

/**
 * @param environment beside DEMO=1, DATA_DIR, HOST, PORT and ORIGIN; an undefined value takes a variable away
 * @param begin `empty` makes the demo's database itself, as a first start does, instead of beginning with a copy of one
 */
export async function startProduct(
	environment: Record<string, string | undefined> = {},
	begin: 'made' | 'empty' = 'made'
): Promise<Product> {
	await buildIfStale();
	const dataDir = mkdtempSync(join(tmpdir(), 'wayfellow-product-'));
	const demo = !('DEMO' in environment) && !('DATABASE_URL' in environment) && !('DATA_DIR' in environment);
	if (begin === 'made' && demo) await copyDemoDatabase(join(dataDir, 'data/database'));
	const port = await freePort();
	const base = `http://localhost:${port}`;
	let running: ChildProcess | undefined;
	let printed = '';

	async function start(): Promise<void> {
		const child = spawn(process.execPath, ['server.js'], {
			cwd: root,
			env: {
				...process.env,
				NODE_ENV: 'production',
				DATABASE_URL: undefined,
				MIGRATION_DATABASE_URL: undefined,
				SMTP_URL: undefined,
				DEMO: '1',
				DATA_DIR: join(dataDir, 'data'),
				HOST: 'localhost',
				PORT: String(port),
				ORIGIN: base,
				...environment
			},
			stdio: ['ignore', 'pipe', 'pipe']
		});
		running = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-100_000)));
		}
		const end = Date.now() + startWithinMs;
		for (;;) {
			if (child.exitCode !== null || child.signalCode !== null) throw new Error(`server.js ended at once:\n${printed}`);
			if (await answers(base)) return;
			if (Date.now() > end) throw new Error(`server.js did not answer within ${startWithinMs / 1_000} s:\n${printed}`);
			await wait(50);
		}
	}

	async function end(signal: NodeJS.Signals): Promise<number | null> {
		const child = running;
		if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
		const gone = once(child, 'exit');
		child.kill(signal);
		const [code] = (await gone) as [number | null];
		return code;
	}

	// A test run that is stopped leaves no server behind.
	const orphan = () => running?.kill('SIGKILL');
	process.once('exit', orphan);

	const product: Product = {
		base,
		dataDir,
		output: () => printed,
		start,
		kill: async () => void (await end('SIGKILL')),
		terminate: () => end('SIGTERM'),
		async stop() {
			await end('SIGKILL');
			process.off('exit', orphan);
			rmSync(dataDir, { recursive: true, force: true });
		}
	};
	try {
		await start();
	} catch (error) {
		await product.stop();
		throw error;
	}
	return product;
}

/** A cast that was planted hours ago would have written, met and waited hours ago, too. */
const demoForMs = 2 * 3600_000;

/**
 * Copies the demo's database as a first start makes it, stopped in good order: making one costs ten CPU seconds, and most
 * tests of the product begin with it. Made once for a build; several test processes may ask at once, and one of them makes
 * it. It is copied under the same lock, so that nobody makes it anew under a copy.
 */
async function copyDemoDatabase(to: string): Promise<void> {
	const cache = join(root, 'node_modules/.cache/wayfellow');
	const made = join(cache, 'demo');
	const isFresh = () =>
		existsSync(made) &&
		statSync(made).mtimeMs > Math.max(statSync(join(root, 'build/index.js')).mtimeMs, Date.now() - demoForMs);
	const end = Date.now() + startWithinMs;
	for (;;) {
		try {
			const lock = lockFolder(join(cache, 'demo-making'));
			try {
				if (!isFresh()) await makeDemoDatabase(made);
				cpSync(made, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
				return;
			} finally {
				lock.release();
			}
		} catch (error) {
			if (!(error instanceof FolderInUse) || Date.now() > end) throw error;
			await wait(50);
		}
	}
}

async function makeDemoDatabase(made: string): Promise<void> {
	const product = await startProduct({}, 'empty');
	try {
		await product.terminate();
		for (const old of [made, `${made}.new`]) rmSync(old, { recursive: true, force: true });
		cpSync(join(product.dataDir, 'data/database'), `${made}.new`, { recursive: true });
		renameSync(`${made}.new`, made);
		utimesSync(made, new Date(), new Date());
	} finally {
		await product.stop();
	}
}

async function answers(base: string): Promise<boolean> {
	try {
		return (await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
	} catch {
		return false;
	}
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, 'localhost');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Builds when a source is newer than the build. Several test processes may ask at once; one of them builds. */
export async function buildIfStale(): Promise<void> {
	const end = Date.now() + buildWithinMs;
	mkdirSync(join(root, 'node_modules/.cache/wayfellow'), { recursive: true });
	while (stale()) {
		try {
			const lock = lockFolder(join(root, 'node_modules/.cache/wayfellow/build'));
			try {
				if (stale()) await build();
				return;
			} finally {
				lock.release();
			}
		} catch (error) {
			if (!(error instanceof FolderInUse) || Date.now() > end) throw error;
			await wait(200);
		}
	}
}

function stale(): boolean {
	const built = join(root, 'build/index.js');
	if (!existsSync(built)) return true;
	const since = statSync(built).mtimeMs;
	const sources = globSync(['src/**/*', 'static/**/*', 'supabase/**/*.sql', 'vite.config.ts', 'package-lock.json'], {
		cwd: root
	});
	return sources.some((file) => !/\.(test|cases)\.ts$/.test(file) && statSync(join(root, file)).mtimeMs > since);
}

async function build(): Promise<void> {
	const child = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
		cwd: root,
		// Vitest sets NODE_ENV=test, with which Svelte would build its slower development code.
		env: { ...process.env, NODE_ENV: 'production', VITEST: undefined },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: buildWithinMs
	});
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
	const [code] = (await once(child, 'exit')) as [number | null];
	if (code !== 0) throw new Error(`The build failed:\n${printed}`);
}
