/**
 * What is new to whom, as a person would say it, and nothing of how it is kept: a post is new to somebody who is in its cohort,
 * did not write it, and has not seen it; reading as far as a post means having seen all before it; a post that was taken back
 * or hidden, or whose thread was, is nothing to read. What somebody has seen they have seen, on whatever device, for good,
 * unless they keep it for later themselves.
 */
export type ModelPost = { author: string; removed: boolean };
export type ModelThread = {
	cohort: string;
	competency: string;
	withheld: boolean;
	/** By a moderator. */ hidden: boolean;
	posts: ModelPost[];
};

export class Model {
	readonly threads = new Map<string, ModelThread>();
	readonly #cohortOf = new Map<string, string>();
	/** What somebody muted: "person thread", "person competency cohort" or "person cohort". */
	readonly #choices = new Map<string, 'mute' | 'hear'>();
	/** Of each person, what they have seen: "thread 3". */
	readonly #seen = new Map<string, Set<string>>();

	move(person: string, cohort: string): void {
		this.#cohortOf.set(person, cohort);
	}
	cohortOf(person: string): string {
		return this.#cohortOf.get(person)!;
	}
	open(id: string, cohort: string, competency: string, author: string): void {
		this.threads.set(id, { cohort, competency, withheld: false, hidden: false, posts: [{ author, removed: false }] });
	}
	say(thread: string, author: string): void {
		this.threads.get(thread)!.posts.push({ author, removed: false });
	}
	/** Whether the person reads the thread at all. */
	reads(person: string, thread: string): boolean {
		return this.threads.get(thread)!.cohort === this.cohortOf(person);
	}
	seen(person: string, thread: string, upTo: number): void {
		for (let n = 1; n <= Math.min(upTo, this.threads.get(thread)!.posts.length); n++)
			this.#of(person).add(`${thread} ${n}`);
	}
	keep(person: string, thread: string, from: number): void {
		for (let n = from; n <= this.threads.get(thread)!.posts.length; n++) this.#of(person).delete(`${thread} ${n}`);
	}
	/** The numbers of the posts of a thread that are new to somebody. */
	unread(person: string, thread: string): number[] {
		const { withheld, posts } = this.threads.get(thread)!;
		if (withheld || !this.reads(person, thread)) return [];
		return posts.flatMap(({ author, removed }, i) =>
			author !== person && !removed && !this.#of(person).has(`${thread} ${i + 1}`) ? i + 1 : []
		);
	}
	/** @param of the thread, or a competency and its cohort, or a cohort; null takes the choice back */
	choose(person: string, of: string[], what: 'mute' | 'hear' | null): void {
		const name = [person, ...of].join(' ');
		if (what) this.#choices.set(name, what);
		else this.#choices.delete(name);
	}
	/** What was chosen nearest to the thread counts. */
	muted(person: string, thread: string): boolean {
		const { cohort, competency } = this.threads.get(thread)!;
		const said = (...of: string[]) => this.#choices.get([person, ...of].join(' '));
		return (said(thread) ?? said(competency, cohort) ?? said(cohort)) === 'mute';
	}
	/** By competency, of the cohort that they are in. What is muted is in no count. */
	counts(person: string): Map<string, number> {
		const counts = new Map<string, number>();
		for (const [id, { competency }] of this.threads) {
			const count = this.muted(person, id) ? 0 : this.unread(person, id).length;
			if (count > 0) counts.set(competency, (counts.get(competency) ?? 0) + count);
		}
		return counts;
	}
	#of(person: string): Set<string> {
		const seen = this.#seen.get(person) ?? new Set();
		this.#seen.set(person, seen);
		return seen;
	}
}
