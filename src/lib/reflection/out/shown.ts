/** A reflection as it stands on the page that is printed: drawn on the server, escaped, each piece marked by its author. */
import { renderSettled } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { type Copy, headLines, keyLine, keyOf } from './copy.ts';
import { classesOf, markedBy, numberedBy, talkHtml } from './html.ts';
import { readText, type ToRead } from './read.ts';

export type Showing = ToRead & { about: Omit<Copy, 'text' | 'authors' | 'talk'> };

export type Shown = { lines: string[]; key: { line: string; classes: string }[]; html: string; talk: string | null };

export function shownOf(showing: Showing): Shown {
	const copy: Copy = { ...showing.about, ...readText(showing) };
	return {
		lines: headLines(copy),
		key: keyOf(copy).map((author, i) => ({ line: keyLine(author), classes: classesOf(author, i) })),
		html: renderSettled({ content: tidy(copy.text.content) }, markedBy(copy), numberedBy),
		talk: copy.talk && talkHtml(copy.talk)
	};
}
