import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '#lib/server/database.ts';
import {
	ask,
	moveTo,
	plantCohort,
	plantCompetency,
	plantSaid,
	plantTeacher,
	reply
} from '../../../tests/said-world.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { personSettings } from '#lib/identity/schema.server.ts';
import { listEarlier } from './earlier.server.ts';
import { namelessPosts, posts, threads } from './schema.server.ts';
import { searchPosts } from './search.server.ts';
import { type Looking, lookingIn } from './searching.ts';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
});
afterAll(() => db?.close());

const as = (id: string) => ({ id, name: 'Somebody', initials: 'SB' });
const nothing = lookingIn(new URLSearchParams());
const find = (who: string, looking: Partial<Looking>) => searchPosts(db, as(who), { ...nothing, ...looking });
const idsOf = async (who: string, looking: Partial<Looking>) =>
	(await find(who, looking)).hits.map(({ postId }) => postId);
const marked = (pieces: { text: string; hit: boolean }[] | null) =>
	pieces?.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('');

describe('finding', () => {
	test('by stems, with the hits marked, in posts and in titles', async () => {
		const world = await plantSaid(db);
		const first = await ask(db, world, world.teacher, 'Routines that hold', 'They wandered off while I was waiting.');
		const second = await reply(db, world, world.mentor, first.threadId, 'I wait for five seconds, then I ask again.');
		await reply(db, world, world.peer, first.threadId, 'Something else.');
		const found = await find(world.peer, { words: 'waits' });
		expect(found.hits.map(({ postId }) => postId).toSorted()).toEqual([first.id, second.id].toSorted());
		expect(found.total).toBe(2);
		const hit = found.hits.find(({ postId }) => postId === second.id)!;
		expect(marked(hit.words)).toBe('I [wait] for five seconds, then I ask again.');
		expect(hit).toMatchObject({
			by: 'The mentor',
			number: 2,
			about: { competency: 'One competency' },
			cohort: 'A cohort'
		});
		const [byTitle] = (await find(world.peer, { words: 'routine' })).hits;
		expect(byTitle).toMatchObject({ postId: first.id, byTitle: true });
		expect(marked(byTitle!.title)).toBe('[Routines] that hold');
	});
	test('what title and post say only together, phrases, one word or another, and what is left out', async () => {
		const world = await plantSaid(db);
		const first = await ask(db, world, world.teacher, 'Exit tickets', 'Nobody reads them, and I have no time either.');
		const second = await reply(db, world, world.peer, first.threadId, 'Read five of them, at the door.');
		const third = await ask(db, world, world.teacher, 'Homework', 'An exit without a ticket is a door.');
		expect(await idsOf(world.mentor, { words: 'exit door' })).toEqual(expect.arrayContaining([second.id, third.id]));
		expect(await idsOf(world.mentor, { words: '"exit tickets"' })).toEqual([first.id]);
		expect((await idsOf(world.mentor, { words: 'homework or five' })).toSorted()).toEqual(
			[second.id, third.id].toSorted()
		);
		expect(await idsOf(world.mentor, { words: 'door -ticket' })).toEqual([second.id]);
	});
	test('in spite of a slip, and says what it took it for', async () => {
		const world = await plantSaid(db);
		const { id } = await ask(db, world, world.teacher, 'Bags', 'Our routines at the beginning of the lesson.');
		const found = await find(world.peer, { words: 'routnies lesson' });
		expect(found.hits.map(({ postId }) => postId)).toEqual([id]);
		expect(found.instead).toEqual([{ word: 'routnies', by: 'routines' }]);
		expect((await find(world.peer, { words: 'bagz' })).instead).toEqual([{ word: 'bagz', by: 'bags' }]);
		expect((await find(world.peer, { words: 'xylophone' })).instead).toEqual([{ word: 'xylophone', by: null }]);
	});
	test('narrowed by competency, kind, author, cohort and days of the person’s zone', async () => {
		const world = await plantSaid(db);
		const other = await plantCompetency(db, world, 'Another competency');
		// 23:30 of the 10th in Chicago, 05:30 of the 11th in UTC.
		const late = await ask(db, world, world.teacher, 'First', 'lantern', { at: new Date('2026-11-11T05:30:00Z') });
		const early = await ask(db, world, world.peer, 'Second', 'lantern', {
			microcredentialId: other,
			kind: 'strategy',
			at: new Date('2026-11-11T06:30:00Z')
		});
		const words = 'lantern';
		expect(await idsOf(world.mentor, { words, competency: other })).toEqual([early.id]);
		expect(await idsOf(world.mentor, { words, kind: 'question' })).toEqual([late.id]);
		expect(await idsOf(world.mentor, { words, author: world.peer })).toEqual([early.id]);
		expect(await idsOf(world.mentor, { author: world.peer })).toEqual([early.id]);
		expect(await idsOf(world.mentor, { words, cohort: world.cohortId, order: 'newest' })).toEqual([early.id, late.id]);
		expect(await idsOf(world.mentor, { words, until: '2026-11-10' })).toEqual([late.id]);
		expect(await idsOf(world.mentor, { words, from: '2026-11-11', until: '2026-11-11' })).toEqual([early.id]);
		await db.asOwner((tx) => tx.insert(personSettings).values({ personId: world.mentor, timeZone: 'UTC' }));
		expect((await idsOf(world.mentor, { words, from: '2026-11-11' })).length).toBe(2);
	});
	test('twenty on a page, and a thousand at most', async () => {
		const world = await plantSaid(db);
		const { threadId } = await ask(db, world, world.teacher, 'Many', 'pebble');
		for (let i = 0; i < 24; i++) await reply(db, world, world.peer, threadId, `pebble ${i}`);
		const first = await find(world.mentor, { words: 'pebble', order: 'newest' });
		const second = await find(world.mentor, { words: 'pebble', order: 'newest', page: 2 });
		expect([first.hits.length, first.total, first.more]).toEqual([20, 25, true]);
		expect([second.hits.length, second.more]).toEqual([5, false]);
		expect(new Set([...first.hits, ...second.hits].map(({ postId }) => postId)).size).toBe(25);
	});
	test('whatever is typed is no fault of ours', async () => {
		const world = await plantSaid(db);
		await ask(db, world, world.teacher, 'One', 'It’s a “quoted” thing: a|b & c <b>bold</b> \\ user@example.com');
		for (const words of [
			`'`,
			`"`,
			`"""`,
			`:*`,
			`a:*`,
			`!!`,
			`(`,
			`a & | b`,
			`<->`,
			`<2>`,
			`\\`,
			`\\'`,
			`'a' | 'b'`,
			`%`,
			`--`,
			`-`,
			`-a`,
			`or`,
			`or or`,
			`a or`,
			`the`,
			`$$`,
			`;drop table posts`,
			'\ue000\ue001',
			'😀',
			'é'.repeat(200),
			'ａｂｃ',
			'\ud800',
			"it's",
			'user@example.com',
			'x'.repeat(5000)
		])
			await expect(find(world.peer, { ...lookingIn(new URLSearchParams({ q: words })) })).resolves.toBeDefined();
		expect((await find(world.peer, { words: 'the of' })).saysNothing).toBe(true);
		expect((await find(world.peer, { words: "it's bold user@example.com" })).total).toBe(1);
	});
});

