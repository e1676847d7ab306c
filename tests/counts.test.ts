/** What is counted as submitted, earned and expired is what a teacher's own progress says of each of them (`progress/counting.ts`). */
import { eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awards } from '#lib/badge/schema.server.ts';
import { microcredentialVersions, stackItems } from '#lib/catalogue/schema.server.ts';
import { programCounts } from '#lib/counts/schema.server.ts';
import { countProgram } from '#lib/counts/tally.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { organizations, people } from '#lib/identity/schema.server.ts';
import { enrollments, programs } from '#lib/program/schema.server.ts';
import { countingOf } from '#lib/progress/counting.ts';
import { endOfDay } from '#lib/progress/days.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { cast } from '../src/seed/cast.ts';
import { withDatabase } from './with-database.ts';

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const zone = 'America/Chicago';
const day = 86_400_000;
/** A moment before midnight there, when an hour more or less would be another day. */
const now = new Date(endOfDay('2026-11-23', zone) - 1);
const statuses = ['invited', 'applied', 'waiting', 'enrolled', 'active', 'completed', 'withdrawn'] as const;
const inside: readonly string[] = ['enrolled', 'active', 'completed'];

test('of two hundred teachers with random histories, up to the last moment of a day', async () => {
	let state = 7;
	const below = (n: number) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
	const [programId, stateId, school] = [uuidv7(), uuidv7(), uuidv7()];
	const right = { submitted: 0, earned: 0, expired: 0, active: 0, withdrawn: 0 };
	await db.asOwner(async (tx) => {
		const [seat] = await tx
			.select()
			.from(enrollments)
			.where(eq(enrollments.programId, cast.programs.tennessee.id))
			.limit(1);
		const items = await tx
			.select({ id: microcredentialVersions.id, item: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.innerJoin(stackItems, eq(stackItems.microcredentialId, microcredentialVersions.microcredentialId))
			.where(eq(stackItems.stackVersionId, seat!.stackVersionId))
			.limit(3);
		const own = items.map(({ item }) => item);
		// What is of no stack of theirs counts for nothing.
		const [other] = await tx
			.select({ id: microcredentialVersions.id, item: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.where(
				sql`${microcredentialVersions.microcredentialId} not in (select microcredential_id from stack_items where stack_version_id = ${seat!.stackVersionId})`
			)
			.limit(1);
		const versions = [...items, other!];
		await tx.insert(organizations).values({ id: stateId, kind: 'state', name: 'S', timeZone: zone });
		await tx.insert(organizations).values({ id: school, kind: 'school', name: 'C', parentId: stateId, timeZone: zone });
		await tx.insert(programs).values({
			id: programId,
			key: programId,
			name: 'P',
			organizationId: stateId,
			timeZone: zone,
			startsOn: '2026-08-01'
		});
		for (let i = 0; i < 200; i++) {
			const personId = uuidv7();
			const status = statuses[below(12)] ?? 'active';
			await tx
				.insert(people)
				.values({ id: personId, name: `T ${i}`, initials: 'T', organizationId: [school, stateId, null][below(3)]! });
			await tx.insert(enrollments).values({ programId, personId, stackVersionId: seat!.stackVersionId, status });
			const at = () => new Date(now.getTime() - (below(40) - 4) * day);
			const handedIn = Array.from({ length: below(3) }, () => {
				const version = versions[below(versions.length)]!;
				const submittedAt = at();
				const decision = ([null, 'earned', 'not-yet', 'incomplete'] as const)[below(4)]!;
				return {
					version,
					submittedAt,
					decision,
					decidedAt: decision && new Date(submittedAt.getTime() + below(6) * day)
				};
			});
			const awarded = Array.from({ length: below(4) }, () => {
				const version = versions[below(versions.length)]!;
				const awardedAt = at();
				const expiresOn = below(2)
					? ['2026-11-10', '2026-11-22', '2026-11-23', '2026-11-24', '2026-12-24'][below(5)]!
					: null;
				const revokedAt = below(4) === 0 ? new Date(awardedAt.getTime() + below(20) * day) : null;
				return { version, awardedAt, expiresOn, revokedAt };
			});
			for (const { version, ...one } of handedIn)
				await tx.insert(submissions).values({ ...one, teacherId: personId, microcredentialVersionId: version.id });
			for (const { version, ...one } of awarded)
				await tx
					.insert(awards)
					.values({ ...one, personId, microcredentialVersionId: version.id, revokedReason: one.revokedAt && 'x' });

			if (status === 'active' || status === 'withdrawn') right[status]++;
			if (!inside.includes(status)) continue;
			const counting = countingOf(
				{
					submissions: handedIn.map(({ version, ...one }) => ({ ...one, microcredentialId: version.item })),
					awards: awarded.map(({ version, ...one }) => ({ ...one, microcredentialId: version.item }))
				},
				{ zone, lastDay: null, now }
			);
			const holds = (item: string) => counting.counts(now.getTime(), item, 'earned', null);
			if (own.some((item) => counting.ever(item, 'submitted', null))) right.submitted++;
			if (own.some(holds)) right.earned++;
			const ranOut = awarded.some(({ version: { item }, awardedAt, expiresOn, revokedAt }) => {
				if (!own.includes(item) || expiresOn === null || holds(item)) return false;
				const end = endOfDay(expiresOn, zone);
				return (
					awardedAt.getTime() < end &&
					end <= now.getTime() &&
					(revokedAt === null || revokedAt.getTime() >= end) &&
					(revokedAt === null || revokedAt > awardedAt)
				);
			});
			if (ranOut) right.expired++;
		}
	});
	await countProgram(db, programId, now);
	const rows = await db.asOwner((tx) =>
		tx
			.select()
			.from(programCounts)
			.where(inArray(programCounts.programId, [programId]))
	);
	const whole = rows.find(({ kind }) => kind === 'program')!;
	expect(whole).toMatchObject(right);
	expect(Math.min(...Object.values(right))).toBeGreaterThan(3);
	// Of no school, of no state: never dropped.
	expect(rows.filter(({ rest }) => rest)).toHaveLength(2);
});
