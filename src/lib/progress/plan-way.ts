/**
 * What a plan is made of: the shortest way to complete the stack, going on with what is begun and with what the teacher
 * put into their plan. Pure.
 */
import { everyOf } from '#lib/catalogue/stack.ts';
import { countingOf } from './counting.ts';
import { dayOf } from './days.ts';
import { type Cost, judge } from './judge.ts';
import type { Ordered, PlanItem } from './plan.ts';
import { everyItem, type StackFacts, type Stone } from './stones.ts';
import { stackOf } from './verdict.ts';

export type WayItem = PlanItem & Ordered & { title: string };

export type PlanWay = {
	items: WayItem[];
	/** With assessors: nothing is left to do, but to wait. */
	waiting: string[];
	/** Others that could stand in the plan instead of one in it. */
	others: { id: string; title: string; minutes: number | null }[];
	/** How many minutes fewer the shortest way of all asks for; 0 when this is it, null when that is not known. */
	longerBy: number | null;
};

const minutesOf = (hours: number | null): number | null => (hours === null ? null : Math.round(hours * 60));

/**
 * The way of a plan; null when the stack is complete, and when it can't be completed as things are.
 * @param chosen what the teacher put into their plan; it is on the way wherever it can count
 * @param resting what rests by itself: not preferred, and last where it can't be done without
 */
export function planWayOf(
	facts: StackFacts,
	stones: readonly Stone[],
	chosen: readonly string[],
	resting: ReadonlySet<string>
): PlanWay | null {
	const { now, timeZone: zone, lastDay } = facts;
	const today = dayOf(now, zone);
	const ended = lastDay !== null && today > lastDay;
	const counting = countingOf(facts, { zone, lastDay, now });
	const items = new Map(everyItem(facts).map((item) => [item.microcredentialId, item]));
	const states = new Map(stones.map(({ microcredentialId, state }) => [microcredentialId, state]));
	const stated = (id: string): Cost | null => {
		const waits = states.get(id) === 'in-review';
		const item = items.get(id);
		return ended || !item || (item.open === false && !waits) ? null : { hours: item.hours, waits };
	};
	/** What is preferred costs next to nothing, so that it is on the way; what it takes is counted afterwards. */
	const preferred = (id: string): Cost | null => {
		const cost = stated(id);
		if (!cost || cost.waits || resting.has(id)) return cost;
		if (chosen.includes(id)) return { ...cost, hours: 0 };
		return states.get(id) === 'gathering' ? { ...cost, hours: 1 / 60 } : cost;
	};
	const ask = (cost: (id: string) => Cost | null) =>
		judge({
			stack: stackOf(facts),
			counts: (item, verb, by) => counting.counts(now.getTime(), item, verb, by),
			cost,
			open: (by) => !ended && (by === null || today <= by)
		});
	const answer = ask(preferred);
	if (answer.met || !answer.way) return null;
	const along = new Set(answer.way.items);
	const needs = everyOf(facts.rule).needs;
	const days = new Map<string, string>();
	for (const [i, { then }] of answer.requirements.entries()) {
		const by = needs[i]?.by;
		if (by) for (const id of then) if (!days.has(id) || by < days.get(id)!) days.set(id, by);
	}
	const working = [...items.values()].filter(
		({ microcredentialId: id }) => along.has(id) && states.get(id) !== 'in-review'
	);
	const minutes = working.map(({ hours }) => minutesOf(hours));
	const shortest = ask(stated).way?.hours ?? null;
	const sum = minutes.includes(null) ? null : minutes.reduce<number>((total, one) => total + one!, 0);
	return {
		items: working.map((item, i) => ({
			id: item.microcredentialId,
			title: item.title,
			minutes: minutes[i]!,
			begun: states.get(item.microcredentialId) === 'gathering',
			resting: resting.has(item.microcredentialId),
			by: days.get(item.microcredentialId) ?? null
		})),
		waiting: answer.way.items.filter((id) => states.get(id) === 'in-review').map((id) => items.get(id)!.title),
		others: [...items.values()].flatMap(({ microcredentialId: id, title, hours, open }) =>
			along.has(id) || open === false || states.get(id) === 'earned' || states.get(id) === 'in-review'
				? []
				: [{ id, title, minutes: minutesOf(hours) }]
		),
		longerBy: sum === null || shortest === null ? null : Math.max(0, sum - Math.round(shortest * 60))
	};
}
