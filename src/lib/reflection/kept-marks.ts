/**
 * Keeps comments on their words. A comment is a mark in the text, and marks go along when the editor moves words by
 * deleting them here and inserting the same there (Enter, joining, a list). Three things they do not survive by
 * themselves:
 *
 * 1. One person moves words while the other, of whom they have not heard yet, comments on them: the mark is on what was
 *    deleted, and the copy has none.
 * 2. Undo brings words back as new text; the mark on them may have come or gone meanwhile, or reach further than before.
 * 3. Where two marks meet that were set without knowing of each other, the end of one may be lost and it goes on and on.
 *
 * So we remember for each character in which comments it stands, by its Yjs id, and whoever sees it come back or move gives
 * the new one what the old one had. Words that came into a suggested deletion are taken out of it (`spared.ts`).
 *
 * It asks nothing of the editor: it reads and writes the Yjs document, and what it writes is no step of anybody's undo.
 * `comment-places.test.ts` says how well this goes.
 */
import * as Y from 'yjs';
import { rootName } from './document.ts';
import { sparedIn } from './spared.ts';

/** Marks that belong to words, as the binding names them. */
const belonging = /^(?:comment|rubric)(?:--.{8})?$/;

/** What the binding wrote for each mark, by name and hash, and which item of the text began it. */
type Marks = ReadonlyMap<string, { value: object; by: Y.Item }>;
type Letter = { text: Y.Text; item: Y.Item; offset: number; char: string; marks: Marks };
/** What came or went in one text. */
type Stretch = { text: Y.Text; letters: Letter[]; chars: string; found: Set<number> };
type Wishes = Map<string, { letter: Letter; marks: Map<string, object | null> }>;

/** From so many UTF-16 units on, equal words that go and come in one change are the same words: as in authors.ts. */
const surely = 8;
/** Longer changes than people make in one go; beyond, only what moved whole is found. */
const longest = 20_000;
/** Stretches that went and are looked for in later changes: as many as somebody undoes in one go. */
const mostLost = 64;

const none: Marks = new Map();
const idOf = ({ client, clock }: Y.ID, offset: number) => `${client} ${clock + offset}`;
const nameOf = ({ item, offset }: Letter) => idOf(item.id, offset);

