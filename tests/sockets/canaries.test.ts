/**
 * Somebody tries to find out who asked without a name, at the doors of the production build: every page, its data, search,
 * notices, mail, the own-data copy and the stream, as everybody who is anywhere near. Two worlds with the same people are
 * lived through side by side, and differ in nothing but in who of two teachers asks: whatever a peer is answered in one, they are
 * answered in the other. `tests/nameless-canaries.test.ts` asks the same of verbs and tables.
 */
import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import {
	cohortModerators,
	moderationActs,
	namelessMarks,
	namelessPosts,
	postReports,
	posts,
	threads
} from '#lib/discussion/schema.server.ts';
import { createSessionIn } from '#lib/identity/session.server.ts';
import { emailAddresses, organizations, people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { enrollments } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { plantCohort } from '../cohort-world.ts';
import { until } from '../live-room.ts';
import { origin, type OutsideProduct, startOutside } from '../outside-product.ts';
import type { Product } from '../product.ts';
import { unzipped } from '../unzipped.ts';

/** Between whom it is decided who asks. By none of this may anybody be known who asked; nothing of ours is spelled so by chance. */
const askers = {
	ana: { name: 'Anouk Zyphergate', initials: 'ÄŻ', school: 'Nettlecombe Lower House', address: 'zyphergate' },
	cleo: { name: 'Clothilde Wyvernholt', initials: 'ÇŴ', school: 'Ottermarsh Upper House', address: 'wyvernholt' }
} as const;
type Asker = keyof typeof askers;
/** Whom only one of the two has, too. */
const mentors = { ana: 'Mira Stone', cleo: 'Nora Flint' } as const;

/** Everybody who may be curious, beside whichever of the two does not ask. */
const peers = [
	'ben',
	'mentor',
	'mentorOfCleo',
	'coach',
	'moderator',
	'second',
	'manager',
	'next',
	'former',
	'onceMentor'
] as const;
type Peer = (typeof peers)[number];
/** Who reads in the cohort, and so reads the question. */
const readers: readonly Peer[] = ['ben', 'mentor', 'mentorOfCleo', 'coach', 'moderator', 'second'];
/** Who of them never looks. */
const curious = readers.filter((key) => key !== 'moderator');
type Key = Peer | Asker;

type World = {
	asker: Asker;
	ids: Record<Key, string>;
	cookies: Record<Key, string>;
	cohortId: string;
	nextId: string;
	waiting: string;
	norms: string;
	programId: string;
	/** Of each of the two, with their mentor. */
	pairIds: Record<Asker, string>;
	/** What a peer's answer says in place of an id that both worlds have. */
	known: Map<string, string>;
	/** Ids and moments of the asking, which nobody else may ever read. */
	secrets: string[];
	threadId: string;
	postIds: string[];
	/** Of Ben, about whom nothing is secret. */
	elsewhere: string;
};

let outside: OutsideProduct;
let db: Database;
let product: Product;
let worlds: World[];

beforeAll(async () => {
	outside = await startOutside();
	({ db, product } = outside);
	worlds = [await plant('ana'), await plant('cleo')];
}, 240_000);
afterAll(() => outside?.stop());

async function plant(asker: Asker): Promise<World> {
	const world = await plantCohort(db);
	const { cohortId, nextId, programId, waiting, norms, stackVersionId } = world;
	const [second, former, onceMentor, mentorOfCleo] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
	const pairIds = { ana: world.pairId, cleo: uuidv7() };
	const { ana, ben, cleo, mentor, coach, moderator, manager, next } = world.people;
	const ids: Record<Key, string> = {
		...{ ana: ana.id, cleo: cleo.id, ben: ben.id, mentor: mentor.id, coach: coach.id, moderator: moderator.id },
		...{ manager: manager.id, next: next.id, second, former, onceMentor, mentorOfCleo }
	};
	await db.asOwner(async (tx) => {
		const [state] = await tx.select().from(people).where(eq(people.id, ana.id));
		await tx.insert(people).values([
			{ id: second, name: 'Sela Second', initials: 'SS' },
			{ id: former, name: 'Fay Former', initials: 'FF' },
			{ id: onceMentor, name: 'Olaf Once', initials: 'OO' },
			{ id: mentorOfCleo, name: mentors.cleo, initials: 'NF' }
		]);
		for (const [key, { name, initials, school, address }] of Object.entries(askers) as [
			Asker,
			(typeof askers)[Asker]
		][]) {
			const id = uuidv7();
			const parentId = state!.organizationId;
			await tx
				.insert(organizations)
				.values({ id, parentId, kind: 'school', name: school, timeZone: 'America/Chicago' });
			await tx.update(people).set({ name, initials, organizationId: id }).where(eq(people.id, ids[key]));
			await tx
				.insert(emailAddresses)
				.values({ address: `${address}.${ids[key]}@school.example`, personId: ids[key], kind: 'school' });
		}
		for (const key of [...peers])
			await tx
				.insert(emailAddresses)
				.values({ address: `${key}.${ids[key]}@school.example`.toLowerCase(), personId: ids[key], kind: 'school' });
		await tx.insert(cohortModerators).values({ cohortId, personId: second });
		const ended = { status: 'ended', endedAs: 'rematched', endedAt: new Date() } as const;
		const among = { programId, cohortId };
		await tx.insert(pairs).values([
			{ ...among, id: pairIds.cleo, teacherId: cleo.id, mentorId: mentorOfCleo, status: 'active' },
			{ ...among, id: uuidv7(), teacherId: ben.id, mentorId: onceMentor, ...ended }
		]);
		await tx
			.insert(enrollments)
			.values({ ...among, personId: former, stackVersionId, status: 'withdrawn', endedAt: new Date() });
	});
	const cookies = {} as Record<Key, string>;
	for (const [key, id] of Object.entries(ids) as [Key, string][]) {
		const session = await db.asService((tx) => createSessionIn(tx, id, 'passkey', { whence: null, shared: false }));
		cookies[key] = `__Host-session=${session.cookieValue}`;
	}
	const known = new Map([
		...Object.entries(ids).map(([key, id]) => [id, key] as const),
		...Object.entries({ cohortId, nextId, programId, waiting, norms }).map(([key, id]) => [id, key] as const),
		...Object.entries(pairIds).map(([key, id]) => [id, `the pair of ${key}`] as const)
	]);
	return {
		asker,
		ids,
		cookies,
		cohortId,
		nextId,
		waiting,
		norms,
		programId,
		pairIds,
		known,
		secrets: [],
		threadId: '',
		postIds: [],
		elsewhere: ''
	};
}

const everybody = [...peers, ...(Object.keys(askers) as Asker[])];
/** Each from a network of their own, which is the same in both worlds; not packed, so that a length is that of the words. */
const headersOf = (world: World, key: Key) => ({
	accept: 'text/html',
	'accept-encoding': 'identity',
	cookie: world.cookies[key],
	'x-forwarded-for': `198.18.0.${everybody.indexOf(key) + 1}`
});
const get = (world: World, key: Key, path: string) =>
	fetch(product.base + path, { redirect: 'manual', headers: headersOf(world, key) });
/** Sends a form, which is taken. @returns where it leads */
async function send(world: World, key: Key, path: string, sent: Record<string, string>): Promise<string> {
	const response = await fetch(product.base + path, {
		method: 'POST',
		redirect: 'manual',
		headers: { ...headersOf(world, key), origin },
		body: new URLSearchParams(sent)
	});
	const page = await response.text();
	if (response.status !== 303) expect.fail(`${key} at ${path}: ${response.status} ${page.slice(0, 2_000)}`);
	return response.headers.get('location')!;
}
/** In both worlds at the same moment. */
const inBoth = <T>(work: (world: World) => Promise<T>): Promise<T[]> => Promise.all(worlds.map(work));
const other = ({ asker }: World): Asker => (asker === 'ana' ? 'cleo' : 'ana');

/**
 * What was asked in a world and is due is said now, and not when it would be. One kind after the other, and each told before
 * the next: a round that tells may fall between any two, and then the same notices would stand in another order.
 */
async function comesOut(): Promise<void> {
	const long = new Date(Date.now() - 1_000);
	await told();
	for (const [kind, makeDue, isLeft] of [
		[
			'what was said without a name',
			(tx: Tx) => tx.update(namelessPosts).set({ publishAt: long }).where(isNull(namelessPosts.postId)),
			(tx: Tx) => tx.select({ id: namelessPosts.id }).from(namelessPosts).where(isNull(namelessPosts.postId))
		],
		[
			'what helped',
			(tx: Tx) => tx.update(namelessMarks).set({ applyAt: long }),
			(tx: Tx) => tx.select({ id: namelessMarks.threadId }).from(namelessMarks)
		],
		[
			'what was taken back or brought back',
			(tx: Tx) => tx.update(namelessPosts).set({ changeAt: long }).where(isNotNull(namelessPosts.changeAt)),
			(tx: Tx) => tx.select({ id: namelessPosts.id }).from(namelessPosts).where(isNotNull(namelessPosts.changeAt))
		]
	] as const) {
		await db.asOwner(makeDue);
		await until(`${kind} is out`, async () => (await db.asOwner<{ id: string }[]>(isLeft)).length === 0, 30_000);
		await told();
	}
}
/** Notices are made, and taken away, by rounds of their own: nothing is left for one, be it who helped or what was hidden. */
const told = () =>
	until(
		'everybody was told',
		async () => {
			const left = await db.asOwner((tx) =>
				tx
					.select({ id: posts.id })
					.from(posts)
					.innerJoin(threads, eq(threads.id, posts.threadId))
					.where(
						or(
							sql`(${posts.toldAt} is null) = (${posts.removedAt} is null)`,
							sql`${threads.helpedPostId} is distinct from ${threads.helpedToldId}`
						)
					)
			);
			return left.length === 0;
		},
		30_000
	);

/** Of what moderators do it is another round that tells. */
const toldOfModeration = () =>
	until(
		'everybody was told what moderators did',
		async () => {
			const left = await db.asOwner((tx) =>
				tx
					.select({ id: moderationActs.id })
					.from(moderationActs)
					.where(isNull(moderationActs.toldAt))
					.unionAll(
						tx
							.select({ id: postReports.id })
							.from(postReports)
							.where(
								or(
									isNull(postReports.moderatorsToldAt),
									and(isNotNull(postReports.settledAt), isNull(postReports.toldAt))
								)
							)
					)
			);
			return left.length === 0;
		},
		30_000
	);

/** Every door behind which something of a cohort stands, for a world as it is at this moment. @param of whose posts are looked for */
function doorsOf(world: World, of: readonly Key[] = everybody): { pages: string[]; others: string[] } {
	const { cohortId, nextId, programId, pairIds, waiting, threadId, postIds, elsewhere, ids } = world;
	return {
		pages: [
			'/',
			'/cohorts',
			`/cohorts/${cohortId}`,
			`/cohorts/${cohortId}?competency=${waiting}&kind=question`,
			`/cohorts/${cohortId}/new`,
			`/cohorts/${cohortId}/follow`,
			`/cohorts/${cohortId}/moderation`,
			`/cohorts/${nextId}`,
			'/cohorts/earlier',
			'/cohorts/without-a-name',
			'/cohorts/search',
			'/cohorts/search?q=shouting',
			'/cohorts/search?q=shoutng',
			...of.flatMap((key) => [`/cohorts/search?author=${ids[key]}`, `/cohorts/search?q=shouting&author=${ids[key]}`]),
			// What coaches, mentors and managers see of how somebody does, and of where they are moved.
			...Object.values(pairIds).flatMap((id) => [`/pairs/${id}`, `/pairs/${id}/check-ins`]),
			`/programs/${programId}/people`,
			`/programs/${programId}/moderators?cohort=${cohortId}`,
			...(['ana', 'cleo'] as const).map((key) => `/programs/${programId}/people/${ids[key]}/cohort?to=${nextId}`),
			'/notifications',
			'/account/data',
			...(elsewhere ? [`/threads/${elsewhere}`] : []),
			...aboutOf({ threadId, postIds })
		],
		others: [
			`/cohorts/${cohortId}/named`,
			...(threadId ? [`/threads/${threadId}/changes?since=0`] : []),
			...postIds.map((id) => `/files/${id}`)
		]
	};
}
/** The doors that lead to nothing but the question. */
const aboutOf = ({ threadId, postIds }: Pick<World, 'threadId' | 'postIds'>) =>
	threadId === ''
		? []
		: [
				`/threads/${threadId}`,
				`/threads/${threadId}?named=1`,
				`/threads/${threadId}/who`,
				`/threads/${threadId}/moderation`,
				...postIds.flatMap((id) => [
					`/threads/${threadId}?at=1&edit=${id}&quote=${id}`,
					`/threads/${threadId}/posts/${id}`,
					`/posts/${id}/report`
				])
			];
const asData = (page: string) => {
	const [path, query] = page.split('?') as [string, string?];
	return `${path === '/' ? '' : path}/__data.json${query ? `?${query}` : ''}`;
};

/** Of an answer what can tell something: all but chance and the clock. */
type Answer = { path: string; status: number; headers: string; body: string; raw: string };
const anId = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
function plainly(text: string, known: World['known']): string {
	return (
		text
			.replace(anId, (id) => `<${known.get(id) ?? 'an id'}>`)
			.replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, '<a time>')
			.replace(/("id": )"[\w-]{22}"/g, '$1"<a session>"')
			.replace(/new Date\(\d{13}\)/g, '<a time>')
			.replace(/\b\d\d?:\d\d\b/g, '<a minute>')
			// A minute may be over in one world, and not yet when the other is asked.
			.replace(/\b(just now|\d+ min ago)\b/g, '<a while ago>')
			// A coach's home marks a board by a hash of what it shows, ids too: any kind of sign may be missing in it, but hardly all that words lack.
			.replace(/"(?=[\w-]+[\dA-Z_-])[\w-]{16}"/g, '"<a mark>"')
			.replace(/nonce-[\w+/=-]+|nonce="[^"]*"/g, '<a nonce>')
	);
}
/** What a header says of the answer; the rest is of the line. */
const passing = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

