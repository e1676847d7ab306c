/**
 * What may be sent in a while, and what was sent of it: by one person over all their sockets, and into one document by
 * everybody. Over budget means slower: who is in debt is not read until time has paid it. The clock comes from outside.
 */
export type Rate = {
	framesPerSecond: number;
	bytesPerSecond: number;
	/** Seconds' worth that may come at once. */
	burstSeconds: number;
};

/** Counted in seconds: what is there is how long one could have gone on sending. */
export class Budget {
	readonly #rate: () => Rate;
	#frameSeconds: number;
	#byteSeconds: number;
	#at: number;

	constructor(rate: () => Rate, now: number) {
		this.#rate = rate;
		this.#frameSeconds = this.#byteSeconds = rate().burstSeconds;
		this.#at = now;
	}

	spend(frames: number, bytes: number, now: number): void {
		this.#refill(now);
		const { framesPerSecond, bytesPerSecond } = this.#rate();
		this.#frameSeconds -= frames / framesPerSecond;
		this.#byteSeconds -= bytes / bytesPerSecond;
	}

	/** Milliseconds until it is even; 0 when it is. */
	debtMs(now: number): number {
		return Math.max(0, -1000 * this.#left(now));
	}

	/** Whether less than half of it was spent lately. */
	isMostlyThere(now: number): boolean {
		return this.#left(now) > this.#rate().burstSeconds / 2;
	}

	/** Whether nothing of it was spent lately: then a new one is the same. */
	isFull(now: number): boolean {
		return this.#left(now) >= this.#rate().burstSeconds;
	}

	#left(now: number): number {
		this.#refill(now);
		return Math.min(this.#frameSeconds, this.#byteSeconds);
	}

	#refill(now: number): void {
		const { burstSeconds } = this.#rate();
		const seconds = (now - this.#at) / 1000;
		this.#at = now;
		this.#frameSeconds = Math.min(burstSeconds, this.#frameSeconds + seconds);
		this.#byteSeconds = Math.min(burstSeconds, this.#byteSeconds + seconds);
	}
}

/** The budgets of all people, or of all documents, by id. */
export class Budgets {
	readonly #rate: () => Rate;
	readonly #budgets = new Map<string, Budget>();

	constructor(rate: () => Rate) {
		this.#rate = rate;
	}

	of(id: string, now: number): Budget {
		let budget = this.#budgets.get(id);
		if (!budget) this.#budgets.set(id, (budget = new Budget(this.#rate, now)));
		return budget;
	}

	/** How many are remembered. */
	get size(): number {
		return this.#budgets.size;
	}

	/**
	 * Forgets the full ones, so that they do not pile up. Not when the last socket leaves: coming back would pay
	 * every debt at once.
	 */
	forgetFull(now: number): void {
		for (const [id, budget] of this.#budgets) if (budget.isFull(now)) this.#budgets.delete(id);
	}
}

export type Waiting = { ms: number; because: 'person' | 'document' };

/**
 * How long a socket is not read. A person waits for their own debt. A document's debt makes only those wait who brought
 * it there: whoever has most of their own budget goes on, so that one who floods does not silence the partner who types.
 */
export function waitingFor(person: Budget, document: Budget, now: number): Waiting {
	const own = person.debtMs(now);
	const shared = person.isMostlyThere(now) ? 0 : document.debtMs(now);
	return own >= shared ? { ms: own, because: 'person' } : { ms: shared, because: 'document' };
}
