import { expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { readStackFile, withIds } from './stack-file.ts';

const file = {
	key: 'three-for-talk',
	title: 'Three for talk',
	summary: 'Two of three, and wait time.',
	items: ['commons/wait-time', 'commons/a', 'commons/b'],
	rule: {
		kind: 'every',
		counts: 'earned',
		lists: { Talk: ['commons/a', 'commons/b'] },
		needs: [
			{ kind: 'required', items: ['commons/wait-time'] },
			{ kind: 'slots', count: 1, of: 'Talk' },
			{ kind: 'at-least', count: 1, of: ['commons/a'] },
			{ kind: 'at-least', count: 2 },
			{ kind: 'stack', stackVersionId: 'first-steps' }
		],
		exclusions: [{ of: ['commons/a', 'commons/b'] }]
	}
};

test('a stack is read with its rule, and everything that it names becomes an id', () => {
	const { rule, ...read } = readStackFile(JSON.stringify(file));
	expect(read).toEqual({ key: file.key, title: file.title, summary: file.summary, items: file.items, outcomes: [] });
	expect(
		withIds(
			rule,
			(item) => item.toUpperCase(),
			(key) => `version of ${key}`
		)
	).toEqual({
		kind: 'every',
		counts: 'earned',
		lists: { Talk: ['COMMONS/A', 'COMMONS/B'] },
		needs: [
			{ kind: 'required', items: ['COMMONS/WAIT-TIME'] },
			{ kind: 'slots', count: 1, of: 'Talk' },
			{ kind: 'at-least', count: 1, of: ['COMMONS/A'] },
			{ kind: 'at-least', count: 2 },
			{ kind: 'stack', stackVersionId: 'version of first-steps' }
		],
		exclusions: [{ of: ['COMMONS/A', 'COMMONS/B'] }]
	});
});

test.for<[what: string, text: string, why: string]>([
	['no JSON', '{"key": ', 'It is not JSON'],
	['a list', '[]', 'can’t be read'],
	['a key that is no word', JSON.stringify({ ...file, key: 'Three!' }), 'lower-case words joined by hyphens'],
	['no title', JSON.stringify({ ...file, title: ' ' }), 'The title is empty. It stands at title.'],
	['nothing listed', JSON.stringify({ ...file, items: [] }), 'It lists no microcredential.'],
	['the same twice', JSON.stringify({ ...file, items: ['c/a', 'c/a'] }), 'It lists a microcredential twice.'],
	['a name without its issuer', JSON.stringify({ ...file, items: ['a'] }), 'not named as “issuer/key”'],
	['a rule of no kind', JSON.stringify({ ...file, rule: { kind: 'most' } }), 'The rule is of neither kind'],
	['a rule that names what is not listed', JSON.stringify({ ...file, items: ['commons/a'] }), 'is not in the stack'],
	[
		'an outcome of no kind',
		JSON.stringify({ ...file, outcomes: [{ kind: 'car', words: 'w' }] }),
		'An outcome is none of'
	],
	['a text without end', ' '.repeat(200_001), 'It is longer than 200 KB.']
])('is refused: %s', ([, text, why]) => {
	expect(() => readStackFile(text)).toThrow(Refusal);
	expect(() => readStackFile(text)).toThrow(why);
});
