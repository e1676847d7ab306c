/** What somebody had seen when they left is noted, on real sockets. */
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import { LiveRoom, plantReflection, signIn, until } from '../live-room.ts';
import { withDatabase } from '../with-database.ts';

let db: Database;
const rooms: LiveRoom[] = [];
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(async () => {
	for (const room of rooms) await room.close();
	await db?.close();
});

const room = async (leftAfterMs: number) => {
	const made = await new LiveRoom(db, { leftAfterMs, lookThroughMs: 20 }).start();
	rooms.push(made);
	return made;
};
const looks = async (reflectionId: string) =>
	(
		(await db.asOwner((tx) =>
			tx.execute(sql`select person_id, up_to_number from reflection_looks where reflection_id = ${reflectionId}::uuid`)
		)) as unknown as { rows: { person_id: string; up_to_number: number }[] }
	).rows;

test('whoever leaves has seen what was there, and nobody who stays, or who comes back in time', async () => {
	const here = await room(200);
	const { reflectionId, teacher, mentor } = await plantReflection(db);
	const [rosa, idris] = [await signIn(db, teacher), await signIn(db, mentor)];
	const writing = await here.joined(reflectionId, rosa);
	const reading = await here.joined(reflectionId, idris);
	writing.text.insert(0, 'I waited.');
	await until('the mentor has it', () => reading.text.toString() === 'I waited.');
	reading.leave();
	await wait(50);
	const again = await here.joined(reflectionId, idris);
	await wait(400);
	expect(await looks(reflectionId)).toEqual([]);
	again.leave();
	await until('it is noted', async () => (await looks(reflectionId)).length > 0);
	expect(await looks(reflectionId)).toEqual([{ person_id: mentor, up_to_number: 1 }]);
});

test('when the server stops, those who had left are noted at once, and those who are here come back', async () => {
	const here = await room(60_000);
	const { reflectionId, teacher, mentor } = await plantReflection(db);
	const writing = await here.joined(reflectionId, await signIn(db, teacher));
	const reading = await here.joined(reflectionId, await signIn(db, mentor));
	writing.text.insert(0, 'I waited.');
	await until('the mentor has it', () => reading.text.toString() === 'I waited.');
	reading.leave();
	await wait(50);
	rooms.splice(rooms.indexOf(here), 1);
	await here.close();
	expect(await looks(reflectionId)).toEqual([{ person_id: mentor, up_to_number: 1 }]);
});
