import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { circleIn, readStackRule, ruleWords, type StackRule } from './stack.ts';

const items = ['a', 'b', 'c', 'd'];
const every = (more: object) => ({ kind: 'every', counts: 'earned', needs: [{ kind: 'at-least', count: 1 }], ...more });
const slots = (of: unknown, more: object = {}) => every({ needs: [{ kind: 'slots', count: 1, of, ...more }] });

test('what was stored in the first form is read as it is', () => {
	const rule = { kind: 'at-least', count: 3, counts: 'earned' };
	expect(readStackRule(rule, items)).toEqual(rule);
});

test('a rule with lists, slots, minimums, exclusions, days and another stack is read as it is', () => {
	const rule = {
		kind: 'every',
		counts: 'submitted',
		lists: { Content: ['a', 'b'] },
		needs: [
			{ kind: 'slots', title: 'Content', count: 1, of: 'Content', by: '2027-01-31' },
			{ kind: 'slots', count: 1, of: ['c', 'd'], counts: 'earned' },
			{ kind: 'at-least', count: 2 },
			{ kind: 'required', items: ['d'] },
			{ kind: 'stack', stackVersionId: 'another' }
		],
		exclusions: [{ of: ['a', 'b'] }, { of: 'Content', atMost: 2 }]
	};
	expect(readStackRule(rule, items)).toEqual(rule);
});

describe('is refused, with a sentence that says what is wrong and where:', () => {
	test.for<[what: string, rule: unknown, why: string]>([
		['no rule', 'three of them', 'The rule is of neither kind'],
		['an unknown kind', { kind: 'most' }, 'The rule is of neither kind'],
		[
			'an unknown verb',
			{ kind: 'at-least', count: 1, counts: 'begun' },
			'“counts” is neither “submitted” nor “earned”.'
		],
		['nothing asked', every({ needs: [] }), 'The rule asks for nothing.'],
		['a count of none', { kind: 'at-least', count: 0, counts: 'earned' }, 'A count is below 1. It stands at count.'],
		[
			'half a microcredential',
			slots('a', { count: 1.5 }),
			'A count is not a whole number. It stands at needs.0.count.'
		],
		['a count beyond reason', { kind: 'at-least', count: 201, counts: 'earned' }, 'A count is above 200'],
		['a requirement of no kind', every({ needs: [{ kind: 'most' }] }), 'of none of the kinds'],
		['a list that is not there', slots('Content'), 'It names the list “Content”, which it lacks.'],
		['a list by an inherited name', slots('constructor'), 'It names the list “constructor”, which it lacks.'],
		['what is not in the stack', slots(['z']), 'It names “z”, which is not in the stack.'],
		['the same twice in a list', slots(['a', 'a']), 'names the same microcredential twice.'],
		['an empty list', slots([]), 'A list is empty'],
		['a day that does not exist', slots(['a'], { by: '2027-02-30' }), 'A day does not exist in the calendar.'],
		['a word that means nothing here', slots(['a'], { points: 5 }), 'needs.0'],
		[
			'more counts than anybody reaches',
			every({ needs: Array.from({ length: 40 }, () => ({ kind: 'slots', count: 6, of: ['a'] })) }),
			'Its counts add up to more than 200.'
		],
		[
			'exclusions that leave too many choices',
			every({ exclusions: Array.from({ length: 13 }, () => ({ of: ['a', 'b'] })) }),
			'Twelve pairs are possible'
		]
	])('%s', ([, rule, why]) => {
		expect(() => readStackRule(rule, items)).toThrow(Refusal);
		expect(() => readStackRule(rule, items)).toThrow(why);
	});
	test('more microcredentials than a stack can hold', () => {
		const many = Array.from({ length: 401 }, (_, i) => `m${i}`);
		expect(() => readStackRule({ kind: 'at-least', count: 1, counts: 'earned' }, many)).toThrow('more than 400');
	});
});

test('as many exclusions as are possible are read', () => {
	const rule = every({ exclusions: Array.from({ length: 12 }, () => ({ of: ['a', 'b'] })) });
	expect(readStackRule(rule, items)).toEqual(rule);
});

describe('stacks within stacks', () => {
	const asks = (...ids: string[]): StackRule => ({
		kind: 'every',
		counts: 'earned',
		needs: ids.map((stackVersionId) => ({ kind: 'stack', stackVersionId }))
	});
	const leaf: StackRule = { kind: 'at-least', count: 1, counts: 'earned' };
	test.for<[what: string, rules: Record<string, StackRule>, circle: string[] | null]>([
		['one in another', { a: asks('b'), b: leaf }, null],
		['the same one twice, by two ways', { a: asks('b', 'c'), b: asks('d'), c: asks('d'), d: leaf }, null],
		['itself', { a: asks('a') }, ['a', 'a']],
		['back by others', { a: asks('b'), b: asks('c'), c: asks('a') }, ['a', 'b', 'c', 'a']],
		[
			'deeper than four',
			{ a: asks('b'), b: asks('c'), c: asks('d'), d: asks('e'), e: leaf },
			['a', 'b', 'c', 'd', 'e']
		],
		['one that nobody knows', { a: asks('z') }, null]
	])('%s', ([, rules, circle]) => expect(circleIn('a', new Map(Object.entries(rules)))).toEqual(circle));
});

describe('a rule in words', () => {
	const names = { titleOf: (id: string) => id.toUpperCase(), stackOf: () => 'First steps' };
	test.for<[rule: StackRule, words: string]>([
		[{ kind: 'at-least', count: 3, counts: 'earned' }, 'Any 3 of 4, earned'],
		[{ kind: 'at-least', count: 18, counts: 'earned' }, 'All 18, earned'],
		[
			{
				kind: 'every',
				counts: 'submitted',
				lists: { content: ['a', 'b', 'c'] },
				needs: [
					{ kind: 'slots', count: 2, of: 'content', title: 'Content' },
					{ kind: 'required', items: ['d'], counts: 'earned' },
					{ kind: 'stack', stackVersionId: 's' }
				],
				exclusions: [{ of: ['a', 'b'] }]
			},
			'2 for Content, required: “D” (earned), and “First steps” is complete, submitted; some may not both count'
		],
		[
			{
				kind: 'every',
				counts: 'earned',
				needs: [
					{ kind: 'at-least', count: 1, of: ['a', 'b'] },
					{ kind: 'at-least', count: 3 }
				]
			},
			'At least 1 of “A” and “B” and at least any 3 of 4, earned'
		]
	])('%#', ([rule, words]) => expect(ruleWords(rule, items, names)).toBe(words));
});
