import { describe, expect, test } from 'vitest';
import { award, facts, items, on, submission } from '../../../tests/stacks/facts.ts';
import { type StackFacts, stonesOf } from './stones.ts';
import { verdictOf } from './verdict.ts';

describe('Tennessee: 3 of a list of 15', () => {
	const ab = [award('a', '2026-09-01'), award('a', '2026-09-20'), award('b', '2026-10-01')];
	test('the same one twice counts once', () => {
		expect(verdictOf(facts({ awards: ab }))).toMatchObject({
			have: 2,
			need: 3,
			complete: false,
			completedAt: null,
			summary: '2 of 3 earned',
			which: 'a and b.',
			missing: '1 more completes it: any of 13.'
		});
	});
	test('the third completes it', () => {
		const verdict = verdictOf(facts({ awards: [...ab, award('c', '2026-11-01')] }));
		expect(verdict).toMatchObject({ have: 3, complete: true, completedAt: on('2026-11-01'), missing: null });
	});
	test('one expires: 2 of 3 again, and the history is kept', () => {
		const expiring = [
			award('a', '2026-09-01', { expiresOn: '2026-11-10' }),
			award('b', '2026-10-01'),
			award('c', '2026-11-01')
		];
		expect(verdictOf(facts({ awards: expiring }))).toMatchObject({
			summary: '2 of 3 earned',
			complete: false,
			completedAt: on('2026-11-01'),
			missing: 'It was complete on 1 Nov; that stays in your history. 1 more completes it: any of 13.'
		});
	});
	test('a fourth does not read as 4 of 3', () => {
		const four = ['a', 'b', 'c', 'd'].map((id) => award(id, '2026-09-01'));
		expect(verdictOf(facts({ awards: four })).summary).toBe('3 of 3 earned');
	});
	test('what is not on the list does not count', () => {
		expect(verdictOf(facts({ awards: [award('z', '2026-09-01')] }))).toMatchObject({
			have: 0,
			which: null,
			missing: '3 more complete it: any of 15.'
		});
	});
	test('the nearest one is named', () => {
		const verdict = verdictOf(facts({ awards: ab, submissions: [submission('f', '2026-11-18')] }));
		expect(verdict.missing).toBe('1 more completes it. Nearest: f, in review.');
	});
});

test('a draft of unknown length is not on the shortest way, and that is said', () => {
	const listed = [
		{ microcredentialId: 'draft', title: 'Wait time', hours: null, artifacts: 2 },
		{ microcredentialId: 'a', title: 'Exit notes', hours: 5, artifacts: 2 }
	];
	const begun = { microcredentialId: 'draft', startedAt: on('2026-11-16'), lastEditAt: on('2026-11-20') };
	const rule = { kind: 'at-least', count: 1, counts: 'earned' } as const;
	const given = { rule, items: listed, reflections: [begun] };
	expect(verdictOf(facts(given)).way).toBe(
		'Shortest way: “Exit notes”, about 5 hours. “Wait time” is begun and not counted on here: how long it takes is not known.'
	);
	const known = listed.map((item) => ({ ...item, hours: item.hours ?? 3 }));
	expect(verdictOf(facts({ ...given, items: known })).way).toBe('Shortest way: “Wait time”, about 3 hours.');
	expect(verdictOf(facts({ ...given, reflections: [] })).way).toBe('Shortest way: “Exit notes”, about 5 hours.');
});

describe('expiry on 23 November 2026 in Chicago', () => {
	const awards = [award('a', '2025-11-23', { expiresOn: '2026-11-23' })];
	const one = { rule: { kind: 'at-least', count: 1, counts: 'earned' }, items: items('a'), awards } as const;
	test.for<[now: string, counts: boolean]>([
		['2026-11-23T06:00:00.000Z', true], // that day begins
		['2026-11-24T05:59:59.999Z', true], // the last instant before local midnight
		['2026-11-24T06:00:00.000Z', false] // midnight in Chicago
	])('at %s it counts: %s', ([now, counts]) => {
		const given = facts({ ...one, items: items('a'), now: new Date(now) });
		expect(verdictOf(given).complete).toBe(counts);
		expect(stonesOf(given)[0]!.state).toBe(counts ? 'earned' : 'not-started');
	});
	test('a revocation stops at its instant, not at midnight', () => {
		const revoked = [award('a', '2026-01-01', { revokedAt: new Date('2026-11-20T15:00:00Z'), revokedReason: 'r' })];
		const at = (now: string) =>
			verdictOf(facts({ ...one, items: items('a'), awards: revoked, now: new Date(now) })).complete;
		expect(at('2026-11-20T14:59:59.999Z')).toBe(true);
		expect(at('2026-11-20T15:00:00Z')).toBe(false);
	});
});

describe('Mineola: 18, by the end of year one, extended to two', () => {
	const list = items(...Array.from({ length: 18 }, (_, i) => `m${String(i + 1).padStart(2, '0')}`));
	const mineola = (earned: number, now: string, lastDay: string, last = '2027-01-15') =>
		verdictOf(
			facts({
				timeZone: 'America/New_York',
				rule: { kind: 'at-least', count: 18, counts: 'earned' },
				items: list,
				lastDay,
				now: on(now),
				awards: list.slice(0, earned).map((item, i) => award(item.microcredentialId, i === 17 ? last : '2026-05-01'))
			})
		);
	test('nothing fails between the old last day and the new one', () => {
		expect(mineola(17, '2026-09-01', '2027-06-30').missing).toBe('1 more completes it: m18.');
	});
	test('the 18th in month 20 completes it', () => {
		expect(mineola(18, '2027-05-01', '2027-06-30', '2027-04-20')).toMatchObject({
			complete: true,
			completedAt: on('2027-04-20')
		});
	});
	test('17 at the new last day is not complete, and says so', () => {
		expect(mineola(17, '2027-07-01', '2027-06-30')).toMatchObject({
			complete: false,
			completedAt: null,
			summary: '17 of 18 earned',
			missing: 'The time for it ended on 30 Jun, with 1 missing.'
		});
	});
	test('the 18th after the last day comes too late; on the last evening it does not', () => {
		expect(mineola(18, '2027-07-03', '2027-06-30', '2027-07-02').complete).toBe(false);
		expect(mineola(18, '2027-07-03', '2027-06-30', '2027-07-01T03:30:00Z').complete).toBe(true);
	});
	test('a list shorter than its rule says that the rest is not known', () => {
		const verdict = verdictOf(facts({ rule: { kind: 'at-least', count: 18, counts: 'earned' }, items: items('a') }));
		expect(verdict.missing).toBe('18 more complete it; which others can count is not known yet.');
	});
});

describe('a rule that counts what is submitted', () => {
	const rule = { kind: 'at-least', count: 2, counts: 'submitted' } as const;
	test.for<[what: string, submissions: StackFacts['submissions'], have: number]>([
		['in review', [submission('a', '2026-11-01')], 1],
		['"not yet" was handed in', [submission('a', '2026-11-01', 'not-yet', '2026-11-10')], 1],
		['incomplete was not', [submission('a', '2026-11-01', 'incomplete', '2026-11-03')], 0],
		['twice the same', [submission('a', '2026-11-01', 'not-yet', '2026-11-10'), submission('a', '2026-11-20')], 1],
		['two', [submission('a', '2026-11-01'), submission('b', '2026-11-02')], 2]
	])('%s', ([, submissions, have]) => {
		expect(verdictOf(facts({ rule, submissions })).have).toBe(have);
		expect(verdictOf(facts({ submissions })).have).toBe(0);
	});
});
