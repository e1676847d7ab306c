/**
 * How long finding posts takes where 80,000 teachers write: `npm run bench:search`. Plants the program of
 * `src/seed/load.server.ts`, then a school year of posts (480 in each cohort, about 60 words each, of a vocabulary in which few
 * words are common and most are rare, as in any language), and calls the verb behind the page as the product does: as the
 * person asking, under row policies, each call by another person. Ends with 1 when a median is 100 ms or more.
 * `-- --teachers 5000` tries a smaller one, `-- --calls 200` more calls, `-- --keep` leaves it on the server that
 * TEST_DATABASE_URL names and finds it there again.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { searchPosts } from '#lib/discussion/search.server.ts';
import { type Looking, lookingIn } from '#lib/discussion/searching.ts';
import type { Person } from '#lib/identity/person.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { plantLoad } from '../src/seed/load.server.ts';
import { alone, ask, freshDatabase, postgresServer } from '../tests/postgres-server.ts';

const most = 100;
const { values: given } = parseArgs({
	options: {
		teachers: { type: 'string', default: '80000' },
		calls: { type: 'string', default: '100' },
		keep: { type: 'boolean', default: false }
	}
});
const teachers = Number(given.teachers);
const calls = Number(given.calls);
const warmUp = 15;

/** mulberry32, as in the load. */
let state = 1;
function random(): number {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = state;
	t = Math.imul(t ^ (t >>> 15), t | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const syllables = 'ba ter ling mo cri san del vo pri ton gra fel ni rus chan tor wel mi dra pos'.split(' ');
/** Out of syllables; the nth is said about 1/n as often as the first, which is Zipf's law. */
const vocabulary = Array.from({ length: 5000 }, (_, n) =>
	[n, Math.floor(n / 20), Math.floor(n / 400), n * 7].map((i) => syllables[i % 20]).join('')
);
const sayWords = (count: number) =>
	Array.from({ length: count }, () => vocabulary[Math.floor(Math.exp(random() * Math.log(5000))) - 1]).join(' ');

async function place(): Promise<{ url: string; drop: () => Promise<void>; there: boolean }> {
	if (!given.keep) return { ...(await freshDatabase()), there: false };
	const admin = await postgresServer();
	const name = `wayfellow_search_${teachers}`;
	const there = await ask(admin, `create database ${name}`).then(
		() => false,
		(error: unknown) => {
			if (sqlStateOf(error) === '42P04') return true;
			throw error;
		}
	);
	const url = new URL(admin);
	url.pathname = `/${name}`;
	return { url: url.href, drop: async () => {}, there };
}

const { url, drop, there } = await place();
const db = await openPostgres(url);
await alone(() => migrate(db));
const began = performance.now();
if (!there) {
	await plantLoad(db, { teachers, now: new Date('2026-11-23T18:00:00Z') });
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	// Threads and posts are numbered here as the triggers would, so these, and the foreign keys, are not asked a million times.
	await client.query(
		`set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`
	);
	const [{ ids }] = (await client.query(`select array_agg(id order by id) as ids from cohorts`)).rows as [
		{ ids: string[] }
	];
	await client.query('drop index post_words_search');
	for (let first = 0; first < ids.length; first += 40) {
		const some = ids.slice(first, first + 40);
		await client.query('begin');
		await client.query(
			`insert into threads (id, cohort_id, microcredential_id, kind, title, author_id, created_at, posts, version, last_post_at, form_id, told_at)
			select gen_random_uuid(), c.id, (select id from microcredentials order by id offset t % 15 limit 1),
				(array['question', 'strategy', 'tried'])[1 + t % 3],
				'How do you ' || ($2::text[])[(c.n - 1) * 60 + t], null, '2026-08-20'::timestamptz + t * interval '36 hours', 8, 8, '2026-08-20'::timestamptz + t * interval '36 hours' + interval '8 hours', gen_random_uuid(), now()
			from unnest($1::uuid[]) with ordinality c(id, n) cross join generate_series(1, 60) t`,
			[some, some.flatMap(() => Array.from({ length: 60 }, () => sayWords(4)))]
		);
		await client.query(
			`insert into posts (id, thread_id, cohort_id, number, version, author_id, created_at, form_id, told_at)
			select gen_random_uuid(), t.id, t.cohort_id, p, p,
				(select (array_agg(e.person_id order by e.person_id))[1 + (p * 7 + extract(epoch from t.created_at)::int / 129600) % count(*)] from enrollments e where e.cohort_id = t.cohort_id),
				t.created_at + p * interval '1 hour', gen_random_uuid(), now()
			from threads t cross join generate_series(1, 8) p where t.cohort_id = any ($1)`,
			[some]
		);
		const [{ said }] = (
			await client.query(`select array_agg(id) as said from posts where cohort_id = any ($1)`, [some])
		).rows as [{ said: string[] }];
		await client.query(
			`insert into post_words (post_id, revision, cohort_id, thread_id, author_id, body, words)
			select p.id, 1, p.cohort_id, p.thread_id, p.author_id, jsonb_build_object('type', 'doc', 'content', jsonb_build_array(
				jsonb_build_object('type', 'paragraph', 'content', jsonb_build_array(jsonb_build_object('type', 'text', 'text', s.words))))), s.words
			from unnest($1::uuid[], $2::text[]) s(id, words) join posts p on p.id = s.id`,
			[said, said.map(() => sayWords(30 + Math.floor(random() * 60)))]
		);
		await client.query(
			`insert into cohort_voices (cohort_id, person_id) select distinct cohort_id, author_id from posts where cohort_id = any ($1)`,
			[some]
		);
		// Each moderator looks after four cohorts.
		await client.query(
			`insert into cohort_moderators (id, cohort_id, person_id)
			select gen_random_uuid(), c.id, (select r.person_id from roles r where r.role = 'mentor' and r.scope_id = ($1::uuid[])[1 + (c.n - 1) / 4 * 4] order by r.person_id limit 1)
			from unnest($1::uuid[]) with ordinality c(id, n)`,
			[some]
		);
		await client.query('commit');
		if (first % 400 === 0)
			console.log(`${first} of ${ids.length} cohorts after ${((performance.now() - began) / 1000).toFixed(0)} s`);
	}
	await client.query(
		`create index post_words_search on post_words using gin (search) with (fastupdate = off) where stands and not withheld`
	);
	await client.query('vacuum analyze');
	await client.end();
}
const rows = <Row>(query: ReturnType<typeof sql>) =>
	db.asOwner(async (tx) => ((await tx.execute(query)) as unknown as { rows: Row[] }).rows);
const [size] = await rows<{ posts: string; words: string; index: string }>(
	sql`select (select count(*) from post_words)::text as posts, pg_size_pretty(pg_table_size('post_words')) as words, pg_size_pretty(pg_relation_size('post_words_search')) as index`
);
const [version] = await rows<{ server_version: string }>(sql`show server_version`);
console.log(
	`${teachers.toLocaleString('en')} teachers, ${Number(size!.posts).toLocaleString('en')} posts (${size!.words}, their index ${size!.index}), planted in ${((performance.now() - began) / 1000).toFixed(0)} s`
);
console.log(
	`${cpus()[0]?.model ?? 'a processor'}, Node ${process.version}, PostgreSQL ${version!.server_version}, ${calls} calls each; ms\n`
);

const spread = async (of: ReturnType<typeof sql>): Promise<Person[]> => {
	const all = await rows<Person>(
		sql`select p.id, p.name, p.initials from people p where p.id in (${of}) order by p.id`
	);
	const n = Math.min(all.length, calls + warmUp);
	return Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);
};
const who = {
	'a teacher': await spread(sql`select teacher_id from pairs where status = 'active'`),
	'a mentor': await spread(sql`select mentor_id from pairs where status = 'active'`),
	'a coach of 25 pairs': await spread(sql`select coach_id from caseloads group by coach_id having count(*) = 25`),
	'a moderator of 4 cohorts': await spread(
		sql`select person_id from cohort_moderators group by person_id having count(*) = 4`
	)
};
const words = [1, 39, 899].map((n) => vocabulary[n]!) as [string, string, string];
const authorOf = async (person: Person) =>
	(
		await rows<{ id: string }>(sql`select person_id as id from cohort_voices where cohort_id in (
			select cohort_id from enrollments where person_id = ${person.id} union select cohort_id from pairs where mentor_id = ${person.id}
			union select p.cohort_id from pairs p join caseloads c on c.pair_id = p.id where c.coach_id = ${person.id}) limit 1`)
	)[0]?.id ?? person.id;
const asks: [name: string, address: (person: Person) => Promise<Record<string, string>>][] = [
	['a common word', async () => ({ q: words[0] })],
	['two words', async () => ({ q: `${words[0]} ${words[1]}` })],
	['a rare word, newest first', async () => ({ q: words[2], order: 'newest' })],
	[
		'a word with a slip',
		async () => ({ q: `${words[1].slice(0, -3)}${words[1].at(-2)}${words[1].at(-3)}${words[1].at(-1)}` })
	],
	[
		'a word of one author, a kind and a month',
		async (person) => ({
			q: words[0],
			author: await authorOf(person),
			kind: 'question',
			from: '2026-09-01',
			until: '2026-09-30'
		})
	],
	['all of one author', async (person) => ({ author: await authorOf(person) })]
];

/** CPU of this process and of the database's, in ms, in steps of 10 (`/proc`); without it, where there is none. */
async function cpu(): Promise<number> {
	const { user, system } = process.cpuUsage();
	const backends = await rows<{ pid: number }>(
		sql`select pid from pg_stat_activity where datname = current_database()`
	);
	const ticks = backends.map(({ pid }) => {
		try {
			const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
				.replace(/^.*\) /, '')
				.split(' ');
			return Number(user) + Number(system);
		} catch {
			return 0;
		}
	});
	return (user + system) / 1000 + ticks.reduce((sum, one) => sum + one, 0) * 10;
}

