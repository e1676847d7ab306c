/**
 * What a log says of the past of a text: how it was after a row, what is different between two, who wrote it, and the edit
 * that makes an older one again. It reads everything that was ever written in a reflection, so `past-thread.server.ts` asks
 * it on a thread of its own where the log is long. Pure.
 */
import * as Y from 'yjs';
import { readAccepted, readAuthors } from './authors.ts';
import { type AuthorOf, authorOf, type Block, blocksOf } from './blocks.ts';
import { type Difference, difference } from './difference.ts';
import { throughDocument } from './live/merge.ts';
import { type LogRow, type PackedLog, unpackLog } from './packed.ts';
import { restore } from './restoring.ts';
import { sharesOf } from './shares.ts';
import { Spans } from './spans.ts';

/** A log, and what is needed to read it. */
export type Past = {
	log: PackedLog;
	/** The log up to a row as one state. Needed where the rows before history kept them are gone. */
	folded: { upToNumber: number; state: Uint8Array } | null;
	/** Which person a Yjs client id belongs to. */
	owners: [client: number, person: string][];
};

export type Question =
	/** How the text was after this row. */
	| { ask: 'state'; number: number }
	/** What is different after `to` from what was after `from`. */
	| { ask: 'difference'; from: number; to: number }
	/** The same of many, without the lines. */
	| { ask: 'differences'; between: { from: number; to: number }[] }
	/** The lines after this row with their authors. */
	| { ask: 'authors'; number: number }
	/** How many words of this author came in as suggestions that this other person accepted. */
	| { ask: 'accepted'; number: number; author: string; by: string }
	/** The update that makes the text of `to` again, on top of that of `seen`. */
	| { ask: 'restore'; to: number; seen: number };

export type Sum = Omit<Difference, 'lines'>;

/** Null stands for what can't be known: how the text was before rows that nobody has any more. */
export type Answer<Q extends Question = Question> = Q extends { ask: 'state' }
	? { state: Uint8Array } | null
	: Q extends { ask: 'difference' }
		? Difference | null
		: Q extends { ask: 'differences' }
			? (Sum | null)[]
			: Q extends { ask: 'authors' }
				? Block[] | null
				: Q extends { ask: 'accepted' }
					? { words: number } | null
					: { update: Uint8Array; client: number } | { update: null } | null;

/** How many bytes of log a question has to read. */
export const bytesOf = ({ log, folded }: Past): number =>
	log.rows.reduce((sum, { packed }) => sum + packed.length, 0) +
	log.lines.reduce((sum, { rows }) => sum + rows.length, 0) +
	(folded?.state.length ?? 0);

/** @throws Error when the log is damaged */
export function answerOf<Q extends Question>(past: Past, question: Q): Answer<Q>;
export function answerOf(past: Past, question: Question): Answer {
	const reading = new Reading(past);
	if (question.ask === 'differences') {
		const known = question.between.filter(({ from, to }) => reading.knows(from, to));
		const found = new Map(reading.differences(known).map(({ lines: _, ...sum }, i) => [known[i], sum]));
		return question.between.map((each) => found.get(each) ?? null);
	}
	switch (question.ask) {
		case 'state':
			return reading.knows(question.number) ? { state: reading.stateAt(question.number) } : null;
		case 'difference':
			return reading.knows(question.from, question.to) ? reading.differences([question])[0]! : null;
		case 'authors': {
			const { number } = question;
			return reading.knows(number) ? blocksOf(reading.docAt(number), reading.by(number)) : null;
		}
		case 'accepted':
			return reading.knows(question.number) ? reading.accepted(question) : null;
		case 'restore': {
			const { to, seen } = question;
			if (!reading.knows(to, seen)) return null;
			const present = reading.docAt(seen);
			const update = restore(present, reading.docAt(to), { to, seen }, reading.by(seen));
			return update ? { update, client: present.clientID } : { update };
		}
	}
}

