import { describe, expect, test } from 'vitest';
import type { Block, Piece } from './blocks.ts';
import { type Difference, difference, summaryOf } from './difference.ts';

const piece = (text: string, author: string | null = 'rosa', ...marks: Piece['marks']): Piece => ({
	text,
	author,
	marks
});
const line = (text: string | Piece[], more: Partial<Block> = {}): Block => ({
	kind: 'paragraph',
	inside: [],
	begins: false,
	pieces: typeof text === 'string' ? (text ? [piece(text)] : []) : text,
	...more
});

/** `I waited [-two-][+three+] seconds.`, a line each, with its kind where it is not plain, and its notes behind. */
const shown = ({ lines }: Difference) =>
	lines.map(({ kind, parts, notes }) =>
		[
			kind === 'same' || kind === 'changed' ? '' : `${kind}: `,
			...parts.map(({ kind, text }) => (kind === 'same' ? text : kind === 'in' ? `[+${text}+]` : `[-${text}-]`)),
			...notes.map((note) => ` (${note})`)
		].join('')
	);

const cases: [what: string, before: Block[], after: Block[], shown: string[]][] = [
	['nothing is different', [line('I waited.')], [line('I waited.')], ['I waited.']],
	['the first words', [line('')], [line('I waited.')], ['[+I waited.+]']],
	[
		'a word for a word',
		[line('I waited two seconds.')],
		[line('I waited three seconds.')],
		['I waited [-two-][+three+] seconds.']
	],
	['a word more', [line('I waited.')], [line('I really waited.')], ['I [+really +]waited.']],
	['a line more', [line('One.')], [line('One.'), line('Two and more.')], ['One.', 'in: [+Two and more.+]']],
	['a line in front', [line('One.')], [line('Two and more.'), line('One.')], ['in: [+Two and more.+]', 'One.']],
	['a line less', [line('One.'), line('Two.')], [line('One.')], ['One.', 'out: [-Two.-]']],
	[
		'Enter in a line parts it, and writes nothing',
		[line('I waited. Then they spoke.')],
		[line('I waited. '), line('Then they spoke.')],
		['I waited.  (A new line begins after this.)', 'Then they spoke.']
	],
	[
		'two lines become one',
		[line('I waited.'), line('They spoke.')],
		[line('I waited. They spoke.')],
		['I waited.[- -][+ +]They spoke. (Two lines became one.)']
	],
	[
		'a line that was written anew is one that went and one that came',
		[line('A quiet start before the bell.')],
		[line('Nobody had ever asked me that!')],
		['out: [-A quiet start before the bell.-]', 'in: [+Nobody had ever asked me that!+]']
	],
	[
		'a line that moved is not written twice',
		[line('The first thing I saw.'), line('The second thing.'), line('The third thing of all.')],
		[line('The second thing.'), line('The third thing of all.'), line('The first thing I saw.')],
		[
			'from: The first thing I saw. (Stood here, and moved further down.)',
			'The second thing.',
			'The third thing of all.',
			'moved: The first thing I saw. (Moved here from further up.)'
		]
	],
	[
		'another shape is said',
		[line('What I saw')],
		[line('What I saw', { kind: 'heading' })],
		['What I saw (Was a paragraph, is a heading now.)']
	],
	[
		'another shape of words that changed too',
		[line('What I saw')],
		[line('What I saw today', { inside: ['bullets'], begins: true })],
		['What I saw[+ today+] (Was a paragraph, is an item of a list now.)']
	],
	[
		'marks are said in words',
		[line('I waited for three seconds.')],
		[line([piece('I waited for '), piece('three seconds', 'rosa', { name: 'strong' }), piece('.')])],
		['I waited for three seconds. (“three seconds” became bold.)']
	],
	[
		'a link that leads elsewhere',
		[line([piece('here', 'rosa', { name: 'link', href: 'https://a.example' })])],
		[line([piece('here', 'rosa', { name: 'link', href: 'https://b.example' })])],
		['here (“here” leads elsewhere.)']
	],
	[
		'words that stay by chance in a new sentence are not kept apart',
		[line('Yesterday my whole class read the long and hard chapter in silence.')],
		[line('Every child of mine can write the first two lines alone in silence.')],
		[
			'[-Yesterday my whole class read the long and hard chapter-][+Every child of mine can write the first two lines alone+] in silence.'
		]
	],
	['emoji are never halved', [line('Good 😀')], [line('Good 😃')], ['Good [-😀-][+😃+]']]
];

