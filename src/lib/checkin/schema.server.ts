/** How a teacher says it goes: a check-in, which the two of the pair read, and beside it the signal that a coach may see. */
import { sql } from 'drizzle-orm';
import {
	check,
	date,
	foreignKey,
	index,
	integer,
	jsonb,
	pgPolicy,
	pgTable,
	text,
	unique,
	uuid
} from 'drizzle-orm/pg-core';
import { people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { id, instant } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { Confidence, Going, Shows } from './checkin.ts';

/** One a day of each pair, in its teacher's words. The two alone, as with the words of a reflection. */
export const checkIns = pgTable(
	'check_ins',
	{
		id: id(),
		pairId: uuid()
			.notNull()
			.references(() => pairs.id),
		teacherId: uuid()
			.notNull()
			.references(() => people.id),
		/** Where the program is. */
		day: date().notNull(),
		going: text().$type<Going>().notNull(),
		/** Stuck on what, in free words; null when nothing was said. */
		stuck: text(),
		confidence: jsonb().$type<Confidence[]>().notNull().default([]),
		/** Goes up when it is corrected, so that a form of an older one replaces nothing unseen. */
		revision: integer().notNull().default(1),
		/** The form that it came by: the same once more is the same check-in. */
		formId: uuid().notNull(),
		sentAt: instant().notNull().defaultNow()
	},
	(t) => [
		unique('check_ins_once_a_day').on(t.pairId, t.day),
		unique('check_ins_once_a_form').on(t.pairId, t.formId),
		unique('check_ins_of_pair').on(t.id, t.pairId),
		check('check_ins_going', sql`going in ('well', 'mixed', 'hard')`),
		check('check_ins_stuck', sql`char_length(stuck) between 1 and 500`),
		check('check_ins_confidence', sql`jsonb_typeof(confidence) = 'array' and octet_length(confidence::text) <= 20000`),
		index('check_ins_teacher').on(t.teacherId),
		pgPolicy('check_ins_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.readable_pair_ids())::uuid[])`
		}),
		pgPolicy('check_ins_send', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`teacher_id = (select app.uid()) and pair_id = any ((select app.checking_in_pair_ids())::uuid[])`
		}),
		pgPolicy('check_ins_correct', {
			for: 'update',
			to: authenticated,
			using: sql`pair_id = any ((select app.checking_in_pair_ids())::uuid[])`,
			withCheck: sql`teacher_id = (select app.uid())`
		})
	]
);

/** What a coach may see of a check-in. Apart from it, so that no policy has to tell columns of one row from each other. */
export const checkInSignals = pgTable(
	'check_in_signals',
	{
		checkInId: uuid().primaryKey(),
		pairId: uuid().notNull(),
		shows: text().$type<Shows>().notNull(),
		/** Null unless the teacher lets the coach see it. */
		going: text().$type<Going>(),
		/** When it was sent, or a word with the coach was asked for. */
		at: instant().notNull().defaultNow(),
		/** When the mail to the mentor was written, or it was too late for one. */
		toldAt: instant()
	},
	(t) => [
		check('check_in_signals_shows', sql`shows in ('day', 'going', 'word')`),
		check('check_in_signals_going', sql`(shows = 'day') = (going is null) and going in ('well', 'mixed', 'hard')`),
		foreignKey({
			columns: [t.checkInId, t.pairId],
			foreignColumns: [checkIns.id, checkIns.pairId],
			name: 'check_in_signals_of_check_in'
		}).onDelete('cascade'),
		index('check_in_signals_pair').on(t.pairId, t.at),
		index('check_in_signals_check_in').on(t.checkInId, t.pairId),
		index('check_in_signals_untold')
			.on(t.at)
			.where(sql`told_at is null`),
		pgPolicy('check_in_signals_read', {
			for: 'select',
			to: authenticated,
			using: sql`pair_id = any ((select app.readable_pair_ids())::uuid[]) or pair_id = any ((select app.coached_pair_ids())::uuid[])`
		}),
		pgPolicy('check_in_signals_allow', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`pair_id = any ((select app.checking_in_pair_ids())::uuid[])`
		}),
		pgPolicy('check_in_signals_service', { for: 'select', to: service, using: sql`true` }),
		pgPolicy('check_in_signals_service_tell', { for: 'update', to: service, using: sql`true`, withCheck: sql`true` }),
		pgPolicy('check_in_signals_change', {
			for: 'update',
			to: authenticated,
			using: sql`pair_id = any ((select app.checking_in_pair_ids())::uuid[])`,
			withCheck: sql`pair_id = any ((select app.checking_in_pair_ids())::uuid[])`
		})
	]
);
