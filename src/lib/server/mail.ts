/** Mail is a row before it is a message: what was promised inside a transaction leaves even after a crash. */
import { desc, sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';
import { mailMessages } from './schema.server.ts';

export type Message = {
	/** What the mail is about, e.g. `sign-in`; never private text. */
	kind: string;
	toAddress: string;
	subject: string;
	bodyText: string;
	bodyHtml: string;
	/** iCalendar with a METHOD, for mail that invites to something. */
	calendar?: string;
};

/** The channel on which the courier hears that there is mail. */
export const mailChannel = 'mail_queued';

/** Puts a mail into the queue, as part of the caller's transaction (role `app_service`). Answers with its id. */
export async function queueMail(tx: Tx, message: Message): Promise<string> {
	const [row] = await tx.insert(mailMessages).values(message).returning({ id: mailMessages.id });
	await tx.execute(sql`select pg_notify(${mailChannel}, '')`);
	return row!.id;
}

/** The newest mail, for the demo's outbox: fifty, because nobody scrolls further for a link. */
export const listMail = (db: Database) =>
	db.asService((tx) =>
		tx
			.select({
				id: mailMessages.id,
				toAddress: mailMessages.toAddress,
				subject: mailMessages.subject,
				bodyText: mailMessages.bodyText,
				createdAt: mailMessages.createdAt,
				sentAt: mailMessages.sentAt,
				failure: mailMessages.failure
			})
			.from(mailMessages)
			.orderBy(desc(mailMessages.createdAt))
			.limit(50)
	);

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Text made harmless inside HTML, in an element or a quoted attribute. */
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign]!);
