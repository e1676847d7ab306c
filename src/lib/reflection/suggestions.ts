/**
 * Suggestions in a text: what stands for them, and what becomes of it when they are accepted or declined.
 *
 * A suggestion is part of the shared document, so it is as safe and as live as any word, and accepted words keep the
 * author who typed them. It has an id; everything that bears the id is decided together.
 *
 * - Text that is to come bears the mark `insertion`, text that is to go `deletion`; a line break has attributes of those
 *   names, because the binding to Yjs keeps no marks on elements.
 * - A block that begins with a suggested break has `split`; one that is to be joined to the block before it has `join`.
 * - Words whose look was changed have the mark `restyled`, and blocks whose kind or place in lists and quotations was
 *   changed have `was`: both say how it was before.
 *
 * Here a document is a flat list of its textblocks. Each knows the containers around it and how many of them it shares
 * with the block before, which says the same as the tree, and in which "take this break away" and "put this one back into
 * its list" are small changes. Pure, on ProseMirror's JSON; the server and the editor use the same. What becomes of them is
 * in `settling.ts`.
 */

export type Mark = { type: string; attrs?: Record<string, unknown> };
/** Text, or a line break. */
export type Inline = { type: string; text?: string; marks?: Mark[]; attrs?: Record<string, unknown> };
export type Node = {
	type: string;
	attrs?: Record<string, unknown>;
	content?: (Node | Inline)[];
};

/** How a block stands: its kind, and where. */
export type Place = {
	type: string;
	level?: unknown;
	/** What a heading begins, see answered.ts. */
	part?: unknown;
	/** Names of the containers around it, outermost first. */
	path: string[];
	/** How many of them it shares with the block before. */
	shared: number;
};
export type Block = Place & {
	split?: string;
	join?: string;
	/** How it stood before a suggestion, and whose. */
	was?: Place & { id: string };
	content: Inline[];
};

export type Decision = 'accept' | 'decline' | 'keep';

const textblocks = new Set(['paragraph', 'heading']);
/** Marks that are a matter of looks, and so of `restyled`. */
export const looks = new Set(['link', 'em', 'strong']);

export const idOf = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** The textblocks of a document, or of some of its top-level nodes, in their order. */
export function flatten(nodes: readonly Node[]): Block[] {
	const blocks: Block[] = [];
	let before: Node[] = [];
	const visit = (node: Node, around: Node[]) => {
		if (!textblocks.has(node.type)) {
			for (const child of (node.content ?? []) as Node[]) visit(child, [...around, node]);
			return;
		}
		let shared = 0;
		while (shared < around.length && around[shared] === before[shared]) shared++;
		before = around;
		const { split, join, was } = node.attrs ?? {};
		blocks.push({
			type: node.type,
			...asHeading(node.type, node.attrs ?? {}),
			path: around.map(({ type }) => type),
			shared,
			...(idOf(split) ? { split: idOf(split)! } : {}),
			...(idOf(join) ? { join: idOf(join)! } : {}),
			...readWas(was),
			content: (node.content ?? []) as Inline[]
		});
	};
	for (const node of nodes) visit(node, []);
	return blocks;
}

/** What only headings have. */
const asHeading = (type: string, { level, part }: { level?: unknown; part?: unknown }) =>
	type === 'heading' ? { level: level ?? 2, ...(part ? { part } : {}) } : {};

/** What `was` says, or nothing when it can't be read: somebody else's script may have written it. */
function readWas(stored: unknown): { was?: Block['was'] } {
	if (typeof stored !== 'string') return {};
	try {
		const { id, type, level, part, path, shared } = (JSON.parse(stored) ?? {}) as Record<string, unknown>;
		if (!idOf(id) || !textblocks.has(String(type)) || !Array.isArray(path) || !fits(path) || !Number.isInteger(shared))
			return {};
		return {
			was: {
				id: String(id),
				type: String(type),
				...asHeading(String(type), { level: Number(level) >= 3 ? 3 : 2, part: idOf(part) }),
				path: path as string[],
				shared: Number(shared)
			}
		};
	} catch {
		return {};
	}
}

