/** The server that npm brings, for machines without one: it starts here, and what we rely on holds on its newer version too. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '#lib/server/migrate.ts';
import { openPostgres } from '#lib/server/postgres.ts';
import { complaints } from '../catalogue-complaints.ts';
import { packagedBinaries, startServer } from '../postgres-server.ts';
import { disagreements } from '../row-policy-cases.ts';
import { buildWorld } from '../world.ts';

test('PostgreSQL from the npm package', { timeout: 120_000 }, async () => {
	const url = await startServer(packagedBinaries()!);
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	const { rows } = await client.query('show server_version');
	await client.end();
	expect(rows[0].server_version).toMatch(/^18\./);

	const db = await openPostgres(url);
	try {
		await migrate(db);
		expect(await complaints(db)).toEqual([]);
		expect(await disagreements(db, await buildWorld(db))).toEqual([]);
	} finally {
		await db.close();
	}
});
