/**
 * Somebody tries to find out who asked without a name: with whatever a reader of the cohort can read, by every verb and by
 * every table under their own row policies. Whoever is in a cohort is known by name there, so what counts is whether
 * anything says one thing more about the asker after the question than before.
 */
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { markHelped, react } from '#lib/discussion/answering.server.ts';
import { listCohorts, readCohort, readNewThread } from '#lib/discussion/cohorts.server.ts';
import { tellModeration } from '#lib/discussion/moderation-telling.server.ts';
import { readModeration, readReport } from '#lib/discussion/moderation.server.ts';
import { addNamelessWord, askNameless, publishNameless, readOwnNameless } from '#lib/discussion/nameless.server.ts';
import { openThreadPage } from '#lib/discussion/opening.server.ts';
import { addPost } from '#lib/discussion/posting.server.ts';
import { markRead } from '#lib/discussion/reading.server.ts';
import { revealAuthor } from '#lib/discussion/reveal.server.ts';
import { namelessPosts } from '#lib/discussion/schema.server.ts';
import { searchPosts } from '#lib/discussion/search.server.ts';
import { lookingIn } from '#lib/discussion/searching.ts';
import { readChanges, readThread } from '#lib/discussion/threads.server.ts';
import { emailAddresses } from '#lib/identity/schema.server.ts';
import { listNotices } from '#lib/notification/told.server.ts';
import { cohortModerators } from '#lib/discussion/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { type CohortWorld, plantCohort, type Talker } from './cohort-world.ts';
import { withDatabase } from './with-database.ts';

let db: Database;
let world: CohortWorld;
let tables: string[];
/** By which others would know the asker, and ids that nobody else may ever see. */
let canaries: { person: string; name: string; address: string };
const secrets: string[] = [];
/** Who tries: classmates, the asker's own mentor and coach, a moderator who did not look, and whoever reads nothing there. */
const curious = ['ben', 'cleo', 'mentor', 'coach', 'second', 'manager', 'next', 'former'] as const;
type Curious = (typeof curious)[number];
const ids = {} as Record<Curious, string>;

const rowsOf = async <Row>(person: string | null, query: ReturnType<typeof sql>) => {
	const ask = (tx: { execute: (query: ReturnType<typeof sql>) => Promise<unknown> }) => tx.execute(query);
	return ((await (person === null ? db.asOwner(ask) : db.asPerson(person, ask))) as { rows: Row[] }).rows;
};

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	world = await plantCohort(db);
	const { people } = world;
	canaries = { person: people.ana.id, name: people.ana.name, address: `ana.${people.ana.id}@school.example` };
	for (const key of curious) ids[key] = key === 'second' || key === 'former' ? uuidv7() : people[key as Talker].id;
	await db.asOwner(async (tx) => {
		await tx.insert(emailAddresses).values({ address: canaries.address, personId: canaries.person, kind: 'school' });
		// A moderator who has not looked, beside the one who will.
		await tx.execute(
			sql`insert into people (id, name, initials) values
				(${ids.second}::uuid, 'Sela Second', 'SS'), (${ids.former}::uuid, 'Fay Former', 'FF')`
		);
		await tx.insert(cohortModerators).values({ cohortId: world.cohortId, personId: ids.second });
		// Once the mentor of somebody here.
		await tx.insert(pairs).values({
			programId: world.programId,
			cohortId: world.cohortId,
			teacherId: people.cleo.id,
			mentorId: ids.former,
			status: 'ended',
			endedAs: 'rematched',
			endedAt: new Date()
		});
	});
	tables = (
		await rowsOf<{ name: string }>(null, sql`select tablename as name from pg_tables where schemaname = 'public'`)
	).map(({ name }) => name);
}, 120_000);
afterAll(() => db?.close());

const as = (key: Curious) => ({ id: ids[key], name: 'Curious', initials: 'CU' });
const count = (text: string, needle: string) => text.split(needle).length - 1;

