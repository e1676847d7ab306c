import { expect, test } from 'vitest';
import { type Branch, type OutlineRow, outlineOf } from './outline.ts';

const row = (id: string, parentId: string | null = null): OutlineRow => ({ id, parentId });
const rows = [row('a'), row('a1', 'a'), row('a1x', 'a1'), row('a1y', 'a1'), row('a2', 'a'), row('b'), row('c', 'gone')];
const drawn = (branches: Branch<OutlineRow>[]): string =>
	branches
		.map(({ id, below, hidden }) => id + (below.length ? `(${drawn(below)})` : '') + (hidden ? `+${hidden}` : ''))
		.join(' ');
const outline = (at: string | null, from: number, most: number) => {
	const { path, branches, next, previous } = outlineOf(rows, at, from, most);
	return [path.map(({ id }) => id).join('/'), drawn(branches), previous, next];
};

test.for<[at: string | null, from: number, most: number, expected: unknown[]]>([
	[null, 0, 100, ['', 'a(a1(a1x a1y) a2) b c', null, null]],
	[null, 0, 7, ['', 'a(a1(a1x a1y) a2) b c', null, null]],
	[null, 0, 6, ['', 'a(a1+2 a2) b c', null, null]],
	[null, 0, 3, ['', 'a+4 b c', null, null]],
	[null, 0, 2, ['', 'a+4 b', null, 2]],
	[null, 2, 2, ['', 'c', 0, null]],
	[null, 99, 2, ['', 'a+4 b', null, 2]],
	['a', 0, 100, ['a', 'a1(a1x a1y) a2', null, null]],
	['a1', 0, 100, ['a/a1', 'a1x a1y', null, null]],
	['b', 0, 100, ['b', '', null, null]],
	['nowhere', 0, 100, ['', '', null, null]]
])('below %s from %i, %i at a time', ([at, from, most, expected]) => expect(outline(at, from, most)).toEqual(expected));

test('a chain of twenty thousand is shown as far as it fits, and the rest is counted', () => {
	const chain = Array.from({ length: 20_000 }, (_, i) => row(String(i), i === 0 ? null : String(i - 1)));
	const { branches } = outlineOf(chain, null, 0, 300);
	let [deep, at] = [1, branches[0]!];
	for (; at.below[0]; at = at.below[0]) deep++;
	expect([deep, at.hidden]).toEqual([300, 19_700]);
});
