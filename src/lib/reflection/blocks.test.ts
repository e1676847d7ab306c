import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readAuthors } from './authors.ts';
import { authorOf, type Block, blocksOf, markersOf, shapeOf, textOf } from './blocks.ts';
import { rootName } from './document.ts';
import { settledOf, settledText } from './settled.ts';

type Run = [text: string, attributes?: Record<string, unknown>];
const element = (name: string, children: (string | Run[] | Y.XmlElement)[], attributes: object = {}) => {
	const made = new Y.XmlElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
	made.insert(
		0,
		children.map((child) => {
			if (child instanceof Y.XmlElement) return child;
			const text = new Y.XmlText();
			text.applyDelta(
				(typeof child === 'string' ? [[child] as Run] : child).map(([insert, attributes]) => ({ insert, attributes }))
			);
			return text;
		})
	);
	return made;
};
const p = (...children: Parameters<typeof element>[1]) => element('paragraph', children);
const document = (...blocks: Y.XmlElement[]) => {
	const doc = new Y.Doc();
	doc.getXmlFragment(rootName).insert(0, blocks);
	return doc;
};
const said = (block: Block) => `${shapeOf(block)}: ${textOf(block)}`;

const item = (...children: Parameters<typeof element>[1]) => element('list_item', children);
const cases: [what: string, make: () => Y.Doc, lines: string[]][] = [
	['nothing', () => document(), []],
	['an empty line', () => document(p()), ['paragraph: ']],
	[
		'headings',
		() => document(...[1, 2, 3].map((level) => element('heading', ['H'], { level }))),
		['heading: H', 'heading: H', 'smaller heading: H']
	],
	['a break in a line', () => document(p('a', element('hard_break', []), 'b')), ['paragraph: a\nb']],
	[
		'lists',
		() =>
			document(
				element('bullet_list', [
					item(p('one')),
					item(p('two'), p('and on'), element('ordered_list', [item(p('deep'))]))
				])
			),
		[
			'item of a list: one',
			'item of a list: two',
			'paragraph in a list: and on',
			'item of a numbered list 2 levels deep: deep'
		]
	],
	['a quotation', () => document(element('blockquote', [p('said')])), ['paragraph in a quotation: said']],
	['what is not known', () => document(element('table', [element('row', ['cell'])])), ['paragraph: cell']],
	[
		'what is only proposed is not there',
		() =>
			document(
				p([['I waited '], ['three ', { insertion: { by: 'idris' } }], ['seconds.']]),
				element('paragraph', [[['A line proposed.', { insertion: { id: '1' } }]]], { split: '1' }),
				element('paragraph', [' Then I nodded.'], { split: '2' }),
				element('paragraph', ['Another.'], { insertion: {} })
			),
		['paragraph: I waited seconds. Then I nodded.', 'paragraph: Another.']
	],
	['what is proposed to go is', () => document(p([['I '], ['waited', { deletion: {} }]])), ['paragraph: I waited']]
];

test.for(cases)('%s', ([, make, lines]) => {
	expect(blocksOf(make()).map(said)).toEqual(lines);
});

test.for(cases.filter(([what]) => what !== 'nothing'))('%s reads as what is frozen reads', ([, make]) => {
	const doc = make();
	expect(blocksOf(doc).map(textOf).join('\n')).toBe(settledText(settledOf(doc)));
});

describe('Pieces', () => {
	test('have their marks', () => {
		const doc = document(p([['a'], ['b', { strong: {}, em: {} }], ['c', { link: { href: 'javascript:alert(1)' } }]]));
		expect(blocksOf(doc)[0]!.pieces.map(({ text, marks }) => [text, marks])).toEqual([
			['a', []],
			['b', [{ name: 'em' }, { name: 'strong' }]],
			['c', [{ name: 'link', href: '' }]]
		]);
	});

	test('have their authors, of breaks too', () => {
		const doc = document(p('I waited'));
		const log = [{ personId: 'rosa', updates: [Y.encodeStateAsUpdate(doc)] }];
		const other = new Y.Doc();
		Y.applyUpdate(other, log[0]!.updates[0]!);
		other.on('update', (update: Uint8Array) => log.push({ personId: 'idris', updates: [update] }));
		const paragraph = other.getXmlFragment(rootName).get(0) as Y.XmlElement;
		paragraph.insert(1, [new Y.XmlElement('hard_break')]);
		(paragraph.get(0) as Y.XmlText).insert(1, ' really');
		const owners = new Map([
			[doc.clientID, 'rosa'],
			[other.clientID, 'idris']
		]);
		const { credits } = readAuthors(log, owners);
		expect(blocksOf(other, authorOf(owners, credits))[0]!.pieces.map(({ text, author }) => [author, text])).toEqual([
			['rosa', 'I'],
			['idris', ' really'],
			['rosa', ' waited'],
			['idris', '\n']
		]);
	});
});

test('a document that was made deep is read as text', () => {
	let inner = p('deep');
	for (let i = 0; i < 500; i++) inner = element('blockquote', [inner]);
	expect(blocksOf(document(inner)).map(textOf)).toEqual(['deep']);
});

test('items have dots, or numbers that count within their list', () => {
	const [item, on] = [true, false].map((begins) => (...inside: Block['inside']) => ({ inside, begins }));
	const shapes = [
		item!('numbers'),
		item!('numbers'),
		on!('numbers'),
		item!('numbers', 'numbers'),
		item!('numbers'),
		on!(),
		item!('numbers'),
		item!('bullets'),
		on!('quote')
	];
	expect(markersOf(shapes)).toEqual(['1.', '2.', '', '1.', '3.', '', '1.', '•', '']);
});
