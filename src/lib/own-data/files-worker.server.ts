/** The thread of `files-thread.server.ts`: a reflection comes, its files go back. */
import { parentPort } from 'node:worker_threads';
import type { Answered } from '#lib/server/apart.ts';
import type { Piece } from './files-thread.server.ts';
import { type Files, filesOf } from './reflection-files.ts';

parentPort!.on('message', ({ about, written }: Piece) => {
	try {
		parentPort!.postMessage({ done: filesOf(about, written) } satisfies Answered<Files>);
	} catch (error) {
		const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
		parentPort!.postMessage({ error: why } satisfies Answered<Files>);
	}
});
