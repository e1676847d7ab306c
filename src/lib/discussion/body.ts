/**
 * The rich text of a post: the same blocks and marks as a reflection's, as plain data, with people and offers named in it.
 * What comes from outside is read by `readBody` alone, which keeps what it knows and refuses the rest; `renderBody` makes
 * HTML of what was read, and of nothing else. No HTML is ever stored.
 */
import { Refusal } from '#lib/errors.ts';
import { safeAddress } from '#lib/reflection/address.ts';

export type Mark = { type: 'em' | 'strong' } | { type: 'link'; attrs: { href: string } };
export type TextNode = { type: 'text'; text: string; marks?: Mark[] };
export type Inline =
	| TextNode
	| { type: 'hard_break' }
	/** A person of the audience. The name is what it was when this was written; a page shows today's. */
	| { type: 'mention'; attrs: { id: string; name: string } }
	/** A microcredential, or a row of a rubric. */
	| { type: 'reference'; attrs: { kind: 'microcredential' | 'row'; id: string; title: string } };
export type Block =
	| { type: 'paragraph'; content?: Inline[] }
	| { type: 'heading'; attrs: { level: 2 | 3 }; content?: Inline[] }
	| { type: 'bullet_list' | 'ordered_list'; content: Item[] }
	| { type: 'blockquote'; content: Block[] };
export type Item = { type: 'list_item'; content: Block[] };
export type Body = { type: 'doc'; content: Block[] };

/** Characters. Some three pages: whoever has more to say writes a reflection, or two posts. */
export const longestPost = 10_000;
/** Lists within lists within quotations; more is nobody's writing, and much more exhausts a stack. */
const deepest = 8;
/** A post of the longest length in very short lines has fewer. */
const mostNodes = 4_000;
/** Bytes of the data that is read at all: looks cost some, and a hostile body ends here. */
export const largestBody = 200_000;
/** People named in one post: a third of a cohort. Who means everybody writes to everybody without it. */
export const mostMentions = 10;

const no = (what: string) =>
	new Refusal(
		'rule',
		`${what} Nothing was posted yet, and what you wrote is still in the form. Please change it and post again.`
	);
const strange = () => no('This post holds something that posts can not show.');

/** Characters that no keyboard makes and no database keeps. */
// eslint-disable-next-line no-control-regex -- that is what it is about
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;
export const cleanText = (text: string): string => text.toWellFormed().replace(unprintable, '');

export type Read = {
	body: Body;
	/** The same without looks, a line for each block: for search and excerpts. */
	words: string;
	/** Ids of people who are named, each once. */
	mentions: string[];
	references: { kind: 'microcredential' | 'row'; id: string }[];
};

type Raw = { type?: unknown; attrs?: unknown; content?: unknown; marks?: unknown; text?: unknown };
const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads a post as an editor sent it (JSON text, or the value of it).
 * @throws Refusal rule: not readable, empty, too long, too deep, or with something that a post does not have
 */
