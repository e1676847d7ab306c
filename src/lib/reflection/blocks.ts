/**
 * A reflection's text as a list of lines: each a paragraph or heading with what it stands in, its words with their marks
 * and, where asked, their authors. What is compared and counted is read from here; what is only proposed is left out, as in
 * `settled.ts`. Pure; whatever it is given it answers.
 */
import * as Y from 'yjs';
import type { Credit, Owners } from './author-runs.ts';
import { safeAddress } from './address.ts';
import { rootName } from './document.ts';
import { isProposed } from './settled.ts';
import { Spans } from './spans.ts';

export type Mark = 'em' | 'strong' | 'link';

/** Text with the same marks by the same author. */
export type Piece = {
	text: string;
	/** What is on, each once, in the order of `Mark`; a link with its address. */
	marks: { name: Mark; href?: string }[];
	/** Id of the person; null when it can't be known. */
	author: string | null;
};

export type Around = 'quote' | 'bullets' | 'numbers';

export type Block = {
	kind: 'paragraph' | 'heading' | 'subheading';
	/** From the outside in. */
	inside: Around[];
	/** Whether a list item begins with it. */
	begins: boolean;
	pieces: Piece[];
};

/** Deeper nesting than any writer makes and any stack minds: below it there is text, and no more shapes. */
const deepest = 64;

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;

/** Says who wrote a stretch of clocks: parts of it, each with its author. */
export type AuthorOf = (client: number, from: number, to: number) => Iterable<{ to: number; author: string | null }>;

/** The authors of a document as `readAuthors` found them. */
export function authorOf(owners: Owners, credits: readonly Credit[]): AuthorOf {
	const credited = new Spans<Credit>();
	for (const credit of credits) credited.add(credit.client, credit.clock, credit.clock + credit.length, credit);
	return function* (client, from, to) {
		for (const part of credited.parts(client, from, to))
			yield { to: part.to, author: part.span ? part.span.value.author : (owners.get(client) ?? null) };
	};
}

const nobody: AuthorOf = (_client, _from, to) => [{ to, author: null }];

/** The lines of a document, in order. */
export function blocksOf(doc: Y.Doc, by: AuthorOf = nobody): Block[] {
	const blocks: Block[] = [];
	const walk = (parent: Y.XmlFragment | Y.XmlElement, inside: Around[], item: { begins: boolean }, depth: number) => {
		let loose: YNode[] = [];
		const close = () => {
			if (loose.length > 0) add('paragraph', inside, item, piecesOf(loose, by));
			loose = [];
		};
		for (const child of childrenOf(parent)) {
			if (isInline(child)) {
				loose.push(child);
				continue;
			}
			close();
			const element = child as Y.XmlElement;
			const children = childrenOf(element);
			if (depth >= deepest) add('paragraph', inside, item, piecesOf(textsBelow(element), by));
			else if ((element.nodeName === 'paragraph' || element.nodeName === 'heading') && children.every(isInline)) {
				const pieces = piecesOf(children, by);
				// Where only the break before it is proposed, its words go on with the line before.
				const before = element.getAttribute('split') ? blocks.at(-1) : undefined;
				if (before) before.pieces.push(...pieces);
				else add(kindOf(element), inside, item, pieces);
			} else {
				const around = arounds[element.nodeName];
				if (element.nodeName === 'list_item') walk(element, inside, { begins: true }, depth + 1);
				else walk(element, around ? [...inside, around] : inside, item, depth + 1);
			}
		}
		close();
	};
	const add = (kind: Block['kind'], inside: Around[], item: { begins: boolean }, pieces: Piece[]) => {
		blocks.push({ kind, inside, begins: item.begins, pieces });
		item.begins = false;
	};
	walk(doc.getXmlFragment(rootName), [], { begins: false }, 0);
	return blocks;
}

const arounds: Record<string, Around> = { blockquote: 'quote', bullet_list: 'bullets', ordered_list: 'numbers' };

// Only a line break can be proposed by itself; blocks say it by their beginnings, and are shown by the editor.
const isGone = (node: YNode) =>
	node instanceof Y.XmlElement && node.nodeName === 'hard_break' && isProposed(node.getAttributes());
