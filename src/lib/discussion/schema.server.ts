/**
 * Cohorts that talk: threads in one cohort and about one competency, the posts in them, and what each person has read and
 * wants to hear. docs/decisions/0035 says why words, authors of safe questions and counts are where they are.
 */
import { sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	bigint,
	boolean,
	check,
	foreignKey,
	index,
	integer,
	jsonb,
	pgPolicy,
	pgTable,
	primaryKey,
	smallint,
	text,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { microcredentials } from '#lib/catalogue/schema.server.ts';
import { people } from '#lib/identity/schema.server.ts';
import { cohorts } from '#lib/program/schema.server.ts';
import { bytes, id, instant, searchable } from '#lib/server/columns.ts';
import { authenticated, service } from '#lib/server/roles.ts';
import type { Body } from './body.ts';
import type { Kind, Level, Reaction } from './kinds.ts';

const mine = sql`person_id = (select app.uid())`;
const inMyCohorts = sql`cohort_id = any ((select app.discussing_cohort_ids())::uuid[])`;
const iModerate = sql`cohort_id = any ((select app.moderated_cohort_ids())::uuid[])`;
const nobodyDatesBack = sql`created_at between now() - interval '5 minutes' and now() + interval '5 minutes'`;
/** Who reported a post is not for its author, also where they look after the cohort. */
const iJudge = sql`${iModerate} and post_id <> all ((select app.reported_own_ids())::uuid[])`;
/** Of what peers read without a name, what is mine. */
const myNamelessPost = sql`post_id = any ((select app.nameless_post_ids())::uuid[])`;
const isMyPost = sql`(author_id = (select app.uid()) or id = any ((select app.nameless_post_ids())::uuid[]))`;
const ofMyPost = sql`(author_id = (select app.uid()) or ${myNamelessPost})`;

/** Who looks after what is said in a cohort. Appointed by a manager of its program, and in the cohort by it. */
export const cohortModerators = pgTable(
	'cohort_moderators',
	{
		id: id(),
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		fromAt: instant().notNull().defaultNow(),
		untilAt: instant(),
		/** Null: came with the program, by nobody's hand. */
		appointedById: uuid().references(() => people.id),
		/** When they were told that they look after the cohort. */
		toldAt: instant()
	},
	(t) => [
		check('cohort_moderators_time', sql`until_at is null or until_at >= from_at`),
		uniqueIndex('cohort_moderators_once')
			.on(t.cohortId, t.personId)
			.where(sql`until_at is null`),
		index('cohort_moderators_cohort').on(t.cohortId),
		index('cohort_moderators_person').on(t.personId),
		index('cohort_moderators_by').on(t.appointedById),
		pgPolicy('cohort_moderators_read', {
			for: 'select',
			to: authenticated,
			using: sql`${inMyCohorts} or cohort_id = any ((select app.managed_cohort_ids())::uuid[])`
		}),
		pgPolicy('cohort_moderators_appoint', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`cohort_id = any ((select app.managed_cohort_ids())::uuid[]) and appointed_by_id = (select app.uid()) and until_at is null`
		}),
		pgPolicy('cohort_moderators_end', {
			for: 'update',
			to: authenticated,
			using: sql`until_at is null and (cohort_id = any ((select app.managed_cohort_ids())::uuid[]) or ${mine})`,
			withCheck: sql`until_at is not null`
		}),
		index('cohort_moderators_untold')
			.on(t.fromAt)
			.where(sql`told_at is null`),
		pgPolicy('cohort_moderators_service', { for: 'select', to: service, using: sql`true` }),
		pgPolicy('cohort_moderators_service_told', {
			for: 'update',
			to: service,
			using: sql`true`,
			withCheck: sql`true`
		})
	]
);

/**
 * A thread stands in one cohort and about one competency. Its counters are kept by triggers on `posts`, under a lock on this
 * row, so that posts have numbers without gaps and every change has a later version.
 */
