/** Which of our faces has which signs. Each face comes in parts, as @fontsource cuts them, and a part is opened when it is needed. */

export type FaceKind = 'regular' | 'bold' | 'italic' | 'bold-italic';
export const parts = ['latin', 'latin-ext', 'cyrillic', 'greek', 'vietnamese'] as const;
export type Part = (typeof parts)[number];
export type FaceName = `${Part}/${FaceKind}`;
/** The files, as WOFF: out of WOFF 2 the subset that a PDF carries can not be made. */
export type Faces = Record<FaceName, Uint8Array>;

type Style = { bold: boolean; italic: boolean };

export type Letters = {
	/** Text in stretches of one face; a face of null has none of the signs. */
	runs(text: string, style: Style): { text: string; font: FaceName | null }[];
	plain(style: Style): FaceName;
	width(text: string, font: FaceName, size: number): number;
};

const kindOf = ({ bold, italic }: Style): FaceKind =>
	bold && italic ? 'bold-italic' : bold ? 'bold' : italic ? 'italic' : 'regular';

type Opened = { font: { hasGlyphForCodePoint(point: number): boolean } };

export function lettersOf(doc: PDFKit.PDFDocument, faces: Faces): Letters {
	const opened = new Map<FaceName, Opened>();
	const open = (name: FaceName): Opened => {
		let face = opened.get(name);
		if (!face) {
			doc.registerFont(name, faces[name] as never);
			doc.font(name);
			face = (doc as unknown as { _font: Opened })._font;
			opened.set(name, face);
		}
		return face;
	};
	const has = (name: FaceName, sign: string) => {
		const { font } = open(name);
		return [...sign].every((point) => isUnseen(point) || font.hasGlyphForCodePoint(point.codePointAt(0)!));
	};
	const known = new Map<string, FaceName | null>();
	const fontOf = (sign: string, kind: FaceKind): FaceName | null => {
		const key = `${kind}/${sign}`;
		let found = known.get(key);
		if (found === undefined) {
			found = parts.map((part): FaceName => `${part}/${kind}`).find((name) => has(name, sign)) ?? null;
			known.set(key, found);
		}
		return found;
	};
	const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
	return {
		plain: (style) => `latin/${kindOf(style)}`,
		runs(text, style) {
			const kind = kindOf(style);
			if (/^[\x20-\x7e]*$/.test(text)) return [{ text, font: `latin/${kind}` }];
			const runs: { text: string; font: FaceName | null }[] = [];
			for (const { segment } of segments.segment(text.normalize('NFC'))) {
				const sign = [...segment].filter((point) => !isUnseen(point)).join('');
				const last = runs.at(-1);
				// A sign alone that nobody sees, and white space among signs that no face has, belong to what is before.
				if (sign === '') continue;
				const font = last && last.font === null && /^\s$/.test(sign) ? null : fontOf(sign, kind);
				const said = font === null ? segment : sign;
				if (last && last.font === font) last.text += said;
				else runs.push({ text: said, font });
			}
			return runs;
		},
		width(text, font, size) {
			open(font);
			return doc.font(font).fontSize(size).widthOfString(text);
		}
	};
}

/** Joiners, direction marks and signs that choose between looks: a face need not have them. */
const isUnseen = (point: string) => /^\p{Default_Ignorable_Code_Point}$/u.test(point);
