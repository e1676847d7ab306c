/**
 * News between the processes that serve the same reflections. No process owns a document: the database orders the log,
 * and the bus only says that there is something to read, or who is here. So news may be lost, doubled or late without
 * harm: numbers show a gap, the gap is read from the database, and a poll finds what nobody told.
 *
 * Two ways: Redis, where it is set up, carries the rows themselves; Postgres (LISTEN and NOTIFY) carries ids, because a
 * notification is short and takes a lock that the whole database shares. While Redis is away, Postgres takes over.
 */
import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Database, ServiceSession } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { limits } from './limits.ts';
import { metrics } from './metrics.server.ts';

/** A row of the log as other processes hear of it. */
export type RowNews = { number: number; personId: string; updates: Uint8Array[] };

/** What a process does with the news of others. */
export interface Ears {
	/** A log has grown; `row` comes along where the bus carries rows. */
	written(reflectionId: string, row: RowNews | null): void;
	/** Who is here in another process, as an awareness update that it made. */
	presence(node: string, reflectionId: string, states: Uint8Array): void;
	/** Another process has opened a document and wants to know who is here. */
	asked(reflectionId: string): void;
	/** Another process has come up: it knows nothing yet of who is here. */
	arrived(): void;
	/** Another process is gone, and with it everybody who was connected to it. */
	gone(node: string): void;
	/** News may have been missed. */
	lost(): void;
}

const kinds = { here: 0, bye: 1, written: 2, row: 3, presence: 4, who: 5 } as const;
const channel = 'reflection_news';
const listed = `select pg_notify('${channel}', $1)`;

/** One way for bytes to every process, this one included. */
interface Way {
	readonly name: 'postgres' | 'redis';
	/** The most bytes of one message. */
	readonly longest: number;
	readonly carriesRows: boolean;
	readonly ready: boolean;
	readonly opened: Promise<unknown>;
	send(message: Uint8Array): Promise<unknown>;
	close(): Promise<void>;
}

export class Bus {
	/** Tells our own news from those of other processes. */
	readonly #me = randomUUID();
	readonly #ears: Ears;
	readonly #ways: Way[];
	/** Other processes, and when each was last heard of, in ms of this process's own clock. */
	readonly #others = new Map<string, number>();
	/** When anything was heard by the preferred way, our own news too. */
	#heardAt = performance.now();
	#waiting: Uint8Array[] = [];
	readonly #grown = new Set<string>();
	#timer: NodeJS.Timeout | undefined;
	readonly #heartbeat: NodeJS.Timeout;
	#closed = false;

