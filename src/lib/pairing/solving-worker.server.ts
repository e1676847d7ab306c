/** The thread of `solving-thread.server.ts`: who is to be matched comes, a plan goes back. */
import { parentPort } from 'node:worker_threads';
import type { Answered } from '#lib/server/apart.ts';
import type { Asked } from './matching.ts';
import { plan, type Planned } from './planning.ts';

parentPort!.on('message', (asked: Asked) => {
	plan(asked).then(
		(done) => parentPort!.postMessage({ done } satisfies Answered<Planned>),
		(error: unknown) => {
			const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
			parentPort!.postMessage({ error: why } satisfies Answered<Planned>);
		}
	);
});
