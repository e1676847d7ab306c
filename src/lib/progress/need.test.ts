import { expect, test } from 'vitest';
import { excuseOf, groupByReason, type Need, needOf, type PairFacts, type Reason } from './need.ts';

const zone = 'America/Chicago';
const now = new Date('2026-11-25T15:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 24 * 3600_000);
/** A break by days from today. */
const rest = (from: number, to: number) => ({
	name: 'Break',
	firstDay: ago(-from).toISOString().slice(0, 10),
	lastDay: ago(-to).toISOString().slice(0, 10)
});
type Edits = Pick<PairFacts['lastEdit'], 'teacher' | 'mentor'> & Partial<PairFacts['lastEdit']>;
type Given = Partial<Omit<PairFacts, 'lastEdit'>> & { lastEdit?: Edits };
/** Where nothing else is said, the mentor can see what the teacher wrote. */
const facts = ({ lastEdit = { teacher: ago(1), mentor: ago(1) }, ...given }: Given): PairFacts => ({
	pairId: 'p',
	status: 'active',
	proposedAt: ago(60),
	activeAt: ago(50),
	pausedAt: null,
	rests: [],
	restsSince: null,
	lastMeeting: null,
	lastCheckIn: null,
	signal: null,
	lastMark: null,
	reflections: 1,
	lastEdit: { forMentor: lastEdit.teacher, ...lastEdit },
	inReviewSince: null,
	returnedAt: null,
	complete: false,
	summary: '1 of 3 earned',
	ownDate: null,
	lastDay: null,
	...given
});

test.for<[what: string, given: Given, reason: Reason | null, sentence?: string]>([
	['both wrote yesterday', {}, null],
	['13 quiet days', { lastEdit: { teacher: ago(13), mentor: ago(13) } }, null],
	['14 quiet days', { lastEdit: { teacher: ago(16), mentor: ago(14) } }, 'quiet', 'No edit by either for 14 days'],
	['16 quiet days', { lastEdit: { teacher: ago(16), mentor: null } }, 'quiet', 'No edit by either for 16 days'],
	['quiet while paused', { status: 'paused', pausedAt: ago(20), lastEdit: { teacher: ago(30), mentor: null } }, null],
	['quiet while the teacher rests', { restsSince: ago(20), lastEdit: { teacher: ago(30), mentor: null } }, null],
	['nothing started while the teacher rests', { restsSince: ago(20), reflections: 0 }, null],
	[
		'back while the teacher rests',
		{ restsSince: ago(2), returnedAt: ago(8), lastEdit: { teacher: ago(20), mentor: null } },
		null
	],
	['quiet after the end', { status: 'ended', lastEdit: { teacher: ago(30), mentor: null } }, null],
	['quiet while assessors read', { inReviewSince: ago(20), lastEdit: { teacher: ago(21), mentor: ago(22) } }, null],
	[
		'the mentor owes a word even then',
		{ inReviewSince: ago(20), lastEdit: { teacher: ago(10), mentor: ago(22) } },
		'mentor-awaited',
		'The teacher wrote last, on 15 Nov; no edit by the mentor since'
	],
	['the stack is complete', { complete: true, lastEdit: { teacher: ago(90), mentor: ago(90) } }, null],
	['the teacher wrote 9 days ago', { lastEdit: { teacher: ago(9), mentor: ago(11) } }, null],
	['the teacher wrote 10 days ago', { lastEdit: { teacher: ago(10), mentor: ago(11) } }, 'mentor-awaited'],
	[
		'the teacher wrote 10 days ago, alone: there is nothing to answer',
		{ lastEdit: { teacher: ago(10), mentor: null, forMentor: null } },
		null
	],
	[
		'the teacher wrote alone yesterday, and waits for an answer elsewhere',
		{ lastEdit: { teacher: ago(1), mentor: ago(20), forMentor: ago(11) } },
		'mentor-awaited'
	],
	['writing alone is not silence', { lastEdit: { teacher: ago(13), mentor: ago(20), forMentor: ago(21) } }, null],
	['the mentor wrote last, the teacher has time', { lastEdit: { teacher: ago(12), mentor: ago(8) } }, null],
	['a new pair', { reflections: 0, activeAt: ago(3), lastEdit: { teacher: null, mentor: null } }, null],
	[
		'nothing started',
		{ reflections: 0, activeAt: ago(12), lastEdit: { teacher: null, mentor: null } },
		'nothing-started',
		'Together for 12 days; no reflection started'
	],
	[
		'started, nothing written',
		{ lastEdit: { teacher: null, mentor: null }, activeAt: ago(15) },
		'quiet',
		'Together for 15 days; nothing written'
	],
	[
		'a "not yet" that nobody took up',
		{ returnedAt: ago(8), lastEdit: { teacher: ago(20), mentor: ago(20) } },
		'returned',
		'A submission came back on 17 Nov, no edit since'
	],
	['a "not yet" that is being worked on', { returnedAt: ago(8) }, null],
	['the last day is more than a fortnight away', { lastDay: '2026-12-10' }, null],
	['the last day is a fortnight away', { lastDay: '2026-12-09' }, 'due', 'Due on 9 Dec; 1 of 3 earned'],
	['the last day is today', { lastDay: '2026-11-25' }, 'due', 'Due on 25 Nov; 1 of 3 earned'],
	['the last day is over', { lastDay: '2026-11-24' }, 'due', 'The last day was 24 Nov; 1 of 3 earned'],
	['the last day is long over', { lastDay: '2026-10-20' }, null],
	['due, and with the assessors', { lastDay: '2026-11-28', inReviewSince: ago(3) }, null],
	['due, and complete', { lastDay: '2026-11-28', complete: true }, null],
	['due, and at rest', { lastDay: '2026-11-28', restsSince: ago(3) }, null],
	[
		'due, how far is not known',
		{ lastDay: '2026-11-28', summary: null },
		'due',
		'Due on 28 Nov; how far they are is not known'
	],
	[
		'their own date was a week ago',
		{ ownDate: '2026-11-18' },
		'behind-plan',
		'Planned to be done by 18 Nov; 1 of 3 earned'
	],
	['their own date was six days ago', { ownDate: '2026-11-19' }, null],
	['their own date was before a break', { ownDate: '2026-11-16', rests: [rest(-7, -3)] }, null],
	['past their own date, and complete', { ownDate: '2026-11-01', complete: true }, null],
	[
		'past their own date, and gone quiet: first the silence',
		{ ownDate: '2026-11-01', lastEdit: { teacher: ago(16), mentor: ago(16) } },
		'quiet'
	],
	['a fresh proposal', { status: 'proposed', activeAt: null, proposedAt: ago(2) }, null],
	[
		'an old proposal',
		{ status: 'proposed', activeAt: null, proposedAt: ago(9) },
		'unanswered',
		'Proposed 9 days ago, not answered'
	],
	['accepted long ago', { status: 'accepted', activeAt: null, proposedAt: ago(9) }, 'not-begun'],
	[
		'20 quiet days of which nine were a break',
		{ rests: [rest(-12, -4)], lastEdit: { teacher: ago(21), mentor: ago(20) } },
		null
	],
	[
		'25 quiet days of which nine were a break',
		{ rests: [rest(-12, -4)], lastEdit: { teacher: ago(25), mentor: ago(26) } },
		'quiet',
		'No edit by either for 25 days, 9 of them at rest'
	],
	['a break that has begun and goes on', { rests: [rest(-13, 5)], lastEdit: { teacher: ago(20), mentor: null } }, null],
	['a mentor who rests, too', { rests: [rest(-6, 5)], lastEdit: { teacher: ago(8), mentor: ago(12) } }, null],
	['they met a week ago', { lastMeeting: ago(7), lastEdit: { teacher: ago(20), mentor: ago(20) } }, null],
	[
		'they met long ago',
		{ lastMeeting: ago(15), lastEdit: { teacher: ago(20), mentor: ago(20) } },
		'quiet',
		'They met 15 days ago, and neither has written since'
	],
	[
		'they met before they last wrote',
		{ lastMeeting: ago(30), lastEdit: { teacher: ago(16), mentor: ago(20) } },
		'quiet',
		'No edit by either for 16 days; the last meeting was on 26 Oct'
	],
	['the teacher checked in a week ago', { lastCheckIn: ago(7), lastEdit: { teacher: ago(20), mentor: ago(19) } }, null],
	[
		'a check-in and then nothing',
		{ lastCheckIn: ago(15), lastEdit: { teacher: ago(20), mentor: ago(19) } },
		'quiet',
		'The teacher checked in 15 days ago, and neither has written since'
	],
	[
		'a check-in is no answer',
		{ lastCheckIn: ago(1), lastEdit: { teacher: ago(12), mentor: ago(20) } },
		'mentor-awaited'
	],
	['a check-in starts no reflection', { lastCheckIn: ago(1), reflections: 0 }, 'nothing-started'],
	['how it goes asks for nothing by itself', { lastCheckIn: ago(1), signal: { shows: 'going', going: 'hard' } }, null],
	[
		'the teacher would like a word',
		{ lastCheckIn: ago(0), signal: { shows: 'word', going: 'mixed' } },
		'asked',
		'On 25 Nov the teacher said: “Some of it is hard”, and would like a word with you'
	],
	[
		'the teacher would like a word, in a pause',
		{ status: 'paused', lastCheckIn: ago(3), signal: { shows: 'word', going: 'well' } },
		'asked'
	],
	[
		'the coach noted something since',
		{ lastCheckIn: ago(3), signal: { shows: 'word', going: 'mixed' }, lastMark: ago(2) },
		null
	],
	[
		'the coach noted something before',
		{ lastCheckIn: ago(3), signal: { shows: 'word', going: 'mixed' }, lastMark: ago(4) },
		'asked'
	],
	[
		'a wish of a pair that ended',
		{ status: 'ended', lastCheckIn: ago(3), signal: { shows: 'word', going: 'mixed' } },
		null
	],
	['a meeting is an answer', { lastMeeting: ago(6), lastEdit: { teacher: ago(8), mentor: ago(20) } }, null]
])('%s', ([, given, reason, sentence]) => {
	const need = needOf(facts(given), now, zone);
	expect(need?.reason ?? null).toBe(reason);
	if (sentence) expect(need?.sentence).toBe(sentence);
});

test.for<[days: number, act: Need['act']]>([
	[14, 'nudge'],
	[28, 'slot'],
	[56, 'rematch']
])('after %i quiet days the suggested act is a %s', ([days, act]) => {
	expect(
		needOf(facts({ activeAt: ago(100), lastEdit: { teacher: ago(days), mentor: null } }), now, zone)
	).toMatchObject({
		act,
		suggestion: expect.stringMatching(/\.$/)
	});
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
	expect(excuseOf(facts({ restsSince: ago(7), complete: true }), now, zone)).toBe('Paused since 18 Nov');
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