const childrenOf = (parent: Y.XmlFragment) => (parent.toArray() as YNode[]).filter((node) => !isGone(node));
const isInline = (node: YNode) => !(node instanceof Y.XmlElement) || node.nodeName === 'hard_break';

const kindOf = (element: Y.XmlElement): Block['kind'] =>
	element.nodeName !== 'heading' ? 'paragraph' : Number(element.getAttribute('level')) >= 3 ? 'subheading' : 'heading';

/** All text below, with a list of its own because a stack would not do. */
function textsBelow(element: Y.XmlElement): YNode[] {
	const texts: YNode[] = [];
	const open: YNode[] = [element];
	for (let node = open.pop(); node; node = open.pop()) {
		if (isInline(node)) texts.push(node);
		else open.push(...childrenOf(node as Y.XmlElement).toReversed());
	}
	return texts;
}

function piecesOf(nodes: YNode[], by: AuthorOf): Piece[] {
	const pieces: Piece[] = [];
	const add = (text: string, marks: Piece['marks'], author: string | null) => {
		const last = pieces.at(-1);
		if (last && last.author === author && sameMarks(last.marks, marks)) last.text += text;
		else pieces.push({ text, marks, author });
	};
	for (const node of nodes) {
		if (node instanceof Y.XmlElement) {
			const id = node._item?.id;
			const [first] = id ? by(id.client, id.clock, id.clock + 1) : [];
			add('\n', [], first?.author ?? null);
		} else if (node instanceof Y.XmlText) {
			const on = new Map<string, unknown>();
			let marks: Piece['marks'] = [];
			let proposed = false;
			for (let item = node._start; item; item = item.right) {
				if (item.deleted) continue;
				const { content, id } = item;
				if (content instanceof Y.ContentFormat) {
					on.set(content.key, content.value);
					marks = marksOf(on);
					proposed = isProposed(Object.fromEntries(on));
				} else if (item.countable && !proposed) {
					let from = id.clock;
					for (const { to, author } of by(id.client, id.clock, id.clock + item.length)) {
						const text =
							content instanceof Y.ContentString
								? content.str.slice(from - id.clock, to - id.clock)
								: '\ufffc'.repeat(to - from);
						if (text) add(text, marks, author);
						from = to;
					}
				}
			}
		}
	}
	return pieces;
}

function marksOf(on: Map<string, unknown>): Piece['marks'] {
	const marks: Piece['marks'] = [];
	if (on.get('em')) marks.push({ name: 'em' });
	if (on.get('strong')) marks.push({ name: 'strong' });
	const link = on.get('link') as { href?: unknown } | null | undefined;
	if (link) marks.push({ name: 'link', href: safeAddress(link.href) ?? '' });
	return marks;
}

export const sameMarks = (a: Piece['marks'], b: Piece['marks']) =>
	a.length === b.length && a.every(({ name, href }, i) => name === b[i]!.name && href === b[i]!.href);

export const textOf = ({ pieces }: Block) => pieces.map(({ text }) => text).join('');

/** What a line is, in words: "heading", "item of a numbered list", "paragraph in a quotation". */
export function shapeOf({ kind, inside, begins }: Pick<Block, 'kind' | 'inside' | 'begins'>): string {
	const named = { paragraph: 'paragraph', heading: 'heading', subheading: 'smaller heading' }[kind];
	const lists = inside.filter((around) => around !== 'quote').length;
	const within = inside.at(-1);
	const deep = lists > 1 ? ` ${lists} levels deep` : '';
	if (within === 'quote') return `${named} in a quotation`;
	if (!within) return named;
	const list = within === 'bullets' ? 'list' : 'numbered list';
	return kind === 'paragraph' && begins ? `item of a ${list}${deep}` : `${named} in a ${list}${deep}`;
}

/** What stands before each line that begins an item: a dot or its number. Empty for lines that begin none. */
export function markersOf(shapes: readonly Pick<Block, 'inside' | 'begins'>[]): string[] {
	let counts: number[] = [];
	return shapes.map(({ inside, begins }) => {
		const depth = inside.length;
		counts = counts.slice(0, depth + 1);
		const within = inside.at(-1);
		if (!begins || (within !== 'bullets' && within !== 'numbers')) return '';
		if (within === 'bullets') return '•';
		counts[depth] = (counts[depth] ?? 0) + 1;
		return `${counts[depth]}.`;
	});
}
