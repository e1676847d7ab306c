/**
 * Keeps the caret, and what was typed just now, with the words they belong to. The binding to Yjs splits a paragraph by
 * deleting its second half and inserting it below, and makes a heading, a list item or a quotation by replacing the
 * paragraph. When the other person does so, the letters beside one's caret are gone; it stays behind at the end of the
 * first half, and so do letters of one's own that the other had not heard of. The next keys land there.
 *
 * A caret whose letter went is put where the same text has it now: what stands before the change keeps its place, counted from
 * the start, what stands behind it, counted from the end. One's own letters that stand behind a half that went are moved
 * to where it came.
 */
import { absolutePositionToRelativePosition, ySyncPluginKey } from '@tiptap/y-tiptap';
import type { Node } from 'prosemirror-model';
import { TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import { putBackTakenAlong } from './taken-along.ts';

/** Letters before the caret that say whether those that came back are the ones it stood behind. */
const mostBefore = 64;

type Binding = { type: Y.XmlFragment; mapping: Map<Y.AbstractType<unknown>, Node | Node[]> };
type Held = { doc: Node; anchor: number; head: number; letters: (Y.ID | null)[] };

/** @returns what ends it */
export function follow(
	view: Pick<EditorView, 'state' | 'dispatch'>,
	doc: Y.Doc,
	taking: () => Uint8Array | null
): () => void {
	const binding = () => (ySyncPluginKey.getState(view.state) as { binding: Binding }).binding;
	let held: Held | null = null;

	const before = ({ origin }: Y.Transaction) => {
		const { selection, doc: text } = view.state;
		held = null;
		if (!(selection instanceof TextSelection)) return;
		const { anchor, head } = selection;
		if (origin === putBackTakenAlong) held = { doc: text, anchor, head, letters: [] };
		if (!taking()) return;
		const { type, mapping } = binding();
		/** The letter that the caret stands behind, or else the one it stands before. */
		const letterAt = (pos: number): Y.ID | null => {
			const { parentOffset, parent } = text.resolve(pos);
			if (parent.content.size === 0) return null;
			const at = absolutePositionToRelativePosition(parentOffset > 0 ? pos : pos + 1, type, mapping as never) as {
				item: Y.ID | null;
			};
			return at.item;
		};
		held = { doc: text, anchor, head, letters: [letterAt(anchor), letterAt(head)] };
	};
	/** What stood before the caret when letters there went; they may come back. */
	let lost: { before: string; head: number; doc: Node } | null = null;
	const after = (transaction: Y.Transaction) => {
		if (!held) return;
		const { doc: was, anchor, head, letters } = held;
		held = null;
		if (transaction.origin === putBackTakenAlong) {
			if (lost && head === lost.head && was.eq(lost.doc)) {
				const back = behindWhatCame(was, view.state.doc, head, lost.before);
				if (back !== null) view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, back)));
			}
			return;
		}
		if (!taking()) return;
		const left = leftBehind(transaction, doc.clientID, binding().mapping, view.state.doc);
		const went = letters.some((letter) => letter && Y.isDeleted(transaction.deleteSet, letter));
		if (!left && !went) return;
		const { tr } = view.state;
		if (left) {
			const content = tr.doc.slice(left.from, left.to).content;
			tr.delete(left.from, left.to).insert(tr.mapping.map(left.at), content);
			const end = tr.mapping.map(left.at, 1);
			const isAmong = view.state.selection.head >= left.from && view.state.selection.head <= left.to;
			if (isAmong) tr.setSelection(TextSelection.create(tr.doc, end - (left.to - view.state.selection.head)));
		}
		if (went) {
			const [from, to] = [placeNow(was, tr.doc, anchor), placeNow(was, tr.doc, head)];
			if (from !== null && to !== null) tr.setSelection(TextSelection.create(tr.doc, from, to));
		}
		// It is the same text, and nobody's suggestion.
		if (tr.docChanged || !tr.selection.eq(view.state.selection)) view.dispatch(tr.setMeta('suggestions-settled', true));
		if (!went) return;
		const { parent, parentOffset } = was.resolve(head);
		const from = Math.max(0, parentOffset - mostBefore);
		const words = parent.textBetween(from, parentOffset, undefined, '\ufffc');
		lost = { before: words, head: view.state.selection.head, doc: view.state.doc };
	};
	doc.on('beforeTransaction', before);
	doc.on('afterTransaction', after);
	return () => {
		doc.off('beforeTransaction', before);
		doc.off('afterTransaction', after);
	};
}

/**
 * Letters that stood before the caret went, and came back at it.
 * @param stood what stood before it then
 * @returns where it is behind those of them that it stood behind; null when it is something else that came
 */
