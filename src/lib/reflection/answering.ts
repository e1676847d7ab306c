/**
 * Answering what a microcredential asks, in the editor: beginning a part, and marking words for a row of the rubric.
 * `answered.ts` says what becomes of it. Loaded when somebody first does it.
 */
import type { Node } from 'prosemirror-model';
import { type EditorState, TextSelection, type Transaction } from 'prosemirror-state';
import type { Doc } from 'yjs';
import { asMeant } from './commands.ts';
import { rubricName } from './document.ts';
import { schema } from './schema.ts';

const { rubric } = schema.marks;
const { heading, paragraph } = schema.nodes;

/** Something the microcredential asks for, and where it comes among the others. */
export type Part = { id: string; prompt: string; section: number };

/** As a title: a short prompt is its own, a long one is named by its place. */
const longestTitle = 90;

export function titleFor(part: Part, all: readonly Part[]): string {
	if ([...part.prompt].length <= longestTitle) return part.prompt;
	const name = { 1: 'Overview and context', 2: 'Evidence', 3: 'Reflection' }[part.section] ?? `Part ${part.section}`;
	const alike = all.filter(({ section }) => section === part.section);
	return alike.length > 1 ? `${name}, question ${alike.indexOf(part) + 1}` : name;
}

/** Where a part's heading stands. @returns null when there is none */
function headingOf(doc: Node, part: string): number | null {
	let found: number | null = null;
	doc.descendants((node, pos) => {
		if (found === null && node.type === heading && node.attrs.part === part && !node.attrs.split) found = pos;
		return found === null && !node.isTextblock;
	});
	return found;
}

/**
 * Goes to where a part is answered, or begins it: with its title, before the first later part or else at the end.
 * The title is the issuer's words, so it is no suggestion of whoever begins.
 */
export function beginPart(state: EditorState, part: Part, all: readonly Part[]): Transaction {
	const { doc } = state;
	const caretIn = (tr: Transaction, pos: number) =>
		tr.setSelection(TextSelection.near(tr.doc.resolve(pos))).scrollIntoView();
	const known = headingOf(doc, part.id);
	// Behind the title begins the answer.
	if (known !== null) return caretIn(state.tr, known + doc.nodeAt(known)!.nodeSize);
	const begins = [heading.create({ part: part.id }, schema.text(titleFor(part, all))), paragraph.create()];
	const size = begins[0]!.nodeSize;
	const later = all
		.slice(all.indexOf(part) + 1)
		.map(({ id }) => headingOf(doc, id))
		.find((pos) => pos !== null && doc.resolve(pos).depth === 0);
	if (typeof later === 'number')
		return caretIn(state.tr.insert(later, begins).setMeta(asMeant, true), later + size + 1);
	const last = doc.lastChild;
	const isEmpty = last?.type === paragraph && last.content.size === 0 && !last.attrs.split;
	const at = doc.content.size - (isEmpty ? last.nodeSize : 0);
	const tr = isEmpty ? state.tr.insert(at, begins[0]!) : state.tr.insert(at, begins);
	return caretIn(tr.setMeta(asMeant, true), at + size + 1);
}

export type Passage = { from: number; to: number; words: string };

/** The passages that serve a row, in the order of the text: as `answered.ts` counts them, with where they stand. */
export function passagesIn(doc: Node, row: string): Passage[] {
	const passages: Passage[] = [];
	let open: Passage | null = null;
	let block: Node | null = null;
	doc.descendants((node, pos, parent) => {
		if (!node.isText || schema.marks.insertion.isInSet(node.marks)) return;
		if (!node.marks.some(({ type, attrs }) => type === rubric && attrs.row === row)) {
			open = null;
			return;
		}
		if (!open) passages.push((open = { from: pos, to: pos, words: '' }));
		else if (block !== parent) open.words += ' ';
		open.to = pos + node.nodeSize;
		open.words += node.text!;
		block = parent;
	});
	return passages;
}

/** The words that would be marked now; empty when none are selected. */
export const selectedWords = ({ doc, selection: { from, to } }: EditorState): string =>
	doc.textBetween(from, to, ' ', ' ').trim();

/** Marks the selected words for a row. Undo takes back one's own writing; what is marked in it stays. */
export const markFor = (state: EditorState, row: string): Transaction =>
	state.tr
		.addMark(state.selection.from, state.selection.to, rubric.create({ row }))
		.setMeta('addToHistory', false)
		.setMeta(asMeant, true);

export const unmark = (state: EditorState, row: string, { from, to }: Passage): Transaction =>
	state.tr.removeMark(from, to, rubric.create({ row })).setMeta('addToHistory', false).setMeta(asMeant, true);

/** Says whether a row is covered. A row that has passages is in the map, so that whoever opens the text knows of marks. */
export function sayCovered(doc: Doc, row: string, covered: boolean): void {
	const rows = doc.getMap(rubricName);
	if (rows.get(row) !== covered) doc.transact(() => rows.set(row, covered), rubricName);
}
