/**
 * `npm run backup`: writes the database as SQL text into DATA_DIR/backups and keeps the newest seven. The embedded
 * database must not be in use; a Postgres server is dumped while it works, by its own pg_dump. With BACKUP_RECIPIENT it
 * is encrypted on its way to the disk.
 */
import { statSync } from 'node:fs';
import { backUp, backUpServer } from '../src/lib/server/backup.ts';
import { openEmbedded } from '../src/lib/server/embedded.ts';
import { checkRecipients } from '../src/lib/server/sealing.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const { DATABASE_URL, MIGRATION_DATABASE_URL, DATA_DIR, BACKUP_RECIPIENT } = readSettings();
	if (BACKUP_RECIPIENT) await checkRecipients(BACKUP_RECIPIENT);
	let file: string;
	if (DATABASE_URL) file = await backUpServer(MIGRATION_DATABASE_URL ?? DATABASE_URL, DATA_DIR, BACKUP_RECIPIENT);
	else {
		const db = await openEmbedded(DATA_DIR);
		try {
			file = await backUp(db, BACKUP_RECIPIENT);
		} finally {
			await db.close();
		}
	}
	console.log(`Wrote ${file} (${(statSync(file).size / 1024 / 1024).toFixed(1)} MB).`);
	console.log(
		BACKUP_RECIPIENT
			? 'It is encrypted; the secret key that belongs to BACKUP_RECIPIENT opens it.'
			: 'It is not encrypted: whoever has it reads everything. Set BACKUP_RECIPIENT, and it will be (docs/restoring.md).'
	);
});
