import { expect, test } from 'vitest';
import { excuseOf, groupByReason, type Need, needOf, type PairFacts, type Reason } from './need.ts';

const zone = 'America/Chicago';
const now = new Date('2026-11-25T15:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 24 * 3600_000);
type Edits = Pick<PairFacts['lastEdit'], 'teacher' | 'mentor'> & Partial<PairFacts['lastEdit']>;
type Given = Partial<Omit<PairFacts, 'lastEdit'>> & { lastEdit?: Edits };
/** Where nothing else is said, the mentor can see what the teacher wrote. */
const facts = ({ lastEdit = { teacher: ago(1), mentor: ago(1) }, ...given }: Given): PairFacts => ({
	pairId: 'p',
	status: 'active',
	proposedAt: ago(60),
	activeAt: ago(50),
	pausedAt: null,
	reflections: 1,
	lastEdit: { forMentor: lastEdit.teacher, ...lastEdit },
	inReviewSince: null,
	returnedAt: null,
	complete: false,
	...given
});

test.for<[what: string, given: Given, reason: Reason | null, sentence?: string]>([
	['both wrote yesterday', {}, null],
	['13 quiet days', { lastEdit: { teacher: ago(13), mentor: ago(13) } }, null],
	['14 quiet days', { lastEdit: { teacher: ago(16), mentor: ago(14) } }, 'quiet', 'No edit by either for 14 days'],
	['16 quiet days', { lastEdit: { teacher: ago(16), mentor: null } }, 'quiet', 'No edit by either for 16 days'],
	['quiet while paused', { status: 'paused', pausedAt: ago(20), lastEdit: { teacher: ago(30), mentor: null } }, null],
	['quiet after the end', { status: 'ended', lastEdit: { teacher: ago(30), mentor: null } }, null],
	['quiet while assessors read', { inReviewSince: ago(20), lastEdit: { teacher: ago(21), mentor: ago(22) } }, null],
	[
		'the mentor owes a word even then',
		{ inReviewSince: ago(20), lastEdit: { teacher: ago(9), mentor: ago(22) } },
		'mentor-awaited',
		'The teacher wrote last, on 16 Nov; no edit by the mentor since'
	],
	['the stack is complete', { complete: true, lastEdit: { teacher: ago(90), mentor: ago(90) } }, null],
	['the teacher wrote 6 days ago', { lastEdit: { teacher: ago(6), mentor: ago(8) } }, null],
	['the teacher wrote 7 days ago', { lastEdit: { teacher: ago(7), mentor: ago(8) } }, 'mentor-awaited'],
	[
		'the teacher wrote 10 days ago, alone: there is nothing to answer',
		{ lastEdit: { teacher: ago(10), mentor: null, forMentor: null } },
		null
	],
	[
		'the teacher wrote alone yesterday, and waits for an answer elsewhere',
		{ lastEdit: { teacher: ago(1), mentor: ago(20), forMentor: ago(8) } },
		'mentor-awaited'
	],
	['writing alone is not silence', { lastEdit: { teacher: ago(13), mentor: ago(20), forMentor: ago(21) } }, null],
	['the mentor wrote last, the teacher has time', { lastEdit: { teacher: ago(12), mentor: ago(8) } }, null],
	['a new pair', { reflections: 0, activeAt: ago(3), lastEdit: { teacher: null, mentor: null } }, null],
	[
		'nothing started',
		{ reflections: 0, activeAt: ago(12), lastEdit: { teacher: null, mentor: null } },
		'nothing-started',
		'No reflection started in 12 days together'
	],
	[
		'started, nothing written',
		{ lastEdit: { teacher: null, mentor: null }, activeAt: ago(15) },
		'quiet',
		'Nothing written in 15 days together'
	],
	[
		'a "not yet" that nobody took up',
		{ returnedAt: ago(8), lastEdit: { teacher: ago(20), mentor: ago(20) } },
		'returned',
		'A submission came back on 17 Nov, no edit since'
	],
	['a "not yet" that is being worked on', { returnedAt: ago(8) }, null],
	['a fresh proposal', { status: 'proposed', activeAt: null, proposedAt: ago(2) }, null],
	[
		'an old proposal',
		{ status: 'proposed', activeAt: null, proposedAt: ago(9) },
		'unanswered',
		'Proposed 9 days ago, not answered'
	],
	['accepted long ago', { status: 'accepted', activeAt: null, proposedAt: ago(9) }, 'not-begun']
])('%s', ([, given, reason, sentence]) => {
	const need = needOf(facts(given), now, zone);
	expect(need?.reason ?? null).toBe(reason);
	if (sentence) expect(need?.sentence).toBe(sentence);
});

test('days are days of the calendar there: from late on the 11th to early on the 25th is 14', () => {
	const lateOnThe11th = new Date('2026-11-12T05:30:00Z');
	const need = needOf(
		facts({ lastEdit: { teacher: lateOnThe11th, mentor: null } }),
		new Date('2026-11-25T06:30:00Z'),
		zone
	);
	expect(need).toMatchObject({ days: 14, since: lateOnThe11th });
});

test('a pair that rests says why', () => {
	expect(excuseOf(facts({ status: 'paused', pausedAt: ago(20) }), now, zone)).toBe('Paused since 5 Nov, as agreed');
	expect(excuseOf(facts({ inReviewSince: ago(7) }), now, zone)).toBe('With assessors since 18 Nov');
	expect(excuseOf(facts({}), now, zone)).toBeNull();
});

test('who has waited longest comes first, and equal waits keep one order', () => {
	const pair = (pairId: string, reason: Reason, days: number) => ({ pairId, need: { reason, days } as Need });
	const groups = groupByReason([
		pair('a', 'mentor-awaited', 8),
		pair('d', 'quiet', 16),
		pair('c', 'quiet', 16),
		pair('b', 'quiet', 40),
		pair('e', 'nothing-started', 12)
	]);
	expect(groups.map((group) => [group.reason, group.pairs.map((p) => p.pairId)])).toEqual([
		['quiet', ['b', 'c', 'd']],
		['nothing-started', ['e']],
		['mentor-awaited', ['a']]
	]);
});
