/**
 * Reads one Yjs update (format v1) from the wire without building a document from it: what it would insert and delete,
 * and whether every Yjs client would take it. It costs about a microsecond per typed character, a tenth of applying it.
 *
 * The rules are stricter than Yjs's decoder, because that one has two readers (one for documents, one for merging bytes)
 * which disagree on malformed input: what passes here means the same to both. The layout is that of yjs 13.6
 * `src/utils/encoding.js`, `src/utils/updates.js` and `src/structs/*`.
 */

/** Consecutive clocks of one client that an update brings. */
export type Block = {
	client: number;
	/** First clock. */
	from: number;
	/** One past the last clock. */
	to: number;
	/** References to other clients, four numbers each: first and end clock of the struct that refers, client, clock. */
	needs: number[];
	/** How many structs, and the offsets at which the first begins and the last ends. */
	structs: number;
	at: number;
	end: number;
	/** Places to cut a long block at, three numbers each: structs before, clock, offset. */
	marks: number[];
	/**
	 * Where each struct stands, `placeSize` numbers each: first and end clock, 1 when it can't be cut in two to any harm
	 * (or else 0), then client and clock of the left and of the right neighbour, -1 and -1 for none. Without both, the
	 * second number of the left one is the index of its list in `lists`.
	 */
	places: number[];
	lists: List[];
};
/** The children of a root or of a type (the struct that made it), or what stood and stands there under one key. */
export type List = { root: string | undefined; client: number; clock: number; key: string | undefined };
export const placeSize = 7;

export type Scan = {
	/** In the order of the update: client ids fall strictly. */
	blocks: Block[];
	/** Three numbers each: client, clock, length. */
	deletes: number[];
	/** Names of root types, each once. */
	roots: string[];
	/** Whether the update says itself that something in between is missing. */
	skips: boolean;
	/** Offset at which the delete set begins. */
	deletesAt: number;
};

/** The bytes are no update that we take. The message names the reason for the log and holds no text of people. */
export class Unreadable extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = 'Unreadable';
	}
}

/** No document within the size limit reaches such a clock, and below it V8 keeps numbers as small integers. */
const highestClock = 2 ** 31 - 1;
/** Editors nest attributes two or three deep; beyond this, clients' own recursion would be at risk. */
const deepest = 32;
/** Structs between two marks. */
const markEvery = 64;
/** A root, an attribute, a node: words, not text. Long keys are kept by every client for ever. */
const longestKey = 256;
export const longestRoot = 64;

const itemKinds = {
	deleted: 1,
	json: 2,
	binary: 3,
	string: 4,
	embed: 5,
	format: 6,
	type: 7,
	any: 8,
	subdocument: 9
} as const;
const gc = 0;
const skip = 10;
const hasOrigin = 0x80;
const hasRightOrigin = 0x40;
const hasParentKey = 0x20;
/** YXmlElement and YXmlHook carry a name. */
const namedTypes = [3, 5];
const lastType = 6;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** As keys of a plain object these reach every object of a browser. */
const poisonous = new Set(['__proto__', 'constructor', 'prototype']);

class Bytes {
	readonly bytes: Uint8Array;
	at = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	byte(): number {
		if (this.at >= this.bytes.length) throw new Unreadable('ends too early');
		return this.bytes[this.at++]!;
	}

	/** An unsigned integer of at most 53 bits, seven bits to a byte. */
	number(): number {
		const { bytes } = this;
		let value = 0;
		let factor = 1;
		while (this.at < bytes.length) {
			const byte = bytes[this.at++]!;
			value += (byte & 0x7f) * factor;
			if (byte < 0x80) {
				if (value > Number.MAX_SAFE_INTEGER) break;
				return value;
			}
			factor *= 128;
			if (factor > 2 ** 49) break;
		}
		throw new Unreadable(this.at < bytes.length ? 'number too large' : 'ends too early');
	}

	/** A number of things that take at least `size` bytes each, so that a lie costs nothing. */
	count(size: number): number {
		const count = this.number();
		if (count > (this.bytes.length - this.at) / size) throw new Unreadable('more announced than sent');
		return count;
	}

	skip(length: number): void {
		if (length > this.bytes.length - this.at) throw new Unreadable('ends too early');
		this.at += length;
	}

