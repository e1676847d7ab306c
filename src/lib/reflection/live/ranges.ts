/** Sets of clocks, kept as sorted ranges per client: what a document has deleted so far. */
export class Ranges {
	/** Per client: from, to, from, to … with gaps in between. */
	readonly #of = new Map<number, number[]>();

	/** @param triples client, clock, length */
	static of(triples: number[]): Ranges {
		const ranges = new Ranges();
		ranges.addAll(triples);
		return ranges;
	}

	/** Index of the first range of the list that ends at or after `clock`. */
	static #find(list: number[], clock: number): number {
		let low = 0;
		let high = list.length / 2;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (list[middle * 2 + 1]! < clock) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	add(client: number, from: number, to: number): void {
		const list = this.#of.get(client);
		if (!list) {
			this.#of.set(client, [from, to]);
			return;
		}
		const first = Ranges.#find(list, from);
		let last = first;
		while (last < list.length / 2 && list[last * 2]! <= to) last++;
		// Ranges first … last touch the new one and become one with it.
		if (last === first) list.splice(first * 2, 0, from, to);
		else {
			const start = Math.min(from, list[first * 2]!);
			const end = Math.max(to, list[last * 2 - 1]!);
			if (last - first === 1) {
				list[first * 2] = start;
				list[first * 2 + 1] = end;
			} else list.splice(first * 2, (last - first) * 2, start, end);
		}
	}

	/** @param triples client, clock, length, as a scan lists deletions */
	addAll(triples: number[]): void {
		for (let i = 0; i < triples.length; i += 3)
			this.add(triples[i]!, triples[i + 1]!, triples[i + 1]! + triples[i + 2]!);
	}

	/** The parts of from … to that are not in the set, as from, to pairs. */
	missing(client: number, from: number, to: number): number[] {
		const list = this.#of.get(client);
		if (!list) return [from, to];
		const parts: number[] = [];
		let at = from;
		for (let i = Ranges.#find(list, from); i < list.length / 2 && list[i * 2]! < to; i++) {
			if (list[i * 2]! > at) parts.push(at, list[i * 2]!);
			at = Math.max(at, list[i * 2 + 1]!);
		}
		if (at < to) parts.push(at, to);
		return parts;
	}

	/** Three numbers each, as a scan lists deletions: client, clock, length. */
	triples(): number[] {
		const all: number[] = [];
		for (const [client, list] of this.#of)
			for (let i = 0; i < list.length; i += 2) all.push(client, list[i]!, list[i + 1]! - list[i]!);
		return all;
	}
}
