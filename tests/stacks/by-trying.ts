/** A rule judged by trying everything, for tests to hold the judge against. */
import { everyOf, type Every, listOf, type Requirement } from '#lib/catalogue/stack.ts';
import type { Question, Stack } from '#lib/progress/judge.ts';
import type { Chance } from './random.ts';

const sizeOf = (bits: number) => {
	let n = 0;
	for (let rest = bits; rest > 0; rest &= rest - 1) n++;
	return n;
};

const earlier = (a: string | null, b: string | null) => (a === null || (b !== null && b < a) ? b : a);

/** Tries everything: every part of what counts, every item in every slot. As slow as it is plain; a part is bits. @param end after which nothing counts */
export function metByTrying(stack: Stack, counts: Question['counts'], end: string | null = null): boolean {
	const rule = everyOf(stack.rule);
	const { items } = stack;
	const bitsOf = (list: string[]) => list.reduce((bits, item) => bits | (1 << items.indexOf(item)), 0);
	const apart = (rule.exclusions ?? []).map(({ of, atMost = 1 }) => ({
		bits: bitsOf(listOf(rule, of, items)),
		atMost
	}));
	const counting = rule.needs.map((need) => {
		if (need.kind === 'stack') return 0;
		const list = need.kind === 'required' ? need.items : listOf(rule, need.of, items);
		return bitsOf(list.filter((item) => counts(item, need.counts ?? rule.counts, earlier(need.by ?? null, end))));
	});
	for (const need of rule.needs) {
		if (need.kind !== 'stack') continue;
		const other = stack.nested?.get(need.stackVersionId);
		if (!other || !metByTrying(other, counts, earlier(need.by ?? null, end))) return false;
	}
	const slots = rule.needs.flatMap((need, i) =>
		need.kind === 'slots' ? Array.from({ length: need.count }, () => counting[i]!) : []
	);
	const seat = (slot: number, free: number): boolean => {
		if (slot === slots.length) return true;
		for (let item = 0; item < items.length; item++) {
			const bit = 1 << item;
			if (free & slots[slot]! & bit && seat(slot + 1, free & ~bit)) return true;
		}
		return false;
	};
	for (let part = 0; part < 1 << items.length; part++) {
		if (apart.some(({ bits, atMost }) => sizeOf(part & bits) > atMost)) continue;
		const enough = rule.needs.every((need, i) => {
			if (need.kind === 'slots' || need.kind === 'stack') return true;
			return sizeOf(part & counting[i]!) >= (need.kind === 'required' ? need.items.length : need.count);
		});
		if (enough && seat(0, part)) return true;
	}
	return false;
}

const all = ['a', 'b', 'c', 'd', 'e', 'f'];

export function someStack(random: Chance, deep = 0): Stack {
	const { below, some, chance } = random;
	const items = all.slice(0, 3 + below(4));
	const nested = new Map<string, Stack>();
	const needs = Array.from({ length: 1 + below(3) }, (): Requirement => {
		const list = some(items);
		const counts = chance(0.25) ? { counts: chance(0.5) ? ('earned' as const) : ('submitted' as const) } : {};
		const kind = below(deep === 0 ? 8 : 7);
		if (kind < 4) return { kind: 'slots', count: 1 + below(2), of: list, ...counts };
		if (kind < 6) return { kind: 'at-least', count: 1 + below(3), of: list, ...counts };
		if (kind === 6) return { kind: 'required', items: list.slice(0, 2), ...counts };
		nested.set('inner', someStack(random, 1));
		return { kind: 'stack', stackVersionId: 'inner' };
	});
	const exclusions = Array.from({ length: below(3) }, () => ({ of: some(items, 2), atMost: 1 + below(2) }));
	const rule: Every = { kind: 'every', counts: chance(0.6) ? 'earned' : 'submitted', needs, exclusions };
	return { rule, items, nested };
}
