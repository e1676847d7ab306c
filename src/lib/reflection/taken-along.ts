/**
 * Puts back words that went along. The binding makes a heading, a list item or a quotation of a paragraph by deleting it and
 * inserting another with the same words; what the other person wrote in it, of which that page had not heard yet, is
 * deleted with its block, on every screen. Taking that back with Undo deletes the new block, with all that came into it.
 *
 * A change names what it deletes, and an undo step what it once inserted. Text that goes in the same moment and is not named
 * went along. Whoever could know puts it back, because everybody else may be away for good: the page that wrote it (or has
 * it from its copy, and sends it) and the page that undoes, at once; the page that replaced the block some seconds after it
 * hears of the words; others that had heard of that before, after some more. The document says which letters came back, so
 * that nobody does it again. The new block has the same words, so the letters before and behind say where the lost ones belong; where they don't, they become a
 * paragraph of their own beside it.
 */
import * as Y from 'yjs';
import { backName, rootName } from './document.ts';
import type { LiveConnection } from './LiveConnection.svelte.ts';

/** Whoever replaced the block waits for the writer so long, in ms. */
export const waitForWriter = 5_000;
/** The others wait for both, between this and twice as long, so that two of them seldom do it at once. */
export const waitForBoth = 8_000;
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
	/** Which letters they are. */
	letters: Place[];
	before: string;
	behind: string;
	attributes: Record<string, unknown>;
	/** Where they stood; null when that is not known. */
	block: Y.Item | null;
	/** After how many ms this page puts them back; null when it does not. */
	after: number | null;
};

type Place = { client: number; clock: number };
/** When words are put back that went with these blocks. */
type Wait = (place: Place, blocks: Y.Item[]) => number | null;

const isNamed = (ranges: Ranges, { client, clock }: Place) =>
	ranges.get(client)?.some((range) => clock >= range.clock && clock < range.clock + range.len) ?? false;

/**
 * Does it on a connection, as long as there is that and `mayAct`.
 * @param patient false: at once, by somebody who is gone before others could have done it
 */
export function putBackOn(connection: LiveConnection, patient: boolean, mayAct: () => boolean): void {
	const waiting = new Set<() => void>();
	const end = putBackTakenAlong(connection.doc, {
		taking: () => connection.taking,
		isOwn: (client, clock) => connection.isOwn(client, clock),
		later: (act, ms) => {
			const now = () => {
				if (waiting.delete(now) && mayAct() && connection.mayWrite) act();
			};
			waiting.add(now);
			setTimeout(() => connection.inTurn(now), patient ? ms : 0);
		}
	});
	// Nobody else may be left who knows of them.
	const leave = () => waiting.forEach((now) => now());
	addEventListener('pagehide', leave);
	connection.doc.once('destroy', () => {
		removeEventListener('pagehide', leave);
		end();
	});
}

