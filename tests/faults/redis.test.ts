/** Redis, which only carries news between servers, stopped, started and emptied while people type. */
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { redisInstalled, startRedis } from '../redis-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { amount, cannotTry, minutes, tell } from './form.ts';
import { acknowledgedBy, expectEqualTexts, missing, nothingMissing, pairsOn, peopleOf, typing } from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

test(
	'Redis may go, come back and lose everything: people on two servers write on together, and nothing is lost',
	{ timeout: minutes(2, 10) },
	async () => {
		if (!redisInstalled()) return cannotTry('Redis going away', 'redis-server is not installed');
		const redis = await startRedis();
		const nodes = await Promise.all([1, 2].map(() => new Engine(db.url, { REDIS_URL: redis.url }).start()));
		const pairs = await pairsOn(db, 5, ...nodes.map(({ base }) => base));
		const writing = typing(pairs);
		const seen = () => peopleOf(pairs).reduce((sum, person) => sum + person.seen.updates, 0);
		const goesOn = async (what: string) => {
			const [acknowledged, read] = [acknowledgedBy(pairs), seen()];
			await until(what, () => acknowledgedBy(pairs) > acknowledged + 50 && seen() > read + 50, 30_000);
			expect(await missing(db, pairs)).toEqual(nothingMissing);
		};
		const rounds = amount(1, 10);
		try {
			await goesOn('people write with Redis');
			for (let round = 0; round < rounds; round++) {
				await redis.stop();
				await goesOn('people write and read without Redis');
				await redis.start();
				await goesOn('people write and read with Redis again');
				const client = await createClient({ url: redis.url }).connect();
				await until('Redis carries the news', async () => {
					const { total_commands_processed: commands } = Object.fromEntries(
						(await client.info('stats')).split('\r\n').map((line) => line.split(':'))
					);
					return Number(commands) > 50;
				});
				await client.flushAll();
				client.destroy();
				await goesOn('people write and read after everything in Redis was deleted');
			}
			// The last words are typed in the very moment in which it goes.
			await redis.stop();
			await wait(200);
			writing.stop();
			await expectEqualTexts(db, pairs, nodes[0]!.base);
			expect(peopleOf(pairs).flatMap(({ closes }) => closes)).toEqual([]);
			tell(
				`Redis stopped, started and emptied: ${rounds} times each while 5 pairs type across 2 servers; ${acknowledgedBy(pairs)} updates acknowledged, 0 missing, nobody closed.`
			);
		} finally {
			writing.stop();
			for (const person of peopleOf(pairs)) person.leave();
			await Promise.all(nodes.map((node) => node.kill()));
			await redis.close();
		}
	}
);