	/** Passes over a string; answers its length as JavaScript counts it, in UTF-16 units. */
	stringLength(): number {
		const { bytes } = this;
		const length = this.number();
		let at = this.at;
		this.skip(length);
		const end = this.at;
		let units = 0;
		while (at < end) {
			const lead = bytes[at++]!;
			units++;
			if (lead < 0x80) continue;
			// The well-formed sequences of the Unicode standard, table 3-7.
			const more = lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
			if (more < 0 || at + more > end) throw new Unreadable('not UTF-8');
			const second = bytes[at]!;
			const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
			const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
			if (second < lowest || second > highest) throw new Unreadable('not UTF-8');
			for (let i = 1; i < more; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) throw new Unreadable('not UTF-8');
			if (more === 3) units++;
			at += more;
		}
		return units;
	}

	string(): string {
		const length = this.number();
		const from = this.at;
		this.skip(length);
		try {
			return decoder.decode(this.bytes.subarray(from, this.at));
		} catch {
			throw new Unreadable('not UTF-8');
		}
	}

	/** Passes over a name that will be a key of some object. */
	key(longest = longestKey): string {
		const key = this.string();
		if (key.length > longest) throw new Unreadable('key too long');
		if (poisonous.has(key)) throw new Unreadable('forbidden key');
		return key;
	}

	/** Passes over one value of lib0's `any` encoding. */
	any(depth = 0): void {
		if (depth > deepest) throw new Unreadable('nested too deep');
		switch (this.byte()) {
			case 127: // undefined
			case 126: // null
			case 121: // false
			case 120: // true
				return;
			case 125: // an integer with its sign in the first byte
				if (this.byte() & 0x80) this.number();
				return;
			case 124:
				return this.skip(4);
			case 123:
			case 122:
				return this.skip(8);
			case 119:
				this.stringLength();
				return;
			case 118:
				for (let left = this.count(2); left > 0; left--) {
					this.key();
					this.any(depth + 1);
				}
				return;
			case 117:
				for (let left = this.count(1); left > 0; left--) this.any(depth + 1);
				return;
			case 116:
				return this.skip(this.number());
			default:
				throw new Unreadable('unknown kind of value');
		}
	}

	/** Passes over a value written as JSON text. */
	json(): void {
		const text = this.string();
		try {
			checkJson(JSON.parse(text), 0);
		} catch (error) {
			throw error instanceof Unreadable ? error : new Unreadable('not JSON');
		}
	}
}

/** Bounds a value that clients will walk through themselves. */
function checkJson(value: unknown, depth: number): void {
	if (value === null || typeof value !== 'object') return;
	if (depth > deepest) throw new Unreadable('nested too deep');
	for (const key of Object.keys(value)) {
		if (poisonous.has(key)) throw new Unreadable('forbidden key');
		checkJson((value as Record<string, unknown>)[key], depth + 1);
	}
}

/**
 * @param update one Yjs update, format v1
 * @param placing whether to keep where each struct stands; a large state takes four times as long with it
 * @throws Unreadable when a Yjs client could not take it, or would take it differently from another
 */
export function scan(update: Uint8Array, placing = true): Scan {
	const input = new Bytes(update);
	const result: Scan = { blocks: [], deletes: [], roots: [], skips: false, deletesAt: 0 };
	let clientBefore = Infinity;
	for (let blocks = input.count(4); blocks > 0; blocks--) {
		const structs = input.count(2);
		const client = input.number();
		// A client named twice is read differently by Yjs's two readers, and merging relies on this order.
		if (client >= clientBefore) throw new Unreadable('clients out of order');
		if (structs === 0) throw new Unreadable('a client with nothing');
		clientBefore = client;
		const from = input.number();
		const block: Block = {
			client,
			from,
			to: from,
			needs: [],
			structs,
			at: input.at,
			end: 0,
			marks: [],
			places: [],
			lists: []
		};
		for (let i = 0; i < structs; i++) {
			if (i > 0 && i % markEvery === 0) block.marks.push(i, block.to, input.at);
			block.to += struct(input, block, result);
			if (!placing) block.places.length = block.lists.length = 0;
			if (block.to > highestClock) throw new Unreadable('clock too high');
		}
		block.end = input.at;
		result.blocks.push(block);
	}
	result.deletesAt = input.at;
	for (let clients = input.count(2); clients > 0; clients--) {
		const client = input.number();
		for (let ranges = input.count(2); ranges > 0; ranges--) {
			const clock = input.number();
			const length = input.number();
			if (length === 0 || clock + length > highestClock) throw new Unreadable('deletion of nothing');
			result.deletes.push(client, clock, length);
		}
	}
	if (input.at !== update.length) throw new Unreadable('goes on after its end');
	return result;
}

