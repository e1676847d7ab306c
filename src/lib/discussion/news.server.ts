/**
 * What open pages of threads are told: that a thread has changed, and how many people have it open. News are numbers
 * only; whoever hears "version 17" asks for what changed since the version that they have, as themselves, so that nothing
 * is shown to anybody who may not see it, nothing comes out of order, and a gap heals by the same question.
 *
 * Who may listen is asked at the door, again on news from the database, and by a poll in case news got lost.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { notFound, Refusal } from '#lib/errors.ts';
import { Batched } from '#lib/reflection/live/batched.ts';
import { newsOf, type Bus } from '#lib/server/bus/bus.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { Here } from './here.ts';
import { newsLimits as limits } from './news-limits.ts';
import { newsMetrics } from './news-metrics.server.ts';
import { standingsOf, versionsOf, type HolderNow, type ThreadNow } from './listening.server.ts';
import { Stream, type Ending, type Holder } from './stream.server.ts';

/** Of the bus: those below are others'. */
const kinds = { version: 6, here: 7, who: 8, read: 9 } as const;
/** Where rooms say that there is something new for a person; the payload is their id. */
const notifiedChannel = 'notified';

type OpenThread = { id: string; streams: Set<Stream>; version: number; here: Here; unsaid: boolean };

const busy = () =>
	new Refusal(
		'too-many',
		'Very many pages are open at this moment, so this one is not told what happens. Load it again to see what is new.'
	);

export class News {
	readonly #db: Database;
	readonly #bus: Bus;
	readonly #leaveBus: () => void;
	readonly #threads = new Map<string, OpenThread>();
	readonly #people = new Map<string, Set<Stream>>();
	readonly #standings: Batched<Holder, HolderNow>;
	readonly #timers: NodeJS.Timeout[] = [];
	#unlisten: Promise<(() => Promise<void>)[]> | undefined;
	#streams = 0;
	#atTheDoor = 0;
	/** Threads that have changed and of which nobody was told yet. */
	#changed = new Set<string>();
	#telling: NodeJS.Timeout | undefined;
	#toldAt = -Infinity;
	/** Threads in which people came or went. */
	readonly #moved = new Set<OpenThread>();
	#counting: NodeJS.Timeout | undefined;
	#closing: Promise<void> | undefined;

