/**
 * Whether the rule of a stack is met, by what, and the shortest way to meet it: as a value without words. Exact, never
 * greedy. Pure: what counts, what can still be had and what it costs come from outside.
 *
 * Every requirement asks for a number of places. Places that share microcredentials exclusively (slots), or that lie in
 * each other (3 of the list, 1 of them from a group), are one pool, and `fill` answers a pool at once. What remains is
 * chosen by branch and bound: which of those that exclude each other is left out, and what is had when several pools
 * could use it. The bound is what each pool would cost alone.
 */
import {
	everyOf,
	type Every,
	listOf,
	notAfter,
	mostChoices,
	type Requirement,
	type StackRule,
	type Verb
} from '#lib/catalogue/stack.ts';
import { fill, type Offered } from './fill.ts';

export type Stack = {
	rule: StackRule;
	items: string[];
	/** Stacks that are asked to be complete, by stack version, with all that those ask for in turn. */
	nested?: Map<string, Stack>;
};

/** What one microcredential still asks of the teacher. */
export type Cost = {
	/** Null is "not known": a way with fewer of those is shorter. */
	hours: number | null;
	/** With assessors: nothing is left to do but to wait. */
	waits: boolean;
};

export type Question = {
	stack: Stack;
	/** Whether it counts now for a requirement that asks for this verb by this day. */
	counts: (item: string, verb: Verb, by: string | null) => boolean;
	/** Null: it can't be had any more, being retired, or after the last day. */
	cost: (item: string) => Cost | null;
	/** Whether what is had from now on still counts for a requirement with this last day. */
	open: (by: string | null) => boolean;
};

export type Answer = {
	met: boolean;
	/** One for each requirement of the rule, in its order. */
	requirements: {
		met: boolean;
		/** How many places there are, and how many are filled now. */
		need: number;
		have: number;
		/** What fills it now. */
		by: string[];
		/** What would fill the rest on the shortest way. */
		then: string[];
	}[];
	/** How many distinct microcredentials it takes, and how many of those are there. */
	need: number;
	have: number;
	/** What counts now, wherever it counts. */
	counted: string[];
	/** The shortest way: fewest hours, then fewest microcredentials. Null when it is met, or when there is none. */
	way: {
		items: string[];
		hours: number | null;
		/** False: none shorter was found, and not every one was looked at. */ exact: boolean;
	} | null;
	/**
	 * Requirements that can't all be met, none of which could be left out: by number. `rule`: by no teacher ever.
	 * Null when there is a way, or when it is met.
	 */
	conflict: { needs: number[]; exclusions: number[]; rule: boolean } | null;
};

type Need = {
	scope: number;
	/** Of the asked stack: the requirement that this one belongs to. */
	top: number;
	count: number;
	items: number[];
	verb: Verb;
	by: string | null;
	/** Number of the pair of verb and day, of which a rule has few. */
	asks: number;
	exclusive: boolean;
};
type Exclusion = { scope: number; top: number; items: number[]; atMost: number };
type Place = { need: Need; room: number };
type Element = { item: number; free: number[]; open: number[]; all: number[]; price: number };
/** Places that share microcredentials, and for each of those the places that it fits. */
type Field = { scope: number; places: Place[]; members: { item: number; at: number[] }[] };
type Pool = {
	scope: number;
	places: Place[];
	elements: Element[];
	/** What counts for some of its places and would have to be had for others. */
	mixed: Set<number>;
	demand: number;
};
type Compiled = {
	ids: string[];
	needs: Need[];
	exclusions: Exclusion[];
	scopes: number;
	pools: Field[];
	asked: number;
};

/**
 * A cost as one number that compares like its parts in this order: how many have unknown hours, minutes, how many,
 * how many of them wait. 9, 25, 9 and 9 bits: 400 microcredentials of 1,000 hours fit, and sums stay exact.
 */
function priceOf({ hours, waits }: Cost): number {
	const minutes = waits || hours === null ? 0 : Math.round(Math.min(Math.max(hours, 0), 1000) * 60);
	return (((!waits && hours === null ? 1 : 0) * 2 ** 25 + minutes) * 2 ** 9 + 1) * 2 ** 9 + (waits ? 1 : 0);
}

