/**
 * In which list each clock stands: the children of a type, or the values of one key of a map. A struct says so itself
 * only where it has no neighbours; everybody else stands where their neighbour does, so an engine that keeps no document
 * has to remember it.
 *
 * Yjs takes for granted what every editor does, and does harm where a forger does otherwise:
 * - Both neighbours stand in one list. Else the struct, and what is later typed behind it, is there in one view and
 *   thrown away in another, depending on what was collected as garbage before.
 * - A value of a key is one struct of length one, without a right neighbour. When a longer one is cut in two, nobody
 *   deletes the first half, and the day its element is deleted every client fails and sends nothing any more.
 */
import { Ranges } from './ranges.ts';
import { placeSize, scan, type Block, type List, type Scan } from './scan.ts';

/** Consecutive clocks of one client that stand in one list. */
type Place = { client: number; from: number; to: number; list: List };
/** The same of all clocks of a client up to `end`: each list from its clock on. Two lists of numbers and names are small. */
type Line = { from: number[]; lists: (List | undefined)[]; end: number };

/** Updates that are put aside: more are held twice for too long. */
const mostAside = 512;

export class Places {
	readonly #of = new Map<number, Line>();
	/** Not looked through yet: as long as nobody writes, nobody needs it. */
	readonly #aside: Uint8Array[] = [];

	/** @param update what is durable, in the order in which it came */
	later(update: Uint8Array): void {
		this.#aside.push(update);
		if (this.#aside.length > mostAside) this.#lookThrough();
	}

	/** Takes in where the structs of an update stand that is on its way. */
	take(scanned: Scan): void {
		this.#lookThrough();
		this.#add(placesOf(scanned, this).places);
	}

	/** In which list a clock stands; undefined when it was collected as garbage, or is not there. */
	at(client: number, clock: number): List | undefined {
		this.#lookThrough();
		const line = this.#of.get(client);
		if (!line || clock >= line.end) return undefined;
		return line.lists[lastFrom(line, clock)];
	}

	/** Forgets a client's places from a clock on: those structs have not become part of the document. */
	cut(client: number, clock: number): void {
		this.#lookThrough();
		const line = this.#of.get(client);
		if (!line || clock >= line.end) return;
		const kept = clock === 0 ? 0 : lastFrom(line, clock - 1) + 1;
		line.from.length = line.lists.length = kept;
		line.end = clock;
	}

	#lookThrough(): void {
		if (this.#aside.length === 0) return;
		for (const update of this.#aside.splice(0)) this.#add(placesOf(scan(update), this).places);
	}

	/** What is known of a clock stays as it is. */
	#add(places: Place[]): void {
		for (const { client, from, to, list } of places) {
			let line = this.#of.get(client);
			if (!line) this.#of.set(client, (line = { from: [], lists: [], end: 0 }));
			if (to <= line.end) continue;
			if (from > line.end) put(line, line.end, undefined);
			put(line, Math.max(from, line.end), list);
			line.end = to;
		}
	}
}

function put({ from, lists }: Line, clock: number, list: List | undefined): void {
	const last = lists.at(-1);
	if (lists.length > 0 && (list === last || (list && last && isSame(list, last)))) return;
	from.push(clock);
	lists.push(list);
}

/** Index of the last list that begins at or before the clock. */
function lastFrom({ from }: Line, clock: number): number {
	let low = 0;
	let high = from.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (from[middle]! <= clock) low = middle;
		else high = middle - 1;
	}
	return low;
}

const isSame = (a: List, b: List) =>
	a === b || (a.root === b.root && a.client === b.client && a.clock === b.clock && a.key === b.key);

/** Where a struct stands whose neighbour is garbage: nowhere. Yjs throws it away too. */
const nowhere = null;

/**
 * @param known where what the update builds on stands
 * @param isDeleted whether a known clock is deleted
 * @returns `places`: where the structs of the update stand; `sound`: whether they stand as an editor would place them
 */
export function placesOf(
	{ blocks, deletes }: Scan,
	known: Places,
	isDeleted: (client: number, clock: number) => boolean = () => true
): { places: Place[]; sound: boolean } {
	const result = { places: [] as Place[], sound: true };
	const index = new Map(blocks.map(({ client }, b) => [client, b]));
	const found = blocks.map(({ places }) =>
		new Array<List | null | undefined>(places.length / placeSize).fill(undefined)
	);

	/** Follows the neighbours that a struct inherits its list from, until one is known. Each struct is passed once. */
	const list = (client: number, clock: number): List | null => {
		const path: [number, number][] = [];
		let answer: List | null | undefined;
		while (answer === undefined) {
			const b = index.get(client) ?? -1;
			const block = blocks[b];
			if (!block || clock < block.from) {
				answer = known.at(client, clock) ?? nowhere;
				break;
			}
			const at = indexOf(block, clock);
			answer = at < 0 ? nowhere : found[b]![at];
			if (answer !== undefined) break;
			found[b]![at] = nowhere; // ends a circle
			path.push([b, at]);
			const { places, lists } = block;
			const place = at * placeSize;
			if (places[place + 3] !== -1) [client, clock] = [places[place + 3]!, places[place + 4]!];
			else if (places[place + 5] !== -1) [client, clock] = [places[place + 5]!, places[place + 6]!];
			else answer = lists[places[place + 4]!]!;
		}
		for (const [b, at] of path) found[b]![at] = answer;
		return answer;
	};
	const isGone = ({ root, client, clock }: List) => root === undefined && isDeleted(client, clock);

	let deleted: Ranges | undefined;
	for (const { client, places } of blocks)
		for (let i = 0; i < places.length; i += placeSize) {
			const from = places[i]!;
			const to = places[i + 1]!;
			const own = list(client, from);
			const hasRight = places[i + 5] !== -1;
			if (hasRight && places[i + 3] !== -1) {
				const right = list(places[i + 5]!, places[i + 6]!);
				if (
					own === nowhere ? right !== nowhere && !isGone(right) : right === nowhere ? !isGone(own) : !isSame(own, right)
				)
					result.sound = false;
			}
			if (own === nowhere) continue;
			result.places.push({ client, from, to, list: own });
			if (own.key === undefined) continue;
			if (hasRight) result.sound = false;
			if (places[i + 2] === 1) continue;
			// Values that followed each other are one struct once all of them are deleted.
			deleted ??= Ranges.of(deletes);
			if (deleted.missing(client, from, to).length > 0) result.sound = false;
		}
	return result;
}

/** Which place of the block holds the clock; -1 for garbage. */
function indexOf({ places }: Block, clock: number): number {
	let low = 0;
	let high = places.length / placeSize - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		if (places[middle * placeSize]! > clock) high = middle - 1;
		else if (places[middle * placeSize + 1]! <= clock) low = middle + 1;
		else return middle;
	}
	return -1;
}
