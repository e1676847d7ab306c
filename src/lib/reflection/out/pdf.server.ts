/**
 * A reflection as a PDF: set in our own letters, and tagged, so that a screen reader finds its headings, lists,
 * quotations and links. Signs that our letters do not include are numbered in the text and named at its end; no box ever
 * stands for one in silence. Comments are numbers behind the words, which lead to the talk at the end and back.
 */
import PDFDocument from 'pdfkit';
import { safeAddress } from '../address.ts';
import type { SettledBlock, SettledInline, SettledText } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { authorOf, type Copy, headLines, type Key, keyLine, keyOf } from './copy.ts';
import { type Faces, type FaceName, type Letters, lettersOf } from './letters.ts';
import { countLine, endsWith, isTalkedOf, linesOf, resolvedLine, type Talk, whoAndWhen } from './talk.ts';

export const papers = { letter: 'LETTER', a4: 'A4' } as const;
export type Paper = keyof typeof papers;

/** Points. The lines of the text hold some 70 signs. */
const margin = { top: 64, bottom: 72, side: 86 };
const size = { text: 11, title: 23, h2: 15, h3: 12.5, said: 10, about: 9 };
const leading = 1.5;
const indent = 18;
/** Deeper it would leave no room for words. */
const deepestIndent = 8;
const ink = {
	text: '#132620',
	about: '#54655d',
	quote: '#384d46',
	line: '#7a8477',
	link: '#075947',
	talked: '#fcf0cb'
};
/** A comment's number, beside the size of the words before it. */
const raised = { size: 0.65, by: 0.32 };

type Structure = PDFKit.PDFStructureElement;
type Ink = { size: number; color: string; face: { bold: boolean; italic: boolean } };
/** A stretch of a line that looks alike. */
type Piece = {
	text: string;
	font: FaceName;
	color: string;
	width: number;
	href: string | null;
	by: Key | null;
	/** Whether there is a comment on it. */
	talked: boolean;
	/** The comment whose number this is. */
	note: number | null;
};
/** A way to another place in this file, and the name of this one. */
type Way = { to: string; at: string; says: string };
type Underlined = { x: number; width: number; line: Key['line']['css']; color: string };
/** Pieces without a place to break between them, and the white space after them. */
type Word = { pieces: Piece[]; width: number; space: number; breaks: boolean };

export function makePdf(copy: Copy, paper: Paper, faces: Faces): Promise<Uint8Array> {
	const doc = new PDFDocument({
		size: papers[paper],
		margins: { top: margin.top, bottom: 0, left: margin.side, right: margin.side },
		pdfVersion: '1.7',
		lang: 'en-US',
		tagged: true,
		displayTitle: true,
		bufferPages: true,
		font: '', // ours only, registered when first needed
		info: {
			Title: copy.title,
			Author: copy.writers.map(({ name }) => name).join(', '),
			Subject: copy.microcredential,
			CreationDate: copy.at
		}
	} as PDFKit.PDFDocumentOptions);
	const chunks: Buffer[] = [];
	const done = new Promise<Uint8Array>((resolve, reject) => {
		doc.on('data', (chunk: Buffer) => chunks.push(chunk));
		doc.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
		doc.on('error', reject);
	});
	new Setting(doc, copy, lettersOf(doc, faces)).all();
	doc.end();
	return done;
}

class Setting {
	readonly #doc: PDFKit.PDFDocument;
	readonly #copy: Copy;
	readonly #letters: Letters;
	readonly #authors: readonly Key[];
	readonly #root: Structure;
	#y = margin.top;
	/** Signs that no face has, as they come. */
	#unknown: string[] = [];

