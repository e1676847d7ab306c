/** When the two of a pair meet: calendars and timetables, meetings with their words, and the norms of contact time. */
import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	date,
	foreignKey,
	index,
	integer,
	jsonb,
	pgPolicy,
	pgTable,
	text,
	time,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import { bytes, id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { Norm, Term } from './ledger.ts';

/** A `Norm` but for what has a column of its own. */
type Without<N> = N extends unknown ? Omit<N, 'key' | 'title' | 'source'> : never;

/** How much contact time somebody's rule asks for, from a day on: data, never a constant. */
export const contactNorms = pgTable(
	'contact_norms',
	{
		id: id(),
		key: text().notNull(),
		title: text().notNull(),
		rule: jsonb().$type<Without<Norm>>().notNull(),
		/** Where it stands. */
		source: text().notNull(),
		fromDay: date().notNull(),
		untilDay: date()
	},
	(t) => [
		unique('contact_norms_once').on(t.key, t.fromDay),
		check('contact_norms_time', sql`until_day is null or until_day >= from_day`),
		pgPolicy('contact_norms_read', { for: 'select', to: [authenticated, service], using: sql`true` })
	]
);

/** A program's school day, its terms and the norm it follows. Never changed: the newest row is what holds. */
export const programTimes = pgTable(
	'program_times',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		contactNormId: uuid().references(() => contactNorms.id),
		/** The school day, on the clock of whoever works in it. */
		startsAt: time().notNull(),
		endsAt: time().notNull(),
		terms: jsonb().$type<Term[]>().notNull().default([]),
		/** Null: came with the program, by nobody's hand. */
		setById: uuid().references(() => people.id),
		setAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('program_times_span', sql`ends_at > starts_at`),
		check('program_times_terms', sql`jsonb_typeof(terms) = 'array' and octet_length(terms::text) <= 10000`),
		index('program_times_program').on(t.programId, t.setAt),
		index('program_times_norm').on(t.contactNormId),
		index('program_times_set_by').on(t.setById),
		pgPolicy('program_times_read', {
			for: 'select',
			to: authenticated,
			using: sql`program_id = any ((select app.program_ids())::uuid[])`
		}),
		pgPolicy('program_times_set', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid())`
		}),
		pgPolicy('program_times_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** What part of a full post a teacher works, from a day on. Of two for one day the one set last holds. */
export const workShares = pgTable(
	'work_shares',
	{
		id: id(),
		programId: uuid()
			.notNull()
			.references(() => programs.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		fromDay: date().notNull(),
		percent: integer().notNull(),
		setById: uuid()
			.notNull()
			.references(() => people.id),
		setAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('work_shares_percent', sql`percent between 1 and 100`),
		index('work_shares_person').on(t.personId, t.programId),
		index('work_shares_program').on(t.programId),
		index('work_shares_set_by').on(t.setById),
		pgPolicy('work_shares_read', {
			for: 'select',
			to: authenticated,
			using: sql`(program_id::text || ' ' || person_id::text) = any ((select app.share_keys())::text[]) or program_id = any ((select app.managed_program_ids())::uuid[])`
		}),
		pgPolicy('work_shares_set', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`program_id = any ((select app.managed_program_ids())::uuid[]) and set_by_id = (select app.uid())`
		}),
		pgPolicy('work_shares_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A calendar that a person added: by its address, or once as a file. Of what is in it only busy times are kept. */
export const calendars = pgTable(
	'calendars',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** Null for a file. Whoever knows it reads the calendar: it is shown to nobody, its owner included. */
		address: text(),
		/** The host of the address, or the name of the file. */
		name: text().notNull(),
		/** Merged, in seconds since 1970, from when until when; of the coming weeks. */
		busy: jsonb().$type<[number, number][]>().notNull().default([]),
		/** Entries whose time could not be read. */
		unread: integer().notNull().default(0),
		addedAt: instant().notNull().defaultNow(),
		readAt: instant(),
		triedAt: instant(),
		failingSince: instant(),
		/** Why, as a sentence of ours. */
		failure: text()
	},
	(t) => [
		check(
			'calendars_sizes',
			sql`char_length(address) <= 2000 and char_length(name) between 1 and 200 and char_length(failure) <= 500 and octet_length(busy::text) <= 300000`
		),
		index('calendars_person').on(t.personId),
		index('calendars_due')
			.on(t.triedAt)
			.where(sql`address is not null`),
		pgPolicy('calendars_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('calendars_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** A week at school: when its owner teaches, prepares, or is needed otherwise. */
export const timetablePeriods = pgTable(
	'timetable_periods',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		/** 1 is Monday (ISO 8601). */
		weekday: integer().notNull(),
		startsAt: time().notNull(),
		endsAt: time().notNull(),
		kind: text({ enum: ['teaching', 'prep', 'other'] }).notNull()
	},
	(t) => [
		check('timetable_periods_weekday', sql`weekday between 1 and 7`),
		check('timetable_periods_span', sql`ends_at > starts_at`),
		check('timetable_periods_kind', sql`kind in ('teaching', 'prep', 'other')`),
		index('timetable_periods_person').on(t.personId),
		pgPolicy('timetable_periods_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('timetable_periods_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** What somebody allows, and their private feed of meetings: its secret's hash. */
export const meetingSettings = pgTable(
	'meeting_settings',
	{
		personId: uuid()
			.primaryKey()
			.references(() => people.id, { onDelete: 'cascade' }),
		offersPrep: boolean().notNull().default(false),
		feedHash: bytes(),
		feedMadeAt: instant()
	},
	(t) => [
		check('meeting_settings_feed', sql`(feed_hash is null) = (feed_made_at is null)`),
		uniqueIndex('meeting_settings_feed_hash').on(t.feedHash),
		pgPolicy('meeting_settings_own', {
			for: 'all',
			to: authenticated,
			using: sql`person_id = (select app.uid())`,
			withCheck: sql`person_id = (select app.uid())`
		}),
		pgPolicy('meeting_settings_service', { for: 'select', to: service, using: sql`true` })
	]
);

/**
 * That two meet, or met: when, how long, and who has said so. No word of theirs is here, because their coach reads it. It is
 * contact time once both have confirmed it.
 */
export const meetings = pgTable(
	'meetings',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		kind: text({ enum: ['meeting', 'observation'] }).notNull(),
		startsAt: instant().notNull(),
		minutes: integer().notNull(),
		state: text({ enum: ['proposed', 'accepted', 'cancelled'] }).notNull(),
		/** Proposed into somebody's prep period: offered, never required. */
		inPrep: boolean().notNull().default(false),
		proposedById: uuid()
			.notNull()
			.references(() => people.id),
		proposedAt: instant().notNull().defaultNow(),
		acceptedById: uuid().references(() => people.id),
		acceptedAt: instant(),
		/** Null, of a cancelled one, when it went with its pair. */
		cancelledById: uuid().references(() => people.id),
		cancelledAt: instant(),
		teacherConfirmedAt: instant(),
		mentorConfirmedAt: instant(),
		/** Goes up with every change; calendars know by it what is newer (RFC 5545 SEQUENCE). */
		sequence: integer().notNull().default(0),
		/** Up to which sequence invitations are written. */
		told: integer().notNull().default(-1)
	},
	(t) => [
		unique('meetings_of_pair').on(t.id, t.pairId),
		check('meetings_kind', sql`kind in ('meeting', 'observation')`),
		check('meetings_minutes', sql`minutes between 5 and 480`),
		check('meetings_state', sql`state in ('proposed', 'accepted', 'cancelled')`),
		check('meetings_cancelled', sql`(state = 'cancelled') = (cancelled_at is not null)`),
		check(
			'meetings_confirmed',
			sql`state <> 'cancelled' or (teacher_confirmed_at is null and mentor_confirmed_at is null)`
		),
		index('meetings_pair').on(t.pairId, t.startsAt),
		index('meetings_untold')
			.on(t.startsAt)
			.where(sql`told < sequence`),
		index('meetings_proposed_by').on(t.proposedById),
		index('meetings_accepted_by').on(t.acceptedById),
		index('meetings_cancelled_by').on(t.cancelledById),
		pgPolicy('meetings_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.pair_ids())::uuid[])`
		}),
		pgPolicy('meetings_propose', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[]) and proposed_by_id = (select app.uid()) and state <> 'cancelled'`
		}),
		pgPolicy('meetings_change', {
			for: 'update',
			to: authenticated,
			using: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[])`,
			withCheck: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[])`
		}),
		pgPolicy('meetings_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** What the two want to talk about. What is not ticked off is on the agenda of their next meeting. The pair's alone. */
export const agendaItems = pgTable(
	'agenda_items',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		words: text().notNull(),
		addedById: uuid()
			.notNull()
			.references(() => people.id),
		addedAt: instant().notNull().defaultNow(),
		/** The meeting in which it was ticked off. */
		doneInId: uuid(),
		doneById: uuid().references(() => people.id),
		doneAt: instant()
	},
	(t) => [
		check('agenda_items_words', sql`char_length(words) between 1 and 300`),
		check(
			'agenda_items_done',
			sql`(done_at is null) = (done_by_id is null) and (done_in_id is null) = (done_at is null)`
		),
		foreignKey({
			columns: [t.doneInId, t.pairId],
			foreignColumns: [meetings.id, meetings.pairId],
			name: 'agenda_items_done_in_of_pair'
		}),
		index('agenda_items_pair').on(t.pairId, t.doneAt),
		index('agenda_items_done_in').on(t.doneInId, t.pairId),
		index('agenda_items_added_by').on(t.addedById),
		index('agenda_items_done_by').on(t.doneById),
		pgPolicy('agenda_items_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.readable_pair_ids())::uuid[])`
		}),
		pgPolicy('agenda_items_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[]) and added_by_id = (select app.uid())`
		}),
		pgPolicy('agenda_items_tick', {
			for: 'update',
			to: authenticated,
			using: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[])`,
			withCheck: sql`done_by_id is null or done_by_id = (select app.uid())`
		})
	]
);

/**
 * Notes of a meeting and what was agreed, every text that was ever saved. The highest number that does not stand beside
 * holds; one stands beside when it was written on an older one than held by then. The pair's alone.
 */
export const meetingNotes = pgTable(
	'meeting_notes',
	{
		id: id(),
		meetingId: uuid().notNull(),
		pairId: uuid().notNull(),
		number: integer().notNull(),
		notes: text().notNull(),
		agreed: text().notNull(),
		writtenById: uuid()
			.notNull()
			.references(() => people.id),
		writtenAt: instant().notNull().defaultNow(),
		beside: boolean().notNull().default(false),
		/** When somebody said that what stands beside is in the text, or not needed. */
		settledAt: instant()
	},
	(t) => [
		unique('meeting_notes_once').on(t.meetingId, t.number),
		check('meeting_notes_sizes', sql`char_length(notes) <= 10000 and char_length(agreed) <= 2000`),
		check('meeting_notes_settled', sql`beside or settled_at is null`),
		foreignKey({
			columns: [t.meetingId, t.pairId],
			foreignColumns: [meetings.id, meetings.pairId],
			name: 'meeting_notes_meeting_of_pair'
		}),
		index('meeting_notes_pair').on(t.pairId),
		index('meeting_notes_meeting').on(t.meetingId, t.pairId),
		index('meeting_notes_written_by').on(t.writtenById),
		pgPolicy('meeting_notes_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.readable_pair_ids())::uuid[])`
		}),
		pgPolicy('meeting_notes_write', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[]) and written_by_id = (select app.uid())`
		}),
		pgPolicy('meeting_notes_settle', {
			for: 'update',
			to: authenticated,
			using: sql`pair_id = any ((select app.meeting_pair_ids())::uuid[]) and beside`,
			withCheck: sql`settled_at is not null`
		})
	]
);