/** Nodes of the search for a way. Rules people write take one; beyond this the way is given as perhaps not the shortest. */
const mostNodes = 4000;

/** A rule is taken apart once, and asked about at many instants. */
const compiledOf = new WeakMap<Stack, Compiled>();

function compile(stack: Stack): Compiled {
	const known = compiledOf.get(stack);
	if (known) return known;
	const ids: string[] = [];
	const indexOf = new Map<string, number>();
	const index = (id: string) => {
		const known = indexOf.get(id);
		if (known !== undefined) return known;
		indexOf.set(id, ids.length);
		return ids.push(id) - 1;
	};
	const needs: Need[] = [];
	const exclusions: Exclusion[] = [];
	const asks: string[] = [];
	const askOf = (verb: Verb, by: string | null) => {
		const key = `${verb} ${by}`;
		return asks.includes(key) ? asks.indexOf(key) : asks.push(key) - 1;
	};
	let scopes = 0;
	const add = ({ rule, items }: Stack, top: number | null, within: string[]) => {
		const scope = scopes++;
		const every = everyOf(rule);
		const listed = new Set(items);
		const indexes = (list: string[]) => [...new Set(list)].filter((id) => listed.has(id)).map(index);
		for (const [number, need] of every.needs.entries()) {
			const of = top ?? number;
			if (need.kind === 'stack') {
				const other = stack.nested?.get(need.stackVersionId);
				// A stack that isn't there, or that contains itself, can't be complete.
				if (!other || within.includes(need.stackVersionId)) {
					const asks = askOf(every.counts, null);
					needs.push({ scope, top: of, count: 1, items: [], verb: every.counts, by: null, asks, exclusive: false });
				} else add({ ...other, rule: notAfter(other.rule, need.by) }, of, [...within, need.stackVersionId]);
				continue;
			}
			const verb = need.counts ?? every.counts;
			const by = need.by ?? null;
			needs.push({
				scope,
				top: of,
				count: placesOf(need),
				items: indexes(need.kind === 'required' ? need.items : listOf(every, need.of, items)),
				verb,
				by,
				asks: askOf(verb, by),
				exclusive: need.kind === 'slots'
			});
		}
		for (const [number, { of, atMost = 1 }] of (every.exclusions ?? []).entries())
			exclusions.push({ scope, top: top ?? number, items: indexes(listOf(every, of, items)), atMost });
	};
	add(stack, null, []);
	const compiled = { ids, needs, exclusions, scopes, pools: poolsOf(needs, scopes), asked: asks.length };
	compiledOf.set(stack, compiled);
	return compiled;
}

const placesOf = (need: Requirement): number =>
	need.kind === 'required' ? need.items.length : need.kind === 'stack' ? 1 : need.count;

/** Whether everything that counts for the first counts for the second. */
function within(a: Need, b: Need, itemsOf: Map<Need, Set<number>>): boolean {
	if (a.verb === 'submitted' && b.verb === 'earned') return false;
	if (b.by !== null && (a.by === null || a.by > b.by)) return false;
	const others = itemsOf.get(b)!;
	return a.items.length <= others.size && a.items.every((item) => others.has(item));
}

/** Places in pools: all slots of a stack in one, minimums that lie in each other or apart in another. */
function poolsOf(needs: Need[], scopes: number): Field[] {
	const pools: Field[] = [];
	for (let scope = 0; scope < scopes; scope++) {
		const own = needs.filter((need) => need.scope === scope);
		const slots = own.filter((need) => need.exclusive);
		if (slots.length > 0)
			pools.push(
				fieldOf(
					scope,
					slots.map((need) => ({ need, room: need.count }))
				)
			);
		const minimums = own.filter((need) => !need.exclusive).sort((a, b) => a.items.length - b.items.length);
		const itemsOf = new Map(minimums.map((need) => [need, new Set(need.items)]));
		const families: Need[][] = [];
		for (const need of minimums) {
			const fits = (other: Need) =>
				within(other, need, itemsOf) ||
				within(need, other, itemsOf) ||
				!other.items.some((item) => itemsOf.get(need)!.has(item));
			const family = families.find((one) => one.every(fits));
			if (family) family.push(need);
			else families.push([need]);
		}
		for (const family of families) pools.push(fieldOf(scope, nestedPlaces(family, itemsOf)));
	}
	return pools;
}

