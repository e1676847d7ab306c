/**
 * `npm run forget -- <id> …`: deletes people for good who had been deleted before an older backup was brought back
 * (docs/restoring.md). Without ids it reads them, or lines of the server's log, from its standard input.
 */
import { text } from 'node:stream/consumers';
import { openDatabase } from '../src/lib/server/open-database.ts';
import { forget, idsIn } from '../src/lib/own-data/forget.server.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const given = process.argv.slice(2).join(' ');
	const ids = idsIn(given || (await text(process.stdin)));
	if (ids.length === 0) throw new Error('Whom? Give ids of people, or lines `account-deleted` of the log.');
	const db = await openDatabase(readSettings());
	try {
		const gone = await db.asOwner((tx) => forget(tx, ids));
		console.log(`Deleted ${gone.length} of ${ids.length}; the others are not there, or were deleted before.`);
	} finally {
		await db.close();
	}
});
