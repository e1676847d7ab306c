/**
 * The live engine alone in a process of its own, so that it can be killed and measured:
 * `node tests/live-process.ts <database url, or folder of an embedded one> [port]`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Live } from '#lib/reflection/live.server.ts';
import { limits } from '#lib/reflection/live/limits.ts';
import { busLimits } from '#lib/server/bus/limits.ts';
import { openDatabase } from '#lib/server/open-database.ts';

// A test need not wait half a minute for what happens every half a minute.
const shorter = JSON.parse(process.env.LIMITS ?? '{}') as object;
Object.assign(limits, shorter);
Object.assign(busLimits, shorter);
const [address, port = '0'] = process.argv.slice(2) as [string, string?];
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
