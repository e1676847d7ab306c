/**
 * Writing a post and sending it. What is typed is kept on this device while it is typed; what is sent shows at once, and is
 * sent again until the server has said what became of it, each time under the same form, so that it is posted once.
 */
import { untrack } from 'svelte';
import type { Body } from './body.ts';
import { keyOf, leftEvent, type Place } from './kept-keys.ts';
import { type Kept, keptThere, type Quoted, sentFor } from './kept-posts.ts';
import { type Answer, pauseAfter } from './sending.ts';
import type { FileShown } from './threads.server.ts';

/** A post on its way. `waiting`: for a network, or for a server that answers. */
export type Outgoing = Kept & { state: 'sending' | 'waiting' | 'posted'; number: number | null };

type Options = {
	personId: string;
	place: Place;
	/** Made on the server for this page. */
	form: string;
	/** Whether this device may keep what is typed. */
	keeps: boolean;
	send: (what: Kept, signal: AbortSignal) => Promise<Answer>;
	/** It is there: shows it, and then what was shown until now goes. */
	posted: (answer: Extract<Answer, { kind: 'posted' }>) => Promise<void> | void;
	words?: string;
	body?: Body | null;
	files?: FileShown[];
	title?: string;
	/** What stood there before, where words are changed, as one types it and without looks: as long as they are the same, nothing was begun. */
	original?: string[];
	/** And the files that it has: as long as they are the same. */
	originalFiles?: FileShown[];
	quote?: Quoted | null;
	/** What else the form says now, and putting that back into it. */
	choices?: () => Record<string, string>;
	chosen?: (choices: Record<string, string>) => void;
};

/** A request that has said nothing for so long is tried again. */
const patience = 20_000;
/** What is typed is written down so soon after the last letter. */
const soon = 300;

export class Composer {
	words = $state('');
	title = $state('');
	body: Body | null = $state.raw(null);
	/** Files that were sent before, to go with it. */
	files: FileShown[] = $state.raw([]);
	quote: Quoted | null = $state.raw(null);
	/** The form that the next post goes by. */
	form = $state('');
	/** In the order in which they were sent. */
	outgoing: Outgoing[] = $state.raw([]);
	/** Others that this person has begun here and that no other tab has open. */
	others: Kept[] = $state.raw([]);
	/** Whether another tab writes to the same place. */
	elsewhere = $state(false);
	/** Whether what stands there now is on this device. */
	kept = $state(false);
	/** What is wrong, in a sentence. */
	trouble: string | null = $state(null);
	signedOut = $state(false);
	/** Whether the device refuses to keep anything. */
	full = $state(false);
	readonly #options: Options;
	readonly #endings: (() => void)[] = [];
	// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on screen reads it
	readonly #claims = new Map<string, () => void>();
	/** What was sent under the present form, perhaps in vain: other words need another form, or they would be taken for the same. */
	#sentAs: string | null = null;
	#typed = 0;
	#working = false;
	#wake: (() => void) | null = null;
	#ended = false;

	constructor(options: Options) {
		this.#options = options;
		this.form = options.form;
		this.words = options.words ?? '';
		this.body = options.body ?? null;
		this.files = options.files ?? [];
		this.title = options.title ?? '';
		this.quote = options.quote ?? null;
	}

	/** Whose words these are. */
	get by(): string {
		return this.#options.personId;
	}

