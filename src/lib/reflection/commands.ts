/** What the toolbar and the keyboard can do to a text, and what is on where the caret stands. */
import { lift, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands';
import type { MarkType, NodeType } from 'prosemirror-model';
import { liftListItem, wrapInList } from 'prosemirror-schema-list';
import { type Command, type EditorState, TextSelection } from 'prosemirror-state';
import { redo, undo, yUndoPluginKey } from '@tiptap/y-tiptap';
import { schema } from './schema.ts';

const { nodes, marks } = schema;

/** What the caret stands in; for aria-pressed. */
export type Active = {
	strong: boolean;
	em: boolean;
	link: boolean;
	heading: boolean;
	bullets: boolean;
	numbers: boolean;
	quote: boolean;
	mayUndo: boolean;
	mayRedo: boolean;
};

export const nothingActive: Active = {
	strong: false,
	em: false,
	link: false,
	heading: false,
	bullets: false,
	numbers: false,
	quote: false,
	mayUndo: false,
	mayRedo: false
};

export function activeIn(state: EditorState): Active {
	const { $from } = state.selection;
	const list = innermostList(state);
	const history = yUndoPluginKey.getState(state) as
		{ undoManager: { undoStack: unknown[]; redoStack: unknown[] } } | undefined;
	return {
		strong: hasMark(state, marks.strong),
		em: hasMark(state, marks.em),
		link: hasMark(state, marks.link),
		heading: $from.parent.type === nodes.heading,
		bullets: list === nodes.bullet_list,
		numbers: list === nodes.ordered_list,
		quote: isInside(state, nodes.blockquote),
		mayUndo: (history?.undoManager.undoStack.length ?? 0) > 0,
		mayRedo: (history?.undoManager.redoStack.length ?? 0) > 0
	};
}

function hasMark(state: EditorState, type: MarkType): boolean {
	const { from, to, empty, $from } = state.selection;
	return empty ? !!type.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, type);
}

function isInside(state: EditorState, type: NodeType): boolean {
	const { $from } = state.selection;
	for (let depth = $from.depth; depth > 0; depth--) if ($from.node(depth).type === type) return true;
	return false;
}

function innermostList(state: EditorState): NodeType | null {
	const { $from } = state.selection;
	for (let depth = $from.depth; depth > 0; depth--) {
		const { type } = $from.node(depth);
		if (type === nodes.bullet_list || type === nodes.ordered_list) return type;
	}
	return null;
}

/** Into the list, out of it, or from one kind of list to the other. */
const toggleList =
	(type: NodeType): Command =>
	(state, dispatch) => {
		const list = innermostList(state);
		if (list === type) return liftListItem(nodes.list_item)(state, dispatch);
		if (!list) return wrapInList(type)(state, dispatch);
		const { $from } = state.selection;
		for (let depth = $from.depth; depth > 0; depth--)
			if ($from.node(depth).type === list) {
				dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
				return true;
			}
		return false;
	};

const toggleQuote: Command = (state, dispatch) =>
	(isInside(state, nodes.blockquote) ? lift : wrapIn(nodes.blockquote))(state, dispatch);

/** Text, heading, smaller heading, text. */
const nextHeading: Command = (state, dispatch) => {
	const { parent } = state.selection.$from;
	const level = parent.type === nodes.heading ? Number(parent.attrs.level) : 1;
	return level >= 3
		? setBlockType(nodes.paragraph)(state, dispatch)
		: setBlockType(nodes.heading, { ...parent.attrs, level: level + 1 })(state, dispatch);
};

/** What bears this is applied as it is, also while the person suggests: a decision, or a mark about the words. */
export const asMeant = 'suggestions-settled';

export const commands = {
	strong: toggleMark(marks.strong),
	em: toggleMark(marks.em),
	heading: nextHeading,
	bullets: toggleList(nodes.bullet_list),
	numbers: toggleList(nodes.ordered_list),
	quote: toggleQuote,
	// They answer undefined when there is nothing to do.
	undo: ((state) => !!undo(state)) as Command,
	redo: ((state) => !!redo(state)) as Command
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

/** The link the caret stands in, whole: from where to where, and its address. */
export function linkAround(state: EditorState): { from: number; to: number; href: string } | null {
	const { $from, from, to, empty } = state.selection;
	if (!empty) {
		let href = '';
		state.doc.nodesBetween(from, to, (node) => {
			const found = marks.link.isInSet(node.marks);
			if (found) href ||= String(found.attrs.href);
		});
		return { from, to, href };
	}
	const mark = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
	if (!mark) return null;
	const start = $from.start();
	let place = start;
	let found: { from: number; to: number } | null = null;
	$from.parent.forEach((child) => {
		const end = place + child.nodeSize;
		if (mark.isInSet(child.marks)) {
			if (found && found.to === place) found.to = end;
			else if (!found || found.to < from) found = { from: place, to: end };
		}
		place = end;
	});
	return found && { ...(found as { from: number; to: number }), href: String(mark.attrs.href) };
}

/** Sets, changes or (with null) takes away the link at the selection; without a selection the address is its own text. */
export const setLink =
	(href: string | null): Command =>
	(state, dispatch) => {
		const around = linkAround(state);
		const { tr } = state;
		if (!around) {
			if (!href) return false;
			const text = href.replace(/^mailto:|^https?:\/\/|\/$/g, '');
			tr.replaceSelectionWith(schema.text(text, [marks.link.create({ href })]), false);
			dispatch?.(tr.scrollIntoView());
			return true;
		}
		tr.removeMark(around.from, around.to, marks.link);
		if (href) tr.addMark(around.from, around.to, marks.link.create({ href }));
		tr.setSelection(TextSelection.create(tr.doc, around.to));
		dispatch?.(tr);
		return true;
	};
