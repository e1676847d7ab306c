/**
 * Makes a text what it was before, as one more edit: nothing is taken out of the log, and the edit itself can be taken
 * back in the same way. Only what differs is touched, so that what somebody types meanwhile beside it stays. A letter that
 * is the same, but by somebody else, differs: else the older text would come back with the wrong author. Pure.
 */
import * as Y from 'yjs';
import { aligned, alignedInChunks } from './aligned.ts';
import type { AuthorOf } from './blocks.ts';
import { rootName } from './document.ts';
import { restoredKey, restoredRoot } from './restored.ts';

type YNode = Y.XmlElement | Y.XmlText | Y.XmlHook;

/**
 * @param present the text now, which becomes what `past` is
 * @param rows of which rows the two are the state
 * @param by who wrote what, in both
 * @returns the update that does it, under a client id of its own; null when nothing is different
 * @throws Error when it would not have made the two equal: then nothing may be stored
 */
export function restore(
	present: Y.Doc,
	past: Y.Doc,
	rows: { to: number; seen: number },
	by: AuthorOf
): Uint8Array | null {
	const [now, then] = [present, past].map((doc) => doc.getXmlFragment(rootName)) as [Y.XmlFragment, Y.XmlFragment];
	if (signature(now) === signature(then)) return null;
	do present.clientID = crypto.getRandomValues(new Uint32Array(1))[0]!;
	while (present.store.clients.has(present.clientID));
	const before = Y.encodeStateVector(present);
	let made: Uint8Array | undefined;
	const keep = (update: Uint8Array) => (made = update);
	present.once('update', keep);
	present.transact(() => {
		syncChildren(now, then, by);
		present.getMap(restoredRoot).set(restoredKey, [rows.to, rows.seen]);
	});
	present.off('update', keep);
	if (signature(now) !== signature(then)) throw new Error('an older text could not be made again');
	return made ?? Y.encodeStateAsUpdate(present, before);
}

/** What a node is, for comparison: two are equal when they show the same and, where asked, are by the same people. */
function signature(node: Y.XmlFragment | YNode, by?: AuthorOf): string {
	if (node instanceof Y.XmlText) return JSON.stringify(['', deltaOf(node), by && stretchesOf(node, by)]);
	const element = node instanceof Y.XmlElement ? node : null;
	return JSON.stringify([
		element?.nodeName ?? '#',
		element ? sorted(element.getAttributes() as Record<string, unknown>) : {},
		(node as Y.XmlFragment).toArray().map((child) => signature(child as YNode, by))
	]);
}

type Delta = { insert: unknown; attributes: Record<string, unknown> }[];

const deltaOf = (text: Y.XmlText): Delta =>
	(text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]).map(
		({ insert, attributes = {} }) => ({
			insert,
			attributes: sorted(attributes)
		})
	);

const sorted = (record: Record<string, unknown>) =>
	Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The words of a text, those together that are by one person. */
function stretchesOf(text: Y.XmlText, by: AuthorOf): [text: string, author: string | null][] {
	const stretches: [string, string | null][] = [];
	for (let item = text._start; item; item = item.right) {
		const { content, id } = item;
		if (item.deleted || !(content instanceof Y.ContentString)) continue;
		let from = id.clock;
		for (const { to, author } of by(id.client, id.clock, id.clock + item.length)) {
			const part = content.str.slice(from - id.clock, to - id.clock);
			from = to;
			const last = stretches.at(-1);
			if (last && last[1] === author) last[0] += part;
			else stretches.push([part, author]);
		}
	}
	return stretches;
}

const sameKind = (a: YNode, b: YNode) =>
	a instanceof Y.XmlText
		? b instanceof Y.XmlText
		: a instanceof Y.XmlElement && b instanceof Y.XmlElement && a.nodeName === b.nodeName;

