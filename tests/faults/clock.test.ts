/** The server's clock jumps by an hour, forwards and back, while people type. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { serverDatabase } from '../with-database.ts';
import { Engine } from './engine.ts';
import { amount, cannotTry, full, minutes, tell } from './form.ts';
import { acknowledgedBy, expectEqualTexts, missing, nothingMissing, pairsOn, peopleOf, typing } from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

/** libfaketime where Debian puts it; the variant for programs with threads. */
const library = ['x86_64', 'aarch64']
	.map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
	.find((file) => existsSync(file));

test('a clock that jumps by an hour closes nobody and loses nothing', { timeout: minutes(2, 10) }, async () => {
	if (!library) return cannotTry('A jumping clock', 'libfaketime is not installed (on Debian: faketime)');
	const folder = mkdtempSync(join(tmpdir(), 'wayfellow-clock-'));
	const file = join(folder, 'now');
	const jump = (to: string) => {
		writeFileSync(`${file}.new`, `${to}\n`);
		renameSync(`${file}.new`, file);
	};
	jump('+0');
	const engine = await new Engine(db.url, {
		LD_PRELOAD: library,
		FAKETIME_TIMESTAMP_FILE: file,
		FAKETIME_NO_CACHE: '1',
		// Timers run by the monotonic clock, which no jump of a real clock moves.
		FAKETIME_DONT_FAKE_MONOTONIC: '1',
		// Twice a second it looks who is still there.
		LIMITS: JSON.stringify({ quietMs: 2_000 })
	}).start();
	const pairs = await pairsOn(db, 5, engine.base);
	// One pair only reads: to the server, its silence must not look an hour longer than it is.
	const writing = typing(pairs.slice(1));
	for (const person of pairs[0]!.people) person.key();
	const rounds = amount(1, 5);
	let jumps = 0;
	try {
		for (let round = 0; round < rounds; round++) {
			for (const to of full ? ['+3600', '+0', '-3600', '+0'] : ['+3600', '+0']) {
				await wait(500);
				jump(to);
				jumps++;
				// The engine believes it: not a test of a clock that stands still.
				await until('the clock has jumped', async () => {
					const off = (await engine.now()) - Date.now() - Number(to) * 1_000;
					return Math.abs(off) < 60_000;
				});
				const before = acknowledgedBy(pairs);
				await wait(1_000); // it has looked twice
				await until(`people write on at ${to} s`, () => acknowledgedBy(pairs) > before + 50);
				expect(
					peopleOf(pairs).flatMap(({ closes }) => closes),
					`closed at ${to} s`
				).toEqual([]);
				expect(await missing(db, pairs)).toEqual(nothingMissing);
			}
		}
		writing.stop();
		await expectEqualTexts(db, pairs, engine.base);
		tell(
			`A clock that jumps: ${jumps} times by an hour, forwards and back; ${acknowledgedBy(pairs)} updates acknowledged, 0 missing, nobody closed.`
		);
	} finally {
		writing.stop();
		for (const person of peopleOf(pairs)) person.leave();
		await engine.kill();
		rmSync(folder, { recursive: true });
	}
});
