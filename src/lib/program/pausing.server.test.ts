import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { pauseWork, readPauses, resumeWork } from './pausing.server.ts';
import { restingOnes, restsSince } from './pausing.ts';
import { pauses } from './schema.server.ts';

const { rosa, idris, claire, pat, wei, noor } = cast.people;
const seatOf = (person: string) => cast.enrollments.find((one) => one.person === person)!.id;
const rosas = seatOf('rosa');
const waitTime = cast.microcredentials.waitTime.id;

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const seenBy = async (person: Person) =>
	(await db.asPerson(person.id, (tx) => readPauses(tx, [rosas]))).get(rosas) ?? [];
const soon = () => new Date(Date.now() + 60_000);

test('a teacher pauses everything and goes on; the two know why, the coach only since when, others nothing', async () => {
	await pauseWork(db, rosa, { enrollmentId: rosas, microcredentialId: null, reason: ' Report cards. ' }, null);
	for (const person of [rosa, idris])
		expect(await seenBy(person)).toMatchObject([{ reason: 'Report cards.', resumedAt: null }]);
	expect(await seenBy(claire)).toMatchObject([{ reason: null, microcredentialId: null }]);
	for (const person of [pat, noor, wei]) expect(await seenBy(person)).toEqual([]);
	expect(restsSince(await seenBy(claire), soon())).toBeInstanceOf(Date);
	await resumeWork(db, rosa, { enrollmentId: rosas, microcredentialId: null }, null);
	expect(await seenBy(rosa)).toMatchObject([{ reason: 'Report cards.', resumedAt: expect.any(Date) }]);
	expect(restsSince(await seenBy(rosa), soon())).toBe(null);
	const events = await db.asOwner((tx) =>
		tx
			.select()
			.from(auditEvents)
			.where(sql`kind in ('work-paused', 'work-resumed') and person_id = ${rosa.id}`)
	);
	expect(events.map(({ kind }) => kind).sort()).toEqual(['work-paused', 'work-resumed']);
	expect(JSON.stringify(events)).not.toContain('Report');
});

test('a single microcredential rests beside the others, and two clicks are one pause', async () => {
	const asked = { enrollmentId: rosas, microcredentialId: waitTime, reason: '' };
	await Promise.all([pauseWork(db, rosa, asked, null), pauseWork(db, rosa, asked, null)]);
	expect([...restingOnes(await seenBy(rosa), soon()).keys()]).toEqual([waitTime]);
	expect((await seenBy(rosa)).filter(({ resumedAt }) => !resumedAt)).toHaveLength(1);
	await resumeWork(db, rosa, asked, null);
	await resumeWork(db, rosa, asked, null);
	expect(restingOnes(await seenBy(rosa), soon()).size).toBe(0);
});

test('nobody pauses for somebody else, or what is in no stack of theirs', async () => {
	const asked = { enrollmentId: rosas, microcredentialId: null, reason: '' };
	for (const person of [idris, claire, pat, noor, wei])
		await expect(pauseWork(db, person, asked, null)).rejects.toMatchObject({ reason: 'not-found' });
	for (const [enrollmentId, microcredentialId] of [
		['x', null],
		[rosas, 'x'],
		[rosas, cast.timeToThink.id],
		// In a queue there is nothing to pause.
		[seatOf('wei'), null]
	] as const)
		await expect(
			pauseWork(db, enrollmentId === seatOf('wei') ? wei : rosa, { enrollmentId, microcredentialId, reason: '' }, null)
		).rejects.toMatchObject({ reason: 'not-found' });
	await expect(resumeWork(db, idris, asked, null)).rejects.toMatchObject({ reason: 'not-found' });
	await expect(pauseWork(db, rosa, { ...asked, reason: 'x'.repeat(301) }, null)).rejects.toMatchObject({
		reason: 'rule'
	});
	await expect(
		db.asPerson(rosa.id, (tx) =>
			tx.insert(pauses).values({ enrollmentId: rosas, personId: rosa.id, pausedAt: new Date('2026-01-01') })
		)
	).rejects.toThrow();
	const all = await db.asOwner((tx) => tx.select().from(pauses).where(eq(pauses.personId, rosa.id)));
	expect(all.filter(({ resumedAt }) => !resumedAt)).toEqual([]);
});
