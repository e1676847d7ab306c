/**
 * Whether a page costs the same in a program of 500 teachers and in one of 80,000: `npm run bench:queries`. Plants both on a
 * Postgres server (`src/seed/load.server.ts`, with meetings, breaks and marks besides), then calls the verbs behind the
 * homes, the coach's board and the counts as the product does: as the person asking, under row policies. Calls alternate
 * between the two sizes, each by another person from all over the program, so whatever else the machine does meets both.
 * Ends with 1 when a median is more than 1.5 times the smaller program's. `-- --teachers 5000` tries another large one,
 * `-- --calls 200` more calls, `-- --keep` leaves both on the server that TEST_DATABASE_URL names and finds them there again.
 */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { readCounts, readReport } from '#lib/counts/counts.server.ts';
import { countProgram } from '#lib/counts/tally.server.ts';
import type { Person } from '#lib/identity/person.ts';
import { readHome } from '#lib/progress/home.server.ts';
import type { Database } from '#lib/server/database.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { plantLoad } from '../src/seed/load.server.ts';
import { alone, ask, freshDatabase, postgresServer } from '../tests/postgres-server.ts';

const most = 1.5;
const { values: given } = parseArgs({
	options: {
		teachers: { type: 'string', default: '80000' },
		calls: { type: 'string', default: '100' },
		keep: { type: 'boolean', default: false }
	}
});
const sizes = [500, Number(given.teachers)];
const calls = Number(given.calls);
/** They teach engine and database what is asked. */
const warmUp = 15;
const now = new Date('2026-11-23T18:00:00Z');
const proof = { openedBy: 'passkey' as const, passkeyAt: new Date() };

type Placed = {
	teachers: number;
	db: Database;
	close: () => Promise<void>;
	program: string;
	state: string;
	/** People from all over the program, by what they are there. */
	people: Record<'teacher' | 'mentor' | 'coach' | 'manager' | 'stateManager', Person[]>;
	districts: string[];
};

/** A database of the same name as before, and whether it was there. */
async function keptDatabase(teachers: number): Promise<{ url: string; drop: () => Promise<void>; there: boolean }> {
	const admin = await postgresServer();
	const name = `wayfellow_bench_${teachers}`;
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

async function place(teachers: number): Promise<Placed> {
	const began = performance.now();
	const { url, drop, there } = given.keep ? await keptDatabase(teachers) : { ...(await freshDatabase()), there: false };
	const db = await openPostgres(url);
	await alone(() => migrate(db));
	if (!there) await plantLoad(db, { teachers, now });
	const rows = <Row>(query: ReturnType<typeof sql>) =>
		db.asOwner(async (tx) => ((await tx.execute(query)) as unknown as { rows: Row[] }).rows);
	const [{ id: program, state }] = (await rows<{ id: string; state: string }>(
		sql`select id, organization_id as state from programs`
	)) as [{ id: string; state: string }];
	// What the load has none of, and the pages read: a manager of the program and one of its state, weekly meetings, breaks, marks.
	const besides = [
		sql`insert into people (id, name, initials) values ('0193f000-0000-7000-8000-00000000000a', 'Manager', 'M'), ('0193f000-0000-7000-8000-00000000000b', 'Of the state', 'S')`,
		sql`insert into roles (id, person_id, role, scope_kind, scope_id, from_at) values
			(gen_random_uuid(), '0193f000-0000-7000-8000-00000000000a', 'manager', 'program', ${program}, ${'2026-01-01'}),
			(gen_random_uuid(), '0193f000-0000-7000-8000-00000000000b', 'manager', 'state', ${state}, ${'2026-01-01'})`,
		sql`insert into program_breaks (id, program_id, name, first_day, last_day) values
			(gen_random_uuid(), ${program}, 'Autumn break', '2026-10-05', '2026-10-09'), (gen_random_uuid(), ${program}, 'Thanksgiving', '2026-11-25', '2026-11-27')`,
		sql`insert into meetings (id, pair_id, kind, starts_at, minutes, state, proposed_by_id, told, sequence, teacher_confirmed_at, mentor_confirmed_at)
			select gen_random_uuid(), p.id, 'meeting', p.active_at + w * interval '14 days', 45, 'accepted', p.teacher_id, 0, 0,
				p.active_at + w * interval '14 days' + interval '1 hour', p.active_at + w * interval '14 days' + interval '1 hour'
			from pairs p cross join generate_series(1, 4) w where p.status <> 'ended' and p.active_at + w * interval '14 days' < ${now.toISOString()}::timestamptz`,
		sql`insert into deadline_extensions (id, program_id, person_id, last_day, reason, extended_by_id)
			select gen_random_uuid(), program_id, person_id, '2027-12-31', 'More time', '0193f000-0000-7000-8000-00000000000a'
			from enrollments where right(id::text, 2) in ('17', '67')`,
		sql`insert into coach_marks (id, pair_id, coach_id, kind, words, until, made_at)
			select gen_random_uuid(), c.pair_id, c.coach_id, 'follow-up', 'Ask how it went.', '2026-12-04', ${now.toISOString()}::timestamptz
			from caseloads c join pairs p on p.id = c.pair_id where p.status <> 'ended' and right(c.pair_id::text, 1) = '7'`
	];
	if (!there) for (const statement of besides) await rows(statement);
	// Outside a transaction, as autovacuum would.
	const { default: pg } = await import('pg');
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	await client.query('vacuum analyze');
	await client.end();
	const planted = performance.now();
	await countProgram(db, program);
	console.log(
		`${teachers.toLocaleString('en')} teachers: planted in ${((planted - began) / 1000).toFixed(0)} s, counted in ${((performance.now() - planted) / 1000).toFixed(2)} s`
	);
	const spread = async (of: ReturnType<typeof sql>): Promise<Person[]> => {
		const all = await rows<Person>(of);
		const n = Math.min(all.length, calls + warmUp);
		return Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);
	};
	const named = (ids: ReturnType<typeof sql>) =>
		spread(sql`select p.id, p.name, p.initials from people p where p.id in (${ids}) order by p.id`);
	return {
		teachers,
		db,
		program,
		state,
		people: {
			teacher: await named(sql`select teacher_id from pairs where status = 'active'`),
			mentor: await named(sql`select mentor_id from pairs where status = 'active'`),
			coach: await named(sql`select coach_id from caseloads group by coach_id having count(*) = 25`),
			manager: await named(sql`select '0193f000-0000-7000-8000-00000000000a'::uuid`),
			stateManager: await named(sql`select '0193f000-0000-7000-8000-00000000000b'::uuid`)
		},
		districts: (await rows<{ id: string }>(sql`select id from organizations where kind = 'district' order by id`)).map(
			({ id }) => id
		),
		close: async () => {
			await db.close();
			await drop();
		}
	};
}