	/** @param redisUrl unset: Postgres alone. A database inside this process has no other process to tell. */
	constructor(db: Database, ears: Ears, redisUrl?: string) {
		this.#ears = ears;
		const heard = (way: Way['name']) => (message: Uint8Array) => this.#hear(way, message);
		const lost = () => ears.lost();
		this.#ways = db.engine === 'embedded' ? [] : [postgresWay(db, heard('postgres'), lost)];
		if (redisUrl && this.#ways.length > 0) this.#ways.unshift(redisWay(redisUrl, heard('redis'), lost));
		this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs).unref();
		void this.opened.then(() => this.#beat());
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

	/** Says that a row is in the database. Call it after the commit. */
	written(reflectionId: string, row: RowNews): void {
		const way = this.#way();
		if (!way) return;
		if (way.carriesRows && this.others > 0) {
			const news = rowNews(reflectionId, row);
			if (news.length < way.longest) return this.#queue(news);
		}
		this.#grown.add(reflectionId);
		this.#soon();
	}

	/** Says of documents that they may have grown, to processes that have just come up. */
	grown(reflectionIds: Iterable<string>): void {
		for (const id of reflectionIds) this.#grown.add(id);
		this.#soon();
	}

	/** Says who is here. */
	presence(reflectionId: string, states: Uint8Array): void {
		if (this.others === 0) return;
		const encoder = wordOf(kinds.presence);
		encoding.writeVarString(encoder, reflectionId);
		encoding.writeVarUint8Array(encoder, states);
		this.#queue(encoding.toUint8Array(encoder));
	}

	/** Asks the others who is here: said once, it may have been said before we opened the document. */
	who(reflectionId: string): void {
		if (this.others === 0) return;
		const encoder = wordOf(kinds.who);
		encoding.writeVarString(encoder, reflectionId);
		this.#queue(encoding.toUint8Array(encoder));
	}

	/** Says what is still to be said, takes leave, and listens no more. */
	async close(): Promise<void> {
		if (this.#closed) return;
		clearInterval(this.#heartbeat);
		this.#queue(encoding.toUint8Array(wordOf(kinds.bye)));
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
		for (const id of this.#grown) {
			const encoder = wordOf(kinds.written);
			encoding.writeVarString(encoder, id);
			this.#waiting.push(encoding.toUint8Array(encoder));
		}
		this.#grown.clear();
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const message of this.#messages(waiting, way.longest)) {
			try {
				await way.send(message);
				metrics.counts.newsSent[way.name]++;
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
			metrics.counts.newsHeard[way]++;
			const isNew = !this.#others.has(node);
			this.#others.set(node, performance.now());
			if (isNew) {
				this.#beat(); // so that it knows of us
				this.#ears.arrived();
			}
			while (decoding.hasContent(input)) this.#read(input, node);
		} catch (error) {
			log('news-not-understood', traceOf(error)); // another version of ours, or a stranger on the same Redis
		}
	}

	#read(input: decoding.Decoder, node: string): void {
		switch (decoding.readVarUint(input)) {
			case kinds.here:
				return;
			case kinds.bye:
				this.#forget(node);
				return;
			case kinds.written:
				this.#ears.written(decoding.readVarString(input), null);
				return;
			case kinds.row: {
				const id = decoding.readVarString(input);
				const number = decoding.readVarUint(input);
				const personId = decoding.readVarString(input);
				const updates: Uint8Array[] = [];
				// Copies of their own: the message is a window on everything that arrived with it.
				for (let left = decoding.readVarUint(input); left > 0; left--)
					updates.push(decoding.readVarUint8Array(input).slice());
				this.#ears.written(id, { number, personId, updates });
				return;
			}
			case kinds.presence:
				this.#ears.presence(node, decoding.readVarString(input), decoding.readVarUint8Array(input));
				return;
			case kinds.who:
				this.#ears.asked(decoding.readVarString(input));
				return;
			default:
				throw new Error('unknown news');
		}
	}

	/** Says that we are here, and gives up those who have not said so for long. */
	#beat(): void {
		this.#queue(encoding.toUint8Array(wordOf(kinds.here)));
		const oldest = performance.now() - limits.heartbeatMs * 3.5;
		for (const [node, heardAt] of this.#others) if (heardAt < oldest) this.#forget(node);
	}

	#forget(node: string): void {
		if (this.#others.delete(node)) this.#ears.gone(node);
	}
}

function wordOf(kind: number): encoding.Encoder {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, kind);
	return encoder;
}

function rowNews(reflectionId: string, { number, personId, updates }: RowNews): Uint8Array {
	const encoder = wordOf(kinds.row);
	encoding.writeVarString(encoder, reflectionId);
	encoding.writeVarUint(encoder, number);
	encoding.writeVarString(encoder, personId);
	encoding.writeVarUint(encoder, updates.length);
	for (const update of updates) encoding.writeVarUint8Array(encoder, update);
	return encoding.toUint8Array(encoder);
}

/** Sent from a session of its own and never inside a writing transaction. */
function postgresWay(db: Database, heard: (message: Uint8Array) => void, lost: () => void): Way {
	const session: ServiceSession = db.serviceSession();
	const listening = db.listen(channel, (text) => heard(Buffer.from(text, 'base64')), lost);
	return {
		name: 'postgres',
		longest: 5_900, // a notification holds 8,000 bytes, of text
		carriesRows: false,
		ready: true,
		opened: listening,
		send: (message) => session.run(listed, [Buffer.from(message).toString('base64')]),
		close: async () => {
			await listening.then((stop) => stop()).catch(() => {});
			await session.close();
		}
	};
}

function redisWay(url: string, heard: (message: Uint8Array) => void, lost: () => void): Way {
	const options = {
		url,
		disableOfflineQueue: true, // what can't be sent now goes through Postgres
		pingInterval: 10_000, // a connection can die without a word
		socket: {
			connectTimeout: 3_000,
			socketTimeout: 30_000,
			reconnectStrategy: (tries: number) =>
				Math.min(2_000, 50 * 2 ** Math.min(tries, 6)) + Math.floor(50 * Math.random()) // eslint-disable-line no-restricted-properties -- nobody gains by guessing when we come back
		}
	};
	const speaker = createClient(options);
	const listener = createClient(options);
	let away = false;
	for (const client of [speaker, listener])
		client.on('error', (error: unknown) => {
			if (!away) log('redis-away', traceOf(error));
			away = true;
		});
	listener.on('ready', () => {
		if (away) {
			log('redis-back');
			lost();
		}
		away = false;
	});
	const opening = Promise.all([
		speaker.connect(),
		listener.connect().then(() => listener.subscribe(channel, (message) => heard(message), true))
	]);
	opening.catch(() => {}); // it was logged as an error, and it goes on trying
	return {
		name: 'redis',
		longest: 1024 * 1024,
		carriesRows: true,
		get ready() {
			return speaker.isReady && listener.isReady;
		},
		// A Redis that is away at the start is no reason to wait.
		opened: Promise.race([opening, new Promise((done) => setTimeout(done, 3_000).unref())]),
		send: (message) => speaker.publish(channel, Buffer.from(message)),
		close: async () => {
			for (const client of [speaker, listener]) client.destroy();
			await Promise.resolve();
		}
	};
}
