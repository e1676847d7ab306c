/**
 * Turns what two people wrote, one after the other, into the Yjs updates that their browsers would have sent: each
 * under their own client id, in the order of time. Pure; the same turns always give the same bytes.
 */
import { encodeAny, toBase64 } from 'lib0/buffer';
import { digest } from 'lib0/hash/sha256';
import * as Y from 'yjs';
import { addComment, reply, resolveComment } from '#lib/reflection/comments.ts';
import { rootName } from '#lib/reflection/document.ts';
import type { Moment } from './moments.ts';

export type Writer = 'teacher' | 'mentor';

type Words = {
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

/** What is said about the text, and what is only suggested in it: none of it is text. */
type Beside = { by: Writer; at: Moment; words?: never } & (
	| { comments: string; on: string; says: string }
	| { answers: string; says: string }
	| { resolves: string }
	/** Other words, or none, where these stand; or words behind them. */
	| { suggests: string; insteadOf: string }
	| { suggests: string; behind: string }
);

export type Turn = Words | Beside;

/** One row of the log: what one person wrote in one go. */
export type Written = { by: Writer; at: Moment; updates: Uint8Array[] };

/**
 * @param clients the Yjs client id that each of the two writes under
 * @param timeOf when a moment was, by the clock of whoever commented
 */
export function write(turns: Turn[], clients: Record<Writer, number>, timeOf: (at: Moment) => number): Written[] {
	const doc = new Y.Doc();
	const root = doc.getXmlFragment(rootName);
	let updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const written = turns.map((turn) => {
		const { by, at } = turn;
		updates = [];
		// One document, two hands: an update carries the client id that the document has while it is made.
		doc.clientID = clients[by];
		if (turn.words === undefined) doc.transact(() => addBeside(doc, turn, timeOf(at)));
		else if (turn.after === undefined)
			for (const block of blocksOf(turn.words)) doc.transact(() => addBlock(root, block));
		else doc.transact(() => addInside(root, turn.after!, turn.words));
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
	const [text, at] = find(root, after);
	text.insert(at + after.length, words, {});
}

function find(root: Y.XmlFragment, words: string): [text: Y.XmlText, at: number] {
	for (const text of root.createTreeWalker((node) => node instanceof Y.XmlText) as Iterable<Y.XmlText>) {
		const at = plain(text).indexOf(words);
		if (at >= 0) return [text, at];
	}
	throw new Error(`Nobody wrote “${words}” before.`);
}

function addBeside(doc: Y.Doc, turn: Beside, at: number): void {
	const root = doc.getXmlFragment(rootName);
	if ('comments' in turn) {
		const { comments: id, on, says } = turn;
		const [text, from] = find(root, on);
		addComment(doc, { id, quote: on, words: says }, at);
		text.format(from, on.length, { [overlapping('comment', { id })]: { id } });
	} else if ('answers' in turn) reply(doc, turn.answers, turn.says, at);
	else if ('resolves' in turn) resolveComment(doc, turn.resolves, true, at);
	else {
		// It begins with who suggests, as the editor's own ids do.
		const id = `${doc.clientID.toString(36)}.cast${Y.getState(doc.store, doc.clientID)}`;
		const place = 'behind' in turn ? turn.behind : turn.insteadOf;
		const [text, from] = find(root, place);
		if (turn.suggests) text.insert(from + place.length, turn.suggests, { insertion: { id } });
		if ('insteadOf' in turn) text.format(from, place.length, { deletion: { id } });
	}
}

/** As the binding names a mark of which several may lie on one word. */
function overlapping(type: string, attrs: Record<string, unknown>): string {
	const bytes = digest(encodeAny({ type, attrs }));
	const short = bytes.slice(0, 6);
	for (let i = 6; i < bytes.length; i++) short[i % 6]! ^= bytes[i]!;
	return `${type}--${toBase64(short)}`;
}

const plain = (text: Y.XmlText) => (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join('');
