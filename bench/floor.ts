/**
 * The floor: a relay that hands bytes on and understands none of them. It keeps nothing and knows nobody, so whoever
 * carries updates over WebSockets under Node pays at least this: `node bench/floor.ts`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const rooms = new Map<string, Set<WebSocket>>();
const emptyState = Buffer.from([0, 1, 2, 0, 0]);

const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, { url = '' }) => {
	const room = rooms.get(url) ?? new Set();
	rooms.set(url, room.add(socket));
	socket.on('error', () => {}); // 'close' follows
	socket.on('close', () => {
		room.delete(socket);
		if (room.size === 0) rooms.delete(url);
	});
	socket.on('message', (bytes: Buffer) => {
		// A newcomer's question, so that the clients need not know that nobody keeps anything here.
		if (bytes[0] === 0 && bytes[1] === 0) return socket.send(emptyState);
		for (const other of room) if (other !== socket) other.send(bytes);
	});
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
