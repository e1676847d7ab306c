/** Mail that is held, on a real server: every round has a connection of its own, as every server has. */
import { eq, inArray } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emailAddresses, organizations, people } from '#lib/identity/schema.server.ts';
import { notify } from '#lib/notification/notify.server.ts';
import { sendHeld } from '#lib/notification/rounds.server.ts';
import { notifications } from '#lib/notification/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
const state = uuidv7();
beforeAll(async () => {
	db = await serverDatabase({ cast: false });
	await db.asOwner((tx) =>
		tx.insert(organizations).values({ id: state, kind: 'state', name: 'A state', timeZone: 'America/Chicago' })
	);
});
afterAll(() => db?.close());

const noon = new Date('2026-12-01T18:00:00Z');
const later = new Date('2026-12-01T18:10:00Z');
const origin = 'https://w.example';

async function crowd(many: number): Promise<string[]> {
	const ids = Array.from({ length: many }, () => uuidv7());
	await db.asOwner(async (tx) => {
		await tx.insert(people).values(ids.map((id) => ({ id, name: 'P', initials: 'P', organizationId: state })));
		await tx
			.insert(emailAddresses)
			.values(ids.map((personId) => ({ personId, address: `${personId}@school.example`, kind: 'school' as const })));
	});
	return ids;
}
const notices = (ids: string[], key: string) =>
	ids.map((personId) => ({ personId, kind: 'reply' as const, key, about: 't:1', title: 'R', href: '/', at: noon }));
const mailsTo = (ids: string[]) =>
	db.asOwner((tx) => tx.select().from(mailMessages).where(inArray(mailMessages.personId, ids)));

test('the same thing told by eight at the same instant is one notice', async () => {
	const ids = await crowd(20);
	const told = await Promise.all(
		Array.from({ length: 8 }, () => db.asService((tx) => notify(tx, notices(ids, 'post:1'))))
	);
	expect(told.reduce((sum, n) => sum + n, 0)).toBe(20);
});

test('eight servers that look at the same instant queue one mail for each', async () => {
	const ids = await crowd(120);
	await db.asService((tx) => notify(tx, notices(ids, 'post:2')));
	await Promise.all(Array.from({ length: 8 }, () => sendHeld(db, origin, {}, later)));
	await sendHeld(db, origin, {}, later);
	expect((await mailsTo(ids)).map(({ toAddress }) => toAddress).sort()).toEqual(
		ids.map((id) => `${id}@school.example`).sort()
	);
});

test('a round that dies before it is done has sent nothing, and the next sends all', async () => {
	const ids = await crowd(10);
	await db.asService((tx) => notify(tx, notices(ids, 'post:3')));
	// It dies where everything is written and nothing committed.
	const dying: Database = {
		...db,
		asService: <T>(work: (tx: Tx) => Promise<T>) =>
			db.asService(async (tx) => {
				await work(tx);
				throw new Error('the cable');
			})
	};
	await expect(sendHeld(dying, origin, {}, later)).rejects.toThrow('the cable');
	expect(await mailsTo(ids)).toEqual([]);
	await sendHeld(db, origin, {}, later);
	expect(await mailsTo(ids)).toHaveLength(10);
	const rows = await db.asOwner((tx) => tx.select().from(notifications).where(eq(notifications.key, 'post:3')));
	expect(rows.every(({ mailedAt, mailAfter }) => mailedAt !== null && mailAfter === null)).toBe(true);
});
