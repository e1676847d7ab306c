import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { roles } from '#lib/identity/schema.server.ts';
import { anchorScores } from '#lib/pairing/schema.server.ts';
import { changeStack } from '#lib/program/choosing.server.ts';
import { enrollments, programStacks } from '#lib/program/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { allowed } from '../../../tests/row-policy-cases.ts';
import { readChoosing } from './choosing.server.ts';

const { rosa, jonah, idris, wei, pat } = cast.people;
const { tennessee } = cast.programs;
const seat = cast.enrollments.find((one) => one.person === 'rosa')!.id;
const three = cast.stacks.tennessee.versionId;
const other = cast.stacks.mineola.versionId;

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
	await db.asOwner(async (tx) => {
		await tx.insert(programStacks).values({ programId: tennessee.id, stackVersionId: other, fromAt: new Date(0) });
		for (const anchor of ['One', 'Two'])
			await tx.insert(anchorScores).values({
				programId: tennessee.id,
				mentorId: idris.id,
				microcredentialId: cast.microcredentials.waitTime.id,
				anchor,
				scoredOn: '2026-01-05',
				enteredById: pat.id
			});
	});
});
afterAll(() => db?.close());

const now = () => new Date();

test('a choice says what it costs, who of the cohort does it, and that the own mentor is ready', async () => {
	const [place] = await readChoosing(db, rosa, now());
	expect(place!.chosen!.cohort).toMatch(/^In your cohort .*, and \d+ others do it\.$/);
	expect(place!.chosen!.mentors).toMatch(/^Idris, your mentor, is ready for \d+ of its 15/);
	expect(place!.chosen!.cost).toMatch(/^About \d+ hours in all at the least, by 3 microcredentials/);
	expect(place!.chosen!.items.filter(({ mentor }) => mentor.startsWith('Idris is ready')).length).toBeGreaterThan(0);
	expect(place!.instead.map(({ title }) => title)).toEqual([cast.stacks.mineola.title]);
	expect(place!.instead[0]!.stays).toMatch(/^With what you have done you would stand at 1 of 18 earned/);
	expect(place!.instead[0]!.cohort).toBe('Nobody else in your cohort does it so far.');
});

test('whoever is in no cohort and has no mentor yet learns what is known, and no name', async () => {
	const [place] = await readChoosing(db, jonah, now());
	expect(place!.choices.map(({ title }) => title)).toEqual(
		[cast.stacks.tennessee.title, cast.stacks.mineola.title].sort((a, b) => a.localeCompare(b, 'en'))
	);
	for (const choice of place!.choices) {
		expect(choice.mentors).toMatch(/^You have no mentor yet\./);
		expect(choice.cohort).toBe('You sit in no cohort yet, so who else does it is not known.');
		expect(choice.stays).toBe(null);
	}
	await db.asOwner((tx) =>
		tx.insert(roles).values({
			personId: jonah.id,
			role: 'teacher',
			scopeKind: 'cohort',
			scopeId: cast.cohorts.cohortA.id,
			fromAt: new Date(0)
		})
	);
	const [inCohort] = await readChoosing(db, jonah, now());
	expect(inCohort!.choices.find(({ versionId }) => versionId === three)!.cohort).toMatch(/and 20 others do it\.$/);
	expect(await readChoosing(db, idris, now())).toEqual([]);
});

test('a teacher takes another stack, what was done counts there, and comes back', async () => {
	const take = (stackVersionId: string) => changeStack(db, rosa, { programId: tennessee.id, stackVersionId }, null);
	await take(other);
	await take(other);
	const [place] = await readChoosing(db, rosa, now());
	expect(place!.chosen!.title).toBe(cast.stacks.mineola.title);
	expect(place!.instead[0]!.stays).toMatch(/1 of 3 earned/);
	const events = await db.asOwner((tx) =>
		tx
			.select()
			.from(auditEvents)
			.where(and(eq(auditEvents.kind, 'stack-changed'), eq(auditEvents.personId, rosa.id)))
	);
	expect(events).toMatchObject([{ byPersonId: rosa.id, about: { from: three, stack: other } }]);
	await take(three);
	expect((await readChoosing(db, rosa, now()))[0]!.chosen!.title).toBe(cast.stacks.tennessee.title);
});

test('nobody takes what is not offered to them, for somebody else, or their way into a program', async () => {
	for (const [person, programId, stackVersionId] of [
		[rosa, tennessee.id, cast.stacks.florida.versionId],
		[rosa, cast.programs.florida.id, cast.stacks.florida.versionId],
		[rosa, 'x', three],
		[wei, cast.programs.florida.id, cast.stacks.florida.versionId],
		[idris, tennessee.id, other],
		[jonah, tennessee.id, other]
	] as const)
		await expect(changeStack(db, person, { programId, stackVersionId }, null)).rejects.toMatchObject({
			reason: 'not-found'
		});
	const set = async (who: string, id: string, values: Partial<typeof enrollments.$inferInsert>) => {
		let changed = 0;
		const may = await allowed(db, who, async (tx) => {
			changed = (await tx.update(enrollments).set(values).where(eq(enrollments.id, id)).returning()).length;
		});
		return may && changed === 1;
	};
	const weis = cast.enrollments.find((one) => one.person === 'wei')!.id;
	expect(await set(rosa.id, seat, { stackVersionId: other })).toBe(true);
	expect(await set(rosa.id, seat, { stackVersionId: cast.stacks.florida.versionId })).toBe(false);
	expect(await set(rosa.id, seat, { stackVersionId: other, status: 'completed' })).toBe(false);
	expect(await set(rosa.id, seat, { status: 'completed' })).toBe(false);
	expect(await set(wei.id, weis, { status: 'active', stackVersionId: cast.stacks.florida.versionId })).toBe(false);
	expect(await set(wei.id, weis, { status: 'active' })).toBe(false);
	expect(await set(idris.id, seat, { stackVersionId: other })).toBe(false);
});
