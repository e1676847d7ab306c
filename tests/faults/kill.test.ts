/** The engine killed in the middle of everybody's sentence, again and again. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { serverDatabase } from '../with-database.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { Engine } from './engine.ts';
import { amount, minutes, tell } from './form.ts';
import {
	acknowledgedBy,
	expectEqualTexts,
	missing,
	nothingMissing,
	pairsOn,
	peopleOf,
	Promises,
	typing
} from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

test('the comparison that all of these tests rest on notices one letter and one deletion that are missing', () => {
	const [before, after] = [new Y.Doc(), new Y.Doc()];
	const promised = new Promises();
	after.on('update', (update: Uint8Array) => promised.add(update));
	after.getText('text').insert(0, 'words');
	Y.applyUpdate(before, Y.encodeStateAsUpdate(after));
	expect(promised.missingIn(before)).toBe(0);
	after.getText('text').insert(5, '!');
	expect(promised.missingIn(before)).toBe(1);
	after.getText('text').delete(1, 1);
	expect(promised.missingIn(before)).toBe(2);
	expect(promised.missingIn(after)).toBe(0);
});

test(
	'killed at any moment, it has in the database all that it acknowledged and all that a partner saw',
	{ timeout: minutes(3, 60) },
	async () => {
		const kills = amount(3, 200);
		// Folded rows may move at once, so that a kill also falls into that.
		const engine = await new Engine(db.url, { KEEP_ROWS_MS: '0' }).start();
		const pairs = await pairsOn(db, 20, engine.base);
		const writing = typing(pairs);
		try {
			for (let kill = 0; kill < kills; kill++) {
				await wait(50 + randomInt(500));
				await engine.kill();
				await wait(30); // what was on its way to us
				// The server is gone, so nobody can have brought anything back.
				expect(await missing(db, pairs), `after kill ${kill + 1}`).toEqual(nothingMissing);
				const before = acknowledgedBy(pairs);
				await engine.start();
				for (const end = Date.now() + 30_000; acknowledgedBy(pairs) < before + 100; await wait(10))
					expect(Date.now(), 'people write on after a kill').toBeLessThan(end);
				if (kill % 20 === 19) console.log(`${kill + 1} kills, ${acknowledgedBy(pairs)} updates acknowledged`);
			}
			writing.stop();
			await expectEqualTexts(db, pairs, engine.base);
			const seen = peopleOf(pairs).reduce((sum, person) => sum + person.seen.updates, 0);
			tell(
				`SIGKILL: ${kills} kills while 20 pairs type; ${acknowledgedBy(pairs)} updates acknowledged, ${seen} seen by partners, 0 missing.`
			);
		} finally {
			writing.stop();
			for (const person of peopleOf(pairs)) person.leave();
			await engine.kill();
		}
	}
);
