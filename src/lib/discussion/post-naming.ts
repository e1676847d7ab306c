/** Finding whom somebody means while they type `@` and letters. Pure. */

export type Nameable = {
	people: { id: string; name: string; part: string }[];
	offers: { id: string; title: string; rows: { id: string; title: string }[] }[];
};

/** People in the list under an @: more is scrolled through, and two more letters are quicker. */
const mostShown = 6;

/** In small letters and without accents, so that Jose finds José. */
const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const partsOf = (name: string) =>
	bare(name)
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);

/**
 * What is being typed as a name before the caret; null where nothing is. An @ inside a word is a mail address, and after
 * three words nobody means a name any more.
 */
export function nameBefore(text: string): string | null {
	const typed = /(?<![\p{L}\p{N}_@.])@((?:[\p{L}\p{M}\p{N}'’.-]+ ?){0,3})$/u.exec(text)?.[1];
	return typed === undefined || typed.length > 60 ? null : typed;
}

/** People whose names begin with what was typed, word for word; first names first, then in their order. */
export function peopleNamed<T extends { name: string }>(people: readonly T[], typed: string): T[] {
	const asked = partsOf(typed);
	if (asked.length === 0) return people.slice(0, mostShown);
	const first: T[] = [];
	const others: T[] = [];
	for (const one of people) {
		const parts = partsOf(one.name);
		const at = parts.findIndex((_, i) => asked.every((word, j) => parts[i + j]?.startsWith(word)));
		if (at === 0) first.push(one);
		else if (at > 0) others.push(one);
	}
	return [...first, ...others].slice(0, mostShown);
}

/** Whether to say that nobody is called so: a second word that fits nobody is the sentence going on. */
export const saysNobody = (typed: string): boolean => /^\S{2,}$/.test(typed);