/** In each table, all that a person's policies let through, as text. */
async function seenInTables(person: string): Promise<Map<string, string>> {
	const seen = new Map<string, string>();
	for (const table of tables) {
		const found = await rowsOf<{ row: string }>(
			person,
			sql`select t::text || ' ' || coalesce((to_jsonb(t))::text, '') as row from ${sql.identifier(table)} t`
		).catch((): { row: string }[] => []);
		seen.set(table, found.map(({ row }) => row).join('\n'));
	}
	return seen;
}

/** What each table says of the asker: how often the id, the name and the address stand in it. */
const saysOfAsker = (seen: Map<string, string>) =>
	Object.fromEntries(
		[...seen].flatMap(([table, text]) => {
			const times = Object.values(canaries).reduce((sum, needle) => sum + count(text, needle), 0);
			return times ? [[table, times]] : [];
		})
	);

async function seenByVerbs(key: Curious, threadId: string | null): Promise<string> {
	const person = as(key);
	const answers: unknown[] = [];
	const look = async (work: Promise<unknown>) => answers.push(await work.catch((error: Error) => error.message));
	await look(listCohorts(db, person));
	await look(readCohort(db, person, world.cohortId));
	await look(readCohort(db, person, world.cohortId, { competency: world.waiting, kind: 'question' }));
	await look(readNewThread(db, person, world.cohortId));
	await look(listNotices(db, person, null));
	await look(readOwnNameless(db, person));
	await look(readModeration(db, person, world.cohortId));
	if (threadId) {
		await look(readThread(db, person, threadId));
		await look(readChanges(db, person, threadId, 0));
		// Without the list of everybody who reads it, on which whoever asked stands like all others.
		await look(openThreadPage(db, person, threadId).then(({ people: _, ...page }) => page));
		const [post] = await rowsOf<{ id: string }>(null, sql`select id from posts where thread_id = ${threadId}::uuid`);
		await look(readReport(db, person, post!.id));
	}
	return JSON.stringify(answers);
}

