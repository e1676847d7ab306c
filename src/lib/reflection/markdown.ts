/**
 * A reflection's text as Markdown (CommonMark), for whoever takes their words along. What it writes reads back as the same
 * text, whatever signs are in it: where a sign would mean something it is escaped, and where a mark would not be taken for
 * one its neighbour is written as a number.
 */
import type * as Y from 'yjs';
import { type SettledBlock, type SettledInline, settledOf, type SettledText } from './settled.ts';
import { endsWith } from './out/talk.ts';
import { tidy } from './tidy.ts';

/** The text of a document as it stands; empty when nothing is written. */
export const toMarkdown = (doc: Y.Doc): string => markdownOf(settledOf(doc).content);

/** The same of blocks. */
export function markdownOf(blocks: readonly SettledBlock[]): string {
	const text = blocksOf(tidy(blocks)).join('\n\n');
	return text ? `${text}\n` : '';
}

/** A text of people inside a line of ours, where it must not become a mark. */
export const markdownLine = (text: string): string => edged(escaped(text.replace(/\s+/g, ' ').trim()));

/** The same at the beginning of a line. */
export const markdownWholeLine = (text: string): string => opened(markdownLine(text));

/** What leads from words to the note on them. */
export const noteMark = (number: number): string => `[^${number}]`;

type Listed = 'bullet_list' | 'ordered_list';

function blocksOf(blocks: readonly SettledBlock[]): string[] {
	let previous: SettledBlock['type'] | null = null;
	let other = false;
	return blocks.map((block) => {
		// Two lists of a kind in a row would be one: every second is written with another sign.
		other = block.type === previous && !other;
		previous = block.type;
		if (block.type === 'paragraph') return linesOf(block.content ?? []);
		if (block.type === 'heading') return `${'#'.repeat(block.attrs.level)} ${headingOf(block.content ?? [])}`;
		if (block.type === 'blockquote') return prefixed(blocksOf(block.content).join('\n\n'), '> ', '> ');
		return block.content
			.map(({ content }, i) => {
				const mark = signOf(block.type as Listed, i, other);
				return prefixed(blocksOf(content).join('\n\n'), mark, ' '.repeat(mark.length));
			})
			.join('\n');
	});
}

const signOf = (list: Listed, i: number, other: boolean) =>
	list === 'ordered_list' ? `${i + 1}${other ? ')' : '.'} ` : other ? '* ' : '- ';

const prefixed = (text: string, first: string, rest: string) =>
	text
		.split('\n')
		.map((line, i) => `${i === 0 ? first : rest}${line}`.trimEnd())
		.join('\n');

// ---- within a line --------------------------------------------------------------------------------------------------

