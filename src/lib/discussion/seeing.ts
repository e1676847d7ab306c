/**
 * Notes what has been read: posts whose end was on screen for a moment, and then all before them. It is told to the server
 * with some patience, and at the latest when the page is left.
 */

/** Long enough to have seen it, short enough that nobody has to wait. */
const glance = 800;
const patience = 1_500;

export class Seeing {
	#seen: number;
	#told: number;
	readonly #tell: (upTo: number) => void;
	readonly #noted: (number: number) => void;
	#timer = 0;
	readonly #glances = new Map<Element, number>();
	#observer: IntersectionObserver | null = null;

	/**
	 * @param upTo what had been read when the page was made
	 * @param tell says it to the server; must survive the page
	 * @param noted hears of each at once
	 */
	constructor(upTo: number, tell: (upTo: number) => void, noted: (number: number) => void = () => {}) {
		this.#noted = noted;
		this.#seen = this.#told = upTo;
		this.#tell = tell;
	}

	/** Watches posts; call again when there are others. */
	watch(articles: Iterable<Element>): void {
		this.#observer ??= new IntersectionObserver((entries) => this.#look(entries), { threshold: [0, 0.99] });
		for (const article of articles) this.#observer.observe(article);
	}

	#look(entries: IntersectionObserverEntry[]) {
		for (const { target, isIntersecting, boundingClientRect: box, intersectionRect: seen } of entries) {
			clearTimeout(this.#glances.get(target));
			// The end of it: a post longer than the screen is read when its last line came.
			if (!isIntersecting || seen.bottom < box.bottom - 1) continue;
			const number = Number(/^post-(\d+)$/.exec(target.id)?.[1] ?? 0);
			this.#glances.set(
				target,
				window.setTimeout(() => this.#note(number), glance)
			);
		}
	}

	#note(number: number) {
		if (number <= this.#seen || document.visibilityState === 'hidden') return;
		this.#seen = number;
		this.#noted(number);
		clearTimeout(this.#timer);
		this.#timer = window.setTimeout(() => this.flush(), patience);
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
