import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf } from '../../../tests/content.ts';
import { buildWorld } from '../../../tests/world.ts';
import { backUp, backupFile, backupsKept, restoreEmbedded, writeBackup } from './backup.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

const root = mkdtempSync(join(tmpdir(), 'wayfellow-backup-'));
const dataDir = join(root, 'data');
let file: string;
let content: Record<string, unknown>;

beforeAll(async () => {
	const db = await openEmbedded(dataDir);
	await migrate(db);
	await buildWorld(db);
	// What text formats like to lose.
	const title = `O'Brien \\ "tab"\t; $$ -- /* 日本 👩🏽‍🏫`;
	await db.asOwner((tx) => tx.execute(sql`update reflections set title = ${title} where title = 'Private active'`));
	content = await contentOf(db);
	file = await backUp(db);
	expect(await contentOf(db), 'making a backup changes nothing').toEqual(content);
	await db.asService((tx) => tx.execute(sql`select 1 from people`)); // and the database works as before
	await db.close();
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a backup is private, and whole', () => {
	expect(statSync(file).mode & 0o077).toBe(0);
	expect(readdirSync(join(dataDir, 'backups'))).toEqual([file.split('/').at(-1)]);
	expect(readFileSync(file, 'utf8')).toContain('PostgreSQL database dump complete');
});

test('restoring brings everything back, and keeps what was there beside it', { timeout: 120_000 }, async () => {
	const changed = await openEmbedded(dataDir);
	await changed.asOwner((tx) => tx.execute(sql`delete from reflection_updates`));
	await expect(restoreEmbedded(file, dataDir), 'while it is open').rejects.toThrow(/already open/);
	await changed.close();

	const aside = await restoreEmbedded(file, dataDir);
	expect(readdirSync(aside!)).toContain('PG_VERSION');
	const db = await openEmbedded(dataDir);
	expect(await contentOf(db)).toEqual(content);
	expect(await migrate(db)).toEqual([]);
	await expect(
		db.asService((tx) => tx.execute(sql`reset role`).then(() => tx.execute(sql`select from public.people`)))
	).rejects.toMatchObject({ cause: { code: '42501' } });
	await db.close();
});

test('a file that can’t be read to its end changes nothing', { timeout: 120_000 }, async () => {
	const torn = join(root, 'torn.sql');
	const text = readFileSync(file, 'utf8');
	writeFileSync(torn, `${text.slice(0, text.length / 2)} and then the disk was full`);
	await expect(restoreEmbedded(torn, dataDir)).rejects.toThrow();
	await expect(restoreEmbedded(join(root, 'no.sql'), dataDir)).rejects.toThrow(/There is no file/);
	const db = await openEmbedded(dataDir);
	expect(await contentOf(db)).toEqual(content);
	await db.close();
});

test('npm run backup and npm run restore work from an empty start', { timeout: 120_000 }, async () => {
	const environment = { ...process.env, DATABASE_URL: '', DATA_DIR: join(root, 'elsewhere') };
	const run = (...words: string[]) => spawnSync(process.execPath, words, { encoding: 'utf8', env: environment });
	const restored = run('scripts/restore.ts', file);
	expect(restored.stderr).toBe('');
	expect(restored.stdout).toContain(`Restored ${file}.`);
	const saved = run('scripts/backup.ts');
	expect(saved.stdout).toMatch(/^Wrote .*elsewhere\/backups\/wayfellow-.*\.sql \(\d+\.\d MB\)\.\n$/);
	expect(run('scripts/restore.ts')).toMatchObject({ status: 1, stderr: expect.stringContaining('Say which backup') });
});

test('the newest seven are kept, and nothing that is not ours is touched', async () => {
	const other = join(root, 'many');
	mkdirSync(join(other, 'backups'), { recursive: true });
	writeFileSync(join(other, 'backups', 'before-the-holidays.sql'), 'by hand');
	for (let day = 1; day <= backupsKept + 2; day++)
		await writeBackup(backupFile(other, new Date(Date.UTC(2026, 0, day))), async (path) =>
			writeFileSync(path, `day ${day}`)
		);
	await expect(writeBackup(backupFile(other), () => Promise.reject(new Error('the disk is full')))).rejects.toThrow(
		'the disk is full'
	);
	const names = readdirSync(join(other, 'backups')).sort();
	expect(names).toHaveLength(backupsKept + 1);
	expect(names.slice(0, 2)).toEqual(['before-the-holidays.sql', 'wayfellow-20260103T000000000Z.sql']);
});
