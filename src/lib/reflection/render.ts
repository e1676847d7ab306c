/**
 * A reflection's text as HTML, straight from its Yjs document: what the page shows before the editor is there, and
 * without script at all. It draws what ProseMirror draws from `schema.ts`, so that nothing moves when the editor takes
 * over; `render.test.ts` compares the two. It has no DOM, writes nothing, and whatever it is given it answers: what it
 * does not know it shows as text.
 */
import * as Y from 'yjs';
import { safeAddress } from './address.ts';
import { rootName } from './document.ts';
import { settledOf, settledText } from './settled.ts';
import { countWords } from './words.ts';

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;
type Kind = 'block' | 'item' | 'inline';

/** Deeper nesting than any writer makes and any stack minds: below it everything is plain text. */
const deepest = 64;
/** And where even text ends, so that a document made to exhaust the stack can't take the page with it. */
const bottom = 2000;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!);

const containers: Record<string, { tag: string; holds: Kind; is: Kind }> = {
	bullet_list: { tag: 'ul', holds: 'item', is: 'block' },
	ordered_list: { tag: 'ol', holds: 'item', is: 'block' },
	blockquote: { tag: 'blockquote', holds: 'block', is: 'block' },
	list_item: { tag: 'li', holds: 'block', is: 'item' }
};

/** The text of a document in blocks, as an HTML string. An empty document is one empty paragraph, as in the editor. */
export function renderDocument(doc: Y.Doc): string {
	const html = blocksIn(doc.getXmlFragment(rootName), 0);
	return html || '<p><br></p>';
}

/** As `renderDocument`, from one Yjs update that holds everything. */
export function renderUpdate(update: Uint8Array): string {
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return renderDocument(doc);
	} finally {
		doc.destroy();
	}
}

/** Plain text, a line for each block; all of it, what is only suggested too. */
export function plainText(doc: Y.Doc): string {
	return linesIn(doc.getXmlFragment(rootName)).join('\n');
}

/** Of the text as it stands: what is only suggested does not count. */
export const wordCount = (doc: Y.Doc): number => countWords(settledText(settledOf(doc)));

/** The last words of the text, cut at a word, for "pick up where you stopped"; empty when nothing is written. */
export function excerpt(doc: Y.Doc, longest = 140): string {
	const text = settledText(settledOf(doc)).replace(/\s+/g, ' ').trim();
	if (text.length <= longest) return text;
	const tail = text.slice(-longest);
	const space = tail.indexOf(' ');
	return `… ${(space >= 0 && space < longest - 1 ? tail.slice(space + 1) : tail).replace(/^[\udc00-\udfff]/, '')}`;
}

