/**
 * A reflection's text as it stands, without what is only proposed in it or written about it: what is frozen, shown to a
 * coach, or taken out. As ProseMirror says it in JSON, straight from the Yjs document and always in the same way, so that
 * equal texts are equal bytes. Like `render.ts` it has no DOM, and whatever it is given it answers.
 *
 * Suggestions and comments live in the text as attributes of it. A suggested insertion is not text of the document until
 * somebody accepts it; a suggested deletion still is. Comments and marks for a rubric row are about the text, not of it.
 */
import * as Y from 'yjs';
import { safeAddress } from './address.ts';
import { rootName } from './document.ts';
import { standing } from './settling.ts';
import { flatten, looksBefore, rebuild } from './suggestions.ts';

export type SettledMark = { type: 'link'; attrs: { href: string } } | { type: 'em' } | { type: 'strong' };
export type SettledText = { type: 'text'; marks?: SettledMark[]; text: string };
export type SettledInline = SettledText | { type: 'hard_break' };
export type SettledBlock =
	| { type: 'paragraph'; content?: SettledInline[] }
	| { type: 'heading'; attrs: { level: 2 | 3; part?: string }; content?: SettledInline[] }
	| { type: 'blockquote'; content: SettledBlock[] }
	| { type: 'bullet_list' | 'ordered_list'; content: { type: 'list_item'; content: SettledBlock[] }[] };
export type Settled = { type: 'doc'; content: SettledBlock[] };

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;

/** Deeper nesting than any writer makes and any stack minds, as in `render.ts`: below it everything is plain text. */
const deepest = 64;
/** And where even text ends. */
const bottom = 2000;

/** The name of a mark behind an attribute: where two of a kind may overlap, the binding writes `name--hash`. */
export const markName = (attribute: string): string => /^(.*)--[a-zA-Z0-9+/=]{8}$/.exec(attribute)?.[1] ?? attribute;

/** Whether these attributes, of text or of an element, say that it is only proposed. */
export const isProposed = (attributes: Record<string, unknown> | undefined): boolean =>
	Object.entries(attributes ?? {}).some(([name, value]) => value && markName(name) === 'insertion');

/** The text of a document as it stands. An empty document is one empty paragraph, as in the editor. */
export function settledOf(doc: Y.Doc): Settled {
	// Suggested breaks and places of blocks; words, and how they look, are settled on the way out of Yjs.
	const content = rebuild(standing(flatten(blocksIn(doc.getXmlFragment(rootName), 0)))) as SettledBlock[];
	return { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] };
}

/** As `settledOf`, from one Yjs update that holds everything. */
export function settledFrom(update: Uint8Array): Settled {
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return settledOf(doc);
	} finally {
		doc.destroy();
	}
}

/** What is stored and hashed: the same text is the same string, on every machine. */
export const asStored = (settled: Settled): string => JSON.stringify(settled);

/** Plain text, a line for each block. */
export const settledText = ({ content }: { content: readonly SettledBlock[] }): string =>
	content.flatMap(linesOf).join('\n');

function linesOf(block: SettledBlock): string[] {
	if (block.type === 'paragraph' || block.type === 'heading')
		return [(block.content ?? []).map((part) => (part.type === 'text' ? part.text : '\n')).join('')];
	if (block.type === 'blockquote') return block.content.flatMap(linesOf);
	return block.content.flatMap((item) => item.content.flatMap(linesOf));
}

// ---- out of Yjs -----------------------------------------------------------------------------------------------------

const isInline = (node: YNode) => !(node instanceof Y.XmlElement) || node.nodeName === 'hard_break';
// Only a line break can be proposed by itself; blocks say it by their beginnings, and are shown by the editor.
const isGone = (node: YNode) =>
	node instanceof Y.XmlElement && node.nodeName === 'hard_break' && isProposed(node.getAttributes());

