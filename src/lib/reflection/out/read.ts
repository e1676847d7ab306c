/** A reflection's text out of its bytes, with its authors and with what was said about it, if that is to be said. */
import * as Y from 'yjs';
import type { Owners } from '../author-runs.ts';
import { readAuthors, type Written } from '../authors.ts';
import { piecesOf } from '../credited.ts';
import { settledOf } from '../settled.ts';
import { type Copy, textsOf } from './copy.ts';
import { talkOf } from './talk.ts';

/** All that is needed, such that it can be sent to a thread. */
export type ToRead = {
	/** The text as one Yjs update; null when nothing is written. */
	state: Uint8Array | null;
	/** Who wrote it, if that is to be said. */
	written: { log: Written[]; owners: Owners; folded: Uint8Array | undefined } | null;
	/** Whose Yjs client ids are, if comments are to be said: nobody is named for more than they wrote. */
	commenters: Owners | null;
	/** Names by id. */
	names: Record<string, string>;
};

/** What only is proposed is not in a copy; what is about the text only where that is asked for. */
export function readText({ state, written, commenters, names }: ToRead): Pick<Copy, 'text' | 'authors' | 'talk'> {
	const doc = new Y.Doc();
	try {
		if (state) Y.applyUpdate(doc, state);
		if (!written && !commenters) return { text: settledOf(doc), authors: null, talk: null };
		const runs = written && readAuthors(written.log, written.owners, written.folded).runs;
		const text = piecesOf(doc, runs, commenters !== null);
		const authors = runs && authorsIn(text, names);
		if (!commenters) return { text, authors, talk: null };
		return { ...talkOf(doc, text, (client) => commenters.get(client) ?? null, names), authors };
	} finally {
		doc.destroy();
	}
}

/** Whose words are in a text, in the order of their first ones. */
function authorsIn({ content }: Copy['text'], names: Record<string, string>): NonNullable<Copy['authors']> {
	const ids = new Set<string>();
	for (const part of textsOf(content)) if ('by' in part && typeof part.by === 'string') ids.add(part.by);
	return [...ids].map((id) => ({ id, name: names[id] ?? 'Somebody else' }));
}
