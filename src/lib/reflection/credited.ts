/**
 * Who wrote which words, and which comments are about them, put into a text as it stands: every piece of it says its
 * author and its comments. Pure.
 */
import * as Y from 'yjs';
import type { AuthorRun } from './author-runs.ts';
import { rootName } from './document.ts';
import {
	isProposed,
	markName,
	type Settled,
	type SettledBlock,
	type SettledInline,
	settledOf,
	type SettledText
} from './settled.ts';

/** A piece of text and who wrote it; null when it can't be known. */
export type CreditedText = SettledText & { by: string | null };

/** A piece of text and the comments that are about it, by id; without `on` when there are none. */
export type NotedText = SettledText & { on?: readonly string[] };

/** The text of a document, each piece by one author. */
export const creditedOf = (doc: Y.Doc, runs: readonly AuthorRun[]): Settled => piecesOf(doc, runs, false);

/** The text of a document in pieces: by one author each where `runs` are given, and with the comments on it if asked for. */
export function piecesOf(doc: Y.Doc, runs: readonly AuthorRun[] | null, comments: boolean): Settled {
	const letters = lettersIn(doc, runs ?? [], comments);
	let next = letters.next();
	/** Up to where the text from `from` on is by one author with the same comments, and which. */
	const take = (text: string, from: number): { to: number; by: string | null; on: string } => {
		// What stands in the document as a line break of its own is one in the text.
		while (!next.done && next.value.text === '\n' && text[from] !== '\n') next = letters.next();
		if (next.done) return { to: text.length, by: null, on: '' };
		const { by, on } = next.value;
		let to = from;
		while (
			to < text.length &&
			!next.done &&
			next.value.by === by &&
			next.value.on === on &&
			text[to] === next.value.text
		) {
			to++;
			next = letters.next();
		}
		// It never comes to this; if it did, nobody would be named for words that may be somebody else's.
		return to > from ? { to, by, on } : { to: text.length, by: null, on: '' };
	};
	const inline = (parts: readonly SettledInline[]): SettledInline[] =>
		parts.flatMap((part): SettledInline[] => {
			if (part.type !== 'text') return [part];
			const pieces: SettledText[] = [];
			for (let at = 0; at < part.text.length;) {
				const { to, by, on } = take(part.text, at);
				pieces.push({
					...part,
					text: part.text.slice(at, to),
					...(runs ? { by } : {}),
					...(on ? { on: JSON.parse(on) as string[] } : {})
				});
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
function* lettersIn(
	doc: Y.Doc,
	runs: readonly AuthorRun[],
	comments: boolean
): Generator<{ text: string; by: string | null; on: string }> {
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
			const ids = comments ? commentsOn(attributes) : [];
			const on = ids.length > 0 ? JSON.stringify(ids) : '';
			for (const unit of text.split('')) {
				while (run < written.length && written[run]!.at + written[run]!.text.length <= at) run++;
				const found = written[run];
				if (!proposed) yield { text: unit, by: found && found.at <= at ? found.author : null, on };
				at++;
			}
		}
	}
}

const commentsOn = (attributes: Record<string, unknown> | undefined): string[] =>
	Object.entries(attributes ?? {})
		.flatMap(([name, value]) => (value && markName(name) === 'comment' ? [String((value as { id?: unknown }).id)] : []))
		.sort();

/** By comment: its words that are only proposed, which are not in the text as it stands. */
export function commentsOnProposed(doc: Y.Doc): Map<string, string> {
	const words = new Map<string, string>();
	const open: { node: unknown; proposed: boolean }[] = [{ node: doc.getXmlFragment(rootName), proposed: false }];
	for (let here = open.pop(); here; here = open.pop()) {
		const { node, proposed } = here;
		if (node instanceof Y.XmlText) {
			for (const { insert, attributes } of node.toDelta() as {
				insert: unknown;
				attributes?: Record<string, unknown>;
			}[])
				if (typeof insert === 'string' && (proposed || isProposed(attributes)))
					for (const id of commentsOn(attributes)) words.set(id, (words.get(id) ?? '') + insert);
		} else if (node instanceof Y.XmlElement || node instanceof Y.XmlFragment) {
			const inside = proposed || (node instanceof Y.XmlElement && isProposed(node.getAttributes()));
			for (const child of node.toArray().toReversed()) open.push({ node: child, proposed: inside });
		}
	}
	return words;
}
