/**
 * The browser's end of a live reflection: the stock y-websocket provider, a copy in this browser, and the truth about
 * what is saved. Nothing here ever stops anybody from typing.
 *
 * The server says how many of the frames with changes that came through a socket are in its database (`durable` in
 * frames.ts), so the socket counts what it sends. Changes made while there is no socket are `unsent` until the next
 * exchange of states has carried them.
 */
import * as decoding from 'lib0/decoding';
import * as authProtocol from 'y-protocols/auth';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { closed, comeBackAfter } from './closed.ts';
import { frame, sync } from './frames.ts';
import { DeviceCopy, type Trouble } from './device-copy.ts';
import { keptPages, localCopy, openedMark, unsavedMark } from './local-copy.ts';
import { closingLoses, overNow, saveState, type Facts } from './save-state.ts';

/** Who is here, as the server vouches for them. */
export type Present = { id: string; name: string; initials: string; author: 1 | 2 };

type Options = {
	reflectionId: string;
	personId: string;
	mayWrite: boolean;
	/** Whether this browser may keep a copy; on a shared computer nothing is kept. */
	keep: boolean;
	/** The state that came with the page, one Yjs update. */
	state: Uint8Array;
	/** Rights changed on the server; the page should ask again what it may show. */
	accessChanged: () => void;
};

/**
 * The longest wait between two attempts, in ms; with the server back, everybody is back within this. A restart that
 * takes longer is an absence.
 */
const longestWait = 10_000;
/** How long an unanswered change may hang on a line that says nothing before we take the line for dead, in ms. */
const silentFor = 15_000;
/** How long what comes from outside waits while nothing may be drawn, and how often that is looked at, in ms. */
const [holdsFor, lookAgain] = [60_000, 10];
/** A browser that does not open its copy in this time opens the page without it; it joins later. */
const copyWithin = 1_500;
/** Getting ready waits so long for a script that does not come, in ms. */
const readyWithin = 3_000;

const sentences = new Map<number, string>(Object.values(closed).map(([code, sentence]) => [code, sentence]));
export class LiveConnection {
	readonly doc: Y.Doc;
	readonly provider: WebsocketProvider;
	/** In this browser; none on a shared computer. */
	readonly copy: DeviceCopy | undefined;
	readonly #options: Options;
	readonly #endings: (() => void)[] = [];

	#mayWrite = $state(true);
	#begun = $state(false);
	#connected = $state(false);
	#restarting = $state(false);
	#synced = $state(false);
	#sent = $state(0);
	#durable = $state(0);
	#unsent = $state(false);
	#kept = $state(false);
	#refused: string | null = $state(null);
	/** Whether words went out, or have to, that no acknowledgement has covered yet; also on an earlier page. */
	#owed = $state(false);
	#joined = false;
	#rightsMoved = false;
	#marked: boolean | null = null;
	/** Connections in a row that came to nothing. */
	#tries = 0;
	/** Called before anything from outside changes the document or the carets. @returns whether it has to wait */
	beforeRemote: () => boolean = () => false;
	/** The change from the server that is being taken in. */
	taking: Uint8Array | null = null;
	/** What the server lacked when it last asked: from which clock on, by Yjs client id. */
	// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on screen reads it
	readonly #lacking = new Map<number, number>();
	/** What came from outside and has to wait. */
	readonly #held: (() => void)[] = [];
	/** Everybody else who is here, once each, in the order of the pair. */
	present: Present[] = $state.raw([]);
	/** How many percent of the longest possible document this one takes, once that is worth saying. */
	full = $state(0);
	/** Why this browser keeps no copy, where it should. */
	trouble: Trouble | null = $state(null);
	/** The session ended; signing in again is what helps. */
	signedOut = $state(false);

