import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { plantMentors, plantTeachers } from '../../../tests/pairing-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import {
	acceptPair,
	answerAsk,
	askPause,
	askToGoOn,
	beginPair,
	declinePair,
	proposePair,
	rematch
} from './life.server.ts';
import { endPair, readPair } from './pair.server.ts';
import { anchorScores, pairEvents, pairs } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const acting = (id: string, proof = proven) => ({ person: as(id), proof, whence: { network: null, userAgent: null } });
const said = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : String(error))
	);
const historyOf = async (world: PairWorld, pairId = world.pairId) =>
	(
		await db.asOwner((tx) =>
			tx.select().from(pairEvents).where(eq(pairEvents.pairId, pairId)).orderBy(pairEvents.at, pairEvents.id)
		)
	).map(
		({ kind, byPersonId }) => `${kind} ${Object.entries(world).find(([, id]) => id === byPersonId)?.[0] ?? 'program'}`
	);
const statusOf = async (pairId: string) =>
	(await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.id, pairId))))[0]!.status;

test('a pair is proposed, accepted by both, begun, paused as agreed, and goes on as agreed: each with who and when', async () => {
	const world = await plantPair(db, { status: 'ended', endedAs: 'rematched' });
	const by = acting(world.manager);
	const { pairId } = await proposePair(db, by, world.programId, {
		teacherId: world.teacher,
		mentorId: (await plantMentors(db, world, 1))[0]!,
		beginsWithId: null,
		override: null
	});
	const [row] = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.id, pairId)));
	expect(row).toMatchObject({ status: 'proposed', followsId: world.pairId, activeAt: null });
	const mentor = row!.mentorId;
	const [teacher] = [world.teacher];
	expect(await said(beginPair(db, as(teacher), pairId))).toBe('rule');
	expect(await acceptPair(db, as(mentor), pairId)).toEqual({ both: false });
	expect(await acceptPair(db, as(mentor), pairId)).toEqual({ both: false });
	expect(await acceptPair(db, as(teacher), pairId)).toEqual({ both: true });
	expect(await acceptPair(db, as(teacher), pairId)).toEqual({ both: true });
	expect(await statusOf(pairId)).toBe('accepted');
	await beginPair(db, as(teacher), pairId);
	await beginPair(db, as(mentor), pairId);
	expect((await readPair(db, as(teacher), null, pairId)).activeAt).toBeInstanceOf(Date);
	// One asks, the other agrees.
	expect(await said(askPause(db, as(teacher), pairId, 'no such reason'))).toBe('rule');
	await askPause(db, as(teacher), pairId, 'school');
	await askPause(db, as(teacher), pairId, 'school');
	expect(await statusOf(pairId)).toBe('active');
	expect(await said(answerAsk(db, as(teacher), pairId, true))).toBe('rule');
	await answerAsk(db, as(mentor), pairId, false);
	expect(await said(answerAsk(db, as(mentor), pairId, true))).toBe('rule');
	await askPause(db, as(teacher), pairId, 'school');
	await answerAsk(db, as(mentor), pairId, true);
	expect(await statusOf(pairId)).toBe('paused');
	// Both asking the same is an agreement too.
	await askToGoOn(db, as(mentor), pairId);
	expect(await statusOf(pairId)).toBe('paused');
	await askToGoOn(db, as(teacher), pairId);
	expect(await statusOf(pairId)).toBe('active');
	const events = (await readPair(db, as(teacher), null, pairId)).events;
	expect(
		events.map(({ kind, byId }) => `${kind} ${byId === teacher ? 'teacher' : byId === mentor ? 'mentor' : '?'}`)
	).toEqual([
		'proposed ?',
		'accepted mentor',
		'accepted teacher',
		'started teacher',
		'pause-asked teacher',
		'not-now mentor',
		'pause-asked teacher',
		'paused mentor',
		'resume-asked mentor',
		'resumed teacher'
	]);
	expect(events.find(({ kind }) => kind === 'paused')!.reason).toBe('A full stretch at school');
	const record = await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, mentor)));
	expect(record.map(({ kind }) => kind)).toContain('pair-paused');
});

