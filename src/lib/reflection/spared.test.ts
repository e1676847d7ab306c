import { baseKeymap, splitBlock } from 'prosemirror-commands';
import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { Desk, Editor } from '../../../tests/writers.ts';
import { keepMarks } from './kept-marks.ts';
import { schema } from './schema.ts';

/** The teacher writes, the mentor suggests what should go; each hears of the other when told to. */
function pair(
	words: string,
	[teacherId, mentorId]: readonly [number, number],
	keep: (doc: Y.Doc) => unknown = keepMarks
) {
	const desk = new Desk();
	const docs = [desk.sit('teacher', teacherId), desk.sit('mentor', mentorId)];
	const teacher = new Editor(docs[0]!);
	type(teacher, words);
	desk.hear();
	const mentor = new Editor(docs[1]!);
	for (const doc of docs) keep(doc);
	const hear = () => [0, 1, 2].forEach(() => desk.hear());
	return { teacher, mentor, hear };
}

/** Key by key, as people do: the binding then knows where a letter stands. */
function type(editor: Editor, words: string, at?: number) {
	if (at !== undefined) editor.select(at);
	for (const key of words) editor.type(key);
}

const deleting = (editor: Editor, from: number, to: number) =>
	editor.dispatch(editor.state.tr.addMark(from, to, schema.marks.deletion.create({ id: 'gone' })));

/** What would go. */
function toGo({ state }: Editor): string {
	let words = '';
	state.doc.descendants((node) => {
		if (node.marks.some(({ type }) => type === schema.marks.deletion)) words += node.text;
	});
	return words;
}

describe.each([
	[1, 2],
	[2, 1]
] as const)('as Yjs client %i and %i', (...ids) => {
	test.each([
		['behind it, where the paragraph ends', 'One gone', [5, 9], 9, ' new'],
		['behind it, in the middle of a paragraph', 'One gone.', [5, 9], 9, 'ly'],
		['before it, where the paragraph begins', 'gone too', [1, 5], 1, 'Was '],
		['before it, in the middle of a paragraph', 'One gone.', [5, 9], 5, 'un'],
		['before it, where all of it goes', 'gone', [1, 5], 1, 'Was '],
		['behind it, where all of it goes', 'gone', [1, 5], 5, ' too']
	] as const)('nobody deletes what was typed at that moment %s', (_, words, [from, to], at, typed) => {
		const { teacher, mentor, hear } = pair(words, ids);
		type(teacher, typed, at);
		deleting(mentor, from, to);
		hear();
		expect([toGo(teacher), toGo(mentor)]).toEqual(['gone', 'gone']);
		expect(mentor.state.doc.eq(teacher.state.doc)).toBe(true);
		expect(teacher.state.doc.textContent).toBe(words.slice(0, at - 1) + typed + words.slice(at - 1));
	});

	test('on both sides, and by both, offline for a while', () => {
		const { teacher, mentor, hear } = pair('One gone', ids);
		type(teacher, ' new', 9);
		type(teacher, 'is ', 5);
		deleting(mentor, 5, 9);
		hear();
		expect(toGo(mentor)).toBe('gone');
		expect(mentor.state.doc.textContent).toBe('One is gone new');
	});

	test('what the mentor saw and suggests to delete as well is to go', () => {
		const { teacher, mentor, hear } = pair('One gone', ids);
		deleting(mentor, 5, 9);
		hear();
		type(teacher, ' too', 9);
		hear();
		deleting(mentor, 5, mentor.state.doc.content.size - 1);
		hear();
		type(teacher, 'Then ', 1);
		hear();
		expect([toGo(teacher), toGo(mentor)]).toEqual(['gone too', 'gone too']);
	});

	test('a suggestion that moves with its paragraph stays whole', () => {
		const { teacher, mentor, hear } = pair('One gone and two', ids);
		deleting(mentor, 5, 13);
		hear();
		teacher.select(10);
		teacher.run(splitBlock);
		hear();
		type(mentor, 'x', 1);
		hear();
		expect([toGo(teacher), toGo(mentor)]).toEqual(['gone and', 'gone and']);
		teacher.select(12);
		teacher.run(baseKeymap.Backspace!);
		hear();
		expect(toGo(mentor)).toBe(toGo(teacher));
		expect(toGo(mentor)).toBe('gone and');
	});
});

test('without it such words go with what they stand beside', () => {
	const both = (
		[
			[1, 2],
			[2, 1]
		] as const
	).map((ids) => {
		const { teacher, mentor, hear } = pair('One gone', ids, () => {});
		type(teacher, ' new', 9);
		deleting(mentor, 5, 9);
		hear();
		return toGo(teacher);
	});
	expect(both.sort()).toEqual(['gone', 'gone new']);
});
