/** The beginning of a text on one line, cut at a word. */
export function excerptOf(words: string, longest = 160): string {
	const text = words.replace(/\s+/g, ' ').trim();
	if (text.length <= longest) return text;
	const cut = text.slice(0, longest).toWellFormed();
	const space = cut.lastIndexOf(' ');
	return `${cut.slice(0, space > longest / 2 ? space : longest).replace(/\ufffd$/, '')} …`;
}
