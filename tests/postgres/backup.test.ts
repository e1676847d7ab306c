/** A backup of the embedded database is also the way to a server of one's own; so it must arrive there whole. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { backUpServer, installedPgDump, openBackup } from '#lib/server/backup.ts';
import type { Database } from '#lib/server/database.ts';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { newKey } from '#lib/server/sealing.ts';
import { contentOf } from '../content.ts';
import { alone, ask, freshDatabase } from '../postgres-server.ts';
import { disagreements } from '../row-policy-cases.ts';
import { serverDatabase, withDatabase } from '../with-database.ts';
import { buildWorld } from '../world.ts';

const root = mkdtempSync(join(tmpdir(), 'wayfellow-dump-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Reads SQL text into an empty database as psql would with ON_ERROR_STOP: the first error ends it. */
async function read(text: string): Promise<{ db: Database; drop: () => Promise<void> }> {
	const { url, drop } = await freshDatabase();
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		await alone(() => client.query(text));
	} finally {
		await client.end();
	}
	return { db: await openPostgres(url), drop };
}

/** Servers of different age write some expressions with other spaces; what they say is the same. */
const alike = (content: Record<string, unknown>) => JSON.parse(JSON.stringify(content).replace(/\\n|\s+/g, ' '));

test('from the embedded database to a server', { timeout: 120_000 }, async () => {
	const embedded = await withDatabase({ cast: false });
	const world = await buildWorld(embedded);
	const content = await contentOf(embedded);
	const text = await embedded.dumpSql();
	await embedded.close();

	const { db, drop } = await read(text);
	try {
		expect(alike(await contentOf(db))).toEqual(alike(content));
		expect(await migrate(db)).toEqual([]);
		expect(await disagreements(db, world)).toEqual([]);
	} finally {
		await db.close();
		await drop();
	}
});

test(
	'from a server to another, with its own pg_dump, encrypted or not; without one, a sentence says what to install',
	{ timeout: 120_000 },
	async () => {
		const source = await serverDatabase();
		try {
			await buildWorld(source);
			const program = installedPgDump();
			if (!program) {
				await expect(backUpServer(source.url, root)).rejects.toThrow(/needs its program pg_dump.*apt-get install/);
				return;
			}
			const keyFile = join(root, 'backups.key');
			const { secret, recipient } = await newKey();
			writeFileSync(keyFile, secret);
			const sealed = await backUpServer(source.url, root, recipient);
			expect(readFileSync(sealed).includes('CREATE TABLE')).toBe(false);
			await expect(backUpServer(`${source.url}_none`, root, recipient)).rejects.toThrow(
				/^pg_dump could not write .*_none/s
			);
			expect(readdirSync(dirname(sealed)), 'nothing half-done is left').toEqual([basename(sealed)]);
			for (const file of [await backUpServer(source.url, root), await openBackup(sealed, keyFile)]) {
				const { url, drop } = await freshDatabase();
				await ask(url, 'drop schema public'); // the dump brings it
				const psql = spawnSync(
					join(dirname(program), 'psql'),
					['--no-psqlrc', '--single-transaction', '-v', 'ON_ERROR_STOP=1', '-f', file, url],
					{ encoding: 'utf8' }
				);
				expect(psql.stderr).toBe('');
				const copy = await openPostgres(url);
				try {
					expect(await contentOf(copy)).toEqual(await contentOf(source));
				} finally {
					await copy.close();
					await drop();
				}
			}
		} finally {
			await source.close();
		}
	}
);
