/**
 * A database for a test file. Creating one costs five seconds of CPU, loading a copied one less than one; so a
 * migrated template is made once, kept in `node_modules/.cache` under a hash of what it was made from, and every test
 * file starts with a copy of its own in memory.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '#lib/server/database.ts';
import { type EmbeddedDatabase, openInMemory } from '#lib/server/embedded.ts';
import { FolderInUse, lockFolder } from '#lib/server/folder-lock.ts';
import { migrate } from '#lib/server/migrate.ts';
import { alone, freshServerDatabase, type ServerDatabase } from './postgres-server.ts';

type Options = {
	/** Whether the seeded cast is there (it is, unless this is false). */
	cast?: boolean;
};

/** A fresh embedded database in memory, migrated, with the cast. Close it when the file is done. */
export async function withDatabase({ cast = true }: Options = {}): Promise<EmbeddedDatabase> {
	return openInMemory(new Blob([readFileSync(await template(cast))]));
}

/** A fresh database on a real Postgres server, migrated; the server is found or brought (`postgres-server.ts`). */
export async function serverDatabase({ cast = false }: Options = {}): Promise<ServerDatabase> {
	const db = await freshServerDatabase();
	try {
		await alone(() => migrate(db, { folder: join(root, 'supabase/migrations') }));
		if (cast) await plantCast(db);
		return db;
	} catch (error) {
		await db.close();
		throw error;
	}
}

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/wayfellow');

/** The file of a migrated data folder: a tar. */
export async function template(cast: boolean): Promise<string> {
	const file = join(cache, `template-${cast ? 'cast' : 'bare'}-${fingerprint(cast)}.tar`);
	if (existsSync(file)) return file;
	mkdirSync(cache, { recursive: true });
	// Test files start side by side; one makes the template, the others wait for it.
	for (;;) {
		let lock;
		try {
			lock = lockFolder(join(cache, `template-${cast ? 'cast' : 'bare'}`));
		} catch (error) {
			if (!(error instanceof FolderInUse)) throw error;
			await wait(200);
			if (existsSync(file)) return file;
			continue;
		}
		try {
			if (!existsSync(file)) await makeTemplate(cast, file);
			return file;
		} finally {
			lock.release();
		}
	}
}

async function makeTemplate(cast: boolean, file: string): Promise<void> {
	const db = cast ? await withDatabase({ cast: false }) : await openInMemory();
	try {
		if (cast) await plantCast(db);
		else await migrate(db, { folder: join(root, 'supabase/migrations') });
		const unfinished = `${file}.unfinished`;
		writeFileSync(unfinished, Buffer.from(await (await db.dumpFolder()).arrayBuffer()));
		const kind = file.slice(0, -'0123456789abcdef.tar'.length);
		for (const name of readdirSync(cache))
			if (join(cache, name).startsWith(kind) && join(cache, name) !== unfinished && !name.includes('.lock'))
				rmSync(join(cache, name), { force: true });
		renameSync(unfinished, file);
	} finally {
		await db.close();
	}
}

async function plantCast(db: Database): Promise<void> {
	const { plantCast } = (await import('../src/seed/plant.server.ts')) as {
		plantCast: (db: Database) => Promise<unknown>;
	};
	await plantCast(db);
}

/** Changes whenever anything changes that the template is made from. */
function fingerprint(cast: boolean): string {
	const hash = createHash('sha256');
	const add = (path: string) => {
		for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }).sort((a, b) =>
			join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1
		))
			if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
	};
	add(join(root, 'supabase/migrations'));
	if (cast) add(join(root, 'src/seed'));
	hash.update(readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json')));
	return hash.digest('hex').slice(0, 16);
}
