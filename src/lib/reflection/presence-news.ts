/**
 * What a screen reader hears of the other person, in one polite line: who came, who writes, who left. The first look
 * is silent, at most one sentence is said in five seconds, and leaving is believed only after thirty: phones sleep.
 */
export const everyMs = 5_000;
export const leftAfterMs = 30_000;
/** Writing that goes on is one piece of news, not one per word. */
export const quietMs = 60_000;

export class PresenceNews {
	readonly #say: (sentence: string) => void;
	readonly #here = new Map<string, { name: string; leaving: ReturnType<typeof setTimeout> | null; wroteAt: number }>();
	/** What waits to be said, by person: a newer sentence replaces an older one. */
	readonly #waiting = new Map<string, string>();
	#pause: ReturnType<typeof setTimeout> | null = null;
	#first = true;

	constructor(say: (sentence: string) => void) {
		this.#say = say;
	}

	/** Takes who is here now, by person. */
	present(people: { id: string; name: string }[]): void {
		const now = new Set(people.map(({ id }) => id));
		for (const { id, name } of people) {
			const known = this.#here.get(id);
			if (known) {
				if (known.leaving) clearTimeout(known.leaving);
				known.leaving = null;
				continue;
			}
			this.#here.set(id, { name, leaving: null, wroteAt: -Infinity });
			if (!this.#first) this.tell(id, `${name} is here.`);
		}
		for (const [id, known] of this.#here) {
			if (now.has(id) || known.leaving) continue;
			known.leaving = setTimeout(() => {
				this.#here.delete(id);
				this.tell(id, `${known.name} has left.`);
			}, leftAfterMs);
		}
		this.#first = false;
	}

	/** Somebody else changed the text. */
	wrote(personId: string): void {
		const known = this.#here.get(personId);
		if (!known) return;
		const now = Date.now();
		if (now - known.wroteAt > quietMs) this.tell(personId, `${known.name} is writing.`);
		known.wroteAt = now;
	}

	/** Says something about this person, or about anything else by a name of its own, when its turn comes. */
	tell(personId: string, sentence: string) {
		this.#waiting.set(personId, sentence);
		if (!this.#pause) this.#next();
	}

	#next() {
		const [first] = this.#waiting;
		this.#pause = null;
		if (!first) return;
		this.#waiting.delete(first[0]);
		this.#say(first[1]);
		this.#pause = setTimeout(() => this.#next(), everyMs);
	}

	/** Forgets everything and says nothing more. */
	end(): void {
		if (this.#pause) clearTimeout(this.#pause);
		for (const { leaving } of this.#here.values()) if (leaving) clearTimeout(leaving);
		this.#here.clear();
		this.#waiting.clear();
	}
}
