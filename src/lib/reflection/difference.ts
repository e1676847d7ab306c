/**
 * What is different between two states of a text, to be read by people: words put in and taken out, line by line, and in
 * words what happened to lines (moved, parted, joined, another shape). Pure.
 *
 * Lines that are the same hold the two states together. Between them the words are compared as one stream in which an end
 * of a line is a word too: so pressing Enter in a paragraph is a line parted, and not a paragraph written.
 */
import { aligned, alignedInChunks, type Change } from './aligned.ts';
import { type Block, type Piece, sameMarks, shapeOf, textOf } from './blocks.ts';
import { countWords } from './words.ts';

/** Words in a line: they stand in both, or only in the newer (`in`) or the older state (`out`). */
export type Part = { kind: 'same' | 'in' | 'out'; text: string; author: string | null };

export type Line = {
	/**
	 * `same` and `moved` have only the same words; `in` and `out` are whole lines that came or went; `from` is where a moved
	 * line stood.
	 */
	kind: 'same' | 'changed' | 'in' | 'out' | 'moved' | 'from';
	/** As it is in the newer state, or was in the older one where it is gone. */
	shape: Pick<Block, 'kind' | 'inside' | 'begins'>;
	parts: Part[];
	/** What happened beside the words, in whole sentences. */
	notes: string[];
};

export type Difference = {
	lines: Line[];
	/** How many words came, by whom they are. */
	added: { author: string | null; words: number }[];
	/** How many words went. */
	removed: number;
	/** Lines that stand elsewhere, have another shape, or words with other marks. */
	moved: number;
	restyled: number;
	/** Whether anything is different at all. */
	any: boolean;
};

/** A line of fewer letters that is gone here and new there is chance: "Yes." */
const shortestMove = 12;

type Token = { text: string; piece: Piece };
/** A line of one state. */
type Told = { block: Block; text: string };

export function difference(before: readonly Block[], after: readonly Block[]): Difference {
	const [old, now] = [before.map(told), after.map(told)];
	const lines: Line[] = [];
	let [o, n] = [0, 0];
	// Lines that hold nothing hold nothing together.
	const anchors = inCommon(
		old.map(({ text }, i) => text.trim() || `\0${i}`),
		now.map(({ text }, i) => text.trim() || `\u0001${i}`)
	);
	for (const [i, j] of [...anchors, [old.length, now.length] as const]) {
		lines.push(...between(old.slice(o, i), now.slice(n, j)));
		if (i < old.length && j < now.length) lines.push(sameWords(old[i]!.block, now[j]!.block));
		[o, n] = [i + 1, j + 1];
	}
	findMoves(lines);
	return counted(lines);
}

const told = (block: Block): Told => ({ block, text: textOf(block) });

/** Places of what both lists have, in order. */
function inCommon(before: string[], after: string[]): [number, number][] {
	const common: [number, number][] = [];
	let [i, j] = [0, 0];
	for (const { kind, count } of aligned(before, after)) {
		if (kind === 'out') i += count;
		else if (kind === 'in') j += count;
		else for (let left = count; left > 0; left--) common.push([i++, j++]);
	}
	return common;
}

/** A word, white space, or a single sign. */
const tokens = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*|\s+|[^\s\p{L}\p{N}]/gu;
const lineEnd = '\u2029';

function tokensOf(block: Block): Token[] {
	const text = textOf(block);
	const found: Token[] = [];
	let piece = 0;
	let end = block.pieces[0]?.text.length ?? 0;
	for (const { 0: word, index } of text.matchAll(tokens)) {
		while (index >= end && piece < block.pieces.length - 1) end += block.pieces[++piece]!.text.length;
		found.push({ text: word, piece: block.pieces[piece]! });
	}
	return found;
}

