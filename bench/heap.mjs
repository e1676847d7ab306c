/** Loaded into each server that is measured: tells, when asked by a signal, how much it holds that nothing could free. */
process.on('SIGUSR2', () => {
	globalThis.gc?.();
	globalThis.gc?.(); // what the first one freed may have held more
	const { heapUsed, external } = process.memoryUsage();
	console.log(`heap ${heapUsed + external}`);
});
