/**
 * What progress keeps: what was granted when a stack was complete, why a second microcredential was begun beside another,
 * a coach’s own marks and what a coach wrote to a pair. Everything else is recomputed.
 */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, jsonb, pgPolicy, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { stackOutcomes } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { enrollments, programs } from '#lib/program/schema.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { MarkKind } from './marks.ts';
import type { Cause } from './outcomes.ts';
import type { AddressedTo, ReachKind } from './reach-words.ts';

/**
 * An outcome granted to somebody, once: the database knows no second one. What it rests on stays beside it, and a later
 * expiry takes nothing back.
 */
export const outcomeGrants = pgTable(
	'outcome_grants',
	{
		id: id(),
		outcomeId: uuid()
			.notNull()
			.references(() => stackOutcomes.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		enrollmentId: uuid()
			.notNull()
			.references(() => enrollments.id),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		/** When the rule was first met. */
		metAt: instant().notNull(),
		grantedAt: instant().notNull().defaultNow(),
		/** The awards and submissions that met it. */
		causedBy: jsonb().$type<Cause[]>().notNull()
	},
	(t) => [
		unique('outcome_grants_once').on(t.personId, t.outcomeId),
		index('outcome_grants_program').on(t.programId, t.grantedAt),
		index('outcome_grants_outcome').on(t.outcomeId),
		index('outcome_grants_enrollment').on(t.enrollmentId),
		// What somebody is paid is theirs and their program's, and not their mentor's or coach's.
		pgPolicy('outcome_grants_read', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid()) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('outcome_grants_service', { for: 'select', to: service, using: sql`true` }),
		pgPolicy('outcome_grants_service_add', { for: 'insert', to: service, withCheck: sql`true` })
	]
);

/** Why one of a pair began a reflection beside another microcredential: for whoever may read that reflection, the two at most. */
export const secondReasons = pgTable(
	'second_reasons',
	{
		reflectionId: uuid()
			.primaryKey()
			.references(() => reflections.id),
		/** Who began it. */
		personId: uuid()
			.notNull()
			.references(() => people.id),
		choice: text().notNull(),
		/** Their own words; null when the choice says it all. */
		words: text(),
		at: instant().notNull().defaultNow()
	},
	(t) => [
		check('second_reasons_choice', sql`choice in ('waiting', 'fits-class', 'practised', 'other')`),
		check(
			'second_reasons_words',
			sql`char_length(words) between 1 and 300 and (choice <> 'other' or words is not null)`
		),
		index('second_reasons_person').on(t.personId),
		pgPolicy('second_reasons_read', {
			for: 'select',
			to: authenticated,
			using: sql`reflection_id = any ((select app.readable_reflection_ids())::uuid[])`
		}),
		pgPolicy('second_reasons_say', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`person_id = (select app.uid()) and reflection_id = any ((select app.readable_reflection_ids())::uuid[])`
		})
	]
);

/**
 * What a coach notes of a pair for themselves: a note, a day on which to look again, or that now is not the time. Read by
 * that coach while the pair is on their caseload, and by nobody else.
 */
export const coachMarks = pgTable(
	'coach_marks',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		coachId: uuid()
			.notNull()
			.references(() => people.id),
		kind: text().$type<MarkKind>().notNull(),
		words: text().notNull(),
		/** Look again on this day, or not before it; a note has none. */
		until: date(),
		madeAt: instant().notNull().defaultNow(),
		/** Done, or taken back. */
		endedAt: instant()
	},
	(t) => [
		check('coach_marks_kind', sql`kind in ('note', 'follow-up', 'not-now')`),
		check('coach_marks_words', sql`char_length(words) between 1 and 2000`),
		check('coach_marks_until', sql`(kind = 'note') = (until is null)`),
		index('coach_marks_pair').on(t.pairId, t.madeAt),
		index('coach_marks_coach').on(t.coachId),
		pgPolicy('coach_marks_read', {
			for: 'select',
			to: authenticated,
			using: sql`coach_id = (select app.uid()) and pair_id = any ((select app.coached_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_marks_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`coach_id = (select app.uid()) and ended_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_marks_end', {
			for: 'update',
			to: authenticated,
			using: sql`coach_id = (select app.uid()) and ended_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[])`,
			withCheck: sql`coach_id = (select app.uid()) and ended_at is not null`
		})
	]
);

/**
 * What a coach writes to the two of a pair, or to one of them. Read by whom it is addressed to, the teacher for good and the
 * mentor until the pair ends, and by the coach who wrote it while they look after the pair. Never changed.
 */
export const coachMessages = pgTable(
	'coach_messages',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		coachId: uuid()
			.notNull()
			.references(() => people.id),
		kind: text().$type<ReachKind>().notNull(),
		addressedTo: text().$type<AddressedTo>().notNull(),
		words: text().notNull(),
		/** The time that is offered; of a slot only. */
		startsAt: instant(),
		minutes: integer(),
		sentAt: instant().notNull().defaultNow(),
		/** When the mails about it were queued. */
		toldAt: instant()
	},
	(t) => [
		check('coach_messages_kind', sql`kind in ('nudge', 'slot', 'rematch')`),
		check(
			'coach_messages_addressed_to',
			sql`addressed_to in ('teacher', 'mentor', 'both') and (kind <> 'rematch' or addressed_to <> 'both')`
		),
		check('coach_messages_words', sql`char_length(words) between 1 and 1000`),
		check(
			'coach_messages_slot',
			sql`(kind = 'slot') = (starts_at is not null) and (starts_at is null) = (minutes is null)`
		),
		index('coach_messages_pair').on(t.pairId, t.sentAt),
		index('coach_messages_coach').on(t.coachId),
		index('coach_messages_untold')
			.on(t.sentAt)
			.where(sql`told_at is null`),
		pgPolicy('coach_messages_sent', {
			for: 'select',
			to: authenticated,
			using: sql`coach_id = (select app.uid()) and pair_id = any ((select app.coached_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_messages_to_teacher', {
			for: 'select',
			to: authenticated,
			using: sql`addressed_to <> 'mentor' and pair_id = any ((select app.taught_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_messages_to_mentor', {
			for: 'select',
			to: authenticated,
			using: sql`addressed_to <> 'teacher' and pair_id = any ((select app.open_mentored_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_messages_send', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`coach_id = (select app.uid()) and told_at is null and pair_id = any ((select app.coached_pair_ids())::uuid[])`
		}),
		pgPolicy('coach_messages_tell', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** The last Monday for which a coach's mail was made. Whether they want it stands in `notification_settings`. */
export const coachLetters = pgTable(
	'coach_letters',
	{
		personId: uuid()
			.primaryKey()
			.references(() => people.id),
		lastMonday: date()
	},
	() => [
		pgPolicy('coach_letters_own', {
			for: 'select',
			to: authenticated,
			using: sql`person_id = (select app.uid())`
		}),
		pgPolicy('coach_letters_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
