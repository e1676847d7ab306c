/**
 * A message to a browser as the browsers' makers take it: sealed for that one browser (RFC 8291, RFC 8188) and signed by us
 * (RFC 8292). The package that does this (`web-push`) was last released in January 2024 and sends by itself, past our
 * check of where to; what is left of it is these lines, tried with the example of the RFC.
 */
import { createCipheriv, createECDH, createPrivateKey, hkdfSync, randomBytes, sign } from 'node:crypto';

export type BrowserKeys = { p256dh: string; auth: string };
export type VapidKeys = { publicKey: string; privateKey: string; subject: string };

const bytesOf = (text: string) => Buffer.from(text, 'base64url');
const derive = (from: Buffer, salt: Buffer, info: Buffer, length: number) =>
	Buffer.from(hkdfSync('sha256', from, salt, info, length));

/** A point of the curve, not packed. */
const pointLength = 65;
/** The only record; longer than any message of ours. */
const recordSize = 4096;
/** Makers take 4,096 bytes in all; a line is a tenth of it. */
export const longestMessage = 3000;

/** @throws TypeError when these are no keys of a browser */
export function demandKeys({ p256dh, auth }: BrowserKeys): void {
	const point = bytesOf(p256dh);
	if (point.length !== pointLength || point[0] !== 4 || bytesOf(auth).length !== 16)
		throw new TypeError('These are no keys of a browser.');
	const own = createECDH('prime256v1');
	own.generateKeys();
	try {
		own.computeSecret(point);
	} catch {
		throw new TypeError('This point does not lie on the curve.');
	}
}

/** @param own only for the RFC's example: a new pair and salt for each message otherwise */
export function seal(
	text: string,
	{ p256dh, auth }: BrowserKeys,
	own: { privateKey?: Buffer; salt?: Buffer } = {}
): Buffer {
	const plain = Buffer.from(text);
	if (plain.length > longestMessage) throw new RangeError('The message is too long for a browser.');
	const theirs = bytesOf(p256dh);
	const ours = createECDH('prime256v1');
	if (own.privateKey) ours.setPrivateKey(own.privateKey);
	else ours.generateKeys();
	const salt = own.salt ?? randomBytes(16);
	const publicKey = ours.getPublicKey();
	const shared = derive(
		ours.computeSecret(theirs),
		bytesOf(auth),
		Buffer.concat([Buffer.from('WebPush: info\0'), theirs, publicKey]),
		32
	);
	const key = derive(shared, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
	const nonce = derive(shared, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
	const cipher = createCipheriv('aes-128-gcm', key, nonce);
	// 2 ends the last record.
	const sealed = Buffer.concat([
		cipher.update(Buffer.concat([plain, Buffer.of(2)])),
		cipher.final(),
		cipher.getAuthTag()
	]);
	const size = Buffer.alloc(4);
	size.writeUInt32BE(recordSize);
	return Buffer.concat([salt, size, Buffer.of(publicKey.length), publicKey, sealed]);
}

/** Says to a browser's maker who sends, for half a day. */
export function authorization(endpoint: string, { publicKey, privateKey, subject }: VapidKeys, now: Date): string {
	const point = bytesOf(publicKey);
	const key = createPrivateKey({
		format: 'jwk',
		key: {
			kty: 'EC',
			crv: 'P-256',
			d: privateKey,
			x: point.subarray(1, 33).toString('base64url'),
			y: point.subarray(33).toString('base64url')
		}
	});
	const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
	const claims = {
		aud: new URL(endpoint).origin,
		exp: Math.floor(now.getTime() / 1000) + 12 * 3600,
		sub: subject
	};
	const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
	const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
	return `vapid t=${signed}.${signature}, k=${publicKey}`;
}
