/** Open pages of threads: what they hear, in which order, and when they hear nothing any more. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { react } from '#lib/discussion/answering.server.ts';
import { newsLimits } from '#lib/discussion/news-limits.ts';
import { newsMetrics } from '#lib/discussion/news-metrics.server.ts';
import { addPost, editPost, openThread, takeBackPost } from '#lib/discussion/posting.server.ts';
import { cohortModerators, threads } from '#lib/discussion/schema.server.ts';
import { endSession } from '#lib/identity/session.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { caseloads, pairs } from '#lib/pairing/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { plantCohort, type CohortWorld, type Talker } from '../cohort-world.ts';
import { signIn, until, type SignedInHere } from '../live-room.ts';
import { NewsRoom } from '../news-room.ts';
import { anyRedis } from '../redis-server.ts';
import { serverDatabase } from '../with-database.ts';

/** The summary of a run without any says so (`scripts/test.ts`). */
const redis = await anyRedis();
const usual = { ...newsLimits };
let db: Database;
let room: NewsRoom;
let world: CohortWorld;
let threadId: string;
beforeAll(async () => {
	db = await serverDatabase();
});
afterAll(async () => {
	await db?.close();
	await redis?.close();
});
beforeEach(async () => {
	room = await new NewsRoom(db).start();
	world = await plantCohort(db);
	threadId = await open('ana');
});
afterEach(async () => {
	await room.close();
	Object.assign(newsLimits, usual);
});

const who = (key: Talker) => world.people[key];
const came = (key: Talker): Promise<SignedInHere> => signIn(db, who(key).id);
const open = async (key: Talker) =>
	(
		await openThread(db, who(key), {
			cohortId: world.cohortId,
			microcredentialId: world.waiting,
			kind: 'question',
			title: 'Five seconds feels like for ever',
			text: 'How do you stand the silence?',
			form: uuidv7()
		})
	).threadId;
/** As the door does: the verb, then the news. */
const say = async (key: Talker, text: string, at = room) => {
	const said = await addPost(db, who(key), threadId, { text, form: uuidv7() });
	at.news.told(threadId);
	return said;
};
const listening = async (key: Talker, at = room) => {
	const listener = at.listen(threadId, await came(key));
	await until(`${key} listens`, () => listener.posts.size > 0);
	return listener;
};

describe('what happens arrives', () => {
	test('posts of several people, in their order, each once', async () => {
		const [ben, cleo] = await Promise.all([listening('ben'), listening('cleo')]);
		for (let i = 0; i < 12; i++) await say((['ana', 'mentor', 'coach'] as const)[i % 3]!, `Word ${i}`);
		for (const page of [ben, cleo]) {
			await until('all have arrived', () => page.posts.size === 13);
			expect(page.arrived).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
			expect(page.versions).toEqual([...page.versions].sort((a, b) => a - b));
		}
	});

	test('an edit, a reaction and what is taken back', async () => {
		const ben = await listening('ben');
		const { postId } = await say('ana', 'First words');
		await until('it arrives', () => ben.posts.get(2)?.html === '<p>First words</p>');
		await editPost(db, who('ana'), postId, { text: 'Better words', on: 1 });
		room.news.told(threadId);
		await until('the edit arrives', () => ben.posts.get(2)?.html === '<p>Better words</p>');
		await react(db, who('cleo'), postId, { kind: 'thanks', on: true });
		room.news.told(threadId);
		await until('the thank-you arrives', () => ben.posts.get(2)?.thanks === 1);
		await takeBackPost(db, who('ana'), postId);
		room.news.told(threadId);
		await until('it is gone', () => ben.posts.get(2)?.removedAs === 'taken-back');
		expect(ben.posts.get(2)!.html).toBeNull();
	});

	test('whoever opens a page hears the present version at once, whatever they say they had', async () => {
		for (const id of ['0', '999999999999999999999', 'NaN', '-1', 'null', 'a'.repeat(4_000), "1' or 1=1--", '\u00ff']) {
			const response = await room.raw(threadId, await came('ben'), { 'last-event-id': id });
			const [first] = (await once(response, 'data')) as [Buffer];
			expect(String(first)).toMatch(/^retry: \d+\n\nid: 1\nevent: version\ndata: 1\n\n/);
			response.destroy();
		}
	});

	test('a line that is cut comes back, and what was said meanwhile is there, in order', async () => {
		Object.assign(newsLimits, { retryMs: 50 });
		const ben = await listening('ben');
		await say('ana', 'Before');
		await until('it arrives', () => ben.posts.size === 2);
		room.cut();
		// Several of them: one person is held to a pace.
		for (let i = 0; i < 20; i++) await say((['ana', 'mentor', 'coach'] as const)[i % 3]!, `Unheard ${i}`);
		await until('the gap heals', () => ben.posts.size === 22, 20_000);
		expect(ben.arrived).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
		await say('cleo', 'After');
		await until('and it goes on', () => ben.posts.size === 23);
	});

	test('news that were lost are found by asking', async () => {
		await room.close();
		Object.assign(newsLimits, { pollMs: 100 });
		room = await new NewsRoom(db).start();
		const ben = await listening('ben');
		await addPost(db, who('ana'), threadId, { text: 'Nobody told', form: uuidv7() });
		await until('it arrives', () => ben.posts.size === 2);
	});

	test('a person hears that something new is there for them, and nobody else does', async () => {
		const [ben, cleo] = await Promise.all([listening('ben'), listening('cleo')]);
		await db.asService((tx) => tx.execute(sql`select pg_notify('notified', ${who('ben').id})`));
		await until('Ben hears it', () => ben.notified === 1);
		expect(cleo.notified).toBe(0);
	});
});

