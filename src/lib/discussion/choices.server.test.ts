import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { plantCohort, type CohortWorld } from '../../../tests/cohort-world.ts';
import { ask, reply, type SaidWorld } from '../../../tests/said-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { choose, levelFor, readChoices } from './choices.server.ts';
import { threadChoices } from './schema.server.ts';
import { threadIn } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await plantCohort(db);
});
afterAll(() => db?.close());

const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);
const readFollow = (who: CohortWorld['people']['ana'], threadId: string) =>
	db.asPerson(who.id, async (tx) => levelFor(tx, who, (await threadIn(tx, who, threadId)).thread));
const here = () => ({ cohortId: world.cohortId, microcredentialId: world.waiting }) as unknown as SaidWorld;

test('what somebody chose is shown with what it comes to, and taken back with "usual"', async () => {
	const { ana, mentor } = world.people;
	const { threadId } = await ask(db, here(), ana.id, 'Waiting', 'How long?');
	const choice = (level: string, more: object = {}) => choose(db, mentor, { cohortId: world.cohortId, ...more }, level);
	expect(await readChoices(db, mentor, world.cohortId)).toMatchObject({
		all: { chosen: null, usual: 'nothing' },
		comesAlong: true,
		competencies: [
			{ id: world.waiting, title: 'Wait time', chosen: null, level: 'nothing' },
			{ id: world.norms, chosen: null, level: 'nothing' }
		],
		threads: []
	});
	await choice('follow');
	await choice('mute', { microcredentialId: world.norms });
	await choice('watch', { threadId });
	await choice('watch', { threadId });
	expect(await readChoices(db, mentor, world.cohortId)).toMatchObject({
		all: { chosen: 'follow' },
		competencies: [
			{ chosen: null, level: 'follow' },
			{ chosen: 'mute', level: 'mute' }
		],
		threads: [{ id: threadId, title: 'Waiting', competency: 'Wait time', level: 'watch', otherwise: 'follow' }]
	});
	expect(await readFollow(mentor, threadId)).toEqual({
		level: 'watch',
		from: 'thread',
		chosen: 'watch',
		otherwise: { level: 'follow', from: 'cohort' }
	});
	await reply(db, here(), mentor.id, threadId, 'Five seconds');
	await choice('usual', { threadId });
	expect(await readFollow(mentor, threadId)).toMatchObject({ level: 'watch', from: 'taking part', chosen: null });
	expect(await readFollow(ana, threadId)).toMatchObject({ level: 'watch', from: 'taking part' });
	expect(await readFollow(world.people.ben, threadId)).toMatchObject({ level: 'follow', from: 'usual' });
});

test('nobody chooses for what they do not read, or with what is no choice', async () => {
	const { ana, next, manager } = world.people;
	const { threadId } = await ask(db, here(), ana.id, 'Another', 'x');
	const cohortId = world.cohortId;
	for (const who of [next, manager]) {
		expect(await reasonOf(choose(db, who, { cohortId }, 'watch'))).toBe('not-found');
		expect(await reasonOf(choose(db, who, { cohortId: world.nextId, threadId }, 'watch'))).toBe('not-found');
		expect(await reasonOf(readChoices(db, who, cohortId))).toBe('not-found');
		expect(await reasonOf(readFollow(who, threadId))).toBe('not-found');
	}
	expect(await reasonOf(choose(db, ana, { cohortId }, 'everything'))).toBe('rule');
	expect(await reasonOf(choose(db, ana, { cohortId, microcredentialId: world.elsewhere }, 'watch'))).toBe('rule');
	expect(await reasonOf(choose(db, ana, { cohortId, microcredentialId: 'x' }, 'watch'))).toBe('rule');
	expect(await reasonOf(choose(db, ana, { cohortId, microcredentialId: world.waiting, threadId }, 'watch'))).toBe(
		'rule'
	);
	expect(await reasonOf(choose(db, ana, { cohortId, threadId: 'x' }, 'watch'))).toBe('not-found');
	expect(await reasonOf(choose(db, ana, { cohortId: 'x' }, 'watch'))).toBe('not-found');
	const rows = await db.asOwner((tx) => tx.select().from(threadChoices).where(eq(threadChoices.personId, ana.id)));
	expect(rows).toEqual([]);
});
