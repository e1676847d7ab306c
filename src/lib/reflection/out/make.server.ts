/** A copy as a file, whatever its format. */
import { Refusal } from '#lib/errors.ts';
import { type Copy, type Format, textsOf } from './copy.ts';
import { makeDocx } from './docx.server.ts';
import { makeHtml } from './html.ts';
import type { Faces } from './letters.ts';
import { makeMarkdown } from './markdown.ts';
import { makePdf, type Paper } from './pdf.server.ts';
import { readText, type ToRead } from './read.ts';
import { lengthOf } from './talk.ts';

export type Making = ToRead & {
	format: Format;
	paper: Paper;
	/** Of the PDF only. */
	faces: Faces | null;
	about: Omit<Copy, 'text' | 'authors' | 'talk'>;
};

/** Signs of the longest text that is set in pages: 160 of them. More would take a processor for many seconds. */
const longestPaged = 400_000;

/** @throws Refusal rule when the text is too long for this format */
export async function makeFile({ format, paper, faces, about, ...toRead }: Making): Promise<Uint8Array> {
	const copy: Copy = { ...about, ...readText(toRead) };
	if (format === 'md') return new TextEncoder().encode(makeMarkdown(copy));
	if (format === 'html') return new TextEncoder().encode(makeHtml(copy));
	let signs = lengthOf(copy.talk ?? []);
	for (const { text } of textsOf(copy.text.content)) signs += text.length;
	if (signs > longestPaged)
		throw new Refusal(
			'rule',
			`This reflection${copy.talk?.length ? ' with its comments' : ''} is longer than 160 pages, too long for one such file. Please take it as a web page or as Markdown, or print it.`
		);
	return format === 'docx' ? makeDocx(copy) : makePdf(copy, paper, faces!);
}
