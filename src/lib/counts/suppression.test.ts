import { describe, expect, test } from 'vitest';
import { keyOf, none, type Counts, type Place } from './rollup.ts';
import { fewest, hiddenIn, isHidden, leaving, peopleIn } from './suppression.ts';

/** A place with so many active people, and how many of them earned. */
type Sketch = { active: number; earned?: number } | { [name: string]: Sketch };
const isLeaf = (sketch: Sketch): sketch is { active: number; earned?: number } => typeof sketch.active === 'number';

function treeOf(sketch: Sketch): Place[] {
	const places: Place[] = [];
	const add = (placeId: string, withinId: string | null, of: Sketch): Counts => {
		const place: Place = {
			placeId,
			rest: false,
			withinId,
			kind: withinId === null ? 'program' : 'school',
			name: placeId,
			counts: none()
		};
		places.push(place);
		if (isLeaf(of)) Object.assign(place.counts, { active: of.active, earned: of.earned ?? 0 });
		else
			for (const [name, below] of Object.entries(of)) {
				const counts = add(name, placeId, below);
				place.counts.active += counts.active;
				place.counts.earned += counts.earned;
			}
		return place.counts;
	};
	add('whole', null, sketch);
	return places;
}

/** Which numbers are not shown, as "place what". */
const hiddenOf = (places: Place[]) => {
	const hidden = hiddenIn(places);
	return places.flatMap((place) =>
		(['active', 'earned'] as const).flatMap((what) =>
			isHidden(hidden.get(keyOf(place))!, what) ? [`${place.placeId} ${what}`] : []
		)
	);
};

describe('what leaves a program', () => {
	test.for<[say: string, sketch: Sketch, hidden: string[]]>([
		[
			'nothing is hidden where every number is ten or more',
			{ a: { active: 10, earned: 10 }, b: { active: 12, earned: 11 } },
			[]
		],
		['a zero is said of ten or more', { a: { active: 10 }, b: { active: 12, earned: 11 } }, []],
		[
			'one small number takes the next smallest with it',
			{ a: { active: 11, earned: 3 }, b: { active: 30, earned: 20 }, c: { active: 30, earned: 15 } },
			['a earned', 'c earned']
		],
		[
			'two small ones that are less than ten together take a third',
			{ a: { active: 11, earned: 3 }, b: { active: 30, earned: 4 }, c: { active: 30, earned: 15 } },
			['a earned', 'b earned', 'c earned']
		],
		[
			'two small ones that are ten together keep each other',
			{ a: { active: 11, earned: 6 }, b: { active: 30, earned: 7 }, c: { active: 30, earned: 15 } },
			['a earned', 'b earned']
		],
		[
			'a neighbour with nothing hides nobody, so the sum is hidden',
			{ a: { active: 11, earned: 3 }, b: { active: 30 } },
			['whole earned', 'a earned']
		],
		[
			'of fewer than ten people not even nobody is said',
			{ a: { active: 4 }, b: { active: 30, earned: 20 } },
			['a active', 'b active', 'a earned', 'b earned']
		],
		[
			'where nobody did in the larger place, that is said',
			{ a: { active: 4 }, b: { active: 30 } },
			['a active', 'b active']
		],
		[
			'what is hidden of a district can not be added up from its schools',
			{ d: { s: { active: 20, earned: 12 }, t: { active: 20, earned: 14 } }, e: { u: { active: 12, earned: 2 } } },
			['d earned', 's earned', 'e earned', 'u earned']
		],
		[
			'a program of few says nothing at all',
			{ a: { active: 4, earned: 1 }, b: { active: 2 } },
			['whole active', 'whole earned', 'a active', 'a earned', 'b active', 'b earned']
		],
		['a place of nobody shows its zeros', { a: { active: 0 }, b: { active: 12, earned: 10 } }, []]
	])('%s', ([, sketch, hidden]) => {
		expect(hiddenOf(treeOf(sketch)).sort()).toEqual([...hidden].sort());
	});

	test('keeps the columns in the order of their bits', () => {
		expect(leaving.join(' ')).toBe(
			'invited applied waiting enrolled active completed submitted earned expired pairsActive'
		);
	});
});