/** @returns what ends it */
export function putBackTakenAlong(doc: Y.Doc, { taking, isOwn, later }: Options): () => void {
	const fragment = doc.getXmlFragment(rootName);
	/** Blocks that this page has deleted. */
	const replaced = new WeakSet<Y.Item>();
	/** What waits to be put back, and what was deleted by name since some of it waits. */
	const pending = new Set<Lost>();
	const withdrawn: Ranges = new Map();

	const look = (transaction: Y.Transaction) => {
		const { deleteSet, local, origin } = transaction;
		const goes = ({ client, clock }: Place) => Y.isDeleted(deleteSet, { client, clock } as Y.ID);
		const payload = taking();
		if (!payload) {
			if (!local) return;
			Y.iterateDeletedStructs(transaction, deleteSet, (struct) => {
				if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) replaced.add(struct);
			});
			if (!(origin instanceof Y.UndoManager) || !origin.currStackItem) return;
			const undone: Ranges = origin.currStackItem.insertions.clients;
			const inverse = origin.undoing ? origin.redoStack : origin.undoStack;
			for (const one of lost(
				transaction,
				(place) => goes(place) && !isNamed(undone, place),
				() => 0
			))
				later(() => {
					const clock = Y.getState(doc.store, doc.clientID);
					putBack(doc, fragment, one, new Map());
					// Done again, it goes with the block that it came into; what is done again brings the other one.
					const len = Y.getState(doc.store, doc.clientID) - clock;
					const step: Ranges | undefined = inverse.at(-1)?.insertions.clients;
					if (len > 0) step?.set(doc.clientID, [...(step.get(doc.clientID) ?? []), { clock, len }]);
				}, 0);
			return;
		}
		let named: Ranges | null = null;
		const isUnnamed = (place: Place) => !isNamed((named ??= Y.decodeUpdate(payload).ds.clients as Ranges), place);
		const heard = lost(
			transaction,
			(place) => goes(place) && isUnnamed(place),
			({ client, clock }, blocks) => {
				if (isOwn(client, clock)) return 0;
				if (blocks.some((item) => replaced.has(item))) return waitForWriter;
				// What somebody deleted before, and this frame does not tell: its words are news to everybody who is here. A copy that
				// is behind hears both, and may also hear that the words were taken out long since.
				return blocks.some(({ id }) => !goes(id) && isUnnamed(id)) ? waitForBoth : null;
			}
		);
		heard.push(...late(transaction, payload, isUnnamed));
		// Whoever wrote them may have taken them out, or elsewhere, since.
		if (pending.size > 0)
			for (const [client, ranges] of (named ??= Y.decodeUpdate(payload).ds.clients as Ranges))
				withdrawn.set(client, [...(withdrawn.get(client) ?? []), ...ranges]);
		for (const one of heard) {
			if (one.after === null) continue;
			pending.add(one);
			// eslint-disable-next-line no-restricted-properties -- nobody gains by guessing when words come back
			const more = one.after === waitForBoth ? Math.random() * waitForBoth : 0;
			later(() => {
				putBack(doc, fragment, one, withdrawn);
				pending.delete(one);
				if (open === one) open = null;
				if (pending.size === 0) withdrawn.clear();
			}, one.after + more);
		}
	};
	/** Words for a block of which nothing is kept here any more, not even its place: they were let go as they came. */
	const late = ({ beforeState }: Y.Transaction, payload: Uint8Array, isUnnamed: (place: Place) => boolean): Lost[] => {
		const fresh: Lost[] = [];
		for (const struct of Y.decodeUpdate(payload).structs) {
			if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
			const { client } = struct.id;
			// A server may send more than was asked for.
			const known = Math.max(0, (beforeState.get(client) ?? 0) - struct.id.clock);
			if (known >= struct.length) continue;
			const id = Y.createID(client, struct.id.clock + known);
			const before = known > 0 ? Y.createID(client, id.clock - 1) : struct.origin;
			const beside = before ?? struct.rightOrigin ?? (struct.parent instanceof Y.ID ? struct.parent : null);
			if (!beside || !isUnnamed(id) || !isUnnamed(beside)) continue;
			if (!((Y.getItem(doc.store, id) as object) instanceof Y.GC)) continue;
			const words = struct.content.str.slice(known);
			// Somebody types them letter by letter.
			if (!open || !before || !Y.compareIDs(before, open.letters.at(-1) as Y.ID)) {
				const beside = { before: '', behind: '', attributes: {}, block: null };
				open = { words: '', letters: [], ...beside, after: waitForBoth };
				fresh.push(open);
			}
			open.words += words;
			for (let i = 0; i < words.length; i++) open.letters.push({ client, clock: id.clock + i });
		}
		return fresh;
	};
	let open = null as Lost | null;
	const lost = (transaction: Y.Transaction, isGone: (place: Place) => boolean, wait: Wait) => {
		const texts = new Set<Y.XmlText>();
		Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
			if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return;
			const { parent } = struct;
			if (parent instanceof Y.XmlText && parent._item?.deleted) texts.add(parent);
		});
		return [...texts].flatMap((text) => lostIn(text, fragment, isGone, wait));
	};
	doc.on('afterTransaction', look);
	return () => doc.off('afterTransaction', look);
}

