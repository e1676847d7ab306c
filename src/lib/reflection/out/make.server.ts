/** A copy as a file, whatever its format. */
import * as Y from 'yjs';
import { Refusal } from '#lib/errors.ts';
import { type Owners, readAuthors, type Written } from '../authors.ts';
import { creditedOf } from '../credited.ts';
import { settledOf } from '../settled.ts';
import { type Copy, type Format, textsOf } from './copy.ts';
import { makeDocx } from './docx.server.ts';
import { makeHtml } from './html.ts';
import type { Faces } from './letters.ts';
import { makeMarkdown } from './markdown.ts';
import { makePdf, type Paper } from './pdf.server.ts';
import { authorsIn } from './shown.ts';

/** All that is needed, such that it can be sent to a thread. */
export type Making = {
	format: Format;
	paper: Paper;
	/** Of the PDF only. */
	faces: Faces | null;
	about: Omit<Copy, 'text' | 'authors'>;
	/** The text as one Yjs update; null when nothing is written. */
	state: Uint8Array | null;
	/** Who wrote it, if that is to be said. */
	written: { log: Written[]; owners: Owners; folded: Uint8Array | undefined } | null;
	/** Names by id. */
	names: Record<string, string>;
};

/** Signs of the longest text that is set in pages: 250 of them. More would take a processor for many seconds. */
const longestPaged = 600_000;

/** @throws Refusal rule when the text is too long for this format */
export async function makeFile({ format, paper, faces, about, state, written, names }: Making): Promise<Uint8Array> {
	const copy: Copy = { ...about, ...readText(state, written, names) };
	if (format === 'md') return new TextEncoder().encode(makeMarkdown(copy));
	if (format === 'html') return new TextEncoder().encode(makeHtml(copy));
	let signs = 0;
	for (const { text } of textsOf(copy.text.content)) signs += text.length;
	if (signs > longestPaged)
		throw new Refusal(
			'rule',
			'This reflection is longer than 250 pages, too long for one such file. Please take it as a web page or as Markdown, or print it.'
		);
	return format === 'docx' ? makeDocx(copy) : makePdf(copy, paper, faces!);
}

function readText(
	state: Making['state'],
	written: Making['written'],
	names: Making['names']
): Pick<Copy, 'text' | 'authors'> {
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
