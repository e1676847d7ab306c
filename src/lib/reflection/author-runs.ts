/** The author of every character that can be read now, from the owners of client ids and the credits that `authors.ts` finds. Pure. */
import * as Y from 'yjs';
import { valuesOf } from './pieces.ts';
import { Spans } from './spans.ts';

/** Which person a Yjs client id belongs to. */
export type Owners = ReadonlyMap<number, string>;

/** Characters whose author is not the owner of their client id; null when it can't be known. */
export type Credit = { client: number; clock: number; length: number; author: string | null };

/** Consecutive characters of one text by one author, as they can be read now. */
export type AuthorRun = {
	/** Name of the root type. */
	root: string;
	/** Way to the text from there: index in a list (as in `toArray` and deltas) or key of a map, for each level. */
	path: readonly (string | number)[];
	/** Where in the text it begins, in UTF-16 units, counting an embedded object as one. */
	at: number;
	text: string;
	/** Id of the person; null when it can't be known. */
	author: string | null;
};

/** Levels that a path names; what lies deeper, as no editor makes it, has the path of where it ends. */
const deepest = 64;

/** The author of every character that can be read in a document, in the order of the document. */
export function runsOf(doc: Y.Doc, owners: Owners, credits: readonly Credit[]): AuthorRun[] {
	const credited = new Spans<Credit>();
	for (const credit of credits) credited.add(credit.client, credit.clock, credit.clock + credit.length, credit);
	const runs: AuthorRun[] = [];
	const below = (path: AuthorRun['path'], step: string | number) => (path.length < deepest ? [...path, step] : path);
	/** `alone` is a value of a map; others bring their right neighbour with them. */
	type Visit = { item: Y.Item; index: number; path: AuthorRun['path']; alone: boolean };
	for (const [root, type] of doc.share) {
		const open: Visit[] = [];
		const enter = (type: Y.AbstractType<unknown>, path: AuthorRun['path']) => {
			// The keys of an element or a text are attributes, not words.
			if (!(type instanceof Y.XmlElement || type instanceof Y.Text))
				for (const [key, item] of [...type._map].reverse())
					open.push({ item, index: 0, path: below(path, key), alone: true });
			if (type._start) open.push({ item: type._start, index: 0, path, alone: false });
		};
		enter(type as Y.AbstractType<unknown>, []);
		for (let visit = open.pop(); visit; visit = open.pop()) {
			const { item, index, path, alone } = visit;
			const shown = !item.deleted && item.countable;
			if (!alone && item.right)
				open.push({ item: item.right, index: shown ? index + item.length : index, path, alone });
			if (!shown) continue;
			const { id, content } = item;
			if (content instanceof Y.ContentType) {
				enter(content.type as Y.AbstractType<unknown>, alone ? path : below(path, index));
				continue;
			}
			for (const { from, to, span } of credited.parts(id.client, id.clock, id.clock + item.length)) {
				const author = span ? span.value.author : (owners.get(id.client) ?? null);
				const [start, end] = [from - id.clock, to - id.clock];
				if (content instanceof Y.ContentString) {
					const text = content.str.slice(start, end);
					const at = index + start;
					const last = runs.at(-1);
					if (last?.path === path && last.author === author && last.at + last.text.length === at) last.text += text;
					else runs.push({ root, path, at, text, author });
				} else
					valuesOf(item)
						.slice(start, end)
						.forEach((text, i) => {
							if (typeof text === 'string' && text)
								runs.push({ root, path: alone ? path : below(path, index + start + i), at: 0, text, author });
						});
			}
		}
	}
	return runs;
}
