import { expect, test } from 'vitest';
import { activeOnes, askWhy, besides, readWhy, type Why } from './one-at-a-time.ts';
import type { Stone } from './stones.ts';

const stone = (microcredentialId: string, state: Stone['state']): Stone => ({
	microcredentialId,
	title: `The ${microcredentialId}`,
	state,
	words: '',
	gap: null
});

test.for<[state: Stone['state'], resting: boolean, active: boolean]>([
	['gathering', false, true],
	['gathering', true, false],
	['not-started', false, false],
	['in-review', false, false],
	['earned', false, false]
])('%s, resting: %s → active: %s', ([state, resting, active]) => {
	expect(activeOnes([stone('a', state)], new Set(resting ? ['a'] : [])).length === 1).toBe(active);
});

test.for<[what: string, active: string[], about: string | null, practised: boolean, besides: string[]]>([
	['the first', [], 'a', false, []],
	['another reflection on the same', ['a'], 'a', false, []],
	['a second one', ['a'], 'b', false, ['a']],
	['a third one', ['a', 'b'], 'c', false, ['a', 'b']],
	['one of two that are in work', ['a', 'b'], 'b', false, []],
	['one of no stack', ['a'], null, false, ['a']],
	['a second one of somebody who has taught for years', ['a'], 'b', true, []]
])('%s is begun beside: %s', ([, active, about, practised, beside]) => {
	const found = besides({ active: active.map((id) => stone(id, 'gathering')), microcredentialId: about, practised });
	expect(found.map(({ microcredentialId }) => microcredentialId)).toEqual(beside);
});

test.for<[what: string, choice: unknown, words: unknown, why: Why | null]>([
	['a choice', 'waiting', '', { choice: 'waiting', words: null }],
	['a choice and words', 'practised', ' Ten years. ', { choice: 'practised', words: 'Ten years.' }],
	['words alone', null, 'My class asks for it.', { choice: 'other', words: 'My class asks for it.' }],
	['something else, in words', 'other', 'x', { choice: 'other', words: 'x' }],
	['something else, without words', 'other', ' ', null],
	['nothing', null, null, null],
	['an empty choice', '', '', null]
])('%s', ([, choice, words, why]) => expect(readWhy({ choice, words })).toEqual(why));

test('an answer of nobody’s making, or without end, is refused', () => {
	expect(() => readWhy({ choice: 'toString', words: '' })).toThrow('choose why');
	expect(() => readWhy({ choice: 'waiting', words: 'x'.repeat(301) })).toThrow('at most 300 letters');
});

test('the question names what is in work', () => {
	expect(askWhy([stone('a', 'gathering')])).toMatch(/^“The a” is in work\./);
	expect(askWhy([stone('a', 'gathering'), stone('b', 'gathering')])).toMatch(/^“The a” and “The b” are in work\./);
});
