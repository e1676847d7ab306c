import { initProseMirrorDoc } from '@tiptap/y-tiptap';
import type { Node } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { rootName } from './document.ts';
import { renderDocument } from './render.ts';
import { schema } from './schema.ts';
import { asStored, markName, renderSettled, settledFrom, settledOf, settledText } from './settled.ts';

type Run = [text: string, attributes?: Record<string, unknown>];
const rich = (...runs: Run[]) => {
	const text = new Y.XmlText();
	text.applyDelta(runs.map(([insert, attributes]) => ({ insert, attributes })));
	return text;
};
const element = (name: string, children: (string | Y.XmlText | Y.XmlElement)[], attributes: object = {}) => {
	const made = new Y.XmlElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
	made.insert(
		0,
		children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : child))
	);
	return made;
};
const p = (...runs: Run[]) => element('paragraph', [rich(...runs)]);
const document = (...blocks: (Y.XmlElement | Y.XmlText)[]) => {
	const doc = new Y.Doc();
	doc.getXmlFragment(rootName).insert(0, blocks);
	return doc;
};

const texts: [string, () => Y.Doc][] = [
	['nothing', () => document()],
	['an empty paragraph', () => document(element('paragraph', []), p(['and one']))],
	['headings', () => document(...[1, 2, 3, 9].map((level) => element('heading', ['H'], { level })))],
	['marks', () => document(p(['a', { strong: {}, em: {} }], ['b', { em: {}, link: { href: 'https://x.org/' } }]))],
	['breaks', () => document(element('paragraph', ['a', element('hard_break', []), 'b', element('hard_break', [])]))],
	[
		'lists in a quotation',
		() =>
			document(
				element('blockquote', [
					element('bullet_list', [
						element('list_item', [p(['one'])]),
						element('list_item', [p(['two']), element('ordered_list', [element('list_item', [p(['deep'])])])])
					])
				])
			)
	],
	['what looks like HTML', () => document(p(['<script>alert("&")</script>', { strong: {} }]))],
	['loose text', () => document(rich(['loose']), p(['a paragraph']))]
];

test.for(texts)('%s is drawn as the editor’s page draws it', ([, make]) => {
	const doc = make();
	expect(renderSettled(settledOf(doc))).toBe(renderDocument(doc));
});

test.for(texts.slice(0, 6))('%s is what ProseMirror says of it', ([, make]) => {
	const doc = make();
	const { doc: node } = initProseMirrorDoc(doc.getXmlFragment(rootName), schema) as { doc: Node };
	const settled = settledOf(doc);
	// A level that nobody can choose is drawn as the nearest, and stored as it is drawn.
	const drawn = JSON.parse(JSON.stringify(node), (key, value: unknown) => {
		if (key === 'level') return Number(value) >= 3 ? 3 : 2;
		// Nothing is suggested about it.
		return value === null || (key === 'attrs' && Object.keys(value as object).length === 0) ? undefined : value;
	}) as { content?: unknown };
	expect(settled.content).toEqual(drawn.content ?? [{ type: 'paragraph' }]);
	expect(schema.nodeFromJSON(settled).textContent).toBe(node.textContent);
});

