/**
 * Editors as they are: what Yjs itself makes of random edits to text, markup, lists and maps, with undoing, reloading
 * from a local copy, and connections that lose frames.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Random } from './random.ts';

const words = ['a', 'hello ', 'é', '水', '👩‍🏫', '\u{1F600}x', 'line\nbreak', '', 'ab'.repeat(40)];
/** Made anew each time: Yjs writes into the attributes that it is given, and one round must not reach into the next. */
const marks: (() => Record<string, unknown>)[] = [
	() => ({ bold: true }),
	() => ({ bold: null }),
	() => ({ link: 'https://example.org' }),
	() => ({ italic: true, bold: true }),
	// All that an editor knows, as its binding says it.
	() => ({ bold: true, link: null, italic: null }),
	() => ({ bold: null, link: null, italic: null }),
	() => ({ link: 'https://example.org', bold: null, italic: null })
];
const keys = ['a', 'b', 'title'];
const values = [1, 'x', null, [1, { y: 2.5 }], true, -3, 2 ** 40, { deep: [{ er: null }] }];
const here = 'here';
const server = 'server';

/** Longer than anybody types, and short of the highest clock that the engine takes. */
const longLife = 2 ** 31 - 2 ** 20;

export class Author {
	doc!: Y.Doc;
	readonly person: string;
	/** Made and not yet sent, in order. */
	outbox: Uint8Array[] = [];
	/** Whether everything that the server tells is heard at once; else it is asked for on coming back. */
	connected = false;
	#undo!: Y.UndoManager;
	readonly #random: Random;

	constructor(person: string, clientId: number, random: Random) {
		this.person = person;
		this.#random = random;
		// Once in a while somebody has typed and deleted here for years.
		this.#open(clientId, random.oneIn(8) ? longPast(clientId, random) : undefined);
	}

	#open(clientId: number, copy?: Uint8Array): void {
		// Without garbage collection all deleted text goes along; both kinds of client are about.
		const doc = new Y.Doc({ gc: !this.#random.oneIn(4) });
		if (copy) Y.applyUpdate(doc, copy, server);
		doc.clientID = clientId;
		this.doc = doc;
		this.outbox = [];
		this.#undo = new Y.UndoManager(
			[doc.getText('text'), doc.getXmlFragment('prosemirror'), doc.getMap('map'), doc.getArray('list')],
			{ trackedOrigins: new Set([here]), captureTimeout: 0 }
		);
		doc.on('update', (update: Uint8Array, from: unknown) => {
			if (from !== server) this.outbox.push(update);
		});
	}

	/** The page is loaded again: a new client id, everything from the copy in the browser, nothing to undo. */
	reload(clientId: number): void {
		this.connected = false;
		this.#open(clientId, Y.encodeStateAsUpdate(this.doc));
	}

	hear(update: Uint8Array): void {
		Y.applyUpdate(this.doc, update, server);
	}

	/** What the server lacks, as the answer to its state vector: with it everything is said. */
	answer(stateVector: Uint8Array): Uint8Array {
		this.outbox = [];
		return Y.encodeStateAsUpdate(this.doc, stateVector);
	}

	edit(): void {
		const random = this.#random;
		if (random.oneIn(8)) return void (random.oneIn(3) ? this.#undo.redo() : this.#undo.undo());
		this.doc.transact(() => {
			for (let left = 1 + random.int(3); left > 0; left--) this.#change();
		}, here);
	}

	#change(): void {
		const { doc } = this;
		switch (this.#random.int(12)) {
			case 0:
			case 1:
			case 2:
			case 3:
			case 4:
				return this.#write(doc.getText('text'));
			case 5:
			case 6:
				return this.#set(doc.getMap('map'));
			case 7:
			case 8:
				return this.#arrange(doc.getArray('list'));
			default:
				return this.#markup(doc.getXmlFragment('prosemirror'));
		}
	}