function syncChildren(now: Y.XmlFragment | Y.XmlElement, then: Y.XmlFragment | Y.XmlElement, by: AuthorOf): void {
	const [has, wants] = [now.toArray() as YNode[], then.toArray() as YNode[]];
	let [h, w, at] = [0, 0, 0];
	/** Between what stays: elements of a kind become one another, the rest goes and comes. */
	const settle = (toH: number, toW: number) => {
		while (h < toH || w < toW) {
			const [node, wanted] = [h < toH ? has[h]! : null, w < toW ? wants[w]! : null];
			if (node && wanted && sameKind(node, wanted)) {
				if (node instanceof Y.XmlText) syncText(node, wanted as Y.XmlText, by);
				else syncElement(node as Y.XmlElement, wanted as Y.XmlElement, by);
				h++;
				w++;
				at++;
			} else if (node && (!wanted || toH - h > toW - w)) {
				now.delete(at, 1);
				h++;
			} else if (wanted && (!node || toW - w > toH - h)) {
				now.insert(at++, [wanted.clone() as Y.XmlElement]);
				w++;
			} else {
				now.delete(at, 1);
				now.insert(at++, [wanted!.clone() as Y.XmlElement]);
				h++;
				w++;
			}
		}
	};
	const named = (nodes: YNode[]) => nodes.map((node) => signature(node, by));
	let [toH, toW] = [0, 0];
	for (const { kind, count } of aligned(named(has), named(wants))) {
		if (kind === 'out') toH += count;
		else if (kind === 'in') toW += count;
		else {
			settle(toH, toW);
			h = toH += count;
			w = toW += count;
			at += count;
		}
	}
	settle(has.length, wants.length);
}

function syncElement(now: Y.XmlElement, then: Y.XmlElement, by: AuthorOf): void {
	const [has, wants] = [now, then].map((element) => element.getAttributes() as Record<string, unknown>) as [
		Record<string, unknown>,
		Record<string, unknown>
	];
	for (const name of Object.keys(has)) if (!(name in wants)) now.removeAttribute(name);
	for (const [name, value] of Object.entries(wants))
		if (JSON.stringify(has[name]) !== JSON.stringify(value)) now.setAttribute(name, value as string);
	syncChildren(now, then, by);
}

const isPlain = (delta: Delta) => delta.every(({ insert }) => typeof insert === 'string');

type Token = { text: string; author: string | null };
const tokensOf = (text: Y.XmlText, by: AuthorOf): Token[] =>
	stretchesOf(text, by).flatMap(([part, author]) =>
		(part.match(/[\p{L}\p{N}]+|\s+|[^\s\p{L}\p{N}]/gu) ?? []).map((text) => ({ text, author }))
	);

function syncText(now: Y.XmlText, then: Y.XmlText, by: AuthorOf): void {
	const wants = deltaOf(then);
	if (!isPlain(deltaOf(now)) || !isPlain(wants)) {
		now.delete(0, now.length);
		now.applyDelta(wants);
		return;
	}
	const [old, wanted] = [tokensOf(now, by), tokensOf(then, by)];
	const named = (tokens: Token[]) => tokens.map(({ text, author }) => `${author ?? ''}\0${text}`);
	const textOf = (tokens: Token[], from: number, count: number) =>
		tokens
			.slice(from, from + count)
			.map(({ text }) => text)
			.join('');
	let [o, w, at] = [0, 0, 0];
	for (const { kind, count } of alignedInChunks(
		named(old),
		named(wanted),
		(name, isFirst) => /\0[.!?…]$/.test(name) || (isFirst && /\0\s/.test(name))
	)) {
		if (kind === 'out') now.delete(at, textOf(old, o, count).length);
		else {
			const text = textOf(wanted, w, count);
			if (kind === 'in') now.insert(at, text);
			at += text.length;
		}
		if (kind !== 'in') o += count;
		if (kind !== 'out') w += count;
	}
	syncMarks(now, wants);
}

/** The words are the same now: their marks become so. */
function syncMarks(now: Y.XmlText, wants: Delta): void {
	const has = deltaOf(now);
	let at = 0;
	for (const { insert, attributes } of wants) {
		const end = at + (insert as string).length;
		let from = 0;
		for (const part of has) {
			const to = from + (part.insert as string).length;
			const [start, stop] = [Math.max(from, at), Math.min(to, end)];
			from = to;
			if (start >= stop) continue;
			const changes: Record<string, unknown> = {};
			for (const name of Object.keys(part.attributes)) if (!(name in attributes)) changes[name] = null;
			for (const [name, value] of Object.entries(attributes))
				if (JSON.stringify(part.attributes[name]) !== JSON.stringify(value)) changes[name] = value;
			if (Object.keys(changes).length > 0) now.format(start, stop - start, changes);
		}
		at = end;
	}
}
