import { expect, test } from 'vitest';
import type { StackRule } from '#lib/catalogue/stack.ts';
import { Random } from '../../../tests/fuzz/random.ts';
import { costWords, stackCostOf } from './stack-cost.ts';

const item = (microcredentialId: string, hours: number | null, open = true) => ({
	microcredentialId,
	title: microcredentialId.toUpperCase(),
	hours,
	artifacts: null,
	open
});
const any = (count: number): StackRule => ({ kind: 'at-least', count, counts: 'earned' });

test.for<[what: string, rule: StackRule, hours: [string, number | null][], words: string]>([
	[
		'a choice',
		any(2),
		[
			['a', 3],
			['b', 5],
			['c', 8]
		],
		'About 8 to 13 hours in all, by which 2 microcredentials you choose.'
	],
	[
		'no choice',
		any(2),
		[
			['a', 3],
			['b', 5]
		],
		'About 8 hours in all, for 2 microcredentials.'
	],
	['one of one', any(1), [['a', 1]], 'About 1 hour in all, for 1 microcredential.'],
	[
		'equal hours',
		any(1),
		[
			['a', 3],
			['b', 3]
		],
		'About 3 hours in all, for 1 microcredential.'
	],
	[
		'one hour not known, and not needed',
		any(1),
		[
			['a', 3],
			['b', null]
		],
		'About 3 hours in all at the least, by 1 microcredential; what others take is not known.'
	],
	[
		'one hour not known, and needed',
		any(2),
		[
			['a', 3],
			['b', null]
		],
		'What it costs in all is not known, because an hour of its shortest way of 2 microcredentials is not.'
	],
	[
		'a list that is shorter than its rule',
		any(3),
		[['a', 3]],
		'What it costs in all is not known yet: its list is still shorter than its rule.'
	],
	[
		'slots',
		{
			kind: 'every',
			counts: 'earned',
			lists: { Content: ['a', 'b'], Other: ['b', 'c'] },
			needs: [
				{ kind: 'slots', title: 'Content', count: 1, of: 'Content' },
				{ kind: 'slots', title: 'Other', count: 1, of: 'Other' }
			]
		},
		[
			['a', 2],
			['b', 4],
			['c', 9]
		],
		'About 6 to 13 hours in all, by which 2 microcredentials you choose.'
	]
])('%s', ([, rule, hours, words]) => {
	expect(costWords(stackCostOf({ rule, items: hours.map(([id, h]) => item(id, h)) }))).toBe(words);
});

test('what is no longer offered costs nothing and helps nobody', () => {
	expect(stackCostOf({ rule: any(1), items: [item('a', 1, false), item('b', 4)] })).toMatchObject({
		least: 4,
		most: null
	});
	expect(stackCostOf({ rule: any(1), items: [item('a', 1, false)] })).toBe(null);
});

test('of k of n it is the k shortest and the k longest', () => {
	for (let seed = 0; seed < 300; seed++) {
		const random = new Random(seed);
		const hours = Array.from({ length: 1 + random.int(8) }, () => 1 + random.int(20));
		const k = 1 + random.int(hours.length);
		const sum = (list: number[]) => list.slice(0, k).reduce((a, b) => a + b, 0);
		const [least, most] = [sum(hours.toSorted((a, b) => a - b)), sum(hours.toSorted((a, b) => b - a))];
		const cost = stackCostOf({ rule: any(k), items: hours.map((h, i) => item(`m${i}`, h)) });
		expect(cost, `${seed}`).toMatchObject({ least, most: most > least ? most : null, count: k });
	}
});
