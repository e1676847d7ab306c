import { expect, test } from 'vitest';
import { type Pause, readPauseReason, restingOnes, restIntervals, restsSince, silentSince } from './pausing.ts';

const now = new Date('2026-11-25T15:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const pause = (microcredentialId: string | null, from: number, until: number | null = null): Pause => ({
	microcredentialId,
	pausedAt: ago(from),
	resumedAt: until === null ? null : ago(until)
});

type Ago = [from: number, until: number | null];
test.for<[what: string, pauses: Pause[], begun: string[], silent: number | null, rested: Ago[]]>([
	['nothing rests', [], ['a'], null, []],
	['everything rests', [pause(null, 9)], ['a', 'b'], 9, [[9, null]]],
	['everything rests, nothing was begun', [pause(null, 9)], [], 9, [[9, null]]],
	['everything rested', [pause(null, 9, 3)], ['a'], null, [[9, 3]]],
	['the only one rests', [pause('a', 5)], ['a'], 5, [[5, null]]],
	['one of two rests', [pause('a', 5)], ['a', 'b'], null, []],
	['both rest, each by itself', [pause('a', 5), pause('b', 2)], ['a', 'b'], 2, [[2, null]]],
	['both rested, a while of it together', [pause('a', 9, 4), pause('b', 6, 2)], ['a', 'b'], null, [[6, 4]]],
	['both rested, one after the other', [pause('a', 9, 6), pause('b', 6, 2)], ['a', 'b'], null, []],
	['one rests that is not begun', [pause('c', 5)], [], null, []],
	[
		'it rested twice',
		[pause('a', 9, 7), pause('a', 5, 2)],
		['a'],
		null,
		[
			[9, 7],
			[5, 2]
		]
	],
	[
		'what is to come does not count yet',
		[pause(null, -1), pause('a', 3, -1)],
		['a'],
		3,
		[
			[-1, null],
			[3, -1]
		]
	]
])('%s', ([, pauses, begun, silent, rested]) => {
	expect(silentSince(pauses, begun, now)).toEqual(silent === null ? null : ago(silent));
	expect(restIntervals(pauses, begun)).toEqual(
		rested.map(([from, until]) => ({ from: ago(from), until: until === null ? null : ago(until) }))
	);
});

test('single ones and everything are told apart', () => {
	const pauses = [pause(null, 9), pause('a', 5), pause('b', 8, 6)];
	expect(restsSince(pauses, now)).toEqual(ago(9));
	expect(restingOnes(pauses, now)).toEqual(new Map([['a', ago(5)]]));
	expect(restsSince([pause('a', 5)], now)).toBe(null);
});

test('a reason is what was typed, nothing, or too long', () => {
	expect(readPauseReason('  Parents’ evenings. ')).toBe('Parents’ evenings.');
	for (const none of ['', '   ', null, undefined, 3]) expect(readPauseReason(none)).toBe(null);
	expect(readPauseReason('🙂'.repeat(300))).toHaveLength(600);
	expect(() => readPauseReason('x'.repeat(301))).toThrow('at most 300 letters');
});
