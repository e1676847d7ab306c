import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mostItems, readCasePackage } from './case.ts';

const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const ours = (name: string) => readCasePackage(json(`../../seed/data/frameworks/${name}.case-v1p1.json`));
const sample = (name: string) => readCasePackage(json(`../../../tests/data/case/opensalt-${name}.json`));

test('Florida’s practices read as six with their indicators below them, in the rule’s order', () => {
	const florida = ours('florida-feaps');
	expect(florida).toMatchObject({
		caseId: 'a93e5577-b066-57f5-8906-7bad05590bd7',
		creator: 'Florida State Board of Education',
		licenceTitle: 'Government rule text',
		problems: []
	});
	expect(florida.changedAt).toEqual(new Date('2026-11-23T00:00:00Z'));
	expect(florida.competencies).toHaveLength(44);
	const top = florida.competencies.filter(({ parentCaseId }) => parentCaseId === null);
	expect(top.map(({ code, label }) => [code, label])).toEqual([
		['1', 'Instructional Design and Lesson Planning'],
		['2', 'The Learning Environment'],
		['3', expect.any(String)],
		['4', expect.any(String)],
		['5', expect.any(String)],
		['6', null]
	]);
	expect(florida.competencies.slice(0, 9).map(({ code }) => code)).toEqual(
		['1', '1.a', '1.b', '1.c', '1.d', '1.e', '1.f', '1.g', '2'] // depth first
	);
	expect(florida.competencies.map(({ position }) => position)).toEqual(Array.from({ length: 44 }, (_, i) => i + 1));
});

test('the InTASC outline keeps ten standards in four categories', () => {
	const { competencies, problems } = ours('intasc-outline');
	expect(problems).toEqual([]);
	expect(competencies.map(({ code }) => code)).toEqual(
		['A', '1', '2', '3', 'B', '4', '5', 'C', '6', '7', '8', 'D', '9', '10'] // by number, 10 after 9
	);
	expect(competencies.filter(({ itemType }) => itemType === 'Category')).toHaveLength(4);
});

test('version 1.0 packages read the same way', () => {
	expect(sample('SequenceNumberFramework').competencies.map(({ code }) => code)).toEqual(['SNT.2', 'SNT.1']);
	expect(sample('SmartLevelFramework').competencies.map(({ statement }) => statement)).toEqual([
		...['Item 1', 'Item 1.1', 'Item 1.2', 'Item 1.3', 'Item 1.4', 'Item 1.5', 'Item 1.6', 'Item 1.7', 'Item 1.8'],
		...['Item 1.9', 'Item 1.10', 'Item 2', 'Item 2.1', 'Item 2.2']
	]);
	expect(sample('Utf8TestFramework').competencies[0]?.statement).toBe('Item 𝑑 1');
	expect(sample('MarkdownFramework').competencies[0]?.statement).toContain('| Column 1 | Column 2 |\r\n');
	expect(sample('EmptyExternalFramework')).toMatchObject({ competencies: [], licenceTitle: null, problems: [] });
});

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const item = (n: number) => ({
	identifier: id(n),
	fullStatement: `Statement ${n}`,
	humanCodingScheme: String(n),
	lastChangeDateTime: '2026-01-02T03:04:05Z'
});
const below = (child: number, parent: number, sequenceNumber?: number) => ({
	associationType: 'isChildOf',
	originNodeURI: { identifier: id(child).toUpperCase() },
	destinationNodeURI: { identifier: id(parent) },
	sequenceNumber
});
const document = { identifier: id(0), title: 'T', creator: 'C', lastChangeDateTime: '2026-01-02T03:04:05Z' };
const read = (items: object[], associations: object[]) => {
	const { competencies, problems } = readCasePackage({
		CFDocument: document,
		CFItems: items,
		CFAssociations: associations
	});
	return { outline: competencies.map(({ code, parentCaseId }) => [code, parentCaseId?.at(-1) ?? null]), problems };
};

test('what a publisher left untidy is read all the same, and said', () => {
	expect(read([item(1), item(2), item(3)], [below(1, 0, 1), below(2, 9)])).toEqual({
		outline: [['1', null], ['2', null], ['3', null]], // prettier-ignore
		problems: [
			'The parent of Item 2 is not in the package; it stands on the top level.',
			'Item 3 has no parent; it stands on the top level.'
		]
	});
	expect(
		read([item(1), item(2), item(3), item(3)], [below(1, 0, 2), below(2, 0, 1), below(3, 1), below(3, 2)])
	).toEqual({
		outline: [['2', null], ['1', null], ['3', '1']], // prettier-ignore
		problems: ['Item 3 appears twice; the first is kept.', 'Item 3 has more than one parent; the first is kept.']
	});
});

test('a ring of parents is cut once and nothing on it is lost', () => {
	// 1 → 2 → 3 → 1, with 4 hanging below 3, and 5 its own parent.
	const ring = [below(1, 2), below(2, 3), below(3, 1), below(4, 3), below(5, 5)];
	const { outline, problems } = read([4, 1, 2, 3, 5].map(item), ring);
	expect(outline).toEqual([['3', null], ['4', '3'], ['2', '3'], ['1', '2'], ['5', null]]); // prettier-ignore
	expect(problems).toEqual([
		'Below Item 3 no item has a number; they stand in the order of the file.',
		'Item 3 is its own ancestor; it stands on the top level.',
		'Item 5 is its own ancestor; it stands on the top level.'
	]);
});

test('a chain as long as a framework may be does not exhaust the stack', () => {
	const items = Array.from({ length: mostItems }, (_, i) => item(i + 1));
	const chain = items.map((_, i) => below(i + 1, i));
	expect(read(items, chain).outline.at(-1)?.[0]).toBe(String(mostItems));
});

test.for<[input: unknown, complaint: RegExp]>([
	[null, /the whole file/],
	['CFPackage', /the whole file/],
	[{}, /CFDocument/],
	[{ CFDocument: { ...document, identifier: 'a93e' } }, /CFDocument\.identifier: An identifier is not a UUID/],
	[{ CFDocument: { ...document, lastChangeDateTime: 'yesterday' } }, /lastChangeDateTime is not a time/],
	[{ CFDocument: document, CFItems: [{ identifier: id(1) }] }, /CFItems\.0\.fullStatement/],
	[{ CFDocument: document, CFItems: Array(mostItems + 1).fill(item(1)) }, /at most 20000 items/]
])('what is not a CASE package is refused with its place: %#', ([input, complaint]) => {
	expect(() => readCasePackage(input)).toThrow(complaint);
	expect(() => readCasePackage(input)).toThrow(/^This is not a CASE package: /);
});
