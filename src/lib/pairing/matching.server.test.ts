import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { plantMentors, plantTeachers } from '../../../tests/pairing-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { proposePair } from './life.server.ts';
import {
	changePlan,
	discardPlan,
	enterFacts,
	planMatching,
	proposePlan,
	readMatching,
	setWeights
} from './matching.server.ts';
import { usualWeights } from './matching.ts';
import { matchings, pairEvents, pairs, programCapacity, teachingFacts } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'S', initials: 'S' });
const acting = (id: string, proof = proven) => ({ person: as(id), proof, whence: { network: null, userAgent: null } });
const said = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : String(error))
	);
async function program(teachers = 3, mentors = 2) {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	return { world, teachers: await plantTeachers(db, world, teachers), mentors: await plantMentors(db, world, mentors) };
}
const offer = (programId: string) =>
	sql`insert into program_stacks (program_id, stack_version_id)
		select program_id, stack_version_id from enrollments where program_id = ${programId} limit 1`;
const leave = (id: string) =>
	sql`update people set deactivated_at = now(), deletion_asked_at = now(), deleted_at = now() where id = ${id}`;
const shown = (world: PairWorld, search: string | null = null) =>
	readMatching(db, as(world.manager), world.programId, search);

test('a plan is made, changed by hand, made anew, and proposed all at once; then it is gone', async () => {
	const { world, teachers, mentors } = await program();
	const by = acting(world.manager);
	const entered = await enterFacts(
		db,
		by,
		world.programId,
		'Teacher 1; art\nTeacher 2; math; 9\nMentor 1; art\nMentor 2; math; 9\nNobody; art\nTeacher 3; art;;; Nothing'
	);
	expect(entered).toEqual({
		entered: 4,
		unclear: ['Nobody: nobody of this name', 'Teacher 3: “Nothing” is not in a stack of the program']
	});
	expect((await shown(world)).draft).toBeNull();
	expect(await planMatching(db, by, world.programId)).toEqual({ matched: 3 });
	const first = await shown(world);
	expect(first).toMatchObject({ teachers: 3, mentors: 3, places: 14, stale: 0, found: 3 });
	const row = (of: typeof first, i: number) => of.rows.find(({ teacher }) => teacher.id === teachers[i])!;
	expect(row(first, 0)).toMatchObject({
		mentor: { id: mentors[0] },
		why: 'same subject (art); 0 of 5 places taken',
		locked: false
	});
	expect(row(first, 1)).toMatchObject({
		mentor: { id: mentors[1] },
		why: 'same subject (math), same grade (9); 0 of 5 places taken'
	});
	expect(row(first, 2).unknown).toContain('subject');
	const change = (teacherId: string, act: string, mentorId = '') =>
		said(changePlan(db, by, world.programId, { teacherId, act, mentorId, override: null }));
	expect(await change(teachers[0]!, 'set', world.mentor)).toBe('done');
	expect(await change(teachers[1]!, 'apart')).toBe('done');
	for (const wrong of [
		change(teachers[0]!, 'set', world.stranger),
		change(world.stranger, 'set', world.mentor),
		change(teachers[1]!, 'apart'),
		change(teachers[0]!, 'dance')
	])
		expect(await wrong).toBe('rule');
	expect(row(await shown(world), 0)).toMatchObject({ mentor: { id: world.mentor }, locked: true });
	await planMatching(db, by, world.programId);
	const second = await shown(world);
	expect(row(second, 0).mentor!.id).toBe(world.mentor);
	expect(row(second, 1).mentor!.id).not.toBe(mentors[1]);
	expect(await change(teachers[0]!, 'free')).toBe('done');
	// Somebody is matched by hand meanwhile: the plan leaves them as they are.
	const meanwhile = { teacherId: teachers[2]!, mentorId: mentors[0]!, beginsWithId: null, override: null };
	await proposePair(db, by, world.programId, meanwhile);
	expect((await shown(world)).stale).toBe(1);
	expect(await proposePlan(db, by, world.programId)).toEqual({ proposed: 2 });
	const made = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.programId, world.programId)));
	expect(made.filter(({ status }) => status === 'proposed')).toHaveLength(3);
	const mine = made.find(({ teacherId }) => teacherId === teachers[0])!;
	expect(mine.mentorId).toBe(world.mentor);
	const [event] = await db.asOwner((tx) => tx.select().from(pairEvents).where(eq(pairEvents.pairId, mine.id)));
	expect(event).toMatchObject({
		kind: 'proposed',
		byPersonId: world.manager,
		reason: 'no wish in common that is known'
	});
	const after = await shown(world);
	expect([after.draft, after.teachers]).toEqual([null, 0]);
	expect(await said(proposePlan(db, by, world.programId))).toBe('rule');
	expect(await said(planMatching(db, by, world.programId))).toBe('rule');
	const log = await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, world.manager)));
	expect(log.map(({ kind }) => kind)).toContain('matching-proposed');
});

