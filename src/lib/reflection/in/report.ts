import type { SettledBlock } from '../settled.ts';

/** What a file held that a reflection can not hold, and what became of it: counted on the way in, said in whole sentences. Pure. */

/** Each with the sentence for one of them and for more. */
const sentences = {
	table: ['1 table became lines of text.', (n: number) => `${n} tables became lines of text.`],
	picture: [
		'1 picture is not kept; its description is, where it had one.',
		(n: number) => `${n} pictures are not kept; their descriptions are, where they had one.`
	],
	note: ['1 footnote stands at the end.', (n: number) => `${n} footnotes stand at the end.`],
	comment: ['1 comment is not kept.', (n: number) => `${n} comments are not kept.`],
	change: [
		'1 suggested change was taken as accepted.',
		(n: number) => `${n} suggested changes were taken as accepted.`
	],
	headings: ['1 heading is of another level now.', (n: number) => `${n} headings are of another level now.`],
	'dividing line': ['1 dividing line is not kept.', (n: number) => `${n} dividing lines are not kept.`],
	code: ['1 piece of code became plain lines.', (n: number) => `${n} pieces of code became plain lines.`],
	look: [
		'Underlining, colours, crossed out or raised letters are not kept in 1 place; the words are.',
		(n: number) => `Underlining, colours, crossed out or raised letters are not kept in ${n} places; the words are.`
	],
	link: [
		'1 link led to no page on the web and is plain text now.',
		(n: number) => `${n} links led to no page on the web and are plain text now.`
	],
	number: [
		'1 list that began with another number begins with 1 now.',
		(n: number) => `${n} lists that began with another number begin with 1 now.`
	],
	html: ['1 piece of HTML stands as text.', (n: number) => `${n} pieces of HTML stand as text.`],
	nesting: [
		'Lists or quotations are nested too deep, so all of it stands as plain lines.',
		() => 'Lists or quotations are nested too deep, so all of it stands as plain lines.'
	],
	settings: [
		'The settings at the top of the file are not kept.',
		() => 'The settings at the top of the file are not kept.'
	],
	ours: [
		'The title and the lines about who wrote it, which Wayfellow had put there, are left out.',
		() => 'The title and the lines about who wrote it, which Wayfellow had put there, are left out.'
	]
} as const;

export type Unkept = keyof typeof sentences;

export class Report {
	readonly #counts = new Map<Unkept, number>();

	add(what: Unkept, times = 1): void {
		if (times > 0) this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
	}

	/** Always in the same order. */
	get sentences(): string[] {
		return (Object.keys(sentences) as Unkept[]).flatMap((what) => {
			const n = this.#counts.get(what) ?? 0;
			const [one, more] = sentences[what];
			return n === 0 ? [] : [n === 1 ? one : more(n)];
		});
	}
}

/** A file's text as blocks of ours, and what is to be said about it. */
export type ReadIn = { blocks: SettledBlock[]; unkept: string[] };
