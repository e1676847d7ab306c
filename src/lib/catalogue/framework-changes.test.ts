import { describe, expect, test } from 'vitest';
import { readCasePackage } from './case.ts';
import { changesOf, isSilent, type StoredFramework } from './framework-changes.ts';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();
type Given = [n: number, parent: number, changed?: number, statement?: string];

/** A package: items in the order of their numbers, each as `[n, parent, day of its change, statement]`. */
const package_ = (changed: number, items: Given[], title = 'T') =>
	readCasePackage({
		CFDocument: { identifier: id(0), title, creator: 'C', lastChangeDateTime: day(changed) },
		CFItems: items.map(([n, , at = 1, fullStatement = `Statement ${n}`]) => ({
			identifier: id(n),
			humanCodingScheme: String(n),
			fullStatement,
			lastChangeDateTime: day(at)
		})),
		CFAssociations: items.map(([n, parent], index) => ({
			identifier: id(n + 1000),
			associationType: 'isChildOf',
			originNodeURI: { identifier: id(n) },
			destinationNodeURI: { identifier: id(parent) },
			sequenceNumber: index + 1,
			lastChangeDateTime: day(1)
		}))
	});
/** The same as it stands here once imported. */
const here = (changed: number, items: Given[], title?: string): StoredFramework => {
	const read = package_(changed, items, title);
	return { ...read, competencies: read.competencies.map((one) => ({ ...one, dropped: false })) };
};
const codes = (items: { code: string | null }[]) => items.map(({ code }) => code).join(' ');
const said = (stored: StoredFramework | null, incoming: ReturnType<typeof package_>) => {
	const changes = changesOf(stored, incoming);
	return {
		outcome: changes.outcome,
		added: codes(changes.added),
		changed: codes(changes.changed),
		moved: codes(changes.moved),
		dropped: codes(changes.dropped)
	};
};
const none = { added: '', changed: '', moved: '', dropped: '' };
const three: Given[] = [
	[1, 0],
	[2, 1],
	[3, 0]
];

describe('whose word counts', () => {
	test.for<[what: string, stored: StoredFramework | null, incoming: ReturnType<typeof package_>, expected: object]>([
		['nothing is here yet', null, package_(1, three), { outcome: 'added', added: '1 2 3' }],
		['the same again', here(1, three), package_(1, three), { outcome: 'unchanged' }],
		[
			'a newer document that changed an item',
			here(1, three),
			package_(2, [
				[1, 0],
				[2, 1, 2, 'New'],
				[3, 0]
			]),
			{ outcome: 'updated', changed: '2' }
		],
		[
			'an item that changed later in a document that says nothing of it',
			here(1, three),
			package_(1, [
				[1, 0],
				[2, 1, 2, 'New'],
				[3, 0]
			]),
			{ outcome: 'updated', changed: '2' }
		],
		[
			'an older document, in which nothing is later',
			here(5, [
				[1, 0, 5, 'New'],
				[3, 0]
			]),
			package_(4, [...three]),
			{ outcome: 'unchanged' }
		],
		[
			'an older document, with one item that is later',
			here(5, three),
			package_(4, [
				[1, 0, 4, 'New'],
				[4, 0]
			]),
			{ outcome: 'updated', changed: '1' }
		],
		[
			'a newer document with an item that is older than ours',
			here(3, [
				[1, 0, 3, 'Newer'],
				[2, 1],
				[3, 0]
			]),
			package_(4, [
				[1, 0, 2, 'Older'],
				[2, 1],
				[3, 0]
			]),
			{ outcome: 'updated' }
		],
		[
			'words that changed while all times stayed',
			here(1, three),
			package_(1, [
				[1, 0, 1, 'New'],
				[2, 1],
				[3, 0]
			]),
			{ outcome: 'unchanged' }
		],
		[
			'words that changed without a time, in a newer document',
			here(1, three),
			package_(2, [
				[1, 0, 1, 'New'],
				[2, 1],
				[3, 0]
			]),
			{ outcome: 'updated', changed: '1' }
		],
		[
			'an item gone',
			here(1, three),
			package_(2, [
				[1, 0],
				[3, 0]
			]),
			{ outcome: 'updated', dropped: '2' }
		],
		['an item more', here(1, three), package_(2, [...three, [4, 3]]), { outcome: 'updated', added: '4' }],
		[
			'another parent',
			here(1, three),
			package_(2, [
				[1, 0],
				[2, 3],
				[3, 0]
			]),
			{ outcome: 'updated', moved: '2' }
		],
		[
			'one that went to the end, and is the only one said to have moved',
			here(1, [
				[1, 0],
				[2, 0],
				[3, 0],
				[4, 0]
			]),
			package_(2, [
				[2, 0],
				[3, 0],
				[4, 0],
				[1, 0]
			]),
			{ outcome: 'updated', moved: '1' }
		],
		[
			'one more in front moves nobody',
			here(1, three),
			package_(2, [[9, 0], ...three]),
			{ outcome: 'updated', added: '9' }
		]
	])('%s', ([, stored, incoming, expected]) => {
		expect(said(stored, incoming)).toEqual({ ...none, ...expected });
	});
});

test('what reads differently is said with before and after, and why something was not taken', () => {
	const changes = changesOf(
		here(1, three),
		package_(
			2,
			[
				[1, 0, 2, '<b>New</b>'],
				[2, 1],
				[3, 0]
			],
			'Title two'
		)
	);
	expect(changes.document).toEqual([{ what: 'Title', before: 'T', after: 'Title two' }]);
	expect(changes.changed[0]!.fields).toEqual([{ what: 'Statement', before: 'Statement 1', after: '<b>New</b>' }]);
	expect(changesOf(here(5, three), package_(4, [[4, 0]])).problems).toEqual([
		'This package is older than what is here. Only items that were changed later than those here are taken from it.',
		'Item 4 is not here and in this older package; it was left out.'
	]);
	expect(
		changesOf(
			here(1, three),
			package_(1, [
				[1, 0, 1, 'x'],
				[2, 1],
				[3, 0]
			])
		).problems
	).toEqual(['Item 1 reads differently here and in the package, with the same change time; what is here is kept.']);
	expect(changesOf(here(1, three), package_(1, three, 'Other')).problems).toEqual([
		'The document reads differently from what is here and says that it was changed at the same time; what is here is kept.'
	]);
});

test('a framework that was imported before all of it was kept is filled without a word', () => {
	const old = here(1, three);
	const changes = changesOf(
		{
			...old,
			published: null,
			latestChangeAt: null,
			associations: [],
			competencies: old.competencies.map((one) => ({ ...one, published: null, changedAt: null }))
		},
		package_(1, three)
	);
	expect(changes.outcome).toBe('updated');
	expect(isSilent(changes)).toBe(true);
	expect(changes.write.rows.size).toBe(3);
});

test('in any order of two packages the newer words stand at the end', () => {
	const [a, b] = [
		package_(2, [
			[1, 0, 2, 'Two'],
			[2, 1]
		]),
		package_(3, [
			[1, 0, 3, 'Three'],
			[3, 0]
		])
	];
	const [hereA, hereB] = [
		here(2, [
			[1, 0, 2, 'Two'],
			[2, 1]
		]),
		here(3, [
			[1, 0, 3, 'Three'],
			[3, 0]
		])
	];
	expect(said(hereA, b)).toMatchObject({ changed: '1', added: '3', dropped: '2' });
	expect(said(hereB, a)).toEqual({ outcome: 'unchanged', ...none });
});