	constructor(db: Database, bus: Bus) {
		this.#db = db;
		this.#bus = bus;
		this.#standings = new Batched((holders) => standingsOf(db, holders), {
			most: limits.askedAtOnce,
			atOnce: 2,
			everyMs: 10
		});
		this.#leaveBus = bus.join({
			kinds: {
				[kinds.version]: (news) => {
					const id = readId(news);
					const version = decoding.readVarUint(news);
					this.#hear({ id, version, withheld: decoding.readVarUint(news) === 1 });
				},
				[kinds.here]: (news, node) => {
					const thread = this.#threads.get(readId(news));
					const people = Array.from({ length: decoding.readVarUint(news) }, () => readId(news));
					if (!thread) return;
					thread.here.hear(node, people, performance.now());
					this.#peopleMoved(thread, false);
				},
				[kinds.who]: (news) => {
					const thread = this.#threads.get(readId(news));
					if (thread) this.#sayWhoIsHere(thread);
				},
				[kinds.read]: (news) => {
					const [personId, threadId] = [readId(news), readId(news)];
					this.#hearRead(personId, threadId, decoding.readVarUint(news));
				}
			},
			arrived: () => {
				for (const thread of this.#threads.values()) this.#sayWhoIsHere(thread);
			},
			gone: (node) => {
				for (const thread of this.#threads.values()) thread.here.nodeGone(node, performance.now());
			},
			lost: () => void this.#poll()
		});
		this.#every(1_000, () => this.#pass());
		this.#every(limits.pollMs, () => {
			void this.#poll();
			for (const thread of this.#threads.values()) this.#sayWhoIsHere(thread);
		});
		this.#every(limits.pollWithoutBusMs, () => {
			if (!this.#bus.whole) void this.#readMissed();
		});
	}

	/** A thread has changed, and the change is committed. Open pages hear of it, here and in other processes. */
	told(threadId: string): void {
		if (!isId(threadId) || this.#closing) return;
		this.#changed.add(threadId.toLowerCase());
		// The first at once; what comes in the next moment is told together.
		const ms = Math.max(0, this.#toldAt + limits.tellEveryMs - performance.now());
		this.#telling ??= setTimeout(() => void this.#tell(), ms);
	}

	/** Somebody has read a thread so far, and that is committed. Their other pages of it hear of it, here and in other processes. */
	toldRead(personId: string, threadId: string, upTo: number): void {
		if (this.#closing) return;
		this.#hearRead(personId, threadId, upTo);
		this.#bus.say(kinds.read, (news) => {
			writeId(news, personId);
			writeId(news, threadId);
			encoding.writeVarUint(news, upTo);
		});
	}

	#hearRead(personId: string, threadId: string, upTo: number): void {
		for (const stream of this.#people.get(personId) ?? []) if (stream.holder.threadId === threadId) stream.read(upTo);
	}

	/**
	 * Lets somebody listen to a thread.
	 * @param cut lets go of their line at once
	 * @throws Refusal not-found, too-many, away
	 */
	async open(asked: Holder, signal?: AbortSignal, cut?: () => void): Promise<Stream> {
		const { refused } = newsMetrics.counts;
		if (this.#closing) {
			refused.closing++;
			throw new Refusal(
				'away',
				'The server is restarting. What you wrote and saved is safe. This page comes back by itself.'
			);
		}
		if (!isId(asked.threadId)) throw notFound('thread');
		const holder = { ...asked, threadId: asked.threadId.toLowerCase() };
		if (this.#atTheDoor >= limits.atTheDoor || this.#streams >= limits.streams) {
			refused.busy++;
			throw busy();
		}
		if ((this.#threads.get(holder.threadId)?.streams.size ?? 0) >= limits.streamsPerThread) {
			refused.full++;
			throw busy();
		}
		await (this.#unlisten ??= this.#listen());

		// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when somebody comes back
		const stream = new Stream(holder, Math.random(), () => this.#left(stream, 'left'), cut);
		// In the room before we ask, so that a change that lands while we ask is not missed.
		const thread = this.#enter(stream);
		this.#atTheDoor++;
		try {
			let now: HolderNow;
			do {
				stream.stale = false;
				now = await this.#standings.ask(holder);
				if (now.session === 'over' || !now.reads) {
					refused['not-theirs']++;
					throw notFound('thread');
				}
			} while (stream.stale);
			if (this.#closing || signal?.aborted) throw new Refusal('away', 'This page was left.');
			thread.version = Math.max(thread.version, now.version);
			thread.here.came(holder.personId);
			newsMetrics.counts.opened++;
			stream.welcome(thread.version, thread.here.count);
			this.#peopleMoved(thread, true);
			signal?.addEventListener('abort', () => this.#left(stream, 'left'), { once: true });
			return stream;
		} catch (error) {
			this.#left(stream, null);
			throw error;
		} finally {
			this.#atTheDoor--;
		}
	}

	/** Facts for whoever measures or tests. */
	get figures() {
		return { streams: this.#streams, threads: this.#threads.size, otherServers: this.#bus.others };
	}

	/** Resolves when news from the database are heard. */
	async listening(): Promise<void> {
		await Promise.all([this.#bus.opened, (this.#unlisten ??= this.#listen())]);
	}

	/** Sends everybody away to come back in a moment, each in one of their own. The bus stays open. */
	close(): Promise<void> {
		return (this.#closing ??= (async () => {
			for (const timer of this.#timers) clearInterval(timer);
			clearTimeout(this.#telling);
			clearTimeout(this.#counting);
			// What was committed a moment ago is told all the same: to the others, whose people have it on their screens.
			if (this.#changed.size > 0) await this.#tell();
			const spreadMs = Math.min(limits.comeBackWithinMs, limits.comeBackEachMs * this.#streams);
			const all = [...this.#people.values()].flatMap((streams) => [...streams]);
			// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when somebody comes back
			for (const stream of all) this.#end(stream, 'stopping', 200 + Math.random() * spreadMs);
			await this.#bus.flush();
			this.#leaveBus();
			const stops = (await this.#unlisten) ?? [];
			await Promise.all(stops.map((stop) => stop().catch(() => {})));
			// Who has not read the end by then keeps the process from ending.
			setTimeout(() => all.forEach((stream) => stream.cut()), 1_000).unref();
		})());
	}

	// ---- who listens ------------------------------------------------------------------------------------------------

	#enter(stream: Stream): OpenThread {
		const { threadId, personId } = stream.holder;
		let thread = this.#threads.get(threadId);
		if (!thread) {
			thread = { id: threadId, streams: new Set(), version: 0, here: new Here(limits.leftAfterMs), unsaid: false };
			this.#threads.set(threadId, thread);
			newsMetrics.counts.threads++;
			this.#bus.say(kinds.who, (news) => writeId(news, threadId));
		}
		const own = this.#people.get(personId) ?? new Set();
		// The oldest: where lines break again and again, that is one that nobody is behind.
		for (const oldest of own) {
			if (own.size < limits.streamsPerPerson) break;
			this.#end(oldest, 'over', limits.retryOverMs);
		}
		this.#people.set(personId, own.add(stream));
		thread.streams.add(stream);
		this.#streams++;
		newsMetrics.counts.streams++;
		return thread;
	}

	#end(stream: Stream, why: Ending, retryMs?: number): void {
		stream.end(why, retryMs);
		this.#left(stream, why);
	}

	/** @param why null when it was never let in */
	#left(stream: Stream, why: Ending | null): void {
		const { threadId, personId } = stream.holder;
		const thread = this.#threads.get(threadId);
		if (!thread?.streams.delete(stream)) return;
		const own = this.#people.get(personId);
		own?.delete(stream);
		if (own?.size === 0) this.#people.delete(personId);
		this.#streams--;
		newsMetrics.counts.streams--;
		if (why !== null) newsMetrics.counts.ended[why]++;
		if (stream.welcomed) {
			thread.here.went(personId, performance.now());
			if (why === 'access' || why === 'session') thread.here.out(personId);
			this.#peopleMoved(thread, true);
		}
		this.#forgetWhenQuiet(thread);
	}

	#forgetWhenQuiet(thread: OpenThread): void {
		if (thread.streams.size > 0 || !thread.here.quiet || this.#threads.get(thread.id) !== thread) return;
		// Nobody of this process is there any more: it says so before it forgets.
		this.#sayWhoIsHere(thread);
		this.#threads.delete(thread.id);
		this.#moved.delete(thread);
		newsMetrics.counts.threads--;
	}

	// ---- what has changed -------------------------------------------------------------------------------------------

	async #tell(): Promise<void> {
		this.#telling = undefined;
		this.#toldAt = performance.now();
		const ids = [...this.#changed].filter((id) => this.#db.engine === 'postgres' || this.#threads.has(id));
		this.#changed.clear();
		if (ids.length === 0) return;
		try {
			for (const now of await versionsOf(this.#db, ids)) {
				// Also when nobody is known to be there: a process may be just coming up.
				this.#bus.sayMade(
					newsOf(kinds.version, (news) => {
						const inside = encoding.createEncoder();
						writeId(inside, now.id);
						encoding.writeVarUint(inside, now.version);
						encoding.writeVarUint(inside, now.withheld ? 1 : 0);
						encoding.writeVarUint8Array(news, encoding.toUint8Array(inside));
					})
				);
				this.#hear(now);
			}
		} catch (error) {
			log('threads-not-told', traceOf(error)); // the poll finds it
		}
	}

	#hear({ id, version, withheld }: ThreadNow): void {
		const thread = this.#threads.get(id);
		if (!thread) return;
		if (version > thread.version) {
			thread.version = version;
			newsMetrics.counts.told++;
			for (const stream of thread.streams) stream.version(version);
		}
		if (withheld) void this.#recheck(thread.streams);
	}

	/** Reads the versions of which nobody told us. */
	async #readMissed(): Promise<void> {
		if (this.#threads.size === 0) return;
		try {
			for (const now of await versionsOf(this.#db, [...this.#threads.keys()])) this.#hear(now);
		} catch (error) {
			log('threads-poll-failed', traceOf(error));
		}
	}

	// ---- who may listen ---------------------------------------------------------------------------------------------

	/** A channel that can't be heard is no reason to refuse anybody: the poll asks what it would have told. */
	async #listen(): Promise<(() => Promise<void>)[]> {
		const lost = () => void this.#poll();
		const ears: [channel: string, hear: (payload: string) => void][] = [
			['access_changed', (news) => this.#hearAccess(news)],
			['cohorts_changed', (personId) => void this.#recheck(this.#people.get(personId) ?? [])],
			[
				notifiedChannel,
				(personId) => {
					for (const stream of this.#people.get(personId) ?? []) stream.notified();
				}
			]
		];
		try {
			const stops: (() => Promise<void>)[] = [];
			for (const [channel, hear] of ears) stops.push(await this.#db.listen(channel, hear, lost));
			return stops;
		} catch (error) {
			log('listen-failed', traceOf(error));
			this.#unlisten = undefined; // the next who comes tries again
			return [];
		}
	}

	/** `session:<id>` or `person:<id>`: they may be out. */
	#hearAccess(news: string): void {
		const at = news.indexOf(':');
		const id = news.slice(at + 1);
		if (news.startsWith('person:')) void this.#recheck(this.#people.get(id) ?? []);
		if (!news.startsWith('session:')) return;
		for (const streams of this.#people.values())
			for (const stream of streams) if (stream.holder.sessionId === id) void this.#recheck([stream]);
	}

	/** Asks again who of these may listen, and ends the streams of those who may not. */
	async #recheck(which: Iterable<Stream>): Promise<void> {
		const asked: Stream[] = [];
		for (const stream of which)
			if (stream.welcomed) asked.push(stream);
			else stream.stale = true;
		const answers = await Promise.allSettled(asked.map(({ holder }) => this.#standings.ask(holder)));
		answers.forEach((answer, i) => {
			const stream = asked[i]!;
			// While the database is away nobody can be asked, and nothing is told either: it comes from there.
			if (answer.status === 'rejected') return log('recheck-failed', traceOf(answer.reason));
			const { session, reads, version } = answer.value;
			if (session === 'over') this.#end(stream, 'session');
			else if (!reads) this.#end(stream, 'access');
			else stream.version(version);
		});
	}

	/** News can be lost with a connection: asks what they would have told. */
	async #poll(): Promise<void> {
		await this.#recheck([...this.#people.values()].flatMap((streams) => [...streams]));
	}

	// ---- who is here ------------------------------------------------------------------------------------------------

	/** @param ours whether somebody of this process came or went, so that the others have to hear of it */
	#peopleMoved(thread: OpenThread, ours: boolean): void {
		this.#moved.add(thread);
		thread.unsaid ||= ours;
		this.#counting ??= setTimeout(() => {
			this.#counting = undefined;
			for (const one of this.#moved) {
				if (one.unsaid) this.#sayWhoIsHere(one);
				const { count } = one.here;
				for (const stream of one.streams) if (stream.welcomed) stream.here(count);
			}
			this.#moved.clear();
		}, limits.hereEveryMs);
	}

	#sayWhoIsHere(thread: OpenThread): void {
		const people = thread.here.ours;
		thread.unsaid = false;
		this.#bus.say(kinds.here, (news) => {
			writeId(news, thread.id);
			encoding.writeVarUint(news, people.length);
			for (const person of people) writeId(news, person);
		});
	}

	// ---- time passes ------------------------------------------------------------------------------------------------

	#every(ms: number, work: () => void): void {
		this.#timers.push(setInterval(work, ms).unref());
	}

	#pass(): void {
		const now = performance.now(); // a clock that is set does not make anybody late
		for (const thread of this.#threads.values()) {
			for (const stream of thread.streams) {
				const why = stream.pass(now);
				if (why) this.#end(stream, why);
			}
			const { count, ours } = thread.here;
			thread.here.pass(now, limits.hereLastsMs);
			if (thread.here.count !== count || thread.here.ours.length !== ours.length) this.#peopleMoved(thread, true);
			this.#forgetWhenQuiet(thread);
		}
	}
}

/** Ids as their sixteen bytes: those of three hundred people fit into one notification of Postgres. */
const writeId = (news: encoding.Encoder, id: string) =>
	encoding.writeUint8Array(news, Buffer.from(id.replaceAll('-', ''), 'hex'));
const readId = (news: decoding.Decoder) =>
	Buffer.from(decoding.readUint8Array(news, 16))
		.toString('hex')
		.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

// ---- the one hub of this process ------------------------------------------------------------------------------------

/** On `globalThis`, because Vite evaluates a module again after an edit, and open pages must not split in two. */
const key = Symbol.for('wayfellow.discussion.news');
const shelf = globalThis as { [key]?: News };

/** The hub of this process, made when the product starts. */
export const openNews = (db: Database, bus: Bus): News => (shelf[key] ??= new News(db, bus));

/** @throws Refusal away, before the product has started and while it stops */
export function news(): News {
	const hub = shelf[key];
	if (!hub) throw new Refusal('away', 'The server is just starting. Please try again in a moment.');
	return hub;
}

/** Tells open pages, here and in other processes, that a thread has changed. Call it after the commit. Never throws. */
export const toldThread = (threadId: string): void => shelf[key]?.told(threadId);

/** Tells the other open pages of somebody how far they have read. Call it after the commit. Never throws. */
export const toldRead = (personId: string, threadId: string, upTo: number): void =>
	shelf[key]?.toldRead(personId, threadId, upTo);

/**
 * Changes a thread as this person, and tells open pages of it once that is committed: for verbs, so that no door forgets it.
 * @param threadId null: the answer names it
 */
export async function changing<T>(
	db: Database,
	personId: string,
	threadId: string | null,
	work: (tx: Tx) => Promise<T>
): Promise<T> {
	const done = await db.asPerson(personId, work);
	toldThread(threadId ?? (done as { threadId: string }).threadId);
	return done;
}

/** Ends every stream of this process; their pages come back later. For the end of the process. */
export async function closeNews(): Promise<void> {
	const hub = shelf[key];
	await hub?.close();
	if (shelf[key] === hub) delete shelf[key];
}
