/**
 * Markdown as blocks of ours. HTML in it is text like any other: nothing of it is ever taken for a tag.
 */
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';
import { safeAddress } from '../address.ts';
import type { SettledBlock, SettledInline, SettledMark } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { type ReadIn, Report } from './report.ts';

/** Levels; markdown-it leaves out what is deeper. */
const deepest = 100;
const markdown = new MarkdownIt('default', { html: false, linkify: false, typographer: false, maxNesting: deepest });
// Which addresses may be links is decided here, where it can be said; and an address stays as it was written.
markdown.validateLink = () => true;
markdown.normalizeLink = (address) => address;

/** Settings that other programs write on top of a file, between two lines of hyphens. */
const settings =
	/^---[ \t]*\r?\n(?:[\w-]+[ \t]*:[^\n]*\r?\n|[ \t]+[^\n]*\r?\n|-[ \t][^\n]*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
const tag = /<\/?[a-z][a-z\d-]*(?:\s[^<>]*)?\/?>|<!--/gi;

/** Reads a text in Markdown. Whatever it is given it answers: all text is Markdown. */
export function readMarkdown(text: string): ReadIn {
	const report = new Report();
	const plain = text.replace(/^\ufeff/, '');
	const body = plain.replace(settings, '');
	if (body !== plain) report.add('settings');
	const tokens = markdown.parse(body, {});
	// Then nothing is left out: every line stands for itself.
	const isTooDeep = tokens.some(({ level }) => level >= deepest - 1);
	if (isTooDeep) report.add('nesting');
	const blocks = isTooDeep
		? body.split(/\n{2,}/).map((text): SettledBlock => ({ type: 'paragraph', content: [{ type: 'text', text }] }))
		: new Reading(tokens, report).blocks(null);
	return { blocks: tidy(blocks), unkept: report.sentences };
}

class Reading {
	readonly #tokens: Token[];
	readonly #report: Report;
	readonly #hasSecond: boolean;
	#at = 0;

	constructor(tokens: Token[], report: Report) {
		this.#tokens = tokens;
		this.#hasSecond = tokens.some(({ type, tag }) => type === 'heading_open' && tag === 'h2');
		this.#report = report;
	}

	/** Everything up to what closes it. */
	blocks(close: string | null): SettledBlock[] {
		const blocks: SettledBlock[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === close) break;
			switch (token.type) {
				case 'paragraph_open':
					blocks.push({ type: 'paragraph', content: this.#inlineUntil('paragraph_close') });
					break;
				case 'heading_open': {
					const level = Number(token.tag.slice(1));
					// A first level alone is the second here, and nothing is lost with that.
					if (level > 3 || (level === 1 && this.#hasSecond)) this.#report.add('headings');
					blocks.push({
						type: 'heading',
						attrs: { level: level >= 3 ? 3 : 2 },
						content: this.#inlineUntil('heading_close')
					});
					break;
				}
				case 'blockquote_open':
					blocks.push({ type: 'blockquote', content: this.blocks('blockquote_close') });
					break;
				case 'bullet_list_open':
					blocks.push({ type: 'bullet_list', content: this.#items('bullet_list_close') });
					break;
				case 'ordered_list_open':
					if (Number(token.attrGet('start') ?? 1) !== 1) this.#report.add('number');
					blocks.push({ type: 'ordered_list', content: this.#items('ordered_list_close') });
					break;
				case 'fence':
				case 'code_block':
					this.#report.add('code');
					blocks.push({ type: 'paragraph', content: [{ type: 'text', text: token.content.replace(/\n$/, '') }] });
					break;
				case 'hr':
					this.#report.add('dividing line');
					break;
				case 'table_open':
					this.#report.add('table');
					blocks.push(...this.#rows());
					break;
			}
		}
		return blocks;
	}

	#items(close: string): { type: 'list_item'; content: SettledBlock[] }[] {
		const items: { type: 'list_item'; content: SettledBlock[] }[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === close) break;
			if (token.type === 'list_item_open') items.push({ type: 'list_item', content: this.blocks('list_item_close') });
		}
		return items;
	}

	/** A line for each row, cells apart from each other. */
	#rows(): SettledBlock[] {
		const rows: SettledBlock[] = [];
		let row: SettledInline[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === 'table_close') break;
			if (token.type === 'inline') {
				if (row.length > 0) row.push({ type: 'text', text: ' | ' });
				row.push(...this.#inline(token.children ?? []));
			}
			if (token.type === 'tr_close') {
				rows.push({ type: 'paragraph', content: row });
				row = [];
			}
		}
		return rows;
	}

	#inlineUntil(close: string): SettledInline[] {
		const content: SettledInline[] = [];
		while (this.#at < this.#tokens.length) {
			const token = this.#tokens[this.#at++]!;
			if (token.type === close) break;
			if (token.type === 'inline') content.push(...this.#inline(token.children ?? []));
		}
		return content;
	}

	#inline(tokens: Token[]): SettledInline[] {
		const content: SettledInline[] = [];
		let em = 0;
		let strong = 0;
		const links: (string | null)[] = [];
		const say = (text: string) => {
			const href = links.findLast((link) => link !== null) ?? null;
			const marks: SettledMark[] = [
				...(href === null ? [] : [{ type: 'link' as const, attrs: { href } }]),
				...(em > 0 ? [{ type: 'em' as const }] : []),
				...(strong > 0 ? [{ type: 'strong' as const }] : [])
			];
			if (text) content.push({ type: 'text', ...(marks.length > 0 ? { marks } : {}), text });
		};
		for (const token of tokens) {
			switch (token.type) {
				case 'text':
				case 'text_special':
					this.#report.add('html', token.type === 'text' ? [...token.content.matchAll(tag)].length : 0);
					say(token.content);
					break;
				case 'code_inline':
					say(token.content);
					break;
				case 'softbreak':
					say(' ');
					break;
				case 'hardbreak':
					content.push({ type: 'hard_break' });
					break;
				case 'em_open':
					em++;
					break;
				case 'em_close':
					em--;
					break;
				case 'strong_open':
					strong++;
					break;
				case 'strong_close':
					strong--;
					break;
				case 's_open':
					this.#report.add('look');
					break;
				case 'link_open': {
					const href = safeAddress(token.attrGet('href'));
					if (href === null) this.#report.add('link');
					links.push(href);
					break;
				}
				case 'link_close':
					links.pop();
					break;
				case 'image':
					this.#report.add('picture');
					say(token.content);
					break;
			}
		}
		return content;
	}
}