async function answered(world: World, key: Key, path: string): Promise<Answer> {
	const response = await get(world, key, path);
	const body = await response.text();
	const headers = [...response.headers].filter(([name]) => !passing.has(name));
	// What only follows from the body says no more than it: a hash of the whole, and how long it is.
	const bytes = String(Buffer.byteLength(body));
	const said = (name: string, value: string) =>
		name === 'etag' ? 'a tag' : name === 'content-length' && value === bytes ? 'the bytes of it' : value;
	const seen = headers.map(([name, value]) => `${name}: ${said(name, value)}`).join('\n');
	return {
		path: plainly(path, world.known),
		status: response.status,
		headers: plainly(seen, world.known),
		body: plainly(body, world.known),
		raw: `${seen}\n${body}`
	};
}

/** At most a few at a time, in their order. */
async function each<T, R>(list: readonly T[], work: (one: T) => Promise<R>, atOnce = 4): Promise<R[]> {
	const done: R[] = [];
	const rest = list.entries();
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			for (const [i, one] of rest) done[i] = await work(one);
		})
	);
	return done;
}

type Seen = Map<Key, Answer[]>;
/** Whatever somebody can be answered: pages are told from their data, and are looked at themselves where something is about the question. */
async function lookAround(world: World, who: readonly Key[], of: readonly Key[]): Promise<Seen> {
	const seen: Seen = new Map();
	for (const key of who) {
		const reads = readers.includes(key as Peer);
		const { pages, others } = doorsOf(world, reads ? of : []);
		const html = reads ? pages.filter((page) => aboutOf(world).includes(page) || page.endsWith('?q=shouting')) : [];
		seen.set(key, await each([...pages.map(asData), ...html, ...others], (path) => answered(world, key, path)));
	}
	return seen;
}
/** Holds that two saw the same, and says at which door they did not. */
function same(one: Seen, another: Seen, when: string): void {
	for (const [[key, mine], [, theirs]] of zip([...one], [...another]))
		for (const [a, b] of zip(mine, theirs)) parted(different(a, b), `${key} at ${a.path}, ${when}`);
}
/** Where two answers part, with what stands around it in each; null if they don't. */
function different({ raw: _, ...one }: Answer, { raw: __, ...two }: Answer): string | null {
	return apart(Object.values(one).join('\n'), Object.values(two).join('\n'));
}
function apart(a: string, b: string): string | null {
	if (a === b) return null;
	let at = 0;
	while (a[at] === b[at]) at++;
	return [a, b].map((text) => text.slice(Math.max(0, at - 300), at + 300)).join('\n<- and in the other world ->\n');
}
/** Unlike an assertion of vitest, which shortens what it was given, this shows whole where two parted. */
function parted(where: string | null, what: string): void {
	if (where !== null) expect.fail(`${what}:\n${where}`);
}
const zip = <A, B>(one: readonly A[], two: readonly B[]): [A, B][] => {
	expect(one.length).toBe(two.length);
	return one.map((a, i) => [a, two[i]!]);
};
/** In both worlds everybody who does not ask is answered the same. The one who could have asked stands in for the other. */
async function sameInBoth(
	when: string,
	who: readonly Peer[] = peers,
	of: readonly Key[] = ['ana', 'cleo']
): Promise<Seen[]> {
	const seen = await inBoth((world) => lookAround(world, who, of));
	same(seen[0]!, seen[1]!, when);
	return seen;
}

