/**
 * A text in the one form that every way out writes and every way in makes, so that what went out and comes back is equal:
 * nothing empty, a line break that is one, and no signs that no file can hold. Words are all kept.
 */
import type { SettledBlock, SettledInline, SettledText } from './settled.ts';

/** A text is tidied no deeper than the editor and the renderers go. */
const deepest = 64;

/** @returns nothing when there are no words */
export const tidy = (blocks: readonly SettledBlock[], depth = 0): SettledBlock[] =>
	blocks.flatMap((block): SettledBlock[] => {
		if (block.type === 'paragraph') {
			const content = tidyInline(block.content ?? []);
			return content.length > 0 ? [{ type: 'paragraph', content }] : [];
		}
		if (block.type === 'heading') {
			// A heading is one line: no other program knows one that is two.
			const inOne = tidyInline(block.content ?? []).map((part): SettledInline =>
				part.type === 'hard_break' ? { type: 'text', text: ' ' } : part
			);
			const content = tidyInline(inOne);
			return content.length > 0 ? [{ type: 'heading', attrs: { level: block.attrs.level }, content }] : [];
		}
		if (depth >= deepest) return tidy(leavesOf(block), depth);
		if (block.type === 'blockquote') {
			const content = tidy(block.content, depth + 1);
			return content.length > 0 ? [{ type: 'blockquote', content }] : [];
		}
		const content = block.content.flatMap((item) => {
			const inner = tidy(item.content, depth + 1);
			return inner.length > 0 ? [{ type: 'list_item' as const, content: inner }] : [];
		});
		return content.length > 0 ? [{ type: block.type, content }] : [];
	});

/** The paragraphs and headings of a block; with a list of its own, because a stack would not do. */
export function leavesOf(block: SettledBlock): Leaf[] {
	const leaves: Leaf[] = [];
	const open: (SettledBlock | { type: 'list_item'; content: SettledBlock[] })[] = [block];
	for (let next = open.pop(); next; next = open.pop()) {
		if (next.type === 'paragraph' || next.type === 'heading') leaves.push(next);
		else open.push(...next.content.toReversed());
	}
	return leaves;
}

export type Leaf = Extract<SettledBlock, { type: 'paragraph' | 'heading' }>;

/** No XML can hold these, no keyboard makes them, and nobody sees them. */
// eslint-disable-next-line no-control-regex -- they are what is taken out
const unwritable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g;

/** Without what no file can hold. */
export const writable = (text: string): string => text.toWellFormed().replace(unwritable, '');

/** Pieces by one author with the same marks are one; breaks stand between words only. */
export function tidyInline(parts: readonly SettledInline[]): SettledInline[] {
	const tidied = joinedUp(
		parts.flatMap((part): SettledInline[] => {
			if (part.type === 'hard_break') return [part];
			const lines = writable(part.text).split(/\r\n|[\r\n\u2028\u2029]/);
			return lines.flatMap((text, i): SettledInline[] => [
				...(i > 0 ? [{ type: 'hard_break' } as const] : []),
				...(text ? [{ ...part, text }] : [])
			]);
		})
	);
	while (tidied[0]?.type === 'hard_break') tidied.shift();
	while (tidied.at(-1)?.type === 'hard_break') tidied.pop();
	return tidied.some((part) => part.type === 'text' && part.text.trim() !== '') ? plainEdges(tidied) : [];
}

/** White space at the edges of bold and slanted words is neither: nobody sees it, and Markdown can't say it. */
function plainEdges(parts: SettledInline[]): SettledInline[] {
	const stressed = (part: SettledInline | undefined) =>
		part?.type === 'text' ? JSON.stringify(part.marks?.filter(({ type }) => type !== 'link') ?? []) : '';
	const split = parts.flatMap((part, i): SettledInline[] => {
		if (part.type !== 'text' || stressed(part) === '[]') return [part];
		const [, before = '', words = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(part.text) ?? [];
		const goesOn = (other: SettledInline | undefined) => stressed(other) === stressed(part);
		const { marks: _, text: __, ...rest } = part;
		const marks = part.marks!.filter(({ type }) => type === 'link');
		const plain = (text: string): SettledText[] =>
			text ? [{ ...rest, ...(marks.length > 0 ? { marks } : {}), text }] : [];
		if (words === '') return goesOn(parts[i - 1]) && goesOn(parts[i + 1]) ? [part] : plain(part.text);
		const keepBefore = before !== '' && goesOn(parts[i - 1]);
		const keepAfter = after !== '' && goesOn(parts[i + 1]);
		if ((before === '' || keepBefore) && (after === '' || keepAfter)) return [part];
		return [
			...plain(keepBefore ? '' : before),
			{ ...part, text: `${keepBefore ? before : ''}${words}${keepAfter ? after : ''}` },
			...plain(keepAfter ? '' : after)
		];
	});
	return split.length === parts.length && split.every((part, i) => part === parts[i])
		? parts
		: plainEdges(joinedUp(split)); // what was cut off may have been the neighbour of more
}

function joinedUp(parts: readonly SettledInline[]): SettledInline[] {
	const all: SettledInline[] = [];
	for (const part of parts) {
		const last = all.at(-1);
		if (part.type === 'text' && last?.type === 'text' && toldApart(part) === toldApart(last))
			all[all.length - 1] = { ...last, text: last.text + part.text };
		else all.push(part);
	}
	return all;
}

const toldApart = ({ marks, text: _, type: __, ...rest }: SettledText) => JSON.stringify([marks ?? [], rest]);
