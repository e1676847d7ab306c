/** Finding pairs on a coach’s board, in the page itself: nothing is asked of the server. Pure. */

/** Letters as people look for them: without case, without accents. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** More than a name and a cohort is not looked for. */
export const longestFind = 80;

/** Whether each word that is looked for begins a word of the text; "ros med" finds Rosa Medina. Nothing asked finds all. */
export function finds(asked: string, text: string): boolean {
	const words = folded(text).split(/[^\p{L}\p{N}]+/u);
	return folded(asked.slice(0, longestFind))
		.split(/[^\p{L}\p{N}]+/u)
		.every((start) => words.some((word) => word.startsWith(start)));
}
