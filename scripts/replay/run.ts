/**
 * Replays a rehearsed trace against a running server: every author is a stock y-websocket client, and an edit is made
 * only once everything it stands on has arrived over the network, so causes really come before effects. A third reader
 * watches. Nothing the server acknowledged, and nothing the reader saw, may ever be missing.
 */
import { randomInt } from 'node:crypto';
import { openReflection, until, type Client } from './client.ts';
import { holdsStep, textOf, type Rehearsal, type Step } from './rehearsal.ts';
import { signIn, startReflection, type Visitor } from './visitor.ts';

/** A server that the run may kill and start again on the same data and port. */
export type Server = { kill(): Promise<void>; start(): Promise<void> };

export type Options = {
	base: string;
	/** E-mail addresses of the two; authors 0, 2, 4 … write as the first, 1, 3, 5 … as the second. */
	people: [string, string];
	realtime?: boolean;
	/** How often one of the authors loses the connection. */
	disconnects?: number;
	/** How often the server is killed; needs `server`. */
	kills?: number;
	server?: Server;
	/** Told after every edit and every acknowledgement. */
	progress?(made: number, durable: number): void;
	/** Told when something happens that a person watching wants to know. */
	say?(sentence: string): void;
	/** Gives up when nothing moves for so long; a server that somebody restarts needs its time. */
	patienceMs?: number;
};

export type Outcome = {
	reflectionId: string;
	edits: number;
	seconds: number;
	/** Milliseconds from an edit in its author's document to the same edit in the reader's. */
	propagation: { p50: number; p99: number; measured: number };
	disconnects: number;
	kills: number;
	/** How often an author's connection was lost without our doing. */
	otherLosses: number;
	/** The text that all four clients ended with. */
	text: string;
};

/** A difference between what must be there and what is: the run's one kind of bad news. */
export class Missing extends Error {
	override name = 'Missing';
}

/**
 * Edits that an author may have made and not yet heard to be durable. A person types on without waiting; but without a
 * bound a fast replay would measure only how long its own queue is.
 */
const unacknowledgedEdits = 256;
/** So many edits in a row before the sockets get their turn. */
const editsPerTurn = 32;
/** Recorded pauses are kept up to this length; nobody waits for an author's lunch. */
const longestPauseMs = 2_000;

/**
 * @throws Missing when a text differs or an acknowledged edit is gone
 * @throws Error when the server can't be used at all
 */
