/**
 * Puts back words that went along unheard. The binding makes a heading, a list item or a quotation of a paragraph by
 * deleting it and inserting another with the same words; what the other person wrote in it, of which that page had not heard
 * yet, is deleted with its block, on every screen.
 *
 * A change names what it deletes. Text that goes in the same moment and is not named went along. Both who could know put it
 * back, because the other may be away for good: the page that wrote it (or has it from its copy, and sends it) at once, and
 * the page that replaced the block some seconds after it hears of the words. Neither does where they stand already. The new
 * block has the same words, so the letters before and behind say where the lost ones belong; where they don't, they become a
 * paragraph of their own beside it.
 */
import * as Y from 'yjs';
import { rootName } from './document.ts';

/** Whoever replaced the block waits for the writer so long, in ms. */
export const waitForWriter = 5_000;
/** UTF-16 units on each side that say where words belong. */
const context = 24;
/** Fewer than these on one side alone say nothing. */
const least = 3;

type Options = {
	/** The frame that is being taken in, one Yjs update; null when what happens comes from here. */
	taking: () => Uint8Array | null;
	/** Whether words under this id were written here, and the server has had them for no longer than this connection. */
	isOwn: (client: number, clock: number) => boolean;
	/** Does something so much later, and when nothing stands against it. */
	later: (act: () => void, ms: number) => void;
};

type Ranges = Map<number, { clock: number; len: number }[]>;
type Lost = {
	words: string;
	before: string;
	behind: string;
	attributes: Record<string, unknown>;
	block: Y.Item;
	here: boolean;
	own: boolean;
};

const isNamed = (ranges: Ranges, { client, clock }: Y.ID) =>
	ranges.get(client)?.some((range) => clock >= range.clock && clock < range.clock + range.len) ?? false;

/** @returns what ends it */
export function putBackTakenAlong(doc: Y.Doc, { taking, isOwn, later }: Options): () => void {
	const fragment = doc.getXmlFragment(rootName);
	/** Blocks that this page has deleted. */
	const replaced = new WeakSet<Y.Item>();

	const look = (transaction: Y.Transaction) => {
		const payload = taking();
		if (!payload) {
			if (transaction.local)
				Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
					if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) replaced.add(struct);
				});
			return;
		}
		const texts = new Set<Y.XmlText>();
		Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
			if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return;
			const { parent } = struct;
			if (parent instanceof Y.XmlText && parent._item?.deleted) texts.add(parent);
		});
		if (texts.size === 0) return;
		const named: Ranges = Y.decodeUpdate(payload).ds.clients;
		const isGone = (item: Y.Item, offset: number) =>
			Y.isDeleted(transaction.deleteSet, { client: item.id.client, clock: item.id.clock + offset } as Y.ID) &&
			!isNamed(named, { client: item.id.client, clock: item.id.clock + offset } as Y.ID);
		const lost = [...texts].flatMap((text) => lostIn(text, isGone, isOwn, replaced, fragment));
		for (const one of lost)
			if (one.own) later(() => putBack(doc, fragment, one), 0);
			else if (one.here) later(() => putBack(doc, fragment, one), waitForWriter);
	};
	doc.on('afterTransaction', look);
	return () => doc.off('afterTransaction', look);
}

/** Runs of a text that went along, each with what stood around it when it went. */
function lostIn(
	text: Y.XmlText,
	isGone: (item: Y.Item, offset: number) => boolean,
	isOwn: Options['isOwn'],
	replaced: WeakSet<Y.Item>,
	fragment: Y.XmlFragment
): Lost[] {
	const at = blockOf(text, replaced, fragment);
	if (!at) return [];
	const lost: Lost[] = [];
	const attributes: Record<string, unknown> = {};
	let before = '';
	let open: Lost | null = null;
	for (let item = text._start; item; item = item.right) {
		const { content } = item;
		if (content instanceof Y.ContentFormat) {
			if (content.value) attributes[content.key] = content.value;
			else delete attributes[content.key];
		}
		if (!(content instanceof Y.ContentString)) continue;
		for (let offset = 0; offset < content.str.length; offset++) {
			const letter = content.str[offset]!;
			const gone = isGone(item, offset);
			if (gone) {
				const own = isOwn(item.id.client, item.id.clock + offset);
				if (!open || open.own !== own) {
					open = { words: '', before: before.slice(-context), behind: '', attributes: { ...attributes }, ...at, own };
					lost.push(open);
				}
				open.words += letter;
			} else {
				// Deleted long before, it stood in nobody's way.
				if (!wentWith(item, text)) continue;
				for (const one of lost) if (one.behind.length < context) one.behind += letter;
				open = null;
			}
			before += letter;
		}
	}
	return lost;
}

