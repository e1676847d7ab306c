/**
 * Clients that only send what was computed beforehand and only note what arrives: a document per client here would
 * take the cores from the servers that are measured.
 */
import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import { frame, sync } from '../src/lib/reflection/frames.ts';
import type { Place, Running, ServerName } from './servers.ts';

/** What Hocuspocus says beyond y-websocket's messages, and how it asks who is there. */
const hocuspocusMessage = { syncReply: 4, ping: 9, pong: 10 } as const;
const nothing = new Uint8Array([0, 0]); // an update, or a state vector followed by nothing to delete
const noClocks = new Uint8Array([0]);

export class BenchClient {
	/** Bytes of all messages, and how many updates were among them, since it came. */
	bytes = 0;
	updates = 0;
	/** Called with each update that somebody else made. */
	onUpdate: ((update: Uint8Array) => void) | undefined;
	/** When the server's answer to our question was here, and what the answer was. */
	readonly synced: Promise<Uint8Array>;
	closedWith: string | undefined;

	readonly socket: WebSocket;
	readonly #room: Uint8Array | undefined;
	#answered!: (state: Uint8Array) => void;
	#asked!: () => void;
	/** Resolves when the server asked what we have: from then on ours takes updates at once. */
	readonly #wasAsked: Promise<void>;

	/**
	 * @param stateVector what it knows already; nothing if not given
	 * @param author which of the two
	 */
	constructor(
		server: ServerName,
		{ url }: Running,
		{ path, room, cookies }: Place,
		author: 0 | 1,
		stateVector = noClocks
	) {
		this.synced = new Promise((resolve) => (this.#answered = resolve));
		this.#wasAsked = new Promise((resolve) => (this.#asked = resolve));
		if (server === 'floor') this.#asked(); // it never asks
		if (server === 'hocuspocus') this.#room = encoding.encode((encoder) => encoding.writeVarString(encoder, room));
		const headers = cookies ? { cookie: cookies[author] } : {};
		this.socket = new WebSocket(url + path, { headers, perMessageDeflate: false });
		this.socket.binaryType = 'nodebuffer';
		this.socket.on('error', () => {});
		this.socket.on('close', (code, reason) => (this.closedWith = `${code} ${reason}`));
		this.socket.on('message', (data: Buffer) => this.#hear(data));
		this.socket.once('open', () => {
			if (this.#room) {
				const hello = encoding.createEncoder();
				encoding.writeVarUint(hello, frame.auth);
				encoding.writeVarUint(hello, 0); // a token follows
				encoding.writeVarString(hello, 'anybody');
				this.send(encoding.toUint8Array(hello));
			}
			this.send(framed(frame.sync, sync.step1, stateVector));
		});
	}

	/** Resolves when it has what the server has, and the server knows that it has no more. */
	async ready(): Promise<this> {
		const gone = once(this.socket, 'close').then(([code, reason]: unknown[]) => {
			throw new Error(`A client was sent away: ${code} ${reason}`);
		});
		gone.catch(() => {});
		await Promise.race([Promise.all([this.synced, this.#wasAsked]), gone]);
		return this;
	}

	/** Sends a frame of y-websocket; Hocuspocus wants the document's name before it. */
	send(bytes: Uint8Array): void {
		this.socket.send(this.#room ? Buffer.concat([this.#room, bytes]) : bytes);
	}

	leave(): Promise<unknown> {
		if (this.socket.readyState === WebSocket.CLOSED) return Promise.resolve();
		const gone = once(this.socket, 'close');
		this.socket.close();
		return gone;
	}

	#hear(data: Buffer): void {
		this.bytes += data.length;
		const input = decoding.createDecoder(new Uint8Array(data.buffer, data.byteOffset, data.length));
		if (this.#room) decoding.readVarUint8Array(input);
		const kind = decoding.readVarUint(input);
		if (this.#room && kind === hocuspocusMessage.ping) return this.send(new Uint8Array([hocuspocusMessage.pong]));
		if (kind !== frame.sync && !(this.#room && kind === hocuspocusMessage.syncReply)) return;
		switch (decoding.readVarUint(input)) {
			case sync.step1:
				this.send(framed(frame.sync, sync.step2, nothing));
				this.#asked();
				return;
			case sync.step2:
				this.#answered(decoding.readVarUint8Array(input).slice());
				return;
			case sync.update:
				this.updates++;
				this.onUpdate?.(decoding.readVarUint8Array(input));
		}
	}
}

/** A frame of y-websocket. */
export function framed(kind: number, subkind: number | null, content: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, kind);
	if (subkind !== null) encoding.writeVarUint(encoder, subkind);
	encoding.writeVarUint8Array(encoder, content);
	return encoding.toUint8Array(encoder);
}

/** Where somebody's caret stands, as y-prosemirror tells it: about 280 bytes. */
export function caretFrame(client: number, clock: number, at: number): Uint8Array {
	const position = { type: { client, clock: 1 }, tname: null, item: { client, clock: at }, assoc: 0 };
	const state = {
		user: { name: 'Somebody', color: '#30bced', colorLight: '#30bced33' },
		cursor: { anchor: position, head: position }
	};
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, 1);
	encoding.writeVarUint(encoder, client);
	encoding.writeVarUint(encoder, clock);
	encoding.writeVarString(encoder, JSON.stringify(state));
	return framed(frame.awareness, null, encoding.toUint8Array(encoder));
}