function fieldOf(scope: number, places: Place[]): Field {
	const at = new Map<number, number[]>();
	for (const [place, { need, room }] of places.entries())
		for (const item of room > 0 ? need.items : []) {
			const known = at.get(item);
			if (known) known.push(place);
			else at.set(item, [place]);
		}
	return { scope, places, members: [...at].sort(([a], [b]) => a - b).map(([item, at]) => ({ item, at })) };
}

/** Minimums that lie in each other: the outer one only asks for what the inner ones leave over. */
function nestedPlaces(family: Need[], itemsOf: Map<Need, Set<number>>): Place[] {
	const asked = new Map<Need, number>();
	// Inner before outer; of two that are the same, the first is the inner one.
	const order: Need[] = [];
	for (const need of family) {
		const outer = order.findIndex((other) => !within(other, need, itemsOf) && within(need, other, itemsOf));
		order.splice(outer < 0 ? order.length : outer, 0, need);
	}
	return order.map((need, i) => {
		const inside = order.slice(0, i).filter((other) => other.items.length > 0 && within(other, need, itemsOf));
		const outermost = inside.filter((one, j) => !inside.slice(j + 1).some((other) => within(one, other, itemsOf)));
		const sum = outermost.reduce((total, one) => total + asked.get(one)!, 0);
		asked.set(need, Math.max(need.count, sum));
		return { need, room: Math.max(0, need.count - sum) };
	});
}

type Facts = {
	counts: (item: number, need: Need) => boolean;
	/** Below 0: can't be had. */
	price: (item: number) => number;
	open: (need: Need) => boolean;
};

function elementsOf({ places, members }: Field, facts: Facts): Element[] {
	const opens = places.map(({ need }) => facts.open(need));
	const counting: Element[] = [];
	const paid: Element[] = [];
	for (const { item, at } of members) {
		let free = none;
		let open = none;
		for (const place of at) {
			if (facts.counts(item, places[place]!.need)) {
				if (free === none) free = [place];
				else free.push(place);
			} else if (opens[place]) {
				if (open === none) open = [place];
				else open.push(place);
			}
		}
		const price = open.length > 0 ? facts.price(item) : -1;
		if (price < 0) {
			if (free.length > 0) counting.push({ item, free, open: none, all: free, price });
		} else if (free.length > 0)
			counting.push({ item, free, open, all: open.length > 0 ? [...free, ...open] : free, price });
		else paid.push({ item, free, open, all: open, price });
	}
	// Members are in the order of their numbers, and sorting keeps it between equal prices.
	return [...counting, ...paid.sort((a, b) => a.price - b.price)];
}

const none: number[] = [];

type Found = {
	/** Places that nothing can fill. */
	lacking: number;
	cost: number;
	exact: boolean;
	/** By pool and place, the items that fill it. */
	filled: number[][][];
	pools: Pool[];
};

