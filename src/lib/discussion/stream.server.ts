/**
 * What one open page is told while it is open, as server-sent events: numbers, and no word of anybody. Nothing waits in
 * line for a slow reader: what they have not heard yet is a state, and they hear the newest.
 */
import { newsLimits as limits } from './news-limits.ts';

export type Holder = { personId: string; sessionId: string; threadId: string };

/** Why a stream ended. `session` and `access`: nothing to come back for, unless somebody signs in again. */
export type Ending = 'left' | 'session' | 'access' | 'slow' | 'old' | 'over' | 'stopping';

const encoder = new TextEncoder();

export class Stream {
	readonly holder: Holder;
	readonly body: ReadableStream<Uint8Array>;
	/** Rights are known, and it is told what happens. */
	welcomed = false;
	/** News of rights came while they were being asked for: ask again. */
	stale = false;
	#controller!: ReadableStreamDefaultController<Uint8Array>;
	#ended = false;
	/** What there is to say, and what was said. */
	#version = -1;
	#saidVersion = -1;
	#here = 0;
	#saidHere = 0;
	#notified = 0;
	#saidNotified = 0;
	#readUpTo: number | null = null;
	#first = '';
	#beat = false;
	/** Since when something waits to be taken. */
	#waitsSince: number | null = null;
	#spokeAt = performance.now();
	readonly #endsAt: number;
	readonly #cut: (() => void) | undefined;

	/**
	 * @param chance between 0 and 1: not all come back at one moment
	 * @param left the reader is gone
	 * @param cut lets go of the line at once, where the server knows it
	 */
	constructor(holder: Holder, chance: number, left: (stream: Stream) => void, cut?: () => void) {
		this.holder = holder;
		this.#cut = cut;
		this.#endsAt = performance.now() + limits.lifetimeMs * (1 + chance / 5);
		this.#first = `retry: ${Math.round(limits.retryMs * (1 + chance))}\n\n`;
		this.body = new ReadableStream<Uint8Array>({
			start: (controller) => void (this.#controller = controller),
			pull: () => this.#speak(),
			cancel: () => {
				this.#ended = true;
				left(this);
			}
		});
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** Rights are known: from here on it is told, beginning with what is so now. */
	welcome(version: number, here: number): void {
		this.welcomed = true;
		this.#version = version;
		this.#here = here;
		this.#speak();
	}

	/** The thread has changed. */
	version(version: number): void {
		if (version <= this.#version) return;
		this.#version = version;
		this.#speak();
	}

	/** So many people are here. */
	here(count: number): void {
		this.#here = count;
		this.#speak();
	}

	/** There is something new for this person, elsewhere in the product. */
	notified(): void {
		this.#notified++;
		this.#speak();
	}

	/** Its reader has read so far, on this page or on another device; less than before where they keep something for later. */
	read(upTo: number): void {
		this.#readUpTo = upTo;
		this.#speak();
	}

	/** Time has passed. @returns why it has to end, if it has to */
	pass(now: number): Ending | null {
		if (!this.welcomed || this.#ended) return null;
		if (this.#waitsSince !== null && now - this.#waitsSince > limits.slowMs) return 'slow';
		if (now > this.#endsAt) return 'old';
		if (now - this.#spokeAt >= limits.heartbeatMs) {
			this.#beat = true;
			this.#speak();
		}
		return null;
	}

	/** @param retryMs when to come back, where there is something to come back for */
	end(why: Ending, retryMs?: number): void {
		if (this.#ended) return;
		this.#ended = true;
		// Whoever does not read will not read this either.
		if (why === 'slow') {
			this.#controller.error(new Error('The reader of a stream takes nothing.'));
			return this.#cut?.();
		}
		const last = why === 'session' || why === 'access' ? `event: ended\ndata: ${why}\n\n` : '';
		const retry = retryMs === undefined ? '' : `retry: ${Math.round(retryMs)}\n\n`;
		if (this.welcomed && (last || retry)) this.#controller.enqueue(encoder.encode(retry + last));
		this.#controller.close();
	}

	/** Lets go of the line, whether or not all was read. */
	cut(): void {
		this.#cut?.();
	}

	/** Says what has not been said, if the reader has taken what was said before. */
	#speak(): void {
		if (!this.welcomed || this.#ended) return;
		const news =
			this.#first +
				(this.#version > this.#saidVersion ? `id: ${this.#version}\nevent: version\ndata: ${this.#version}\n\n` : '') +
				(this.#here !== this.#saidHere ? `event: here\ndata: ${this.#here}\n\n` : '') +
				(this.#notified > this.#saidNotified ? `event: notified\ndata: ${this.#notified}\n\n` : '') +
				(this.#readUpTo === null ? '' : `event: read\ndata: ${this.#readUpTo}\n\n`) ||
			// Not a mere comment: a page can't hear those, and would not know a line that is dead from one that is quiet.
			(this.#beat ? 'event: beat\ndata: 0\n\n' : '');
		if (!news) return;
		if ((this.#controller.desiredSize ?? 0) <= 0) {
			this.#waitsSince ??= performance.now();
			return;
		}
		this.#first = '';
		this.#saidVersion = this.#version;
		this.#saidHere = this.#here;
		this.#saidNotified = this.#notified;
		this.#readUpTo = null;
		this.#beat = false;
		this.#waitsSince = null;
		this.#spokeAt = performance.now();
		this.#controller.enqueue(encoder.encode(news));
	}
}
