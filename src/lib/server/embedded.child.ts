/** A process for `embedded.test.ts` to race with, and to kill. */
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { openEmbedded } from './embedded.ts';
import { FolderInUse, lockFolder } from './folder-lock.ts';

const [act, ...rest] = process.argv.slice(2);

if (act === 'race') {
	// Wants each folder at the same instant as the others do, and keeps what it wins.
	const [start, everyMs, ...folders] = rest as [string, string, ...string[]];
	for (const [i, folder] of folders.entries()) {
		await wait(Number(start) + i * Number(everyMs) - Date.now());
		try {
			lockFolder(folder);
			console.log(`won ${i}`);
		} catch (error) {
			if (!(error instanceof FolderInUse)) throw error;
		}
	}
	console.log('done');
	process.stdin.resume(); // hold until the parent has seen everybody's answer
} else if (act === 'write') {
	// Says a number only after the row with that number is committed.
	const db = await openEmbedded(rest[0]!);
	for (;;) {
		// eslint-disable-next-line no-restricted-syntax -- a test's own table
		const number = await db.asOwner(async (tx) => {
			const { rows } = (await tx.execute(
				sql`insert into words (word) values (repeat('x', (random() * 6000)::int)) returning number`
			)) as unknown as { rows: { number: number }[] };
			await tx.execute(sql`update total set words = words + 1`);
			return rows[0]!.number;
		});
		process.stdout.write(`${number}\n`);
	}
}
