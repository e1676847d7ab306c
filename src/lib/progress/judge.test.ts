import { describe, expect, test } from 'vitest';
import { everyOf, type Every, listOf, type Verb } from '#lib/catalogue/stack.ts';
import { metByTrying, someStack } from '../../../tests/stacks/by-trying.ts';
import { type Answer, type Cost, isMet, judge, type Question, type Stack } from './judge.ts';
import { randomOf } from '../../../tests/stacks/random.ts';

/** What was done of each, and on which day of ten. */
type Held = Map<string, { verb: Verb; day: number }[]>;
const countsOf = (held: Held) => (item: string, verb: Verb, by: string | null) =>
	(held.get(item) ?? []).some(
		(one) => (one.verb === 'earned' || verb === 'submitted') && (by === null || `${one.day}` <= by)
	);
const today = 5;
/** Everything held, and these earned today. */
const having = (held: Held, items: string[]): Held => {
	const then: Held = new Map(held);
	for (const item of items) then.set(item, [...(held.get(item) ?? []), { verb: 'earned', day: today }]);
	return then;
};

const allOf = (stack: Stack): string[] => [
	...new Set([...stack.items, ...[...(stack.nested?.values() ?? [])].flatMap(allOf)])
];

/** Fewest unknown, then fewest hours, then fewest items, then fewest that wait: as the judge says it. */
const compare = (a: number[], b: number[]) => a.map((x, i) => x - b[i]!).find((x) => x !== 0) ?? 0;
const weigh = (costs: Cost[]) => [
	costs.filter(({ hours, waits }) => hours === null && !waits).length,
	costs.reduce((sum, { hours, waits }) => sum + (waits ? 0 : (hours ?? 0)), 0),
	costs.length,
	costs.filter(({ waits }) => waits).length
];

/** Rounds for `npm test`; the 5,000. More, or one again: JUDGE_ROUNDS, JUDGE_SEED. */
const rounds = Number(process.env['JUDGE_ROUNDS'] ?? 5000);
const first = Number(process.env['JUDGE_SEED'] ?? 1);

test(`${rounds} random stacks are judged as by trying everything, and so is the shortest way`, () => {
	const seen = { met: 0, way: 0, none: 0, impossible: 0 };
	for (let seed = first; seed < first + rounds; seed++) {
		const random = randomOf(seed);
		const undated = someStack(random);
		const dated = (one: Stack): Stack => {
			const rule = everyOf(one.rule);
			const needs = rule.needs.map((need) => (random.chance(0.2) ? { ...need, by: `${random.below(10)}` } : need));
			return { ...one, rule: { ...rule, needs } };
		};
		const stack = { ...dated(undated), nested: new Map([...undated.nested!].map(([id, inner]) => [id, dated(inner)])) };
		const items = allOf(stack);
		const held: Held = new Map();
		const costs = new Map<string, Cost>();
		for (const item of items) {
			const luck = random.below(10);
			const day = random.below(today + 1);
			if (luck < 3) held.set(item, [{ verb: 'earned', day }]);
			else if (luck < 5) held.set(item, [{ verb: 'submitted', day }]);
			if (luck >= 3 && luck < 9)
				costs.set(item, { hours: random.chance(0.2) ? null : 1 + random.below(9), waits: random.chance(0.15) });
		}
		const question: Question = {
			stack,
			counts: countsOf(held),
			cost: (item) => costs.get(item) ?? null,
			open: (by) => by === null || `${today}` <= by
		};
		const answer = judge(question);
		const message = `seed ${seed}`;
		const met = metByTrying(stack, question.counts);
		expect(answer.met, message).toBe(met);
		expect(isMet(question), message).toBe(met);
		checkFilling(stack, answer, question, message);
		if (met) {
			seen.met++;
			expect([answer.way, answer.conflict], message).toEqual([null, null]);
			continue;
		}
		const open = [...costs.keys()];
		let best: number[] | null = null;
		for (let part = 0; part < 1 << open.length; part++) {
			const bought = open.filter((_, i) => (part >> i) & 1);
			const weight = weigh(bought.map((item) => costs.get(item)!));
			if (best && compare(weight, best) >= 0) continue;
			if (metByTrying(stack, countsOf(having(held, bought)))) best = weight;
		}
		expect(answer.way === null, message).toBe(best === null);
		if (answer.way && best) {
			seen.way++;
			expect(answer.way.exact, message).toBe(true);
			expect(weigh(answer.way.items.map((item) => costs.get(item)!)), message).toEqual(best);
			expect(metByTrying(stack, countsOf(having(held, answer.way.items))), message).toBe(true);
		} else {
			seen.none++;
			checkConflict(stack, answer, question, costs, message);
			if (answer.conflict!.rule) seen.impossible++;
		}
	}
	// A generator that never made one of these would prove nothing about it.
	if (rounds >= 1000) for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(rounds / 100);
}, 120_000);

/** What is said to fill a requirement fills it, each item one slot, and no exclusion is broken. */
function checkFilling(stack: Stack, answer: Answer, { counts }: Question, message: string) {
	const rule = everyOf(stack.rule);
	const inSlots: string[] = [];
	const used = new Set<string>();
	for (const [i, need] of rule.needs.entries()) {
		const { by, have, need: places, met } = answer.requirements[i]!;
		if (need.kind === 'stack') continue;
		const list = need.kind === 'required' ? need.items : listOf(rule, need.of, stack.items);
		for (const item of by) {
			expect(list.includes(item) && counts(item, need.counts ?? rule.counts, need.by ?? null), message).toBe(true);
			used.add(item);
		}
		expect(have, message).toBe(by.length);
		expect(met, message).toBe(have >= places);
		if (need.kind === 'slots') inSlots.push(...by);
	}
	expect(new Set(inSlots).size, message).toBe(inSlots.length);
	for (const { of, atMost = 1 } of rule.exclusions ?? [])
		expect(listOf(rule, of, stack.items).filter((item) => used.has(item)).length, message).toBeLessThanOrEqual(atMost);
	if (answer.met)
		expect(
			answer.requirements.every(({ met }) => met),
			message
		).toBe(true);
}

