/** Who people are, where they belong, what they may do, and how they are signed in. */
import { sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	bigint,
	boolean,
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
		/** Closed: nobody is let in as this person, and open doors shut. */
		deactivatedAt: instant(),
		/** When a person asked for their account to be deleted; the words go after a time in which they may think again. */
		deletionAskedAt: instant(),
		/** The row stays, without a name, so that what others did with this person stays whole. */
		deletedAt: instant()
	},
	(t) => [
		check('people_deletion', sql`deletion_asked_at is null or deactivated_at is not null`),
		check('people_deleted', sql`deleted_at is null or deletion_asked_at is not null`),
		check('people_name', sql`char_length(name) between 1 and 200`),
		check('people_initials', sql`char_length(initials) between 1 and 3`),
		index('people_organization').on(t.organizationId),
		pgPolicy('people_read_known', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.known_person_ids())::uuid[])`
		}),
		pgPolicy('people_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
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
		createdAt: instant().notNull().defaultNow(),
		/** Since when mail comes back from it, and what its server says as a number; until it is known to work again. */
		unreachableSince: instant(),
		unreachableStatus: text(),
		/** When its owner last said, or showed, that it works: what was sent before that says nothing new. */
		reachableAt: instant()
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
		pgPolicy('email_addresses_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
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
		pgPolicy('roles_read_managed', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.managed_role_ids())::uuid[])`
		}),
		// A role is ended, never deleted: who could see what in March stays known.
		pgPolicy('roles_end', {
			for: 'update',
			to: authenticated,
			using: sql`id = any ((select app.endable_role_ids())::uuid[])`,
			withCheck: sql`until_at >= now() - interval '5 minutes'`
		}),
		pgPolicy('roles_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
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
		userAgent: text(),
		/** The network it was opened from: an IPv4 address or the /64 of an IPv6 one. */
		network: text(),
		/** How the person proved who they are when it began. */
		openedBy: text({ enum: ['mail', 'passkey', 'provider', 'demo'] })
			.notNull()
			.default('mail'),
		/** When a passkey last answered in this session with its owner's finger, face or PIN; null when none did. */
		passkeyAt: instant(),
		/** "This is a shared computer": nothing is kept on the device. */
		shared: boolean().notNull().default(false)
	},
	(t) => [
		check('sessions_opened_by', sql`opened_by in ('mail', 'passkey', 'provider', 'demo')`),
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

/** A key that never leaves its owner's device or key ring (WebAuthn); we keep the public half. */
export const passkeys = pgTable(
	'passkeys',
	{
		/** The credential's own id, base64url. */
		id: text().primaryKey(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		publicKey: bytes().notNull(),
		/** Signatures so far; an authenticator that counts and goes back is a copy. */
		counter: bigint({ mode: 'number' }).notNull(),
		/** How a browser may reach it, such as `internal` or `hybrid`. */
		transports: jsonb().$type<string[]>().notNull().default([]),
		/** Lives on several devices of its owner (a key ring in the cloud). */
		backedUp: boolean().notNull(),
		/** What its owner calls it. */
		name: text().notNull(),
		createdAt: instant().notNull().defaultNow(),
		lastUsedAt: instant()
	},
	(t) => [
		check('passkeys_name', sql`char_length(name) between 1 and 100`),
		check('passkeys_id', sql`char_length(id) between 16 and 1400`),
		index('passkeys_person').on(t.personId),
		pgPolicy('passkeys_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('passkeys_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** What a passkey is asked to sign, once: a challenge that was shown to one browser. */
export const passkeyChallenges = pgTable(
	'passkey_challenges',
	{
		id: id(),
		challenge: text().notNull(),
		purpose: text({ enum: ['add', 'sign-in', 'prove'] }).notNull(),
		/** Null for `sign-in`: who it is, the passkey says. */
		personId: uuid().references(() => people.id, { onDelete: 'cascade' }),
		createdAt: instant().notNull().defaultNow(),
		expiresAt: instant().notNull(),
		usedAt: instant()
	},
	(t) => [
		check('passkey_challenges_purpose', sql`purpose in ('add', 'sign-in', 'prove')`),
		index('passkey_challenges_person').on(t.personId),
		index('passkey_challenges_expires').on(t.expiresAt),
		pgPolicy('passkey_challenges_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** A person's account with an identity provider, known by the provider's own name for it and never by an address. */
export const providerAccounts = pgTable(
	'provider_accounts',
	{
		/** The `iss` of its tokens. */
		issuer: text().notNull(),
		/** The `sub`: what the provider calls this person, for good. */
		subject: text().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** Which of our doors it came through, such as `google`. */
		provider: text().notNull(),
		/** As the provider last said, only so that its owner recognises it. Nothing is decided by it. */
		label: text(),
		linkedAt: instant().notNull().defaultNow(),
		lastUsedAt: instant()
	},
	(t) => [
		primaryKey({ columns: [t.issuer, t.subject] }),
		check(
			'provider_accounts_sizes',
			sql`char_length(issuer) <= 300 and char_length(subject) <= 300 and char_length(label) <= 254`
		),
		index('provider_accounts_person').on(t.personId),
		pgPolicy('provider_accounts_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('provider_accounts_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** Somebody on the way to an identity provider and back: what must fit when they return. Used once. */
export const providerRequests = pgTable(
	'provider_requests',
	{
		id: id(),
		provider: text().notNull(),
		stateHash: bytes().notNull(),
		nonce: text().notNull(),
		/** PKCE: the secret half, which the provider sees only when we fetch the tokens. */
		codeVerifier: text().notNull(),
		/** Who links an account to themselves; null when somebody signs in. */
		personId: uuid().references(() => people.id, { onDelete: 'cascade' }),
		next: text().notNull(),
		shared: boolean().notNull().default(false),
		createdAt: instant().notNull().defaultNow(),
		expiresAt: instant().notNull(),
		usedAt: instant()
	},
	(t) => [
		uniqueIndex('provider_requests_state').on(t.stateHash),
		index('provider_requests_person').on(t.personId),
		index('provider_requests_expires').on(t.expiresAt),
		pgPolicy('provider_requests_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** An address that somebody says is theirs, until a code from its mailbox shows it. */
export const addressProofs = pgTable(
	'address_proofs',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		address: text().notNull(),
		codeHash: bytes().notNull(),
		createdAt: instant().notNull().defaultNow(),
		expiresAt: instant().notNull(),
		usedAt: instant(),
		codesTried: integer().notNull().default(0)
	},
	(t) => [
		index('address_proofs_person').on(t.personId, t.createdAt),
		index('address_proofs_address').on(t.address, t.createdAt),
		pgPolicy('address_proofs_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** What a person chose on the first day, and may change on any other. */
export const personSettings = pgTable(
	'person_settings',
	{
		personId: uuid()
			.primaryKey()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** IANA name; null: that of the program. */
		timeZone: text(),
		remind: text({ enum: ['never', 'daily', 'weekly'] })
			.notNull()
			.default('weekly'),
		/** When the three first steps were taken, or passed over. */
		firstRunAt: instant()
	},
	() => [
		check('person_settings_remind', sql`remind in ('never', 'daily', 'weekly')`),
		check('person_settings_time_zone', sql`char_length(time_zone) <= 64`),
		pgPolicy('person_settings_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('person_settings_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** When in a week somebody has time for this work, in their own zone. */
export const freeTimes = pgTable(
	'free_times',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** 1 is Monday, 7 Sunday (ISO 8601); null: on every school day. */
		weekday: integer(),
		startsAt: time().notNull(),
		endsAt: time().notNull()
	},
	(t) => [
		check('free_times_weekday', sql`weekday between 1 and 7`),
		check('free_times_span', sql`ends_at > starts_at`),
		unique('free_times_once').on(t.personId, t.weekday, t.startsAt).nullsNotDistinct(),
		pgPolicy('free_times_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('free_times_service', { for: 'select', to: service, using: sql`true` })
	]
);
