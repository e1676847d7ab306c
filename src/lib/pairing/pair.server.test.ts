import { auditEvents } from '#lib/audit/schema.server.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { endPair, listPairs, readPair } from './pair.server.ts';
import { caseloads, pairEvents, pairs } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'no refusal',
		(error: unknown) => (error instanceof Refusal ? error.reason : error)
	);
const active = { status: 'active', endedAs: null } as const;

test('each person finds the pair with their own standing, and a stranger finds nothing', async () => {
	const world = await plantPair(db, active);
	for (const who of ['teacher', 'mentor', 'coach', 'manager'] as const) {
		const pair = await readPair(db, as(world[who]), proven, world.pairId);
		expect([pair.standing, pair.mayEnd]).toEqual([who, who !== 'coach']);
		expect(pair.teacher.name).toBe('The teacher');
	}
	expect(await reasonOf(readPair(db, as(world.stranger), proven, world.pairId))).toBe('not-found');
	expect(await reasonOf(readPair(db, as(world.teacher), proven, 'not an id'))).toBe('not-found');
});

test('while one coach hands over to another, everybody finds the pair once, and both coaches stand as coaches', async () => {
	const world = await plantPair(db, { ...active, coachUntil: new Date(Date.now() + 3600_000) });
	const { stranger: next } = world;
	await db.asOwner((tx) =>
		tx.insert(caseloads).values({ coachId: next, pairId: world.pairId, fromAt: new Date(Date.now() - 1000) })
	);
	for (const who of [world.teacher, world.mentor, world.coach, next])
		expect(await listPairs(db, as(who), proven)).toHaveLength(1);
	for (const coach of [world.coach, next]) {
		const pair = await readPair(db, as(coach), proven, world.pairId);
		expect([pair.standing, pair.coach?.id, pair.mayEnd]).toEqual(['coach', coach, false]);
	}
});

test('the two and their coach list the pair; a manager, who could have thousands, does not', async () => {
	const world = await plantPair(db, active);
	for (const who of ['teacher', 'mentor', 'coach'] as const)
		expect((await listPairs(db, as(world[who]), proven)).map((pair) => pair.id)).toEqual([world.pairId]);
	expect(await listPairs(db, as(world.manager), proven)).toEqual([]);
	expect(await listPairs(db, as(world.stranger), proven)).toEqual([]);
});

test.for(['teacher', 'mentor', 'manager'] as const)(
	'a %s ends the pair, and the history says who and why',
	async (who) => {
		const world = await plantPair(db, active);
		const end = await endPair(db, as(world[who]), proven, world.pairId, {
			endedAs: 'rematched',
			reason: ' Our times moved. '
		});
		const pair = await readPair(db, as(world.teacher), proven, world.pairId);
		expect(pair).toMatchObject({ status: 'ended', ...end, mayEnd: false });
		// A teacher need not know who manages the program; the two know each other.
		const by = who === 'manager' ? null : `The ${who}`;
		const byId = who === 'manager' ? null : world[who];
		expect(pair.events.at(-1)).toEqual({ kind: 'ended', at: end.endedAt, by, byId, reason: 'Our times moved.' });
	}
);

test('both read in their record who ended it, from where and how, and not why', async () => {
	const world = await plantPair(db, active);
	const whence = { network: '192.0.2.7', userAgent: 'A browser' };
	await endPair(
		db,
		as(world.manager),
		proven,
		world.pairId,
		{ endedAs: 'withdrawn', reason: 'A secret reason.' },
		whence
	);
	for (const who of [world.teacher, world.mentor]) {
		const events = await db.asPerson(who, (tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, who)));
		expect(events).toEqual([
			expect.objectContaining({
				kind: 'pair-ended',
				byPersonId: world.manager,
				...whence,
				about: { pair: world.pairId, ending: 'withdrawn' }
			})
		]);
	}
});

test('ending twice keeps the first ending', async () => {
	const world = await plantPair(db, active);
	const first = await endPair(db, as(world.mentor), proven, world.pairId, { endedAs: 'completed', reason: 'Done' });
	const second = await endPair(db, as(world.teacher), proven, world.pairId, { endedAs: 'withdrawn', reason: 'Left' });
	expect(second).toEqual(first);
	const written = await db.asOwner((tx) =>
		tx.select().from(auditEvents).where(eq(auditEvents.personId, world.teacher))
	);
	expect(written).toHaveLength(1);
	expect(
		(await readPair(db, as(world.teacher), proven, world.pairId)).events.filter((e) => e.kind === 'ended')
	).toHaveLength(1);
});

test('a coach is told that it is not theirs to end, a stranger that there is nothing', async () => {
	const world = await plantPair(db, active);
	const ending = { endedAs: 'withdrawn', reason: null } as const;
	expect(await reasonOf(endPair(db, as(world.coach), proven, world.pairId, ending))).toBe('not-allowed');
	expect(await reasonOf(endPair(db, as(world.stranger), proven, world.pairId, ending))).toBe('not-found');
	const [row] = await db.asOwner((tx) => tx.select().from(pairs).where(eq(pairs.id, world.pairId)));
	expect(row!.status).toBe('active');
});

test('what has not begun can be declined but not completed, and nothing is half done', async () => {
	const world = await plantPair(db, { status: 'proposed', endedAs: null });
	const end = (endedAs: 'completed' | 'withdrawn', reason: string | null) =>
		endPair(db, as(world.teacher), proven, world.pairId, { endedAs, reason });
	expect(await reasonOf(end('completed', null))).toBe('rule');
	expect(await reasonOf(end('withdrawn', 'x'.repeat(501)))).toBe('rule');
	const events = await db.asOwner((tx) => tx.select().from(pairEvents).where(eq(pairEvents.pairId, world.pairId)));
	expect(events.map((event) => event.kind)).toEqual(['proposed']);
	expect((await end('withdrawn', null)).endedAs).toBe('withdrawn');
});

test('a manager who has not shown a passkey finds out when they do, and changes nothing until then', async () => {
	const world = await plantPair(db, active);
	const byMail = { openedBy: 'mail', passkeyAt: null } as const;
	const manager = as(world.manager);
	const ending = { endedAs: 'withdrawn', reason: null } as const;
	expect(await reasonOf(readPair(db, manager, byMail, world.pairId))).toBe('unproven');
	expect(await reasonOf(endPair(db, manager, byMail, world.pairId, ending))).toBe('unproven');
	// What is not theirs they do not hear of either way, and the two need none.
	expect(await reasonOf(readPair(db, as(world.stranger), byMail, world.pairId))).toBe('not-found');
	for (const who of ['teacher', 'mentor', 'coach'] as const)
		expect((await readPair(db, as(world[who]), byMail, world.pairId)).status).toBe('active');
	expect((await endPair(db, as(world.teacher), byMail, world.pairId, ending)).endedAs).toBe('withdrawn');
});

test('a coach who also manages the program ends a pair only after a passkey', async () => {
	const world = await plantPair(db, active);
	await db.asOwner(async (tx) => {
		const [pair] = await tx.select({ programId: pairs.programId }).from(pairs).where(eq(pairs.id, world.pairId));
		await tx
			.insert(roles)
			.values({ personId: world.coach, role: 'manager', scopeKind: 'program', scopeId: pair!.programId });
	});
	const mayEnd = async (proof: Proof) => (await readPair(db, as(world.coach), proof, world.pairId)).mayEnd;
	expect(await mayEnd({ openedBy: 'provider', passkeyAt: null })).toBe(false);
	expect(await mayEnd(proven)).toBe(true);
});