/** Whether these containers can stand in one another: items in lists, lists hold items. */
function fits(path: unknown[]): boolean {
	return (
		path.length <= 64 && // as deep as anything is drawn
		path.every((name, i) =>
			name === 'list_item'
				? /_list$/.test(String(path[i - 1] ?? ''))
				: /^(bullet_list|ordered_list|blockquote)$/.test(String(name)) &&
					(name === 'blockquote' || path[i + 1] === 'list_item')
		)
	);
}

/** The tree again. Containers are shared as far as they can be: of the same kind, and not more than the block says. */
export function rebuild(blocks: readonly Block[]): Node[] {
	const top: Node[] = [];
	let open: Node[] = [];
	for (const block of blocks) {
		let shared = 0;
		while (shared < Math.min(block.shared, open.length) && open[shared]!.type === block.path[shared]) shared++;
		// A list can't end in the middle of its item's name: what is shared ends before an item, or with one.
		open = open.slice(0, shared);
		for (const type of block.path.slice(shared)) {
			const container: Node = { type, content: [] };
			(open.at(-1)?.content ?? top).push(container);
			open.push(container);
		}
		(open.at(-1)?.content ?? top).push(nodeOf(block));
	}
	return top;
}

function nodeOf({ type, level, part, split, join, was, content }: Block): Node {
	const attrs = {
		...asHeading(type, { level, part }),
		...(split ? { split } : {}),
		...(join ? { join } : {}),
		...(was ? { was: JSON.stringify(was) } : {})
	};
	return {
		type,
		...(Object.keys(attrs).length ? { attrs } : {}),
		...(content.length ? { content: joined(content) } : {})
	};
}

/** Neighbouring texts with the same marks as one. */
function joined(content: readonly Inline[]): Inline[] {
	const out: Inline[] = [];
	for (const part of content) {
		const last = out.at(-1);
		if (part.text === undefined)
			out.push(withMarks(part, [])); // a line break keeps none on its way to the others
		else if (last?.text !== undefined && sameMarks(last.marks, part.marks))
			out[out.length - 1] = { ...last, text: last.text + part.text };
		else out.push(part);
	}
	return out;
}

const inOrder = (marks: readonly Mark[] | undefined) =>
	(marks ?? [])
		.map(({ type, attrs }) => JSON.stringify([type, attrs ?? {}]))
		.sort()
		.join();
export const sameMarks = (a: readonly Mark[] | undefined, b: readonly Mark[] | undefined) => inOrder(a) === inOrder(b);

export const markOf = (part: Inline, type: string): Mark | undefined => part.marks?.find((mark) => mark.type === type);

/** The id of the suggestion to put this in, or take it out. */
export const proposalIn = (part: Inline, kind: 'insertion' | 'deletion'): string | undefined =>
	part.text === undefined ? idOf(part.attrs?.[kind]) : idOf(markOf(part, kind)?.attrs?.id);

/** A part with or without a proposal of a kind. */
export function withProposal(part: Inline, kind: 'insertion' | 'deletion', id: string | null): Inline {
	if (part.text === undefined) {
		const { [kind]: _, ...attrs } = part.attrs ?? {};
		return { ...part, attrs: id ? { ...attrs, [kind]: id } : attrs };
	}
	const marks = (part.marks ?? []).filter(({ type }) => type !== kind);
	return withMarks(part, id ? [...marks, { type: kind, attrs: { id } }] : marks);
}

export function withMarks(part: Inline, marks: Mark[]): Inline {
	const { marks: _, ...bare } = part;
	return marks.length ? { ...bare, marks } : bare;
}

/** The marks that are a matter of looks. */
export const looksOf = (part: Inline): Mark[] => (part.marks ?? []).filter(({ type }) => looks.has(type));

