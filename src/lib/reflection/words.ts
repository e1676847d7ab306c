/** Words as a teacher counts them: runs of letters or digits; "didn't" and "well-known" are one each. */
const word = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export function countWords(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(word)) count++;
	return count;
}

/** A word range as people say it: "up to 150 words". Null when nothing is asked. */
export function wordRange(min: number | null, max: number | null): string | null {
	if (min && max) return `${min} to ${max} words`;
	if (max) return `up to ${max} words`;
	if (min) return `at least ${min} words`;
	return null;
}
