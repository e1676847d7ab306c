/**
 * Pairs that type, each person with a stock y-websocket client that also asks what is durable, and the promises that
 * the server made to them: what it acknowledged, and what it showed.
 */
import { randomInt } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { frame, sync } from '#lib/reflection/frames.ts';
import { readState } from '#lib/reflection/log.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantReflection, signIn, until, type SignedInHere } from '../live-room.ts';

// Each stock client listens for the end of the process.
process.setMaxListeners(0);

/** Updates that the server has vouched for. None of them may ever be missing from the database. */
export class Promises {
	readonly #clocks = new Map<number, number>();
	readonly #deleted: { client: number; clock: number; len: number }[] = [];
	updates = 0;

	add(update: Uint8Array): void {
		const { structs, ds } = Y.decodeUpdate(update);
		for (const { id, length } of structs)
			this.#clocks.set(id.client, Math.max(this.#clocks.get(id.client) ?? 0, id.clock + length));
		for (const [client, ranges] of ds.clients)
			for (const { clock, len } of ranges) this.#deleted.push({ client, clock, len });
		if (structs.length > 0 || ds.clients.size > 0) this.updates++;
	}

	/** What was promised until now, however much follows. */
	untilNow(): Promises {
		const until = new Promises();
		for (const [client, clock] of this.#clocks) until.#clocks.set(client, clock);
		for (const range of this.#deleted) until.#deleted.push(range);
		until.updates = this.updates;
		return until;
	}

	/** How many letters and deletions of these are not in this document, in which this much is deleted. */
	missingIn(doc: Y.Doc, { clients } = Y.createDeleteSetFromStructStore(doc.store)): number {
		let missing = 0;
		for (const [client, clock] of this.#clocks) missing += Math.max(0, clock - Y.getState(doc.store, client));
		for (const { client, clock, len } of this.#deleted) {
			// Letters that are not there at all are counted above.
			const end = Math.min(clock + len, Y.getState(doc.store, client));
			if (end > clock) missing += end - clock - covered(clients.get(client) ?? [], clock, end);
		}
		return missing;
	}
}

/** How much of this stretch lies in these ranges, which are in order and apart. */
function covered(ranges: { clock: number; len: number }[], from: number, to: number): number {
	let [low, high] = [0, ranges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ranges[middle]!.clock + ranges[middle]!.len <= from) low = middle + 1;
		else high = middle;
	}
	let sum = 0;
	for (; low < ranges.length && ranges[low]!.clock < to; low++)
		sum += Math.min(to, ranges[low]!.clock + ranges[low]!.len) - Math.max(from, ranges[low]!.clock);
	return sum;
}

export class Person {
	readonly doc = new Y.Doc();
	readonly text = this.doc.getText('text');
	readonly acknowledged = new Promises();
	readonly seen = new Promises();
	/** How the server ended this person's connections, one code each; 1006 is a line that broke. */
	readonly closes: number[] = [];
	readonly provider: WebsocketProvider;

	constructor(base: string, reflectionId: string, { cookie }: SignedInHere) {
		const { acknowledged, closes } = this;
		/** The browser's socket, with the session's cookie, looked at on the way. */
		class Socket extends WebSocket {
			readonly #unacknowledged: Uint8Array[] = [];
			#durable = 0;

			constructor(url: string | URL) {
				super(url, { headers: { cookie } });
				this.on('error', () => {});
				this.on('close', (code) => closes.push(code));
				this.on('message', (data: Buffer | ArrayBuffer) => {
					const bytes = new Uint8Array(data);
					if (bytes[0] !== frame.durable) return;
					const durable = decoding.readVarUint(decoding.createDecoder(bytes.subarray(1)));
					for (const update of this.#unacknowledged.splice(0, durable - this.#durable)) acknowledged.add(update);
					this.#durable = durable;
				});
			}

			override send(data: Uint8Array): void {
				if (this.readyState !== WebSocket.OPEN) return;
				const input = decoding.createDecoder(new Uint8Array(data));
				if (decoding.readVarUint(input) === frame.sync && decoding.readVarUint(input) !== sync.step1)
					this.#unacknowledged.push(decoding.readVarUint8Array(input).slice());
				super.send(data);
			}
		}
		this.provider = new WebsocketProvider(base, reflectionId, this.doc, {
			WebSocketPolyfill: Socket as unknown as typeof globalThis.WebSocket,
			params: { durable: '1' },
			disableBc: true,
			maxBackoffTime: 300
		});
		for (const ours of [frame.durable, frame.large]) this.provider.messageHandlers[ours] = () => {};
		this.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin === this.provider) this.seen.add(update);
		});
	}

	get joined(): boolean {
		return this.provider.synced;
	}

