import { baseKeymap, setBlockType } from 'prosemirror-commands';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { Desk, Editor } from '../../../tests/writers.ts';
import { rootName } from './document.ts';
import { schema } from './schema.ts';

test('what the partner writes after an undo is seen and stays, and the caret with it', () => {
	const [a, b] = [new Y.Doc(), new Y.Doc()];
	const send = (from: Y.Doc, to: Y.Doc) =>
		from.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== 'partner') Y.applyUpdate(to, update, 'partner');
		});
	send(a, b);
	const teacher = new Editor(a);
	teacher.type('A long sentence that the teacher wrote and takes back.');
	send(b, a);
	const mentor = new Editor(b);
	mentor.select(54);
	mentor.type('y');
	teacher.select(3, 50);
	teacher.type('.');
	mentor.undo();
	const { head } = mentor.state.selection;
	teacher.select(1);
	teacher.type('T');
	expect(mentor.state.selection.head).toBe(head + 1);
	mentor.select(3);
	mentor.type('m');
	expect(a.getXmlFragment(rootName).toString()).toBe('<paragraph>TAm .back.</paragraph>');
});

test('words written into what came back stand in one place for everybody after another undo', () => {
	const desk = new Desk();
	const [a, b] = [desk.sit('teacher', 1), desk.sit('mentor', 2)];
	const teacher = new Editor(a);
	teacher.type('I waited.');
	teacher.rest();
	teacher.select(2, 10);
	teacher.run(baseKeymap.Backspace!);
	teacher.undo();
	teacher.select(5);
	teacher.type('X');
	teacher.rest();
	teacher.run(setBlockType(schema.nodes.heading));
	teacher.undo();
	desk.hear();
	expect(a.getXmlFragment(rootName).toString()).toBe('<paragraph>I waXited.</paragraph>');
	expect(b.getXmlFragment(rootName).toString()).toBe('<paragraph>I waXited.</paragraph>');
});
