/** Runs a script's work; when it fails, says why in a sentence and ends with code 1. DEBUG=1 adds where it failed. */
export async function saying(work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		console.error(error instanceof Error && !process.env.DEBUG ? error.message : error);
		process.exitCode = 1;
	}
}