/** Signs that mean something wherever they stand. */
const escaped = (text: string) => text.replace(/[\\`*_[\]<&~|]/g, '\\$&').replace(/!$/, '\\!');

const numbered = (sign: string) => `&#${sign.codePointAt(0)};`;

/** White space at either end of a line, which would be cut off. */
const edged = (line: string) => line.replace(/^\s+|\s+$/g, (white) => [...white].map(numbered).join(''));

/** What would make a list, a heading, a quotation or a rule of a line that begins so. */
const opened = (line: string) => line.replace(/^([#>+-]|=+$)/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');

const linesOf = (content: readonly SettledInline[]) =>
	lines(content)
		.map((parts) => opened(edged(partsOf(parts))))
		.join('\\\n');

/** Signs at its end would be taken for its close. */
const headingOf = (content: readonly SettledInline[]) =>
	edged(partsOf(content.filter((part) => part.type === 'text'))).replace(/#+$/, (signs) => signs.replace(/#/g, '\\#'));

function lines(content: readonly SettledInline[]): SettledText[][] {
	const all: SettledText[][] = [[]];
	for (const part of content) {
		if (part.type === 'hard_break') all.push([]);
		else all.at(-1)!.push(part);
	}
	return all;
}

const hrefOf = ({ marks }: SettledText) => marks?.find((mark) => mark.type === 'link')?.attrs.href;
const has = ({ marks }: SettledText, name: 'em' | 'strong') => marks?.some(({ type }) => type === name) ?? false;

/** The marks of the notes on the words that end here, if any are to be written. */
const notesOn = (part: SettledText): string => endsWith(part).map(noteMark).join('');

/** Text as it is written, and the marks around it. */
type Written = { text: string; marks: string };

function partsOf(parts: readonly SettledText[]): string {
	const written: Written[] = [];
	for (let i = 0; i < parts.length;) {
		const href = hrefOf(parts[i]!);
		let end = i + 1;
		// A link ends where a note does, and goes on behind it.
		const isSame = (at: number) => at < parts.length && hrefOf(parts[at]!) === href && notesOn(parts[at - 1]!) === '';
		while (isSame(end)) end++;
		const inner = pieces(parts.slice(i, end));
		// Behind a note this would be taken for where it leads.
		if (href === undefined && i > 0 && notesOn(parts[i - 1]!) && inner[0]!.marks === '')
			inner[0]!.text = inner[0]!.text.replace(/^\(/, numbered);
		if (href === undefined) written.push(...inner);
		else written.push({ text: `[${joined(inner)}](<${destination(href)}>)`, marks: '' });
		const notes = notesOn(parts[end - 1]!);
		if (notes) written.push({ text: notes, marks: '' });
		i = end;
	}
	return joined(written);
}

const destination = (href: string) => href.replace(/&/g, '&amp;').replace(/[<>\\\s]/g, encodeURIComponent);

/** Pieces with the same marks are one, whatever else told them apart. */
function pieces(parts: readonly SettledText[]): Written[] {
	const all: Written[] = [];
	for (const part of parts) {
		const marks = `${has(part, 'em') ? 'e' : ''}${has(part, 'strong') ? 's' : ''}`;
		const last = all.at(-1);
		if (last?.marks === marks) last.text += part.text;
		else all.push({ text: part.text, marks });
	}
	return all.map(({ text, marks }) => ({ text: escaped(text), marks }));
}

const isWhite = (sign: string | undefined) => sign === undefined || /[\t\n\f\r\p{Zs}]/u.test(sign);
const isPunctuation = (sign: string | undefined) => sign !== undefined && /[\p{P}\p{S}]/u.test(sign);
const firstOf = (text: string): string | undefined => [...text.slice(0, 2)][0];
const lastOf = (text: string): string | undefined => [...text.slice(-2)].at(-1);

/**
 * Marks beside each other take turns with the two signs that there are, for two of the same would run together. A mark is
 * taken for one only beside white space or punctuation, or inside of a word with words on both sides; elsewhere the sign
 * that stands in its way is written as a number, which begins and ends with punctuation.
 */
function joined(written: readonly Written[]): string {
	const texts = written.map(({ text }) => text);
	// Where a mark begins or ends, white space inside is written as a number.
	written.forEach(({ marks }, i) => {
		if (marks) texts[i] = edged(texts[i]!);
	});
	let line = '';
	let after = ''; // the sign of the mark that has just been closed
	for (let i = 0; i < written.length; i++) {
		const { marks } = written[i]!;
		let text = texts[i]!;
		if (after && text) {
			const next = firstOf(text);
			// What follows a closed mark: fine when it is white or punctuation, or when the mark ends with a letter, inside a word.
			const inside = lastOf(texts[i - 1]!);
			const open = isWhite(next) || isPunctuation(next) || marks !== '';
			if (!open && (isPunctuation(inside) || after === '_')) text = numbered(next!) + text.slice(next!.length);
		}
		if (!marks) {
			line += text;
			after = '';
			continue;
		}
		// Beside another mark the other sign; alone always a star, which may stand inside a word.
		const sign = after === '*' ? '_' : '*';
		const mark = (marks.includes('e') ? sign : '') + (marks.includes('s') ? sign + sign : '');
		const before = lastOf(line);
		if (isPunctuation(firstOf(text)) && !isWhite(before) && !isPunctuation(before))
			line = line.slice(0, -before!.length) + numbered(before!);
		line += mark + text + mark;
		after = sign;
	}
	return line;
}