	readonly #facts: Facts = $derived({
		mayWrite: this.#mayWrite,
		begun: this.#begun,
		connected: this.#connected,
		restarting: this.#restarting,
		synced: this.#synced,
		unacknowledged: this.#sent - this.#durable,
		unsent: this.#unsent,
		owed: this.#owed,
		kept: this.#kept,
		refused: this.#refused
	});
	#ended = false;
	readonly saving = $derived(saveState(this.#facts));

	/**
	 * Opens the document from the page's state and this browser's copy, then goes on line; not yet when words lie here that
	 * the server may lack: whoever asked gets `ready` for its answer, and calls `goOnline`.
	 */
	static async open(options: Options): Promise<LiveConnection> {
		const connection = new LiveConnection(options);
		await Promise.race([connection.keepHere(), new Promise((resolve) => setTimeout(resolve, copyWithin))]);
		if (!connection.#owed) connection.provider.connect();
		return connection;
	}

	/**
	 * What lies here may have replaced a block in which somebody wrote unheard: the answer to it must find us ready.
	 * @param ready loads what that takes; it is waited for a while, because being on line matters more
	 */
	async goOnline(ready: () => Promise<void>): Promise<void> {
		if (!this.#owed) return;
		await Promise.race([ready(), new Promise((resolve) => setTimeout(resolve, readyWithin))]).catch(console.error);
		if (!this.#ended) this.provider.connect();
	}

	private constructor(options: Options) {
		this.#options = options;
		this.#mayWrite = options.mayWrite;
		this.doc = new Y.Doc();
		Y.applyUpdate(this.doc, options.state, 'page');
		if (options.keep) {
			this.copy = new DeviceCopy({
				name: localCopy(options.personId, options.reflectionId),
				doc: this.doc,
				waiting: () => this.waiting,
				changed: (trouble) => {
					this.trouble = trouble;
					this.#kept = !trouble;
				}
			});
		}
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- the socket's class speaks to this connection
		const connection = this;
		this.provider = new WebsocketProvider(
			`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`,
			options.reflectionId,
			this.doc,
			{
				connect: false,
				// Whoever signed in meanwhile, in another tab, must not send these words as theirs.
				params: { durable: '1', as: options.personId },
				// Another tab may belong to another person, and what it shows is not yet saved.
				disableBc: true,
				WebSocketPolyfill: class CountingSocket extends WebSocket {
					override send(data: ArrayBufferView<ArrayBuffer>) {
						super.send(data);
						connection.#counted(this, data);
					}
				}
			}
		);
		this.provider.messageHandlers[frame.durable] = (_, decoder) => {
			this.#settled(decoding.readVarUint(decoder));
		};
		this.provider.messageHandlers[frame.large] = (_, decoder) => {
			this.full = decoding.readVarUint(decoder);
		};
		const stockSync = this.provider.messageHandlers[frame.sync]!;
		this.provider.messageHandlers[frame.sync] = (encoder, decoder, ...rest) => {
			const peek = decoding.clone(decoder);
			const asks = decoding.readVarUint(peek) === sync.step1;
			const payload = decoding.readVarUint8Array(peek);
			if (asks && !this.#asked(payload)) return;
			const { ws } = this.provider;
			const take = () => {
				// What waited for longer than its connection comes again with the next exchange of states.
				if (ws !== this.provider.ws) return;
				if (!asks) this.taking = payload;
				try {
					stockSync(encoder, decoder, ...rest);
				} finally {
					this.taking = null;
				}
			};
			if (asks) take();
			else this.inTurn(take);
		};
		this.provider.messageHandlers[frame.auth] = (_, decoder) =>
			authProtocol.readAuthMessage(decoder, this.doc, (_doc, reason) => this.#denied(reason));
		this.#listen();
	}

	#listen() {
		const { provider, doc } = this;
		provider.on('status', ({ status }) => {
			if (status === 'connecting') {
				// A new socket counts from nothing, and what the last one left unanswered goes out again.
				this.#unsent ||= this.#sent > this.#durable;
				this.#sent = this.#durable = 0;
				this.#refused = null;
			}
			this.#connected = status === 'connected';
			if (status !== 'connected') this.#synced = false;
		});
		provider.on('sync', (synced) => {
			this.#synced = synced;
			if (!synced) return;
			this.#begun = true;
			this.#tries = 0;
			this.#restarting = false;
			if (!this.#mayWrite && !this.#owed) this.#mark(false);
			if (this.#rightsMoved) this.#options.accessChanged();
			this.#rightsMoved = false;
		});
		provider.on('connection-close', (event) => {
			this.#begun = true;
			this.#connected = this.#synced = false;
			const restarting = event?.code === closed.goingAway[0];
			if (restarting) {
				this.#restarting = true;
				setTimeout(() => (this.#restarting = false), longestWait);
			}
			// The provider waits for the smaller of its own step and this: a high count makes its own the larger.
			provider.wsUnsuccessfulReconnects = 9;
			// A server that goes away says when to be back; otherwise everybody comes back at another moment.
			provider.maxBackoffTime = Math.min(
				longestWait,
				(restarting && comeBackAfter(event.reason)) ||
					// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when we come back
					200 * 2 ** Math.min(10, this.#tries++) * (0.5 + Math.random() / 2)
			);
			// The page asks anew only once the door has opened again: if it stays shut, unsaved words stay on screen.
			if (event?.code === closed.accessChanged[0]) this.#rightsMoved = true;
		});
		provider.on('closed', ({ code, reason }) => {
			this.#refused = sentences.get(code) ?? (reason || 'The server closed this reflection.');
			this.signedOut = code === closed.notSignedIn[0];
			if (this.signedOut || code === closed.notYours[0]) void this.#shutOut();
		});

		const changed = (_update: Uint8Array, origin: unknown) => {
			if (origin === provider || origin === this.copy) return;
			if (!provider.wsconnected) this.#unsent = true;
			this.#mark(true);
		};
		doc.on('update', changed);
		this.#endings.push(() => doc.off('update', changed));

		const { awareness } = provider;
		const look = () => (this.present = presentIn(awareness.getStates(), this.#options.personId));
		awareness.on('change', look);
		this.#endings.push(() => awareness.off('change', look));

		const back = () => provider.connect();
		// The browser knows sooner than the socket does; if it is wrong, the next attempt simply succeeds.
		const gone = () => {
			if (!provider.shouldConnect) return;
			provider.disconnect();
			provider.connect();
		};
		addEventListener('online', back);
		addEventListener('offline', gone);
		const watch = setInterval(() => {
			const silence = Date.now() - provider.wsLastMessageReceived;
			if (this.#connected && this.#sent > this.#durable && silence > silentFor) gone();
		}, silentFor / 3);
		const hold = (event: BeforeUnloadEvent) => {
			if (closingLoses(this.#facts)) event.preventDefault();
		};
		addEventListener('beforeunload', hold);
		this.#endings.push(() => {
			removeEventListener('online', back);
			removeEventListener('offline', gone);
			clearInterval(watch);
			removeEventListener('beforeunload', hold);
		});
	}

	/** Opens this browser's copy, or makes it again after it was lost. */
	async keepHere() {
		if (!(await this.copy?.open())) return;
		// Later it is known better here than in a copy that was lost for a while.
		if (!this.#joined && (await this.#isMarked())) this.#owed = true;
		this.#joined = true;
		this.#note(openedMark, Date.now());
		this.#marked = null;
		if (this.waiting || this.#synced) this.#mark(this.waiting);
	}

	/** Does what comes from outside, one after the other, as soon as it need not wait. */
	inTurn(act: () => void) {
		if (this.#held.push(act) === 1) this.#takeHeld();
	}

	#takeHeld(until = Date.now() + holdsFor) {
		if (this.beforeRemote() && Date.now() < until) setTimeout(() => this.#takeHeld(until), lookAgain);
		else
			for (const act of this.#held.splice(0)) {
				try {
					act();
				} catch (error) {
					// The binding throws now and then; what came after it must be taken all the same.
					console.error(error);
				}
			}
	}

	/** Counts frames with changes; called after the socket took one. */
	#counted(socket: WebSocket, data: ArrayBufferView) {
		if (socket !== this.provider.ws) return;
		const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
		if (bytes[0] !== frame.sync || bytes[1] === sync.step1) return;
		this.#sent++;
		if (bytes[1] === sync.update) this.#owed = true;
		// Step 2 answers what the server said it has: with it, everything that was ever typed here has gone out.
		if (bytes[1] === sync.step2) this.#unsent = false;
	}

	#settled(durable: number) {
		this.#durable = durable;
		if (durable < this.#sent || this.#unsent) return;
		this.#owed = false;
		this.#mark(false);
	}

	/** The server asks for what it lacks. Who only reads answers only with words that were written when they could. */
	#asked(stateVector: Uint8Array): boolean {
		const has = Y.decodeStateVector(stateVector);
		this.#lacking.clear();
		for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(this.doc)))
			if (clock > (has.get(client) ?? 0)) this.#lacking.set(client, has.get(client) ?? 0);
		this.#owed = this.#lacking.size > 0 || this.#unsent;
		return this.#mayWrite || this.#owed;
	}

	/** Whether something was written on this page, or lay here and the server did not have it when it last asked. */
	isOwn(client: number, clock: number): boolean {
		return client === this.doc.clientID || clock >= (this.#lacking.get(client) ?? Infinity);
	}

	/** The server would not take a change from here: the pair does not write any more, or not now. */
	#denied(reason: string) {
		this.#refused = reason || overNow;
		// What was refused is still here, and only here.
		this.#unsent = this.#owed;
		this.#sent = this.#durable;
		if (!this.#mayWrite) return;
		this.#mayWrite = false;
		this.#options.accessChanged();
	}

	/**
	 * The words are not this person's to see any more, or nobody is signed in: they leave the screen and this device. Words
	 * that were written here and are nowhere else keep everything where it is, so that they can be copied, or sent later.
	 */
	async #shutOut() {
		if (this.waiting) return;
		if (this.#kept && (await this.#isMarked())) return;
		this.#options.accessChanged();
		this.copy?.clear();
		// The pages that lead here name it. Browsers have no caches on plain http; then no page was kept.
		await globalThis.caches?.delete(keptPages);
	}

	/** Notes in this browser's copy whether it holds words that the server lacks; signing out keeps only those. */
	#mark(unsaved: boolean) {
		if (this.#marked === unsaved || !this.#kept) return;
		this.#marked = unsaved;
		this.#note(unsavedMark, unsaved ? 1 : 0);
	}

	#note(key: string, value: number) {
		void this.copy?.noted('readwrite', (notes) => notes.put(value, key)).catch(() => {});
	}

	/** In doubt it is. */
	#isMarked() {
		return this.copy!.noted('readonly', (notes) => notes.get(unsavedMark)).then(
			(mark) => mark === 1,
			() => true
		);
	}

	/** Asks the server again, at once. */
	tryAgain() {
		if (!this.#kept) void this.keepHere();
		this.#refused = null;
		this.provider.disconnect();
		this.provider.connect();
	}

	/** What the page learnt anew about the person's rights. */
	set mayWrite(mayWrite: boolean) {
		if (mayWrite && !this.#mayWrite) this.#refused = null;
		this.#mayWrite = mayWrite;
	}

	/** Whether words that were written here may be nowhere else than on this device. */
	get waiting() {
		return this.#unsent || this.#owed || this.#sent > this.#durable;
	}

	get mayWrite() {
		return this.#mayWrite;
	}

	end() {
		this.#ended = true;
		for (const ending of this.#endings) ending();
		this.copy?.end();
		this.provider.destroy();
		this.provider.awareness.destroy();
		this.doc.destroy();
	}
}

function presentIn(states: Map<number, Record<string, unknown>>, self: string): Present[] {
	// eslint-disable-next-line svelte/prefer-svelte-reactivity -- lives only in this call
	const people = new Map<string, Present>();
	for (const { user } of states.values() as Iterable<{ user?: Partial<Present> }>) {
		if (!user || typeof user.id !== 'string' || typeof user.name !== 'string' || user.id === self) continue;
		people.set(user.id, {
			id: user.id,
			name: user.name,
			initials: String(user.initials ?? '').slice(0, 3),
			author: user.author === 1 ? 1 : 2
		});
	}
	return [...people.values()].sort((a, b) => a.author - b.author);
}
