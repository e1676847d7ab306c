/**
 * The live engine: sockets on `/live/<reflection id>` that speak y-websocket's protocol.
 *
 * A frame is scanned, waits for the database, and only then is it shown to the partner and acknowledged to its sender:
 * nothing that somebody has seen, and nothing that says "saved", can be lost. Who may enter is asked at the door, again
 * on news from the database, and by a poll in case news got lost.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { Whence } from '#lib/audit/event.ts';
import { noteRefusal } from '#lib/audit/refusals.server.ts';
import { cookieFromHeader, noteUse, readSessions, type SignedIn } from '#lib/identity/session.server.ts';
import { Bus } from '#lib/server/bus/bus.ts';
import type { Database, ServiceSession } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { accessOfAll, isReflectionId, type Holder, type HolderNow } from './access.server.ts';
import { closed, goingAwayFor } from './closed.ts';
import { AppendQueue } from './live/append-queue.server.ts';
import { Batched, type Bounds } from './live/batched.ts';
import { Budgets } from './live/budget.ts';
import { ReflectionNews, type RowNews } from './live/bus.server.ts';
import { Connection, type Reason, type SharedBudgets } from './live/connection.server.ts';
import { keepState, moveToHistory } from './live/fold.server.ts';
import { limits } from './live/limits.ts';
import { Looks } from './live/looks.ts';
import { noteLook } from './looks.server.ts';
import { Merger } from './live/merger.server.ts';
import { metrics } from './live/metrics.server.ts';
import { OpenDocument, type Entry } from './live/open-document.server.ts';
import { Unreadable } from './live/scan.ts';
import { readLogs, unpacked, type StoredPacked, type Wanted } from './log.server.ts';

const accessChannel = 'access_changed';
export type LiveOptions = {
	/** Where people reach us; a page from elsewhere is refused. Unset: the host that the request itself names. */
	origin?: string | undefined;
	/** Carries news between processes, for other rooms too. Unset: one of the engine's own. */
	bus?: Bus | undefined;
	/** `redis://…`, for a bus of its own. Unset: Postgres carries the news. */
	redisUrl?: string | undefined;
	/**
	 * The database was brought back from a backup: until then each of a pair may bring back what both had written since
	 * (see `Surroundings.recovering`).
	 */
	recoverUntil?: Date | undefined;
	/** See `limits.keepRowsMs`. */
	keepRowsMs?: number;
	/** See `limits.leftAfterMs`. */
	leftAfterMs?: number;
	/** See `limits.lookThroughMs`. */
	lookThroughMs?: number;
};

/**
 * `ws` ends a frame that is too long with 1009. Clients would come back and send it again, for ever and before all that
 * was written after it; and nobody would be told.
 */
class LiveSocket extends WebSocket {
	override close(code?: number, sentence?: string | Buffer): void {
		if (code !== 1009) return super.close(code, sentence);
		metrics.closing(closed.tooLarge[0]);
		super.close(...closed.tooLarge);
	}
}