export function readBody(sent: unknown): Read {
	let raw = sent;
	if (typeof sent === 'string') {
		if (sent.length > largestBody) throw tooLong();
		try {
			raw = JSON.parse(sent);
		} catch {
			throw strange();
		}
	}
	let nodes = 0;
	const count = () => {
		if (++nodes > mostNodes) throw tooLong();
	};
	const inner = (node: Raw, depth: number): Raw[] => {
		if (depth > deepest) throw no('This post has lists or quotations inside each other, deeper than can be read.');
		const content = node.content ?? [];
		if (!Array.isArray(content) || !content.every(isRaw)) throw strange();
		return content;
	};

	const marksOf = (given: unknown): Mark[] => {
		if (given === undefined) return [];
		if (!Array.isArray(given) || given.length > 8) throw strange();
		const marks = new Map<Mark['type'], Mark>();
		for (const mark of given as unknown[]) {
			if (!isRaw(mark)) throw strange();
			if (mark.type === 'em' || mark.type === 'strong') marks.set(mark.type, { type: mark.type });
			else if (mark.type === 'link') {
				const href = safeAddress(isRaw(mark.attrs) ? (mark.attrs as { href?: unknown }).href : null);
				// Words whose link leads nowhere safe stay, as words.
				if (href !== null) marks.set('link', { type: 'link', attrs: { href } });
			} else throw strange();
		}
		return order.flatMap((type) => marks.get(type) ?? []);
	};
	const inline = (node: Raw): Inline[] => {
		count();
		const attrs = (isRaw(node.attrs) ? node.attrs : {}) as Record<string, unknown>;
		switch (node.type) {
			case 'text': {
				if (typeof node.text !== 'string') throw strange();
				const text = cleanText(node.text);
				if (text === '') return [];
				const marks = marksOf(node.marks);
				return [marks.length ? { type: 'text', text, marks } : { type: 'text', text }];
			}
			case 'hard_break':
				return [{ type: 'hard_break' }];
			case 'mention':
				if (typeof attrs.id !== 'string' || !uuid.test(attrs.id)) throw strange();
				return [{ type: 'mention', attrs: { id: attrs.id.toLowerCase(), name: nameIn(attrs.name) } }];
			case 'reference':
				if (typeof attrs.id !== 'string' || !uuid.test(attrs.id)) throw strange();
				if (attrs.kind !== 'microcredential' && attrs.kind !== 'row') throw strange();
				return [
					{
						type: 'reference',
						attrs: { kind: attrs.kind, id: attrs.id.toLowerCase(), title: nameIn(attrs.title) }
					}
				];
			default:
				throw strange();
		}
	};
	const inlines = (node: Raw, depth: number) => inner(node, depth).flatMap(inline);
	const block = (node: Raw, depth: number): Block => {
		count();
		switch (node.type) {
			case 'paragraph':
				return { type: 'paragraph', content: inlines(node, depth) };
			case 'heading': {
				const level = Number((isRaw(node.attrs) ? (node.attrs as { level?: unknown }) : {}).level) >= 3 ? 3 : 2;
				return { type: 'heading', attrs: { level }, content: inlines(node, depth) };
			}
			case 'bullet_list':
			case 'ordered_list': {
				const content = inner(node, depth).map((child): Item => {
					count();
					if (child.type !== 'list_item') throw strange();
					return { type: 'list_item', content: blocks(child, depth + 2) };
				});
				if (content.length === 0) throw strange();
				return { type: node.type, content };
			}
			case 'blockquote':
				return { type: 'blockquote', content: blocks(node, depth + 1) };
			default:
				throw strange();
		}
	};
	const blocks = (node: Raw, depth: number): Block[] => {
		const content = inner(node, depth).map((child) => block(child, depth + 1));
		return content.length ? content : [{ type: 'paragraph' }];
	};

	if (!isRaw(raw) || raw.type !== 'doc') throw strange();
	const body: Body = { type: 'doc', content: blocks(raw, 0) };
	const words = wordsOf(body);
	if (words.trim() === '') throw no('There is nothing in this post yet.');
	if (words.length > longestPost) throw tooLong();
	const named = [...inlinesOf(body)];
	const mentions = [...new Set(named.flatMap((node) => (node.type === 'mention' ? node.attrs.id : [])))];
	if (mentions.length > mostMentions)
		throw no(`This post names more than ${mostMentions} people. Everybody in the cohort can read it without that.`);
	const references = named.flatMap((node) =>
		node.type === 'reference' ? { kind: node.attrs.kind, id: node.attrs.id } : []
	);
	return { body, words, mentions, references };
}

const tooLong = () => no(`This post is longer than ${longestPost.toLocaleString('en-US')} characters.`);
const order: Mark['type'][] = ['link', 'em', 'strong'];
const nameIn = (given: unknown): string => (typeof given === 'string' ? cleanText(given).trim().slice(0, 200) : '');

/** Words without looks, as somebody typed them into a plain field: a paragraph for each blank line, a line for each line. */
export function bodyOfText(text: string): Body {
	const paragraphs = cleanText(text)
		.replace(/\r\n?/g, '\n')
		.trim()
		.split(/\n{2,}/);
	return {
		type: 'doc',
		content: paragraphs.map((paragraph) => ({
			type: 'paragraph',
			content: paragraph
				.split('\n')
				.flatMap((line, i): Inline[] => [...(i > 0 ? [{ type: 'hard_break' as const }] : []), ...lineOf(line)])
		}))
	};
}

