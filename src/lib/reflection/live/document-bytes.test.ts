import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentBytes } from './document-bytes.ts';
import { throughDocument } from './merge.ts';
import { scan } from './scan.ts';

/** Chance that can be had again (mulberry32, public domain). */
function chance(seed: number): (below: number) => number {
	return (below) => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) % below;
	};
}

const textOf = (...updates: Uint8Array[]) => {
	const doc = new Y.Doc();
	for (const update of updates) Y.applyUpdate(doc, update);
	expect(doc.store.pendingStructs).toBeNull();
	expect(doc.store.pendingDs).toBeNull();
	return doc.getText('text').toString();
};

/** Three who write and delete, and hear each other now and then; what they send, in the order in which it came. */
function written(seed: number, edits: number): Uint8Array[] {
	const below = chance(seed);
	const log: Uint8Array[] = [];
	const docs = [11, 2 ** 31, 2 ** 32 - 1].map((clientId) => {
		const doc = new Y.Doc();
		doc.clientID = clientId;
		doc.on('update', (update: Uint8Array, origin: unknown) => origin !== 'heard' && log.push(update));
		return doc;
	});
	const heard = [0, 0, 0];
	for (let i = 0; i < edits; i++) {
		const who = below(3);
		const doc = docs[who]!;
		if (below(4) === 0) {
			const news = log.slice(heard[who]);
			heard[who] = log.length;
			doc.transact(() => news.forEach((update) => Y.applyUpdate(doc, update, 'heard')), 'heard');
		}
		const text = doc.getText('text');
		if (text.length > 4 && below(3) === 0) text.delete(below(text.length - 3), 1 + below(3));
		else text.insert(below(text.length + 1), ['a', 'word ', '👩‍🏫', 'x'.repeat(below(600))][below(4)]!);
	}
	return log;
}

const documentOf = (updates: Uint8Array[]) => {
	const document = new DocumentBytes();
	for (const update of updates) document.add(update, scan(update));
	return document;
};
const everything = (document: DocumentBytes) => document.difference(new Map());

test.each([1, 2, 3, 4, 5, 6])('whoever comes, whenever, gets what they lack (seed %i)', (seed) => {
	const below = chance(seed);
	const log = written(seed, 400);
	const whole = textOf(...log);
	const document = documentOf(log);
	expect(textOf(everything(document))).toBe(whole);
	expect(document.clocks).toEqual(Y.decodeStateVector(Y.encodeStateVectorFromUpdate(Y.mergeUpdates(log))));
	for (let i = 0; i < 20; i++) {
		const known = log.slice(0, below(log.length + 1));
		const doc = new Y.Doc();
		for (const update of known) Y.applyUpdate(doc, update);
		Y.applyUpdate(doc, document.difference(Y.decodeStateVector(Y.encodeStateVector(doc))));
		expect(doc.store.pendingStructs).toBeNull();
		expect(doc.getText('text').toString()).toBe(whole);
	}
});

test.each([1, 2, 3])('on top of a state it is the same document, with what came after the state (seed %i)', (seed) => {
	const log = written(seed, 600);
	const whole = textOf(...log);
	let document = new DocumentBytes();
	const at = chance(seed)(100);
	for (const [i, update] of log.entries()) {
		document.add(update, scan(update));
		if (i % 100 !== at) continue;
		const sealed = document.seal();
		const state = throughDocument([everything(document)], true);
		// Folding takes a while; people write on.
		for (const later of log.slice(i + 1, i + 10)) document.add(later, scan(later));
		document = document.onTopOf(state, sealed);
		expect(document.bytes).toBeLessThan(everything(document).length * 1.5 + 1000);
	}
	expect(textOf(everything(document))).toBe(whole);
	const doc = new Y.Doc();
	for (const update of log.slice(0, 250)) Y.applyUpdate(doc, update);
	expect(textOf(Y.encodeStateAsUpdate(doc), document.difference(Y.decodeStateVector(Y.encodeStateVector(doc))))).toBe(
		whole
	);
});

test('somebody who is a little behind gets little, however long the document is', () => {
	const doc = new Y.Doc();
	const log: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => log.push(update));
	for (let i = 0; i < 5000; i++) doc.getText('text').insert(i % 7 === 0 ? 0 : i >> 1, 'x');
	const [state, has] = [Y.encodeStateAsUpdate(doc), new Map([[doc.clientID, 4950]])];
	expect(state.length).toBeGreaterThan(20_000);
	expect(documentOf(log).difference(has).length).toBeLessThan(2500);
	expect(DocumentBytes.of(state).difference(has).length).toBeLessThan(2500);
});

test('what was stored twice is there once, and what is missing is waited for', () => {
	const log = written(7, 60);
	const [twice, missing] = [documentOf([...log.slice(0, 30), Y.mergeUpdates(log)]), documentOf(log.slice(10))];
	expect(textOf(everything(twice))).toBe(textOf(...log));
	const doc = new Y.Doc();
	Y.applyUpdate(doc, everything(missing));
	expect(doc.store.pendingStructs).not.toBeNull();
	for (const update of log.slice(0, 10)) Y.applyUpdate(doc, update);
	expect(doc.getText('text').toString()).toBe(textOf(...log));
});

test.each([0, 1])('who comes after folding does not see what was deleted while it ran (%i before)', (before) => {
	const editor = new Y.Doc();
	let document = new DocumentBytes();
	editor.on('update', (update: Uint8Array) => document.add(update, scan(update)));
	const text = editor.getText('text');
	text.insert(0, 'one two three');
	if (before > 0) text.delete(0, before);
	const clocks = document.seal();
	const update = everything(document);
	text.delete(3, 4);
	document = document.onTopOf(throughDocument([update], true), clocks);
	expect(textOf(everything(document))).toBe(text.toString());
	text.delete(0, 1);
	expect(textOf(everything(document))).toBe(text.toString());
	expect(textOf(throughDocument([everything(document)], true))).toBe(text.toString());
});
