/**
 * Postgres itself refuses: asked as the app's role with a stranger's claims, every table that people may read answers with
 * nothing, and every right to write comes to nothing. Which tables and rights there are is read from the database, so a new
 * one is asked about from its first day. And each policy is taken away, and opened wide, to see that somebody notices.
 */
import { sql, type SQL } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, Tx } from '#lib/server/database.ts';
import { sqlStateOf } from '#lib/server/sql-state.ts';
import { world } from './matrix/world.ts';
import { withDatabase } from './with-database.ts';
import { idOf, versionId } from './worlds/names.ts';
import { plant } from './worlds/plant.ts';
import { open } from './worlds/model.ts';

const { facts, places } = world();
const place = places.find(({ state }) => state === 'active')!;
const at = (who: keyof typeof place.people) => idOf(place.people[who]!);
const [teacher, mentor, manager, coach] = [at('teacher'), at('mentor'), at('manager'), at('coach')];
const [pair, reflection, alone] = [idOf(place.pair), idOf(place.reflection), idOf(place.alone)];
const factsOfPair = facts.pairs.find(({ name }) => name === place.pair)!;
const [program, cohort] = [idOf(factsOfPair.program), idOf(factsOfPair.cohort!)];
/** Signed in, and nothing to anybody. */
const stranger = uuidv7();
/** Somebody whom a manager has given the role of a teacher, and who has not chosen a stack yet. */
const newcomer = uuidv7();
const roleOfNewcomer = uuidv7();
const framework = uuidv7();
const meeting = uuidv7();
/** A check-in of which nothing is said to a coach yet. */
const unsaid = uuidv7();
/** A teacher without a mentor, another who was proposed one, and the teacher's pair of before with what was written in it. */
const [unmatched, asked, proposed, before, earlier] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];

/** The teacher's place in the program, another one of theirs without a plan, a pause without a word, a reflection without a reason. */
const seat = idOf(
	facts.enrollments.find((one) => one.person === place.people.teacher && one.program === factsOfPair.program)!.name
);
const [secondSeat, secondProgram, silentPause, bare] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

/** Of the issuer whose one microcredential the worlds have; it has a next version that is not published yet. */
const [issuer, microcredential] = ['01900000-0000-7000-8099-000000000010', '01900000-0000-7000-8099-000000000011'];
const [unpublished, unpublishedPart, competency] = [uuidv7(), uuidv7(), uuidv7()];

/** What the cohort says: a thread of the teacher with a reply, another without a name, and a file that is in no post yet. */
const [thread, post, reply, nameless, namelessPost, looseFile] = Array.from({ length: 6 }, () => uuidv7()) as [
	string,
	string,
	string,
	string,
	string,
	string
];

/** A second question without a name, in which an answer is about to be marked. */
const marked = uuidv7();

let db: Database;
let policies: Policy[];
type Policy = { name: string; table: string; command: string; using: string | null; check: string | null };

const rowsOf = async <Row>(tx: Tx, query: SQL) => ((await tx.execute(query)) as unknown as { rows: Row[] }).rows;

beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await plant(db, facts);
	await db.asOwner(async (tx) => {
		const [stack] = await rowsOf<{ id: string }>(tx, sql`select id from stack_versions limit 1`);
		await tx.execute(
			sql`insert into people (id, name, initials) values (${stranger}, 'S', 'S'), (${newcomer}, 'N', 'N')`
		);
		await tx.execute(sql`insert into roles (id, person_id, role, scope_kind, scope_id, from_at)
			values (${roleOfNewcomer}, ${newcomer}, 'teacher', 'cohort', ${cohort}, now() - interval '1 day')`);
		// A row in every table that people may read: finding none means something then.
		for (const fill of [
			sql`insert into sessions (id, secret_hash, person_id, created_at, last_used_at, expires_at)
				values ('teacher-session', '\\x00', ${teacher}, now(), now(), now() + interval '1 day') on conflict do nothing`,
			sql`insert into audit_events (id, kind, person_id, by_person_id) values (${uuidv7()}, 'role-given', ${teacher}, ${manager})`,
			sql`insert into passkeys (id, person_id, public_key, counter, backed_up, name)
				values ('a-key-of-the-teacher', ${teacher}, '\\x00', 0, true, 'Key') on conflict do nothing`,
			sql`insert into provider_accounts (issuer, subject, person_id, provider) values ('i', 's', ${teacher}, 'google') on conflict do nothing`,
			sql`insert into person_settings (person_id) values (${teacher}) on conflict do nothing`,
			sql`insert into free_times (id, person_id, weekday, starts_at, ends_at) values (${uuidv7()}, ${teacher}, 6, '07:00', '07:30') on conflict do nothing`,
			sql`insert into program_stacks (program_id, stack_version_id) values (${program}, ${stack!.id}) on conflict do nothing`,
			sql`insert into invitations (id, program_id, role, invited_by_id, token_hash, expires_at)
				values (${uuidv7()}, ${program}, 'teacher', ${manager}, '\\x11', now() + interval '1 day')`,
			sql`insert into credit_rules (id, jurisdiction, purpose, statement, source, as_of)
				values (${uuidv7()}, 'US-TN', 'licence-renewal', 'x', 's', '2026')`,
			sql`insert into credit_conversions (id, jurisdiction, from_unit, to_unit, from_per_to, source, as_of)
				values (${uuidv7()}, 'US-MS', 'contact-hours', 'ceu', 10, 's', '2026')`,
			sql`insert into frameworks (id, case_id, title, creator, case_changed_at)
				values (${framework}, ${uuidv7()}, 'F', 'C', now())`,
			sql`insert into competencies (id, framework_id, case_id, statement, position)
				values (${uuidv7()}, ${framework}, ${uuidv7()}, 'S', 1)`,
			sql`insert into framework_associations (id, framework_id, case_id, kind, origin, destination, position, published)
				values (${uuidv7()}, ${framework}, ${uuidv7()}, 'isChildOf', 'a', 'b', 1, '{}')`,
			sql`insert into framework_drafts (id, person_id, source, package) values (${uuidv7()}, ${manager}, 'a file', '{}')`,
			sql`insert into issuer_editors (issuer_id, program_id) values (${issuer}, ${program})`,
			sql`insert into microcredential_drafts (id, issuer_id, body, created_by, updated_by) values (${uuidv7()}, ${issuer}, '{}', ${manager}, ${manager})`,
			sql`insert into microcredential_versions (id, microcredential_id, number, title, competency) values (${unpublished}, ${microcredential}, 9, 'Next', 'Next.')`,
			sql`insert into parts (id, microcredential_version_id, section, position, prompt) values (${unpublishedPart}, ${unpublished}, 1, 1, 'Why?')`,
			sql`insert into competencies (id, framework_id, case_id, statement, position) values (${competency}, ${framework}, ${competency}, 'S', 2)`,
			sql`insert into alignments (microcredential_version_id, competency_id)
				select ${unpublished}, id from competencies where framework_id = ${framework} and id <> ${competency}`,
			sql`insert into rubric_rows (id, part_id, position, criterion, descriptions)
				values (${uuidv7()}, ${unpublishedPart}, 5, 'Row', '[]')`,
			sql`insert into anchor_scores (id, program_id, mentor_id, microcredential_id, anchor, scored_on, entered_by_id)
				values (${uuidv7()}, ${program}, ${mentor}, ${microcredential}, 'One', '2026-09-01', ${manager})`,
			sql`insert into meetings (id, pair_id, kind, starts_at, minutes, state, proposed_by_id)
				values (${meeting}, ${pair}, 'meeting', now() + interval '1 day', 45, 'proposed', ${teacher})`,
			sql`insert into meeting_notes (id, meeting_id, pair_id, number, notes, agreed, written_by_id, beside)
				values (${uuidv7()}, ${meeting}, ${pair}, 9, 'x', '', ${mentor}, true)`,
			sql`insert into check_ins (id, pair_id, teacher_id, day, going, form_id)
				values (${unsaid}, ${pair}, ${teacher}, '2026-11-01', 'well', ${uuidv7()})`,
			sql`insert into coach_messages (id, pair_id, coach_id, kind, addressed_to, words)
				values (${uuidv7()}, ${pair}, ${coach}, 'nudge', 'both', 'x')`,
			sql`insert into coach_letters (person_id) values (${coach}) on conflict do nothing`,
			sql`insert into calendars (id, person_id, name) values (${uuidv7()}, ${teacher}, 'A file')`,
			sql`insert into timetable_periods (id, person_id, weekday, starts_at, ends_at, kind) values (${uuidv7()}, ${teacher}, 6, '07:00', '07:30', 'prep')`,
			sql`insert into meeting_settings (person_id) values (${teacher}) on conflict do nothing`,
			sql`insert into programs (id, key, name, organization_id, time_zone, starts_on)
				select ${secondProgram}, 'second', 'Second', organization_id, time_zone, starts_on from programs where id = ${program}`,
			sql`insert into enrollments (id, program_id, person_id, stack_version_id, status)
				values (${secondSeat}, ${secondProgram}, ${teacher}, ${stack!.id}, 'active')`,
			sql`insert into pauses (id, enrollment_id, person_id, paused_at, resumed_at)
				values (${silentPause}, ${seat}, ${teacher}, now() - interval '3 days', now() - interval '2 days')`,
			sql`insert into reflections (id, pair_id, microcredential_version_id, title, created_by)
				values (${bare}, ${pair}, ${versionId}, 'No reason said', ${teacher})`,
			sql`insert into people (id, name, initials) values (${unmatched}, 'U', 'U'), (${asked}, 'A', 'A')`,
			sql`insert into enrollments (id, program_id, person_id, stack_version_id, status)
				select p.id, ${program}, p.id, ${stack!.id}, 'active' from people p where p.id in (${unmatched}, ${asked})`,
			sql`insert into pairs (id, program_id, teacher_id, mentor_id, status) values (${proposed}, ${program}, ${asked}, ${mentor}, 'proposed')`,
			sql`insert into pairs (id, program_id, teacher_id, mentor_id, status, ended_as, ended_at)
				values (${before}, ${program}, ${teacher}, ${asked}, 'ended', 'rematched', now())`,
			sql`insert into reflections (id, pair_id, microcredential_version_id, title, created_by)
				values (${earlier}, ${before}, ${versionId}, 'Before', ${teacher})`,
			sql`insert into earlier_passages (id, pair_id, reflection_id, content, shown_by) values (${uuidv7()}, ${pair}, ${earlier}, '{}', ${teacher})`,
			sql`insert into teaching_facts (program_id, person_id, subjects, grades, languages, entered_by_id)
				values (${program}, ${unmatched}, '{}', '{}', '{}', ${manager})`,
			sql`insert into matchings (program_id, changed_by_id) values (${program}, ${manager}) on conflict do nothing`,
			sql`insert into mentor_hours (id, program_id, mentor_id, from_on, hours, entered_by_id)
				values (${uuidv7()}, ${program}, ${mentor}, '2026-09-01', 5.5, ${manager})`,
			sql`insert into program_capacity (id, program_id, rule_key, from_on, reason, set_by_id)
				values (${uuidv7()}, ${program}, 'default', '2026-09-01', 'x', ${manager})`,
			sql`insert into cohort_moderators (id, cohort_id, person_id) values (${uuidv7()}, ${cohort}, ${coach})`,
			sql`insert into threads (id, cohort_id, microcredential_id, kind, title, author_id, nameless, form_id)
				values (${thread}, ${cohort}, ${microcredential}, 'question', 'Silence', ${teacher}, false, ${uuidv7()}),
					(${nameless}, ${cohort}, ${microcredential}, 'question', 'Asked', null, true, ${uuidv7()})`,
			sql`insert into posts (id, thread_id, cohort_id, author_id, nameless, form_id)
				values (${post}, ${thread}, ${cohort}, ${teacher}, false, ${uuidv7()}),
					(${reply}, ${thread}, ${cohort}, ${mentor}, false, ${uuidv7()}),
					(${namelessPost}, ${nameless}, ${cohort}, null, true, ${uuidv7()})`,
			sql`insert into post_words (post_id, revision, cohort_id, thread_id, body, words)
				select id, 1, cohort_id, thread_id, '{"type":"doc","content":[]}', 'x' from posts where id in (${post}, ${reply}, ${namelessPost})`,
			sql`insert into nameless_posts (id, person_id, cohort_id, microcredential_id, thread_id, post_id, title, publish_at)
				values (${uuidv7()}, ${teacher}, ${cohort}, ${microcredential}, ${nameless}, ${namelessPost}, 'Asked', now())`,
			sql`insert into author_reveals (id, thread_id, cohort_id, moderator_id, reason)
				values (${uuidv7()}, ${nameless}, ${cohort}, ${coach}, 'A pupil is in danger')`,
			sql`insert into threads (id, cohort_id, microcredential_id, kind, title, nameless, form_id)
				values (${marked}, ${cohort}, ${microcredential}, 'question', 'Marked', true, ${uuidv7()})`,
			sql`insert into nameless_marks (thread_id, cohort_id, person_id, apply_at) values (${marked}, ${cohort}, ${teacher}, now())`,
			sql`insert into nameless_posts (id, person_id, cohort_id, microcredential_id, thread_id, title, body, publish_at)
				values (${uuidv7()}, ${teacher}, ${cohort}, ${microcredential}, ${marked}, 'Marked', '{}', now())`,
			sql`insert into cohort_moves (id, program_id, person_id, to_cohort_id, moved_by_id)
				values (${uuidv7()}, ${program}, ${teacher}, ${cohort}, ${manager})`,
			sql`insert into post_reactions (post_id, cohort_id, person_id, kind) values (${post}, ${cohort}, ${mentor}, 'thanks')`,
			sql`insert into thread_reads (person_id, thread_id, cohort_id, up_to) values (${teacher}, ${thread}, ${cohort}, 1)`,
			sql`insert into thread_choices (id, person_id, cohort_id, thread_id, level) values (${uuidv7()}, ${teacher}, ${cohort}, ${thread}, 'mute')`,
			sql`insert into post_mentions (post_id, cohort_id, person_id) values (${post}, ${cohort}, ${mentor})`,
			sql`insert into post_files (id, cohort_id, person_id, name, type, size, content)
				values (${looseFile}, ${cohort}, ${teacher}, 'f', 'text/plain', 1, '\\x00')`,
			sql`insert into post_reports (id, post_id, cohort_id, person_id, reason) values (${uuidv7()}, ${post}, ${cohort}, ${mentor}, 'other')`,
			sql`insert into moderation_acts (id, cohort_id, thread_id, post_id, act, reason, by_id)
				values (${uuidv7()}, ${cohort}, ${thread}, ${post}, 'warn', 'Because', ${coach})`,
			// What is frozen can't be taken back.
			sql`delete from reflection_versions where kind = 'frozen'`,
			sql`insert into reflection_versions (id, reflection_id, kind, name, up_to_number, created_by)
				values (${uuidv7()}, ${reflection}, 'named', 'First', 1, ${teacher})`
		])
			await tx.execute(fill);
		policies = await rowsOf<Policy>(
			tx,
			sql`select policyname as name, tablename as table, cmd as command, qual as using, with_check as check from pg_policies
				where schemaname = 'public' and 'authenticated' = any (roles) order by 2, 1`
		);
	});
});
afterAll(() => db?.close());

