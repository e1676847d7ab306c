/** What no editor sends: honest updates with something changed, and updates made from the grammar with wrong facts. */
import * as encoding from 'lib0/encoding';
import type { Random } from './random.ts';

export function mutated(update: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
	let bytes: Uint8Array = update.slice();
	for (let left = 1 + random.int(3); left > 0 && bytes.length > 0; left--) {
		const at = random.int(bytes.length);
		switch (random.int(7)) {
			case 0:
				bytes[at]! ^= 1 << random.int(8);
				break;
			case 1:
				bytes[at] = random.int(256);
				break;
			case 2: // one more, one less: clocks and lengths
				bytes[at]! += random.oneIn(2) ? 1 : -1;
				break;
			case 3:
				bytes = bytes.slice(0, at);
				break;
			case 4: // the head of one, the tail of the other
				bytes = joined(bytes.subarray(0, at), other.subarray(random.int(other.length + 1)));
				break;
			case 5:
				bytes = joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.int(4))));
				break;
			default:
				bytes = joined(bytes.subarray(0, at), new Uint8Array([random.int(256)]), bytes.subarray(at));
		}
	}
	return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}

/** What a forger could know: which clocks exist, and which of them stand in one list. */
export type Facts = {
	clients: number[];
	clock(client: number): number;
	together(a: Id, b: Id): boolean;
};
export type Id = { client: number; clock: number };

/** An update that reads well and says something that no editor says; now and then it does not even read. */
export function forged(facts: Facts, own: number, random: Random): Uint8Array {
	const encoder = encoding.createEncoder();
	const rarely = <T>(value: T, instead: T[]) => (random.oneIn(80) ? random.pick(instead) : value);
	const write = (value: number) =>
		encoding.writeVarUint(encoder, Math.max(0, rarely(value, [value - 1, value + 1, value + 7, 2 ** 31, 2 ** 40])));
	const writeString = (text: string) => encoding.writeVarString(encoder, text);
	const byName = (text: string) => writeString(rarely(text, ['__proto__', 'constructor', 'x'.repeat(300)]));
	const someone = () => (random.oneIn(3) || facts.clients.length === 0 ? own : random.pick(facts.clients));
	/** What exists, or will when this update is taken: `next` is the clock that is being written. */
	let writing = own;
	let next = facts.clock(own);
	const id = (): Id => {
		const client = someone();
		const end = client === writing ? next : facts.clock(client);
		// What was made last matters most: others refer to it.
		const clock = random.oneIn(2) ? end - 1 - random.int(Math.min(8, end || 1)) : random.int(end || 1);
		return { client, clock: Math.max(0, clock) };
	};
	/** Somewhere in the same list, in whatever order: that much is checked, so it gets a forger further. */
	const idBeside = (other: Id): Id => {
		for (let left = 20; left > 0; left--) {
			const found = id();
			if (facts.together(found, other)) return found;
		}
		return id();
	};
	const writeId = ({ client, clock }: Id) => {
		write(client);
		write(clock);
	};

	const writers = [...new Set(random.oneIn(6) ? [own, someone()] : [own])].sort((a, b) => b - a);
	write(writers.length);
	for (const client of rarely(writers, [[...writers].reverse()])) {
		const structs = 1 + random.int(4);
		write(structs);
		write(client);
		writing = client;
		// Sometimes from the middle of what is known already.
		next = Math.max(0, facts.clock(client) - (random.oneIn(4) ? random.int(6) : 0));
		write(next);
		for (let left = structs; left > 0; left--) next += struct();
	}
	const clients = [...new Set(Array.from({ length: random.int(3) }, someone))];
	write(clients.length);
	for (const client of clients) {
		const ranges = random.int(3);
		write(client);
		write(ranges);
		for (let left = ranges; left > 0; left--) {
			const end = client === writing ? next : facts.clock(client);
			const length = 1 + random.int(Math.min(6, end || 1));
			write(random.int(Math.max(1, end - length + 1)));
			write(length);
		}
	}
	return encoding.toUint8Array(encoder);

	/** Writes a struct; answers how many clocks it takes. */
	function struct(): number {
		const kind = rarely(random.pick([0, 1, 2, 3, 4, 4, 4, 4, 4, 5, 6, 7, 7, 8]), [9, 10, 11]);
		if (kind === 0 || kind === 10) {
			encoding.writeUint8(encoder, kind);
			const length = 1 + random.int(4);
			write(length);
			return length;
		}
		const flags = random.pick([0, 0x80, 0x80, 0xc0, 0xc0, 0xc0, 0x40, 0x20, 0xa0, 0xe0]);
		encoding.writeUint8(encoder, kind | flags);
		const left = id();
		if (flags & 0x80) writeId(left);
		if (flags & 0x40) writeId(flags & 0x80 ? idBeside(left) : left);
		if (!(flags & 0xc0)) {
			const root = random.oneIn(2);
			write(root ? 1 : 0);
			if (root) byName(random.pick(['text', 'map', 'list', 'prosemirror', 'other']));
			else writeId(id());
			if (flags & 0x20) byName(random.pick(['a', 'b', 'title', 'align']));
		}
		return content(kind);
	}

	function content(kind: number): number {
		const count = 1 + random.int(3);
		switch (kind) {
			case 1:
				write(count);
				return count;
			case 2:
				write(count);
				for (let i = 0; i < count; i++)
					writeString(rarely(random.pick(['1', '"x"', 'undefined', '{"a":1}']), ['{', '{"__proto__":1}']));
				return count;
			case 3:
				encoding.writeVarUint8Array(encoder, new Uint8Array(random.int(4)));
				return 1;
			case 4: {
				const text = rarely(random.pick(['x', 'forged', '👩‍🏫', '\u{1F600}']), ['']);
				writeString(text);
				return text.length;
			}
			case 5:
				writeString(rarely(random.pick(['{"image":1}', 'null', '"x"']), ['{']));
				return 1;
			case 6:
				byName(random.pick(['bold', 'link', '']));
				writeString(rarely(random.pick(['true', 'null', '{}']), ['x']));
				return 1;
			case 7: {
				const type = random.int(7);
				write(type);
				if (type === 3 || type === 5) byName(random.pick(['paragraph', '']));
				return 1;
			}
			case 8:
				write(count);
				for (let i = 0; i < count; i++)
					encoding.writeAny(encoder, random.pick([1, 'x', null, [1, 2], { a: 1 }, 1.5, undefined]));
				return count;
			case 9:
				writeString('inner');
				encoding.writeAny(encoder, {});
				return 1;
			default:
				write(count);
				return count;
		}
	}
}
