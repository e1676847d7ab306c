/**
 * `npm run backup`: writes the database as SQL text into DATA_DIR/backups and keeps the newest seven. The embedded
 * database must not be in use; a Postgres server is dumped while it works, by its own pg_dump.
 */
import { statSync } from 'node:fs';
import { backUp, backUpServer } from '../src/lib/server/backup.ts';
import { openEmbedded } from '../src/lib/server/embedded.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const { DATABASE_URL, MIGRATION_DATABASE_URL, DATA_DIR } = readSettings();
	let file: string;
	if (DATABASE_URL) file = await backUpServer(MIGRATION_DATABASE_URL ?? DATABASE_URL, DATA_DIR);
	else {
		const db = await openEmbedded(DATA_DIR);
		try {
			file = await backUp(db);
		} finally {
			await db.close();
		}
	}
	console.log(`Wrote ${file} (${(statSync(file).size / 1024 / 1024).toFixed(1)} MB).`);
});
