/** A reflection's text out of its bytes, with its authors if they are to be said. */
import * as Y from 'yjs';
import { type Owners, readAuthors, type Written } from '../authors.ts';
import { creditedOf } from '../credited.ts';
import { settledOf } from '../settled.ts';
import { type Copy, textsOf } from './copy.ts';

/** All that is needed, such that it can be sent to a thread. */
export type ToRead = {
	/** The text as one Yjs update; null when nothing is written. */
	state: Uint8Array | null;
	/** Who wrote it, if that is to be said. */
	written: { log: Written[]; owners: Owners; folded: Uint8Array | undefined } | null;
	/** Names by id. */
	names: Record<string, string>;
};

/** What only is proposed, and what is about the text, is not in a copy of it. */
export function readText({ state, written, names }: ToRead): Pick<Copy, 'text' | 'authors'> {
	const doc = new Y.Doc();
	try {
		if (state) Y.applyUpdate(doc, state);
		if (!written) return { text: settledOf(doc), authors: null };
		const { runs } = readAuthors(written.log, written.owners, written.folded);
		const text = creditedOf(doc, runs);
		return { text, authors: authorsIn(text, names) };
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
