import { baseKeymap, setBlockType, splitBlock } from 'prosemirror-commands';
import type { Slice } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { act, CommentWorld, lettersOf, numbers } from '../../../tests/comment-world.ts';
import { Desk, Editor } from '../../../tests/writers.ts';
import { aboutIn, placesIn, putOn } from './comment-places.ts';
import { keepMarks } from './kept-marks.ts';
import { rootName } from './document.ts';
import { withoutComments } from './paste.ts';
import { schema } from './schema.ts';
import { initProseMirrorDoc } from '@tiptap/y-tiptap';

const kept = (doc: Y.Doc) => void keepMarks(doc);

/** Sessions of a hundred acts each, by chance; ends one early where what stands there can't be told apart any more. */
function sessions(seeds: number[], keep?: (doc: Y.Doc) => void) {
	const faults: string[] = [];
	let checked = 0;
	let meetings = 0;
	for (const seed of seeds) {
		const random = numbers(seed);
		const world = new CommentWorld(keep);
		world.type(world.writers[0]!, 30);
		world.hear();
		for (let i = 0; i < 100; i++) {
			let name: string;
			try {
				name = act(world, random);
			} catch (error) {
				// The binding's selection and Yjs's undo do this now and then, with comments and without.
				if (error instanceof RangeError || error instanceof TypeError) break;
				throw error;
			}
			if (world.writers.some(({ editor }) => standsTwice(editor))) break;
			if (!world.writers.every(({ here }) => here)) continue;
			checked++;
			if (name.startsWith('the network')) meetings++;
			const wrong = world.writers.flatMap((writer) => world.wrong(writer));
			if (wrong.length > 0) {
				faults.push(`seed ${seed}, act ${i}, ${name}: ${wrong.slice(0, 3).join(', ')}`);
				break;
			}
		}
	}
	return { faults, checked, meetings };
}