/** What happened where no line is the same. */
function between(old: Told[], now: Told[]): Line[] {
	if (old.length === 0) return now.map(({ block }) => whole('in', block));
	if (now.length === 0) return old.map(({ block }) => whole('out', block));
	type Stream = { text: string; token: Token | null; block: Block }[];
	const stream = (lines: Told[]): Stream =>
		lines.flatMap(({ block }) => [
			...tokensOf(block).map((token) => ({ text: token.text, token, block })),
			{ text: lineEnd, token: null, block }
		]);
	const [from, to] = [stream(old), stream(now)];
	const changes = alignedInChunks(
		from.map(({ text }) => text),
		to.map(({ text }) => text),
		(text, isFirst) => text === lineEnd || /^[.!?…]$/.test(text) || (isFirst && /^\s/.test(text))
	);
	const lines: Line[] = [];
	let line = emptyLine();
	let [o, n] = [0, 0];
	const close = (was: Block | null, is: Block | null) => {
		lines.push(...closed(line, was, is));
		line = emptyLine();
	};
	for (const { kind, count } of calmed(changes, from, to)) {
		for (let left = count; left > 0; left--) {
			const was = kind === 'in' ? null : from[o++]!;
			const is = kind === 'out' ? null : to[n++]!;
			if ((is ?? was)!.token) {
				line.parts.push({ kind, text: (is ?? was)!.text, author: (is ?? was)!.token!.piece.author });
				if (was && is && !sameMarks(was.token!.piece.marks, is.token!.piece.marks))
					line.remarked.push({ text: is.text, was: was.token!.piece, is: is.token!.piece });
			} else if (kind === 'same') close(was!.block, is!.block);
			else if (kind === 'in') {
				if (line.parts.some((part) => part.kind !== 'in')) line.parted = true;
				close(line.parts.every((part) => part.kind === 'in') ? null : (was?.block ?? null), is!.block);
			} else if (line.parts.every((part) => part.kind === 'out')) close(was!.block, null);
			else {
				line.joined = true;
				line.parts.push({ kind: 'out', text: ' ', author: null });
			}
		}
	}
	return lines;
}

/**
 * Of a sentence that was written anew, spaces stay, and "the" and "a" by chance: what is that short between changes is read
 * more easily as changed too. What went comes before what came.
 */
const calmed = (changes: Change[], from: { text: string }[], to: { text: string }[]): Change[] =>
	without(without(changes, from, to, 0, 1), from, to, 1, 3);

/** @param most words that are left out of what stays, where at least so many `beside` it change on both sides */
function without(
	changes: Change[],
	from: { text: string }[],
	to: { text: string }[],
	most: number,
	beside: number
): Change[] {
	let [o, n] = [0, 0];
	const told = changes.map(({ kind, count }) => {
		const texts = kind === 'in' ? to.slice(n, n + count) : from.slice(o, o + count);
		if (kind !== 'in') o += count;
		if (kind !== 'out') n += count;
		const words = texts.reduce((sum, { text }) => sum + countWords(text), 0);
		return { kind, count, words, ends: texts.some(({ text }) => text === lineEnd) };
	});
	const changedBeside = (i: number, step: 1 | -1) => {
		let words = 0;
		for (let at = i + step, one = told[at]; one && one.kind !== 'same'; at += step, one = told[at]) words += one.words;
		return words;
	};
	const calm: Change[] = [];
	let [out, put] = [0, 0];
	const settle = () => {
		if (out > 0) calm.push({ kind: 'out', count: out });
		if (put > 0) calm.push({ kind: 'in', count: put });
		[out, put] = [0, 0];
	};
	told.forEach(({ kind, count, words, ends }, i) => {
		const isChance =
			kind === 'same' && words <= most && !ends && changedBeside(i, -1) >= beside && changedBeside(i, 1) >= beside;
		if (kind === 'same' && !isChance) {
			settle();
			calm.push({ kind, count });
			return;
		}
		if (kind !== 'in') out += count;
		if (kind !== 'out') put += count;
	});
	settle();
	return calm;
}