test('either declines, without being asked why in words of their own, and the place is free again', async () => {
	for (const who of ['teacher', 'mentor'] as const) {
		const world = await plantPair(db, { status: 'proposed', endedAs: null });
		expect(await said(declinePair(db, as(world[who]), world.pairId, 'because of them'))).toBe('rule');
		await declinePair(db, as(world[who]), world.pairId, 'times');
		const pair = await readPair(db, as(world[who]), null, world.pairId);
		expect(pair).toMatchObject({ status: 'ended', endedAs: 'withdrawn' });
		expect(pair.events.at(-1)).toMatchObject({ kind: 'declined', reason: 'Times do not fit', by: `The ${who}` });
		expect(await said(acceptPair(db, as(world.teacher), world.pairId))).toBe('rule');
		const again = { teacherId: world.teacher, mentorId: world.mentor, beginsWithId: null, override: null };
		// By role, since the pair that made them a mentor here has ended.
		expect(await said(proposePair(db, acting(world.manager), world.programId, again))).toBe('rule');
	}
});

describe('what is not theirs to do', () => {
	test('a coach, a manager and a stranger do nothing that the two agree on', async () => {
		const world = await plantPair(db, { status: 'proposed', endedAs: null });
		for (const [who, answer] of [
			['coach', 'not-allowed'],
			['manager', 'not-allowed'],
			['stranger', 'not-found']
		] as const) {
			expect(await said(acceptPair(db, as(world[who]), world.pairId)), who).toBe(answer);
			expect(await said(declinePair(db, as(world[who]), world.pairId, 'times')), who).toBe(answer);
			expect(await said(beginPair(db, as(world[who]), world.pairId)), who).toBe(answer);
			expect(await said(askPause(db, as(world[who]), world.pairId, 'away')), who).toBe(answer);
			expect(await said(askToGoOn(db, as(world[who]), world.pairId)), who).toBe(answer);
			expect(await said(answerAsk(db, as(world[who]), world.pairId, true)), who).toBe(answer);
		}
		expect(await historyOf(world)).toEqual(['proposed program']);
	});

	test('proposing is for a manager with a passkey, of people of the program, one mentor at a time', async () => {
		const world = await plantPair(db, { status: 'active', endedAs: null });
		const [teacher] = await plantTeachers(db, world, 1);
		const asked = { teacherId: teacher!, mentorId: world.mentor, beginsWithId: null, override: null };
		for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const)
			expect(await said(proposePair(db, acting(world[who]), world.programId, asked)), who).toBe('not-found');
		const byMail = acting(world.manager, { openedBy: 'mail', passkeyAt: null });
		expect(await said(proposePair(db, byMail, world.programId, asked))).toBe('unproven');
		const manager = acting(world.manager);
		for (const wrong of [
			{ ...asked, mentorId: world.stranger },
			{ ...asked, teacherId: world.stranger },
			{ ...asked, teacherId: world.teacher },
			{ ...asked, mentorId: teacher! },
			{ ...asked, teacherId: 'x' }
		])
			expect(await said(proposePair(db, manager, world.programId, wrong))).toBe('rule');
		expect(await said(proposePair(db, manager, world.programId, asked))).toBe('done');
	});
});

test('a mentor who is not known to be ready is proposed only with a reason, which stays in the history', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [version] = await db.asOwner((tx) =>
		tx
			.select({ id: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.id, world.microcredentialVersionId))
	);
	const [one, two] = await plantTeachers(db, world, 2);
	const asked = { mentorId: world.mentor, beginsWithId: version!.id };
	const by = acting(world.manager);
	const propose = (teacherId: string, override: string | null) =>
		proposePair(db, by, world.programId, { ...asked, teacherId, override });
	expect(await said(propose(one!, '  '))).toBe('rule');
	expect(await said(propose(one!, 'x'.repeat(301)))).toBe('rule');
	const { pairId } = await propose(one!, 'She taught it for years.');
	const events = (await readPair(db, as(world.mentor), null, pairId)).events;
	expect(events.map(({ kind, reason }) => [kind, reason])).toEqual([
		['proposed', null],
		['overridden', 'She taught it for years.']
	]);
	await db.asOwner((tx) =>
		tx.insert(anchorScores).values(
			['1', '2'].map((anchor) => ({
				programId: world.programId,
				mentorId: world.mentor,
				microcredentialId: version!.id,
				anchor,
				scoredOn: '2026-09-01',
				enteredById: world.manager
			}))
		)
	);
	// Ready by now: no reason is asked for, and one that is given is not needed and not kept.
	const { pairId: second } = await propose(two!, 'Not needed.');
	expect((await readPair(db, as(world.mentor), null, second)).events.map(({ kind }) => kind)).toEqual(['proposed']);
});

