import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sendHeld } from '#lib/notification/rounds.server.ts';
import { notifications, notificationSettings } from '#lib/notification/schema.server.ts';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { ask, moveTo, plantCohort, plantSaid, plantTeacher, reply, type SaidWorld } from '../../../tests/said-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { choose } from './choices.server.ts';
import { markAllRead, markRead } from './reading.server.ts';
import { namelessPosts, posts, postWords, threads } from './schema.server.ts';
import { mutedInCohort, stillInCohort, tellThreads } from './telling.server.ts';

let db: Database;
let world: SaidWorld;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());
beforeEach(async () => {
	world = await plantSaid(db);
});

type Who = 'teacher' | 'peer' | 'mentor' | 'coach' | 'moderator' | 'manager' | 'stranger';
const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const choice = (who: Who, level: string, more: { threadId?: string; microcredentialId?: string } = {}) =>
	choose(db, as(world[who]), { cohortId: world.cohortId, ...more }, level);
const noticesOf = (personId: string) =>
	db.asPerson(personId, (tx) => tx.select().from(notifications).where(eq(notifications.personId, personId)));
/** Kind and words of what each was told. */
const told = async (...who: Who[]) => {
	await tellThreads(db);
	return Promise.all(
		who.map(async (one) =>
			(await noticesOf(world[one]))
				.map(({ kind, title, readAt }) => `${kind}${readAt ? ' (read)' : ''}: ${title}`)
				.sort()
		)
	);
};

describe('who is told', () => {
	test('of a new thread: whoever follows, and of replies whoever takes part; mentor and coach only as they choose', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		expect(await told('teacher', 'peer', 'mentor', 'coach', 'moderator', 'manager', 'stranger')).toEqual([
			[],
			['new-thread: The teacher asked “Waiting”'],
			[],
			[],
			['new-thread: The teacher asked “Waiting”'],
			[],
			[]
		]);
		await choice('coach', 'watch');
		await reply(db, world, world.mentor, threadId, 'Five seconds.');
		const [teacher, mentor, coach, peer] = await told('teacher', 'mentor', 'coach', 'peer');
		expect(teacher).toEqual(['reply: The mentor replied in “Waiting”']);
		expect(mentor).toEqual([]);
		expect(coach).toEqual(['reply: The mentor replied in “Waiting”']);
		expect(peer).toEqual(['new-post: New posts in “Waiting”', 'new-thread: The teacher asked “Waiting”']);
		expect((await noticesOf(world.teacher))[0]).toMatchObject({
			about: `thread:${threadId}`,
			within: [`cohort:${world.cohortId}`, `competency:${world.microcredentialId}`],
			href: `/threads/${threadId}?at=2#post-2`,
			place: '“Waiting”'
		});
	});
	test('each once, whatever number of rounds, and whoever follows once a day for each thread', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		for (let i = 0; i < 15; i++) await reply(db, world, world.mentor, threadId, `${i}`);
		const once = await told('teacher', 'peer');
		expect(once.map((all) => all.length)).toEqual([15, 2]);
		expect(await told('teacher', 'peer')).toEqual(once);
		expect(await tellThreads(db)).toBe(0);
	});
	test('nobody of a muted thread, competency or cohort, but whoever is named there, and whoever helped', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		await told();
		await choice('teacher', 'mute', { threadId });
		await choice('peer', 'mute', { microcredentialId: world.microcredentialId });
		await choice('moderator', 'mute');
		const { id } = await reply(db, world, world.peer, threadId, 'Five seconds', { mention: world.moderator });
		await ask(db, world, world.teacher, 'Another', 'Again');
		await db.asOwner((tx) => tx.update(threads).set({ helpedPostId: id }).where(eq(threads.id, threadId)));
		expect(await told('teacher', 'peer', 'moderator')).toEqual([
			[],
			['helped: Your answer helped in “Waiting”', 'new-thread: The teacher asked “Waiting”'],
			['mention: The peer mentioned you in “Waiting”', 'new-thread: The teacher asked “Waiting”']
		]);
	});
	test('the nearest choice counts, and taking it back makes it as usual', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		await told();
		await choice('peer', 'mute');
		await choice('peer', 'watch', { threadId });
		await reply(db, world, world.mentor, threadId, 'one');
		expect((await told('peer'))[0]).toContain('reply: The mentor replied in “Waiting”');
		await choice('peer', 'usual', { threadId });
		await reply(db, world, world.mentor, threadId, 'two');
		expect((await told('peer'))[0]!.length).toBe(2);
	});
	test('only whoever reads the cohort at that moment', async () => {
		const next = await plantCohort(db, world, 'The next one');
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		await reply(db, world, world.peer, threadId, 'One', { mention: world.teacher });
		await moveTo(db, world, world.teacher, next);
		await db.asOwner((tx) =>
			tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, world.moderator))
		);
		await choice('mentor', 'watch');
		await db.asOwner((tx) =>
			tx
				.update(pairs)
				.set({ status: 'ended', endedAs: 'completed', endedAt: new Date() })
				.where(eq(pairs.id, world.pairId))
		);
		expect(await told('teacher', 'mentor', 'coach', 'moderator')).toEqual([[], [], [], []]);
	});
	test('nothing older than two days, but somebody who is named in it only now', async () => {
		const old = new Date(Date.now() - 3 * 24 * 3600_000);
		const { id } = await ask(db, world, world.teacher, 'Waiting', 'How long?', { at: old });
		expect(await told('peer')).toEqual([[]]);
		expect(await tellThreads(db)).toBe(0);
		await db.asOwner(async (tx) => {
			await tx.update(posts).set({ revision: 2, editedAt: new Date() }).where(eq(posts.id, id));
			await tx.insert(postWords).values({
				postId: id,
				revision: 2,
				cohortId: world.cohortId,
				threadId: id,
				words: '@The peer',
				body: {
					type: 'doc',
					content: [{ type: 'paragraph', content: [{ type: 'mention', attrs: { id: world.peer, name: 'x' } }] }]
				}
			});
		});
		expect(await told('peer', 'moderator')).toEqual([['mention: The teacher mentioned you in “Waiting”'], []]);
	});
	test('nobody any more who was named before a change and is not after it; whoever still is, is told once', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		await told();
		const { id } = await reply(db, world, world.teacher, threadId, 'Ask them', { mention: world.peer });
		expect((await told('peer'))[0]).toContain('mention: The teacher mentioned you in “Waiting”');
		const change = (revision: number, ...named: string[]) =>
			db.asOwner(async (tx) => {
				await tx.update(posts).set({ revision, editedAt: new Date() }).where(eq(posts.id, id));
				await tx.insert(postWords).values({
					postId: id,
					revision,
					cohortId: world.cohortId,
					threadId,
					words: 'Ask them',
					body: {
						type: 'doc',
						content: [
							{ type: 'paragraph', content: named.map((who) => ({ type: 'mention', attrs: { id: who, name: 'x' } })) }
						]
					}
				});
			});
		const mention = 'mention: The teacher mentioned you in “Waiting”';
		await change(2, world.moderator);
		const [peer, moderator] = await told('peer', 'moderator');
		expect(peer).not.toContain(mention);
		expect(moderator).toContain(mention);
		await change(3, world.moderator, world.peer);
		expect((await told('peer', 'moderator')).map((all) => all.filter((one) => one === mention))).toEqual([
			[mention],
			[mention]
		]);
	});
});

