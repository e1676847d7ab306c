/** The shared document of a pair: its row, its update log, and who wrote under which Yjs client id. */
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	pgPolicy,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { microcredentialVersions } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { bytes, id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

/** Only those who may read the pair's words; a coach never, not even the title. */
const readersRead = (name: string) =>
	pgPolicy(name, {
		for: 'select',
		to: authenticated,
		using: sql`reflection_id = any ((select app.readable_reflection_ids())::uuid[])`
	});
const serviceKeeps = (name: string) =>
	pgPolicy(name, { for: 'all', to: service, using: sql`true`, withCheck: sql`true` });

export const reflections = pgTable(
	'reflections',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		/** The version whose prompts and rubric this reflection answers; it never changes underneath. */
		microcredentialVersionId: uuid()
			.notNull()
			.references(() => microcredentialVersions.id),
		title: text().notNull(),
		createdBy: uuid()
			.notNull()
			.references(() => people.id),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('reflections_title', sql`char_length(title) between 1 and 200`),
		index('reflections_pair').on(t.pairId),
		index('reflections_microcredential').on(t.microcredentialVersionId),
		pgPolicy('reflections_read', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.readable_reflection_ids())::uuid[])`
		}),
		pgPolicy('reflections_start', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`pair_id = any ((select app.writable_pair_ids())::uuid[]) and created_by = (select app.uid())`
		}),
		pgPolicy('reflections_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * The log: what was typed, in the order in which it became durable. `number` counts 1, 2, 3 … within one
 * reflection, so the primary key itself keeps two servers from writing different orders: the second one to
 * write a number fails, reads what it missed and tries again.
 *
 * No foreign keys: the one statement that writes here reads the reflection and the person in it anyway, and each check
 * would lock, and so write, a row of theirs for every letter typed. What keeps both from being deleted is
 * `reflection_clients`, where everybody who writes has a row.
 */
export const reflectionUpdates = pgTable(
	'reflection_updates',
	{
		reflectionId: uuid().notNull(),
		number: integer().notNull(),
		personId: uuid().notNull(),
		/** One or more Yjs updates (format v1) of this person, each behind its length as a varint. */
		updates: bytes().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.reflectionId, t.number] }),
		readersRead('reflection_updates_read'),
		serviceKeeps('reflection_updates_service')
	]
);

/** The log up to a number, folded into one Yjs update. Rows that it holds move to the history a little later. */
export const reflectionSnapshots = pgTable(
	'reflection_snapshots',
	{
		reflectionId: uuid()
			.primaryKey()
			.references(() => reflections.id),
		upToNumber: integer().notNull(),
		state: bytes().notNull(),
		createdAt: instant().notNull().defaultNow()
	},
	() => [readersRead('reflection_snapshots_read'), serviceKeeps('reflection_snapshots_service')]
);

/** What was typed, by whom and when, after the log was folded: runs of log rows by one person, close in time. */
export const reflectionHistory = pgTable(
	'reflection_history',
	{
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		fromNumber: integer().notNull(),
		toNumber: integer().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		fromAt: instant().notNull(),
		toAt: instant().notNull(),
		/** The rows one after the other: number, ms since 1970, length (int4, int8, int4, big-endian), then `updates`. */
		rows: bytes().notNull()
	},
	(t) => [
		primaryKey({ columns: [t.reflectionId, t.fromNumber] }),
		readersRead('reflection_history_read'),
		serviceKeeps('reflection_history_service')
	]
);

/**
 * A Yjs client id belongs, within one reflection, to the person who first wrote under it: for good. Nobody: it came back
 * from a browser after a restore, and whose it is, is not known.
 */
export const reflectionClients = pgTable(
	'reflection_clients',
	{
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		clientId: bigint({ mode: 'number' }).notNull(),
		personId: uuid().references(() => people.id),
		firstSeenAt: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.reflectionId, t.clientId] }),
		readersRead('reflection_clients_read'),
		serviceKeeps('reflection_clients_service')
	]
);

/**
 * When a teacher let the mentor in, and took that back. Shared now: a row without an end. The mentor's own beginnings are
 * shared from the first moment, as everything was before teachers could begin alone.
 */
export const reflectionSharings = pgTable(
	'reflection_sharings',
	{
		id: id(),
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		sharedBy: uuid()
			.notNull()
			.references(() => people.id),
		sharedAt: instant().notNull().defaultNow(),
		takenBackBy: uuid().references(() => people.id),
		takenBackAt: instant()
	},
	(t) => [
		check('reflection_sharings_taken_back', sql`(taken_back_at is null) = (taken_back_by is null)`),
		check('reflection_sharings_time', sql`taken_back_at is null or taken_back_at >= shared_at`),
		uniqueIndex('reflection_sharings_now')
			.on(t.reflectionId)
			.where(sql`taken_back_at is null`),
		index('reflection_sharings_reflection').on(t.reflectionId),
		readersRead('reflection_sharings_read'),
		pgPolicy('reflection_sharings_share', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`shared_by = (select app.uid()) and taken_back_at is null and reflection_id = any ((select app.shareable_reflection_ids())::uuid[])`
		}),
		pgPolicy('reflection_sharings_take_back', {
			for: 'update',
			to: authenticated,
			using: sql`taken_back_at is null and reflection_id = any ((select app.returnable_reflection_ids())::uuid[])`,
			withCheck: sql`taken_back_by = (select app.uid())`
		}),
		pgPolicy('reflection_sharings_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * A state of the text that somebody gave a name, or that was frozen for handing in. Both point at a row of the log, from
 * which the state can be read again for good; what is frozen also stands here as it was, with its hash.
 */
export const reflectionVersions = pgTable(
	'reflection_versions',
	{
		id: id(),
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		kind: text({ enum: ['named', 'frozen'] }).notNull(),
		name: text().notNull(),
		/** The last row of the log that is in it; 0 is the empty page. */
		upToNumber: integer().notNull(),
		/** The text as JSON, exactly as hashed. */
		content: text(),
		/** SHA-256 of `content` in UTF-8, in hex. */
		hash: text(),
		createdBy: uuid()
			.notNull()
			.references(() => people.id),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('reflection_versions_kind', sql`kind in ('named', 'frozen')`),
		check('reflection_versions_name', sql`char_length(name) between 1 and 100`),
		check('reflection_versions_number', sql`up_to_number >= 0`),
		check(
			'reflection_versions_frozen',
			sql`(kind = 'frozen') = (content is not null) and (content is null) = (hash is null)`
		),
		check('reflection_versions_hash', sql`hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')`),
		index('reflection_versions_reflection').on(t.reflectionId),
		readersRead('reflection_versions_read'),
		pgPolicy('reflection_versions_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`created_by = (select app.uid()) and reflection_id = any ((select app.writable_reflection_ids())::uuid[]) and (kind = 'named' or reflection_id = any ((select app.taught_reflection_ids())::uuid[]))`
		}),
		pgPolicy('reflection_versions_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** How far somebody has read: the last row of the log that they had seen. */
export const reflectionLooks = pgTable(
	'reflection_looks',
	{
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		upToNumber: integer().notNull(),
		lookedAt: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.reflectionId, t.personId] }),
		check('reflection_looks_number', sql`up_to_number >= 0`),
		index('reflection_looks_person').on(t.personId),
		pgPolicy('reflection_looks_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid()) and reflection_id = any ((select app.readable_reflection_ids())::uuid[])`
		}),
		pgPolicy('reflection_looks_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** Words that the teacher shows the pair's coach, as they were then; nothing that is written later goes along. */
export const reflectionPassages = pgTable(
	'reflection_passages',
	{
		id: id(),
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		/** The passage as JSON, as ProseMirror says it. */
		content: text().notNull(),
		grantedBy: uuid()
			.notNull()
			.references(() => people.id),
		grantedAt: instant().notNull().defaultNow(),
		withdrawnBy: uuid().references(() => people.id),
		withdrawnAt: instant()
	},
	(t) => [
		// 20 pages; longer ones are a reason to talk.
		check('reflection_passages_length', sql`char_length(content) between 1 and 100000`),
		check('reflection_passages_withdrawn', sql`(withdrawn_at is null) = (withdrawn_by is null)`),
		index('reflection_passages_reflection').on(t.reflectionId),
		pgPolicy('reflection_passages_read', {
			for: 'select',
			to: authenticated,
			using: sql`reflection_id = any ((select app.readable_reflection_ids())::uuid[]) or id = any ((select app.granted_passage_ids())::uuid[])`
		}),
		pgPolicy('reflection_passages_grant', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`granted_by = (select app.uid()) and withdrawn_at is null and reflection_id = any ((select app.showable_reflection_ids())::uuid[])`
		}),
		// Each of the two, at once and without asking the other.
		pgPolicy('reflection_passages_withdraw', {
			for: 'update',
			to: authenticated,
			using: sql`withdrawn_at is null and reflection_id = any ((select app.readable_reflection_ids())::uuid[])`,
			withCheck: sql`withdrawn_by = (select app.uid())`
		}),
		pgPolicy('reflection_passages_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * Lines of an earlier pair's reflection that its teacher lets a new mentor read, as they were when that pair ended. Nothing
 * is shown unless it is here, and it is gone for the mentor the moment it is taken back.
 */
export const earlierPassages = pgTable(
	'earlier_passages',
	{
		id: id(),
		/** The new pair. */
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		reflectionId: uuid()
			.notNull()
			.references(() => reflections.id),
		/** The lines as JSON, as ProseMirror says it. */
		content: text().notNull(),
		shownBy: uuid()
			.notNull()
			.references(() => people.id),
		shownAt: instant().notNull().defaultNow(),
		takenBackAt: instant()
	},
	(t) => [
		check('earlier_passages_length', sql`char_length(content) between 1 and 100000`),
		index('earlier_passages_pair').on(t.pairId),
		index('earlier_passages_reflection').on(t.reflectionId),
		index('earlier_passages_shown_by').on(t.shownBy),
		pgPolicy('earlier_passages_read', {
			for: 'select',
			to: authenticated,
			using: sql`shown_by = (select app.uid()) or (taken_back_at is null and pair_id = any ((select app.mentored_pair_ids())::uuid[]))`
		}),
		pgPolicy('earlier_passages_show', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`shown_by = (select app.uid()) and taken_back_at is null and (pair_id::text || ' ' || reflection_id::text) = any ((select app.handable_reflections())::text[])`
		}),
		pgPolicy('earlier_passages_take_back', {
			for: 'update',
			to: authenticated,
			using: sql`shown_by = (select app.uid()) and taken_back_at is null`,
			withCheck: sql`shown_by = (select app.uid()) and taken_back_at is not null`
		}),
		pgPolicy('earlier_passages_service', { for: 'select', to: service, using: sql`true` })
	]
);