	/** Whether leaving the page would lose something. */
	get atRisk(): boolean {
		return this.outgoing.some(({ state }) => state !== 'posted') || (!this.kept && this.#hasWords());
	}

	/** Begins in the browser: brings back what was begun here. */
	open(): () => void {
		const { keeps } = this.#options;
		const flush = () => this.#flush();
		const online = () => this.#wake?.();
		const leave = (event: BeforeUnloadEvent) => {
			flush();
			// What is on this device comes back by itself; what is only on this page would be gone.
			if (this.atRisk && (!keeps || this.full)) event.preventDefault();
		};
		addEventListener('pagehide', flush);
		addEventListener('online', online);
		addEventListener('beforeunload', leave);
		this.#endings.push(() => {
			removeEventListener('pagehide', flush);
			removeEventListener('online', online);
			removeEventListener('beforeunload', leave);
		});
		if (keeps) void this.#bringBack();
		return () => this.end();
	}

	end(): void {
		this.#flush();
		this.#ended = true;
		this.#wake?.();
		clearTimeout(this.#typed);
		for (const end of this.#endings) end();
		for (const release of this.#claims.values()) release();
		// From here on whatever page comes next sends it.
		if (this.#options.keeps && this.outgoing.some(({ state }) => state !== 'posted'))
			setTimeout(() => dispatchEvent(new Event(leftEvent)));
	}

	async #bringBack() {
		const { personId, place } = this.#options;
		// Whatever was typed before this script was there goes first.
		const begun = this.#hasWords();
		const found = this.#stored(() => keptThere(localStorage, personId, place)) ?? [];
		const free: Kept[] = [];
		for (const kept of found) {
			if (kept.form === this.form) continue;
			if (await this.#claim(kept.form)) free.push(kept);
			else if (!kept.sent) this.elsewhere = true;
		}
		const now = Date.now();
		const resume = free.filter(({ sent, at }) => sent && now - at <= sentFor);
		const drafts = free.filter((kept) => !resume.includes(kept));
		const [latest] = drafts;
		if (latest && !begun && !this.#hasWords()) {
			this.#take(latest);
			drafts.shift();
		} else void this.#claim(this.form);
		this.others = drafts;
		if (this.#hasWords()) this.#flush();
		if (resume.length > 0) {
			const sent = resume.toReversed().map((kept): Outgoing => ({ ...kept, state: 'sending', number: null }));
			this.outgoing = [...this.outgoing, ...sent];
			void this.#work();
		}
	}

	#hasWords = () => untrack(() => (this.words.trim() !== '' && !this.#isAsItWas()) || this.title.trim() !== '');

	#isAsItWas(): boolean {
		const { original, originalFiles = [] } = this.#options;
		const ids = (files: FileShown[]) => files.map(({ id }) => id).join();
		return (original?.includes(this.words) ?? false) && ids(this.files) === ids(originalFiles);
	}

	#take(kept: Kept) {
		this.form = kept.form;
		this.words = kept.words;
		this.body = kept.body;
		this.files = kept.files;
		this.title = kept.title;
		this.quote ??= kept.quote;
		this.#options.chosen?.(kept.choices);
		this.kept = true;
		this.trouble = kept.trouble ?? null;
		this.#sentAs = kept.sent || kept.trouble ? kept.words : null;
	}

	/** Goes on with another one that was begun; what stands here now takes its place in the list. */
	swap(other: Kept): void {
		const now = this.#current(false);
		this.others = [...this.others.filter(({ form }) => form !== other.form), ...(this.#hasWords() ? [now] : [])];
		if (this.#hasWords()) this.#write(now);
		this.quote = null;
		this.#take(other);
	}

	/** Takes away one that was begun. */
	drop(other: Kept): void {
		this.others = this.others.filter(({ form }) => form !== other.form);
		this.#forget(other.form);
	}

	/** Call whenever something was typed. */
	typed(): void {
		this.trouble = null;
		this.kept = false;
		if (!this.#options.keeps) return;
		clearTimeout(this.#typed);
		this.#typed = window.setTimeout(() => this.#flush(), soon);
	}

	/** So that a tab without these words knows that another one has them, no claim outlives its tab. */
	async #claim(form: string): Promise<boolean> {
		const { personId, place } = this.#options;
		if (!navigator.locks || this.#claims.has(form)) return true;
		return new Promise((resolve) => {
			navigator.locks
				.request(keyOf(personId, place, form), { ifAvailable: true }, (lock) => {
					resolve(lock !== null);
					return lock && !this.#ended
						? new Promise<void>((release) => this.#claims.set(form, release))
						: Promise.resolve();
				})
				.catch(() => resolve(true));
		});
	}

	#current = (sent: boolean): Kept => ({
		form: this.form,
		words: this.words,
		body: this.body,
		files: this.files,
		title: this.title,
		choices: untrack(() => this.#options.choices?.() ?? {}),
		quote: this.quote,
		at: Date.now(),
		sent
	});

	#flush() {
		clearTimeout(this.#typed);
		if (!this.#options.keeps || this.#ended) return;
		if (!this.#hasWords()) this.#forget(this.form);
		// What is kept already stays as old as it is: which tab closed last says nothing of where somebody wrote last.
		else if (!this.kept) this.kept = this.#write(this.#current(false));
	}

	#stored<T>(what: () => T): T | undefined {
		try {
			return what();
		} catch {
			// No room, or a browser that keeps nothing: then it is on this page only, and the page says so.
			this.full = true;
			return undefined;
		}
	}

	#write(kept: Kept): boolean {
		const { personId, place, keeps } = this.#options;
		if (!keeps) return false;
		const done = this.#stored(() => {
			localStorage.setItem(keyOf(personId, place, kept.form), JSON.stringify(kept));
			return true;
		});
		if (done) this.full = false;
		return done ?? false;
	}

	#forget(form: string) {
		const { personId, place } = this.#options;
		this.#stored(() => localStorage.removeItem(keyOf(personId, place, form)));
	}

	/** Sends what stands there. It shows at once, and the field is free for the next. */
	send(): void {
		clearTimeout(this.#typed);
		if (this.words.trim() === '') {
			this.trouble = 'There is nothing in this post yet.';
			return;
		}
		if (this.#sentAs !== null && this.#sentAs !== this.words) {
			this.#forget(this.form);
			this.form = crypto.randomUUID();
		}
		const sent = this.#current(true);
		this.#write(sent);
		void this.#claim(sent.form);
		this.outgoing = [...this.outgoing, { ...sent, state: 'sending', number: null }];
		this.#clear();
		void this.#work();
	}

	#clear() {
		this.form = crypto.randomUUID();
		this.#sentAs = null;
		this.words = '';
		this.title = '';
		this.body = null;
		this.files = [];
		this.quote = null;
		this.trouble = null;
		this.kept = false;
		if (this.#options.keeps) void this.#claim(this.form);
	}

	/** Tries at once what waits for its next try. */
	tryNow(): void {
		this.#wake?.();
	}

	#set(form: string, change: Partial<Outgoing>) {
		this.outgoing = this.outgoing.map((one) => (one.form === form ? { ...one, ...change } : one));
	}

	/** One after the other, so that posts stand in the order in which they were sent. */
	async #work() {
		if (this.#working) return;
		this.#working = true;
		try {
			for (;;) {
				const next = this.outgoing.find(({ state }) => state !== 'posted');
				if (!next || this.#ended) return;
				await this.#deliver(next);
			}
		} finally {
			this.#working = false;
		}
	}

	async #deliver(what: Outgoing) {
		for (let tries = 1; !this.#ended; tries++) {
			this.#set(what.form, { state: 'sending' });
			const { send } = this.#options;
			const answer = await send(what, AbortSignal.timeout(patience)).catch((): Answer => ({ kind: 'again' }));
			if (this.#ended) return;
			switch (answer.kind) {
				case 'posted':
					this.#forget(what.form);
					this.signedOut = false;
					this.#set(what.form, { state: 'posted', number: answer.number });
					await this.#options.posted(answer);
					return;
				case 'refused':
					this.#giveBack(what);
					this.trouble = answer.sentence;
					return;
				case 'signed-out':
					this.#giveBack(what);
					this.signedOut = true;
					return;
				case 'again':
					this.#set(what.form, { state: 'waiting' });
					// eslint-disable-next-line no-restricted-properties -- spreads a staff room's tries; nothing secret
					await this.#pause(pauseAfter(tries, Math.random()));
			}
		}
	}

	#pause(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.#wake?.(), ms);
			this.#wake = () => {
				clearTimeout(timer);
				this.#wake = null;
				resolve();
			};
		});
	}

	/** Puts what was not taken back into the field; what was begun meanwhile is kept beside it. */
	#giveBack(what: Outgoing) {
		const { state: _, number: __, ...kept } = what;
		this.outgoing = this.outgoing.filter(({ form }) => form !== what.form);
		const back = { ...kept, sent: false };
		this.#write(back);
		if (this.#hasWords()) this.swap(back);
		else this.#take(back);
	}

	/** Forgets those that the page shows by now. */
	shown(numbers: ReadonlySet<number>): void {
		const left = this.outgoing.filter(({ number }) => number === null || !numbers.has(number));
		if (left.length !== this.outgoing.length) this.outgoing = left;
	}
}