function behindWhatCame(was: Node, is: Node, head: number, stood: string): number | null {
	const { parent, parentOffset } = was.resolve(head);
	const now = is.resolve(head).parent;
	const came = now.content.size - parent.content.size;
	if (came <= 0) return null;
	const words = now.textBetween(parentOffset, parentOffset + came, undefined, '\ufffc');
	for (let length = came; length > 0; length--)
		if (stood.endsWith(words.slice(0, length).slice(-mostBefore))) return head + length;
	return null;
}

/** All text of a document, a line for each block, and where each of them begins. */
function flat(doc: Node): { text: string; blocks: { pos: number; at: number; size: number }[] } {
	const blocks: { pos: number; at: number; size: number }[] = [];
	let text = '';
	doc.descendants((node, pos) => {
		if (!node.isTextblock) return;
		if (blocks.length > 0) text += '\n';
		blocks.push({ pos: pos + 1, at: text.length, size: node.content.size });
		text += node.textBetween(0, node.content.size, undefined, '\ufffc');
	});
	return { text, blocks };
}

/** Where a place in a text is after a change of it; null when the change is all around it. */
export function placeNow(was: Node, is: Node, pos: number): number | null {
	const [before, now] = [flat(was), flat(is)];
	const block = before.blocks.findLast((one) => one.pos <= pos);
	if (!block) return null;
	const place = block.at + Math.min(pos - block.pos, block.size);
	const most = Math.min(before.text.length, now.text.length);
	let start = 0;
	while (start < most && before.text[start] === now.text[start]) start++;
	let end = 0;
	while (end < most - start && before.text[before.text.length - 1 - end] === now.text[now.text.length - 1 - end]) end++;
	const fromEnd = before.text.length - place;
	if (place > start && fromEnd > end) return null;
	// Between both, as where a line was broken right behind the caret, it stays with what stands before.
	const there = place <= start ? place : now.text.length - fromEnd;
	const inside = now.blocks.findLast((one) => one.at <= there);
	return inside ? inside.pos + Math.min(there - inside.at, inside.size) : null;
}

/**
 * One's own letters behind what the other moved into a new paragraph without having heard of them.
 * @returns where they stand, and where they belong
 */
function leftBehind(
	{ changed, deleteSet, beforeState, afterState, doc }: Y.Transaction,
	own: number,
	mapping: Binding['mapping'],
	root: Node
): { from: number; to: number; at: number } | null {
	const goes = (client: number, clock: number) => Y.isDeleted(deleteSet, { client, clock } as Y.ID);
	for (const text of changed.keys()) {
		if (!((text as unknown) instanceof Y.XmlText) || text._item?.deleted) continue;
		let [index, moved] = [0, ''];
		let [first, last, offset] = [-1, -1, 0];
		let isOurs = true;
		for (let item = text._start; item && isOurs; item = item.right) {
			const { content, id } = item;
			if (item.deleted) {
				if (content instanceof Y.ContentString && goes(id.client, id.clock)) moved += content.str;
			} else if (item.countable) {
				if (moved) {
					// One stretch, as somebody types it.
					isOurs = id.client === own && content instanceof Y.ContentString && (first < 0 || offset === moved.length);
					if (first < 0) [first, offset] = [index, moved.length];
					last = index + item.length;
				}
				index += item.length;
			}
		}
		if (!isOurs || first < 0) continue;
		const target = textMade(doc, beforeState, afterState, moved);
		const [here, there] = [placeOf(text as never, mapping, root), target && placeOf(target, mapping, root)];
		if (here === null || there === null || there === undefined) continue;
		return { from: here + first, to: here + last, at: there + offset };
	}
	return null;
}

/** A text that came with this change and says just this. */
function textMade(
	doc: Y.Doc,
	before: Map<number, number>,
	after: Map<number, number>,
	words: string
): Y.XmlText | null {
	for (const [client, end] of after) {
		const start = before.get(client) ?? 0;
		if (start === end) continue;
		const structs = doc.store.clients.get(client)!;
		for (const struct of structs.slice(Y.findIndexSS(structs, start))) {
			if (!(struct instanceof Y.Item) || struct.deleted) continue;
			const type = struct.content instanceof Y.ContentType ? struct.content.type : null;
			if (!(type instanceof Y.XmlText)) continue;
			let text = '';
			for (let item = type._start; item; item = item.right)
				if (!item.deleted && item.content instanceof Y.ContentString) text += item.content.str;
			if (text === words) return type;
		}
	}
	return null;
}

/** Where the text of a block begins that has no other; null when it has, or is not shown. */
function placeOf(text: Y.XmlText, mapping: Binding['mapping'], root: Node): number | null {
	const element = text.parent as Y.XmlElement;
	if (element.length !== 1) return null;
	const shown = mapping.get(element as never);
	let place: number | null = null;
	root.descendants((node, pos) => {
		if (node === shown) place = pos + 1;
		return place === null;
	});
	return place;
}
