/**
 * News between the processes that serve the same product. The database orders what is written, and the bus only says that
 * there is something to read, or who is here. So news may be lost, doubled or late without harm: numbers show a gap, the
 * gap is read from the database, and a poll finds what nobody told.
 *
 * Two ways: Redis, where it is set up, carries words as well; Postgres (LISTEN and NOTIFY) carries ids, because a
 * notification is short and takes a lock that the whole database shares. While Redis is away, Postgres takes over.
 *
 * A process has one bus. Rooms share it, each with kinds of news of its own, and know nothing of each other's.
 */
import { randomUUID } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Database } from '../database.ts';
import { log, traceOf } from '../log.ts';
import { busLimits as limits } from './limits.ts';
import { postgresWay, redisWay, type Way } from './ways.ts';

/** What a room does with news of other processes. */
export interface Ears {
	/** Of which kinds it hears, and how each is read: as it was written, to its last byte. */
	kinds: Record<number, (news: decoding.Decoder, node: string) => void>;
	/** Another process has come up: it knows nothing yet. */
	arrived?(): void;
	/** Another process is gone, and with it everybody who was connected to it. */
	gone?(node: string): void;
	/** News may have been missed. */
	lost?(): void;
}

/** Kinds of the bus itself. */
const kinds = { here: 0, bye: 1 } as const;
/**
 * From this kind on news are in an envelope that says how long they are, so that a process passes over what it does not
 * know. Those below are older: a server of the version before reads them as they are.
 */
const inEnvelope = 6;

/** What went over the buses of this process. On `globalThis` like all that outlives an edit in development. */
const countsKey = Symbol.for('wayfellow.bus.counts');
type Counts = { sent: Record<Way['name'], number>; heard: Record<Way['name'], number> };
export const busCounts = ((globalThis as { [countsKey]?: Counts })[countsKey] ??= {
	sent: { postgres: 0, redis: 0 },
	heard: { postgres: 0, redis: 0 }
});

export class Bus {
	/** Tells our own news from those of other processes. */
	readonly #me = randomUUID();
	readonly #ears = new Set<Ears>();
	readonly #ways: Way[];
	/** Other processes, and when each was last heard of, in ms of this process's own clock. */
	readonly #others = new Map<string, number>();
	/** When anything was heard by the preferred way, our own news too. */
	#heardAt = performance.now();
	#waiting: Uint8Array[] = [];
	/** Ids, by kind of news, that are said once however often they come up until then. */
	readonly #named = new Map<number, Set<string>>();
	#timer: NodeJS.Timeout | undefined;
	readonly #heartbeat: NodeJS.Timeout;
	#closed = false;

