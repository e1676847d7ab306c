/** Acts on the rights of a reflection at one instant need connections of their own, so this runs on a Postgres server. */
import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { rootName } from '#lib/reflection/document.ts';
import { freezeReflection } from '#lib/reflection/freeze.server.ts';
import { appendRows, packUpdates } from '#lib/reflection/log.server.ts';
import { showPassage } from '#lib/reflection/passages.server.ts';
import {
	reflectionPassages,
	reflectionSharings,
	reflectionUpdates,
	reflectionVersions
} from '#lib/reflection/schema.server.ts';
import { readSharing, shareReflection, takeBackReflection } from '#lib/reflection/sharing.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantReflection, signIn } from '../live-room.ts';
import { serverDatabase } from '../with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

const rounds = 12;
const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });

/** A reflection in which the teacher wrote a line. */
async function written(alone = false) {
	const world = await plantReflection(db, undefined, { alone });
	const doc = new Y.Doc();
	const paragraph = new Y.XmlElement('paragraph');
	paragraph.insert(0, [new Y.XmlText('Three hands went up.')]);
	doc.getXmlFragment(rootName).insert(0, [paragraph]);
	const updates = packUpdates([Y.encodeStateAsUpdate(doc)]);
	await db.asOwner((tx) =>
		tx
			.insert(reflectionUpdates)
			.values({ reflectionId: world.reflectionId, number: 1, personId: world.teacher, updates })
	);
	return { ...world, asTeacher: as(world.teacher) };
}
const isShared = async (reflectionId: string) =>
	(
		await db.asOwner((tx) =>
			tx
				.select()
				.from(reflectionSharings)
				.where(and(eq(reflectionSharings.reflectionId, reflectionId), isNull(reflectionSharings.takenBackAt)))
		)
	).length;
const eventsOf = async (person: string, kind: string) =>
	(
		await db.asOwner((tx) =>
			tx
				.select()
				.from(auditEvents)
				.where(and(eq(auditEvents.personId, person), eq(auditEvents.kind, kind)))
		)
	).length;

test('taken back and frozen at one instant: what is frozen is shared, or it was taken back before', async () => {
	let first = 0;
	for (let round = 0; round < rounds; round++) {
		const { asTeacher, teacher, reflectionId } = await written();
		const acts = [
			() => takeBackReflection(db, asTeacher, reflectionId),
			() => freezeReflection(db, asTeacher, reflectionId, 'First')
		];
		if (round % 2) acts.reverse();
		const ends = await Promise.allSettled(acts.map((act) => act()));
		if (round % 2) ends.reverse();
		const [takenBack, frozen] = ends as [PromiseSettledResult<void>, PromiseSettledResult<string>];
		expect(frozen.status, 'freezing is never in the way').toBe('fulfilled');
		const [version] = await db.asOwner((tx) =>
			tx.select().from(reflectionVersions).where(eq(reflectionVersions.reflectionId, reflectionId))
		);
		const shared = await isShared(reflectionId);
		expect(shared, takenBack.status).toBe(takenBack.status === 'fulfilled' ? 0 : 1);
		if (takenBack.status === 'rejected')
			expect((takenBack.reason as Error).message, 'it says why').toMatch(/is frozen/);
		else {
			first++;
			const [span] = await db.asOwner((tx) =>
				tx.select().from(reflectionSharings).where(eq(reflectionSharings.reflectionId, reflectionId))
			);
			expect(span!.takenBackAt!.getTime()).toBeGreaterThanOrEqual(span!.sharedAt.getTime());
		}
		expect(version).toBeDefined();
		expect(await eventsOf(teacher, 'reflection-taken-back')).toBe(takenBack.status === 'fulfilled' ? 1 : 0);
	}
	expect(first, 'who comes first differs from round to round').toBeGreaterThan(0);
	expect(first).toBeLessThan(rounds);
});

test('shared by five clicks at one instant it is shared once, and written down once', async () => {
	for (let round = 0; round < rounds; round++) {
		const { asTeacher, teacher, reflectionId } = await written(true);
		await Promise.all(Array.from({ length: 5 }, () => shareReflection(db, asTeacher, reflectionId)));
		expect(await isShared(reflectionId)).toBe(1);
		expect(await eventsOf(teacher, 'reflection-shared')).toBe(1);
		await Promise.all(Array.from({ length: 5 }, () => takeBackReflection(db, asTeacher, reflectionId)));
		expect(await isShared(reflectionId)).toBe(0);
		expect(await eventsOf(teacher, 'reflection-taken-back')).toBe(1);
	}
});

test('of two clicks at one instant one freezes, and one shows', async () => {
	for (let round = 0; round < rounds; round++) {
		const { asTeacher, reflectionId } = await written();
		const froze = await Promise.allSettled(
			['A', 'B', 'C'].map((name) => freezeReflection(db, asTeacher, reflectionId, name))
		);
		expect(froze.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const keys = (await readSharing(db, asTeacher, reflectionId)).choices!.map(({ key }) => key);
		await Promise.all(Array.from({ length: 4 }, () => showPassage(db, asTeacher, reflectionId, keys)));
		const shown = await db.asOwner((tx) =>
			tx.select().from(reflectionPassages).where(eq(reflectionPassages.reflectionId, reflectionId))
		);
		expect(shown).toHaveLength(1);
	}
});

test('words that arrive while it is taken back are stored whole or refused, and the log has no gap', async () => {
	for (let round = 0; round < rounds; round++) {
		const { asTeacher, mentor, reflectionId } = await written();
		const { sessionId } = await signIn(db, mentor);
		const session = db.serviceSession();
		try {
			const row = { reflectionId, personId: mentor, sessionId, updates: [new Uint8Array([0, 0])], clients: [] };
			const [[appended]] = await Promise.all([
				appendRows(session, [{ ...row, after: 1 }]),
				takeBackReflection(db, asTeacher, reflectionId)
			]);
			const rows = await db.asOwner((tx) =>
				tx.select().from(reflectionUpdates).where(eq(reflectionUpdates.reflectionId, reflectionId))
			);
			expect(rows).toHaveLength(appended!.kind === 'written' ? 2 : 1);
			expect(['written', 'not-allowed']).toContain(appended!.kind);
			// And from then on nothing.
			const [late] = await appendRows(session, [{ ...row, after: rows.length }]);
			expect(late!.kind).toBe('not-allowed');
		} finally {
			await session.close();
		}
	}
});
