import { baseKeymap, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands';
import { splitListItem, wrapInList } from 'prosemirror-schema-list';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Desk, Editor } from '../../../tests/writers.ts';
import type { AuthorRun } from './author-runs.ts';
import { readAuthors } from './authors.ts';
import { authorOf } from './blocks.ts';
import { rootName } from './document.ts';
import { renderDocument } from './render.ts';
import { restore } from './restoring.ts';
import { schema } from './schema.ts';

const { nodes, marks } = schema;

/** The text as the server has it after a row. */
function stateAt(desk: Desk, number: number): Y.Doc {
	const doc = new Y.Doc();
	doc.transact(() => {
		for (const { updates } of desk.log.slice(0, number)) for (const update of updates) Y.applyUpdate(doc, update);
	});
	return doc;
}

/** Brings back the state of a row for somebody who sees that of another, as the server does it. */
function bringBack(desk: Desk, personId: string, to: number, seen = desk.log.length): boolean {
	const present = stateAt(desk, seen);
	const { credits } = readAuthors(desk.log.slice(0, seen), desk.owners);
	const update = restore(present, stateAt(desk, to), { to, seen }, authorOf(desk.owners, credits));
	if (!update) return false;
	desk.owners.set(present.clientID, personId);
	desk.log.push({ personId, updates: [update] });
	return true;
}

/** A letter for the author of each unit of text. */
const letters = (runs: AuthorRun[]) => runs.map(({ author, text }) => (author ?? '?')[0]!.repeat(text.length)).join('');
const authorsAt = (desk: Desk, number = desk.log.length) =>
	letters(readAuthors(desk.log.slice(0, number), desk.owners).runs);
const shownAt = (desk: Desk, number = desk.log.length) => renderDocument(stateAt(desk, number));

function atEditor(...paragraphs: string[]) {
	const desk = new Desk();
	const teacher = new Editor(desk.sit('teacher', 1));
	paragraphs.forEach((text, i) => {
		if (i > 0) teacher.run(baseKeymap.Enter!);
		teacher.type(text);
	});
	const doc = desk.sit('mentor', 2);
	desk.hear();
	return { desk, teacher, mentor: new Editor(doc) };
}

describe('An older text is made again', () => {
	test('and is credited to whoever wrote it, whoever brings it back', () => {
		const { desk, teacher, mentor } = atEditor('I waited for three seconds.', 'They spoke.');
		mentor.select(9);
		mentor.type(' and waited');
		desk.hear();
		const [then, shown, authors] = [desk.log.length, shownAt(desk), authorsAt(desk)];
		teacher.select(0, teacher.state.doc.content.size);
		teacher.run(baseKeymap.Backspace!);
		teacher.type('Nothing of it.');
		desk.hear();
		expect(bringBack(desk, 'mentor', then)).toBe(true);
		expect(shownAt(desk)).toBe(shown);
		expect(authorsAt(desk)).toBe(authors);
		desk.hear();
		expect(renderDocument(desk.docs[0]!)).toBe(shown);
	});

	test('and what it replaced can be brought back in turn', () => {
		const { desk, teacher } = atEditor('First words.');
		const first = desk.log.length;
		teacher.type(' Second words.');
		desk.hear();
		const [second, shown, authors] = [desk.log.length, shownAt(desk), authorsAt(desk)];
		bringBack(desk, 'mentor', first);
		bringBack(desk, 'mentor', second);
		expect([shownAt(desk), authorsAt(desk)]).toEqual([shown, authors]);
	});

	test('with its shapes and marks', () => {
		const { desk, teacher } = atEditor('A heading', 'Some words', 'An item');
		teacher.select(2);
		teacher.run(setBlockType(nodes.heading, { level: 3 }));
		teacher.select(12, 18);
		teacher.run(toggleMark(marks.strong));
		teacher.select(25);
		teacher.run(wrapInList(nodes.bullet_list));
		const [then, shown] = [desk.log.length, shownAt(desk)];
		teacher.select(0, teacher.state.doc.content.size);
		teacher.run(toggleMark(marks.em));
		teacher.run(setBlockType(nodes.paragraph));
		expect(shownAt(desk)).not.toBe(shown);
		expect(bringBack(desk, 'mentor', then)).toBe(true);
		expect(shownAt(desk)).toBe(shown);
	});

	test('and where nothing is different, nothing is written', () => {
		const { desk } = atEditor('The same.');
		expect(bringBack(desk, 'mentor', desk.log.length)).toBe(false);
	});

	test('as an empty page, and from one', () => {
		const { desk } = atEditor('Some words.');
		const full = desk.log.length;
		bringBack(desk, 'mentor', 0);
		expect(shownAt(desk)).toBe('<p><br></p>');
		bringBack(desk, 'mentor', full);
		expect([shownAt(desk), authorsAt(desk)]).toEqual(['<p>Some words.</p>', 'ttttttttttt']);
	});

	test('and what the partner types meanwhile stays', () => {
		const { desk, teacher } = atEditor('One line.', 'Another line.');
		const then = desk.log.length;
		teacher.select(1);
		teacher.type('Not this. ');
		const seen = desk.log.length;
		teacher.select(teacher.state.doc.content.size);
		teacher.type(' And on.');
		bringBack(desk, 'mentor', then, seen);
		expect(shownAt(desk)).toBe('<p>One line.</p><p>Another line. And on.</p>');
		desk.hear();
		expect(renderDocument(desk.docs[0]!)).toBe(shownAt(desk));
		expect(authorsAt(desk)).toBe('t'.repeat('One line.Another line. And on.'.length));
	});

	test('into an editor that is open, which goes on', () => {
		const { desk, teacher } = atEditor('One line.');
		const then = desk.log.length;
		teacher.type(' Two.');
		bringBack(desk, 'mentor', then);
		desk.hear();
		expect(teacher.state.doc.textContent).toBe('One line.');
		teacher.type(' Three.');
		expect(shownAt(desk)).toBe('<p>One line. Three.</p>');
	});
});

