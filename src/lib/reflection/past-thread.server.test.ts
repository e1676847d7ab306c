import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { rootName } from './document.ts';
import { packRows } from './packed.ts';
import { answerOf, bytesOf, type Past } from './past.ts';
import { askPast } from './past-thread.server.ts';

/** A log of so many lines by one person. */
function written(count: number): Past {
	const doc = new Y.Doc();
	const rows: Parameters<typeof packRows>[0] = [];
	doc.on('update', (update: Uint8Array) => rows.push({ number: rows.length + 1, at: new Date(0), updates: [update] }));
	const fragment = doc.getXmlFragment(rootName);
	for (let i = 0; i < count; i++) {
		const paragraph = new Y.XmlElement('paragraph');
		paragraph.insert(0, [new Y.XmlText(`Line ${i} of what I wrote.`)]);
		fragment.insert(i, [paragraph]);
	}
	return {
		log: { rows: [], lines: [{ personId: 'rosa', rows: packRows(rows) }] },
		folded: null,
		owners: [[doc.clientID, 'rosa']]
	};
}

test('a long log is answered on the thread as it is here', async () => {
	const past = written(2000);
	expect(bytesOf(past)).toBeGreaterThan(64 * 1024);
	const question = { ask: 'difference', from: 1000, to: 2000 } as const;
	const answer = await askPast(past, question);
	expect(answer).toEqual(answerOf(past, question));
	expect(answer!.added).toEqual([{ author: 'rosa', words: 6000 }]);
});

test('whoever comes when many wait is asked to come back, and those who wait are answered', async () => {
	const past = written(1000);
	const asked = Array.from({ length: 20 }, () => askPast(past, { ask: 'state', number: 1000 }));
	const settled = await Promise.allSettled(asked);
	expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
	for (const one of settled)
		if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'away', message: /try again/ });
	expect(await askPast(past, { ask: 'state', number: 1 })).toEqual(answerOf(past, { ask: 'state', number: 1 }));
});

test('how the text was before rows that nobody has is not guessed', () => {
	const past = written(10);
	const state = answerOf(past, { ask: 'state', number: 6 })!.state;
	const gone: Past = { ...past, log: { rows: [], lines: [] }, folded: { upToNumber: 6, state } };
	expect(answerOf(gone, { ask: 'state', number: 5 })).toBe(null);
	expect(answerOf(gone, { ask: 'restore', to: 5, seen: 6 })).toBe(null);
	expect(
		answerOf(gone, {
			ask: 'differences',
			between: [
				{ from: 5, to: 6 },
				{ from: 6, to: 6 }
			]
		})
	).toMatchObject([null, { any: false }]);
	expect(answerOf(gone, { ask: 'authors', number: 6 })).toHaveLength(6);
});

test('a damaged line hides what it held, and not what came after', () => {
	const past = written(10);
	const { state } = answerOf(past, { ask: 'state', number: 10 })!;
	const damaged: Past = {
		...past,
		log: { rows: [], lines: [{ personId: 'rosa', rows: new Uint8Array([1, 2, 3]) }] },
		folded: { upToNumber: 10, state }
	};
	expect(answerOf(damaged, { ask: 'state', number: 10 })).toEqual({ state });
	expect(answerOf(damaged, { ask: 'state', number: 9 })).toBe(null);
});
