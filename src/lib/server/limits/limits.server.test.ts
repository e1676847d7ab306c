import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../database.ts';
import { rateLimits } from '../schema.server.ts';
import { withDatabase } from '../../../../tests/with-database.ts';
import { crowd, limits } from './kinds.ts';
import { Limits, sweepLimits } from './limits.server.ts';

let db: Database;
/** How many statements the store was sent. */
let statements = 0;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db.close());
afterEach(() => vi.restoreAllMocks());

const counting: Database = {
	...({} as Database),
	serviceSession: () => {
		const session = db.serviceSession();
		return {
			...session,
			run: (text, values) => {
				statements++;
				return session.run(text, values);
			}
		};
	}
};
const open = () => new Limits(() => counting);
const quiet = () => vi.spyOn(console, 'log').mockImplementation(() => {});

/** Takes until there is no more. @returns how many were taken */
async function takeAll(of: Limits, name: keyof typeof limits, who: string, near = false): Promise<number> {
	let taken = 0;
	while ((await of.take(name, who, near)) === null) taken++;
	return taken;
}

test('a wide limit lets through what it says, for each by themselves, and asks no database', async () => {
	quiet();
	const here = open();
	const before = statements;
	expect(await takeAll(here, 'person', 'ada')).toBe(limits.person.points);
	expect(await here.take('person', 'ben')).toBeNull();
	expect(await takeAll(here, 'upgrades', '192.0.2.1')).toBe(limits.upgrades.points);
	expect(statements).toBe(before);
});

test('where many may stand behind one address, it is ten times as much', async () => {
	quiet();
	expect(await takeAll(open(), 'upgrades', '127.0.0.1', true)).toBe(limits.upgrades.points * crowd);
});

test('whoever is over a limit is told how long to wait, and it is written down once', async () => {
	const log = quiet();
	const here = open();
	await takeAll(here, 'changes', 'ada');
	const wait = await here.take('changes', 'ada');
	expect(wait).toMatchObject({ limit: 'changes', sentence: expect.stringContaining('was not made') });
	expect(wait!.seconds).toBeGreaterThan(0);
	expect(wait!.seconds).toBeLessThanOrEqual(limits.changes.seconds);
	expect(log.mock.calls.filter(([line]) => line.includes('too-many'))).toHaveLength(1);
	expect(JSON.stringify(log.mock.calls)).not.toContain('ada');
});

test('a narrow limit is one for all servers, and a flood beyond it costs the database nothing', async () => {
	quiet();
	const [one, other] = [open(), open()];
	let taken = 0;
	for (const server of [one, other]) {
		const half = limits.costly.points / 2;
		for (let i = 0; i < half; i++) if ((await server.take('costly', 'ada')) === null) taken++;
	}
	expect(taken).toBe(limits.costly.points);
	expect(await one.take('costly', 'ada')).not.toBeNull();
	expect(await other.take('costly', 'ada')).not.toBeNull();
	const before = statements;
	for (let i = 0; i < 10_000; i++) expect(await one.take('costly', 'ada')).not.toBeNull();
	expect(statements).toBe(before);
});

test('what was given back may be taken again', async () => {
	quiet();
	const here = open();
	for (let i = 0; i < limits.costly.points; i++) await here.take('costly', 'eve');
	here.giveBack('costly', 'eve');
	await expect
		.poll(async () => (await db.asService((tx) => tx.select().from(rateLimits))).map(({ points }) => points))
		.toContain(limits.costly.points - 1);
	expect(await here.take('costly', 'eve')).toBeNull();
	expect(await here.take('costly', 'eve')).not.toBeNull();
});

test('no address and no person stands in the table', async () => {
	await open().take('knocks', '192.0.2.77');
	const rows = await db.asService((tx) => tx.select().from(rateLimits));
	expect(rows.length).toBeGreaterThan(0);
	for (const { key } of rows) expect(key).toMatch(/^(knocks|costly):[\w-]{22}$/);
});

test('what is over is removed, and what counts stays', async () => {
	await open().take('knocks', 'stays');
	const count = async () => (await db.asService((tx) => tx.select().from(rateLimits))).length;
	const before = await count();
	await sweepLimits(db);
	expect(await count()).toBe(before);
	await sweepLimits(db, new Date(Date.now() + 3 * 3600_000));
	expect(await count()).toBe(0);
});

test('a limit on guessing is not passed over while the database is away, and a wide one is not felt', async () => {
	const log = quiet();
	const away = new Limits(() => {
		throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
	});
	await expect(away.take('knocks', '192.0.2.1')).rejects.toMatchObject({ reason: 'away' });
	await expect(away.take('costly', 'ada')).rejects.toMatchObject({ reason: 'away' });
	expect(await away.take('network', '192.0.2.1')).toBeNull();
	away.giveBack('knocks', '192.0.2.1');
	expect(JSON.stringify(log.mock.calls)).not.toContain('192.0.2.1');
});
