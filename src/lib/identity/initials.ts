/** What stands on somebody's avatar. Pure. */

const letters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Of the first and the last word of a name, as far as they begin with a letter or a digit; "Rosa Medina" is RM. */
export function initialsOf(name: string): string {
	const words = name
		.normalize('NFC')
		.split(/[\s‐-―-]+/u)
		.map((word) => word.replace(/^[^\p{L}\p{N}]+/u, ''))
		.filter(Boolean);
	const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
	const initials = ends
		// Of a letter that is made of several signs the first: three must fit.
		.map((word) => [...[...letters.segment(word)][0]!.segment][0]!.toLocaleUpperCase('und')[0]!)
		.join('');
	return initials || '?';
}
