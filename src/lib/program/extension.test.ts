import { expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { lastDayOf, readExtension } from './extension.ts';

const mineola = { lastDay: '2026-06-30', startsOn: '2025-08-15' };

test('a later day with a reason is read, without the spaces around it', () => {
	expect(readExtension({ lastDay: ' 2027-06-30 ', reason: ' One year was too short. ' }, mineola)).toEqual({
		lastDay: '2027-06-30',
		reason: 'One year was too short.'
	});
});

test.for<[what: string, asked: { lastDay: unknown; reason: unknown }, lastDay: string | null, why: string]>([
	['no day', { lastDay: '', reason: 'r' }, '2026-06-30', 'Please choose the new last day.'],
	['no text', { lastDay: null, reason: 'r' }, '2026-06-30', 'Nothing has changed.'],
	['a day that does not exist', { lastDay: '2027-02-29', reason: 'r' }, '2026-06-30', 'not in the calendar'],
	['no reason', { lastDay: '2027-06-30', reason: '  ' }, '2026-06-30', 'Please say why'],
	['a reason without end', { lastDay: '2027-06-30', reason: 'x'.repeat(501) }, '2026-06-30', 'at most 500 letters'],
	['the same day', { lastDay: '2026-06-30', reason: 'r' }, '2026-06-30', 'never takes any'],
	['an earlier day', { lastDay: '2026-06-29', reason: 'r' }, '2026-06-30', 'never takes any'],
	['a year typed wrong', { lastDay: '2207-06-30', reason: 'r' }, '2026-06-30', 'look at the year again'],
	['a program without a last day', { lastDay: '2027-06-30', reason: 'r' }, null, 'nothing to extend']
])('is refused: %s', ([, asked, lastDay, why]) => {
	expect(() => readExtension(asked, { ...mineola, lastDay })).toThrow(Refusal);
	expect(() => readExtension(asked, { ...mineola, lastDay })).toThrow(why);
});

test('the last day is the latest that was ever given', () => {
	expect(lastDayOf('2026-06-30', [])).toBe('2026-06-30');
	expect(lastDayOf('2026-06-30', [{ lastDay: '2027-06-30' }, { lastDay: '2026-12-31' }])).toBe('2027-06-30');
	expect(lastDayOf(null, [{ lastDay: '2027-06-30' }])).toBe(null);
});