	/** @param redisUrl unset: Postgres alone. A database inside this process has no other process to tell. */
	constructor(db: Database, redisUrl?: string) {
		const heard = (way: Way['name']) => (message: Uint8Array) => this.#hear(way, message);
		const lost = () => {
			for (const ears of this.#ears) ears.lost?.();
		};
		this.#ways = db.engine === 'embedded' ? [] : [postgresWay(db, heard('postgres'), lost)];
		if (redisUrl && this.#ways.length > 0) this.#ways.unshift(redisWay(redisUrl, heard('redis'), lost));
		this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs).unref();
		void this.opened.then(() => this.#beat());
	}

	/** Hears for a room from now on. @returns ends that */
	join(ears: Ears): () => void {
		this.#ears.add(ears);
		return () => void this.#ears.delete(ears);
	}

	/** Resolves when news are heard, or when it is clear that a way has to be opened later. */
	get opened(): Promise<unknown> {
		return Promise.all(
			this.#ways.map((way) => way.opened.catch((error: unknown) => log('bus-failed', traceOf(error))))
		);
	}

	/** How many other processes are known to be there. */
	get others(): number {
		return this.#others.size;
	}

	/**
	 * Whether the preferred way works. While it does not, the database has to be asked more often. A line can stand still
	 * without anybody being told; but what we say comes back to us as well, so with each beat something has to be heard.
	 */
	get whole(): boolean {
		const way = this.#ways[0];
		return !way || (way.ready && performance.now() - this.#heardAt < limits.heartbeatMs * 1.5);
	}

	/** The most bytes of one piece of news that carries words; 0 while no way carries them, or nobody else is there. */
	get roomForRows(): number {
		const way = this.#way();
		return way?.carriesRows && this.others > 0 ? way.longest : 0;
	}

	/** Says something to the others, if there are any. @param write puts the news behind their kind */
	say(kind: number, write: (news: encoding.Encoder) => void): void {
		if (this.others === 0) return;
		if (kind < inEnvelope) return this.#queue(newsOf(kind, write));
		const inside = encoding.createEncoder();
		write(inside);
		this.#queue(newsOf(kind, (news) => encoding.writeVarUint8Array(news, encoding.toUint8Array(inside))));
	}

	/** Queues news as `newsOf` made them. */
	sayMade(news: Uint8Array): void {
		this.#queue(news);
	}

	/** Says an id, also to those who are just coming up: once, however often it is named until the news go out. */
	name(kind: number, ids: Iterable<string>): void {
		if (this.#closed || this.#ways.length === 0) return;
		let named = this.#named.get(kind);
		if (!named) this.#named.set(kind, (named = new Set()));
		for (const id of ids) named.add(id);
		this.#soon();
	}

	/** Says at once what is still to be said. */
	async flush(): Promise<void> {
		await this.#send();
	}

	/** Says what is still to be said, takes leave, and listens no more. */
	async close(): Promise<void> {
		if (this.#closed) return;
		clearInterval(this.#heartbeat);
		await this.#send();
		this.#queue(newsOf(kinds.bye)); // by itself: whatever else somebody does not know, this they understand
		await this.#send();
		this.#closed = true;
		clearTimeout(this.#timer);
		await this.opened;
		await Promise.all(this.#ways.map((way) => way.close().catch(() => {})));
	}

	#way(): Way | undefined {
		return this.#ways.find((way) => way.ready) ?? this.#ways.at(-1);
	}

	#queue(news: Uint8Array): void {
		if (this.#ways.length === 0) return;
		this.#waiting.push(news);
		this.#soon();
	}

	#soon(): void {
		if (this.#closed || this.#ways.length === 0) return;
		// Rows go at once, together with whatever else this turn has; ids wait for more of them.
		const ms = this.#way()!.carriesRows ? 0 : limits.newsEveryMs;
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			void this.#send();
		}, ms);
	}

	async #send(): Promise<void> {
		const way = this.#way();
		if (!way) return;
		for (const [kind, ids] of this.#named)
			for (const id of ids) this.#waiting.push(newsOf(kind, (news) => encoding.writeVarString(news, id)));
		this.#named.clear();
		const waiting = this.#waiting;
		this.#waiting = [];
		// Apart, because whoever does not know a kind without an envelope reads no further.
		const { plain = [], wrapped = [] } = Object.groupBy(waiting, ([kind]) =>
			kind! < inEnvelope ? 'plain' : 'wrapped'
		);
		for (const some of [plain, wrapped])
			for (const message of this.#messages(some, way.longest)) {
				try {
					await way.send(message);
					busCounts.sent[way.name]++;
				} catch (error) {
					log('news-failed', traceOf(error)); // the others' poll finds it
				}
			}
	}

	/** Packs news into as few messages as fit. One that is too long by itself (presence only) is left out. */
	*#messages(news: Uint8Array[], longest: number): Iterable<Uint8Array> {
		let encoder: encoding.Encoder | undefined;
		for (const one of news) {
			if (one.length + 64 > longest) continue;
			if (encoder && encoding.length(encoder) + one.length > longest) {
				yield encoding.toUint8Array(encoder);
				encoder = undefined;
			}
			if (!encoder) {
				encoder = encoding.createEncoder();
				encoding.writeVarString(encoder, this.#me);
			}
			encoding.writeUint8Array(encoder, one);
		}
		if (encoder) yield encoding.toUint8Array(encoder);
	}

	#hear(way: Way['name'], message: Uint8Array): void {
		if (this.#closed) return;
		if (way === this.#ways[0]?.name) this.#heardAt = performance.now();
		try {
			const input = decoding.createDecoder(message);
			const node = decoding.readVarString(input);
			if (node === this.#me) return;
			busCounts.heard[way]++;
			const isNew = !this.#others.has(node);
			this.#others.set(node, performance.now());
			if (isNew) {
				this.#beat(); // so that it knows of us
				for (const ears of this.#ears) ears.arrived?.();
			}
			while (decoding.hasContent(input) && this.#read(input, node));
		} catch (error) {
			log('news-not-understood', traceOf(error)); // another version of ours, or a stranger on the same Redis
		}
	}

	/** @returns whether it is known where the next piece begins */
	#read(input: decoding.Decoder, node: string): boolean {
		const kind = decoding.readVarUint(input);
		if (kind === kinds.bye) this.#forget(node);
		if (kind === kinds.here || kind === kinds.bye) return true;
		const news = kind < inEnvelope ? input : decoding.createDecoder(decoding.readVarUint8Array(input));
		for (const ears of this.#ears) {
			const read = ears.kinds[kind];
			if (!read) continue;
			read(news, node);
			return true;
		}
		// The room that it concerns is not open here, so nobody misses it.
		return kind >= inEnvelope;
	}

	/** Says that we are here, and gives up those who have not said so for long. */
	#beat(): void {
		this.#queue(newsOf(kinds.here));
		const oldest = performance.now() - limits.heartbeatMs * 3.5;
		for (const [node, heardAt] of this.#others) if (heardAt < oldest) this.#forget(node);
	}

	#forget(node: string): void {
		if (this.#others.delete(node)) for (const ears of this.#ears) ears.gone?.(node);
	}
}

/** News of one kind, ready to be sent. */
export function newsOf(kind: number, write?: (news: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, kind);
	write?.(encoder);
	return encoding.toUint8Array(encoder);
}

// ---- the one bus of this process ------------------------------------------------------------------------------------

const key = Symbol.for('wayfellow.bus');
const shelf = globalThis as { [key]?: Bus };

/** The bus of this process, made when first asked for: before anybody has a page open there is nothing to tell. */
export const openBus = (db: Database, redisUrl?: string): Bus => (shelf[key] ??= new Bus(db, redisUrl));

/** Takes leave of the other processes. Rooms that speak over it are closed before. */
export async function closeBus(): Promise<void> {
	const bus = shelf[key];
	delete shelf[key];
	await bus?.close();
}
