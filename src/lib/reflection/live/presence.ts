/**
 * Who is here and where their caret stands. Each socket speaks for one Yjs client id of its own person; the name beside
 * it is written by the server, so nobody can wear another's. Everything else that a socket says of others (stock
 * clients repeat what they have heard) is passed over.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { limits } from './limits.ts';
import { Unreadable } from './scan.ts';

/** What others see of a person. */
export type Identity = {
	id: string;
	name: string;
	initials: string;
	/** Which author colour is theirs in this reflection: 1 the teacher, 2 the mentor. */
	author: number;
};

/** Somebody who is connected; the key by which they leave again. */
export type Peer = { readonly identity: Identity };

/** Connected here (`peer`) or to another process (`node`). */
type Here<P> = { peer: P | null; node: string | null; /** JSON text */ state: string };

/** Clocks count up through restarts too: clients ignore presence whose clock is not above what they have seen. */
const clockEpoch = Date.UTC(2026, 0, 1);
const clockNow = () => Math.floor((Date.now() - clockEpoch) / limits.presenceEveryMs);

export class Presence<P extends Peer> {
	/** Who has said something since the last changes went out, and what they said last, if it is not read yet. */
	readonly #said = new Map<P, { client: number; json: Uint8Array } | null>();
	/** By client id. */
	readonly #here = new Map<number, Here<P>>();
	readonly #clientOf = new Map<P, number>();
	/** Whose ids these are, also after they left; and the last clock sent. */
	readonly #known = new Map<number, { personId: string; clock: number }>();
	readonly #changed = new Set<number>();
	/** Those of the changed that other processes want to hear from us. */
	readonly #changedHere = new Set<number>();

	/** The person who is, or was, here under this client id. */
	personOf(client: number): string | undefined {
		return this.#known.get(client)?.personId;
	}

	/**
	 * Takes what a socket says.
	 * @param ownerOf the person to whom a client id is bound, if it is
	 * @returns whether others have something to hear
	 * @throws Unreadable, or whatever a decoder throws, when it can't be read
	 */
	hear(peer: P, message: Uint8Array, ownerOf: (client: number) => string | undefined): boolean {
		if (message.length > limits.presenceBytes) return false;
		const decoder = decoding.createDecoder(message);
		let changed = false;
		for (let left = decoding.readVarUint(decoder); left > 0; left--) {
			const client = decoding.readVarUint(decoder);
			decoding.readVarUint(decoder); // the client's own clock; ours goes out
			const length = decoding.readVarUint(decoder);
			const from = decoder.pos;
			if (length > message.length - from) throw new Unreadable('ends too early');
			decoder.pos += length;
			if (this.#mine(peer, client, ownerOf))
				changed = this.#hearState(peer, client, message.subarray(from, decoder.pos)) || changed;
		}
		return changed;
	}

	/**
	 * The first state since the last changes went out is read at once. Of all that follow only the last is read, and just
	 * before the next changes go out: reading is what costs, and nobody would see the ones between.
	 */
	#hearState(peer: P, client: number, json: Uint8Array): boolean {
		if (!this.#said.has(peer)) {
			this.#said.set(peer, null);
			return this.#set(peer, client, json);
		}
		if (json.length > mostJson) return false;
		this.#said.set(peer, { client, json: json.slice() }); // a copy: it is a window on all that arrived with it
		return true;
	}

