/** A reflection as a Word file: real headings, numbered lists, quotations and links, and a style for each author's words. */
import {
	AlignmentType,
	BorderStyle,
	Document,
	ExternalHyperlink,
	Footer,
	type ICharacterStyleOptions,
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
	const writing = new Writing(key);
	const body = writing.blocks(tidy(copy.text.content), []);
	const about = (text: string) => new Paragraph({ style: 'About', children: [new TextRun(text)] });
	const document = new Document({
		title: copy.title,
		creator: copy.writers.map(({ name }) => name).join(', '),
		description: copy.microcredential,
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
					new Paragraph({
						style: 'About',
						children: [],
						border: { bottom: { style: BorderStyle.SINGLE, size: 4, color: 'D9DAD1', space: 4 } },
						spacing: { after: 240 }
					}),
					...(body.length > 0 ? body : [about('Nothing is written yet.')])
				]
			}
		]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

/** The list whose next item begins. */
type Begins = { list: 'bullet_list' | 'ordered_list'; level: number; instance: number };

class Writing {
	readonly #authors: readonly Key[];
	readonly #styles = new Map<string, IParagraphStyleOptions>();
	#lists = 0;

	constructor(authors: readonly Key[]) {
		this.#authors = authors;
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
		return content.map((part) => {
			if (part.type === 'hard_break') return new TextRun({ break: 1 });
			const href = safeAddress(part.marks?.find((mark) => mark.type === 'link')?.attrs.href);
			const run = this.#run(part, href !== null);
			return href === null ? run : new ExternalHyperlink({ link: href, children: [run] });
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