/** @returns what ends it */
export function keepMarks(doc: Y.Doc): () => void {
	const fragment = doc.getXmlFragment(rootName);
	/** Letters in comments, deleted ones too: what they are, what they last stood in, and what they ever did. */
	const known = new Map<string, { char: string; marks: Marks; ever: ReadonlySet<string> }>();
	/** Marks that have been in this text. */
	const seen = new Set<string>();
	let lost: Stretch[] = [];
	/** What is to be on letters that came with what is happening now; written once it is over. */
	let wishes: Wishes = new Map();
	/** Texts that others changed, in which somebody's words may have come into a suggested deletion. */
	let met = new Set<Y.Text>();

	const marksOf = (item: Y.Item, offset: number) => known.get(idOf(item.id, offset))?.marks ?? none;
	const remember = (letter: Letter) => {
		const id = nameOf(letter);
		const before = known.get(id);
		if (!before && letter.marks.size === 0) return;
		for (const key of letter.marks.keys()) seen.add(key);
		const { char, marks } = letter;
		known.set(id, { char, marks, ever: new Set([...(before?.ever ?? []), ...marks.keys()]) });
	};
	const wish = (letter: Letter, marks: Iterable<[string, { value: object } | null]>) => {
		const id = nameOf(letter);
		const wished = wishes.get(id) ?? { letter, marks: new Map<string, object | null>() };
		wishes.set(id, wished);
		for (const [key, mark] of marks) if (mark || !wished.marks.has(key)) wished.marks.set(key, mark && mark.value);
	};

	const look = (transaction: Y.Transaction) => {
		const texts = changedTexts(transaction, fragment);
		if (texts.size === 0) return;
		const undone = transaction.origin instanceof Y.UndoManager;
		// What is typed here stands where the editor has put it.
		if (undone || !transaction.local) mend(transaction, texts, undone);
		if (!transaction.local) for (const text of texts) met.add(text);
		for (const text of texts) live(text).forEach(remember);
	};

	const mend = (transaction: Y.Transaction, texts: Set<Y.Text>, undone: boolean) => {
		const isNew = ({ id }: Y.Item) => id.clock >= (transaction.beforeState.get(id.client) ?? 0);
		const gone: Stretch[] = [];
		const come: Stretch[] = [];
		for (const text of texts) {
			const went = lettersIn(
				text,
				(item) => item.deleted && !isNew(item) && Y.isDeleted(transaction.deleteSet, item.id)
			);
			if (went.some(({ item, offset }) => marksOf(item, offset).size > 0)) gone.push(stretch(text, went));
			const came = lettersIn(text, (item) => !item.deleted && isNew(item));
			if (came.length > 0) come.push(stretch(text, came));
		}
		const came = new Map<string, Marks>();
		for (const from of [...gone, ...lost]) {
			const runs = come.flatMap((to) => moved(from, to, isNew).map((run) => ({ to, ...run })));
			runs.sort((a, b) => Number(b.sure) - Number(a.sure));
			const stands = new Set<number>();
			for (const { to, a, b, length, sure } of runs) {
				const letters = Array.from({ length }, (_, i) => i);
				// Letters that stand again elsewhere are not these, which are only alike.
				if (!sure && letters.some((i) => stands.has(a + i))) continue;
				for (const i of letters) {
					const { item, offset } = from.letters[a + i]!;
					const id = nameOf(to.letters[b + i]!);
					came.set(id, new Map([...(came.get(id) ?? []), ...marksOf(item, offset)]));
					stands.add(a + i);
				}
			}
			for (const at of stands) from.found.add(at);
		}
		lost = [...gone, ...lost].filter(({ letters, found }) => found.size < letters.length).slice(0, mostLost);

		/** Undo puts new text directly before what it brings back. */
		const putBack = ({ item, offset }: Letter): Marks | undefined => {
			const text = (item.content as Y.ContentString).str;
			let marks: Marks | undefined;
			let at = 0;
			for (let next = item.right; next && at < text.length; next = next.right) {
				if (next.content instanceof Y.ContentFormat || isNew(next)) continue;
				if (!next.deleted) break;
				for (let i = 0; i < next.length && at < text.length; i++, at++) {
					const was = known.get(idOf(next.id, i));
					if (was && was.char !== text[at]) return undefined;
					if (was && at === offset) ({ marks } = was);
				}
			}
			return marks;
		};
		const origins = undone ? redone(doc) : null;
		const before = (letter: Letter): Marks | undefined => {
			const origin = origins?.get(nameOf(letter));
			return origin ? marksOf(...origin) : putBack(letter);
		};
		for (const text of texts)
			for (const letter of live(text)) {
				const without = (had: { has(key: string): boolean }) => {
					for (const [key, { by }] of letter.marks)
						if (!had.has(key) && seen.has(key) && (undone || !isNew(by))) wish(letter, [[key, null]]);
				};
				if (!isNew(letter.item)) {
					if (undone) wish(letter, marksOf(letter.item, letter.offset));
					without(known.get(nameOf(letter))?.ever ?? none);
					continue;
				}
				const [one, other] = [came.get(nameOf(letter)), before(letter)];
				if (!one && !other) continue;
				const had = new Map([...(one ?? []), ...(other ?? [])]);
				wish(letter, had);
				// Otherwise whoever made the change does this, and each would end what the other begins.
				if (undone) without(had);
			}
	};

	const write = () => {
		const spared = [...met].flatMap((text) => sparedIn(text).map((place) => ({ text, place })));
		met = new Set();
		if (wishes.size === 0 && spared.length === 0) return;
		const wished = wishes;
		wishes = new Map();
		const texts = new Set([...wished.values()].map(({ letter }) => letter.text));
		const keys = new Set([...wished.values()].flatMap(({ marks }) => [...marks.keys()]));
		doc.transact(() => {
			for (const { text, place } of spared) text.format(...place, { deletion: null });
			for (const text of texts) for (const key of keys) format(text, key, wished);
		}, keepMarks);
	};

	const all = (parent: Y.XmlFragment): void => {
		for (const child of parent.toArray())
			if (child instanceof Y.XmlText) live(child).forEach(remember);
			else if (child instanceof Y.XmlElement) all(child);
	};
	all(fragment);
	doc.on('afterTransaction', look);
	doc.on('afterAllTransactions', write);
	return () => {
		doc.off('afterTransaction', look);
		doc.off('afterAllTransactions', write);
	};
}

/** Whole runs at once: fewer marks that could meet somebody else's. */
function format(text: Y.Text, key: string, wished: Wishes): void {
	const letters = live(text);
	let from = 0;
	let run: object | null | undefined;
	const end = (to: number) => {
		if (run !== undefined) text.format(from, to - from, { [key]: run });
		run = undefined;
	};
	letters.forEach((letter, index) => {
		const value = wished.get(nameOf(letter))?.marks.get(key);
		const wanted = value === undefined || letter.marks.has(key) === !!value ? undefined : value;
		if (wanted === run || (wanted && run)) return;
		end(index);
		[from, run] = [index, wanted];
	});
	end(letters.length);
}