/** Runs of a text that went along, each with what stood around it when it went. */
function lostIn(text: Y.XmlText, fragment: Y.XmlFragment, isGone: (place: Place) => boolean, wait: Wait): Lost[] {
	const blocks = blocksOf(text, fragment);
	const block = blocks.at(-1);
	if (!block) return [];
	const lost: Lost[] = [];
	const attributes: Record<string, unknown> = {};
	let before = '';
	let open = null as Lost | null;
	for (let item = text._start; item; item = item.right) {
		const { content, id } = item;
		if (content instanceof Y.ContentFormat) {
			if (content.value) attributes[content.key] = content.value;
			else delete attributes[content.key];
		}
		if (!(content instanceof Y.ContentString)) continue;
		for (let offset = 0; offset < content.str.length; offset++) {
			const letter = content.str[offset]!;
			const place = { client: id.client, clock: id.clock + offset };
			if (isGone(place)) {
				const after = wait(place, blocks);
				if (open?.after !== after) {
					const beside = { before: before.slice(-context), behind: '', attributes: { ...attributes }, block };
					open = { words: '', letters: [], ...beside, after };
					lost.push(open);
				}
				open.words += letter;
				open.letters.push(place);
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

/** What went of the blocks that hold a text, the outermost last. */
function blocksOf(text: Y.XmlText, fragment: Y.XmlFragment): Y.Item[] {
	const blocks: Y.Item[] = [];
	for (let item = text._item; item; item = (item.parent as Y.XmlElement)._item) {
		if (item.deleted) blocks.push(item);
		if (item.parent === fragment) break;
	}
	return blocks;
}

/** The nearest siblings of a block that are there, on both sides. */
function beside(block: Y.Item): { left: Y.Item | null; right: Y.Item | null } {
	let [left, right] = [block.left, block.right];
	while (left?.deleted) ({ left } = left);
	while (right?.deleted) ({ right } = right);
	return { left, right };
}

/** @param withdrawn letters that are not wanted back */
function putBack(
	doc: Y.Doc,
	fragment: Y.XmlFragment,
	{ words, letters, before, behind, ...where }: Lost,
	withdrawn: Ranges
): void {
	const said = doc.getMap<number>(backName);
	const back: Ranges = new Map(withdrawn);
	for (const [key, len] of said) {
		const [client, clock] = key.split('.').map(Number) as [number, number];
		back.set(client, [...(back.get(client) ?? []), { clock, len }]);
	}
	for (let from = 0, to = 0; from < words.length; from = to) {
		const isBack = isNamed(back, letters[from]!);
		while (to < words.length && isNamed(back, letters[to]!) === isBack) to++;
		if (isBack) continue;
		const run = words.slice(from, to);
		const around: [string, string] = [
			(before + words.slice(0, from)).slice(-context),
			(words.slice(to) + behind).slice(0, context)
		];
		doc.transact(() => {
			for (let i = from; i < to; i++) {
				const { client, clock } = letters[i]!;
				let len = 1;
				while (i + 1 < to && letters[i + 1]!.client === client && letters[i + 1]!.clock === clock + len)
					[i, len] = [i + 1, len + 1];
				said.set(`${client}.${clock}`, len);
			}
			putIn(fragment, run, around, where);
		}, putBackTakenAlong);
	}
}

function putIn(
	fragment: Y.XmlFragment,
	words: string,
	[before, behind]: [string, string],
	{ block, attributes }: Pick<Lost, 'block' | 'attributes'>
): void {
	if (!block) return alone(fragment.length);
	const { left, right } = beside(block);
	const candidates = [right, left, right?.right, left?.left].flatMap((item) =>
		item && !item.deleted && item.content instanceof Y.ContentType ? textsIn(item.content.type) : []
	);
	if (candidates.some((text) => holds(plain(text), words, before, behind))) return;
	for (const text of candidates) {
		const at = placeIn(plain(text), before, behind);
		if (at !== null) return text.insert(at, words, attributes);
	}
	const parent = block.parent as Y.XmlFragment;
	if (parent._item?.deleted) return alone(fragment.length);
	const after = left?.content instanceof Y.ContentType ? left.content.type : null;
	alone(after ? parent.toArray().indexOf(after as never) + 1 : 0, parent);

	function alone(index: number, home = fragment) {
		// A space that has lost its words is none.
		if (words.trim() === '') return;
		const paragraph = new Y.XmlElement('paragraph');
		const text = new Y.XmlText();
		text.insert(0, words, attributes);
		paragraph.insert(0, [text]);
		home.insert(index, [paragraph]);
	}
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
