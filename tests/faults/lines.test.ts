/** The lines between servers, and to what they share, frozen and cut for seconds while pairs type across them. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { until } from '../live-room.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { redisInstalled, startRedis } from '../redis-server.ts';
import { serverDatabase } from '../with-database.ts';
import type { Limits } from '#lib/reflection/live/limits.ts';
import type { busLimits } from '#lib/server/bus/limits.ts';
import { Engine } from './engine.ts';
import { amount, cannotTry, full, minutes, tell } from './form.ts';
import { Line } from './line.ts';
import {
	acknowledgedBy,
	expectEqualTexts,
	missing,
	nothingMissing,
	pairsOn,
	peopleOf,
	typing,
	type Person,
	type Pair
} from './people.ts';

let db: ServerDatabase;
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());

/** Engines, each with a line of its own: to Redis where its address is given, else to the database. */
async function apart(
	{ onTestFinished }: TestContext,
	count: number,
	redisUrl?: string,
	limits: Partial<Limits & typeof busLimits> = {}
) {
	const lines = await Promise.all(Array.from({ length: count }, () => Line.to(redisUrl ?? db.url)));
	onTestFinished(() => lines.forEach((line) => line.close()));
	const LIMITS = JSON.stringify(limits);
	const nodes = lines.map(({ url }) =>
		redisUrl ? new Engine(db.url, { LIMITS, REDIS_URL: url }) : new Engine(url, { LIMITS })
	);
	onTestFinished(() => Promise.all(nodes.map((node) => node.kill())).then(() => {}));
	await Promise.all(nodes.map((node) => node.start()));
	return { nodes, lines };
}

/** And pairs that type across them. */
async function typingAcross(context: TestContext, count: number, redisUrl?: string) {
	const { nodes, lines } = await apart(context, count, redisUrl);
	const pairs = await pairsOn(db, amount(3, 6), ...nodes.map(({ base }) => base));
	context.onTestFinished(() => peopleOf(pairs).forEach((person) => person.leave()));
	const writing = typing(pairs);
	context.onTestFinished(() => writing.stop());
	return { nodes, lines, pairs, writing };
}

const closes = (pairs: Pair[]) => peopleOf(pairs).flatMap(({ closes }) => closes);

async function goesOn(pairs: Pair[], how: string): Promise<void> {
	const before = acknowledgedBy(pairs);
	await until(`people write on: ${how}`, () => acknowledgedBy(pairs) > before + 30, 60_000);
	expect(await missing(db, pairs), how).toEqual(nothingMissing);
}

/** How Postgres knows the connection on which a server hears news. */
const news = 'wayfellow listener';