/** What is there, without elements that are only proposed. */
const childrenOf = (parent: Y.XmlFragment) => (parent.toArray() as YNode[]).filter((node) => !isGone(node));

/** Everything below as blocks; loose text between them becomes paragraphs. */
function blocksIn(parent: Y.XmlFragment, depth: number): SettledBlock[] {
	const blocks: SettledBlock[] = [];
	let loose: YNode[] = [];
	const close = () => {
		const content = inlineOf(loose);
		if (content.length > 0) blocks.push({ type: 'paragraph', content });
		loose = [];
	};
	for (const child of childrenOf(parent)) {
		if (isInline(child)) loose.push(child);
		else {
			close();
			blocks.push(...block(child as Y.XmlElement, depth));
		}
	}
	close();
	return blocks;
}

function block(element: Y.XmlElement, depth: number): SettledBlock[] {
	if (depth >= deepest) return asParagraph(element);
	switch (element.nodeName) {
		case 'paragraph':
			return textblock(element);
		case 'heading': {
			const level = Number(element.getAttribute('level')) >= 3 ? 3 : 2;
			const part: unknown = element.getAttribute('part');
			return textblock(element, { level, ...(typeof part === 'string' && part ? { part } : {}) });
		}
		case 'blockquote': {
			const content = blocksIn(element, depth + 1);
			return content.length > 0 ? [{ type: 'blockquote', content }] : [];
		}
		case 'bullet_list':
		case 'ordered_list': {
			const items = childrenOf(element);
			if (!items.every((item) => item instanceof Y.XmlElement && item.nodeName === 'list_item'))
				return asParagraph(element);
			const content = (items as Y.XmlElement[]).flatMap((item) => {
				const inner = blocksIn(item, depth + 1);
				return inner.length > 0 ? [{ type: 'list_item' as const, content: inner }] : [];
			});
			return content.length > 0 ? [{ type: element.nodeName, content }] : [];
		}
		default:
			return asParagraph(element);
	}
}

/** A paragraph or heading, with what is suggested about its beginning and its place; a block inside one is text. */
function textblock(element: Y.XmlElement, attrs: { level?: 2 | 3; part?: string } = {}): SettledBlock[] {
	const children = childrenOf(element);
	if (!children.every(isInline)) return asParagraph(element);
	const content = inlineOf(children);
	const all = { ...attrs, split: element.getAttribute('split'), was: element.getAttribute('was') };
	return [{ type: element.nodeName, attrs: all, ...(content.length > 0 ? { content } : {}) } as SettledBlock];
}

function asParagraph(element: Y.XmlElement): SettledBlock[] {
	const lines = linesIn(element, 0).join('\n').split('\n');
	if (lines.join('') === '' && lines.length === 1) return [];
	return [
		{
			type: 'paragraph',
			content: lines.flatMap((text, i): SettledInline[] => [
				...(i > 0 ? [{ type: 'hard_break' } as const] : []),
				...(text ? [{ type: 'text', text } as const] : [])
			])
		}
	];
}

function linesIn(parent: Y.XmlFragment, depth: number): string[] {
	if (depth > bottom) return [];
	const lines: string[] = [];
	let line: string | null = null;
	for (const child of childrenOf(parent)) {
		if (child instanceof Y.XmlText)
			line = (line ?? '') + runsOf(child).reduce((all, { text, proposed }) => (proposed ? all : all + text), '');
		else if (child instanceof Y.XmlElement && child.nodeName === 'hard_break') line = `${line ?? ''}\n`;
		else if (child instanceof Y.XmlElement) {
			if (line !== null) lines.push(line);
			line = null;
			lines.push(...linesIn(child, depth + 1));
		}
	}
	if (line !== null) lines.push(line);
	return lines;
}