describe('what was asked without a name', () => {
	test('is told without one, never to whoever asked, who hears of answers like everybody who takes part', async () => {
		const asker = await plantTeacher(db, world, 'The asker');
		const first = await ask(db, world, null, 'May I ask', 'Something');
		const further = await reply(db, world, null, first.threadId, 'And more');
		await db.asOwner((tx) =>
			tx.insert(namelessPosts).values(
				[first, further].map(({ id, threadId }, i) => ({
					id,
					personId: asker,
					cohortId: world.cohortId,
					microcredentialId: world.microcredentialId,
					threadId,
					postId: id,
					title: i === 0 ? 'May I ask' : null,
					publishAt: new Date()
				}))
			)
		);
		await choice('peer', 'watch');
		expect(await told('peer')).toEqual([
			['reply: Whoever asked replied in “May I ask”', 'watched-thread: Somebody asked “May I ask”']
		]);
		expect(await noticesOf(asker)).toEqual([]);
		const answer = await reply(db, world, world.peer, first.threadId, 'Yes');
		await db.asOwner((tx) => tx.update(threads).set({ helpedPostId: answer.id }).where(eq(threads.id, first.threadId)));
		await told();
		expect((await noticesOf(asker)).map(({ title }) => title)).toEqual(['The peer replied in “May I ask”']);
		// Nothing that anybody was told has a word of it, or a sign of whose it was.
		const all = JSON.stringify(await db.asOwner((tx) => tx.select().from(notifications)));
		expect(all).not.toContain('The asker');
		expect(all).not.toContain('Something');
	});
});

