import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cast } from '../../seed/cast.ts';
import type { Person } from '#lib/identity/person.ts';
import { pauseWork, resumeWork } from '#lib/program/pausing.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { beginReflection } from './beginning.server.ts';
import { readPairSpace } from './pair-space.server.ts';
import { secondReasons } from './schema.server.ts';

const { noor, idris, claire, pat, rosa } = cast.people;
const pairId = cast.pairs.noorIdris.id;
const versions = {
	routines: cast.microcredentials.firstRoutines.versionId,
	goals: cast.microcredentials.clearGoals.versionId,
	wait: cast.microcredentials.waitTime.versionId
};

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase();
});
afterAll(() => db?.close());

const begin = (
	person: Person,
	microcredentialVersionId: string,
	why: { choice?: string; words?: string } = {},
	alone = false
) =>
	beginReflection(
		db,
		person,
		{
			pairId,
			microcredentialVersionId,
			title: 'What changed',
			alone,
			why: { choice: why.choice ?? null, words: why.words ?? null }
		},
		new Date(Date.now() + 1000)
	);
const spaceOf = (person: Person) => readPairSpace(db, person, null, pairId, new Date(Date.now() + 1000));
const countOf = async () =>
	(await db.asOwner((tx) => tx.select().from(reflections).where(eq(reflections.pairId, pairId)))).length;

test('going on with what is in work asks nothing; a second one asks why, keeps it for the two, and is begun', async () => {
	const inWork = (await spaceOf(noor)).inWork;
	const [first, second] = inWork ? [versions.wait, versions.goals] : [versions.routines, versions.goals];
	await begin(noor, first, inWork ? { choice: 'waiting' } : {});
	await begin(noor, first);
	const before = await countOf();
	await expect(begin(noor, second)).rejects.toMatchObject({
		reason: 'rule',
		message: expect.stringContaining('in work')
	});
	expect(await countOf()).toBe(before);
	const id = await begin(noor, second, { words: 'The class asks for it.' });
	expect(await countOf()).toBe(before + 1);
	const shown = async (person: Person) => (await spaceOf(person)).reflections?.find((one) => one.id === id)?.why;
	expect(await shown(noor)).toBe('The class asks for it.');
	expect(await shown(idris)).toBe('The class asks for it.');
	for (const person of [claire, pat, rosa])
		expect(await db.asPerson(person.id, (tx) => tx.select().from(secondReasons))).toEqual([]);
	expect((await spaceOf(claire)).reflections).toBe(null);
});

test('the mentor is asked as well, and sees no reason of what the teacher keeps to herself', async () => {
	await expect(begin(idris, cast.microcredentials.exitNotes.versionId)).rejects.toMatchObject({ reason: 'rule' });
	await begin(idris, cast.microcredentials.exitNotes.versionId, { choice: 'fits-class' });
	const alone = await begin(noor, cast.microcredentials.thinkingAloud.versionId, { words: 'For me alone' }, true);
	const own = (person: Person) =>
		db.asPerson(person.id, (tx) => tx.select().from(secondReasons).where(eq(secondReasons.reflectionId, alone)));
	expect(await own(noor)).toHaveLength(1);
	expect(await own(idris)).toEqual([]);
});

test('what rests is not in work', async () => {
	const seat = cast.enrollments.find((one) => one.person === 'noor')!.id;
	const everything = { enrollmentId: seat, microcredentialId: null };
	await pauseWork(db, noor, { ...everything, reason: '' }, null);
	expect((await spaceOf(noor)).inWork).toBe(null);
	expect((await spaceOf(claire)).rests).toMatchObject([{ what: null, reason: null }]);
	await resumeWork(db, noor, everything, null);
	expect((await spaceOf(noor)).inWork).not.toBe(null);
});

test('who has said that they have taught for years is not asked again', async () => {
	await begin(noor, cast.microcredentials.feedbackLoop.versionId, { choice: 'practised' });
	expect((await spaceOf(noor)).inWork).toBe(null);
	await begin(noor, cast.microcredentials.openQuestions.versionId);
});

test('a coach, a manager and a stranger begin nothing, and what is wrong with the form is said first', async () => {
	for (const person of [claire, pat, rosa])
		await expect(begin(person, versions.goals)).rejects.toMatchObject({ reason: 'not-found' });
	await expect(
		beginReflection(
			db,
			noor,
			{ pairId, microcredentialVersionId: versions.goals, title: ' ', why: { choice: null, words: null } },
			new Date()
		)
	).rejects.toMatchObject({ message: expect.stringContaining('title') });
});
