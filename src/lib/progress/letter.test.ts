import { expect, test } from 'vitest';
import { letterLines, letterMail } from './letter.ts';

const pair = (pairId: string, days: number) => ({
	pairId,
	teacher: `Teacher ${pairId}`,
	mentor: 'Mentor',
	cohort: null,
	stones: [],
	stack: '0 of 1 earned',
	reached: null,
	checkIn: null,
	waited: `${days} days`,
	need: {
		reason: 'quiet' as const,
		since: new Date(),
		days,
		sentence: `No edit by either for ${days} days`,
		act: 'nudge' as const,
		suggestion: 'Ask how it is going.'
	}
});
const groups = [
	{ reason: 'quiet' as const, title: 'Gone quiet', pairs: [pair('a', 20), pair('b', 15)] },
	{ reason: 'returned' as const, title: 'Back', pairs: [pair('c', 30), pair('d', 16)] }
];
const due = [{ ...pair('e', 0), words: 'Their daughter was ill. No edit by either for 40 days.', days: 'today' }];

test('the three that have waited longest are named, whatever their reason', () => {
	expect(letterLines({ groups, due }).map(({ who }) => who)).toEqual([
		'Teacher c with Mentor',
		'Teacher a with Mentor',
		'Teacher d with Mentor'
	]);
});

test('whoever asked for a word is named first, without what they said', () => {
	const asked = pair('f', 0);
	const need = { ...asked.need, reason: 'asked' as const, sentence: 'On 29 Nov the teacher said: hard' };
	const lines = letterLines({
		groups: [...groups, { reason: 'asked', title: 'Asked', pairs: [{ ...asked, need }] }],
		due
	});
	expect(lines[0]).toEqual({ who: 'Teacher f with Mentor', words: 'Asked for a word. Ask how it is going.' });
});

test('those to look at again follow, without what the coach noted', () => {
	const lines = letterLines({ groups: [], due });
	expect(lines).toEqual([{ who: 'Teacher e with Mentor', words: 'You wanted to look again.' }]);
	expect(letterLines({ groups: [], due: [] })).toEqual([]);
});

test('the mail says how many there are, and survives any name', () => {
	const to = { address: 'c@school.example', footer: { text: 'How it stops.', html: '<p>How it stops.</p>' } };
	const lines = [{ who: 'A <b>x</b> with B', words: 'No edit.' }];
	const mail = letterMail(lines, 4, to, 'https://wayfellow.example');
	expect(mail.subject).toBe('4 of your pairs could use you this week');
	expect(mail.bodyText).toContain('These 1 of 4 have waited longest');
	expect(mail.bodyText).toMatch(/How it stops\.\n$/);
	expect(mail.bodyHtml).toContain('<p>How it stops.</p>');
	expect(mail.bodyHtml).not.toContain('<b>');
	expect(letterMail(lines, 1, to, 'x').subject).toBe('One of your pairs could use you this week');
});
