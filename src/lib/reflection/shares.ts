/** How much of a text is whose, and what may be said of it to somebody who judges it. Pure. */
import { type Block, textOf } from './blocks.ts';

/** `author` is null for what nobody can be named for. */
export type Share = { author: string | null; words: number; characters: number };

const word = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/**
 * What each wrote of a text, most first. A word is whose most of its letters are; of equal parts, whoever began it.
 * Characters are counted as people see them, spaces too.
 */
export function sharesOf(blocks: readonly Block[]): Share[] {
	const shares = new Map<string | null, Share>();
	const of = (author: string | null) => {
		const known = shares.get(author);
		if (known) return known;
		const share = { author, words: 0, characters: 0 };
		shares.set(author, share);
		return share;
	};
	for (const block of blocks) {
		const authors: (string | null)[] = [];
		for (const { text, author } of block.pieces) {
			for (let i = 0; i < text.length; i++) authors.push(author);
			if (text) of(author).characters += [...text.replace(/\n/g, '')].length;
		}
		for (const { 0: found, index } of textOf(block).matchAll(word)) {
			const letters = new Map<string | null, number>();
			for (let i = index; i < index + found.length; i++) letters.set(authors[i]!, (letters.get(authors[i]!) ?? 0) + 1);
			const [[author] = [null]] = [...letters].sort((a, b) => b[1] - a[1]);
			of(author).words++;
		}
	}
	return [...shares.values()]
		.filter(({ words, characters }) => words > 0 || characters > 0)
		.sort((a, b) => b.words - a.words || b.characters - a.characters);
}

export const wordsIn = (shares: readonly Share[]) => shares.reduce((sum, { words }) => sum + words, 0);
const charactersIn = (shares: readonly Share[]) => shares.reduce((sum, { characters }) => sum + characters, 0);

/**
 * A part of a whole in percent. It is rounded to the nearest, but never to nothing of something, or to all of what is not
 * all: "under 1 %", "over 99 %".
 */
export function percentOf(part: number, whole: number): string {
	if (whole === 0 || part === 0) return '0 %';
	if (part === whole) return '100 %';
	const percent = Math.round((100 * part) / whole);
	return percent === 0 || (percent === 1 && part * 100 < whole)
		? 'under 1 %'
		: percent === 100 || (percent === 99 && part * 100 > whole * 99)
			? 'over 99 %'
			: `${percent} %`;
}

export type SaidShare = Share & { ofWords: string; ofCharacters: string };

export const inPercent = (shares: readonly Share[]): SaidShare[] =>
	shares.map((share) => ({
		...share,
		ofWords: percentOf(share.words, wordsIn(shares)),
		ofCharacters: percentOf(share.characters, charactersIn(shares))
	}));

/**
 * What to say where the teacher's own words are fewer than the issuer asks for; null where they are enough, where the
 * issuer asks for nothing, and where nothing is written.
 */
export function ownWordsNotice(
	shares: readonly Share[],
	{ teacherId, ownWordsPercent, issuer }: { teacherId: string; ownWordsPercent: number | null; issuer: string }
): string | null {
	const all = wordsIn(shares);
	if (ownWordsPercent === null || all === 0) return null;
	const own = shares.find(({ author }) => author === teacherId)?.words ?? 0;
	if (own * 100 >= ownWordsPercent * all) return null;
	const rounded = percentOf(own, all);
	// "80 % and not 80 %" would help nobody.
	const said =
		Math.round((100 * own) / all) < ownWordsPercent ? rounded : `${(Math.floor((1000 * own) / all) / 10).toFixed(1)} %`;
	const unknown = shares.some(({ author, words }) => author === null && words > 0)
		? ' Some words have no known author and are not counted as the teacher’s.'
		: '';
	return `${issuer} asks that at least ${ownWordsPercent} % of the words are the teacher’s own. Here ${said} are.${unknown}`;
}

const listed = (parts: string[]) =>
	parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}` : (parts[0] ?? '');

/** What a note is made from: facts only, and nobody's name. */
export type NoteFacts = {
	shares: readonly Share[];
	teacherId: string;
	mentorId: string;
	microcredential: string;
	/** How many of the mentor's words surely came in as suggestions that the teacher accepted; null where that can't be known. */
	accepted: number | null;
	/** When it was worked on, and how many sittings that were; null where nothing was written. */
	work: { sittings: number; from: string; to: string } | null;
};

/** A note on how a text came about, for somebody who assesses it. It names nobody, and says only what the log knows. */
export function collaborationNote({ shares, teacherId, mentorId, microcredential, accepted, work }: NoteFacts): string {
	const all = wordsIn(shares);
	if (all === 0 || !work) return 'Nothing is written yet, so there is nothing to say about who wrote it.';
	const part = (author: string | null) => shares.find((share) => share.author === author)?.words ?? 0;
	const [teacher, mentor] = [part(teacherId), part(mentorId)];
	const others = all - teacher - mentor - part(null);
	const parts = [`a teacher wrote ${percentOf(teacher, all)}`];
	if (mentor > 0) parts.push(`a mentor ${percentOf(mentor, all)}`);
	if (others > 0) parts.push(`others ${percentOf(others, all)}`);
	if (part(null) > 0) parts.push(`of ${percentOf(part(null), all)} it is not known who wrote it`);
	const counted = `${all} ${all === 1 ? 'word' : 'words'}`;
	const when = work.from === work.to ? `on ${work.from}` : `between ${work.from} and ${work.to}`;
	return [
		`Collaboration note. Reflection for “${microcredential}”, ${counted}.`,
		`Of these words ${listed(parts)}.`,
		// Short stretches that were moved may be missed, so fewer are never said to be all.
		accepted && mentor > 0
			? `${accepted >= mentor ? 'All' : `At least ${accepted}`} of the mentor’s words came in as suggestions that the teacher accepted.`
			: '',
		mentor === 0 && others === 0 && part(null) === 0 ? 'No words of anybody else stand in the text.' : '',
		`It was written in ${work.sittings} ${work.sittings === 1 ? 'sitting' : 'sittings'} ${when}.`,
		'Authorship is by character: words keep their first author when they are moved, deleted and put back.'
	]
		.filter(Boolean)
		.join(' ');
}
