/**
 * All of a document that is durable, as bytes: no struct is decoded, and nothing is merged to answer somebody.
 *
 * A Yjs update lists, per client, structs with consecutive clocks. Each struct is written without regard to its
 * neighbours, so the structs of many updates, one after the other, are the structs of one. They are kept in pieces, and
 * whoever has some of them gets the pieces from where theirs end. The first may hold structs that they have: Yjs skips
 * those.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { Ranges } from './ranges.ts';
import { scan, type Scan } from './scan.ts';
import { writeDeletes } from './verdict.ts';
import { joined, putVarUint, varUintLength } from './wire.ts';

/** Consecutive structs of one client. */
type Piece = {
	/** First clock. */
	from: number;
	structs: number;
	/** May be longer than what is used of it. */
	bytes: Uint8Array;
	used: number;
	/** Whether more may be put behind: a piece of a state is a window on it. */
	open: boolean;
};
type Structs = { to: number; pieces: Piece[] };

/** Pieces grow up to this. Larger ones send more that is known already, smaller ones cost more than the bytes. */
const pieceBytes = 2048;
const pieceStructs = 64;
/** How Yjs marks a struct that stands for clocks that are missing. */
const skipped = 10;

export class DocumentBytes {
	readonly #of = new Map<number, Structs>();
	readonly deleted = new Ranges();
	readonly roots = new Set<string>();
	#structBytes = 0;
	#deleteBytes = 0;
	/** The deletions as an update ends with them, until there are more. */
	#deletes: Uint8Array | undefined;

	/** A document that is this state. */
	static of(state: Uint8Array): DocumentBytes {
		const document = new DocumentBytes();
		const scanned = scan(state, false);
		document.add(state, scanned);
		document.#deletes = state.subarray(scanned.deletesAt);
		return document;
	}

	/** About what the whole document takes as one update. */
	get bytes(): number {
		return this.#structBytes + this.#deleteBytes;
	}

	/** One past the last clock of a client; 0 for a client never seen. */
	clock(client: number): number {
		return this.#of.get(client)?.to ?? 0;
	}