function inlineOf(nodes: YNode[]): SettledInline[] {
	const content: SettledInline[] = [];
	for (const node of nodes) {
		if (node instanceof Y.XmlElement) content.push({ type: 'hard_break' });
		if (!(node instanceof Y.XmlText)) continue;
		for (const { text, marks, proposed } of runsOf(node)) {
			if (proposed) continue;
			// What only a comment or a suggestion told apart is one run here.
			const last = content.at(-1);
			if (last?.type === 'text' && JSON.stringify(last.marks ?? []) === JSON.stringify(marks)) last.text += text;
			else content.push({ type: 'text', ...(marks.length > 0 ? { marks } : {}), text });
		}
	}
	return content;
}

function runsOf(text: Y.XmlText): { text: string; marks: SettledMark[]; proposed: boolean }[] {
	return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]).map(
		({ insert, attributes }) => ({
			text: typeof insert === 'string' ? insert : '\ufffc',
			marks: marksOf(looksOf(attributes ?? {})),
			proposed: isProposed(attributes)
		})
	);
}

/** As somebody made them look; how they are only suggested to look is not yet so. */
function looksOf(attributes: Record<string, unknown>): Record<string, unknown> {
	if (!attributes.restyled) return attributes;
	const restyled = { type: 'restyled', attrs: attributes.restyled as Record<string, unknown> };
	return Object.fromEntries(
		looksBefore({ type: 'text', text: '', marks: [restyled] })!.map(({ type, attrs }) => [type, attrs ?? {}])
	);
}

/** In the order of the schema, whatever order they were given in. */
function marksOf({ link, em, strong }: Record<string, unknown>): SettledMark[] {
	const href = link ? safeAddress((link as { href?: unknown }).href) : null;
	return [
		...(href === null ? [] : [{ type: 'link', attrs: { href } } as const]),
		...(em ? [{ type: 'em' } as const] : []),
		...(strong ? [{ type: 'strong' } as const] : [])
	];
}

// ---- as HTML --------------------------------------------------------------------------------------------------------

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!);

const containers = { blockquote: 'blockquote', bullet_list: 'ul', ordered_list: 'ol', list_item: 'li' } as const;

/** As HTML that can stand anywhere on a page: nothing in it is taken for a tag or an address that is not ours. */
export const renderSettled = (
	{ content }: { content: readonly SettledBlock[] },
	/** Puts HTML around each piece of text; what it is given is escaped. */
	around: Around = (html) => html,
	/** HTML that follows a piece of text, outside of a link. */
	after: After = () => ''
): string => content.map((block) => blockHtml(block, around, after)).join('');

type Around = (html: string, part: SettledText) => string;
type After = (part: SettledText) => string;

function blockHtml(
	block: SettledBlock | { type: 'list_item'; content: SettledBlock[] }, // what a list holds
	around: Around,
	after: After
): string {
	if (block.type === 'paragraph' || block.type === 'heading') {
		const tag = block.type === 'paragraph' ? 'p' : `h${block.attrs.level === 3 ? 3 : 2}`;
		const html = (block.content ?? []).map((part) => inlineHtml(part, around, after)).join('');
		// A browser gives an empty block, and a line that ends the block, no height without this.
		const needsBreak = html === '' || html.endsWith('<br>') || /\n(<\/(?:a|em|strong)>)*$/.test(html);
		return `<${tag}>${html}${needsBreak ? '<br>' : ''}</${tag}>`;
	}
	const tag = containers[block.type];
	return `<${tag}>${block.content.map((inner) => blockHtml(inner, around, after)).join('')}</${tag}>`;
}

function inlineHtml(part: SettledInline, around: Around, after: After): string {
	if (part.type === 'hard_break') return '<br>';
	let html = around(escaped(part.text), part);
	for (const mark of (part.marks ?? []).toReversed()) {
		if (mark.type !== 'link') html = `<${mark.type}>${html}</${mark.type}>`;
		else {
			const href = safeAddress(mark.attrs.href);
			html = `<a${href === null ? '' : ` href="${escaped(href)}"`} rel="noopener noreferrer">${html}</a>`;
		}
	}
	return html + after(part);
}