export async function replay(rehearsal: Rehearsal, options: Options): Promise<Outcome> {
	const say = options.say ?? (() => {});
	const patienceMs = options.patienceMs ?? 90_000;
	const [first, second] = await Promise.all(options.people.map((email) => signIn(options.base, email)));
	const people = [first!, second!];
	const reflectionId = await startReflection(first!, second!, `Replay of ${rehearsal.trace.name}`);

	let broken: Error | undefined;
	const fail = (error: Error) => (broken ??= error);
	const closed = (who: string) => (code: number, reason: string) =>
		fail(new Error(`The server closed the connection of ${who} for good (${code}: ${reason}).`));

	const madeAt = new Float64Array(rehearsal.steps.length).fill(NaN);
	const index = new Map(rehearsal.steps.map((step, at) => [step, at]));
	const stepsOf = rehearsal.clients.map((_, author) => rehearsal.steps.filter((step) => step.author === author));
	const authors = stepsOf.map((steps, author) => new Author(author, steps));
	const faults = plan(options, rehearsal.steps.length);
	let made = 0;
	let disconnects = 0;
	let kills = 0;
	let otherLosses = 0;
	let restarting: Promise<void> = Promise.resolve();
	/** While the server is down by our hand nobody comes back before the database was looked at. */
	let held = false;

	const reader = openReflection(second!, reflectionId, { closed: closed('the reader') });
	const readerHas = new Arrivals(reader, rehearsal, stepsOf);
	const propagation: number[] = [];
	reader.doc.on('update', () => {
		const now = performance.now();
		readerHas.advance((step) => {
			const delay = now - madeAt[index.get(step)!]!;
			if (!Number.isNaN(delay)) propagation.push(delay);
		});
	});

	for (const author of authors) {
		const client = openReflection(people[author.number % 2]!, reflectionId, {
			edits: () => author.made,
			durable: (edits) => {
				author.hearsDurable(edits);
				options.progress?.(made, durable());
				wake(author);
			},
			closed: closed(`author ${author.number}`)
		});
		author.client = client;
		author.arrivals = new Arrivals(client, rehearsal, stepsOf);
		client.doc.on('update', (_update, origin) => {
			if (origin !== client.provider) return;
			author.arrivals.advance();
			wake(author);
		});
		client.provider.on('connection-close', (event) => {
			if (event !== null && client.provider.wsconnected && !held) otherLosses += 1;
		});
	}
	const everyone: Client[] = [reader, ...authors.map((author) => author.client)];
	const durable = () => authors.reduce((sum, author) => sum + author.durable, 0);

	/** Gives an author a turn soon; many reasons to look again make one turn. */
	function wake(author: Author): void {
		if (author.awake) return;
		author.awake = true;
		setImmediate(() => {
			author.awake = false;
			turn(author);
		});
	}

	function turn(author: Author): void {
		for (let left = editsPerTurn; left > 0; left--) {
			const step = author.steps[author.made];
			if (!step || broken || !started) return;
			if (author.made - author.durable >= unacknowledgedEdits) return; // an acknowledgement wakes
			if (step.needs.some((count, other) => other !== author.number && author.arrivals.counts[other]! < count)) return; // news wakes
			if (options.realtime && author.waits(step, wake)) return;
			make(author, step);
		}
		wake(author);
	}

	function make(author: Author, step: Step): void {
		author.made += 1;
		author.arrivals.counts[author.number] = author.made;
		made += 1;
		// An edit made without a connection says nothing about how fast the connection is.
		if (author.client.provider.wsconnected && reader.provider.wsconnected) madeAt[index.get(step)!] = performance.now();
		if (!author.client.apply(step.update)) author.sentNothing();
		options.progress?.(made, durable());
		while (faults[0] !== undefined && faults[0].after <= made) {
			const fault = faults.shift()!;
			if (fault.kind === 'disconnect') disconnect(authors[randomInt(authors.length)]!);
			else restarting = restarting.then(killAndRestart).catch((error) => void fail(error));
		}
	}

	function disconnect(author: Author): void {
		disconnects += 1;
		author.client.provider.disconnect();
		setTimeout(
			() => {
				if (!held && !broken) author.client.provider.connect();
			},
			randomInt(20, 1_000)
		);
	}

	/**
	 * Kills the server in the middle of the writing, starts it again and looks, before any author comes back with what
	 * they still have, whether the database alone holds everything it acknowledged and everything the reader saw.
	 */
	async function killAndRestart(): Promise<void> {
		kills += 1;
		held = true;
		await options.server!.kill();
		await new Promise((resolve) => setTimeout(resolve, 50)); // what had already arrived here counts as promised
		for (const client of everyone) client.provider.disconnect();
		const promised = stepsOf.map((_, author) => Math.max(authors[author]!.durable, readerHas.counts[author]!));
		await options.server!.start();
		await checkFresh(first!, promised, `after kill ${kills}`);
		say(`Killed and restarted ${kills} of ${options.kills}: all ${sum(promised)} promised edits are there.`);
		held = false;
		for (const client of everyone) client.provider.connect();
	}

	/** Opens a client that knows nothing and waits until it has what was promised. */
	async function checkFresh(visitor: Visitor, promised: number[], when: string): Promise<string> {
		const fresh = openReflection(visitor, reflectionId, { closed: closed('a fresh client') });
		try {
			if (!(await until(() => fresh.provider.synced || broken !== undefined, patienceMs))) {
				throw new Error(`A fresh client could not open the reflection ${when}.`);
			}
			const lost = promised.flatMap((count, author) =>
				stepsOf[author]!.slice(0, count).filter((step) => !holdsStep(fresh.doc, rehearsal.clients[author]!, step))
			);
			if (lost.length > 0) throw new Missing(`${lost.length} of ${sum(promised)} promised edits are missing ${when}.`);
			return textOf(fresh.doc);
		} finally {
			fresh.leave();
		}
	}

	let started = false;
	try {
		if (!(await until(() => everyone.every(({ provider }) => provider.synced) || broken !== undefined, patienceMs))) {
			throw new Error(`The live connections to ${options.base} did not open.`);
		}
		started = true;
		const begin = performance.now();
		for (const author of authors) wake(author);
		// Everything is made, durable, and seen by everybody; or nothing has moved for too long.
		const settled = () =>
			authors.every((author) => author.made === author.steps.length && author.durable === author.made) &&
			[readerHas, ...authors.map((author) => author.arrivals)].every((arrivals) => arrivals.complete);
		const moved = () => made + durable() + sum(readerHas.counts) + kills + disconnects;
		for (let last = -1, since = begin; !settled() && !broken;) {
			await new Promise((resolve) => setTimeout(resolve, 20));
			const now = moved();
			if (now !== last) [last, since] = [now, performance.now()];
			else if (performance.now() - since > patienceMs) throw new Missing(standstill());
		}
		await restarting;
		if (broken) throw broken;
		const seconds = (performance.now() - begin) / 1_000;

		const texts = {
			...Object.fromEntries(authors.map((author) => [`author ${author.number}`, textOf(author.client.doc)])),
			'the reader': textOf(reader.doc),
			'a fresh client': await checkFresh(
				first!,
				stepsOf.map((steps) => steps.length),
				'at the end'
			)
		};
		for (const [who, text] of Object.entries(texts)) {
			if (text !== rehearsal.text) throw new Missing(difference(who, text, rehearsal.text));
		}
		propagation.sort((a, b) => a - b);
		const percentile = (share: number) => propagation[Math.floor(share * (propagation.length - 1))] ?? NaN;
		return {
			reflectionId,
			edits: rehearsal.steps.length - 1,
			seconds,
			propagation: { p50: percentile(0.5), p99: percentile(0.99), measured: propagation.length },
			disconnects,
			kills,
			otherLosses,
			text: rehearsal.text
		};
	} finally {
		broken ??= new Error('The run is over.');
		for (const client of everyone) client.leave();
	}

	function standstill(): string {
		const lines = authors.map(
			(author) =>
				`author ${author.number} made ${author.made} of ${author.steps.length}, ${author.durable} acknowledged, ` +
				`the reader has ${readerHas.counts[author.number]}`
		);
		return `Nothing moved for ${Math.round(patienceMs / 1_000)} seconds: ${lines.join('; ')}.`;
	}
}