	/** One past the last clock of each client. */
	get clocks(): Map<number, number> {
		const clocks = new Map<number, number>();
		for (const [client, { to }] of this.#of) clocks.set(client, to);
		return clocks;
	}

	/**
	 * Puts in an update. What is known is passed over, and where something is missing in between, that is kept in mind: the
	 * rest is there to read when it comes.
	 * @param scanned what `scan` found in the update
	 */
	add(update: Uint8Array, scanned: Scan): void {
		for (const { client, from, to, structs, at, end, marks } of scanned.blocks) {
			let known = this.#of.get(client);
			if (!known) this.#of.set(client, (known = { to: 0, pieces: [] }));
			if (to <= known.to) continue;
			if (from < known.to) {
				const rest = Y.diffUpdate(update, Y.encodeStateVector(this.clocks));
				return this.add(rest, scan(rest, false));
			}
			if (from > known.to) known.pieces.push(skip(known.to, from));
			known.to = to;
			this.#structBytes += end - at;
			if (end - at < pieceBytes) append(known.pieces, from, structs, update.subarray(at, end));
			else
				for (let i = -3; i < marks.length; i += 3) {
					const [first, clock, begins] = i < 0 ? [0, from, at] : [marks[i]!, marks[i + 1]!, marks[i + 2]!];
					const bytes = update.subarray(begins, marks[i + 5] ?? end);
					const count = (marks[i + 3] ?? structs) - first;
					known.pieces.push({ from: clock, structs: count, bytes, used: bytes.length, open: false });
				}
		}
		const { deletes, roots, deletesAt } = scanned;
		if (deletes.length > 0) {
			this.#deletes = undefined;
			this.deleted.addAll(deletes);
			this.#deleteBytes += update.length - deletesAt;
		}
		for (const root of roots) this.roots.add(root);
	}

	/** Everything that somebody with these clocks lacks, as one Yjs update (format v1). */
	difference(has: ReadonlyMap<number, number>): Uint8Array {
		return joined(this.differenceParts(has));
	}

	/** The same in parts, in order. Most are windows on what is kept, so that answering costs no memory. */
	differenceParts(has: ReadonlyMap<number, number>): Uint8Array[] {
		const lacking: { client: number; pieces: Piece[]; structs: number }[] = [];
		for (const [client, { to, pieces }] of this.#of) {
			const clock = has.get(client) ?? 0;
			if (clock >= to) continue;
			const rest = clock === 0 ? pieces : pieces.slice(indexOf(pieces, clock));
			lacking.push({ client, pieces: rest, structs: rest.reduce((sum, piece) => sum + piece.structs, 0) });
		}
		lacking.sort((a, b) => b.client - a.client); // as Yjs orders them
		const parts = [numbers(lacking.length)];
		for (const { client, pieces, structs } of lacking) {
			parts.push(numbers(structs, client, pieces[0]!.from));
			for (const { bytes, used } of pieces) {
				const last = parts.at(-1)!;
				// Pieces of a state lie side by side.
				if (last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset)
					parts[parts.length - 1] = new Uint8Array(bytes.buffer, last.byteOffset, last.length + used);
				else parts.push(bytes.subarray(0, used));
			}
		}
		// Deletions move no clocks, so all of them go along, as Yjs itself does.
		parts.push((this.#deletes ??= deletesOf(this.deleted)));
		return parts;
	}

	/** Ends every piece here, so that `onTopOf` can tell what comes from now on. @returns the clocks of now */
	seal(): Map<number, number> {
		for (const { pieces } of this.#of.values()) if (pieces.length > 0) pieces.at(-1)!.open = false;
		return this.clocks;
	}

	/**
	 * The same document, made of a state and of what came after it.
	 * @param state all that was there when `seal` was called
	 * @param sealed what `seal` gave
	 */
	onTopOf(state: Uint8Array, sealed: ReadonlyMap<number, number>): DocumentBytes {
		const document = DocumentBytes.of(state);
		for (const [client, { to, pieces }] of this.#of) {
			const clock = sealed.get(client) ?? 0;
			if (to === clock) continue;
			const later = pieces.slice(indexOf(pieces, clock));
			const known = document.#of.get(client);
			if (known) known.pieces.push(...later);
			else document.#of.set(client, { to, pieces: later });
			document.#of.get(client)!.to = to;
			for (const { used } of later) document.#structBytes += used;
		}
		document.deleted.addAll(this.deleted.triples());
		document.#deletes = undefined; // those of the state lack what was deleted while it was made
		for (const root of this.roots) document.roots.add(root);
		return document;
	}
}

function numbers(...values: number[]): Uint8Array {
	const bytes = new Uint8Array(values.reduce((sum, value) => sum + varUintLength(value), 0));
	let at = 0;
	for (const value of values) at = putVarUint(bytes, at, value);
	return bytes;
}

function deletesOf(deleted: Ranges): Uint8Array {
	const encoder = encoding.createEncoder();
	writeDeletes(encoder, deleted.triples());
	return encoding.toUint8Array(encoder);
}

/** What Yjs writes where clocks are missing. */
function skip(from: number, to: number): Piece {
	const bytes = numbers(skipped, to - from);
	return { from, structs: 1, bytes, used: bytes.length, open: false };
}

/** Puts structs behind those that are there, in the last piece if it has room. */
function append(pieces: Piece[], from: number, structs: number, bytes: Uint8Array): void {
	const last = pieces.at(-1);
	if (!last?.open || last.used + bytes.length > pieceBytes || last.structs + structs > pieceStructs) {
		pieces.push({ from, structs, bytes: bytes.slice(), used: bytes.length, open: true });
		return;
	}
	const used = last.used + bytes.length;
	if (used > last.bytes.length) {
		const larger = new Uint8Array(Math.min(pieceBytes, used * 2));
		larger.set(last.bytes.subarray(0, last.used));
		last.bytes = larger;
	}
	last.bytes.set(bytes, last.used);
	last.used = used;
	last.structs += structs;
}

/** Index of the piece in which a clock stands. */
function indexOf(pieces: Piece[], clock: number): number {
	let low = 0;
	let high = pieces.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (pieces[middle]!.from <= clock) low = middle;
		else high = middle - 1;
	}
	return low;
}
