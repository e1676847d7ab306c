/**
 * What was said about a text, as a copy tells it: each comment with a number, which stands in the text behind the words
 * that it is about, or a sentence that says why it stands nowhere. Pure.
 */
import type * as Y from 'yjs';
import { type Comment, commentLimits, commentsIn, type OwnerOf } from '../comments.ts';
import { commentsOnProposed, type NotedText } from '../credited.ts';
import type { Settled, SettledBlock, SettledInline, SettledText } from '../settled.ts';
import { tidy, writable } from '../tidy.ts';
import { textsOf } from './copy.ts';

export type Said = {
	/** A name, or that nobody knows. */
	by: string;
	/** By the clock of whoever said it. */
	at: Date | null;
	words: string;
	/** What is to be said about these words, or instead of them, in whole sentences. */
	notes: string[];
};

export type Talk = {
	number: number;
	/** Whether its words are in this copy. */
	isPlaced: boolean;
	/** What it is about, or why there is nothing. */
	about: string;
	said: Said[];
	/** Who resolved it, if it is. */
	resolved: { by: string; at: Date | null } | null;
};

/** What a piece of text has to do with comments, by number: which are about it, and which begin and end with it. */
export type Numbered = SettledText & { on?: readonly number[]; starts?: readonly number[]; ends?: readonly number[] };

export const startsWith = (part: SettledText): readonly number[] => (part as Numbered).starts ?? [];
export const endsWith = (part: SettledText): readonly number[] => (part as Numbered).ends ?? [];
export const isTalkedOf = (part: SettledText): boolean => ((part as Numbered).on ?? []).length > 0;

/** Somebody of whom nobody knows who it is. */
const unknown = 'Somebody, not known who';

/**
 * The text with numbers for its comments, and the comments in that order; those whose words are not in it come last.
 * @param text as `piecesOf` answers it with comments
 */
export function talkOf(
	doc: Y.Doc,
	text: Settled,
	ownerOf: OwnerOf,
	names: Readonly<Record<string, string>>
): { text: Settled; talk: Talk[] } {
	const name = (id: string | null) => (id === null ? unknown : (names[id] ?? 'Somebody else'));
	const comments = commentsIn(doc, ownerOf);
	const known = new Set(comments.map(({ id }) => id));
	const content = tidy(text.content);
	const places = new Map<string, { words: string; first: SettledText; last: SettledText }>();
	let block: unknown;
	for (const [part, leaf] of piecesIn(content)) {
		for (const id of (part as NotedText).on ?? []) {
			const place = places.get(id);
			if (!known.has(id)) continue;
			if (!place) places.set(id, { words: part.text, first: part, last: part });
			else {
				if (place.words.length < commentLimits.quote * 2) place.words += `${leaf === block ? '' : ' '}${part.text}`;
				place.last = part;
			}
		}
		block = leaf;
	}
	const proposed = commentsOnProposed(doc);
	const order = [...places.keys()];
	const placed = comments.filter(({ id }) => places.has(id)).sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
	const others = comments
		.filter(({ id }) => !places.has(id))
		.sort((a, b) => firstAt(a) - firstAt(b) || (a.id < b.id ? -1 : 1));
	const talk = [...placed, ...others].map((comment, i): Talk => ({
		number: i + 1,
		isPlaced: places.has(comment.id),
		about: aboutOf(comment, places.get(comment.id)?.words, proposed.get(comment.id), name),
		said: comment.posts.map((post) => saidIn(post, name)),
		resolved: comment.resolved && { by: name(comment.resolved.by), at: comment.resolved.at }
	}));
	const numbers = new Map(placed.map(({ id }, i) => [id, i + 1]));
	const numbered = (part: SettledText): SettledText => {
		const { on, ...rest } = part as NotedText;
		const ids = (on ?? []).filter((id) => numbers.has(id));
		const of = (ids: readonly string[]) => ids.map((id) => numbers.get(id)!).sort((a, b) => a - b);
		const starts = of(ids.filter((id) => places.get(id)!.first === part));
		const ends = of(ids.filter((id) => places.get(id)!.last === part));
		return {
			...rest,
			...(ids.length > 0 ? { on: of(ids) } : {}),
			...(starts.length > 0 ? { starts } : {}),
			...(ends.length > 0 ? { ends } : {})
		} as SettledText;
	};
	return { text: { type: 'doc', content: content.map((one) => withPieces(one, numbered)) }, talk };
}

