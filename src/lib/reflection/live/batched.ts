/**
 * Questions that come in one by one and are asked together: those of a thousand sockets that return at one moment
 * become a few statements. Who comes alone is asked about at once.
 */
export type Bounds = {
	/** Questions in one batch. */
	most: number;
	/** Batches under way at one time; the next waits, and grows meanwhile. */
	atOnce: number;
	/** Batches begin at least this far apart. */
	everyMs: number;
};

type Asked<Question, Answer> = {
	question: Question;
	resolve(answer: Answer): void;
	reject(error: unknown): void;
};

export class Batched<Question, Answer> {
	readonly #answer: (questions: Question[]) => Promise<Answer[]>;
	readonly #bounds: Bounds;
	readonly #mayBeOnesOwn: (error: unknown) => boolean;
	#waiting: Asked<Question, Answer>[] = [];
	#underWay = 0;
	#next = 0;
	#begins = false;

	/**
	 * @param answer answers many, in order. It may answer only the first so many, when all would be too much at once;
	 * the others are asked again, before those who came later.
	 * @param mayBeOnesOwn whether an error may be due to one question alone. Then each is asked by itself, so that the
	 * others do not pay for it.
	 */
	constructor(
		answer: (questions: Question[]) => Promise<Answer[]>,
		bounds: Bounds,
		mayBeOnesOwn: (error: unknown) => boolean = () => false
	) {
		this.#answer = answer;
		this.#bounds = bounds;
		this.#mayBeOnesOwn = mayBeOnesOwn;
	}

	/**
	 * Asks with the next batch. A batch that has begun answers nothing more: whoever asks again because of news is
	 * answered by a question that was put after them. For the same reason equal questions do not share an answer.
	 */
	ask(question: Question): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ question, resolve, reject });
			this.#soon();
		});
	}

	#soon(): void {
		if (this.#begins || this.#waiting.length === 0 || this.#underWay >= this.#bounds.atOnce) return;
		this.#begins = true;
		const early = this.#next - performance.now();
		// Everything that arrives in the same turn of the event loop goes together.
		if (early > 0) setTimeout(() => void this.#begin(), early);
		else setImmediate(() => void this.#begin());
	}

	async #begin(): Promise<void> {
		this.#begins = false;
		this.#next = performance.now() + this.#bounds.everyMs;
		this.#underWay++;
		const batch = this.#waiting.splice(0, this.#bounds.most);
		this.#soon();
		const left = await this.#settle(batch);
		this.#waiting.unshift(...left);
		this.#underWay--;
		this.#soon();
	}

	/** @returns those without an answer yet */
	async #settle(batch: Asked<Question, Answer>[]): Promise<Asked<Question, Answer>[]> {
		try {
			const answers = await this.#answer(batch.map(({ question }) => question));
			if (answers.length === 0) throw new Error('Nothing was answered.');
			answers.forEach((answer, i) => batch[i]!.resolve(answer));
			return batch.slice(answers.length);
		} catch (error) {
			if (batch.length > 1 && this.#mayBeOnesOwn(error)) for (const one of batch) await this.#settle([one]);
			else for (const { reject } of batch) reject(error);
			return [];
		}
	}
}
