import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { stackItems, stackOutcomes, stackVersions } from '#lib/catalogue/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { extendDeadline, readTimeOf } from '#lib/program/extension.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { deadlineExtensions, enrollments, programs } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair, proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readHome } from './home.server.ts';
import { grantOutcomes } from './outcomes.server.ts';
import { readProgramStacks } from './program-stacks.server.ts';
import { outcomeGrants } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const day = 24 * 3600_000;
const ago = (days: number) => new Date(Date.now() - days * day);
const iso = (at: Date) => at.toISOString().slice(0, 10);
const whence = { network: null, userAgent: null };
const by = (id: string) => ({ person: { id, name: 'The manager', initials: 'PW' }, proof: proven, whence });
const homeOf = (w: PairWorld, who: 'teacher' | 'mentor' | 'coach') =>
	readHome(db, { id: w[who], name: `The ${who}`, initials: 'PW' }, proven, new Date());

/** A pair whose stack brings two things, in a program that ended yesterday. */
async function world() {
	const w = await plantPair(db, { status: 'active', endedAs: null });
	const enrollmentId = await db.asOwner(async (tx) => {
		const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.personId, w.teacher));
		await tx.insert(stackOutcomes).values([
			{
				id: uuidv7(),
				stackVersionId: enrollment!.stackVersionId,
				position: 1,
				kind: 'pay',
				words: '500 dollars a year'
			},
			{ id: uuidv7(), stackVersionId: enrollment!.stackVersionId, position: 2, kind: 'role', words: 'the role' }
		]);
		await tx
			.update(programs)
			.set({ endsOn: iso(ago(3)) })
			.where(eq(programs.id, w.programId));
		return enrollment!.id;
	});
	const earns = (at: Date, expiresOn: string | null = null) =>
		db.asOwner(async (tx) => {
			const id = uuidv7();
			await tx.insert(awards).values({
				id,
				personId: w.teacher,
				microcredentialVersionId: w.microcredentialVersionId,
				awardedAt: at,
				expiresOn
			});
			return id;
		});
	const granted = () =>
		db.asOwner((tx) => tx.select().from(outcomeGrants).where(eq(outcomeGrants.personId, w.teacher)));
	return { w, enrollmentId, earns, granted };
}

