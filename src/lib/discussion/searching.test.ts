import { describe, expect, test } from 'vitest';
import { addressOf, anyOf, asked, corrected, lookingIn, marks, snippetOf, termsOf } from './searching.ts';

describe('what is typed', () => {
	test.for<[typed: string, asked: string, any: string]>([
		['wait time', '"wait" "time"', '"wait" or "time"'],
		['"wait time" -homework', '"wait time" -"homework"', '"wait" or "time"'],
		['“wait time', '"wait time"', '"wait" or "time"'],
		['self-control', '"self" "control"', '"self" or "control"'],
		['bags or doors', '"bags" or "doors"', '"bags" or "doors"'],
		['or bags or', '"bags"', '"bags"'],
		['-', '', ''],
		["it's", '"it\'s"', '"it\'s"'],
		['see user@example.com!', '"see" "user@example.com"', '"see" or "user@example.com"'],
		["'); drop & ! | <-> :* (", '"drop"', '"drop"'],
		[
			'1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17',
			Array.from({ length: 16 }, (_, i) => `"${i + 1}"`).join(' '),
			Array.from({ length: 16 }, (_, i) => `"${i + 1}"`).join(' or ')
		]
	])('%s', ([typed, wanted, any]) => {
		expect(asked(termsOf(typed))).toBe(wanted);
		expect(anyOf(termsOf(typed))).toBe(any);
	});
	test('a word that nobody says is replaced, or goes', () => {
		const terms = termsOf('bagz or xylophone "bagz there" -bagz');
		const instead = new Map([
			['bagz', 'bags'],
			['xylophone', null]
		]);
		expect(asked(corrected(terms, instead))).toBe('"bags" or "bags there" -"bagz"');
	});
});

describe('an address', () => {
	test('gives back what it was made of', () => {
		const address = 'q=wait+time&kind=question&from=2026-11-01&order=newest&page=3';
		expect(addressOf(lookingIn(new URLSearchParams(address)))).toBe(
			`?${new URLSearchParams({ q: 'wait time', kind: 'question', from: '2026-11-01', order: 'newest', page: '3' })}`
		);
	});
	test.for([
		['page', '1e9', 50],
		['page', '-1', 1],
		['page', 'x', 1],
		['page', '2.9', 2],
		['from', '2026-02-30', null],
		['from', '0000-01-01', null],
		['until', '99999-01-01', null],
		['kind', 'all', null],
		['author', "' or 1=1", '00000000-0000-0000-0000-000000000000'],
		['q', `a\0${'b'.repeat(300)}`, `a${'b'.repeat(199)}`]
	] as const)('%s=%s is read as %s', ([name, said, read]) => {
		const looking = lookingIn(new URLSearchParams({ [name]: said })) as unknown as Record<string, unknown>;
		expect(looking[name === 'q' ? 'words' : name]).toBe(read);
	});
});

test('a snippet begins before the first hit, ends after it, and breaks no word', () => {
	const text = `${'lorem ipsum '.repeat(60)}${marks.from}here${marks.to}${' dolor sit'.repeat(60)}`;
	const pieces = snippetOf(text);
	expect(pieces.filter(({ hit }) => hit)).toEqual([{ text: 'here', hit: true }]);
	expect(pieces[0]).toEqual({ text: '… ', hit: false });
	expect(pieces[1]!.text).toMatch(/^(lorem|ipsum) /);
	expect(pieces.at(-1)).toEqual({ text: ' …', hit: false });
	expect(pieces.at(-2)!.text).toMatch(/(dolor|sit)$/);
	expect(snippetOf('x'.repeat(5000)).map(({ text }) => text.length)).toEqual([240, 2]);
	expect(snippetOf('short')).toEqual([{ text: 'short', hit: false }]);
});
