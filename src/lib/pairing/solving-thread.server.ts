/** Solves on a thread of its own, so that everybody else is answered meanwhile. */
import { Apart } from '#lib/server/apart.ts';
import type { Asked } from './matching.ts';
import type { Planned } from './planning.ts';

/** A build puts this module wherever the pages that use it need it, and the worker, an entry of its own, right into `server`. */
const built = (url: string) => `${url.slice(0, url.lastIndexOf('/server/'))}/server/solving-worker.js`;
export const script = /\.ts(\?|$)/.test(import.meta.url)
	? new URL('./solving-worker.server.ts', import.meta.url)
	: new URL(built(import.meta.url));

export const solving = new Apart<Asked, Planned>({
	script,
	// 5,000 teachers and 1,000 mentors take 15 seconds of a core of its own.
	ms: 120_000,
	megabytes: 2048,
	waiting: 5,
	failed: 'The plan took too long.'
});