describe('access ends at once', () => {
	/** What ends it, for whom, and what the page is told. */
	const cases: [what: string, key: Talker, end: () => Promise<unknown>, told: string][] = [
		[
			'a seat is given up',
			'ben',
			() =>
				db.asOwner((tx) =>
					tx
						.update(enrollments)
						.set({ status: 'withdrawn' })
						.where(eq(enrollments.personId, who('ben').id))
				),
			'access'
		],
		[
			'somebody moves to the cohort next door',
			'ben',
			() =>
				db.asOwner((tx) =>
					tx
						.update(enrollments)
						.set({ cohortId: world.nextId })
						.where(eq(enrollments.personId, who('ben').id))
				),
			'access'
		],
		[
			'a pair ends, and with it the mentor’s place',
			'mentor',
			() =>
				db.asOwner((tx) =>
					tx
						.update(pairs)
						.set({ status: 'ended', endedAs: 'completed', endedAt: new Date() })
						.where(eq(pairs.id, world.pairId))
				),
			'access'
		],
		[
			'a pair moves, and its coach with it',
			'coach',
			() => db.asOwner((tx) => tx.update(pairs).set({ cohortId: world.nextId }).where(eq(pairs.id, world.pairId))),
			'access'
		],
		[
			'a coach hands the pair on',
			'coach',
			() =>
				db.asOwner((tx) => tx.update(caseloads).set({ untilAt: new Date() }).where(eq(caseloads.pairId, world.pairId))),
			'access'
		],
		[
			'a moderator is one no more',
			'moderator',
			() =>
				db.asOwner((tx) =>
					tx
						.update(cohortModerators)
						.set({ untilAt: new Date() })
						.where(eq(cohortModerators.personId, who('moderator').id))
				),
			'access'
		],
		[
			'an account is closed',
			'ben',
			() =>
				db.asOwner((tx) =>
					tx
						.update(people)
						.set({ deactivatedAt: new Date() })
						.where(eq(people.id, who('ben').id))
				),
			'session'
		]
	];
	test.for(cases)('%s', async ([, key, end, told]) => {
		const [page, other] = [await listening(key), await listening('cleo')];
		await end();
		await until('the stream ends', () => page.ended !== null, 2_000);
		expect(page.ended).toBe(told);
		const { statusCode } = await room.raw(threadId, await came(key));
		expect([401, 404]).toContain(statusCode);
		await say('ana', 'Not for everybody any more');
		await until('the others hear it', () => other.posts.size === 2);
		expect(page.posts.size).toBe(1);
	});

	test('a session ends: its streams end, and those of the person’s other device go on', async () => {
		const [one, two] = [await came('ben'), await came('ben')];
		const [page, other] = [room.listen(threadId, one), room.listen(threadId, two)];
		await until('both listen', () => page.versions.length + other.versions.length === 2);
		await endSession(db, one.sessionId);
		await until('it ends', () => page.ended === 'session', 2_000);
		expect((await room.raw(threadId, one)).statusCode).toBe(401);
		await say('ana', 'Still heard');
		await until('the other goes on', () => other.posts.size === 2);
	});

	test('a thread that a moderator hides is heard by its author and the moderators only', async () => {
		const [ana, ben, moderator] = await Promise.all([listening('ana'), listening('ben'), listening('moderator')]);
		await db.asOwner((tx) => tx.update(threads).set({ withheldAt: new Date() }).where(eq(threads.id, threadId)));
		room.news.told(threadId);
		await until('it ends for a member', () => ben.ended === 'access', 2_000);
		await until('the others hear of it', () => moderator.versions.length > 1 && ana.versions.length > 1);
		expect([ana.ended, moderator.ended]).toEqual([null, null]);
	});

	test('news that nobody sent are found by asking', async () => {
		await room.close();
		Object.assign(newsLimits, { pollMs: 100 });
		room = await new NewsRoom(db).start();
		const ben = await listening('ben');
		await db.asOwner(async (tx) => {
			await tx.execute(sql`set local session_replication_role = replica`); // no trigger tells
			await tx
				.update(enrollments)
				.set({ status: 'withdrawn' })
				.where(eq(enrollments.personId, who('ben').id));
		});
		await until('it ends', () => ben.ended === 'access');
	});

	test('nobody else is let in: the cohort next door, the manager, a stranger to the address', async () => {
		for (const key of ['next', 'manager'] as const)
			expect((await room.raw(threadId, await came(key))).statusCode).toBe(404);
		for (const id of [uuidv7(), 'x', '%00', "' or 1=1", 'a'.repeat(3_000)])
			expect((await room.raw(encodeURIComponent(id), await came('ben'))).statusCode).toBe(404);
		expect((await room.raw(threadId, { cookie: 'session=nothing', sessionId: '' })).statusCode).toBe(401);
		expect(room.news.figures).toMatchObject({ streams: 0 });
	});
});

