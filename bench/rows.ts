/** What is measured: each row puts one kind of load on one server and tells its figures. */
import { setTimeout as wait } from 'node:timers/promises';
import * as Y from 'yjs';
import { rehearse, textOf, type Rehearsal, type Step } from '../scripts/replay/rehearsal.ts';
import { readTrace } from '../scripts/replay/trace.ts';
import { frame, sync } from '../src/lib/reflection/frames.ts';
import { BenchClient, caretFrame, framed } from './client.ts';
import type { Contender, Place, Running } from './servers.ts';

export type Figures = Record<string, number | null>;

export type Options = {
	/** How long the server is watched under load that goes on. */
	seconds: number;
	/** Where automerge-paper.json.gz lies; it is too large to come with us. */
	paper: string | undefined;
};

type Row = {
	title: string;
	/** Why it can't be measured here, if it can't. */
	lacks?(options: Options): string | undefined;
	/** Servers for which it makes no sense. */
	without?: Contender['name'][];
	measure(contender: Contender, options: Options): Promise<Figures>;
};

const warmUpMs = 3000;
const documents = 60;
/** Two people at ten updates a second each: somebody who types fast. */
const updatesPerSecond = 20;
const idlePairs = 300;
/** Stock clients say again that they are there this often. */
const presenceEveryMs = 15_000;
const readers = 200;
const joins = 40;
const returningPairs = 500;
const behind = 200;

export const rows: Record<string, Row> = {
	typing: {
		title: `${documents} documents, two people each, ${updatesPerSecond} updates a second in each`,
		measure: (contender, options) => typing(contender, options, false)
	},
	carets: {
		title: 'the same, a caret with each update',
		measure: (contender, options) => typing(contender, options, true)
	},
	idle: { title: `${idlePairs} pairs with all of friendsforever, nobody types; then all leave`, measure: idle },
	readers: { title: `one document, one writer, ${readers} readers`, measure: oneForMany },
	return: {
		title: `${returningPairs} pairs with a page of text come back at once to a server that has just started`,
		without: ['floor'],
		measure: comeBack
	},
	paper: {
		title: 'automerge-paper sent at full speed to a reader, then joins of it',
		lacks: ({ paper }) => (paper ? undefined : 'needs --paper <path to automerge-paper.json.gz>'),
		without: ['floor'],
		measure: paper
	}
};

// ---- people who type ------------------------------------------------------------------------------------------------

let rehearsed: Rehearsal | undefined;
/** Enough of it for the longest run; playing all takes long. */
const rehearsal = () => (rehearsed ??= rehearse(readTrace('friendsforever'), 8000));

/** Two people in one document, who send what the two of the trace sent, each only on top of what they have heard. */
class Pair {
	readonly people: [BenchClient, BenchClient];
	readonly delays: number[] = [];
	sent = 0;
	#next = 0;
	readonly #steps: Step[];
	readonly #clients: number[];
	readonly #withCarets: boolean;
	/** Steps of each author that have insertions, and when they were sent; how many of them the other has. */
	readonly #underway: { clock: number; at: number }[][] = [[], []];
	readonly #arrived = [0, 0];
	/** How far each has heard the other. */
	readonly #heard = [0, 0];
	/** The clock that a number of the other's steps reaches. */
	readonly #clocks: number[][] = [[0], [0]];

	constructor(contender: Contender, running: Running, place: Place, withCarets: boolean) {
		const { steps, clients } = rehearsal();
		this.#steps = steps;
		this.#clients = clients;
		this.#withCarets = withCarets;
		this.people = [
			new BenchClient(contender.name, running, place, 0),
			new BenchClient(contender.name, running, place, 1)
		];
		this.people.forEach((person, index) => {
			const other = 1 - index;
			person.onUpdate = (update) => this.#receive(other, update);
		});
	}

	async ready(): Promise<this> {
		await Promise.all(this.people.map((person) => person.ready()));
		return this;
	}

