/**
 * Plays a trace locally, before anything touches a network: one Y.Doc per author, each edit made on exactly the history
 * it was written on. What comes out is the Yjs update of every single edit, what each needs to have seen, and the text
 * that must stand at the end.
 */
import { randomInt } from 'node:crypto';
import * as Y from 'yjs';
import { rootName } from '../../src/lib/reflection/document.ts';
import type { Edit, Patch, Trace } from './trace.ts';

/** One edit, ready to be applied to the document of its author. */
export type Step = {
	author: number;
	/** How many steps of each author its history holds; its own count is the number of its own earlier steps. */
	needs: number[];
	/** The Yjs update of this edit alone; null when it changed nothing. */
	update: Uint8Array | null;
	/** A document has this step when it knows the author's client up to this clock … */
	clock: number;
	/** … and has deleted these ranges. An edit that only deletes shows in nothing else. */
	deleted: [client: number, clock: number, length: number][];
	/** Milliseconds since 1970 in the recording; 0 when unknown. */
	at: number;
};

export type Rehearsal = {
	trace: Trace;
	/** Yjs client id of each author. */
	clients: number[];
	/** The first is not the trace's: author 0 makes the paragraph in which the text will live. */
	steps: Step[];
	/** What the documents of all authors say in the end. */
	text: string;
	/** Whether that is what the trace says they must say; true when only a part was asked for. */
	asPublished: boolean;
};

/** Trying every order of the authors' ids stops here: beyond four authors it would take longer than the run. */
const mostAuthorsToReorder = 4;

/**
 * When two authors insert at the same place at the same time, Yjs puts the one with the smaller client id first. The
 * published end text fixes that order, so ids increase with the author; if that gives another text and there are few
 * authors, the other orders are tried too.
 * @param limit play only this many edits from the beginning
 * @throws Error when the trace lets one author write in two places of history at once, which the format forbids
 */
export function rehearse(trace: Trace, limit = Infinity): Rehearsal {
	const part = { ...trace, edits: trace.edits.slice(0, limit) };
	const whole = part.edits.length === trace.edits.length;
	const orders =
		trace.authors <= mostAuthorsToReorder ? permutations(trace.authors) : [[...Array(trace.authors).keys()]];
	let first: Rehearsal | undefined;
	for (const order of orders) {
		const rehearsal = play(part, order);
		rehearsal.asPublished = !whole || rehearsal.text === trace.endContent;
		if (rehearsal.asPublished) return rehearsal;
		first ??= rehearsal;
	}
	return first as Rehearsal;
}

function play(trace: Trace, order: number[]): Rehearsal {
	// Fresh ids per run: the server binds each to a person for good, and a second run may use the same reflection.
	const base = randomInt(1, 2 ** 32 - trace.authors);
	const clients = order.map((place) => base + place);
	const docs = clients.map((client) => {
		const doc = new Y.Doc();
		doc.clientID = client;
		return doc;
	});
	/** Steps of each author that the document of each author holds. */
	const holds = docs.map(() => docs.map(() => 0));
	const stepsOf: Step[][] = docs.map(() => []);
	const steps: Step[] = [];
	/** For each edit of the trace, how many steps of each author stand in the history that ends with it. */
	const history: number[][] = [];
	const wide = trace.edits.some((edit) =>
		edit.patches.some(([, , inserted]) => /[\u{10000}-\u{10ffff}]/u.test(inserted))
	);
	const texts = docs.map(() => new WrittenText(wide || /[\u{10000}-\u{10ffff}]/u.test(trace.startContent)));

	function step(author: number, needs: number[], at: number, change: (doc: Y.Doc) => void): void {
		const doc = docs[author]!;
		const held = holds[author]!;
		if (needs[author] !== held[author]) {
			throw new Error(`"${trace.name}" lets author ${author} write in two places of history at once.`);
		}
		// What the author has seen of the others since the last own edit, one author after the other.
		for (const missing of missingSteps(held, needs)) {
			if (missing.update) Y.applyUpdate(doc, missing.update);
			texts[author]!.forget();
		}
		needs.forEach((count, other) => (held[other] = count));
		const made: Step = { author, needs, update: null, clock: 0, deleted: [], at };
		const record = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
			made.update = update;
			for (const [client, ranges] of transaction.deleteSet.clients) {
				for (const range of ranges) made.deleted.push([client, range.clock, range.len]);
			}
		};
		doc.on('update', record);
		doc.transact(() => change(doc));
		doc.off('update', record);
		made.clock = Y.getState(doc.store, clients[author]!);
		held[author]! += 1;
		stepsOf[author]!.push(made);
		steps.push(made);
	}

	/** In the order in which they were made, so each finds what it stands on. */
	function missingSteps(held: number[], needs: number[]): Step[] {
		const missing = needs.flatMap((count, other) => stepsOf[other]!.slice(held[other], count));
		return new Set(missing.map(({ author }) => author)).size > 1
			? missing.sort((a, b) => depth(a) - depth(b))
			: missing;
	}
	/** Grows along every line of history, so what a step stands on sorts before it. */
	const depth = (made: Step) => made.needs.reduce((sum, count) => sum + count, 0);

	step(
		0,
		docs.map(() => 0),
		0,
		(doc) => {
			const paragraph = new Y.XmlElement('paragraph');
			const text = new Y.XmlText();
			doc.getXmlFragment(rootName).insert(0, [paragraph]);
			paragraph.insert(0, [text]);
			if (trace.startContent) text.insert(0, trace.startContent);
		}
	);
	const beginning = docs.map((_, author) => (author === 0 ? 1 : 0));

	for (const edit of trace.edits) {
		const needs = merged(edit, history, beginning);
		step(edit.author, needs, edit.at, (doc) => texts[edit.author]!.write(textNode(doc), edit.patches));
		history.push(needs.map((count, other) => (other === edit.author ? count + 1 : count)));
	}

	const everything = stepsOf.map((list) => list.length);
	const end = docs[0]!;
	for (const missing of missingSteps(holds[0]!, everything)) if (missing.update) Y.applyUpdate(end, missing.update);
	const text = textOf(end);
	for (const doc of docs) doc.destroy();
	return { trace, clients, steps, text, asPublished: true };
}

