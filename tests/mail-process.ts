/**
 * The courier alone in a process of its own, which queues mails without end, so that it can be killed:
 * `node tests/mail-process.ts <database url, or folder of an embedded one> <smtp url> [drain]`.
 * What is committed is said on a line, `queued <id>`. With `drain` it queues nothing, and says `settled` when none waits.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { and, isNull, sql } from 'drizzle-orm';
import { startCourier } from '#lib/server/courier.server.ts';
import { queueMail, mailChannel } from '#lib/server/mail.ts';
import { openDatabase } from '#lib/server/open-database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';

const [address, SMTP_URL, drain] = process.argv.slice(2) as [string, string, string?];
const db = await openDatabase({
	DATABASE_URL: /^postgres(ql)?:/.test(address) ? address : undefined,
	MIGRATION_DATABASE_URL: undefined,
	DATA_DIR: address
});

/** A clock that a test need not wait for: a minute between two tries is over in a moment. */
const began = Number(process.env.BEGAN);
const faster = Number(process.env.FASTER);
const clock = () => new Date(began + (Date.now() - began) * faster);

let stopping = false;
const courier = await startCourier(db, { SMTP_URL, MAIL_FROM: 'Wayfellow <no-reply@wayfellow.example>' }, clock);
process.once('SIGTERM', () => void (stopping = true));
console.log('ready');

for (let i = 0; !stopping; i++) {
	await wait(5);
	if (drain) {
		const left = await db.asService(async (tx) => {
			await tx.execute(sql`select pg_notify(${mailChannel}, '')`);
			return tx.$count(mailMessages, and(isNull(mailMessages.sentAt), isNull(mailMessages.failedAt)));
		});
		if (left === 0) console.log('settled');
		await wait(45);
		continue;
	}
	const again = i % 3 === 0;
	const one = (kind: string) => ({
		kind,
		toAddress: `${kind}@school.example`,
		subject: kind,
		bodyText: 'Hello',
		bodyHtml: '<p>Hello</p>',
		again
	});
	if (i % 20 === 19)
		await db
			.asService(async (tx) => {
				await queueMail(tx, one('regretted'));
				throw new Error('changed our mind');
			})
			.catch(() => {});
	const ids = await db.asService(async (tx) => [
		await queueMail(tx, one(again ? 'awaited' : 'told')),
		await queueMail(tx, one(again ? 'awaited' : 'told')),
		await queueMail(tx, one(again ? 'awaited' : 'told'))
	]);
	for (const id of ids) console.log(`queued ${id}`);
}
await courier.stop();
await db.close();
