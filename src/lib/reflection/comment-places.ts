/** Where comments are in the text that the editor shows. */
import type { Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import { commentLimits } from './comments.ts';
import { schema } from './schema.ts';

const { comment } = schema.marks;

export type Place = { from: number; to: number; words: string };

/** By id: from the first letter to the last, and the words that carry the mark. */
export function placesIn(doc: Node): Map<string, Place> {
	const places = new Map<string, Place>();
	let block: Node | null = null;
	doc.descendants((node, at, parent) => {
		for (const mark of node.marks) {
			if (mark.type !== comment) continue;
			const id = String(mark.attrs.id);
			const place = places.get(id);
			const words = node.isText ? node.text! : ' ';
			if (!place) places.set(id, { from: at, to: at + node.nodeSize, words });
			else {
				place.to = at + node.nodeSize;
				place.words += `${parent === block ? '' : ' '}${words}`;
			}
		}
		if (node.isInline) block = parent;
	});
	return places;
}

/** What a new comment would be about: what is selected, or else the paragraph the caret stands in. */
export function aboutIn(state: EditorState): { from: number; to: number; words: string } | null {
	const { empty, $from } = state.selection;
	let { from, to } = state.selection;
	if (empty) [from, to] = [$from.start(), $from.end()];
	const words = state.doc.textBetween(from, to, ' ', ' ').trim();
	return words === '' ? null : { from, to, words: words.slice(0, commentLimits.quote) };
}

/** Puts a comment on words. Undo takes back one's own writing; what one said about it stays. */
export const putOn = (state: EditorState, { from, to }: { from: number; to: number }, id: string): Transaction =>
	state.tr.addMark(from, to, comment.create({ id })).setMeta('addToHistory', false);
