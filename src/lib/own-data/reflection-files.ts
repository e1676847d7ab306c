/**
 * The three files of a reflection in a copy, out of everything that was ever written in it. Pure: `copy.server.ts` lets a
 * thread make them where that is much.
 */
import * as Y from 'yjs';
import type { AuthorRun } from '#lib/reflection/author-runs.ts';
import { readAuthors } from '#lib/reflection/authors.ts';
import { rootName } from '#lib/reflection/document.ts';
import { toMarkdown } from '#lib/reflection/markdown.ts';
import { renderDocument } from '#lib/reflection/render.ts';
import { escapeHtml } from '#lib/server/mail.ts';
import { type By, joined } from './copy.ts';

type Named = { id: string; name: string };

/** What stands above the words, and in the JSON as it is. */
export type About = {
	id: string;
	title: string;
	microcredential: string;
	teacher: Named;
	mentor: Named;
	startedAt: Date;
};

/** Many byte strings end to end: a quarter of a million small ones take longer to hand to a thread than to read. */
export type EndToEnd = { bytes: Uint8Array; lengths: Uint32Array };

export function endToEnd(all: readonly Uint8Array[]): EndToEnd {
	const lengths = Uint32Array.from(all, ({ length }) => length);
	const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
	let at = 0;
	for (const each of all) {
		bytes.set(each, at);
		at += each.length;
	}
	return { bytes, lengths };
}

export function takenApart({ bytes, lengths }: EndToEnd): Uint8Array[] {
	let at = 0;
	return Array.from(lengths, (length) => bytes.subarray(at, (at += length)));
}

/** A reflection as it can be handed to a thread. */
export type Written = {
	/** What makes the text, in order. */
	text: EndToEnd;
	/** Everything that was ever written: who wrote each row, and of how many updates it is; null when it can't be read. */
	log: { people: string[]; counts: Uint32Array; updates: EndToEnd; folded: Uint8Array | undefined } | null;
	/** Which person a Yjs client id belongs to. */
	owners: [client: number, person: string][];
};

export type Files = { markdown: string; html: string; json: string };

/** How many bytes have to be read. */
export const bytesOf = ({ text, log }: Written): number => text.bytes.length + (log?.updates.bytes.length ?? 0);

/** The files; a damaged row of years ago must not keep somebody from their words, and the files then say so. */
export function filesOf(about: About, written: Written): Files {
	const nameOf = new Map([about.teacher, about.mentor].map(({ id, name }) => [id, name]));
	const runs = runsIn(written);
	const authors =
		runs &&
		joined(
			runs
				.filter(({ root }) => root === rootName)
				.map(({ author, text, path }) => ({ author: (author && nameOf.get(author)) ?? 'not known', text, path }))
		);
	const doc = new Y.Doc();
	try {
		doc.transact(() => {
			for (const update of takenApart(written.text)) Y.applyUpdate(doc, update);
		});
		return {
			markdown: asMarkdown(about, toMarkdown(doc), authors),
			html: asHtml(about, renderDocument(doc), authors),
			json: json({
				...about,
				authors:
					runs &&
					runs.map(({ root, path, at, text, author }) => ({
						author: author && { id: author, name: nameOf.get(author) ?? 'not known' },
						root,
						path,
						at,
						text
					}))
			})
		};
	} finally {
		doc.destroy();
	}
}

function runsIn({ log, owners }: Written): AuthorRun[] | null {
	if (!log) return null;
	try {
		const updates = takenApart(log.updates);
		let at = 0;
		const rows = log.people.map((personId, i) => ({ personId, updates: updates.slice(at, (at += log.counts[i]!)) }));
		return readAuthors(rows, new Map(owners), log.folded).runs;
	} catch {
		return null;
	}
}

export const json = (value: unknown) => `${JSON.stringify(value, null, '\t')}\n`;

const headOf = ({ microcredential, teacher, mentor, startedAt }: About) =>
	`${microcredential}. Written by ${teacher.name} (teacher) and ${mentor.name} (mentor), begun on ${startedAt.toISOString().slice(0, 10)}.`;

const unread = 'Who wrote which words of this text could not be read when this copy was made.';

/** A text of people inside a sentence of ours, where it must not become a mark. */
const plain = (text: string) => text.replace(/[\\`*_[\]<&]/g, '\\$&').replace(/\s+/g, ' ');

function asMarkdown(about: About, text: string, authors: By[] | null): string {
	const who = authors?.map(({ author, text }) => `- **${plain(author)}:** ${plain(text)}`) ?? [unread];
	return [
		`# ${plain(about.title)}`,
		plain(headOf(about)),
		text.trimEnd() || 'Nothing is written yet.',
		...(who.length > 0 ? ['---', '## Who wrote what', who.join('\n')] : [])
	]
		.join('\n\n')
		.concat('\n');
}

function asHtml(about: About, html: string, authors: By[] | null): string {
	const who = authors?.map(
		({ author, text }) => `<dt>${escapeHtml(author)}</dt><dd>${escapeHtml(text).replace(/\n/g, '<br>')}</dd>`
	) ?? [`<dt></dt><dd>${unread}</dd>`];
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(about.title)}</title>
<style>:root{color-scheme:light dark}body{max-width:40em;margin:2em auto;padding:0 1em;font:1.1em/1.6 Georgia,serif}dt{font-weight:bold}dd{margin:0 0 .6em}</style>
<h1>${escapeHtml(about.title)}</h1>
<p><small>${escapeHtml(headOf(about))}</small></p>
<main>${html}</main>
${who.length > 0 ? `<h2>Who wrote what</h2>\n<dl>${who.join('\n')}</dl>\n` : ''}</html>
`;
}
