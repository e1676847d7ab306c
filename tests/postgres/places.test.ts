/** Places of a mentor, asked for by many at the same instant: each needs a connection of its own, so on a Postgres server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '#lib/errors.ts';
import { acceptPair, declinePair, proposePair } from '#lib/pairing/life.server.ts';
import { pairEvents, pairs, programCapacity } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../pair-world.ts';
import { plantMentors, plantTeachers } from '../pairing-world.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'S', initials: 'S' });
const acting = (id: string) => ({ person: as(id), proof: proven, whence: { network: null, userAgent: null } });
const outcome = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : String(error))
	);
const count = (answers: string[]) =>
	Object.fromEntries(
		[...new Set(answers)].sort().map((one) => [one, answers.filter((answer) => answer === one).length])
	);
const propose = (world: PairWorld, teacherId: string, mentorId: string) =>
	outcome(
		proposePair(db, acting(world.manager), world.programId, { teacherId, mentorId, beginsWithId: null, override: null })
	);
const statesOf = (mentorId: string) =>
	db.asOwner(async (tx) =>
		count(
			(await tx.select({ status: pairs.status }).from(pairs).where(eq(pairs.mentorId, mentorId))).map((p) => p.status)
		)
	);

test(
	'of fifty teachers proposed to one mentor at once, exactly as many are as there are places',
	{ timeout: 60_000 },
	async () => {
		const world = await plantPair(db, { status: 'active', endedAs: null });
		const teachers = await plantTeachers(db, world, 50);
		const answers = await Promise.all(teachers.map((teacher) => propose(world, teacher, world.mentor)));
		expect(count(answers)).toEqual({ done: 4, rule: 46 });
		expect(await statesOf(world.mentor)).toEqual({ active: 1, proposed: 4 });
	}
);

test('of fifty proposals accepted at once, exactly as many are as there are places', { timeout: 60_000 }, async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [mentor] = await plantMentors(db, world, 1);
	const teachers = await plantTeachers(db, world, 50);
	// Proposed while a hundred were allowed; then the rule became ours again, which allows five.
	const ids = teachers.map(() => uuidv7());
	await db.asOwner(async (tx) => {
		await tx.insert(pairs).values(
			teachers.map((teacherId, i) => ({
				id: ids[i]!,
				programId: world.programId,
				teacherId,
				mentorId: mentor!,
				status: 'proposed' as const
			}))
		);
		await tx
			.insert(pairEvents)
			.values(ids.map((pairId) => ({ pairId, kind: 'accepted' as const, byPersonId: mentor! })));
	});
	const answers = await Promise.all(ids.map((id, i) => outcome(acceptPair(db, as(teachers[i]!), id))));
	expect(count(answers)).toEqual({ done: 5, rule: 45 });
	expect(await statesOf(mentor!)).toEqual({ accepted: 5, proposed: 45 });
	// Nothing is half done: who was refused has not accepted either, and a place that becomes free is theirs to take.
	const late = answers.indexOf('rule');
	await declinePair(db, as(teachers[answers.indexOf('done')]!), ids[answers.indexOf('done')]!, 'full');
	expect(await outcome(acceptPair(db, as(teachers[late]!), ids[late]!))).toBe('done');
});

test('both who accept at once, and twice, make one accepted pair', { timeout: 60_000 }, async () => {
	for (let round = 0; round < 10; round++) {
		const world = await plantPair(db, { status: 'proposed', endedAs: null });
		const who = [world.teacher, world.mentor, world.teacher, world.mentor];
		const answers = await Promise.all(who.map((id) => outcome(acceptPair(db, as(id), world.pairId))));
		expect(count(answers)).toEqual({ done: 4 });
		expect(await statesOf(world.mentor)).toEqual({ accepted: 1 });
		const events = await db.asOwner((tx) => tx.select().from(pairEvents).where(eq(pairEvents.pairId, world.pairId)));
		expect(events.filter(({ kind }) => kind === 'accepted')).toHaveLength(2);
	}
});

test('a teacher who is proposed to ten mentors at once has one', { timeout: 60_000 }, async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const mentors = await plantMentors(db, world, 10);
	const [teacher] = await plantTeachers(db, world, 1);
	const answers = await Promise.all(mentors.map((mentor) => propose(world, teacher!, mentor)));
	expect(count(answers)).toEqual({ done: 1, rule: 9 });
});

test(
	'a program of another number, asked at once with this one, counts the same places',
	{ timeout: 60_000 },
	async () => {
		const here = await plantPair(db, { status: 'active', endedAs: null });
		const there = await plantPair(db, { status: 'active', endedAs: null });
		await db.asOwner((tx) =>
			tx.insert(pairs).values({
				programId: there.programId,
				teacherId: here.stranger,
				mentorId: here.mentor,
				status: 'paused'
			})
		);
		await db.asOwner((tx) =>
			tx.insert(programCapacity).values({
				programId: there.programId,
				ruleKey: 'default',
				ownMost: 3,
				fromOn: '2026-01-01',
				reason: 'x',
				setById: there.manager
			})
		);
		const [a, b] = [await plantTeachers(db, here, 10), await plantTeachers(db, there, 10)];
		const answers = await Promise.all([
			...a.map((teacher) => propose(here, teacher, here.mentor)),
			...b.map((teacher) => propose(there, teacher, here.mentor))
		]);
		// Two are taken; here five are allowed in all, there three.
		expect(answers.filter((answer) => answer === 'done').length).toBe(3);
		expect(answers.slice(10).filter((answer) => answer === 'done').length).toBeLessThanOrEqual(1);
	}
);
