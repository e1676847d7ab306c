/** Words as a teacher counts them: runs of letters or digits; "didn't" and "well-known" are one each. */
const word = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export function countWords(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(word)) count++;
	return count;
}

const inWords = (count: number) => `${count} ${count === 1 ? 'word' : 'words'}`;

/**
 * Where an answer stands against its word range, as people say it.
 * @param words null when the part was not begun
 * @param binding whether what is over can't be handed in; else the range is a guide
 * @returns `off` when it is out of the range that was asked for
 */
export function wordsAgainst(
	words: number | null,
	{ minWords, maxWords, wordsBinding }: { minWords: number | null; maxWords: number | null; wordsBinding: boolean }
): { says: string; off: boolean } {
	if (words === null) return { says: 'not begun', off: false };
	if (maxWords !== null && words > maxWords) {
		const over = words - maxWords;
		return {
			says: `${inWords(words)}, ${over} too many${wordsBinding ? ': it can’t be handed in like this' : ' for the guide'}`,
			off: true
		};
	}
	if (minWords !== null && words < minWords)
		return { says: `${inWords(words)}, ${minWords - words} to go`, off: false };
	return { says: inWords(words), off: false };
}
