/** One socket of one signed-in person: what it may send, how much of it waits, and what it is told. */
import type { Duplex } from 'node:stream';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import type { SignedIn } from '#lib/identity/session.server.ts';
import { closed } from '../closed.ts';
import { frame, sync } from '../frames.ts';
import type { Access, Standing } from '../policy.ts';
import { waitingFor, type Budgets } from './budget.ts';
import { limits } from './limits.ts';
import { metrics } from './metrics.server.ts';
import { nothing } from './merge.ts';
import type { Identity } from './presence.ts';
import { frameOf, numberOnTheWire, onTheWire, partsOnTheWire } from './wire.ts';

export type Reason = readonly [code: number, sentence: string];

/** An awareness message about nobody: proof of life for clients that count silence as death. */
const stillHere = frameOf(frame.awareness, null, nothing.subarray(0, 1));

/** What all sockets of a process count on together. */
export type SharedBudgets = { people: Budgets; documents: Budgets };

export class Connection {
	readonly socket: WebSocket;
	/** What the socket stands on. */
	readonly #stream: Duplex;
	readonly reflectionId: string;
	readonly #shared: SharedBudgets;
	/** Whether the client asked to hear what is durable. */
	readonly wantsDurable: boolean;
	person: SignedIn['person'] | undefined;
	sessionId = '';
	access: Access = 'none';
	standing: Standing = 'stranger';
	pairId: string | null = null;
	/** With the mentor: the teacher's page says who can see it. */
	shared = false;
	/** Rights are known and the document speaks to this socket. */
	welcomed = false;
	/** News came while rights were being asked for: ask again. */
	stale = false;

	/** We asked what this client has, and its answer is not here yet. */
	#asked = false;
	/** What it sent before that answer and can be read only after it, and all that followed: their order is kept. */
	#early: Uint8Array[] = [];
	#earlyBytes = 0;
	#earlyTimer: NodeJS.Timeout | undefined;
	#received = 0;
	#wrote = false;
	#durable = 0;
	#durableSaid = 0;
	#waiting = 0;
	#waitingBytes = 0;
	#heldByQueue = false;
	#heldByBudget: NodeJS.Timeout | undefined;
	/** The last answer to a sync request may be large by itself; only what comes on top counts as unread. */
	#allowance = 0;
	#unreadAnswers = 0;
	#spokeAt = performance.now();
	heardAt = performance.now();

	constructor(socket: WebSocket, stream: Duplex, reflectionId: string, wantsDurable: boolean, shared: SharedBudgets) {
		this.socket = socket;
		this.#stream = stream;
		this.reflectionId = reflectionId;
		this.#shared = shared;
		this.wantsDurable = wantsDurable;
	}

	get identity(): Identity {
		const { id, name, initials } = this.person!;
		return { id, name, initials, author: this.standing === 'mentor' ? 2 : 1 };
	}

	get open(): boolean {
		return this.socket.readyState === WebSocket.OPEN;
	}

	/** Sends a frame, unless the reader is so far behind that starting again costs everybody less. */
	send(message: Uint8Array): void {
		this.sendWire(onTheWire(message));
	}