function merged(edit: Edit, history: number[][], beginning: number[]): number[] {
	const needs = [...beginning];
	for (const parent of edit.parents) {
		history[parent]!.forEach((count, other) => (needs[other] = Math.max(needs[other]!, count)));
	}
	return needs;
}

/** Applies patches to the text of one author's document, translating code points to the UTF-16 units of Yjs. */
class WrittenText {
	#wide: boolean;
	/** The text as it stands, kept only while nobody else's words came in; undefined means: ask the document. */
	#known: string | undefined;

	constructor(wide: boolean) {
		this.#wide = wide;
	}

	forget(): void {
		this.#known = undefined;
	}

	write(text: Y.XmlText, patches: Patch[]): void {
		for (const [position, deleted, inserted] of patches) {
			let from = position;
			let length = deleted;
			if (this.#wide) {
				const before = (this.#known ??= plain(text));
				from = unitsOf(before, 0, position);
				length = unitsOf(before, from, deleted);
				this.#known = before.slice(0, from) + inserted + before.slice(from + length);
			}
			if (length > 0) text.delete(from, length);
			if (inserted) text.insert(from, inserted);
		}
	}
}

/** UTF-16 units that so many code points from there on take. */
function unitsOf(text: string, from: number, points: number): number {
	let unit = from;
	for (let left = points; left > 0; left--) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
	return unit - from;
}

function textNode(doc: Y.Doc): Y.XmlText {
	return (doc.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
}

const plain = (text: Y.XmlText) =>
	(text.toDelta() as { insert: unknown }[]).map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');

/** All words of a reflection's document in their order; whatever stands beside the expected paragraph shows too. */
export function textOf(doc: Y.Doc): string {
	const read = (node: unknown): string => {
		if (node instanceof Y.XmlText) return plain(node);
		if (node instanceof Y.XmlFragment) return node.toArray().map(read).join('');
		return '';
	};
	return read(doc.getXmlFragment(rootName));
}

/** Whether a document holds a step's insertions and deletions. */
export function holdsStep(doc: Y.Doc, client: number, step: Step): boolean {
	if (Y.getState(doc.store, client) < step.clock) return false;
	for (const [other, from, length] of step.deleted) {
		if (Y.getState(doc.store, other) < from + length) return false;
		for (let clock = from; clock < from + length;) {
			const item = Y.getItem(doc.store, Y.createID(other, clock));
			if (!item.deleted) return false;
			clock = item.id.clock + item.length;
		}
	}
	return true;
}

function permutations(size: number): number[][] {
	if (size === 0) return [[]];
	return permutations(size - 1)
		.flatMap((rest) =>
			Array.from({ length: size }, (_, place) => [...rest.slice(0, place), size - 1, ...rest.slice(place)])
		)
		.sort((a, b) => a.join().localeCompare(b.join()));
}
