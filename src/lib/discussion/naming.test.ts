import { expect, test } from 'vitest';
import { wordsOf } from './body.ts';
import { mentionsIn, namesAfterAt } from './naming.ts';
import { bodyOfText } from './plain-text.ts';

const audience = [
	{ id: '1', name: 'Rosa Medina' },
	{ id: '2', name: 'Ana' },
	{ id: '3', name: 'Ana Maria Ruiz' },
	{ id: '4', name: 'Sam Ortega' },
	{ id: '5', name: 'Sam Ortega' },
	{ id: '6', name: "Siobhán O'Neil-Đặng" }
];
const named = (text: string, most = 10) =>
	JSON.stringify(mentionsIn(bodyOfText(text), audience, most))
		.matchAll(/"mention","attrs":\{"id":"(\d)"/g)
		.map(([, id]) => id)
		.toArray()
		.join('');

test.for<[typed: string, named: string]>([
	['@Rosa Medina', '1'],
	['(@rosa medina, see)', '1'],
	['Thank you @Rosa Medina.', '1'],
	['@Rosa Medinas', ''],
	['@Rosa', ''],
	['@Rosa  Medina', ''],
	['Rosa Medina', ''],
	['@ Rosa Medina', ''],
	['me@Rosa Medina', ''],
	['me.@Ana', ''],
	['@@Ana', ''],
	['@Ana', '2'],
	['@Ana Maria Ruiz and @Ana', '32'],
	['@Ana Maria', '2'],
	['@Sam Ortega', ''],
	["@siobhán o'neil-đặng!", '6'],
	['**@Rosa Medina**', '1'],
	['- @Ana\n- @Rosa Medina', '21'],
	['[@Ana](https://example.org)', ''],
	['https://example.org/@Ana', '']
])('%j', ([typed, expected]) => expect(named(typed)).toBe(expected));

test('the words stay as they were, with the name as its owner writes it', () => {
	expect(wordsOf(mentionsIn(bodyOfText('a @rosa medina, **b @ana** c'), audience, 10))).toBe(
		'a @Rosa Medina, b @Ana c'
	);
});

test('no more than may be named are, and whoever is may be again', () => {
	expect(named('@Ana @Rosa Medina @Ana', 1)).toBe('22');
});

test('what could be a name is looked at word by word, and not without end', () => {
	expect(namesAfterAt(bodyOfText("Ask @Siobhán O'Neil.\nor me@example.org"))).toEqual([
		'siobhán',
		'siobhán o',
		"siobhán o'neil"
	]);
	expect(namesAfterAt(bodyOfText('@a b c d e f g h i'.repeat(900))).length).toBeLessThan(200);
});