describe('how many are here', () => {
	test('people and not tabs, and whoever comes back soon has not left', async () => {
		Object.assign(newsLimits, { leftAfterMs: 1_500 });
		await room.close();
		room = await new NewsRoom(db).start();
		const ana = await listening('ana');
		const [one, two] = [await listening('ben'), await listening('ben')];
		await until('two are here', () => ana.here === 2);
		one.close();
		await wait(600);
		expect(ana.here).toBe(2);
		two.close();
		await wait(600);
		const again = await listening('ben');
		await wait(2_000);
		expect(ana.here).toBe(2);
		again.close();
		await until('he has left', () => ana.here === 1);
	});

	test('who is put out is not here any more, at once', async () => {
		const [ana, ben] = [await listening('ana'), await listening('ben')];
		await until('two are here', () => ana.here === 2);
		await endSession(db, (await sessionOf(ben)).sessionId);
		await until('one is', () => ana.here === 1, 3_000);
	});
	const sessionOf = async (_: unknown) => {
		const { rows } = (await db.asOwner((tx) =>
			tx.execute(sql`select id as "sessionId" from sessions where person_id = ${who('ben').id}`)
		)) as unknown as { rows: { sessionId: string }[] };
		return rows[0]!;
	};

	test('nothing that a stream carries names anybody', async () => {
		const response = await room.raw(threadId, await came('ben'));
		let heard = '';
		response.on('data', (bytes: Buffer) => (heard += String(bytes)));
		await listening('cleo');
		await say('ana', 'A word that stays in its place');
		await until('it is told', () => heard.includes('data: 2') && heard.includes('event: here'));
		expect(heard.replace(/^(retry|id|data): \d+$|^event: (version|here|notified)$|^:$/gm, '').trim()).toBe('');
	});
});

describe('limits', () => {
	test('a person with more pages than there may be keeps the newest, and the oldest comes back much later', async () => {
		Object.assign(newsLimits, { streamsPerPerson: 3 });
		const cookie = await came('ben');
		const first = await room.raw(threadId, cookie);
		let heard = '';
		first.on('data', (bytes: Buffer) => (heard += String(bytes)));
		const ended = once(first, 'end');
		for (let i = 0; i < 3; i++) await room.raw(threadId, cookie);
		await ended;
		expect(heard).toMatch(/retry: 60000\n\n$/);
		expect(room.news.figures.streams).toBe(3);
	});

	test('a thread and a process take so many and no more', async () => {
		Object.assign(newsLimits, { streamsPerThread: 2 });
		await listening('ana');
		await listening('cleo');
		expect((await room.raw(threadId, await came('ben'))).statusCode).toBe(429);
		Object.assign(newsLimits, { streamsPerThread: 300, streams: 2 });
		expect((await room.raw(threadId, await came('ben'))).statusCode).toBe(429);
	});

	test('who takes nothing is let go of, and holds nobody up', async () => {
		Object.assign(newsLimits, { slowMs: 500, tellEveryMs: 0 });
		const before = newsMetrics.counts.ended.slow;
		const ben = await listening('ben');
		// Its line takes nothing any more, as that of a phone in a tunnel.
		const slow = await room.raw(threadId, await came('cleo'), { 'x-stuck': '1' });
		const gone = new Promise((done) => slow.once('close', done));
		for (let i = 0; i < 2_000 && newsMetrics.counts.ended.slow === before; i++) {
			await db.asOwner((tx) =>
				tx
					.update(threads)
					.set({ version: sql`version + 1` })
					.where(eq(threads.id, threadId))
			);
			room.news.told(threadId);
			await wait(1);
		}
		await until('it is let go of', () => newsMetrics.counts.ended.slow > before, 20_000);
		await gone;
		await say('ana', 'Heard by whoever listens');
		await until('it arrives', () => ben.posts.size === 2);
	});

	test('a stream ends by itself after a while, and whoever is there comes back', async () => {
		Object.assign(newsLimits, { lifetimeMs: 500, retryMs: 50 });
		const ben = await listening('ben');
		await until('it came back', () => ben.versions.length > 2);
		expect(ben.ended).toBeNull();
	});

	test('a quiet line says that it is alive', async () => {
		Object.assign(newsLimits, { heartbeatMs: 300 });
		const response = await room.raw(threadId, await came('ben'));
		let heard = '';
		response.on('data', (bytes: Buffer) => (heard += String(bytes)));
		await until('twice', () => (heard.match(/^event: beat$/gm) ?? []).length >= 2);
	});
});