// In the short form most of each is waiting, so they wait together.
describe('a line', { concurrent: !full }, () => {
	test.for(full ? [2, 3] : [3])(
		'for the news between %i servers, frozen and cut: people write on, also when a server dies meanwhile, and all texts meet',
		{ timeout: minutes(2, 10) },
		async (count, context) => {
			const { nodes, lines, pairs, writing } = await typingAcross(context, count);
			const ms = amount(1_500, 15_000);
			for (const fault of ['freeze', 'cut'] as const) {
				for (const line of lines) expect(line[fault](news)).toBeGreaterThan(0);
				await goesOn(pairs, `news ${fault}`);
				await wait(ms);
				expect(closes(pairs), fault).toEqual([]);
				for (const line of lines) line.mend();
				await goesOn(pairs, 'news again');
			}
			await until('all hear news', () => lines.every((line) => line.freeze(news) > 0));
			const gone = nodes.at(-1)!;
			await gone.kill();
			for (const person of peopleOf(pairs)) if (person.provider.serverUrl === gone.base) person.moveTo(nodes[0]!.base);
			expect(await missing(db, pairs)).toEqual(nothingMissing);
			await until('everybody is back', () => peopleOf(pairs).every(({ joined }) => joined), 30_000);
			await goesOn(pairs, 'with one server less');
			// Cut in the very moment of the last words, so that only its return brings them across.
			for (const line of lines) line.cut(news);
			await wait(200);
			writing.stop();
			await wait(500);
			for (const line of lines) line.mend();
			await expectEqualTexts(db, pairs, nodes[0]!.base);
			tell(
				`News between ${count} servers frozen and cut, ${ms / 1_000} s and more each, and one killed meanwhile: ${acknowledgedBy(pairs)} updates acknowledged, 0 missing, nobody closed but by the kill.`
			);
		}
	);

	test.for(['Postgres', 'Redis'])(
		'for news through %s that stands still without a word: who only reads sees what is written on another server all the same',
		{ timeout: minutes(2, 2) },
		async (way, context) => {
			const redis = way === 'Redis' && redisInstalled() ? await startRedis() : undefined;
			if (way === 'Redis' && !redis)
				return cannotTry('News that stand still in Redis', 'redis-server is not installed');
			context.onTestFinished(() => redis?.close());
			// No poll comes to help by chance.
			const { nodes, lines } = await apart(context, 2, redis?.url, { heartbeatMs: 500, pollMs: 600_000 });
			const pairs = await pairsOn(db, 1, ...nodes.map(({ base }) => base));
			context.onTestFinished(() => peopleOf(pairs).forEach((person) => person.leave()));
			const [writer, reader] = pairs[0]!.people as [Person, Person];
			for (const fault of ['freeze', 'cut'] as const) {
				await until('the line is used', () => lines[1]![fault](redis ? '' : news) > 0);
				writer.text.insert(0, `${fault} `);
				await until(`the reader sees it: ${fault}`, () => reader.text.toString() === writer.text.toString(), 30_000);
				lines[1]!.mend();
			}
			await expectEqualTexts(db, pairs, nodes[0]!.base);
		}
	);

	test(
		'to Redis, frozen and cut: people write on together, and nothing is lost',
		{ timeout: minutes(2, 10) },
		async (context) => {
			if (!redisInstalled()) return cannotTry('A frozen line to Redis', 'redis-server is not installed');
			const redis = await startRedis();
			context.onTestFinished(() => redis.close());
			const { nodes, lines, pairs, writing } = await typingAcross(context, 2, redis.url);
			// In the long form longer than the 30 s of silence after which Redis counts as away.
			const ms = amount(1_500, 40_000);
			for (const fault of ['freeze', 'cut'] as const) {
				// One side only, so that what the other says goes nowhere without its knowing.
				await until('it speaks and listens', () => lines[0]![fault]() === 2);
				await goesOn(pairs, `Redis ${fault}`);
				await wait(ms);
				expect(closes(pairs), fault).toEqual([]);
				lines[0]!.mend();
				await goesOn(pairs, 'Redis again');
			}
			lines[1]!.freeze();
			await wait(200);
			writing.stop();
			await wait(500);
			lines[1]!.mend();
			await expectEqualTexts(db, pairs, nodes[0]!.base);
			expect(closes(pairs)).toEqual([]);
			tell(
				`The line to Redis frozen and cut, ${ms / 1_000} s each: ${acknowledgedBy(pairs)} updates acknowledged across 2 servers, 0 missing, nobody closed.`
			);
		}
	);

	test(
		'of one server to the database, frozen for longer than a statement may take: nothing is called durable meanwhile, and nothing is lost',
		{ timeout: minutes(2, 10) },
		async (context) => {
			const { nodes, lines, pairs, writing } = await typingAcross(context, 2);
			const [behind, others] = nodes.map(({ base }) =>
				peopleOf(pairs).filter(({ provider }) => provider.serverUrl === base)
			) as [Person[], Person[]];
			const acknowledged = (people: Person[]) =>
				people.reduce((sum, { acknowledged }) => sum + acknowledged.updates, 0);
			// Longer than the 8 s of a statement and the 10 s until its answer is given up; then longer than it is tried again.
			const seconds = full ? [11, 40, 11, 40] : [11];
			for (const [i, s] of seconds.entries()) {
				await goesOn(pairs, 'people write');
				expect(lines[0]!.freeze()).toBeGreaterThan(1);
				await wait(300); // answers that were under way
				const before = [acknowledged(behind), acknowledged(others)] as const;
				await wait(s * 1_000);
				expect(acknowledged(behind), 'behind a frozen line nothing is called durable').toBe(before[0]);
				expect(acknowledged(others), 'the other server goes on').toBeGreaterThan(before[1] + 50);
				expect(await missing(db, pairs)).toEqual(nothingMissing);
				// What waited in the line arrives, or it never does.
				if (i >= 2) lines[0]!.cut();
				lines[0]!.mend();
				await until('those behind it write on', () => acknowledged(behind) > before[0] + 50, 60_000);
			}
			writing.stop();
			await expectEqualTexts(db, pairs, nodes[0]!.base);
			expect(nodes.every(({ alive }) => alive)).toBe(true);
			tell(
				`The line of one of two servers to the database frozen for ${seconds.join(', ')} s: ${acknowledgedBy(pairs)} updates acknowledged, 0 missing.`
			);
		}
	);

	// It takes as long as answers are waited for, so it is left to the long form.
	if (full)
		test(
			'of one server to the database, forgotten by a firewall: what was asked is asked again on new calls, and nothing is lost',
			{ timeout: minutes(2, 10) },
			async (context) => {
				const { nodes, lines, pairs, writing } = await typingAcross(context, 2);
				const behind = peopleOf(pairs).filter(({ provider }) => provider.serverUrl === nodes[0]!.base);
				const acknowledged = () => behind.reduce((sum, { acknowledged }) => sum + acknowledged.updates, 0);
				const times = 3;
				for (let i = 0; i < times; i++) {
					await goesOn(pairs, 'people write');
					lines[0]!.forget();
					await wait(300); // answers that were under way
					const before = acknowledged();
					await until('those behind it write on', () => acknowledged() > before + 50, 60_000);
					expect(await missing(db, pairs)).toEqual(nothingMissing);
				}
				writing.stop();
				await expectEqualTexts(db, pairs, nodes[0]!.base);
				tell(
					`The line of one of two servers to the database forgotten by a firewall: ${times} times; ${acknowledgedBy(pairs)} updates acknowledged, 0 missing.`
				);
			}
		);
});
