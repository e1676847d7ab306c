/** What a server can do to us that the embedded database can't: lose connections, mix them, be too slow. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tx } from '#lib/server/database.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { complaints } from '../catalogue-complaints.ts';
import { ask, freshDatabase, postgresServer, type ServerDatabase } from '../postgres-server.ts';
import { disagreements } from '../row-policy-cases.ts';
import { serverDatabase } from '../with-database.ts';
import { buildWorld } from '../world.ts';

let db: ServerDatabase;
beforeAll(async () => {
	db = await serverDatabase();
}, 120_000);
afterAll(() => db?.close());

const ann = '0199aaaa-0000-7000-8000-00000000000a';
const bea = '0199aaaa-0000-7000-8000-00000000000b';
const rows = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
const who = async (tx: Tx) =>
	(
		await rows<{ session: string; role: string; person: string | null; pid: number }>(
			tx,
			sql`select session_user::text as session, current_user::text as role, nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid::text as person, pg_backend_pid() as pid`
		)
	)[0]!;
const kill = (pid: number) => ask(db.url, `select pg_terminate_backend(${pid})`);

test('the row policies say on a server what they say in the policy', { timeout: 60_000 }, async () => {
	expect(await disagreements(db, await buildWorld(db))).toEqual([]);
});

test('tables, policies and functions keep the rules on a server', async () => {
	expect(await complaints(db)).toEqual([]);
});

describe('single statements', () => {
	const who = `select pg_backend_pid() as pid, current_user::text as role, session_user::text as session`;
	type Who = { pid: number; role: string; session: string };

	test('are asked as the product itself, on one connection, and as nobody with more rights', async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => db.ask<Who>(who, [])));
		expect(new Set(answers.map(([one]) => one!.pid)).size).toBe(1);
		expect(answers[0]![0]).toMatchObject({ role: 'app_service', session: 'app_login' });
	});

	test('a question is asked again when its connection turns out to be dead; what may write is not', async () => {
		const [{ pid } = { pid: 0 }] = await db.ask<Who>(who, []);
		await kill(pid);
		const [again] = await db.ask<Who>(who, []);
		expect(again!.pid).not.toBe(pid);

		const session = db.serviceSession();
		const [{ pid: old } = { pid: 0 }] = await session.run<Who>(who, []);
		const asked = Promise.allSettled([session.run('select pg_sleep(5)', []), session.read<Who>(who, [])]);
		await wait(200);
		await kill(old);
		const [writing, reading] = await asked;
		expect(writing.status).toBe('rejected');
		expect(reading).toMatchObject({ status: 'fulfilled', value: [expect.objectContaining({ role: 'app_service' })] });
		await session.close();
	});

	test('a statement that the server refuses is refused, and the next is answered', async () => {
		await expect(db.ask('select 1 / 0', [])).rejects.toMatchObject({ code: '22012' });
		expect(await db.ask('select 1 as one', [])).toEqual([{ one: 1 }]);
	});
});

describe('roles and claims', () => {
	test('each request has its own, on few connections, at the same time', async () => {
		const people = Array.from(
			{ length: 60 },
			(_, i) => `0199aaaa-0000-7000-8000-0000000001${String(i).padStart(2, '0')}`
		);
		const seen = await Promise.all(
			people.map((person) =>
				db.asPerson(person, async (tx) => {
					const before = await who(tx);
					await tx.execute(sql`select pg_sleep(0.01)`);
					expect(await who(tx)).toEqual(before);
					return before;
				})
			)
		);
		expect(seen.map(({ person }) => person)).toEqual(people);
		expect(new Set(seen.map(({ pid }) => pid)).size).toBeLessThanOrEqual(10);
	});

	test('nothing of a person is left on the connection, after success or failure', async () => {
		await db.asPerson(ann, who);
		await expect(db.asPerson(ann, (tx) => tx.execute(sql`select 1 / 0`))).rejects.toMatchObject({
			cause: { message: 'division by zero' }
		});
		for (let i = 0; i < 12; i++) expect(await db.asService(who)).toMatchObject({ role: 'app_service', person: null });
	});

	test('a claim can not be broken out of', async () => {
		const odd = `'; reset role; select '\\`;
		await expect(db.asPerson(odd, who)).rejects.toThrow(); // not a uuid
		expect((await db.asPerson(bea, who)).person).toBe(bea);
	});

	test('a superuser’s and another owner’s login both step down, and fail closed without a role', async () => {
		expect(await db.asPerson(ann, who)).toMatchObject({ session: 'app_login', role: 'authenticated' });
		const forgetful = (tx: Tx) => tx.execute(sql`reset role`).then(() => tx.execute(sql`select from public.people`));
		await expect(db.asPerson(ann, forgetful)).rejects.toMatchObject({ cause: { code: '42501' } });

		// As on Supabase: the owner is no superuser.
		await ask(db.url, 'create role supa login');
		await ask(db.url, 'grant app_login to supa with admin option');
		const url = new URL(db.url);
		url.username = 'supa';
		const supa = await openPostgres(url.href);
		try {
			expect(await supa.asPerson(ann, who)).toMatchObject({ role: 'authenticated', person: ann });
			expect(await supa.asService(who)).toMatchObject({ role: 'app_service', person: null });
			await expect(supa.asOwner((tx) => tx.execute(sql`select from people`))).rejects.toThrow();
		} finally {
			await supa.close();
			await ask(db.url, 'drop role supa');
		}
	});

	test('DATABASE_URL may be app_login itself, with the owner in MIGRATION_DATABASE_URL', async () => {
		const url = new URL(db.url);
		url.username = 'app_login';
		const both = await openPostgres(url.href, db.url);
		try {
			expect(await both.asPerson(ann, who)).toMatchObject({ session: 'app_login', role: 'authenticated', person: ann });
			expect(await both.asOwner(who)).toMatchObject({ role: 'postgres' });
		} finally {
			await both.close();
		}
	});

	test('a savepoint inside takes back only its own', async () => {
		const names = await db.asOwner(async (tx) => {
			await tx.execute(sql`create temporary table kept (name text) on commit drop`);
			await tx.execute(sql`insert into kept values ('outer')`);
			await expect(
				tx.transaction(async (inner) => {
					await inner.execute(sql`insert into kept values ('inner')`);
					throw new Error('no');
				})
			).rejects.toThrow('no');
			return rows<{ name: string }>(tx, sql`select name from kept`);
		});
		expect(names).toEqual([{ name: 'outer' }]);
	});
});

describe('a connection that dies', () => {
	test('while its transaction waits: that request fails with the first error, the next one works', async () => {
		const died = db.asPerson(ann, async (tx) => {
			await kill((await who(tx)).pid);
			await wait(100); // the server's goodbye arrives while nothing is asked
			await tx.execute(sql`select 'first'`);
		});
		await expect(died).rejects.toThrow(/select 'first'/);
		expect((await db.asPerson(bea, who)).person).toBe(bea);
	});

	test('while a statement runs', async () => {
		const died = db.asPerson(ann, async (tx) => {
			const { pid } = await who(tx);
			setTimeout(() => void kill(pid), 100);
			await tx.execute(sql`select pg_sleep(5)`);
		});
		await expect(died).rejects.toThrow(/pg_sleep/);
		expect((await db.asPerson(bea, who)).person).toBe(bea);
	});

	test('all of them at once, idle in the pool', async () => {
		await Promise.all(
			Array.from({ length: 10 }, () => db.asPerson(ann, (tx) => tx.execute(sql`select pg_sleep(0.05)`)))
		);
		await ask(
			db.url,
			`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
		);
		// At once: some of them are not known to be dead yet, and no request should notice.
		const people = await Promise.all(Array.from({ length: 10 }, () => db.asPerson(bea, who)));
		expect(people.every(({ person }) => person === bea)).toBe(true);
	});

	test(
		'does not end a plain Node process either, which has nobody to catch what is thrown',
		{ timeout: 30_000 },
		async () => {
			const program = `
			import { openPostgres } from '#lib/server/postgres.ts';
			import { sql } from 'drizzle-orm';
			const db = await openPostgres(process.env.URL);
			const pid = (tx) => tx.execute(sql\`select pg_backend_pid() as pid\`).then(({ rows }) => rows[0].pid);
			const kill = (pid) => db.asOwner((tx) => tx.execute(sql\`select pg_terminate_backend(\${pid})\`));
			for (let i = 0; i < 8; i++) {
				await db.asService(async (tx) => { await kill(await pid(tx)); await new Promise((ok) => setTimeout(ok, 30)); await pid(tx); }).catch(() => {});
				await kill(await db.asService(pid));
			}
			await db.asService(pid);
			await db.close();
			console.log('alive');`;
			const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
				env: { ...process.env, URL: db.url },
				stdio: ['ignore', 'pipe', 'pipe']
			});
			const said = { out: '', error: '' };
			child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
			child.stderr.setEncoding('utf8').on('data', (text: string) => (said.error += text));
			await once(child, 'close');
			expect(said.out, said.error).toBe('alive\n');
		}
	);
});

test('a transaction whose statement failed is not called committed', async () => {
	const deaf = db.asService(async (tx) => {
		await tx.execute(sql`select 1 / 0`).then(undefined, () => {});
		return 'saved';
	});
	await expect(deaf).rejects.toThrow(/rolled back/);
});

test('a statement that hangs is ended by the server', { timeout: 20_000 }, async () => {
	await expect(db.asPerson(ann, (tx) => tx.execute(sql`select pg_sleep(15)`))).rejects.toMatchObject({
		cause: { message: 'canceling statement due to statement timeout' }
	});
});

describe('listening', () => {
	const say = (channel: string, text: string) => ask(db.url, `select pg_notify('${channel}', '${text}')`);

	test('hears, and after a lost connection says so and hears again', { timeout: 20_000 }, async () => {
		const heard: string[] = [];
		const lost = vi.fn();
		const stop = await db.listen('news', (text) => heard.push(text), lost);
		const stopOther = await db.listen('Other', (text) => heard.push(`other ${text}`));
		await say('news', 'one');
		await say('Other', 'one');
		await vi.waitFor(() => expect(heard).toEqual(['one', 'other one']));
		expect(lost).not.toHaveBeenCalled();

		await ask(
			db.url,
			`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wayfellow listener' and datname = current_database()`
		);
		await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1), { timeout: 10_000 });
		await say('news', 'two');
		await say('Other', 'two');
		await vi.waitFor(() => expect(heard).toEqual(['one', 'other one', 'two', 'other two']));

		await stop();
		await say('news', 'three');
		await say('Other', 'three');
		await vi.waitFor(() => expect(heard.at(-1)).toBe('other three'));
		expect(heard).not.toContain('three');
		await stopOther();
	});

	test('hears what a transaction says only when it commits', async () => {
		const heard: string[] = [];
		const stop = await db.listen('news', (text) => heard.push(text));
		await db
			.asOwner((tx) => tx.execute(sql`select pg_notify('news', 'no')`).then(() => Promise.reject(new Error())))
			.catch(() => {});
		await db.asOwner((tx) => tx.execute(sql`select pg_notify('news', 'yes')`));
		await vi.waitFor(() => expect(heard).toEqual(['yes']));
		await stop();
	});

	test('comes back when the server could not be reached for a while', { timeout: 20_000 }, async () => {
		const target = new URL(await postgresServer());
		const sockets = new Set<Socket>();
		const door = createServer((socket) => {
			const server = connect(Number(target.port), target.hostname);
			for (const end of [socket, server]) sockets.add(end.on('error', () => {}));
			socket.pipe(server).pipe(socket);
		});
		door.listen(0, '127.0.0.1');
		await once(door, 'listening');
		const { port } = door.address() as { port: number };
		const url = new URL(db.url);
		url.host = `127.0.0.1:${port}`;
		const far = await openPostgres(url.href);
		const heard: string[] = [];
		const lost = vi.fn();
		try {
			await far.listen('news', (text) => heard.push(text), lost);
			door.close();
			for (const socket of sockets) socket.destroy();
			await expect(far.asPerson(ann, who)).rejects.toThrow(/ECONNREFUSED/);
			await wait(500);
			expect(lost).not.toHaveBeenCalled();
			door.listen(port, '127.0.0.1');
			await vi.waitFor(() => expect(lost).toHaveBeenCalled(), { timeout: 10_000 });
			await say('news', 'back');
			await vi.waitFor(() => expect(heard).toEqual(['back']));
			expect((await far.asPerson(ann, who)).person).toBe(ann);
		} finally {
			await far.close();
			door.close();
			for (const socket of sockets) socket.destroy();
		}
	});
});

describe('opening says what is wrong', () => {
	test('nobody answers', async () => {
		await expect(openPostgres('postgres://me:secret@127.0.0.1:1/none')).rejects.toThrow(
			`Can't use the database that DATABASE_URL names (127.0.0.1:1/none): connect ECONNREFUSED 127.0.0.1:1. Check that it runs and that the address, user and password are right.`
		);
	});
	test('there is no such database', async () => {
		const url = new URL(db.url);
		url.pathname = '/nothing';
		await expect(openPostgres(db.url, url.href)).rejects.toThrow(
			/MIGRATION_DATABASE_URL names .*database "nothing" does not exist/
		);
	});
	test('the server is there, and nothing has been migrated', async () => {
		const { url, drop } = await freshDatabase();
		const bare = await openPostgres(url);
		try {
			// On a server where another database was migrated, the roles are there already and the tables are not.
			await expect(bare.asPerson(ann, (tx) => tx.execute(sql`select from people`))).rejects.toThrow();
		} finally {
			await bare.close();
			await drop();
		}
	});
});
