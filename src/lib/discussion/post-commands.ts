/** What the bar above a post and the keyboard do to it; undo too. */
import { baseKeymap, lift, toggleMark, wrapIn } from 'prosemirror-commands';
import { inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import type { MarkType, Node, NodeType } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { type Command, type EditorState, Plugin, PluginKey, TextSelection } from 'prosemirror-state';
import { schema } from './post-schema.ts';

const { nodes, marks } = schema;

const around = ({ selection: { $from } }: EditorState, isIt: (type: NodeType) => boolean): number | null => {
	for (let depth = $from.depth; depth > 0; depth--) if (isIt($from.node(depth).type)) return depth;
	return null;
};
const isList = (type: NodeType) => type === nodes.bullet_list || type === nodes.ordered_list;

const toggleList =
	(type: NodeType): Command =>
	(state, dispatch) => {
		const depth = around(state, isList);
		if (depth === null) return wrapInList(type)(state, dispatch);
		const { $from } = state.selection;
		if ($from.node(depth).type === type) return liftListItem(nodes.list_item)(state, dispatch);
		dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
		return true;
	};
const isQuote = (type: NodeType) => type === nodes.blockquote;

export const commands = {
	strong: toggleMark(marks.strong),
	em: toggleMark(marks.em),
	bullets: toggleList(nodes.bullet_list),
	numbers: toggleList(nodes.ordered_list),
	quote: ((state, dispatch) =>
		(around(state, isQuote) !== null ? lift : wrapIn(nodes.blockquote))(state, dispatch)) as Command
} satisfies Record<string, Command>;
export type CommandName = keyof typeof commands;

const hasMark = ({ selection: { empty, from, to, $from }, storedMarks, doc }: EditorState, type: MarkType) =>
	empty ? !!type.isInSet(storedMarks ?? $from.marks()) : doc.rangeHasMark(from, to, type);

/** What the caret stands in; for aria-pressed. */
export function activeIn(state: EditorState): Record<CommandName | 'link', boolean> {
	const list = around(state, isList);
	const type = list === null ? null : state.selection.$from.node(list).type;
	return {
		strong: hasMark(state, marks.strong),
		em: hasMark(state, marks.em),
		link: hasMark(state, marks.link),
		bullets: type === nodes.bullet_list,
		numbers: type === nodes.ordered_list,
		quote: around(state, isQuote) !== null
	};
}

/** The link at the caret, whole, or what is selected. */
export function linkAt(state: EditorState): { from: number; to: number; href: string } | null {
	const { $from, from, to, empty } = state.selection;
	if (!empty) {
		let href = '';
		state.doc.nodesBetween(from, to, (node) => {
			href ||= String(marks.link.isInSet(node.marks)?.attrs.href ?? '');
		});
		return { from, to, href };
	}
	const mark = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
	if (!mark) return null;
	let found: { from: number; to: number } | null = null;
	$from.parent.forEach((child, offset) => {
		const [begin, end] = [$from.start() + offset, $from.start() + offset + child.nodeSize];
		if (!mark.isInSet(child.marks)) return;
		if (found && found.to === begin) found.to = end;
		else if (!found || found.to < from) found = { from: begin, to: end };
	});
	return found && { ...(found as { from: number; to: number }), href: String(mark.attrs.href) };
}

/** Sets, changes or (with null) takes away the link at the selection; without a selection the address is its own text. */
export const setLink =
	(href: string | null): Command =>
	(state, dispatch) => {
		const at = linkAt(state);
		const { tr } = state;
		if (!at) {
			if (!href) return false;
			const text = href.replace(/^mailto:|^https?:\/\/|\/$/g, '');
			dispatch?.(tr.replaceSelectionWith(schema.text(text, [marks.link.create({ href })]), false).scrollIntoView());
			return true;
		}
		tr.removeMark(at.from, at.to, marks.link);
		if (href) tr.addMark(at.from, at.to, marks.link.create({ href }));
		dispatch?.(tr.setSelection(TextSelection.create(tr.doc, at.to)));
		return true;
	};

/** Puts a person or an offer in the place of what was typed, with a space around it to go on after. */
export const insert =
	(node: Node, from: number, to: number): Command =>
	(state, dispatch) => {
		const after = state.doc.resolve(to).nodeAfter;
		const space = after?.isText && /^\s/.test(after.text!) ? [] : [schema.text(' ')];
		const before = state.doc.resolve(from).nodeBefore;
		const apart = before && !(before.isText && /[\s(]$/.test(before.text!)) && before.type !== nodes.hard_break;
		const put = [...(apart && from === to ? [schema.text(' ')] : []), node, ...space];
		const tr = state.tr.replaceWith(from, to, put);
		const length = put.reduce((all, { nodeSize }) => all + nodeSize, 0);
		dispatch?.(tr.setSelection(TextSelection.create(tr.doc, from + length + (space.length ? 0 : 1))).scrollIntoView());
		return true;
	};

/**
 * Undo by keeping what stood there: a post is short, and nobody else writes in it. ProseMirror's own history would bring code
 * into the reflection's editor that is cut out there, whose page has no byte to spare.
 */
type Was = { doc: Node; at: number };
type History = { past: Was[]; future: Was[]; since: number };
const history = new PluginKey<History>('history');
const mostKept = 100;
/** Letters typed closer together than this, in ms, are undone together. */
const together = 600;

const undoing = new Plugin<History>({
	key: history,
	state: {
		init: () => ({ past: [], future: [], since: 0 }),
		apply(tr, was, before) {
			const set = tr.getMeta(history) as History | undefined;
			if (set) return set;
			if (!tr.docChanged) return tr.selectionSet ? { ...was, since: 0 } : was;
			const goesOn = was.since > 0 && tr.time - was.since < together;
			const past = goesOn ? was.past : [...was.past, { doc: before.doc, at: before.selection.from }].slice(-mostKept);
			return { past, future: [], since: tr.time };
		}
	}
});

/** @param back whether to what stood before, or to what stood after that */
const step =
	(back: boolean): Command =>
	(state, dispatch) => {
		const { past, future } = history.getState(state)!;
		const to = (back ? past : future).at(-1);
		if (!to) return false;
		const from = to.doc.content.findDiffStart(state.doc.content);
		const now = { doc: state.doc, at: state.selection.from };
		const { tr } = state;
		if (from !== null) {
			let { a, b } = to.doc.content.findDiffEnd(state.doc.content)!;
			// Where the same stands twice, both ends meet too early.
			const overlap = from - Math.min(a, b);
			if (overlap > 0) [a, b] = [a + overlap, b + overlap];
			tr.replace(from, b, to.doc.slice(from, a));
		}
		tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(to.at, tr.doc.content.size))));
		tr.setMeta(history, {
			past: back ? past.slice(0, -1) : [...past, now],
			future: back ? [...future, now] : future.slice(0, -1),
			since: 0
		} satisfies History);
		dispatch?.(tr.scrollIntoView());
		return true;
	};