/** Whether an item was there until its text went: what was deleted before that is not kept, or not as a string. */
const wentWith = (item: Y.Item, text: Y.XmlText) => item.deleted === !!text._item?.deleted && item.countable;

/** The outermost block that went and that holds a text, and whether it, or what stood between, was replaced by this page. */
function blockOf(
	text: Y.XmlText,
	replaced: WeakSet<Y.Item>,
	fragment: Y.XmlFragment
): { block: Y.Item; here: boolean } | null {
	let block: Y.Item | null = null;
	let here = false;
	for (let item = text._item; item; item = (item.parent as Y.XmlElement)._item) {
		if (item.deleted) block = item;
		here ||= replaced.has(item);
		if (item.parent === fragment) break;
	}
	return block && { block, here };
}

/** The nearest siblings of a block that are there, on both sides. */
function beside(block: Y.Item): { left: Y.Item | null; right: Y.Item | null } {
	let [left, right] = [block.left, block.right];
	while (left?.deleted) ({ left } = left);
	while (right?.deleted) ({ right } = right);
	return { left, right };
}

function putBack(doc: Y.Doc, fragment: Y.XmlFragment, { words, before, behind, attributes, block }: Lost): void {
	if (words.trim() === '') return;
	const { left, right } = beside(block);
	const candidates = [right, left, right?.right, left?.left].flatMap((item) =>
		item && !item.deleted && item.content instanceof Y.ContentType ? textsIn(item.content.type) : []
	);
	if (candidates.some((text) => holds(plain(text), words, before, behind))) return;
	doc.transact(() => {
		for (const text of candidates) {
			const at = placeIn(plain(text), before, behind);
			if (at === null) continue;
			text.insert(at, words, attributes);
			return;
		}
		const parent = block.parent as Y.XmlFragment;
		const home = parent._item?.deleted ? fragment : parent;
		const paragraph = new Y.XmlElement('paragraph');
		const text = new Y.XmlText();
		text.insert(0, words, attributes);
		paragraph.insert(0, [text]);
		const after = home === parent && left?.content instanceof Y.ContentType ? left.content.type : null;
		const index = after ? home.toArray().indexOf(after as never) + 1 : home === parent ? 0 : home.length;
		home.insert(index, [paragraph]);
	}, putBackTakenAlong);
}

function textsIn(type: Y.AbstractType<unknown>): Y.XmlText[] {
	if (type instanceof Y.XmlText) return [type];
	return type instanceof Y.XmlFragment ? type.toArray().flatMap((child) => textsIn(child as never)) : [];
}

const plain = (text: Y.XmlText) =>
	(text.toDelta() as { insert: unknown }[])
		.map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc'))
		.join('');

const holds = (text: string, words: string, before: string, behind: string) =>
	text.includes(before.slice(-least) + words + behind.slice(0, least));

/** Where both sides meet, as far as they can be seen. @returns null when nothing says where */
export function placeIn(text: string, before: string, behind: string): number | null {
	const meet = text.indexOf(before + behind);
	if (before.length + behind.length >= least && meet >= 0) return meet + before.length;
	if (before.length >= least && text.includes(before)) return text.indexOf(before) + before.length;
	if (behind.length >= least && text.includes(behind)) return text.indexOf(behind);
	return null;
}
