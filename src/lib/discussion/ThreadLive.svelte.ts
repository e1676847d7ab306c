/**
 * The browser's end of a live thread. A stream says numbers: "version 17", "3 here". What has changed is asked for as
 * oneself, from the version on that the page has, so that nothing comes out of order and a gap heals by the same question.
 */
import { takeLine } from './lines.ts';
import { join, newPosts } from './merging.ts';
import type { Changes, PostShown, ThreadHead } from './threads.server.ts';

/** Why a page is told nothing any more. */
export type Over = 'signed-out' | 'not-yours';

type Options = {
	/** Whether the page shows an own post that is still on its way. */
	sending?: () => boolean;
	/** More has changed than is sent at once, so the page should ask for itself. */
	reload?: () => void;
	/** Something is new for this person, elsewhere in the product. */
	notified?: () => void;
	/** This person has read so far, here or on another device; or keeps for later what comes behind. */
	read?: (upTo: number) => void;
};

/** A tab that nobody looks at needs no line: browsers have few to one server, and whoever is away is not here. In ms. */
const hiddenFor = 15_000;
/** At most one sentence in so long, so that a screen reader can read the thread. */
const sayEvery = 5_000;
/** Between two tries, growing; each a little by chance. */
const [firstWait, longestWait] = [1_000, 30_000];
/** A request that has said nothing for so long is tried again. */
const patience = 15_000;
/** Without a line, or with one that tells nothing, a page asks this often. */
const askEvery = 5_000;
/** A line says where the thread stands at once. One that does not is held back on the way, by a proxy that waits for more. */
const firstWordWithin = 8_000;
/** And from then on something every quarter of a minute. One that is silent for longer is dead: the laptop slept, the phone changed networks. */
const silentFor = 40_000;
/** The longest that an own post waits for what the page shows of it to settle. */
const ownWaits = 3_000;

export class ThreadLive {
	posts: PostShown[] = $state.raw([]);
	thread: ThreadHead = $state.raw(null!);
	/** How many people have this thread open, oneself among them; 0 while that is not known. */
	here = $state(0);
	/** What is said to whoever does not see the page change. */
	status = $state('');
	/** New posts of others that have arrived and were not looked at. */
	unseen = $state(0);
	/** The first of those that arrived on a later page of the thread, and how many. */
	beyond: { number: number; count: number } | null = $state.raw(null);
	over: Over | null = $state(null);
	readonly #options: Options;
	#version: number;
	#wanted = 0;
	#source: EventSource | null = null;
	#line: (() => void) | null = null;
	#opening = false;
	/** When the line said something last, by the clock that goes on in a laptop that sleeps; and whether it ever did. */
	#heardAt = 0;
	#spoke = false;
	#watching = 0;
	#asking = false;
	#failed = 0;
	#again = 0;
	#hidden = 0;
	#waiting: PostShown[] = [];
	#waitsSince = 0;
	#waits = 0;
	#unsaid = 0;
	#saidAt = -Infinity;
	#saying = 0;
	#stopped = true;

	/** @param posts a window of the thread, in order and without gaps */
	constructor(thread: ThreadHead, posts: PostShown[], options: Options = {}) {
		this.thread = thread;
		this.posts = posts;
		this.#version = thread.version;
		this.#options = options;
	}

