/** Many notices in few lines: for a digest, and for a mail that tells of several at once. Pure. */
import { type Group, groupNames, kindOf } from './kinds.ts';

export type Said = { id: string; kind: string; about: string | null; place: string | null; title: string; at: Date };
export type Line = { words: string; /** The newest that the line tells of. */ id: string };

/** What is said of several of one kind about one thing: "3 new replies in “Waiting”". */
function together(several: Said[]): Line {
	const newest = several.at(-1)!;
	if (several.length === 1) return { words: newest.title, id: newest.id };
	const many = kindOf(newest.kind)?.many(several.length);
	return {
		words:
			many && newest.place
				? `${many} in ${newest.place}`
				: `${newest.title}, and ${several.length - 1} more like ${several.length === 2 ? 'it' : 'that'}`,
		id: newest.id
	};
}

/** By whom it comes from, in the order of the settings; in each the thing that waited longest first. */
export function linesOf(said: readonly Said[]): { group: Group; lines: Line[] }[] {
	const inOrder = said.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
	return groupNames.flatMap((group) => {
		const piles = new Map<string, Said[]>();
		for (const one of inOrder) {
			if (kindOf(one.kind)?.group !== group) continue;
			const pile = one.about === null ? one.id : `${one.kind} ${one.about}`;
			piles.set(pile, [...(piles.get(pile) ?? []), one]);
		}
		return piles.size === 0 ? [] : { group, lines: [...piles.values()].map(together) };
	});
}
