/**
 * Suggesting in the editor: a person's own change to the text becomes a suggestion of it, and a decision about suggestions
 * becomes a change. What a suggestion is, is said in `suggestions.ts`; here stand positions, carets and transactions.
 */
import { Fragment, type MarkType, type Node } from 'prosemirror-model';
import { type EditorState, TextSelection, type Transaction } from 'prosemirror-state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { asMeant } from './commands.ts';
import { schema } from './schema.ts';
import { flatten, type Node as Json, rebuild, suggest } from './suggestions.ts';

const { insertion, deletion, restyled } = schema.marks;

/** Whether it is the person's own change, and not what came from elsewhere, an undo, or a decision. */
function isOwn(tr: Transaction): boolean {
	const sync = tr.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean; isUndoRedoOperation?: boolean } | undefined;
	return tr.docChanged && !sync?.isChangeOrigin && !sync?.isUndoRedoOperation && !tr.getMeta(asMeant);
}

/** How a person writes: whether they suggest, and what ids of their suggestions here begin with. */
export type Writing = { suggests: boolean; mine: string };

/**
 * Applies a change as it is meant: as a suggestion while the person suggests, else as it is, but so that what they write
 * inside somebody's suggestion is not part of that.
 * @param apply applies one transaction to the state; a suggestion may take several
 */
export function applyMeant(
	state: EditorState,
	tr: Transaction,
	{ suggests, mine }: Writing,
	apply: (tr: Transaction) => EditorState
): void {
	if (isOwn(tr)) tr = withoutRereading(state, tr);
	if (!isOwn(tr)) apply(tr);
	else if (suggests) suggestInstead(state, tr, mine, apply);
	else apply(asWritten(tr));
}

/**
 * A word that is being composed is read back from the screen as a whole, and without what is proposed about it: a new word
 * each time, whose letters ProseMirror would put in the place of the same letters. Here those that stay do, as they are.
 */
function withoutRereading(state: EditorState, tr: Transaction): Transaction {
	if (tr.getMeta('composition') === undefined) return tr;
	const ranges: [from: number, to: number, newTo: number][] = [];
	for (const map of tr.mapping.maps) map.forEach((from, to, _, newTo) => ranges.push([from, to, newTo]));
	if (ranges.length > 1) return tr;
	const [from, to, newTo] = ranges[0] ?? [0, 0, 0];
	const $is = tr.doc.resolve(from);
	if (!state.doc.resolve(from).sameParent(state.doc.resolve(to)) || !$is.sameParent(tr.doc.resolve(newTo))) return tr;
	const [was, is] = [textIn(state.doc, from, to), textIn(tr.doc, from, newTo)];
	const most = Math.min(was.length, is.length);
	let [start, end] = [0, 0];
	while (start < most && was[start] === is[start]) start++;
	while (end < most - start && was[was.length - 1 - end] === is[is.length - 1 - end]) end++;
	// Never half a character.
	if (/[\ud800-\udbff]$/.test(was.slice(0, start))) start--;
	if (/^[\udc00-\udfff]/.test(was.slice(was.length - end)) && end > 0) end--;

	const next = state.tr;
	if (start + end < most || was.length !== is.length) {
		const typed = $is.parent.content.cut($is.parentOffset + start, newTo - end - $is.start());
		next.replaceWith(from + start, to - end, typed);
	}
	next.setSelection(TextSelection.create(next.doc, tr.selection.anchor, tr.selection.head));
	return like(next, tr);
}

/** With a letter for all that is none, so that places stay what they are. */
const textIn = (doc: Node, from: number, to: number) => doc.textBetween(from, to, '\ufffc', '\ufffc');

/** The same to everybody who looks at a transaction and not at its steps. */
function like(next: Transaction, tr: Transaction): Transaction {
	for (const [name, value] of Object.entries((tr as unknown as { meta: Record<string, unknown> }).meta))
		next.setMeta(name, value);
	return tr.scrolledIntoView ? next.scrollIntoView() : next;
}

/** Two windows on the same blocks, before a change and after it, in whole top-level nodes. */
type Window = { from: number; to: number; nodes: Node[] };

type Extent = { from?: number; to?: number; pos?: number; steps?: Extent[] };

/** Between which positions a step does anything, or at which; one that holds others does what they do. */
const extents = (step: unknown): Extent[] => (step as Extent).steps?.flatMap(extents) ?? [step as Extent];

