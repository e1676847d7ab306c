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
/** Lists and quotations within each other; more is nobody's writing, and much more exhausts a stack. */
const deepest = 6;
/** A post of the longest length in very short lines has fewer. */
const mostNodes = 4_000;
/** Bytes of the data that is read at all: looks cost some, and a hostile body ends here. */
export const largestBody = 200_000;
/** People named in one post: a third of a cohort. Who means everybody writes to everybody without it. */
export const mostMentions = 10;
/** Offers linked in one post: a whole stack has about as many. */
export const mostReferences = 20;

const no = (what: string) =>
	new Refusal(
		'rule',
		`${what} Nothing was posted yet, and what you wrote is still in the form. Please change it and post again.`
	);
const strange = () => no('This post holds something that posts can not show.');

/** Characters that no keyboard makes and no database keeps, and the two that turn the letters of others around. */
// eslint-disable-next-line no-control-regex -- that is what it is about
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202d\u202e\ufffe\uffff]/g;
/** Text as it may be kept: lines end in one way, and nothing in it is half a character. */
export const cleanText = (text: string): string => text.toWellFormed().replace(/\r\n?/g, '\n').replace(unprintable, '');

/** Whether there is anything to see: spaces of all kinds, joiners and letters that are drawn as nothing are not. */
const isBlank = (words: string) => !/[^\p{Z}\p{C}\u115f\u1160\u2800\u3164\uffa0]/u.test(words);

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
	let characters = 0;
	const count = () => {
		if (++nodes > mostNodes) throw tooLong();
	};
	/** @param depth how many lists and quotations this stands in */
	const inner = (node: Raw, depth: number): Raw[] => {
		if (depth > deepest) throw no('This post has lists or quotations inside each other, deeper than can be read.');
		const content = node.content ?? [];
		if (!Array.isArray(content)) throw strange();
		if (content.length > mostNodes) throw tooLong();
		if (!content.every(isRaw)) throw strange();
		return content;
	};
	/** Without what is empty, as an editor says it too: equal texts are equal data. */
	const filled = (content: Inline[]): { content?: Inline[] } => (content.length > 0 ? { content } : {});

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
				// Before it is looked at: a text of megabytes is nobody's post.
				if ((characters += node.text.length) > largestBody) throw tooLong();
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
	const inlines = (node: Raw, depth: number) => joined(inner(node, depth).flatMap(inline));
	const block = (node: Raw, depth: number): Block => {
		count();
		switch (node.type) {
			case 'paragraph':
				return { type: 'paragraph', ...filled(inlines(node, depth)) };
			case 'heading': {
				const { level } = (isRaw(node.attrs) ? node.attrs : {}) as { level?: unknown };
				// A number and nothing that becomes one: a list that holds itself a thousand times does so slowly.
				return { type: 'heading', attrs: { level: level === 3 ? 3 : 2 }, ...filled(inlines(node, depth)) };
			}
			case 'bullet_list':
			case 'ordered_list': {
				const content = inner(node, depth + 1).map((child): Item => {
					count();
					if (child.type !== 'list_item') throw strange();
					return { type: 'list_item', content: blocks(child, depth + 1) };
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
		const content = inner(node, depth).map((child) => block(child, depth));
		return content.length ? content : [{ type: 'paragraph' }];
	};

	if (!isRaw(raw) || raw.type !== 'doc') throw strange();
	return measured({ type: 'doc', content: blocks(raw, 0) });
}

/**
 * A body that is well-formed, with what is to be known of it.
 * @throws Refusal rule: there is nothing in it, or too much
 */
export function measured(body: Body): Read {
	const words = wordsOf(body);
	if (isBlank(words)) throw no('There is nothing in this post yet.');
	if (words.length > longestPost) throw tooLong();
	// Looks and addresses count here. As Postgres writes it: a space after each comma and colon, at most so many as there are with line breaks.
	if (new TextEncoder().encode(JSON.stringify(body, null, ' ')).length > largestBody) throw tooLong();
	const named = [...inlinesOf(body)];
	const mentions = [...new Set(named.flatMap((node) => (node.type === 'mention' ? node.attrs.id : [])))];
	if (mentions.length > mostMentions)
		throw no(`This post names more than ${mostMentions} people. Everybody in the cohort can read it without that.`);
	const references = new Map(
		named.flatMap((node) =>
			node.type === 'reference'
				? [[`${node.attrs.kind}/${node.attrs.id}`, { kind: node.attrs.kind, id: node.attrs.id }] as const]
				: []
		)
	);
	if (references.size > mostReferences) throw no(`This post links more than ${mostReferences} offers.`);
	return { body, words, mentions, references: [...references.values()] };
}

const tooLong = () => no(`This post is longer than ${longestPost.toLocaleString('en-US')} characters.`);
const order: Mark['type'][] = ['link', 'em', 'strong'];

/** Neighbours that look the same are one piece. */
function joined(content: Inline[]): Inline[] {
	const whole: Inline[] = [];
	for (const node of content) {
		const last = whole.at(-1);
		if (node.type === 'text' && last?.type === 'text' && JSON.stringify(node.marks) === JSON.stringify(last.marks))
			whole[whole.length - 1] = { ...last, text: last.text + node.text };
		else whole.push(node);
	}
	return whole;
}
const nameIn = (given: unknown): string => (typeof given === 'string' ? cleanText(given).trim().slice(0, 200) : '');

function* inlinesOf(node: Body | Block | Item): Iterable<Inline> {
	for (const child of (node.content ?? []) as (Block | Item | Inline)[]) {
		if (isInline(child)) yield child;
		else yield* inlinesOf(child);
	}
}
/** The same with other inline pieces, wherever they stand. */
export function mapInline(body: Body, change: (node: Inline) => Inline[]): Body {
	const inside = <T extends Block | Item>(node: T): T => {
		if (!node.content) return node;
		const content = (node.content as (Block | Item | Inline)[]).flatMap((child): (Block | Item | Inline)[] =>
			isInline(child) ? change(child) : [inside(child)]
		);
		return { ...node, content };
	};
	return { type: 'doc', content: body.content.map(inside) };
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

/**
 * A post as HTML. Headings begin at the third level, below the page's and the thread's. What it does not know it leaves out,
 * and what nests deeper than a post may: a row may have come into the table by another way than `readBody`.
 */
export function renderBody(body: Body, names: Names): string {
	const inline = (node: Inline): string => {
		switch (node.type) {
			case 'text':
				return (node.marks ?? []).reduceRight((html, mark) => {
					switch (mark.type) {
						case 'em':
							return `<em>${html}</em>`;
						case 'strong':
							return `<strong>${html}</strong>`;
						case 'link': {
							const href = safeAddress(mark.attrs.href);
							return href === null
								? html
								: `<a href="${escaped(href)}" rel="noopener noreferrer nofollow ugc">${html}</a>`;
						}
						default:
							return html;
					}
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
			default:
				return '';
		}
	};
	const textblock = (tag: string, content: Inline[] = []) => {
		const html = content.map(inline).join('');
		// A browser gives an empty block, and a line that ends the block, no height without this.
		return `<${tag}>${html}${html === '' || html.endsWith('<br>') ? '<br>' : ''}</${tag}>`;
	};
	const blocks = (content: Block[], depth: number): string =>
		depth > deepest ? '' : content.map((node) => block(node, depth)).join('');
	const block = (node: Block, depth: number): string => {
		switch (node.type) {
			case 'paragraph':
				return textblock('p', node.content);
			case 'heading':
				return textblock(node.attrs.level === 3 ? 'h4' : 'h3', node.content);
			case 'blockquote':
				return `<blockquote>${blocks(node.content, depth + 1)}</blockquote>`;
			case 'bullet_list':
			case 'ordered_list': {
				const tag = node.type === 'bullet_list' ? 'ul' : 'ol';
				return `<${tag}>${node.content.map((item) => `<li>${blocks(item.content, depth + 1)}</li>`).join('')}</${tag}>`;
			}
			default:
				return '';
		}
	};
	return blocks(body.content, 0);
}
