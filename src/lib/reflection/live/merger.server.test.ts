import { afterAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { limits } from './limits.ts';
import { throughDocument } from './merge.ts';
import { Merger } from './merger.server.ts';

const merger = new Merger();
afterAll(() => merger.close());

/** A document of so many letters, typed in the middle one by one: each is a struct of its own. */
function typed(letters: number): { updates: Uint8Array[]; whole: Uint8Array } {
	const doc = new Y.Doc({ gc: false });
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const text = doc.getText('text');
	for (let i = 0; i < letters; i++) text.insert(i >> 1, 'x');
	text.delete(0, letters >> 2);
	return { updates, whole: Y.encodeStateAsUpdate(doc) };
}
const [long, short] = [typed(6000), typed(10)];

test('a long document is folded as a short one is, and nobody waits for it', async () => {
	expect(long.whole.length).toBeGreaterThan(64 * 1024);
	let turns = 0;
	const turning = setInterval(() => turns++, 1);
	const states = await Promise.all([merger.merge(long.whole), merger.merge(short.whole), merger.merge(long.whole)]);
	clearInterval(turning);
	expect(turns).toBeGreaterThan(0);
	expect(states).toEqual([long, short, long].map(({ whole }) => throughDocument([whole], true)));
	expect(states[0]!.length).toBeLessThan(long.whole.length);
});

test('a gap is refused, short or long, and the next is folded', async () => {
	const gap = Y.mergeUpdates(long.updates.slice(1));
	await expect(merger.merge(gap)).rejects.toThrow('the log has a gap');
	await expect(merger.merge(short.updates[1]!)).rejects.toThrow('the log has a gap');
	expect(await merger.merge(long.whole)).toEqual(throughDocument([long.whole], true));
});

test('what takes too long or too much memory is given up, and the next is folded', async () => {
	const { foldMs, foldMegabytes } = limits;
	try {
		const impatient = new Merger();
		limits.foldMs = 0;
		await expect(impatient.merge(long.whole)).rejects.toThrow('folding took too long');
		limits.foldMs = foldMs;
		expect((await impatient.merge(long.whole)).length).toBeGreaterThan(0);
		await impatient.close();
		const small = new Merger();
		limits.foldMegabytes = 4;
		await expect(small.merge(typed(30_000).whole)).rejects.toThrow();
		limits.foldMegabytes = foldMegabytes;
		expect((await small.merge(long.whole)).length).toBeGreaterThan(0);
		await small.close();
	} finally {
		Object.assign(limits, { foldMs, foldMegabytes });
	}
});
