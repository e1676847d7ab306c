import { expect, test } from 'vitest';
import { counted, none, type Organization, rollUp } from './rollup.ts';

const program = { id: 'p', name: 'Program' };
const organizations: Organization[] = [
	{ id: 'tn', parentId: null, kind: 'state', name: 'Tennessee' },
	{ id: 'cedar', parentId: 'tn', kind: 'district', name: 'Cedar' },
	{ id: 'maple', parentId: 'cedar', kind: 'school', name: 'Maple' },
	{ id: 'alone', parentId: 'tn', kind: 'school', name: 'A school of no district' },
	{ id: 'sc', parentId: null, kind: 'state', name: 'South Carolina' }
];
const active = (n: number) => ({ ...none(), active: n });
const said = (own: [string | null, number][]) =>
	rollUp(program, new Map(own.map(([id, n]) => [id, active(n)])), organizations).map(
		({ placeId, rest, withinId, kind, counts }) =>
			`${placeId}${rest ? ' rest' : ''} in ${withinId}, ${kind}: ${counts.active}`
	);

test('a school counts in its district, its state and the whole', () => {
	expect(said([['maple', 3]])).toEqual([
		'p in null, program: 3',
		'tn in p, state: 3',
		'cedar in tn, district: 3',
		'maple in cedar, school: 3'
	]);
});

test('whoever works at a district, a state or nowhere known is a row of its own beside the places below', () => {
	expect(
		said([
			['maple', 3],
			['cedar', 2],
			['tn', 4],
			[null, 5]
		])
	).toEqual([
		'p in null, program: 14',
		'tn in p, state: 9',
		'cedar in tn, district: 5',
		'maple in cedar, school: 3',
		'cedar rest in cedar, rest: 2',
		'tn rest in tn, rest: 4',
		'p rest in p, rest: 5'
	]);
});

test('a school of no district stands in its state', () => {
	expect(said([['alone', 2]])).toEqual(['p in null, program: 2', 'tn in p, state: 2', 'alone in tn, school: 2']);
});

test('an organization that is not known counts as not known, and nobody at all is a whole of zeros', () => {
	expect(said([['gone', 2]])).toEqual(['p in null, program: 2', 'p rest in p, rest: 2']);
	expect(said([])).toEqual(['p in null, program: 0']);
});

test('of five hundred random trees every place is the sum of what is in it, in every column', () => {
	for (let seed = 1; seed <= 500; seed++) {
		let state = seed;
		const below = (n: number) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
		const tree: Organization[] = [];
		for (let i = 0; i < 1 + below(20); i++) {
			const parent = tree.length > 0 && below(4) > 0 ? tree[below(tree.length)]! : null;
			const kind = !parent
				? 'state'
				: parent.kind === 'state'
					? (['district', 'school'] as const)[below(2)]!
					: 'school';
			if (parent?.kind !== 'school') tree.push({ id: `o${i}`, parentId: parent?.id ?? null, kind, name: `O ${i}` });
		}
		const own = new Map(
			[...tree.map(({ id }) => id), null].flatMap((id) =>
				below(3) === 0
					? []
					: [[id, Object.fromEntries(counted.map((what) => [what, below(30)])) as ReturnType<typeof none>]]
			)
		);
		const places = rollUp(program, own, tree);
		for (const place of places.filter(({ rest }) => !rest)) {
			const parts = places.filter(({ withinId }) => withinId === place.placeId);
			for (const what of counted) {
				const sum =
					parts.length > 0
						? parts.reduce((total, { counts }) => total + counts[what], 0)
						: (own.get(place.placeId)?.[what] ?? 0);
				expect(place.counts[what], `seed ${seed}, ${what} of ${place.placeId}`).toBe(sum);
			}
		}
		for (const what of counted)
			expect(places[0]!.counts[what], `seed ${seed}`).toBe(
				[...own.values()].reduce((total, one) => total + one[what], 0)
			);
	}
});
