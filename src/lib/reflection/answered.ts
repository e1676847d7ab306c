/**
 * Where a reflection stands against what its microcredential asks: words for each part, and passages for each row of the
 * rubric. Recomputed from the text every time, on the server and in the editor alike; nothing of it is stored.
 *
 * A part is answered below its heading, which names the part in an attribute, up to the next part's heading; whatever
 * title the two give it. A row is served by the words that carry its mark. That a row is covered is for the two to say,
 * in a map beside the text; of words that are gone nobody can say it.
 */
import type * as Y from 'yjs';
import { rootName, rubricName } from './document.ts';
import { countWords } from './words.ts';

export type Answered = {
	/** Of all the text as it stands: what is only suggested does not count. */
	words: number;
	/** How many suggestions there are about it. */
	suggestions: number;
	/** Words by part, without its heading; a part without one is not here. */
	parts: Record<string, number>;
	/** Passages by row; a row without any is not here. */
	passages: Record<string, number>;
	/** Rows that the two hold for covered. */
	covered: string[];
};

export type RowState = 'covered' | 'started' | 'not yet';

/** More than any microcredential has parts or rows; a script may write more into a text. */
const most = 500;

const of = (record: Record<string, number>, id: string) => (Object.hasOwn(record, id) ? record[id]! : undefined);

/** Words answering a part; null when it was not begun. */
export const wordsFor = ({ parts }: Answered, part: string): number | null => of(parts, part) ?? null;

export const passagesFor = ({ passages }: Answered, row: string): number => of(passages, row) ?? 0;

/** A row is what its passages and the two say: covered only as long as there are words that cover it. */
export const rowState = (answered: Answered, row: string): RowState =>
	passagesFor(answered, row) === 0 ? 'not yet' : answered.covered.includes(row) ? 'covered' : 'started';

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;
/** Without the classes of Yjs, which whoever counts has only as types: an element has a name, a text has a delta. */
const isElement = (node: YNode): node is Y.XmlElement => 'nodeName' in node;
const isText = (node: YNode): node is Y.XmlText => !isElement(node) && 'toDelta' in node;

const markName = (attribute: string) => attribute.replace(/--.{8}$/, '');

export function answeredIn(doc: Y.Doc): Answered {
	const ids = new Set<unknown>();
	/** Text by part; what stands before the first heading of one, and such headings, have none. */
	const texts = new Map<string | null, string>();
	const passages: Record<string, number> = {};
	let all = '';
	let part: string | null = null;
	let isTitle = false;
	/** Rows that the last letter served. */
	let before = new Set<string>();

	const add = (text: string) => {
		all += text;
		if (!isTitle) texts.set(part, (texts.get(part) ?? '') + text);
	};
	const read = (text: Y.XmlText) => {
		for (const { insert, attributes = {} } of text.toDelta() as {
			insert: unknown;
			attributes?: Record<string, Record<string, unknown> | null>;
		}[]) {
			const rows = new Set<string>();
			let proposed = false;
			for (const [attribute, value] of Object.entries(attributes)) {
				if (!value) continue;
				const name = markName(attribute);
				if (/^(?:insertion|deletion|restyled)$/.test(name)) ids.add(value.id ?? 'unnamed');
				if (name === 'insertion') proposed = true;
				if (name === 'rubric' && typeof value.row === 'string') rows.add(value.row);
			}
			if (proposed) continue;
			add(typeof insert === 'string' ? insert : ' ');
			for (const row of rows) if (!before.has(row)) passages[row] = (of(passages, row) ?? 0) + 1;
			before = rows;
		}
	};
	// With a list of its own: however deep a script nests, a stack would not do.
	const fragment = doc.getXmlFragment(rootName);
	const open: YNode[] = (fragment.toArray() as YNode[]).toReversed();
	for (let node = open.pop(); node; node = open.pop()) {
		if (isText(node)) {
			// Loose text is a line of its own.
			if (node.parent === fragment) add(' ');
			read(node);
		}
		if (!isElement(node)) continue;
		const { split, join, was, insertion, deletion, part: named } = node.getAttributes() as Record<string, unknown>;
		for (const id of [split, join, insertion, deletion, typeof was === 'string' && /"id":"([^"]+)/.exec(was)?.[1]])
			if (id) ids.add(id);
		if (node.nodeName === 'hard_break') {
			if (!insertion) add(' ');
			continue;
		}
		// Where only the break before it is proposed, its words go on with the line before.
		if (!split) {
			isTitle = node.nodeName === 'heading' && typeof named === 'string' && named !== '';
			if (isTitle && texts.size < most) {
				part = named as string;
				texts.set(part, texts.get(part) ?? '');
			}
			add(' ');
		}
		open.push(...(node.toArray() as YNode[]).toReversed());
	}
	const parts: [string, number][] = [];
	for (const [id, text] of texts) if (id !== null) parts.push([id, countWords(text)]);
	const covered: string[] = [];
	for (const [row, value] of doc.getMap(rubricName)) if (value === true && covered.length < most) covered.push(row);
	return {
		words: countWords(all),
		suggestions: ids.size,
		parts: Object.fromEntries(parts),
		passages: Object.fromEntries(Object.entries(passages).slice(0, most)),
		covered
	};
}
