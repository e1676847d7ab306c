import { describe, expect, test } from 'vitest';
import { type Every, everyOf, type StackRule, type Verb } from '#lib/catalogue/stack.ts';
import { dayOf } from './days.ts';
import type { Stack } from './judge.ts';
import { type Ground, type ProgressEvent, standingOf } from './events.ts';
import { randomOf } from '../../../tests/stacks/random.ts';
import { items, on } from '../../../tests/stacks/facts.ts';
import { metByTrying, someStack } from '../../../tests/stacks/by-trying.ts';

const earned = (
	id: string,
	at: string,
	expiresOn: string | null = null,
	awardId = `award ${id} ${at}`
): ProgressEvent => ({
	kind: 'awarded',
	awardId,
	microcredentialId: id,
	at: on(at),
	expiresOn
});
const handedIn = (id: string, at: string): ProgressEvent => ({
	kind: 'submitted',
	submissionId: `submission ${id} ${at}`,
	microcredentialId: id,
	at: on(at)
});
const ground = (given: Partial<Ground>): Ground => ({
	now: on('2026-11-25'),
	timeZone: 'America/Chicago',
	rule: { kind: 'at-least', count: 3, counts: 'earned' },
	items: items(...'abcdefghijklmno'),
	lastDay: null,
	...given
});
const words = ({ verdict }: ReturnType<typeof standingOf>) => verdict;

describe('G2, Tennessee: 3 of 15', () => {
	const ab = [earned('a', '2026-09-01'), earned('a', '2026-10-01'), earned('b', '2026-10-05')];
	test('a, a again and b are 2 of 3', () =>
		expect(words(standingOf(ground({}), ab))).toMatchObject({
			complete: false,
			summary: '2 of 3 earned',
			which: 'a and b.'
		}));
	test('c completes it, once', () =>
		expect(words(standingOf(ground({}), [...ab, earned('c', '2026-11-01')]))).toMatchObject({
			complete: true,
			completedAt: on('2026-11-01')
		}));
	test('when every award of a has expired it is 2 of 3 again, and was complete', () => {
		const expiring = [
			earned('a', '2026-09-01', '2026-11-10'),
			earned('a', '2026-10-01', '2026-11-20'),
			earned('b', '2026-10-05'),
			earned('c', '2026-11-01')
		];
		expect(words(standingOf(ground({ now: on('2026-11-12') }), expiring))).toMatchObject({
			complete: true,
			way: 'It stays complete until 20 Nov, the last day on which “a” counts.'
		});
		expect(words(standingOf(ground({}), expiring))).toMatchObject({
			complete: false,
			summary: '2 of 3 earned',
			completedAt: on('2026-11-01'),
			missing: expect.stringContaining('It was complete on 1 Nov; that stays in your history.')
		});
	});
});

describe('G3, Mineola: 18 by the end of year one, extended to two', () => {
	const list = items(...Array.from({ length: 18 }, (_, i) => `m${String(i + 1).padStart(2, '0')}`));
	const extension: ProgressEvent = {
		kind: 'extended',
		extensionId: 'x',
		at: on('2026-08-20'),
		lastDay: '2027-06-30',
		reason: 'One year was too short.'
	};
	const mineola = (now: string, last: string | null, extended = true) =>
		standingOf(
			ground({
				now: on(now),
				timeZone: 'America/New_York',
				rule: { kind: 'at-least', count: 18, counts: 'earned' },
				items: list,
				lastDay: '2026-06-30'
			}),
			[
				...list.slice(0, 17).map(({ microcredentialId }) => earned(microcredentialId, '2026-05-01')),
				...(last ? [earned('m18', last)] : []),
				...(extended ? [extension] : [])
			]
		).verdict;
	test('in the gap between the old last day and the act that extends it the time is over, and nothing is lost by it', () => {
		expect(mineola('2026-08-01', null).missing).toBe('The time for it ended on 30 Jun, with 1 missing.');
		expect(mineola('2026-08-21', null)).toMatchObject({
			missing: '1 more completes it: m18.',
			deadline: 'The last day is 30 Jun 2027, extended from 30 Jun on 20 Aug: One year was too short.'
		});
	});
	test('what was earned in the gap counts once the act is there', () => {
		expect(mineola('2026-08-10', '2026-08-05').complete).toBe(false);
		expect(mineola('2026-08-21', '2026-08-05')).toMatchObject({ complete: true, completedAt: on('2026-08-05') });
	});
	test('the 18th in month 20 completes it, 17 at the new last day do not', () => {
		expect(mineola('2027-05-01', '2027-04-20')).toMatchObject({ complete: true, completedAt: on('2027-04-20') });
		expect(mineola('2027-07-01', null)).toMatchObject({ complete: false, completedAt: null, way: null });
		expect(mineola('2027-07-05', '2027-07-02').complete).toBe(false);
	});
});