describe('an outcome', () => {
	test('is granted once, however often somebody looks, with what caused it, and is written down', async () => {
		const { w, earns, granted, enrollmentId } = await world();
		expect(await grantOutcomes(db)).toBe(0);
		const awardId = await earns(ago(10));
		expect(await grantOutcomes(db)).toBe(2);
		expect(await grantOutcomes(db)).toBe(0);
		await earns(ago(5));
		expect(await grantOutcomes(db)).toBe(0);
		const rows = await granted();
		expect(rows).toHaveLength(2);
		expect(rows[0]).toMatchObject({ enrollmentId, programId: w.programId, metAt: expect.any(Date) });
		expect(rows[0]!.causedBy).toEqual([
			{ kind: 'awarded', id: awardId, microcredentialId: expect.any(String), at: rows[0]!.metAt.toISOString() }
		]);
		const events = await db.asOwner((tx) => tx.select().from(auditEvents).where(eq(auditEvents.personId, w.teacher)));
		expect(events.map(({ kind, byPersonId }) => [kind, byPersonId])).toEqual([
			['outcome-granted', null],
			['outcome-granted', null]
		]);
	});

	test('stays when the award expires, and the teacher reads both', async () => {
		const { w, earns, granted } = await world();
		await earns(ago(10), iso(ago(2)));
		expect(await grantOutcomes(db)).toBe(2);
		expect(await grantOutcomes(db)).toBe(0);
		expect(await granted()).toHaveLength(2);
		const { verdict } = (await homeOf(w, 'teacher')).learning[0]!.stack;
		expect(verdict.complete).toBe(false);
		expect(verdict.notes).toContainEqual(
			expect.stringMatching(/^Granted when .*500 dollars a year and the role\. It stays granted/)
		);
	});

	test('what is paid is not told to the mentor or the coach', async () => {
		const { w, earns } = await world();
		await earns(ago(10));
		await grantOutcomes(db);
		for (const who of ['mentor', 'coach'] as const)
			expect(JSON.stringify(await homeOf(w, who))).not.toContain('Granted');
		for (const who of ['mentor', 'coach', 'stranger'] as const)
			expect(await db.asPerson(w[who], (tx) => tx.select().from(outcomeGrants))).toEqual([]);
	});

	test('what was earned after the last day brings nothing, until more time is given', async () => {
		const { w, earns, granted } = await world();
		await earns(ago(1));
		expect(await grantOutcomes(db)).toBe(0);
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: iso(ago(-200)), reason: 'Two years, not one.' });
		expect(await grantOutcomes(db)).toBe(2);
		expect(await granted()).toHaveLength(2);
	});

	test('comes with a look at those alone to whom something happened lately', async () => {
		const { earns, granted } = await world();
		await earns(ago(10));
		await grantOutcomes(db, new Date(), ago(1));
		expect(await granted()).toEqual([]);
		await grantOutcomes(db, new Date(), ago(11));
		expect(await granted()).toHaveLength(2);
	});

	test('is shown to the manager with whom it was granted to, and to nobody else', async () => {
		const { w, earns } = await world();
		await earns(ago(10));
		await grantOutcomes(db);
		const person = (id: string) => ({ id, name: 'N', initials: 'N' });
		const found = await readProgramStacks(db, person(w.manager), w.programId, new Date());
		expect(found.grants).toBe(2);
		expect(found.granted[0]).toMatchObject({ name: 'The teacher', causes: 1 });
		expect(found.stacks).toMatchObject([
			{ rule: 'One microcredential, earned', outcomes: ['500 dollars a year', 'the role'], teachers: 1, offered: false }
		]);
		for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const)
			await expect(readProgramStacks(db, person(w[who]), w.programId, new Date())).rejects.toThrow(Refusal);
	});
});

describe('a last day', () => {
	test('is extended by an act that teachers read with its reason, and that is written down', async () => {
		const { w } = await world();
		const to = iso(ago(-200));
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: to, reason: 'Two years, not one.' });
		const [act] = await db.asPerson(w.teacher, (tx) =>
			tx.select().from(deadlineExtensions).where(eq(deadlineExtensions.programId, w.programId))
		);
		expect(act).toMatchObject({ lastDay: to, reason: 'Two years, not one.', extendedById: w.manager });
		const { verdict } = (await homeOf(w, 'teacher')).learning[0]!.stack;
		expect(verdict.notes).toContainEqual(expect.stringContaining('Two years, not one.'));
		const [event] = await db.asOwner((tx) =>
			tx.select().from(auditEvents).where(eq(auditEvents.byPersonId, w.manager))
		);
		expect(event).toMatchObject({ kind: 'deadline-extended', about: { program: w.programId, from: iso(ago(3)), to } });
	});

	test('is not brought forward, not even by a second manager who had the first one before their eyes', async () => {
		const { w } = await world();
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: iso(ago(-200)), reason: 'More.' });
		await expect(
			extendDeadline(db, by(w.manager), w.programId, { lastDay: iso(ago(-100)), reason: 'Less.' })
		).rejects.toThrow('never takes any');
	});

	test.for(['teacher', 'mentor', 'coach', 'stranger'] as const)('is not extended by a %s', async (who) => {
		const { w } = await world();
		const asked = { lastDay: iso(ago(-200)), reason: 'Mine.' };
		await expect(extendDeadline(db, by(w[who]), w.programId, asked)).rejects.toMatchObject({ reason: 'not-found' });
		const row = { programId: w.programId, extendedById: w[who], ...asked };
		await expect(db.asPerson(w[who], (tx) => tx.insert(deadlineExtensions).values(row))).rejects.toThrow();
	});

	test('is not extended without a passkey, and not in the name of another or on another day', async () => {
		const { w } = await world();
		const asked = { lastDay: iso(ago(-200)), reason: 'More.' };
		const unproven = { ...by(w.manager), proof: { openedBy: 'mail' as const, passkeyAt: null } };
		await expect(extendDeadline(db, unproven, w.programId, asked)).rejects.toMatchObject({ reason: 'unproven' });
		const row = { programId: w.programId, ...asked };
		for (const wrong of [
			{ ...row, extendedById: w.teacher },
			{ ...row, extendedById: w.manager, extendedAt: ago(40) }
		])
			await expect(db.asPerson(w.manager, (tx) => tx.insert(deadlineExtensions).values(wrong))).rejects.toThrow();
	});
});

