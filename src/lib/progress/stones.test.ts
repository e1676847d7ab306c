import { describe, expect, test } from 'vitest';
import type { StoneState } from './states.ts';
import { facts, award, items, on, submission } from '../../../tests/stacks/facts.ts';
import { type StackFacts, stonesOf } from './stones.ts';

const stone = (given: Partial<StackFacts>) => {
	const { state, words, gap } = stonesOf(facts({ items: items('a'), ...given }))[0]!;
	return [state, words, gap];
};

describe('one stone, in words', () => {
	const draft = { microcredentialId: 'a', startedAt: on('2026-11-03'), lastEditAt: on('2026-11-24') };
	test.for<[what: string, given: Partial<StackFacts>, state: StoneState, words: string, gap: string | null]>([
		['nothing', {}, 'not-started', 'How long it takes is not known', 'Starts with a reflection'],
		[
			'a draft',
			{ reflections: [draft] },
			'gathering',
			'Draft started 3 Nov, last edit yesterday',
			'Hand-in asks for 2 artifacts and a reflection'
		],
		[
			'an empty draft',
			{ reflections: [{ ...draft, lastEditAt: null }] },
			'gathering',
			'Draft started 3 Nov, nothing written yet',
			'Hand-in asks for 2 artifacts and a reflection'
		],
		[
			'a submission',
			{ reflections: [draft], submissions: [submission('a', '2026-11-18')] },
			'in-review',
			'With assessors since 18 Nov',
			null
		],
		[
			'a "not yet"',
			{ submissions: [submission('a', '2026-11-02', 'not-yet', '2026-11-12')] },
			'gathering',
			'Not yet, 12 Nov',
			'Only the rubric rows that fell short need another go'
		],
		[
			'a failed completeness check',
			{ submissions: [submission('a', '2026-11-02', 'incomplete', '2026-11-04')] },
			'gathering',
			'Came back on 4 Nov: something was missing',
			'Add it and hand in again'
		],
		[
			'handed in again after a "not yet"',
			{ submissions: [submission('a', '2026-11-20'), submission('a', '2026-11-02', 'not-yet', '2026-11-12')] },
			'in-review',
			'With assessors since 20 Nov, handed in twice',
			null
		],
		[
			'a yes whose award is not there yet',
			{ submissions: [submission('a', '2026-11-02', 'earned', '2026-11-12')] },
			'in-review',
			'Assessors said yes on 12 Nov',
			'The award itself is on its way'
		],
		['an award', { reflections: [draft], awards: [award('a', '2026-10-14')] }, 'earned', 'Earned 14 Oct', null],
		[
			'an award that will expire',
			{ awards: [award('a', '2026-10-14', { expiresOn: '2027-10-14' })] },
			'earned',
			'Earned 14 Oct, counts until 14 Oct 2027',
			null
		],
		[
			'an award that expired, though its old draft is still there',
			{
				reflections: [{ ...draft, startedAt: on('2025-09-01'), lastEditAt: on('2025-09-20') }],
				submissions: [submission('a', '2025-09-21', 'earned', '2025-10-10')],
				awards: [award('a', '2025-10-14', { expiresOn: '2026-10-14' })]
			},
			'not-started',
			'Expired after 14 Oct, earned 14 Oct 2025 stays in your history',
			'Earn it again'
		],
		[
			'a draft begun after the award expired',
			{ reflections: [draft], awards: [award('a', '2025-10-14', { expiresOn: '2026-10-14' })] },
			'gathering',
			'Draft started 3 Nov, last edit yesterday',
			'Hand-in asks for 2 artifacts and a reflection'
		],
		[
			'a revoked award',
			{
				awards: [award('a', '2026-10-14', { revokedAt: on('2026-11-20'), revokedReason: 'Issued to the wrong person' })]
			},
			'not-started',
			'Revoked 20 Nov: Issued to the wrong person',
			'earned 14 Oct stays in your history'
		]
	])('%s', ([, given, ...expected]) => expect(stone(given)).toEqual(expected));
});

test('what is earned lies at the bottom, the oldest lowest; of two drafts the one touched last is nearer', () => {
	const draft = (microcredentialId: string, day: string) => ({
		microcredentialId,
		startedAt: on(day),
		lastEditAt: null
	});
	const given = facts({
		items: items('a', 'b', 'c', 'd', 'e', 'f'),
		reflections: [draft('b', '2026-11-01'), draft('f', '2026-11-20')],
		submissions: [submission('c', '2026-11-01')],
		awards: [award('d', '2026-11-09'), award('e', '2026-10-14')]
	});
	expect(stonesOf(given).map((s) => s.microcredentialId)).toEqual(['e', 'd', 'c', 'f', 'b', 'a']);
});
