/**
 * Posts that were begun and not sent, and those that were sent without an answer: they survive a reload and an absence of the
 * network in this browser. Each is kept by itself, under its person, its place and the form that it goes by, so that two tabs
 * never write over each other's, and what was sent before a reload is the same post afterwards. Gone once it is posted, at
 * sign-out, 14 days after its last letter, and never there on a shared computer (docs/decisions/0012).
 */
import { keptFor } from '#lib/reflection/left-here.ts';
import type { Body } from './body.ts';
import { keyOf, keysOf, type Place, prefix } from './kept-keys.ts';
import type { FileShown } from './threads.server.ts';

/** What an answer quotes: a post, by id and as it is shown, and which of its words. */
export type Quoted = { id: string; number: number; by: string; text: string };

export type Kept = {
	/** The form that it goes by: the same once more is the same post. */
	form: string;
	words: string;
	/** The same with looks, where an editor made it. */
	body: Body | null;
	/** Files that were sent before; the server keeps them for a day. */
	files: FileShown[];
	title: string;
	/** What else its form says: what it is about, and of which kind. */
	choices: Record<string, string>;
	quote: Quoted | null;
	/** When the last letter was typed; in ms. */
	at: number;
	/** Its person has sent it, and nobody knows yet whether it arrived. */
	sent: boolean;
	/** Why it was not taken, in a sentence, where it was sent while its place was not open. */
	trouble?: string;
};

/** Something begun or sent, and where it belongs. */
export type Here = { place: Place; kept: Kept };

/** Sent by itself so long after its last letter; what is older is for its person to look at first. */
export const sentFor = 24 * 3_600_000;

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const isQuoted = (found: unknown): found is Quoted | null => {
	if (found === null) return true;
	const { id, number, by, text } = (found ?? {}) as Partial<Record<keyof Quoted, unknown>>;
	return typeof id === 'string' && typeof number === 'number' && typeof by === 'string' && typeof text === 'string';
};

/** What was written down, if it still holds. Pure. */
export function readKept(found: string | null, now: number): Kept | null {
	try {
		const { form, words, body, files, title, choices, quote, at, sent, trouble } = JSON.parse(
			found ?? 'null'
		) as Record<keyof Kept, unknown>;
		if (typeof form !== 'string' || !idForm.test(form) || typeof words !== 'string' || typeof title !== 'string')
			return null;
		if (words.trim() === '' && title.trim() === '') return null;
		if (typeof at !== 'number' || !(now - at <= keptFor) || typeof sent !== 'boolean' || !isQuoted(quote)) return null;
		const looks = typeof body === 'object' && body !== null ? (body as Body) : null;
		const chosen = Object.entries(choices ?? {}).filter((one): one is [string, string] => typeof one[1] === 'string');
		const added = (Array.isArray(files) ? (files as Partial<FileShown>[]) : []).filter(
			(file): file is FileShown => typeof file?.id === 'string' && typeof file.name === 'string'
		);
		return {
			form,
			words,
			body: looks,
			files: added,
			title,
			choices: Object.fromEntries(chosen),
			quote,
			at,
			sent,
			...(typeof trouble === 'string' && { trouble })
		};
	} catch {
		return null;
	}
}

/** What this person has begun there, the latest first; takes away what has been there too long, whoever's it is. */
export function keptThere(storage: Storage, personId: string, place: Place, now = Date.now()): Kept[] {
	const found: Kept[] = [];
	for (const key of Object.keys(storage).filter((name) => name.startsWith(prefix))) {
		const kept = readKept(storage.getItem(key), now);
		if (!kept) storage.removeItem(key);
		else if (key === keyOf(personId, place, kept.form)) found.push(kept);
	}
	return found.sort((a, b) => b.at - a.at);
}

/** What this person has begun or sent, wherever it belongs, the oldest first. */
export function allHere(storage: Storage, personId: string, now = Date.now()): Here[] {
	const begin = keysOf(personId, '');
	return Object.keys(storage)
		.filter((key) => key.startsWith(begin))
		.flatMap((key) => {
			const kept = readKept(storage.getItem(key), now);
			return kept ? [{ place: key.slice(begin.length, key.lastIndexOf('/')) as Place, kept }] : [];
		})
		.sort((a, b) => a.kept.at - b.kept.at);
}

/** What this person has sent and nobody has answered, the oldest first. */
export const unanswered = (storage: Storage, personId: string, now = Date.now()): Here[] =>
	allHere(storage, personId, now).filter(({ kept }) => kept.sent);

/** Whether somebody meant it to be posted, and nobody has told them on its page that it was not. */
export const isOwed = ({ sent, trouble }: Kept): boolean => sent || trouble !== undefined;

/** Whether others than this person have begun something here. */
export const hasOthers = (storage: Storage, personId: string): boolean =>
	Object.keys(storage).some((key) => key.startsWith(prefix) && !key.startsWith(keysOf(personId, '')));

/** Takes away what one person has begun and not sent. What was sent and not answered stays: the server may lack it. */
export function forgetBegun(storage: Storage, personId: string): void {
	const begin = keysOf(personId, '');
	for (const key of Object.keys(storage).filter((name) => name.startsWith(begin))) {
		const kept = readKept(storage.getItem(key), Date.now());
		if (!kept || !isOwed(kept)) storage.removeItem(key);
	}
}