/** The looks before a suggestion. @returns null when there was none */
export function looksBefore(part: Inline): Mark[] | null {
	const restyled = markOf(part, 'restyled');
	if (!restyled) return null;
	try {
		const was = JSON.parse(String(restyled.attrs?.was)) as Mark[];
		// Somebody else's script may have written it: a link that leads nowhere can't be made again.
		return was.filter(({ type, attrs }) => looks.has(type) && (type !== 'link' || typeof attrs?.href === 'string'));
	} catch {
		return [];
	}
}

export const asRestyled = (id: string, was: readonly Mark[]): Mark => ({
	type: 'restyled',
	attrs: { id, was: JSON.stringify(was) }
});

export const placeOf = ({ type, level, part, path, shared }: Place): Place => ({
	type,
	...asHeading(type, { level, part }),
	path,
	shared
});

// ---- making one -----------------------------------------------------------------------------------------------------

/** A text as one row of what can be typed and taken away: a beginning of a block, a character, a line break. */
type Token = { block: Block; /** How it stood; nothing when it is new. */ before?: Block } | { part: Inline };

function tokensOf(blocks: readonly Block[]): Token[] {
	const tokens: Token[] = [];
	for (const block of blocks) {
		tokens.push({ block, before: block });
		for (const part of block.content)
			if (part.text === undefined) tokens.push({ part });
			else for (const unit of part.text.split('')) tokens.push({ part: { ...part, text: unit } });
	}
	return tokens;
}

function blocksOf(tokens: readonly Token[]): Block[] {
	const blocks: Block[] = [];
	for (const token of tokens)
		if ('block' in token) blocks.push({ ...token.block, content: [] });
		else blocks.at(-1)!.content.push(token.part);
	return blocks.map((block) => ({ ...block, content: joined(block.content) }));
}

/** The same, as far as typing goes: looks and places are another matter. */
const alike = (a: Token, b: Token) =>
	'block' in a
		? 'block' in b
		: 'part' in b &&
			a.part.type === b.part.type &&
			a.part.text === b.part.text &&
			proposalIn(a.part, 'insertion') === proposalIn(b.part, 'insertion') &&
			proposalIn(a.part, 'deletion') === proposalIn(b.part, 'deletion') &&
			markOf(a.part, 'restyled')?.attrs?.id === markOf(b.part, 'restyled')?.attrs?.id;

/** A stretch of tokens that a change replaced: from `start` on, up to `oldEnd` before it and `newEnd` after it. */
export type Replaced = { start: number; oldEnd: number; newEnd: number };

/**
 * The same change as a suggestion.
 * @param before the text, suggestions in it included
 * @param after what a person's own change would make of it
 * @param replaced which tokens the change replaced, so that of equal letters the right one is meant
 * @param idFor the id for what begins here: one of the two neighbours' when that is the person's own, or a new one
 * @returns the text with the change suggested, in stages as `settleInStages`; how many tokens that are to go stand in it,
 * and whether before those that came or behind; and what was replaced in the end
 */
