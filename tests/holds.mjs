/**
 * Loaded into a server that is measured (`node --expose-gc --import tests/holds.mjs …`): asked by SIGUSR2, it tells what it
 * holds once everything that could be thrown away was. Buffers are freed on another thread, and counted as freed with the
 * next collection; so it collects until nothing more comes off.
 */
import { setTimeout as wait } from 'node:timers/promises';

process.on('SIGUSR2', async () => {
	let bytes = Infinity;
	for (let before = bytes; ; before = bytes) {
		globalThis.gc?.();
		await wait(10);
		const { heapUsed, external } = process.memoryUsage();
		bytes = heapUsed + external;
		if (bytes > before - 2 ** 16) break;
	}
	console.log(`holds ${bytes} at ${Date.now()}`);
});
