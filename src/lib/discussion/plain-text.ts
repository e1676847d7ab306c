/**
 * A post as somebody types it into a plain field, and back: paragraphs and lines, `-` and `1.` lists, `>` quotations,
 * `## headings`, **bold**, *italic*, [words](address). Everything else, HTML too, is text like any other, and no word is
 * lost: whoever posts without script, or before the editor is there, sees their post as they typed it.
 */
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';
import { safeAddress } from '#lib/reflection/address.ts';
import { type Block, type Body, cleanText, type Inline, type Item, longestPost, type Mark } from './body.ts';

const markdown = new MarkdownIt('zero', { breaks: true, maxNesting: 14 });
markdown.enable(['list', 'blockquote', 'heading', 'emphasis', 'link', 'newline', 'hr']);
// Which addresses may be links is decided by `safeAddress`, which also says how they are written.
markdown.validateLink = () => true;
markdown.normalizeLink = (address) => address;
// Signs inside a word are no emphasis: 2*3*4 is a sum, and some_file_name a name.
const { State } = markdown.inline;
markdown.inline.State = class extends State {
	override scanDelims(start: number) {
		return super.scanDelims(start, false);
	}
};

/** Signs that look are some of a text; more is not read at all. */
const longestTyped = longestPost * 2;

/** What somebody typed, as a post. Whatever it is given it answers; `readBody` says whether it may be one. */
export function bodyOfText(text: string): Body {
	const clean = cleanText(text)
		// What follows a quotation answers it, and is not part of it.
		.replace(/^( {0,3}>.*)\n(?! {0,3}>|\n)/gm, '$1\n\n');
	if (clean.length > longestTyped) return { type: 'doc', content: [{ type: 'paragraph', content: plain(clean) }] };
	const tokens = markdown.parse(clean, {});
	// markdown-it leaves out what is deeper; then nothing is read into it.
	if (tokens.some(({ level }) => level >= 13))
		return { type: 'doc', content: clean.split(/\n{2,}/).map((part) => ({ type: 'paragraph', content: plain(part) })) };
	const content = new Reading(tokens).blocks(null);
	return { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] };
}

class Reading {
	readonly #tokens: Token[];
	#at = 0;

	constructor(tokens: Token[]) {
		this.#tokens = tokens;
	}

