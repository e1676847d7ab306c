/**
 * A reflection as a Word file: real headings, numbered lists, quotations and links, a style for each author's words, and
 * comments as Word has them, with their answers.
 */
import {
	AlignmentType,
	BorderStyle,
	Document,
	ExternalHyperlink,
	Footer,
	CommentRangeEnd,
	CommentRangeStart,
	CommentReference,
	type ICharacterStyleOptions,
	type ICommentOptions,
	type ILevelsOptions,
	type IParagraphOptions,
	type IParagraphStyleOptions,
	LevelFormat,
	Packer,
	PageNumber,
	Paragraph,
	type ParagraphChild,
	Tab,
	TextRun,
	UnderlineType
} from 'docx';
import { safeAddress } from '../address.ts';
import { aboutStyle, type Place, styleName } from '../docx-styles.ts';
import type { SettledBlock, SettledInline, SettledText } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { authorOf, type Copy, headLines, type Key, keyLine, keyOf } from './copy.ts';
import { countLine, endsWith, linesOf, resolvedLine, startsWith, type Talk } from './talk.ts';

/** Twentieths of a point: a quarter of an inch for each level. */
const step = 360;
/** Word's lists have nine levels; what is deeper stands on the ninth, and its style says how deep it is. */
const deepestLevel = 8;

const levels = (levelOf: (level: number) => { format: ILevelsOptions['format']; text: string }): ILevelsOptions[] =>
	Array.from({ length: deepestLevel + 1 }, (_, level) => ({
		level,
		...levelOf(level),
		alignment: AlignmentType.LEFT,
		style: { paragraph: { indent: { left: step * (level + 1), hanging: step } } }
	}));

