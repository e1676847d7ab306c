import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../../seed/cast.ts';
import { publishNewer, withAnotherFirstPrompt } from '../../../tests/newer-version.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { compared } from './comparing.ts';
import { readComparison, readMicrocredentialPage, readRivals } from './offer.server.ts';
import { microcredentialVersions, rubricRows } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db.close());

const { waitTime, feedbackLoop, firstCallHome } = cast.microcredentials;
const read = (id: string, number: number | null = null) => readMicrocredentialPage(db, cast.people.rosa, id, number);
const no = expect.objectContaining({ reason: 'not-found' }) as Refusal;

test('a microcredential is read in full, with what it proves and who offers the same', async () => {
	const page = await read(waitTime.id);
	expect(page).toMatchObject({
		issuer: { name: 'Wayfellow Commons' },
		version: { number: 1, status: 'published' },
		measured: { median: null },
		changes: []
	});
	expect(page.says.offer).toMatchObject({ awardMonths: 60, reviewBy: '2028-06-30', grades: [], hours: null });
	expect(page.says.offer).not.toHaveProperty('search');
	expect(page.says.parts).toHaveLength(5);
	expect(page.proves.map(({ code }) => code)).toEqual(['3', '8']);
	// Another issuer's comes first.
	expect(page.rivals[0]).toMatchObject({
		title: 'Time to think',
		issuer: 'Laurel Gap School District',
		shared: ['InTASC 8']
	});
	expect(page.rivals.every(({ microcredentialId }) => microcredentialId !== waitTime.id)).toBe(true);
});

test('each row of the rubric is known by its id, beside the row that says the same', async () => {
	const { says, rowIds } = await read(waitTime.id);
	expect(rowIds.map((ids) => ids.length)).toEqual(says.parts.map(({ rubric }) => rubric.length));
	const all = await db.asOwner((tx) => tx.select().from(rubricRows));
	expect(rowIds.map((ids) => ids.map((id) => all.find((row) => row.id === id)?.criterion))).toEqual(
		says.parts.map(({ rubric }) => rubric.map(({ criterion }) => criterion))
	);
	expect(rowIds.flat().length).toBeGreaterThan(1);
});

test('a newer version says what changed, and the older one stays where it was', async () => {
	await publishNewer(db, feedbackLoop.versionId, withAnotherFirstPrompt);
	const page = await read(feedbackLoop.id);
	expect(page.version.number).toBe(2);
	expect(page.changes.map(({ what }) => what)).toEqual(['Part 1, overview']);
	expect(page.versions.map(({ number }) => number)).toEqual([2, 1]);
	expect(await read(feedbackLoop.id, 1)).toMatchObject({ version: { number: 1 }, current: { number: 2 }, changes: [] });
});

test('a retired one still has its page, for whoever is bound to it', async () => {
	await db.asOwner((tx) =>
		tx
			.update(microcredentialVersions)
			.set({ status: 'retired', retiredReason: 'Nobody wants it.' })
			.where(eq(microcredentialVersions.microcredentialId, firstCallHome.id))
	);
	expect(await read(firstCallHome.id)).toMatchObject({
		current: null,
		version: { status: 'retired', retiredReason: 'Nobody wants it.', retiredAt: expect.any(Date) as Date }
	});
	const { rivals } = await read(waitTime.id);
	expect(rivals.map(({ microcredentialId }) => microcredentialId)).not.toContain(firstCallHome.id);
});

test('what is not there is not found, and neither is a draft', async () => {
	for (const id of ['nonsense', cast.people.rosa.id]) await expect(read(id)).rejects.toEqual(no);
	for (const number of [-1, 0, 9]) await expect(read(waitTime.id, number)).rejects.toEqual(no);
	await db.asOwner((tx) =>
		tx
			.insert(microcredentialVersions)
			.values({ microcredentialId: waitTime.id, number: 2, title: 'Secret plan', competency: 'Not yet.' })
	);
	await expect(read(waitTime.id, 2)).rejects.toEqual(no);
	expect(JSON.stringify(await read(waitTime.id))).not.toContain('Secret plan');
});

test('two offers for one competency are compared, and two for different ones are said to be', async () => {
	const both = await readComparison(db, cast.people.rosa, waitTime.id, cast.timeToThink.id);
	expect(both.shared).toEqual([expect.stringContaining('8 Instructional Strategies')]);
	const rows = compared(both.a, both.b);
	expect(rows[0]).toMatchObject({ what: 'Time, as the issuer says', b: ['about 6 hours'], differs: true });
	expect((await readComparison(db, cast.people.rosa, waitTime.id, firstCallHome.id)).shared).toEqual([]);
	await expect(readComparison(db, cast.people.rosa, waitTime.id, 'nonsense')).rejects.toEqual(no);
	const { rivals } = await readRivals(db, cast.people.rosa, cast.timeToThink.id);
	expect(rivals.map(({ title }) => title)).toContain('Wait time after questions');
});
