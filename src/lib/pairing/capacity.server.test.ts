import { and, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { plantTeachers } from '../../../tests/pairing-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { cases } from './capacity.cases.ts';
import { enterHours, readCapacity, readMentorPlaces, setCapacity } from './capacity.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import { proposePair } from './life.server.ts';
import { readMentors } from './mentors.server.ts';
import { capacityRules, mentorHours, pairs, programCapacity } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const acting = (id: string) => ({
	person: { id, name: 'S', initials: 'S' },
	proof: proven,
	whence: { network: null, userAgent: null }
});
const said = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : String(error))
	);
const placesOf = (world: PairWorld) =>
	db.asPerson(world.manager, async (tx) =>
		(await readMentorPlaces(tx, world.programId, await readCapacity(tx, world.programId))).get(world.mentor)
	);
const bind = (world: PairWorld, ruleKey: string, ownMost: number | null = null, fromOn = '2026-01-01') =>
	db.asOwner((tx) =>
		tx
			.insert(programCapacity)
			.values({ programId: world.programId, ruleKey, ownMost, fromOn, reason: 'x', setById: world.manager })
	);
const teaches = (world: PairWorld, hours: number, fromOn = '2026-01-01') =>
	db.asOwner((tx) =>
		tx
			.insert(mentorHours)
			.values({ programId: world.programId, mentorId: world.mentor, hours, fromOn, enteredById: world.manager })
	);

test.for(cases)('the database has for %s, own number %s, teaching %s hours: %s', async ([key, own, hours, most]) => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	await bind(world, key, own);
	if (hours !== null) await teaches(world, hours);
	// What the page says, out of the function.
	expect(await placesOf(world)).toMatchObject({ most, taken: 1, begun: 1, hours });
	// What the database holds: so many go through and not one more.
	const teachers = await plantTeachers(db, world, most);
	const asked = (teacherId: string) =>
		said(
			proposePair(db, acting(world.manager), world.programId, {
				teacherId,
				mentorId: world.mentor,
				beginsWithId: null,
				override: null
			})
		);
	for (const teacher of teachers.slice(0, most - 1)) expect(await asked(teacher)).toBe('done');
	expect(await asked(teachers[most - 1]!)).toBe('rule');
});

test('what counts is what has begun: a later setting waits, the newest of a day wins, an older rule is not rewritten', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	expect((await placesOf(world))!.most).toBe(5);
	await bind(world, 'maryland', null, '2999-01-01');
	expect((await placesOf(world))!.most).toBe(5);
	await bind(world, 'texas');
	await teaches(world, 5.9);
	await teaches(world, 6, '2999-01-01');
	expect((await placesOf(world))!.most).toBe(4);
	await bind(world, 'maryland');
	expect((await placesOf(world))!.most).toBe(15);
	const key = `law-${uuidv7()}`;
	const law = { key, name: 'A law', source: 's', asOf: '2026-11-23' };
	await db.asOwner((tx) =>
		tx.insert(capacityRules).values([
			{ ...law, most: 7 },
			{ ...law, most: 6, fromOn: '2026-02-01' },
			{ ...law, most: 3, fromOn: '2999-01-01' }
		])
	);
	await bind(world, key);
	expect((await placesOf(world))!.most).toBe(6);
});

test('a stricter rule ends no pair, is said, and lets nobody in until there is room', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [one, two] = await plantTeachers(db, world, 2);
	const asked = (teacherId: string) =>
		said(
			proposePair(db, acting(world.manager), world.programId, {
				teacherId,
				mentorId: world.mentor,
				beginsWithId: null,
				override: null
			})
		);
	expect(await asked(one!)).toBe('done');
	const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format();
	const setting = { ruleKey: 'default', ownMost: '1', fromOn: today, reason: 'Fewer' };
	expect(await setCapacity(db, acting(world.manager), world.programId, setting)).toEqual({ over: 1 });
	expect(await placesOf(world)).toMatchObject({ most: 1, taken: 2, proposed: 1, begun: 1 });
	expect(await asked(two!)).toBe('rule');
	const open = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.mentorId, world.mentor)));
	expect(open.map(({ status }) => status).sort()).toEqual(['active', 'proposed']);
	expect((await db.asPerson(world.teacher, (tx) => readCapacity(tx, world.programId))).settings).toEqual([
		{ ruleKey: 'default', ownMost: 1, fromOn: today, reason: 'Fewer', now: true }
	]);
});

test('only a manager sets and enters, and the mentor reads in their record that it was entered', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format();
	const setting = { ruleKey: 'maryland', ownMost: '', fromOn: today, reason: 'Law' };
	const hours = { mentorId: world.mentor, hours: '5.5', fromOn: today };
	for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const) {
		expect(await said(setCapacity(db, acting(world[who]), world.programId, setting)), who).toBe('not-found');
		expect(await said(enterHours(db, acting(world[who]), world.programId, hours)), who).toBe('not-found');
	}
	expect(
		await said(enterHours(db, acting(world.manager), world.programId, { ...hours, mentorId: world.stranger }))
	).toBe('not-found');
	expect(await enterHours(db, acting(world.manager), world.programId, hours)).toEqual({ hours: 5.5 });
	await enterHours(db, acting(world.manager), world.programId, hours);
	const rows = await db.asPerson(world.mentor, (tx) => tx.select().from(mentorHours));
	expect(rows.map((row) => row.hours)).toEqual([5.5]);
	const events = await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, world.mentor)));
	expect(events.map(({ kind }) => kind)).toEqual(['teaching-hours-entered']);
});

test('whoever is due for a mentor first is named first, with the day that the rule sets', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [later, first] = await plantTeachers(db, world, 2);
	const enrolled = (id: string, day: string) =>
		db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ enrolledAt: new Date(`${day}T18:00:00Z`) })
				.where(and(eq(enrollments.personId, id), eq(enrollments.programId, world.programId)))
		);
	await enrolled(later!, '2026-10-05');
	await enrolled(first!, '2026-09-01');
	const waiting = async () =>
		(await readMentors(db, acting(world.manager).person, world.programId, null)).waiting.map(({ id, due }) => [
			id,
			due
		]);
	expect((await waiting()).map(([, due]) => due)).toEqual([null, null]);
	await bind(world, 'california');
	expect(await waiting()).toEqual([
		[first, 'mentor due by 1 October 2026'],
		[later, 'mentor due by 4 November 2026']
	]);
	await bind(world, 'texas', null, '2026-01-02');
	expect((await waiting()).map(([, due]) => due)).toEqual([
		'mentor due by a day not known',
		'mentor due by a day not known'
	]);
});
