/** Lays two lists beside each other: what is in both, in order, and what is only in one. Pure. */
import { diffArrays } from 'diff';

/** So many items stand in both, or only in the newer list (`in`) or the older one (`out`). */
export type Change = { kind: 'same' | 'in' | 'out'; count: number };

/**
 * Beyond this many differences in one stretch the two have nothing in common: the older one went, the newer one came. The
 * work grows with the square of it.
 */
const mostEdits = 600;

/** Two lists of names. Equal names are the same thing. */
export function aligned(before: readonly string[], after: readonly string[]): Change[] {
	const changes = diffArrays(before as string[], after as string[], { maxEditLength: mostEdits });
	if (!changes)
		return [
			{ kind: 'out' as const, count: before.length },
			{ kind: 'in' as const, count: after.length }
		].filter(({ count }) => count > 0);
	return changes.map(({ added, removed, count }) => ({ kind: added ? 'in' : removed ? 'out' : 'same', count }));
}

/**
 * The same of long lists: first in chunks, as sentences of words, and item by item only where chunks differ. What is
 * worked on item by item is short then, and what stays together is read together.
 * @param ends whether a chunk ends with this item, which may be the first in it
 */
export function alignedInChunks(
	before: readonly string[],
	after: readonly string[],
	ends: (item: string, isFirst: boolean) => boolean
): Change[] {
	const [old, now] = [chunksOf(before, ends), chunksOf(after, ends)];
	const all: Change[] = [];
	const add = (kind: Change['kind'], count: number) => {
		const last = all.at(-1);
		if (last?.kind === kind) last.count += count;
		else if (count > 0) all.push({ kind, count });
	};
	let [o, n] = [0, 0];
	let [gone, come] = [[] as string[], [] as string[]];
	const settle = () => {
		for (const { kind, count } of aligned(gone, come)) add(kind, count);
		[gone, come] = [[], []];
	};
	for (const { kind, count } of aligned(old.map(nameOf), now.map(nameOf)))
		for (let left = count; left > 0; left--) {
			if (kind === 'out') gone.push(...old[o++]!);
			else if (kind === 'in') come.push(...now[n++]!);
			else {
				settle();
				add('same', old[o++]!.length);
				n++;
			}
		}
	settle();
	return all;
}

const nameOf = (chunk: string[]) => chunk.join('\0');

function chunksOf(items: readonly string[], ends: (item: string, isFirst: boolean) => boolean): string[][] {
	const chunks: string[][] = [[]];
	for (const item of items) {
		const chunk = chunks.at(-1)!;
		chunk.push(item);
		if (ends(item, chunk.length === 1)) chunks.push([]);
	}
	return chunks.filter(({ length }) => length > 0);
}
