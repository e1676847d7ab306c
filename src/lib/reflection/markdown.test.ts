import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { rootName } from './document.ts';
import { toMarkdown } from './markdown.ts';

type Piece = string | [text: string, marks: Record<string, unknown>];
type Node = { is: string; level?: number; holds?: (Node | Piece)[] };

function made(nodes: (Node | Piece)[]): Y.Doc {
	const doc = new Y.Doc();
	const into = (parent: Y.XmlFragment, children: (Node | Piece)[]) => {
		for (const child of children) {
			if (typeof child === 'string' || Array.isArray(child)) {
				const text = new Y.XmlText();
				parent.push([text]);
				const [words, marks] = typeof child === 'string' ? [child, {}] : child;
				text.insert(0, words, marks);
				continue;
			}
			const element = new Y.XmlElement(child.is);
			parent.push([element]);
			if (child.level) element.setAttribute('level', child.level as never);
			into(element, child.holds ?? []);
		}
	};
	into(doc.getXmlFragment(rootName), nodes);
	return doc;
}
const p = (...holds: (Node | Piece)[]): Node => ({ is: 'paragraph', holds });
const item = (...holds: (Node | Piece)[]): Node => ({ is: 'list_item', holds });

test.for<[what: string, nodes: (Node | Piece)[], markdown: string]>([
	['nothing', [], ''],
	['an empty paragraph', [p()], ''],
	['two paragraphs', [p('One.'), p('Two.')], 'One.\n\nTwo.\n'],
	[
		'headings',
		[
			{ is: 'heading', level: 2, holds: ['A'] },
			{ is: 'heading', level: 3, holds: ['B'] }
		],
		'## A\n\n### B\n'
	],
	['a quotation', [{ is: 'blockquote', holds: [p('One.'), p('Two.')] }], '> One.\n>\n> Two.\n'],
	['a list', [{ is: 'bullet_list', holds: [item(p('One')), item(p('Two'))] }], '- One\n- Two\n'],
	['a numbered list', [{ is: 'ordered_list', holds: [item(p('One')), item(p('Two'))] }], '1. One\n2. Two\n'],
	[
		'a list in a list',
		[{ is: 'bullet_list', holds: [item(p('One'), { is: 'ordered_list', holds: [item(p('Two'))] })] }],
		'- One\n\n  1. Two\n'
	],
	['a line break', [p('One', { is: 'hard_break' }, 'two')], 'One\\\ntwo\n'],
	['bold words', [p(['Well ', { strong: true }], 'done')], '**Well** done\n'],
	['slanted words', [p('so ', ['very', { em: true, strong: true }])], 'so ***very***\n'],
	['a link', [p(['here', { link: { href: 'https://example.org/a b' } }])], '[here](<https://example.org/a%20b>)\n'],
	['a link that is a script', [p(['here', { link: { href: 'javascript:alert(1)' } }])], 'here\n'],
	['signs that mean something', [p('2 * 3 <b> [x] _y_ & `z`')], '2 \\* 3 \\<b> \\[x\\] \\_y\\_ \\& \\`z\\`\n'],
	['a paragraph that looks like a heading', [p('# five')], '\\# five\n'],
	['a paragraph that looks like a list', [p('- five'), p('1. five')], '\\- five\n\n1\\. five\n'],
	['an element that nobody knows', [{ is: 'secret', holds: [p('kept')] }], 'kept\n']
])('%s', ([, nodes, markdown]) => {
	const doc = made(nodes);
	expect(toMarkdown(doc)).toBe(markdown);
	doc.destroy();
});

test('nesting without end keeps its words and does not exhaust the stack', () => {
	let deep: Node = p('at the bottom');
	for (let i = 0; i < 500; i++) deep = { is: 'blockquote', holds: [deep] };
	const doc = made([deep]);
	expect(toMarkdown(doc)).toContain('at the bottom');
	doc.destroy();
});
