import { splitBlock } from 'prosemirror-commands';
import type { EditorState } from 'prosemirror-state';
import { describe, expect, test } from 'vitest';
import { Desk, Editor } from '../../../tests/writers.ts';
import { answeredIn, rowState } from './answered.ts';
import { beginPart, markFor, passagesIn, sayCovered, selectedWords, titleFor, unmark } from './answering.ts';
import { keepMarks } from './kept-marks.ts';
import { applyMeant } from './suggesting.ts';

const parts = [
	{ id: 'one', prompt: 'Which class?', section: 1 },
	{ id: 'two', prompt: 'What did you see? '.repeat(10), section: 3 },
	{ id: 'three', prompt: 'And what will you do next? '.repeat(10), section: 3 }
];

/** Two who hear of each other when told to; the mentor suggests. */
function pair() {
	const desk = new Desk();
	const docs = [desk.sit('teacher', 1), desk.sit('mentor', 2)] as const;
	const teacher = new Editor(docs[0]);
	const mentor = new Editor(docs[1], [], (state, tr, apply) =>
		applyMeant(state, tr, { suggests: true, mine: '2.' }, apply)
	);
	for (const doc of docs) keepMarks(doc);
	return { teacher, mentor, docs, hear: () => [0, 1].forEach(() => desk.hear()) };
}
const begin = (editor: Editor, index: number) => editor.dispatch(beginPart(editor.state, parts[index]!, parts));
const titles = ({ doc }: EditorState) =>
	doc.content.content.map((node) => (node.attrs.part ? `# ${node.attrs.part as string}` : node.textContent));
const select = (editor: Editor, words: string) => {
	let at = -1;
	editor.state.doc.descendants((node, pos) => {
		if (at < 0 && node.isTextblock && node.textContent.includes(words)) at = pos + 1 + node.textContent.indexOf(words);
	});
	editor.select(at, at + words.length);
};

describe('beginning a part', () => {
	test('puts its title at the end, and the caret below it', () => {
		const { teacher, docs } = pair();
		teacher.type('Something before.');
		begin(teacher, 0);
		teacher.type('Grade three.');
		expect(titles(teacher.state)).toEqual(['Something before.', '# one', 'Grade three.']);
		expect(answeredIn(docs[0]).parts).toEqual({ one: 2 });
	});
	test('takes the place of the empty line that an empty text has', () => {
		const { teacher } = pair();
		begin(teacher, 0);
		teacher.type('Grade three.');
		expect(titles(teacher.state)).toEqual(['# one', 'Grade three.']);
	});
	test('stands before the parts that come after it', () => {
		const { teacher } = pair();
		begin(teacher, 2);
		teacher.type('Next time.');
		begin(teacher, 0);
		teacher.type('Grade three.');
		begin(teacher, 1);
		teacher.type('Hands.');
		expect(titles(teacher.state)).toEqual(['# one', 'Grade three.', '# two', 'Hands.', '# three', 'Next time.']);
	});
	test('goes to it when it is there', () => {
		const { teacher } = pair();
		begin(teacher, 0);
		teacher.type('Grade three.');
		begin(teacher, 1);
		begin(teacher, 0);
		teacher.type('I mean: ');
		expect(titles(teacher.state)).toEqual(['# one', 'I mean: Grade three.', '# two', '']);
	});
	test('is no suggestion of a mentor, but what they write there is', () => {
		const { teacher, mentor, docs, hear } = pair();
		teacher.type('Something.');
		hear();
		begin(mentor, 0);
		mentor.type('Perhaps grade three?');
		hear();
		expect(titles(teacher.state)).toEqual(['Something.', '# one', 'Perhaps grade three?']);
		expect(answeredIn(docs[0])).toMatchObject({ parts: { one: 0 }, suggestions: 1 });
	});
	test('by both apart counts both', () => {
		const { teacher, mentor, docs, hear } = pair();
		begin(teacher, 0);
		teacher.type('Grade three.');
		begin(mentor, 0);
		hear();
		expect(answeredIn(docs[0]).parts).toEqual(answeredIn(docs[1]).parts);
		expect(answeredIn(docs[0]).parts).toEqual({ one: 2 });
	});
	test('is titled by its prompt, or a long one by its place', () => {
		expect(parts.map((part) => titleFor(part, parts))).toEqual([
			'Which class?',
			'Reflection, question 1',
			'Reflection, question 2'
		]);
		expect(titleFor(parts[1]!, parts.slice(0, 2))).toBe('Reflection');
	});
});

