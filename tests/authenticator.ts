/**
 * An authenticator in software, for tests: it makes ES256 passkeys and signs with them as WebAuthn says (level 3,
 * sections 6.1 and 6.5), and can be told to do everything wrong that a test needs wrong.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

type Cbor = number | string | Uint8Array | Map<Cbor, Cbor>;

/** As much of CBOR (RFC 8949) as an attestation needs. */
function cbor(value: Cbor): Buffer {
	const head = (major: number, n: number) => {
		if (n < 24) return Buffer.from([(major << 5) | n]);
		if (n < 256) return Buffer.from([(major << 5) | 24, n]);
		return Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
	};
	if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
	if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
	if (value instanceof Map)
		return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, of]) => [cbor(key), cbor(of)])]);
	return Buffer.concat([head(2, value.length), value]);
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const text = (data: Uint8Array) => Buffer.from(data).toString('base64url');

type Site = { origin: string; rpId: string };
export type Lies = {
	origin?: string;
	rpId?: string;
	/** Nobody showed a finger, a face or a PIN. */
	unverified?: boolean;
	/** What the counter says instead of one more. */
	counter?: number;
	type?: string;
	userHandle?: string | null;
	/** Signed by another key. */
	forged?: boolean;
};

export class Authenticator {
	readonly #id = randomBytes(32);
	readonly #key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
	readonly #site: Site;
	#counter = 0;
	#owner: string | null = null;

	constructor(site: Site) {
		this.#site = site;
	}

	get id(): string {
		return text(this.#id);
	}

	#clientData(type: string, challenge: string, origin: string): Buffer {
		return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
	}

	#data(lies: Lies, attested = false): Buffer {
		const flags = 0x01 | (lies.unverified ? 0 : 0x04) | (attested ? 0x40 : 0);
		const counter = Buffer.alloc(4);
		counter.writeUInt32BE(lies.counter ?? this.#counter);
		return Buffer.concat([sha256(lies.rpId ?? this.#site.rpId), Buffer.from([flags]), counter]);
	}

	/** Answers `navigator.credentials.create`, as the text of its JSON. */
	make(options: { challenge: string; user: { id: string } }, lies: Lies = {}): string {
		this.#owner = options.user.id;
		const { x, y } = this.#key.export({ format: 'jwk' });
		const publicKey = cbor(
			new Map<Cbor, Cbor>([
				[1, 2],
				[3, -7],
				[-1, 1],
				[-2, Buffer.from(x!, 'base64url')],
				[-3, Buffer.from(y!, 'base64url')]
			])
		);
		const length = Buffer.alloc(2);
		length.writeUInt16BE(this.#id.length);
		const data = Buffer.concat([this.#data(lies, true), Buffer.alloc(16), length, this.#id, publicKey]);
		const attestation = new Map<Cbor, Cbor>([
			['fmt', 'none'],
			['attStmt', new Map()],
			['authData', data]
		]);
		const type = lies.type ?? 'webauthn.create';
		return JSON.stringify({
			id: this.id,
			rawId: this.id,
			type: 'public-key',
			clientExtensionResults: { credProps: { rk: true } },
			response: {
				clientDataJSON: text(this.#clientData(type, options.challenge, lies.origin ?? this.#site.origin)),
				attestationObject: text(cbor(attestation)),
				transports: ['internal']
			}
		});
	}

	/** Answers `navigator.credentials.get`, as the text of its JSON. */
	use(options: { challenge: string }, lies: Lies = {}): string {
		this.#counter += 1;
		const data = this.#data(lies);
		const type = lies.type ?? 'webauthn.get';
		const clientData = this.#clientData(type, options.challenge, lies.origin ?? this.#site.origin);
		const key = lies.forged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#key;
		return JSON.stringify({
			id: this.id,
			rawId: this.id,
			type: 'public-key',
			clientExtensionResults: {},
			response: {
				clientDataJSON: text(clientData),
				authenticatorData: text(data),
				signature: text(sign('sha256', Buffer.concat([data, sha256(clientData)]), key)),
				userHandle: lies.userHandle === undefined ? this.#owner : lies.userHandle
			}
		});
	}
}