const undo = new Error('taken back');

/** Runs `work` in a transaction that is taken back, after changing the house for as long. */
async function meanwhile<T>(change: SQL | null, work: (tx: Tx) => Promise<T>): Promise<T> {
	let result!: T;
	await db
		.asOwner(async (tx) => {
			if (change) await tx.execute(change);
			result = await work(tx);
			throw undo;
		})
		.catch((error: unknown) => {
			if (error !== undo) throw error;
		});
	return result;
}

/** Does something with somebody's claims, exactly as a request would, and takes it back. @returns rows, or the SQLSTATE */
async function as(tx: Tx, person: string | null, act: SQL): Promise<number | string> {
	let result: number | string = -1;
	await tx
		.transaction(async (inner) => {
			const claims = person === null ? '' : JSON.stringify({ sub: person });
			await inner.execute(
				sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
			);
			const answer = (await inner.execute(act)) as unknown as {
				rowCount?: number;
				affectedRows?: number;
				rows: unknown[];
			};
			result = answer.rows.length || (answer.rowCount ?? answer.affectedRows ?? 0);
			throw undo;
		})
		.catch((error: unknown) => {
			if (error === undo) return;
			result = sqlStateOf(error);
			if (result === '') throw error;
		});
	return result;
}

/** Tables of which the role of people may read anything, as Postgres says. */
const readableTables = (tx: Tx) =>
	rowsOf<{ name: string }>(
		tx,
		sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
			and has_any_column_privilege('authenticated', oid, 'select') order by 1`
	).then((rows) => rows.map(({ name }) => name));

test('a stranger reads nothing in any table that people may read, but the catalogue and their own name', async () => {
	const found = await meanwhile(null, async (tx) => {
		const answers: Record<string, unknown> = {};
		for (const table of await readableTables(tx)) {
			if (open.includes(table)) continue;
			const some = (await rowsOf(tx, sql`select 1 from ${sql.identifier(table)} limit 1`)).length;
			expect(some, `nothing stands in ${table}: put a row there in this test`).toBe(1);
			const read = all(table);
			answers[table] = [await as(tx, stranger, read), await as(tx, uuidv7(), read), await as(tx, null, read)];
		}
		return answers;
	});
	const { people, ...others } = found;
	expect(people, 'the stranger, somebody who does not exist, nobody').toEqual([1, 0, 0]);
	for (const [table, answer] of Object.entries(others)) expect(answer, table).toEqual([0, 0, 0]);
	expect(Object.keys(others).length).toBeGreaterThan(15);
});

test('a table that is for the product alone refuses everybody', async () => {
	await meanwhile(null, async (tx) => {
		const readable = await readableTables(tx);
		const tables = await rowsOf<{ name: string }>(
			tx,
			sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`
		);
		for (const { name } of tables.filter((table) => !readable.includes(table.name)))
			for (const person of [stranger, teacher, manager])
				expect(await as(tx, person, sql`select * from ${sql.identifier(name)}`), name).toBe('42501');
	});
});