function windows(state: EditorState, tr: Transaction): { old: Window; now: Window } {
	let [from, to] = [Infinity, 0];
	tr.steps.forEach((step, i) => {
		const back = tr.mapping.slice(0, i).invert();
		for (const { from: start, to: end, pos } of extents(step)) {
			from = Math.min(from, back.map(start ?? pos!, -1));
			to = Math.max(to, back.map(end ?? pos! + 1, 1));
		}
	});
	const size = state.doc.content.size;
	// One more on each side: a suggestion goes on where the one beside it stands.
	const first = Math.max(0, state.doc.resolve(Math.min(from, size)).index(0) - 1);
	const last = Math.min(state.doc.childCount, state.doc.resolve(Math.min(to, size)).indexAfter(0) + 1);
	const after = state.doc.childCount - last;
	return { old: windowOf(state.doc, first, last), now: windowOf(tr.doc, first, tr.doc.childCount - after) };
}

function windowOf(doc: Node, first: number, last: number): Window {
	let [from, to] = [0, 0];
	const nodes: Node[] = [];
	doc.forEach((node, offset, index) => {
		if (index < first) from = offset + node.nodeSize;
		if (index < last) to = offset + node.nodeSize;
		if (index >= first && index < last) nodes.push(node);
	});
	return { from, to: Math.max(from, to), nodes };
}

export const jsonOf = (nodes: readonly Node[]) => nodes.map((node) => node.toJSON() as Json);

/** How many tokens (block beginnings, characters, line breaks) stand before a position. */
function tokensBefore({ from, nodes }: Pick<Window, 'from' | 'nodes'>, pos: number): number {
	let count = 0;
	let at = from;
	const visit = (node: Node, start: number) => {
		if (start >= pos) return;
		if (node.isTextblock) {
			count += 1 + Math.min(node.content.size, Math.max(0, pos - start - 1));
			return;
		}
		node.forEach((child, offset) => visit(child, start + 1 + offset));
	};
	for (const node of nodes) {
		visit(node, at);
		at += node.nodeSize;
	}
	return count;
}

/** The position behind so many tokens. */
function behindTokens({ from, nodes }: Pick<Window, 'from' | 'nodes'>, count: number): number {
	let left = count;
	let found = from + 1;
	let at = from;
	const visit = (node: Node, start: number) => {
		if (left <= 0) return;
		if (node.isTextblock) {
			const inside = Math.min(left - 1, node.content.size);
			found = start + 1 + inside;
			left -= 1 + inside;
			return;
		}
		node.forEach((child, offset) => visit(child, start + 1 + offset));
	};
	for (const node of nodes) {
		visit(node, at);
		at += node.nodeSize;
	}
	return found;
}

/** The stretch of positions that the steps replaced, before all of them and after all of them. */
function stretch(tr: Transaction): { from: number; to: number; newTo: number } | null {
	let range: { from: number; to: number; newFrom: number; newTo: number } | null = null;
	tr.mapping.maps.forEach((map, i) =>
		map.forEach((oldStart, oldEnd, newStart, newEnd) => {
			const back = tr.mapping.slice(0, i).invert();
			const on = tr.mapping.slice(i + 1);
			const one = {
				from: back.map(oldStart, -1),
				to: back.map(oldEnd, 1),
				newFrom: on.map(newStart, -1),
				newTo: on.map(newEnd, 1)
			};
			range = range
				? {
						from: Math.min(range.from, one.from),
						to: Math.max(range.to, one.to),
						newFrom: Math.min(range.newFrom, one.newFrom),
						newTo: Math.max(range.newTo, one.newTo)
					}
				: one;
		})
	);
	return range;
}

function suggestInstead(
	state: EditorState,
	tr: Transaction,
	mine: string,
	apply: (tr: Transaction) => EditorState
): void {
	const { old, now } = windows(state, tr);
	const range = stretch(tr);
	const start = range ? tokensBefore(old, range.from) : 0;
	const oldEnd = range ? Math.max(start, tokensBefore(old, range.to)) : 0;
	// What stands behind is the same on both sides.
	const newEnd = oldEnd + tokensBefore(now, Infinity) - tokensBefore(old, Infinity);
	const made = suggest(
		flatten(jsonOf(old.nodes)),
		flatten(jsonOf(now.nodes)),
		{ start: Math.min(start, newEnd), oldEnd, newEnd },
		(neighbours) => neighbours.find((id) => id.startsWith(mine)) ?? newId(mine)
	);
	const stages = made.stages.map((blocks) => rebuild(blocks).map((json) => schema.nodeFromJSON(json)));
	const nodes = stages.at(-1)!;
	if (stages.length === 1 && Fragment.from(nodes).eq(Fragment.from(now.nodes))) return void apply(tr);

	const { selection } = state;
	let window = old;
	for (const stage of stages.slice(0, -1)) {
		state = apply(put(state.tr, window, stage).setMeta(asMeant, true));
		window = { from: old.from, to: old.from + Fragment.from(stage).size, nodes: stage };
	}
	const next = like(put(state.tr, window, nodes), tr);
	// The caret: where it is after the person's own change, with what stays in the text between.
	const { kept, goneFirst, replaced } = made;
	const moved = (pos: number) => {
		const tokens = tokensBefore(now, pos);
		if (tokens < replaced.start) return tokens;
		if (tokens > replaced.newEnd) return tokens + kept;
		if (replaced.newEnd > replaced.start) return goneFirst ? tokens + kept : tokens;
		// Nothing came: the caret goes on over what is to go, back or forth.
		const forward = selection.empty && tokensBefore(old, selection.head) <= replaced.start;
		return forward ? tokens + kept : tokens;
	};
	const place = { from: old.from, nodes };
	next.setSelection(
		TextSelection.between(
			next.doc.resolve(behindTokens(place, moved(tr.selection.anchor))),
			next.doc.resolve(behindTokens(place, moved(tr.selection.head)))
		)
	);
	apply(next);
}

