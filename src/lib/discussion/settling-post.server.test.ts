import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { microcredentialVersions, parts, rubricRows } from '#lib/catalogue/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cohorts, enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantPair, type PairWorld } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { longestPost } from './body.ts';
import { type Sent, settleBody } from './settling-post.server.ts';

let db: Database;
let world: PairWorld;
let cohortId: string;
let microcredentialId: string;
let rowId: string;

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await plantPair(db, { status: 'active', endedAs: null });
	rowId = uuidv7();
	await db.asOwner(async (tx) => {
		[{ cohortId }] = (await tx.select({ cohortId: pairs.cohortId }).from(pairs).where(eq(pairs.id, world.pairId))) as [
			{ cohortId: string }
		];
		await tx.update(cohorts).set({ name: 'Cohort A' }).where(eq(cohorts.id, cohortId));
		[{ microcredentialId }] = (await tx
			.select({ microcredentialId: microcredentialVersions.microcredentialId })
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.id, world.microcredentialVersionId))) as [{ microcredentialId: string }];
		const [versionId, partId] = [uuidv7(), uuidv7()];
		const [first] = await tx
			.select()
			.from(microcredentialVersions)
			.where(eq(microcredentialVersions.id, world.microcredentialVersionId));
		const { search: _, ...next } = { ...first!, id: versionId, number: 2, status: 'draft' as const, publishedAt: null };
		await tx.insert(microcredentialVersions).values({ ...next, title: 'One competency, again' });
		await tx
			.insert(parts)
			.values({ id: partId, microcredentialVersionId: versionId, section: 2, position: 1, prompt: 'Show it.' });
		await tx
			.insert(rubricRows)
			.values({ id: rowId, partId, position: 1, criterion: 'Waits three seconds', descriptions: ['No', 'Yes'] });
		await tx
			.update(microcredentialVersions)
			.set({ status: 'published', publishedAt: new Date() })
			.where(eq(microcredentialVersions.id, versionId));
		const names = { teacher: 'Rosa Medina', mentor: 'Idris Okafor', coach: 'Lena Fischer', stranger: 'Sam Ortega' };
		for (const [who, name] of Object.entries(names))
			await tx
				.update(people)
				.set({ name })
				.where(eq(people.id, world[who as keyof PairWorld]));
	});
});
afterAll(() => db?.close());

const settle = (sent: Sent, who: 'teacher' | 'mentor' | 'manager' = 'teacher') =>
	db.asPerson(world[who], (tx) => settleBody(tx, { id: world[who], name: 'x', initials: 'X' }, cohortId, sent));
const doc = (...content: unknown[]) => ({ type: 'doc', content: [{ type: 'paragraph', content }] });
const named = (id: string, name = 'whatever was sent') => ({ type: 'mention', attrs: { id, name } });
const sentence = (work: Promise<unknown>) =>
	work.then(
		() => 'taken',
		(error: unknown) => (error instanceof Refusal ? `${error.reason}: ${error.message}` : Promise.reject(error))
	);

test('whoever is named is called what they are called, whatever was sent', async () => {
	expect(await settle({ body: JSON.stringify(doc(named(world.mentor, 'The <b>boss</b>'))) })).toMatchObject({
		words: '@Idris Okafor',
		mentions: [world.mentor],
		body: doc(named(world.mentor, 'Idris Okafor')),
		said: []
	});
});

test('somebody who is not in the cohort is refused: by name where the author knows them, and by none where not', async () => {
	expect(await sentence(settle({ body: doc(named(world.stranger)) }))).toBe(
		'rule: Somebody whom you name is not in Cohort A and would not read this. Nothing was posted; your words are in the form. Please take the name out, or write it without @.'
	);
	expect(await sentence(settle({ body: doc(named(uuidv7())) }))).toMatch(/^rule: Somebody whom you name is not/);
	await inTheProgram(async () => {
		expect(await sentence(settle({ body: doc(named(world.stranger)) }, 'manager'))).toMatch(
			/^rule: Sam Ortega is not in Cohort A and would not read this\./
		);
		expect(await sentence(settle({ body: doc(named(world.stranger), named(uuidv7())) }, 'manager'))).not.toMatch(/Sam/);
	});
});

