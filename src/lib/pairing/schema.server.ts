/** A teacher and a mentor, the coach beside them, and how a pair begins and ends. */
import { sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	check,
	date,
	index,
	integer,
	jsonb,
	numeric,
	pgPolicy,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { microcredentials } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { cohorts, programs } from '#lib/program/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { Draft } from './plan.ts';
import type { Weights } from './matching.ts';

export const pairs = pgTable(
	'pairs',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		cohortId: uuid().references(() => cohorts.id),
		teacherId: uuid()
			.notNull()
			.references(() => people.id),
		mentorId: uuid()
			.notNull()
			.references(() => people.id),
		status: text({ enum: ['proposed', 'accepted', 'active', 'paused', 'ended'] }).notNull(),
		/**
		 * How an ended pair ended. After `completed` both keep reading what they wrote together;
		 * after `rematched` or `withdrawn` the words stay with the teacher alone.
		 */
		endedAs: text({ enum: ['completed', 'rematched', 'withdrawn'] }),
		proposedAt: instant().notNull().defaultNow(),
		activeAt: instant(),
		endedAt: instant(),
		/** The pair before it, where the teacher was matched anew. */
		followsId: uuid().references((): AnyPgColumn => pairs.id),
		/** What the two begin with, where that was known when they were matched. */
		beginsWithId: uuid().references(() => microcredentials.id)
	},
	(t) => [
		check('pairs_status', sql`status in ('proposed', 'accepted', 'active', 'paused', 'ended')`),
		check('pairs_ended_as', sql`ended_as in ('completed', 'rematched', 'withdrawn')`),
		check(
			'pairs_end',
			sql`(status = 'ended') = (ended_as is not null) and (status = 'ended') = (ended_at is not null)`
		),
		check('pairs_two_people', sql`teacher_id <> mentor_id`),
		// One mentor at a time in a program; an ended pair leaves room for the next.
		uniqueIndex('pairs_one_open')
			.on(t.programId, t.teacherId)
			.where(sql`status <> 'ended'`),
		index('pairs_teacher').on(t.teacherId),
		index('pairs_mentor').on(t.mentorId),
		index('pairs_cohort').on(t.cohortId),
		index('pairs_program').on(t.programId),
		pgPolicy('pairs_read', {
			for: 'select',
			to: authenticated,
			using: sql`id = any ((select app.pair_ids())::uuid[]) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		// Who may be proposed, and whether there is a place, is asked by the trigger `pairs_keep_life`.
		pgPolicy('pairs_propose', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and status = 'proposed' and active_at is null and proposed_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		// The two accept, begin, pause and go on; the same trigger holds that both agree.
		pgPolicy('pairs_move', {
			for: 'update',
			to: authenticated,
			using: sql`(teacher_id = (select app.uid()) or mentor_id = (select app.uid())) and status <> 'ended'`,
			withCheck: sql`(teacher_id = (select app.uid()) or mentor_id = (select app.uid())) and status in ('accepted', 'active', 'paused')`
		}),
		pgPolicy('pairs_end', {
			for: 'update',
			to: authenticated,
			using: sql`id = any ((select app.endable_pair_ids())::uuid[])`,
			withCheck: sql`status = 'ended'`
		}),
		pgPolicy('pairs_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** What happened to a pair, when, by whom and why; only ever added to. */
export const pairEvents = pgTable(
	'pair_events',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		kind: text({
			enum: [
				'proposed',
				'overridden',
				'accepted',
				'declined',
				'started',
				'pause-asked',
				'paused',
				'resume-asked',
				'resumed',
				'not-now',
				'ended'
			]
		}).notNull(),
		at: instant().notNull().defaultNow(),
		/** Null when the program did it, not a person. */
		byPersonId: uuid().references(() => people.id),
		reason: text()
	},
	(t) => [
		check(
			'pair_events_kind',
			sql`kind in ('proposed', 'overridden', 'accepted', 'declined', 'started', 'pause-asked', 'paused', 'resume-asked', 'resumed', 'not-now', 'ended')`
		),
		check('pair_events_reason', sql`char_length(reason) <= 2000`),
		index('pair_events_pair').on(t.pairId, t.at),
		// Whoever may see the pair may see how it went: the two, their coach, a manager of the program.
		pgPolicy('pair_events_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.pair_ids())::uuid[]) or pair_id = any ((select app.managed_pair_ids())::uuid[])`
		}),
		// Written just before the pair is set to ended, so only who may end it can write it, and only once.
		pgPolicy('pair_events_end', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`kind = 'ended' and by_person_id = (select app.uid()) and pair_id = any ((select app.endable_pair_ids())::uuid[])`
		}),
		pgPolicy('pair_events_two', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`by_person_id = (select app.uid()) and (pair_id::text || ' ' || kind) = any ((select app.own_pair_steps())::text[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('pair_events_propose', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`kind in ('proposed', 'overridden') and by_person_id = (select app.uid()) and pair_id = any ((select app.proposed_pair_ids())::uuid[]) and at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('pair_events_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** Which coach looks after which pair, from when until when. */
export const caseloads = pgTable(
	'caseloads',
	{
		id: id(),
		coachId: uuid()
			.notNull()
			.references(() => people.id),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		fromAt: instant().notNull().defaultNow(),
		untilAt: instant()
	},
	(t) => [
		uniqueIndex('caseloads_one_coach')
			.on(t.pairId)
			.where(sql`until_at is null`),
		index('caseloads_coach').on(t.coachId),
		index('caseloads_pair').on(t.pairId),
		pgPolicy('caseloads_read', {
			for: 'select',
			to: authenticated,
			using: sql`coach_id = (select app.uid()) or pair_id = any ((select app.pair_ids())::uuid[])`
		}),
		pgPolicy('caseloads_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * A mentor scored an anchor submission: one whose scores are agreed, which assessors practise on. Entered by a manager, with
 * the day on which it was done; an entry that was wrong is taken back and stays. Two different ones make a mentor ready for
 * the competency of that microcredential.
 */
export const anchorScores = pgTable(
	'anchor_scores',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		mentorId: uuid()
			.notNull()
			.references(() => people.id),
		microcredentialId: uuid()
			.notNull()
			.references(() => microcredentials.id),
		/** What the issuer or the program calls it, such as "Anchor 3". */
		anchor: text().notNull(),
		scoredOn: date().notNull(),
		enteredById: uuid()
			.notNull()
			.references(() => people.id),
		enteredAt: instant().notNull().defaultNow(),
		takenBackById: uuid().references(() => people.id),
		takenBackAt: instant()
	},
	(t) => [
		check('anchor_scores_anchor', sql`char_length(anchor) between 1 and 100 and anchor = btrim(anchor)`),
		check('anchor_scores_taken_back', sql`(taken_back_at is null) = (taken_back_by_id is null)`),
		// The same anchor twice is one anchor.
		uniqueIndex('anchor_scores_once')
			.on(t.mentorId, t.microcredentialId, sql`lower(${t.anchor})`)
			.where(sql`taken_back_at is null`),
		index('anchor_scores_mentor').on(t.mentorId),
		index('anchor_scores_program').on(t.programId),
		pgPolicy('anchor_scores_read', {
			for: 'select',
			to: authenticated,
			using: sql`mentor_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		// Nobody enters one in the name of another, or dates the entry back.
		pgPolicy('anchor_scores_enter', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid()) and taken_back_at is null and entered_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('anchor_scores_take_back', {
			for: 'update',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and taken_back_at is null`,
			withCheck: sql`taken_back_by_id = (select app.uid())`
		}),
		pgPolicy('anchor_scores_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * How many teachers a mentor may have, and by when a teacher is to be matched, as a state or we ourselves say it: a row for
 * each rule and each day from which it is another. Only ever added to, by migrations.
 */
export const capacityRules = pgTable(
	'capacity_rules',
	{
		id: id(),
		key: text().notNull(),
		name: text().notNull(),
		/** Null: since before we looked. */
		fromOn: date(),
		/** Null: it sets no number, and ours counts. */
		most: integer(),
		/** From so many hours of teaching a day on, fewer. */
		fullDayHours: numeric({ precision: 3, scale: 1, mode: 'number' }),
		mostFullDay: integer(),
		/** From employment, the day itself being the first; from enrollment, days after it. */
		matchDays: integer(),
		matchFrom: text({ enum: ['employment', 'enrollment'] }),
		source: text().notNull(),
		asOf: date().notNull()
	},
	(t) => [
		unique('capacity_rules_dated').on(t.key, t.fromOn).nullsNotDistinct(),
		check(
			'capacity_rules_numbers',
			sql`most between 1 and 100 and most_full_day between 1 and most and full_day_hours between 0 and 24 and match_days between 1 and 1000`
		),
		check('capacity_rules_full_day', sql`(full_day_hours is null) = (most_full_day is null)`),
		check(
			'capacity_rules_match',
			sql`(match_days is null) = (match_from is null) and match_from in ('employment', 'enrollment')`
		),
		pgPolicy('capacity_rules_read', { for: 'select', to: [authenticated, service], using: sql`true` })
	]
);

/** Which rule a program goes by, from which day on, and why; the newest that has begun counts. Only ever added to. */
export const programCapacity = pgTable(
	'program_capacity',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		ruleKey: text().notNull(),
		/** The program's own number: below that of its state, or in the place of ours. */
		ownMost: integer(),
		fromOn: date().notNull(),
		reason: text().notNull(),
		setById: uuid()
			.notNull()
			.references(() => people.id),
		setAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('program_capacity_own', sql`own_most between 1 and 100`),
		check('program_capacity_reason', sql`char_length(reason) between 1 and 500`),
		index('program_capacity_program').on(t.programId, t.fromOn),
		pgPolicy('program_capacity_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.program_ids())::uuid[])`
		}),
		pgPolicy('program_capacity_set', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid()) and set_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('program_capacity_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** How many hours a day a mentor teaches, from which day on. Only ever added to; nothing entered is "not known". */
export const mentorHours = pgTable(
	'mentor_hours',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		mentorId: uuid()
			.notNull()
			.references(() => people.id),
		fromOn: date().notNull(),
		hours: numeric({ precision: 3, scale: 1, mode: 'number' }).notNull(),
		enteredById: uuid()
			.notNull()
			.references(() => people.id),
		enteredAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('mentor_hours_hours', sql`hours between 0 and 24`),
		index('mentor_hours_mentor').on(t.mentorId, t.fromOn),
		index('mentor_hours_program').on(t.programId),
		pgPolicy('mentor_hours_read', {
			for: 'select',
			to: authenticated,
			using: sql`mentor_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('mentor_hours_enter', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid()) and entered_at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('mentor_hours_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** What a teacher or mentor teaches, as the program entered it, to match them by. What nobody entered is not known. */
export const teachingFacts = pgTable(
	'teaching_facts',
	{
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** In lower case. */
		subjects: text().array().notNull(),
		grades: text().array().notNull(),
		languages: text().array().notNull(),
		/** What a teacher begins with. */
		beginsWithId: uuid().references(() => microcredentials.id),
		enteredById: uuid()
			.notNull()
			.references(() => people.id),
		enteredAt: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.programId, t.personId] }),
		check(
			'teaching_facts_sizes',
			sql`cardinality(subjects) <= 10 and cardinality(grades) <= 20 and cardinality(languages) <= 10`
		),
		index('teaching_facts_person').on(t.personId),
		pgPolicy('teaching_facts_read_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('teaching_facts_enter', {
			for: 'all',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[])`,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and entered_by_id = (select app.uid())`
		}),
		pgPolicy('teaching_facts_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** How a program matches, and the plan at hand; a plan is gone once it is proposed or thrown away. */
export const matchings = pgTable(
	'matchings',
	{
		programId: uuid()
			.primaryKey()
			.references(() => programs.id),
		/** Null: the usual ones. */
		weights: jsonb().$type<Weights>(),
		draft: jsonb().$type<Draft>(),
		changedById: uuid()
			.notNull()
			.references(() => people.id),
		changedAt: instant().notNull().defaultNow()
	},
	() => [
		pgPolicy('matchings_draft', {
			for: 'all',
			to: authenticated,
			using: sql`program_id = any ((select app.managed_program_ids())::uuid[])`,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and changed_by_id = (select app.uid())`
		}),
		pgPolicy('matchings_service', { for: 'select', to: service, using: sql`true` })
	]
);
