import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Places } from './places.ts';
import { Ranges } from './ranges.ts';
import { scan, Unreadable, type Scan } from './scan.ts';
import { judge, mostRoots, writeDeletes, type Known, type Verdict } from './verdict.ts';

/** Small, seeded and repeatable: a failing case is found again by its number. */
function dice(seed: number) {
	let state = seed * 2654435761 + 1;
	return (sides: number) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * sides);
	};
}

const words = ['a', 'wait', 'é', 'ß', '漢字', '👩‍🏫', '🧮', '', ' ', 'x'.repeat(300)];

/** One random edit of the kinds that editors and scripts make. */
function edit(doc: Y.Doc, roll: (sides: number) => number) {
	const xml = doc.getXmlFragment('prosemirror');
	const text = doc.getText('text');
	const map = doc.getMap('map');
	const array = doc.getArray('array');
	switch (roll(9)) {
		case 0:
		case 1:
			return text.insert(roll(text.length + 1), words[roll(words.length)]!);
		case 2:
			if (text.length) text.delete(roll(text.length), 1);
			return;
		case 3:
			return text.insert(roll(text.length + 1), 'b', { bold: roll(2) ? true : null, link: { href: 'https://x' } });
		case 4: {
			const paragraph = new Y.XmlElement(roll(2) ? 'paragraph' : 'heading');
			xml.insert(roll(xml.length + 1), [paragraph]);
			paragraph.setAttribute('level', String(roll(4)));
			const inner = new Y.XmlText();
			paragraph.insert(0, [inner]);
			return inner.insert(0, words[roll(words.length)]!);
		}
		case 5:
			if (xml.length) xml.delete(roll(xml.length), 1);
			return;
		case 6:
			return map.set(
				words[roll(3)]!,
				[null, true, -5, 1.5, 2 ** 40, 'x', { a: [1, { b: undefined }] }, new Uint8Array(3)][roll(8)]
			);
		case 7:
			return array.insert(roll(array.length + 1), [roll(9), { deep: [[1]] }, 'three', null]);
		default:
			if (text.length) text.insertEmbed(roll(text.length), { image: 'x' });
			return;
	}
}

/** What a server would know that had exactly these updates. */
class Knowledge implements Known {
	clocks = new Map<number, number>();
	owners = new Map<number, string>();
	deleted = new Ranges();
	places = new Places();
	roots = new Set<string>();
	person = 'rosa';

	clock = (client: number) => this.clocks.get(client) ?? 0;
	foreign = (client: number) => (this.owners.get(client) ?? this.person) !== this.person;
	undeleted = (client: number, from: number, to: number) => this.deleted.missing(client, from, to);

	take(update: Uint8Array): Verdict {
		const verdict = judge(update, scan(update), this);
		if (verdict.kind === 'new') this.remember(verdict.scan);
		return verdict;
	}
	remember(scanned: Scan) {
		const { blocks, deletes, roots } = scanned;
		this.places.take(scanned);
		for (const { client, to } of blocks) {
			this.clocks.set(client, to);
			this.owners.set(client, this.person);
		}
		this.deleted.addAll(deletes);
		for (const root of roots) this.roots.add(root);
	}
}

const hasPending = ({ store }: Y.Doc) => store.pendingStructs !== null || store.pendingDs !== null;

