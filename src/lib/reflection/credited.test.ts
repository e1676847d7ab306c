import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readAuthors, type Written } from './authors.ts';
import { creditedOf, type CreditedText } from './credited.ts';
import { rootName } from './document.ts';
import type { SettledBlock } from './settled.ts';
import { leavesOf } from './tidy.ts';

/** People who write in one document, each under a client id of their own; what each change was is the log. */
class Table {
	readonly doc = new Y.Doc();
	readonly owners = new Map<number, string>();
	readonly log: Written[] = [];

	readonly #desks = new Map<string, Y.Doc>();

	writes(personId: string, change: (root: Y.XmlFragment) => void): void {
		const mine = this.#desks.get(personId) ?? new Y.Doc();
		this.#desks.set(personId, mine);
		if (personId !== 'nobody') this.owners.set(mine.clientID, personId);
		Y.applyUpdate(mine, Y.encodeStateAsUpdate(this.doc));
		const before = Y.encodeStateVector(mine);
		mine.transact(() => change(mine.getXmlFragment(rootName)));
		const update = Y.encodeStateAsUpdate(mine, before);
		Y.applyUpdate(this.doc, update);
		this.log.push({ personId, updates: [update] });
	}

	get said(): [string, string | null][] {
		const { runs } = readAuthors(this.log, this.owners);
		return creditedOf(this.doc, runs).content.flatMap((block: SettledBlock) =>
			leavesOf(block).flatMap((leaf) =>
				(leaf.content ?? [])
					.filter((part) => part.type === 'text')
					.map((part): [string, string | null] => [part.text, (part as CreditedText).by])
			)
		);
	}
}

const paragraph = (text: string, marks: Record<string, unknown> = {}) => {
	const made = new Y.XmlElement('paragraph');
	const words = new Y.XmlText();
	made.insert(0, [words]);
	words.insert(0, text, marks);
	return made;
};
const textAt = (root: Y.XmlFragment, ...path: number[]): Y.XmlText =>
	path.reduce<Y.XmlFragment | Y.XmlText>((at, i) => (at as Y.XmlFragment).get(i) as Y.XmlText, root) as Y.XmlText;

test('each piece says who wrote it, within a paragraph and across them', () => {
	const table = new Table();
	table.writes('teacher', (root) => root.insert(0, [paragraph('I waited.')]));
	table.writes('mentor', (root) => textAt(root, 0, 0).insert(2, 'really '));
	table.writes('mentor', (root) => root.insert(1, [paragraph('How long?')]));
	expect(table.said).toEqual([
		['I ', 'teacher'],
		['really ', 'mentor'],
		['waited.', 'teacher'],
		['How long?', 'mentor']
	]);
});

test('marks of one and words of another stay apart', () => {
	const table = new Table();
	table.writes('teacher', (root) => root.insert(0, [paragraph('One two')]));
	table.writes('mentor', (root) => textAt(root, 0, 0).format(0, 3, { strong: {} }));
	expect(table.said).toEqual([
		['One', 'teacher'],
		[' two', 'teacher']
	]);
});

test('what is only proposed is left out, and nobody gets the words beside it', () => {
	const table = new Table();
	table.writes('teacher', (root) => root.insert(0, [paragraph('I waited.')]));
	table.writes('mentor', (root) => textAt(root, 0, 0).insert(8, ' long', { insertion: { id: '1' } }));
	table.writes('mentor', (root) => root.insert(0, [paragraph('Proposed', { insertion: { id: '2' } })]));
	table.writes('mentor', (root) => textAt(root, 1, 0).insert(0, 'So: '));
	expect(table.said).toEqual([
		['So: ', 'mentor'],
		['I waited.', 'teacher']
	]);
});

test('whoever can not be known is nobody', () => {
	const table = new Table();
	table.writes('teacher', (root) => root.insert(0, [paragraph('Mine. ')]));
	table.writes('nobody', (root) => textAt(root, 0, 0).insert(6, 'Whose?'));
	expect(table.said).toEqual([
		['Mine. ', 'teacher'],
		['Whose?', null]
	]);
});

test('line breaks in the text, and elements that nobody knows, take nobody’s words to another', () => {
	const table = new Table();
	table.writes('teacher', (root) => {
		const odd = new Y.XmlElement('table');
		root.insert(0, [odd]);
		odd.insert(0, [paragraph('one\ntwo'), paragraph('three')]);
	});
	table.writes('mentor', (root) => root.insert(1, [paragraph('four\nfive')]));
	const said = table.said;
	expect(said.map(([text]) => text).join('')).toBe('onetwothreefour\nfive');
	for (const [text, by] of said) expect(by, text).toBe(/four/.test(text) ? 'mentor' : 'teacher');
});
