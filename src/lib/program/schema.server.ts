/** Programs, their cohorts in waves, and who is enrolled under which rule. */
import { sql } from 'drizzle-orm';
import {
	check,
	date,
	foreignKey,
	index,
	integer,
	pgPolicy,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { microcredentials, stackVersions } from '#lib/catalogue/schema.server.ts';
import { organizations, people } from '#lib/identity/schema.server.ts';
import { bytes, id, instant } from '#lib/server/columns.ts';
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
		// What points at a cohort and its program points at both at once, so that they can't be of two programs.
		unique('cohorts_of_program').on(t.id, t.programId),
		index('cohorts_program').on(t.programId),
		pgPolicy('cohorts_read', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.discussing_cohort_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('cohorts_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** The stacks among which a program's teachers choose, each in the version that binds whoever chooses it now. */
export const programStacks = pgTable(
	'program_stacks',
	{
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		stackVersionId: uuid()
			.notNull()
			.references(() => stackVersions.id),
		fromAt: instant().notNull().defaultNow(),
		untilAt: instant()
	},
	(t) => [
		primaryKey({ columns: [t.programId, t.stackVersionId] }),
		check('program_stacks_time', sql`until_at is null or until_at >= from_at`),
		index('program_stacks_version').on(t.stackVersionId),
		pgPolicy('program_stacks_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.program_ids())::uuid[])`
		}),
		pgPolicy('program_stacks_service', { for: 'select', to: service, using: sql`true` }),
		pgPolicy('program_stacks_service_add', { for: 'insert', to: service, withCheck: sql`true` }),
		pgPolicy('program_stacks_service_end', {
			for: 'update',
			to: service,
			using: sql`until_at is null`,
			withCheck: sql`true`
		})
	]
);

/** The last day of a program was moved to a later one: an act with a date, a reason and who. Never changed, never undone. */
export const deadlineExtensions = pgTable(
	'deadline_extensions',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		/** The one teacher who has more time; null: everybody in the program. */
		personId: uuid(),
		/** The one requirement that has more time, by its place in this version's rule; null: all that the program asks. */
		stackVersionId: uuid().references(() => stackVersions.id),
		requirement: integer(),
		/** The new last day on which something counts. */
		lastDay: date().notNull(),
		/** In a sentence of the manager's, which whoever has more time reads, with their mentor and coach. */
		reason: text().notNull(),
		extendedById: uuid()
			.notNull()
			.references(() => people.id),
		extendedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('deadline_extensions_reason', sql`char_length(reason) between 1 and 500`),
		check(
			'deadline_extensions_requirement',
			sql`(stack_version_id is null) = (requirement is null) and requirement >= 0`
		),
		index('deadline_extensions_program').on(t.programId, t.extendedAt),
		index('deadline_extensions_by').on(t.extendedById),
		// More time is given to whoever is enrolled, and to nobody else.
		foreignKey({
			columns: [t.programId, t.personId],
			foreignColumns: [enrollments.programId, enrollments.personId],
			name: 'deadline_extensions_enrolled'
		}),
		index('deadline_extensions_person').on(t.personId),
		index('deadline_extensions_stack').on(t.stackVersionId),
		pgPolicy('deadline_extensions_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.program_ids())::uuid[]) and (person_id is null or person_id = any ((select app.progress_person_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[]))`
		}),
		// Nobody dates one back.
		pgPolicy('deadline_extensions_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and extended_by_id = (select app.uid()) and extended_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('deadline_extensions_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * Days on which a program expects nothing: holidays and blackout weeks. Calendar days of the program's zone, first and last
 * included; breaks may overlap, and whoever reads them joins them. They are a calendar and no history, so one that was set
 * wrong is taken away; the audit record says who did.
 */
export const programBreaks = pgTable(
	'program_breaks',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		/** As teachers know it: "Winter break". */
		name: text().notNull(),
		firstDay: date().notNull(),
		lastDay: date().notNull(),
		/** Null: came with the program, by nobody's hand. */
		addedById: uuid().references(() => people.id),
		addedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('program_breaks_name', sql`char_length(name) between 1 and 80`),
		check('program_breaks_days', sql`last_day >= first_day and last_day - first_day < 120`),
		index('program_breaks_program').on(t.programId, t.firstDay),
		index('program_breaks_by').on(t.addedById),
		pgPolicy('program_breaks_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.program_ids())::uuid[])`
		}),
		pgPolicy('program_breaks_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and added_by_id = (select app.uid())`
		}),
		pgPolicy('program_breaks_take_away', {
			for: 'delete',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('program_breaks_service', { for: 'select', to: service, using: sql`true` })
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
		// A teacher of the program who is not in it yet chooses among its stacks. Both ids in one, because a policy that
		// looked at another table would be asked for each row.
		pgPolicy('enrollments_choose', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and status = 'active' and ended_at is null and (program_id::text || ' ' || coalesce(cohort_id::text, '-') || ' ' || stack_version_id::text) = any ((select app.choosable_stacks())::text[])`
		}),
		pgPolicy('enrollments_leave', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid()) and status <> 'withdrawn'`,
			withCheck: sql`person_id = (select app.uid()) and status = 'withdrawn' and ended_at is not null`
		}),
		// Another stack of the program instead, for whoever is inside it. Ids and the
		// status in one, so that nothing else changes.
		pgPolicy('enrollments_change_stack', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid()) and status <> 'withdrawn'`,
			withCheck: sql`person_id = (select app.uid()) and ended_at is null and (id::text || ' ' || status || ' ' || stack_version_id::text) = any ((select app.exchangeable_stacks())::text[])`
		}),
		pgPolicy('enrollments_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A teacher was moved to another cohort of the program: from where, by whom and why. Made by `app.move_to_cohort` alone. */
export const cohortMoves = pgTable(
	'cohort_moves',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** Null: they had no cohort before. */
		fromCohortId: uuid(),
		toCohortId: uuid().notNull(),
		movedById: uuid()
			.notNull()
			.references(() => people.id),
		/** In a sentence of the manager's, which the teacher reads. */
		reason: text(),
		at: instant().notNull().defaultNow(),
		toldAt: instant()
	},
	(t) => [
		check('cohort_moves_reason', sql`char_length(reason) between 1 and 300`),
		foreignKey({
			columns: [t.fromCohortId, t.programId],
			foreignColumns: [cohorts.id, cohorts.programId],
			name: 'cohort_moves_from'
		}),
		foreignKey({
			columns: [t.toCohortId, t.programId],
			foreignColumns: [cohorts.id, cohorts.programId],
			name: 'cohort_moves_to'
		}),
		index('cohort_moves_program').on(t.programId, t.at),
		index('cohort_moves_person').on(t.personId),
		index('cohort_moves_from').on(t.fromCohortId, t.programId),
		index('cohort_moves_to').on(t.toCohortId, t.programId),
		index('cohort_moves_by').on(t.movedById),
		index('cohort_moves_untold')
			.on(t.at)
			.where(sql`told_at is null`),
		pgPolicy('cohort_moves_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('cohort_moves_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/**
 * A teacher rests: from one microcredential, or from everything in a program. Who follows their progress sees since when;
 * why stands in a table of its own, because a coach reads this one.
 */
export const pauses = pgTable(
	'pauses',
	{
		id: id(),
		enrollmentId: uuid()
			.notNull()
			.references(() => enrollments.id),
		/** The teacher, who alone pauses and goes on. */
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** Null: everything in the program. */
		microcredentialId: uuid().references(() => microcredentials.id),
		pausedAt: instant().notNull().defaultNow(),
		resumedAt: instant()
	},
	(t) => [
		check('pauses_time', sql`resumed_at is null or resumed_at >= paused_at`),
		unique('pauses_of_enrollment').on(t.id, t.enrollmentId),
		uniqueIndex('pauses_open_of_all')
			.on(t.enrollmentId)
			.where(sql`resumed_at is null and microcredential_id is null`),
		uniqueIndex('pauses_open_of_one')
			.on(t.enrollmentId, t.microcredentialId)
			.where(sql`resumed_at is null`),
		index('pauses_enrollment').on(t.enrollmentId, t.pausedAt),
		index('pauses_person').on(t.personId),
		index('pauses_microcredential').on(t.microcredentialId),
		pgPolicy('pauses_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = any ((select app.progress_person_ids())::uuid[])`
		}),
		// Nobody dates one back.
		pgPolicy('pauses_begin', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and resumed_at is null and enrollment_id = any ((select app.own_enrollment_ids())::uuid[]) and paused_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('pauses_resume', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid()) and resumed_at is null`,
			withCheck: sql`person_id = (select app.uid()) and resumed_at is not null`
		}),
		pgPolicy('pauses_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** Why a teacher rests, in their own words: for the two of the pair, and never for coach or manager. */
export const pauseReasons = pgTable(
	'pause_reasons',
	{
		pauseId: uuid().primaryKey(),
		enrollmentId: uuid().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		words: text().notNull()
	},
	(t) => [
		check('pause_reasons_words', sql`char_length(words) between 1 and 300`),
		foreignKey({
			columns: [t.pauseId, t.enrollmentId],
			foreignColumns: [pauses.id, pauses.enrollmentId],
			name: 'pause_reasons_of_pause'
		}),
		index('pause_reasons_enrollment').on(t.enrollmentId),
		index('pause_reasons_person').on(t.personId),
		pgPolicy('pause_reasons_read', {
			for: 'select',
			to: authenticated,
			using: sql`enrollment_id = any ((select app.paired_enrollment_ids())::uuid[])`
		}),
		pgPolicy('pause_reasons_say', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[])`
		})
	]
);