	/** Everything up to what closes it. */
	blocks(close: string | null): Block[] {
		const blocks: Block[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === close) break;
			switch (token.type) {
				case 'paragraph_open':
					blocks.push({ type: 'paragraph', content: this.#inline() });
					break;
				case 'heading_open':
					blocks.push({ type: 'heading', attrs: { level: token.tag < 'h3' ? 2 : 3 }, content: this.#inline() });
					break;
				case 'blockquote_open':
					blocks.push({ type: 'blockquote', content: filled(this.blocks('blockquote_close')) });
					break;
				case 'bullet_list_open':
					blocks.push({ type: 'bullet_list', content: this.#items('bullet_list_close').map(({ item }) => item) });
					break;
				case 'hr':
					// There are no dividing lines here; it stays what it was.
					blocks.push({ type: 'paragraph', content: [{ type: 'text', text: token.markup }] });
					break;
				case 'ordered_list_open': {
					const items = this.#items('ordered_list_close');
					// "2019. A good year" is no list, and a list that begins at 3 would lose its number.
					if (Number(token.attrGet('start') ?? 1) === 1)
						blocks.push({ type: 'ordered_list', content: items.map(({ item }) => item) });
					else blocks.push(...items.flatMap(({ item, sign }) => signed(sign, item.content)));
				}
			}
		}
		return blocks;
	}

	#items(close: string): { item: Item; sign: string }[] {
		const items: { item: Item; sign: string }[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === close) break;
			if (token.type === 'list_item_open')
				items.push({
					sign: `${token.info}${token.markup}`,
					item: { type: 'list_item', content: filled(this.blocks('list_item_close')) }
				});
		}
		return items;
	}

	#inline(): Inline[] {
		const token = this.#tokens[this.#at];
		return token?.type === 'inline' ? inlineOf(token.children ?? []) : [];
	}
}

const filled = (blocks: Block[]): Block[] => (blocks.length > 0 ? blocks : [{ type: 'paragraph' }]);

/** The first line with the sign before it. */
function signed(sign: string, [first, ...others]: Block[]): Block[] {
	if (first?.type !== 'paragraph')
		return [{ type: 'paragraph', content: [{ type: 'text', text: sign }] }, ...(first ? [first] : []), ...others];
	return [{ ...first, content: [{ type: 'text', text: `${sign} ` }, ...(first.content ?? [])] }, ...others];
}

function inlineOf(tokens: Token[]): Inline[] {
	const content: Inline[] = [];
	const marks = { em: 0, strong: 0 };
	const links: { address: string; href: string | null }[] = [];
	const say = (text: string) => {
		const href = links.at(-1)?.href ?? null;
		const looks: Mark[] = [
			...(href === null ? [] : [{ type: 'link' as const, attrs: { href } }]),
			...(marks.em > 0 ? [{ type: 'em' as const }] : []),
			...(marks.strong > 0 ? [{ type: 'strong' as const }] : [])
		];
		content.push(...(links.length > 0 ? [piece(text, looks)] : withAddresses(text, looks)));
	};
	for (const token of tokens) {
		switch (token.type) {
			case 'text':
				if (token.content) say(token.content);
				break;
			case 'softbreak':
			case 'hardbreak':
				content.push({ type: 'hard_break' });
				break;
			case 'em_open':
			case 'strong_open':
				marks[token.tag as 'em' | 'strong']++;
				break;
			case 'em_close':
			case 'strong_close':
				marks[token.tag as 'em' | 'strong']--;
				break;
			case 'link_open': {
				const address = String(token.attrGet('href') ?? '');
				links.push({ address, href: safeAddress(address) });
				break;
			}
			case 'link_close': {
				const link = links.pop();
				// Where it can't lead is at least said.
				if (link && link.href === null && link.address) content.push({ type: 'text', text: ` (${link.address})` });
			}
		}
	}
	return content;
}

const piece = (text: string, marks: Mark[]): Inline => ({ type: 'text', text, ...(marks.length > 0 ? { marks } : {}) });

/** Addresses in plain words become links. */
const withAddresses = (text: string, marks: Mark[]): Inline[] =>
	text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’”*_])/).flatMap((part, i): Inline[] => {
		if (part === '') return [];
		const href = i % 2 ? safeAddress(part) : null;
		return [piece(part, href ? [{ type: 'link', attrs: { href } }, ...marks] : marks)];
	});

const plain = (text: string): Inline[] =>
	text
		.split('\n')
		.flatMap((line, i): Inline[] => [...(i > 0 ? [{ type: 'hard_break' as const }] : []), ...withAddresses(line, [])]);

/** A post as it would be typed, to change it in a plain field. People are named as `nameOf` says. */
export function textOfBody(body: Body, nameOf: (id: string, name: string) => string = (_, name) => name): string {
	const inline = (node: Inline): string => {
		switch (node.type) {
			case 'hard_break':
				return '\n';
			case 'mention':
				return `@${nameOf(node.attrs.id, node.attrs.name)}`;
			case 'reference':
				return node.attrs.title;
			default:
				return (node.marks ?? []).reduceRight((text, mark) => {
					// Signs stand at words: a space within them would make them signs again.
					const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(text)!;
					if (!words) return text;
					const sign = mark.type === 'em' ? '*' : '**';
					if (mark.type !== 'link') return `${before}${sign}${words}${sign}${after}`;
					return words === mark.attrs.href || `${words}/` === mark.attrs.href
						? text
						: `${before}[${words}](${mark.attrs.href})${after}`;
				}, node.text);
		}
	};
	const indented = (text: string, first: string) =>
		first + text.replaceAll('\n', `\n${' '.repeat(first.length)}`).replace(/^ +$/gm, '');
	const block = (node: Block): string => {
		switch (node.type) {
			case 'paragraph':
				return (node.content ?? []).map(inline).join('');
			case 'heading':
				return `${node.attrs.level === 3 ? '###' : '##'} ${(node.content ?? []).map(inline).join('').replaceAll('\n', ' ')}`;
			case 'blockquote':
				return blocks(node.content).replace(/^/gm, '> ').replace(/^> $/gm, '>');
			default:
				return node.content
					.map((item, i) => indented(blocks(item.content), node.type === 'bullet_list' ? '- ' : `${i + 1}. `))
					.join('\n');
		}
	};
	const blocks = (content: Block[]) => content.map(block).join('\n\n');
	return blocks(body.content);
}
