/**
 * One server's live engine alone, for `engine.ts` to start and to end:
 * `node tests/faults/engine-process.ts <database url, or folder of the embedded database> <port>`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Live } from '#lib/reflection/live.server.ts';
import { openDatabase } from '#lib/server/open-database.ts';

const [address, port] = process.argv.slice(2) as [string, string];
const db = await openDatabase({
	DATABASE_URL: /^postgres(ql)?:/.test(address) ? address : undefined,
	MIGRATION_DATABASE_URL: undefined,
	DATA_DIR: address
});
const live = new Live(db, process.env.FOLD_AFTER_MS ? { foldAfterMs: Number(process.env.FOLD_AFTER_MS) } : {});
await live.listening();
const server = createServer();
server.on('upgrade', (request, socket, head) => live.handleUpgrade(request, socket, head));
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
	server.close();
	void live.close().then(() => db.close());
});
