import { and, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { people, roles } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { cohortMoves, cohorts, enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort, type Talker } from '../../../tests/cohort-world.ts';
import { proven } from '../../../tests/pair-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { listCohorts, readCohort } from './cohorts.server.ts';
import { moveToCohort, readMove } from './moving.server.ts';
import { askNameless, publishNameless } from './nameless.server.ts';
import { addPost, openThread } from './posting.server.ts';
import { posts, postWords, threads } from './schema.server.ts';
import { readThread } from './threads.server.ts';

let db: Database;
let world: CohortWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	world = await plantCohort(db);
	await db.asOwner((tx) =>
		tx
			.insert(roles)
			.values({ personId: world.people.coach.id, role: 'coach', scopeKind: 'program', scopeId: world.programId })
	);
});

const whence = { network: null, userAgent: null };
const who = (key: Talker) => world.people[key];
const acting = (key: Talker, proof: typeof proven | null = proven) => ({ person: who(key), proof, whence });
const reasonOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error))
	);
const move = (key: Talker = 'ana', to = world.nextId, by: Talker = 'manager', reason?: string) =>
	moveToCohort(db, acting(by), world.programId, who(key).id, { cohortId: to, reason });
const open = async (key: Talker, cohortId = world.cohortId, text = `Said by ${key}`) =>
	openThread(db, who(key), {
		cohortId,
		microcredentialId: world.waiting,
		kind: 'question',
		title: `A thread of ${key}`,
		text,
		form: uuidv7()
	});
const say = (key: Talker, threadId: string) =>
	addPost(db, who(key), threadId, { text: `More of ${key}`, form: uuidv7() });
/** Everything of the room that a person's own policies let through: by verbs and by tables. */
const reads = (key: Talker) =>
	db.asPerson(who(key).id, async (tx) => ({
		words: (await tx.select({ id: postWords.postId }).from(postWords)).map(({ id }) => id).sort(),
		posts: (await tx.select({ id: posts.id }).from(posts)).map(({ id }) => id).sort(),
		threads: (await tx.select({ id: threads.id }).from(threads)).map(({ id }) => id).sort()
	}));
const cohortsOf = async (key: Talker) => (await listCohorts(db, who(key))).map(({ name }) => name);

