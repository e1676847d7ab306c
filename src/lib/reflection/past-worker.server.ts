/** The thread of `past-thread.server.ts`: a question comes, its answer goes back. */
import { parentPort } from 'node:worker_threads';
import { answerOf } from './past.ts';
import type { Answered, Asked } from './past-thread.server.ts';

parentPort!.on('message', ({ past, question }: Asked) => {
	try {
		parentPort!.postMessage({ answer: answerOf(past, question) } satisfies Answered);
	} catch (error) {
		parentPort!.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies Answered);
	}
});
