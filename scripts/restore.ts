/** `npm run restore FILE`: puts a backup in the place of the embedded database, and keeps the old one beside it. */
import { restoreEmbedded } from '../src/lib/server/backup.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const { DATABASE_URL, DATA_DIR } = readSettings();
	const [file] = process.argv.slice(2);
	if (!file) throw new Error('Say which backup: npm run restore data/backups/wayfellow-….sql');
	if (DATABASE_URL)
		throw new Error(
			`DATABASE_URL is set, and a server is not replaced from here. Read the backup into an empty database with: psql --single-transaction -v ON_ERROR_STOP=1 -f ${file} "postgres://…", then point DATABASE_URL at it, with RECOVER_UNTIL set (see docs/restoring.md).`
		);
	const aside = await restoreEmbedded(file, DATA_DIR);
	console.log(
		`Restored ${file}.${aside ? ` The database from before lies in ${aside}; delete it when all is well.` : ''}`
	);
	console.log(
		'Before you start it: words written since the backup may still be in browsers. docs/restoring.md says how.'
	);
});