describe('moving a teacher', () => {
	test('the rule, before and after: exactly what it says', async () => {
		const a = await open('ana');
		const answer = await say('ben', a.threadId);
		const b = await open('ben');
		const mine = await say('ana', b.threadId);
		const next = await open('next', world.nextId);
		await askNameless(db, who('ana'), {
			cohortId: world.cohortId,
			microcredentialId: world.norms,
			title: 'Without a name',
			text: 'Is it me?',
			form: uuidv7()
		});
		await publishNameless(db, new Date(Date.now() + 16 * 60_000));
		const all = await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.cohortId, world.cohortId)));
		const nameless = all.find((post) => post.nameless)!;
		const before = { ben: await reads('ben'), next: await reads('next') };
		expect((await reads('ana')).words).toEqual(all.map(({ id }) => id).sort());

		const page = await readMove(db, who('manager'), world.programId, who('ana').id, world.nextId);
		expect(page.from?.name).toBe('Cohort A');
		expect(page.plan?.sentences).toEqual([
			'What Ana Ruiz wrote stays in Cohort A, under their name, and is read by Cohort A.',
			'Ana Ruiz keeps reading their own posts, and nothing else of Cohort A from this moment.',
			'In Cohort B Ana Ruiz reads all that was said, as everybody there does.',
			'Cohort B sees nothing that Ana Ruiz wrote before.',
			'Questions without a name stay without one.',
			'Notices about Cohort A that are waiting are dropped.',
			'Mira Stone, who mentors them, comes along and reads Cohort B from now on, and nothing of Cohort A any more but their own posts.',
			'Carl Coach, their coach, comes along and reads Cohort B from now on, and nothing of Cohort A any more but their own posts.'
		]);
		// Looking at it did nothing.
		expect(await cohortsOf('ana')).toEqual(['Cohort A']);
		expect(await move('ana', world.nextId, 'manager', 'Her school goes with Cohort B')).toEqual({
			to: 'Cohort B',
			moved: true
		});

		// What they wrote stays, under their name, and Cohort A reads exactly what it read; Cohort B too.
		expect({ ben: await reads('ben'), next: await reads('next') }).toEqual(before);
		expect((await readThread(db, who('ben'), a.threadId)).posts[0]).toMatchObject({ by: { name: 'Ana Ruiz' } });
		expect((await readThread(db, who('ben'), b.threadId)).posts[1]).toMatchObject({ by: { name: 'Ana Ruiz' } });
		// They read their own, with and without a name, and all of Cohort B.
		const own = [a.postId, mine.postId, nameless.id];
		expect((await reads('ana')).words).toEqual([...own, next.postId].sort());
		expect((await reads('ana')).posts).toEqual([...own, next.postId].sort());
		expect((await reads('ana')).words).not.toContain(answer.postId);
		for (const threadId of [a.threadId, b.threadId, nameless.threadId])
			expect(await reasonOf(readThread(db, who('ana'), threadId))).toBe('not-found');
		expect(await reasonOf(readCohort(db, who('ana'), world.cohortId))).toBe('not-found');
		expect(await reasonOf(say('ana', b.threadId))).toBe('not-found');
		expect((await readThread(db, who('ana'), next.threadId)).posts).toHaveLength(1);
		expect(await reasonOf(say('ana', next.threadId))).toBe('done');
		// Without a name it stays.
		expect((await readThread(db, who('ben'), nameless.threadId)).posts).toMatchObject([{ by: { kind: 'nameless' } }]);
		expect((await readThread(db, who('next'), next.threadId)).posts.at(-1)).toMatchObject({ by: { name: 'Ana Ruiz' } });
		// Mentor and coach come along.
		for (const key of ['ana', 'mentor', 'coach'] as const) expect(await cohortsOf(key)).toEqual(['Cohort B']);
		expect(await cohortsOf('ben')).toEqual(['Cohort A']);
		const again = await readMove(db, who('manager'), world.programId, who('ana').id, null);
		expect(again).toMatchObject({
			from: { name: 'Cohort B' },
			plan: null,
			moves: [{ from: 'Cohort A', to: 'Cohort B', by: 'Maya Manager', reason: 'Her school goes with Cohort B' }]
		});
		const [event] = await db.asPerson(who('ana').id, (tx) =>
			tx.select().from(auditEvents).where(eq(auditEvents.kind, 'cohort-moved'))
		);
		expect(event).toMatchObject({ byPersonId: who('manager').id, about: { from: world.cohortId, to: world.nextId } });
		expect(JSON.stringify(event)).not.toContain('Her school');
	});
	test('whoever has another reason to read the first cohort goes on reading it, and the page says so', async () => {
		await db.asOwner(async (tx) => {
			const other = uuidv7();
			await tx.insert(pairs).values({
				id: other,
				programId: world.programId,
				cohortId: world.cohortId,
				teacherId: who('ben').id,
				mentorId: who('mentor').id,
				status: 'active'
			});
		});
		const { plan } = await readMove(db, who('manager'), world.programId, who('ana').id, world.nextId);
		expect(plan?.sentences.at(-2)).toBe(
			'Mira Stone, who mentors them, comes along and reads Cohort B from now on, beside Cohort A.'
		);
		await move();
		expect((await cohortsOf('mentor')).sort()).toEqual(['Cohort A', 'Cohort B']);
		expect(await cohortsOf('coach')).toEqual(['Cohort B']);
	});
	test('a role of a teacher in the first cohort ends and one in the second begins, and a mentor’s stays', async () => {
		await db.asOwner((tx) =>
			tx.insert(roles).values([
				{ personId: who('ana').id, role: 'teacher', scopeKind: 'cohort', scopeId: world.cohortId },
				{ personId: who('mentor').id, role: 'mentor', scopeKind: 'cohort', scopeId: world.cohortId }
			])
		);
		expect(
			(await readMove(db, who('manager'), world.programId, who('ana').id, world.nextId)).plan?.sentences
		).toContain('Mira Stone, who mentors them, comes along and reads Cohort B from now on, beside Cohort A.');
		await move();
		const held = (key: Talker) =>
			db.asOwner((tx) =>
				tx
					.select({ scopeId: roles.scopeId })
					.from(roles)
					.where(and(eq(roles.personId, who(key).id), isNull(roles.untilAt)))
			);
		expect(await held('ana')).toEqual([{ scopeId: world.nextId }]);
		expect(await held('mentor')).toEqual([{ scopeId: world.cohortId }]);
		expect(await cohortsOf('ana')).toEqual(['Cohort B']);
	});
	test('somebody with a role in the cohort who has not chosen a stack yet moves as well', async () => {
		const id = uuidv7();
		await db.asOwner(async (tx) => {
			await tx.insert(people).values({ id, name: 'Dee New', initials: 'DN' });
			await tx.insert(roles).values({ personId: id, role: 'teacher', scopeKind: 'cohort', scopeId: world.cohortId });
		});
		const moved = moveToCohort(db, acting('manager'), world.programId, id, { cohortId: world.nextId });
		expect(await moved).toEqual({ to: 'Cohort B', moved: true });
		expect((await listCohorts(db, { id, name: 'Dee New', initials: 'DN' })).map(({ name }) => name)).toEqual([
			'Cohort B'
		]);
	});
	test('to where they are is nothing, and back is another move', async () => {
		expect(await move('ana', world.cohortId)).toEqual({ to: 'Cohort A', moved: false });
		await move();
		await move('ana', world.cohortId);
		const rows = await db.asOwner((tx) =>
			tx
				.select()
				.from(cohortMoves)
				.where(eq(cohortMoves.personId, who('ana').id))
		);
		expect(rows).toHaveLength(2);
		expect(await cohortsOf('ana')).toEqual(['Cohort A']);
	});
	test('a full cohort says so, and nobody is moved', async () => {
		await db.asOwner((tx) => tx.update(cohorts).set({ capacity: 1 }).where(eq(cohorts.id, world.nextId)));
		expect(await reasonOf(move())).toBe('rule');
		expect(await cohortsOf('ana')).toEqual(['Cohort A']);
		expect((await readMove(db, who('manager'), world.programId, who('ana').id, world.nextId)).plan).toBeNull();
		await db.asOwner((tx) => tx.update(cohorts).set({ capacity: 2 }).where(eq(cohorts.id, world.nextId)));
		const both = await Promise.all([reasonOf(move('ana')), reasonOf(move('ben'))]);
		expect(both.sort()).toEqual(['done', 'rule']);
	});
	test('only by a manager of the program with a passkey, only a teacher of it, and only into a cohort of it', async () => {
		for (const by of ['ana', 'ben', 'mentor', 'coach', 'moderator', 'next'] as const)
			expect(await reasonOf(move('ana', world.nextId, by))).toBe('not-found');
		const unproven = moveToCohort(db, acting('manager', null), world.programId, who('ana').id, {
			cohortId: world.nextId
		});
		expect(await reasonOf(unproven)).toBe('unproven');
		for (const key of ['mentor', 'coach', 'moderator', 'manager'] as const)
			expect(await reasonOf(move(key))).toBe('not-found');
		const elsewhere = await plantCohort(db);
		for (const to of [elsewhere.cohortId, uuidv7(), 'x']) expect(await reasonOf(move('ana', to))).toBe('not-found');
		expect(await reasonOf(readMove(db, who('ana'), world.programId, who('ana').id, world.nextId))).toBe('not-found');
		expect(await reasonOf(readMove(db, who('ben'), world.programId, who('ana').id, world.nextId))).toBe('not-found');
		expect(await cohortsOf('ana')).toEqual(['Cohort A']);
		// By the tables nobody moves themself or another.
		for (const key of ['ana', 'manager'] as const)
			await expect(
				db.asPerson(who(key).id, (tx) =>
					tx
						.update(enrollments)
						.set({ cohortId: world.nextId })
						.where(eq(enrollments.personId, who('ana').id))
				)
			).rejects.toThrow();
		for (const key of ['ana', 'ben'] as const) {
			const { rows } = (await db.asPerson(who(key).id, (tx) =>
				tx.execute(
					sql`select app.move_to_cohort(${world.programId}::uuid, ${who('ana').id}::uuid, ${world.nextId}::uuid, null) as what`
				)
			)) as unknown as { rows: { what: string }[] };
			expect(rows[0]!.what).toBe('not-found');
		}
	});
	test('a move is read by whom it is about and by the managers, and by nobody else', async () => {
		await move('ana', world.nextId, 'manager', 'As agreed');
		const seen = (key: Talker) => db.asPerson(who(key).id, (tx) => tx.select().from(cohortMoves));
		for (const key of ['ana', 'manager'] as const) expect(await seen(key)).toMatchObject([{ reason: 'As agreed' }]);
		for (const key of ['ben', 'mentor', 'coach', 'moderator', 'next'] as const) expect(await seen(key)).toEqual([]);
	});
	test('in any order of posts and moves, everybody reads their own and all of where they are', async () => {
		let seed = 20261130;
		const random = (below: number) => {
			seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
			return seed % below;
		};
		const movers = ['ana', 'ben', 'cleo', 'next'] as const;
		const where = new Map<Talker, string>(movers.map((key) => [key, key === 'next' ? world.nextId : world.cohortId]));
		const said: { id: string; by: Talker; cohort: string }[] = [];
		for (let step = 0; step < 40; step++) {
			const key = movers[random(movers.length)]!;
			if (random(3) === 0) {
				const to = random(2) ? world.nextId : world.cohortId;
				await move(key, to);
				where.set(key, to);
			} else if (said.filter(({ by }) => by === key).length < 3) {
				const { postId } = await open(key, where.get(key));
				said.push({ id: postId, by: key, cohort: where.get(key)! });
			}
			const asks = movers[random(movers.length)]!;
			const expected = said.filter(({ by, cohort }) => by === asks || cohort === where.get(asks)).map(({ id }) => id);
			expect((await reads(asks)).words).toEqual(expected.sort());
		}
		expect(said.length).toBeGreaterThan(8);
	});
});