/** How a teacher wants to go through their stack: for the two of the pair. The weeks themselves are recomputed from facts. */
export const plans = pgTable(
	'plans',
	{
		enrollmentId: uuid()
			.primaryKey()
			.references(() => enrollments.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** What they say they have, breaks aside. */
		minutesPerWeek: integer().notNull(),
		/** Microcredentials in the order that they want; others follow. */
		inOrder: uuid().array().notNull(),
		savedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('plans_minutes', sql`minutes_per_week between 15 and 2400`),
		check('plans_order', sql`cardinality(in_order) <= 400`),
		index('plans_person').on(t.personId),
		pgPolicy('plans_read', {
			for: 'select',
			to: authenticated,
			using: sql`enrollment_id = any ((select app.paired_enrollment_ids())::uuid[])`
		}),
		pgPolicy('plans_begin', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[])`
		}),
		pgPolicy('plans_change', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[])`
		})
	]
);

/** By when a teacher plans to be done, as the plan said when they saved it last: all that a coach sees of it. */
export const planDates = pgTable(
	'plan_dates',
	{
		enrollmentId: uuid()
			.primaryKey()
			.references(() => enrollments.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** Null: not known, because how long something takes is not. */
		doneOn: date(),
		savedAt: instant().notNull().defaultNow()
	},
	(t) => [
		index('plan_dates_person').on(t.personId),
		pgPolicy('plan_dates_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = any ((select app.progress_person_ids())::uuid[])`
		}),
		pgPolicy('plan_dates_begin', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[])`
		}),
		pgPolicy('plan_dates_change', {
			for: 'update',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid()) and enrollment_id = any ((select app.own_enrollment_ids())::uuid[])`
		})
	]
);

