/**
 * How a text's structure stands in a Word file, which knows only paragraphs: each has a level of numbering, and a style
 * whose name says in what it stands. Written by `out/docx.server.ts` and read by `in/docx.server.ts`.
 */

/** What a paragraph stands in, from the outside in. */
export type Place = 'list' | 'quote';

/** Our own lines above the text; whoever reads the file back leaves them out. */
export const aboutStyle = 'About this reflection';

const words: Record<Place, string> = { list: 'list', quote: 'quotation' };

/** "Paragraph in list 2 in quotation": a name that a person understands, and that is read back. */
export function styleName(base: string, path: readonly Place[]): string {
	const runs: [Place, number][] = [];
	for (const place of path.toReversed()) {
		const last = runs.at(-1);
		if (last?.[0] === place) last[1]++;
		else runs.push([place, 1]);
	}
	return [base, ...runs.map(([place, n]) => (n > 1 ? `${words[place]} ${n}` : words[place]))].join(' in ');
}

/** What a style's name says; null when it is no name of ours. */
export function pathOf(name: string): { base: string; path: Place[] } | null {
	const [base, ...places] = name.split(' in ');
	const path: Place[] = [];
	for (const place of places) {
		const [, word, n] = /^(list|quotation)(?: (\d{1,2}))?$/.exec(place) ?? [];
		if (!word) return null;
		for (let i = Number(n ?? 1); i > 0; i--) path.unshift(word === 'list' ? 'list' : 'quote');
	}
	return { base: base!, path };
}
