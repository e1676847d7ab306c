/**
 * A reflection that somebody has open: its sockets, and what is known of its log. No document is built: clocks and
 * deleted ranges decide what may be stored, and joining is answered from bytes.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { log, traceOf } from '#lib/server/log.ts';
import { closed } from '../closed.ts';
import { frame, sync } from '../frames.ts';
import type { NewRow, Stored } from '../log.server.ts';
import type { Appending, AppendQueue, Failure, Waiting } from './append-queue.server.ts';
import type { Connection } from './connection.server.ts';
import type { RowNews } from './bus.server.ts';
import { limits } from './limits.ts';
import { metrics } from './metrics.server.ts';
import { DocumentBytes } from './document-bytes.ts';
import { throughDocument } from './merge.ts';
import { Places } from './places.ts';
import { Presence } from './presence.ts';
import { scan, Unreadable, type Scan } from './scan.ts';
import { judge, type Known, type Verdict } from './verdict.ts';
import { allOnTheWire, frameOf, onTheWire } from './wire.ts';

/** An update of one socket on its way to the database. */
export type Entry = Waiting & {
	connection: Connection;
	/** As it was sent: if the log turns out to be further on, it is judged again. */
	sent: { bytes: Uint8Array; scan: Scan };
	/** What of it is new. */
	scan: Scan | null;
	/** Whether it may bring back what others wrote (see `Surroundings.recovering`). */
	recovers: boolean;
};

/** What an open document needs of its surroundings. */
export type Surroundings = {
	queue: AppendQueue<Entry>;
	/** Reads what is stored after a number of the log, and who owns which client id. */
	read(after: number): Promise<{ stored: Stored; authors: Map<number, string | null> }>;
	/**
	 * Whether the database was brought back from a backup: then the browsers of either of the two may hold words of both
	 * that it lost, and what one of them answers when asked is taken for both.
	 */
	recovering(): boolean;
	/** A row was written here: other processes want to know. */
	wrote(row: RowNews): void;
	/** Who is here has changed: other processes want to know. */
	whoIsHere(states: Uint8Array): void;
	/** A socket sent what can't be read. */
	notUnderstood(connection: Connection, error: unknown): void;
	/** Rights of a socket are in doubt. */
	doubt(connection: Connection): void;
	/** The log has grown long. */
	foldSoon(): void;
};

/** What `startFold` gave, to hand back. */
export type Unfolded = {
	/** The number of the last row in it. */
	upToNumber: number;
	durable: DocumentBytes;
	clocks: Map<number, number>;
	rows: number;
	bytes: number;
	/** All of it, as one update. */
	update: Uint8Array;
};

const readOnly = 'You can read this reflection, and not change it.';

export class OpenDocument implements Appending<Entry> {
	readonly id: string;
	readonly connections = new Set<Connection>();
	readonly presence = new Presence<Connection>();
	number = 0;

	readonly #around: Surroundings;
	#loading: Promise<void> | undefined;
	#loaded = false;
	#catching: Promise<void> | undefined;
	#catchAgain = false;
	/** All that is durable. */
	#durable = new DocumentBytes();
	/** Also of what is only on its way. */
	readonly #places = new Places();
	/** Null: not known (see `reflectionClients`). */
	readonly #owners = new Map<number, string | null>();
	/** In line for the next batch, and those that the queue has taken. */
	#waiting: Entry[] = [];
	readonly #taken = new Set<Entry>();
	/** Clocks on their way to the database, and whose they are: only the session that sent them may build on them. */
	readonly #queued = new Map<number, { clock: number; sessionId: string; personId: string }>();
	/** Bytes and rows of the log that no state holds yet. */
	#rowsSinceFold = 0;
	#bytesSinceFold = 0;
	#foldedBytes = 0;
	/** Where the log was when folding was last asked for: while it waits, or fails, it is not asked for with each edit. */
	#foldAskedAt = { number: 0, bytes: 0 };
	/** Whether it was folded since it was opened: then folded rows may be left in the log. */
	foldedHere = false;
	/** What people were told of how full this is, in percent; 0 for nothing. */
	#saidFull = 0;
	#shrunkBytes = 0;
	#presenceTimer: NodeJS.Timeout | undefined;
	#presenceToldAt = 0;
	/** True once the last socket has left and the document was let go: it must not be used again. */
	gone = false;