/** Words by which whoever asked would be known. Not their mentor's id: whoever leads in the cohort is marked as such on each page. */
const canariesOf = ({ asker, ids }: World): string[] => [...Object.values(askers[asker]), ids[asker]];

/** Of a page of search, what it found: beside it stands the list of everybody who ever spoke under a name. */
const hitsIn = (page: string) => {
	const found = /<ol[\s\S]*<\/ol>/.exec(page)?.[0];
	if (!found) throw new Error('Nothing was found where something is.');
	return found;
};

/** Holds a stream open, as a page does. */
function listen(world: World, key: Key) {
	const leaving = new AbortController();
	let heard = '';
	const done = (async () => {
		const response = await fetch(`${product.base}/threads/${world.threadId}/live`, {
			headers: headersOf(world, key),
			signal: leaving.signal
		});
		if (response.status !== 200) return response.status;
		const decoder = new TextDecoder();
		for await (const chunk of response.body!) heard += decoder.decode(chunk as Uint8Array, { stream: true });
		return 200;
	})().catch(() => 200);
	return {
		heard: () => heard,
		/** The numbers that were said under a name, in their order. */
		said: (event: string) =>
			[...heard.matchAll(new RegExp(`event: ${event}\\ndata: (\\d+)`, 'g'))].map(([, number]) => Number(number)),
		done,
		leave: () => leaving.abort()
	};
}