/** @param doings what the keys do that are not about the text alone */
export const plugins = (doings: { submit(): void; askForLink(): void; toToolbar(): void }): Plugin[] => {
	const doing =
		(what: () => void): Command =>
		() => {
			what();
			return true;
		};
	return [
		undoing,
		keymap({
			'Mod-Enter': doing(doings.submit),
			'Mod-b': commands.strong,
			'Mod-i': commands.em,
			'Mod-k': doing(doings.askForLink),
			'Mod-z': step(true),
			'Mod-y': step(false),
			'Mod-Shift-z': step(false),
			'Alt-F10': doing(doings.toToolbar),
			Enter: splitListItem(nodes.list_item),
			'Shift-Enter': (state, dispatch) => {
				dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create(), false).scrollIntoView());
				return true;
			},
			// Tab leads on to the buttons.
			'Mod-]': sinkListItem(nodes.list_item),
			'Mod-[': liftListItem(nodes.list_item)
		}),
		keymap(baseKeymap),
		inputRules({
			rules: [
				textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, ([, hashes]) => ({ level: hashes!.length >= 3 ? 3 : 2 })),
				wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
				wrappingInputRule(/^1[.)]\s$/, nodes.ordered_list),
				wrappingInputRule(/^\s*>\s$/, nodes.blockquote)
			]
		})
	];
};
