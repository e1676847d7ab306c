/**
 * Reads the past of a reflection without holding up those who type: long logs on a thread of its own, which is started when
 * the first long one comes, and ended when none has come for a while.
 */
import { Worker } from 'node:worker_threads';
import { Refusal } from '#lib/errors.ts';
import { type Answer, answerOf, bytesOf, type Past, type Question } from './past.ts';

/** Reading this much takes some ten milliseconds; beyond it everybody else would feel it. */
const shortBytes = 48 * 1024;
/** A thread costs some 10 MB while it waits. */
const idleMs = 30_000;
/** Those who wait for the thread. Each holds its log in memory, and waits longer than anybody looks at an empty page. */
const mostWaiting = 16;
/**
 * Half a year's reflection takes some ten milliseconds. The longest recording, 259,778 edits in one paragraph of a hundred
 * pages, takes up to fifteen seconds; a log that was made to be slow ends here.
 */
const longestMs = 60_000;
const megabytes = 1024;

/** A build puts modules into a folder of chunks, and the worker, which is an entry of its own, beside that folder. */
const script = new URL(
	/\.ts(\?|$)/.test(import.meta.url) ? './past-worker.server.ts' : '../past-worker.js',
	import.meta.url
);

export type Asked = { past: Past; question: Question };
export type Answered = { answer: Answer } | { error: string };

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * @throws Refusal `away` when too many wait for the same
 * @throws Error when the log is damaged, or takes too long or too much memory
 */
export async function askPast<Q extends Question>(past: Past, question: Q): Promise<Answer<Q>> {
	if (bytesOf(past) < shortBytes) return answerOf(past, question);
	if (waiting >= mostWaiting)
		throw new Refusal(
			'away',
			'Many people are looking at earlier versions at this moment. Everything that was written is safe. Please try again in a minute.'
		);
	waiting++;
	const mine = last.then(() => apart(past, question)).finally(() => waiting--);
	last = mine.catch(() => {});
	return mine as Promise<Answer<Q>>;
}

function apart(past: Past, question: Question): Promise<Answer> {
	clearTimeout(idle);
	const asked = (worker ??= started());
	return new Promise<Answer>((resolve, reject) => {
		const giveUp = (error: Error) => {
			clearTimeout(timer); // it holds the log
			end(asked);
			reject(error);
		};
		const timer = setTimeout(() => giveUp(new Error('reading the past took too long')), longestMs).unref();
		asked.once('error', giveUp);
		asked.once('message', (answered: Answered) => {
			asked.off('error', giveUp);
			clearTimeout(timer);
			idle = setTimeout(() => end(asked), idleMs).unref();
			if ('answer' in answered) resolve(answered.answer);
			else reject(new Error(answered.error));
		});
		asked.postMessage({ past, question } satisfies Asked);
	});
}

function started(): Worker {
	const made = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: megabytes } });
	made.unref();
	return made;
}

function end(ended: Worker): void {
	if (worker === ended) worker = undefined;
	void ended.terminate();
}
