/** Who wrote which words, put into a text as it stands: every piece of it says its author. Pure. */
import * as Y from 'yjs';
import type { AuthorRun } from './authors.ts';
import { rootName } from './document.ts';
import {
	isProposed,
	type Settled,
	type SettledBlock,
	type SettledInline,
	settledOf,
	type SettledText
} from './settled.ts';

/** A piece of text and who wrote it; null when it can't be known. */
export type CreditedText = SettledText & { by: string | null };

/** The text of a document, each piece by one author. */
export function creditedOf(doc: Y.Doc, runs: readonly AuthorRun[]): Settled {
	const letters = lettersIn(doc, runs);
	let next = letters.next();
	/** Up to where the text from `from` on is by one author, and who. */
	const take = (text: string, from: number): { to: number; by: string | null } => {
		// What stands in the document as a line break of its own is one in the text.
		while (!next.done && next.value.text === '\n' && text[from] !== '\n') next = letters.next();
		if (next.done) return { to: text.length, by: null };
		const { by } = next.value;
		let to = from;
		while (to < text.length && !next.done && next.value.by === by && text[to] === next.value.text) {
			to++;
			next = letters.next();
		}
		// It never comes to this; if it did, nobody would be named for words that may be somebody else's.
		return to > from ? { to, by } : { to: text.length, by: null };
	};
	const inline = (parts: readonly SettledInline[]): SettledInline[] =>
		parts.flatMap((part): SettledInline[] => {
			if (part.type !== 'text') return [part];
			const pieces: CreditedText[] = [];
			for (let at = 0; at < part.text.length;) {
				const { to, by } = take(part.text, at);
				pieces.push({ ...part, text: part.text.slice(at, to), by });
				at = to;
			}
			return pieces;
		});
	const blocks = (content: readonly SettledBlock[]): SettledBlock[] =>
		content.map((block): SettledBlock => {
			if (block.type === 'paragraph' || block.type === 'heading')
				return block.content ? { ...block, content: inline(block.content) } : block;
			if (block.type === 'blockquote') return { ...block, content: blocks(block.content) };
			return { ...block, content: block.content.map((item) => ({ ...item, content: blocks(item.content) })) };
		});
	return { type: 'doc', content: blocks(settledOf(doc).content) };
}

/** Every unit of text that is not only proposed, in the order of the document. */
function* lettersIn(doc: Y.Doc, runs: readonly AuthorRun[]): Generator<{ text: string; by: string | null }> {
	const byPath = new Map<string, AuthorRun[]>();
	for (const run of runs) {
		if (run.root !== rootName) continue;
		const path = run.path.join('/');
		const there = byPath.get(path);
		if (there) there.push(run);
		else byPath.set(path, [run]);
	}
	const open: { node: Y.XmlElement | Y.XmlText | Y.XmlHook; path: number[] }[] = [];
	const enter = (parent: Y.XmlFragment, path: number[]) => {
		const children = parent.toArray() as (Y.XmlElement | Y.XmlText)[];
		for (let i = children.length - 1; i >= 0; i--) open.push({ node: children[i]!, path: [...path, i] });
	};
	enter(doc.getXmlFragment(rootName), []);
	for (let here = open.pop(); here; here = open.pop()) {
		const { node, path } = here;
		if (node instanceof Y.XmlElement) {
			if (!isProposed(node.getAttributes())) enter(node, path);
			continue;
		}
		if (!(node instanceof Y.XmlText)) continue;
		const written = byPath.get(path.join('/')) ?? [];
		let at = 0;
		let run = 0;
		for (const { insert, attributes } of node.toDelta() as {
			insert: unknown;
			attributes?: Record<string, unknown>;
		}[]) {
			const text = typeof insert === 'string' ? insert : '\ufffc';
			const proposed = isProposed(attributes);
			for (const unit of text.split('')) {
				while (run < written.length && written[run]!.at + written[run]!.text.length <= at) run++;
				const found = written[run];
				if (!proposed) yield { text: unit, by: found && found.at <= at ? found.author : null };
				at++;
			}
		}
	}
}
