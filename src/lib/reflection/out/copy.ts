/** What a copy of a reflection is made of, whatever file it becomes. Pure. */
import type { Settled, SettledText } from '../settled.ts';
import type { Talk } from './talk.ts';

export type Author = { id: string; name: string };

export type Copy = {
	title: string;
	microcredential: string;
	/** Teacher, mentor. */
	writers: { name: string; role: 'teacher' | 'mentor' }[];
	startedAt: Date;
	/** When this copy was made. */
	at: Date;
	text: Settled;
	/** Who wrote which words, if that is to be said: in order of first words; texts name them by id. */
	authors: Author[] | null;
	/** What was said about it, if that is to be said: texts name it by its numbers. */
	talk: Talk[] | null;
};

/** Text whose author is known; null when it can't be known. */
export type Credited = SettledText & { by?: string | null };

export const authorOf = (part: SettledText): string | null | undefined => (part as Credited).by;

/** The ways a copy can be had, and what each is good for. */
export const formats = {
	pdf: { name: 'PDF', says: 'to print and to hand in', type: 'application/pdf' },
	docx: {
		name: 'Word',
		says: 'to go on writing in Word, Google Docs or LibreOffice',
		type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
	},
	html: { name: 'Web page', says: 'one file that every browser opens', type: 'text/html; charset=utf-8' },
	md: { name: 'Markdown', says: 'plain text that any program reads', type: 'text/markdown; charset=utf-8' }
} as const;

export type Format = keyof typeof formats;

export const isFormat = (text: unknown): text is Format => typeof text === 'string' && Object.hasOwn(formats, text);

const days = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });

/** The lines between title and text: what it answers, who wrote it, and from when the copy is. */
export const headLines = ({ microcredential, writers, startedAt, at }: Copy): string[] => [
	microcredential,
	`Written by ${writers.map(({ name, role }) => `${name} (${role})`).join(' and ')}`,
	`Begun on ${days.format(startedAt)}, copied on ${days.format(at)}`
];

/** How the words of the first, second, … author are underlined, in words and in the terms of CSS and Word. */
const lines = [
	{ css: 'solid', word: 'single', said: 'underlined' },
	{ css: 'dashed', word: 'dash', said: 'with a dashed line' },
	{ css: 'dotted', word: 'dotted', said: 'with a dotted line' }
] as const;
const unknownLine = { css: 'double', word: 'double', said: 'with a double line' } as const;

export type Line = (typeof lines)[number] | typeof unknownLine;

/** In print, on white: design.md's author colours. */
const inks = ['590d40', '0b378d', '684600'] as const;

export type Key = { id: string | null; name: string; line: Line; ink: string; share: number };

/** Who wrote how much of the text, and how their words are marked. Empty when it is not to be said. */
export function keyOf({ authors, text }: Pick<Copy, 'authors' | 'text'>): Key[] {
	if (!authors) return [];
	const written = new Map<string | null, number>();
	let all = 0;
	for (const part of textsOf(text.content)) {
		const letters = part.text.replace(/\s/g, '').length;
		all += letters;
		const by = authorOf(part) ?? null;
		written.set(by, (written.get(by) ?? 0) + letters);
	}
	const share = (id: string | null) => (all > 0 ? (written.get(id) ?? 0) / all : 0);
	const known = authors.map(({ id, name }, i) => ({
		id,
		name,
		line: lines[i % lines.length]!,
		ink: inks[i % inks.length]!,
		share: share(id)
	}));
	return written.get(null)
		? [...known, { id: null, name: 'Not known', line: unknownLine, ink: '54655d', share: share(null) }]
		: known;
}

/** "Rosa Medina: underlined, 78 % of the text". */
export const keyLine = ({ name, line, share }: Key): string =>
	`${name}: ${line.said}, ${share > 0 && share < 0.01 ? 'less than 1' : Math.round(share * 100)} % of the text`;

/** All pieces of text, in order. */
export function* textsOf(blocks: Settled['content']): Generator<SettledText> {
	for (const block of blocks) {
		if (block.type === 'paragraph' || block.type === 'heading') {
			for (const part of block.content ?? []) if (part.type === 'text') yield part;
		} else if (block.type === 'blockquote') yield* textsOf(block.content);
		else for (const item of block.content) yield* textsOf(item.content);
	}
}