/** Reads the struct at the cursor; answers how many clocks it takes. */
function struct(input: Bytes, block: Block, result: Scan): number {
	const info = input.byte();
	const kind = info & 0x1f;
	if (kind === gc || kind === skip) {
		if (info !== kind) throw new Unreadable('unknown struct');
		if (kind === skip) result.skips = true;
		return atLeastOne(input.number());
	}
	const { needs, places } = block;
	const firstNeed = needs.length;
	const place = places.length;
	places.push(block.to, 0, 0, -1, -1, -1, -1);
	if (info & hasOrigin) reference(input, block, place + 3);
	if (info & hasRightOrigin) reference(input, block, place + 5);
	if (!(info & (hasOrigin | hasRightOrigin))) list(input, block, result, (info & hasParentKey) !== 0, place);
	const length = content(input, kind);
	const end = block.to + length;
	for (let i = firstNeed; i < needs.length; i += 4) needs[i + 1] = end;
	places[place + 1] = end;
	if (length === 1 || kind === itemKinds.deleted) places[place + 2] = 1;
	return length;
}

/** Reads where a struct stands that has no neighbours; `places[place]` is its own. */
function list(input: Bytes, block: Block, { roots }: Scan, hasKey: boolean, place: number): void {
	const { places, lists } = block;
	const list: List = { root: undefined, client: -1, clock: -1, key: undefined };
	const byName = input.number();
	if (byName === 1) {
		list.root = input.key(longestRoot);
		if (!roots.includes(list.root)) roots.push(list.root);
	} else if (byName === 0) {
		reference(input, block, place + 3);
		list.client = places[place + 3]!;
		list.clock = places[place + 4]!;
	} else throw new Unreadable('unknown parent');
	if (hasKey) list.key = input.key();
	places[place + 3] = -1;
	places[place + 4] = lists.length;
	lists.push(list);
}

/**
 * Reads the id of a neighbour or parent. An own one must be older; others are checked against what the document knows.
 * @param at where it is put down in the block's places
 */
function reference(input: Bytes, { client: own, to, needs, places }: Block, at: number): void {
	const client = input.number();
	const clock = input.number();
	if (client !== own) needs.push(to, 0, client, clock);
	else if (clock >= to) throw new Unreadable('refers to its own future');
	places[at] = client;
	places[at + 1] = clock;
}

function content(input: Bytes, kind: number): number {
	switch (kind) {
		case itemKinds.deleted:
			return atLeastOne(input.number());
		case itemKinds.json: {
			const count = input.count(1);
			for (let left = count; left > 0; left--) {
				const text = input.string();
				if (text === 'undefined') continue;
				try {
					checkJson(JSON.parse(text), 0);
				} catch (error) {
					throw error instanceof Unreadable ? error : new Unreadable('not JSON');
				}
			}
			return atLeastOne(count);
		}
		case itemKinds.binary:
			input.skip(input.number());
			return 1;
		case itemKinds.string:
			return atLeastOne(input.stringLength());
		case itemKinds.embed:
			input.json();
			return 1;
		case itemKinds.format:
			input.key();
			input.json();
			return 1;
		case itemKinds.type: {
			const type = input.number();
			if (type > lastType) throw new Unreadable('unknown type');
			if (namedTypes.includes(type)) input.key();
			return 1;
		}
		case itemKinds.any: {
			const count = input.count(1);
			for (let left = count; left > 0; left--) input.any();
			return atLeastOne(count);
		}
		default:
			// Subdocuments among them: a document inside a document would have rights of its own.
			throw new Unreadable('unknown content');
	}
}

/** A struct without clocks would be found at two places at once. */
function atLeastOne(length: number): number {
	if (length < 1) throw new Unreadable('empty struct');
	return length;
}
