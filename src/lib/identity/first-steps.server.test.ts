import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { finishFirstSteps, owesFirstSteps, readFirstSteps, saveTimes } from './first-steps.server.ts';
import { freeTimes, personSettings, roles } from './schema.server.ts';

const { jonah, rosa, idris, claire } = cast.people;
let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

test('of the cast only the newcomer is led to the first steps', async () => {
	const owing = [];
	for (const person of Object.values(cast.people)) if (await owesFirstSteps(db, person)) owing.push(person.name);
	expect(owing).toEqual([jonah.name]);
});

test('each role has its steps', async () => {
	for (const [who, steps] of [
		[jonah, ['stack', 'time', 'who']],
		[idris, ['time', 'who']],
		[claire, ['who']]
	] as const)
		expect((await readFirstSteps(db, who)).steps).toEqual(steps);
});

test('somebody without a role now has no steps and is led nowhere', async () => {
	const before = await db.asOwner((tx) => tx.select().from(roles).where(eq(roles.personId, jonah.id)));
	await db.asOwner((tx) => tx.update(roles).set({ untilAt: new Date() }).where(eq(roles.personId, jonah.id)));
	expect(await owesFirstSteps(db, jonah)).toBe(false);
	expect((await readFirstSteps(db, jonah)).steps).toEqual([]);
	await db.asOwner((tx) => tx.update(roles).set({ untilAt: before[0]!.untilAt }).where(eq(roles.personId, jonah.id)));
});

test('what was said is there on the way back, and is replaced by what is said next', async () => {
	const times = { beforeSchool: true, evening: false, days: [{ weekday: 3, at: '15:15' }] };
	await saveTimes(db, jonah, { times, remind: 'daily' });
	expect(await readFirstSteps(db, jonah)).toMatchObject({ times, remind: 'daily', next: 'who', takenAt: null });
	const other = { beforeSchool: false, evening: true, days: [] };
	await Promise.all([
		saveTimes(db, jonah, { times: other, remind: 'never' }),
		saveTimes(db, jonah, { times: other, remind: 'never' })
	]);
	expect(await readFirstSteps(db, jonah)).toMatchObject({ times: other, remind: 'never' });
	expect(await owesFirstSteps(db, jonah)).toBe(true);
});

test('once they are taken nobody is led there again, and the first time counts', async () => {
	const first = new Date('2026-11-25T12:00:00Z');
	await finishFirstSteps(db, jonah, first);
	await finishFirstSteps(db, jonah, new Date('2026-11-26T12:00:00Z'));
	expect((await readFirstSteps(db, jonah)).takenAt).toEqual(first);
	expect(await owesFirstSteps(db, jonah)).toBe(false);
	expect((await readFirstSteps(db, jonah)).remind).toBe('never');
});

test('times and choices are seen and written by their person alone', async () => {
	const seen = await db.asPerson(rosa.id, async (tx) => [
		...(await tx.select({ of: freeTimes.personId }).from(freeTimes)),
		...(await tx.select({ of: personSettings.personId }).from(personSettings))
	]);
	expect(new Set(seen.map(({ of }) => of))).toEqual(new Set([rosa.id]));
	await expect(
		db.asPerson(rosa.id, (tx) =>
			tx.insert(freeTimes).values({ personId: jonah.id, startsAt: '10:00', endsAt: '11:00' })
		)
	).rejects.toThrow();
	const changed = await db.asPerson(rosa.id, (tx) =>
		tx.update(personSettings).set({ remind: 'daily' }).where(eq(personSettings.personId, jonah.id)).returning()
	);
	expect(changed).toEqual([]);
});
