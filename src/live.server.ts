/**
 * The way in for `/live/…`, for both servers: Vite's in development and `server.js` in production. It lies beside the
 * start because it needs it, and rooms look at nothing outside `lib`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeNews } from '#lib/discussion/news.server.ts';
import { closeLive as closeSockets, openLive } from '#lib/reflection/live.server.ts';
import { metrics } from '#lib/reflection/live/metrics.server.ts';
import { openBus } from '#lib/server/bus/bus.ts';
import { db } from '#lib/server/current.ts';
import { isNear } from '#lib/server/limits/kinds.ts';
import { requestLimits } from '#lib/server/limits/limits.server.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { clientAddressOf, networkOf } from '#lib/server/network.ts';
import { readSettings } from '#lib/server/settings.ts';
import { ready } from './start.server.ts';

/** Takes over an upgrade request once the product has started. */
export async function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
	metrics.counts.knocks++;
	const gone = () => void socket.destroy();
	socket.on('error', gone); // the browser may leave while we start
	try {
		await ready();
	} catch (error) {
		log('live-not-started', traceOf(error));
		return gone();
	}
	if (socket.destroyed) return;
	const settings = readSettings();
	const address = clientAddressOf(request, settings);
	const crowded = !settings.ADDRESS_HEADER && address !== null && isNear(address);
	const network = address === null ? null : networkOf(address);
	const wait = await requestLimits().take('upgrades', network ?? 'unknown', crowded);
	if (wait) {
		metrics.counts.refusedUpgrades.tooMany++;
		// Before the handshake: nothing has been looked up yet, and y-websocket comes back later by itself.
		const refusal = `HTTP/1.1 429 Too Many Requests\r\nRetry-After: ${wait.seconds}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
		return void socket.end(refusal, gone);
	}
	socket.off('error', gone);
	const { ORIGIN: origin, REDIS_URL: redisUrl, RECOVER_UNTIL: recoverUntil } = settings;
	openLive(db(), { origin, bus: openBus(db(), redisUrl), recoverUntil }).handleUpgrade(request, socket, head, network);
}

/** Sends away whoever has a connection open, sockets and streams; they come back later. For the end of the process. */
export const closeLive = async (): Promise<void> => void (await Promise.all([closeSockets(), closeNews()]));
