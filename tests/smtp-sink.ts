import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

type Says = {
	/** To an address; else it is taken. */
	rcpt?: string;
	/** To a whole mail; null says nothing and ends the line. */
	data?: string | null;
};

/** A real SMTP server, as small as one can be. */
export async function smtp({ rcpt = '250 ok', data: answer = '250 taken' }: Says = {}) {
	const sink = {
		mails: [] as string[],
		/** Lines that ended in the middle of a mail. */
		broken: 0,
		beforeData: async () => {},
		beforeAnswer: async () => {},
		url: '',
		close: () => {}
	};
	const server: Server = createServer((socket) => {
		let data: string | null = null;
		socket.setEncoding('utf8').on('error', () => {});
		socket.on('close', () => (sink.broken += data === null ? 0 : 1));
		socket.write('220 sink\r\n');
		let rest = '';
		socket.on('data', (piece: string) => {
			rest += piece;
			for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2)) {
				const line = rest.slice(0, end);
				if (data !== null) {
					if (line !== '.') data += `${line}\n`;
					else {
						sink.mails.push(data);
						data = null;
						void sink.beforeAnswer().then(() => (answer ? socket.write(`${answer}\r\n`) : socket.destroy()));
					}
				} else if (/^RCPT/i.test(line)) socket.write(`${rcpt}\r\n`);
				else if (/^DATA/i.test(line)) {
					data = '';
					void sink.beforeData().then(() => socket.write('354 go on\r\n'));
				} else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
				else socket.write('250 ok\r\n');
			}
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	sink.url = `smtp://127.0.0.1:${(server.address() as { port: number }).port}`;
	sink.close = () => void server.close();
	return sink;
}
