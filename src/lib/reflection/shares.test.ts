import { describe, expect, test } from 'vitest';
import type { Block } from './blocks.ts';
import { collaborationNote, inPercent, ownWordsNotice, percentOf, sharesOf, type Share } from './shares.ts';

const line = (...pieces: [text: string, author: string | null][]): Block => ({
	kind: 'paragraph',
	inside: [],
	begins: false,
	pieces: pieces.map(([text, author]) => ({ text, author, marks: [] }))
});
const share = (author: string | null, words: number): Share => ({ author, words, characters: 5 * words });

test.for<[string, Block[], [string | null, number, number][]]>([
	['nothing', [line()], []],
	['one person', [line(['I waited.', 'rosa'])], [['rosa', 2, 9]]],
	[
		'two',
		[line(['I waited', 'rosa'], [' too long.', 'idris'])],
		[
			['idris', 2, 10],
			['rosa', 2, 8]
		]
	],
	[
		'a word is whose most of it is',
		[line(['wait', 'rosa'], ['ing', 'idris'])],
		[
			['rosa', 1, 4],
			['idris', 0, 3]
		]
	],
	[
		'of halves whoever began it',
		[line(['so', 'idris'], ['on', 'rosa'])],
		[
			['idris', 1, 2],
			['rosa', 0, 2]
		]
	],
	[
		'nobody known',
		[line(['a b ', null], ['c', 'rosa'])],
		[
			[null, 2, 4],
			['rosa', 1, 1]
		]
	],
	['emoji are one', [line(['😀 yes', 'rosa'])], [['rosa', 1, 5]]],
	['a break within a line is no character', [line(['a\nb', 'rosa'])], [['rosa', 2, 2]]]
])('whose words: %s', ([, blocks, shares]) => {
	expect(sharesOf(blocks).map(({ author, words, characters }) => [author, words, characters])).toEqual(shares);
});

test.for<[number, number, string]>([
	[0, 0, '0 %'],
	[0, 10, '0 %'],
	[10, 10, '100 %'],
	[1, 3, '33 %'],
	[2, 3, '67 %'],
	[5, 1000, 'under 1 %'],
	[9, 1000, 'under 1 %'],
	[10, 1000, '1 %'],
	[990, 1000, '99 %'],
	[991, 1000, 'over 99 %'],
	[999, 1000, 'over 99 %'],
	[505, 1000, '51 %'],
	[504, 1000, '50 %']
])('%i of %i are %s', ([part, whole, said]) => {
	expect(percentOf(part, whole)).toBe(said);
});

test('shares are said in percent of words and of characters', () => {
	expect(inPercent(sharesOf([line(['abc ', 'rosa'], ['d', 'idris'])]))).toMatchObject([
		{ author: 'rosa', ofWords: '50 %', ofCharacters: '80 %' },
		{ author: 'idris', ofWords: '50 %', ofCharacters: '20 %' }
	]);
});

describe('Own words', () => {
	const rule = (ownWordsPercent: number | null) => ({ teacherId: 'rosa', ownWordsPercent, issuer: 'Bloomboard' });
	test.for<[string, Share[], number | null, string | null]>([
		['no rule, nothing to say', [share('idris', 10)], null, null],
		['nothing written', [], 80, null],
		['enough', [share('rosa', 80), share('idris', 20)], 80, null],
		[
			'too few',
			[share('rosa', 79), share('idris', 21)],
			80,
			'Bloomboard asks that at least 80 % of the words are the teacher’s own. Here 79 % are.'
		],
		[
			'nearly enough is not rounded up to enough',
			[share('rosa', 796), share('idris', 204)],
			80,
			'Bloomboard asks that at least 80 % of the words are the teacher’s own. Here 79.6 % are.'
		],
		[
			'none',
			[share('idris', 20)],
			80,
			'Bloomboard asks that at least 80 % of the words are the teacher’s own. Here 0 % are.'
		],
		[
			'all but one of very many, where all are asked for',
			[share('rosa', 99_999), share('idris', 1)],
			100,
			'Bloomboard asks that at least 100 % of the words are the teacher’s own. Here 99.9 % are.'
		],
		[
			'not known',
			[share('rosa', 50), share(null, 50)],
			60,
			'Bloomboard asks that at least 60 % of the words are the teacher’s own. Here 50 % are. Some words have no known author and are not counted as the teacher’s.'
		]
	])('%s', ([, shares, percent, said]) => {
		expect(ownWordsNotice(shares, rule(percent))).toBe(said);
	});
});

describe('The collaboration note', () => {
	const facts = {
		teacherId: 'rosa',
		mentorId: 'idris',
		microcredential: 'Wait time',
		accepted: null,
		work: { sittings: 9, from: '3 October 2026', to: '20 November 2026' }
	};
	test('says how much is whose, and names nobody', () => {
		const note = collaborationNote({ ...facts, shares: [share('rosa', 82), share('idris', 18)] });
		expect(note).toBe(
			'Collaboration note. Reflection for “Wait time”, 100 words. Of these words a teacher wrote 82 % and a mentor 18 %. It was written in 9 sittings between 3 October 2026 and 20 November 2026. Authorship is by character: words keep their first author when they are moved, deleted and put back.'
		);
		expect(note).not.toMatch(/rosa|idris/i);
	});
	test.for<[string, Share[], string]>([
		['alone', [share('rosa', 10)], 'a teacher wrote 100 %. No words of anybody else stand in the text.'],
		['not known', [share('rosa', 9), share(null, 1)], 'a teacher wrote 90 % and of 10 % it is not known who wrote it.'],
		[
			'a mentor before',
			[share('rosa', 8), share('idris', 1), share('marta', 1)],
			'a teacher wrote 80 %, a mentor 10 % and others 10 %.'
		]
	])('%s', ([, shares, said]) => {
		expect(collaborationNote({ ...facts, shares })).toContain(said);
	});
	test.for<[accepted: number | null, said: string | null]>([
		[9, 'At least 9 of the mentor’s words came in as suggestions that the teacher accepted.'],
		[18, 'All of the mentor’s words came in as suggestions that the teacher accepted.'],
		[0, null],
		[null, null]
	])('of 18 words of the mentor %s were accepted suggestions', ([accepted, said]) => {
		const note = collaborationNote({ ...facts, accepted, shares: [share('rosa', 82), share('idris', 18)] });
		if (said) expect(note).toContain(said);
		else expect(note).not.toContain('suggestion');
	});
	test('of one day says that day', () => {
		const work = { sittings: 1, from: '3 October 2026', to: '3 October 2026' };
		expect(collaborationNote({ ...facts, work, shares: [share('rosa', 1)] })).toContain(
			'in 1 sitting on 3 October 2026.'
		);
	});
	test('of nothing says so', () => {
		expect(collaborationNote({ ...facts, shares: [] })).toMatch(/^Nothing is written yet/);
	});
});