/** Both moved the same words at one time; the binding then leaves both copies. */
function standsTwice({ state }: Editor): boolean {
	const letters = lettersOf(state.doc).map(({ letter }) => letter);
	return new Set(letters).size < letters.length;
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test('of over a thousand edits around comments, with cuts of the network and undo by both, none loses or misplaces one', () => {
	const { faults, checked, meetings } = sessions(seeds(50), kept);
	expect(faults).toEqual([]);
	expect(checked).toBeGreaterThan(1_000);
	expect(meetings, 'they came back together').toBeGreaterThan(5);
}, 120_000);

test('without what keeps them, comments get lost and misplaced in the same sessions', () => {
	const { faults } = sessions(seeds(25));
	expect(faults.filter((fault) => fault.includes('missing')).length).toBeGreaterThan(3);
	expect(faults.filter((fault) => fault.includes('foreign')).length).toBeGreaterThan(0);
}, 120_000);

/** Two who hear of each other when told to. */
function pair(keep: (doc: Y.Doc) => void = kept) {
	const desk = new Desk();
	const docs = [desk.sit('teacher', 1), desk.sit('mentor', 2)];
	const teacher = new Editor(docs[0]!);
	teacher.type('I waited. Three hands went up in the back row.');
	desk.hear();
	const mentor = new Editor(docs[1]!);
	for (const doc of docs) keep(doc);
	const hear = () => [0, 1].forEach(() => desk.hear());
	return { teacher, mentor, hear, docs };
}
const comment = (editor: Editor, words: string, id = 'c') => {
	let at = -1;
	editor.state.doc.descendants((node, place) => {
		if (node.isTextblock && node.textContent.includes(words)) at = place + 1 + node.textContent.indexOf(words);
	});
	editor.dispatch(putOn(editor.state, { from: at, to: at + words.length }, id));
};
const wordsOf = ({ state }: Editor, id = 'c') => placesIn(state.doc).get(id)?.words;

describe('a comment stays on its words', () => {
	test('while the partner presses Enter before them at that moment', () => {
		const { teacher, mentor, hear } = pair();
		comment(mentor, 'Three hands');
		teacher.select(11);
		teacher.run(splitBlock);
		hear();
		expect([wordsOf(teacher), wordsOf(mentor)]).toEqual(['Three hands', 'Three hands']);
	});

	test('which a run without our keeping loses', () => {
		const { teacher, mentor, hear } = pair(() => {});
		comment(mentor, 'Three hands');
		teacher.select(11);
		teacher.run(splitBlock);
		hear();
		expect(wordsOf(mentor)).toBeUndefined();
	});

	test('through an Enter that is undone after somebody commented behind it', () => {
		const { teacher, mentor, hear } = pair();
		teacher.rest();
		teacher.select(11);
		teacher.run(splitBlock);
		hear();
		comment(mentor, 'back row');
		hear();
		teacher.undo();
		hear();
		expect(teacher.state.doc.childCount).toBe(1);
		expect([wordsOf(teacher), wordsOf(mentor)]).toEqual(['back row', 'back row']);
	});

	test('when they are deleted and brought back, though the partner has heard of both', () => {
		const { teacher, mentor, hear } = pair();
		comment(mentor, 'Three hands went up');
		hear();
		teacher.rest();
		teacher.select(8, 35);
		teacher.run(baseKeymap.Backspace!);
		hear();
		expect(wordsOf(mentor)).toBeUndefined();
		teacher.undo();
		hear();
		expect([wordsOf(teacher), wordsOf(mentor)]).toEqual(['Three hands went up', 'Three hands went up']);
	});

	test.each(['Teams: ', 'Tea? ', 'At three, ', 'e'])(
		'and comes on none of “%s”, typed offline before other words that moved',
		(typed) => {
			const { teacher, mentor, hear, docs } = pair();
			teacher.select(1);
			teacher.type('Tea was late. ');
			hear();
			comment(mentor, 'Tea');
			hear();
			teacher.run(setBlockType(schema.nodes.heading, { level: 2 }));
			teacher.select(teacher.state.doc.textContent.indexOf('Three') + 1);
			teacher.run(splitBlock);
			teacher.type(typed);
			// All of it in one, as when a network comes back.
			Y.applyUpdate(docs[1]!, Y.encodeStateAsUpdate(docs[0]!, Y.encodeStateVector(docs[1]!)));
			hear();
			expect(teacher.state.doc.lastChild!.textContent).toBe(`${typed}Three hands went up in the back row.`);
			expect([wordsOf(teacher), wordsOf(mentor)]).toEqual(['Tea', 'Tea']);
		}
	);

	test('undo of one’s own writing takes no comment away', () => {
		const { teacher, hear } = pair();
		teacher.rest();
		teacher.select(1);
		teacher.type('Then ');
		comment(teacher, 'waited');
		teacher.undo();
		hear();
		expect(wordsOf(teacher)).toBe('waited');
		expect(teacher.state.doc.textContent).toMatch(/^I waited/);
	});

	test('what is typed amid them belongs to it, what is typed before and behind does not', () => {
		const { teacher, mentor, hear } = pair();
		comment(mentor, 'Three hands');
		hear();
		teacher.select(16);
		teacher.type(' small');
		teacher.select(teacher.state.doc.textContent.indexOf(' went') + 1);
		teacher.type(' all');
		teacher.select(11);
		teacher.type('Then ');
		hear();
		expect(wordsOf(mentor)).toBe('Three small hands');
		expect(mentor.state.doc.textContent).toContain('Then Three small hands all went');
	});

	test('two may lie over each other, made at one moment', () => {
		const { teacher, mentor, hear } = pair();
		comment(mentor, 'Three hands went', 'his');
		comment(teacher, 'hands went up', 'hers');
		hear();
		for (const one of [teacher, mentor])
			expect([wordsOf(one, 'his'), wordsOf(one, 'hers')]).toEqual(['Three hands went', 'hands went up']);
	});
});

test('when nobody opened a screen, what is stored opens with every comment in its place', () => {
	const { mentor, docs } = pair();
	comment(mentor, 'Three hands', 'one');
	comment(mentor, 'hands went', 'two');
	const stored = new Y.Doc();
	Y.applyUpdate(stored, Y.encodeStateAsUpdate(docs[1]!));
	const { doc } = initProseMirrorDoc(stored.getXmlFragment(rootName), schema);
	expect(Object.fromEntries([...placesIn(doc)].map(([id, { words }]) => [id, words]))).toEqual({
		one: 'Three hands',
		two: 'hands went'
	});
});

test('a comment over two paragraphs is one, with a space between them', () => {
	const { teacher } = pair();
	teacher.select(11);
	teacher.run(splitBlock);
	teacher.dispatch(putOn(teacher.state, { from: 3, to: 18 }, 'c'));
	expect(wordsOf(teacher)).toBe('waited.  Three');
});

test('a new comment is about what is selected, or else about the paragraph', () => {
	const { teacher } = pair();
	teacher.select(3, 9);
	expect(aboutIn(teacher.state)).toEqual({ from: 3, to: 9, words: 'waited' });
	teacher.select(3);
	expect(aboutIn(teacher.state)?.words).toBe('I waited. Three hands went up in the back row.');
	teacher.select(1);
	teacher.run(splitBlock);
	teacher.select(1);
	expect(aboutIn(teacher.state), 'an empty line').toBeNull();
});

test('a copy does not carry comments to a second place, whatever else it carries', () => {
	const { teacher } = pair();
	comment(teacher, 'waited');
	teacher.select(3, 9);
	teacher.dispatch(teacher.state.tr.addMark(3, 9, schema.marks.strong.create()));
	const slice = teacher.state.doc.slice(0, 20);
	const marks = (made: Slice) => {
		const found = new Set<string>();
		made.content.descendants((node) => node.marks.forEach(({ type }) => found.add(type.name)));
		return [...found].sort();
	};
	expect(marks(slice)).toEqual(['comment', 'strong']);
	const copy = withoutComments(slice, () => false);
	expect(marks(copy)).toEqual(['strong']);
	expect([copy.openStart, copy.openEnd, copy.size]).toEqual([slice.openStart, slice.openEnd, slice.size]);
	expect(marks(withoutComments(slice, (id) => id === 'c'))).toEqual(['comment', 'strong']);
});
