/** Limits that several servers count together, on a real Postgres and a real Redis. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { limits } from '#lib/server/limits/kinds.ts';
import { Limits } from '#lib/server/limits/limits.server.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { rateLimits } from '#lib/server/schema.server.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { redisInstalled, startRedis, type RedisServer } from '../redis-server.ts';
import { serverDatabase } from '../with-database.ts';

let db: ServerDatabase;
const open: Limits[] = [];
const opened = (redisUrl?: string, database = () => db as Pick<ServerDatabase, 'serviceSession'>) => {
	const server = new Limits(database as () => ServerDatabase, redisUrl);
	open.push(server);
	return server;
};
beforeAll(async () => void (db = await serverDatabase()));
afterAll(() => db?.close());
beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
afterEach(async () => {
	vi.restoreAllMocks();
	await Promise.all(open.splice(0).map((server) => server.close()));
	await db.asService((tx) => tx.delete(rateLimits));
});

/** So many at the same instant, spread over the servers. @returns how many were let through */
async function through(servers: Limits[], times: number, who: string): Promise<number> {
	const answers = await Promise.all(
		Array.from({ length: times }, (_, i) => servers[i % servers.length]!.take('costly', who))
	);
	return answers.filter((wait) => wait === null).length;
}

test('of many at the same instant on three servers no more get through than the limit says', async () => {
	const servers = [opened(), opened(), opened()];
	expect(await through(servers, limits.costly.points * 3, 'ada')).toBe(limits.costly.points);
	expect(await through(servers, 3, 'ben')).toBe(3);
});

test('a database that is away lets no guess through, and counts again when it is back', async () => {
	const url = new URL(db.url);
	url.port = '1';
	const nowhere = { serviceSession: () => sessionTo(url.href) };
	await expect(opened(undefined, () => nowhere).take('knocks', 'ada')).rejects.toMatchObject({ reason: 'away' });
	let isBack = false;
	const there = opened(undefined, () => {
		if (!isBack) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
		return db;
	});
	await expect(there.take('knocks', 'ada')).rejects.toMatchObject({ reason: 'away' });
	isBack = true;
	expect(await there.take('knocks', 'ada')).toBeNull();
});

/** A session to where nobody listens. */
function sessionTo(url: string) {
	const run = async () => {
		throw await openPostgres(url).then(
			() => new Error('somebody listens there'),
			(error: Error) => error
		);
	};
	return { run, read: run, close: async () => {} };
}

const withRedis = redisInstalled() ? describe : () => {}; // the end of a test run says so
withRedis('with a Redis', () => {
	let redis: RedisServer;
	beforeAll(async () => void (redis = await startRedis()));
	afterAll(() => redis?.close());
	const ready = async (server: Limits) => {
		const inTable = async () => (await db.asService((tx) => tx.select().from(rateLimits))).length;
		// Until the connection stands Postgres counts; then its table stays empty.
		await expect
			.poll(
				async () => {
					await db.asService((tx) => tx.delete(rateLimits));
					await server.take('knocks', 'nobody in particular');
					return inTable();
				},
				{ timeout: 10_000 }
			)
			.toBe(0);
	};

	test('several servers count in it, and not in Postgres', async () => {
		const servers = [opened(redis.url), opened(redis.url)];
		for (const server of servers) await ready(server);
		expect(await through(servers, limits.costly.points * 2, 'ada')).toBe(limits.costly.points);
		expect(await db.asService((tx) => tx.select().from(rateLimits))).toEqual([]);
	});

	test('what was given back may be taken again', async () => {
		const server = opened(redis.url);
		await ready(server);
		for (let i = 0; i < limits.costly.points; i++) await server.take('costly', 'dan');
		server.giveBack('costly', 'dan');
		expect(await server.take('costly', 'dan')).toBeNull();
		expect(await server.take('costly', 'dan')).not.toBeNull();
	});

	test('while it is away Postgres counts; when both are, no guess gets through', async () => {
		const server = opened(redis.url);
		const refused = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
		const alone = opened(redis.url, () => ({
			serviceSession: () => ({ run: refused, read: refused, close: async () => {} })
		}));
		await ready(server);
		await redis.stop();
		expect(await through([server], limits.costly.points * 2, 'eve')).toBe(limits.costly.points);
		const [row] = await db.asService((tx) => tx.select().from(rateLimits));
		expect(row!.points).toBeGreaterThan(limits.costly.points);
		await expect(alone.take('knocks', 'eve')).rejects.toMatchObject({ reason: 'away' });
		await redis.start();
		await ready(server);
		expect(await server.take('costly', 'fay')).toBeNull();
	});
});