/** Addresses in plain words become links. */
function lineOf(line: string): Inline[] {
	return line.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’”])/).flatMap((part, i): Inline[] => {
		if (part === '') return [];
		const href = i % 2 ? safeAddress(part) : null;
		return [{ type: 'text', text: part, ...(href ? { marks: [{ type: 'link', attrs: { href } }] } : {}) }];
	});
}

function* inlinesOf(node: Body | Block | Item): Iterable<Inline> {
	for (const child of (node.content ?? []) as (Block | Item | Inline)[]) {
		if (isInline(child)) yield child;
		else yield* inlinesOf(child);
	}
}
const isInline = (node: Block | Item | Inline): node is Inline =>
	node.type === 'text' || node.type === 'hard_break' || node.type === 'mention' || node.type === 'reference';

/** The words of a body without looks, a line for each block. */
export function wordsOf(body: Body): string {
	const lines: string[] = [];
	const walk = (node: Body | Block | Item) => {
		const content = (node.content ?? []) as (Block | Item | Inline)[];
		if (content.length === 0 || content.every(isInline)) lines.push((content as Inline[]).map(plain).join(''));
		else for (const child of content) if (!isInline(child)) walk(child);
	};
	walk(body);
	return lines.join('\n');
}

const plain = (node: Inline): string =>
	node.type === 'text'
		? node.text
		: node.type === 'hard_break'
			? '\n'
			: node.type === 'mention'
				? `@${node.attrs.name}`
				: node.attrs.title;

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => signs[sign]!);

export type Names = {
	/** People by id, as they are called today; who is not in it has left. */
	people: ReadonlyMap<string, string>;
	/** Whoever reads: being named oneself stands out. */
	me: string;
	/** Where a microcredential, or a row of a rubric, is read; null where it can't be any more. */
	addressOf(kind: 'microcredential' | 'row', id: string): string | null;
};

/** A post as HTML. Headings begin at the third level, below the page's and the thread's. */
export function renderBody(body: Body, names: Names): string {
	const inline = (node: Inline): string => {
		switch (node.type) {
			case 'text':
				return (node.marks ?? []).reduceRight((html, mark) => {
					if (mark.type !== 'link') return `<${mark.type}>${html}</${mark.type}>`;
					// Read again, because a row may have come into the table by another way.
					const href = safeAddress(mark.attrs.href);
					return href === null ? html : `<a href="${escaped(href)}" rel="noopener noreferrer nofollow ugc">${html}</a>`;
				}, escaped(node.text));
			case 'hard_break':
				return '<br>';
			case 'mention': {
				const name = names.people.get(node.attrs.id);
				const me = node.attrs.id === names.me ? ' data-me' : '';
				return `<span class="mention"${me}>@${escaped(name ?? 'somebody who left')}</span>`;
			}
			case 'reference': {
				const href = names.addressOf(node.attrs.kind, node.attrs.id);
				const title = escaped(node.attrs.title || 'an offer');
				return href === null ? title : `<a class="reference" href="${escaped(href)}">${title}</a>`;
			}
		}
	};
	const textblock = (tag: string, content: Inline[] = []) => {
		const html = content.map(inline).join('');
		return `<${tag}>${html === '' || html.endsWith('<br>') ? `${html}<br>` : html}</${tag}>`;
	};
	const block = (node: Block): string => {
		switch (node.type) {
			case 'paragraph':
				return textblock('p', node.content);
			case 'heading':
				return textblock(node.attrs.level === 3 ? 'h4' : 'h3', node.content);
			case 'blockquote':
				return `<blockquote>${node.content.map(block).join('')}</blockquote>`;
			default: {
				const tag = node.type === 'bullet_list' ? 'ul' : 'ol';
				return `<${tag}>${node.content.map((item) => `<li>${item.content.map(block).join('')}</li>`).join('')}</${tag}>`;
			}
		}
	};
	return body.content.map(block).join('');
}

/** The beginning of a text on one line, cut at a word. */
export function excerptOf(words: string, longest = 160): string {
	const text = words.replace(/\s+/g, ' ').trim();
	if (text.length <= longest) return text;
	const cut = text.slice(0, longest).toWellFormed();
	const space = cut.lastIndexOf(' ');
	return `${cut.slice(0, space > longest / 2 ? space : longest).replace(/\ufffd$/, '')} …`;
}
