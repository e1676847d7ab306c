/**
 * What becomes of suggestions in a text, and which there are. Apart from what makes them (`suggestions.ts`), which is there
 * before somebody who suggests can type; this is loaded with the list of them. Pure.
 */
import {
	type Block,
	type Decision,
	idOf,
	type Inline,
	looks,
	looksBefore,
	markOf,
	type Place,
	placeOf,
	proposalIn,
	withMarks,
	withProposal
} from './suggestions.ts';

/**
 * What becomes of a text when each suggestion is decided.
 * @param decide what to do with the suggestion of this id; the ones that are kept stay as they are
 */
export function settle(blocks: readonly Block[], decide: (id: string) => Decision): Block[] {
	const out: Block[] = [];
	for (const block of blocks) {
		const content = block.content.flatMap((part) => settledPart(part, decide));
		const split = block.split ? decide(block.split) : null;
		const join = block.join ? decide(block.join) : null;
		const before = out.at(-1);
		if (before && (split === 'decline' || join === 'accept')) {
			before.content = [...before.content, ...content];
			continue;
		}
		const was = block.was ? decide(block.was.id) : null;
		out.push({
			...placeOf(was === 'decline' ? block.was! : block),
			...(split === 'keep' ? { split: block.split! } : {}),
			...(join === 'keep' ? { join: block.join! } : {}),
			...(was === 'keep' ? { was: block.was! } : {}),
			content
		});
	}
	return out;
}

function settledPart(part: Inline, decide: (id: string) => Decision): Inline[] {
	let settled = part;
	const insertion = proposalIn(part, 'insertion');
	const deletion = proposalIn(part, 'deletion');
	for (const [kind, id] of [
		['insertion', insertion],
		['deletion', deletion]
	] as const) {
		if (!id) continue;
		const decision = decide(id);
		if (decision === (kind === 'insertion' ? 'decline' : 'accept')) return [];
		if (decision !== 'keep') settled = withProposal(settled, kind, null);
	}
	const restyled = markOf(part, 'restyled');
	const decision = idOf(restyled?.attrs?.id) ? decide(idOf(restyled!.attrs!.id)!) : null;
	if (restyled && decision !== 'keep') {
		const others = (settled.marks ?? []).filter(({ type }) => type !== 'restyled');
		settled = withMarks(
			settled,
			decision === 'decline' ? [...others.filter(({ type }) => !looks.has(type)), ...looksBefore(part)!] : others
		);
	}
	return [settled];
}

/**
 * The same in stages, each of which takes no more than one stretch out of a text. Who wrote a word is known as long as it
 * stays where it is, or moves as it is; of what changes to its left and right at once, the binding makes new text.
 */
export function settleInStages(blocks: readonly Block[], decide: (id: string) => Decision): Block[][] {
	const stages: Block[][] = [];
	let now = blocks;
	for (;;) {
		const next = now.map((block) => withoutLastRun(block, (part) => settledPart(part, decide).length === 0));
		if (next.every((block, i) => block === now[i])) break;
		stages.push(next);
		now = next;
	}
	const words = now.map((block) => ({ ...block, content: block.content.flatMap((part) => settledPart(part, decide)) }));
	return [...stages, words, settle(words, decide)];
}

function withoutLastRun(block: Block, isToGo: (part: Inline) => boolean): Block {
	const last = block.content.findLastIndex(isToGo);
	if (last < 0) return block;
	let first = last;
	while (first > 0 && isToGo(block.content[first - 1]!)) first--;
	return { ...block, content: [...block.content.slice(0, first), ...block.content.slice(last + 1)] };
}

/** The text as it stands: with nothing that is only suggested. */
export const standing = (blocks: readonly Block[]): Block[] => settle(blocks, () => 'decline');

/** One suggestion, in what it would do. */
export type Suggestion = {
	id: string;
	inserts: string;
	deletes: string;
	/** New breaks, breaks that go, words that look different, blocks that become something else. */
	breaks: number;
	joins: number;
	restyled: string;
	places: Place[];
};

/** All suggestions in a text, in the order in which they begin. */
export function suggestionsIn(blocks: readonly Block[]): Suggestion[] {
	const found = new Map<string, Suggestion>();
	const of = (id: string) => {
		const known = found.get(id);
		if (known) return known;
		const made = { id, inserts: '', deletes: '', breaks: 0, joins: 0, restyled: '', places: [] };
		found.set(id, made);
		return made;
	};
	/** In which block each was added to last: words of two blocks are two lines. */
	const last = new Map<string, Block>();
	const lineOf = (key: string, block: Block) => {
		const before = last.get(key);
		last.set(key, block);
		return before && before !== block ? '\n' : '';
	};
	for (const block of blocks) {
		if (block.split) of(block.split).breaks++;
		if (block.join) of(block.join).joins++;
		if (block.was) of(block.was.id).places.push(placeOf(block));
		for (const part of block.content) {
			const words = part.text ?? '\n';
			const insertion = proposalIn(part, 'insertion');
			const deletion = proposalIn(part, 'deletion');
			const restyled = idOf(markOf(part, 'restyled')?.attrs?.id);
			if (insertion) of(insertion).inserts += lineOf(`in ${insertion}`, block) + words;
			if (deletion) of(deletion).deletes += lineOf(`out ${deletion}`, block) + words;
			if (restyled) of(restyled).restyled += lineOf(`look ${restyled}`, block) + words;
		}
	}
	return [...found.values()];
}
