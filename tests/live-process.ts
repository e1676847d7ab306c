/** The live engine alone in a process of its own, so that it can be killed: `node tests/live-process.ts <database url> [port]`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Live } from '#lib/reflection/live.server.ts';
import { openPostgres } from '#lib/server/postgres.ts';

const [url, port = '0'] = process.argv.slice(2);
const db = await openPostgres(url!);
// Folded rows may move at once, so that a kill also falls into that.
const live = new Live(db, {
	keepRowsMs: Number(process.env.KEEP_ROWS_MS ?? 20_000),
	redisUrl: process.env.REDIS_URL
});
await live.listening();
const server = createServer();
server.on('upgrade', (request, socket, head) => live.handleUpgrade(request, socket, head));
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
	server.close();
	void live.close().then(() => db.close());
});
