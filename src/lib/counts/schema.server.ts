/**
 * How many people of a program stand where, rolled up by school, district and state. Worked out of facts again and again
 * (`tally.server.ts`): the table can be emptied at any time, and comes back the same.
 */
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgPolicy, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { programs } from '#lib/program/schema.server.ts';
import { instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

const count = () => integer().notNull();

export const programCounts = pgTable(
	'program_counts',
	{
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		/** An organization, or the program itself for the whole. */
		placeId: uuid().notNull(),
		/** Those of the place of whom nothing below it is known. */
		rest: boolean().notNull(),
		/** Null: the whole. */
		withinId: uuid(),
		kind: text({ enum: ['program', 'state', 'district', 'school', 'rest'] }).notNull(),
		/** As the organization is called, copied: so that a page is read in order of names from one index. */
		name: text().notNull(),
		invited: count(),
		applied: count(),
		waiting: count(),
		enrolled: count(),
		active: count(),
		completed: count(),
		withdrawn: count(),
		submitted: count(),
		earned: count(),
		expired: count(),
		pairsProposed: count(),
		pairsAccepted: count(),
		pairsActive: count(),
		pairsPaused: count(),
		pairsEnded: count(),
		/** What does not leave the program: a bit for each of `leaving`, in its order. */
		hidden: integer().notNull(),
		/** As of when all rows of the program are; only with the whole. */
		countedAt: instant()
	},
	(t) => [
		primaryKey({ columns: [t.programId, t.placeId, t.rest] }),
		check('program_counts_kind', sql`kind in ('program', 'state', 'district', 'school', 'rest')`),
		check(
			'program_counts_whole',
			sql`(kind = 'program') = (within_id is null) and (kind = 'program') = (counted_at is not null) and (kind = 'rest') = rest`
		),
		index('program_counts_within').on(t.programId, t.withinId, t.rest, sql`name collate "und-x-icu"`, t.placeId),
		pgPolicy('program_counts_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('program_counts_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
