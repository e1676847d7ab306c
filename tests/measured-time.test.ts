/** How long teachers wrote for a microcredential, asked of a real database: what counts, and that nobody's own time shows. */
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMicrocredentialPage } from '#lib/catalogue/offer.server.ts';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { reflectionHistory, reflections, reflectionUpdates } from '#lib/reflection/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { eq } from 'drizzle-orm';
import { plantPair, type PairWorld } from './pair-world.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
let first: PairWorld;
let microcredentialId: string;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	first = await plantPair(db, { status: 'active', endedAs: null });
	const [version] = await db.asOwner((tx) =>
		tx.select().from(microcredentialVersions).where(eq(microcredentialVersions.id, first.microcredentialVersionId))
	);
	microcredentialId = version!.microcredentialId;
});
afterAll(() => db?.close());

const begin = Date.parse('2026-10-01T15:00:00Z');
const at = (minutes: number) => new Date(begin + minutes * 60_000);
const measured = async (person = first.stranger) =>
	(await readMicrocredentialPage(db, { id: person, name: 'Somebody', initials: 'S' }, microcredentialId, null))
		.measured;

/** A teacher who wrote at these minutes and handed in at that one. */
async function writes(minutes: number[], handedIn: number | null, spans: [number, number][] = []) {
	const world = await plantPair(db, { status: 'active', endedAs: null });
	await db.asOwner(async (tx) => {
		const reflectionId = uuidv7();
		await tx.insert(reflections).values({
			id: reflectionId,
			pairId: world.pairId,
			microcredentialVersionId: first.microcredentialVersionId,
			title: 'Mine',
			createdBy: world.teacher
		});
		const row = { reflectionId, updates: new Uint8Array([0]) };
		if (minutes.length)
			await tx.insert(reflectionUpdates).values([
				...minutes.map((minute, i) => ({ ...row, number: 100 + i, personId: world.teacher, createdAt: at(minute) })),
				// The mentor's time is not the teacher's.
				{ ...row, number: 999, personId: world.mentor, createdAt: at(minutes[0]! + 2) }
			]);
		if (spans.length)
			await tx.insert(reflectionHistory).values(
				spans.map(([from, to], i) => ({
					reflectionId,
					fromNumber: i + 1,
					toNumber: i + 1,
					personId: world.teacher,
					fromAt: at(from),
					toAt: at(to),
					rows: new Uint8Array([0])
				}))
			);
		if (handedIn !== null)
			await tx.insert(submissions).values({
				teacherId: world.teacher,
				microcredentialVersionId: first.microcredentialVersionId,
				submittedAt: at(handedIn)
			});
	});
	return world;
}

test('below ten teachers there is the count and nothing else; from ten on, the middle and the quartiles', async () => {
	const nothing = { lower: null, median: null, upper: null };
	expect(await measured()).toEqual({ people: 0, ...nothing });

	// Eight minutes: four and four, around a night.
	await writes([0, 2, 4, 600, 604], 700);
	// What is written after it was handed in is not counted: 3 minutes.
	await writes([0, 3, 6], 5);
	// Out of the folded log, half of it beyond the day it was handed in, and a row within five minutes of it: 10 + 4 + 6.
	await writes([24], 30, [
		[10, 20],
		[24, 44]
	]);
	// Brought finished words, did not hand in, handed in without a word here: three of whom nothing is known.
	await writes([0], 60);
	await writes([0, 1, 2, 3, 4], null);
	await writes([], 60);
	expect(await measured()).toEqual({ people: 3, ...nothing });

	for (let n = 0; n < 6; n++) await writes([0, 5, 10, 15, 20], 60);
	expect(await measured()).toEqual({ people: 9, ...nothing });
	await writes([0, 5, 10, 15, 20, 25], 60);
	expect(await measured()).toEqual({ people: 10, lower: 20, median: 20, upper: 20 });

	for (let n = 0; n < 10; n++) await writes([0, 5, 10, 15, 20, 25, 30], 60);
	expect(await measured()).toEqual({ people: 20, lower: 20, median: 27.5, upper: 30 });
});

test('who hands in again is one person, measured up to the first time', async () => {
	const { people } = await measured();
	const again = await writes([0, 5, 10], 12);
	await db.asOwner((tx) =>
		tx.insert(submissions).values({
			teacherId: again.teacher,
			microcredentialVersionId: first.microcredentialVersionId,
			submittedAt: at(500)
		})
	);
	expect((await measured()).people).toBe(people + 1);
});
