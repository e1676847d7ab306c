import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { roles } from '#lib/identity/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { allowed } from '../../../tests/row-policy-cases.ts';
import { cases } from './choosing.cases.ts';
import { chooseStack, listPlaces } from './choosing.server.ts';
import { enrollments, programStacks } from './schema.server.ts';

const { jonah, rosa, idris, claire, pat, wei } = cast.people;
const { tennessee, florida } = cast.programs;
const stack = cast.stacks.tennessee;
const asked = { programId: tennessee.id, stackVersionId: stack.versionId };

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const at = (days: number | null) => (days === null ? null : new Date(Date.now() + days * 86_400_000));

describe('the database says who may choose as the function does', () => {
	test.for(cases)('%s', async ([, role, scope, held, offered, enrolled, may]) => {
		await db.asOwner(async (tx) => {
			await tx.delete(roles).where(eq(roles.personId, jonah.id));
			await tx.delete(enrollments).where(eq(enrollments.personId, jonah.id));
			await tx
				.update(programStacks)
				.set({ fromAt: at(offered[0])!, untilAt: at(offered[1]) })
				.where(eq(programStacks.programId, tennessee.id));
			const scopeId = scope === 'cohort' ? cast.cohorts.cohortA.id : tennessee.id;
			if (role !== 'none')
				await tx
					.insert(roles)
					.values({ personId: jonah.id, role, scopeKind: scope, scopeId, fromAt: at(held[0])!, untilAt: at(held[1]) });
			if (enrolled !== 'never')
				await tx.insert(enrollments).values({
					programId: tennessee.id,
					personId: jonah.id,
					stackVersionId: stack.versionId,
					status: enrolled,
					endedAt: enrolled === 'withdrawn' ? new Date() : null
				});
		});
		const cohortId = scope === 'cohort' ? cast.cohorts.cohortA.id : null;
		const row = { ...asked, cohortId, personId: jonah.id, status: 'active' as const };
		// A place that is there already is refused by its being unique before a policy is asked.
		if (enrolled === 'never') expect(await allowed(db, jonah.id, (tx) => tx.insert(enrollments).values(row))).toBe(may);
		const places = await listPlaces(db, jonah);
		expect(places.some(({ choices }) => choices.length > 0)).toBe(may);
		if (may) await expect(chooseStack(db, jonah, asked, null)).resolves.toEqual({ stackVersionId: stack.versionId });
		else if (enrolled === 'never')
			await expect(chooseStack(db, jonah, asked, null)).rejects.toMatchObject({ reason: 'not-found' });
	});
});

test('a teacher chooses once, takes the seat of their cohort, and it is written down', async () => {
	await db.asOwner(async (tx) => {
		await tx.delete(enrollments).where(eq(enrollments.personId, jonah.id));
		await tx.delete(roles).where(eq(roles.personId, jonah.id));
		await tx.update(programStacks).set({ fromAt: at(-30)!, untilAt: null });
		for (const [scopeKind, scopeId] of [
			['program', tennessee.id],
			['cohort', cast.cohorts.cohortA.id]
		] as const)
			await tx.insert(roles).values({ personId: jonah.id, role: 'teacher', scopeKind, scopeId, fromAt: at(-1)! });
	});
	const [place] = await listPlaces(db, jonah);
	expect(place!.choices.map(({ title }) => title)).toEqual([stack.title]);
	expect(place!.choices[0]!.items).toHaveLength(15);
	await Promise.all([chooseStack(db, jonah, asked, null), chooseStack(db, jonah, asked, null)]);
	const own = await db.asPerson(jonah.id, (tx) =>
		tx.select().from(enrollments).where(eq(enrollments.personId, jonah.id))
	);
	expect(own).toMatchObject([{ ...asked, cohortId: cast.cohorts.cohortA.id, status: 'active', endedAt: null }]);
	const events = await db.asPerson(jonah.id, (tx) =>
		tx
			.select()
			.from(auditEvents)
			.where(sql`kind = 'stack-chosen' and about ->> 'program' = ${tennessee.id}`)
	);
	expect(events.at(-1)).toMatchObject({ byPersonId: jonah.id, about: { stack: stack.versionId } });
	const [after] = await listPlaces(db, jonah);
	expect(after).toMatchObject({ chosen: { title: stack.title }, choices: [] });
	await expect(
		chooseStack(db, jonah, { ...asked, stackVersionId: cast.stacks.mineola.versionId }, null)
	).rejects.toMatchObject({ reason: 'rule' });
});

test('whoever has chosen sees the chosen stack, whoever teaches nowhere sees nothing', async () => {
	expect(await listPlaces(db, rosa)).toMatchObject([{ chosen: { title: stack.title }, choices: [] }]);
	for (const who of [idris, claire, pat]) expect(await listPlaces(db, who)).toEqual([]);
});

test('nobody chooses in another program, or for somebody else, or another state than being in it', async () => {
	for (const who of [rosa, wei, idris, pat])
		await expect(
			chooseStack(db, who, { programId: cast.programs.mineola.id, stackVersionId: cast.stacks.mineola.versionId }, null)
		).rejects.toMatchObject({ reason: 'not-found' });
	await db.asOwner((tx) => tx.delete(enrollments).where(eq(enrollments.personId, jonah.id)));
	const row = { ...asked, personId: jonah.id, status: 'active' as const };
	const inserts = (who: string, changed: Partial<typeof enrollments.$inferInsert>) =>
		allowed(db, who, (tx) => tx.insert(enrollments).values({ ...row, ...changed }));
	expect(await inserts(jonah.id, {})).toBe(true);
	expect(await inserts(pat.id, {})).toBe(false);
	expect(await inserts(jonah.id, { status: 'completed' })).toBe(false);
	expect(await inserts(jonah.id, { programId: florida.id })).toBe(false);
	expect(await inserts(jonah.id, { cohortId: cast.cohorts.cohortB.id })).toBe(false);
	expect(await inserts(jonah.id, { stackVersionId: cast.stacks.florida.versionId })).toBe(false);
});
