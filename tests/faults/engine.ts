/** The live engine in processes of its own that a test may kill, stop, freeze and start again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build, type Rolldown } from 'vite';

const root = join(import.meta.dirname, '../..');

/** Starting takes a second; on a loaded machine it may take its time. */
const startWithinMs = 60_000;

const running = new Set<ChildProcess>();
// A test run that is stopped leaves no engine behind.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

let program: Promise<string> | undefined;

const holds = join(root, 'tests/holds.mjs');

/** All of an engine's process as one module, built once: to find and read its files one by one takes a second of CPU at each start. */
const built = () =>
	(program ??= (async () => {
		const bundle = (await build({
			configFile: false,
			logLevel: 'error',
			root,
			// The thread for long documents is found from where the module that starts it lies.
			define: {
				'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'src/lib/reflection/live/merger.server.ts')))
			},
			build: {
				ssr: join(import.meta.dirname, '../live-process.ts'),
				write: false,
				target: 'node24',
				rolldownOptions: { output: { codeSplitting: false } }
			},
			ssr: { noExternal: true, external: ['@electric-sql/pglite'] }
		})) as Rolldown.RolldownOutput;
		return bundle.output[0].code;
	})());

export class Engine {
	readonly #address: string;
	readonly #environment: Record<string, string>;
	#child: ChildProcess | undefined;
	#printed = '';
	port = 0;

	/** @param address a Postgres URL, or a folder for the embedded database */
	constructor(address: string, environment: Record<string, string> = {}) {
		this.#address = address;
		this.#environment = environment;
	}

	/** Where its live connections begin, such as ws://127.0.0.1:41234/live. */
	get base(): string {
		return `ws://127.0.0.1:${this.port}/live`;
	}

	get alive(): boolean {
		return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/** Everything that it printed so far. */
	get output(): string {
		return this.#printed;
	}

	/** Starts it, the first time on a free port and from then on where it was. */
	async start(): Promise<this> {
		const code = await built();
		const child = spawn(process.execPath, ['--expose-gc', '--import', holds, '-', this.#address, String(this.port)], {
			cwd: root,
			env: { ...process.env, ...this.#environment },
			stdio: ['pipe', 'pipe', 'pipe']
		});
		child.stdin.on('error', () => {}).end(code); // one that is killed at once does not read to the end
		this.#child = child;
		running.add(child);
		child.once('exit', () => running.delete(child));
		let printed = '';
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => {
				printed += text;
				this.#printed = (this.#printed + text).slice(-100_000);
				if (printed.length > 1_000) printed = printed.slice(0, 1_000);
			});
		for (const end = Date.now() + startWithinMs; ; await wait(10)) {
			const port = /port (\d+)/.exec(printed);
			if (port) {
				this.port = Number(port[1]);
				return this;
			}
			if (!this.alive || Date.now() > end) throw new Error(`The engine did not start:\n${this.#printed}`);
		}
	}

	/** No goodbye, no flush. Resolves when the process is gone. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** How an operator stops it. Resolves to the exit code. */
	terminate(): Promise<number | null> {
		return this.#end('SIGTERM');
	}

	/** Resident memory in MiB. */
	get rss(): number {
		const [, pages] = readFileSync(`/proc/${this.#child!.pid}/statm`, 'utf8').split(' ');
		return (Number(pages) * 4096) / 2 ** 20;
	}

	/** MiB that it holds once everything that could be thrown away was: unlike rss, the same on every run. */
	async held(): Promise<number> {
		return (await this.#report()).bytes / 2 ** 20;
	}

	/** What its clock says, in ms. */
	async now(): Promise<number> {
		return (await this.#report()).now;
	}

	#report(): Promise<{ bytes: number; now: number }> {
		const { stdout } = this.#child!;
		return new Promise((done) => {
			const hear = (text: string) => {
				const report = /^holds (\d+) at (\d+)$/m.exec(text);
				if (!report) return;
				stdout!.off('data', hear);
				done({ bytes: Number(report[1]), now: Number(report[2]) });
			};
			stdout!.on('data', hear);
			this.#child!.kill('SIGUSR2');
		});
	}

	async #end(signal: NodeJS.Signals): Promise<number | null> {
		const child = this.#child;
		if (!child || !this.alive) return child?.exitCode ?? null;
		const gone = once(child, 'exit');
		child.kill(signal);
		const [code] = (await gone) as [number | null];
		return code;
	}
}