	#write(text: Y.Text): void {
		const random = this.#random;
		const { length } = text;
		const at = random.int(length + 1);
		const some = 1 + random.int(Math.max(1, Math.min(8, length - at)));
		switch (random.int(9)) {
			case 0:
			case 1: // typing goes on at the end
				return text.insert(length, random.pick(words));
			case 2:
				return text.insert(at, random.pick(words), random.oneIn(3) ? random.pick(marks)() : undefined);
			case 3: // anywhere, also between the halves of a pair
			case 4:
				if (at + some <= length) text.delete(at, some);
				return;
			case 5:
			case 6:
				if (at + some <= length) text.format(at, some, random.pick(marks)());
				return;
			case 7:
				return text.insertEmbed(at, random.oneIn(4) ? new Y.Map([['in', 'text']]) : { image: 'x' });
			default:
				if (random.oneIn(2)) text.setAttribute(random.pick(keys), random.pick(values));
				else text.removeAttribute(random.pick(keys));
		}
	}

	#set(map: Y.Map<unknown>): void {
		const random = this.#random;
		const key = random.pick(keys);
		const inner = map.get(key);
		if (random.oneIn(4)) map.delete(key);
		else if (random.oneIn(30)) map.clear();
		else if (inner instanceof Y.Map && random.oneIn(2)) this.#set(inner);
		else if (inner instanceof Y.Text && random.oneIn(2)) this.#write(inner);
		else if (inner instanceof Y.Array && random.oneIn(2)) this.#arrange(inner);
		else map.set(key, this.#value());
	}

	#arrange(list: Y.Array<unknown>): void {
		const random = this.#random;
		const at = random.int(list.length + 1);
		const inner = at < list.length ? list.get(at) : undefined;
		if (inner instanceof Y.Map && random.oneIn(2)) this.#set(inner);
		else if (inner instanceof Y.Text && random.oneIn(2)) this.#write(inner);
		else if (inner instanceof Y.Array && random.oneIn(2)) this.#arrange(inner);
		else if (list.length > at && random.oneIn(3)) list.delete(at, 1 + random.int(Math.min(3, list.length - at)));
		else list.insert(at, random.oneIn(2) ? [this.#value()] : [random.pick(values), random.pick(values)]);
	}

	#value(): unknown {
		const random = this.#random;
		switch (random.int(8)) {
			case 0:
				return new Y.Map([['k', 'v']]);
			case 1:
				return new Y.Text(random.pick(words));
			case 2:
				return Y.Array.from([1, 'two']);
			case 3:
				return new Uint8Array([1, 2, 3]);
			default:
				return random.pick(values);
		}
	}

	/** Paragraphs with text, as the editor's binding makes them. */
	#markup(page: Y.XmlFragment): void {
		const random = this.#random;
		const paragraphs = page.toArray().filter((node) => node instanceof Y.XmlElement);
		if (paragraphs.length === 0 || random.oneIn(5)) {
			const paragraph = new Y.XmlElement(random.pick(['paragraph', 'heading']));
			page.insert(random.int(page.length + 1), [paragraph]);
			paragraph.insert(0, [new Y.XmlText(random.pick(words))]);
			return;
		}
		if (random.oneIn(10)) return page.delete(random.int(page.length), 1);
		if (random.oneIn(40)) return page.insert(0, [new Y.XmlHook('hook') as unknown as Y.XmlElement]);
		const paragraph = random.pick(paragraphs);
		if (random.oneIn(6)) {
			if (random.oneIn(3)) return paragraph.removeAttribute('align');
			return paragraph.setAttribute('align', random.pick(['left', 'right']));
		}
		if (random.oneIn(12)) return paragraph.insert(paragraph.length, [new Y.XmlElement('br')]);
		const inside = paragraph.length > 0 ? paragraph.get(0) : undefined;
		if (!(inside instanceof Y.XmlText)) return;
		if (inside.length < 4 || !random.oneIn(4)) return this.#write(inside);
		// Enter in the middle: the tail is taken away and put into a paragraph of its own.
		const at = random.int(inside.length);
		const tail = inside
			.toDelta()
			.map(({ insert }: { insert: unknown }) => (typeof insert === 'string' ? insert : '\uFFFC'))
			.join('')
			.slice(at)
			.toWellFormed();
		inside.delete(at, inside.length - at);
		const next = new Y.XmlElement('paragraph');
		page.insert(page.toArray().indexOf(paragraph) + 1, [next]);
		next.insert(0, [new Y.XmlText(tail)]);
	}
}

/** A client's first two thousand million letters, all deleted, as Yjs keeps them: with their place or without. */
function longPast(clientId: number, random: Random): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const number of [1, 1, clientId, 0]) encoding.writeVarUint(encoder, number);
	if (random.oneIn(2)) encoding.writeUint8(encoder, 0);
	else {
		encoding.writeUint8(encoder, 1);
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarString(encoder, 'text');
	}
	encoding.writeVarUint(encoder, longLife);
	encoding.writeVarUint(encoder, 0);
	return encoding.toUint8Array(encoder);
}
