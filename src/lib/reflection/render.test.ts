import { initProseMirrorDoc } from '@tiptap/y-tiptap';
import { DOMSerializer, type Node } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { rootName } from './document.ts';
import { excerpt, plainText, renderDocument, renderUpdate, wordCount } from './render.ts';
import { schema } from './schema.ts';

type Part = string | Y.XmlText | Y.XmlElement;

const element = (name: string, children: Part[], attributes: Record<string, unknown> = {}) => {
	const made = new Y.XmlElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
	made.insert(
		0,
		children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : child))
	);
	return made;
};
const rich = (...runs: [text: string, marks?: Record<string, unknown>][]) => {
	const text = new Y.XmlText();
	text.applyDelta(runs.map(([insert, attributes]) => ({ insert, attributes })));
	return text;
};
const document = (...blocks: (Y.XmlElement | Y.XmlText)[]) => {
	const doc = new Y.Doc();
	doc.getXmlFragment(rootName).insert(0, blocks);
	return doc;
};

/** What ProseMirror draws, without a browser: its own serializer over a DOM of a dozen lines. */
function drawnByEditor(doc: Y.Doc): string {
	const { doc: node } = initProseMirrorDoc(doc.getXmlFragment(rootName), schema) as { doc: Node };
	type El = { tag: string; attributes: [string, string][]; children: (El | string)[] };
	const make = (tag: string): El => ({ tag, attributes: [], children: [] });
	const wrap = (el: El) =>
		Object.assign(el, {
			nodeType: 1,
			appendChild: (child: El | string) => void el.children.push(child),
			setAttribute: (name: string, value: string) => void el.attributes.push([name, value])
		});
	const fake = {
		createElement: (tag: string) => wrap(make(tag)),
		createTextNode: (text: string) => text,
		createDocumentFragment: () => wrap(make(''))
	};
	const root = DOMSerializer.fromSchema(schema).serializeFragment(node.content, {
		document: fake as unknown as Document
	}) as unknown as El;
	const html = (part: El | string): string => {
		if (typeof part === 'string')
			return part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
		const inner = part.children.map(html).join('');
		const attributes = part.attributes.map(([name, value]) => ` ${name}="${html(value)}"`).join('');
		if (!part.tag) return inner;
		if (part.tag === 'br') return `<br${attributes}>`;
		const textblock = /^(p|h\d)$/.test(part.tag);
		const needsBreak = textblock && (inner === '' || /<br[^<>]*>$/.test(inner) || /\n(<\/\w+>)*$/.test(inner));
		return `<${part.tag}${attributes}>${inner}${needsBreak ? '<br>' : ''}</${part.tag}>`;
	};
	return html(root);
}

const bold = { strong: {} };
let comments = 0;
const comment = (id: string) => ({ [`comment--${String(comments++).padStart(8, '0')}`]: { id } });
const link = (href: unknown) => ({ link: { href } });

describe('the server draws what the editor draws', () => {
	test.for<[string, () => Y.Doc]>([
		['paragraphs', () => document(element('paragraph', ['One.']), element('paragraph', ['Two.']))],
		['newlines in a plain text', () => document(element('paragraph', ['One\n  two\n']))],
		['an empty paragraph', () => document(element('paragraph', []), element('paragraph', ['']))],
		['headings', () => document(...[1, 2, 3, 9].map((level) => element('heading', ['H'], { level })))],
		['a heading without a level', () => document(element('heading', ['H']))],
		[
			'marks, in the order of the schema',
			() =>
				document(
					element('paragraph', [rich(['a', { strong: {}, em: {} }], ['b', { em: {}, ...link('https://x.org/') }])])
				)
		],
		['a break at the end', () => document(element('paragraph', ['a', element('hard_break', [])]))],
		[
			'lists in lists',
			() =>
				document(
					element('bullet_list', [
						element('list_item', [
							element('paragraph', ['a']),
							element('ordered_list', [element('list_item', [element('paragraph', ['b'])])])
						])
					])
				)
		],
		[
			'an item that begins with a list, after a merge',
			() =>
				document(
					element('bullet_list', [
						element('list_item', [element('bullet_list', [element('list_item', [element('paragraph', ['kept'])])])])
					])
				)
		],
		['a quote', () => document(element('blockquote', [element('paragraph', ['q'])]))],
		['an unknown element', () => document(element('table', [element('row', [element('paragraph', ['kept'])])]))],
		['an unknown mark', () => document(element('paragraph', [rich(['kept', { colour: { id: 1 } }], ['b', bold])]))],
		[
			'comments that overlap, around other marks',
			() =>
				document(
					element('paragraph', [
						rich(
							['a', comment('one')],
							['b', { strong: {}, ...comment('one'), ...comment('two'), ...link('https://x.org/') }],
							['c\n', comment('two')]
						)
					])
				)
		],
		[
			'comments without an id, with an odd one, and by a client that does not hash',
			() =>
				document(
					element('paragraph', [
						rich(
							['a', { 'comment--AAAAAAAA': {} }],
							['b', { 'comment--BBBBBBBB': { id: '"><script>' } }],
							['c', { comment: { id: 1 } }],
							['d', { comment: true }]
						)
					])
				)
		],
		['a block inside a paragraph', () => document(element('paragraph', ['a', element('paragraph', ['b'])]))],
		['text straight in a quote', () => document(element('blockquote', ['kept', element('paragraph', ['b'])]))],
		['a paragraph straight in a list', () => document(element('bullet_list', [element('paragraph', ['kept'])]))],
		[
			'what is suggested about words',
			() =>
				document(
					element('paragraph', [
						rich(['in', { insertion: { id: '1' }, ...bold }], [' '], ['out', { deletion: { id: '1' } }]),
						element('hard_break', [], { insertion: '1' }),
						rich(['look', { restyled: { id: '1', was: '[]' }, em: {} }]),
						element('hard_break', [], { deletion: '2' })
					])
				)
		],
		[
			'what is suggested about blocks',
			() =>
				document(
					element('paragraph', ['One'], { split: '1', was: '{}' }),
					element('heading', ['Two'], { level: 2, join: '1' })
				)
		],
		['hostile text', () => document(element('paragraph', ['<script>alert("1")</script> & more']))],
		['a hostile element name', () => document(element('img src=x onerror=alert(1)', ['kept']))]
	])('%s', ([, make]) => {
		expect(renderDocument(make())).toBe(drawnByEditor(make()));
	});
});

