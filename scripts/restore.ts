/**
 * `npm run restore -- FILE [--key KEY-FILE]`: puts a backup in the place of the embedded database, and keeps the old one
 * beside it. For a Postgres server it opens an encrypted backup and says which command reads it.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openBackup, restoreEmbedded } from '../src/lib/server/backup.ts';
import { isSealed } from '../src/lib/server/sealing.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const { DATABASE_URL, DATA_DIR } = readSettings();
	const { positionals, values } = parseArgs({ allowPositionals: true, options: { key: { type: 'string' } } });
	const [file] = positionals;
	if (!file) throw new Error('Say which backup: npm run restore -- data/backups/wayfellow-….sql [--key KEY-FILE]');
	if (DATABASE_URL) {
		const sealed = existsSync(file) && isSealed(file);
		const plain = sealed ? await openBackup(file, values.key) : file;
		if (sealed)
			console.log(`Opened it into ${plain}, which is not encrypted. Delete that file when you have read it in.`);
		throw new Error(
			`DATABASE_URL is set, and a server is not replaced from here. Read the backup into an empty database with: psql --single-transaction -v ON_ERROR_STOP=1 -f ${plain} "postgres://…", then point DATABASE_URL at it, with RECOVER_UNTIL set (see docs/restoring.md).`
		);
	}
	const aside = await restoreEmbedded(file, DATA_DIR, values.key);
	console.log(
		`Restored ${file}.${aside ? ` The database from before lies in ${aside}; delete it when all is well.` : ''}`
	);
	console.log(
		'Before you start it: words written since the backup may still be in browsers. docs/restoring.md says how.'
	);
});
