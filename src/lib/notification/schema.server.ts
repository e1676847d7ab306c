/** What people were told, how they want to be told, and by which addresses outside the app. */
import { sql } from 'drizzle-orm';
import {
	check,
	index,
	integer,
	jsonb,
	pgPolicy,
	pgTable,
	primaryKey,
	text,
	time,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { people } from '#lib/identity/schema.server.ts';
import { bytes, id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import type { Choices } from './settings.ts';

/** One thing that one person was told. It stands in the app at once; `mailAfter` says whether a mail is still held. */
export const notifications = pgTable(
	'notifications',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** A name of `kinds.ts`. */
		kind: text().notNull(),
		/** The same key for the same person is one notice for ever. */
		key: text().notNull(),
		/** What reading and muting go by, such as `thread:<id>`. */
		about: text(),
		/** What else muting goes by: the cohort of a thread, its competency. */
		within: text().array().notNull().default([]),
		/** One line without private text, and where it leads in the product. */
		title: text().notNull(),
		href: text().notNull(),
		/** What `about` is called, for "3 new replies in …". */
		place: text(),
		at: instant().notNull(),
		readAt: instant(),
		/** Taken away: what it was about is gone, or is not the person's to see any more. The row stays, so that its key does. */
		withdrawnAt: instant(),
		/** From when a mail is held: moves when the person chooses anew. */
		heldFrom: instant().notNull(),
		/** When to look whether its mail may leave; null once that is settled. */
		mailAfter: instant(),
		mailedAt: instant(),
		/** The mail it stands in, until that is forgotten: one that waits for its server leaves only while something in it is news. */
		mailId: uuid().references(() => mailMessages.id, { onDelete: 'set null' })
	},
	(t) => [
		unique('notifications_once').on(t.personId, t.key),
		check(
			'notifications_sizes',
			sql`char_length(kind) between 1 and 40 and char_length(key) between 1 and 200 and char_length(about) between 1 and 200 and char_length(title) between 1 and 300 and char_length(place) between 1 and 200 and cardinality(within) <= 5`
		),
		// A path of ours: never another host.
		check('notifications_href', sql`href ~ '^/([^/\\\\]|$)' and char_length(href) <= 500`),
		index('notifications_person').on(t.personId, t.at),
		index('notifications_unread')
			.on(t.personId, t.about)
			.where(sql`read_at is null and withdrawn_at is null`),
		index('notifications_due')
			.on(t.mailAfter)
			.where(sql`mail_after is not null`),
		index('notifications_key').on(t.key.op('text_pattern_ops')),
		index('notifications_about').on(t.about),
		index('notifications_old').on(t.at),
		index('notifications_mail')
			.on(t.mailId)
			.where(sql`mail_id is not null`),
		pgPolicy('notifications_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid()) and withdrawn_at is null`
		}),
		pgPolicy('notifications_mark', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('notifications_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** How somebody wants to be told. No row: as everybody is, by the defaults of `settings.ts`. */
export const notificationSettings = pgTable(
	'notification_settings',
	{
		personId: uuid()
			.primaryKey()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** By group; what is not in it goes as its kind does. */
		mail: jsonb().$type<Choices>().notNull().default({}),
		digest: text({ enum: ['daily', 'weekly', 'off'] })
			.notNull()
			.default('weekly'),
		/** 1 is Monday (ISO 8601), on the person's own clock. */
		digestWeekday: integer().notNull().default(1),
		digestHour: integer().notNull().default(7),
		/** No mail leaves between them; the same twice: there are no such hours. */
		quietFrom: time().notNull().default('19:00'),
		quietTo: time().notNull().default('07:00')
	},
	() => [
		check('notification_settings_mail', sql`jsonb_typeof(mail) = 'object' and octet_length(mail::text) <= 500`),
		check('notification_settings_digest', sql`digest in ('daily', 'weekly', 'off')`),
		check('notification_settings_when', sql`digest_weekday between 1 and 7 and digest_hour between 0 and 23`),
		pgPolicy('notification_settings_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('notification_settings_service', {
			for: 'all',
			to: service,
			using: sql`true`,
			withCheck: sql`true`
		})
	]
);

/** What somebody does not want to hear of: a thread, a cohort, a competency, a pair. */
export const notificationMutes = pgTable(
	'notification_mutes',
	{
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		about: text().notNull(),
		/** What it is called, for the page on which it is undone. */
		place: text(),
		/** Null: until they say otherwise. */
		until: instant(),
		mutedAt: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.personId, t.about] }),
		check(
			'notification_mutes_sizes',
			sql`char_length(about) between 1 and 200 and char_length(place) between 1 and 200`
		),
		pgPolicy('notification_mutes_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('notification_mutes_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** The link of one mail by which its kind of mail stops, signed in or not. Only a hash of it is kept. */
export const unsubscribeTokens = pgTable(
	'unsubscribe_tokens',
	{
		tokenHash: bytes().primaryKey(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** A group of `kinds.ts`, or `digest`. */
		scope: text().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('unsubscribe_tokens_scope', sql`char_length(scope) between 1 and 40`),
		index('unsubscribe_tokens_person').on(t.personId),
		index('unsubscribe_tokens_created').on(t.createdAt),
		pgPolicy('unsubscribe_tokens_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** A browser that shows notices though no page of ours is open: where it is reached, and its keys. */
export const pushSubscriptions = pgTable(
	'push_subscriptions',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** An address of the browser's maker. Whoever knows it and our key can send; it is shown to nobody. */
		endpoint: text().notNull(),
		/** The browser's public key and shared secret (RFC 8291), base64url. */
		p256dh: text().notNull(),
		auth: text().notNull(),
		/** What the browser calls itself. */
		name: text().notNull(),
		addedAt: instant().notNull().defaultNow(),
		sentAt: instant()
	},
	(t) => [
		uniqueIndex('push_subscriptions_endpoint').on(t.endpoint),
		check(
			'push_subscriptions_sizes',
			sql`char_length(endpoint) <= 1000 and char_length(p256dh) between 80 and 100 and char_length(auth) between 20 and 30 and char_length(name) between 1 and 100`
		),
		index('push_subscriptions_person').on(t.personId),
		pgPolicy('push_subscriptions_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('push_subscriptions_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('push_subscriptions_remove', {
			for: 'delete',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('push_subscriptions_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** A notice on its way to a browser, as a mail is a row before it is a message. */
export const pushMessages = pgTable(
	'push_messages',
	{
		id: id(),
		subscriptionId: uuid()
			.notNull()
			.references(() => pushSubscriptions.id, { onDelete: 'cascade' }),
		notificationId: uuid()
			.notNull()
			.references(() => notifications.id, { onDelete: 'cascade' }),
		/** When it is tried next; null once it is done, or given up. */
		sendAfter: instant(),
		attempts: integer().notNull().default(0),
		sentAt: instant()
	},
	(t) => [
		unique('push_messages_once').on(t.notificationId, t.subscriptionId),
		index('push_messages_subscription').on(t.subscriptionId),
		index('push_messages_due')
			.on(t.sendAfter)
			.where(sql`send_after is not null`),
		pgPolicy('push_messages_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
