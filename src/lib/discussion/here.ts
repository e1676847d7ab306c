/**
 * Who has a thread open: people and not tabs, in this process and in others. Nobody is named outside of here; a page is
 * told how many they are. Pure: times come from outside, in ms of one clock.
 */
export class Here {
	readonly #leftAfterMs: number;
	/** People in this process, and how many streams each has. */
	readonly #streams = new Map<string, number>();
	/** Whose last stream here is gone, and since when: perhaps they come back. */
	readonly #leaving = new Map<string, number>();
	readonly #elsewhere = new Map<string, { people: ReadonlySet<string>; heardAt: number }>();
	/** People of a process that is gone, and since when: perhaps they come back to another. */
	readonly #moving = new Map<string, number>();

	/** @param leftAfterMs after so long without a stream somebody has left */
	constructor(leftAfterMs: number) {
		this.#leftAfterMs = leftAfterMs;
	}

	came(person: string): void {
		this.#leaving.delete(person);
		this.#moving.delete(person);
		this.#streams.set(person, (this.#streams.get(person) ?? 0) + 1);
	}

	went(person: string, now: number): void {
		const left = (this.#streams.get(person) ?? 0) - 1;
		if (left > 0) return void this.#streams.set(person, left);
		if (this.#streams.delete(person)) this.#leaving.set(person, now);
	}

	/** They may not be here any more, so there is nothing to come back for. */
	out(person: string): void {
		if (!this.#streams.has(person)) this.#leaving.delete(person);
		this.#moving.delete(person);
	}

	/** Another process says who is there now. */
	hear(node: string, people: Iterable<string>, now: number): void {
		const set = new Set(people);
		if (set.size > 0) this.#elsewhere.set(node, { people: set, heardAt: now });
		else this.#elsewhere.delete(node);
	}

	/** Another process is gone; its people look for another one. */
	nodeGone(node: string, now: number): void {
		for (const person of this.#elsewhere.get(node)?.people ?? []) this.#moving.set(person, now);
		this.#elsewhere.delete(node);
	}

	/** Time has passed: whoever did not come back has left, and what a process has not said again is old. */
	pass(now: number, lastsMs = Infinity): void {
		for (const gone of [this.#leaving, this.#moving])
			for (const [person, since] of gone) if (now - since >= this.#leftAfterMs) gone.delete(person);
		for (const [node, { heardAt }] of this.#elsewhere) if (now - heardAt > lastsMs) this.#elsewhere.delete(node);
	}

	/** People whom other processes have to hear of from this one. */
	get ours(): string[] {
		return [...this.#streams.keys(), ...this.#leaving.keys()];
	}

	/** How many people are here, in all processes. */
	get count(): number {
		const all = new Set([...this.#streams.keys(), ...this.#leaving.keys(), ...this.#moving.keys()]);
		for (const { people } of this.#elsewhere.values()) for (const person of people) all.add(person);
		return all.size;
	}

	/** Nobody has it open here, and nobody is expected back. */
	get quiet(): boolean {
		return this.#streams.size === 0 && this.#leaving.size === 0;
	}
}
