import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database, Tx } from './database.ts';

export async function openEmbedded(folder: string | undefined): Promise<Database> {
	if (folder) mkdirSync(folder, { recursive: true, mode: 0o700 });
	const pg = await PGlite.create(folder ? `${folder}/database` : undefined);
	return databaseOn(pg);
}

export function databaseOn(pg: PGlite): Database {
	const db = drizzle({ client: pg, casing: 'snake_case' });
	const inRole = <T>(role: string, claims: string, work: (tx: Tx) => Promise<T>) =>
		db.transaction(async (tx) => {
			await tx.execute(
				sql`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true)`
			);
			return work(tx as unknown as Tx);
		});
	return {
		engine: 'embedded',
		asPerson: (personId, work) => inRole('authenticated', JSON.stringify({ sub: personId }), work),
		asService: (work) => inRole('app_service', '', work),
		asOwner: (work) => db.transaction((tx) => work(tx as unknown as Tx)),
		listen: (channel, hear) => pg.listen(channel, hear),
		close: () => pg.close()
	};
}
