/** Deciding about suggestions in the editor: which there are, where each stands, and what becomes of it. */
import type { Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import { asMeant } from './commands.ts';
import { schema } from './schema.ts';
import { settleInStages, type Suggestion, suggestionsIn } from './settling.ts';
import { jsonOf, proposals, put } from './suggesting.ts';
import { type Block, type Decision, flatten, type Node as Json, rebuild } from './suggestions.ts';

const all = (doc: Node): Block[] => flatten(jsonOf(doc.content.content));

/** All suggestions of a text, in their order. */
export const listSuggestions = (doc: Node): Suggestion[] => suggestionsIn(all(doc));

/** Where a suggestion begins and ends. @returns null when there is none of this id (any more) */
export function rangeOf(doc: Node, id: string): { from: number; to: number } | null {
	let range: { from: number; to: number } | null = null;
	const add = (from: number, to: number) =>
		(range = range ? { from: Math.min(range.from, from), to: Math.max(range.to, to) } : { from, to });
	doc.descendants((node, pos) => {
		const { split, join, was, insertion: comes, deletion: goes } = node.attrs as Record<string, unknown>;
		if (node.isTextblock) {
			const wasId = typeof was === 'string' && was ? suggestionsIn(flatten([node.toJSON() as Json]))[0]?.id : null;
			if (split === id || join === id) add(pos + 1, pos + 1);
			else if (was && wasId === id) add(pos + 1, pos + 1 + node.content.size);
		}
		if (
			comes === id ||
			goes === id ||
			node.marks.some(({ type, attrs }) => proposals.includes(type) && attrs.id === id)
		)
			add(pos, pos + node.nodeSize);
	});
	return range;
}

/** The suggestion at the caret, or that the selection touches. */
export function suggestionAt(state: EditorState): string | null {
	const { from, to } = state.selection;
	for (const { id } of listSuggestions(state.doc)) {
		const range = rangeOf(state.doc, id);
		if (range && range.from <= to && range.to >= from) return id;
	}
	return null;
}

/** Accepts or declines suggestions: all of them, or those of these ids. */
export function decide(
	view: { readonly state: EditorState; dispatch(tr: Transaction): void },
	decision: Exclude<Decision, 'keep'>,
	ids?: ReadonlySet<string>
): void {
	for (const stage of settleInStages(all(view.state.doc), (id) => (!ids || ids.has(id) ? decision : 'keep'))) {
		const { state } = view;
		const nodes = rebuild(stage).map((json) => schema.nodeFromJSON(json));
		const tr = put(state.tr, { from: 0, to: state.doc.content.size, nodes: state.doc.content.content.slice() }, nodes);
		if (tr.docChanged) view.dispatch(tr.setMeta(asMeant, true));
	}
}
