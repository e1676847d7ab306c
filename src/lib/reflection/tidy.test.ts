import { expect, test } from 'vitest';
import { Random } from '../../../tests/fuzz/random.ts';
import { someBlocks } from '../../../tests/some-text.ts';
import { type SettledBlock, type SettledInline, settledText } from './settled.ts';
import { tidy } from './tidy.ts';

const p = (...content: SettledInline[]): SettledBlock => ({ type: 'paragraph', content });
const text = (text: string, ...marks: ('em' | 'strong')[]): SettledInline => ({
	type: 'text',
	...(marks.length > 0 ? { marks: marks.map((type) => ({ type })) } : {}),
	text
});
const br: SettledInline = { type: 'hard_break' };

test.for<[what: string, blocks: SettledBlock[], tidied: SettledBlock[]]>([
	['nothing', [], []],
	['an empty paragraph, and one of white space', [p(), p(text(' \u00a0'))], []],
	['breaks at the edges', [p(br, text('a'), br, br, text('b'), br)], [p(text('a'), br, br, text('b'))]],
	['a line break as a sign', [p(text('a\r\nb\nc'))], [p(text('a'), br, text('b'), br, text('c'))]],
	['signs that no file holds', [p(text('a\0b\u0007c\ud800d'))], [p(text('abc\ufffdd'))]],
	['pieces that look alike', [p(text('a', 'em'), text('b', 'em'))], [p(text('ab', 'em'))]],
	[
		'white space at the edges of bold words',
		[p(text('a'), text(' b ', 'strong'), text('c'))],
		[p(text('a '), text('b', 'strong'), text(' c'))]
	],
	[
		'a heading in two lines',
		[{ type: 'heading', attrs: { level: 2 }, content: [text('a'), br, text('b')] }],
		[{ type: 'heading', attrs: { level: 2 }, content: [text('a b')] }]
	],
	[
		'empty items, lists and quotations',
		[
			{ type: 'bullet_list', content: [{ type: 'list_item', content: [p()] }] },
			{ type: 'blockquote', content: [p(), p(text('x'))] }
		],
		[{ type: 'blockquote', content: [p(text('x'))] }]
	]
])('%s', ([, blocks, tidied]) => expect(tidy(blocks)).toEqual(tidied));

test('loses no word, and doing it twice is doing it once', () => {
	const words = (blocks: SettledBlock[]) => settledText({ content: blocks }).replace(/[\s\u200d\ufeff]/g, '');
	for (let seed = 1; seed <= 500; seed++) {
		const blocks = someBlocks(new Random(seed));
		const once = tidy(blocks);
		expect(words(once), `seed ${seed}`).toBe(words(blocks));
		expect(tidy(once), `seed ${seed}`).toEqual(once);
	}
});

test('nesting without end keeps its words', () => {
	let deep: SettledBlock = p(text('at the bottom'));
	for (let i = 0; i < 500; i++) deep = { type: 'blockquote', content: [deep] };
	expect(settledText({ content: tidy([deep]) })).toBe('at the bottom');
});