export function suggest(
	before: readonly Block[],
	after: readonly Block[],
	replaced: Replaced,
	idFor: (neighbours: string[]) => string
): { stages: Block[][]; kept: number; goneFirst: boolean; replaced: Replaced } {
	const old = tokensOf(before);
	const now = tokensOf(after);
	let { start, oldEnd, newEnd } = replaced;
	while (start < oldEnd && start < newEnd && alike(old[start]!, now[start]!)) start++;
	for (; oldEnd > start && newEnd > start && alike(old[oldEnd - 1]!, now[newEnd - 1]!); oldEnd--) newEnd--;

	const id = idFor([...idsAt(old[start - 1]), ...idsAt(old[oldEnd])]);
	const going = old.slice(start, oldEnd).map((token) => toGo(token, id));
	const gone = going.filter((token) => token !== null);
	const come = now.slice(start, newEnd).map((token) => toCome(token, id));
	const joins = gone.some((token) => 'block' in token);
	// What comes stands behind what goes, whose place it takes; but new items go on with the list that they are to be in.
	const goneFirst = !joins || !come.some((token) => 'block' in token && token.block.shared > 0);
	const tokens = [
		...old.slice(0, start).map((token, i) => changed(token, now[i]!, id, false)),
		...(goneFirst ? [...gone, ...come] : [...come, ...gone]),
		...old.slice(oldEnd).map((token, i) => changed(token, now[newEnd + i]!, id, joins))
	];
	// Own suggestions that go at once, stretch by stretch from the last on.
	const stages: Block[][] = [];
	const left: (Token | null)[] = [...old];
	for (let at = going.length - 1; at >= 0; at--) {
		if (going[at] !== null) continue;
		left[start + at] = null;
		if (going[at - 1] !== null) stages.push(flatten(rebuild(blocksOf(left.filter((token) => token !== null)))));
	}
	if (stages.length + Number(come.length > 0) < 2) stages.length = 0;
	// One of them and words in its place are one stretch: nothing stands between.
	if (stages.length === 1 && going.every((token) => token === null)) stages.length = 0;
	// How a block stands in the end depends on those before it.
	const placed = flatten(rebuild(blocksOf(tokens)));
	const firsts = tokens.flatMap((token) => ('block' in token ? [token.before] : []));
	const blocks = placed.map(({ was: _, ...block }, i) => {
		const before = firsts[i];
		const first = before && (before.was ?? { ...placeOf(before), id });
		// Its break is a suggestion itself, and so is then all of how it stands.
		return !first || block.split || same(first, block) ? block : { ...block, was: first };
	});
	return { stages: [...stages, blocks], kept: gone.length, goneFirst, replaced: { start, oldEnd, newEnd } };
}

function idsAt(token: Token | undefined): string[] {
	if (!token) return [];
	return 'block' in token
		? [token.block.split, token.block.join].filter((id) => id !== undefined)
		: [proposalIn(token.part, 'insertion'), proposalIn(token.part, 'deletion')].filter((id) => id !== undefined);
}

/** What is there bears that it is to go. @returns null for what was only suggested: that goes at once */
function toGo(token: Token, id: string): Token | null {
	if ('block' in token) {
		const { block } = token;
		return block.split ? null : { block: block.join ? block : { ...block, join: id }, before: block };
	}
	const { part } = token;
	if (proposalIn(part, 'insertion')) return null;
	return proposalIn(part, 'deletion') ? token : { part: withProposal(part, 'deletion', id) };
}

function toCome(token: Token, id: string): Token {
	if ('block' in token) {
		const { was: _, join: __, ...block } = token.block;
		return { block: { ...block, split: id } };
	}
	const marks = (token.part.marks ?? []).filter(({ type }) => type !== 'restyled');
	const part = token.part.text === undefined ? token.part : withMarks(token.part, marks);
	return { part: withProposal(withProposal(part, 'deletion', null), 'insertion', proposalIn(part, 'insertion') ?? id) };
}

/** What stayed, with its looks and place as they are after the change; of the looks, with a word of how they were. */
function changed(old: Token, now: Token, id: string, joins: boolean): Token {
	if ('block' in old) {
		const place = placeOf((now as { block: Block }).block);
		// Blocks before it are still there, so it shares with them what it did.
		if (joins && same({ ...place, shared: 0 }, { ...old.block, shared: 0 })) return old;
		return {
			block: { ...old.block, level: undefined, part: undefined, ...place },
			before: old.block
		};
	}
	const { part } = now as { part: Inline };
	if (part.text === undefined) return { part: old.part };
	if (sameMarks(looksOf(part), looksOf(old.part))) return { part };
	if (proposalIn(old.part, 'insertion')) return { part };
	const was = looksBefore(old.part) ?? looksOf(old.part);
	const others = (part.marks ?? []).filter(({ type }) => type !== 'restyled');
	const restyledBy = idOf(markOf(old.part, 'restyled')?.attrs?.id) ?? id;
	return {
		part: withMarks(part, sameMarks(was, looksOf(part)) ? others : [...others, asRestyled(restyledBy, was)])
	};
}

const same = (a: Place, b: Place) => JSON.stringify(placeOf(a)) === JSON.stringify(placeOf(b));
