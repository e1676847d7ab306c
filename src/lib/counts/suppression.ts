/**
 * What leaves a program says nothing about a few people. A number from 1 to 9 is hidden, and so many others with it that
 * nobody can work it out from sums and neighbours: to whoever reads all of a program’s report at one time, a hidden number
 * may still be at least ten different ones. In a place of fewer than ten people zeros are hidden too, because “nobody
 * earned” is then said of each of them; not where nobody did in the larger place around it, of which it may be said.
 * Decided for the whole tree at once, so that the report of a state and the one of a district never give away together
 * what each of them hides. Pure.
 */
import { type Counted, type Counts, keyOf, type Place } from './rollup.ts';

/** Fewer are not shown. */
export const fewest = 10;

/** The columns of what leaves, in the order of the bits of `hidden`; never change it. */
export const leaving = [
	'invited',
	'applied',
	'waiting',
	'enrolled',
	'active',
	'completed',
	'submitted',
	'earned',
	'expired',
	'pairsActive'
] as const satisfies readonly Counted[];
export type Leaving = (typeof leaving)[number];

export const isHidden = (hidden: number, what: Leaving): boolean => (hidden & (1 << leaving.indexOf(what))) !== 0;

/** How many people a place counts: everybody stands in one of these, so they may be added up for this alone. */
export const peopleIn = ({ invited, applied, waiting, enrolled, active, completed }: Counts): number =>
	invited + applied + waiting + enrolled + active + completed;

/** How little a reader may be left to guess among. */
const leastWidth = fewest - 1;

type Cell = {
	key: string;
	value: number;
	within: Cell | null;
	below: Cell[];
	hidden: boolean;
	/** Must not be worked out: it says something about fewer than ten. */
	kept: boolean;
	/** From and to which number it may be, for all that a reader sees. */
	low: number;
	high: number;
};

/** What is hidden in each place, by `keyOf`: a bit for each of `leaving`. */
export function hiddenIn(places: readonly Place[]): Map<string, number> {
	const hidden = new Map(places.map((place) => [keyOf(place), 0]));
	leaving.forEach((what, bit) => {
		for (const cell of hideIn(places, what)) if (cell.hidden) hidden.set(cell.key, hidden.get(cell.key)! | (1 << bit));
	});
	return hidden;
}

function hideIn(places: readonly Place[], what: Leaving): Cell[] {
	const cells = new Map<string, Cell>();
	for (const place of places) {
		const value = place.counts[what];
		const people = peopleIn(place.counts);
		const within = place.withinId === null ? null : cells.get(place.withinId)!;
		const kept =
			value > 0 ? value < fewest : people > 0 && people < fewest && (!within || within.kept || within.value > 0);
		const cell = { key: keyOf(place), value, within, below: [], hidden: kept, kept, low: 0, high: 0 };
		within?.below.push(cell);
		cells.set(cell.key, cell);
	}
	const all = [...cells.values()];
	for (const cell of all) if (cell.hidden) coverBelow(cell);
	for (;;) {
		readAs(all);
		// One more in each set of neighbours, and below that nothing before it was read again.
		const helped = new Set<Cell | null>();
		const isHelped = ({ within }: Cell): boolean => helped.has(within) || (within !== null && isHelped(within));
		for (const cell of all) {
			if (!cell.kept || cell.high - cell.low >= leastWidth || isHelped(cell)) continue;
			const one = toHideBeside(cell);
			if (!one) continue;
			helped.add(one.within);
			hide(one);
		}
		if (helped.size === 0) return all;
	}
}

/** The smallest neighbour that is more than nothing, or else the sum itself; none once the whole is hidden. */
function toHideBeside(cell: Cell): Cell | undefined {
	for (let at = cell; at.within; at = at.within) {
		const neighbour = smallest(at.within.below.filter((one) => !one.hidden && one.value > 0));
		if (neighbour) return neighbour;
		if (!at.within.hidden) return at.within;
	}
	return undefined;
}

function hide(cell: Cell): void {
	cell.hidden = true;
	coverBelow(cell);
}

/** A hidden sum of which every part is shown would be no secret. */
function coverBelow(cell: Cell): void {
	if (cell.below.length === 0 || cell.below.some(({ hidden }) => hidden)) return;
	const part = smallest(cell.below.filter(({ value }) => value > 0)) ?? smallest(cell.below);
	hide(part!);
}

const smallest = (cells: Cell[]): Cell | undefined =>
	cells.reduce<Cell | undefined>(
		(least, cell) =>
			!least || cell.value < least.value || (cell.value === least.value && cell.key < least.key) ? cell : least,
		undefined
	);

/** What a reader can tell of every cell: no number is below zero, and parts add up. @param all a sum before its parts */
function readAs(all: Cell[]): void {
	for (const cell of all.toReversed()) {
		if (!cell.hidden) {
			cell.low = cell.high = cell.value;
			continue;
		}
		// Parts come after their sum, so theirs are known.
		cell.low = sum(cell.below, 'low');
		cell.high = cell.below.length > 0 ? sum(cell.below, 'high') : Infinity;
	}
	// From above, with what the sum leaves for each when its neighbours take as little, or as much, as they may.
	for (const { low, high, below } of all) {
		const [lows, highs] = [sum(below, 'low'), sum(below, 'high')];
		const endless = below.filter((part) => part.high === Infinity).length;
		const finite =
			endless === 0
				? highs
				: sum(
						below.filter((part) => part.high !== Infinity),
						'high'
					);
		for (const part of below) {
			const othersHigh =
				endless - Number(part.high === Infinity) > 0 ? Infinity : finite - (part.high === Infinity ? 0 : part.high);
			const least = Math.max(part.low, low - othersHigh);
			const most = Math.min(part.high, high - (lows - part.low));
			[part.low, part.high] = [least, most];
		}
	}
}

const sum = (cells: Cell[], what: 'low' | 'high'): number => cells.reduce((total, cell) => total + cell[what], 0);
