import { expect, test } from 'vitest';
import { linesOf, type Period, readPeriods } from './timetable.ts';

const form = (...lines: [on: string, from: string, to: string, kind: string][]) => {
	const sent = new FormData();
	for (const [on, from, to, kind] of lines) {
		sent.append('on', on);
		sent.append('from', from);
		sent.append('to', to);
		sent.append('kind', kind);
	}
	return sent;
};

test('what is the same on every school day is one line, there and back', () => {
	const lines = [
		['school', '08:00', '11:00', 'teaching'],
		['school', '11:00', '12:00', 'prep'],
		['3', '13:00', '14:00', 'other']
	] as [string, string, string, string][];
	const periods = readPeriods(form(...lines, ['school', '', '', 'teaching']));
	expect(periods).toHaveLength(11);
	expect(linesOf(periods).map(({ on, from, to, kind }) => [on, from, to, kind])).toEqual(lines);
});

test('a day more or less is said by itself', () => {
	const periods = [1, 2, 3, 4, 5, 6].map((weekday): Period => ({
		weekday,
		startsAt: '08:00',
		endsAt: '09:00',
		kind: 'prep'
	}));
	expect(linesOf(periods).map(({ on }) => on)).toEqual(['school', '6']);
	expect(linesOf(periods.slice(1)).map(({ on }) => on)).toEqual(['2', '3', '4', '5', '6']);
});

test.for<[lines: [string, string, string, string][], sentence: RegExp]>([
	[[['school', '08:00', '', 'teaching']], /from when until when in line 1/],
	[[['school', '09:00', '08:00', 'teaching']], /ends before it begins/],
	[[['9', '08:00', '09:00', 'teaching']], /on which day/],
	[[['1', '08:00', '09:00', 'sleeping']], /what line 1 is/]
])('%j is refused', ([lines, sentence]) => {
	expect(() => readPeriods(form(...lines))).toThrow(sentence);
});
