/** A short run of `npm run test:worlds`. WORLDS_SEED repeats one world. */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from './with-database.ts';
import { ask } from './worlds/agree.ts';

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const given = process.env.WORLDS_SEED;
const first = Number(given ?? randomInt(2 ** 31));

test.for(Array.from({ length: given ? 1 : 2 }, (_, i) => first + i))(
	'tables, pages and sockets say of a random world what the model says (seed %i)',
	{ timeout: 120_000 },
	async (seed) => {
		expect(await ask(db, seed)).toBe(null);
	}
);
