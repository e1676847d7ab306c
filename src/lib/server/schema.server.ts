/** Tables of no single room: mail waiting to leave, and who asked how often. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { service } from './roles.ts';

/**
 * Mail is a row before it is a message: a crash between "we promised a mail" and "it left" loses nothing.
 * In development the outbox page shows these rows instead of sending them.
 */
export const mailMessages = pgTable(
	'mail_messages',
	{
		id: id(),
		/** What the mail is about, e.g. `sign-in`; never private text. */
		kind: text().notNull(),
		toAddress: text().notNull(),
		subject: text().notNull(),
		bodyText: text().notNull(),
		bodyHtml: text().notNull(),
		/** An invitation for calendar programs (iCalendar), where the mail is one. */
		calendar: text(),
		/** Further headers, of those that `mail.ts` lets through. */
		headers: jsonb().$type<Record<string, string>>().notNull().default({}),
		/** Whom it is for, where that is known; without a foreign key, because people live in a room further down. */
		personId: uuid(),
		/** Whether somebody waits for it, so that twice is better than never. */
		again: boolean().notNull().default(false),
		createdAt: instant().notNull().defaultNow(),
		/** When the next try may begin; whoever takes a mail moves it on, so that no two carry the same. */
		dueAt: instant().notNull().defaultNow(),
		/** Written before the last bytes of a try go out: until then it is certain that nothing was sent. */
		handedOverAt: instant(),
		sentAt: instant(),
		/** How often sending was tried, and what the last failure said. */
		attempts: integer().notNull().default(0),
		failure: text(),
		/** What the other server said as a number (RFC 3463), such as 5.1.1. */
		status: text(),
		/** Since when it is certain that it will not arrive, or nobody can know it. A mail that came back was sent before. */
		failedAt: instant()
	},
	(t) => [
		check('mail_messages_status', sql`status ~ '^[245]\\.\\d{1,3}\\.\\d{1,3}$'`),
		index('mail_messages_unsent')
			.on(t.dueAt)
			.where(sql`sent_at is null and failed_at is null`),
		index('mail_messages_failed')
			.on(t.failedAt)
			.where(sql`failed_at is not null`),
		index('mail_messages_address').on(t.toAddress, t.sentAt),
		index('mail_messages_person').on(t.personId),
		pgPolicy('mail_messages_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** How often somebody did something within a time: the rows of `rate-limiter-flexible`, in its own columns. */
export const rateLimits = pgTable(
	'rate_limits',
	{
		/** What is counted and for whom; hashed where it would name a person or an address. */
		key: text().primaryKey(),
		points: integer().notNull().default(0),
		/** Milliseconds since 1970. */
		expire: bigint({ mode: 'number' })
	},
	(t) => [
		index('rate_limits_expire').on(t.expire),
		pgPolicy('rate_limits_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