test('a rematch is one step: the old mentor is out at once, the new one is asked', async () => {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [next] = await plantMentors(db, world, 1);
	const asked = { mentorId: next!, reason: 'times', override: null };
	for (const [who, answer] of [
		['teacher', 'not-allowed'],
		['mentor', 'not-allowed'],
		['coach', 'not-allowed'],
		['stranger', 'not-found']
	] as const)
		expect(await said(rematch(db, acting(world[who]), world.pairId, asked)), who).toBe(answer);
	const by = acting(world.manager);
	expect(await said(rematch(db, by, world.pairId, { ...asked, reason: 'done' }))).toBe('rule');
	expect(await said(rematch(db, by, world.pairId, { ...asked, mentorId: world.mentor }))).toBe('rule');
	expect(await said(rematch(db, by, world.pairId, { ...asked, mentorId: world.stranger }))).toBe('rule');
	expect(await statusOf(world.pairId)).toBe('active');
	const { pairId } = await rematch(db, by, world.pairId, asked);
	expect(await readPair(db, as(world.mentor), null, world.pairId)).toMatchObject({
		status: 'ended',
		endedAs: 'rematched'
	});
	expect(await readPair(db, as(world.teacher), null, pairId)).toMatchObject({
		status: 'proposed',
		followsId: world.pairId
	});
	expect(await historyOf(world)).toEqual(['proposed program', 'ended manager']);
	expect(await said(rematch(db, by, world.pairId, asked))).toBe('rule');
});

test('by hand at the tables nobody accepts for the other, skips a step or brings an ended pair back', async () => {
	const world = await plantPair(db, { status: 'proposed', endedAs: null });
	const by = (who: 'teacher' | 'mentor' | 'manager', set: Partial<typeof pairs.$inferInsert>, pairId = world.pairId) =>
		db
			.asPerson(world[who], (tx) => tx.update(pairs).set(set).where(eq(pairs.id, pairId)).returning({ id: pairs.id }))
			.then((rows) => rows.length)
			.catch(() => 'refused');
	expect(await by('teacher', { status: 'accepted' })).toBe('refused');
	expect(await by('teacher', { status: 'active' })).toBe('refused');
	expect(await by('manager', { status: 'accepted' })).toBe('refused');
	const event = (kind: 'accepted' | 'proposed' | 'overridden', byPersonId: string) =>
		db
			.asPerson(world.teacher, (tx) => tx.insert(pairEvents).values({ pairId: world.pairId, kind, byPersonId }))
			.then(() => 'done')
			.catch(() => 'refused');
	expect(await event('accepted', world.mentor)).toBe('refused');
	expect(await event('proposed', world.teacher)).toBe('refused');
	expect(await event('overridden', world.teacher)).toBe('refused');
	expect(await event('accepted', world.teacher)).toBe('done');
	expect(await by('teacher', { status: 'accepted' })).toBe('refused');
	const active = await plantPair(db, { status: 'active', endedAs: null });
	await endPair(db, as(active.teacher), null, active.pairId, { endedAs: 'rematched', reason: null });
	const back = { status: 'active', endedAs: null, endedAt: null } as const;
	const again = await db
		.asPerson(active.teacher, (tx) =>
			tx.update(pairs).set(back).where(eq(pairs.id, active.pairId)).returning({ id: pairs.id })
		)
		.then((rows) => rows.length)
		.catch(() => 'refused');
	expect([0, 'refused']).toContain(again);
});
