/**
 * Words that nobody suggested to delete, and that stand in a suggested deletion all the same: they were typed directly
 * before or behind words of which somebody else, who had not heard of them, said at that moment that they should go. Yjs
 * puts what comes to one place at one time in the order of its client ids, so they may come to stand inside. Accepting the
 * suggestion would take them away. What is typed in the middle of such words can't be told from what was meant.
 *
 * It shows in the marks themselves: each knows beside which letter it was set, and what stands between the two now came
 * without knowing of it. Whoever knows types outside (`asWritten` in `suggesting.ts`), and whoever suggests more moves the mark.
 */
import * as Y from 'yjs';

/** As the binding names it. */
const deletion = 'deletion';

/** Where to take the mark off, counted in UTF-16 units of the text. */
export type Spared = [from: number, length: number];

/** Pure. */
export function sparedIn(text: Y.Text): Spared[] {
	const spared: Spared[] = [];
	/** What began the deletion that the text is in, and whether its first letter is still to come. */
	let begin: Y.Item | null = null;
	let beforeFirst = false;
	let index = 0;
	for (let item = firstOf(text); item; item = item.right) {
		const { content } = item;
		if (begin && beforeFirst && holds(item, begin.rightOrigin)) beforeFirst = false;
		if (item.deleted) continue;
		if (content instanceof Y.ContentFormat && content.key === deletion) {
			if (begin && !content.value) spared.push(...beforeEnd(item, begin, index));
			begin = content.value ? item : null;
			beforeFirst = begin !== null && begin.rightOrigin !== null && !cameWithWords(begin);
		} else if (content instanceof Y.ContentString) {
			if (begin && beforeFirst && item.id.client !== begin.id.client) spared.push([index, item.length]);
			index += item.length;
		}
	}
	return spared;
}

/** What stands between an end and the letter that it was set behind. @param index where the end stands */
function beforeEnd(end: Y.Item, begin: Y.Item, index: number): Spared[] {
	const spared: Spared[] = [];
	let from = index;
	for (let item = end.left; item && item !== begin; item = item.left) {
		if (holds(item, end.origin)) {
			// One item holds both, where one person wrote on: what follows that letter.
			const more = item.id.clock + item.length - 1 - end.origin!.clock;
			if (more > 0 && isOf(item, end)) spared.push([from - more, more]);
			return spared;
		}
		if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
		from -= item.length;
		if (isOf(item, end)) spared.push([from, item.length]);
	}
	return []; // the letter stands elsewhere by now, and nothing can be told
}

/** Whether it is text of somebody else than whoever set the mark. */
const isOf = ({ content, deleted, id }: Y.Item, mark: Y.Item) =>
	content instanceof Y.ContentString && !deleted && id.client !== mark.id.client;

const holds = ({ id, length }: Y.Item, place: Y.ID | null) =>
	place !== null && id.client === place.client && id.clock <= place.clock && place.clock < id.clock + length;

/** A mark that was not set on words that stood there, but came with them, as when a paragraph is parted. */
const cameWithWords = ({ id, right }: Y.Item) =>
	right !== null && right.origin !== null && right.origin.client === id.client && right.origin.clock === id.clock;

const firstOf = (text: Y.Text) => (text as unknown as { _start: Y.Item | null })._start;
