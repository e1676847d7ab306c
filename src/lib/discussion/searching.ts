/**
 * What somebody looks for in their cohorts, out of an address; how their words are understood; and how hits are marked. Pure;
 * `search.server.ts` asks Postgres.
 */
import { readDay } from '#lib/pairing/day.ts';
import { cleanText } from './body.ts';
import { type Kind, kindOf } from './kinds.ts';

export type Looking = {
	/** As typed. */
	words: string;
	/** Ids. */
	cohort: string | null;
	competency: string | null;
	author: string | null;
	kind: Kind | null;
	/** Days in the person's zone, both included. */
	from: string | null;
	until: string | null;
	order: 'best' | 'newest';
	/** From 1. */
	page: number;
};

export const onPage = 20;
/** Whoever has not found it among a thousand posts says one word more. Also the end of `total`. */
export const mostFound = 1000;
const mostPages = mostFound / onPage;
/** More than anybody types into a box; the rest is not looked for. */
export const longestSearch = 200;
const mostWords = 16;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A choice that is none of ours finds nothing, and Postgres is not asked what it can't read. */
const none = '00000000-0000-0000-0000-000000000000';
const idOf = (text: string | null) => (text === null ? null : uuid.test(text) ? text.toLowerCase() : none);

/** A day that there is, in years that somebody may mean. */
const dayOf = (text: string | null): string | null => (/^(19|20|21)/.test(text ?? '') ? readDay(text) : null);

export function lookingIn(address: URLSearchParams): Looking {
	const asked = (name: string) =>
		cleanText(address.get(name) ?? '')
			.trim()
			.slice(0, longestSearch)
			.toWellFormed() || null;
	return {
		words: asked('q') ?? '',
		cohort: idOf(asked('cohort')),
		competency: idOf(asked('competency')),
		author: idOf(asked('author')),
		kind: kindOf(asked('kind')),
		from: dayOf(asked('from')),
		until: dayOf(asked('until')),
		order: asked('order') === 'newest' ? 'newest' : 'best',
		page: Math.min(Math.max(Math.trunc(Number(asked('page'))) || 1, 1), mostPages)
	};
}

/** The same, as the end of an address; what is not asked for is not in it. */
export function addressOf(looking: Looking): string {
	const { words, page, order, ...filters } = looking;
	const all = { q: words, ...filters, order: order === 'newest' ? order : null, page: page > 1 ? page : null };
	const kept = Object.entries(all).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
	return kept.length ? `?${new URLSearchParams(kept)}` : '';
}

/** Whether anything is asked for: without words and choices there is nothing to list. */
export const asksAnything = ({ words, competency, author, kind, from, until }: Looking): boolean =>
	[words, competency, author, kind, from, until].some(Boolean);

/** A word, words in quotation marks, or "or" between two, as somebody typed it. */
export type Term = { kind: 'word' | 'phrase'; text: string; without: boolean } | { kind: 'or' };

/** "exit ticket" -homework: what stands in quotation marks is looked for as it is, what stands behind a hyphen is left out. */
export function termsOf(text: string): Term[] {
	const terms: Term[] = [];
	let words = 0;
	for (const [, hyphen, phrase, bare] of text
		.normalize('NFKC')
		.replace(/[“”„«»]/g, '"')
		.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
		// "self-control" is found where somebody wrote "self control", and the other way round.
		const found = (phrase ?? bare ?? '').match(/[\p{L}\p{N}]+(?:[.'’@_:]+[\p{L}\p{N}]+)*/gu) ?? [];
		if (found.length === 0) continue;
		if (phrase === undefined && !hyphen && bare!.toLowerCase() === 'or') {
			if (terms.length > 0 && terms.at(-1)!.kind !== 'or') terms.push({ kind: 'or' });
			continue;
		}
		words += found.length;
		if (words > mostWords) break;
		const without = hyphen === '-';
		if (phrase !== undefined || without) terms.push({ kind: 'phrase', text: found.join(' '), without });
		else terms.push(...found.map((text): Term => ({ kind: 'word', text, without })));
	}
	if (terms.at(-1)?.kind === 'or') terms.pop();
	return terms;
}

/** The same for `websearch_to_tsquery`, which refuses nothing; in quotation marks no word speaks its language. */
export const asked = (terms: readonly Term[]): string =>
	terms.map((term) => (term.kind === 'or' ? 'or' : `${term.without ? '-' : ''}"${term.text}"`)).join(' ');

/** Any one of the words that are to be there. */
export const anyOf = (terms: readonly Term[]): string =>
	terms
		.flatMap((term) => (term.kind === 'or' || term.without ? [] : term.text.split(' ').map((word) => `"${word}"`)))
		.join(' or ');

/** The single words that may be slips of the keyboard. */
export const correctable = (terms: readonly Term[]): string[] => [
	...new Set(
		terms.flatMap((term) =>
			term.kind === 'or' || term.without
				? []
				: term.text
						.toLowerCase()
						.split(' ')
						.filter((word) => /^\p{L}+$/u.test(word))
		)
	)
];

/** The terms with other words in place of some; a word whose place is taken by nothing goes. */
export const corrected = (terms: readonly Term[], instead: ReadonlyMap<string, string | null>): Term[] =>
	tidy(
		terms.flatMap((term): Term[] => {
			if (term.kind === 'or' || term.without) return [term];
			const words = term.text.split(' ').flatMap((word) => {
				const by = instead.get(word.toLowerCase());
				return by === undefined ? word : (by ?? []);
			});
			return words.length ? [{ ...term, text: words.join(' ') }] : [];
		})
	);

/** An "or" stands between two. */
const tidy = (terms: Term[]): Term[] =>
	terms.filter((term, i) => term.kind !== 'or' || (i > 0 && i < terms.length - 1 && terms[i - 1]!.kind !== 'or'));

/** Signs that Postgres puts around hits: of a range that no keyboard and no font has. */
export const marks = { from: '\ue000', to: '\ue001' };
export type Piece = { text: string; hit: boolean };

/** A text with signs around its hits, as pieces to show: never as HTML. */
export function piecesOf(marked: string): Piece[] {
	const pieces: Piece[] = [];
	let hit = false;
	for (const part of marked.replace(/\s+/g, ' ').split(/([\ue000\ue001])/)) {
		if (part === marks.from) hit = true;
		else if (part === marks.to) hit = false;
		else if (part !== '') pieces.push({ text: part, hit });
	}
	return pieces;
}

/** Characters of a snippet: about three lines on a phone. */
const snippet = 240;
/** What leads up to the first hit. */
const before = 70;

/** As much of a text with signs around its hits as shows them, cut between words. */
export function snippetOf(marked: string): Piece[] {
	const text = marked.replace(/\s+/g, ' ').trim();
	const first = text.indexOf(marks.from);
	let from = 0;
	if (first > before && text.length > snippet) {
		const start = Math.max(0, Math.min(first - before, text.length - snippet));
		from = text.lastIndexOf(' ', start) + 1;
		// A word without end is cut where it has to be.
		if (start - from > before) from = start;
	}
	let to = text.length;
	if (to - from > snippet) {
		const space = text.lastIndexOf(' ', from + snippet);
		to = space > from + snippet / 2 ? space : from + snippet;
	}
	const pieces = piecesOf(text.slice(from, to).toWellFormed().replaceAll('\ufffd', ''));
	if (from > 0) pieces.unshift({ text: '… ', hit: false });
	if (to < text.length) pieces.push({ text: ' …', hit: false });
	return pieces;
}
