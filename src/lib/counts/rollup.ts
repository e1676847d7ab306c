/**
 * Adding up people by school, district and state. Each person stands in one place, or in none that is known, so that rows
 * add up to the whole; no word is ever added to another. Pure.
 */

/** What is counted, each for itself. The first ten are people, the others pairs, by where their teacher works. */
export const counted = [
	'invited',
	'applied',
	'waiting',
	'enrolled',
	'active',
	'completed',
	'withdrawn',
	'submitted',
	'earned',
	'expired',
	'pairsProposed',
	'pairsAccepted',
	'pairsActive',
	'pairsPaused',
	'pairsEnded'
] as const;
export type Counted = (typeof counted)[number];
export type Counts = Record<Counted, number>;

export const none = (): Counts => Object.fromEntries(counted.map((what) => [what, 0])) as Counts;

export type Organization = {
	id: string;
	parentId: string | null;
	kind: 'state' | 'district' | 'school';
	name: string;
};

export type Place = {
	placeId: string;
	/** Those of the place of whom nothing below it is known. */
	rest: boolean;
	/** Null: the whole. */
	withinId: string | null;
	kind: 'program' | Organization['kind'] | 'rest';
	name: string;
	counts: Counts;
};

/** As a set in the tree is told from the rest beside it. */
export const keyOf = ({ placeId, rest }: Pick<Place, 'placeId' | 'rest'>) => (rest ? `${placeId} rest` : placeId);

/**
 * Every place in which somebody is counted, with the sums of all below it; a place before what is in it.
 * @param own by organization id, of those who work in it and in none below; under null those who work nowhere known
 * @param organizations those, and all above them; one whose parent is not among them stands in none
 */
export function rollUp(
	program: { id: string; name: string },
	own: ReadonlyMap<string | null, Counts>,
	organizations: readonly Organization[]
): Place[] {
	const known = new Map(organizations.map((one) => [one.id, one]));
	const parentOf = ({ parentId }: Organization) => (parentId !== null && known.has(parentId) ? parentId : program.id);
	const whole: Place = {
		placeId: program.id,
		rest: false,
		withinId: null,
		kind: 'program',
		name: program.name,
		counts: none()
	};
	const places = new Map<string, Place>([[keyOf(whole), whole]]);
	/** With all above it, so that a place stands before what is in it. */
	const placeOf = (id: string): Place => {
		const there = places.get(id);
		if (there) return there;
		const organization = known.get(id)!;
		const within = placeOf(parentOf(organization));
		const { kind, name } = organization;
		const place: Place = { placeId: id, rest: false, withinId: within.placeId, kind, name, counts: none() };
		places.set(id, place);
		return place;
	};
	const holding = new Set(organizations.map(parentOf));
	const add = (to: Place, counts: Counts) => {
		for (const what of counted) to.counts[what] += counts[what];
	};
	for (const [id, counts] of own) {
		let at = id === null || !known.has(id) ? whole : placeOf(id);
		// Beside schools, those of the district itself are a row of their own.
		if (at === whole || at.kind !== 'school' || holding.has(at.placeId)) {
			const rest: Place = {
				placeId: at.placeId,
				rest: true,
				withinId: at.placeId,
				kind: 'rest',
				name: '',
				counts: none()
			};
			const there = places.get(keyOf(rest)) ?? rest;
			places.set(keyOf(rest), there);
			add(there, counts);
		}
		for (;;) {
			add(at, counts);
			if (at.withinId === null) break;
			at = places.get(at.withinId)!;
		}
	}
	return [...places.values()];
}