/**
 * One act for each policy that lets people write, and who may do it. Rows of others stand in them, so that with a
 * stranger's claims the same act would do harm.
 */
const acts: Record<string, [who: string, act: SQL]> = {
	alignments_write: [
		manager,
		sql`insert into alignments (microcredential_version_id, competency_id) values (${unpublished}, ${competency})`
	],
	microcredential_drafts_edit: [
		manager,
		sql`insert into microcredential_drafts (id, issuer_id, body, created_by, updated_by) values (${uuidv7()}, ${issuer}, '{}', ${manager}, ${manager})`
	],
	microcredential_versions_begin: [
		manager,
		sql`insert into microcredential_versions (id, microcredential_id, number, title, competency) values (${uuidv7()}, ${microcredential}, 10, 'x', 'x')`
	],
	microcredential_versions_publish: [
		manager,
		sql`update microcredential_versions set status = 'retired', retired_at = now(), retired_reason = 'x' where id = ${versionId}`
	],
	microcredentials_begin: [
		manager,
		sql`insert into microcredentials (id, issuer_id, key) values (${uuidv7()}, ${issuer}, 'another')`
	],
	parts_write: [
		manager,
		sql`insert into parts (id, microcredential_version_id, section, position, prompt) values (${uuidv7()}, ${unpublished}, 1, 2, 'x')`
	],
	rubric_rows_write: [
		manager,
		sql`insert into rubric_rows (id, part_id, position, criterion, descriptions) values (${uuidv7()}, ${unpublishedPart}, 1, 'x', '[]')`
	],
	anchor_scores_enter: [
		manager,
		sql`insert into anchor_scores (id, program_id, mentor_id, microcredential_id, anchor, scored_on, entered_by_id)
			values (${uuidv7()}, ${program}, ${mentor}, ${microcredential}, 'Two', '2026-09-01', ${manager})`
	],
	anchor_scores_take_back: [
		manager,
		sql`update anchor_scores set taken_back_by_id = ${manager}, taken_back_at = now() where program_id = ${program}`
	],
	earlier_passages_show: [
		teacher,
		sql`insert into earlier_passages (id, pair_id, reflection_id, content, shown_by) values (${uuidv7()}, ${pair}, ${earlier}, '{}', ${teacher})`
	],
	earlier_passages_take_back: [teacher, sql`update earlier_passages set taken_back_at = now() where pair_id = ${pair}`],
	matchings_draft: [manager, sql`update matchings set changed_by_id = ${manager}`],
	teaching_facts_enter: [
		manager,
		sql`update teaching_facts set subjects = '{art}', entered_by_id = ${manager} where program_id = ${program}`
	],
	mentor_hours_enter: [
		manager,
		sql`insert into mentor_hours (id, program_id, mentor_id, from_on, hours, entered_by_id)
			values (${uuidv7()}, ${program}, ${mentor}, '2026-10-01', 6, ${manager})`
	],
	pair_events_propose: [
		manager,
		sql`insert into pair_events (id, pair_id, kind, by_person_id) values (${uuidv7()}, ${proposed}, 'proposed', ${manager})`
	],
	pair_events_two: [
		teacher,
		sql`insert into pair_events (id, pair_id, kind, by_person_id) values (${uuidv7()}, ${pair}, 'pause-asked', ${teacher})`
	],
	pairs_move: [teacher, sql`update pairs set status = 'active' where id = ${pair}`],
	pairs_propose: [
		manager,
		sql`insert into pairs (id, program_id, teacher_id, mentor_id, status) values (${uuidv7()}, ${program}, ${unmatched}, ${mentor}, 'proposed')`
	],
	program_capacity_set: [
		manager,
		sql`insert into program_capacity (id, program_id, rule_key, from_on, reason, set_by_id)
			values (${uuidv7()}, ${program}, 'texas', '2026-10-01', 'x', ${manager})`
	],
	audit_events_add: [
		teacher,
		sql`insert into audit_events (id, kind, person_id, by_person_id) values (${uuidv7()}, 'signed-out', ${teacher}, ${teacher})`
	],
	coach_marks_make: [
		coach,
		sql`insert into coach_marks (id, pair_id, coach_id, kind, words) values (${uuidv7()}, ${pair}, ${coach}, 'note', 'x')`
	],
	coach_marks_end: [coach, sql`update coach_marks set ended_at = now() where ended_at is null`],
	coach_messages_send: [
		coach,
		sql`insert into coach_messages (id, pair_id, coach_id, kind, addressed_to, words) values (${uuidv7()}, ${pair}, ${coach}, 'nudge', 'both', 'x')`
	],
	notifications_mark: [teacher, sql`update notifications set read_at = now()`],
	notification_settings_own: [teacher, sql`update notification_settings set digest = 'off'`],
	notification_mutes_own: [
		teacher,
		sql`insert into notification_mutes (person_id, about) values (${teacher}, 'thread:2')`
	],
	push_subscriptions_add: [
		teacher,
		sql`insert into push_subscriptions (id, person_id, endpoint, p256dh, auth, name)
			values (${uuidv7()}, ${teacher}, 'https://push.example/2', ${'p'.repeat(87)}, ${'a'.repeat(22)}, 'Browser')`
	],
	push_subscriptions_remove: [teacher, sql`delete from push_subscriptions`],
	deadline_extensions_make: [
		manager,
		sql`insert into deadline_extensions (id, program_id, last_day, reason, extended_by_id)
			values (${uuidv7()}, ${program}, '2099-06-30', 'More time', ${manager})`
	],
	program_breaks_add: [
		manager,
		sql`insert into program_breaks (id, program_id, name, first_day, last_day, added_by_id)
			values (${uuidv7()}, ${program}, 'Spring break', '2099-03-15', '2099-03-19', ${manager})`
	],
	program_breaks_take_away: [manager, sql`delete from program_breaks`],
	credit_conversions_record: [
		manager,
		sql`insert into credit_conversions (id, jurisdiction, from_unit, to_unit, from_per_to, source, as_of, recorded_by)
			values (${uuidv7()}, 'US-TN', 'contact-hours', 'ceu', 10, 's', '2026', ${manager})`
	],
	credit_rules_record: [
		manager,
		sql`insert into credit_rules (id, jurisdiction, purpose, statement, source, as_of, recorded_by)
			values (${uuidv7()}, 'US-TN', 'licence-renewal', 'x', 's', '2026', ${manager})`
	],
	enrollments_choose: [
		newcomer,
		sql`insert into enrollments (id, program_id, person_id, cohort_id, stack_version_id, status)
			select ${uuidv7()}, ${program}, ${newcomer}, ${cohort}, id, 'active' from stack_versions limit 1`
	],
	enrollments_change_stack: [
		teacher,
		sql`update enrollments set stack_version_id = (select id from stack_versions limit 1) where id = ${seat}`
	],
	pauses_begin: [
		teacher,
		sql`insert into pauses (id, enrollment_id, person_id, microcredential_id) values (${uuidv7()}, ${seat}, ${teacher}, ${microcredential})`
	],
	pauses_resume: [teacher, sql`update pauses set resumed_at = now() where resumed_at is null`],
	pause_reasons_say: [
		teacher,
		sql`insert into pause_reasons (pause_id, enrollment_id, person_id, words) values (${silentPause}, ${seat}, ${teacher}, 'x')`
	],
	plans_begin: [
		teacher,
		sql`insert into plans (enrollment_id, person_id, minutes_per_week, in_order) values (${secondSeat}, ${teacher}, 60, '{}')`
	],
	plans_change: [teacher, sql`update plans set minutes_per_week = 90`],
	plan_dates_begin: [
		teacher,
		sql`insert into plan_dates (enrollment_id, person_id, done_on) values (${secondSeat}, ${teacher}, '2099-06-01')`
	],
	plan_dates_change: [teacher, sql`update plan_dates set done_on = '2099-06-01'`],
	second_reasons_say: [
		teacher,
		sql`insert into second_reasons (reflection_id, person_id, choice) values (${bare}, ${teacher}, 'waiting')`
	],
	enrollments_leave: [teacher, sql`update enrollments set status = 'withdrawn', ended_at = now()`],
	competencies_import: [manager, sql`update competencies set position = position + 1`],
	framework_associations_import: [
		manager,
		sql`insert into framework_associations (id, framework_id, case_id, kind, origin, destination, position, published)
			select ${uuidv7()}, id, ${uuidv7()}, 'isChildOf', 'a', 'b', 1, '{}' from frameworks limit 1`
	],
	agenda_items_add: [
		teacher,
		sql`insert into agenda_items (id, pair_id, words, added_by_id) values (${uuidv7()}, ${pair}, 'Norms', ${teacher})`
	],
	check_ins_send: [
		teacher,
		sql`insert into check_ins (id, pair_id, teacher_id, day, going, form_id)
			values (${uuidv7()}, ${pair}, ${teacher}, '2026-11-02', 'well', ${uuidv7()})`
	],
	check_ins_correct: [teacher, sql`update check_ins set going = 'hard'`],
	cohort_moderators_appoint: [
		manager,
		sql`insert into cohort_moderators (id, cohort_id, person_id, appointed_by_id) values (${uuidv7()}, ${cohort}, ${mentor}, ${manager})`
	],
	cohort_moderators_end: [manager, sql`update cohort_moderators set until_at = now()`],
	threads_open: [
		teacher,
		sql`insert into threads (id, cohort_id, microcredential_id, kind, title, author_id, form_id)
			values (${uuidv7()}, ${cohort}, ${microcredential}, 'tried', 'New', ${teacher}, ${uuidv7()})`
	],
	// Who changes what of a thread or post is a trigger's to refuse; whose rows they are is the policy's.
	threads_change: [teacher, sql`update threads set title = title where id = ${thread}`],
	posts_say: [
		teacher,
		sql`insert into posts (id, thread_id, cohort_id, author_id, form_id) values (${uuidv7()}, ${thread}, ${cohort}, ${teacher}, ${uuidv7()})`
	],
	posts_change: [teacher, sql`update posts set edited_at = now() where id = ${post}`],
	post_words_write: [
		teacher,
		sql`insert into post_words (post_id, revision, cohort_id, thread_id, author_id, body, words)
			values (${post}, 2, ${cohort}, ${thread}, ${teacher}, '{"type":"doc","content":[]}', 'y')`
	],
	nameless_posts_ask: [
		teacher,
		sql`insert into nameless_posts (id, person_id, cohort_id, microcredential_id, title, body, publish_at)
			values (${uuidv7()}, ${teacher}, ${cohort}, ${microcredential}, 'Why', '{}', now())`
	],
	nameless_posts_take_back: [teacher, sql`delete from nameless_posts where post_id is null`],
	nameless_posts_change: [
		teacher,
		sql`update nameless_posts set change_at = now(), change_to = 'taken-back' where post_id is not null`
	],
	nameless_marks_make: [
		teacher,
		sql`insert into nameless_marks (thread_id, cohort_id, person_id, apply_at) values (${nameless}, ${cohort}, ${teacher}, now())`
	],
	nameless_marks_change: [teacher, sql`update nameless_marks set apply_at = now()`],
	nameless_marks_take_back: [teacher, sql`delete from nameless_marks`],
	author_reveals_make: [
		coach,
		sql`insert into author_reveals (id, thread_id, cohort_id, moderator_id, reason)
			values (${uuidv7()}, ${nameless}, ${cohort}, ${coach}, 'A pupil is in danger')`
	],
	post_reactions_add: [
		teacher,
		sql`insert into post_reactions (post_id, cohort_id, person_id, kind) values (${reply}, ${cohort}, ${teacher}, 'tried')`
	],
	post_reactions_take_back: [mentor, sql`delete from post_reactions where post_id = ${post}`],
	thread_reads_note: [
		mentor,
		sql`insert into thread_reads (person_id, thread_id, cohort_id, up_to) values (${mentor}, ${thread}, ${cohort}, 1)`
	],
	thread_reads_further: [teacher, sql`update thread_reads set up_to = 2 where thread_id = ${thread}`],
	thread_choices_make: [
		mentor,
		sql`insert into thread_choices (id, person_id, cohort_id, level) values (${uuidv7()}, ${mentor}, ${cohort}, 'watch')`
	],
	thread_choices_change: [teacher, sql`update thread_choices set level = 'watch' where thread_id = ${thread}`],
	thread_choices_take_back: [teacher, sql`delete from thread_choices where thread_id = ${thread}`],
	post_files_add: [
		teacher,
		sql`insert into post_files (id, cohort_id, person_id, name, type, size, content)
			values (${uuidv7()}, ${cohort}, ${teacher}, 'g', 'text/plain', 1, '\\x00')`
	],
	// To which post it may go is a trigger's to refuse.
	post_files_use: [teacher, sql`update post_files set alt = 'A board' where id = ${looseFile}`],
	post_files_take_back: [teacher, sql`delete from post_files where id = ${looseFile}`],
	post_reports_make: [
		teacher,
		sql`insert into post_reports (id, post_id, cohort_id, person_id, reason) values (${uuidv7()}, ${reply}, ${cohort}, ${teacher}, 'other')`
	],
	post_reports_settle: [
		coach,
		sql`update post_reports set settled_at = now(), settled_by_id = ${coach}, outcome = 'kept' where post_id = ${post}`
	],
	moderation_acts_make: [
		coach,
		sql`insert into moderation_acts (id, cohort_id, thread_id, act, reason, by_id)
			values (${uuidv7()}, ${cohort}, ${thread}, 'lock', 'Because', ${coach})`
	],
	check_in_signals_allow: [
		teacher,
		sql`insert into check_in_signals (check_in_id, pair_id, shows) values (${unsaid}, ${pair}, 'day')`
	],
	check_in_signals_change: [teacher, sql`update check_in_signals set shows = 'day', going = null`],
	agenda_items_tick: [
		mentor,
		sql`update agenda_items set done_in_id = ${meeting}, done_by_id = ${mentor}, done_at = now() where pair_id = ${pair}`
	],
	calendars_own: [
		teacher,
		sql`insert into calendars (id, person_id, name) values (${uuidv7()}, ${teacher}, 'Another file')`
	],
	meeting_notes_settle: [teacher, sql`update meeting_notes set settled_at = now() where beside`],
	meeting_notes_write: [
		mentor,
		sql`insert into meeting_notes (id, meeting_id, pair_id, number, notes, agreed, written_by_id)
			values (${uuidv7()}, ${meeting}, ${pair}, 17, 'x', '', ${mentor})`
	],
	meeting_settings_own: [teacher, sql`update meeting_settings set offers_prep = true`],
	meetings_change: [mentor, sql`update meetings set minutes = 30`],
	meetings_propose: [
		teacher,
		sql`insert into meetings (id, pair_id, kind, starts_at, minutes, state, proposed_by_id)
			values (${uuidv7()}, ${pair}, 'meeting', now() + interval '3 days', 45, 'proposed', ${teacher})`
	],
	program_times_set: [
		manager,
		sql`insert into program_times (id, program_id, starts_at, ends_at, set_by_id)
			values (${uuidv7()}, ${program}, '08:00', '15:00', ${manager})`
	],
	timetable_periods_own: [
		teacher,
		sql`insert into timetable_periods (id, person_id, weekday, starts_at, ends_at, kind)
			values (${uuidv7()}, ${teacher}, 2, '09:00', '09:45', 'teaching')`
	],
	work_shares_set: [
		manager,
		sql`insert into work_shares (id, program_id, person_id, from_day, percent, set_by_id)
			values (${uuidv7()}, ${program}, ${teacher}, '2026-09-01', 80, ${manager})`
	],
	framework_drafts_own: [
		manager,
		sql`insert into framework_drafts (id, person_id, source, package) values (${uuidv7()}, ${manager}, 'a file', '{}')`
	],
	frameworks_import: [manager, sql`update frameworks set title = 'Another'`],
	free_times_own: [
		teacher,
		sql`insert into free_times (id, person_id, weekday, starts_at, ends_at) values (${uuidv7()}, ${teacher}, 5, '06:00', '06:30')`
	],
	invitations_make: [
		manager,
		sql`insert into invitations (id, program_id, role, invited_by_id, token_hash, expires_at)
			values (${uuidv7()}, ${program}, 'manager', ${manager}, '\\x22', now() + interval '1 day')`
	],
	invitations_withdraw: [
		manager,
		sql`update invitations set withdrawn_at = now(), withdrawn_by_id = ${manager} where accepted_at is null`
	],
	pair_events_end: [
		teacher,
		sql`insert into pair_events (id, pair_id, kind, by_person_id, reason) values (${uuidv7()}, ${pair}, 'ended', ${teacher}, 'x')`
	],
	pairs_end: [teacher, sql`update pairs set status = 'ended', ended_as = 'withdrawn', ended_at = now()`],
	person_settings_own: [teacher, sql`update person_settings set remind = 'never'`],
	reflection_looks_own: [teacher, sql`update reflection_looks set up_to_number = 2`],
	reflection_passages_grant: [
		teacher,
		sql`insert into reflection_passages (id, reflection_id, content, granted_by) values (${uuidv7()}, ${reflection}, '{}', ${teacher})`
	],
	reflection_passages_withdraw: [
		mentor,
		sql`update reflection_passages set withdrawn_by = ${mentor}, withdrawn_at = now() where reflection_id = ${reflection}`
	],
	reflection_sharings_share: [
		teacher,
		sql`insert into reflection_sharings (id, reflection_id, shared_by) values (${uuidv7()}, ${alone}, ${teacher})`
	],
	reflection_sharings_take_back: [
		teacher,
		sql`update reflection_sharings set taken_back_by = ${teacher}, taken_back_at = now() where reflection_id = ${reflection}`
	],
	reflection_versions_make: [
		teacher,
		sql`insert into reflection_versions (id, reflection_id, kind, name, up_to_number, created_by)
			values (${uuidv7()}, ${reflection}, 'named', 'Second', 1, ${teacher})`
	],
	reflections_start: [
		teacher,
		sql`insert into reflections (id, pair_id, microcredential_version_id, title, created_by)
			values (${uuidv7()}, ${pair}, ${versionId}, 'New', ${teacher})`
	],
	roles_end: [manager, sql`update roles set until_at = now()`],
	sessions_end_own: [teacher, sql`delete from sessions`]
};
/** Neither an error nor nothing. */
const did = (answer: number | string) => typeof answer === 'number' && answer > 0;