test('a plan that no longer holds proposes nothing at all', async () => {
	const { world, teachers } = await program(3, 0);
	const by = acting(world.manager);
	await planMatching(db, by, world.programId);
	await db.asOwner((tx) =>
		tx.insert(programCapacity).values({
			programId: world.programId,
			ruleKey: 'default',
			ownMost: 3,
			fromOn: '2026-01-01',
			reason: 'x',
			setById: world.manager
		})
	);
	// Of three that are planned there is room for two.
	expect(await said(proposePlan(db, by, world.programId))).toBe('rule');
	const open = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.programId, world.programId)));
	expect(open).toHaveLength(1);
	expect(await planMatching(db, by, world.programId)).toEqual({ matched: 2 });
	const { draft, rows } = await shown(world);
	expect(draft!.collisions).toEqual([
		'3 teachers need a mentor; only 2 places are free with mentors they may have, so 1 is left over.'
	]);
	expect(rows[0]!.mentor).toBeNull();
	expect(rows).toHaveLength(teachers.length);
});

test('who is not known to be ready is set by hand only with a reason, which goes into the history', async () => {
	const { world, teachers } = await program(1, 1);
	const by = acting(world.manager);
	const { competencies } = await shown(world);
	// The world's stack is not offered by its program: so nothing can be begun with by name.
	expect(competencies).toEqual([]);
	await db.asOwner((tx) => tx.execute(offer(world.programId)));
	await enterFacts(db, by, world.programId, 'Teacher 1;;;;One competency');
	expect(await planMatching(db, by, world.programId)).toEqual({ matched: 0 });
	expect((await shown(world)).draft!.collisions[0]).toContain(
		'Teacher 1 needs a mentor who is ready for One competency'
	);
	const set = (override: string | null) =>
		said(
			changePlan(db, by, world.programId, { teacherId: teachers[0]!, act: 'set', mentorId: world.mentor, override })
		);
	expect(await set('')).toBe('rule');
	expect(await set('She wrote the book.')).toBe('done');
	expect(await planMatching(db, by, world.programId)).toEqual({ matched: 1 });
	await proposePlan(db, by, world.programId);
	const events = await db.asOwner((tx) => tx.select().from(pairEvents).where(eq(pairEvents.kind, 'overridden')));
	expect(events.map(({ reason }) => reason)).toContain('She wrote the book.');
});

test('only a manager with a passkey plans, and only whoever manages sees a plan', async () => {
	const { world } = await program(1, 1);
	const doors = (id: string, proof = proven) => [
		planMatching(db, acting(id, proof), world.programId),
		proposePlan(db, acting(id, proof), world.programId),
		discardPlan(db, acting(id, proof), world.programId),
		setWeights(db, acting(id, proof), world.programId, () => '1'),
		enterFacts(db, acting(id, proof), world.programId, 'Teacher 1; art'),
		changePlan(db, acting(id, proof), world.programId, { teacherId: '', act: 'set', mentorId: '', override: null })
	];
	for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const) {
		for (const door of doors(world[who])) expect(await said(door), who).toBe('not-found');
		expect(await said(readMatching(db, as(world[who]), world.programId, null))).toBe('not-found');
	}
	for (const door of doors(world.manager, { openedBy: 'mail', passkeyAt: null }))
		expect(await said(door)).toBe('unproven');
	await setWeights(db, acting(world.manager), world.programId, () => '3');
	await planMatching(db, acting(world.manager), world.programId);
	expect((await shown(world)).weights).toEqual(Object.fromEntries(Object.keys(usualWeights).map((name) => [name, 3])));
	await discardPlan(db, acting(world.manager), world.programId);
	await discardPlan(db, acting(world.manager), world.programId);
	expect((await shown(world)).draft).toBeNull();
	expect((await shown(world)).weights.subject).toBe(3);
});

test('whoever is deleted stands in no plan, and nothing is known of what they taught', async () => {
	const { world, teachers } = await program(1, 1);
	await enterFacts(db, acting(world.manager), world.programId, 'Teacher 1; art');
	await planMatching(db, acting(world.manager), world.programId);
	await db.asOwner((tx) => tx.execute(leave(teachers[0]!)));
	expect(
		await db.asOwner((tx) => tx.select().from(teachingFacts).where(eq(teachingFacts.personId, teachers[0]!)))
	).toEqual([]);
	const [kept] = await db.asOwner((tx) => tx.select().from(matchings).where(eq(matchings.programId, world.programId)));
	expect(kept!.draft).toBeNull();
});