	constructor(doc: PDFKit.PDFDocument, copy: Copy, letters: Letters) {
		this.#doc = doc;
		this.#copy = copy;
		this.#letters = letters;
		this.#authors = keyOf(copy);
		this.#root = doc.struct('Document');
		doc.addStructure(this.#root);
	}

	all(): void {
		const { title } = this.#copy;
		this.#lines('H1', this.#root, [{ type: 'text', text: title }], 0, look('title'), { after: 8 });
		for (const line of headLines(this.#copy)) this.#about(line);
		if (this.#authors.length > 0) {
			this.#about('Who wrote which words:', 6);
			for (const author of this.#authors) this.#about(keyLine(author));
		}
		this.#rule();
		const blocks = tidy(this.#copy.text.content);
		this.#blocks(blocks, this.#root, 0, false);
		if (blocks.length === 0) this.#about('Nothing is written yet.');
		if (this.#copy.talk) this.#talk(this.#copy.talk);
		if (this.#unknown.length > 0) {
			this.#room(60);
			this.#rule();
			this.#about(
				'The letters of this PDF do not include the signs below; each stands in the text as a number. They are whole in the copies for Word, as a web page and as Markdown, and when you print from your browser.'
			);
			this.#unknown.forEach((signs, i) => this.#about(`‹${i + 1}› ${named(signs)}`));
		}
		this.#root.end();
		this.#pageNumbers();
	}

	#blocks(blocks: readonly SettledBlock[], parent: Structure, depth: number, quoted: boolean): void {
		for (const [i, block] of blocks.entries()) {
			const color = quoted ? ink.quote : ink.text;
			if (block.type === 'paragraph')
				this.#lines('P', parent, block.content ?? [], depth, { ...look('text'), color }, { after: 8 });
			else if (block.type === 'heading') {
				const kind = block.attrs.level === 2 ? 'h2' : 'h3';
				const before = i > 0 ? 10 : 0;
				this.#lines(kind.toUpperCase(), parent, block.content ?? [], depth, look(kind), {
					before,
					after: 6,
					keep: true
				});
			} else if (block.type === 'blockquote') {
				const quote = this.#doc.struct('BlockQuote');
				parent.add(quote);
				const [page, y] = [this.#page, this.#y];
				this.#blocks(block.content, quote, depth + 1, true);
				quote.end();
				this.#bar(page, y, depth);
			} else this.#list(block, parent, depth, quoted);
		}
	}

	#list(
		list: Extract<SettledBlock, { type: 'bullet_list' | 'ordered_list' }>,
		parent: Structure,
		depth: number,
		quoted: boolean
	): void {
		const made = this.#doc.struct('L');
		parent.add(made);
		for (const [i, item] of list.content.entries()) {
			const li = this.#doc.struct('LI');
			made.add(li);
			this.#room(size.text * leading * 2);
			const label = this.#doc.struct('Lbl');
			li.add(label);
			const sign = list.type === 'bullet_list' ? '•' : `${i + 1}.`;
			this.#label(label, sign, depth);
			const body = this.#doc.struct('LBody');
			li.add(body);
			this.#blocks(item.content, body, depth + 1, quoted);
			body.end();
			li.end();
		}
		made.end();
	}

	#about(text: string, before = 0): void {
		this.#lines('P', this.#root, [{ type: 'text', text }], 0, look('about'), { before, after: 2 });
	}

	/** What was said about the text: a list, each with the number that stands behind the words. */
	#talk(talk: readonly Talk[]): void {
		this.#room(90);
		this.#rule();
		this.#lines('H2', this.#root, [{ type: 'text', text: 'Comments' }], 0, look('h2'), { after: 6, keep: true });
		this.#about(countLine(talk));
		if (talk.length === 0) return;
		const list = this.#doc.struct('L');
		this.#root.add(list);
		for (const one of talk) {
			const li = this.#doc.struct('LI');
			list.add(li);
			this.#y += 10;
			this.#room(size.said * leading * 4);
			const label = this.#doc.struct('Lbl');
			li.add(label);
			this.#label(label, `${one.number}.`, 0, look('said'));
			const body = this.#doc.struct('LBody');
			li.add(body);
			const say = (text: string, as: Ink, after: number, way?: Way) =>
				this.#lines('P', body, [{ type: 'text', text }], 1, as, { after, ...(way ? { way } : {}) });
			const way = { to: `words-${one.number}`, at: `comment-${one.number}`, says: 'To the words in the text' };
			say(one.about, look('about'), 4, one.isPlaced ? way : undefined);
			for (const post of one.said) {
				this.#lines(
					'P',
					body,
					[
						{ type: 'text', marks: [{ type: 'strong' }], text: post.by },
						{ type: 'text', text: whoAndWhen(post).slice(post.by.length) }
					],
					1,
					look('about'),
					{ keep: true }
				);
				const lines = linesOf(post.words);
				lines.forEach((line, i) => say(line, look('said'), i === lines.length - 1 ? 5 : 1));
				for (const note of post.notes) say(note, look('about'), 5);
			}
			const resolved = resolvedLine(one);
			if (resolved) say(resolved, look('about'), 2);
			body.end();
			li.end();
		}
		list.end();
	}

	// ---- lines ------------------------------------------------------------------------------------------------------

	#lines(
		tag: string,
		parent: Structure,
		content: readonly SettledInline[],
		depth: number,
		ink: Ink,
		{ before = 0, after = 0, keep = false, way }: { before?: number; after?: number; keep?: boolean; way?: Way }
	): void {
		const element = this.#doc.struct(tag);
		parent.add(element);
		const x = margin.side + Math.min(depth, deepestIndent) * indent;
		const width = this.#doc.page.width - margin.side - x;
		const height = ink.size * leading;
		const lines = brokenAt(this.#words(content, ink), width, (word) => this.#cut(word, width, ink));
		this.#y += this.#y > margin.top ? before : 0;
		// A heading stays with two lines of what follows, and no paragraph leaves a single line behind.
		this.#room(keep ? lines.length * height + size.text * leading * 2 : Math.min(lines.length, 2) * height);
		lines.forEach((line, i) => {
			// Nor takes a single one along.
			this.#room(i === lines.length - 2 ? height * 2 : height);
			if (way && i === 0) this.#doc.addNamedDestination(way.at, 'XYZ', margin.side, this.#y - 4, null);
			this.#line(element, tag, line, x, height, ink, way);
			this.#y += height;
		});
		this.#y += after;
		element.end();
	}

	#line(
		element: Structure,
		tag: string,
		pieces: readonly Piece[],
		x: number,
		height: number,
		{ size: high }: Ink,
		way?: Way
	): void {
		const doc = this.#doc;
		const y = this.#y + (height - high * 1.3) / 2;
		const drawn: Underlined[] = [];
		this.#tint(pieces, x, y, high);
		let open: string | null | undefined;
		let link: { element: Structure; x: number; href: string; way: Way | undefined } | null = null;
		const close = () => {
			if (open !== undefined) doc.endMarkedContent();
			if (link) {
				const { element: made, x: from, href, way: to } = link;
				if (to)
					doc.goTo(from, this.#y, x - from, height, to.to, {
						structParent: made,
						Contents: new String(to.says)
					} as never);
				else doc.link(from, this.#y, x - from, height, href, { structParent: made } as never);
				made.end();
			}
			link = null;
			open = undefined;
		};
		for (const piece of pieces) {
			const to = piece.note === null ? way : wayOf(piece.note);
			const leads = to ? `#${to.to}` : piece.href;
			if (open === undefined || leads !== open) {
				close();
				open = leads;
				if (leads === null) element.add(doc.markStructureContent(tag));
				else {
					link = { element: doc.struct('Link'), x, href: leads, way: to };
					element.add(link.element);
					link.element.add(doc.markStructureContent('Link'));
				}
			}
			if (piece.note === null) doc.font(piece.font).fontSize(high).fillColor(piece.color);
			else {
				doc.addNamedDestination(`words-${piece.note}`, 'XYZ', margin.side, this.#y - 4, null);
				doc
					.font(piece.font)
					.fontSize(high * raised.size)
					.fillColor(ink.link);
			}
			doc.text(piece.text, x, piece.note === null ? y : y + high * (1 - raised.size) - high * raised.by, {
				lineBreak: false
			});
			if (piece.by) drawn.push({ x, width: piece.width, line: piece.by.line.css, color: `#${piece.by.ink}` });
			// Colour alone would say nothing on a printer without any.
			else if (piece.href !== null || way) drawn.push({ x, width: piece.width, line: 'solid', color: ink.link });
			x += piece.width;
		}
		close();
		if (drawn.length > 0) this.#underline(drawn, y + high * 1.22);
	}

	/** Words with a comment on them; without colours it is their number that says so, and the end says which they are. */
	#tint(pieces: readonly Piece[], x: number, y: number, high: number): void {
		if (!pieces.some(({ talked }) => talked)) return;
		const doc = this.#doc;
		doc.markContent('Artifact', { type: 'Layout' } as never);
		for (const { talked, width } of pieces) {
			if (talked) doc.rect(x, y, width, high * 1.4).fill(ink.talked);
			x += width;
		}
		doc.endMarkedContent();
	}

	/** Who wrote it, a line of its own kind below the words; or that it is a link. */
	#underline(drawn: readonly Underlined[], y: number): void {
		const doc = this.#doc;
		doc.markContent('Artifact', { type: 'Layout' } as never);
		for (const { x, width, line, color } of drawn) {
			doc.save().lineWidth(0.8).strokeColor(color);
			if (line === 'dashed') doc.dash(3, { space: 2 });
			if (line === 'dotted') doc.dash(0.9, { space: 1.6 });
			doc
				.moveTo(x, y)
				.lineTo(x + width, y)
				.stroke();
			if (line === 'double')
				doc
					.moveTo(x, y + 1.8)
					.lineTo(x + width, y + 1.8)
					.stroke();
			doc.restore();
		}
		doc.endMarkedContent();
	}

	#label(element: Structure, sign: string, depth: number, ink = look('text')): void {
		const height = ink.size * leading;
		const x = margin.side + Math.min(depth, deepestIndent) * indent;
		const [piece] = this.#pieces({ type: 'text', text: sign }, ink);
		// A long number stands further left, never in the words.
		const left = Math.min(x, x + indent - piece!.width - 4);
		this.#line(element, 'Lbl', [piece!], left, height, ink);
		element.end();
	}

	// ---- words ------------------------------------------------------------------------------------------------------

	#words(content: readonly SettledInline[], ink: Ink): Word[] {
		const words: Word[] = [];
		let goesOn = false;
		for (const part of content) {
			if (part.type === 'hard_break') {
				const last = words.at(-1);
				if (last && !last.breaks) last.breaks = true;
				else words.push({ pieces: [], width: 0, space: 0, breaks: true });
				goesOn = false;
				continue;
			}
			// White space, and after a hyphen or a dash, and between the signs of scripts without spaces.
			for (const token of part.text.split(/(?<=[\s\u200b])(?=[^\s\u200b])|(?<=[-–—/])(?=\p{L})/u)) {
				const [, said = '', white = ''] = /^(.*?)([\s\u200b]*)$/su.exec(token) ?? [];
				const pieces = said ? this.#pieces({ ...part, text: said }, ink) : [];
				const space = white ? this.#widthOf(' ', ink) * Math.min(white.replace(/\t/g, '    ').length, 8) : 0;
				const last = words.at(-1);
				if (goesOn && last) {
					last.pieces.push(...pieces);
					last.width += widthOf(pieces);
					last.space = space;
				} else words.push({ pieces, width: widthOf(pieces), space, breaks: false });
				goesOn = white === '' && !/[-–—/]$/.test(said);
			}
			for (const number of endsWith(part)) {
				const last = words.at(-1)!;
				const note = this.#note(number, ink, last.pieces.at(-1)?.note != null);
				last.pieces.push(note);
				last.width += note.width;
			}
		}
		return words;
	}

	/** The number of a comment, apart from one before it. */
	#note(number: number, { size: high }: Ink, isNext: boolean): Piece {
		const font = this.#letters.plain({ bold: true, italic: false });
		const text = `${isNext ? ', ' : ''}${number}`;
		const width = this.#letters.width(text, font, high * raised.size) + 0.5;
		return { text, font, color: ink.link, width, href: null, by: null, talked: false, note: number };
	}

	/** Text by the faces that have its signs. */
	#pieces(part: SettledText, look: Ink): Piece[] {
		const has = (name: 'em' | 'strong') => part.marks?.some(({ type }) => type === name) ?? false;
		const face = { bold: look.face.bold || has('strong'), italic: look.face.italic || has('em') };
		const href = safeAddress(part.marks?.find((mark) => mark.type === 'link')?.attrs.href);
		const author = authorOf(part);
		const by = author === undefined ? null : (this.#authors.find(({ id }) => id === author) ?? null);
		const color = href === null ? look.color : ink.link;
		return this.#letters.runs(part.text, face).map(({ text, font }) => {
			let said = text;
			if (font === null) {
				said = `‹${this.#unknown.push(text)}›`;
				font = this.#letters.plain(face);
			}
			const width = this.#letters.width(said, font, look.size);
			return { text: said, font, color, width, href, by, talked: isTalkedOf(part), note: null };
		});
	}

	#widthOf(text: string, ink: Ink): number {
		return this.#letters.width(text, this.#letters.plain(ink.face), ink.size);
	}

	/** A word longer than a line, in parts that fit. */
	#cut(word: Word, width: number, ink: Ink): Word[] {
		const parts: Word[] = [];
		for (const piece of word.pieces) {
			for (const sign of piece.note === null ? piece.text : [piece.text]) {
				const more = piece.note === null ? this.#letters.width(sign, piece.font, ink.size) : piece.width;
				const last = parts.at(-1);
				if (!last || last.width + more > width) parts.push({ pieces: [], width: 0, space: 0, breaks: false });
				const into = parts.at(-1)!;
				const end = into.pieces.at(-1);
				if (end && isAlike(end, piece) && end.by === piece.by) {
					end.text += sign;
					end.width += more;
				} else into.pieces.push({ ...piece, text: sign, width: more });
				into.width += more;
			}
		}
		const last = parts.at(-1);
		if (last) Object.assign(last, { space: word.space, breaks: word.breaks });
		return parts;
	}

	// ---- pages ------------------------------------------------------------------------------------------------------

	get #page(): number {
		const { start, count } = this.#doc.bufferedPageRange();
		return start + count - 1;
	}

	#room(height: number): void {
		if (this.#y + height <= this.#doc.page.height - margin.bottom || this.#y === margin.top) return;
		this.#doc.addPage();
		this.#y = margin.top;
	}

	#rule(): void {
		this.#y += 10;
		this.#doc.markContent('Artifact', { type: 'Layout' } as never);
		this.#doc
			.lineWidth(0.6)
			.strokeColor(ink.line)
			.moveTo(margin.side, this.#y)
			.lineTo(this.#doc.page.width - margin.side, this.#y)
			.stroke();
		this.#doc.endMarkedContent();
		this.#y += 14;
	}

	/** Beside a quotation, on every page that it runs over. */
	#bar(page: number, y: number, depth: number): void {
		const x = margin.side + Math.min(depth, deepestIndent) * indent + 4;
		const last = this.#page;
		for (let n = page; n <= last; n++) {
			this.#doc.switchToPage(n);
			const from = n === page ? y : margin.top;
			const to = n === last ? this.#y - 8 : this.#doc.page.height - margin.bottom;
			if (to <= from) continue;
			this.#doc.markContent('Artifact', { type: 'Layout' } as never);
			this.#doc.lineWidth(1.5).strokeColor(ink.line).moveTo(x, from).lineTo(x, to).stroke();
			this.#doc.endMarkedContent();
		}
		this.#doc.switchToPage(last);
	}

	#pageNumbers(): void {
		const { start, count } = this.#doc.bufferedPageRange();
		const font = this.#letters.plain({ bold: false, italic: false });
		for (let n = 0; n < count; n++) {
			this.#doc.switchToPage(start + n);
			this.#doc.markContent('Artifact', { type: 'Pagination' } as never);
			const text = `${n + 1} / ${count}`;
			const width = this.#letters.width(text, font, size.about);
			this.#doc.font(font).fontSize(size.about).fillColor(ink.about);
			this.#doc.text(text, (this.#doc.page.width - width) / 2, this.#doc.page.height - 44, { lineBreak: false });
			this.#doc.endMarkedContent();
		}
	}
}

