/** Several servers on one database: what they tell each other, through Postgres and through Redis. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readState } from '#lib/reflection/log.server.ts';
import { migrate } from '#lib/server/migrate.ts';
import type { Database } from '#lib/server/database.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { LiveRoom, plantReflection, signIn, until, type Writer } from '../live-room.ts';
import { freshDatabase } from '../postgres-server.ts';
import { anyRedis, redisInstalled, startRedis } from '../redis-server.ts';

/** The summary of a run without any says so (`scripts/test.ts`). */
const redis = await anyRedis();

let db: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
	const fresh = await freshDatabase();
	drop = fresh.drop;
	db = await openPostgres(fresh.url);
	await migrate(db);
});
afterAll(async () => {
	await redis?.close();
	await db?.close();
	await drop?.();
});

const stored = async (id: string) => {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, (await db.asService((tx) => readState(tx, id))).update);
	return doc.getText('text').toString();
};
const names = ({ provider }: Writer) =>
	[...provider.awareness.getStates().values()].flatMap(
		({ user }) => (user as { name?: string } | undefined)?.name ?? []
	);

describe.each(redis ? ['postgres', 'redis'] : ['postgres'])('through %s', (way) => {
	const rooms = async (count: number) => {
		const redisUrl = way === 'redis' ? redis?.url : undefined;
		const all = await Promise.all(Array.from({ length: count }, () => new LiveRoom(db, { redisUrl }).start()));
		await until('they know of each other', () => all.every(({ live }) => live.figures.otherServers === count - 1));
		return all;
	};

	test('people on three servers write one text, and each sees the others with the names that the servers know', async () => {
		const three = await rooms(3);
		try {
			const pair = await plantReflection(db);
			const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
			const a = await three[0]!.joined(pair.reflectionId, teacher);
			const b = await three[1]!.joined(pair.reflectionId, mentor);
			const c = await three[2]!.joined(pair.reflectionId, teacher);
			for (const { provider } of [a, b, c]) provider.awareness.setLocalStateField('user', { name: 'Somebody else' });
			for (let i = 0; i < 60; i++) {
				a.text.insert(0, `a${i} `);
				b.text.insert(b.text.length, ` b${i}`);
				if (i % 3 === 0) c.text.insert(c.text.length >> 1, 'c');
				await wait(5);
			}
			await until('all agree', () => {
				const texts = [a, b, c].map(({ text }) => text.toString());
				return texts[0]!.includes('a59') && texts[0]!.includes('b59') && new Set(texts).size === 1;
			});
			expect(await stored(pair.reflectionId)).toBe(a.text.toString());
			await until('each sees the others', () => [a, b, c].every((writer) => names(writer).length === 3));
			for (const writer of [a, b, c])
				expect(
					names(writer).filter((name) => name === 'Somebody else'),
					'only what one says of oneself'
				).toHaveLength(1);

			// One server goes: its people are gone from the others' pages, and can come back on another.
			c.leave();
			await until('who left is not seen any more', () => [a, b].every((writer) => names(writer).length === 2));
			await three[1]!.close();
			await until('neither are those of a server that went', () => names(a).length === 1);
			const again = await three[2]!.joined(pair.reflectionId, mentor, b.doc);
			again.text.insert(0, 'back ');
			await until('their words arrive', () => a.text.toString().startsWith('back '));
		} finally {
			await Promise.all(three.map((room) => room.close()));
		}
	});

	test('who was here before a server came up is seen by those who come in through it', async () => {
		const [first] = await rooms(1);
		const pair = await plantReflection(db);
		const [teacher, mentor] = [await signIn(db, pair.teacher), await signIn(db, pair.mentor)];
		const a = await first!.joined(pair.reflectionId, teacher);
		a.provider.awareness.setLocalStateField('cursor', null);
		const second = await new LiveRoom(db, { redisUrl: way === 'redis' ? redis?.url : undefined }).start();
		try {
			const b = await second.joined(pair.reflectionId, mentor);
			await until('the mentor sees the teacher', () => names(b).length === 1, 20_000);
		} finally {
			await Promise.all([first!.close(), second.close()]);
		}
	});
});

if (redisInstalled())
	test('while Redis is away, and after it has forgotten everything, words arrive all the same', async () => {
		const redis = await startRedis();
		const both = await Promise.all([0, 1].map(() => new LiveRoom(db, { redisUrl: redis.url }).start()));
		try {
			const pair = await plantReflection(db);
			const a = await both[0]!.joined(pair.reflectionId, await signIn(db, pair.teacher));
			const b = await both[1]!.joined(pair.reflectionId, await signIn(db, pair.mentor));
			const arrives = async (words: string) => {
				a.text.insert(0, words);
				await until(`${words} arrives`, () => b.text.toString().includes(words));
			};
			await arrives('with Redis ');
			await redis.stop();
			await arrives('without ');
			await redis.start();
			await arrives('and with it again ');
			expect(await stored(pair.reflectionId)).toBe(b.text.toString());
		} finally {
			await Promise.all(both.map((room) => room.close()));
			await redis.close();
		}
	});