describe('what is not there any more', () => {
	test('is taken away with its post, comes back with it, and is told once', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		const { id } = await reply(db, world, world.mentor, threadId, 'A slip', { mention: world.coach });
		const all = await told('teacher', 'peer', 'coach');
		expect(all.map((one) => one.length)).toEqual([1, 2, 1]);
		await db.asOwner((tx) =>
			tx.update(posts).set({ removedAt: new Date(), removedAs: 'taken-back' }).where(eq(posts.id, id))
		);
		expect(await told('teacher', 'peer', 'coach')).toEqual([[], ['new-thread: The teacher asked “Waiting”'], []]);
		await db.asOwner((tx) => tx.update(posts).set({ removedAt: null, removedAs: null }).where(eq(posts.id, id)));
		expect(await told('teacher', 'peer', 'coach')).toEqual(all);
	});
	test('goes with a thread that was withheld', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		await reply(db, world, world.mentor, threadId, 'Five');
		await told();
		await db.asOwner((tx) => tx.update(threads).set({ withheldAt: new Date() }).where(eq(threads.id, threadId)));
		expect(await told('teacher', 'peer')).toEqual([[], []]);
	});
	test('an answer that no longer counts as the one that helped', async () => {
		const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
		const one = await reply(db, world, world.peer, threadId, 'Five');
		const other = await reply(db, world, world.mentor, threadId, 'Six');
		const helped = (id: string | null) =>
			db.asOwner((tx) => tx.update(threads).set({ helpedPostId: id }).where(eq(threads.id, threadId)));
		await helped(one.id);
		expect((await told('peer'))[0]).toContain('helped: Your answer helped in “Waiting”');
		await helped(other.id);
		const [peer, mentor] = await told('peer', 'mentor');
		expect([peer!.join(), mentor!.join()]).toEqual([
			expect.not.stringContaining('helped'),
			expect.stringContaining('helped: Your answer')
		]);
		await helped(null);
		expect((await told('mentor'))[0]!.join()).not.toContain('helped');
	});
});

test('whoever has a thread open, and so has read a post before it was told, is not told of it', async () => {
	const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
	await reply(db, world, world.mentor, threadId, 'Five');
	await markRead(db, as(world.teacher), threadId, 2);
	expect(await told('teacher')).toEqual([[]]);
});

test('whoever has read a thread to its end, or all of the cohort, has read what they were told of it', async () => {
	const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
	await reply(db, world, world.mentor, threadId, 'Five');
	await told();
	await markRead(db, as(world.teacher), threadId, 1);
	expect(await told('teacher')).toEqual([['reply: The mentor replied in “Waiting”']]);
	await markRead(db, as(world.teacher), threadId, 2);
	expect(await told('teacher')).toEqual([['reply (read): The mentor replied in “Waiting”']]);
	await markAllRead(db, as(world.peer), world.cohortId);
	expect((await told('peer'))[0]!.every((one) => one.includes('(read)'))).toBe(true);
});

test('a mail that waits while somebody leaves the cohort is none of theirs any more', async () => {
	const next = await plantCohort(db, world, 'The next one');
	const about = `cohort:${world.cohortId}`;
	const still = () =>
		db.asService((tx) =>
			stillInCohort(
				tx,
				[world.teacher, world.peer, world.stranger].map((personId) => ({ personId, about }))
			)
		);
	expect(await still()).toEqual(new Set([`${world.teacher} ${about}`, `${world.peer} ${about}`]));
	await moveTo(db, world, world.peer, next);
	expect(await still()).toEqual(new Set([`${world.teacher} ${about}`]));
});

test('a mail that waits while somebody mutes the thread does not leave; being named in it, and another’s mail, does', async () => {
	const { threadId } = await ask(db, world, world.teacher, 'Waiting', 'How long?');
	await reply(db, world, world.mentor, threadId, 'Five seconds');
	await reply(db, world, world.mentor, threadId, 'And you?', { mention: world.teacher });
	await told();
	const rows = () =>
		db.asOwner((tx) =>
			tx
				.select()
				.from(notifications)
				.where(and(eq(notifications.about, `thread:${threadId}`), isNull(notifications.withdrawnAt)))
		);
	const muted = async () => {
		const all = await rows();
		const ids = await db.asService((tx) => mutedInCohort(tx, all));
		return all.filter(({ id }) => ids.has(id)).map(({ kind, personId }) => `${kind} ${personId}`);
	};
	expect(await muted()).toEqual([]);
	await choice('teacher', 'mute', { threadId });
	expect(await muted()).toEqual([`reply ${world.teacher}`]);
	// The round asks it: in what leaves then, the teacher has the mention alone.
	const later = new Date(Date.now() + 20 * 60_000);
	await db.asOwner((tx) =>
		tx
			.insert(notificationSettings)
			.values([world.teacher, world.peer].map((personId) => ({ personId, quietFrom: '00:00', quietTo: '00:00' })))
	);
	await db.asOwner((tx) =>
		tx
			.insert(emailAddresses)
			.values({ personId: world.teacher, address: `${world.teacher}@school.example`, kind: 'school' })
	);
	await db.asOwner((tx) => tx.update(notifications).set({ heldFrom: new Date(), mailAfter: new Date() }));
	await sendHeld(db, 'https://w.example', {}, later, mutedInCohort);
	const mails = await db.asOwner((tx) =>
		tx.select().from(mailMessages).where(eq(mailMessages.personId, world.teacher))
	);
	expect(mails.map(({ subject }) => subject)).toEqual(['The mentor mentioned you in “Waiting”']);
	// What was told stands in the app as before.
	expect((await told('teacher'))[0]).toHaveLength(2);
});