test('whoever says that a text is an older one, and it is not, gets no credit for others', () => {
	const { desk } = atEditor('I agree with none of it.');
	const doc = stateAt(desk, desk.log.length);
	doc.clientID = 9;
	desk.owners.set(9, 'mentor');
	doc.once('update', (update: Uint8Array) => desk.log.push({ personId: 'mentor', updates: [update] }));
	const seen = desk.log.length;
	doc.transact(() => {
		const text = (doc.getXmlFragment(rootName).get(0) as Y.XmlElement).get(0) as Y.XmlText;
		text.delete(7, 13);
		text.insert(7, ' with all');
		doc.getMap('restored').set('to', [seen, seen]);
	});
	expect(shownAt(desk)).toBe('<p>I agree with all it.</p>');
	expect(authorsAt(desk)).toBe('tttttttmmmmmmmmmtttt');
});

/** The same numbers for the same seed. */
const dice = (seed: number) => () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

test('in random sessions of two, an older text that is brought back is by those who wrote it, letter for letter', () => {
	const vocabulary = ['waited', 'seconds', 'the class', 'spoke', 'quietly', 'and', 'a'];
	let restores = 0;
	for (let seed = 1; seed <= 30; seed++) {
		const roll = dice(seed);
		const below = (n: number) => Math.floor(roll() * n);
		const { desk, teacher, mentor } = atEditor('I asked a question.', 'Nobody answered it at first.');
		for (let step = 0; step < 40; step++) {
			const editor = roll() < 0.5 ? teacher : mentor;
			if (roll() < 0.7) desk.hear();
			const size = editor.state.doc.content.size;
			editor.select(below(size + 1));
			const way = below(12);
			if (way < 5) editor.type(` ${vocabulary[below(vocabulary.length)]!}`);
			else if (way < 6) editor.run(baseKeymap.Enter!);
			else if (way < 8) {
				const from = below(size);
				editor.select(from, Math.min(size, from + below(12)));
				editor.run(baseKeymap.Backspace!);
			} else if (way < 9) editor.run(roll() < 0.5 ? wrapInList(nodes.bullet_list) : splitListItem(nodes.list_item));
			else if (way < 10) editor.run(roll() < 0.5 ? setBlockType(nodes.heading) : wrapIn(nodes.blockquote));
			else if (way < 11) editor.undo();
			else {
				const to = below(desk.log.length + 1);
				const [shown, authors] = [shownAt(desk, to), authorsAt(desk, to)];
				if (!bringBack(desk, roll() < 0.5 ? 'teacher' : 'mentor', to)) continue;
				restores++;
				const about = `seed ${seed}, step ${step}, row ${to}`;
				expect(shownAt(desk), about).toBe(shown);
				expect(authorsAt(desk), about).toBe(authors);
			}
			editor.rest();
		}
		desk.hear();
		expect(renderDocument(desk.docs[0]!)).toBe(shownAt(desk));
	}
	expect(restores).toBeGreaterThan(50);
});
