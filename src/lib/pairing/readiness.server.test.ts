import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import {
	countReadyMentors,
	enterAnchorScore,
	listAnchorScores,
	readReadiness,
	takeBackAnchorScore
} from './readiness.server.ts';
import { anchorScores } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const whence = { network: null, userAgent: null };
const acting = (id: string, proof = proven) => ({ person: { id, name: 'S', initials: 'S' }, proof, whence });
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'no refusal',
		(error: unknown) => (error instanceof Refusal ? error.reason : error)
	);

async function planted(): Promise<PairWorld & { microcredentialId: string }> {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	const [version] = await db.asOwner((tx) =>
		tx
			.select({ id: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.id, world.microcredentialVersionId))
	);
	return { ...world, microcredentialId: version!.id };
}
const ready = (world: { programId: string; mentor: string; microcredentialId: string }, who: string) =>
	db.asPerson(who, async (tx) => (await readReadiness(tx, world.programId)).of(world.mentor, world.microcredentialId));
const enter = (world: Awaited<ReturnType<typeof planted>>, anchor: string, who = world.manager) =>
	enterAnchorScore(db, acting(who), world.programId, {
		mentorId: world.mentor,
		microcredentialId: world.microcredentialId,
		anchor,
		scoredOn: '2026-09-14'
	});

test('two different anchor submissions make a mentor ready, one twice does not', async () => {
	const world = await planted();
	await enter(world, 'Anchor 1');
	expect((await ready(world, world.manager)).ready).toBe(false);
	expect(await reasonOf(enter(world, 'anchor 1'))).toBe('rule');
	const { id } = await enter(world, 'Anchor 2');
	expect(await ready(world, world.manager)).toMatchObject({ ready: true, by: 'anchors' });
	expect(await db.asPerson(world.teacher, (tx) => countReadyMentors(tx, world.programId))).toEqual(
		new Map([[world.microcredentialId, 1]])
	);
	await takeBackAnchorScore(db, acting(world.manager), world.programId, id);
	await takeBackAnchorScore(db, acting(world.manager), world.programId, id);
	expect((await ready(world, world.manager)).ready).toBe(false);
	expect((await db.asPerson(world.teacher, (tx) => countReadyMentors(tx, world.programId))).size).toBe(0);
	expect(await db.asPerson(world.mentor, (tx) => listAnchorScores(tx, world.programId))).toHaveLength(1);
	// The row stays, and the mentor reads in their record what was entered about them.
	expect(await db.asOwner((tx) => tx.select().from(anchorScores).where(eq(anchorScores.id, id)))).toHaveLength(1);
	const events = await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, world.mentor)));
	expect(events.map(({ kind }) => kind).sort()).toEqual([
		'anchor-score-entered',
		'anchor-score-entered',
		'anchor-score-taken-back'
	]);
	expect(JSON.stringify(events)).not.toContain('Anchor');
});

test('who earned it is ready until it expires where the program is, or is revoked', async () => {
	const world = await planted();
	const id = uuidv7();
	// The room of awards lies below this one.
	await db.asOwner((tx) =>
		tx.execute(sql`insert into awards (id, person_id, microcredential_version_id, awarded_at)
			values (${id}, ${world.mentor}, ${world.microcredentialVersionId}, '2026-01-05')`)
	);
	expect(await ready(world, world.manager)).toMatchObject({ ready: true, by: 'earned' });
	const change = (set: ReturnType<typeof sql>) =>
		db.asOwner((tx) => tx.execute(sql`update awards set ${set} where id = ${id}`));
	await change(sql`expires_on = (now() at time zone 'America/Chicago')::date`);
	expect((await ready(world, world.manager)).ready).toBe(true);
	await change(sql`expires_on = (now() at time zone 'America/Chicago')::date - 1`);
	expect((await ready(world, world.manager)).ready).toBe(false);
	expect((await db.asPerson(world.teacher, (tx) => countReadyMentors(tx, world.programId))).size).toBe(0);
	await change(sql`expires_on = null, revoked_at = now(), revoked_reason = 'x'`);
	expect((await ready(world, world.manager)).ready).toBe(false);
});

test('the pair, its coach and a manager learn of it, a stranger does not, nor how many there are', async () => {
	const world = await planted();
	await enter(world, 'One');
	await enter(world, 'Two');
	for (const who of ['teacher', 'mentor', 'coach', 'manager'] as const)
		expect((await ready(world, world[who])).ready, who).toBe(true);
	expect((await ready(world, world.stranger)).ready).toBe(false);
	expect((await db.asPerson(world.stranger, (tx) => countReadyMentors(tx, world.programId))).size).toBe(0);
	expect(await db.asPerson(world.teacher, (tx) => listAnchorScores(tx, world.programId))).toEqual([]);
	expect(await db.asPerson(world.stranger, (tx) => countReadyMentors(tx, 'no id'))).toEqual(new Map());
});

test('a mentor by role alone counts as one, and one whose account is closed does not', async () => {
	const world = await planted();
	await db.asOwner(async (tx) => {
		await tx.insert(roles).values({
			personId: world.stranger,
			role: 'mentor',
			scopeKind: 'program',
			scopeId: world.programId
		});
		for (const anchor of ['1', '2'])
			await tx.insert(anchorScores).values({
				programId: world.programId,
				mentorId: world.stranger,
				microcredentialId: world.microcredentialId,
				anchor,
				scoredOn: '2026-09-01',
				enteredById: world.manager
			});
	});
	const count = async () =>
		(await db.asPerson(world.teacher, (tx) => countReadyMentors(tx, world.programId))).get(world.microcredentialId);
	expect(await count()).toBe(1);
	await db.asOwner((tx) => tx.execute(sql`update people set deactivated_at = now() where id = ${world.stranger}`));
	expect(await count()).toBeUndefined();
});

test('only a manager with a passkey enters one, about a mentor of the program', async () => {
	const world = await planted();
	for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const)
		expect(await reasonOf(enter(world, 'One', world[who])), who).toBe('not-found');
	const asked = { microcredentialId: world.microcredentialId, anchor: 'One', scoredOn: '2026-09-14' };
	const mentorId = world.mentor;
	const by = acting(world.manager, { openedBy: 'mail', passkeyAt: null });
	expect(await reasonOf(enterAnchorScore(db, by, world.programId, { ...asked, mentorId }))).toBe('unproven');
	const manager = acting(world.manager);
	for (const [wrong, reason] of [
		[{ ...asked, mentorId: world.stranger }, 'not-found'],
		[{ ...asked, mentorId, microcredentialId: 'x' }, 'rule'],
		[{ ...asked, mentorId, scoredOn: '2999-01-01' }, 'rule']
	] as const)
		expect(await reasonOf(enterAnchorScore(db, manager, world.programId, wrong))).toBe(reason);
	for (const id of ['x', uuidv7()])
		expect(await reasonOf(takeBackAnchorScore(db, manager, world.programId, id))).toBe('not-found');
	expect(await db.asOwner((tx) => tx.select().from(anchorScores).where(eq(anchorScores.mentorId, mentorId)))).toEqual(
		[]
	);
});
