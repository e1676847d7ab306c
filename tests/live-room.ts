/** A live engine on a small HTTP server of its own, and people who come in by real sockets. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { uuidv7 } from 'uuidv7';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { createSession } from '#lib/identity/session.server.ts';
import { Live, type LiveOptions } from '#lib/reflection/live.server.ts';
import { frameOf } from '#lib/reflection/live/wire.ts';
import { keepState, moveToHistory } from '#lib/reflection/live/fold.server.ts';
import { throughDocument } from '#lib/reflection/live/merge.ts';
import { frame, sync } from '#lib/reflection/frames.ts';
import { readState } from '#lib/reflection/log.server.ts';
import type { PairState } from '#lib/reflection/policy.ts';
import { reflections, reflectionSharings } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, type PairWorld } from './pair-world.ts';

export type PairWithReflection = PairWorld & { reflectionId: string };

/** A pair in this state and a new reflection of theirs, `alone`: of the teacher only. */
export async function plantReflection(
	db: Database,
	state: PairState = { status: 'active', endedAs: null },
	{ alone = false } = {}
): Promise<PairWithReflection> {
	const pair = await plantPair(db, state);
	const reflectionId = uuidv7();
	await db.asOwner(async (tx) => {
		await tx.insert(reflections).values({
			id: reflectionId,
			pairId: pair.pairId,
			microcredentialVersionId: pair.microcredentialVersionId,
			title: 'What changed when I waited?',
			createdBy: pair.teacher
		});
		if (!alone) {
			// Long ago, so that a test can let what was written be old too.
			await tx
				.insert(reflectionSharings)
				.values({ reflectionId, sharedBy: pair.teacher, sharedAt: new Date('2020-01-01') });
		}
	});
	return { ...pair, reflectionId };
}

/** Folds a reflection as the engine does, at once. @returns how many rows moved into history */
export async function foldNow(db: Database, reflectionId: string, keepMs = 0): Promise<number> {
	const { update, number } = await db.asService((tx) => readState(tx, reflectionId));
	await keepState(db, reflectionId, number, throughDocument([update], true));
	return moveToHistory(db, reflectionId, keepMs);
}

export type SignedInHere = { cookie: string; sessionId: string };

export async function signIn(db: Database, personId: string): Promise<SignedInHere> {
	const { cookieValue, sessionId } = await createSession(db, personId, null);
	return { cookie: `session=${cookieValue}`, sessionId };
}

/** Waits until something is so. Fails with what it waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
	for (const end = Date.now() + ms; Date.now() < end; await wait(10)) if (await holds()) return;
	throw new Error(`waited ${ms} ms in vain until ${what}`);
}

/** A stock y-websocket client with the session's cookie. */
export type Writer = {
	doc: Y.Doc;
	text: Y.Text;
	provider: WebsocketProvider;
	leave(): void;
};

export class LiveRoom {
	readonly live: Live;
	readonly #server = createServer();
	readonly #writers: Writer[] = [];
	readonly #sockets: WebSocket[] = [];
	base = '';

	constructor(db: Database, options: LiveOptions = {}) {
		this.live = new Live(db, options);
		this.#server.on('upgrade', (request, socket, head) => this.live.handleUpgrade(request, socket, head));
	}

	async start(): Promise<this> {
		await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
		this.base = `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/live`;
		await this.live.listening();
		return this;
	}

	/** Opens the reflection as somebody with this cookie, in their own document or a given one. */
	join(reflectionId: string, { cookie }: SignedInHere, doc = new Y.Doc()): Writer {
		class WithCookie extends WebSocket {
			constructor(url: string | URL, protocols?: string | string[]) {
				super(url, protocols, { headers: { cookie } });
			}
		}
		const provider = new WebsocketProvider(this.base, reflectionId, doc, {
			WebSocketPolyfill: WithCookie as unknown as typeof globalThis.WebSocket,
			disableBc: true
		});
		const writer = { doc, text: doc.getText('text'), provider, leave: () => provider.destroy() };
		this.#writers.push(writer);
		return writer;
	}

	async joined(reflectionId: string, who: SignedInHere, doc?: Y.Doc): Promise<Writer> {
		const writer = this.join(reflectionId, who, doc);
		await until('the client is in step', () => writer.provider.synced);
		return writer;
	}