/** The files of somebody's copy by name. */
const copyOf = async (world: World, key: Key): Promise<Map<string, string>> => {
	await send(world, key, '/account/data?/copy', {});
	return unzipped(new Uint8Array(await (await get(world, key, '/account/data/copy')).arrayBuffer()));
};

const mailTo = async (world: World, key: Key) =>
	(await db.asOwner((tx) => tx.select().from(mailMessages))).filter(({ toAddress }) =>
		toAddress.includes(world.ids[key])
	);

/** Every row that says something without a name in a world's cohort, as its owner reads it. */
const asides = ({ cohortId }: World) =>
	db.asOwner((tx) => tx.select().from(namelessPosts).where(eq(namelessPosts.cohortId, cohortId)));

/** Version of a uuid: 7 has a time in it, 4 has none. */
const versionOf = (id: string) => id[14];

describe('a question without a name, at every door that peers have', () => {
	let out: Seen[];

	test('while it waits nothing is different from before it was typed', async () => {
		// Something under a name stands there first, so that a cohort that talks is compared and not an empty one.
		await inBoth(async (world) => {
			const at = await send(world, 'ben', `/cohorts/${world.cohortId}/new`, {
				...{ competency: world.norms, kind: 'strategy', title: 'Greeting at the door' },
				...{ text: 'I greet everybody by name.', form: uuidv7() }
			});
			world.elsewhere = at.match(anId)![0];
			world.known.set(world.elsewhere, 'a thread of Ben');
		});
		await told();
		const before = await sameInBoth('before it is asked');
		await inBoth(async (world) => {
			const form = uuidv7();
			await send(world, world.asker, `/cohorts/${world.cohortId}/new`, {
				...{ competency: world.waiting, kind: 'question', title: 'Is it only me?' },
				...{ text: 'I am shouting every day.', form, nameless: 'yes' }
			});
			const [waits] = await asides(world);
			world.secrets.push(form, waits!.askedAt.toISOString(), waits!.publishAt.toISOString());
		});
		const waiting = await sameInBoth('while it waits');
		for (const [then, now] of zip(before, waiting)) same(then, now, 'while it waits and before');
		for (const seen of waiting)
			for (const answers of seen.values()) for (const { raw } of answers) expect(raw).not.toContain('shouting every');
	});

	test(
		'once it is out, whoever asked it, each peer is answered the same to the letter',
		{ timeout: 120_000 },
		async () => {
			await comesOut();
			await inBoth(async (world) => {
				const [waited] = await asides(world);
				world.threadId = waited!.threadId!;
				world.known.set(world.threadId, 'the thread');
			});
			const streams = await inBoth(async (world) => ({
				ben: listen(world, 'ben'),
				asker: listen(world, world.asker),
				stranger: listen(world, 'next'),
				former: listen(world, 'former'),
				manager: listen(world, 'manager')
			}));
			for (const { ben } of streams) await until('two are here', () => ben.said('here').at(-1) === 2);
			await inBoth(async (world) => {
				const thread = `/threads/${world.threadId}`;
				await send(world, 'ben', `${thread}?/reply`, { text: 'No. Wait five seconds.', form: uuidv7() });
				const [reply] = await db.asOwner((tx) =>
					tx
						.select()
						.from(posts)
						.where(sql`thread_id = ${world.threadId}::uuid and number = 2`)
				);
				const word = uuidv7();
				await send(world, world.asker, `${thread}?/reply`, {
					...{ text: 'Five seconds it is!', form: word, nameless: 'yes' },
					...{ quotes: reply!.id, quote: 'Wait five seconds' }
				});
				await send(world, world.asker, `${thread}?/react`, { thanks: reply!.id });
				await send(world, world.asker, `${thread}?/helped`, { helped: reply!.id });
				await send(world, world.asker, `${thread}?/read`, { upTo: '2' });
				for (const { id, askedAt } of await asides(world)) world.secrets.push(id, askedAt.toISOString());
				// Both say something elsewhere under their names, and whoever did not ask says something here.
				for (const key of ['ana', 'cleo'] as const)
					await send(world, key, `/threads/${world.elsewhere}?/reply`, { text: 'So do I.', form: uuidv7() });
			});
			await comesOut();
			await inBoth(async (world) => {
				const said = await db.asOwner((tx) =>
					tx.select().from(posts).where(eq(posts.threadId, world.threadId)).orderBy(posts.number)
				);
				world.postIds = said.map(({ id }) => id);
				for (const [i, id] of world.postIds.entries()) world.known.set(id, `post ${i + 1}`);
				expect(said.map(({ nameless, authorId }) => [nameless, authorId])).toEqual([
					[true, null],
					[false, world.ids.ben],
					[true, null]
				]);
				await send(world, 'ben', `/threads/${world.threadId}?/read`, { upTo: '3' });
			});

			out = await sameInBoth('once it is out', peers, everybody);
			for (const [world, around] of zip(worlds, out))
				for (const [key, answers] of around) {
					const all = answers.map(({ raw }) => raw).join('\n');
					for (const secret of world.secrets) expect(all, `${key} reads ${secret}`).not.toContain(secret);
					expect(all.includes('I am shouting every day'), key).toBe(readers.includes(key as Peer));
				}

			// The stream says numbers, and to each the same ones.
			const heard = streams.map(({ ben }) => ben);
			for (const { ben, asker, ...strangers } of streams) {
				expect(
					ben
						.heard()
						.replace(/retry: \d+\n|id: \d+\n|event: (version|here|notified|read|beat)\ndata: \d+\n|: ?\w*\n|\n/g, '')
				).toBe('');
				for (const one of Object.values(strangers)) expect(await one.done).toBe(404);
				for (const one of [ben, asker]) one.leave();
			}
			expect(heard[0]!.said('version').at(-1)).toBe(heard[1]!.said('version').at(-1));
			expect(Math.max(...heard[0]!.said('here'))).toBe(Math.max(...heard[1]!.said('here')));
		}
	);

	test('whoever could have asked and did not reads the same as whoever else did not', async () => {
		// Each of the two stands in for the other: all that is theirs by name is turned round.
		const seen = await inBoth((world) => {
			const turned = new Map(world.known);
			turned.set(world.ids[other(world)], 'the other').set(world.ids[world.asker], 'whoever asked');
			return each(
				aboutOf(world).flatMap((page) => [page, asData(page)]),
				async (path) => {
					const answer = await answered({ ...world, known: turned }, other(world), path);
					const { name, initials } = askers[other(world)];
					return {
						...answer,
						body: answer.body.replaceAll(name, 'The other').replaceAll(initials, 'TO')
					};
				}
			);
		});
		for (const [a, b] of zip(seen[0]!, seen[1]!)) parted(different(a, b), a.path);
	});

	test('no answer about the question holds anything by which whoever asked is known', () => {
		for (const [world, seen] of zip(worlds, out)) {
			const doors = new Set(
				[
					...aboutOf(world).flatMap((page) => [page, asData(page)]),
					`/threads/${world.threadId}/changes?since=0`,
					'/cohorts/search?q=shouting'
				].map((door) => plainly(door, world.known))
			);
			for (const key of readers) {
				const about = seen.get(key)!.filter(({ path }) => doors.has(path));
				expect(about.length).toBe(doors.size);
				// Whoever it was has said nothing in it under a name: no exception is needed here.
				for (const { path, raw } of about)
					for (const canary of canariesOf(world))
						expect(path.startsWith('/cohorts/search') ? hitsIn(raw) : raw, `${key} at ${path}`).not.toContain(canary);
			}
		}
	});

	test('where whoever asked speaks under their name, that is found by their name, and the question is not', async () => {
		for (const world of worlds)
			for (const key of readers) {
				const by = await (await get(world, key, `/cohorts/search?author=${world.ids[world.asker]}`)).text();
				expect(hitsIn(by), key).toContain('So do I.');
				expect(by, key).not.toContain('shouting');
				expect(by, key).not.toContain('Five seconds it is');
			}
	});

	test('what is out has ids without a time in them, and times of its own', async () => {
		for (const world of worlds) {
			const [thread] = await db.asOwner((tx) => tx.select().from(threads).where(eq(threads.id, world.threadId)));
			const said = await db.asOwner((tx) => tx.select().from(posts).where(inArray(posts.id, world.postIds)));
			const nameless = said.filter(({ nameless }) => nameless);
			expect(nameless).toHaveLength(2);
			const rows = [thread!, ...nameless];
			for (const { id, formId } of rows) expect([versionOf(id), versionOf(formId)]).toEqual(['4', '4']);
			for (const { id, askedAt, postId, threadId } of await asides(world)) {
				expect(rows.map((row) => row.id)).not.toContain(id);
				expect(rows.map((row) => row.formId)).not.toContain(id);
				const shows = rows.filter((row) => row.id === postId || row.id === threadId);
				expect(shows.length).toBeGreaterThan(0);
				for (const { createdAt } of shows) expect(createdAt.getTime()).not.toBe(askedAt.getTime());
			}
		}
	});

	test('neither the copy of what is their own nor mail tells a peer', async () => {
		await each(
			readers,
			async (key) => {
				const copies = await inBoth((world) => copyOf(world, key));
				for (const [world, copy] of zip(worlds, copies)) {
					const all = [...copy.values()].join('\n');
					for (const secret of [...world.secrets, askers[world.asker].address, askers[world.asker].school])
						expect(all, key).not.toContain(secret);
					expect(all, key).not.toContain('shouting');
				}
				const [one, two] = copies as [Map<string, string>, Map<string, string>];
				expect([...one.keys()], key).toEqual([...two.keys()]);
				for (const [name, text] of one) {
					// The record has which doors they knocked at in vain, and this test knocks in no order; hashes are of ids, too.
					if (name === 'account/record.json' || text.includes('"sha256"')) continue;
					const [a, b] = [text, two.get(name)!].map((file, i) => plainly(file, worlds[i]!.known)) as [string, string];
					parted(apart(a, b), `${name} in the copy of ${key}`);
				}
			},
			2
		);
		// Whoever asked has it in theirs.
		for (const world of worlds)
			expect((await copyOf(world, world.asker)).get('cohorts/posts.json')).toContain('I am shouting every day');
		for (const key of peers) {
			const mails = await inBoth((world) => mailTo(world, key));
			expect(mails[0]!.length, key).toBe(mails[1]!.length);
			for (const [world, sent] of zip(worlds, mails))
				for (const canary of canariesOf(world)) expect(JSON.stringify(sent), key).not.toContain(canary);
		}
	});

	test('a moderator sees the name after a reason is written down, and whoever asked sees that', async () => {
		const reason = 'A child may be in danger.';
		await inBoth(async (world) => {
			const who = `/threads/${world.threadId}/who`;
			const { name } = askers[world.asker];
			expect(await (await get(world, 'moderator', who)).text()).not.toContain(name);
			// Neither without a reason, nor by anybody else with one.
			for (const [key, sent, status] of [
				['moderator', '', 422],
				['coach', reason, 404],
				['mentor', reason, 404],
				['ben', reason, 404],
				[other(world), reason, 404]
			] as const) {
				const response = await fetch(product.base + who, {
					method: 'POST',
					redirect: 'manual',
					headers: { ...headersOf(world, key), origin },
					body: new URLSearchParams({ reason: sent })
				});
				expect(response.status, key).toBe(status);
				expect(await response.text(), key).not.toContain(name);
			}
			await send(world, 'moderator', who, { reason });
			expect(await (await get(world, 'moderator', who)).text()).toContain(name);
			// Who looked, when and why, where whoever asked finds it.
			for (const path of ['/cohorts/without-a-name', `/threads/${world.threadId}`]) {
				const page = await (await get(world, world.asker, path)).text();
				expect(page, path).toContain(reason);
				expect(page, path).toContain('Moe Derat');
			}
			expect(await (await get(world, world.asker, '/account/record')).text()).toContain(
				'A moderator looked who had asked a question without a name'
			);
			await until('whoever asked was told', async () =>
				(await (await get(world, world.asker, '/notifications')).text()).includes(
					'A moderator looked who asked one of your questions without a name'
				)
			);
		});
		// The other moderator knows of the look and not of the name; nobody else knows of either.
		const seen = await sameInBoth('after a moderator looked', curious, []);
		for (const [world, around] of zip(worlds, seen))
			for (const [key, answers] of around) {
				expect(
					answers.some(({ raw }) => raw.includes(reason)),
					key
				).toBe(key === 'second');
				const who = answers.filter(({ path }) => path.startsWith('/threads/<the thread>/who'));
				expect(who.length).toBeGreaterThan(0);
				for (const { raw } of who) expect(raw, key).not.toContain(askers[world.asker].name);
			}
	});

	test(
		'nothing is told by reports and acts of moderators, nor by taking back, which goes later',
		{ timeout: 120_000 },
		async () => {
			const thread = ({ threadId }: World) => `/threads/${threadId}`;
			const word = ({ postIds }: World) => postIds[2]!;
			await inBoth((world) => send(world, 'ben', `/posts/${word(world)}/report`, { reason: 'unkind', words: '' }));
			// Of a report that is settled before a round saw it no other moderator hears.
			await toldOfModeration();
			const reason = 'Please leave out what a child said.';
			// A post that is shown again before a round saw it hidden keeps its notices, and another one does not.
			for (const act of ['warn', 'hidePost', 'showPost']) {
				await inBoth((world) =>
					send(world, 'moderator', `${thread(world)}/moderation?/${act}`, { post: word(world), reason })
				);
				await told();
			}
			await toldOfModeration();
			await inBoth((world) =>
				until('whoever asked heard of it', async () =>
					(await (await get(world, world.asker, '/notifications')).text()).includes(
						'A moderator shows a post of yours again'
					)
				)
			);
			const before = await sameInBoth('after acts of a moderator', curious, []);
			// Of three acts on a post nobody reads but whoever wrote it and the moderators.
			for (const around of before)
				for (const [key, answers] of around)
					expect(
						answers.some(({ raw }) => raw.includes('leave out what a child said')),
						key
					).toBe(key === 'second');

			const ben = await inBoth((world) => Promise.resolve(listen(world, 'ben')));
			for (const one of ben) await until('Ben listens', () => one.said('version').length > 0);
			const heard = ben.map((one) => one.said('version').at(-1));
			await inBoth((world) => send(world, world.asker, `${thread(world)}?/takeBack`, { post: word(world) }));
			for (const world of worlds)
				expect(await (await get(world, world.asker, thread(world))).text()).toContain(
					'It goes at some moment within five'
				);
			const waits = await sameInBoth('while it waits to be taken back', curious, []);
			// A page says how long ago something was, and so grows by itself; its data does not.
			const dataOf = (seen: Seen): Seen =>
				new Map(
					[...seen].map(([key, answers]) => [key, answers.filter(({ path }) => /__data\.json|\/changes/.test(path))])
				);
			for (const [then, now] of zip(before, waits))
				same(dataOf(then), dataOf(now), 'before it is taken back, and while that waits');
			expect(ben.map((one) => one.said('version').at(-1))).toEqual(heard);
			await comesOut();
			for (const [world, around] of zip(worlds, await sameInBoth('once it is taken back', curious, []))) {
				const page = around.get('ben')!.find(({ path }) => path === '/threads/<the thread>/__data.json');
				expect(page!.raw, world.asker).not.toContain('Five seconds it is!');
			}
			for (const one of ben) one.leave();
			await inBoth((world) => send(world, world.asker, `${thread(world)}?/bringBack`, { post: word(world) }));
			for (const world of worlds)
				expect(await (await get(world, 'ben', thread(world))).text()).not.toContain('Five seconds it is!');
			await comesOut();
			await sameInBoth('once it stands again', curious, []);
			for (const world of worlds)
				expect(await (await get(world, 'ben', thread(world))).text()).toContain('Five seconds it is!');
		}
	);

	test('nor does it tell who asked when one of the two moves, and the other deletes their account', async () => {
		await db.asOwner(async (tx) => {
			for (const { ids, nextId } of worlds) {
				await tx.update(enrollments).set({ cohortId: nextId }).where(eq(enrollments.personId, ids.cleo));
				const asked = { deactivatedAt: new Date(), deletionAskedAt: new Date() };
				await tx.update(people).set(asked).where(eq(people.id, ids.ana));
				await tx.execute(sql`select app.delete_person(${ids.ana}::uuid)`);
			}
		});
		await told();
		const seen = await sameInBoth('after they left', curious);
		for (const around of seen)
			expect(around.get('ben')!.some(({ raw }) => raw.includes('I am shouting every day'))).toBe(true);
	});
});
