/** What a stack costs in hours, before anything is done: from the shortest way to as many of the longest. Pure. */
import { judge } from './judge.ts';
import type { StackFacts } from './stones.ts';
import { everyItem } from './stones.ts';
import { stackOf } from './verdict.ts';

export type StackCost = {
	/** Hours of the shortest way; null when an hour on it is not known. */
	least: number | null;
	/** Hours of as many of the longest ones; null when an hour is not known, or when there is no choice. */
	most: number | null;
	/** How many microcredentials the shortest way has. */
	count: number;
	/** Whether every hour in the list is known. */
	known: boolean;
	/** The microcredentials of the shortest way. */
	way: string[];
};

/** More hours than any microcredential, so that fewer of them always cost less. */
const beyond = 900;

/** Null where the rule can't be met by what the list names so far. */
export function stackCostOf(stack: Pick<StackFacts, 'rule' | 'items' | 'nested'>): StackCost | null {
	const items = new Map(everyItem(stack).map((item) => [item.microcredentialId, item]));
	const open = (id: string) => items.get(id)?.open !== false;
	const ask = (hours: (id: string) => number | null) =>
		judge({
			stack: stackOf(stack),
			counts: () => false,
			cost: (id) => (items.has(id) && open(id) ? { hours: hours(id), waits: false } : null),
			open: () => true
		}).way;
	const least = ask((id) => items.get(id)!.hours);
	if (!least) return null;
	const known = [...items.values()].every(({ hours, open }) => open === false || hours !== null);
	// As many as the shortest way has, and the most hours among those: found as the least of what is missing to `beyond`.
	const longest = known ? ask((id) => beyond - Math.min(items.get(id)!.hours!, beyond)) : null;
	const sum = (ids: string[]) => ids.reduce((total, id) => total + items.get(id)!.hours!, 0);
	const most = longest ? sum(longest.items) : null;
	return {
		least: least.hours,
		most: most !== null && least.hours !== null && most > least.hours ? most : null,
		count: least.items.length,
		known,
		way: least.items
	};
}

const plural = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;

/** "about 9 to 15 hours in all, depending on which you choose". */
export function costWords(cost: StackCost | null): string {
	if (!cost) return 'What it costs in all is not known yet: its list is still shorter than its rule.';
	const { least, most, count, known } = cost;
	const of = plural(count, 'microcredential', 'microcredentials');
	if (least === null) return `What it costs in all is not known, because an hour of its shortest way of ${of} is not.`;
	if (most !== null) return `About ${least} to ${most} hours in all, by which ${of} you choose.`;
	const all = `About ${plural(least, 'hour', 'hours')} in all`;
	if (!known) return `${all} at the least, by ${of}; what others take is not known.`;
	return `${all}, for ${of}.`;
}
