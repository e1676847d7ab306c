/** Stretches of characters in a Yjs document with everything that was deleted still in it. Pure. */
import * as Y from 'yjs';
import { prefix } from './same-text.ts';

/** `to` is one past the last clock. */
export type Piece = { item: Y.Item; from: number; to: number };

export type TextItem = Y.Item & { content: Y.ContentString };
export const isText = (item: Y.Item): item is TextItem => item.content instanceof Y.ContentString;

export const textOf = ({ item, from, to }: Piece) =>
	(item as TextItem).content.str.slice(from - item.id.clock, to - item.id.clock);

export const valuesOf = ({ content }: Y.Item): unknown[] =>
	content instanceof Y.ContentAny || content instanceof Y.ContentJSON ? content.arr : [];

/** How many characters, or values, are equal from here on. */
export function equalFrom(a: Y.Item, from: number, b: Y.Item, at: number): number {
	if (isText(a) && isText(b)) return prefix(a.content.str, from, b.content.str, at);
	const [one, two] = [valuesOf(a), valuesOf(b)];
	const equal = (n: number) => JSON.stringify(one[from + n]) === JSON.stringify(two[at + n]);
	let length = 0;
	while (from + length < one.length && at + length < two.length && equal(length)) length++;
	return length;
}

/** Whether one element may be the other made anew: both of one class and name. */
export function sameKind({ content: a }: Y.Item, { content: b }: Y.Item): boolean {
	if (!(a instanceof Y.ContentType && b instanceof Y.ContentType)) return false;
	const name = (type: unknown) => (type instanceof Y.XmlElement ? type.nodeName : '');
	return a.type.constructor === b.type.constructor && name(a.type) === name(b.type);
}

export const lengthOf = (pieces: Piece[]) => pieces.reduce((length, { from, to }) => length + to - from, 0);

/** Some of the text of pieces, as pieces. */
export function cut(pieces: Piece[], from: number, length: number): Piece[] {
	const parts: Piece[] = [];
	for (const piece of pieces) {
		const size = piece.to - piece.from;
		const [start, end] = [Math.max(0, from), Math.min(size, from + length)];
		if (start < end) parts.push({ item: piece.item, from: piece.from + start, to: piece.from + end });
		from -= size;
	}
	return parts;
}

/** Everything below a type in order, also what was deleted. */
export function* itemsBelow(type: Y.AbstractType<unknown>): Generator<Y.Item> {
	const open: Y.Item[] = [];
	const enter = (type: Y.AbstractType<unknown>) => {
		for (const last of type._map.values()) for (let item: Y.Item | null = last; item; item = item.left) open.push(item);
		if (type._start) open.push(type._start);
	};
	enter(type);
	for (let item = open.pop(); item; item = open.pop()) {
		yield item;
		if (item.parentSub === null && item.right) open.push(item.right);
		if (item.content instanceof Y.ContentType) enter(item.content.type as Y.AbstractType<unknown>);
	}
}