describe('more time for one teacher', () => {
	const reason = 'More time, as agreed.';
	const to = iso(ago(-200));

	test('moves their last day and nobody else’s; they read why, with their mentor and coach', async () => {
		const { w, earns } = await world();
		const other = await plantPair(db, { status: 'active', endedAs: null });
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: to, reason, personId: w.teacher });
		for (const who of ['teacher', 'mentor', 'coach'] as const) {
			const seen = await db.asPerson(w[who], (tx) => tx.select().from(deadlineExtensions));
			expect(seen.filter(({ programId }) => programId === w.programId)).toMatchObject([
				{ reason, personId: w.teacher }
			]);
		}
		const { verdict } = (await homeOf(w, 'teacher')).learning[0]!.stack;
		expect(verdict.notes).toContainEqual(
			expect.stringMatching(/^The last day is .*, extended in this one case from .*: More time, as agreed\.$/)
		);
		const person = { id: w.manager, name: 'The manager', initials: 'PW' };
		const page = await readProgramStacks(db, person, w.programId, new Date());
		expect(page).toMatchObject({ lastDay: iso(ago(3)), extensions: [], cases: [{ teacher: 'The teacher', reason }] });
		expect(await readTimeOf(db, person, w.programId, w.teacher)).toMatchObject({
			lastDays: [{ key: null, lastDay: to }],
			given: [{ reason, lastDay: to }]
		});
		// What is earned in it counts, and what the stack brings is granted.
		await earns(ago(1));
		expect(await grantOutcomes(db)).toBe(2);
		expect(await db.asPerson(other.teacher, (tx) => tx.select().from(deadlineExtensions))).toEqual([]);
		const [event] = await db.asOwner((tx) =>
			tx.select().from(auditEvents).where(eq(auditEvents.byPersonId, w.manager))
		);
		expect(event).toMatchObject({ kind: 'deadline-extended', personId: w.teacher });
	});

	test('is not read by another teacher of the same program', async () => {
		const { w } = await world();
		const colleague = uuidv7();
		await db.asOwner(async (tx) => {
			await tx.insert(people).values({ id: colleague, name: 'A colleague', initials: 'AC' });
			const [bound] = await tx.select().from(enrollments).where(eq(enrollments.personId, w.teacher));
			await tx.insert(enrollments).values({ ...bound!, id: uuidv7(), personId: colleague });
		});
		const seen = () => db.asPerson(colleague, (tx) => tx.select().from(deadlineExtensions));
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: to, reason: 'For everybody.' });
		await extendDeadline(db, by(w.manager), w.programId, { lastDay: iso(ago(-300)), reason, personId: w.teacher });
		expect((await seen()).map((one) => one.reason)).toEqual(['For everybody.']);
	});

	test('is given to whoever is enrolled, and to nobody else', async () => {
		const { w } = await world();
		const asked = { lastDay: to, reason };
		for (const personId of [w.mentor, w.stranger, 'nobody', uuidv7()])
			await expect(extendDeadline(db, by(w.manager), w.programId, { ...asked, personId })).rejects.toMatchObject({
				reason: 'not-found'
			});
		await expect(
			extendDeadline(db, by(w.manager), w.programId, { ...asked, personId: w.manager })
		).rejects.toMatchObject({ reason: 'not-allowed' });
		const row = { programId: w.programId, extendedById: w.manager, ...asked };
		await expect(
			db.asPerson(w.manager, (tx) => tx.insert(deadlineExtensions).values({ ...row, personId: w.mentor }))
		).rejects.toThrow();
		expect(
			await readTimeOf(db, { id: w.manager }, w.programId, w.mentor),
			'a mentor is in the program and has no last day in it'
		).toBe(null);
		for (const who of ['teacher', 'mentor', 'coach', 'stranger'] as const)
			await expect(readTimeOf(db, { id: w[who] }, w.programId, w.teacher)).rejects.toThrow(Refusal);
	});
});

