import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { extensionsFor, lastDayOf, readExtension } from './extension.ts';

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
	const given = (lastDay: string) => ({ lastDay, personId: null, of: null });
	expect(lastDayOf('2026-06-30', [given('2027-06-30'), given('2026-12-31')])).toBe('2027-06-30');
	expect(lastDayOf(null, [given('2027-06-30')])).toBe(null);
});

test('one requirement gets more time up to the last day of the program, and no further', () => {
	const asked = { lastDay: '2026-06-30', reason: 'r' };
	expect(readExtension(asked, { ...mineola, lastDay: '2026-03-31', atMost: '2026-06-30' }).lastDay).toBe('2026-06-30');
	expect(() => readExtension(asked, { ...mineola, lastDay: '2026-03-31', atMost: '2026-06-29' })).toThrow(
		'Nothing counts after the program’s last day, 2026-06-29.'
	);
});

describe('who has which last day', () => {
	const of = { stackVersionId: 's', requirement: 1 };
	const all = [
		{ personId: null, of: null, lastDay: '2026-07-01' },
		{ personId: 'nadia', of: null, lastDay: '2026-08-01' },
		{ personId: null, of, lastDay: '2026-04-01' },
		{ personId: 'nadia', of, lastDay: '2026-05-01' }
	];
	test.for<[who: string | null, what: typeof of | null, lastDay: string]>([
		[null, null, '2026-07-01'],
		['oscar', null, '2026-07-01'],
		['nadia', null, '2026-08-01'],
		[null, of, '2026-04-01'],
		['oscar', of, '2026-04-01'],
		['nadia', of, '2026-05-01'],
		['nadia', { ...of, requirement: 0 }, '2026-03-31']
	])('%s, for %o: until %s', ([personId, what, lastDay]) => {
		expect(lastDayOf(what ? '2026-03-31' : '2026-06-30', all, { personId, of: what })).toBe(lastDay);
		expect(extensionsFor(all, personId).every((one) => one.personId === null || one.personId === personId)).toBe(true);
	});
});