/** Together they can't be met, and without any one of them they can. */
function checkConflict(
	stack: Stack,
	{ conflict }: Answer,
	{ counts, open }: Question,
	costs: Map<string, Cost>,
	message: string
) {
	const rule = everyOf(stack.rule);
	const possible = (needs: number[], exclusions: number[]) =>
		metByTrying(
			{
				...stack,
				rule: {
					...rule,
					needs: needs.map((i) => rule.needs[i]!),
					exclusions: exclusions.map((i) => rule.exclusions![i]!)
				}
			},
			conflict!.rule ? () => true : (item, verb, by) => counts(item, verb, by) || (costs.has(item) && open(by))
		);
	const { needs, exclusions } = conflict!;
	expect(possible(needs, exclusions), message).toBe(false);
	for (const one of needs)
		expect(
			possible(
				needs.filter((other) => other !== one),
				exclusions
			),
			message
		).toBe(true);
	for (const one of exclusions)
		expect(
			possible(
				needs,
				exclusions.filter((other) => other !== one)
			),
			message
		).toBe(true);
}

const ask = (stack: Stack, earned: string[], more: Partial<Question> = {}) =>
	judge({
		stack,
		counts: (item) => earned.includes(item),
		cost: () => ({ hours: 5, waits: false }),
		open: () => true,
		...more
	});

describe('one microcredential fills one slot', () => {
	const stack: Stack = {
		items: ['a', 'b'],
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [
				{ kind: 'slots', count: 1, of: ['a', 'b'] },
				{ kind: 'slots', count: 1, of: ['a'] }
			]
		}
	};
	test('and moves over when another can only go where it is', () => {
		expect(ask(stack, ['a', 'b']).requirements.map(({ by }) => by)).toEqual([['b'], ['a']]);
	});
	test('so one that fits both is not two', () => {
		expect(ask(stack, ['a'])).toMatchObject({ met: false, have: 1, need: 2, way: { items: ['b'], hours: 5 } });
	});
});

test('of two that exclude each other the one stays that makes it complete', () => {
	const stack: Stack = {
		items: ['a', 'b', 'c'],
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [
				{ kind: 'at-least', count: 2 },
				{ kind: 'required', items: ['b'] }
			],
			exclusions: [{ of: ['a', 'b'] }]
		}
	};
	expect(ask(stack, ['a', 'b', 'c'])).toMatchObject({ met: true, counted: ['b', 'c'] });
	expect(ask(stack, ['a', 'c'])).toMatchObject({ met: false, way: { items: ['b'] } });
});

test('requirements that can never be met together are named, and no others', () => {
	const stack: Stack = {
		items: ['a', 'b', 'c'],
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [
				{ kind: 'at-least', count: 1 },
				{ kind: 'required', items: ['a'] },
				{ kind: 'required', items: ['b'] }
			],
			exclusions: [{ of: ['b', 'c'] }, { of: ['a', 'b'] }]
		}
	};
	expect(ask(stack, []).conflict).toEqual({ needs: [1, 2], exclusions: [1], rule: true });
});

test('what is no longer offered can’t be had, and the requirement it leaves open is named', () => {
	const stack: Stack = {
		items: ['a', 'b'],
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [
				{ kind: 'at-least', count: 1 },
				{ kind: 'required', items: ['a'] }
			]
		}
	};
	const cost = (item: string) => (item === 'a' ? null : { hours: 1, waits: false });
	expect(ask(stack, [], { cost }).conflict).toEqual({ needs: [1], exclusions: [], rule: false });
	expect(ask(stack, ['a'], { cost }).met).toBe(true);
});

test('a way with unknown hours is said to be not known, and one with known hours comes before it', () => {
	const stack: Stack = { items: ['a', 'b'], rule: { kind: 'at-least', count: 1, counts: 'earned' } };
	const cost = (item: string) => ({ hours: item === 'a' ? null : 90, waits: false });
	expect(ask(stack, [], { cost }).way).toEqual({ items: ['b'], hours: 90, exact: true });
	const two: Stack = { items: ['a', 'b'], rule: { kind: 'at-least', count: 2, counts: 'earned' } };
	expect(ask(two, [], { cost }).way).toMatchObject({ hours: null });
});

test('a stack that asks for itself is never complete, and the question ends', () => {
	const rule: Every = { kind: 'every', counts: 'earned', needs: [{ kind: 'stack', stackVersionId: 'me' }] };
	const stack: Stack = { items: ['a'], rule, nested: new Map() };
	stack.nested!.set('me', stack);
	expect(ask(stack, ['a']).met).toBe(false);
});

test('twelve pairs that exclude each other are judged exactly', () => {
	const items = Array.from({ length: 24 }, (_, i) => `i${i}`);
	const stack: Stack = {
		items,
		rule: {
			kind: 'every',
			counts: 'earned',
			needs: [{ kind: 'at-least', count: 12 }],
			exclusions: Array.from({ length: 12 }, (_, i) => ({ of: [`i${i * 2}`, `i${i * 2 + 1}`] }))
		}
	};
	expect(ask(stack, items).met).toBe(true);
	expect(ask(stack, items.slice(2)).met).toBe(false);
	expect(
		ask({ ...stack, rule: { ...(stack.rule as Every), needs: [{ kind: 'at-least', count: 13 }] } }, items)
	).toMatchObject({
		met: false,
		conflict: { needs: [0], rule: true }
	});
});
