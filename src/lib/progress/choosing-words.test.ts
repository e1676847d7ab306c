import { expect, test } from 'vitest';
import { cohortWords, mentorOfItem, mentorWords, stayWords } from './choosing-words.ts';

test.for<[any: boolean, people: number, names: string[], words: string]>([
	[false, 0, [], 'Nobody else of your cohort has chosen a stack yet.'],
	[true, 0, [], 'Nobody else in your cohort does it so far.'],
	[true, 1, [], '1 other in your cohort does it.'],
	[true, 3, [], '3 others in your cohort do it.'],
	[true, 1, ['Noor'], 'In your cohort Noor does it.'],
	[true, 3, ['Noor', 'Amara'], 'In your cohort Amara, Noor, and 1 other do it.'],
	[true, 24, ['G', 'F', 'E', 'D', 'C', 'B', 'A'], 'In your cohort A, B, C, D, E, and 19 others do it.']
])('any: %s, %i people, known: %s', ([any, people, names, words]) => {
	expect(cohortWords({ any, people, names })).toBe(words);
});

test.for<[ready: boolean, mentors: number, mentor: string | null, words: string]>([
	[true, 1, 'Idris Cole', 'Idris is ready'],
	[true, 3, 'Idris Cole', 'Idris is ready, and 2 more mentors of the program'],
	[false, 1, 'Idris Cole', '1 mentor of the program is ready'],
	[false, 2, null, '2 mentors of the program are ready'],
	[false, 0, null, 'no mentor is known to be ready yet']
])('ready: %s, %i mentors, own: %s', ([ready, mentors, mentor, words]) => {
	expect(mentorOfItem({ ready, mentors }, mentor)).toBe(words);
});

test('whoever sits in no cohort is told so', () => {
	expect(cohortWords({ seated: false, any: false, people: 0, names: [] })).toContain('no cohort yet');
});

const item = (title: string, ready: boolean, mentors: number) => ({ title, ready, mentors });
test('of a whole stack the own mentor comes first', () => {
	const items = [item('A', true, 1), item('B', false, 2), item('C', false, 0)];
	expect(mentorWords(items, 'Idris Cole')).toBe(
		'Idris, your mentor, is ready for 1 of its 3: “A”. Mentors of the program are ready for 2 of its 3.'
	);
	expect(mentorWords([item('A', false, 0)], 'Idris Cole')).toBe(
		'Whether Idris, your mentor, is ready for any of it is not known yet. No mentor of the program is known to be ready for it yet.'
	);
	expect(mentorWords([item('A', false, 1)], null)).toBe(
		'You have no mentor yet. Mentors of the program are ready for all 1.'
	);
});

test('what stays counted is said in the words of the verdict', () => {
	expect(stayWords({ summary: '1 of 3 earned', which: 'Wait time.', complete: false })).toMatch(
		/^With what you have done you would stand at 1 of 3 earned: Wait time\. What does not count/
	);
	expect(stayWords({ summary: '0 of 3 earned', which: null, complete: false })).toContain('0 of 3 earned. What');
	expect(stayWords({ summary: '1 of 1 earned', which: 'X.', complete: true })).toContain(
		'completes it: 1 of 1 earned.'
	);
});