	/** Removes a socket's caret. */
	leave(peer: P): boolean {
		const client = this.#clientOf.get(peer);
		this.#clientOf.delete(peer);
		this.#said.delete(peer);
		if (client === undefined || this.#here.get(client)?.peer !== peer) return false;
		this.#here.delete(client);
		this.#change(client);
		return true;
	}

	/**
	 * Takes what another process says of those who are connected to it: names are its server's, as ours are.
	 * @returns whether anybody here has something to hear
	 */
	hearOthers(node: string, message: Uint8Array): boolean {
		const decoder = decoding.createDecoder(message);
		let changed = false;
		for (let left = decoding.readVarUint(decoder); left > 0; left--) {
			const client = decoding.readVarUint(decoder);
			decoding.readVarUint(decoder); // each process counts for itself
			const state = decoding.readVarString(decoder);
			const there = this.#here.get(client);
			if (there?.peer) continue; // connected here by now
			if (state === 'null') {
				if (there?.node !== node) continue;
				this.#here.delete(client);
			} else {
				const { user } = JSON.parse(state) as { user: Identity };
				this.#know(client, user.id);
				this.#here.set(client, { peer: null, node, state });
			}
			this.#changed.add(client);
			changed = true;
		}
		return changed;
	}

	/** Another process is gone, and everybody who was connected to it. */
	othersGone(node: string): boolean {
		let changed = false;
		for (const [client, there] of this.#here)
			if (there.node === node) {
				this.#here.delete(client);
				this.#changed.add(client);
				changed = true;
			}
		return changed;
	}

	/** What changed here since the last call, for other processes. */
	takeForOthers(): Uint8Array | null {
		const clients = [...this.#changedHere];
		this.#changedHere.clear();
		return this.#encode(clients, undefined);
	}

	/** Everybody who is connected here, for a process that has just come up. */
	get allHere(): Uint8Array | null {
		return this.#encode(
			[...this.#clientOf.values()].filter((client) => this.#here.get(client)?.peer),
			undefined
		);
	}

	#change(client: number): void {
		this.#changed.add(client);
		this.#changedHere.add(client);
	}

	/** Everybody but the one who asks, as an awareness update; null when there is nobody. */
	everybody(except: P): Uint8Array | null {
		return this.#encode([...this.#here.keys()], this.#clientOf.get(except));
	}

	/**
	 * What changed since the last call, made for each socket: nobody is told of themselves.
	 * @param unreadable called with each socket whose last state can't be read
	 */
	takeChanges(unreadable?: (peer: P, error: unknown) => void): (for_: P) => Uint8Array | null {
		const said = [...this.#said];
		this.#said.clear();
		for (const [peer, last] of said)
			try {
				// Another socket of the same person may speak for this id by now.
				if (last && this.#clientOf.get(peer) === last.client) this.#set(peer, last.client, last.json);
			} catch (error) {
				unreadable?.(peer, error);
			}
		const clients = [...this.#changed];
		this.#changed.clear();
		for (const client of clients) {
			const known = this.#known.get(client);
			if (known) known.clock = Math.max(known.clock + 1, clockNow());
		}
		let forMost: Uint8Array | null | undefined;
		return (peer) => {
			const own = this.#clientOf.get(peer);
			if (own !== undefined && clients.includes(own)) return this.#encode(clients, own);
			return (forMost ??= this.#encode(clients, undefined));
		};
	}

	/** Whether this socket speaks for this client id. The first id that can be its own becomes it. */
	#mine(peer: P, client: number, ownerOf: (client: number) => string | undefined): boolean {
		const own = this.#clientOf.get(peer);
		if (own !== undefined) return own === client;
		const owner = this.personOf(client) ?? ownerOf(client);
		if (owner !== undefined && owner !== peer.identity.id) return false;
		const there = this.#here.get(client);
		// The same person comes back before their old socket is known to be gone: the new one takes over.
		if (there?.peer) this.#clientOf.delete(there.peer);
		this.#clientOf.set(peer, client);
		return true;
	}

	#set(peer: P, client: number, json: Uint8Array): boolean {
		const state = stateOf(peer.identity, json);
		if (state === undefined) return false;
		this.#know(client, peer.identity.id);
		if (state === null) {
			if (!this.#here.delete(client)) return false;
		} else this.#here.set(client, { peer, node: null, state });
		this.#change(client);
		return true;
	}

	#know(client: number, personId: string): void {
		if (this.#known.has(client)) return;
		if (this.#known.size >= limits.rememberedClients)
			for (const old of this.#known.keys())
				if (!this.#here.has(old)) {
					this.#known.delete(old);
					break;
				}
		this.#known.set(client, { personId, clock: 0 });
	}

	#encode(clients: number[], except: number | undefined): Uint8Array | null {
		const listed = clients.filter((client) => client !== except);
		if (listed.length === 0) return null;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, listed.length);
		for (const client of listed) {
			encoding.writeVarUint(encoder, client);
			encoding.writeVarUint(encoder, this.#known.get(client)?.clock ?? clockNow());
			encoding.writeVarString(encoder, this.#here.get(client)?.state ?? 'null');
		}
		return encoding.toUint8Array(encoder);
	}
}

/** Bytes of one state: a cursor, and as much again for names and flags. */
const mostJson = limits.cursorBytes * 2;

/** What others are told: the identity that we know, the cursor and small flags that were sent. Undefined: pass over it. */
function stateOf(identity: Identity, json: Uint8Array): string | null | undefined {
	if (json.length > mostJson) return undefined;
	const said: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
	if (said === null) return null;
	if (typeof said !== 'object' || Array.isArray(said)) return undefined;
	const told: Record<string, unknown> = {};
	let flags = 0;
	for (const [key, value] of Object.entries(said)) {
		if (key === 'user') continue;
		if (key === 'cursor') {
			if (isCursor(value)) told.cursor = value;
		} else if (flags < limits.flags && isFlag(key, value)) {
			told[key] = value;
			flags++;
		}
	}
	const { id, name, initials, author } = identity;
	return JSON.stringify({ ...told, user: { id, name, initials, author } });
}

function isFlag(key: string, value: unknown): boolean {
	if (key.length > limits.flagLength || !/^[a-z][A-Za-z]*$/.test(key) || key === 'constructor' || key === 'prototype')
		return false;
	return (
		typeof value === 'boolean' ||
		typeof value === 'number' ||
		(typeof value === 'string' && value.length <= limits.flagLength)
	);
}

/** Two relative positions of Yjs, or nothing: a selection in the document, never markup or text. */
function isCursor(value: unknown): boolean {
	if (value === null) return true;
	if (typeof value !== 'object' || JSON.stringify(value).length > limits.cursorBytes) return false;
	const { anchor, head, ...rest } = value as Record<string, unknown>;
	return Object.keys(rest).length === 0 && isPosition(anchor) && isPosition(head);
}

function isPosition(value: unknown): boolean {
	if (value === null || value === undefined) return true;
	if (typeof value !== 'object') return false;
	const { type, tname, item, assoc, ...rest } = value as Record<string, unknown>;
	return (
		Object.keys(rest).length === 0 &&
		[type, item].every(isId) &&
		(tname === null || tname === undefined || typeof tname === 'string') &&
		(assoc === undefined || typeof assoc === 'number')
	);
}

function isId(value: unknown): boolean {
	if (value === null || value === undefined) return true;
	if (typeof value !== 'object') return false;
	const { client, clock, ...rest } = value as Record<string, unknown>;
	return Object.keys(rest).length === 0 && typeof client === 'number' && typeof clock === 'number';
}