	constructor(id: string, around: Surroundings) {
		this.id = id;
		this.#around = around;
	}

	/** Resolves when the log has been read. */
	load(): Promise<void> {
		return (this.#loading ??= this.#read(false).then(
			() => {
				this.#loaded = true;
			},
			(error: unknown) => {
				this.#loading = undefined; // the next one to come tries again
				throw error;
			}
		));
	}

	/** Bytes that this document would take to open. */
	get bytes(): number {
		return this.#durable.bytes;
	}

	/** Whether the log holds rows that no state holds yet. */
	get foldable(): boolean {
		return this.#rowsSinceFold > 0;
	}

	// ---- what sockets say -------------------------------------------------------------------------------------------

	/**
	 * The rights of this socket are known: asks for what we do not have, and tells who is here. Who may only read is asked
	 * too: words written before that changed are refused, and the client then knows that they are nowhere but there.
	 */
	welcome(connection: Connection): void {
		connection.welcomed = true;
		connection.ask(Y.encodeStateVector(this.#durable.clocks));
		const percent = this.#percentFull();
		if (percent > 0) connection.sayLarge(percent);
		const here = this.presence.everybody(connection);
		if (here) connection.send(frameOf(frame.awareness, null, here));
	}

	/**
	 * Takes one frame.
	 * @throws Error when it can't be read; the caller closes that socket and no other
	 */
	hear(connection: Connection, bytes: Uint8Array): void {
		const input = decoding.createDecoder(bytes);
		switch (decoding.readVarUint(input)) {
			case frame.sync: {
				const kind = decoding.readVarUint(input);
				const content = readBytes(input);
				if (kind === sync.step1) this.#answer(connection, content);
				else if (kind === sync.update) this.#take(connection, content, true);
				else if (kind === sync.step2) this.#takeAnswer(connection, content);
				else throw new Unreadable('unknown sync message');
				return;
			}
			case frame.awareness:
				metrics.counts.presenceHeard++;
				if (this.presence.hear(connection, readBytes(input), (client) => this.#owners.get(client) ?? undefined))
					this.#presenceSoon();
				return;
			case frame.queryAwareness: {
				const here = this.presence.everybody(connection);
				if (here) connection.send(frameOf(frame.awareness, null, here));
				return;
			}
			default:
				throw new Unreadable('unknown message');
		}
	}

	leave(connection: Connection): void {
		if (!this.connections.delete(connection)) return;
		if (this.presence.leave(connection)) this.#presenceSoon();
	}

	#answer(connection: Connection, stateVector: Uint8Array): void {
		connection.answer(this.#durable.differenceParts(decodeClocks(stateVector)));
	}

	/** What we asked for in `welcome`, and then what was typed while we asked. */
	#takeAnswer(connection: Connection, content: Uint8Array): void {
		this.#take(connection, content, false, this.#around.recovering());
		for (const early of connection.answered()) if (connection.welcomed) this.#take(connection, early, false);
	}

	/**
	 * @param mayWait whether it may stand on what the answer to our question will bring. Who comes back with edits made
	 * offline and types on sends the next letter before those edits: that is honest, and the rest is on its way.
	 */
	#take(connection: Connection, content: Uint8Array, mayWait: boolean, recovers = false): void {
		// A copy of its own: the frame is a window on everything that arrived together with it.
		const bytes = content.slice();
		const scanned = scan(bytes);
		const { person, sessionId } = connection;
		const verdict = judge(bytes, scanned, this.#knownTo({ personId: person!.id, sessionId, recovers }));
		if (connection.access !== 'write' && verdict.kind !== 'known') {
			connection.deny(readOnly);
			return;
		}
		const gap = verdict.kind === 'refused' && verdict.why === 'gap';
		if (mayWait && connection.waitsForAnswer(gap)) {
			if (!connection.keepEarly(bytes)) connection.close(closed.resync);
			return;
		}
		const inOrder = !connection.unsettled;
		connection.received();
		// What is only on its way is not durable, and acknowledgements keep the order of the frames.
		if (verdict.kind === 'known' && inOrder && this.#queued.size === 0) {
			connection.durable();
			connection.sayDurable();
			return;
		}
		const entry: Entry = {
			connection,
			personId: person!.id,
			sessionId,
			sent: { bytes, scan: scanned },
			update: null,
			scan: null,
			recovers
		};
		if (!this.#enter(entry, verdict)) return;
		connection.waits(bytes.length);
		if (!this.#catching) this.#around.queue.offer(this);
	}

	/** Puts an update in the line as it was judged; false when its socket was closed instead. */
	#enter(entry: Entry, verdict: Verdict): boolean {
		if (verdict.kind === 'refused') {
			entry.connection.close(
				verdict.why === 'gap' ? closed.resync : verdict.why === 'foreign' ? closed.notYourClient : closed.notUnderstood
			);
			return false;
		}
		if (verdict.kind === 'new') {
			if (this.bytes + verdict.update.length > limits.documentBytes && !this.#shrink(verdict.update.length)) {
				entry.connection.close(closed.tooLarge);
				return false;
			}
			// Another session of the same person is writing these very clocks: when it is done, this one is known or new.
			if (verdict.scan.blocks.some(({ client }) => this.#isQueuedElsewhere(client, entry.sessionId))) {
				entry.connection.close(closed.resync);
				return false;
			}
			entry.update = verdict.update;
			entry.scan = verdict.scan;
			this.#queue(entry);
		} else {
			entry.update = null;
			entry.scan = null;
		}
		this.#waiting.push(entry);
		return true;
	}

	#queue({ scan, sessionId, personId }: Entry): void {
		if (scan) this.#places.take(scan);
		for (const { client, to } of scan?.blocks ?? []) this.#queued.set(client, { clock: to, sessionId, personId });
	}

	#isQueuedElsewhere(client: number, sessionId: string): boolean {
		const queued = this.#queued.get(client);
		return queued !== undefined && queued.sessionId !== sessionId;
	}

	#knownTo({ personId, sessionId, recovers }: Pick<Entry, 'personId' | 'sessionId' | 'recovers'>): Known {
		return {
			clock: (client) => {
				const queued = this.#queued.get(client);
				return queued?.sessionId === sessionId ? queued.clock : this.#durable.clock(client);
			},
			foreign: (client) => {
				if (recovers || this.#owners.get(client) === null) return false;
				const owner = this.#owners.get(client) ?? this.#queued.get(client)?.personId ?? this.presence.personOf(client);
				return owner !== undefined && owner !== personId;
			},
			undeleted: (client, from, to) => this.#durable.deleted.missing(client, from, to),
			places: this.#places,
			roots: this.#durable.roots
		};
	}

	// ---- what the database says -------------------------------------------------------------------------------------

	take(): Entry[] {
		const entries = this.#waiting;
		this.#waiting = [];
		for (const entry of entries) this.#taken.add(entry);
		return entries;
	}

	newClients(entries: Entry[]): Pick<NewRow, 'clients' | 'strayClients'> {
		const clients = new Set<number>();
		const strayClients = new Set<number>();
		for (const entry of entries)
			for (const { client } of entry.scan!.blocks) {
				if (this.#owners.has(client)) continue;
				clients.add(client);
				if (this.#isStray(client, entry)) strayClients.add(client);
			}
		return { clients: [...clients], strayClients };
	}

	/** Whether nobody knows whose this new client id is: it was brought back, and is not the one that is here under it. */
	#isStray(client: number, { recovers, personId }: Entry): boolean {
		return recovers && this.presence.personOf(client) !== personId;
	}

	stored(entries: Entry[], number: number | null): void {
		// A row that was read back before we heard of it has been told already.
		const isNews = number !== null && number > this.number;
		if (isNews) {
			this.number = number;
			this.#rowsSinceFold++;
		}
		const told = new Set<Connection>();
		for (const entry of entries) {
			const { connection, update, scan, personId, sent } = entry;
			this.#taken.delete(entry);
			if (update && isNews) {
				if (entry.recovers) this.#noteRecovery(entry);
				this.#remember(update, scan!, personId);
			}
			for (const { client, to } of scan?.blocks ?? [])
				if ((this.#queued.get(client)?.clock ?? Infinity) <= to) this.#queued.delete(client);
			connection.durable();
			connection.waitsNoMore(sent.bytes.length);
			told.add(connection);
		}
		if (isNews) this.#relayAll(entries);
		for (const connection of told) connection.sayDurable();
		if (isNews) {
			const updates = entries.flatMap(({ update }) => update ?? []);
			this.#around.wrote({ number, personId: entries[0]!.personId, updates });
			this.#foldIfLong();
		}
	}

	failed(entries: Entry[], why: Failure): void {
		for (const entry of entries) {
			const { connection, sent } = entry;
			this.#taken.delete(entry);
			connection.waitsNoMore(sent.bytes.length);
			if (why === 'not-allowed') {
				connection.deny(readOnly);
				this.#around.doubt(connection);
			} else connection.close(why === 'unstorable' ? closed.notUnderstood : closed.tryLater);
		}
		this.#judgeAgain();
	}

	fellBehind(entries: Entry[]): void {
		for (const entry of entries) this.#taken.delete(entry);
		this.#waiting = [...entries, ...this.#waiting];
		this.catchUp();
	}

	/** Another process wrote this row. The next one in order is taken as it is; after a gap the log is read. */
	hearRow({ number, personId, updates }: RowNews): void {
		if (number <= this.number || !this.#loaded || this.gone) return;
		// While words come back, only the database knows whose new client ids are.
		if (number > this.number + 1 || this.#catching || this.#around.recovering()) return this.catchUp();
		this.#takeRow({ number, personId, updates }, true);
		this.#judgeAgain(); // folding is left to whoever wrote
	}

	/** Another process says who is connected to it. */
	hearPresence(node: string, states: Uint8Array): void {
		if (this.presence.hearOthers(node, states)) this.#presenceSoon();
	}

	/** Another process is gone. */
	nodeGone(node: string): void {
		if (this.presence.othersGone(node)) this.#presenceSoon();
	}

	/** Reads what other processes wrote. Updates that wait are judged again afterwards. */
	catchUp(): void {
		if (!this.#loading || this.gone) return;
		if (this.#catching) {
			this.#catchAgain = true;
			return;
		}
		this.#catching = (async () => {
			do {
				this.#catchAgain = false;
				await this.#read(true);
			} while (this.#catchAgain);
		})()
			.catch((error: unknown) => {
				log('catch-up-failed', traceOf(error));
				// Nobody may go on from a state that we could not bring up to date.
				for (const connection of this.connections) connection.close(closed.tryLater);
				this.#waiting = [];
			})
			.finally(() => {
				this.#catching = undefined;
				this.#judgeAgain();
			});
	}

	#judgeAgain(): void {
		const entries = this.#waiting;
		this.#waiting = [];
		for (const client of this.#queued.keys()) this.#places.cut(client, this.#durable.clock(client));
		this.#queued.clear();
		for (const entry of this.#taken) this.#queue(entry);
		for (const entry of entries) {
			const { bytes, scan } = entry.sent;
			const known = this.#knownTo(entry);
			// It was new under this id, and by now the id is somebody else's: what is known there is not this text.
			const lost = entry.scan?.blocks.some(({ client }) => known.foreign(client));
			const verdict: Verdict = lost ? { kind: 'refused', why: 'foreign' } : judge(bytes, scan, known);
			if (!this.#enter(entry, verdict)) entry.connection.waitsNoMore(bytes.length);
		}
		if (this.#waiting.length > 0 && !this.#catching) this.#around.queue.offer(this);
	}

	/** Reads what is stored beyond what we have. @param relay whether sockets have heard the rest and want to hear this */
	async #read(relay: boolean): Promise<void> {
		const { stored, authors } = await this.#around.read(this.number);
		for (const [client, person] of authors) this.#owners.set(client, person);
		const { snapshot, rows } = stored;
		if (snapshot && snapshot.upToNumber > this.number) this.#takeSnapshot(snapshot, relay);
		for (const row of rows) if (row.number > this.number) this.#takeRow(row, relay);
		this.#foldIfLong();
	}

	#takeSnapshot({ upToNumber, state }: { upToNumber: number; state: Uint8Array }, relay: boolean): void {
		const known = this.#durable.clocks;
		this.#durable = DocumentBytes.of(state);
		this.#places.later(state);
		this.number = upToNumber;
		this.#rowsSinceFold = 0;
		this.#bytesSinceFold = 0;
		this.#foldAskedAt.bytes = 0;
		this.#foldedBytes = state.length;
		if (relay) this.#relay(this.#durable.difference(known));
	}

	/** All that is durable, to be folded. What comes from now on is told apart from it until `folded` is called. */
	startFold(): Unfolded {
		const durable = this.#durable;
		return {
			upToNumber: this.number,
			durable,
			clocks: durable.seal(),
			rows: this.#rowsSinceFold,
			bytes: this.#bytesSinceFold,
			update: durable.difference(new Map())
		};
	}

	/** The log was folded: `state` is what was to be folded, without what was deleted. */
	folded({ durable, clocks, rows, bytes }: Unfolded, state: Uint8Array): void {
		this.foldedHere = true;
		if (durable !== this.#durable) return; // it starts from another state by now
		this.#durable = durable.onTopOf(state, clocks);
		this.#foldedBytes = state.length;
		this.#rowsSinceFold -= rows;
		this.#bytesSinceFold -= bytes;
		this.#foldAskedAt.bytes = 0;
		this.#tellIfLarge();
	}

	#takeRow({ number, personId, updates }: RowNews, relay: boolean): void {
		for (const update of updates) {
			this.#remember(update, scan(update, false), personId);
			this.#places.later(update);
			if (relay) this.#relay(update);
		}
		this.number = number;
		this.#rowsSinceFold++;
	}

	/** Words came back that the database had lost. */
	#noteRecovery(entry: Entry): void {
		let structs = 0;
		let foreign = 0;
		let stray = 0;
		for (const { client, structs: count } of entry.scan!.blocks) {
			structs += count;
			const owner = this.#owners.get(client);
			if (owner !== undefined && owner !== entry.personId) foreign++;
			if (owner !== undefined || !this.#isStray(client, entry)) continue;
			this.#owners.set(client, null);
			stray++;
		}
		log('words-recovered', { reflection: this.id, person: entry.personId, structs, foreign, stray });
	}

	/** A durable update becomes part of what we know. */
	#remember(update: Uint8Array, scanned: Scan, personId: string): void {
		for (const { client } of scanned.blocks) if (!this.#owners.has(client)) this.#owners.set(client, personId);
		this.#durable.add(update, scanned);
		this.#bytesSinceFold += update.length;
		// Only folding shows how much room a deletion made; one that moves the figure people see is worth it.
		if (this.#saidFull > 0 && lengthOf(scanned.deletes) * 100 >= this.bytes) this.#around.foldSoon();
		this.#tellIfLarge();
	}

	/** People hear in time that a reflection is nearly full, and when it has room again. */
	#tellIfLarge(): void {
		const percent = this.#percentFull();
		if (percent === this.#saidFull) return;
		if (percent > 0 && this.#saidFull === 0) {
			log('document-large', { reflection: this.id, bytes: this.bytes });
			this.#around.foldSoon(); // what was deleted may be most of it
		}
		this.#saidFull = percent;
		for (const connection of this.connections) if (connection.welcomed) connection.sayLarge(percent);
	}

	#percentFull(): number {
		return this.bytes < limits.documentWarnBytes ? 0 : Math.round((100 * this.bytes) / limits.documentBytes);
	}

	#foldIfLong(): void {
		const [rows, bytes] = [this.#rowsSinceFold, this.#bytesSinceFold];
		if (rows < limits.foldRows && bytes < limits.foldBytes) return;
		if (rows < limits.foldRowsAtMost && bytes < this.#foldedBytes / 4) return;
		const { number, bytes: askedBytes } = this.#foldAskedAt;
		if (this.number - number < limits.foldRows && bytes - askedBytes < limits.foldBytes) return;
		this.#foldAskedAt = { number: this.number, bytes };
		this.#around.foldSoon();
	}

	#relay(update: Uint8Array): void {
		const wire = allOnTheWire(frame.sync, sync.update, [update]);
		for (const connection of this.connections) if (connection.welcomed) connection.sendWire(wire);
	}

	/**
	 * Tells everybody but its sender of each update, in as few pieces as possible: a piece is what costs. The caret moves
	 * with the text, so what is new of it goes along.
	 */
	#relayAll(entries: Entry[]): void {
		const senders = new Set<Connection>();
		for (const { update, connection } of entries) if (update) senders.add(connection);
		const wireFor = (reader: Connection | null) => {
			const updates: Uint8Array[] = [];
			for (const { update, connection } of entries) if (update && connection !== reader) updates.push(update);
			return updates.length > 0 ? allOnTheWire(frame.sync, sync.update, updates) : undefined;
		};
		const mayTell = performance.now() >= this.#presenceToldAt + limits.presenceEveryMs;
		const changesFor = this.#presenceTimer && mayTell ? this.#takePresence() : undefined;
		let whole: Buffer | undefined;
		for (const connection of this.connections) {
			if (!connection.welcomed) continue;
			const wire = senders.has(connection) ? wireFor(connection) : (whole ??= wireFor(null));
			const changes = changesFor?.(connection);
			if (wire && changes) connection.sendWire(wire, changes);
			else if (wire || changes) connection.sendWire((wire ?? changes)!);
		}
		if (changesFor) this.#tellOthersWhoIsHere();
	}

	/** Tells who is here, and where, unless something else that is sent before takes it along. */
	#presenceSoon(): void {
		this.#presenceTimer ??= setTimeout(() => {
			const changesFor = this.#takePresence();
			for (const connection of this.connections) {
				const changes = connection.welcomed ? changesFor(connection) : undefined;
				if (changes) connection.sendWire(changes);
			}
			this.#tellOthersWhoIsHere();
		}, limits.presenceEveryMs);
	}

	/** What is new of who is here, ready to be written, for each socket. */
	#takePresence(): (reader: Connection) => Buffer | undefined {
		clearTimeout(this.#presenceTimer);
		this.#presenceTimer = undefined;
		this.#presenceToldAt = performance.now();
		const changesFor = this.presence.takeChanges(this.#around.notUnderstood);
		let last: Uint8Array | null = null;
		let wire: Buffer | undefined;
		return (reader) => {
			const changes = changesFor(reader);
			if (!changes) return undefined;
			metrics.counts.presenceSent++;
			// Most get the same.
			if (changes !== last) wire = onTheWire(frameOf(frame.awareness, null, (last = changes)));
			return wire;
		};
	}

	#tellOthersWhoIsHere(): void {
		const states = this.presence.takeForOthers();
		if (states) this.#around.whoIsHere(states);
	}

	/** Lets everything go; the next to come reads the log again. */
	forget(): void {
		this.gone = true;
		clearTimeout(this.#presenceTimer);
		this.#tellOthersWhoIsHere();
	}

	/** Whether the queue still has something of this document. */
	get busy(): boolean {
		return this.#taken.size > 0 || this.#waiting.length > 0;
	}

	/** Drops what was deleted, for a document that seems too large. Answers whether there is room now. */
	#shrink(room: number): boolean {
		// Trying again makes sense only when a good part has been added since.
		if (this.bytes < this.#shrunkBytes * 1.2) return false;
		const state = throughDocument([this.#durable.difference(new Map())]);
		this.#durable = DocumentBytes.of(state);
		this.#shrunkBytes = state.length;
		this.#around.foldSoon();
		return this.bytes + room <= limits.documentBytes;
	}
}

/** How many clocks are deleted. @param deletes client, clock, length, as a scan lists them */
function lengthOf(deletes: number[]): number {
	let length = 0;
	for (let i = 2; i < deletes.length; i += 3) length += deletes[i]!;
	return length;
}

function readBytes(input: decoding.Decoder): Uint8Array {
	const length = decoding.readVarUint(input);
	if (length !== input.arr.length - input.pos) throw new Unreadable('announces another length');
	return input.arr.subarray(input.pos);
}

/** Reads a state vector: pairs of client and clock. */
function decodeClocks(bytes: Uint8Array): Map<number, number> {
	const input = decoding.createDecoder(bytes);
	const clocks = new Map<number, number>();
	const count = decoding.readVarUint(input);
	if (count > bytes.length / 2) throw new Unreadable('more announced than sent');
	for (let left = count; left > 0; left--) clocks.set(decoding.readVarUint(input), decoding.readVarUint(input));
	return clocks;
}
