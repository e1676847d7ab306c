/**
 * Folds documents without holding up those who type: long ones on a thread of its own. It is started when the first
 * long document comes, and ended when none has come for a while.
 */
import { Worker } from 'node:worker_threads';
import { limits } from './limits.ts';
import { throughDocument } from './merge.ts';

/** Folding this much takes a few milliseconds; going to another thread and back takes as long. */
const shortBytes = 64 * 1024;
/** A thread costs some 10 MB while it waits. */
const idleMs = 30_000;

/** A build puts modules into a folder of chunks, and the worker, which is an entry of its own, beside that folder. */
const script = new URL(
	/\.ts(\?|$)/.test(import.meta.url) ? './merge-worker.server.ts' : '../merge-worker.js',
	import.meta.url
);

/** What the worker answers. */
export type Merged = { state: Uint8Array } | { error: string };

export class Merger {
	#worker: Worker | undefined;
	#idle: NodeJS.Timeout | undefined;
	#last: Promise<unknown> = Promise.resolve();

	/**
	 * One update with the same effect and without what was deleted.
	 * @throws Error when something refers to what is not there, or when it takes too long or too much memory
	 */
	async merge(update: Uint8Array): Promise<Uint8Array> {
		if (update.length < shortBytes) return throughDocument([update], true);
		const mine = this.#last.then(() => this.#apart(update));
		this.#last = mine.catch(() => {});
		return mine;
	}

	#apart(update: Uint8Array): Promise<Uint8Array> {
		clearTimeout(this.#idle);
		const worker = (this.#worker ??= this.#start());
		return new Promise<Uint8Array>((resolve, reject) => {
			const giveUp = (error: Error) => {
				clearTimeout(timer); // it holds the update
				this.#end(worker);
				reject(error);
			};
			const timer = setTimeout(() => giveUp(new Error('folding took too long')), limits.foldMs).unref();
			worker.once('error', giveUp);
			worker.once('message', (merged: Merged) => {
				worker.off('error', giveUp);
				clearTimeout(timer);
				this.#idle = setTimeout(() => this.#end(worker), idleMs).unref();
				if ('state' in merged) resolve(merged.state);
				else reject(new Error(merged.error));
			});
			worker.postMessage(update);
		});
	}

	#start(): Worker {
		const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: limits.foldMegabytes } });
		worker.unref();
		return worker;
	}

	#end(worker: Worker): void {
		if (this.#worker === worker) this.#worker = undefined;
		void worker.terminate();
	}

	async close(): Promise<void> {
		clearTimeout(this.#idle);
		await this.#last;
		await this.#worker?.terminate();
		this.#worker = undefined;
	}
}