export class Live {
	readonly #db: Database;
	readonly #origin: string | undefined;
	readonly #keepRowsMs: number;
	readonly #recoverUntil: number;
	readonly #server = new WebSocketServer({
		noServer: true,
		WebSocket: LiveSocket,
		clientTracking: false,
		perMessageDeflate: false, // compression costs more memory per socket than small frames ever save
		maxPayload: limits.frameBytes,
		maxFragments: limits.frameFragments
	});
	readonly #documents = new Map<string, OpenDocument>();
	readonly #connections = new Set<Connection>();
	readonly #perPerson = new Map<string, number>();
	readonly #budgets: SharedBudgets = {
		people: new Budgets(() => ({
			framesPerSecond: limits.personFramesPerSecond,
			bytesPerSecond: limits.personBytesPerSecond,
			burstSeconds: limits.burstSeconds
		})),
		documents: new Budgets(() => ({
			framesPerSecond: limits.documentFramesPerSecond,
			bytesPerSecond: limits.documentBytesPerSecond,
			burstSeconds: limits.burstSeconds
		}))
	};
	readonly #queue: AppendQueue<Entry>;
	/** What the door asks. Everybody comes back at one moment after a restart, and must not storm the database. */
	readonly #sessions: Batched<string, SignedIn | null>;
	readonly #access: Batched<Holder, HolderNow>;
	readonly #logs: Batched<Wanted, StoredPacked>;
	/** Logs are long: on a session of their own they keep nobody waiting who asks something short. */
	readonly #reading: ServiceSession;
	readonly #timers: NodeJS.Timeout[] = [];
	readonly #listening: Promise<unknown>;
	readonly #unlisten: (() => Promise<void>)[] = [];
	readonly #news: ReflectionNews;
	readonly #bus: Bus;
	/** The bus is nobody else's, and ends with the engine. */
	readonly #ownBus: boolean;
	readonly #merger = new Merger();
	readonly #looks: Looks;
	/** The last row that each had when it was last heard of: what goes to a line that is dead was not seen. */
	readonly #seen = new Map<Connection, number>();
	readonly #toFold = new Set<string>();
	/** Reflections that were left a moment ago, and whose folded rows are still too young to move. */
	readonly #moveLater = new Map<string, NodeJS.Timeout>();
	#folding: Promise<void> | undefined;
	#atTheDoor = 0;
	#closing: Promise<void> | undefined;

	constructor(
		db: Database,
		{
			origin,
			bus,
			redisUrl,
			recoverUntil,
			keepRowsMs = limits.keepRowsMs,
			leftAfterMs = limits.leftAfterMs,
			lookThroughMs = limits.lookThroughMs
		}: LiveOptions = {}
	) {
		this.#db = db;
		this.#origin = origin;
		this.#keepRowsMs = keepRowsMs;
		this.#looks = new Looks(leftAfterMs);
		this.#recoverUntil = recoverUntil?.getTime() ?? 0;
		if (this.#recovering) log('recovery-mode', { until: recoverUntil!.toISOString() });
		this.#queue = new AppendQueue<Entry>(db);
		this.#reading = db.serviceSession();
		const bounds: Bounds = { most: limits.askedAtOnce, atOnce: limits.batchesAtTheDoor, everyMs: limits.askEveryMs };
		this.#sessions = new Batched((cookies) => readSessions(db, cookies, new Date(), false), bounds);
		this.#access = new Batched((holders) => accessOfAll(db, holders), bounds);
		this.#logs = new Batched(
			(wanted) => readLogs(this.#reading, wanted, limits.readBytes),
			{ ...bounds, most: limits.logsAtOnce },
			isDamage
		);
		this.#server.on('error', (error) => log('live-server-error', traceOf(error)));
		this.#server.on('wsClientError', (_error, socket) => socket.destroy());
		this.#ownBus = bus === undefined;
		this.#bus = bus ?? new Bus(db, redisUrl);
		this.#news = new ReflectionNews(this.#bus, {
			written: (id, row) => {
				const document = this.#documents.get(id);
				if (row) document?.hearRow(row);
				else document?.catchUp();
			},
			presence: (node, id, states) => this.#documents.get(id)?.hearPresence(node, states),
			asked: (id) => this.#sayWhoIsHere(this.#documents.get(id)),
			arrived: () => this.#introduce(),
			gone: (node) => {
				for (const document of this.#documents.values()) document.nodeGone(node);
			},
			lost: () => void this.#readMissed()
		});
		this.#listening = Promise.all([
			this.#bus.opened,
			this.#listen(
				accessChannel,
				(news) => this.#hearAccess(news),
				() => void this.#recheck(() => true)
			)
		]).catch((error: unknown) => log('listen-failed', traceOf(error))); // the poll goes on
		this.#every(limits.pollMs, () => void this.#poll());
		this.#every(limits.pollWithoutBusMs, () => {
			if (!this.#bus.whole) void this.#readMissed();
		});
		this.#every(limits.quietMs / 4, () => this.#keepAlive());
		this.#every(lookThroughMs, () => void this.#noteLooks());
	}

	/** Facts for whoever measures or watches. */
	get figures() {
		return {
			documents: this.#documents.size,
			sockets: this.#connections.size,
			otherServers: this.#bus.others,
			budgets: this.#budgets.people.size + this.#budgets.documents.size,
			...this.#queue.counted
		};
	}

	get #recovering(): boolean {
		return Date.now() < this.#recoverUntil;
	}

	/** Resolves when news from the database are heard. */
	async listening(): Promise<void> {
		await this.#listening;
	}

	// ---- the door ---------------------------------------------------------------------------------------------------

	/**
	 * Takes over an upgrade request of a node:http server. Never throws.
	 * @param network from where it comes, where that is known
	 */
	handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, network: string | null = null): void {
		socket.on('error', () => socket.destroy());
		if (this.#closing || this.#atTheDoor >= limits.socketsAtTheDoor) {
			metrics.counts.refusedUpgrades[this.#closing ? 'closing' : 'busy']++;
			return refuse(socket, '503 Service Unavailable');
		}
		if (!this.#isOurs(request)) {
			metrics.counts.refusedUpgrades.otherSite++;
			return refuse(socket, '403 Forbidden');
		}
		this.#server.handleUpgrade(request, socket, head, (opened) => {
			const url = URL.parse(request.url ?? '', 'http://live');
			const id = url?.pathname.slice('/live/'.length).toLowerCase() ?? '';
			const wantsDurable = url?.searchParams.get('durable') === '1';
			const as = url?.searchParams.get('as') ?? null;
			const connection = new Connection(opened, socket, id, wantsDurable, this.#budgets);
			// The client speaks first. Its words stay in the socket until somebody listens.
			opened.pause();
			this.#connections.add(connection);
			metrics.counts.sockets++;
			opened.on('error', () => {}); // 'close' follows and tells; without a listener it would end the process
			opened.on('pong', () => {
				connection.heardAt = performance.now();
				this.#saw(connection);
			});
			opened.on('close', (code) => {
				if (code !== 1006) this.#saw(connection); // they said goodbye
				this.#left(connection);
			});
			opened.on('message', (data, isBinary) => this.#heard(connection, data, isBinary));
			const whence = { network, userAgent: request.headers['user-agent']?.slice(0, 300) ?? null };
			void this.#letIn(connection, request.headers.cookie, as, whence);
		});
	}

	/** A page of another site must not write with our cookies. A script sends no Origin; its cookie is what it shows. */
	#isOurs({ headers }: IncomingMessage): boolean {
		const { origin } = headers;
		if (origin === undefined) return true;
		if (this.#origin) return origin === this.#origin;
		return URL.parse(origin)?.host === headers.host;
	}

	/** @param as whose page it is, when the client says so: what was written there is nobody else's to send */
	async #letIn(connection: Connection, cookie: string | undefined, as: string | null, whence: Whence): Promise<void> {
		const turnAway = (reason: Reason) => {
			if (reason === closed.notYours)
				void noteRefusal(this.#db, {
					personId: connection.person!.id,
					route: '/live/[id]',
					method: 'GET',
					whence,
					reason: 'not-found'
				});
			connection.close(reason);
		};
		this.#atTheDoor++;
		try {
			const shown = cookieFromHeader(cookie);
			const signedIn = shown ? await this.#sessions.ask(shown) : null;
			// The handshake is done all the same: only then can a reason be told, and y-websocket told not to come back.
			if (!signedIn || (as !== null && as !== signedIn.person.id)) return connection.close(closed.notSignedIn);
			connection.person = signedIn.person;
			connection.sessionId = signedIn.sessionId;
			if (!isReflectionId(connection.reflectionId)) return turnAway(closed.notYours);
			if (!this.#hasRoom(connection)) return connection.close(closed.tryLater);

			// In the room before we ask, so that a change that lands while we ask is not missed.
			this.#count(connection.person.id, 1);
			const document = this.#documentOf(connection.reflectionId);
			document.connections.add(connection);
			if (!connection.open) return this.#left(connection); // closed before it stood in the room
			do {
				connection.stale = false;
				const now = await this.#access.ask(holderOf(connection));
				const reason = reasonToLeave(now);
				if (reason) return turnAway(reason);
				connection.access = now.access;
				connection.standing = now.standing;
				connection.pairId = now.pairId;
				connection.shared = now.shared;
				await document.load();
			} while (connection.stale);
			if (!connection.open) return;
			metrics.counts.joins++;
			document.welcome(connection);
			this.#looks.came(connection.person.id, connection.reflectionId);
			this.#seen.set(connection, document.number);
		} catch (error) {
			log('live-door-failed', traceOf(error));
			connection.close(closed.tryLater);
		} finally {
			this.#atTheDoor--;
			connection.socket.resume();
		}
	}

	#hasRoom({ person, reflectionId }: Connection): boolean {
		return (
			(this.#perPerson.get(person!.id) ?? 0) < limits.socketsPerPerson &&
			(this.#documents.get(reflectionId)?.connections.size ?? 0) < limits.socketsPerDocument
		);
	}

	#heard(connection: Connection, data: RawData, isBinary: boolean): void {
		if (!connection.welcomed) return; // it is being closed
		const bytes = data as Buffer;
		connection.arrived(bytes.length);
		this.#saw(connection);
		try {
			if (!isBinary) throw new Unreadable('text');
			this.#documents
				.get(connection.reflectionId)
				?.hear(connection, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
		} catch (error) {
			notUnderstood(connection, error);
		}
	}

	#left(connection: Connection): void {
		if (this.#connections.delete(connection)) metrics.counts.sockets--;
		const document = this.#documents.get(connection.reflectionId);
		if (!document?.connections.has(connection)) return;
		this.#count(connection.person!.id, -1);
		const seen = this.#seen.get(connection);
		if (this.#seen.delete(connection))
			this.#looks.went(connection.person!.id, connection.reflectionId, seen!, performance.now());
		document.leave(connection);
		if (document.connections.size === 0) this.#forgetWhenQuiet(document);
	}

	#saw(connection: Connection): void {
		const document = this.#documents.get(connection.reflectionId);
		if (document && this.#seen.has(connection)) this.#seen.set(connection, document.number);
	}

	/** One after the other: nobody waits for it, and a class that leaves at one moment must not storm the database. */
	async #noteLooks(all = false): Promise<void> {
		for (const { personId, reflectionId, number } of this.#looks.takeLeft(performance.now(), all))
			await noteLook(this.#db, personId, reflectionId, number).catch((error: unknown) =>
				log('look-not-noted', traceOf(error))
			);
	}

	#count(personId: string, by: number): void {
		const count = (this.#perPerson.get(personId) ?? 0) + by;
		if (count > 0) this.#perPerson.set(personId, count);
		else this.#perPerson.delete(personId);
	}

	// ---- documents --------------------------------------------------------------------------------------------------

	#documentOf(id: string): OpenDocument {
		let document = this.#documents.get(id);
		if (!document) {
			document = new OpenDocument(id, {
				queue: this.#queue,
				read: async (after) => {
					const found = await this.#logs.ask({ reflectionId: id, after });
					return { stored: unpacked(found), authors: found.owners };
				},
				recovering: () => this.#recovering,
				wrote: (row) => this.#news.written(id, row),
				whoIsHere: (states) => this.#news.presence(id, states),
				notUnderstood,
				doubt: (connection) => void this.#recheck((other) => other === connection),
				foldSoon: () => void this.#foldSoon(id)
			});
			this.#documents.set(id, document);
			metrics.counts.documents++;
			this.#news.who(id);
		}
		clearTimeout(this.#moveLater.get(id));
		this.#moveLater.delete(id);
		return document;
	}

	/** A document that nobody has open costs nothing. What was typed last may still be on its way to the database. */
	#forgetWhenQuiet(document: OpenDocument, triedToFold = false): void {
		if (document.connections.size > 0 || document.gone) return;
		if (document.busy && !this.#closing) {
			setTimeout(() => this.#forgetWhenQuiet(document, triedToFold), 50);
			return;
		}
		if (document.foldable && !triedToFold && !this.#closing) {
			void this.#foldSoon(document.id).then(() => this.#forgetWhenQuiet(document, true));
			return;
		}
		document.forget();
		if (this.#documents.delete(document.id)) metrics.counts.documents--;
		if (document.foldedHere && !this.#closing) this.#moveAfterwards(document.id);
	}

	/** Moves the last rows of a reflection that was just left into history, once they are old enough. */
	#moveAfterwards(id: string): void {
		clearTimeout(this.#moveLater.get(id));
		this.#moveLater.set(
			id,
			setTimeout(() => {
				this.#moveLater.delete(id);
				void this.#foldSoon(id);
			}, this.#keepRowsMs + 1000).unref()
		);
	}

	/** One at a time, since it takes memory. Resolves when this one had its turn. */
	async #foldSoon(id: string): Promise<void> {
		if (this.#closing) return;
		this.#toFold.add(id);
		this.#folding ??= this.#foldAll().finally(() => (this.#folding = undefined));
		await this.#folding;
	}

	async #foldAll(): Promise<void> {
		for (const id of this.#toFold) {
			await new Promise(setImmediate);
			this.#toFold.delete(id);
			try {
				await this.#fold(id);
			} catch (error) {
				metrics.counts.foldFailures++;
				log('fold-failed', { reflection: id, ...traceOf(error) });
			}
			if (this.#closing) return;
		}
	}

	async #fold(id: string): Promise<void> {
		const document = this.#documents.get(id);
		if (document?.foldable) {
			const began = performance.now();
			const unfolded = document.startFold();
			// A log with a gap stays as it is, for whoever has to mend it.
			const state = await this.#merger.merge(unfolded.update);
			await keepState(this.#db, id, unfolded.upToNumber, state);
			document.folded(unfolded, state);
			metrics.folded(unfolded.rows, (performance.now() - began) / 1000);
		}
		const moved = await moveToHistory(this.#db, id, this.#keepRowsMs);
		if (moved >= limits.historyRows) this.#toFold.add(id);
	}

	// ---- news -------------------------------------------------------------------------------------------------------

	async #listen(channel: string, hear: (payload: string) => void, lost: () => void): Promise<void> {
		this.#unlisten.push(await this.#db.listen(channel, hear, lost));
	}

	/** `pair:<id>`, `session:<id>` or `person:<id>`: what it allows may have changed. */
	#hearAccess(news: string): void {
		const at = news.indexOf(':');
		const id = news.slice(at + 1);
		const concerns: Record<string, (connection: Connection) => boolean> = {
			pair: (c) => c.pairId === id || c.pairId === null,
			session: (c) => c.sessionId === id,
			person: (c) => c.person?.id === id
		};
		const which = concerns[news.slice(0, at)];
		if (which) void this.#recheck(which);
	}

	/** Asks again what sockets may do. Who may less, or more, but something, comes back through the same door. */
	async #recheck(which: (connection: Connection) => boolean): Promise<void> {
		const asked: Connection[] = [];
		for (const connection of this.#connections) {
			if (!connection.person || !which(connection)) continue;
			if (connection.welcomed) asked.push(connection);
			else connection.stale = true;
		}
		for (let i = 0; i < asked.length; i += limits.askedAtOnce) {
			const some = asked.slice(i, i + limits.askedAtOnce);
			try {
				const answers = await accessOfAll(this.#db, some.map(holderOf));
				some.forEach((connection, n) => {
					const now = answers[n]!;
					// Who may not even read has nothing to come back for: so the words leave their screen a moment sooner.
					const reason = reasonToLeave(now);
					if (reason) connection.close(reason);
					else if (
						now.access !== connection.access ||
						now.standing !== connection.standing ||
						now.shared !== connection.shared
					)
						connection.close(closed.accessChanged);
				});
			} catch (error) {
				// Nothing can be written while the database is away, and the poll asks again.
				log('recheck-failed', traceOf(error));
			}
		}
	}

	/** Another process has come up: it may have read a log just before we wrote, and does not know who is here. */
	#introduce(): void {
		this.#news.grown(this.#documents.keys());
		for (const document of this.#documents.values()) this.#sayWhoIsHere(document);
	}

	#sayWhoIsHere(document: OpenDocument | undefined): void {
		const here = document?.presence.allHere;
		if (here) this.#news.presence(document!.id, here);
	}

	/** News can be lost with a connection: asks what they would have told. */
	async #poll(): Promise<void> {
		await this.#noteUse();
		await this.#recheck(() => true);
		await this.#readMissed();
	}

	/** Whoever writes uses their session, and must not be sent away as idle in the middle of a sentence. */
	async #noteUse(): Promise<void> {
		const used = new Set<string>();
		for (const connection of this.#connections) if (connection.wroteSinceAsked()) used.add(connection.sessionId);
		if (used.size === 0) return;
		await noteUse(this.#db, [...used]).catch((error: unknown) => log('use-not-noted', traceOf(error)));
	}

	/** Reads the rows of which nobody told us. */
	async #readMissed(): Promise<void> {
		if (this.#db.engine === 'embedded' || this.#documents.size === 0) return;
		try {
			const ids = [...this.#documents.keys()];
			const { rows } = (await this.#db.asService((tx) =>
				tx.execute(sql`
					select o.id, greatest(
						(select max(u.number) from reflection_updates u where u.reflection_id = o.id),
						(select s.up_to_number from reflection_snapshots s where s.reflection_id = o.id)
					) as number
					from unnest(${`{${ids.join(',')}}`}::uuid[]) as o(id)
				`)
			)) as unknown as { rows: { id: string; number: number | null }[] };
			for (const { id, number } of rows) {
				const document = this.#documents.get(id);
				if (document && (number ?? 0) > document.number) document.catchUp();
			}
		} catch (error) {
			log('poll-failed', traceOf(error));
		}
	}

	/** A row was written in this process, and not through a socket. Call it after the commit. */
	wrote(id: string, row: RowNews): void {
		this.#documents.get(id)?.hearRow(row);
		this.#news.written(id, row);
	}

	// ---- time passes ------------------------------------------------------------------------------------------------

	#every(ms: number, work: () => void): void {
		this.#timers.push(setInterval(work, ms).unref());
	}

	#keepAlive(): void {
		const now = performance.now(); // a clock that is set does not make anybody late
		for (const connection of this.#connections) if (connection.welcomed) connection.keepAlive(now);
		this.#budgets.people.forgetFull(now);
		this.#budgets.documents.forgetFull(now);
	}

	/** Sends everybody away to come back later, and waits until what they typed is stored. The database stays open. */
	close(): Promise<void> {
		return (this.#closing ??= (async () => {
			for (const timer of this.#timers) clearInterval(timer);
			for (const timer of this.#moveLater.values()) clearTimeout(timer);
			// What has arrived is stored and acknowledged before anybody is sent away; what comes later waits in their clients.
			for (const { socket } of this.#connections) socket.pause();
			await this.#queue.drain();
			// Of those who are still here nobody has left: they come back in a moment.
			await Promise.race([this.#noteLooks(true), wait(limits.goodbyeMs, undefined, { ref: false })]);
			const spreadMs = Math.min(limits.comeBackWithinMs, limits.comeBackEachMs * this.#connections.size);
			const left = [...this.#connections].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
			for (const connection of this.#connections)
				// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when somebody comes back
				connection.close(goingAwayFor((200 + Math.random() * spreadMs) / 1000));
			await this.#queue.close();
			await this.#reading.close();
			await this.#folding;
			await this.#merger.close();
			await this.#listening;
			await this.#news.close();
			if (this.#ownBus) await this.#bus.close();
			await Promise.all(this.#unlisten.map((stop) => stop().catch(() => {})));
			for (const document of this.#documents.values()) document.forget();
			metrics.counts.documents -= this.#documents.size;
			this.#documents.clear();
			// A process that ends over unread bytes resets its connections, and a goodbye on its way is lost with them.
			await Promise.race([Promise.all(left), wait(limits.goodbyeMs + 500, undefined, { ref: false })]);
			for (const connection of this.#connections) connection.socket.terminate();
		})());
	}
}

/** The database can't read some of what it stored (SQLSTATE class XX): that of one reflection, most likely. */
const isDamage = (error: unknown) => sqlStateOf(error).startsWith('XX');

const holderOf = ({ person, sessionId, reflectionId }: Connection) => ({
	personId: person!.id,
	sessionId,
	reflectionId
});

/** Whatever a socket sent, it is that socket's own affair. */
function notUnderstood(connection: Connection, error: unknown): void {
	const ours = error instanceof TypeError || error instanceof RangeError; // a decoder fails otherwise
	log('live-not-understood', ours ? traceOf(error) : { why: error instanceof Unreadable ? error.message : 'bytes' });
	connection.close(closed.notUnderstood);
}

function reasonToLeave({ session, access }: HolderNow): Reason | null {
	if (session === 'over') return closed.notSignedIn;
	return access === 'none' ? closed.notYours : null;
}

function refuse(socket: Duplex, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

// ---- the one engine of this process ---------------------------------------------------------------------------------

/** On `globalThis`, because Vite evaluates a module again after an edit, and open documents must not split in two. */
const key = Symbol.for('wayfellow.live');
const shelf = globalThis as { [key]?: Live };

/** The engine of this process, made when first asked for. */
export const openLive = (db: Database, options: LiveOptions): Live => (shelf[key] ??= new Live(db, options));

/** Tells whoever has a reflection open, here and in other processes, of a row that did not come through a socket. */
export const tellLive = (reflectionId: string, row: RowNews): void => shelf[key]?.wrote(reflectionId, row);

/** Closes every live connection (1012: come back later) and stores what is on its way. For the end of the process. */
export async function closeLive(): Promise<void> {
	await shelf[key]?.close();
}
