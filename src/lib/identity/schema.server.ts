/** Who people are, where they belong, what they may do, and how they are signed in. */
import { sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	check,
	index,
	integer,
	pgPolicy,
	pgTable,
	text,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { bytes, id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

const everyoneReads = (name: string) =>
	pgPolicy(name, { for: 'select', to: [authenticated, service], using: sql`true` });

/** A state holds districts, a district holds schools. */
export const organizations = pgTable(
	'organizations',
	{
		id: id(),
		kind: text({ enum: ['state', 'district', 'school'] }).notNull(),
		parentId: uuid().references((): AnyPgColumn => organizations.id),
		name: text().notNull(),
		/** IANA name. Dates such as "expires on" end at midnight of this zone. */
		timeZone: text().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('organizations_kind', sql`kind in ('state', 'district', 'school')`),
		check('organizations_state_has_no_parent', sql`(kind = 'state') = (parent_id is null)`),
		index('organizations_parent').on(t.parentId),
		everyoneReads('organizations_read')
	]
);

export const people = pgTable(
	'people',
	{
		id: id(),
		/** As the person wants to be called on screen. */
		name: text().notNull(),
		/** Two letters or digits for the avatar. */
		initials: text().notNull(),
		/** The school or district where the person works; null for people of no organization. */
		organizationId: uuid().references(() => organizations.id),
		createdAt: instant().notNull().defaultNow(),
		deactivatedAt: instant()
	},
	(t) => [
		check('people_name', sql`char_length(name) between 1 and 200`),
		check('people_initials', sql`char_length(initials) between 1 and 3`),
		index('people_organization').on(t.organizationId),
		pgPolicy('people_read_known', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.known_person_ids())::uuid[])`
		}),
		pgPolicy('people_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** Addresses live apart from names, because fellows may see a name and never an address. */
export const emailAddresses = pgTable(
	'email_addresses',
	{
		/** Normalised (NFKC, lower case): the same mailbox can't be two people. */
		address: text().primaryKey(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		kind: text({ enum: ['school', 'personal'] }).notNull(),
		verifiedAt: instant(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('email_addresses_lower', sql`address = lower(address) and char_length(address) <= 254`),
		check('email_addresses_kind', sql`kind in ('school', 'personal')`),
		index('email_addresses_person').on(t.personId),
		pgPolicy('email_addresses_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('email_addresses_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A role is a row with a scope and a time, so "who could see this in March?" has an answer. */
export const roles = pgTable(
	'roles',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		role: text({ enum: ['teacher', 'mentor', 'coach', 'assessor', 'manager'] }).notNull(),
		scopeKind: text({ enum: ['state', 'district', 'school', 'program', 'cohort', 'pair'] }).notNull(),
		/** Id of the organization, program, cohort or pair; a room below may own that table, so no foreign key. */
		scopeId: uuid().notNull(),
		fromAt: instant().notNull().defaultNow(),
		untilAt: instant()
	},
	(t) => [
		check('roles_role', sql`role in ('teacher', 'mentor', 'coach', 'assessor', 'manager')`),
		check('roles_scope', sql`scope_kind in ('state', 'district', 'school', 'program', 'cohort', 'pair')`),
		check('roles_time', sql`until_at is null or until_at >= from_at`),
		index('roles_person').on(t.personId),
		index('roles_scope').on(t.scopeId, t.role),
		pgPolicy('roles_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('roles_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A signed-in browser, after Lucia's published design: the cookie is `id.secret`, only the secret's hash is here. */
export const sessions = pgTable(
	'sessions',
	{
		id: text().primaryKey(),
		secretHash: bytes().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		createdAt: instant().notNull().defaultNow(),
		/** Moves when the session is used, at most once an hour; the session slides from here. */
		lastUsedAt: instant().notNull().defaultNow(),
		/** The absolute end, however busy the session is. */
		expiresAt: instant().notNull(),
		userAgent: text()
	},
	(t) => [
		index('sessions_person').on(t.personId),
		pgPolicy('sessions_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('sessions_end_own', {
			for: 'delete',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('sessions_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** One asked-for way in: a link with a token and, for another device, a short code. Used once, by whichever comes first. */
export const signInLinks = pgTable(
	'sign_in_links',
	{
		id: id(),
		/** Null when nobody has the address: the row is made all the same, so asking costs and answers alike. */
		personId: uuid().references(() => people.id, { onDelete: 'cascade' }),
		address: text().notNull(),
		tokenHash: bytes().notNull(),
		codeHash: bytes().notNull(),
		/** Who asked: an IPv4 address or the /64 of an IPv6 one, only to count how often; swept after a day. */
		askedFrom: text().notNull(),
		createdAt: instant().notNull().defaultNow(),
		expiresAt: instant().notNull(),
		usedAt: instant(),
		/** Codes tried so far. Past the limit the code is dead; the link is not, or a stranger could kill its owner's. */
		codesTried: integer().notNull().default(0)
	},
	(t) => [
		uniqueIndex('sign_in_links_token').on(t.tokenHash),
		index('sign_in_links_address').on(t.address, t.createdAt),
		index('sign_in_links_asked_from').on(t.askedFrom, t.createdAt),
		index('sign_in_links_person').on(t.personId),
		pgPolicy('sign_in_links_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
