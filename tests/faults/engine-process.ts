/**
 * One server's live engine alone, for `engine.ts` to build, to start and to end. Its arguments are the address of the
 * database, or the folder of an embedded one, and the port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Live } from '#lib/reflection/live.server.ts';
import { limits } from '#lib/reflection/live/limits.ts';
import { openDatabase } from '#lib/server/open-database.ts';

// A test need not wait half a minute for what happens every half a minute.
Object.assign(limits, JSON.parse(process.env.LIMITS ?? '{}'));
const [address, port] = process.argv.slice(2) as [string, string];
const db = await openDatabase({
	DATABASE_URL: /^postgres(ql)?:/.test(address) ? address : undefined,
	MIGRATION_DATABASE_URL: undefined,
	DATA_DIR: address
});
const { KEEP_ROWS_MS, REDIS_URL } = process.env;
const live = new Live(db, {
	redisUrl: REDIS_URL,
	keepRowsMs: KEEP_ROWS_MS ? Number(KEEP_ROWS_MS) : undefined
});
await live.listening();
const server = createServer();
server.on('upgrade', (request, socket, head) => live.handleUpgrade(request, socket, head));
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
	server.close();
	void live.close().then(() => db.close());
});
// What it holds after everything that could be thrown away was: needs --expose-gc. Buffers are freed on another thread,
// and counted as freed with the next collection; so it collects until nothing more comes off.
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