/** In place of the author of what came in as an accepted suggestion. No person has such an id. */
const asAccepted = 'accepted';

class Reading {
	readonly #rows: LogRow[];
	readonly #folded: Past['folded'];
	readonly #owners: Map<number, string>;

	constructor({ log, folded, owners }: Past) {
		this.#rows = readable(log);
		const isWhole =
			this.#rows.every(({ number }, i) => number === i + 1) && this.#rows.length >= (folded?.upToNumber ?? 0);
		this.#folded = isWhole ? null : folded;
		this.#owners = new Map(owners);
	}

	/** Whether it can be said how the text was after these rows. */
	knows(...numbers: number[]): boolean {
		return numbers.every((number) => number >= (this.#folded?.upToNumber ?? 0));
	}

	/** Who wrote what of all that was there up to a row. */
	by(number: number) {
		const log = this.#rows.filter((row) => row.number <= number);
		const { credits } = readAuthors(log, this.#owners, this.#folded?.state);
		return authorOf(this.#owners, credits);
	}

	/** Null where the marks of suggestions may be gone with the rows that had them. */
	accepted({ number, author, by }: Extract<Question, { ask: 'accepted' }>): { words: number } | null {
		if (this.#folded) return null;
		const log = this.#rows.filter((row) => row.number <= number);
		const { credits, accepted } = readAccepted(log, this.#owners);
		const spans = new Spans<true>();
		for (const { client, clock, length, acceptedBy } of accepted)
			if (acceptedBy === by) spans.add(client, clock, clock + length, true);
		const writtenBy = authorOf(this.#owners, credits);
		const told: AuthorOf = function* (client, from, to) {
			let at = from;
			for (const part of writtenBy(client, from, to)) {
				for (const { to, span } of spans.parts(client, at, part.to))
					yield { to, author: span && part.author === author ? asAccepted : part.author };
				at = part.to;
			}
		};
		const doc = this.docAt(number);
		try {
			return { words: sharesOf(blocksOf(doc, told)).find((share) => share.author === asAccepted)?.words ?? 0 };
		} finally {
			doc.destroy();
		}
	}

	stateAt(number: number): Uint8Array {
		const parts = this.#after(0, number);
		return throughDocument(this.#folded ? [this.#folded.state, ...parts] : parts);
	}

	docAt(number: number): Y.Doc {
		const doc = new Y.Doc();
		Y.applyUpdate(doc, this.stateAt(number));
		return doc;
	}

	differences(between: { from: number; to: number }[]): Difference[] {
		const numbers = [...new Set(between.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
		const by = this.by(numbers.at(-1) ?? 0);
		const lines = new Map<number, Block[]>();
		// One document grows from one to the next.
		const doc = new Y.Doc();
		let at = 0;
		try {
			if (this.#folded) Y.applyUpdate(doc, this.#folded.state);
			for (const number of numbers) {
				doc.transact(() => {
					for (const update of this.#after(at, number)) Y.applyUpdate(doc, update);
				});
				at = number;
				lines.set(number, blocksOf(doc, by));
			}
		} finally {
			doc.destroy();
		}
		return between.map(({ from, to }) => difference(lines.get(from)!, lines.get(to)!));
	}

	#after(from: number, to: number): Uint8Array[] {
		const least = Math.max(from, this.#folded?.upToNumber ?? 0);
		return this.#rows.flatMap(({ number, updates }) => (number > least && number <= to ? updates : []));
	}
}

/** What of a log can be read: a damaged line of years ago must not hide what came after it. */
function readable({ rows, lines }: PackedLog): LogRow[] {
	const isReadable = (log: PackedLog) => {
		try {
			unpackLog(log);
			return true;
		} catch {
			return false;
		}
	};
	const all = { rows, lines };
	if (isReadable(all)) return unpackLog(all);
	return unpackLog({
		rows: rows.filter((row) => isReadable({ rows: [row], lines: [] })),
		lines: lines.filter((line) => isReadable({ rows: [], lines: [line] }))
	});
}
