/**
 * What is new to whom, over random posts, reads, devices and moves, against a small model of the field (`unread/model.ts`). A
 * failure names its seed; `UNREAD_SEED=<n>` runs that one alone, and `UNREAD_ROUNDS=<n>` as many seeds as somebody has time for.
 */
import { randomInt } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listCohorts, readCohort } from '#lib/discussion/cohorts.server.ts';
import { newFor } from '#lib/discussion/pace.ts';
import { choose } from '#lib/discussion/choices.server.ts';
import {
	addPost,
	bringBackPost,
	editPost,
	openThread,
	readOwnBody,
	takeBackPost
} from '#lib/discussion/posting.server.ts';
import { markAllRead, markRead, markUnread } from '#lib/discussion/reading.server.ts';
import { cohortModerators, namelessPosts, posts, postWords, threads } from '#lib/discussion/schema.server.ts';
import { readThread } from '#lib/discussion/threads.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantCohort, type CohortWorld } from './cohort-world.ts';
import { randomOf } from './stacks/random.ts';
import { Model } from './unread/model.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const steps = 55;
const names = ['ana', 'ben', 'cleo', 'next'] as const;

/** A device that loaded a thread at some time, and says later, or never, or twice, how far it was read. */
type Report = { person: Person; thread: string; upTo: number };