/** The same numbers on every run. */
function randomOf(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** A small state: some districts with some schools, many of them small, some with nobody. */
function someTree(seed: number): Place[] {
	const below = randomOf(seed);
	const size = () => [below(4), below(12), 8 + below(8), 15 + below(20)][below(4)]!;
	const leaf = () => {
		const active = size();
		return { active, earned: Math.min(active, below(3) === 0 ? 0 : size()) };
	};
	const list = (of: () => Sketch, most: number, name: string): Sketch =>
		Object.fromEntries(Array.from({ length: 1 + below(most) }, (_, i) => [`${name}${i}`, of()]));
	let n = 0;
	return treeOf(list(() => (below(4) === 0 ? leaf() : list(leaf, 4, `s${n++}-`)), 4, 'd'));
}

/**
 * All that a number may be for a reader, found by trying everything: which values of the hidden numbers add up to those
 * that are shown. Knows nothing of how they were chosen.
 */
function readings(
	places: Place[],
	what: 'active' | 'earned',
	hidden: Map<string, number>,
	most: number
): Map<string, Set<number>> {
	const below = new Map<string, Place[]>();
	for (const place of places)
		if (place.withinId) below.set(place.withinId, [...(below.get(place.withinId) ?? []), place]);
	const isShown = (place: Place) => !isHidden(hidden.get(keyOf(place))!, what);
	/** What a place may be by itself and what is in it. */
	const possible = new Map<string, Set<number>>();
	const addAll = (sets: Set<number>[]) =>
		sets.reduce(
			(sums, set) => new Set([...sums].flatMap((a) => [...set].flatMap((b) => (a + b <= most ? [a + b] : [])))),
			new Set([0])
		);
	const upward = (place: Place): Set<number> => {
		const parts = below.get(place.placeId);
		const all = parts ? addAll(parts.map(upward)) : new Set(Array.from({ length: most + 1 }, (_, i) => i));
		const mine = isShown(place) ? new Set([...all].filter((value) => value === place.counts[what])) : all;
		possible.set(place.placeId, mine);
		return mine;
	};
	upward(places[0]!);
	const told = new Map<string, Set<number>>();
	const downward = (place: Place, mine: Set<number>) => {
		told.set(place.placeId, mine);
		for (const part of below.get(place.placeId) ?? []) {
			const others = addAll(
				below
					.get(place.placeId)!
					.filter((one) => one !== part)
					.map((one) => possible.get(one.placeId)!)
			);
			downward(
				part,
				new Set(
					[...possible.get(part.placeId)!].filter((value) => [...others].some((other) => mine.has(value + other)))
				)
			);
		}
	};
	downward(places[0]!, possible.get(places[0]!.placeId)!);
	return told;
}

test('of four hundred trees, no number below ten can be worked out from all that is shown together', () => {
	let [kept, shown, small] = [0, 0, 0];
	for (let seed = 1; seed <= 400; seed++) {
		const places = someTree(seed);
		const hidden = hiddenIn(places);
		for (const what of ['active', 'earned'] as const) {
			const told = readings(places, what, hidden, Math.max(60, places[0]!.counts[what] + 12));
			for (const place of places) {
				const value = place.counts[what];
				const where = `seed ${seed}, ${what} of ${place.placeId}`;
				const isShown = !isHidden(hidden.get(keyOf(place))!, what);
				if (isShown) shown++;
				else kept++;
				expect(told.get(place.placeId)!.has(value), where).toBe(true);
				if (value > 0 && value < fewest) {
					small++;
					expect(isShown, where).toBe(false);
					expect(told.get(place.placeId)!.size, where).toBeGreaterThanOrEqual(fewest);
				}
				// Nor that nobody did, in a place of few, unless that is said of many.
				if (value === 0 && isShown && peopleIn(place.counts) > 0 && peopleIn(place.counts) < fewest) {
					const within = places.find(({ placeId }) => placeId === place.withinId)!;
					expect(within.counts[what], where).toBe(0);
				}
			}
		}
	}
	// It was about something, and not everything is hidden.
	expect(small).toBeGreaterThan(800);
	expect(shown).toBeGreaterThan(kept / 3);
});
