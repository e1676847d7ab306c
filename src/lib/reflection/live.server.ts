import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export function handleUpgrade(_request: IncomingMessage, socket: Duplex, _head: Buffer): void {
	socket.destroy();
}
