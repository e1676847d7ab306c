import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { Editor } from '../../../tests/writers.ts';
import { rootName } from './document.ts';

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