	/** The same for what is ready to be written. Nothing of `ws` can stand in between, since it compresses nothing. */
	sendWire(...wire: Uint8Array[]): void {
		if (!this.open) return;
		if (this.socket.bufferedAmount > limits.unsentBytes + this.#allowance) return this.close(closed.tooSlow);
		this.#spokeAt = performance.now();
		if (wire.length === 1) this.#stream.write(wire[0]);
		else {
			this.#stream.cork(); // all of it in one call to the system
			for (const part of wire) this.#stream.write(part);
			this.#stream.uncork();
		}
	}

	/**
	 * Answers a sync request. What it takes is counted; asking again and again only makes the asker wait. Who asks again
	 * and reads none of it starts again.
	 * @param update in parts
	 */
	answer(update: Uint8Array[]): void {
		if (this.socket.bufferedAmount === 0) this.#allowance = this.#unreadAnswers = 0;
		if (++this.#unreadAnswers > limits.unreadAnswers) return this.close(closed.tooSlow);
		const wire = partsOnTheWire(frame.sync, sync.step2, update);
		const bytes = wire.reduce((sum, part) => sum + part.length, 0);
		this.sendWire(...wire);
		this.#allowance += bytes;
		this.#spend(0, bytes, performance.now());
	}

	/** Closes with a reason. Who does not read the goodbye in a moment is cut off. */
	close([code, sentence]: Reason): void {
		if (this.socket.readyState >= WebSocket.CLOSING) return;
		metrics.closing(code);
		this.welcomed = false;
		clearTimeout(this.#heldByBudget);
		clearTimeout(this.#earlyTimer);
		this.#early = [];
		this.socket.close(code, sentence);
		this.socket.resume(); // the other side's goodbye has to be read
		setTimeout(() => this.socket.terminate(), limits.goodbyeMs).unref();
	}

	/**
	 * Counts an arrived frame against what this person, and everybody in this document, may send in a while. Over it,
	 * reading stops for a moment.
	 */
	arrived(bytes: number): void {
		const now = (this.heardAt = performance.now());
		this.#shared.documents.of(this.reflectionId, now).spend(1, bytes, now);
		this.#spend(1, bytes, now);
	}

	#spend(frames: number, bytes: number, now: number): void {
		this.#shared.people.of(this.person!.id, now).spend(frames, bytes, now);
		if (!this.#heldByBudget) this.#waitUntilEven(now);
	}

	/** Stops reading while there is a debt. What had already arrived by then is still counted meanwhile. */
	#waitUntilEven(now: number): void {
		const { people, documents } = this.#shared;
		const { ms, because } = waitingFor(people.of(this.person!.id, now), documents.of(this.reflectionId, now), now);
		if (ms === 0) return;
		this.socket.pause();
		metrics.counts.pauses[because]++;
		this.#heldByBudget = setTimeout(() => {
			this.#heldByBudget = undefined;
			if (!this.open) return;
			this.#waitUntilEven(performance.now());
			this.#resume();
		}, ms + 10).unref();
	}

	/** Whether an update has to wait for the client's answer. @param gap it stands on something that is not here */
	waitsForAnswer(gap: boolean): boolean {
		return this.#asked && (gap || this.#early.length > 0);
	}

	/** Keeps an update until the answer is here; false when so much waits that starting again is better. */
	keepEarly(bytes: Uint8Array): boolean {
		if (this.#early.length >= limits.earlyUpdates || this.#earlyBytes + bytes.length > limits.earlyBytes) return false;
		this.#early.push(bytes);
		this.#earlyBytes += bytes.length;
		this.#earlyTimer ??= setTimeout(() => this.close(closed.resync), limits.answerMs).unref();
		return true;
	}

	/** The answer is here. @returns what waited for it, in the order in which it came */
	answered(): Uint8Array[] {
		const early = this.#early;
		clearTimeout(this.#earlyTimer);
		this.#asked = false;
		this.#early = [];
		this.#earlyBytes = 0;
		return early;
	}

	/** An update frame has arrived; from here on it counts in what the client is told of durability. */
	received(): void {
		this.#received++;
		this.#wrote = true;
	}

	/** Whether its person wrote since this was asked last. */
	wroteSinceAsked(): boolean {
		const wrote = this.#wrote;
		this.#wrote = false;
		return wrote;
	}

	/** An update waits for the database. Past a bound we stop reading: the rest waits in the sender's own memory. */
	waits(bytes: number): void {
		this.#waiting++;
		this.#waitingBytes += bytes;
		if (this.#heldByQueue) return;
		if (this.#waiting > limits.waitingUpdates || this.#waitingBytes > limits.waitingBytes) {
			this.#heldByQueue = true;
			metrics.counts.pauses.queue++;
			this.socket.pause();
		}
	}

	waitsNoMore(bytes: number): void {
		this.#waiting--;
		this.#waitingBytes -= bytes;
		if (!this.#heldByQueue) return;
		if (this.#waiting < limits.waitingUpdates / 2 && this.#waitingBytes < limits.waitingBytes / 2) {
			this.#heldByQueue = false;
			this.#resume();
		}
	}

	#resume(): void {
		if (!this.#heldByQueue && !this.#heldByBudget) this.socket.resume();
	}

	/** The database has one more of this socket's updates. */
	durable(): void {
		this.#durable++;
	}

	/** Tells how many updates are durable, once per batch, to clients that asked. */
	sayDurable(): void {
		if (!this.wantsDurable || this.#durable === this.#durableSaid) return;
		this.#durableSaid = this.#durable;
		this.sendWire(numberOnTheWire(frame.durable, this.#durable));
	}

	/** Tells how full the document is, in percent of what we can keep; 0 when it is far from full again. */
	sayLarge(percent: number): void {
		if (!this.wantsDurable) return;
		this.sendWire(numberOnTheWire(frame.large, percent));
	}

	/** Whether some update of this socket is still on its way to the database. */
	get unsettled(): boolean {
		return this.#received > this.#durable;
	}

	/** Sends what silence would cost: proof of life, and a question that only the living answer. */
	keepAlive(now: number): void {
		const held = this.#heldByQueue || this.#heldByBudget !== undefined; // then we do not hear, by our own choice
		if (!held && now - this.heardAt > limits.deadMs) {
			metrics.counts.closes.silent++;
			return this.socket.terminate();
		}
		if (now - this.#spokeAt < limits.quietMs) return;
		this.send(stillHere);
		if (this.open) this.socket.ping();
	}

	/** Tells the client that what it sent was not taken, in the words of y-protocols. */
	deny(reason: string): void {
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, frame.auth);
		encoding.writeVarUint(encoder, 0); // "permission denied" of y-protocols/auth
		encoding.writeVarString(encoder, reason);
		this.send(encoding.toUint8Array(encoder));
	}

	/** Asks the client for what we do not have. */
	ask(stateVector: Uint8Array): void {
		this.#asked = true;
		this.send(frameOf(frame.sync, sync.step1, stateVector));
	}
}
