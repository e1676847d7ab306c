import { spawn, spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withDatabase } from '../../../tests/with-database.ts';
import type { Tx } from './database.ts';
import { openEmbedded, syncs } from './embedded.ts';
import { FolderInUse, lockFolder } from './folder-lock.ts';

const child = join(import.meta.dirname, 'embedded.child.ts');
const root = mkdtempSync(join(tmpdir(), 'wayfellow-embedded-'));
const first = join(root, 'first');
let copies = 0;

/** A data folder with a small database in it that nobody has open. */
function dataDir(): string {
	const copy = join(root, `copy-${++copies}`);
	cpSync(first, copy, { recursive: true });
	return copy;
}

const rows = async <Row>(tx: Tx, query: ReturnType<typeof sql>) =>
	((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

beforeAll(async () => {
	mkdirSync(join(first, 'database.creating'), { recursive: true });
	writeFileSync(join(first, 'database.creating/PG_VERSION'), '18'); // a creation that was interrupted
	const db = await openEmbedded(first);
	await db.asOwner(async (tx) => {
		await tx.execute(sql`create table words (number int generated always as identity primary key, word text not null)`);
		await tx.execute(sql`create table total (words int not null)`);
		await tx.execute(sql`insert into total values (0)`);
	});
	await db.close();
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a DATA_DIR that is no folder is named in a sentence', async () => {
	const file = join(root, 'a-file');
	writeFileSync(file, '');
	await expect(openEmbedded(file)).rejects.toThrow(`DATA_DIR is ${file}, where no folder can be made`);
});

describe('on disk', () => {
	test('every commit is confirmed by the disk', { timeout: 60_000 }, async () => {
		const db = await openEmbedded(dataDir());
		const before = syncs.count;
		for (let i = 0; i < 50; i++) await db.asOwner((tx) => tx.execute(sql`insert into words (word) values ('safe')`));
		expect(syncs.count - before).toBeGreaterThanOrEqual(50);
		await db.close();
	});

	test('a killed process loses nothing that it had acknowledged', { timeout: 120_000 }, async () => {
		const folder = dataDir();
		for (const words of [1, 40, 150]) {
			const writer = spawn(process.execPath, [child, 'write', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
			let said = '';
			let heard = 0;
			for await (const text of writer.stdout.setEncoding('utf8')) {
				said += text;
				heard = said.split('\n').length - 1;
				if (heard >= words) writer.kill('SIGKILL'); // the loop goes on until the pipe is empty
			}
			const acknowledged = Number(said.split('\n').at(-2));
			expect(heard).toBeGreaterThanOrEqual(words);

			const db = await openEmbedded(folder); // over the claim of a dead process
			const [found] = await db.asOwner((tx) =>
				rows<{ most: number; count: number; total: number }>(
					tx,
					sql`select max(number) as most, count(*)::int as count, (select words from total) as total from words`
				)
			);
			await db.close();
			expect(found!.most).toBeGreaterThanOrEqual(acknowledged);
			expect(found!.total, 'both statements of each transaction, or neither').toBe(found!.count);
			expect(found!.count).toBeGreaterThanOrEqual(acknowledged - 100); // a crash may skip numbers of the sequence, no more
		}
	});

	test('the log does not grow for ever', { timeout: 60_000 }, async () => {
		const db = await openEmbedded(dataDir());
		const behind = () =>
			db.asOwner(async (tx) => {
				const [row] = await rows<{ bytes: string }>(
					tx,
					sql`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::text as bytes from pg_control_checkpoint()`
				);
				return Number(row!.bytes);
			});
		await db.asOwner((tx) =>
			tx.execute(sql`insert into words (word) select repeat(md5(n::text), 80) from generate_series(1, 2000) n`)
		);
		const grown = await behind();
		await db.tidy();
		expect(await behind()).toBeLessThan(grown);
		const [analysed] = await db.asOwner((tx) =>
			rows<{ rows: number }>(tx, sql`select reltuples::int as rows from pg_class where relname = 'words'`)
		);
		expect(analysed!.rows).toBe(2000);
		await db.close();
	});

	test('nobody else on the machine may read it', () => {
		expect(statSync(join(first, 'database')).mode & 0o077).toBe(0);
		expect(existsSync(join(first, 'database.creating'))).toBe(false);
	});

	test('an empty postmaster.pid, as a power cut leaves it, stops no start', { timeout: 60_000 }, async () => {
		const folder = dataDir();
		writeFileSync(join(folder, 'database/postmaster.pid'), '');
		truncateSync(join(folder, 'database/postmaster.pid'));
		await (await openEmbedded(folder)).close();
	});

	test('a folder of another PostgreSQL, or of something else, is explained and left alone', async () => {
		const old = dataDir();
		writeFileSync(join(old, 'database/PG_VERSION'), '17\n');
		await expect(openEmbedded(old)).rejects.toThrow(
			/written by PostgreSQL 17, and this Wayfellow reads 18.*npm run restore/
		);

		const other = join(root, 'other');
		mkdirSync(join(other, 'database'), { recursive: true });
		writeFileSync(join(other, 'database/holiday.jpg'), 'sun');
		await expect(openEmbedded(other)).rejects.toThrow(/is not a database.*DATA_DIR/);
		expect(readdirSync(join(other, 'database'))).toEqual(['holiday.jpg']);
	});
});

describe('one process at a time', () => {
	test('a second start on the same folder refuses in one clear sentence', { timeout: 60_000 }, async () => {
		const folder = dataDir();
		const db = await openEmbedded(folder);
		await expect(openEmbedded(folder), 'in the same process').rejects.toThrow(FolderInUse);

		const second = spawnSync(process.execPath, ['scripts/migrate.ts'], {
			env: { ...process.env, DATA_DIR: folder, DATABASE_URL: '' },
			encoding: 'utf8'
		});
		expect(second.status).toBe(1);
		expect(second.stderr.trim()).toBe(
			`The database in ${join(folder, 'database')} is in use by another running Wayfellow (process ${process.pid}). Stop that one first, or set DATA_DIR to another folder.`
		);
		await db.asOwner((tx) => tx.execute(sql`insert into words (word) values ('still mine')`));
		await db.close();
		await (await openEmbedded(folder)).close();
	});

	test('of six processes that want a dead one’s folder at once, exactly one gets it', { timeout: 60_000 }, async () => {
		const everyMs = 100; // of six processes on two cores, all must have answered before the next
		const folders = Array.from({ length: 20 }, (_, i) => join(root, `race-${i}`));
		const gone = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout.trim();
		for (const folder of folders) {
			lockFolder(folder).release();
			const claim = join(`${folder}.lock`, readdirSync(`${folder}.lock`)[0]!);
			writeFileSync(claim, JSON.stringify({ pid: Number(gone), started: 'long ago', host: hostOf(), released: false }));
		}
		const start = Date.now() + 3_000;
		const racers = Array.from({ length: 6 }, () => {
			const racer = spawn(process.execPath, [child, 'race', String(start), String(everyMs), ...folders], {
				stdio: ['pipe', 'pipe', 'inherit']
			});
			let said = '';
			racer.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
			return { racer, said: () => said };
		});
		while (!racers.every(({ said }) => said().endsWith('done\n'))) {
			expect(racers.every(({ racer }) => racer.exitCode === null)).toBe(true);
			await wait(50);
		}
		const wins = racers.flatMap(({ said }) => [...said().matchAll(/^won (\d+)$/gm)].map(([, i]) => Number(i)));
		expect(wins.sort((a, b) => a - b)).toEqual(folders.map((_, i) => i));
		for (const { racer } of racers) racer.kill('SIGKILL');
	});

	test('a claim from another machine is never judged dead', () => {
		const folder = join(root, 'shared');
		lockFolder(folder).release();
		writeFileSync(
			join(`${folder}.lock`, '1'),
			JSON.stringify({ pid: 1, started: '', host: 'elsewhere', released: false })
		);
		expect(() => lockFolder(folder)).toThrow(/in use by process 1 on elsewhere.*delete .*shared\.lock/);
	});

	test('a torn claim, as a power cut leaves it, is nobody’s', () => {
		const folder = join(root, 'torn');
		lockFolder(folder).release();
		writeFileSync(join(`${folder}.lock`, '1'), '');
		const lock = lockFolder(folder);
		expect(() => lockFolder(folder)).toThrow(/already open in this process/);
		lock.release();
		lockFolder(folder).release();
	});
});

test('code that forgets to take a role is refused, also after the owner was at work', { timeout: 60_000 }, async () => {
	const db = await withDatabase({ cast: false });
	const nobody = '0199aaaa-0000-7000-8000-000000000001';
	const forgetful = () =>
		db.asPerson(nobody, async (tx) => {
			await tx.execute(sql`reset role`);
			await tx.execute(sql`select * from public.people`);
		});
	const denied = { cause: { message: 'permission denied for schema public' } };
	await expect(forgetful()).rejects.toMatchObject(denied);
	await db.asOwner((tx) => tx.execute(sql`select * from people`));
	await expect(forgetful()).rejects.toMatchObject(denied);
	await db.dumpSql();
	await db.tidy();
	await expect(forgetful()).rejects.toMatchObject(denied);
	await db.close();
});

test('the next request knows nothing of the one before', { timeout: 60_000 }, async () => {
	const db = await withDatabase({ cast: false });
	const who = (tx: Tx) =>
		rows<{ role: string; person: string | null }>(
			tx,
			sql`select current_user::text as role, nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid::text as person`
		);
	const ann = '0199aaaa-0000-7000-8000-00000000000a';
	expect(await db.asPerson(ann, who)).toEqual([{ role: 'authenticated', person: ann }]);
	expect(await db.asService(who)).toEqual([{ role: 'app_service', person: null }]);
	await expect(db.asPerson(ann, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
	expect(await db.asService(who)).toEqual([{ role: 'app_service', person: null }]);
	await db.close();
});

/** The name claims are written under. */
function hostOf(): string {
	return spawnSync(process.execPath, ['-p', 'os.hostname()'], { encoding: 'utf8' }).stdout.trim();
}
