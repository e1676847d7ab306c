/**
 * A reflection's text as Markdown (CommonMark), straight from its Yjs document, for whoever takes their words along.
 * Like `render.ts` it writes nothing, and whatever it is given it answers: what it does not know becomes text.
 */
import * as Y from 'yjs';
import { safeAddress } from './address.ts';
import { rootName } from './document.ts';

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;

/** Deeper nesting than any writer makes and any stack minds; below it words are kept and their order, no more. */
const deepest = 64;

/** The text of a document; empty when nothing is written. */
export function toMarkdown(doc: Y.Doc): string {
	const text = blocksIn(doc.getXmlFragment(rootName), 0).join('\n\n');
	return text ? `${text}\n` : '';
}

const isInline = (node: YNode) => !(node instanceof Y.XmlElement) || node.nodeName === 'hard_break';

function blocksIn(parent: Y.XmlFragment | Y.XmlElement, depth: number): string[] {
	const blocks: string[] = [];
	let loose: YNode[] = [];
	const close = () => {
		const text = inline(loose);
		if (text.trim()) blocks.push(opened(text));
		loose = [];
	};
	for (const child of parent.toArray() as YNode[]) {
		if (isInline(child)) loose.push(child);
		else {
			close();
			blocks.push(...block(child as Y.XmlElement, depth));
		}
	}
	close();
	return blocks;
}

function block(element: Y.XmlElement, depth: number): string[] {
	if (depth > deepest) return flat(element);
	const inner = () => blocksIn(element, depth + 1);
	switch (element.nodeName) {
		case 'heading': {
			const level = Number(element.getAttribute('level')) >= 3 ? 3 : 2;
			// A heading is one line.
			return inner().map((text) => `${'#'.repeat(level)} ${text.replace(/\\?\n/g, ' ')}`);
		}
		case 'blockquote': {
			const blocks = inner();
			return blocks.length > 0 ? [prefixed(blocks.join('\n\n'), '> ', '> ')] : [];
		}
		case 'bullet_list':
		case 'ordered_list': {
			const items = (element.toArray() as YNode[]).flatMap((item) => {
				const blocks =
					item instanceof Y.XmlElement
						? blocksIn(item, depth + 1)
						: [opened(inline([item]))].filter((text) => text.trim());
				return blocks.length > 0 ? [blocks.join('\n\n')] : [];
			});
			const marks = items.map((_, i) => (element.nodeName === 'ordered_list' ? `${i + 1}. ` : '- '));
			const lines = items.map((item, i) => prefixed(item, marks[i]!, ' '.repeat(marks[i]!.length)));
			return lines.length > 0 ? [lines.join('\n')] : [];
		}
		default:
			return inner();
	}
}

/** All text below, where nesting has no meaning any more; with a list of its own, because a stack would not do. */
function flat(element: Y.XmlElement): string[] {
	const texts: YNode[] = [];
	const open: YNode[] = [element];
	for (let node = open.pop(); node; node = open.pop()) {
		if (node instanceof Y.XmlElement && node.nodeName !== 'hard_break')
			open.push(...(node.toArray() as YNode[]).toReversed());
		else texts.push(node);
	}
	const text = inline(texts);
	return text.trim() ? [opened(text)] : [];
}

const prefixed = (text: string, first: string, rest: string) =>
	text
		.split('\n')
		.map((line, i) => `${i === 0 ? first : rest}${line}`.trimEnd())
		.join('\n');

const escaped = (text: string) => text.replace(/[\\`*_[\]<&]/g, '\\$&');

/** What would make a list, a heading or a quotation of a paragraph that begins so. */
const opened = (text: string) =>
	text
		.split('\n')
		.map((line) => line.replace(/^(\s*)([#>+-]|=+\s*$|~{3,})/, '$1\\$2').replace(/^(\s*\d+)([.)])/, '$1\\$2'))
		.join('\n');

function inline(nodes: YNode[]): string {
	return nodes
		.map((node) => {
			if (node instanceof Y.XmlElement) return '\\\n';
			if (!(node instanceof Y.XmlText)) return '';
			return (node.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[])
				.map(({ insert, attributes }) => marked(typeof insert === 'string' ? insert : '\ufffc', attributes ?? {}))
				.join('');
		})
		.join('')
		.replace(/(\\\n)+$/, '');
}

/** Marks close before white space and open after it: elsewhere they would be stars. */
function marked(text: string, marks: Record<string, unknown>): string {
	const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
	const space = (white: string) => white.replace(/\n/g, '\\\n');
	if (words === '') return space(text);
	let said = escaped(words).replace(/\n/g, '\\\n');
	if (marks.strong) said = `**${said}**`;
	if (marks.em) said = `*${said}*`;
	const href = marks.link ? safeAddress((marks.link as { href?: unknown }).href) : null;
	if (href !== null) said = `[${said}](<${href.replace(/[<>\\\n]/g, encodeURIComponent)}>)`;
	return `${space(before)}${said}${space(after)}`;
}
