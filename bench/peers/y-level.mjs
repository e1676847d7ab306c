/** @y/websocket-server as its own `server.js` runs it, on LevelDB in the folder that YPERSISTENCE names. */
import { createServer } from 'node:http';
import { setupWSConnection } from '@y/websocket-server/utils';
import WebSocket from 'ws'; // the old one that it comes with

const sockets = new WebSocket.Server({ noServer: true });
sockets.on('connection', setupWSConnection);
const server = createServer();
server.on('upgrade', (request, socket, head) =>
	sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
);
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
