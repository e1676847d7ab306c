/** Rounds of honest and hostile people in one reflection, counted by what became of their updates. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { nothing } from '#lib/reflection/live/merge.ts';
import { scan } from '#lib/reflection/live/scan.ts';
import { writeDeletes } from '#lib/reflection/live/verdict.ts';
import { forged, mutated } from './hostile.ts';
import { Author } from './honest.ts';
import { Random } from './random.ts';
import { seen, standing } from './seen.ts';
import { World, type Kind, type Outcome } from './world.ts';

export type Figures = Record<Outcome, number> & {
	updates: number;
	rounds: number;
	/**
	 * Rounds in which a forger in the pair made views differ in order: a right neighbour that stands before the left one
	 * can't be told from clocks. Nothing is missing from any view, and without a forger it is a fault.
	 */
	disturbed: number;
	/**
	 * Edits in which Yjs itself failed in the editor of somebody, among what a forger put there (a mark inside a list): a
	 * place that it remembered in the list is wrong. What was typed before and after is sent all the same.
	 */
	stumbled: number;
	/** Structs of accepted updates by what they hold. */
	structs: Record<string, number>;
};

export const nothingYet = (): Figures => ({
	new: 0,
	trimmed: 0,
	known: 0,
	gap: 0,
	foreign: 0,
	unreadable: 0,
	updates: 0,
	rounds: 0,
	disturbed: 0,
	stumbled: 0,
	structs: {}
});

/** Steps of one round: long enough to collide, short enough that documents stay small and the run varied. */
const steps = 60;
/** Forged and damaged updates of one step. */
const forgeries = 8;

/**
 * One round: Rosa with two devices and Idris, who in every other round sends forgeries besides. The seed decides
 * everything in it.
 * @returns what people see in the end
 * @throws Error naming the seed when something is not as it must be
 */