/** With the stranger in the program, in no cohort: then whoever manages it knows them. */
async function inTheProgram(work: () => Promise<void>) {
	const id = uuidv7();
	await db.asOwner(async (tx) => {
		const [one] = await tx.select().from(enrollments).where(eq(enrollments.personId, world.teacher));
		await tx.insert(enrollments).values({ ...one!, id, personId: world.stranger, cohortId: null, status: 'applied' });
	});
	try {
		await work();
	} finally {
		await db.asOwner((tx) => tx.delete(enrollments).where(eq(enrollments.id, id)));
	}
}

test('a whole name after an @ in plain text names that person', async () => {
	const { words, mentions, said } = await settle({ text: 'Ask @idris okafor and @Lena Fischer, not @Somebody Else.' });
	expect(words).toBe('Ask @Idris Okafor and @Lena Fischer, not @Somebody Else.');
	expect(mentions.toSorted()).toEqual([world.mentor, world.coach].toSorted());
	expect(said).toEqual([]);
});

test('whoever is typed and is not there stays a word, and it is said, only to those who know them', async () => {
	expect((await settle({ text: 'Thank you @Sam Ortega' })).said).toEqual([]);
	await inTheProgram(async () => {
		expect(await settle({ text: 'Thank you @Sam Ortega and @Idris Okafor' }, 'manager')).toMatchObject({
			mentions: [world.mentor],
			said: ['Sam Ortega is not in Cohort A and will not read this.']
		});
	});
});

test('a name that two bear names nobody, and that is said', async () => {
	await db.asOwner((tx) => tx.update(people).set({ name: 'Idris Okafor' }).where(eq(people.id, world.coach)));
	expect(await settle({ text: 'Ask @Idris Okafor' })).toMatchObject({
		mentions: [],
		said: ['More than one person here is called Idris Okafor, so nobody was told by that name.']
	});
	await db.asOwner((tx) => tx.update(people).set({ name: 'Lena Fischer' }).where(eq(people.id, world.coach)));
});

test('offers and rows of a rubric are called what they are called; what is not there is a word', async () => {
	const reference = (kind: string, id: string) => ({ type: 'reference', attrs: { kind, id, title: 'as sent' } });
	expect(
		await settle({
			body: doc(
				reference('microcredential', microcredentialId),
				reference('row', rowId),
				reference('row', microcredentialId),
				reference('microcredential', rowId)
			)
		})
	).toMatchObject({
		words: 'One competency, againWaits three secondsas sentas sent',
		references: [
			{ kind: 'microcredential', id: microcredentialId },
			{ kind: 'row', id: rowId }
		]
	});
});

test('names can not make a post longer than posts are', async () => {
	const many = Array.from({ length: 900 }, () => named(world.mentor, ''));
	expect(await sentence(settle({ body: doc({ type: 'text', text: 'x' }, ...many) }))).toMatch(/longer than 10,000/);
	expect((await settle({ text: 'x'.repeat(longestPost) })).words.length).toBe(longestPost);
});

test.for<[what: string, sent: Sent, says: RegExp]>([
	['nothing', {}, /nothing in this post/],
	['an empty field', { text: '  ' }, /nothing in this post/],
	['a file for text', { text: new Blob(['x']) }, /nothing in this post/],
	['an empty editor and an empty field', { body: '', text: '' }, /nothing in this post/],
	['no document', { body: 'hello', text: 'hello' }, /can not show/],
	['too much', { text: 'x '.repeat(20_000) }, /longer than 10,000/]
])('%s is refused', async ([, sent, says]) => expect(await sentence(settle(sent))).toMatch(says));

test('without an editor the field counts', async () => {
	expect((await settle({ body: '', text: '**so**' })).words).toBe('so');
});
