/** A reflection as it stands on the page that is printed: drawn on the server, escaped, each piece marked by its author. */
import * as Y from 'yjs';
import type { AuthorRun } from '../authors.ts';
import { creditedOf } from '../credited.ts';
import { renderSettled, settledOf } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { type Copy, headLines, keyLine, keyOf, textsOf } from './copy.ts';
import { classesOf, markedBy } from './html.ts';

type Read = {
	about: Omit<Copy, 'text' | 'authors'>;
	runs: readonly AuthorRun[] | null;
	/** Names by id. */
	names: Record<string, string>;
};

export type Shown = { lines: string[]; key: { line: string; classes: string }[]; html: string };

/** @param state one Yjs update that holds everything, as base64 */
export function shownIn(state: string, { about, runs, names }: Read): Shown {
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, Buffer.from(state, 'base64'));
		const text = runs ? creditedOf(doc, runs) : settledOf(doc);
		const copy: Copy = { ...about, text, authors: runs && authorsIn(text, names) };
		return {
			lines: headLines(copy),
			key: keyOf(copy).map((author, i) => ({ line: keyLine(author), classes: classesOf(author, i) })),
			html: renderSettled({ content: tidy(text.content) }, markedBy(copy))
		};
	} finally {
		doc.destroy();
	}
}

/** Whose words are in a text, in the order of their first ones. */
export function authorsIn({ content }: Copy['text'], names: Record<string, string>): NonNullable<Copy['authors']> {
	const ids = new Set<string>();
	for (const part of textsOf(content)) if ('by' in part && typeof part.by === 'string') ids.add(part.by);
	return [...ids].map((id) => ({ id, name: names[id] ?? 'Somebody else' }));
}