export async function makeDocx(copy: Copy): Promise<Uint8Array> {
	const key = keyOf(copy);
	const notes = new Notes(copy.talk ?? []);
	const writing = new Writing(key, notes);
	const body = writing.blocks(tidy(copy.text.content), []);
	const about = (text: string) => new Paragraph({ style: 'About', children: [new TextRun(text)] });
	const unplaced = (copy.talk ?? []).filter((one) => !one.isPlaced);
	const document = new Document({
		title: copy.title,
		creator: copy.writers.map(({ name }) => name).join(', '),
		description: copy.microcredential,
		...(notes.all.length > 0 ? { comments: { children: notes.all } } : {}),
		styles: {
			default: {
				document: {
					run: { font: 'Georgia', size: 23, language: { value: 'en-US' } },
					paragraph: { spacing: { after: 160, line: 312 } }
				},
				title: { run: { size: 44, bold: true }, paragraph: { spacing: { after: 120 } } },
				heading1: {
					run: { size: 30, bold: true },
					paragraph: { spacing: { before: 320, after: 120 }, keepNext: true }
				},
				heading2: {
					run: { size: 25, bold: true },
					paragraph: { spacing: { before: 240, after: 100 }, keepNext: true }
				},
				hyperlink: { run: { color: '075947', underline: { type: UnderlineType.SINGLE } } }
			},
			paragraphStyles: [
				{
					id: 'About',
					name: aboutStyle,
					basedOn: 'Normal',
					run: { size: 19, color: '54655D' },
					paragraph: { spacing: { after: 40 } }
				},
				{
					id: 'Note',
					name: 'annotation text',
					basedOn: 'Normal',
					run: { size: 20 },
					paragraph: { spacing: { after: 60, line: 260 } }
				},
				...writing.styles
			],
			characterStyles: key.map((author, i): ICharacterStyleOptions => ({
				id: `Author${i + 1}`,
				name: `Written by ${author.name}${key.some((other, j) => j < i && other.name === author.name) ? ` ${i + 1}` : ''}`,
				run: { underline: { type: author.line.word, color: author.ink } }
			}))
		},
		numbering: {
			config: [
				{
					reference: 'bullets',
					levels: levels((level) => ({ format: LevelFormat.BULLET, text: ['•', '◦', '▪'][level % 3]! }))
				},
				{
					reference: 'numbers',
					levels: levels((level) => ({
						format: [LevelFormat.DECIMAL, LevelFormat.LOWER_LETTER, LevelFormat.LOWER_ROMAN][level % 3]!,
						text: `%${level + 1}.`
					}))
				}
			]
		},
		sections: [
			{
				footers: {
					default: new Footer({
						children: [
							new Paragraph({
								style: 'About',
								alignment: AlignmentType.CENTER,
								children: [new TextRun({ children: [PageNumber.CURRENT, ' / ', PageNumber.TOTAL_PAGES] })]
							})
						]
					})
				},
				children: [
					new Paragraph({ style: 'Title', children: [new TextRun(copy.title)] }),
					...headLines(copy).map(about),
					...(key.length > 0 ? [about('Who wrote which words:'), ...key.map((author) => about(keyLine(author)))] : []),
					...(copy.talk ? [about(countLine(copy.talk))] : []),
					new Paragraph({
						style: 'About',
						children: [],
						border: { bottom: { style: BorderStyle.SINGLE, size: 4, color: 'D9DAD1', space: 4 } },
						spacing: { after: 240 }
					}),
					...(body.length > 0 ? body : [about('Nothing is written yet.')]),
					...(unplaced.length > 0
						? [
								about('Comments on words that are not in this text:'),
								...unplaced.map(
									({ number, about: why }) =>
										new Paragraph({
											style: 'About',
											children: [...notes.begin([number]), new TextRun(why), ...notes.end([number])]
										})
								)
							]
						: [])
				]
			}
		]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

/** The list whose next item begins. */
type Begins = { list: 'bullet_list' | 'ordered_list'; level: number; instance: number };

/** Comments as Word has them. An answer is a comment of its own, which names the first; Word wants to know of all where they are. */
class Notes {
	readonly all: ICommentOptions[] = [];
	/** Of each comment of ours those of Word. */
	readonly #ids = new Map<number, number[]>();

	constructor(talk: readonly Talk[]) {
		for (const one of talk) {
			const ids: number[] = [];
			for (const { by, at, lines } of notesIn(one)) {
				const id = this.all.length;
				this.all.push({
					id,
					author: by,
					initials: initialsOf(by),
					date: isWritable(at) ? at : undated,
					...(ids.length > 0 ? { parentId: ids[0]! } : {}),
					resolved: one.resolved !== null,
					children: lines.map((text) => new Paragraph({ style: 'Note', children: [new TextRun(text)] }))
				});
				ids.push(id);
			}
			this.#ids.set(one.number, ids);
		}
	}

	begin = (numbers: readonly number[]): ParagraphChild[] => this.#of(numbers).map((id) => new CommentRangeStart(id));

	end = (numbers: readonly number[]): ParagraphChild[] =>
		this.#of(numbers).flatMap((id) => [new CommentRangeEnd(id), new TextRun({ children: [new CommentReference(id)] })]);

	#of = (numbers: readonly number[]) => numbers.flatMap((number) => this.#ids.get(number) ?? []);
}

/** Word knows no other years. */
const isWritable = (at: Date | null): at is Date =>
	at !== null && at.getUTCFullYear() >= 1900 && at.getUTCFullYear() < 10_000;
/** The package would put today; nobody knows when it was. */
const undated = { toISOString: () => undefined } as unknown as Date;

/** What is none of anybody's words. */
const byUs = 'Wayfellow';

function notesIn(one: Talk): { by: string; at: Date | null; lines: string[] }[] {
	const resolved = resolvedLine(one);
	const notes = one.said.map(({ by, at, words, notes }) => ({ by, at, lines: [...linesOf(words), ...notes] }));
	return [
		...(notes.length > 0 ? notes : [{ by: byUs, at: null, lines: [one.about] }]),
		// Word says that it is resolved, and not by whom.
		...(resolved ? [{ by: byUs, at: one.resolved!.at, lines: [resolved] }] : [])
	];
}

const initialsOf = (name: string) =>
	name
		.split(/\s+/)
		.map((word) => [...word][0] ?? '')
		.slice(0, 2)
		.join('')
		.toUpperCase();

class Writing {
	readonly #authors: readonly Key[];
	readonly #notes: Notes;
	readonly #styles = new Map<string, IParagraphStyleOptions>();
	#lists = 0;

	constructor(authors: readonly Key[], notes: Notes) {
		this.#authors = authors;
		this.#notes = notes;
	}

	get styles(): IParagraphStyleOptions[] {
		return [...this.#styles.values()];
	}

	blocks(blocks: readonly SettledBlock[], path: readonly Place[], begins?: Begins): Paragraph[] {
		return blocks.flatMap((block, i) => {
			const here = i === 0 ? begins : undefined;
			if (block.type === 'paragraph' || block.type === 'heading') return this.#leaf(block, path, here);
			if (block.type === 'blockquote') {
				const first = block.content[0]!;
				// An item that begins with a list in a quotation begins with an empty line.
				if (here && first.type !== 'paragraph' && first.type !== 'heading')
					return [...this.#leaf({ type: 'paragraph' }, path, here), ...this.blocks(block.content, [...path, 'quote'])];
				return this.blocks(block.content, [...path, 'quote'], here);
			}
			const level = path.filter((place) => place === 'list').length;
			const instance = this.#lists++;
			return [
				...(here ? this.#leaf({ type: 'paragraph' }, path, here) : []),
				...block.content.flatMap((item) =>
					this.blocks(item.content, [...path, 'list'], { list: block.type, level, instance })
				)
			];
		});
	}

	#leaf(
		block: Extract<SettledBlock, { type: 'paragraph' | 'heading' }>,
		path: readonly Place[],
		begins?: Begins
	): Paragraph[] {
		const base = block.type === 'paragraph' ? 'Paragraph' : `Heading ${block.attrs.level - 1}`;
		const options: IParagraphOptions = {
			style: this.#style(base, path),
			children: this.#inline(block.content ?? []),
			...(begins
				? {
						numbering: {
							reference: begins.list === 'bullet_list' ? 'bullets' : 'numbers',
							level: Math.min(begins.level, deepestLevel),
							instance: begins.instance
						},
						// Indented as deep as it stands, whatever it is numbered as.
						...(path.includes('quote') || path.length > deepestLevel
							? { indent: { left: step * Math.min(path.length, 20), hanging: step } }
							: {})
					}
				: {})
		};
		return [new Paragraph(options)];
	}

	/** Made when it is first needed. */
	#style(base: string, path: readonly Place[]): string {
		if (path.length === 0) return base === 'Paragraph' ? 'Normal' : base.replace(' ', '');
		const name = base === 'Paragraph' && path.length === 1 && path[0] === 'quote' ? 'Quote' : styleName(base, path);
		const id = name.replace(/ /g, '');
		if (!this.#styles.has(id)) {
			const quoted = path.includes('quote');
			this.#styles.set(id, {
				id,
				name,
				basedOn: base === 'Paragraph' ? 'Normal' : base.replace(' ', ''),
				quickFormat: name === 'Quote',
				run: quoted ? { color: '384D46' } : {},
				paragraph: {
					indent: { left: step * Math.min(path.length, 20) },
					...(path.at(-1) === 'quote'
						? { border: { left: { style: BorderStyle.SINGLE, size: 12, color: '7A8477', space: 8 } } }
						: {}),
					spacing: path.at(-1) === 'list' ? { after: 80 } : {}
				}
			});
		}
		return id;
	}

	#inline(content: readonly SettledInline[]): ParagraphChild[] {
		return content.flatMap((part): ParagraphChild[] => {
			if (part.type === 'hard_break') return [new TextRun({ break: 1 })];
			const href = safeAddress(part.marks?.find((mark) => mark.type === 'link')?.attrs.href);
			const run = this.#run(part, href !== null);
			return [
				...this.#notes.begin(startsWith(part)),
				href === null ? run : new ExternalHyperlink({ link: href, children: [run] }),
				...this.#notes.end(endsWith(part))
			];
		});
	}

	#run(part: SettledText, isLink: boolean): TextRun {
		const has = (name: 'em' | 'strong') => part.marks?.some(({ type }) => type === name) ?? false;
		const by = authorOf(part);
		const author = this.#authors.findIndex(({ id }) => id === by);
		return new TextRun({
			children: part.text.split('\t').flatMap((text, i) => [...(i > 0 ? [new Tab()] : []), ...(text ? [text] : [])]),
			...(has('strong') ? { bold: true } : {}),
			...(has('em') ? { italics: true } : {}),
			...(author >= 0
				? { style: `Author${author + 1}`, ...(isLink ? { color: '075947' } : {}) }
				: isLink
					? { style: 'Hyperlink' }
					: {})
		});
	}
}
