type Span<T> = { from: number; to: number; value: T };

const mostToPass = 32;

/** What is known of stretches of clocks, per client; no two stretches overlap. */
export class Spans<T> {
	readonly #of = new Map<number, Span<T>[]>();
	readonly #unsorted = new Set<number>();

	/** @param to one past the last clock */
	add(client: number, from: number, to: number, value: T): void {
		const list = this.#of.get(client);
		if (!list) {
			this.#of.set(client, [{ from, to, value }]);
			return;
		}
		const last = list.at(-1)!;
		if (last.to === from && last.value === value) {
			last.to = to;
			return;
		}
		const span = { from, to, value };
		if (last.from < from || this.#unsorted.has(client)) {
			list.push(span);
			return;
		}
		// Mostly only the last few are out of order; what comes in any order is sorted once, when it is read.
		let place = list.length - 1;
		for (let tries = 0; place > 0 && list[place - 1]!.from > from; place--)
			if (tries++ === mostToPass) {
				this.#unsorted.add(client);
				place = list.length;
				break;
			}
		list.splice(place, 0, span);
	}

	/** Index in the list of the first span that ends after `clock`. */
	#find(client: number, clock: number): [Span<T>[], number] {
		const list = this.#of.get(client) ?? [];
		if (this.#unsorted.delete(client)) list.sort((a, b) => a.from - b.from);
		let low = 0;
		let high = list.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (list[middle]!.to <= clock) low = middle + 1;
			else high = middle;
		}
		return [list, low];
	}

	/** The span around a clock. */
	at(client: number, clock: number): Span<T> | undefined {
		const [list, i] = this.#find(client, clock);
		const span = list[i];
		return span && span.from <= clock ? span : undefined;
	}

	/** Every part of from … to, in order, with what is known of it. */
	*parts(client: number, from: number, to: number): Generator<{ from: number; to: number; span: Span<T> | undefined }> {
		const [list, first] = this.#find(client, from);
		for (let i = first; from < to; i++) {
			const span = list[i];
			if (!span || span.from >= to) {
				yield { from, to, span: undefined };
				return;
			}
			if (span.from > from) yield { from, to: span.from, span: undefined };
			const start = Math.max(from, span.from);
			from = Math.min(to, span.to);
			yield { from: start, to: from, span };
		}
	}

	*[Symbol.iterator](): Generator<{ client: number } & Span<T>> {
		for (const client of this.#of.keys()) {
			const [list] = this.#find(client, 0);
			for (const span of list) yield { client, ...span };
		}
	}
}