describe.each(redis ? ['postgres', 'redis'] : ['postgres'])('two servers, and news through %s', (way) => {
	let other: NewsRoom;
	beforeEach(async () => {
		await room.close();
		const redisUrl = way === 'redis' ? redis?.url : undefined;
		room = await new NewsRoom(db, redisUrl).start();
		other = await new NewsRoom(db, redisUrl).start();
		const known = () => [room, other].every(({ bus }) => bus.others === 1);
		await until('they know of each other', known, 20_000);
	});
	afterEach(() => other.close());

	test('what is said at one arrives at the other, and both count the same people', async () => {
		const [ben, cleo] = [await listening('ben'), await listening('cleo', other)];
		const benToo = await listening('ben', other);
		for (let i = 0; i < 6; i++) await say('ana', `Word ${i}`, i % 2 ? room : other);
		for (const page of [ben, cleo, benToo]) {
			await until('all have arrived', () => page.posts.size === 7);
			expect(page.arrived).toEqual([1, 2, 3, 4, 5, 6, 7]);
			await until('two are here', () => page.here === 2);
		}
		await other.news.close();
		await until('who was there only may still come back', () => ben.here === 2);
		const again = await listening('cleo');
		await until('and has', () => again.here === 2);
	});

	test('what somebody reads or keeps for later on one device is heard by their other ones, and by nobody else', async () => {
		const desk = await listening('ben');
		const [phone, cleo, apart] = [await listening('ben', other), await listening('cleo', other), await open('ana')];
		room.news.toldRead(who('ben').id, apart, 9);
		room.news.toldRead(who('ben').id, threadId, 3);
		await until('both hear it', () => desk.reads.length === 1 && phone.reads.length === 1);
		room.news.toldRead(who('ben').id, threadId, 1);
		await until('and that it is less', () => phone.reads.length === 2);
		expect([desk.reads, phone.reads, cleo.reads]).toEqual([[3, 1], [3, 1], []]);
	});

	test('access that ends is heard by both', async () => {
		const [one, two] = [await listening('ben'), await listening('ben', other)];
		const cleo = await listening('cleo');
		await until('two are here', () => cleo.here === 2);
		await db.asOwner((tx) =>
			tx
				.update(enrollments)
				.set({ status: 'withdrawn' })
				.where(eq(enrollments.personId, who('ben').id))
		);
		await until('both end', () => one.ended === 'access' && two.ended === 'access', 2_000);
		await until('one is here', () => cleo.here === 1);
	});

	test('whoever comes in through a server that has just come up is counted with those before', async () => {
		const ben = await listening('ben');
		const third = await new NewsRoom(db, way === 'redis' ? redis?.url : undefined).start();
		try {
			const cleo = await listening('cleo', third);
			await until('both count two', () => ben.here === 2 && cleo.here === 2, 20_000);
		} finally {
			await third.close();
		}
	});
});

test('a server that stops sends everybody away to come back, each in a moment of their own', async () => {
	const raw = await room.raw(threadId, await came('ben'));
	let heard = '';
	raw.on('data', (bytes: Buffer) => (heard += String(bytes)));
	const ended = once(raw, 'end');
	await until('it listens', () => heard.includes('version'));
	await room.news.close();
	await ended;
	expect(heard).toMatch(/retry: \d+\n\n$/);
	expect(heard).not.toContain('ended');
	expect(room.news.figures).toMatchObject({ streams: 0, threads: expect.any(Number) as number });
	expect((await room.raw(threadId, await came('ben'))).statusCode).toBe(503);
});
