/** The thread of `merger.server.ts`: an update comes, its state goes back. */
import { parentPort } from 'node:worker_threads';
import { throughDocument } from './merge.ts';
import type { Merged } from './merger.server.ts';

parentPort!.on('message', (update: Uint8Array) => {
	try {
		const state = throughDocument([update], true);
		parentPort!.postMessage({ state } satisfies Merged);
	} catch (error) {
		parentPort!.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies Merged);
	}
});