const look = (kind: keyof typeof size): Ink => ({
	size: size[kind],
	color: kind === 'about' ? ink.about : ink.text,
	face: { bold: kind === 'title' || kind === 'h2' || kind === 'h3', italic: false }
});

/** Whether two stretches are one, but for who wrote them. */
const isAlike = (one: Piece, other: Piece) =>
	one.font === other.font &&
	one.color === other.color &&
	one.href === other.href &&
	one.talked === other.talked &&
	one.note === null &&
	other.note === null;

const wayOf = (number: number): Way => ({ to: `comment-${number}`, at: `words-${number}`, says: `Comment ${number}` });

const widthOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { width }) => sum + width, 0);

/** Words into lines, as many as fit in each; stretches that look alike are one again. */
function brokenAt(words: readonly Word[], width: number, cut: (word: Word) => Word[]): Piece[][] {
	const lines: Piece[][] = [];
	let line: Piece[] = [];
	let used = 0;
	let space = 0;
	let any = false;
	const end = () => {
		lines.push(line);
		line = [];
		used = 0;
		space = 0;
		any = false;
	};
	const open = words.toReversed();
	for (let word = open.pop(); word; word = open.pop()) {
		if (word.width > width && word.pieces.some(({ text }) => [...text].length > 1)) {
			const parts = cut(word);
			if (parts.length > 1) {
				open.push(...parts.toReversed());
				continue;
			}
		}
		if (any && used + space + word.width > width + 0.01) end();
		word.pieces.forEach((piece, i) => {
			const last = line.at(-1);
			const gap = i === 0 && any ? space : 0;
			const alike = last && isAlike(last, piece);
			// One space is drawn as one, so that whoever copies the words has it; more are room.
			if (alike && last.by === piece.by && gap > 0) {
				last.text += ` ${piece.text}`;
				last.width += gap + piece.width;
			} else if (alike && last.by === piece.by) {
				last.text += piece.text;
				last.width += piece.width;
			} else {
				if (last && gap > 0) {
					last.text += ' ';
					last.width += gap;
				}
				line.push({ ...piece });
			}
		});
		used += (any ? space : 0) + word.width;
		any ||= word.pieces.length > 0;
		space = word.space;
		if (word.breaks) end();
	}
	if (any || lines.length === 0) end();
	return lines;
}

/** "14 signs, from U+4E2D": what a number in the text stands for. */
function named(signs: string): string {
	const points = [...signs].map((sign) => `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
	return points.length <= 6
		? points.join(' ')
		: `${points.length} signs, beginning with ${points.slice(0, 4).join(' ')}`;
}
