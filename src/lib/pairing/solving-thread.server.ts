/** Solves on a thread of its own, so that everybody else is answered meanwhile. */
import { Apart } from '#lib/server/apart.ts';
import type { Asked } from './matching.ts';
import type { Planned } from './planning.ts';

/** A build puts modules into a folder of chunks, and the worker, which is an entry of its own, beside that folder. */
export const script = new URL(
	/\.ts(\?|$)/.test(import.meta.url) ? './solving-worker.server.ts' : '../solving-worker.js',
	import.meta.url
);

export const solving = new Apart<Asked, Planned>({
	script,
	// 5,000 teachers and 1,000 mentors take 15 seconds of a core of its own.
	ms: 120_000,
	megabytes: 2048,
	waiting: 5,
	failed: 'The plan took too long.'
});