test.for(cases)('%s', ([, before, after, lines]) => {
	expect(shown(difference(before, after))).toEqual(lines);
});

test.for(cases)('whatever is shown, the old and the new words are all in it: %s', ([, before, after]) => {
	const { lines } = difference(before, after);
	const read = (without: 'in' | 'out', alsoWithout: 'moved' | 'from') =>
		lines
			.filter(({ kind }) => kind !== alsoWithout)
			.map(({ parts }) =>
				parts
					.filter(({ kind }) => kind !== without)
					.map(({ text }) => text)
					.join('')
			)
			.join(' ')
			.replace(/\s+/g, '');
	const words = (blocks: Block[]) =>
		blocks
			.flatMap(({ pieces }) => pieces.map(({ text }) => text))
			.join(' ')
			.replace(/\s+/g, '');
	expect(read('in', 'moved')).toBe(words(before));
	expect(read('out', 'from')).toBe(words(after));
});

describe('The summary', () => {
	const nameOf = (author: string | null) => ({ rosa: 'Rosa', idris: 'Idris' })[author!] ?? 'somebody not known';
	const said = (before: Block[], after: Block[]) => summaryOf(difference(before, after), nameOf);

	test.for<[string, Block[], Block[], string]>([
		['nothing', [line('a b')], [line('a b')], 'Nothing is different.'],
		['one word', [line('a')], [line('a b')], '1 word added by Rosa.'],
		['by both', [line('a')], [line([piece('a b c '), piece('d', 'idris')])], '2 words added by Rosa and 1 by Idris.'],
		['in place of others', [line('a b')], [line('a c d')], '2 words added by Rosa, 1 taken out.'],
		['only taken out', [line('a b c')], [line('a')], '2 words taken out.'],
		['not known', [line('a')], [line([piece('a'), piece(' b', null)])], '1 word added by somebody not known.'],
		['a comma', [line('a b')], [line('a, b')], 'Only signs, spaces or the breaks between lines are different.'],
		['another shape', [line('a b')], [line('a b', { kind: 'heading' })], '1 line looks different.'],
		[
			'a move',
			[line('One thing I saw.'), line('Another thing.')],
			[line('Another thing.'), line('One thing I saw.')],
			'1 line moved.'
		]
	])('%s', ([, before, after, sentence]) => {
		expect(said(before, after)).toBe(sentence);
	});
});

/** The same numbers for the same seed. */
const dice = (seed: number) => () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

test('of a thousand random pairs of texts no word is lost or made up', () => {
	const vocabulary = ['I', 'waited', 'the', 'class', 'three', 'seconds', 'spoke', 'and', 'quiet', 'a', '.', ','];
	for (let seed = 1; seed <= 1000; seed++) {
		const roll = dice(seed);
		const pick = <T>(list: readonly T[]) => list[Math.floor(roll() * list.length)]!;
		const sentence = () => Array.from({ length: Math.floor(roll() * 12) }, () => pick(vocabulary)).join(' ');
		const before = Array.from({ length: 1 + Math.floor(roll() * 5) }, () => line(sentence()));
		const after = before
			.flatMap((block) => {
				const way = roll();
				if (way < 0.2) return [];
				if (way < 0.4) return [block, line(sentence())];
				if (way < 0.7)
					return [line(block.pieces.map(({ text }) => text.replace(pick(vocabulary), pick(vocabulary))).join(''))];
				return [block];
			})
			.sort(() => (roll() < 0.1 ? -1 : 0));
		const { lines } = difference(before, after);
		const read = (without: string, alsoWithout: string) =>
			lines
				.filter(({ kind }) => kind !== alsoWithout)
				.flatMap(({ parts }) => parts.filter(({ kind }) => kind !== without).map(({ text }) => text))
				.join('')
				.replace(/\s+/g, '');
		const words = (blocks: Block[]) =>
			blocks
				.flatMap(({ pieces }) => pieces.map(({ text }) => text))
				.join('')
				.replace(/\s+/g, '');
		expect(read('in', 'moved'), `seed ${seed}, old`).toBe(words(before));
		expect(read('out', 'from'), `seed ${seed}, new`).toBe(words(after));
	}
});