async function run(seed: number): Promise<void> {
	const { below, chance } = randomOf(seed);
	const pick = <T>(all: readonly T[]): T => all[below(all.length)]!;
	const world: CohortWorld = await plantCohort(db);
	const model = new Model();
	const everybody = names.map((name) => world.people[name]);
	for (const person of everybody) model.move(person.id, person === world.people.next ? world.nextId : world.cohortId);
	// One moderator for both, who may hide and move.
	const moderator = world.people.moderator;
	await db.asOwner((tx) => tx.insert(cohortModerators).values({ cohortId: world.nextId, personId: moderator.id }));

	const written: { id: string; thread: string; number: number; author: Person; nameless: boolean }[] = [];
	const reports: Report[] = [];
	const said: string[] = [];
	const threadsOf = (person: Person) =>
		[...model.threads].flatMap(([id, { withheld }]) => (!withheld && model.reads(person.id, id) ? id : []));
	const form = () => uuidv7();

	async function openWithoutName(person: Person, cohortId: string, microcredentialId: string): Promise<void> {
		const [threadId, postId] = [uuidv7(), uuidv7()];
		await db.asOwner(async (tx) => {
			const title = 'Without a name';
			await tx
				.insert(threads)
				.values({ id: threadId, cohortId, microcredentialId, kind: 'question', title, nameless: true, formId: form() });
			await tx.insert(posts).values({ id: postId, threadId, cohortId, nameless: true, formId: form() });
			const body = { type: 'doc' as const, content: [] };
			await tx.insert(postWords).values({ postId, revision: 1, cohortId, threadId, body, words: 'x' });
			await tx.insert(namelessPosts).values({
				id: uuidv7(),
				personId: person.id,
				cohortId,
				microcredentialId,
				threadId,
				postId,
				title,
				publishAt: new Date()
			});
		});
		model.open(threadId, cohortId, microcredentialId, person.id);
		written.push({ id: postId, thread: threadId, number: 1, author: person, nameless: true });
	}

	/** Nobody is new here: whoever is may open three threads in a day, and a random story has somebody open more. */
	async function openLongAgo(person: Person): Promise<void> {
		const [threadId, postId] = [uuidv7(), uuidv7()];
		const [cohortId, microcredentialId] = [model.cohortOf(person.id), pick([world.waiting, world.norms])];
		const createdAt = new Date(Date.now() - 2 * newFor);
		await db.asOwner(async (tx) => {
			const thread = { id: threadId, cohortId, microcredentialId, kind: 'question' as const, title: 'Long ago' };
			await tx.insert(threads).values({ ...thread, authorId: person.id, createdAt, formId: form() });
			await tx.insert(posts).values({ id: postId, threadId, cohortId, authorId: person.id, createdAt, formId: form() });
			const body = { type: 'doc' as const, content: [] };
			await tx.insert(postWords).values({ postId, revision: 1, cohortId, threadId, body, words: 'x' });
		});
		model.open(threadId, cohortId, microcredentialId, person.id);
		written.push({ id: postId, thread: threadId, number: 1, author: person, nameless: false });
	}
	for (const person of everybody) await openLongAgo(person);

	/** Each returns what it did, or null where there is nothing to do it with. */
	const acts: [weight: number, act: () => Promise<string | null>][] = [
		[
			3,
			async () => {
				const person = pick(everybody);
				const [cohortId, microcredentialId] = [model.cohortOf(person.id), pick([world.waiting, world.norms])];
				if (chance(0.3)) {
					await openWithoutName(person, cohortId, microcredentialId);
					return `${person.name} asks without a name`;
				}
				const asked = { cohortId, microcredentialId, kind: 'question', title: 'A thread', text: 'Words', form: form() };
				const { threadId, postId } = await openThread(db, person, asked);
				model.open(threadId, cohortId, microcredentialId, person.id);
				written.push({ id: postId, thread: threadId, number: 1, author: person, nameless: false });
				return `${person.name} opens a thread`;
			}
		],
		[
			8,
			async () => {
				const person = pick(everybody);
				const open = threadsOf(person);
				if (open.length === 0) return null;
				const thread = pick(open);
				// Also under the name of whoever asked this without one, who then has to say so.
				const sent = { text: 'Words', form: form(), underName: true };
				const { postId, number } = await addPost(db, person, thread, sent);
				// The same form once more, as after a bad network, is the same post.
				if (chance(0.3)) await addPost(db, person, thread, sent);
				model.say(thread, person.id);
				written.push({ id: postId, thread, number, author: person, nameless: false });
				return `${person.name} says ${number}`;
			}
		],
		[
			3,
			async () => {
				const own = written.filter((post) => !post.nameless && model.reads(post.author.id, post.thread));
				if (own.length === 0) return null;
				const post = pick(own);
				const of = model.threads.get(post.thread)!;
				const there = of.posts[post.number - 1]!;
				const back = there.removed;
				try {
					if (back) await bringBackPost(db, post.author, post.id);
					else await takeBackPost(db, post.author, post.id);
				} catch (error) {
					// What a moderator hid is not its author's to bring back.
					if (error instanceof Refusal) return `${post.author.name} may not take back or bring back ${post.number}`;
					throw error;
				}
				there.removed = !back;
				// A thread that nobody answered goes with its question.
				if (post.number === 1 && of.posts.length === 1 && !of.hidden) of.withheld = !back;
				// Whoever brings back their question brings back the thread that went with it, and none that a moderator hid.
				if (post.number === 1 && back && !of.hidden) of.withheld = false;
				return `${post.author.name} ${back ? 'brings back' : 'takes back'} ${post.number}`;
			}
		],
		[
			2,
			async () => {
				const standing = written.filter(
					({ thread, number }) =>
						!model.threads.get(thread)!.posts[number - 1]!.removed && !model.threads.get(thread)!.withheld
				);
				if (standing.length === 0) return null;
				const { id, thread, number } = pick(standing);
				await db.asPerson(moderator.id, (tx) =>
					tx.update(posts).set({ removedAt: new Date(), removedAs: 'hidden' }).where(eq(posts.id, id))
				);
				model.threads.get(thread)!.posts[number - 1]!.removed = true;
				return `a moderator hides ${number}`;
			}
		],
		[
			2,
			async () => {
				if (model.threads.size === 0) return null;
				const [id, thread] = pick([...model.threads]);
				if (chance(0.5)) {
					const competency = thread.competency === world.waiting ? world.norms : world.waiting;
					await db.asPerson(moderator.id, (tx) =>
						tx.update(threads).set({ microcredentialId: competency }).where(eq(threads.id, id))
					);
					thread.competency = competency;
					return 'a moderator moves a thread to the other competency';
				}
				// A thread that its author took back whole is theirs to bring back.
				if (thread.withheld && thread.posts.length === 1 && thread.posts[0]!.removed) return null;
				await db.asPerson(moderator.id, (tx) =>
					tx
						.update(threads)
						.set({ withheldAt: thread.withheld ? null : new Date() })
						.where(eq(threads.id, id))
				);
				thread.withheld = !thread.withheld;
				thread.hidden = thread.withheld;
				return `a moderator ${thread.withheld ? 'hides' : 'shows'} a thread`;
			}
		],
		[
			2,
			async () => {
				const person = pick(everybody);
				const cohortId = model.cohortOf(person.id) === world.cohortId ? world.nextId : world.cohortId;
				await db.asOwner((tx) => tx.update(enrollments).set({ cohortId }).where(eq(enrollments.personId, person.id)));
				model.move(person.id, cohortId);
				return `${person.name} moves`;
			}
		],
		[
			8,
			async () => {
				const person = pick(everybody);
				const open = threadsOf(person);
				if (open.length === 0) return null;
				const thread = pick(open);
				const upTo = 1 + below(model.threads.get(thread)!.posts.length);
				reports.push({ person, thread, upTo });
				return `a device of ${person.name} shows ${upTo}`;
			}
		],
		[
			8,
			async () => {
				if (reports.length === 0) return null;
				// In any order; some never arrive, some twice.
				const report = reports[below(reports.length)]!;
				if (chance(0.8)) reports.splice(reports.indexOf(report), 1);
				const { person, thread, upTo } = report;
				const heard = await markRead(db, person, thread, chance(0.5) ? upTo : String(upTo)).then(
					() => true,
					(error: unknown) => {
						if (error instanceof Refusal && error.reason === 'not-found') return false;
						throw error;
					}
				);
				// Whoever has left the cohort meanwhile reports to nobody, and so does a page of a thread that was hidden.
				if (heard) model.seen(person.id, thread, upTo);
				else expect(model.reads(person.id, thread) && !model.threads.get(thread)!.withheld).toBe(false);
				return `a device of ${person.name} reports ${upTo}${heard ? '' : ', unheard'}`;
			}
		],
		[
			1,
			async () => {
				const person = pick(everybody);
				const open = threadsOf(person);
				if (open.length === 0) return null;
				const thread = pick(open);
				const from = 1 + below(model.threads.get(thread)!.posts.length);
				await markUnread(db, person, thread, from);
				model.keep(person.id, thread, from);
				return `${person.name} keeps ${from} for later`;
			}
		],
		[
			3,
			async () => {
				// An edit is nothing new, and takes nothing from what is.
				const own = written.filter(
					({ nameless, author, thread, number }) =>
						!nameless &&
						model.reads(author.id, thread) &&
						!model.threads.get(thread)!.withheld &&
						!model.threads.get(thread)!.posts[number - 1]!.removed
				);
				if (own.length === 0) return null;
				const post = pick(own);
				const { revision } = await readOwnBody(db, post.author, post.id);
				await editPost(db, post.author, post.id, { text: `Words ${said.length}`, on: revision });
				return `${post.author.name} edits ${post.number}`;
			}
		],
		[
			3,
			async () => {
				const person = pick(everybody);
				const cohortId = model.cohortOf(person.id);
				const open = threadsOf(person);
				const competency = pick([world.waiting, world.norms]);
				const thread = open.length > 0 ? pick(open) : null;
				const [of, what] = pick<[string[], { microcredentialId?: string; threadId?: string }]>([
					[[cohortId], {}],
					[[competency, cohortId], { microcredentialId: competency }],
					...(thread ? [[[thread], { threadId: thread }] as [string[], { threadId: string }]] : [])
				]);
				const level = pick(['mute', 'mute', 'follow', 'watch', 'usual'] as const);
				await choose(db, person, { cohortId, ...what }, level);
				model.choose(person.id, of, level === 'usual' ? null : level === 'mute' ? 'mute' : 'hear');
				return `${person.name} chooses ${level} for ${Object.keys(what)[0] ?? 'the cohort'}`;
			}
		],
		[
			1,
			async () => {
				const person = pick(everybody);
				const cohortId = model.cohortOf(person.id);
				const competency = chance(0.5) ? pick([world.waiting, world.norms]) : undefined;
				await markAllRead(db, person, cohortId, competency);
				for (const [id, thread] of model.threads)
					if (thread.cohort === cohortId && !thread.withheld && (!competency || thread.competency === competency))
						model.seen(person.id, id, thread.posts.length);
				return `${person.name} marks all as read`;
			}
		]
	];
	const total = acts.reduce((sum, [weight]) => sum + weight, 0);
	const story = () => `seed ${seed}:\n${said.join('\n')}`;

	async function check(person: Person): Promise<void> {
		const cohortId = model.cohortOf(person.id);
		const counts = model.counts(person.id);
		const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
		const cards = await listCohorts(db, person);
		expect(
			cards.map(({ id, unread }) => [id, unread]),
			story()
		).toEqual([[cohortId, all]]);
		const page = await readCohort(db, person, cohortId);
		expect(page.unread, story()).toBe(all);
		for (const { id, unread } of page.competencies) expect(unread, story()).toBe(counts.get(id) ?? 0);
		for (const { id, unread, muted } of page.threads) {
			expect(unread, story()).toBe(model.unread(person.id, id).length);
			expect(muted, story()).toBe(model.muted(person.id, id));
		}
		const open = threadsOf(person);
		if (open.length === 0) return;
		const thread = pick(open);
		const unread = model.unread(person.id, thread);
		const { unread: shown } = await readThread(db, person, thread);
		expect(shown && [shown.first, shown.count], story()).toEqual(unread.length ? [unread[0], unread.length] : null);
	}

	for (let step = 0; step < steps; step++) {
		let at = below(total);
		const [, act] = acts.find(([weight]) => (at -= weight) < 0)!;
		const done = await act();
		if (!done) continue;
		said.push(done);
		await check(pick(everybody));
	}
	for (const person of everybody) await check(person);
	// The product and the model were asked about the same threads.
	const [{ n }] = (
		(await db.asOwner((tx) =>
			tx.execute(sql`select count(*)::int as n from threads where cohort_id in (${world.cohortId}, ${world.nextId})`)
		)) as unknown as { rows: [{ n: number }] }
	).rows;
	expect(n).toBe(model.threads.size);
}

const one = process.env.UNREAD_SEED;
const rounds = Number(process.env.UNREAD_ROUNDS ?? 3);
const seeds = one ? [Number(one)] : Array.from({ length: rounds }, () => randomInt(2 ** 31));

test.for(seeds)(
	'unread posts are those that a person has not seen, whatever happens: seed %i',
	{ timeout: 300_000 },
	(seed) => run(seed)
);
