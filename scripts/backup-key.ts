/**
 * `npm run backup-key -- FILE`: makes a key for backups. The secret half goes into the file, which belongs anywhere but on
 * the server; the public half is printed, for BACKUP_RECIPIENT. `age-keygen` makes the same.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { newKey } from '../src/lib/server/sealing.ts';
import { saying } from './saying.ts';

await saying(async () => {
	const [file] = process.argv.slice(2);
	if (!file) throw new Error('Say where the secret key goes: npm run backup-key -- wayfellow-backups.key');
	if (existsSync(file))
		throw new Error(`There is a file ${file} already, and a key is never overwritten. Name another.`);
	const { secret, recipient } = await newKey();
	const text = `# Opens the backups of Wayfellow. Public key: ${recipient}\n${secret}\n`;
	writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
	console.log(`BACKUP_RECIPIENT=${recipient}`);
	console.log(
		`The secret key is in ${file}. Keep it in two safe places that are not the server: without it nobody opens a backup, we neither.`
	);
});
