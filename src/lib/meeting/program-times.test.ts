import { expect, test } from 'vitest';
import { readShareAsked, readTimesAsked } from './program-times.ts';

const form = (fields: [name: string, value: string][]) => {
	const sent = new FormData();
	for (const [name, value] of [['startsAt', '08:00'], ['endsAt', '15:30'], ...fields] as [string, string][]) {
		if (name === 'startsAt' || name === 'endsAt') sent.set(name, value);
		else sent.append(name, value);
	}
	return sent;
};
const term = (name: string, firstDay: string, lastDay: string): [string, string][] => [
	['term', name],
	['firstDay', firstDay],
	['lastDay', lastDay]
];

test('terms are kept in their order, and an empty line is none', () => {
	const asked = readTimesAsked(
		form([
			...term('Spring', '2027-01-05', '2027-05-28'),
			...term('Autumn', '2026-08-17', '2026-12-18'),
			...term('', '', '')
		])
	);
	expect(asked.terms.map(({ name }) => name)).toEqual(['Autumn', 'Spring']);
	expect(asked).toMatchObject({ hours: { startsAt: '08:00', endsAt: '15:30' }, normId: null });
});

test.for<[fields: [string, string][], sentence: RegExp]>([
	[[['endsAt', '07:00']], /ends before it begins/],
	[[['startsAt', 'eight']], /from when until when/],
	[term('', '2026-08-17', '2026-12-18'), /a name/],
	[term('Autumn', '2026-08-17', '2026-02-30'), /first and the last day/],
	[term('Autumn', '2026-12-18', '2026-08-17'), /ends before it begins/],
	[term('Long', '2026-08-17', '2028-12-18'), /longer than a year/],
	[[...term('One', '2026-08-17', '2026-12-18'), ...term('Two', '2026-12-18', '2027-05-28')], /count in both/]
])('%j is refused', ([fields, sentence]) => {
	expect(() => readTimesAsked(form(fields))).toThrow(sentence);
});

test('a part of a post is a percentage from a day on', () => {
	const ask = (percent: string, fromDay: string) => {
		const sent = new FormData();
		sent.set('percent', percent);
		sent.set('fromDay', fromDay);
		return readShareAsked(sent);
	};
	expect(ask('50', '2026-09-01')).toMatchObject({ percent: 50, fromDay: '2026-09-01' });
	expect(() => ask('0', '2026-09-01')).toThrow(/percent/);
	expect(() => ask('50', 'soon')).toThrow(/which day/);
});
