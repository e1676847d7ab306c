/** Chance that can be had again: the same seed, the same run (mulberry32, public domain). */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0;
	}

	/** A whole number from 0 to `below` - 1. */
	int(below: number): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) % below;
	}

	/** True once in `n` times. */
	oneIn(n: number): boolean {
		return this.int(n) === 0;
	}

	pick<T>(list: readonly T[]): T {
		return list[this.int(list.length)]!;
	}
}