/** The rule of the residency: at least 10 submitted, 6 from content, 1 professionalism, 1 of another stack, 2 of a list. */
export const residency: Every = {
	kind: 'every',
	counts: 'submitted',
	lists: {
		Content: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'],
		Professionalism: ['c7', 'p1'],
		'Another stack': ['s1', 's2'],
		'The list': ['l1', 'l2', 'l3', 'c1']
	},
	needs: [
		{ kind: 'slots', title: 'Content', count: 6, of: 'Content' },
		{ kind: 'slots', title: 'Professionalism', count: 1, of: 'Professionalism' },
		{ kind: 'slots', title: 'Another stack', count: 1, of: 'Another stack' },
		{ kind: 'slots', title: 'From the list', count: 2, of: 'The list' }
	]
};
const resident = items('c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'p1', 's1', 's2', 'l1', 'l2', 'l3');

describe('G4, residency: one microcredential fits two slots and fills one', () => {
	const seven = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'].map((id) => handedIn(id, '2026-09-01'));
	const all = [...seven, handedIn('s1', '2026-09-02'), handedIn('l1', '2026-09-03'), handedIn('l2', '2026-09-04')];
	const standing = (events: ProgressEvent[]) =>
		standingOf(ground({ rule: residency, items: resident }), events).verdict;
	test('7 content, one of them professionalism, 1 of another stack, 2 of the list are complete', () => {
		expect(standing(all)).toMatchObject({ complete: true, summary: '10 of 10 submitted', missing: null });
		expect(standing(all).requirements).toEqual([
			{
				met: true,
				words: 'Content: 6 of 6 submitted',
				by: 'Filled by “c1”, “c2”, “c3”, “c4”, “c5”, and “c6”.',
				missing: null
			},
			{ met: true, words: 'Professionalism: 1 of 1 submitted', by: 'Filled by “c7”.', missing: null },
			{ met: true, words: 'Another stack: 1 of 1 submitted', by: 'Filled by “s1”.', missing: null },
			{ met: true, words: 'From the list: 2 of 2 submitted', by: 'Filled by “l1” and “l2”.', missing: null }
		]);
	});
	test('without the seventh content one is missing, and it says which way is shortest', () => {
		const hours = resident.map((item) => ({ ...item, hours: item.microcredentialId === 'p1' ? 9 : 12 }));
		const { verdict } = standingOf(
			ground({ rule: residency, items: hours }),
			all.filter((one) => !('microcredentialId' in one && one.microcredentialId === 'c7'))
		);
		expect(verdict).toMatchObject({
			complete: false,
			summary: '9 of 10 submitted',
			missing: 'Still missing: 1 for “Professionalism”.',
			way: 'Shortest way: “p1”, about 9 hours.'
		});
	});
	test('what came back as incomplete was not handed in', () => {
		const back: ProgressEvent = {
			kind: 'decided',
			submissionId: 'submission s1 2026-09-02',
			at: on('2026-09-10'),
			decision: 'incomplete'
		};
		expect(standing([...all, back])).toMatchObject({
			complete: false,
			missing: 'Still missing: 1 for “Another stack”.'
		});
	});
});

describe('G12: expires 23 November 2026, in Chicago', () => {
	test.for<[now: string, complete: boolean]>([
		['2026-11-24T05:59:59.999Z', true],
		['2026-11-24T06:00:00.000Z', false]
	])('at %s it counts in every stack: %s', ([now, complete]) => {
		const events = [earned('a', '2025-11-23', '2026-11-23')];
		const one = { now: on(now), items: items('a') };
		const nested = new Map([
			['inner', { title: 'Inner', rule: { kind: 'at-least', count: 1, counts: 'earned' } as const, items: items('a') }]
		]);
		const rules: StackRule[] = [
			{ kind: 'at-least', count: 1, counts: 'earned' },
			{ kind: 'every', counts: 'earned', needs: [{ kind: 'slots', count: 1, of: ['a'] }] },
			{ kind: 'every', counts: 'earned', needs: [{ kind: 'stack', stackVersionId: 'inner' }] }
		];
		for (const rule of rules)
			expect(standingOf(ground({ ...one, nested, rule: rule }), events).verdict.complete).toBe(complete);
	});
});

test('Florida: one microcredential is complete with one, and nothing more is asked', () => {
	const rule = { kind: 'at-least', count: 1, counts: 'earned' } as const;
	const florida = ground({ rule, items: items('growth-mindset') });
	expect(standingOf(florida, []).verdict).toMatchObject({ summary: '0 of 1 earned', complete: false });
	expect(standingOf(florida, [earned('growth-mindset', '2026-10-01')]).verdict).toMatchObject({ complete: true });
});

test('practice counts, whatever comes of it: attempts and meetings, each once', () => {
	const met = (meetingId: string, at: string): ProgressEvent => ({ kind: 'met', meetingId, at: on(at) });
	const happened = [
		handedIn('a', '2026-10-01'),
		met('m', '2026-10-02'),
		met('n', '2026-10-20'),
		met('m', '2026-10-02')
	];
	expect(standingOf(ground({}), happened).verdict.practice).toBe('Practice so far: 1 hand-in; 2 meetings.');
	expect(standingOf(ground({ now: on('2026-10-05') }), happened).verdict.practice).toBe(
		'Practice so far: 1 hand-in; 1 meeting.'
	);
	expect(standingOf(ground({}), [met('m', '2026-10-02')]).verdict).toMatchObject({ complete: false, have: 0 });
});

const zones = ['America/Chicago', 'America/New_York', 'Pacific/Auckland', 'UTC'];
const hour = 3600_000;
const rounds = Number(process.env['HISTORY_ROUNDS'] ?? 5000);
const first = Number(process.env['HISTORY_SEED'] ?? 1);

test(`${rounds} random stacks and histories, told in any order and twice, are judged as by trying everything`, () => {
	const seen = { met: 0, lost: 0, never: 0 };
	for (let seed = first; seed < first + rounds; seed++) {
		const random = randomOf(seed);
		const undated = someStack(random);
		const zone = zones[random.below(zones.length)]!;
		const begin = Date.UTC(2026, 9, 1);
		const instant = () => new Date(begin + random.below(60 * 24) * hour);
		const day = () => new Date(begin + random.below(60) * 24 * hour).toISOString().slice(0, 10);
		const now = instant();
		// Some requirements end on a day of their own, and some of those were given more time.
		const moves: { id: string; requirement: number; at: Date; lastDay: string }[] = [];
		const dated = (id: string, one: Stack): Stack => {
			const rule = everyOf(one.rule);
			const needs = rule.needs.map((need, requirement) => {
				if (!random.chance(0.25)) return need;
				if (random.chance(0.5)) moves.push({ id, requirement, at: instant(), lastDay: day() });
				return { ...need, by: day() };
			});
			return { ...one, rule: { ...rule, needs } };
		};
		const stack = {
			...dated('own', undated),
			nested: new Map([...undated.nested!].map(([id, inner]) => [id, dated(id, inner)]))
		};
		const lastDay = random.chance(0.4) ? day() : null;
		const happened: ProgressEvent[] = [];
		const ids = [...new Set([...stack.items, ...[...stack.nested!.values()].flatMap((one) => one.items)])];
		for (let i = 0; i < 2 + random.below(9); i++) {
			const id = ids[random.below(ids.length)]!;
			if (random.chance(0.55)) {
				const expiresOn = random.chance(0.4) ? day() : null;
				happened.push({ kind: 'awarded', awardId: `${i}`, microcredentialId: id, at: instant(), expiresOn });
				if (random.chance(0.15)) happened.push({ kind: 'revoked', awardId: `${i}`, at: instant(), reason: 'r' });
			} else {
				happened.push({ kind: 'submitted', submissionId: `${i}`, microcredentialId: id, at: instant() });
				const decision = (['incomplete', 'not-yet', 'earned'] as const)[random.below(3)]!;
				if (random.chance(0.5)) happened.push({ kind: 'decided', submissionId: `${i}`, at: instant(), decision });
			}
		}
		if (lastDay && random.chance(0.5))
			happened.push({ kind: 'extended', extensionId: 'x', at: instant(), lastDay: day(), reason: 'r' });

		for (const [i, { id, requirement, at, lastDay }] of moves.entries())
			happened.push({
				kind: 'extended',
				extensionId: `need ${i}`,
				at,
				lastDay,
				reason: 'r',
				of: { stackVersionId: id, requirement }
			});

		const said = (id: string) => ({ microcredentialId: id, title: id, hours: 3, artifacts: null });
		const nested = new Map(
			[...stack.nested!].map(([id, inner]) => [id, { title: id, rule: inner.rule, items: inner.items.map(said) }])
		);
		const given: Ground = {
			now,
			timeZone: zone,
			rule: stack.rule,
			items: stack.items.map(said),
			nested,
			lastDay,
			stackVersionId: 'own'
		};
		const standing = standingOf(given, happened);
		const shuffled = [...happened, ...random.some(happened, 0)]
			.map((event) => ({ event, place: random.below(1e6) }))
			.sort((a, b) => a.place - b.place)
			.map(({ event }) => event);
		const message = `seed ${seed}`;
		expect(standingOf(given, shuffled), message).toEqual(standing);

		// The same question, asked of the events themselves.
		const known = happened.filter(({ at }) => at <= now).map((event) => ({ ...event, day: dayOf(event.at, zone) }));
		const last = known.reduce(
			(latest, one) =>
				one.kind === 'extended' && !one.of && latest !== null && one.lastDay > latest ? one.lastDay : latest,
			lastDay
		);
		const done = known.flatMap((event) => {
			if (event.kind !== 'awarded' && event.kind !== 'submitted') return [];
			const of = known.filter((other) =>
				event.kind === 'awarded'
					? other.kind === 'revoked' && other.awardId === event.awardId
					: other.kind === 'decided' && other.submissionId === event.submissionId && other.decision === 'incomplete'
			);
			if (last !== null && event.day > last) return [];
			return event.kind === 'submitted' && of.length > 0 ? [] : [{ ...event, revokedAt: of[0]?.at ?? null }];
		});
		const countsAt = (instant: Date) => {
			const today = dayOf(instant, zone);
			return (item: string, verb: Verb, by: string | null) =>
				done.some(
					(event) =>
						(by === null || event.day <= by) &&
						event.microcredentialId === item &&
						event.at <= instant &&
						(event.kind === 'submitted'
							? verb === 'submitted'
							: !(event.revokedAt && event.revokedAt <= instant) &&
								(event.expiresOn === null || today <= event.expiresOn))
				);
		};
		const moved = (id: string, one: Stack): Stack => {
			const rule = everyOf(one.rule);
			const needs = rule.needs.map((need, requirement) => {
				const later = moves
					.filter((move) => move.id === id && move.requirement === requirement && move.at <= now)
					.map(({ lastDay }) => lastDay);
				return need.by ? { ...need, by: [need.by, ...later].sort().at(-1)! } : need;
			});
			return { ...one, rule: { ...rule, needs } };
		};
		const asked = {
			...moved('own', stack),
			nested: new Map([...stack.nested].map(([id, inner]) => [id, moved(id, inner)]))
		};
		const met = metByTrying(asked, countsAt(now));
		expect(standing.verdict.complete, message).toBe(met);
		const when = done
			.map(({ at }) => at)
			.sort((a, b) => a.getTime() - b.getTime())
			.find((at) => metByTrying(asked, countsAt(at)));
		expect(standing.verdict.completedAt, message).toEqual(when ?? null);
		seen[met ? 'met' : when ? 'lost' : 'never']++;
	}
	if (rounds >= 1000) for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(rounds / 200);
}, 120_000);