	/** Sends the next edit, unless what it was written on has not arrived at its author yet. */
	type(): void {
		const step = this.#steps[this.#next]!;
		const { author, needs, update, clock } = step;
		const other = 1 - author;
		if (this.#heard[author]! < this.#clocks[other]![needs[other]!]!) return;
		this.#next++;
		const clocks = this.#clocks[author]!;
		const inserts = clock > clocks.at(-1)!;
		clocks.push(clock);
		if (!update) return;
		this.people[author]!.send(framed(frame.sync, sync.update, update));
		if (inserts) this.#underway[author]!.push({ clock, at: performance.now() });
		if (this.#withCarets)
			this.people[author]!.send(caretFrame(this.#clients[author]!, this.#next + 1, Math.max(0, clock - 1)));
		this.sent++;
	}

	#receive(author: number, update: Uint8Array): void {
		const now = performance.now();
		const to = Y.parseUpdateMeta(update).to.get(this.#clients[author]!);
		if (to === undefined) return;
		this.#heard[1 - author] = Math.max(this.#heard[1 - author]!, to);
		const underway = this.#underway[author]!;
		for (let sent; (sent = underway[this.#arrived[author]!]) && sent.clock <= to; this.#arrived[author]!++)
			this.delays.push(now - sent.at);
	}

	get bytes(): number {
		return this.people[0].bytes + this.people[1].bytes;
	}

	/** Fails when a server sent somebody away: figures of half the load would look good. */
	check(): void {
		for (const { closedWith } of this.people)
			if (closedWith !== undefined) throw new Error(`A client was sent away under load: ${closedWith}`);
	}
}

async function typing(contender: Contender, { seconds }: Options, withCarets: boolean): Promise<Figures> {
	rehearsal();
	const running = await contender.start();
	const pairs = (await contender.places(documents)).map((place) => new Pair(contender, running, place, withCarets));
	await Promise.all(pairs.map((pair) => pair.ready()));
	const stop = onTheBeat(
		pairs.map((pair) => () => pair.type()),
		updatesPerSecond
	);
	await wait(warmUpMs);
	for (const pair of pairs) pair.delays.length = 0;
	const bytesOf = () => sum(pairs.map((pair) => pair.bytes));
	const sentOf = () => sum(pairs.map((pair) => pair.sent));
	const before = { cpu: running.cpu(), database: running.databaseCpu(), bytes: bytesOf(), sent: sentOf() };
	await wait(seconds * 1000);
	const cpu = running.cpu() - before.cpu;
	const database = running.databaseCpu() - before.database;
	const sent = sentOf() - before.sent;
	const bytes = bytesOf() - before.bytes;
	stop();
	const asked = documents * updatesPerSecond * seconds;
	for (const pair of pairs) pair.check();
	if (sent < asked * 0.9)
		throw new Error(`Only ${sent} of ${asked} updates could be sent: the load was not what it says.`);
	const delays = pairs.flatMap((pair) => pair.delays).sort((a, b) => a - b);
	await Promise.all(pairs.flatMap((pair) => pair.people.map((person) => person.leave())));
	await running.kill();
	const per = withCarets ? 'carets ' : '';
	return {
		[`${per}app`]: (cpu / sent) * 1000,
		[`${per}app and database`]: ((cpu + database) / sent) * 1000,
		[`${per}p50`]: delays[Math.floor(delays.length * 0.5)]!,
		[`${per}p99`]: delays[Math.floor(delays.length * 0.99)]!,
		[`${per}bytes`]: bytes / sent
	};
}

/** Calls each so many times a second, spread evenly over the time between two calls. */
function onTheBeat(calls: (() => void)[], perSecond: number): () => void {
	const every = 1000 / perSecond;
	const began = performance.now();
	const done = calls.map(() => 0);
	const timer = setInterval(() => {
		const elapsed = performance.now() - began;
		calls.forEach((call, index) => {
			const due = Math.floor(elapsed / every - index / calls.length);
			for (; done[index]! < due; done[index]!++) call();
		});
	}, 2);
	return () => clearInterval(timer);
}

// ---- people who do nothing ------------------------------------------------------------------------------------------

async function idle(contender: Contender, { seconds }: Options): Promise<Figures> {
	const words = framed(frame.sync, sync.update, longText());
	const places = await contender.places(idlePairs + 1);
	const running = await contender.start();
	const people: BenchClient[] = [];
	const come = async (place: Place) => {
		const first = await new BenchClient(contender.name, running, place, 0).ready();
		first.send(words);
		people.push(first, await new BenchClient(contender.name, running, place, 1).ready());
	};
	const leave = async () => {
		await Promise.all(people.splice(0).map((person) => person.leave()));
		// Until what is stored or let go later is.
		await wait(presenceEveryMs);
	};
	await come(places.pop()!);
	await leave();
	const empty = { rss: running.rss(), heap: await running.heap() };
	for (const place of places) await come(place);
	let clock = 0;
	const sayHere = () => {
		clock++;
		people.forEach((person, index) => person.send(caretFrame(1000 + (index % 2), clock, 0)));
	};
	sayHere();
	const timer = setInterval(sayHere, presenceEveryMs);
	// Until what is written later is written; and no edge of the time watched is a moment when all speak.
	await wait(presenceEveryMs * 1.5);
	const cpu = running.cpu();
	const watched = Math.max(2, Math.round((seconds * 1000) / presenceEveryMs)) * presenceEveryMs;
	await wait(watched);
	const idleCpu = running.cpu() - cpu;
	clearInterval(timer);
	const full = { rss: running.rss(), heap: await running.heap() };
	const away = people.find(({ closedWith }) => closedWith !== undefined);
	if (away) throw new Error(`A client was sent away while idle: ${away.closedWith}`);
	await leave();
	const left = await running.heap();
	await running.kill();
	return {
		rss: (full.rss - empty.rss) / idlePairs,
		heap: (full.heap - empty.heap) / idlePairs,
		'heap left': left / empty.heap,
		'idle cpu': (idleCpu / (watched / 60_000) / idlePairs) * 1000
	};
}

/** All that the two of the trace wrote in weeks, with its history; whoever sends it, new client ids are theirs. */
function longText(): Uint8Array {
	const doc = new Y.Doc();
	doc.transact(() => {
		for (const { update } of rehearse(readTrace('friendsforever')).steps) if (update) Y.applyUpdate(doc, update);
	});
	return Y.encodeStateAsUpdate(doc);
}

// ---- everybody comes back -------------------------------------------------------------------------------------------

async function comeBack(contender: Contender): Promise<Figures> {
	const words = framed(frame.sync, sync.update, longText());
	const places = await contender.places(returningPairs);
	let running = await contender.start();
	for (const place of places) {
		const person = await new BenchClient(contender.name, running, place, 0).ready();
		person.send(words);
		await person.leave();
	}
	// Time to store what is stored later, and to fold.
	await wait(15_000);
	await running.kill();
	running = await contender.start();
	await wait(12_000); // an idle connection of the database tells after ten seconds what it did
	const transactions = await running.transactions();
	const before = { cpu: running.cpu(), database: running.databaseCpu(), at: performance.now() };
	const crowd = places.flatMap((place) => [
		new BenchClient(contender.name, running, place, 0),
		new BenchClient(contender.name, running, place, 1)
	]);
	await Promise.all(crowd.map((person) => person.ready()));
	const figures: Figures = {
		'return ms': performance.now() - before.at,
		'return cpu': (running.cpu() - before.cpu) * 1000,
		'return database cpu': (running.databaseCpu() - before.database) * 1000
	};
	await wait(12_000);
	if (transactions !== undefined) figures['return transactions'] = (await running.transactions())! - transactions;
	await Promise.all(crowd.map((person) => person.leave()));
	await running.kill();
	return figures;
}

// ---- one document, many readers -------------------------------------------------------------------------------------

async function oneForMany(contender: Contender, { seconds }: Options): Promise<Figures> {
	const running = await contender.start();
	const [place] = (await contender.places(1)) as [Place];
	const steps = typed(updatesPerSecond * (seconds + 10));
	const writer = await new BenchClient(contender.name, running, place, 0).ready();
	const audience: BenchClient[] = [];
	for (let index = 0; index < readers; index++)
		audience.push(await new BenchClient(contender.name, running, place, (index % 2) as 0 | 1).ready());
	let next = 0;
	const sentAt: number[] = [];
	const delays: number[] = [];
	audience[0]!.onUpdate = () => delays.push(performance.now() - sentAt[delays.length]!);
	const stop = onTheBeat(
		[
			() => {
				sentAt.push(performance.now());
				writer.send(framed(frame.sync, sync.update, steps[next++]!));
			}
		],
		updatesPerSecond
	);
	await wait(warmUpMs);
	const heard = () => sum(audience.map(({ updates }) => updates));
	const before = { cpu: running.cpu(), heard: heard() };
	await wait(seconds * 1000);
	const cpu = running.cpu() - before.cpu;
	const deliveries = heard() - before.heard;
	stop();
	const asked = readers * updatesPerSecond * seconds;
	if (deliveries < asked * 0.9) throw new Error(`Only ${deliveries} of ${asked} updates reached the readers.`);
	delays.sort((a, b) => a - b);
	await running.kill();
	return { 'app per delivery': (cpu / deliveries) * 1000, 'reader p99': delays[Math.floor(delays.length * 0.99)]! };
}

/** The updates of one person who types so many letters. */
function typed(letters: number): Uint8Array[] {
	const doc = new Y.Doc();
	const steps: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => steps.push(update));
	const text = doc.getText('text');
	for (let index = 0; index < letters; index++) text.insert(index, 'abcdefgh '[index % 9]!);
	return steps;
}

// ---- a long document ------------------------------------------------------------------------------------------------

type Paper = { steps: Step[]; client: number; text: string; almost: Uint8Array<ArrayBuffer> };
let paperRead: Paper | undefined;

function readPaper(path: string): Paper {
	const { steps, clients, text } = rehearse(readTrace(path));
	const client = clients[0]!;
	// What somebody knows who left 200 edits before the end.
	const almost = new Map([[client, steps[steps.length - behind - 1]!.clock]]);
	return { steps, client, text, almost: new Uint8Array(Y.encodeStateVector(almost)) };
}

/** Updates that the reader has not heard yet. */
const ahead = 2000;
/** Some client id that no author has; the reader's caret needs one. */
const readerClient = 1001;
/** An answer is taken to be whole when nothing has come for this long. */
const quietMs = 1500;

async function paper(contender: Contender, { paper: path }: Options): Promise<Figures> {
	const { steps, client, text, almost } = (paperRead ??= readPaper(path!));
	const [place] = (await contender.places(1)) as [Place];
	let running = await contender.start();
	const writer = await new BenchClient(contender.name, running, place, 0).ready();
	const reader = await new BenchClient(contender.name, running, place, 1).ready();
	const last = steps.at(-1)!.clock;
	let reached = 0;
	reader.onUpdate = (update) => (reached = Math.max(reached, Y.parseUpdateMeta(update).to.get(client) ?? 0));
	const before = { cpu: running.cpu(), at: performance.now() };
	const check = () => {
		for (const { closedWith } of [writer, reader])
			if (closedWith !== undefined) throw new Error(`A client was sent away: ${closedWith}`);
		if (performance.now() - before.at > 600_000) throw new Error('The reader did not hear all in ten minutes.');
	};
	// Whoever says nothing for a minute is sent away by some; stock clients say that they are there.
	let clock = 0;
	const presence = setInterval(() => {
		clock++;
		writer.send(caretFrame(client, clock, 0));
		reader.send(caretFrame(readerClient, clock, 0));
	}, presenceEveryMs);
	for (const [index, step] of steps.entries()) {
		if (step.update) writer.send(framed(frame.sync, sync.update, step.update));
		if (index % 100 === 0) await new Promise(setImmediate);
		// As fast as the server takes it: what piles up in it would measure its queue.
		while (reached < (steps[index - ahead]?.clock ?? 0)) {
			await wait(1);
			check();
		}
	}
	while (reached < last) {
		await wait(20);
		check();
	}
	clearInterval(presence);
	const figures: Figures = {
		'app at full speed': ((running.cpu() - before.cpu) / steps.length) * 1000,
		'seconds at full speed': (performance.now() - before.at) / 1000
	};
	if (contender.name === 'ours') {
		// It loses nothing when it is killed now, and nothing is in order yet. (Who loses what was written would never be whole.)
		await running.kill();
		running = await contender.start();
		await wait(2000);
		const raw = await join(contender, running, place, text);
		Object.assign(figures, { 'raw ms': raw.ms, 'raw cpu': raw.cpu, 'raw KB': raw.bytes });
	} else await Promise.all([writer.leave(), reader.leave()]);

	// Time to store what is stored later, and to fold.
	await wait(15_000);
	await running.kill();
	running = await contender.start();
	await wait(2000);
	const cold = await join(contender, running, place, text);
	Object.assign(figures, { 'cold ms': cold.ms, 'cold cpu': cold.cpu, 'cold KB': cold.bytes });
	if (cold.ms === null) {
		await running.kill();
		return figures;
	}

	const stays = await new BenchClient(contender.name, running, place, 0).ready();
	const one = (author: number, stateVector?: Uint8Array<ArrayBuffer>) =>
		new BenchClient(contender.name, running, place, (author % 2) as 0 | 1, stateVector);
	const costOf = async (work: () => Promise<unknown>) => {
		await wait(1000);
		const cpu = running.cpu();
		await work();
		return (running.cpu() - cpu) * 1000;
	};
	const oneByOne = (stateVector?: Uint8Array<ArrayBuffer>) =>
		costOf(async () => {
			for (let index = 0; index < joins; index++) {
				const visitor = await one(index, stateVector).ready();
				await visitor.leave();
			}
		});
	figures['warm cpu'] = (await oneByOne()) / joins;
	figures['behind cpu'] = (await oneByOne(almost)) / joins;
	figures['crowd cpu'] = await costOf(async () => {
		const crowd = Array.from({ length: joins }, (_, index) => one(index));
		await Promise.all(crowd.map((visitor) => visitor.ready()));
		await Promise.all(crowd.map((visitor) => visitor.leave()));
	});
	await stays.leave();
	await running.kill();
	return figures;
}

/** One join: how long until the text was whole, what it cost, and how much came; no time when it never was whole. */
async function join(contender: Contender, running: Running, place: Place, text: string) {
	const cpu = running.cpu();
	const began = performance.now();
	const came: { at: number; update: Uint8Array }[] = [];
	const note = (update: Uint8Array) => came.push({ at: performance.now() - began, update: update.slice() });
	const visitor = new BenchClient(contender.name, running, place, 0);
	visitor.onUpdate = note;
	note(await visitor.synced);
	for (let bytes = -1; bytes !== visitor.bytes; await wait(quietMs)) bytes = visitor.bytes;
	const cost = (running.cpu() - cpu) * 1000;
	const doc = new Y.Doc();
	let ms: number | null = null;
	for (const { at, update } of came.sort((a, b) => a.at - b.at)) {
		Y.applyUpdate(doc, update);
		ms ??= textOf(doc) === text ? at : null;
	}
	const bytes = visitor.bytes / 1024;
	doc.destroy();
	await visitor.leave();
	// What a join that never was whole cost compares with nothing.
	return ms === null ? { ms, cpu: null, bytes: null } : { ms, cpu: cost, bytes };
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