export const threads = pgTable(
	'threads',
	{
		id: id(),
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		/** The microcredential that proves the competency. */
		microcredentialId: uuid()
			.notNull()
			.references(() => microcredentials.id),
		kind: text().$type<Kind>().notNull(),
		title: text().notNull(),
		/** Null: asked without a name; who it was stands in `nameless_posts`, or they are gone. */
		authorId: uuid().references(() => people.id),
		/** Whether it was asked without a name. */
		nameless: boolean().notNull().default(false),
		createdAt: instant().notNull().defaultNow(),
		posts: integer().notNull().default(0),
		/** Goes up with every change of it or of a post in it. */
		version: bigint({ mode: 'number' }).notNull().default(0),
		lastPostAt: instant().notNull().defaultNow(),
		lockedAt: instant(),
		/** The reply that whoever asked says helped. */
		helpedPostId: uuid().references((): AnyPgColumn => posts.id),
		/** Of which its author was told; no reference, because it is only ever compared. */
		helpedToldId: uuid(),
		/** The first post was taken back or hidden before anybody answered, or a moderator hid it all. */
		withheldAt: instant(),
		/** Which of the two; kept by a trigger. */
		withheldAs: text({ enum: ['taken-back', 'hidden'] }),
		/** The form that it came by: the same once more is the same thread. Random for one without a name. */
		formId: uuid().notNull(),
		/** When whoever follows was told, by the product itself. */
		toldAt: instant(),
		search: searchable().generatedAlwaysAs(sql`to_tsvector('english', title)`)
	},
	(t) => [
		check('threads_kind', sql`kind in ('question', 'strategy', 'tried')`),
		check('threads_withheld_as', sql`withheld_as in ('taken-back', 'hidden')`),
		check('threads_title', sql`char_length(title) between 3 and 160`),
		check('threads_nameless', sql`not nameless or (author_id is null and kind = 'question')`),
		unique('threads_of_cohort').on(t.id, t.cohortId),
		unique('threads_once').on(t.formId),
		index('threads_cohort').on(t.cohortId, t.microcredentialId, t.lastPostAt),
		index('threads_newest').on(t.cohortId, t.lastPostAt),
		index('threads_microcredential').on(t.microcredentialId),
		index('threads_author').on(t.authorId),
		index('threads_helped_post').on(t.helpedPostId),
		index('threads_helped_untold')
			.on(t.id)
			.where(sql`helped_post_id is distinct from helped_told_id`),
		index('threads_to_untell')
			.on(t.withheldAt)
			.where(sql`withheld_at is not null and told_at is not null`),
		index('threads_untold')
			.on(t.createdAt)
			.where(sql`told_at is null`),
		pgPolicy('threads_read', {
			for: 'select',
			to: authenticated,
			using: sql`(withheld_at is null and ${inMyCohorts}) or ${iModerate} or author_id = (select app.uid()) or id = any ((select app.nameless_thread_ids())::uuid[])`
		}),
		pgPolicy('threads_open', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`author_id = (select app.uid()) and not nameless and ${inMyCohorts} and ${nobodyDatesBack} and locked_at is null and withheld_at is null and helped_post_id is null and posts = 0`
		}),
		pgPolicy('threads_change', {
			for: 'update',
			to: authenticated,
			using: sql`(${inMyCohorts} and (author_id = (select app.uid()) or id = any ((select app.nameless_thread_ids())::uuid[]))) or ${iModerate}`,
			withCheck: sql`${inMyCohorts} or ${iModerate}`
		}),
		pgPolicy('threads_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** What was said, when and by whom; the words themselves are in `post_words`. */
export const posts = pgTable(
	'posts',
	{
		id: id(),
		threadId: uuid().notNull(),
		cohortId: uuid().notNull(),
		/** From 1, in the order in which they were taken; given by a trigger. */
		number: integer().notNull().default(0),
		/** The version of the thread in which it changed last; given by a trigger. */
		version: bigint({ mode: 'number' }).notNull().default(0),
		/** Null: said without a name, or by somebody who is gone (`gone`). */
		authorId: uuid().references(() => people.id),
		nameless: boolean().notNull().default(false),
		/** The author's account is deleted, and the words with it. */
		gone: boolean().notNull().default(false),
		createdAt: instant().notNull().defaultNow(),
		/** Of `post_words`, the one that stands. */
		revision: integer().notNull().default(1),
		editedAt: instant(),
		/** The post that it quotes, one level deep, and which words of it. */
		quotesId: uuid(),
		quote: text(),
		/** Taken back by its author, or hidden by a moderator, and since when. A place stays where it was. */
		removedAt: instant(),
		removedAs: text({ enum: ['taken-back', 'hidden'] }),
		/** How many people say so; counted by a trigger, because who did is for nobody else to see. */
		tried: integer().notNull().default(0),
		thanks: integer().notNull().default(0),
		formId: uuid().notNull(),
		toldAt: instant()
	},
	(t) => [
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'posts_of_thread'
		}),
		foreignKey({ columns: [t.quotesId, t.threadId], foreignColumns: [t.id, t.threadId], name: 'posts_quotes' }),
		unique('posts_number').on(t.threadId, t.number),
		unique('posts_in_thread').on(t.id, t.threadId),
		unique('posts_in_cohort').on(t.id, t.cohortId),
		unique('posts_once').on(t.formId),
		check('posts_quote', sql`(quote is null or quotes_id is not null) and char_length(quote) between 1 and 600`),
		check('posts_removed', sql`(removed_at is null) = (removed_as is null)`),
		check('posts_nameless', sql`not nameless or author_id is null`),
		index('posts_changed').on(t.threadId, t.version),
		index('posts_cohort').on(t.cohortId, t.createdAt),
		index('posts_thread').on(t.threadId, t.cohortId),
		index('posts_author').on(t.authorId, t.createdAt),
		index('posts_quoting').on(t.quotesId, t.threadId),
		index('posts_to_untell')
			.on(t.removedAt)
			.where(sql`removed_at is not null and told_at is not null`),
		index('posts_untold')
			.on(t.createdAt)
			.where(sql`told_at is null`),
		pgPolicy('posts_read', {
			for: 'select',
			to: authenticated,
			using: sql`${inMyCohorts} or ${isMyPost}`
		}),
		pgPolicy('posts_say', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`author_id = (select app.uid()) and not nameless and not gone and ${inMyCohorts} and ${nobodyDatesBack} and removed_at is null and tried = 0 and thanks = 0`
		}),
		pgPolicy('posts_change', {
			for: 'update',
			to: authenticated,
			using: sql`(${inMyCohorts} and ${isMyPost}) or ${iModerate}`,
			withCheck: sql`${inMyCohorts} or ${iModerate}`
		}),
		pgPolicy('posts_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** The words of a post, in each revision. What stands is searched; older ones are its history, for the same people. */
export const postWords = pgTable(
	'post_words',
	{
		postId: uuid().notNull(),
		revision: integer().notNull(),
		cohortId: uuid().notNull(),
		threadId: uuid().notNull(),
		/** As on the post, so that no policy has to look there. */
		authorId: uuid().references(() => people.id),
		/** The post, or its thread, was removed: for its author and the cohort's moderators alone. Kept by triggers. */
		withheld: boolean().notNull().default(false),
		stands: boolean().notNull().default(true),
		body: jsonb().$type<Body>().notNull(),
		/** The same without looks, a line for each block. */
		words: text().notNull(),
		writtenAt: instant().notNull().defaultNow(),
		/** How many files came and went with this revision. Without names: one may be why its file went. */
		filesAdded: smallint().notNull().default(0),
		filesTakenOff: smallint().notNull().default(0),
		/** With the cohort as a word of it: docs/decisions/0038. */
		search: searchable().generatedAlwaysAs(
			sql`to_tsvector('english', words) || array_to_tsvector(array[cohort_id::text])`
		)
	},
	(t) => [
		primaryKey({ columns: [t.postId, t.revision] }),
		foreignKey({
			columns: [t.postId, t.cohortId],
			foreignColumns: [posts.id, posts.cohortId],
			name: 'post_words_of_post'
		}),
		check('post_words_body', sql`octet_length(body::text) <= 200000`),
		check('post_words_words', sql`char_length(words) <= 20000`),
		check('post_words_files', sql`files_added between 0 and 5 and files_taken_off between 0 and 5`),
		uniqueIndex('post_words_standing')
			.on(t.postId)
			.where(sql`stands`),
		index('post_words_cohort').on(t.cohortId),
		index('post_words_search')
			.using('gin', t.search)
			.with({ fastupdate: 'off' })
			.where(sql`stands and not withheld`),
		index('post_words_author').on(t.authorId),
		index('post_words_thread').on(t.threadId),
		pgPolicy('post_words_read', {
			for: 'select',
			to: authenticated,
			using: sql`(not withheld and ${inMyCohorts}) or ${iModerate} or ${ofMyPost}`
		}),
		pgPolicy('post_words_write', {
			for: 'insert',
			to: authenticated,
			// A trigger has put the post's own author here before this is asked.
			withCheck: sql`${inMyCohorts} and stands and ${ofMyPost}`
		}),
		// The product itself publishes what was said without a name, and reads no words.
		pgPolicy('post_words_service_publish', { for: 'insert', to: service, withCheck: sql`author_id is null` })
	]
);

/**
 * What somebody says without a name: first here, and at a moment that nobody can guess among the posts, with no author there.
 * Afterwards the row says whose it was, to that person, and to a moderator who has written down why they looked.
 */
export const namelessPosts = pgTable(
	'nameless_posts',
	{
		/** The form that it came by. */
		id: uuid().primaryKey(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		microcredentialId: uuid()
			.notNull()
			.references(() => microcredentials.id),
		/** Null until the question is out; of a further word of whoever asked, their thread. */
		threadId: uuid(),
		/** Null while it waits. */
		postId: uuid().unique(),
		/** Of a question; null for a further word. */
		title: text(),
		/** Null once it is out: the words are there. */
		body: jsonb().$type<Body>(),
		quotesId: uuid(),
		quote: text(),
		askedAt: instant().notNull().defaultNow(),
		publishAt: instant().notNull(),
		/** When it is taken back, or stands again, and which of them; null where it stays as it is. */
		changeAt: instant(),
		changeTo: text({ enum: ['taken-back', 'stands'] })
	},
	(t) => [
		check(
			'nameless_posts_change',
			sql`change_to in ('taken-back', 'stands') and (change_at is null) = (change_to is null) and (change_at is null or post_id is not null)`
		),
		index('nameless_posts_changing')
			.on(t.changeAt)
			.where(sql`change_at is not null`),
		check('nameless_posts_out', sql`(post_id is null) = (body is not null)`),
		check('nameless_posts_body', sql`octet_length(body::text) <= 200000`),
		index('nameless_posts_person').on(t.personId, t.cohortId),
		index('nameless_posts_thread').on(t.threadId),
		index('nameless_posts_cohort').on(t.cohortId),
		index('nameless_posts_microcredential').on(t.microcredentialId),
		index('nameless_posts_waiting')
			.on(t.publishAt)
			.where(sql`post_id is null`),
		pgPolicy('nameless_posts_own', {
			for: 'select',
			to: authenticated,
			using: sql`${mine} or id = any ((select app.revealed_nameless_ids())::uuid[])`
		}),
		pgPolicy('nameless_posts_ask', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts} and post_id is null and body is not null and (thread_id is null or thread_id = any ((select app.nameless_thread_ids())::uuid[]))`
		}),
		pgPolicy('nameless_posts_take_back', {
			for: 'delete',
			to: authenticated,
			using: sql`${mine} and post_id is null`
		}),
		pgPolicy('nameless_posts_change', {
			for: 'update',
			to: authenticated,
			using: sql`${mine} and post_id is not null`,
			withCheck: sql`${mine} and post_id is not null`
		}),
		pgPolicy('nameless_posts_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/**
 * Which reply helped, said by whoever asked without a name and not applied yet: at once it would carry the moment at which
 * they sat there.
 */
export const namelessMarks = pgTable(
	'nameless_marks',
	{
		threadId: uuid().primaryKey(),
		cohortId: uuid().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		/** Null: none any more. */
		postId: uuid(),
		applyAt: instant().notNull()
	},
	(t) => [
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'nameless_marks_of_thread'
		}),
		foreignKey({
			columns: [t.postId, t.threadId],
			foreignColumns: [posts.id, posts.threadId],
			name: 'nameless_marks_of_post'
		}),
		index('nameless_marks_person').on(t.personId),
		index('nameless_marks_thread').on(t.threadId, t.cohortId),
		index('nameless_marks_post').on(t.postId, t.threadId),
		index('nameless_marks_waiting').on(t.applyAt),
		pgPolicy('nameless_marks_own', { for: 'select', to: authenticated, using: mine }),
		pgPolicy('nameless_marks_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts} and thread_id = any ((select app.nameless_thread_ids())::uuid[])`
		}),
		pgPolicy('nameless_marks_change', {
			for: 'update',
			to: authenticated,
			using: mine,
			withCheck: sql`${mine} and thread_id = any ((select app.nameless_thread_ids())::uuid[])`
		}),
		pgPolicy('nameless_marks_take_back', { for: 'delete', to: authenticated, using: mine }),
		pgPolicy('nameless_marks_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** A moderator looked who had asked without a name: why, and when. The asker reads it, and it is never undone. */
export const authorReveals = pgTable(
	'author_reveals',
	{
		id: id(),
		threadId: uuid().notNull(),
		cohortId: uuid().notNull(),
		moderatorId: uuid()
			.notNull()
			.references(() => people.id),
		reason: text().notNull(),
		at: instant().notNull().defaultNow(),
		toldAt: instant()
	},
	(t) => [
		check('author_reveals_reason', sql`char_length(reason) between 10 and 500`),
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'author_reveals_of_thread'
		}),
		index('author_reveals_thread').on(t.threadId, t.cohortId),
		index('author_reveals_cohort').on(t.cohortId),
		index('author_reveals_moderator').on(t.moderatorId),
		index('author_reveals_untold')
			.on(t.at)
			.where(sql`told_at is null`),
		pgPolicy('author_reveals_read', {
			for: 'select',
			to: authenticated,
			using: sql`${iModerate} or thread_id = any ((select app.nameless_thread_ids())::uuid[])`
		}),
		pgPolicy('author_reveals_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`moderator_id = (select app.uid()) and ${iModerate} and at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('author_reveals_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** "Tried it" and "thank you". Each sees their own; everybody sees how many. */
export const postReactions = pgTable(
	'post_reactions',
	{
		postId: uuid().notNull(),
		cohortId: uuid().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		kind: text().$type<Reaction>().notNull(),
		at: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.postId, t.personId, t.kind] }),
		check('post_reactions_kind', sql`kind in ('tried', 'thanks')`),
		foreignKey({
			columns: [t.postId, t.cohortId],
			foreignColumns: [posts.id, posts.cohortId],
			name: 'post_reactions_of_post'
		}),
		index('post_reactions_person').on(t.personId),
		index('post_reactions_cohort').on(t.cohortId),
		pgPolicy('post_reactions_own', { for: 'select', to: authenticated, using: mine }),
		pgPolicy('post_reactions_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('post_reactions_take_back', { for: 'delete', to: authenticated, using: mine })
	]
);

/** How far somebody has read in a thread, on whatever device. */
export const threadReads = pgTable(
	'thread_reads',
	{
		personId: uuid()
			.notNull()
			.references(() => people.id),
		threadId: uuid().notNull(),
		cohortId: uuid().notNull(),
		/** The number of the last post that they have seen; all before it too. */
		upTo: integer().notNull(),
		/** When they were here last: "new since Friday". */
		at: instant().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.personId, t.threadId] }),
		check('thread_reads_up_to', sql`up_to >= 0`),
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'thread_reads_of_thread'
		}),
		index('thread_reads_thread').on(t.threadId, t.cohortId),
		index('thread_reads_cohort').on(t.cohortId),
		pgPolicy('thread_reads_own', { for: 'select', to: authenticated, using: mine }),
		pgPolicy('thread_reads_note', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('thread_reads_further', {
			for: 'update',
			to: authenticated,
			using: mine,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('thread_reads_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** What somebody wants to hear: of one thread, of a competency in a cohort, or of all of a cohort. The nearest one counts. */
export const threadChoices = pgTable(
	'thread_choices',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		/** Null: all competencies. */
		microcredentialId: uuid().references(() => microcredentials.id),
		/** Null: all threads. */
		threadId: uuid(),
		level: text().$type<Level>().notNull(),
		at: instant().notNull().defaultNow()
	},
	(t) => [
		check('thread_choices_level', sql`level in ('watch', 'follow', 'mute')`),
		check('thread_choices_one', sql`microcredential_id is null or thread_id is null`),
		unique('thread_choices_once').on(t.personId, t.cohortId, t.microcredentialId, t.threadId).nullsNotDistinct(),
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'thread_choices_of_thread'
		}),
		index('thread_choices_cohort').on(t.cohortId),
		index('thread_choices_microcredential').on(t.microcredentialId),
		index('thread_choices_thread').on(t.threadId, t.cohortId),
		pgPolicy('thread_choices_own', { for: 'select', to: authenticated, using: mine }),
		pgPolicy('thread_choices_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('thread_choices_change', {
			for: 'update',
			to: authenticated,
			using: mine,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('thread_choices_take_back', { for: 'delete', to: authenticated, using: mine }),
		pgPolicy('thread_choices_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** Whoever has said something in a cohort under their name: known to it by name for good. Kept by a trigger. */
export const cohortVoices = pgTable(
	'cohort_voices',
	{
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		personId: uuid()
			.notNull()
			.references(() => people.id)
	},
	(t) => [
		primaryKey({ columns: [t.cohortId, t.personId] }),
		index('cohort_voices_person').on(t.personId),
		pgPolicy('cohort_voices_read', { for: 'select', to: authenticated, using: inMyCohorts })
	]
);

/** Who was named in a post: people of its audience only. Kept by a trigger on the words. */
export const postMentions = pgTable(
	'post_mentions',
	{
		postId: uuid().notNull(),
		cohortId: uuid().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id)
	},
	(t) => [
		primaryKey({ columns: [t.postId, t.personId] }),
		foreignKey({
			columns: [t.postId, t.cohortId],
			foreignColumns: [posts.id, posts.cohortId],
			name: 'post_mentions_of_post'
		}),
		index('post_mentions_person').on(t.personId),
		index('post_mentions_cohort').on(t.cohortId),
		pgPolicy('post_mentions_read', { for: 'select', to: authenticated, using: inMyCohorts }),
		pgPolicy('post_mentions_service', { for: 'select', to: service, using: sql`true` })
	]
);

/** A file with a post: pictures as we made them anew, smaller and without what a camera writes into them. */
export const postFiles = pgTable(
	'post_files',
	{
		id: id(),
		cohortId: uuid()
			.notNull()
			.references(() => cohorts.id),
		/** Null until the post is there; a file without one goes after a day. */
		postId: uuid(),
		/** Whoever sent it. */
		personId: uuid().references(() => people.id),
		withheld: boolean().notNull().default(false),
		name: text().notNull(),
		/** What we found it to be, and not what was said of it. */
		type: text().notNull(),
		size: integer().notNull(),
		width: integer(),
		height: integer(),
		/** Words for whoever can't see the picture. */
		alt: text(),
		content: bytes().notNull(),
		addedAt: instant().notNull().defaultNow()
	},
	(t) => [
		check('post_files_name', sql`char_length(name) between 1 and 120`),
		check('post_files_size', sql`size between 1 and 10485760`),
		check('post_files_alt', sql`char_length(alt) <= 500`),
		foreignKey({
			columns: [t.postId, t.cohortId],
			foreignColumns: [posts.id, posts.cohortId],
			name: 'post_files_of_post'
		}),
		index('post_files_post').on(t.postId, t.cohortId),
		index('post_files_cohort').on(t.cohortId),
		index('post_files_person').on(t.personId),
		index('post_files_loose')
			.on(t.addedAt)
			.where(sql`post_id is null`),
		pgPolicy('post_files_read', {
			for: 'select',
			to: authenticated,
			using: sql`(post_id is not null and not withheld and ${inMyCohorts}) or ${mine} or ${myNamelessPost} or (post_id is not null and ${iModerate})`
		}),
		pgPolicy('post_files_add', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts} and post_id is null and not withheld`
		}),
		pgPolicy('post_files_use', {
			for: 'update',
			to: authenticated,
			using: sql`${mine} and ${inMyCohorts} and post_id is null`,
			withCheck: sql`${mine} and ${inMyCohorts}`
		}),
		pgPolicy('post_files_take_back', {
			for: 'delete',
			to: authenticated,
			using: mine
		}),
		pgPolicy('post_files_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** Somebody says that a post needs a moderator's eye. Read by moderators who did not write it, and by whoever said so. */
export const postReports = pgTable(
	'post_reports',
	{
		id: id(),
		postId: uuid().notNull(),
		cohortId: uuid().notNull(),
		personId: uuid()
			.notNull()
			.references(() => people.id),
		reason: text({ enum: ['unkind', 'private', 'off-topic', 'other'] }).notNull(),
		words: text(),
		at: instant().notNull().defaultNow(),
		settledAt: instant(),
		settledById: uuid().references(() => people.id),
		outcome: text({ enum: ['hidden', 'warned', 'kept'] }),
		/** When the moderators were told of it, and whoever reported of what came of it. */
		moderatorsToldAt: instant(),
		toldAt: instant()
	},
	(t) => [
		unique('post_reports_once').on(t.postId, t.personId),
		check('post_reports_reason', sql`reason in ('unkind', 'private', 'off-topic', 'other')`),
		check('post_reports_words', sql`char_length(words) between 1 and 500`),
		check('post_reports_settled', sql`(settled_at is null) = (outcome is null)`),
		foreignKey({
			columns: [t.postId, t.cohortId],
			foreignColumns: [posts.id, posts.cohortId],
			name: 'post_reports_of_post'
		}),
		index('post_reports_cohort').on(t.cohortId, t.at),
		index('post_reports_person').on(t.personId),
		index('post_reports_settled_by').on(t.settledById),
		pgPolicy('post_reports_read', { for: 'select', to: authenticated, using: sql`(${iJudge}) or ${mine}` }),
		pgPolicy('post_reports_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`${mine} and ${inMyCohorts} and settled_at is null`
		}),
		pgPolicy('post_reports_settle', {
			for: 'update',
			to: authenticated,
			using: sql`${iJudge} and settled_at is null`,
			withCheck: sql`${iModerate} and settled_by_id = (select app.uid()) and settled_at is not null`
		}),
		index('post_reports_untold')
			.on(t.at)
			.where(sql`moderators_told_at is null or (settled_at is not null and told_at is null)`),
		pgPolicy('post_reports_service', { for: 'select', to: service, using: sql`true` }),
		pgPolicy('post_reports_service_told', { for: 'update', to: service, using: sql`true`, withCheck: sql`true` })
	]
);

/** What a moderator did, to what, and why: for whom it concerns and for the other moderators. Never changed. */
export const moderationActs = pgTable(
	'moderation_acts',
	{
		id: id(),
		cohortId: uuid().notNull(),
		threadId: uuid().notNull(),
		/** Null: the thread as a whole. */
		postId: uuid(),
		act: text({ enum: ['hide', 'show', 'lock', 'unlock', 'move', 'warn'] }).notNull(),
		reason: text().notNull(),
		byId: uuid()
			.notNull()
			.references(() => people.id),
		at: instant().notNull().defaultNow(),
		toldAt: instant()
	},
	(t) => [
		check('moderation_acts_act', sql`act in ('hide', 'show', 'lock', 'unlock', 'move', 'warn')`),
		check('moderation_acts_reason', sql`char_length(reason) between 3 and 500`),
		foreignKey({
			columns: [t.threadId, t.cohortId],
			foreignColumns: [threads.id, threads.cohortId],
			name: 'moderation_acts_of_thread'
		}),
		foreignKey({
			columns: [t.postId, t.threadId],
			foreignColumns: [posts.id, posts.threadId],
			name: 'moderation_acts_of_post'
		}),
		index('moderation_acts_cohort').on(t.cohortId, t.at),
		index('moderation_acts_thread').on(t.threadId, t.cohortId),
		index('moderation_acts_post').on(t.postId, t.threadId),
		index('moderation_acts_by').on(t.byId),
		index('moderation_acts_untold')
			.on(t.at)
			.where(sql`told_at is null`),
		pgPolicy('moderation_acts_read', {
			for: 'select',
			to: authenticated,
			// To the cohort what was done to a thread, to its author what was done to a post; to whom it concerns also when they
			// have moved since.
			using: sql`${iModerate} or (post_id is null and ${inMyCohorts}) or post_id = any ((select app.authored_post_ids())::uuid[]) or id = any ((select app.concerning_act_ids())::uuid[])`
		}),
		pgPolicy('moderation_acts_make', {
			for: 'insert',
			to: authenticated,
			withCheck: sql`by_id = (select app.uid()) and ${iModerate} and at between now() - interval '5 minutes' and now() + interval '5 minutes'`
		}),
		pgPolicy('moderation_acts_service', { for: 'all', to: service, using: sql`true`, withCheck: sql`true` })
	]
);
