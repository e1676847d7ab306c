/**
 * Notes what has been read: posts whose end was on screen for a moment, and then all before them. It is told to the server
 * with some patience, and at the latest when the page is left. Whoever came far down a thread by a link has not seen what is new
 * above the page: nothing is noted then, and it stays new.
 */

/** Long enough to have seen it, short enough that nobody has to wait. */
const glance = 800;
const patience = 1_500;

export class Seeing {
	#seen: number;
	#told: number;
	/** Up to which number all had been read, is nothing to read, or was on this page: whoever pages on has been through it. */
	#through: number;
	/** Whether there is nothing new between what was read and the first post that is watched. */
	#whole = true;
	#keeps = false;
	readonly #tell: (upTo: number) => void;
	readonly #noted: (number: number) => void;
	#timer = 0;
	readonly #glances = new Map<Element, number>();
	#observer: IntersectionObserver | null = null;

	/**
	 * @param upTo what had been read when the page was made
	 * @param first the first post that is new, as far as is known; all before it count as seen
	 * @param tell says it to the server; must survive the page
	 * @param noted hears of each at once
	 */
	constructor(upTo: number, first: number, tell: (upTo: number) => void, noted: (number: number) => void = () => {}) {
		this.#noted = noted;
		this.#through = first - 1;
		this.#seen = this.#told = upTo;
		this.#tell = tell;
	}

	/** Watches posts, in the order of their numbers; call again when there are others. */
	watch(articles: ArrayLike<Element> & Iterable<Element>): void {
		const [first, last] = [articles[0], articles[articles.length - 1]].map((one) => (one ? numberOf(one) : 0));
		this.#whole = first! <= Math.max(this.#through, this.#seen) + 1;
		if (this.#whole) this.#through = Math.max(this.#through, last!);
		this.#observer ??= new IntersectionObserver((entries) => this.#look(entries), { threshold: [0, 0.99] });
		for (const article of articles) this.#observer.observe(article);
	}

	#look(entries: IntersectionObserverEntry[]) {
		for (const { target, isIntersecting, boundingClientRect: box, intersectionRect: seen } of entries) {
			clearTimeout(this.#glances.get(target));
			// The end of it: a post longer than the screen is read when its last line came.
			if (!isIntersecting || seen.bottom < box.bottom - 1) continue;
			const number = numberOf(target);
			this.#glances.set(
				target,
				window.setTimeout(() => this.#note(number), glance)
			);
		}
	}

	#note(number: number) {
		if (document.visibilityState === 'hidden') return;
		this.#noted(number);
		if (number <= this.#seen || !this.#whole || this.#keeps) return;
		this.#seen = number;
		clearTimeout(this.#timer);
		this.#timer = window.setTimeout(() => this.flush(), patience);
	}

	/** Another device has seen so much. */
	heard(upTo: number): void {
		this.#seen = Math.max(this.#seen, upTo);
		this.#told = Math.max(this.#told, upTo);
	}

	/** Everything from there on is kept for later: on this page nothing is noted any more. */
	keep(): void {
		clearTimeout(this.#timer);
		this.#keeps = true;
		this.#told = this.#seen;
	}

	flush(): void {
		clearTimeout(this.#timer);
		if (this.#seen <= this.#told) return;
		this.#told = this.#seen;
		this.#tell(this.#seen);
	}

	end(): void {
		this.flush();
		this.#observer?.disconnect();
		for (const timer of this.#glances.values()) clearTimeout(timer);
	}
}

const numberOf = (article: Element) => Number(/^post-(\d+)$/.exec(article.id)?.[1] ?? 0);