describe('marking words for a row', () => {
	const written = () => {
		const world = pair();
		world.teacher.type('I waited. Three hands went up in the back row.');
		world.hear();
		return world;
	};
	const mark = (editor: Editor, words: string, row: string, doc?: Parameters<typeof sayCovered>[0]) => {
		select(editor, words);
		editor.dispatch(markFor(editor.state, row));
		if (doc) sayCovered(doc, row, false);
	};

	test('is seen by both; one passage serves several rows', () => {
		const { teacher, mentor, docs, hear } = written();
		mark(teacher, 'Three hands', 'a', docs[0]);
		mark(mentor, 'hands went up', 'b', docs[1]);
		hear();
		for (const [editor, doc] of [
			[teacher, docs[0]],
			[mentor, docs[1]]
		] as const) {
			expect(passagesIn(editor.state.doc, 'a').map(({ words }) => words)).toEqual(['Three hands']);
			expect(passagesIn(editor.state.doc, 'b').map(({ words }) => words)).toEqual(['hands went up']);
			expect(answeredIn(doc)).toMatchObject({ passages: { a: 1, b: 1 }, suggestions: 0 });
			expect(rowState(answeredIn(doc), 'a')).toBe('started');
		}
	});
	test('stays on its words while the partner presses Enter before them at that moment', () => {
		const { teacher, mentor, docs, hear } = written();
		mark(mentor, 'Three hands', 'a', docs[1]);
		teacher.select(11);
		teacher.run(splitBlock);
		hear();
		expect(passagesIn(teacher.state.doc, 'a').map(({ words }) => words)).toEqual(['Three hands']);
		expect(passagesIn(mentor.state.doc, 'a').map(({ words }) => words)).toEqual(['Three hands']);
	});
	test('is no step that undo takes back', () => {
		const { teacher, docs } = written();
		mark(teacher, 'Three hands', 'a', docs[0]);
		teacher.rest();
		teacher.select(1);
		teacher.type('So ');
		teacher.undo();
		expect(passagesIn(teacher.state.doc, 'a')).toHaveLength(1);
	});
	test('is counted where it is found: several passages, over two paragraphs, and not in what is only suggested', () => {
		const { teacher, mentor, docs, hear } = written();
		teacher.select(10);
		teacher.run(splitBlock);
		mark(teacher, 'I waited', 'a');
		mark(teacher, 'back row', 'a');
		hear();
		select(mentor, 'back');
		mentor.select(mentor.state.selection.to);
		mentor.type(' or front');
		hear();
		const words = passagesIn(teacher.state.doc, 'a').map((passage) => passage.words);
		expect(words).toEqual(['I waited', 'back row']);
		expect(answeredIn(docs[0]).passages).toEqual({ a: words.length });
	});
	test('and removing it leaves the words', () => {
		const { teacher, docs } = written();
		mark(teacher, 'Three hands', 'a', docs[0]);
		mark(teacher, 'Three hands', 'b', docs[0]);
		teacher.dispatch(unmark(teacher.state, 'a', passagesIn(teacher.state.doc, 'a')[0]!));
		expect(answeredIn(docs[0]).passages).toEqual({ b: 1 });
		expect(teacher.state.doc.textContent).toBe('I waited. Three hands went up in the back row.');
	});
	test('and calling it covered holds until its words are gone', () => {
		const { teacher, mentor, docs, hear } = written();
		mark(teacher, 'Three hands', 'a', docs[0]);
		hear();
		sayCovered(docs[1], 'a', true);
		hear();
		expect(rowState(answeredIn(docs[0]), 'a')).toBe('covered');
		select(teacher, 'Three hands');
		expect(selectedWords(teacher.state)).toBe('Three hands');
		teacher.dispatch(teacher.state.tr.deleteSelection());
		hear();
		expect(rowState(answeredIn(docs[1]), 'a')).toBe('not yet');
		expect(mentor.state.doc.textContent).not.toContain('Three hands');
	});
});
