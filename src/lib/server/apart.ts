/**
 * Work that takes a processor for a while, on a thread of its own: those who type do not wait for it. One piece at a
 * time; what takes too long, or too much memory, ends with its thread, and the next piece gets a new one.
 */
import { Worker } from 'node:worker_threads';
import { Refusal } from '#lib/errors.ts';
import { log, traceOf } from './log.ts';

type Options = {
	script: URL;
	/** How long one piece may take. */
	ms: number;
	megabytes: number;
	/** How many may wait for their turn. */
	waiting: number;
	/** What is said when a piece took too long, too much memory, or failed in a way that nobody foresaw. */
	failed: string;
};

/** What the thread answers. */
export type Answered<Out> = { done: Out } | { refused: string } | { error: string };

/** A thread costs some 20 MB while it waits. */
const idleMs = 30_000;

export class Apart<In, Out> {
	readonly #options: Options;
	#worker: Worker | undefined;
	#idle: NodeJS.Timeout | undefined;
	#last: Promise<unknown> = Promise.resolve();
	#waiting = 0;

	constructor(options: Options) {
		this.#options = options;
	}

	/** @throws Refusal too-many when too many wait, rule when the thread says no or has to be ended */
	async run(piece: In): Promise<Out> {
		if (this.#waiting >= this.#options.waiting)
			throw new Refusal(
				'too-many',
				'Many people ask for such work at this moment, so yours was not begun. Nothing has changed; please try again in a minute.'
			);
		this.#waiting++;
		const mine = this.#last.then(() => this.#apart(piece));
		this.#last = mine.catch(() => {});
		try {
			return await mine;
		} finally {
			this.#waiting--;
		}
	}

	#apart(piece: In): Promise<Out> {
		clearTimeout(this.#idle);
		const worker = (this.#worker ??= this.#start());
		return new Promise<Out>((resolve, reject) => {
			const giveUp = (error: Error) => {
				clearTimeout(timer);
				this.#end(worker);
				log('apart-failed', traceOf(error));
				reject(new Refusal('rule', this.#options.failed));
			};
			const timer = setTimeout(() => giveUp(new Error('took too long')), this.#options.ms).unref();
			worker.once('error', giveUp);
			worker.once('message', (answered: Answered<Out>) => {
				worker.off('error', giveUp);
				clearTimeout(timer);
				this.#idle = setTimeout(() => this.#end(worker), idleMs).unref();
				if ('done' in answered) resolve(answered.done);
				else if ('refused' in answered) reject(new Refusal('rule', answered.refused));
				else reject(new Error(answered.error));
			});
			worker.postMessage(piece);
		});
	}

	#start(): Worker {
		const worker = new Worker(this.#options.script, {
			resourceLimits: { maxOldGenerationSizeMb: this.#options.megabytes }
		});
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
