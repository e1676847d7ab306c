/**
 * The doors of what is said in a cohort, asked for real threads, posts and files by whoever has no business there: the cohort
 * next door and its moderator, somebody who has moved on and whose words stand there, a mentor whose pair has ended, a
 * manager. In every way in which a thread can stand: with a name, without one, hidden, taken back. Against the production
 * build; `matrix.test.ts` asks each door by where a pair stands.
 */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { changeThread, hidePost } from '#lib/discussion/moderation.server.ts';
import { askNameless, publishNameless } from '#lib/discussion/nameless.server.ts';
import { addPost, openThread, takeBackPost } from '#lib/discussion/posting.server.ts';
import { cohortModerators, postFiles, posts } from '#lib/discussion/schema.server.ts';
import { createSessionIn } from '#lib/identity/session.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { type CohortWorld, plantCohort } from '../cohort-world.ts';
import { origin, type OutsideProduct, startOutside } from '../outside-product.ts';
import type { Product } from '../product.ts';

/** Words that stand nowhere else. */
const canary = 'Quetzalcoatlus';

/** Who reads what is said there, and who does not. */
const readers = ['ben', 'mentor', 'coach', 'moderator'] as const;
const strangers = ['next', 'nextModerator', 'moved', 'onceMentor', 'manager'] as const;
type Key = (typeof readers)[number] | (typeof strangers)[number] | 'ana';
const ways = ['named', 'nameless', 'hidden', 'taken back'] as const;
type Way = (typeof ways)[number];
/** A thread, the post of it that is asked for, and a file with that. */
type At = { thread: string; post: string; file: string };

let outside: OutsideProduct;
let db: Database;
let product: Product;
let world: CohortWorld;
const ids = {} as Record<Key, string>;
const cookies = {} as Record<Key, string>;
const said = {} as Record<Way, At>;
/** Of whoever is next door, where they may do what they like. */
let theirs: At;

beforeAll(async () => {
	outside = await startOutside();
	({ db, product } = outside);
	world = await plantCohort(db);
	const { ana, ben, cleo, mentor, coach, moderator, manager, next } = world.people;
	const [nextModerator, onceMentor] = [uuidv7(), uuidv7()];
	Object.assign(ids, {
		...{ ana: ana.id, ben: ben.id, mentor: mentor.id, coach: coach.id, moderator: moderator.id },
		...{ next: next.id, nextModerator, moved: cleo.id, onceMentor, manager: manager.id }
	});
	await db.asOwner(async (tx) => {
		await tx.insert(people).values([
			{ id: nextModerator, name: 'Nora Nextward', initials: 'NN' },
			{ id: onceMentor, name: 'Olaf Once', initials: 'OO' }
		]);
		await tx.insert(cohortModerators).values({ cohortId: world.nextId, personId: nextModerator });
		await tx.insert(pairs).values({
			...{ programId: world.programId, cohortId: world.cohortId, teacherId: ben.id, mentorId: onceMentor },
			...{ status: 'ended', endedAs: 'rematched', endedAt: new Date() }
		});
	});
	const asked = (more: Record<string, unknown> = {}) => ({
		...{ cohortId: world.cohortId, microcredentialId: world.waiting, kind: 'question' },
		...{ title: `${canary} in class`, text: `A ${canary} sits there.`, form: uuidv7() },
		...more
	});
	const fileOf = (personId: string, cohortId: string, postId: string, name = canary) =>
		db.asOwner(async (tx) => {
			const [file] = await tx
				.insert(postFiles)
				.values({ cohortId, postId, personId, name, type: 'image/webp', size: 1, content: Buffer.of(0) })
				.returning({ id: postFiles.id });
			return file!.id;
		});
	for (const way of ways) {
		if (way === 'nameless') {
			await askNameless(db, ana, asked());
			const [thread] = await publishNameless(db, new Date(Date.now() + 16 * 60_000));
			await addPost(db, cleo, thread!, { text: `Mine has a ${canary} too.`, form: uuidv7() });
			const [post] = await db.asOwner((tx) => tx.select().from(posts).where(eq(posts.nameless, true)));
			said[way] = { thread: thread!, post: post!.id, file: uuidv7() };
			continue;
		}
		const { threadId: thread, postId: post } = await openThread(db, way === 'taken back' ? ben : ana, asked());
		if (way !== 'taken back') await addPost(db, cleo, thread, { text: `Mine has a ${canary} too.`, form: uuidv7() });
		said[way] = { thread, post, file: await fileOf(ana.id, world.cohortId, post) };
	}
	await changeThread(db, moderator, said.hidden.thread, 'hide', 'It is about one child');
	await hidePost(db, moderator, said.hidden.post, 'It names a child');
	await takeBackPost(db, ben, said['taken back'].post);
	const { threadId, postId } = await openThread(
		db,
		next,
		asked({ cohortId: world.nextId, title: 'Next door', text: 'x' })
	);
	theirs = { thread: threadId, post: postId, file: await fileOf(next.id, world.nextId, postId, 'A board') };
	await db.asOwner((tx) =>
		tx.update(enrollments).set({ cohortId: world.nextId }).where(eq(enrollments.personId, cleo.id))
	);
	for (const [key, id] of Object.entries(ids) as [Key, string][]) {
		const session = await db.asService((tx) => createSessionIn(tx, id, 'passkey', { whence: null, shared: false }));
		cookies[key] = `__Host-session=${session.cookieValue}`;
	}
}, 240_000);
afterAll(() => outside?.stop());

