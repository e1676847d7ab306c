import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { suggestionClientsIn } from './suggestions.server.ts';
import { rootName } from './document.ts';

const id = (client: number) => `${client.toString(36)}.1`;

test('whose suggestions stand in a text is found in words, line breaks and blocks', () => {
	const doc = new Y.Doc();
	const paragraph = new Y.XmlElement('paragraph');
	const text = new Y.XmlText();
	text.applyDelta([
		{ insert: 'in', attributes: { insertion: { id: id(4_000_000_001) } } },
		{ insert: 'out', attributes: { deletion: { id: id(2) } } },
		{ insert: 'look', attributes: { restyled: { id: id(3), was: '[]' } } }
	]);
	const line = new Y.XmlElement('hard_break');
	line.setAttribute('insertion', id(4));
	paragraph.insert(0, [text, line]);
	paragraph.setAttribute('split', id(5));
	paragraph.setAttribute('was', JSON.stringify({ id: id(6), type: 'paragraph', path: [], shared: 0 }));
	doc.getXmlFragment(rootName).insert(0, [paragraph]);
	expect(suggestionClientsIn(Y.encodeStateAsUpdate(doc)).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 4_000_000_001]);
});

test('a text without suggestions is not opened for it, and what is forged is nobody’s', () => {
	const doc = new Y.Doc();
	const paragraph = new Y.XmlElement('paragraph');
	paragraph.setAttribute('split', '!');
	doc.getXmlFragment(rootName).insert(0, [paragraph]);
	expect(suggestionClientsIn(Y.encodeStateAsUpdate(doc))).toEqual([]);
	expect(suggestionClientsIn(Y.encodeStateAsUpdate(new Y.Doc()))).toEqual([]);
});
