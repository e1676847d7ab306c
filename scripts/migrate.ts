/** `npm run migrate`: brings the database up to date. The server does the same at its start; this is for doing it before. */
import { openDatabase } from '../src/lib/server/open-database.ts';
import { migrate } from '../src/lib/server/migrate.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const settings = readSettings();
	const db = await openDatabase(settings);
	try {
		const files = await migrate(db, { recipient: settings.BACKUP_RECIPIENT });
		for (const file of files) console.log(`Applied ${file}`);
		console.log(files.length > 0 ? 'The database is up to date.' : 'The database was up to date already.');
	} finally {
		await db.close();
	}
});