function linesIn(parent: Y.XmlFragment | Y.XmlElement, depth = 0): string[] {
	if (depth > bottom) return [];
	const lines: string[] = [];
	let line: string | null = null;
	for (const child of parent.toArray() as YNode[]) {
		if (child instanceof Y.XmlText) line = (line ?? '') + plain(child);
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

const plain = (text: Y.XmlText) =>
	(text.toDelta() as { insert: unknown }[])
		.map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc'))
		.join('');

/** Everything below as blocks; loose text between them becomes paragraphs. */
function blocksIn(parent: Y.XmlFragment, depth: number): string {
	let html = '';
	let loose: YNode[] = [];
	const close = () => {
		if (inlineHtml(loose) !== '') html += textblock('p', loose);
		loose = [];
	};
	for (const child of parent.toArray() as YNode[]) {
		if (isInline(child)) loose.push(child);
		else {
			close();
			html += block(child as Y.XmlElement, depth);
		}
	}
	close();
	return html;
}

const isInline = (node: YNode) => !(node instanceof Y.XmlElement) || node.nodeName === 'hard_break';

function block(element: Y.XmlElement, depth: number): string {
	if (element.nodeName === 'paragraph' && depth < deepest) return flat('p', element);
	if (element.nodeName === 'heading' && depth < deepest)
		return flat(`h${Number(element.getAttribute('level')) >= 3 ? 3 : 2}`, element, partOf(element));
	const container = containers[element.nodeName];
	if (container && container.is === 'block' && depth < deepest) {
		const inner = container.holds === 'item' ? itemsIn(element, depth + 1) : blocksIn(element, depth + 1);
		return inner === null ? asParagraph(element) : inner && `<${container.tag}>${inner}</${container.tag}>`;
	}
	return asParagraph(element);
}

/** The items of a list, or null when something else is among them. */
function itemsIn(list: Y.XmlElement, depth: number): string | null {
	let html = '';
	for (const child of list.toArray() as YNode[]) {
		if (!(child instanceof Y.XmlElement) || child.nodeName !== 'list_item') return null;
		const inner = blocksIn(child, depth);
		if (inner) html += `<li>${inner}</li>`;
	}
	return html;
}

/** A paragraph or heading; a block inside one is drawn as text. */
function flat(tag: string, element: Y.XmlElement, attributes = ''): string {
	const children = element.toArray() as YNode[];
	return children.every(isInline) ? textblock(tag, children, cues(element) + attributes) : asParagraph(element);
}

function partOf(element: Y.XmlElement): string {
	const part = element.getAttribute('part');
	return part ? ` data-part="${escaped(String(part))}"` : '';
}

function asParagraph(element: Y.XmlElement): string {
	const text = linesIn(element).join('\n');
	return text ? `<p>${text.split('\n').map(escaped).join('<br>')}</p>` : '';
}

/** What is suggested about a block, as the editor draws it. */
function cues(element: Y.XmlElement): string {
	const of = ['split', 'join', 'was'].filter((name) => element.getAttribute(name)).join(' ');
	return of && ` class="${of}"`;
}

function textblock(tag: string, children: YNode[], attributes = ''): string {
	const html = inlineHtml(children);
	// A browser gives an empty block, and a line that ends the block, no height without this.
	const needsBreak = html === '' || /<br[^<>]*>$|\n(<\/\w+>)*$/.test(html);
	return `<${tag}${attributes}>${html}${needsBreak ? '<br>' : ''}</${tag}>`;
}

function lineBreak(element: Y.XmlElement): string {
	const proposed = ['insertion', 'deletion'].find((name) => element.getAttribute(name));
	return proposed ? `<br class="${proposed}">` : '<br>';
}

/** From the outside in, the order of the schema's marks. */
const markOrder = ['comment', 'rubric', 'insertion', 'deletion', 'restyled', 'link', 'em', 'strong'];
const tags: Record<string, string> = { insertion: 'ins', deletion: 'del' };

/** The name of a mark behind an attribute: where two of a kind may overlap, the binding writes `name--hash`. */
const markName = (attribute: string) => /^(.*)--[a-zA-Z0-9+/=]{8}$/.exec(attribute)?.[1] ?? attribute;

/** Equal marks say so by `is`. */
type Drawn = { is: string; open: string; close: string };

/** A mark goes on from one run to the next where all marks around it do. */
function inlineHtml(nodes: YNode[]): string {
	let html = '';
	let open: Drawn[] = [];
	const change = (to: Drawn[]) => {
		let kept = 0;
		while (kept < open.length && kept < to.length && open[kept]!.is === to[kept]!.is) kept++;
		html += open.slice(kept).reduceRight((closed, { close }) => closed + close, '');
		html += to.slice(kept).reduce((opened, { open }) => opened + open, '');
		open = to;
	};
	for (const node of nodes) {
		if (node instanceof Y.XmlElement) {
			change([]);
			html += lineBreak(node);
		}
		if (!(node instanceof Y.XmlText)) continue;
		for (const { insert, attributes } of node.toDelta() as { insert: unknown; attributes?: object }[]) {
			change(marksOf(attributes ?? {}));
			html += escaped(typeof insert === 'string' ? insert : '\ufffc');
		}
	}
	change([]);
	return html;
}

const marksOf = (attributes: object): Drawn[] =>
	Object.entries(attributes)
		.map(([attribute, value]) => ({ name: markName(attribute), value: value as unknown }))
		.filter(({ name, value }) => value && markOrder.includes(name))
		.sort((a, b) => markOrder.indexOf(a.name) - markOrder.indexOf(b.name))
		.flatMap(({ name, value }) => {
			if (name === 'em' || name === 'strong') return { is: name, open: `<${name}>`, close: `</${name}>` };
			const { id, row, href: given } = value as { id?: unknown; row?: unknown; href?: unknown };
			if (name === 'comment' || name === 'rubric') {
				const about = name === 'comment' ? id : row;
				const open = `<span data-${name}="${escaped(String(about))}">`;
				return about === undefined ? [] : { is: open, open, close: '</span>' };
			}
			const is = `${name} ${JSON.stringify(value)}`;
			if (name === 'restyled') return { is, open: '<span class="restyled">', close: '</span>' };
			if (name in tags) return { is, open: `<${tags[name]}>`, close: `</${tags[name]}>` };
			const href = safeAddress(given);
			// Without an address it is not a link: drawn as the editor draws it, and leading nowhere.
			const open = `<a${href === null ? '' : ` href="${escaped(href)}"`} rel="noopener noreferrer">`;
			return { is, open, close: '</a>' };
		});
