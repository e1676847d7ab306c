import { expect, test } from 'vitest';
import { nameBefore, peopleNamed, saysNobody } from './post-naming.ts';

test.for<[before: string, typed: string | null]>([
	['@', ''],
	['Ask @', ''],
	['Ask @Ro', 'Ro'],
	['(@Rosa Me', 'Rosa Me'],
	['@Rosa ', 'Rosa '],
	['@Maria del Carmen', 'Maria del Carmen'],
	['@one two three four', null],
	['@Rosa  M', null],
	['@Rosa, I', null],
	['me@example', null],
	['me.@x', null],
	['@@', null],
	['@José', 'José'],
	["@O'Ne", "O'Ne"],
	['nobody', null],
	['', null],
	[`@${'x'.repeat(61)}`, null]
])('before the caret: %j', ([before, typed]) => expect(nameBefore(before)).toBe(typed));

const people = ['Ana Ruiz', 'Ben Okafor', 'José María Ruiz', "Siobhán O'Neil", 'Rosa Medina', 'Rowan Ana', 'Zoe X'].map(
	(name) => ({ name })
);
test.for<[typed: string, names: string]>([
	['', "Ana Ruiz, Ben Okafor, José María Ruiz, Siobhán O'Neil, Rosa Medina, Rowan Ana"],
	['ana', 'Ana Ruiz, Rowan Ana'],
	['ro', 'Rosa Medina, Rowan Ana'],
	['RUIZ', 'Ana Ruiz, José María Ruiz'],
	['jose m', 'José María Ruiz'],
	['maria r', 'José María Ruiz'],
	["o'n", "Siobhán O'Neil"],
	['rosa x', ''],
	['osa', '']
])('typed %j', ([typed, names]) =>
	expect(
		peopleNamed(people, typed)
			.map(({ name }) => name)
			.join(', ')
	).toBe(names)
);

test('nobody is said of one word of two letters or more', () => {
	expect(['x', 'xy', 'xy ', 'xy z'].map(saysNobody)).toEqual([false, true, false, false]);
});