/** An update of one client from its parts, to say what no honest client says. */
function forge(write: (encoder: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	write(encoder);
	return encoding.toUint8Array(encoder);
}
const numbers = (...list: number[]) => forge((e) => list.forEach((n) => encoding.writeVarUint(e, n)));

describe('an update that Yjs makes', () => {
	test('is read with the same clocks as Yjs reads, whatever was edited', () => {
		for (let seed = 1; seed <= 60; seed++) {
			const roll = dice(seed);
			const docs = [new Y.Doc({ gc: seed % 2 === 0 }), new Y.Doc()];
			docs.forEach((doc, i) => (doc.clientID = seed * 10 + i + 1));
			const knowledge = new Knowledge();
			const stored: Uint8Array[] = [];
			for (const [i, doc] of docs.entries())
				doc.on('update', (update: Uint8Array, origin: unknown) => {
					if (origin === 'partner') return;
					const meta = Y.parseUpdateMeta(update);
					const { blocks } = scan(update);
					expect(new Map(blocks.map((b) => [b.client, b.from]))).toEqual(meta.from);
					expect(new Map(blocks.map((b) => [b.client, b.to]))).toEqual(meta.to);
					knowledge.person = 'both';
					const verdict = knowledge.take(update);
					// Undo aside, an edit may delete only what is deleted already; everything else is new.
					if (verdict.kind === 'new') stored.push(verdict.update);
					else expect(verdict.kind).toBe('known');
					Y.applyUpdate(docs[1 - i]!, update, 'partner');
				});
			for (let i = 0; i < 60; i++) {
				const doc = docs[roll(2)]!;
				if (roll(4)) edit(doc, roll);
				else doc.transact(() => (edit(doc, roll), edit(doc, roll)));
			}
			const whole = Y.encodeStateAsUpdate(docs[0]!);
			expect(knowledge.take(whole), `seed ${seed}`).toEqual({ kind: 'known' });
			const fresh = new Y.Doc();
			for (const update of stored) Y.applyUpdate(fresh, update);
			expect(hasPending(fresh)).toBe(false);
			expect(fresh.getText('text').toDelta()).toEqual(docs[0]!.getText('text').toDelta());
			expect(fresh.getXmlFragment('prosemirror').toString()).toBe(docs[0]!.getXmlFragment('prosemirror').toString());
			expect(new Knowledge().take(whole).kind).toBe('new');
		}
	});

	test('sent again with more behind it, is stored only from where it is new', () => {
		const doc = new Y.Doc();
		doc.getText('text').insert(0, 'one ');
		const knowledge = new Knowledge();
		const first = Y.encodeStateAsUpdate(doc);
		knowledge.take(first);
		doc.getText('text').insert(4, 'two 👩‍🏫');
		doc.getText('text').delete(0, 1);
		const verdict = knowledge.take(Y.encodeStateAsUpdate(doc));
		if (verdict.kind !== 'new') throw new Error(verdict.kind);
		expect(verdict.scan.blocks.map(({ from, to }) => [from, to])).toEqual([[4, 13]]);
		const reader = new Y.Doc();
		Y.applyUpdate(reader, first);
		Y.applyUpdate(reader, verdict.update);
		expect(reader.getText('text').toString()).toBe('ne two 👩‍🏫');
	});

	test('brings only the deletions that are new', () => {
		const doc = new Y.Doc();
		const text = doc.getText('text');
		text.insert(0, 'abcdef');
		text.delete(0, 1);
		const knowledge = new Knowledge();
		knowledge.take(Y.encodeStateAsUpdate(doc));
		text.delete(2, 1);
		const verdict = knowledge.take(Y.encodeStateAsUpdate(doc));
		if (verdict.kind !== 'new') throw new Error(verdict.kind);
		expect(verdict.scan.deletes).toEqual([doc.clientID, 3, 1]);
	});
});

describe('refused', () => {
	const doc = new Y.Doc();
	doc.clientID = 7;
	const updates: Uint8Array[] = [];
	doc.on('update', (u: Uint8Array) => updates.push(u));
	doc.getText('text').insert(0, 'one');
	doc.getText('text').insert(3, 'two');
	doc.getText('text').delete(0, 1);

	test('an update whose predecessor is missing', () => {
		expect(new Knowledge().take(updates[1]!)).toEqual({ kind: 'refused', why: 'gap' });
	});
	test('a deletion of what does not exist yet', () => {
		expect(new Knowledge().take(updates[2]!)).toEqual({ kind: 'refused', why: 'gap' });
		const knowledge = new Knowledge();
		knowledge.take(updates[0]!);
		expect(knowledge.take(numbers(0, 1, 7, 1, 2, 2))).toEqual({ kind: 'refused', why: 'gap' });
	});
	test('new structs under somebody else’s client id, but not a repetition of theirs', () => {
		const knowledge = new Knowledge();
		knowledge.take(updates[0]!);
		knowledge.person = 'idris';
		expect(knowledge.take(updates[0]!)).toEqual({ kind: 'known' });
		expect(knowledge.take(updates[1]!)).toEqual({ kind: 'refused', why: 'foreign' });
		// Deleting the partner's words is part of writing together.
		expect(knowledge.take(updates[2]!).kind).toBe('new');
	});
	test('two clients that refer to each other in a circle', () => {
		// Each: one struct, client, clock 0, a string with the other's first character as its origin.
		const circle = forge((e) => {
			encoding.writeVarUint(e, 2);
			for (const [client, other] of [
				[9, 8],
				[8, 9]
			] as const) {
				for (const n of [1, client, 0]) encoding.writeVarUint(e, n);
				encoding.writeUint8(e, 0x84);
				encoding.writeVarUint(e, other);
				encoding.writeVarUint(e, 0);
				encoding.writeVarString(e, 'x');
			}
			encoding.writeVarUint(e, 0);
		});
		expect(new Knowledge().take(circle)).toEqual({ kind: 'refused', why: 'gap' });
		const yjs = new Y.Doc();
		Y.applyUpdate(yjs, circle);
		expect(hasPending(yjs)).toBe(true);
	});
	test('a ninth root name', () => {
		const many = new Y.Doc();
		for (let i = 0; i <= mostRoots; i++) many.getMap(`root${i}`).set('x', 1);
		expect(new Knowledge().take(Y.encodeStateAsUpdate(many))).toEqual({ kind: 'refused', why: 'unreadable' });
	});

	const poison = (write: (doc: Y.Doc) => void) => {
		const bad = new Y.Doc();
		write(bad);
		return Y.encodeStateAsUpdate(bad);
	};
	test.for<[string, Uint8Array]>([
		['nothing at all', new Uint8Array()],
		['33 million structs announced, none sent', numbers(1, 2 ** 25 - 1, 7, 0)],
		['a subdocument', poison((d) => d.getMap('m').set('sub', new Y.Doc()))],
		['a key that is __proto__', poison((d) => d.getMap('m').set('__proto__', 1))],
		['a key that is constructor inside a value', poison((d) => d.getArray('m').insert(0, [[{ constructor: 1 }]]))],
		['a root that is __proto__', poison((d) => d.getText('__proto__').insert(0, 'x'))],
		['a root name of 65 letters', poison((d) => d.getText('x'.repeat(65)).insert(0, 'x'))],
		['an attribute prototype', poison((d) => d.getText('t').insert(0, 'x', { prototype: true }))],
		[
			'a value nested 100,000 deep',
			forge((e) => {
				for (const n of [1, 1, 7, 0]) encoding.writeVarUint(e, n);
				encoding.writeUint8(e, 8);
				encoding.writeVarUint(e, 1);
				encoding.writeVarString(e, 'r');
				encoding.writeVarUint(e, 1);
				for (let i = 0; i < 100_000; i++) encoding.writeUint8Array(e, new Uint8Array([117, 1]));
				encoding.writeUint8Array(e, new Uint8Array([126, 0]));
			})
		],
		['a struct that refers to its own future', numbers(1, 1, 7, 0, 0x84, 7, 0, 1, 120, 0)],
		['one client in two places', numbers(2, 1, 7, 0, 0, 1, 1, 7, 1, 0, 1, 0)],
		['bytes after the end', new Uint8Array([...updates[0]!, 0])],
		['an empty struct', numbers(1, 1, 7, 0, 0, 0, 0)]
	])('%s', ([, update]) => {
		expect(() => scan(update)).toThrow(Unreadable);
	});
});

describe('where a struct stands', () => {
	type Id = [client: number, clock: number];
	type Struct = { left?: Id; right?: Id; parent?: string | Id; key?: string; values: number };
	/** An update of structs with that many values each, by client from high to low, and what it deletes. */
	const placed = (clients: [client: number, from: number, structs: Struct[]][], deletes: number[] = []) =>
		forge((e) => {
			const id = (at: Id) => at.forEach((n) => encoding.writeVarUint(e, n));
			encoding.writeVarUint(e, clients.length);
			for (const [client, from, structs] of clients) {
				for (const n of [structs.length, client, from]) encoding.writeVarUint(e, n);
				for (const { left, right, parent, key, values } of structs) {
					encoding.writeUint8(e, 8 | (left ? 0x80 : 0) | (right ? 0x40 : 0) | (key === undefined ? 0 : 0x20));
					if (left) id(left);
					if (right) id(right);
					if (parent !== undefined) {
						encoding.writeVarUint(e, typeof parent === 'string' ? 1 : 0);
						if (typeof parent === 'string') encoding.writeVarString(e, parent);
						else id(parent);
						if (key !== undefined) encoding.writeVarString(e, key);
					}
					encoding.writeVarUint(e, values);
					for (let i = 0; i < values; i++) encoding.writeAny(e, i);
				}
			}
			writeDeletes(e, deletes);
		});

	const doc = new Y.Doc();
	doc.clientID = 7;
	const paragraph = new Y.XmlElement('paragraph');
	doc.getXmlFragment('prosemirror').insert(0, [paragraph]);
	paragraph.setAttribute('level', '1');
	doc.getText('text').insert(0, 'ab');
	const page = Y.encodeStateAsUpdate(doc);
	const element: Id = [7, 0];
	const level: Id = [7, 1];
	const a: Id = [7, 2];
	const b: Id = [7, 3];

	test.for<[what: string, taken: boolean, ...updates: Uint8Array[]]>([
		['between two letters', true, placed([[9, 0, [{ left: a, right: b, values: 2 }]]])],
		['between a letter and a paragraph', false, placed([[9, 0, [{ left: a, right: element, values: 1 }]]])],
		['between a letter and an attribute', false, placed([[9, 0, [{ left: a, right: level, values: 1 }]]])],
		['between an attribute and a letter', false, placed([[9, 0, [{ left: level, right: a, values: 1 }]]])],
		[
			'between two structs of the same update in two lists',
			false,
			placed([
				[9, 0, [{ left: [8, 1], right: [8, 0], values: 1 }]],
				[
					8,
					0,
					[
						{ right: a, values: 1 },
						{ parent: 'other', values: 1 }
					]
				]
			])
		],
		['as the next value of an attribute', true, placed([[9, 0, [{ left: level, values: 1 }]]])],
		['in front of the value of an attribute', false, placed([[9, 0, [{ right: level, values: 1 }]]])],
		['as two values of an attribute', false, placed([[9, 0, [{ parent: element, key: 'level', values: 2 }]]])],
		['as two next values of an attribute', false, placed([[9, 0, [{ left: level, values: 2 }]]])],
		[
			'as two next values behind one that comes later in the update',
			false,
			placed([
				[9, 0, [{ left: [8, 0], values: 2 }]],
				[8, 0, [{ left: level, values: 1 }]]
			])
		],
		[
			'as two next values, told in two updates',
			false,
			placed([[9, 0, [{ left: level, values: 1 }]]]),
			placed([[9, 0, [{ parent: 'text', values: 3 }]]])
		],
		[
			'as two values of an attribute that are both deleted',
			true,
			placed(
				[
					[
						9,
						0,
						[
							{ left: level, values: 2 },
							{ left: [9, 1], values: 1 }
						]
					]
				],
				[9, 0, 2]
			)
		]
	])('%s, taken: %s', ([, taken, ...updates]) => {
		const knowledge = new Knowledge();
		for (const update of [page, ...updates.slice(0, -1)]) expect(knowledge.take(update).kind).toBe('new');
		const verdict = knowledge.take(updates.at(-1)!);
		if (taken) expect(verdict.kind).toBe('new');
		else expect(verdict).toEqual({ kind: 'refused', why: 'unreadable' });
	});

	test('is remembered through deletion, and what editors put beside garbage is taken', () => {
		const offline = new Y.Doc();
		Y.applyUpdate(offline, page);
		const inside = offline.getXmlFragment('prosemirror').get(0) as Y.XmlElement;
		inside.insert(0, [new Y.XmlElement('br'), new Y.XmlElement('br')]);
		const knowledge = new Knowledge();
		expect(knowledge.take(Y.encodeStateAsUpdate(offline)).kind).toBe('new');
		const online = new Y.Doc();
		Y.applyUpdate(online, Y.encodeStateAsUpdate(offline));
		online.getXmlFragment('prosemirror').delete(0, 1);
		// The server was started again after folding, which threw away what stood in the paragraph.
		const restarted = new Knowledge();
		expect(restarted.take(Y.encodeStateAsUpdate(online)).kind).toBe('new');
		inside.insert(1, [new Y.XmlElement('hr')]);
		expect(restarted.take(Y.encodeStateAsUpdate(offline)).kind).toBe('new');
	});

	test('two values of an attribute, cut in two, would stop every editor for good', () => {
		const editor = new Y.Doc();
		Y.applyUpdate(editor, page);
		Y.applyUpdate(editor, placed([[9, 0, [{ left: level, values: 2 }]]]));
		Y.applyUpdate(editor, placed([[9, 2, [{ left: [9, 0], values: 1 }]]]));
		let told = 0;
		editor.on('update', () => told++);
		expect(() => editor.getXmlFragment('prosemirror').delete(0, 1)).toThrow('Unexpected case');
		editor.getText('text').insert(0, 'words that nobody hears of');
		expect(told).toBe(0);
	});

	test('neighbours in two lists would throw away what somebody types behind them', () => {
		const forged = placed([[9, 0, [{ left: b, right: [7, 4], values: 1 }]]]);
		const writer = new Y.Doc();
		Y.applyUpdate(writer, page);
		writer.clientID = 7;
		(writer.getXmlFragment('prosemirror').get(0) as Y.XmlElement).insert(0, [new Y.XmlElement('br')]);
		const before = Y.encodeStateAsUpdate(writer);
		writer.getXmlFragment('prosemirror').delete(0, 1);
		const after = Y.encodeStateAsUpdate(writer);

		const reader = new Y.Doc();
		for (const update of [before, forged]) Y.applyUpdate(reader, update);
		reader.getText('text').insert(3, 'honest');
		const words = Y.encodeStateAsUpdate(reader);
		const folded = new Y.Doc();
		for (const update of [after, words]) Y.applyUpdate(folded, update);
		expect(reader.getText('text').toString()).toContain('honest');
		expect(folded.getText('text').toString()).not.toContain('honest');
		const knowledge = new Knowledge();
		knowledge.take(before);
		expect(knowledge.take(forged)).toEqual({ kind: 'refused', why: 'unreadable' });
	});
});

test('whatever is accepted of mutated bytes, Yjs applies whole; nothing crashes and nothing hangs', () => {
	let accepted = 0;
	for (let seed = 1; seed <= 400; seed++) {
		const roll = dice(seed);
		const doc = new Y.Doc();
		doc.clientID = 1 + roll(200);
		for (let i = 0; i < 12; i++) edit(doc, roll);
		const before = Y.encodeStateAsUpdate(doc);
		const knowledge = new Knowledge();
		expect(knowledge.take(before).kind).toMatch(/new|known/);
		let next: Uint8Array = before;
		doc.once('update', (u: Uint8Array) => (next = u));
		edit(doc, roll);
		for (let attempt = 0; attempt < 20; attempt++) {
			const mutated = next.slice();
			for (let n = 1 + roll(3); n > 0 && mutated.length; n--)
				mutated[roll(mutated.length)] = roll(3) ? roll(256) : mutated[roll(mutated.length)]! ^ (1 << roll(8));
			const bytes = roll(5) ? mutated : mutated.subarray(0, roll(mutated.length + 1));
			let verdict: Verdict;
			try {
				verdict = judge(bytes, scan(bytes), knowledge);
			} catch (error) {
				if (!(error instanceof Unreadable)) throw error;
				continue;
			}
			if (verdict.kind !== 'new') continue; // what is known already goes nowhere
			accepted++;
			const reader = new Y.Doc();
			Y.applyUpdate(reader, before);
			Y.applyUpdate(reader, verdict.update);
			expect(hasPending(reader), `seed ${seed}, attempt ${attempt}`).toBe(false);
			const merged = new Y.Doc();
			Y.applyUpdate(merged, Y.mergeUpdates([before, verdict.update]));
			expect(Y.encodeStateAsUpdate(merged)).toEqual(Y.encodeStateAsUpdate(reader));
		}
	}
	expect(accepted).toBeGreaterThan(100);
});

test('ranges join when they touch and answer what is missing', () => {
	for (let seed = 1; seed <= 40; seed++) {
		const roll = dice(seed);
		const ranges = new Ranges();
		const oracle = new Set<number>();
		for (let i = 0; i < 30; i++) {
			const from = roll(60);
			const to = from + 1 + roll(8);
			ranges.add(1, from, to);
			for (let c = from; c < to; c++) oracle.add(c);
			const missing = ranges.missing(1, 0, 80);
			const open = new Set<number>();
			for (let p = 0; p < missing.length; p += 2) for (let c = missing[p]!; c < missing[p + 1]!; c++) open.add(c);
			expect(open.size + oracle.size).toBe(80);
			for (const c of open) expect(oracle.has(c)).toBe(false);
			const triples = ranges.triples();
			for (let t = 3; t < triples.length; t += 3)
				expect(triples[t + 1]).toBeGreaterThan(triples[t - 2]! + triples[t - 1]!);
		}
	}
});