test('opening a document that the schema does not know takes no word out of it', () => {
	const doc = document(
		element('table', [element('paragraph', ['one'])]),
		element('paragraph', [rich(['two', { suggestion: { by: 'x' } }])]),
		element('list_item', ['three'])
	);
	initProseMirrorDoc(doc.getXmlFragment(rootName), schema);
	expect(plainText(doc)).toBe('one\ntwo\nthree');
});

test.for([
	['javascript:alert(1)'],
	['JaVaScRiPt:alert(1)'],
	[' javascript:alert(1)'],
	['data:text/html,<script>1</script>'],
	['vbscript:x'],
	['//evil.example'],
	[{}],
	[null],
	[undefined]
])('%s never becomes an address', ([href]) => {
	const html = renderDocument(document(element('paragraph', [rich(['here', link(href)])])));
	expect(html).not.toContain('href');
	expect(html).toContain('here');
});

test('an address can not break out of its quotes', () => {
	const html = renderDocument(
		document(element('paragraph', [rich(['x', link('https://x.org/"onmouseover="alert(1)')])]))
	);
	expect(html).toBe('<p><a href="https://x.org/%22onmouseover=%22alert(1)" rel="noopener noreferrer">x</a></p>');
});

test('text straight in the root and things that are no text never throw', () => {
	const embedded = new Y.XmlText('a');
	const doc = document(new Y.XmlText('loose'), new Y.XmlElement('hard_break'), element('paragraph', [embedded]));
	embedded.insertEmbed(1, { image: 'x' });
	doc.getXmlFragment(rootName).insert(0, [new Y.XmlHook('hook') as unknown as Y.XmlElement]);
	expect(renderDocument(doc)).toBe('<p>loose<br><br></p><p>a\ufffc</p>');
});

test('a thousand levels deep is shown as text, and a hundred thousand harm nobody', () => {
	const nested = (levels: number) => {
		const doc = new Y.Doc();
		let inside: Y.XmlFragment = doc.getXmlFragment(rootName);
		doc.transact(() => {
			for (let i = 0; i < levels; i++) {
				const next = new Y.XmlElement('blockquote');
				inside.insert(0, [next]);
				inside = next;
			}
			inside.insert(0, [new Y.XmlText('deep')]);
		});
		return doc;
	};
	expect(renderDocument(nested(1000))).toContain('deep');
	expect(renderDocument(nested(100_000))).toBe('<p><br></p>');
});

test('nothing written is one empty paragraph', () => {
	expect(renderDocument(new Y.Doc())).toBe('<p><br></p>');
	expect(renderUpdate(Y.encodeStateAsUpdate(new Y.Doc()))).toBe('<p><br></p>');
});

test('the excerpt is the last words, cut at a word', () => {
	const doc = document(
		element('paragraph', ['I asked how a seed knows which way is up.']),
		element('paragraph', ['Three hands went up.'])
	);
	expect(excerpt(doc)).toBe('I asked how a seed knows which way is up. Three hands went up.');
	expect(excerpt(doc, 24)).toBe('… Three hands went up.');
	expect(excerpt(document(element('paragraph', ['x'.repeat(300)])), 20)).toBe(`… ${'x'.repeat(20)}`);
	expect(excerpt(new Y.Doc())).toBe('');
});

test('words are counted as a teacher counts them', () => {
	expect(wordCount(document(element('paragraph', ["I didn't wait: 3.5 s, well-known – “so”."])))).toBe(7 + 1);
	expect(wordCount(document(element('paragraph', ['one']), element('paragraph', ['two'])))).toBe(2);
});