const stretch = (text: Y.Text, letters: Letter[]): Stretch => ({
	text,
	letters,
	chars: letters.map(({ char }) => char).join(''),
	found: new Set()
});

const live = (text: Y.Text) => lettersIn(text, (item) => !item.deleted);

function lettersIn(text: Y.Text, wanted: (item: Y.Item) => boolean): Letter[] {
	const letters: Letter[] = [];
	let marks: Marks = none;
	for (let item = (text as unknown as { _start: Y.Item | null })._start; item; item = item.right) {
		const { content } = item;
		if (content instanceof Y.ContentFormat && !item.deleted && belonging.test(content.key)) {
			const next = new Map(marks);
			if (content.value) next.set(content.key, { value: content.value as object, by: item });
			else next.delete(content.key);
			marks = next;
		} else if (content instanceof Y.ContentString && wanted(item))
			for (let offset = 0; offset < content.str.length; offset++)
				letters.push({ text, item, offset, char: content.str[offset]!, marks });
	}
	return letters;
}

/** Texts of the reflection in which something came or went. */
function changedTexts(transaction: Y.Transaction, fragment: Y.XmlFragment): Set<Y.Text> {
	const texts = new Set<Y.Text>();
	const add = ({ parent }: Y.Item) => {
		if (parent instanceof Y.XmlText && !texts.has(parent) && Y.isParentOf(fragment as never, parent._item))
			texts.add(parent);
	};
	const { doc, beforeState, afterState, deleteSet } = transaction;
	for (const [client, clock] of afterState) {
		const from = beforeState.get(client) ?? 0;
		const structs = clock > from ? doc.store.clients.get(client)! : [];
		for (let i = structs.length - 1; i >= 0 && structs[i]!.id.clock >= from; i--)
			if (structs[i] instanceof Y.Item) add(structs[i] as Y.Item);
	}
	Y.iterateDeletedStructs(transaction, deleteSet, (struct) => struct instanceof Y.Item && add(struct));
	return texts;
}

/** For letters that came back: as which they went. */
function redone(doc: Y.Doc): Map<string, [Y.Item, number]> {
	const origins = new Map<string, [Y.Item, number]>();
	for (const structs of doc.store.clients.values())
		for (const item of structs)
			if (item instanceof Y.Item && item.redone && item.content instanceof Y.ContentString)
				for (let offset = 0; offset < item.length; offset++) origins.set(idOf(item.redone, offset), [item, offset]);
	return origins;
}

/** So many letters that went, from `a` on, and that stand again, from `b` on; what is not sure was found beside what is. */
type Run = { a: number; b: number; length: number; sure: boolean };

/** Where words that went stand again. */
function moved(from: Stretch, to: Stretch, isNew: (item: Y.Item) => boolean): Run[] {
	if (from.chars.length + to.chars.length > longest) {
		const at = to.chars.indexOf(from.chars);
		return at < 0 ? [] : [{ a: 0, b: at, length: from.chars.length, sure: true }];
	}
	// A paragraph came or went with the change: then short ones count that reach an end of it, or are all that went.
	const structural = isNew(to.text._item!) || from.text._item!.deleted;
	const found: Run[] = [];
	const search = (a: number, aEnd: number, b: number, bEnd: number, anchored: boolean) => {
		const run = longestRun(from.chars.slice(a, aEnd), to.chars.slice(b, bEnd));
		if (!run) return;
		const [x, y, length] = [run[0] + a, run[1] + b, run[2]];
		const sure =
			length >= surely ||
			from.chars === to.chars ||
			(structural && !anchored && (length === from.chars.length || y === 0 || y + length === to.chars.length));
		// Beside what is sure. One or two letters are alike by chance, unless they are most of what is left of one of the two.
		if (!sure && !(anchored && (length > 2 || 2 * length >= Math.min(aEnd - a, bEnd - b)))) return;
		found.push({ a: x, b: y, length, sure });
		search(a, x, b, y, true);
		search(x + length, aEnd, y + length, bEnd, true);
	};
	search(0, from.chars.length, 0, to.chars.length, false);
	return found;
}

/** The longest text that is in both: where, where, and how long. */
function longestRun(a: string, b: string): [number, number, number] | null {
	let best: [number, number, number] | null = null;
	let above = new Uint16Array(b.length + 1);
	for (let i = 0; i < a.length; i++) {
		const row = new Uint16Array(b.length + 1);
		for (let j = 0; j < b.length; j++) {
			if (a[i] !== b[j]) continue;
			const length = (row[j + 1] = above[j]! + 1);
			if (length > (best?.[2] ?? 0)) best = [i - length + 1, j - length + 1, length];
		}
		above = row;
	}
	return best;
}
