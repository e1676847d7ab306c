/**
 * `npm run let-in-again -- <address>`: removes the passkeys of a person who lost them and signs them out everywhere, for when
 * there is no second manager who could. Make sure first, by other means, who is asking.
 */
import { letInAgainByAddress } from '../src/lib/identity/passkey.server.ts';
import { normaliseAddress } from '../src/lib/identity/sign-in.ts';
import { openDatabase } from '../src/lib/server/open-database.ts';
import { readSettings } from '../src/lib/server/settings.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const address = normaliseAddress(process.argv[2] ?? '');
	if (!address) throw new Error('Say whom: npm run let-in-again -- name@school.org');
	const db = await openDatabase(readSettings());
	try {
		const name = await letInAgainByAddress(db, address);
		if (!name) throw new Error(`Nobody here has the address ${address}. Nothing has changed.`);
		console.log(`${name} has no passkey any more, is signed out everywhere and was told by mail.`);
		console.log('They sign in by mail now and set up a new passkey.');
	} finally {
		await db.close();
	}
});
