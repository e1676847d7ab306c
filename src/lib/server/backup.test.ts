import { spawnSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf } from '../../../tests/content.ts';
import { buildWorld } from '../../../tests/world.ts';
import { backUp, backupFile, backupsKept, openBackup, restoreEmbedded, writeBackup } from './backup.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { checkRecipients, isSealed, newKey, sealed } from './sealing.ts';

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
	expect(saved.stdout).toMatch(
		/^Wrote .*elsewhere\/backups\/wayfellow-.*\.sql \(\d+\.\d MB\)\.\nIt is not encrypted: .* Set BACKUP_RECIPIENT.*\n$/
	);
	expect(run('scripts/restore.ts')).toMatchObject({ status: 1, stderr: expect.stringContaining('Say which backup') });
});

describe('with a key', () => {
	const keyFile = join(root, 'backups.key');
	const plainText = () => readFileSync(file, 'utf8');
	const marker = 'PostgreSQL database dump complete';
	let recipient: string;
	let sealedFile: string;

	beforeAll(async () => {
		const key = await newKey();
		recipient = key.recipient;
		writeFileSync(keyFile, `# made today\n${key.secret}\n`);
		const db = await openEmbedded(dataDir);
		sealedFile = await backUp(db, recipient);
		await db.close();
	}, 120_000);

	test('a backup is nothing to whoever has only the file', () => {
		expect(sealedFile).toMatch(/\.sql\.age$/);
		expect(statSync(sealedFile).mode & 0o077).toBe(0);
		expect(isSealed(sealedFile)).toBe(true);
		expect(isSealed(file)).toBe(false);
		const bytes = readFileSync(sealedFile).toString('latin1');
		expect(plainText()).toContain(marker);
		for (const told of [marker, 'CREATE TABLE', 'people']) expect(bytes).not.toContain(told);
	});

	test('restoring with the key brings everything back', { timeout: 120_000 }, async () => {
		const other = join(root, 'opened');
		await restoreEmbedded(sealedFile, other, keyFile);
		const db = await openEmbedded(other);
		expect(await contentOf(db)).toEqual(content);
		await db.close();
	});

	test('another key, no key, a changed byte and a missing end are refused, and nothing changes', async () => {
		const wrongKey = join(root, 'wrong.key');
		writeFileSync(wrongKey, (await newKey()).secret);
		const bytes = readFileSync(sealedFile);
		const damaged = (name: string, change: (bytes: Buffer) => Buffer) => {
			const path = join(root, name);
			writeFileSync(path, change(Buffer.from(bytes)));
			return path;
		};
		const flipped = (at: number) => (all: Buffer) => {
			all[at]! ^= 1;
			return all;
		};
		const untouched = join(root, 'untouched');
		const restore = (path: string, key?: string) => restoreEmbedded(path, untouched, key);
		await expect(restore(sealedFile, wrongKey)).rejects.toThrow(/No key in .*wrong\.key opens .*\.age/);
		await expect(restore(sealedFile)).rejects.toThrow(/is encrypted\. Say which key opens it: .*--key KEY-FILE/);
		await expect(restore(sealedFile, join(root, 'nowhere'))).rejects.toThrow(/key file .*nowhere can't be read/);
		await expect(restore(sealedFile, file)).rejects.toThrow(/is not a file of secret keys/);
		for (const at of [bytes.length - 1, Math.floor(bytes.length / 2), 300])
			await expect(restore(damaged('flipped.age', flipped(at)), keyFile), `byte ${at}`).rejects.toThrow(/is damaged/);
		await expect(restore(damaged('head.age', flipped(100)), keyFile)).rejects.toThrow(/No key in .* opens/);
		// A whole number of pieces: what is left would read well.
		const beginning = bytes.indexOf('---');
		const text = bytes.indexOf('\n', beginning) + 1 + 16;
		const twoPieces = damaged('short.age', (all) => all.subarray(0, text + 2 * (65_536 + 16)));
		await expect(restore(twoPieces, keyFile)).rejects.toThrow(/is damaged or was cut off/);
		await expect(openBackup(twoPieces, keyFile)).rejects.toThrow(/is damaged or was cut off/);
		expect(existsSync(untouched)).toBe(false);
		expect(readdirSync(root).filter((name) => /opened\.sql/.test(name))).toEqual([]);
	});

	test('for psql it is opened into a file of one’s own', async () => {
		const plain = await openBackup(sealedFile, keyFile);
		expect(plain).toBe(sealedFile.replace('.sql.age', '.opened.sql'));
		expect(statSync(plain).mode & 0o077).toBe(0);
		expect(readFileSync(plain, 'utf8')).toContain(marker);
	});

	test('either of two keys opens it', async () => {
		const second = await newKey();
		const secondFile = join(root, 'second.key');
		writeFileSync(secondFile, second.secret);
		const both = join(root, 'both.sql.age');
		const words = ['Ünïcödé 👩🏽‍🏫 '.repeat(20_000)];
		await writeBackup(both, async (path) => {
			const bytes = words.map((text) => new TextEncoder().encode(text));
			const pieces = [];
			for await (const piece of sealed(bytes, `${recipient}, ${second.recipient}`)) pieces.push(piece);
			writeFileSync(path, Buffer.concat(pieces));
		});
		for (const key of [keyFile, secondFile])
			expect(readFileSync(await openBackup(both, key), 'utf8')).toBe(words.join(''));
	});

	test('what is no public key is refused before anything is written', async () => {
		const { secret } = await newKey();
		await expect(checkRecipients(secret)).rejects.toThrow(/is a secret key, which must not lie on the server/);
		await expect(checkRecipients(secret)).rejects.not.toThrow(new RegExp(secret));
		await expect(checkRecipients(`${recipient.slice(0, -1)}!`)).rejects.toThrow(/is not an age public key/);
		await expect(checkRecipients('age1abc')).rejects.toThrow(/has age1abc, which is not an age public key/);
		await expect(checkRecipients(`${recipient} ${(await newKey()).recipient}`)).resolves.toBeUndefined();
	});

	test('npm run backup-key, backup and restore go together', { timeout: 120_000 }, async () => {
		const made = join(root, 'made.key');
		const environment = { ...process.env, DATABASE_URL: '', DATA_DIR: join(root, 'sealed-elsewhere') };
		const run = (more: Record<string, string>, ...words: string[]) =>
			spawnSync(process.execPath, words, { encoding: 'utf8', env: { ...environment, ...more } });
		const key = run({}, 'scripts/backup-key.ts', made);
		const [, setting] = /^BACKUP_RECIPIENT=(age1\w+)\n/.exec(key.stdout) ?? [];
		expect(setting).toBeDefined();
		expect(statSync(made).mode & 0o077).toBe(0);
		expect(run({}, 'scripts/backup-key.ts', made)).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('never overwritten')
		});
		expect(run({}, 'scripts/restore.ts', sealedFile, '--key', keyFile).stdout).toContain('Restored');
		const saved = run({ BACKUP_RECIPIENT: setting! }, 'scripts/backup.ts');
		const [, path] = /^Wrote (.*\.sql\.age) \(.*\nIt is encrypted/.exec(saved.stdout) ?? [];
		expect(path, saved.stderr).toBeDefined();
		expect(run({}, 'scripts/restore.ts', path!, '--key', made)).toMatchObject({
			stderr: '',
			stdout: expect.stringContaining(`Restored ${path}.`)
		});
		const server = run({ DATABASE_URL: 'postgres://u@localhost/x' }, 'scripts/restore.ts', path!, '--key', made);
		expect(server.stdout).toContain('Delete that file');
		expect(server.stderr).toContain(`-f ${path!.replace('.sql.age', '.opened.sql')} `);
	});
});

test('the newest seven are kept, and nothing that is not ours is touched', async () => {
	const other = join(root, 'many');
	mkdirSync(join(other, 'backups'), { recursive: true });
	writeFileSync(join(other, 'backups', 'before-the-holidays.sql'), 'by hand');
	for (let day = 1; day <= backupsKept + 2; day++)
		await writeBackup(backupFile(other, { now: new Date(Date.UTC(2026, 0, day)) }), async (path) =>
			writeFileSync(path, `day ${day}`)
		);
	await expect(writeBackup(backupFile(other), () => Promise.reject(new Error('the disk is full')))).rejects.toThrow(
		'the disk is full'
	);
	const names = readdirSync(join(other, 'backups')).sort();
	expect(names).toHaveLength(backupsKept + 1);
	expect(names.slice(0, 2)).toEqual(['before-the-holidays.sql', 'wayfellow-20260103T000000000Z.sql']);
});
