import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import type { Refusal } from '#lib/errors.ts';
import type { PairState } from '#lib/pairing/policy.ts';
import type { Database } from '#lib/server/database.ts';
import { type PairWorld, plantPair } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { rootName } from './document.ts';
import { packUpdates } from './log.server.ts';
import { cases } from './policy.cases.ts';
import { listReflections, readReflection, startReflection, titlesOf } from './reflection.server.ts';
import { renderUpdate } from './render.ts';
import { reflections, reflectionSharings, reflectionUpdates } from './schema.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db.close());

const active: PairState = { status: 'active', endedAs: null };
const who = (id: string) => ({ id, name: 'Somebody', initials: 'S' });
const refusal = (reason: string) => expect.objectContaining({ reason }) as Refusal;
const start = (world: PairWorld, person: string, given: { title?: string; version?: string; alone?: boolean } = {}) =>
	startReflection(db, who(person), {
		pairId: world.pairId,
		microcredentialVersionId: given.version ?? world.microcredentialVersionId,
		title: given.title ?? 'What changed when I waited?',
		alone: given.alone ?? false
	});
const write = (reflectionId: string, personId: string, text: string) =>
	db.asOwner(async (tx) => {
		const doc = new Y.Doc();
		const paragraph = new Y.XmlElement('paragraph');
		paragraph.insert(0, [new Y.XmlText(text)]);
		doc.getXmlFragment(rootName).insert(0, [paragraph]);
		const updates = packUpdates([Y.encodeStateAsUpdate(doc)]);
		await tx.insert(reflectionUpdates).values({ reflectionId, number: 1, personId, updates });
	});

test('either of the two starts a reflection, and both find and read it', async () => {
	const world = await plantPair(db, active);
	const version = await db.asOwner(async (tx) => {
		const is = eq(microcredentialVersions.id, world.microcredentialVersionId);
		const [{ search: _, ...known }] = (await tx.select().from(microcredentialVersions).where(is)) as [
			typeof microcredentialVersions.$inferSelect
		];
		const next = { id: uuidv7(), number: 2, levels: ['Not yet', 'Demonstrated'], passingLevel: 1 };
		await tx.insert(microcredentialVersions).values({ ...known, ...next, status: 'draft' });
		const [part] = await tx
			.insert(parts)
			.values({
				microcredentialVersionId: next.id,
				section: 3,
				position: 1,
				prompt: 'What did you see?',
				maxWords: 400
			})
			.returning();
		await tx.insert(rubricRows).values([
			{ partId: part!.id, position: 2, criterion: 'Second', descriptions: ['a', 'b'] },
			{ partId: part!.id, position: 1, criterion: 'First', descriptions: ['c', 'd'] }
		]);
		await tx
			.update(microcredentialVersions)
			.set({ status: 'published' })
			.where(eq(microcredentialVersions.id, next.id));
		return next.id;
	});
	const id = await start(world, world.mentor, { title: '  What I saw  ', version });
	await write(id, world.teacher, 'Three hands went up.');
	for (const person of [world.teacher, world.mentor]) {
		const reflection = await readReflection(db, who(person), id);
		expect(reflection).toMatchObject({ title: 'What I saw', access: 'write', microcredential: 'One competency' });
		expect(reflection.prompts).toEqual([
			expect.objectContaining({
				section: 3,
				prompt: 'What did you see?',
				minWords: null,
				maxWords: 400,
				wordsBinding: false,
				isEvidence: false
			})
		]);
		expect(reflection.rubric.map(({ criterion }) => criterion)).toEqual(['First', 'Second']);
		expect(reflection.rubric[0]).toMatchObject({ passing: 1, levels: [{ name: 'Not yet' }, { name: 'Demonstrated' }] });
		expect(renderUpdate(Buffer.from(reflection.state, 'base64'))).toBe('<p>Three hands went up.</p>');
		const listed = await listReflections(db, who(person));
		expect(listed[0]).toMatchObject({ id, lastEdit: { by: { id: world.teacher } } });
	}
});

test('before the first word the page holds one empty paragraph', async () => {
	const world = await plantPair(db, active);
	const { state } = await readReflection(db, who(world.teacher), await start(world, world.teacher));
	expect(renderUpdate(Buffer.from(state, 'base64'))).toBe('<p><br></p>');
});