test('a stranger changes, adds and removes nothing, whatever right the role has', async () => {
	const outcomes = await meanwhile(null, async (tx) => {
		const found: Record<string, [rightful: boolean, stranger: boolean, nobody: boolean]> = {};
		for (const [name, [who, act]] of Object.entries(acts))
			found[name] = [did(await as(tx, who, act)), did(await as(tx, stranger, act)), did(await as(tx, null, act))];
		return found;
	});
	for (const [name, answer] of Object.entries(outcomes)) expect(answer, name).toEqual([true, false, false]);
});

test('and what the role has no right to is refused to the very people whose rows they are', async () => {
	const kept = await meanwhile(null, async (tx) => {
		const refused: string[] = [];
		for (const table of ['reflection_updates', 'reflection_history', 'audit_events', 'email_addresses', 'passkeys'])
			if ((await as(tx, teacher, sql`delete from ${sql.identifier(table)}`)) === '42501') refused.push(table);
		for (const change of [
			sql`update people set name = 'Somebody else'`,
			sql`update pairs set mentor_id = ${teacher}`,
			sql`update audit_events set kind = 'x'`,
			sql`update sessions set expires_at = now() + interval '1 year'`,
			sql`update roles set role = 'manager'`,
			sql`update email_addresses set person_id = ${teacher}`,
			sql`insert into roles (id, person_id, role, scope_kind, scope_id) values (${uuidv7()}, ${teacher}, 'manager', 'program', ${program})`,
			sql`insert into caseloads (id, coach_id, pair_id) values (${uuidv7()}, ${teacher}, ${pair})`,
			sql`insert into awards (id, person_id, microcredential_version_id) values (${uuidv7()}, ${teacher}, ${versionId})`,
			sql`insert into reflection_updates (reflection_id, number, person_id, updates) values (${reflection}, 9, ${teacher}, '\\x00')`
		])
			expect(await as(tx, teacher, change)).toBe('42501');
		return refused;
	});
	expect(kept).toHaveLength(5);
});