type Remarked = { text: string; was: Piece; is: Piece };
type OpenLine = { parts: Part[]; parted: boolean; joined: boolean; remarked: Remarked[] };
const emptyLine = (): OpenLine => ({ parts: [], parted: false, joined: false, remarked: [] });

/** A line as it is shown; two where nothing of the one that was there is left. */
function closed({ parts, parted, joined, remarked }: OpenLine, was: Block | null, is: Block | null): Line[] {
	const shown = together(parts);
	const shape = shapeIn((is ?? was)!);
	if (!is) return [{ kind: 'out', shape, parts: shown, notes: [] }];
	const hasSame = shown.some(({ kind, text }) => kind === 'same' && /\S/.test(text));
	const [came, went] = [shown.some(({ kind }) => kind === 'in'), shown.some(({ kind }) => kind === 'out')];
	if (!hasSame && came && went && was && !joined && !parted)
		return [
			{
				kind: 'out',
				shape: shapeIn(was),
				parts: together(shown.filter(({ kind }) => kind !== 'in').map(as('out'))),
				notes: []
			},
			{ kind: 'in', shape, parts: together(shown.filter(({ kind }) => kind !== 'out').map(as('in'))), notes: [] }
		];
	const notes: string[] = [];
	if (parted) notes.push('A new line begins after this.');
	if (joined) notes.push('Two lines became one.');
	if (was) notes.push(...reshaped(was, is), ...remarkedIn(remarked));
	const isNew = !was && !hasSame && !went && !parted;
	return [{ kind: isNew ? 'in' : came || went || notes.length > 0 ? 'changed' : 'same', shape, parts: shown, notes }];
}

const as = (kind: Part['kind']) => (part: Part) => ({ ...part, kind });
const shapeIn = ({ kind, inside, begins }: Block) => ({ kind, inside, begins });

/** A whole line that came or went. */
const whole = (kind: 'in' | 'out', block: Block): Line => ({
	kind,
	shape: shapeIn(block),
	parts: together(block.pieces.map(({ text, author }) => ({ kind, text, author }))),
	notes: []
});

/** A line with the same words in both, which may look otherwise. */
function sameWords(was: Block, is: Block): Line {
	const [old, now] = [tokensOf(was), tokensOf(is)];
	const remarked = now.flatMap(({ text, piece }, i) =>
		old[i] && !sameMarks(old[i].piece.marks, piece.marks) ? [{ text, was: old[i].piece, is: piece }] : []
	);
	const notes = [...reshaped(was, is), ...remarkedIn(remarked)];
	const parts = together(is.pieces.map(({ text, author }) => ({ kind: 'same' as const, text, author })));
	return { kind: notes.length > 0 ? 'changed' : 'same', shape: shapeIn(is), parts, notes };
}

/** Neighbours of one kind and, where it matters whose they are, by one author. */
function together(parts: Part[]): Part[] {
	const all: Part[] = [];
	for (const part of parts) {
		const last = all.at(-1);
		// Whose a space is says nothing.
		const isTheirs = part.kind !== 'in' || last?.author === part.author || !/\S/.test(part.text);
		if (last?.kind === part.kind && isTheirs) last.text += part.text;
		else all.push({ ...part });
	}
	return all;
}

const a = (shape: string) => `${/^[aeiou]/.test(shape) ? 'an' : 'a'} ${shape}`;

function reshaped(was: Block, is: Block): string[] {
	const [before, after] = [shapeOf(was), shapeOf(is)];
	return before === after ? [] : [`Was ${a(before)}, is ${a(after)} now.`];
}

const named = { em: 'in italics', strong: 'bold', link: 'a link' } as const;