const at = (figures: number[], share: number) =>
	figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * share))]!;
console.log('| | found | p50 | p99 | CPU |\n| --- | --- | --- | --- | --- |');
let slow = 0;
for (const [kind, people] of Object.entries(who))
	for (const [name, address] of asks) {
		const took: number[] = [];
		const lookings: Looking[] = [];
		for (const person of people) lookings.push(lookingIn(new URLSearchParams(await address(person))));
		let found = 0;
		let before = 0;
		for (let i = 0; i < warmUp + calls; i++) {
			if (i === warmUp) before = await cpu();
			const person = people[i % people.length]!;
			const looking = lookings[i % people.length]!;
			const start = performance.now();
			const { total } = await searchPosts(db, person, looking);
			if (i < warmUp) continue;
			took.push(performance.now() - start);
			found += total;
		}
		const spent = (await cpu()) - before;
		if (at(took, 0.5) >= most) slow++;
		console.log(
			`| ${kind}: ${name} | ${(found / calls).toFixed(1)} | ${at(took, 0.5).toFixed(1)} | ${at(took, 0.99).toFixed(1)} | ${(spent / calls).toFixed(1)} |`
		);
	}
await db.close();
await drop();
if (slow > 0) {
	console.error(`\n${slow} take ${most} ms or more.`);
	process.exitCode = 1;
}