	/** Begins in the browser. @returns ends it */
	start(): () => void {
		this.#stopped = false;
		document.addEventListener('visibilitychange', this.#looked);
		addEventListener('pagehide', this.#hide);
		addEventListener('pageshow', this.#looked);
		addEventListener('online', this.#online);
		this.#watching = window.setInterval(this.#watch, 2_000);
		this.#looked();
		return () => this.stop();
	}

	stop(): void {
		this.#stopped = true;
		this.#hide();
		clearInterval(this.#watching);
		for (const timer of [this.#saying, this.#waits]) clearTimeout(timer);
		document.removeEventListener('visibilitychange', this.#looked);
		removeEventListener('pagehide', this.#hide);
		removeEventListener('pageshow', this.#looked);
		removeEventListener('online', this.#online);
	}

	/** The page has been given the thread anew: by going further in it, or by a form. */
	show(thread: ThreadHead, posts: PostShown[]): void {
		this.thread = thread;
		this.posts = posts;
		this.#waiting = [];
		this.beyond = null;
		// Made before something that is here already: asked for once more.
		const missed = thread.version < this.#version;
		this.#version = thread.version;
		if (missed) void this.catchUp();
	}

	/** Asks what has changed. Resolves when the page shows it. */
	async catchUp(version = Infinity): Promise<void> {
		this.#wanted = Math.max(this.#wanted, version);
		if (this.#asking || this.over || this.#stopped) return;
		this.#asking = true;
		try {
			while (this.#wanted > this.#version && !this.over && !this.#stopped) {
				this.#wanted = 0; // news that come while we ask are asked about again
				if (!(await this.#ask())) break;
			}
		} finally {
			this.#asking = false;
		}
	}

	/** What was new has been looked at, up to that number: here, or on another device. */
	seen(upTo = Infinity): void {
		if (upTo >= (this.posts.at(-1)?.number ?? 0)) this.unseen = 0;
		if (upTo !== Infinity && upTo >= this.thread.posts) this.beyond = null;
	}

	/** What was on its way has settled, so that the true posts take its place. */
	settle(): void {
		clearTimeout(this.#waits);
		const waiting = this.#waiting;
		this.#waiting = [];
		if (waiting.length > 0) this.#join(waiting, false);
	}

	readonly #looked = (): void => {
		clearTimeout(this.#hidden);
		if (document.visibilityState === 'hidden') this.#hidden = window.setTimeout(this.#hide, hiddenFor);
		else if (!this.#source && !this.#again) void this.#open();
	};

	readonly #hide = (): void => {
		clearTimeout(this.#hidden);
		clearTimeout(this.#again);
		this.#again = 0;
		this.#close();
	};

	#close(): void {
		this.#source?.close();
		this.#source = null;
		this.#line?.();
		this.#line = null;
		this.here = 0;
	}

	readonly #watch = (): void => {
		if (!this.#source || Date.now() - this.#heardAt < (this.#spoke ? silentFor : firstWordWithin)) return;
		if (this.#spoke) this.#comeBack(true);
		else this.#askLater();
	};

	readonly #online = (): void => {
		if (!this.#again) return;
		clearTimeout(this.#again);
		this.#again = 0;
		this.#looked();
	};

	async #open(): Promise<void> {
		if (this.#stopped || this.over || this.#opening) return;
		this.#opening = true;
		const line = await takeLine();
		this.#opening = false;
		if (this.#stopped || this.over || this.#source || document.visibilityState === 'hidden') return line?.();
		if (!line) return this.#askLater();
		this.#line = line;
		const source = new EventSource(`/threads/${this.thread.id}/live`);
		this.#source = source;
		this.#heardAt = Date.now();
		this.#spoke = false;
		const on = (name: string, hear: (data: string) => void) =>
			source.addEventListener(name, ({ data }) => {
				if (this.#source !== source) return;
				this.#failed = 0;
				this.#heardAt = Date.now();
				this.#spoke = true;
				hear(data as string);
			});
		on('version', (data) => void this.catchUp(Number(data)));
		on('here', (data) => (this.here = Number(data)));
		on('read', (data) => this.#options.read?.(Number(data)));
		on('beat', () => {});
		on('notified', () => this.#options.notified?.());
		// A session that was made anew in another tab ends streams as well: the next answer says what is so.
		on('ended', () => this.#comeBack(true));
		source.onerror = () => {
			if (this.#source !== source) return;
			this.here = 0;
			// Coming back has a while of its own, and then it says something at once.
			this.#heardAt = Date.now();
			this.#spoke = false;
			// Otherwise the browser comes back by itself.
			if (source.readyState === EventSource.CLOSED) this.#comeBack(false);
		};
	}

	#comeBack(soon: boolean): void {
		this.#close();
		if (this.#stopped || this.over || this.#again) return;
		const wait = soon && this.#failed === 0 ? 100 : Math.min(longestWait, firstWait * 2 ** this.#failed);
		this.#failed++;
		// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when somebody comes back
		this.#tryIn(wait * (1 + Math.random() / 2));
	}

	/** There is no line that tells anything: asks instead, and then tries for one again. */
	#askLater(): void {
		this.#close();
		if (!this.#stopped && !this.over && !this.#again) this.#tryIn(askEvery);
	}

	#tryIn(ms: number): void {
		this.#again = window.setTimeout(async () => {
			this.#again = 0;
			// A stream that is refused does not say why; this does.
			await this.catchUp();
			this.#looked();
		}, ms);
	}

	/** @returns whether there was an answer */
	async #ask(): Promise<boolean> {
		let response: Response;
		try {
			response = await fetch(`/threads/${this.thread.id}/changes?since=${this.#version}`, {
				headers: { accept: 'application/json' },
				redirect: 'manual',
				signal: AbortSignal.timeout(patience)
			});
		} catch {
			this.#comeBack(false);
			return false;
		}
		if (response.type === 'opaqueredirect' || response.status === 401) return this.#end('signed-out');
		if (response.status === 404 || response.status === 403) return this.#end('not-yours');
		const changes = response.ok ? ((await response.json().catch(() => null)) as Changes | null) : null;
		if (!changes) {
			this.#comeBack(false);
			return false;
		}
		this.#version = Math.max(this.#version, changes.thread.version);
		const known = this.thread.posts;
		this.thread = changes.thread;
		if (changes.reload) this.#options.reload?.();
		else this.#join([...this.#waiting, ...changes.posts], this.#options.sending?.() ?? false, known);
		return true;
	}

	#join(changed: PostShown[], ownWait: boolean, known = Infinity): void {
		const late = this.#waiting.length > 0 && performance.now() - this.#waitsSince > ownWaits;
		const { posts, fresh, beyond, waiting } = join(this.posts, changed, this.thread, ownWait && !late, known);
		if (waiting.length > 0 && this.#waiting.length === 0) {
			this.#waitsSince = performance.now();
			this.#waits = window.setTimeout(() => this.settle(), ownWaits);
		}
		this.#waiting = waiting;
		this.posts = posts;
		if (beyond.length > 0)
			this.beyond = {
				number: this.beyond?.number ?? beyond[0]!,
				count: (this.beyond?.count ?? 0) + beyond.length
			};
		const news = fresh.length + beyond.length;
		if (news === 0) return;
		this.unseen += fresh.length;
		this.#unsaid += news;
		this.#say();
	}

	#say(): void {
		if (this.#saying) return;
		const early = this.#saidAt + sayEvery - performance.now();
		this.#saying = window.setTimeout(
			() => {
				this.#saying = 0;
				this.#saidAt = performance.now();
				this.status = newPosts(this.#unsaid);
				this.#unsaid = 0;
				// The same sentence once more is heard only if there was none in between.
				setTimeout(() => (this.status = ''), sayEvery / 2);
			},
			Math.max(0, early)
		);
	}

	/** What may not be read any more leaves the screen; drafts are elsewhere and stay. */
	#end(why: Over): false {
		this.over = why;
		this.posts = [];
		this.#waiting = [];
		this.stop();
		return false;
	}
}
