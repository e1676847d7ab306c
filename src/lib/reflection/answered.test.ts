import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { answeredIn, passagesFor, rowState, wordsFor } from './answered.ts';
import { rootName, rubricName } from './document.ts';
import { schema } from './schema.ts';
import { settledOf } from './settled.ts';
import { wordsAgainst } from './words.ts';

type Run = [text: string, attributes?: Record<string, unknown>];
type Child = string | Run[] | Y.XmlElement;

const element = (name: string, children: Child[], attributes: object = {}) => {
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
const p = (...children: Child[]) => element('paragraph', children);
const part = (id: string, title = 'A title of four words') => element('heading', [title], { level: 2, part: id });
const row = (id: string, hash = 'abcdefgh') => ({ [`rubric--${hash}`]: { row: id } });
const document = (...blocks: Y.XmlElement[]) => {
	const doc = new Y.Doc();
	doc.getXmlFragment(rootName).insert(0, blocks);
	return doc;
};

describe('words by part', () => {
	test('are those below its heading, without it, up to the next part', () => {
		const doc = document(
			p('Before anything.'),
			part('one'),
			p('Three plain words.'),
			element('heading', ['An own title'], { level: 3 }),
			element('bullet_list', [element('list_item', [p('and'), p('these')])]),
			part('two'),
			p('Two words')
		);
		const answered = answeredIn(doc);
		expect(answered.parts).toEqual({ one: 8, two: 2 });
		expect(answered.words).toBe(2 + 5 + 8 + 5 + 2);
		expect(wordsFor(answered, 'three')).toBe(null);
		expect(wordsFor(answered, 'constructor')).toBe(null);
	});
	test('of a part that was begun twice are counted together', () => {
		expect(answeredIn(document(part('one'), p('a b'), part('two'), p('c'), part('one'), p('d'))).parts).toEqual({
			one: 3,
			two: 1
		});
	});
	test('are none right after it was begun, which is not the same as not begun', () => {
		expect(wordsFor(answeredIn(document(part('one'), p())), 'one')).toBe(0);
	});
	test('do not count what is only suggested, nor begin where the heading is', () => {
		const doc = document(
			part('one'),
			p([['I waited '], ['five seconds', { insertion: { id: 's' } }], ['.', { deletion: { id: 's' } }]]),
			element('heading', [[['Suggested', { insertion: { id: 's' } }]]], { level: 2, part: 'two', split: 's' }),
			element('paragraph', ['It went on'], { split: 's' })
		);
		const answered = answeredIn(doc);
		expect(answered.parts).toEqual({ one: 5 });
		expect(answered.suggestions).toBe(1);
	});
	test('whatever a script wrote, there is an answer', () => {
		const many = Array.from({ length: 2000 }, (_, i) => part(`p${i}`, ''));
		const doc = document(...many, element('heading', ['x'], { part: { a: 1 } }));
		let deep = element('blockquote', []);
		doc.getXmlFragment(rootName).insert(0, [deep]);
		for (let i = 0; i < 3_000; i++) {
			const next = new Y.XmlElement('blockquote');
			deep.insert(0, [next]);
			deep = next;
		}
		deep.insert(0, [p('down here')]);
		doc.getXmlFragment(rootName).push([new Y.XmlText('loose words') as never, new Y.XmlHook('hook') as never]);
		const answered = answeredIn(doc);
		expect(Object.keys(answered.parts).length).toBeLessThanOrEqual(500);
		expect(answered.words).toBe(5);
	});
});

describe('a row of the rubric', () => {
	test('counts its passages, across paragraphs; one passage can serve several rows', () => {
		const doc = document(
			p([['Three ', row('a')], ['hands', { ...row('a'), ...row('b', 'ijklmnop') }], [' went up. ']]),
			p([['Then more', row('a')]]),
			p([[' and on', row('a')]])
		);
		const answered = answeredIn(doc);
		expect(passagesFor(answered, 'a')).toBe(2);
		expect(passagesFor(answered, 'b')).toBe(1);
		expect(passagesFor(answered, 'toString')).toBe(0);
	});
	test('goes on over what is only suggested in the middle, and is not served by that', () => {
		const doc = document(
			p([
				['one ', row('a')],
				['new ', { ...row('b', 'ijklmnop'), insertion: { id: 's' } }],
				['two', row('a')]
			])
		);
		expect(answeredIn(doc).passages).toEqual({ a: 1 });
	});
	test.for<[string, boolean | string | undefined, number, string]>([
		['nothing marked, nothing said', undefined, 0, 'not yet'],
		['something marked', undefined, 1, 'started'],
		['something marked, and said to be covered', true, 1, 'covered'],
		['said not to be', false, 1, 'started'],
		['said to be covered, but its words are gone', true, 0, 'not yet'],
		['a script says something else', 'yes', 1, 'started']
	])('%s', ([, said, passages, state]) => {
		const doc = document(p(passages ? [['words', row('a')]] : 'words'));
		if (said !== undefined) doc.getMap(rubricName).set('a', said);
		expect(rowState(answeredIn(doc), 'a')).toBe(state);
	});
});

test.for<[number | null, number | null, number | null, boolean, string, boolean]>([
	[null, null, 150, true, 'not begun', false],
	[0, null, 150, true, '0 words', false],
	[1, null, null, false, '1 word', false],
	[150, null, 150, true, '150 words', false],
	[151, null, 150, true, '151 words, 1 too many: it can’t be handed in like this', true],
	[162, null, 150, false, '162 words, 12 too many for the guide', true],
	[40, 50, 100, true, '40 words, 10 to go', false],
	[50, 50, 100, true, '50 words', false]
])('%s words where %s to %s are asked (binding: %s): “%s”', ([words, minWords, maxWords, wordsBinding, says, off]) => {
	expect(wordsAgainst(words, { minWords, maxWords, wordsBinding })).toEqual({ says, off });
});

test('what is frozen keeps which part a heading begins, and the editor can show it', () => {
	const doc = document(part('one', 'Overview'), p('words'));
	const settled = settledOf(doc);
	expect(settled.content[0]).toEqual({
		type: 'heading',
		attrs: { level: 2, part: 'one' },
		content: [{ type: 'text', text: 'Overview' }]
	});
	expect(schema.nodeFromJSON(settled).firstChild!.attrs.part).toBe('one');
});