let asking = 0;
async function ask(key: Key, path: string, method = 'GET', sent?: Record<string, string>) {
	// Each from a network of its own, and whoever is told to wait for a moment does.
	for (;;) {
		const response = await fetch(product.base + path, {
			method,
			redirect: 'manual',
			headers: {
				accept: 'text/html',
				cookie: cookies[key],
				'x-forwarded-for': `198.18.${asking >> 8}.${asking++ % 256}`,
				...(method === 'GET' ? {} : { origin })
			},
			...(sent ? { body: new URLSearchParams(sent) } : {})
		});
		const seconds = Number(response.headers.get('retry-after'));
		if (response.status === 429 && seconds <= 60) {
			await response.body?.cancel();
			await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
			continue;
		}
		const stream = response.headers.get('content-type')?.startsWith('text/event-stream');
		if (stream) await response.body!.cancel();
		return {
			status: response.status,
			headers: [...response.headers].filter(
				([name]) => !['date', 'content-length', 'etag', 'set-cookie'].includes(name)
			),
			body: stream ? '' : await response.text()
		};
	}
}
/** An answer without what differs from one to the next. */
const plainly = (answer: Awaited<ReturnType<typeof ask>>, at: At) =>
	Object.values(at).reduce(
		(text, id) => text.replaceAll(id, 'id'),
		JSON.stringify(answer).replaceAll(/nonce[-=]\\?"?[\w+/=]+/g, 'nonce')
	);

const pages = ({ thread, post, file }: At): string[] => [
	`/threads/${thread}`,
	`/threads/${thread}/__data.json`,
	`/threads/${thread}?at=1&quote=${post}&edit=${post}&named=1`,
	`/threads/${thread}/changes?since=0`,
	`/threads/${thread}/live`,
	`/threads/${thread}/who`,
	`/threads/${thread}/who/__data.json`,
	`/threads/${thread}/moderation?post=${post}`,
	`/threads/${thread}/moderation/__data.json?post=${post}`,
	`/threads/${thread}/posts/${post}`,
	`/posts/${post}/report`,
	`/posts/${post}/report/__data.json`,
	`/files/${file}`
];
const forms = ({ thread, post }: At): [path: string, sent: Record<string, string>][] => {
	const reason = 'A child may be in danger';
	const every = {
		post,
		reason,
		competency: world.norms,
		text: 'Other words',
		on: '1',
		title: 'Another title',
		upTo: '1'
	};
	return [
		[`/threads/${thread}?/reply`, { form: uuidv7(), text: 'I too', quotes: post, nameless: 'no' }],
		[`/threads/${thread}?/reply`, { form: uuidv7(), text: 'I too', nameless: 'yes' }],
		[`/threads/${thread}?/react`, { thanks: post }],
		[`/threads/${thread}?/helped`, { helped: post }],
		...['edit', 'takeBack', 'takeBackNow', 'bringBack', 'rename', 'read'].map(
			(action): [string, Record<string, string>] => [`/threads/${thread}?/${action}`, every]
		),
		...['hidePost', 'showPost', 'warn', 'keep', 'hide', 'show', 'lock', 'unlock', 'move'].map(
			(action): [string, Record<string, string>] => [`/threads/${thread}/moderation?/${action}`, every]
		),
		[`/threads/${thread}/who`, { reason }],
		[`/posts/${post}/report`, { reason: 'unkind', words: reason }]
	];
};
/** All that could change, as its owner reads it, but for what rounds of the product itself note: what they told. */
async function everything(): Promise<string> {
	const tables = [
		...['threads', 'posts', 'post_words', 'post_files', 'nameless_posts', 'nameless_marks', 'post_reactions'],
		...['thread_reads', 'post_reports', 'moderation_acts', 'author_reveals', 'cohort_moderators']
	];
	const rows = sql.join(
		tables.map(
			(table) => sql`select (to_jsonb(t) - 'told_at' - 'moderators_told_at')::text as x from ${sql.identifier(table)} t`
		),
		sql` union all `
	);
	const found = (await db.asOwner((tx) =>
		tx.execute(sql`select md5(string_agg(x, '|' order by x)) as all from (${rows}) everything`)
	)) as unknown as { rows: { all: string }[] };
	return found.rows[0]!.all;
}

describe.for(ways)('a thread that is %s', (way) => {
	test.for(strangers)('is for %s as one that is not there, at every door', { timeout: 120_000 }, async (key) => {
		const absent = { thread: uuidv7(), post: uuidv7(), file: uuidv7() };
		const at = said[way];
		const before = await everything();
		for (const [i, path] of pages(at).entries()) {
			// Whoever wrote in it reads why a moderator hid it, wherever they have moved.
			const concerned = way === 'hidden' && key === 'moved' && path.startsWith(`/threads/${at.thread}`);
			const [real, none] = [await ask(key, path), await ask(key, pages(absent)[i]!)];
			expect(`${path} ${real.body}`, path).not.toContain(`${canary} `);
			if (!concerned) expect(plainly(real, at), path).toBe(plainly(none, absent));
		}
		for (const [i, [path, sent]] of forms(at).entries()) {
			const [elsewhere, more] = forms(absent)[i]!;
			const [real, none] = [await ask(key, path, 'POST', sent), await ask(key, elsewhere, 'POST', more)];
			expect(real.status, path).toBe(none.status);
			expect(real.status, path).toBe(404);
			expect(real.body, path).not.toContain(`${canary} `);
		}
		for (const method of ['PUT', 'PATCH', 'DELETE'])
			for (const [i, path] of pages(at).entries()) {
				const [real, none] = [await ask(key, path, method), await ask(key, pages(absent)[i]!, method)];
				expect(real.status, `${method} ${path}`).toBe(none.status);
			}
		expect(await everything()).toBe(before);
	});
	test('is read by whoever is in the cohort, where it is to be read', async () => {
		for (const key of readers) {
			const { status, body } = await ask(key, `/threads/${said[way].thread}`);
			const reads =
				way === 'named' || way === 'nameless' || key === 'moderator' || (way === 'taken back' && key === 'ben');
			expect(status, key).toBe(reads ? 200 : 404);
			expect(body.includes(canary), key).toBe(reads);
			if (way === 'hidden' && !reads) expect(body, key).toContain('It is about one child');
		}
	});
});

describe('with an id of one’s own in the address, and a foreign one beside it', () => {
	test('nothing of the foreign one is told or changed', { timeout: 120_000 }, async () => {
		const before = await everything();
		for (const key of ['next', 'nextModerator', 'moved'] as const)
			for (const way of ways) {
				const { thread, post } = said[way];
				for (const path of [
					`/threads/${theirs.thread}?quote=${post}&edit=${post}`,
					`/threads/${theirs.thread}/posts/${post}`,
					`/threads/${theirs.thread}/moderation?post=${post}`
				])
					expect((await ask(key, path)).body, `${key} at ${path}`).not.toContain(canary);
				for (const [path, sent] of forms({ ...theirs, post })) {
					// What is said and done in one's own thread is one's own.
					if (/\?\/(read|rename|hide|show|lock|unlock|move)$|\/who$/.test(path)) continue;
					if (path.endsWith('?/reply') && !sent.quotes) continue;
					const { status, body } = await ask(key, path, 'POST', sent);
					expect([403, 404, 422], `${key} at ${path}`).toContain(status);
					expect(body, `${key} at ${path}`).not.toContain(canary);
				}
				expect((await ask(key, `/posts/${post}/report`, 'POST', { reason: 'unkind', words: thread })).status).toBe(404);
			}
		expect(await everything()).toBe(before);
	});
});
