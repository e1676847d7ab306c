/**
 * The way in for `/live/…`, for both servers: Vite's in development and `server.js` in production. It lies beside the
 * start because it needs it, and rooms look at nothing outside `lib`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeLive, openLive } from '#lib/reflection/live.server.ts';
import { metrics } from '#lib/reflection/live/metrics.server.ts';
import { db } from '#lib/server/current.ts';
import { log, traceOf } from '#lib/server/log.ts';
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
	socket.off('error', gone);
	if (socket.destroyed) return;
	const { ORIGIN: origin, REDIS_URL: redisUrl, RECOVER_UNTIL: recoverUntil } = readSettings();
	openLive(db(), { origin, redisUrl, recoverUntil }).handleUpgrade(request, socket, head);
}

export { closeLive };
