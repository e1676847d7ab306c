import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { microcredentialVersions, parts } from '#lib/catalogue/schema.server.ts';
import type { Microcredential } from '#lib/catalogue/microcredential.ts';
import type { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { cast } from '../../seed/cast.ts';
import { publishNewer, withAnotherFirstPrompt } from '../../../tests/newer-version.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { readPromptChanges } from './prompts.server.ts';
import { readReflection } from './reflection.server.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const { rosa, idris, claire } = cast.people;
const reflection = cast.reflections.rosaSecond.id;
const read = () => readPromptChanges(db, rosa, reflection);

const publish = async (change: (offer: Microcredential) => Microcredential) =>
	publishNewer(db, (await read()).version.id, change);

test('a reflection says which version it answers, and that there is no newer one', async () => {
	const { version, newer, changes } = await read();
	expect(version.number).toBe(1);
	expect([newer, changes]).toEqual([null, []]);
	const page = await readReflection(db, rosa, reflection);
	expect(page.version).toEqual(version);
	expect(page.answered).toMatchObject({ parts: {}, passages: {}, covered: [] });
	expect(page.answered.words).toBeGreaterThan(100);
});

test('after a newer one is published it stays with its own, and both of the pair read what changed', async () => {
	const before = await readReflection(db, rosa, reflection);
	const versionId = await publish(withAnotherFirstPrompt);
	const { newer, changes } = await read();
	expect(newer).toMatchObject({ id: versionId, number: 2 });
	expect(changes).toHaveLength(1);
	expect(changes[0]).toMatchObject({ kind: 'changed', what: 'Part 1, overview' });
	expect(changes[0]!.pieces).toContainEqual({ kind: 'in', text: expect.stringContaining('Say why') as string });
	expect((await readPromptChanges(db, idris, reflection)).changes).toEqual(changes);
	const after = await readReflection(db, rosa, reflection);
	expect([after.prompts, after.version]).toEqual([before.prompts, before.version]);
	expect(after.newer).toMatchObject({ number: 2 });
});

test('a draft, or a version that is not offered any more, is not a newer one', async () => {
	const versionId = await publish((offer) => ({ ...offer, competency: 'Another one.' }));
	expect((await read()).newer).toMatchObject({ number: 3 });
	await db.asOwner(async (tx) => {
		const is = eq(microcredentialVersions.id, versionId);
		const [known] = await tx.select().from(microcredentialVersions).where(is);
		const { search: _, ...draft } = { ...known!, id: uuidv7(), number: 4, status: 'draft' as const };
		await tx.insert(microcredentialVersions).values(draft);
	});
	expect((await read()).newer).toMatchObject({ number: 3 });
	await db.asOwner((tx) =>
		tx.update(microcredentialVersions).set({ status: 'retired' }).where(eq(microcredentialVersions.id, versionId))
	);
	expect((await read()).newer).toMatchObject({ number: 2 });
});

test('parts that ask for work to show are told from those that ask for words', async () => {
	const { prompts } = await readReflection(db, rosa, reflection);
	const stored = await db.asOwner((tx) => tx.select().from(parts));
	const kinds = new Map(stored.map(({ id, artifactKinds }) => [id, artifactKinds.length > 0]));
	expect(prompts.map(({ isEvidence }) => isEvidence)).toEqual(prompts.map(({ id }) => kinds.get(id)));
	expect(new Set(prompts.map(({ isEvidence }) => isEvidence))).toEqual(new Set([true, false]));
});

test('nobody else learns of it', async () => {
	const no = expect.objectContaining({ reason: 'not-found' }) as Refusal;
	await expect(readPromptChanges(db, claire, reflection)).rejects.toEqual(no);
	await expect(readPromptChanges(db, rosa, 'nonsense')).rejects.toEqual(no);
});