/** The cheapest way to fill every place, or all but the fewest. @param nodes how many choices are looked at */
function solve(
	compiled: Pick<Compiled, 'ids' | 'exclusions' | 'scopes' | 'pools'>,
	facts: Facts,
	nodes = mostNodes
): Found {
	const pools = compiled.pools.map((field): Pool => {
		const elements = elementsOf(field, facts);
		const mixed = elements.filter(({ free, open }) => free.length > 0 && open.length > 0);
		return {
			scope: field.scope,
			places: field.places,
			elements,
			mixed: new Set(mixed.map(({ item }) => item)),
			demand: field.places.reduce((sum, { room }) => sum + room, 0)
		};
	});
	const size = compiled.ids.length;
	/** 1: is had, -1: is not had, 0: not decided. */
	const had = new Int8Array(size);
	const out = new Uint8Array(size * compiled.scopes);
	const kept = new Uint8Array(size * compiled.scopes);
	let spent = 0;
	let looked = 0;
	let best: Found = { lacking: Infinity, cost: Infinity, exact: true, filled: [], pools };
	let exact = true;

	const offersOf = ({ scope, elements }: Pool): Offered[] => {
		const first: Offered[] = [];
		const mixed: Offered[] = [];
		const paid: Offered[] = [];
		for (const { item, free, open, all, price } of elements) {
			if (out[scope * size + item]) continue;
			if (had[item] === 1) first.push({ item, fits: all });
			else if (had[item] === -1 || price < 0) {
				if (free.length > 0) first.push({ item, fits: free });
			} else if (free.length === 0) paid.push({ item, fits: open });
			else (open.length === 0 ? first : mixed).push({ item, fits: all });
		}
		return [...first, ...mixed, ...paid];
	};

	/** Equal for two that fit, cost and exclude the same: leaving out the one or the other comes to the same. */
	const likeness = new Map<number, string>();
	const likenessOf = (item: number): string => {
		let known = likeness.get(item);
		if (known === undefined) {
			const fits = pools.map(({ elements }) => {
				const element = elements.find((one) => one.item === item);
				return element ? `${element.free} ${element.open} ${element.price}` : '';
			});
			const apart = compiled.exclusions.map(({ items }) => (items.includes(item) ? 1 : 0));
			likeness.set(item, (known = [...fits, ...apart].join()));
		}
		const keeps = Array.from({ length: compiled.scopes }, (_, scope) => {
			const at = scope * size + item;
			return `${kept[at]}${out[at]}`;
		});
		return `${known} ${had[item]} ${keeps.join()}`;
	};

	const search = () => {
		if (looked++ >= nodes) {
			exact = false;
			return;
		}
		let lacking = 0;
		let dearest = 0;
		const filled: number[][][] = [];
		const bought = new Set<number>();
		const used = compiled.exclusions.length > 0 ? new Uint8Array(size * compiled.scopes) : null;
		let unpaid = -1;
		for (const pool of pools) {
			const offers = offersOf(pool);
			const places = fill(
				pool.places.map(({ room }) => room),
				offers
			).map((list) => list.map((one) => offers[one]!.item));
			filled.push(places);
			let cost = 0;
			let count = 0;
			for (const [place, items] of places.entries()) {
				count += items.length;
				for (const item of items) {
					if (used) used[pool.scope * size + item] = 1;
					if (had[item] !== 0 || facts.counts(item, pool.places[place]!.need)) continue;
					// Counts for another place and would have to be had for this one.
					if (pool.mixed.has(item)) unpaid = item;
					else {
						cost += facts.price(item);
						bought.add(item);
					}
				}
			}
			lacking += pool.demand - count;
			dearest = Math.max(dearest, cost);
			if (lacking > best.lacking) return;
		}
		if (lacking > best.lacking || (lacking === best.lacking && spent + dearest >= best.cost)) return;

		for (const { scope, items, atMost } of compiled.exclusions) {
			const there = items.filter((item) => used![scope * size + item]);
			if (there.length <= atMost) continue;
			// What must stay anyway comes last; one of any `atMost + 1` has to go.
			const some = there.sort((a, b) => kept[scope * size + b]! - kept[scope * size + a]!).slice(0, atMost + 1);
			const tried = new Set<string>();
			for (const item of some) {
				const at = scope * size + item;
				if (kept[at]) continue;
				const like = likenessOf(item);
				if (tried.has(like)) continue;
				tried.add(like);
				out[at] = 1;
				search();
				out[at] = 0;
				kept[at] = 1;
				some[some.indexOf(item)] = ~item;
			}
			for (const item of some) if (item < 0) kept[scope * size + ~item] = 0;
			return;
		}
		if (unpaid < 0) {
			let sum = spent;
			for (const item of bought) sum += facts.price(item);
			if (lacking < best.lacking || sum < best.cost) best = { lacking, cost: sum, exact: true, filled, pools };
			// One pool, or several that want the same: nothing could be cheaper.
			if (sum === spent + dearest) return;
			// The dearest decides most.
			for (const item of bought) if (unpaid < 0 || facts.price(item) > facts.price(unpaid)) unpaid = item;
		}
		for (const decision of [1, -1]) {
			had[unpaid] = decision;
			if (decision === 1) spent += facts.price(unpaid);
			search();
			if (decision === 1) spent -= facts.price(unpaid);
		}
		had[unpaid] = 0;
	};
	search();
	return { ...best, exact };
}