function remarkedIn(remarked: Remarked[]): string[] {
	if (remarked.length === 0) return [];
	const said = new Set<string>();
	for (const { was, is } of remarked)
		for (const name of ['strong', 'em', 'link'] as const) {
			const [before, after] = [was, is].map(({ marks }) => marks.find((mark) => mark.name === name));
			if (!before && after) said.add(`became ${named[name]}`);
			else if (before && !after) said.add(`is not ${named[name]} any more`);
			else if (before?.href !== after?.href) said.add('leads elsewhere');
		}
	const words = remarked
		.map(({ text }) => text)
		.join('')
		.replace(/\s+/g, ' ')
		.trim();
	const quoted =
		words === '' ? 'White space' : `“${[...words].length > 60 ? `${[...words].slice(0, 60).join('')}…` : words}”`;
	return [`${quoted} ${[...said].join(' and ')}.`];
}

/** What went here and came there, word for word, was moved. */
function findMoves(lines: Line[]): void {
	const gone = new Map<string, number[]>();
	const textIn = ({ parts }: Line) =>
		parts
			.map(({ text }) => text)
			.join('')
			.trim();
	lines.forEach((line, i) => {
		if (line.kind !== 'out') return;
		const text = textIn(line);
		if (text.length < shortestMove) return;
		const places = gone.get(text);
		if (places) places.push(i);
		else gone.set(text, [i]);
	});
	lines.forEach((line, i) => {
		if (line.kind !== 'in') return;
		const from = gone.get(textIn(line))?.shift();
		if (from === undefined) return;
		const origin = lines[from]!;
		const notes = [`Moved here from further ${from < i ? 'up' : 'down'}.`];
		const [was, is] = [shapeOf(origin.shape), shapeOf(line.shape)];
		if (was !== is) notes.push(`Was ${a(was)}, is ${a(is)} now.`);
		Object.assign(line, { kind: 'moved', parts: line.parts.map(as('same')), notes });
		Object.assign(origin, {
			kind: 'from',
			parts: origin.parts.map(as('same')),
			notes: [`Stood here, and moved further ${from < i ? 'down' : 'up'}.`]
		});
	});
}

function counted(lines: Line[]): Difference {
	const added = new Map<string | null, number>();
	let [removed, moved, restyled] = [0, 0, 0];
	for (const { kind, parts, notes } of lines) {
		if (kind === 'moved') moved++;
		if (kind === 'changed' && parts.every((part) => part.kind === 'same')) restyled += notes.length > 0 ? 1 : 0;
		for (const part of parts) {
			const words = countWords(part.text);
			if (words === 0) continue;
			if (part.kind === 'in') added.set(part.author, (added.get(part.author) ?? 0) + words);
			else if (part.kind === 'out') removed += words;
		}
	}
	return {
		lines,
		added: [...added].map(([author, words]) => ({ author, words })).sort((a, b) => b.words - a.words),
		removed,
		moved,
		restyled,
		any: lines.some(({ kind }) => kind !== 'same')
	};
}

const words = (count: number) => `${count} ${count === 1 ? 'word' : 'words'}`;

/** "12 words added by Rosa and 4 by Idris, 3 taken out, 1 line moved." */
export function summaryOf(
	{ added, removed, moved, restyled, any }: Pick<Difference, 'added' | 'removed' | 'moved' | 'restyled' | 'any'>,
	nameOf: (author: string | null) => string
): string {
	if (!any) return 'Nothing is different.';
	const said: string[] = [];
	added.forEach(({ author, words: count }, i) =>
		said.push(`${i === 0 ? `${words(count)} added` : count} by ${nameOf(author)}`)
	);
	const parts = [said.length > 1 ? `${said.slice(0, -1).join(', ')} and ${said.at(-1)!}` : said[0]].filter(Boolean);
	if (removed > 0) parts.push(added.length > 0 ? `${removed} taken out` : `${words(removed)} taken out`);
	if (moved > 0) parts.push(`${moved} ${moved === 1 ? 'line' : 'lines'} moved`);
	if (restyled > 0) parts.push(`${restyled} ${restyled === 1 ? 'line looks' : 'lines look'} different`);
	if (parts.length === 0) return 'Only signs, spaces or the breaks between lines are different.';
	return `${parts.join(', ')}.`;
}
