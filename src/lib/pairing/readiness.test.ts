import { expect, test } from 'vitest';
import { type ReadinessFacts, readAnchorScore, readinessOf } from './readiness.ts';

const earned = new Date('2026-03-01T12:00:00Z');

test.for<[facts: ReadinessFacts | undefined, ready: boolean, words: string]>([
	[undefined, false, 'is not known to have earned it or scored an anchor submission of it'],
	[{ earnedAt: null, anchors: 0 }, false, 'is not known to have earned it or scored an anchor submission of it'],
	[{ earnedAt: null, anchors: 1 }, false, 'has scored 1 of the 2 anchor submissions that it takes'],
	[{ earnedAt: null, anchors: 2 }, true, 'has scored 2 anchor submissions'],
	[{ earnedAt: null, anchors: 3 }, true, 'has scored 3 anchor submissions'],
	[{ earnedAt: earned, anchors: 0 }, true, 'has earned it'],
	[{ earnedAt: earned, anchors: 2 }, true, 'has earned it']
])('a mentor with %j is ready: %s', ([facts, ready, words]) => {
	expect(readinessOf(facts)).toMatchObject({ ready, words });
});

test('an anchor submission has a name and a day that is not to come', () => {
	const today = '2026-11-30';
	expect(readAnchorScore({ anchor: '  Anchor 3 ', scoredOn: today }, today)).toEqual({
		anchor: 'Anchor 3',
		scoredOn: today
	});
	for (const [anchor, scoredOn, said] of [
		['', today, 'which anchor submission'],
		['x'.repeat(101), today, 'at most 100'],
		[7, today, ''],
		['One', '2026-02-30', 'the day'],
		['One', null, ''],
		['One', '2026-12-01', 'still to come']
	] as const)
		expect(() => readAnchorScore({ anchor, scoredOn }, today)).toThrow(said);
});