/** What counts now, asked once for each microcredential, verb and day. */
function factsOf(question: Question, { ids, asked }: Compiled): Facts {
	const counted = Array.from({ length: asked }, () => new Int8Array(ids.length).fill(-1));
	const prices = new Float64Array(ids.length).fill(NaN);
	return {
		counts: (item, { verb, by, asks }) => {
			const known = counted[asks]!;
			if (known[item]! < 0) known[item] = question.counts(ids[item]!, verb, by) ? 1 : 0;
			return known[item] === 1;
		},
		price: (item) => {
			if (Number.isNaN(prices[item]!)) {
				const cost = question.cost(ids[item]!);
				prices[item] = cost ? priceOf(cost) : -1;
			}
			return prices[item]!;
		},
		open: ({ by }) => question.open(by)
	};
}

/** Choices among exclusions, each left out or kept: never more than this decides whether a rule is met. */
const everyChoice = mostChoices * 4;

/** Whether the rule is met by what counts, and nothing else: for asking about many instants. */
export function isMet(question: Omit<Question, 'cost' | 'open'>): boolean {
	const whole = { ...question, cost: () => null, open: () => false };
	const compiled = compile(whole.stack);
	return solveNow(compiled, factsOf(whole, compiled)).lacking === 0;
}

/** By what counts alone. Stacks within stacks are then judged apart, so their choices add up and don't multiply. */
function solveNow(compiled: Compiled, facts: Facts): Found {
	const now: Facts = { ...facts, price: () => -1, open: () => false };
	const whole: Found = { lacking: 0, cost: 0, exact: true, filled: [], pools: [] };
	for (let scope = 0; scope < compiled.scopes; scope++) {
		const own = <T extends { scope: number }>(things: T[]) => things.filter((thing) => thing.scope === scope);
		const part = solve(
			{ ...compiled, pools: own(compiled.pools), exclusions: own(compiled.exclusions) },
			now,
			everyChoice
		);
		whole.lacking += part.lacking;
		whole.filled.push(...part.filled);
		whole.pools.push(...part.pools);
	}
	return whole;
}