const nth = <T>(list: T[], i: number): T => list[i % list.length]!;
const whole = { place: null, search: null, after: null };
const views: [name: string, view: (at: Placed, i: number) => Promise<unknown>][] = [
	...(['teacher', 'mentor', 'coach', 'manager'] as const).map(
		(who): [string, (at: Placed, i: number) => Promise<unknown>] => [
			who === 'coach' ? 'a coach’s board of 25 pairs' : `a ${who}’s home`,
			({ db, people }, i) => readHome(db, nth(people[who], i), proof, now)
		]
	),
	['the home of a state’s manager', ({ db, people }, i) => readHome(db, nth(people.stateManager, i), proof, now)],
	[
		'counts of the whole program',
		({ db, people, program }, i) => readCounts(db, nth(people.manager, i), program, whole)
	],
	[
		'counts of a state, for its manager',
		({ db, people, program, state }, i) =>
			readCounts(db, nth(people.stateManager, i), program, { ...whole, place: state })
	],
	[
		'counts of a district of 12 schools',
		({ db, people, program, districts }, i) =>
			readCounts(db, nth(people.manager, i), program, { ...whole, place: nth(districts, i * 7) })
	],
	[
		'the report of a district',
		({ db, people, program, districts }, i) => readReport(db, nth(people.manager, i), program, nth(districts, i * 7))
	]
];

const at = (figures: number[], share: number) =>
	figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * share))]!;

console.log(`${cpus()[0]?.model ?? 'a processor'}, Node ${process.version}`);
const [small, large] = [await place(sizes[0]!), await place(sizes[1]!)];
const [version] = await small.db.asOwner(
	async (tx) => ((await tx.execute(sql`show server_version`)) as unknown as { rows: { server_version: string }[] }).rows
);
console.log(`PostgreSQL ${version!.server_version}, ${calls} calls of each at each size, alternating; ms\n`);
console.log(
	`| | p50 at ${small.teachers} | p95 | p50 at ${large.teachers.toLocaleString('en')} | p95 | ratio of medians |`
);
console.log('| --- | --- | --- | --- | --- | --- |');
let slower = 0;
for (const [name, view] of views) {
	const took = new Map<Placed, number[]>([
		[small, []],
		[large, []]
	]);
	for (let i = 0; i < warmUp + calls; i++)
		for (const place of i % 2 ? [small, large] : [large, small]) {
			const began = performance.now();
			await view(place, i);
			if (i >= warmUp) took.get(place)!.push(performance.now() - began);
		}
	const [a, b] = [took.get(small)!, took.get(large)!];
	const ratio = at(b, 0.5) / at(a, 0.5);
	if (ratio > most) slower++;
	const say = (figures: number[]) => `${at(figures, 0.5).toFixed(1)} | ${at(figures, 0.95).toFixed(1)}`;
	console.log(`| ${name} | ${say(a)} | ${say(b)} | ${ratio.toFixed(2)}${ratio > most ? ' (!)' : ''} |`);
}
await Promise.all([small.close(), large.close()]);
if (slower > 0) {
	console.error(`\n${slower} of ${views.length} take more than ${most} times as long in the larger program.`);
	process.exitCode = 1;
}
