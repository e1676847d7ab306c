/** Texts for trying what goes out of a reflection and comes back: everything that its schema allows, and odd signs. */
import type { SettledBlock, SettledInline, SettledMark } from '#lib/reflection/settled.ts';
import type { Random } from './fuzz/random.ts';

/** Signs that mean something to some format, and such as programs stumble over. */
const odd = [
	...'*_`~#>+-=|!\\/[](){}<>&"\'.,:;?%$^@0123456789',
	'**',
	'***',
	'__',
	'~~~',
	'```',
	'---',
	'===',
	'![',
	'](',
	'](<',
	'1. ',
	'10) ',
	'- ',
	'+ ',
	'# ',
	'> ',
	'&amp;',
	'&#35;',
	'<b>',
	'</p>',
	'<script>',
	'<!--',
	'http://x.org',
	'\t',
	'  ',
	'\u00a0',
	'\u200d',
	'\u2013',
	'“',
	'’',
	'é',
	'e\u0301',
	'ß',
	'ж',
	'λ',
	'ệ',
	'中文',
	'שלום',
	'مرحبا',
	'👩‍👧',
	'🎉',
	'𝔘',
	'\ufeff'
];
const letters = 'a b c word Two  three four. five'.split(/(?<=\s)/);
const addresses = [
	'https://example.org/',
	'https://example.org/a?b=1&copy=2#c',
	'https://example.org/(a)_%5Bb%5D',
	'mailto:rosa@example.org',
	'http://xn--bcher-kva.example/%C3%BC*_~'
];

const some = <T>(random: Random, most: number, make: () => T): T[] =>
	Array.from({ length: 1 + random.int(most) }, make);

function words(random: Random): string {
	return some(random, 5, () => (random.oneIn(3) ? random.pick(odd) : random.pick(letters))).join('');
}

function inline(random: Random, breaks: boolean): SettledInline[] {
	return some(random, 5, (): SettledInline => {
		if (breaks && random.oneIn(6)) return { type: 'hard_break' };
		const marks: SettledMark[] = [
			...(random.oneIn(5) ? [{ type: 'link' as const, attrs: { href: random.pick(addresses) } }] : []),
			...(random.oneIn(3) ? [{ type: 'em' as const }] : []),
			...(random.oneIn(3) ? [{ type: 'strong' as const }] : [])
		];
		return { type: 'text', ...(marks.length > 0 ? { marks } : {}), text: words(random) };
	});
}

/** Some blocks, as odd as they come; not tidied. */
export function someBlocks(random: Random, depth = 0): SettledBlock[] {
	return some(random, depth === 0 ? 6 : 3, () => someBlock(random, depth));
}

function someBlock(random: Random, depth: number): SettledBlock {
	const kind = depth > 4 ? 0 : random.int(8);
	if (kind === 1) return { type: 'heading', attrs: { level: random.oneIn(2) ? 2 : 3 }, content: inline(random, false) };
	if (kind === 2) return { type: 'blockquote', content: someBlocks(random, depth + 1) };
	if (kind === 3 || kind === 4)
		return {
			type: kind === 3 ? 'bullet_list' : 'ordered_list',
			content: some(random, 3, () => ({ type: 'list_item' as const, content: someBlocks(random, depth + 1) }))
		};
	return { type: 'paragraph', content: inline(random, true) };
}
