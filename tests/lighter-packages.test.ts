/** What `vite.config.ts` cuts out of Yjs for the browser, against the whole of it, as the server has it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { lighterYjs } from '../vite.config.ts';

/** Where Node finds what it imports. */
const file = `node_modules/.lighter-yjs-${process.pid}.mjs`;
let lighter: typeof Y;

beforeAll(async () => {
	writeFileSync(file, lighterYjs(readFileSync('node_modules/yjs/dist/yjs.mjs', 'utf8')));
	lighter = await import(/* @vite-ignore */ pathToFileURL(file).href);
});
afterAll(() => rmSync(file, { force: true }));

const words = (doc: Y.Doc, as = Y.Text) => doc.get('words', as);

/** What a writer sends for each word, bold ones among them, and for the deletion of the first one: in order. */
function sent(): Uint8Array[] {
	const writer = new Y.Doc();
	const updates: Uint8Array[] = [];
	writer.on('update', (update: Uint8Array) => updates.push(update));
	const text = words(writer);
	for (const word of ['five ', 'seconds ', 'of ', 'silence'])
		text.insert(text.length, word, { bold: word === 'silence' ? true : null });
	text.delete(0, 5);
	return updates;
}

const whole = [{ insert: 'seconds of ' }, { insert: 'silence', attributes: { bold: true } }];

test('the browser reads a text as the server does', () => {
	const browser = new lighter.Doc();
	for (const update of sent()) lighter.applyUpdate(browser, update);
	expect(words(browser, lighter.Text).toDelta()).toEqual(whole);
	const server = new Y.Doc();
	Y.applyUpdate(server, lighter.encodeStateAsUpdate(browser));
	expect(words(server).toDelta()).toEqual(whole);
	expect(lighter.encodeStateAsUpdate(browser)).toEqual(Y.encodeStateAsUpdate(server));
});

test('what waits for an update that is missing is handed on, and complete once that comes', () => {
	const updates = sent();
	const early = updates.splice(0, 2);
	const browser = new lighter.Doc();
	for (const update of updates.reverse()) lighter.applyUpdate(browser, update);
	expect(words(browser, lighter.Text).toDelta(), 'all of it waits').toEqual([]);

	const onTheDevice = lighter.encodeStateAsUpdate(browser);
	const reopened = new lighter.Doc();
	const server = new Y.Doc();
	lighter.applyUpdate(reopened, onTheDevice);
	Y.applyUpdate(server, onTheDevice);
	for (const update of early.reverse()) {
		lighter.applyUpdate(reopened, update);
		Y.applyUpdate(server, update);
	}
	expect(words(reopened, lighter.Text).toDelta()).toEqual(whole);
	expect(words(server).toDelta()).toEqual(whole);
});