	/** One key: a letter somewhere, sometimes a letter less. */
	key(): void {
		const { length } = this.text;
		if (length > 20 && randomInt(6) === 0) this.text.delete(randomInt(length), 1);
		else this.text.insert(randomInt(length + 1), 'abcdefghijklmnopqrstuvwxyz '[randomInt(27)]!);
	}

	/** From now on this person's client looks for another server. */
	moveTo(base: string): void {
		this.provider.serverUrl = base;
	}

	leave(): void {
		this.provider.destroy();
		this.provider.awareness.destroy();
		this.doc.destroy();
	}
}

export type Pair = { reflectionId: string; sessions: SignedInHere[]; people: Person[] };

/** A pair with a reflection and two sessions; nobody sits there yet. */
export type Planted = Omit<Pair, 'people'>;

export async function plantPairs(db: Database, count: number): Promise<Planted[]> {
	const pairs: Planted[] = [];
	for (let i = 0; i < count; i++) {
		const { reflectionId, teacher, mentor } = await plantReflection(db);
		pairs.push({ reflectionId, sessions: [await signIn(db, teacher), await signIn(db, mentor)] });
	}
	return pairs;
}

/** Both people of each pair come in, each on the server whose turn it is: where there are several, a pair is apart. */
export async function seat(planted: Planted[], ...bases: string[]): Promise<Pair[]> {
	const pairs = planted.map(({ reflectionId, sessions }, i) => ({
		reflectionId,
		sessions,
		people: sessions.map((session, j) => new Person(bases[(i + j) % bases.length]!, reflectionId, session))
	}));
	await until('everybody is in', () => peopleOf(pairs).every(({ joined }) => joined), 60_000);
	return pairs;
}

export const pairsOn = async (db: Database, count: number, ...bases: string[]): Promise<Pair[]> =>
	seat(await plantPairs(db, count), ...bases);

export const peopleOf = (pairs: Pair[]) => pairs.flatMap(({ people }) => people);

/** Everybody types until told to stop. */
export function typing(pairs: Pair[], everyMs = 60): { stop(): void } {
	const people = peopleOf(pairs);
	// Not all in the same instant: a tick each for a fifth of them.
	let turn = 0;
	const timer = setInterval(() => {
		turn++;
		people.forEach((person, i) => {
			if ((i + turn) % 5 === 0) person.key();
		});
	}, everyMs / 5);
	return { stop: () => clearInterval(timer) };
}

/** What the database alone holds of a reflection. */
export async function stored(db: Database, reflectionId: string): Promise<Y.Doc> {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, (await db.asService((tx) => readState(tx, reflectionId))).update);
	expect(doc.store.pendingStructs).toBeNull();
	return doc;
}

export type Missing = { acknowledged: number; seen: number };

/** How much of what was promised to these people the database alone lacks. */
export async function missing(db: Database, pairs: Pair[]): Promise<Missing> {
	const sum: Missing = { acknowledged: 0, seen: 0 };
	for (const { reflectionId, people } of pairs) {
		// People may type on while we read.
		const promised = people.map(({ acknowledged, seen }) => ({
			acknowledged: acknowledged.untilNow(),
			seen: seen.untilNow()
		}));
		const doc = await stored(db, reflectionId);
		const deleted = Y.createDeleteSetFromStructStore(doc.store);
		for (const { acknowledged, seen } of promised) {
			sum.acknowledged += acknowledged.missingIn(doc, deleted);
			sum.seen += seen.missingIn(doc, deleted);
		}
		doc.destroy();
	}
	return sum;
}

export const nothingMissing: Missing = { acknowledged: 0, seen: 0 };

export const acknowledgedBy = (pairs: Pair[]) =>
	peopleOf(pairs).reduce((sum, { acknowledged }) => sum + acknowledged.updates, 0);

/** Ends a case: both of every pair, the database and a fresh client have one and the same text, and nothing is missing. */
export async function expectEqualTexts(db: Database, pairs: Pair[], base: string): Promise<void> {
	for (const { reflectionId, sessions, people } of pairs) {
		const fresh = new Person(base, reflectionId, sessions[0]!);
		try {
			await until(
				'both, the database and a fresh client agree',
				async () => {
					const texts = new Set([...people, fresh].map(({ text }) => text.toString()));
					return (
						[...people, fresh].every(({ joined }) => joined) &&
						texts.size === 1 &&
						texts.has((await stored(db, reflectionId)).getText('text').toString())
					);
				},
				60_000
			);
			expect(people[0]!.text.length).toBeGreaterThan(0);
		} finally {
			fresh.leave();
		}
	}
	expect(await missing(db, pairs)).toEqual(nothingMissing);
}
