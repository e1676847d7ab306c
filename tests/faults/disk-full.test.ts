/** The disk under the database fills up while people write, and is freed again. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { openEmbedded } from '#lib/server/embedded.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { until } from '../live-room.ts';
import { template } from '../with-database.ts';
import { Engine } from './engine.ts';
import { cannotTry, full, minutes, tell } from './form.ts';
import { OwnPostgres } from './own-postgres.ts';
import {
	acknowledgedBy,
	expectEqualTexts,
	missing,
	nothingMissing,
	pairsOn,
	peopleOf,
	plantPairs,
	seat,
	stored,
	typing,
	type Pair
} from './people.ts';
import { SmallDisk } from './small-disk.ts';

/** Letters that no database can compress, so that a full disk is met soon. */
const paste = (pairs: Pair[]) => {
	for (const person of peopleOf(pairs)) person.text.insert(0, randomBytes(2_000).toString('base64'));
};

/** Writes until nothing goes in any more. @returns how much had been acknowledged by then */
async function untilStuck(pairs: Pair[]): Promise<number> {
	let before = -1;
	await until(
		'nothing goes in any more',
		async () => {
			paste(pairs);
			const now = acknowledgedBy(pairs);
			await wait(500);
			const stuck = before === now && acknowledgedBy(pairs) === now;
			before = now;
			return stuck;
		},
		60_000
	);
	return before;
}

// In the short form most of both is waiting, so they wait together.
describe('a full disk', { concurrent: !full }, () => {
	test(
		'under Postgres: the engine lives, nothing is called durable that is not, and all is kept once there is room',
		{ timeout: minutes(3, 10) },
		async ({ onTestFinished }) => {
			const disk = SmallDisk.mount(100);
			if (typeof disk === 'string') return cannotTry('Postgres on a full disk', disk);
			onTestFinished(() => disk.remove());
			const postgres = await OwnPostgres.create(disk.folder);
			onTestFinished(() => postgres.drop());
			const db: Database = await openPostgres(postgres.url);
			onTestFinished(() => db.close());
			await migrate(db);
			const engine = await new Engine(postgres.url, {
				LIMITS: JSON.stringify({ retryMs: full ? 20_000 : 1_500 })
			}).start();
			onTestFinished(() => engine.kill());
			const pairs = await pairsOn(db, 3, engine.base);
			onTestFinished(() => peopleOf(pairs).forEach((person) => person.leave()));
			const writing = typing(pairs);
			onTestFinished(() => writing.stop());
			await until('people write', () => acknowledgedBy(pairs) > 100);

			disk.fill();
			const before = await untilStuck(pairs);
			await until('everybody is told', () => peopleOf(pairs).every(({ closes }) => closes.includes(1013)), 60_000);
			expect(engine.alive).toBe(true);
			const wentDown = !postgres.alive;

			disk.free();
			if (!postgres.alive) await postgres.start(); // as an operator would: Postgres itself gives up on a full log
			await until('people write on', () => acknowledgedBy(pairs) > before + 100, 60_000);
			writing.stop();
			expect(await missing(db, pairs)).toEqual(nothingMissing);
			await expectEqualTexts(db, pairs, engine.base);
			expect(engine.alive).toBe(true);
			tell(
				`Postgres on a full disk: ${acknowledgedBy(pairs)} updates acknowledged before and after, 0 missing, everybody told with 1013; Postgres itself ${wentDown ? 'went down and was started again' : 'ran on'}, the engine ran on.`
			);
		}
	);

	test(
		'under the embedded database: nothing is called durable that is not, and all is kept once there is room',
		{ timeout: minutes(3, 10) },
		async ({ onTestFinished }) => {
			const disk = SmallDisk.mount(160);
			if (typeof disk === 'string') return cannotTry('The embedded database on a full disk', disk);
			onTestFinished(() => disk.remove());
			const dataDir = join(disk.folder, 'data');
			mkdirSync(join(dataDir, 'database'), { recursive: true, mode: 0o700 });
			expect(spawnSync('tar', ['-xf', await template(false), '-C', join(dataDir, 'database')]).status).toBe(0);
			// One process at a time may have it open: first we do, then the engine does.
			const planting = await openEmbedded(dataDir);
			const planted = await plantPairs(planting, 3);
			await planting.close();
			const engine = await new Engine(dataDir, { LIMITS: JSON.stringify({ retryMs: full ? 20_000 : 1_500 }) }).start();
			onTestFinished(() => engine.kill());
			const pairs = await seat(planted, engine.base);
			onTestFinished(() => peopleOf(pairs).forEach((person) => person.leave()));
			const writing = typing(pairs);
			onTestFinished(() => writing.stop());
			await until('people write', () => acknowledgedBy(pairs) > 100);

			disk.fill();
			const before = await untilStuck(pairs);
			await until('somebody is told', () => peopleOf(pairs).some(({ closes }) => closes.includes(1013)), 60_000);
			expect(engine.alive).toBe(true);

			disk.free();
			await until('people write on', () => acknowledgedBy(pairs) > before + 100, 60_000);
			writing.stop();
			await until(
				'both of each pair agree and all is acknowledged',
				() =>
					pairs.every(
						({ people: [one, other] }) =>
							one!.joined && other!.joined && one!.text.length > 0 && one!.text.toString() === other!.text.toString()
					),
				60_000
			);
			// It may be killed here as well as stopped: what it promised is on the disk.
			await engine.kill();
			const db = await openEmbedded(dataDir);
			try {
				expect(await missing(db, pairs)).toEqual(nothingMissing);
				for (const { reflectionId, people } of pairs)
					expect((await stored(db, reflectionId)).getText('text').toString()).toBe(people[0]!.text.toString());
			} finally {
				await db.close();
			}
			tell(
				`The embedded database on a full disk: ${acknowledgedBy(pairs)} updates acknowledged before and after, 0 missing after a kill; refused ones were told with 1013, the process ran on.`
			);
		}
	);
});
