/** Who has left which reflection, and what they had seen; told once they have been away for a while. */

type Left = { personId: string; reflectionId: string; number: number; at: number };

export class Looks {
	readonly #afterMs: number;
	/** By person and reflection: how many sockets are open, or what they had seen when the last one went. */
	readonly #here = new Map<string, number>();
	readonly #left = new Map<string, Left>();

	constructor(afterMs: number) {
		this.#afterMs = afterMs;
	}

	came(personId: string, reflectionId: string): void {
		const key = `${personId}/${reflectionId}`;
		this.#here.set(key, (this.#here.get(key) ?? 0) + 1);
		this.#left.delete(key);
	}

	/** @param number the last row that they had seen */
	went(personId: string, reflectionId: string, number: number, now: number): void {
		const key = `${personId}/${reflectionId}`;
		const here = (this.#here.get(key) ?? 1) - 1;
		if (here > 0) {
			this.#here.set(key, here);
			return;
		}
		this.#here.delete(key);
		this.#left.set(key, { personId, reflectionId, number, at: now });
	}

	/** Those who have been away long enough; each is answered once. @param all at the end of the process: everybody who is away */
	takeLeft(now: number, all = false): { personId: string; reflectionId: string; number: number }[] {
		const taken: Left[] = [];
		for (const [key, left] of this.#left) {
			if (!all && now - left.at < this.#afterMs) continue;
			this.#left.delete(key);
			taken.push(left);
		}
		return taken.map(({ personId, reflectionId, number }) => ({ personId, reflectionId, number }));
	}
}