describe('a question without a name, from the first letter to a look at it', () => {
	test('says nothing of whoever asked, to nobody who did not look', { timeout: 120_000 }, async () => {
		const before = new Map<Curious, Record<string, number>>();
		const verbsBefore = new Map<Curious, number>();
		for (const key of curious) {
			before.set(key, saysOfAsker(await seenInTables(ids[key])));
			verbsBefore.set(key, count(await seenByVerbs(key, null), canaries.person));
		}
		expect(Object.keys(before.get('ben')!)).toContain('people');

		const ana = world.people.ana;
		const form = uuidv7();
		secrets.push(form);
		await askNameless(db, ana, {
			cohortId: world.cohortId,
			microcredentialId: world.waiting,
			title: 'Is it only me?',
			text: 'I shout every day.',
			form
		});
		const [waiting] = await db.asOwner((tx) => tx.select().from(namelessPosts));
		secrets.push(waiting!.askedAt.toISOString());
		// While it waits nothing at all is different.
		for (const key of curious) {
			const seen = await seenInTables(ids[key]);
			expect(saysOfAsker(seen), `${key} while it waits`).toEqual(before.get(key));
			expect([...seen.values()].join('\n'), key).not.toContain('I shout every day');
		}
		const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
		const [threadId] = await publishNameless(db, later(16));
		const reply = await addPost(db, world.people.ben, threadId!, { text: 'No. Wait five seconds.', form: uuidv7() });
		const word = uuidv7();
		secrets.push(word);
		await addNamelessWord(db, ana, threadId!, { text: 'Five!', quotes: reply.postId, form: word });
		await react(db, ana, reply.postId, { kind: 'thanks', on: true });
		await markHelped(db, ana, threadId!, reply.postId);
		await markRead(db, ana, threadId!, 2);
		await publishNameless(db, later(6));
		await revealAuthor(
			db,
			{ person: world.people.moderator, whence: { network: null, userAgent: null } },
			threadId!,
			'A child may be in danger'
		);
		await tellModeration(db);

		for (const key of curious) {
			const seen = await seenInTables(ids[key]);
			expect(saysOfAsker(seen), `${key} in the tables`).toEqual(before.get(key));
			const verbs = await seenByVerbs(key, threadId!);
			expect(count(verbs, canaries.person), `${key} by the verbs`).toBe(verbsBefore.get(key));
			const all = [...seen.values(), verbs].join('\n');
			for (const secret of secrets) expect(all, key).not.toContain(secret);
			expect(all, key).not.toContain(canaries.address);
			// Whoever reads there reads the question; whoever does not, does not.
			const reads = key !== 'manager' && key !== 'next' && key !== 'former';
			expect(all.includes('I shout every day'), key).toBe(reads);
			// Of the look only moderators and whoever asked know.
			expect(all.includes('A child may be in danger'), key).toBe(key === 'second');
		}
		// Searched by words it is found, by nobody; searched by whom it was, nothing is found but what has a name.
		const search = (key: Curious, asked: Record<string, string>) =>
			searchPosts(db, as(key), lookingIn(new URLSearchParams(asked)));
		for (const key of ['ben', 'cleo', 'mentor', 'coach', 'second'] as const) {
			expect(await search(key, { q: 'shout' }), key).toMatchObject({
				hits: [{ by: null, nameless: true, own: false }]
			});
			expect((await search(key, { author: world.people.ben.id })).hits, key).toMatchObject([{ by: 'Ben Okafor' }]);
			for (const q of ['shout', '']) expect((await search(key, { q, author: ana.id })).hits, key).toEqual([]);
			// Nor is whoever never spoke under a name among those that can be chosen.
			const { authors } = (await search(key, { q: 'shout' })).choices;
			expect(
				authors.map(({ value }) => value),
				key
			).toEqual([world.people.ben.id]);
		}
		// And no mail to anybody else says it.
		const mails = await db.asOwner((tx) => tx.select().from(mailMessages));
		for (const mail of mails.filter(({ toAddress }) => toAddress !== canaries.address))
			expect(JSON.stringify(mail)).not.toContain(canaries.name);
	});

	test('nothing tells one asker from another: what a classmate reads is the same but for chance', async () => {
		const shapes: unknown[] = [];
		for (const key of ['ana', 'cleo'] as const) {
			const other = await plantCohort(db);
			await askNameless(db, other.people[key], {
				cohortId: other.cohortId,
				microcredentialId: other.waiting,
				title: 'Is it only me?',
				text: 'I shout every day.',
				form: uuidv7()
			});
			const threads = await publishNameless(db, new Date(Date.now() + 16 * 60_000));
			const page = await readThread(db, other.people.ben, threads.at(-1)!);
			const cohort = await readCohort(db, other.people.ben, other.cohortId);
			const plain = (value: unknown) =>
				JSON.stringify(value)
					.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'an id')
					.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time');
			shapes.push([plain(page), plain(cohort)]);
		}
		expect(shapes[0]).toEqual(shapes[1]);
	});

	test('the moments tell nothing: of fifty questions none is out near the second in which it was typed', async () => {
		const near: number[] = [];
		const typed = Date.now() - 3 * 365 * 24 * 3_600_000;
		const other = await plantCohort(db);
		for (let i = 0; i < 50; i++) {
			const at = new Date(typed + i * 25 * 3_600_000);
			await askNameless(
				db,
				other.people.ana,
				{
					cohortId: other.cohortId,
					microcredentialId: other.waiting,
					title: `Question ${i}`,
					text: 'Is it only me?',
					form: uuidv7()
				},
				at
			);
			// Looked at every ten seconds, as the server does; the first look that takes it is when peers see it.
			for (let seconds = 0; seconds <= 910; seconds += 10) {
				const now = new Date(at.getTime() + seconds * 1_000);
				if ((await publishNameless(db, now)).length === 0) continue;
				near.push(seconds);
				break;
			}
		}
		expect(near).toHaveLength(50);
		expect(Math.min(...near)).toBeGreaterThanOrEqual(60);
		// Whoever guesses the most frequent minute is right about one in fourteen times; half of all would be no chance.
		const minutes = new Map<number, number>();
		for (const seconds of near) minutes.set(Math.floor(seconds / 60), (minutes.get(Math.floor(seconds / 60)) ?? 0) + 1);
		expect(minutes.size).toBeGreaterThan(7);
		expect(Math.max(...minutes.values())).toBeLessThan(25);
	}, 180_000);
});
