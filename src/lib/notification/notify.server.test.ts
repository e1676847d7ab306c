import { and, asc, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { people } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { type Notice, notify, readAbout, withdraw } from './notify.server.ts';
import { notificationMutes, notifications } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

let rosa: string;
let tess: string;
beforeEach(async () => {
	[rosa, tess] = [uuidv7(), uuidv7()];
	await db.asOwner((tx) =>
		tx.insert(people).values([
			{ id: rosa, name: 'Rosa', initials: 'R' },
			{ id: tess, name: 'Tess', initials: 'T' }
		])
	);
});

const reply = (personId: string, key = `post:${uuidv7()}`, more: Partial<Notice> = {}): Notice => ({
	personId,
	kind: 'reply',
	key,
	about: 'thread:1',
	within: ['cohort:1'],
	title: 'Rosa replied in “Waiting”',
	href: '/threads/1',
	...more
});
const tell = (...notices: Notice[]) => db.asService((tx) => notify(tx, notices));
const seenBy = (personId: string) =>
	db.asPerson(personId, (tx) => tx.select().from(notifications).orderBy(asc(notifications.at)));
const all = (personId: string) =>
	db.asOwner((tx) => tx.select().from(notifications).where(eq(notifications.personId, personId)));

describe('telling', () => {
	test('the same key for the same person is one notice, however often and in one call too', async () => {
		expect(await tell(reply(tess, 'post:a'), reply(tess, 'post:a'), reply(rosa, 'post:a'))).toBe(2);
		expect(await tell(reply(tess, 'post:a', { title: 'Another' }))).toBe(0);
		expect((await seenBy(tess)).map(({ title }) => title)).toEqual(['Rosa replied in “Waiting”']);
	});

	test('whoever is deactivated, mutes it, or is not there is not told', async () => {
		await db.asPerson(tess, (tx) => tx.insert(notificationMutes).values({ personId: tess, about: 'cohort:1' }));
		await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, rosa)));
		expect(await tell(reply(tess), reply(rosa), reply(uuidv7()))).toBe(0);
		await db.asPerson(tess, (tx) =>
			tx
				.update(notificationMutes)
				.set({ until: new Date(Date.now() - 1) })
				.where(eq(notificationMutes.personId, tess))
		);
		expect(await tell(reply(tess))).toBe(1);
	});

	test('a long title of several lines becomes one line that fits', async () => {
		await tell(reply(tess, 'post:long', { title: `a\n\n${'😀'.repeat(400)}` }));
		const title = (await seenBy(tess))[0]!.title;
		expect(title).toMatch(/^a 😀+…$/u);
		expect(title.length).toBeLessThanOrEqual(300);
	});

	test('a link that leads elsewhere is refused', async () => {
		for (const href of ['https://example.org', '//example.org', '/\\example.org', 'threads'])
			await expect(tell(reply(tess, 'k', { href }))).rejects.toThrow();
	});

	test('nobody reads what was said to another, and marks nothing of theirs', async () => {
		await tell(reply(tess));
		expect(await seenBy(rosa)).toEqual([]);
		await db.asPerson(rosa, (tx) => readAbout(tx, tess, ['thread:1']));
		expect((await seenBy(tess))[0]!.readAt).toBeNull();
	});

	test('streams hear whom something was said to, and only that', async () => {
		const heard: string[] = [];
		const silence = await db.listen('notified', (payload) => heard.push(payload));
		await tell(reply(tess), reply(tess));
		await expect.poll(() => heard).toEqual([tess]);
		await silence();
	});
});

describe('reading and taking away', () => {
	test('whoever reads a thread has read what was said about it, and not the rest', async () => {
		await tell(reply(tess), reply(tess, 'other', { about: 'thread:2' }));
		await db.asPerson(tess, (tx) => readAbout(tx, tess, ['thread:1']));
		const read = new Map((await seenBy(tess)).map(({ about, readAt }) => [about, readAt !== null]));
		expect(read).toEqual(
			new Map([
				['thread:1', true],
				['thread:2', false]
			])
		);
	});

	test('what is withdrawn is gone with its words, and comes back under its key once it is told again', async () => {
		await tell(reply(tess, 'post:x:reply'), reply(rosa, 'post:x:reply'), reply(tess, 'post:xy'));
		await db.asService((tx) => withdraw(tx, { keyPrefix: 'post:x:' }));
		expect((await seenBy(tess)).map(({ key }) => key)).toEqual(['post:xy']);
		expect(await seenBy(rosa)).toEqual([]);
		expect((await all(rosa))[0]).toMatchObject({ title: '…', mailAfter: null });
		expect(await tell(reply(rosa, 'post:x:reply'))).toBe(1);
		expect(await seenBy(rosa)).toMatchObject([{ title: 'Rosa replied in “Waiting”', readAt: null }]);
	});

	test('who leaves an audience loses what was said about it, and the others do not', async () => {
		await tell(reply(tess), reply(rosa));
		await db.asService((tx) => withdraw(tx, { about: 'thread:1', personIds: [rosa] }));
		expect(await seenBy(rosa)).toEqual([]);
		expect(await seenBy(tess)).toHaveLength(1);
		await db.asService((tx) => withdraw(tx, { about: 'thread:1', personIds: [] }));
		expect(await seenBy(tess)).toHaveLength(1);
		await expect(db.asService((tx) => withdraw(tx, { personIds: [tess] }))).rejects.toThrow(TypeError);
	});

	test('a prefix is taken by its letters', async () => {
		await tell(reply(tess, 'post:1'), reply(tess, 'post_1'), reply(tess, 'post%'));
		await db.asService((tx) => withdraw(tx, { keyPrefix: 'post_' }));
		await db.asService((tx) => withdraw(tx, { keyPrefix: 'post%' }));
		expect((await seenBy(tess)).map(({ key }) => key)).toEqual(['post:1']);
	});

	test('the deletion of a person takes what they were told', async () => {
		await tell(reply(tess));
		await db.asOwner((tx) =>
			tx
				.update(people)
				.set({ deactivatedAt: new Date(), deletionAskedAt: new Date(), deletedAt: new Date() })
				.where(and(eq(people.id, tess)))
		);
		expect(await all(tess)).toEqual([]);
	});
});