/** Puts these nodes in place of a window, changing no more than what differs. */
export function put(tr: Transaction, { from, to, nodes: before }: Window, nodes: readonly Node[]): Transaction {
	const [was, will] = [Fragment.from(before), Fragment.from(nodes)];
	const start = was.findDiffStart(will);
	if (start === null) return tr;
	let { a, b } = was.findDiffEnd(will)!;
	const overlap = start - Math.min(a, b);
	if (overlap > 0) [a, b] = [a + overlap, b + overlap];
	const whole = tr.doc.copy(Fragment.from(nodes));
	const steps = tr.steps.length;
	try {
		tr.replace(from + start, from + a, whole.slice(start, b));
		if (windowContent(tr.doc, from, to + will.size - was.size).eq(will)) return tr;
	} catch {
		// Not every two trees can be made equal by replacing only what differs.
	}
	if (tr.steps.length === steps) return tr.replaceWith(from, to, nodes);
	return tr.replaceWith(from, to + tr.doc.content.size - tr.before.content.size, nodes);
}

const windowContent = (doc: Node, from: number, to: number) => doc.slice(from, Math.min(to, doc.content.size)).content;

/** A direct change, with nothing of a suggestion about what is new in it. */
function asWritten(tr: Transaction): Transaction {
	const range = stretch(tr);
	if (!range) return tr;
	tr.mapping.maps.forEach((map, i) =>
		map.forEach((_, __, newStart, newEnd) => {
			const on = tr.mapping.slice(i + 1, tr.mapping.maps.length);
			const [from, to] = [on.map(newStart, -1), Math.min(on.map(newEnd, 1), tr.doc.content.size)];
			if (from >= to) return;
			const blocks: number[] = [];
			let proposed = false;
			tr.doc.nodesBetween(from, to, (node, pos) => {
				if (node.isTextblock && pos >= from && (node.attrs.split || node.attrs.join || node.attrs.was))
					blocks.push(pos);
				if (node.isText) proposed ||= proposals.some((type) => type.isInSet(node.marks));
			});
			if (proposed) for (const type of proposals) tr.removeMark(from, to, type);
			for (const pos of blocks) for (const name of ['split', 'join', 'was']) tr.setNodeAttribute(pos, name, null);
		})
	);
	return tr;
}

export const proposals: MarkType[] = [insertion, deletion, restyled];

let counter = 0;
const newId = (mine: string) => `${mine}${Date.now().toString(36)}${(counter++).toString(36)}`;

/**
 * What is about to be typed at the caret, said beforehand, so that a phone's keyboard composes inside the right mark and
 * nothing has to be redrawn under it. For `appendTransaction`.
 */
export function aboutToType(state: EditorState, { suggests, mine }: Writing): Transaction | null {
	const { selection } = state;
	if (!(selection instanceof TextSelection) || !selection.$cursor) return null;
	const marks = state.storedMarks ?? selection.$cursor.marks();
	const others = marks.filter(({ type }) => !proposals.includes(type));
	if (!suggests) return others.length === marks.length ? null : state.tr.setStoredMarks(others);
	const set = marks.find(({ type }) => type === insertion);
	if (set && marks.length === others.length + 1 && String(set.attrs.id).startsWith(mine)) return null;
	const { nodeBefore, nodeAfter, parent, parentOffset } = selection.$cursor;
	const beside = [nodeBefore, nodeAfter]
		.flatMap((node) => node?.marks ?? [])
		.filter(({ type }) => type !== restyled && proposals.includes(type))
		.map(({ attrs }) => attrs.id as unknown);
	// At the beginning of a line whose break is the person's own suggestion, that goes on.
	if (parentOffset === 0) beside.push(parent.attrs.split);
	const id = beside.find((one): one is string => typeof one === 'string' && one.startsWith(mine));
	const mark = insertion.create({ id: id ?? newId(mine) });
	return state.tr.setStoredMarks(mark.addToSet(others));
}
