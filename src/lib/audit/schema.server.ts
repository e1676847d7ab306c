/** What was done to whose rights and data, when, by whom and from where. Only ever added to. */
import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

export const auditEvents = pgTable(
	'audit_events',
	{
		id: id(),
		/** See `kinds` in `event.ts`, which has the sentence of each. */
		kind: text().notNull(),
		at: instant().notNull().defaultNow(),
		/** Whom it concerns. No foreign key here and below: what happened outlives an account. */
		personId: uuid().notNull(),
		/** Who did it; null when the product did, or when nobody had proven who they are. */
		byPersonId: uuid(),
		/** For whom somebody acted who acted for another. */
		onBehalfOfId: uuid(),
		/** The network asked from: an IPv4 address or the /64 of an IPv6 one. */
		network: text(),
		/** What the browser calls itself. */
		userAgent: text(),
		/** What else there is to say, in ids, words of ours and numbers; never what a person wrote. */
		about: jsonb().$type<Record<string, string | number | boolean | null>>().notNull().default({})
	},
	(t) => [
		check('audit_events_kind', sql`char_length(kind) between 1 and 60`),
		check('audit_events_small', sql`octet_length(about::text) <= 2000 and char_length(user_agent) <= 300`),
		index('audit_events_person').on(t.personId, t.at),
		index('audit_events_by').on(t.byPersonId, t.at),
		pgPolicy('audit_events_read_concerned', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid()) or by_person_id = (select app.uid())`
		}),
		// Nobody can write down that somebody else did something.
		pgPolicy('audit_events_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`by_person_id = (select app.uid())`
		}),
		pgPolicy('audit_events_service_add', { for: 'insert', to: service, withCheck: sql`true` }),
		pgPolicy('audit_events_service_read', { for: 'select', to: service, using: sql`true` })
	]
);