export function round(seed: number, figures: Figures): string {
	const random = new Random(seed);
	const world = new World(random);
	const forger = random.oneIn(2);
	const clientIds = new Set<number>();
	const newClientId = () => {
		const client = random.int(2 ** 31) * 2 + random.int(2);
		clientIds.add(client);
		return client;
	};
	const authors = ['rosa', 'rosa', 'idris'].map((person) => new Author(person, newClientId(), random));
	const recent: Uint8Array[] = [nothing];

	const take = (update: Uint8Array, person: string, kind: Kind): Outcome => {
		const before = world.accepted.length;
		const outcome = world.take(update, person, kind);
		figures[outcome]++;
		figures.updates++;
		for (const news of world.accepted.slice(before))
			for (const author of authors) if (author.connected) author.hear(news);
		return outcome;
	};
	/** Under the ids of their own editor a forger would spoil only their own text: whatever else they do, all of it is taken. */
	const forge = (bytes: Uint8Array) => {
		try {
			if (scan(bytes).blocks.some(({ client }) => clientIds.has(client) && world.owners.get(client) !== 'rosa')) return;
		} catch {
			// What can't be read is sent as well.
		}
		take(bytes, 'idris', 'forged');
	};

	/** Both sides say which clocks they have, and send each other the rest. */
	const comeBack = (author: Author) => {
		author.hear(world.difference(Y.encodeStateVector(author.doc)));
		author.connected = true;
		const answer = author.answer(world.stateVector);
		recent.push(answer);
		if (random.oneIn(4)) {
			// In several frames, in some order, perhaps not all of them.
			for (const frame of shuffled(framesOf(answer), random)) if (!random.oneIn(6)) take(frame, author.person, 'part');
			take(Y.encodeStateAsUpdate(author.doc, world.stateVector), author.person, 'whole');
		} else take(answer, author.person, 'whole');
	};

	const send = (author: Author) => {
		if (!author.connected) return comeBack(author);
		let updates = author.outbox;
		author.outbox = [];
		const bad = random.oneIn(12);
		if (bad) updates = shuffled(updates, random).filter(() => !random.oneIn(4));
		else if (updates.length > 1 && random.oneIn(4)) updates = [Y.mergeUpdates(updates)];
		for (const update of updates) {
			recent.push(update);
			if (take(update, author.person, bad ? 'part' : 'whole') === 'gap') break;
			if (random.oneIn(10)) take(update, author.person, bad ? 'part' : 'whole'); // a frame sent twice
		}
		if (bad) comeBack(author); // a connection that loses frames is closed at the first gap, or by itself
	};

	/** Everybody has the same letters and values, in the same order; only a forger can disturb the order. */
	const mustAgree = (docs: Y.Doc[]): boolean => {
		if (new Set(docs.map(standing)).size > 1) throw new Error('somebody lacks what others have');
		const agree = new Set(docs.map((doc) => withoutPairs(seen(doc)))).size === 1;
		if (!agree && !forger) throw new Error('people see different texts');
		return agree;
	};

	try {
		for (let step = 0; step < steps; step++) {
			const author = random.pick(authors);
			if (random.oneIn(12)) author.connected = false;
			if (random.oneIn(25)) author.reload(newClientId());
			try {
				author.edit();
			} catch (error) {
				if (!forger) throw error;
				figures.stumbled++;
			}
			if (author.connected ? !random.oneIn(3) : random.oneIn(4)) send(author);
			if (random.oneIn(10)) world.fold();
			if (random.oneIn(15)) world.open();
			if (random.oneIn(15)) mustAgree([world.doc, world.newcomer()]);
			if (!forger) continue;
			for (let left = forgeries; left > 0; left--) {
				forge(
					random.oneIn(3) ? mutated(random.pick(recent), random.pick(recent), random) : forged(world.facts, 4, random)
				);
			}
		}
		// A cleanup of marks may follow from what is heard, so it takes more than one turn until all is said.
		for (let turn = 0; turn < 3; turn++) for (const author of authors) comeBack(author);
		for (const author of authors) if (author.connected) send(author);
		world.check();
		const docs = world.views();
		if (!mustAgree([...docs, ...authors.map(({ doc }) => doc)])) figures.disturbed++;
		figures.rounds++;
		for (const [kind, count] of world.structs) figures.structs[kind] = (figures.structs[kind] ?? 0) + count;
		return seen(world.doc);
	} catch (error) {
		throw new Error(`${(error as Error).message} (seed ${seed})`, { cause: error });
	}
}

/**
 * Between the halves of a surrogate pair Yjs cuts by writing U+FFFD twice, and where an editor only looked (a mark set
 * that was set already) it tells nobody: there, and only there, the editor's own view may differ.
 */
const withoutPairs = (text: string) => text.replace(/[\u{10000}-\u{10FFFF}]/gu, '\uFFFD\uFFFD');

/** The same update in several frames: one for each client with what is deleted of it, and one for the other deletions. */
function framesOf(update: Uint8Array): Uint8Array[] {
	const { blocks, deletes } = scan(update);
	const frame = (structs: Uint8Array, isOurs: (client: number) => boolean) => {
		const encoder = encoding.createEncoder();
		encoding.writeUint8Array(encoder, structs.subarray(0, scan(structs).deletesAt));
		writeDeletes(
			encoder,
			deletes.filter((_, i) => isOurs(deletes[i - (i % 3)]!))
		);
		return encoding.toUint8Array(encoder);
	};
	const clients = new Set(blocks.map(({ client }) => client));
	const frames = blocks.map(({ client }) => {
		const others = new Map(blocks.filter((block) => block.client !== client).map((block) => [block.client, block.to]));
		return frame(Y.diffUpdate(update, Y.encodeStateVector(others)), (deleted) => deleted === client);
	});
	return [...frames, frame(nothing, (deleted) => !clients.has(deleted))];
}

function shuffled<T>(list: T[], random: Random): T[] {
	const rest = [...list];
	const result: T[] = [];
	while (rest.length > 0) result.push(...rest.splice(random.int(rest.length), 1));
	return result;
}
