import { expect, test } from 'vitest';
import { readBody, wordsOf } from './body.ts';
import { bodyOf, docOf, schema, wordsIn } from './post-schema.ts';
import { bodyOfText } from './plain-text.ts';
import { randomBody } from './random-body.ts';

test('whatever the editor makes is read unchanged, with the same words', () => {
	for (let seed = 1; seed <= 300; seed++) {
		const doc = docOf('', randomBody(seed));
		doc.check();
		const read = readBody(JSON.stringify(bodyOf(doc)));
		expect(read.body).toEqual(bodyOf(doc));
		expect(wordsIn(doc)).toBe(read.words);
	}
});

test('whatever is read, from plain text too, is taken by the editor unchanged', () => {
	for (let seed = 1; seed <= 300; seed++) {
		const { body } = readBody(randomBody(seed));
		expect(bodyOf(docOf('', body))).toEqual(body);
	}
	for (const text of ['a\nb\n\n- c\n  - d\n\n> e', '## **A** [b](https://example.org)', '3. x\n4. y']) {
		const { body } = readBody(bodyOfText(text));
		expect(bodyOf(docOf('', body))).toEqual(body);
	}
});

test('both know the same blocks, looks and attributes', () => {
	const attrs = (types: typeof schema.nodes | typeof schema.marks) =>
		Object.fromEntries(Object.entries(types).map(([name, { spec }]) => [name, Object.keys(spec.attrs ?? {}).sort()]));
	expect(attrs(schema.nodes)).toEqual({
		doc: [],
		paragraph: [],
		heading: ['level'],
		bullet_list: [],
		ordered_list: [],
		list_item: [],
		blockquote: [],
		text: [],
		hard_break: [],
		mention: ['id', 'name'],
		reference: ['id', 'kind', 'title']
	});
	// In this order, which is the order in which they lie in each other.
	expect(Object.keys(schema.marks)).toEqual(['link', 'em', 'strong']);
});

test.for<[what: string, body: unknown]>([
	['none', null],
	['a word', 'x'],
	['an unknown block', { type: 'doc', content: [{ type: 'table' }] }],
	['words outside a block', { type: 'doc', content: [{ type: 'text', text: 'x' }] }],
	['a list without items', { type: 'doc', content: [{ type: 'bullet_list', content: [{ type: 'paragraph' }] }] }],
	['no content', { type: 'doc' }]
])('of %s the words are left', ([, body]) => {
	const doc = docOf('a\nb\n\nc', body);
	doc.check();
	expect(wordsOf(bodyOf(doc))).toBe('a\nb\nc');
});
