import { describe, expect, test } from 'vitest';
import { fileName, joined, readme } from './copy.ts';
import { freshFor, isFresh } from './policy.ts';

describe('the name of a file', () => {
	test.for([
		['What changed when I waited?', '001 What changed when I waited'],
		['a/b\\c:d*e?f"g<h>i|j', '001 a b c d e f g h i j'],
		['../../etc/passwd', '001 .. .. etc passwd'],
		['CON', '001 reflection'],
		['nul', '001 reflection'],
		['...', '001 reflection'],
		['  ', '001 reflection'],
		['ends with a dot.', '001 ends with a dot'],
		['Cafe\u0301', '001 Caf\u00e9'],
		['line\none', '001 line one'],
		['left\u202eright', '001 left right'],
		['x'.repeat(59) + '😀😀', `001 ${'x'.repeat(59)}😀`]
	])('%j is %j', ([title, name]) => {
		expect(fileName(1, title!)).toBe(name);
	});
	test('is one of its own for equal titles', () => {
		expect(fileName(1, 'Same')).not.toBe(fileName(2, 'Same'));
	});
});

test('words of one author in a row are joined, those of different paragraphs on lines of their own', () => {
	expect(
		joined([
			{ author: 'Rosa', text: 'One ', path: [0, 0] },
			{ author: 'Rosa', text: 'bold', path: [0, 1] },
			{ author: 'Rosa', text: 'two', path: [1, 0] },
			{ author: 'Idris', text: 'three', path: [1, 0] },
			{ author: 'Rosa', text: 'four', path: [2, 0] }
		])
	).toEqual([
		{ author: 'Rosa', text: 'One bold\ntwo' },
		{ author: 'Idris', text: 'three' },
		{ author: 'Rosa', text: 'four' }
	]);
});

test.for([
	['just signed in', 0, null, true],
	['signed in half an hour ago', freshFor, null, true],
	['signed in longer ago', freshFor + 1, null, false],
	['signed in longer ago, a passkey used since', freshFor * 9, 60_000, true],
	['signed in and used a passkey longer ago', freshFor * 9, freshFor + 1, false]
] as const)('%s is fresh: %s', ([, opened, passkey, right]) => {
	const now = new Date('2026-11-25T12:00:00Z');
	const ago = (ms: number) => new Date(now.getTime() - ms);
	expect(isFresh({ openedAt: ago(opened), passkeyAt: passkey === null ? null : ago(passkey) }, now)).toBe(right);
});

test('the first file says what is not in a copy', () => {
	const text = readme('Rosa Medina', new Date('2026-11-25T12:00:00Z'));
	expect(text).toContain('Rosa Medina, made on 2026-11-25');
	for (const word of ['What others said in your cohorts', 'Secrets', 'Anybody else’s data'])
		expect(text).toContain(word);
	for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