class Author {
	number: number;
	steps: Step[];
	/** Own edits in the document, and of these the ones the server said it has. */
	made = 0;
	durable = 0;
	awake = false;
	client!: Client;
	arrivals!: Arrivals;
	/** Own edits for which no frame went out, because the document already said so: they wait for no acknowledgement. */
	#silent = new Set<number>();
	#due: number | undefined;
	#timer: NodeJS.Timeout | undefined;

	constructor(number: number, steps: Step[]) {
		this.number = number;
		this.steps = steps;
	}

	hearsDurable(edits: number): void {
		this.durable = Math.max(this.durable, edits);
		while (this.#silent.delete(this.durable)) this.durable += 1;
	}

	sentNothing(): void {
		this.#silent.add(this.made - 1);
		this.hearsDurable(this.durable);
	}

	/** In real time: whether the next edit is not due yet; then its author is woken when it is. */
	waits(step: Step, wake: (author: Author) => void): boolean {
		if (this.#due === undefined) {
			const last = this.steps[this.made - 1];
			const recorded = last && last.at > 0 && step.at > last.at ? step.at - last.at : undefined;
			// Without times, or within one second of a recording that counts seconds: the pace of a typing person.
			this.#due = performance.now() + Math.min(recorded ?? randomInt(90, 260), longestPauseMs);
		}
		const left = this.#due - performance.now();
		if (left > 0) {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => wake(this), Math.ceil(left));
			return true;
		}
		this.#due = undefined;
		return false;
	}
}

/** How many steps of each author a document holds, in their order. */
class Arrivals {
	counts: number[];
	#client: Client;
	#clients: number[];
	#stepsOf: Step[][];

	constructor(client: Client, rehearsal: Rehearsal, stepsOf: Step[][]) {
		this.counts = stepsOf.map(() => 0);
		this.#client = client;
		this.#clients = rehearsal.clients;
		this.#stepsOf = stepsOf;
	}

	get complete(): boolean {
		return this.counts.every((count, author) => count === this.#stepsOf[author]!.length);
	}

	/** Looks how far the document has come. Each step is looked at once when it arrives, and once per look before. */
	advance(arrived?: (step: Step) => void): void {
		this.#stepsOf.forEach((steps, author) => {
			for (let step; (step = steps[this.counts[author]!]); this.counts[author]! += 1) {
				if (!holdsStep(this.#client.doc, this.#clients[author]!, step)) break;
				arrived?.(step);
			}
		});
	}
}

type Fault = { kind: 'disconnect' | 'kill'; after: number };

/** Faults at random moments of the writing; none in the last tenth, so that each meets people still typing. */
function plan({ disconnects = 0, kills = 0, server }: Options, steps: number): Fault[] {
	if (kills > 0 && !server) throw new Error('Only a server that this run started itself can be killed.');
	const kinds = [...Array<'disconnect'>(disconnects).fill('disconnect'), ...Array<'kill'>(kills).fill('kill')];
	return kinds
		.map((kind) => ({ kind, after: randomInt(1, Math.max(2, Math.ceil(steps * 0.9))) }))
		.sort((a, b) => a.after - b.after);
}

function difference(who: string, found: string, expected: string): string {
	let at = 0;
	while (at < expected.length && found[at] === expected[at]) at++;
	const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
	return (
		`The text of ${who} differs at character ${at}: ${around(found)} instead of ${around(expected)} ` +
		`(${found.length} characters instead of ${expected.length}).`
	);
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
