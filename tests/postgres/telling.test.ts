import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellThreads } from '#lib/discussion/telling.server.ts';
import { posts } from '#lib/discussion/schema.server.ts';
import { notifications } from '#lib/notification/schema.server.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import type { ServerDatabase } from '../postgres-server.ts';
import { ask, plantSaid, reply, type SaidWorld } from '../said-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: ServerDatabase;
let world: SaidWorld;
beforeAll(async () => {
	db = await serverDatabase();
	world = await plantSaid(db);
});
afterAll(() => db?.close());

const told = () => db.asOwner((tx) => tx.select().from(notifications).where(eq(notifications.personId, world.teacher)));

test('two servers that tell at the same time tell each once', async () => {
	const other = await openPostgres(db.url);
	try {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		for (let i = 0; i < 45; i++) await reply(db, world, world.mentor, threadId, `${i}`);
		const counts = await Promise.all([db, other, db, other, other].map((one) => tellThreads(one)));
		const all = await told();
		expect(all.length).toBe(45);
		// The teacher of each reply, peer and moderator of the thread and of new posts in it, the mentor, who answered, of the thread.
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(45 + 2 * 2 + 1);
		expect(new Set(all.map(({ key }) => key)).size).toBe(45);
	} finally {
		await other.close();
	}
});

test('a server that dies before it has committed has told nothing, and the next one tells it', async () => {
	const { threadId } = await ask(db, world, world.teacher, 'Norms', 'Which ones?');
	await tellThreads(db);
	const { id } = await reply(db, world, world.mentor, threadId, 'Few');
	const other = await openPostgres(db.url);
	// The connection is cut in the middle of the transaction, as by a kill.
	const dying = tellThreads({
		...other,
		asService: (work) =>
			other.asService(async (tx) => {
				const done = await work(tx);
				await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
				return done;
			})
	});
	await expect(dying).rejects.toThrow();
	const [post] = await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.id, id)));
	expect(post!.toldAt).toBeNull();
	expect((await told()).some(({ key }) => key === `post:${id}`)).toBe(false);
	await tellThreads(db);
	expect((await told()).filter(({ key }) => key === `post:${id}`).length).toBe(1);
	await other.close();
});
