/** The shared document of a pair: its row, its update log, and who wrote under which Yjs client id. */
import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgPolicy, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
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
			using: sql`pair_id = any ((select app.readable_pair_ids())::uuid[])`
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