describe('more time for one requirement', () => {
	/** The stack asks for its one microcredential by ten days ago, in a program that has 100 more. */
	async function dated() {
		const { w, earns } = await world();
		const [{ stackVersionId, item }] = (await db.asOwner(async (tx) => {
			await tx
				.update(programs)
				.set({ endsOn: iso(ago(-100)) })
				.where(eq(programs.id, w.programId));
			const found = await tx
				.select({ stackVersionId: enrollments.stackVersionId, item: stackItems.microcredentialId })
				.from(enrollments)
				.innerJoin(stackItems, eq(stackItems.stackVersionId, enrollments.stackVersionId))
				.where(eq(enrollments.personId, w.teacher));
			const needs = [{ kind: 'required' as const, title: 'The first one', items: [found[0]!.item], by: iso(ago(10)) }];
			await tx
				.update(stackVersions)
				.set({ rule: { kind: 'every', counts: 'earned', needs } })
				.where(eq(stackVersions.id, found[0]!.stackVersionId));
			return found;
		})) as [{ stackVersionId: string; item: string }];
		return { w, earns, item, key: `${stackVersionId}:0` };
	}
	const verdictOf = async (w: PairWorld) => (await homeOf(w, 'teacher')).learning[0]!.stack.verdict;

	test('what was done too late counts once the day is moved, for everybody or for one', async () => {
		for (const alone of [false, true]) {
			const { w, earns, key } = await dated();
			await earns(ago(5));
			expect(await verdictOf(w)).toMatchObject({ complete: false });
			const asked = { lastDay: iso(ago(4)), reason: 'The form came late.', requirement: key };
			await extendDeadline(db, by(w.manager), w.programId, alone ? { ...asked, personId: w.teacher } : asked);
			const { complete, requirements } = await verdictOf(w);
			expect(complete).toBe(true);
			expect(requirements[0]!.words).toMatch(
				alone
					? /^The first one: 1 of 1 earned by .*, extended in this one case on .*: The form came late\.$/
					: /^The first one: 1 of 1 earned by .*, extended on .*: The form came late\.$/
			);
			expect(await grantOutcomes(db)).toBe(2);
		}
	});

	test('is refused beyond the program’s last day, before its own, and for a requirement without one', async () => {
		const { w, key } = await dated();
		const asked = { lastDay: iso(ago(4)), reason: 'r', requirement: key };
		for (const [wrong, why] of [
			[{ ...asked, lastDay: iso(ago(-101)) }, 'Nothing counts after the program’s last day'],
			[{ ...asked, lastDay: iso(ago(11)) }, 'never takes any'],
			[{ ...asked, requirement: `${key}1` }, 'no last day of its own'],
			[{ ...asked, requirement: 'x' }, 'no last day of its own']
		] as const)
			await expect(extendDeadline(db, by(w.manager), w.programId, { ...wrong, personId: w.teacher })).rejects.toThrow(
				why
			);
	});
});
