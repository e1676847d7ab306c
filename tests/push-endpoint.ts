/** A browser's maker, and a browser behind it: takes what is sent, opens it with the browser's key, answers as it is told. */
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Opens a message by RFC 8291, written apart from what seals it. */
export function opened(sealed: Buffer, receiver: ECDH, auth: string): string {
	const [salt, keyLength] = [sealed.subarray(0, 16), sealed[20]!];
	const sender = sealed.subarray(21, 21 + keyLength);
	const body = sealed.subarray(21 + keyLength);
	const hkdf = (from: Uint8Array, with_: Uint8Array, info: Uint8Array | string, length: number) =>
		new Uint8Array(hkdfSync('sha256', from, with_, info, length));
	const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver.getPublicKey(), sender]);
	const shared = hkdf(receiver.computeSecret(sender), Buffer.from(auth, 'base64url'), info, 32);
	const decipher = createDecipheriv(
		'aes-128-gcm',
		hkdf(shared, salt, 'Content-Encoding: aes128gcm\0', 16),
		hkdf(shared, salt, 'Content-Encoding: nonce\0', 12)
	);
	decipher.setAuthTag(body.subarray(-16));
	const plain = Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]);
	const end = plain.findLastIndex((byte) => byte !== 0);
	if (plain[end] !== 2) throw new Error('The last record does not end as one.');
	return plain.subarray(0, end).toString();
}

export type PushEndpoint = {
	host: string;
	/** What a browser says of how it is reached; each call is another browser. */
	subscription(path?: string): string;
	/** What came, in order. */
	came: { path: string; headers: IncomingHttpHeaders; message: { id: string; tag: string } }[];
	/** The status of what comes next. */
	answers: number;
	close(): Promise<void>;
};

export async function openPushEndpoint(): Promise<PushEndpoint> {
	const receiver = createECDH('prime256v1');
	receiver.generateKeys();
	const auth = randomBytes(16).toString('base64url');
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const message = JSON.parse(opened(Buffer.concat(chunks), receiver, auth)) as { id: string; tag: string };
			endpoint.came.push({ path: request.url!, headers: request.headers, message });
			response.writeHead(endpoint.answers).end();
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const endpoint: PushEndpoint = {
		host,
		subscription: (path = randomBytes(8).toString('hex')) =>
			JSON.stringify({
				endpoint: `http://${host}/${path}`,
				expirationTime: null,
				keys: { p256dh: receiver.getPublicKey('base64url'), auth }
			}),
		came: [],
		answers: 201,
		close: () => new Promise((done) => server.close(() => done()))
	};
	return endpoint;
}