test('every policy that lets people write has an act here, and every act a policy', () => {
	const writing = policies.filter(({ command }) => command !== 'SELECT').map(({ name }) => name);
	expect(Object.keys(acts).sort()).toEqual(writing.sort());
});

/** How much of a table everybody around the pair sees: what is lost shows somewhere in it. */
async function seen(tx: Tx, table: string): Promise<string> {
	const counts: unknown[] = [];
	for (const who of new Set([...Object.values(place.people).map(idOf), newcomer]))
		counts.push(await as(tx, who, sql`select 1 from ${sql.identifier(table)}`));
	return counts.join();
}

const all = (table: string) => sql`select * from ${sql.identifier(table)}`;
/** The stranger's own name. */
const own = (table: string) => (table === 'people' ? 1 : 0);

describe('is noticed', () => {
	test('when any policy is gone: somebody no longer has what is theirs', { timeout: 120_000 }, async () => {
		const silent: string[] = [];
		for (const { name, table, command, using } of policies) {
			if (using === 'true') continue; // the catalogue, for everybody who is signed in
			const drop = sql`drop policy ${sql.identifier(name)} on ${sql.identifier(table)}`;
			const look = async (tx: Tx) =>
				command === 'SELECT' ? seen(tx, table) : String(did(await as(tx, acts[name]![0], acts[name]![1])));
			if ((await meanwhile(null, look)) === (await meanwhile(drop, look))) silent.push(name);
		}
		expect(silent).toEqual([]);
	});

	test('when any policy is opened wide: a stranger reads or does it', { timeout: 120_000 }, async () => {
		const silent: string[] = [];
		for (const { name, table, command, using, check } of policies) {
			if (using === 'true') continue;
			const opened = sql`alter policy ${sql.identifier(name)} on ${sql.identifier(table)}
				${using ? sql`using (true)` : sql``} ${check ? sql`with check (true)` : sql``}`;
			// Changing a row asks to see it first: what is shown is the business of the policy for reading.
			const see = sql`create policy everything_seen on ${sql.identifier(table)} for select to authenticated using (true)`;
			const noticed = await meanwhile(opened, async (tx) => {
				if (command === 'SELECT') return Number(await as(tx, stranger, all(table))) > own(table);
				await tx.execute(see);
				return did(await as(tx, stranger, acts[name]![1]));
			});
			if (!noticed) silent.push(name);
		}
		expect(silent).toEqual([]);
	});

	test('when row security is switched off for any table', { timeout: 60_000 }, async () => {
		const silent: string[] = [];
		for (const table of new Set(policies.filter(({ using }) => using !== 'true').map((policy) => policy.table))) {
			const off = sql`alter table ${sql.identifier(table)} disable row level security`;
			if (Number(await meanwhile(off, (tx) => as(tx, stranger, all(table)))) <= own(table)) silent.push(table);
		}
		expect(silent).toEqual([]);
	});
});

test('every row policy is forced or the app’s roles own nothing, and no role of ours gets past it', async () => {
	const rows = await meanwhile(null, (tx) =>
		rowsOf<{ owned: number; powerful: number; off: number }>(
			tx,
			sql`select
				(select count(*)::int from pg_class where relowner in (select oid from pg_roles where rolname in ('authenticated', 'app_service', 'app_login'))) as owned,
				(select count(*)::int from pg_roles where rolname in ('authenticated', 'app_service', 'app_login') and (rolsuper or rolbypassrls)) as powerful,
				(select count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity) as off`
		)
	);
	expect(rows).toEqual([{ owned: 0, powerful: 0, off: 0 }]);
});