/** Somebody is asked into a program, to a role: by mail to an address, or by a link that whoever holds it may use. */
export const invitations = pgTable(
	'invitations',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		cohortId: uuid(),
		role: text({ enum: ['teacher', 'mentor', 'coach', 'assessor', 'manager'] }).notNull(),
		/** As the one who invites wrote it; the one who comes may say it better. */
		name: text(),
		/** Normalised. With an address, only its mailbox opens it; null: a link to be handed over. */
		address: text(),
		invitedById: uuid()
			.notNull()
			.references(() => people.id),
		/** Of 32 random bytes in the link. */
		tokenHash: bytes().notNull(),
		createdAt: instant().notNull().defaultNow(),
		expiresAt: instant().notNull(),
		withdrawnAt: instant(),
		withdrawnById: uuid().references(() => people.id),
		acceptedAt: instant(),
		acceptedById: uuid().references(() => people.id)
	},
	(t) => [
		check('invitations_role', sql`role in ('teacher', 'mentor', 'coach', 'assessor', 'manager')`),
		check('invitations_once', sql`withdrawn_at is null or accepted_at is null`),
		check('invitations_accepted', sql`(accepted_at is null) = (accepted_by_id is null)`),
		check('invitations_withdrawn', sql`(withdrawn_at is null) = (withdrawn_by_id is null)`),
		check('invitations_expiry', sql`expires_at > created_at`),
		check('invitations_sizes', sql`char_length(name) between 1 and 200 and char_length(address) <= 254`),
		foreignKey({
			columns: [t.cohortId, t.programId],
			foreignColumns: [cohorts.id, cohorts.programId],
			name: 'invitations_cohort_of_program'
		}),
		uniqueIndex('invitations_token').on(t.tokenHash),
		index('invitations_program').on(t.programId, t.createdAt),
		index('invitations_address').on(t.address, t.createdAt),
		index('invitations_invited_by').on(t.invitedById),
		index('invitations_accepted_by').on(t.acceptedById),
		pgPolicy('invitations_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[]) or accepted_by_id = (select app.uid())`
		}),
		pgPolicy('invitations_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and invited_by_id = (select app.uid()) and accepted_at is null and withdrawn_at is null`
		}),
		pgPolicy('invitations_withdraw', {
			for: 'update',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and accepted_at is null`,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and withdrawn_by_id = (select app.uid())`
		}),
		pgPolicy('invitations_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