describe('finding nothing of what is not for the person', () => {
	/** Words that nobody else in these tests says. */
	const canary = 'quetzalcoatlus';
	const slip = 'quetzalcoatlsu';
	const everywhere = async (who: string, more: Partial<Looking> = {}) => {
		for (const words of [canary, slip, canary.slice(0, 8), `lantern or ${canary}`, `"${canary}"`, `lantern ${slip}`]) {
			const said = JSON.stringify(await find(who, { words, ...more }));
			// What was typed comes back; nothing else may.
			expect(said.replaceAll(`"word":"${canary}"`, '').replaceAll(`"word":"${slip}"`, '')).not.toContain(canary);
		}
	};
	const found = async (who: string) => (await idsOf(who, { words: canary })).length;

	test('another cohort’s words, titles and corrections are not there, and none of its people', async () => {
		const world = await plantSaid(db);
		const other = await plantSaid(db);
		await ask(db, world, world.teacher, 'Here', 'lantern');
		await ask(db, other, other.teacher, `Of the ${canary}`, `We saw a ${canary} here.`);
		expect(await found(other.peer)).toBe(1);
		expect((await find(other.peer, { words: slip })).instead).toEqual([{ word: slip, by: canary }]);
		for (const who of [world.teacher, world.mentor, world.coach, world.moderator, world.manager, world.stranger]) {
			await everywhere(who);
			await everywhere(who, { cohort: other.cohortId });
			expect((await find(who, { author: other.teacher })).hits).toEqual([]);
			expect(JSON.stringify((await find(who, { cohort: other.cohortId })).choices)).not.toContain(other.teacher);
		}
	});
	test('whoever leaves a cohort finds nothing of it any more, and whoever comes finds what was said before', async () => {
		const world = await plantSaid(db);
		const next = await plantCohort(db, world, 'The next one');
		const comer = await plantTeacher(db, world, 'A comer');
		await moveTo(db, world, comer, next);
		await ask(db, world, world.teacher, 'Here', canary);
		expect(await found(world.peer)).toBe(1);
		expect(await found(comer)).toBe(0);
		await moveTo(db, world, world.peer, next);
		await moveTo(db, world, comer, world.cohortId);
		expect(await found(world.peer)).toBe(0);
		await everywhere(world.peer);
		expect(await found(comer)).toBe(1);
	});
	test('whoever has moved finds what they wrote before, and no word, title or choice of anybody else there', async () => {
		const world = await plantSaid(db);
		const next = await plantCohort(db, world, 'The next one');
		const own = await ask(db, world, world.peer, 'Ptarmigans in class', 'We counted an axolotl.');
		await reply(db, world, world.teacher, own.threadId, `Mine is a ${canary}, an axolotl too.`);
		const others = await ask(db, world, world.teacher, `Of the ${canary}`, 'An axolotl of another.', {
			kind: 'strategy'
		});
		const answer = await reply(db, world, world.peer, others.threadId, 'My axolotl waits.');
		const hidden = await reply(db, world, world.peer, others.threadId, 'An axolotl that is hidden.');
		const safe = await ask(db, world, null, 'Axolotls without a name', 'May one keep it?');
		await ask(db, world, null, 'An axolotl of whoever', 'Somebody else asks');
		await db.asOwner(async (tx) => {
			await tx.insert(namelessPosts).values({
				id: safe.id,
				personId: world.peer,
				cohortId: world.cohortId,
				microcredentialId: world.microcredentialId,
				threadId: safe.threadId,
				postId: safe.id,
				title: 'Axolotls without a name',
				publishAt: new Date()
			});
			await tx.update(posts).set({ removedAt: new Date(), removedAs: 'hidden' }).where(eq(posts.id, hidden.id));
		});
		await moveTo(db, world, world.peer, next);
		const mine = [own.id, answer.id, safe.id].toSorted();
		for (const order of ['best', 'newest'] as const)
			expect((await idsOf(world.peer, { words: 'axolotl', order })).toSorted()).toEqual(mine);
		const { hits, choices } = await find(world.peer, { words: 'axolotls' });
		const by = (id: string) => hits.find(({ postId }) => postId === id)!;
		expect(by(answer.id)).toMatchObject({ title: null, about: null, earlier: true, own: true, cohort: 'A cohort' });
		expect(marked(by(own.id).title)).toBe('Ptarmigans in class');
		expect(by(own.id).about).toMatchObject({ kind: 'question', competency: 'One competency' });
		expect(by(safe.id)).toMatchObject({ by: null, nameless: true, earlier: true });
		expect(choices.authors).toEqual([{ value: world.peer, name: 'Somebody' }]);
		// A slip is taken for a word of one's own; the others' are not there.
		expect((await find(world.peer, { words: 'ptarmgans' })).instead).toEqual([{ word: 'ptarmgans', by: 'ptarmigans' }]);
		expect((await idsOf(world.peer, { words: 'ptarmigans counted' })).toSorted()).toEqual([own.id]);
		await everywhere(world.peer);
		await everywhere(world.peer, { cohort: world.cohortId });
		// By a choice too: of threads that others opened no choice says anything.
		expect((await idsOf(world.peer, { cohort: world.cohortId, kind: 'question' })).toSorted()).toEqual(
			[own.id, safe.id].toSorted()
		);
		expect(await idsOf(world.peer, { kind: 'strategy' })).toEqual([]);
		expect(await idsOf(world.peer, { words: 'axolotl', kind: 'strategy' })).toEqual([]);
		expect((await idsOf(world.peer, { author: world.peer })).toSorted()).toEqual([own.id, answer.id].toSorted());
		expect(await idsOf(world.peer, { author: world.teacher })).toEqual([]);
		// Each hit leads to the page on which it stands.
		for (const id of mine)
			expect((await listEarlier(db, as(world.peer), null, id)).posts.map((post) => post.id)).toContain(id);
		// Nobody else finds by that what they did not before: who asked without a name is no author.
		expect((await idsOf(world.teacher, { author: world.peer })).toSorted()).toEqual([own.id, answer.id].toSorted());
	});
	test('what was taken back or hidden is found by nobody, its author and moderators included, and is found again', async () => {
		const world = await plantSaid(db);
		const one = await ask(db, world, world.teacher, 'Here', 'lantern');
		const said = await reply(db, world, world.peer, one.threadId, `A ${canary}.`);
		for (const removedAs of ['taken-back', 'hidden'] as const) {
			await db.asOwner((tx) => tx.update(posts).set({ removedAt: new Date(), removedAs }).where(eq(posts.id, said.id)));
			for (const who of [world.teacher, world.peer, world.moderator]) await everywhere(who);
			expect(await idsOf(world.teacher, { author: world.peer })).toEqual([]);
			await db.asOwner((tx) => tx.update(posts).set({ removedAt: null, removedAs: null }).where(eq(posts.id, said.id)));
			expect(await found(world.teacher)).toBe(1);
		}
		const hidden = await ask(db, world, world.teacher, `Of the ${canary}`, canary);
		await db.asOwner((tx) =>
			tx.update(posts).set({ removedAt: new Date(), removedAs: 'hidden' }).where(eq(posts.id, said.id))
		);
		await db.asOwner((tx) => tx.update(threads).set({ withheldAt: new Date() }).where(eq(threads.id, hidden.threadId)));
		for (const who of [world.teacher, world.peer, world.moderator]) await everywhere(who);
	});
	test('older words of an edited post are not found', async () => {
		const world = await plantSaid(db);
		const { id, threadId } = await ask(db, world, world.teacher, 'Here', `lantern ${canary}`);
		await db.asOwner((tx) =>
			tx.execute(sql`insert into post_words (post_id, revision, cohort_id, thread_id, body, words)
				values (${id}, 2, ${world.cohortId}, ${threadId}, '{"type":"doc","content":[]}', 'lantern')`)
		);
		await everywhere(world.peer);
		expect(await idsOf(world.peer, { words: 'lantern' })).toEqual([id]);
	});
	test('whoever asked without a name is in no list of authors, and no author leads to their question', async () => {
		const world = await plantSaid(db);
		const asker = await plantTeacher(db, world, 'The asker');
		const { id } = await ask(db, world, null, 'May I ask', canary);
		const [hit] = (await find(world.peer, { words: canary })).hits;
		expect(hit).toMatchObject({ postId: id, by: null, nameless: true, own: false });
		for (const who of [world.peer, world.moderator, asker]) {
			const all = await find(who, { author: asker });
			expect(all.hits).toEqual([]);
			expect(all.choices.authors.map(({ name }) => name)).not.toContain('The asker');
		}
	});
});

test('words that look like HTML are words', async () => {
	const world = await plantSaid(db);
	await ask(db, world, world.teacher, 'A <b>title</b>', 'lantern <script>alert(1)</script> & lantern');
	const [hit] = (await find(world.peer, { words: 'lantern' })).hits;
	expect(marked(hit!.words)).toBe('[lantern] <script>alert(1)</script> & [lantern]');
	expect(marked(hit!.title)).toBe('A <b>title</b>');
});
