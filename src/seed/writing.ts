/**
 * Turns what two people wrote, one after the other, into the Yjs updates that their browsers would have sent: each
 * under their own client id, in the order of time. Pure; the same turns always give the same bytes.
 */
import * as Y from 'yjs';
import { rootName } from '#lib/reflection/document.ts';
import type { Moment } from './moments.ts';

export type Writer = 'teacher' | 'mentor';

export type Turn = {
	by: Writer;
	at: Moment;
	/**
	 * What is added. Blocks stand apart by an empty line: `## heading`, lines of `- item` or `1. item`, `> quote`, or a
	 * paragraph; **strong** and *emphasis* inside.
	 */
	words: string;
	/** Where: after these words of an earlier turn, inside their line. Absent: below everything. */
	after?: string;
};

/** One row of the log: what one person wrote in one go. */
export type Written = { by: Writer; at: Moment; updates: Uint8Array[] };

/** @param clients the Yjs client id that each of the two writes under */
export function write(turns: Turn[], clients: Record<Writer, number>): Written[] {
	const doc = new Y.Doc();
	const root = doc.getXmlFragment(rootName);
	let updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const written = turns.map(({ by, at, words, after }) => {
		updates = [];
		// One document, two hands: an update carries the client id that the document has while it is made.
		doc.clientID = clients[by];
		if (after === undefined) for (const block of blocksOf(words)) doc.transact(() => addBlock(root, block));
		else doc.transact(() => addInside(root, after, words));
		return { by, at, updates };
	});
	doc.destroy();
	return written;
}

type Block = { kind: string; level?: number; lines: string[] };

function blocksOf(words: string): Block[] {
	return words
		.split(/\n\s*\n/)
		.map((block) =>
			block
				.split('\n')
				.map((line) => line.trim())
				.filter((line) => line !== '')
		)
		.filter((lines) => lines.length > 0)
		.map((lines) => {
			const [first = ''] = lines;
			const without = (mark: RegExp) => lines.map((line) => line.replace(mark, ''));
			const heading = /^(#{2,3}) /.exec(first);
			if (heading) return { kind: 'heading', level: heading[1]!.length, lines: [without(/^#+ /).join(' ')] };
			if (first.startsWith('- ')) return { kind: 'bullet_list', lines: without(/^- /) };
			if (/^\d+\. /.test(first)) return { kind: 'ordered_list', lines: without(/^\d+\. /) };
			if (first.startsWith('> ')) return { kind: 'blockquote', lines: [without(/^> /).join(' ')] };
			return { kind: 'paragraph', lines: [lines.join(' ')] };
		});
}

function addBlock(parent: Y.XmlFragment, { kind, level, lines }: Block): void {
	const element = new Y.XmlElement(kind);
	parent.push([element]);
	// A number, as the editor stores it, whatever Yjs's own types expect.
	if (level) element.setAttribute('level', level as never);
	if (kind === 'paragraph' || kind === 'heading') return addText(element, lines[0] ?? '');
	for (const line of lines) {
		let holder: Y.XmlFragment = element;
		if (kind !== 'blockquote') {
			const item = new Y.XmlElement('list_item');
			element.push([item]);
			holder = item;
		}
		addBlock(holder, { kind: 'paragraph', lines: [line] });
	}
}

/** Marks are named as the editor's schema names them, with their (empty) attributes as value. */
function addText(parent: Y.XmlFragment, line: string): void {
	const text = new Y.XmlText();
	parent.push([text]);
	for (const piece of line.split(/(\*\*[^*]+\*\*|\*[^*]+\*)/)) {
		if (piece === '') continue;
		const strong = /^\*\*(.+)\*\*$/.exec(piece)?.[1];
		const em = strong === undefined ? /^\*(.+)\*$/.exec(piece)?.[1] : undefined;
		text.insert(text.length, strong ?? em ?? piece, strong ? { strong: {} } : em ? { em: {} } : {});
	}
}

function addInside(root: Y.XmlFragment, after: string, words: string): void {
	for (const text of root.createTreeWalker((node) => node instanceof Y.XmlText) as Iterable<Y.XmlText>) {
		const at = plain(text).indexOf(after);
		if (at >= 0) return text.insert(at + after.length, words, {});
	}
	throw new Error(`Nobody wrote “${after}” before.`);
}

const plain = (text: Y.XmlText) => (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join('');