	/** A bare socket, for what no honest client says. */
	socket(
		reflectionId: string,
		cookie: string | undefined,
		headers: Record<string, string> = {},
		query = ''
	): RawSocket {
		const socket = new WebSocket(`${this.base}/${reflectionId}${query}`, {
			headers: { ...(cookie ? { cookie } : {}), ...headers }
		});
		this.#sockets.push(socket);
		return new RawSocket(socket);
	}

	/** Closes whatever is open here; the database stays. */
	async close(): Promise<void> {
		for (const { provider, doc } of this.#writers) {
			provider.destroy();
			provider.awareness.destroy();
			doc.destroy();
		}
		await this.live.close();
		for (const socket of this.#sockets) socket.terminate();
		await new Promise((done) => this.#server.close(done));
	}
}

export class RawSocket {
	readonly socket: WebSocket;
	/** Everything the server said, in order. */
	readonly heard: Uint8Array[] = [];
	readonly opened: Promise<void>;
	readonly closed: Promise<number>;
	readonly refused: Promise<number>;

	constructor(socket: WebSocket) {
		this.socket = socket;
		socket.binaryType = 'nodebuffer';
		socket.on('error', () => {});
		socket.on('message', (data: Buffer) => this.heard.push(new Uint8Array(data)));
		this.opened = new Promise((done) => socket.once('open', () => done()));
		this.closed = new Promise((done) => socket.once('close', (code) => done(code)));
		this.refused = new Promise((done) =>
			socket.once('unexpected-response', (request, response) => {
				request.destroy();
				done(response.statusCode ?? 0);
			})
		);
	}

	send(bytes: Uint8Array): void {
		this.socket.send(bytes);
	}

	update(update: Uint8Array): void {
		this.send(frameOf(frame.sync, sync.update, update));
	}

	presence(entries: [client: number, clock: number, state: unknown][]): void {
		this.send(frameOf(frame.awareness, null, awarenessOf(entries)));
	}

	/** What the server last said to be durable. */
	get durable(): number {
		const acks = this.heard.filter((bytes) => bytes[0] === frame.durable);
		return acks.length ? decoding.readVarUint(decoding.createDecoder(acks.at(-1)!.subarray(1))) : 0;
	}

	/** Whether the server asked for what it lacks: it is ready for updates. */
	get asked(): boolean {
		return this.heard.some((bytes) => bytes[0] === frame.sync && bytes[1] === sync.step1);
	}

	/** Updates that were relayed. */
	get updates(): Uint8Array[] {
		return this.heard
			.filter((bytes) => bytes[0] === frame.sync && bytes[1] === sync.update)
			.map((bytes) => {
				const input = decoding.createDecoder(bytes);
				decoding.readVarUint(input);
				decoding.readVarUint(input);
				return decoding.readVarUint8Array(input);
			});
	}

	get denied(): boolean {
		return this.heard.some((bytes) => bytes[0] === frame.auth);
	}

	/** Who the server says is here: client id to state, as last told. */
	get people(): Map<number, Record<string, unknown>> {
		const people = new Map<number, Record<string, unknown>>();
		for (const bytes of this.heard) {
			if (bytes[0] !== frame.awareness) continue;
			const outer = decoding.createDecoder(bytes.subarray(1));
			const input = decoding.createDecoder(decoding.readVarUint8Array(outer));
			for (let left = decoding.readVarUint(input); left > 0; left--) {
				const client = decoding.readVarUint(input);
				decoding.readVarUint(input);
				const state = JSON.parse(decoding.readVarString(input));
				if (state) people.set(client, state);
				else people.delete(client);
			}
		}
		return people;
	}
}

function awarenessOf(entries: [client: number, clock: number, state: unknown][]): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, entries.length);
	for (const [client, clock, state] of entries) {
		encoding.writeVarUint(encoder, client);
		encoding.writeVarUint(encoder, clock);
		encoding.writeVarString(encoder, JSON.stringify(state));
	}
	return encoding.toUint8Array(encoder);
}

/** The updates that typing makes, one per letter, by a document of its own. */
export function typed(letters: string, clientId?: number): { doc: Y.Doc; updates: Uint8Array[] } {
	const doc = new Y.Doc();
	if (clientId !== undefined) doc.clientID = clientId;
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const text = doc.getText('text');
	for (const letter of letters) text.insert(text.length, letter);
	return { doc, updates };
}