const firstAt = ({ posts }: Comment) => posts[0]?.at?.getTime() ?? 0;

/** As much of the words as one knows them again by. */
const quoted = (words: string) => {
	const line = writable(words).replace(/\s+/g, ' ').trim();
	return `“${
		line.length > commentLimits.quote
			? `${line
					.slice(0, commentLimits.quote)
					.toWellFormed()
					.replace(/\ufffd$/, '')} …`
			: line
	}”`;
};

function aboutOf(
	{ removed, by, quote }: Comment,
	words: string | undefined,
	proposed: string | undefined,
	name: (id: string | null) => string
): string {
	if (removed) return `A comment by ${name(by)} was taken out of the document, not by Wayfellow.`;
	if (words !== undefined) return `About ${quoted(words)}`;
	if (proposed !== undefined) return `About words that are only suggested and not in this copy: ${quoted(proposed)}`;
	return `The words this was about are gone: ${quoted(quote)}`;
}

function saidIn(post: Comment['posts'][number], name: (id: string | null) => string): Said {
	const { by, at, words, edited, changedBy, takenBack, removed } = post;
	const notes: string[] = [];
	if (takenBack) notes.push(`${name(by)} took this back.`);
	else if (removed) notes.push(`What ${name(by)} said here was taken out of the document, not by Wayfellow.`);
	else if (changedBy !== undefined)
		notes.push(
			`These words were put here by ${changedBy === null ? 'somebody else' : name(changedBy)}, not by ${name(by)}.`
		);
	else if (edited) notes.push('Changed later.');
	return { by: name(by), at, words: writable(words), notes };
}

function* piecesIn(blocks: readonly SettledBlock[]): Generator<[SettledText, leaf: SettledBlock]> {
	for (const block of blocks) {
		if (block.type === 'paragraph' || block.type === 'heading') {
			for (const part of textsOf([block])) yield [part, block];
		} else if (block.type === 'blockquote') yield* piecesIn(block.content);
		else for (const item of block.content) yield* piecesIn(item.content);
	}
}

function withPieces(block: SettledBlock, change: (part: SettledText) => SettledText): SettledBlock {
	if (block.type === 'paragraph' || block.type === 'heading')
		return block.content
			? { ...block, content: block.content.map((part): SettledInline => (part.type === 'text' ? change(part) : part)) }
			: block;
	if (block.type === 'blockquote')
		return { ...block, content: block.content.map((inner) => withPieces(inner, change)) };
	return {
		...block,
		content: block.content.map((item) => ({
			...item,
			content: item.content.map((inner) => withPieces(inner, change))
		}))
	};
}

const times = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** A file goes through many zones, so it says the time in none of them. */
const timeOf = (at: Date | null) => (at ? `, ${times.format(at).replace(/\u202f/g, ' ')} UTC` : '');

/** "Rosa Medina, Nov 29, 2026, 4:12 PM UTC" */
export const whoAndWhen = ({ by, at }: { by: string; at: Date | null }): string => `${by}${timeOf(at)}`;

/** "Resolved by Rosa Medina, Nov 29, 2026, 4:12 PM UTC"; nothing when it is open. */
export const resolvedLine = ({ resolved }: Talk): string | null => resolved && `Resolved by ${whoAndWhen(resolved)}`;

/** The lines of what somebody said, without empty ones. */
export const linesOf = (words: string): string[] =>
	words.split(/\s*[\r\n\u2028\u2029]+\s*/).filter((line) => line !== '');

/** Signs of all of it: how long a file gets by it. */
export const lengthOf = (talk: readonly Talk[]): number =>
	talk.reduce(
		(sum, { about, said }) => sum + about.length + said.reduce((all, { words }) => all + words.length + 60, 0),
		0
	);

/** How many comments there are and how many of them are resolved, as a sentence. */
export function countLine(talk: readonly Talk[]): string {
	if (talk.length === 0) return 'There are no comments.';
	if (talk.length === 1) return talk[0]!.resolved ? '1 comment, and it is resolved.' : '1 comment.';
	const resolved = talk.filter((one) => one.resolved).length;
	return `${talk.length} comments, ${resolved === 0 ? 'none' : resolved === talk.length ? 'all' : resolved} resolved.`;
}
