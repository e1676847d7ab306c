/** Whether a document can take an update, decided from clocks alone: nothing is decoded into a document. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { placesOf, type Places } from './places.ts';
import { scan, type Scan } from './scan.ts';

/** What an open document knows, as the person who sends sees it. */
export type Known = {
	/** One past the last clock of a client that exists for this sender; 0 for a client never seen. */
	clock(client: number): number;
	/** Whether new structs under this client id would be somebody else's. */
	foreign(client: number): boolean;
	/** The parts of from … to that are not deleted yet, as from, to pairs. */
	undeleted(client: number, from: number, to: number): number[];
	/** In which list a clock stands (see `places.ts`). */
	places: Places;
	roots: ReadonlySet<string>;
};

export type Verdict =
	/** `update` is what to store and relay: exactly what is new. */
	| { kind: 'new'; update: Uint8Array; scan: Scan }
	/** The document has all of it. */
	| { kind: 'known' }
	| {
			kind: 'refused';
			/**
			 * - `gap`: something in between is missing, Yjs would keep it pending; start again from the state vectors.
			 * - `foreign`: new structs under somebody else's client id.
			 * - `unreadable`: no honest client sends this.
			 */
			why: 'gap' | 'foreign' | 'unreadable';
	  };

/**
 * An editor uses one root, a script a handful. Each root is a type that every client keeps and walks for ever: fifty
 * thousand of them stop Yjs for eight seconds at every join.
 */
export const mostRoots = 8;
/** Each reload is a client id, and one update brings those that the server has never seen: a handful, offline or not. */
export const mostClients = 1024;

const refused = (why: 'gap' | 'foreign' | 'unreadable'): Verdict => ({ kind: 'refused', why });

/** @param update the bytes that `scanned` was read from */
export function judge(update: Uint8Array, scanned: Scan, known: Known): Verdict {
	if (scanned.blocks.length > mostClients) return refused('unreadable');
	if (scanned.skips) return refused('gap');
	let fresh = 0;
	let overlap = false;
	for (const block of scanned.blocks) {
		const has = known.clock(block.client);
		if (block.from > has) return refused('gap');
		if (block.from < has) overlap = true;
		if (block.to <= has) continue;
		fresh++;
		if (known.foreign(block.client)) return refused('foreign');
	}
	if (fresh > 0 && !canIntegrate(scanned, known)) return refused('gap');

	// Everything deleted must exist: a deletion of clocks to come would swallow what somebody has yet to type.
	const deletes: number[] = [];
	let deletesKnown = false;
	for (let i = 0; i < scanned.deletes.length; i += 3) {
		const client = scanned.deletes[i]!;
		const from = scanned.deletes[i + 1]!;
		const to = from + scanned.deletes[i + 2]!;
		if (to > known.clock(client) && to > clockAfter(scanned, client)) return refused('gap');
		const parts = known.undeleted(client, from, to);
		if (parts.length !== 2 || parts[0] !== from || parts[1] !== to) deletesKnown = true;
		for (let p = 0; p < parts.length; p += 2) deletes.push(client, parts[p]!, parts[p + 1]! - parts[p]!);
	}
	if (fresh === 0 && deletes.length === 0) return { kind: 'known' };

	if (scanned.roots.length > 0) {
		const roots = new Set([...known.roots, ...scanned.roots]);
		if (roots.size > mostRoots && roots.size > known.roots.size) return refused('unreadable');
	}
	const exactly = overlap || deletesKnown ? onlyNew(update, scanned, known, deletes) : update;
	const news = exactly === update ? scanned : scan(exactly);
	const isDeleted = (client: number, clock: number) => known.undeleted(client, clock, clock + 1).length === 0;
	if (!placesOf(news, known.places, isDeleted).sound) return refused('unreadable');
	return { kind: 'new', update: exactly, scan: news };
}

function clockAfter(scanned: Scan, client: number): number {
	for (const block of scanned.blocks) if (block.client === client) return block.to;
	return 0;
}

/**
 * Yjs integrates a struct when all it refers to is there, taking up other clients of the same update on the way. What
 * refers to nothing that exists, or in a circle, would stay pending in every client for ever.
 */
function canIntegrate({ blocks }: Scan, known: Known): boolean {
	if (blocks.every(({ needs }) => needs.length === 0)) return true;
	const reached = new Map<number, number>();
	for (const { client } of blocks) reached.set(client, known.clock(client));
	const clock = (client: number) => reached.get(client) ?? known.clock(client);
	const next = new Array<number>(blocks.length).fill(0);
	const waiting = new Map<number, number[]>();
	const ready = blocks.map((_, i) => i);
	let done = 0;
	for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
		const { client, to, needs } = blocks[i]!;
		let at = next[i]!;
		const has = known.clock(client);
		while (at < needs.length && (needs[at + 1]! <= has || needs[at + 3]! < clock(needs[at + 2]!))) at += 4;
		next[i] = at;
		const before = reached.get(client)!;
		if (at < needs.length) {
			if (needs[at]! > before) reached.set(client, needs[at]!);
			const other = needs[at + 2]!;
			const others = waiting.get(other);
			if (others) others.push(i);
			else waiting.set(other, [i]);
		} else {
			if (to > before) reached.set(client, to);
			done++;
		}
		if (reached.get(client)! > before) {
			ready.push(...(waiting.get(client) ?? []));
			waiting.delete(client);
		}
	}
	return done === blocks.length;
}

/** The same update without what the document has, so that nobody can write a known clock a second time. */
function onlyNew(update: Uint8Array, scanned: Scan, known: Known, deletes: number[]): Uint8Array {
	const has = new Map<number, number>();
	for (const { client } of scanned.blocks) has.set(client, known.clock(client));
	const structs = Y.diffUpdate(update, Y.encodeStateVector(has));
	const encoder = encoding.createEncoder();
	encoding.writeUint8Array(encoder, structs.subarray(0, scan(structs).deletesAt));
	writeDeletes(encoder, deletes);
	return encoding.toUint8Array(encoder);
}

/** Writes a Yjs delete set (v1) from client, clock, length triples. */
export function writeDeletes(encoder: encoding.Encoder, deletes: number[]): void {
	const byClient = new Map<number, number[]>();
	for (let i = 0; i < deletes.length; i += 3) {
		const list = byClient.get(deletes[i]!);
		if (list) list.push(deletes[i + 1]!, deletes[i + 2]!);
		else byClient.set(deletes[i]!, [deletes[i + 1]!, deletes[i + 2]!]);
	}
	encoding.writeVarUint(encoder, byClient.size);
	for (const client of [...byClient.keys()].sort((a, b) => b - a)) {
		const list = byClient.get(client)!;
		encoding.writeVarUint(encoder, client);
		encoding.writeVarUint(encoder, list.length / 2);
		for (const number of list) encoding.writeVarUint(encoder, number);
	}
}
