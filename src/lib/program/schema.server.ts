/** Programs, their cohorts in waves, and who is enrolled under which rule. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgPolicy, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { stackVersions } from '#lib/catalogue/schema.server.ts';
import { organizations, people } from '#lib/identity/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';

export const programs = pgTable(
	'programs',
	{
		id: id(),
		key: text().notNull().unique(),
		name: text().notNull(),
		organizationId: uuid()
			.notNull()
			.references(() => organizations.id),
		/** Deadlines and expiries end at midnight of this zone. */
		timeZone: text().notNull(),
		startsOn: date().notNull(),
		endsOn: date(),
		createdAt: instant().notNull().defaultNow()
	},
	(t) => [
		index('programs_organization').on(t.organizationId),
		pgPolicy('programs_read', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.program_ids())::uuid[])`
		}),
		pgPolicy('programs_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** About 25 teachers who start together in one wave. */
export const cohorts = pgTable(
	'cohorts',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		name: text().notNull(),
		wave: integer().notNull().default(1),
		capacity: integer().notNull().default(25),
		startsOn: date().notNull(),
		endsOn: date()
	},
	(t) => [
		check('cohorts_capacity', sql`capacity >= 0`),
		index('cohorts_program').on(t.programId),
		pgPolicy('cohorts_read', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.cohort_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('cohorts_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A teacher in a program, bound to the stack version whose rule counts for them. */
export const enrollments = pgTable(
	'enrollments',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		cohortId: uuid().references(() => cohorts.id),
		stackVersionId: uuid()
			.notNull()
			.references(() => stackVersions.id),
		status: text({ enum: ['invited', 'applied', 'waiting', 'enrolled', 'active', 'completed', 'withdrawn'] }).notNull(),
		/** When the teacher joined the list: the order of waves. */
		joinedListAt: instant().notNull().defaultNow(),
		enrolledAt: instant(),
		endedAt: instant()
	},
	(t) => [
		unique('enrollments_once').on(t.programId, t.personId),
		check(
			'enrollments_status',
			sql`status in ('invited', 'applied', 'waiting', 'enrolled', 'active', 'completed', 'withdrawn')`
		),
		index('enrollments_person').on(t.personId),
		index('enrollments_cohort').on(t.cohortId),
		pgPolicy('enrollments_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = any ((select app.progress_person_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('enrollments_service', { for: 'select', to: service, using: sql`true` })
	]
);