test.for(cases)('in a pair that is %s (%s) the page gives a %s, of what is %s: %s', async (row) => {
	const [status, endedAs, standing, is, may] = row;
	const world = await plantPair(db, { status, endedAs });
	const [planted] = await db.asOwner((tx) => tx.select().from(reflections).where(eq(reflections.pairId, world.pairId)));
	if (is === 'alone') await takenBack(planted!.id, world.teacher);
	const reading = readReflection(db, who(world[standing]), planted!.id);
	if (may === 'none') await expect(reading).rejects.toEqual(refusal('not-found'));
	else expect(await reading).toMatchObject({ access: may, shared: is === 'shared' });
	expect((await listReflections(db, who(world[standing]))).length).toBe(may === 'none' ? 0 : 1);
	expect(await titlesOf(db, who(world[standing]))).toEqual(may === 'none' ? {} : { [planted!.id]: planted!.title });
});

const takenBack = (reflectionId: string, by: string) =>
	db.asOwner((tx) =>
		tx
			.update(reflectionSharings)
			.set({ takenBackBy: by, takenBackAt: new Date() })
			.where(eq(reflectionSharings.reflectionId, reflectionId))
	);

describe('a teacher may begin alone', () => {
	const mentorFinds = async (world: PairWorld, id: string) =>
		(await listReflections(db, who(world.mentor))).some((one) => one.id === id);

	test('then nobody else finds it, and without asking for it it is shared', async () => {
		const world = await plantPair(db, active);
		const alone = await start(world, world.teacher, { alone: true });
		const together = await start(world, world.teacher);
		expect((await listReflections(db, who(world.teacher))).map(({ id, shared }) => [id, shared])).toEqual(
			expect.arrayContaining([
				[alone, false],
				[together, true]
			])
		);
		expect([await mentorFinds(world, alone), await mentorFinds(world, together)]).toEqual([false, true]);
		await expect(readReflection(db, who(world.mentor), alone)).rejects.toEqual(refusal('not-found'));
	});

	test('and a mentor may not: what they begin is shared from the first moment', async () => {
		const world = await plantPair(db, active);
		const id = await start(world, world.mentor, { alone: true });
		expect(await readReflection(db, who(world.teacher), id)).toMatchObject({ shared: true });
		expect(await mentorFinds(world, id)).toBe(true);
	});
});

test('an address that is no id is not found, like one that is nobody’s', async () => {
	const world = await plantPair(db, active);
	for (const id of ['x', '', "' or 1=1", crypto.randomUUID()])
		await expect(readReflection(db, who(world.teacher), id)).rejects.toEqual(refusal('not-found'));
});

test.for([
	['an empty title', { title: '   ' }],
	['a title with nothing to see', { title: '\u200b' }],
	['a title of 201 characters', { title: '𝕏'.repeat(201) }],
	['a microcredential that is none', { version: 'x' }],
	['a microcredential nobody offers', { version: crypto.randomUUID() }]
] as const)('%s is told in a sentence', async ([, given]) => {
	const world = await plantPair(db, active);
	await expect(start(world, world.teacher, given)).rejects.toEqual(refusal('rule'));
});

test('200 characters of any alphabet are a title', async () => {
	const world = await plantPair(db, active);
	const id = await start(world, world.teacher, { title: '𝕏'.repeat(200) });
	expect([...(await readReflection(db, who(world.teacher), id)).title]).toHaveLength(200);
});

test('a title that Postgres could not store is kept without what it can not', async () => {
	const world = await plantPair(db, active);
	const id = await start(world, world.teacher, { title: 'a\0b' });
	expect((await readReflection(db, who(world.teacher), id)).title).toBe('a b');
});

test('a draft or retired microcredential starts nothing', async () => {
	const world = await plantPair(db, active);
	const is = eq(microcredentialVersions.id, world.microcredentialVersionId);
	const draft = await db.asOwner(async (tx) => {
		const [{ search: _, ...known }] = (await tx.select().from(microcredentialVersions).where(is)) as [
			typeof microcredentialVersions.$inferSelect
		];
		const id = uuidv7();
		await tx.insert(microcredentialVersions).values({ ...known, id, number: 2, status: 'draft' });
		await tx.update(microcredentialVersions).set({ status: 'retired' }).where(is);
		return id;
	});
	for (const version of [draft, world.microcredentialVersionId])
		await expect(start(world, world.teacher, { version })).rejects.toEqual(refusal('rule'));
});

test('nobody starts one in a pair that is not active, nor in somebody else’s', async () => {
	const ended = await plantPair(db, { status: 'ended', endedAs: 'completed' });
	await expect(start(ended, ended.teacher)).rejects.toEqual(refusal('rule'));
	const paused = await plantPair(db, { status: 'paused', endedAs: null });
	await expect(start(paused, paused.mentor)).rejects.toEqual(refusal('rule'));
	const other = await plantPair(db, active);
	for (const stranger of [other.coach, other.manager, other.stranger, paused.teacher])
		await expect(start(other, stranger)).rejects.toEqual(refusal('not-found'));
});
