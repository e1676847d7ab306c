/** The database server restarted, in good order and killed, while people type. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { until } from '../live-room.ts';
import { Engine } from './engine.ts';
import { amount, minutes, tell } from './form.ts';
import { OwnPostgres } from './own-postgres.ts';
import { acknowledgedBy, expectEqualTexts, missing, nothingMissing, pairsOn, peopleOf, typing } from './people.ts';

let postgres: OwnPostgres;
let db: Database;
beforeAll(async () => {
	postgres = await OwnPostgres.create();
	db = await openPostgres(postgres.url);
	await migrate(db);
});
afterAll(async () => {
	await db?.close();
	await postgres?.drop();
});

test(
	'Postgres may be restarted and killed while people type: nothing is lost, and the engine needs no restart',
	{ timeout: minutes(3, 20) },
	async () => {
		const rounds = amount(1, 8);
		const engine = await new Engine(postgres.url).start();
		const pairs = await pairsOn(db, 5, engine.base);
		const writing = typing(pairs);
		try {
			for (let round = 0; round < rounds; round++) {
				for (const how of ['fast', 'immediate', 'SIGKILL'] as const) {
					await wait(300);
					await postgres.stop(how);
					await wait(200);
					const during = acknowledgedBy(pairs);
					await wait(200);
					expect(acknowledgedBy(pairs), 'without a database nothing is called durable').toBe(during);
					await postgres.start();
					await until('people write on', () => acknowledgedBy(pairs) > during + 50, 60_000);
					expect(await missing(db, pairs), how).toEqual(nothingMissing);
				}
			}
			writing.stop();
			await expectEqualTexts(db, pairs, engine.base);
			expect(engine.alive).toBe(true);
			expect(peopleOf(pairs).flatMap(({ closes }) => closes.filter((code) => code >= 4400 && code < 4500))).toEqual([]);
			tell(
				`Postgres restarted: ${rounds * 3} times (fast, immediate, SIGKILL) while 5 pairs type; ${acknowledgedBy(pairs)} updates acknowledged, 0 missing, the engine ran on.`
			);
		} finally {
			writing.stop();
			for (const person of peopleOf(pairs)) person.leave();
			await engine.kill();
		}
	}
);