describe('what is not text of the document yet, or is about it, is left out', () => {
	const words = (doc: Y.Doc) => settledText(settledOf(doc));

	test('a suggested insertion, alone and overlapping with others', () => {
		expect(words(document(p(['I waited'], [' five seconds', { insertion: { id: '1' } }], ['.'])))).toBe('I waited.');
		expect(words(document(p(['I waited'], [' long', { 'insertion--AbCd12+/': { id: '2' } }])))).toBe('I waited');
	});
	test('a suggested deletion stays', () => {
		expect(words(document(p(['I '], ['really ', { deletion: { id: '1' } }], ['waited.'])))).toBe('I really waited.');
	});
	test('words that a comment, a suggestion or a rubric row told apart are one run again', () => {
		const marked = document(
			p(
				['I '],
				['wait', { comment: { id: 'a' }, 'comment--AbCd12+/': { id: 'b' } }],
				['ed', { deletion: {} }],
				['.', { rubric: {} }]
			)
		);
		expect(asStored(settledOf(marked))).toBe(asStored(settledOf(document(p(['I waited.'])))));
	});
	test('a paragraph, break, item or list that is only suggested', () => {
		const proposed = (text: string) => element('paragraph', [rich([text, { insertion: { id: '1' } }])], { split: '1' });
		const doc = document(
			p(['One']),
			proposed('Two'),
			element('bullet_list', [element('list_item', [proposed('Three')])]),
			element('paragraph', ['Four', element('hard_break', [], { insertion: '1' }), 'more']),
			element('heading', ['Five'], { level: 2, insertion: '1' })
		);
		// What the editor shows as a heading is one, whatever a script says of it.
		expect(settledOf(doc).content).toHaveLength(3);
		expect(words(doc)).toBe('One\nFourmore\nFive');
	});
	test('a break in the middle of a sentence, a heading, a list and a bold word that are only suggested', () => {
		const was = (type: string, more = {}) => JSON.stringify({ id: '1', type, path: [], shared: 0, ...more });
		const doc = document(
			p(['One ']),
			element('paragraph', ['sentence.'], { split: '1' }),
			element('heading', ['Plain'], { level: 2, was: was('paragraph') }),
			element('bullet_list', [element('list_item', [element('paragraph', ['Alone'], { was: was('paragraph') })])]),
			p(['Soft', { strong: {}, restyled: { id: '1', was: '[]' } }])
		);
		expect(settledOf(doc)).toEqual(settledOf(document(p(['One sentence.']), p(['Plain']), p(['Alone']), p(['Soft']))));
	});
	test('what somebody forged about a suggestion changes nothing', () => {
		for (const was of ['{', 'null', '{"id":"1"}', '{"id":"1","type":"doc","path":["list_item"],"shared":0}'])
			expect(words(document(element('paragraph', ['One'], { was }))), was).toBe('One');
	});
	test('an empty line that somebody wrote stays', () => {
		expect(settledOf(document(p(['One']), element('paragraph', []))).content).toHaveLength(2);
	});
});

test('the same text is the same bytes, however it came about', () => {
	const [a, b] = [new Y.Doc(), new Y.Doc()];
	a.getXmlFragment(rootName).insert(0, [p(['One', { strong: {}, em: {} }], [' two', { em: {}, strong: {} }])]);
	b.getXmlFragment(rootName).insert(0, [element('paragraph', [])]);
	const text = new Y.XmlText();
	(b.getXmlFragment(rootName).get(0) as Y.XmlElement).insert(0, [text]);
	for (const [i, letter] of [...'One two'].entries()) text.insert(i, letter, { em: {}, strong: {} });
	const stored = asStored(settledFrom(Y.encodeStateAsUpdate(b)));
	expect(stored).toBe(asStored(settledOf(a)));
	expect(stored).toBe(
		'{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","marks":[{"type":"em"},{"type":"strong"}],"text":"One two"}]}]}'
	);
});

test('an address that leads anywhere dangerous is no link', () => {
	const doc = document(p(['here', { link: { href: 'javascript:alert(1)' } }]));
	expect(asStored(settledOf(doc))).not.toContain('javascript');
	const forged = [{ type: 'text', marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }], text: 'x' }];
	expect(renderSettled({ content: [{ type: 'paragraph', content: forged as never }] })).not.toContain('javascript');
});

test('nesting that no writer makes ends as text and takes nobody’s page along', () => {
	const doc = new Y.Doc();
	let at: Y.XmlFragment | Y.XmlElement = doc.getXmlFragment(rootName);
	for (let i = 0; i < 300; i++) {
		const quote = new Y.XmlElement('blockquote');
		at.insert(0, [quote]);
		at = quote;
	}
	at.insert(0, [p(['deep'])]);
	expect(settledText(settledOf(doc))).toBe('deep');
});

test('the hash that the binding writes behind a mark is not part of its name', () => {
	expect(['comment--AbCd12+/', 'comment', 'a--b'].map(markName)).toEqual(['comment', 'comment', 'a--b']);
});