/** Whether the rule is met, by what, what is missing, and the shortest way or what contradicts what. */
export function judge(question: Question): Answer {
	const compiled = compile(question.stack);
	const facts = factsOf(question, compiled);
	let found = solve(compiled, facts);
	if (!found.exact) {
		// Whether it is met must be certain, even where the shortest way is not.
		const now = solveNow(compiled, facts);
		if (now.lacking === 0 || found.lacking === Infinity) found = now;
	}
	const met = found.lacking === 0 && found.cost === 0;
	const rule = everyOf(question.stack.rule);
	const counting = (need: Need, item: number) => facts.counts(item, need);

	const bought = new Set<number>();
	const taken = new Set<number>();
	const counted = new Set<number>();
	const places = new Map<Need, number[]>();
	for (const [i, pool] of found.pools.entries())
		for (const [place, items] of (found.filled[i] ?? []).entries()) {
			const { need } = pool.places[place]!;
			places.set(need, items);
			for (const item of items)
				if (!counting(need, item)) bought.add(item);
				else {
					counted.add(item);
					if (pool.scope === 0) taken.add(item);
				}
		}
	// What counts besides what fills the places, as far as the exclusions let it.
	const own = compiled.exclusions.filter(({ scope }) => scope === 0);
	const allowed = (item: number) =>
		own.every(({ items, atMost }) => !items.includes(item) || items.filter((one) => taken.has(one)).length < atMost);
	const tops = compiled.needs.filter(({ scope }) => scope === 0);
	for (const need of tops)
		for (const item of need.exclusive ? [] : need.items)
			if (!taken.has(item) && counting(need, item) && allowed(item)) {
				taken.add(item);
				counted.add(item);
			}

	const idsOf = (items: number[]) => items.map((item) => compiled.ids[item]!);
	const requirements = rule.needs.map((asked, top): Answer['requirements'][number] => {
		if (asked.kind === 'stack') {
			const inner = compiled.needs.filter((need) => need.top === top);
			const stack = question.stack.nested?.get(asked.stackVersionId);
			const done = stack !== undefined && isMet({ ...question, stack });
			const then = inner.flatMap(({ items }) => items.filter((item) => bought.has(item)));
			return { met: done, need: 1, have: done ? 1 : 0, by: [], then: idsOf([...new Set(then)]) };
		}
		const need = tops.find((one) => one.top === top)!;
		const by = need.exclusive
			? (places.get(need) ?? []).filter((item) => counting(need, item))
			: need.items.filter((item) => taken.has(item) && counting(need, item));
		const then = need.exclusive
			? (places.get(need) ?? []).filter((item) => !counting(need, item))
			: need.items.filter((item) => bought.has(item) && !counting(need, item));
		return { met: by.length >= need.count, need: need.count, have: by.length, by: idsOf(by), then: idsOf(then) };
	});
	const sizes = found.pools.flatMap((pool, i) => {
		if (pool.scope !== 0) return [];
		const have = (found.filled[i] ?? []).reduce(
			(sum, items, place) => sum + items.filter((item) => counting(pool.places[place]!.need, item)).length,
			0
		);
		return [{ need: pool.demand, have }];
	});
	const widest = sizes.reduce((a, b) => (b.need > a.need ? b : a), { need: 0, have: 0 });
	return {
		met,
		requirements,
		...widest,
		counted: idsOf([...counted]),
		way:
			met || found.lacking > 0
				? null
				: { items: idsOf([...bought]), hours: hoursOf(question, idsOf([...bought])), exact: found.exact },
		conflict: found.lacking > 0 ? conflictIn(compiled, facts, rule) : null
	};
}

/** The sum of what is known, or null when any of it is not. */
function hoursOf(question: Question, items: string[]): number | null {
	let sum = 0;
	for (const item of items) {
		const cost = question.cost(item);
		if (!cost || (cost.hours === null && !cost.waits)) return null;
		if (!cost.waits) sum += cost.hours ?? 0;
	}
	return sum;
}

/**
 * The smallest set that contradicts itself: what can be left out without making it possible is left out, one after
 * another. First of the rule alone, as if everything counted, then of how things are.
 */
function conflictIn(
	compiled: Compiled,
	facts: Facts,
	{ needs, exclusions = [] }: Every
): NonNullable<Answer['conflict']> {
	const everything: Facts = { counts: () => true, price: () => -1, open: () => false };
	// What it costs is of no matter here, and equal prices need no search.
	const still: Facts = {
		counts: (item, need) => facts.counts(item, need) || (facts.open(need) && facts.price(item) >= 0),
		price: () => -1,
		open: () => false
	};
	for (const [given, rule] of [
		[everything, true],
		[still, false]
	] as const) {
		const possible = (own: Set<number>, apart: Set<number>) =>
			solve(
				{
					...compiled,
					pools: poolsOf(
						compiled.needs.filter(({ top }) => own.has(top)),
						compiled.scopes
					),
					exclusions: compiled.exclusions.filter(({ scope, top }) => (scope === 0 ? apart.has(top) : own.has(top)))
				},
				given,
				everyChoice
			).lacking === 0;
		const own = new Set(needs.keys());
		const apart = new Set(exclusions.keys());
		if (possible(own, apart)) continue;
		for (const set of [apart, own])
			for (const one of [...set]) {
				set.delete(one);
				if (possible(own, apart)) set.add(one);
			}
		return { needs: [...own], exclusions: [...apart], rule };
	}
	return { needs: [], exclusions: [], rule: false };
}
