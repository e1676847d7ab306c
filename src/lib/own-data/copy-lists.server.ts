/**
 * The lists of a copy, room by room: for each file the tables that it is read from, and how. Each is read as the person whose copy
 * it is, so row policies decide what is in it.
 */
import { aliasedTable, and, asc, eq, getTableColumns, isNull, or, sql } from 'drizzle-orm';
import { kinds, type AuditKind } from '#lib/audit/event.ts';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { checkIns, checkInSignals } from '#lib/checkin/schema.server.ts';
import { microcredentialVersions, stackOutcomes, stacks, stackVersions } from '#lib/catalogue/schema.server.ts';
import {
	authorReveals,
	cohortModerators,
	moderationActs,
	namelessMarks,
	namelessPosts,
	postFiles,
	postMentions,
	postReactions,
	postReports,
	posts,
	threadChoices,
	threadReads,
	threads
} from '#lib/discussion/schema.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import type { Person } from '#lib/identity/person.ts';
import {
	emailAddresses,
	freeTimes,
	organizations,
	passkeys,
	people,
	personSettings,
	providerAccounts,
	roles,
	sessions
} from '#lib/identity/schema.server.ts';
import {
	agendaItems,
	calendars,
	meetingNotes,
	meetings,
	meetingSettings,
	timetablePeriods,
	workShares
} from '#lib/meeting/schema.server.ts';
import {
	notificationMutes,
	notifications,
	notificationSettings,
	pushSubscriptions
} from '#lib/notification/schema.server.ts';
import { anchorScores, caseloads, mentorHours, pairEvents, pairs, teachingFacts } from '#lib/pairing/schema.server.ts';
import { coachLetters, coachMarks, coachMessages, outcomeGrants, secondReasons } from '#lib/progress/schema.server.ts';
import {
	cohortMoves,
	cohorts,
	deadlineExtensions,
	enrollments,
	invitations,
	pauseReasons,
	pauses,
	planDates,
	plans,
	programs
} from '#lib/program/schema.server.ts';
import {
	earlierPassages,
	reflectionLooks,
	reflectionPassages,
	reflections,
	reflectionSharings,
	reflectionVersions
} from '#lib/reflection/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';

type Without<Row, Secret extends keyof Row> = Omit<Row, Secret>;
/** All columns of a table but those that are nobody's to read. */
function but<Row extends Record<string, unknown>, Secret extends keyof Row>(columns: Row, ...secrets: Secret[]) {
	return Object.fromEntries(
		Object.entries(columns).filter(([name]) => !(secrets as string[]).includes(name))
	) as Without<Row, Secret>;
}

type List = { file: string; tables: string[]; rows: (tx: Tx, person: Person) => Promise<unknown[]> };

const by = aliasedTable(people, 'by_person');
const teacher = aliasedTable(people, 'teacher');
const mentor = aliasedTable(people, 'mentor');
/** The program of a role, whatever its scope. */
const scopeName = sql<string | null>`coalesce(
	(select ${programs.name} from ${programs} where ${programs.id} = ${roles.scopeId}),
	(select ${cohorts.name} from ${cohorts} where ${cohorts.id} = ${roles.scopeId}),
	(select ${organizations.name} from ${organizations} where ${organizations.id} = ${roles.scopeId})
)`;

/** What the cohort of a post is called, also where they have left it. */
const spokenIn = sql<
	string | null
>`coalesce(${cohorts.name}, (select e.name from app.earlier_cohorts() e where e.id = ${posts.cohortId}))`;

/** Files with the person's own posts, and those that wait for one. */
export const ownFiles = (person: Person) =>
	or(
		eq(postFiles.personId, person.id),
		eq(posts.authorId, person.id),
		sql`${posts.id} = any ((select app.nameless_post_ids())::uuid[])`
	);

/** Every list of a copy, with the tables that it is read from. What a person can read and is nowhere here is in `notCopied`. */
export const lists: List[] = [
	{
		file: 'account/name.json',
		tables: ['people'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(people), organization: organizations.name })
				.from(people)
				.leftJoin(organizations, eq(organizations.id, people.organizationId))
				.where(eq(people.id, person.id))
	},
	{
		file: 'account/addresses.json',
		tables: ['email_addresses'],
		rows: (tx, person) => tx.select().from(emailAddresses).where(eq(emailAddresses.personId, person.id))
	},
	{
		file: 'account/settings.json',
		tables: ['person_settings'],
		rows: (tx, person) => tx.select().from(personSettings).where(eq(personSettings.personId, person.id))
	},
	{
		file: 'account/times.json',
		tables: ['free_times'],
		rows: (tx, person) => tx.select().from(freeTimes).where(eq(freeTimes.personId, person.id))
	},
	{
		file: 'account/notifications.json',
		tables: ['notifications'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(notifications), 'heldFrom', 'mailAfter'))
				.from(notifications)
				.where(eq(notifications.personId, person.id))
				.orderBy(asc(notifications.at), asc(notifications.id))
	},
	{
		file: 'account/how-you-are-told.json',
		tables: ['notification_settings'],
		rows: (tx, person) => tx.select().from(notificationSettings).where(eq(notificationSettings.personId, person.id))
	},
	{
		file: 'account/muted.json',
		tables: ['notification_mutes'],
		rows: (tx, person) =>
			tx
				.select()
				.from(notificationMutes)
				.where(eq(notificationMutes.personId, person.id))
				.orderBy(asc(notificationMutes.mutedAt))
	},
	{
		file: 'account/told-browsers.json',
		tables: ['push_subscriptions'],
		// An endpoint and its keys are what sends to a browser: a key, and no data of anybody's.
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(pushSubscriptions), 'endpoint', 'p256dh', 'auth'))
				.from(pushSubscriptions)
				.where(eq(pushSubscriptions.personId, person.id))
				.orderBy(asc(pushSubscriptions.addedAt))
	},
	{
		file: 'account/sessions.json',
		tables: ['sessions'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(sessions), 'secretHash'))
				.from(sessions)
				.where(eq(sessions.personId, person.id))
				.orderBy(asc(sessions.createdAt))
	},
	{
		file: 'account/passkeys.json',
		tables: ['passkeys'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(passkeys), 'publicKey', 'counter'))
				.from(passkeys)
				.where(eq(passkeys.personId, person.id))
				.orderBy(asc(passkeys.createdAt))
	},
	{
		file: 'account/linked-accounts.json',
		tables: ['provider_accounts'],
		rows: (tx, person) => tx.select().from(providerAccounts).where(eq(providerAccounts.personId, person.id))
	},
	{
		file: 'account/record.json',
		tables: ['audit_events'],
		rows: async (tx, person) => {
			const found = await tx
				.select({ ...getTableColumns(auditEvents), by: by.name })
				.from(auditEvents)
				.leftJoin(by, eq(by.id, auditEvents.byPersonId))
				.where(or(eq(auditEvents.personId, person.id), eq(auditEvents.byPersonId, person.id)))
				.orderBy(asc(auditEvents.at), asc(auditEvents.id));
			return found.map((event) => ({
				...event,
				// Whose name one may not see is not named by an id either.
				byPersonId: event.by === null ? null : event.byPersonId,
				what: kinds[event.kind as AuditKind] ?? event.kind
			}));
		}
	},
	{
		file: 'programs/roles.json',
		tables: ['roles'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(roles), scope: scopeName })
				.from(roles)
				.where(eq(roles.personId, person.id))
				.orderBy(asc(roles.fromAt))
	},
	{
		file: 'programs/enrollments.json',
		tables: ['enrollments'],
		rows: (tx, person) =>
			tx
				.select({
					...getTableColumns(enrollments),
					program: programs.name,
					cohort: cohorts.name,
					stack: stacks.title,
					rule: stackVersions.rule
				})
				.from(enrollments)
				.leftJoin(programs, eq(programs.id, enrollments.programId))
				.leftJoin(cohorts, eq(cohorts.id, enrollments.cohortId))
				.leftJoin(stackVersions, eq(stackVersions.id, enrollments.stackVersionId))
				.leftJoin(stacks, eq(stacks.id, stackVersions.stackId))
				.where(eq(enrollments.personId, person.id))
				.orderBy(asc(enrollments.joinedListAt))
	},
	{
		file: 'programs/granted.json',
		tables: ['outcome_grants'],
		// Those of others, which a manager reads, are the others'.
		rows: (tx, person) =>
			tx
				.select({
					...getTableColumns(outcomeGrants),
					kind: stackOutcomes.kind,
					words: stackOutcomes.words,
					program: programs.name
				})
				.from(outcomeGrants)
				.leftJoin(stackOutcomes, eq(stackOutcomes.id, outcomeGrants.outcomeId))
				.leftJoin(programs, eq(programs.id, outcomeGrants.programId))
				.where(eq(outcomeGrants.personId, person.id))
				.orderBy(asc(outcomeGrants.grantedAt), asc(outcomeGrants.id))
	},
	{
		file: 'programs/more-time.json',
		tables: ['deadline_extensions'],
		// Yours alone, and what everybody in your programs was given; that of those you mentor or look after is theirs.
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(deadlineExtensions), 'extendedById'), program: programs.name })
				.from(deadlineExtensions)
				.leftJoin(programs, eq(programs.id, deadlineExtensions.programId))
				.where(or(isNull(deadlineExtensions.personId), eq(deadlineExtensions.personId, person.id)))
				.orderBy(asc(deadlineExtensions.extendedAt), asc(deadlineExtensions.id))
	},
	{
		file: 'programs/pauses.json',
		tables: ['pauses', 'pause_reasons'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(pauses), words: pauseReasons.words })
				.from(pauses)
				.leftJoin(pauseReasons, eq(pauseReasons.pauseId, pauses.id))
				.where(eq(pauses.personId, person.id))
				.orderBy(asc(pauses.pausedAt), asc(pauses.id))
	},
	{
		file: 'programs/plans.json',
		tables: ['plans', 'plan_dates'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(plans), doneOn: planDates.doneOn })
				.from(plans)
				.leftJoin(planDates, eq(planDates.enrollmentId, plans.enrollmentId))
				.where(eq(plans.personId, person.id))
				.orderBy(asc(plans.enrollmentId))
	},
	{
		file: 'reflections/beside-another.json',
		tables: ['second_reasons'],
		rows: (tx) =>
			tx
				.select({ ...getTableColumns(secondReasons), by: by.name, title: reflections.title })
				.from(secondReasons)
				.leftJoin(reflections, eq(reflections.id, secondReasons.reflectionId))
				.leftJoin(by, eq(by.id, secondReasons.personId))
				.orderBy(asc(secondReasons.at), asc(secondReasons.reflectionId))
	},
	{
		file: 'programs/coach-notes.json',
		tables: ['coach_marks'],
		// Your own, on the pairs that you look after now.
		rows: (tx, person) =>
			tx
				.select()
				.from(coachMarks)
				.where(eq(coachMarks.coachId, person.id))
				.orderBy(asc(coachMarks.madeAt), asc(coachMarks.id))
	},
	{
		file: 'programs/coach-messages.json',
		tables: ['coach_messages'],
		// Those that a coach wrote to you, and those that you wrote to pairs that you look after now.
		rows: (tx) =>
			tx
				.select({ ...but(getTableColumns(coachMessages), 'toldAt'), by: by.name })
				.from(coachMessages)
				.leftJoin(by, eq(by.id, coachMessages.coachId))
				.orderBy(asc(coachMessages.sentAt), asc(coachMessages.id))
	},
	{
		file: 'programs/coach-letters.json',
		tables: ['coach_letters'],
		rows: (tx, person) => tx.select().from(coachLetters).where(eq(coachLetters.personId, person.id))
	},
	{
		file: 'programs/invitations.json',
		tables: ['invitations'],
		// Those that a manager wrote to others are about the others.
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(invitations), 'tokenHash'), program: programs.name })
				.from(invitations)
				.leftJoin(programs, eq(programs.id, invitations.programId))
				.where(eq(invitations.acceptedById, person.id))
				.orderBy(asc(invitations.createdAt))
	},
	{
		file: 'programs/pairs.json',
		tables: ['pairs'],
		rows: (tx, person) =>
			tx
				.select({
					...getTableColumns(pairs),
					teacher: teacher.name,
					mentor: mentor.name,
					program: programs.name,
					cohort: cohorts.name
				})
				.from(pairs)
				.leftJoin(teacher, eq(teacher.id, pairs.teacherId))
				.leftJoin(mentor, eq(mentor.id, pairs.mentorId))
				.leftJoin(programs, eq(programs.id, pairs.programId))
				.leftJoin(cohorts, eq(cohorts.id, pairs.cohortId))
				.where(or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id)))
				.orderBy(asc(pairs.proposedAt), asc(pairs.id))
	},
	{
		file: 'programs/pair-events.json',
		tables: ['pair_events'],
		// How one's own pairs went, and what one did to those of others, as a manager does.
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(pairEvents), by: by.name })
				.from(pairEvents)
				.leftJoin(pairs, eq(pairs.id, pairEvents.pairId))
				.leftJoin(by, eq(by.id, pairEvents.byPersonId))
				.where(or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id), eq(pairEvents.byPersonId, person.id)))
				.orderBy(asc(pairEvents.at), asc(pairEvents.id))
	},
	{
		file: 'programs/caseload.json',
		tables: ['caseloads'],
		// Of one's own pairs who coached them, and of a coach which pairs.
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(caseloads), coach: by.name })
				.from(caseloads)
				.leftJoin(by, eq(by.id, caseloads.coachId))
				.leftJoin(pairs, eq(pairs.id, caseloads.pairId))
				.where(or(eq(caseloads.coachId, person.id), eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id)))
				.orderBy(asc(caseloads.fromAt), asc(caseloads.id))
	},
	{
		file: 'programs/anchor-scores.json',
		tables: ['anchor_scores'],
		// Those of others, which a manager enters, are the others'.
		rows: (tx, person) =>
			tx
				.select({
					...but(getTableColumns(anchorScores), 'programId', 'enteredById', 'takenBackById'),
					program: programs.name
				})
				.from(anchorScores)
				.leftJoin(programs, eq(programs.id, anchorScores.programId))
				.where(eq(anchorScores.mentorId, person.id))
				.orderBy(asc(anchorScores.enteredAt), asc(anchorScores.id))
	},
	{
		file: 'meetings/meetings.json',
		tables: ['meetings'],
		// Those of pairs that one coaches are the pairs'.
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(meetings), 'proposedById', 'acceptedById', 'cancelledById', 'sequence', 'told'))
				.from(meetings)
				.innerJoin(pairs, eq(pairs.id, meetings.pairId))
				.where(or(eq(pairs.teacherId, person.id), eq(pairs.mentorId, person.id)))
				.orderBy(asc(meetings.startsAt), asc(meetings.id))
	},
	{
		file: 'meetings/agenda.json',
		tables: ['agenda_items'],
		rows: (tx) =>
			tx
				.select({ ...but(getTableColumns(agendaItems), 'addedById', 'doneById'), by: by.name })
				.from(agendaItems)
				.leftJoin(by, eq(by.id, agendaItems.addedById))
				.orderBy(asc(agendaItems.addedAt), asc(agendaItems.id))
	},
	{
		file: 'meetings/notes.json',
		tables: ['meeting_notes'],
		rows: (tx) =>
			tx
				.select({ ...but(getTableColumns(meetingNotes), 'writtenById'), by: by.name })
				.from(meetingNotes)
				.leftJoin(by, eq(by.id, meetingNotes.writtenById))
				.orderBy(asc(meetingNotes.writtenAt), asc(meetingNotes.id))
	},
	{
		file: 'meetings/check-ins.json',
		tables: ['check_ins', 'check_in_signals'],
		// As they may be read: those of a teacher, and of a mentor those of pairs whose words are theirs too.
		rows: (tx) =>
			tx
				.select({
					...but(getTableColumns(checkIns), 'teacherId', 'formId'),
					by: by.name,
					coachSees: checkInSignals.shows
				})
				.from(checkIns)
				.leftJoin(by, eq(by.id, checkIns.teacherId))
				.leftJoin(checkInSignals, eq(checkInSignals.checkInId, checkIns.id))
				.orderBy(asc(checkIns.day), asc(checkIns.id))
	},
	{
		file: 'meetings/calendars.json',
		tables: ['calendars'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(calendars), 'address'))
				.from(calendars)
				.where(eq(calendars.personId, person.id))
				.orderBy(asc(calendars.addedAt), asc(calendars.id))
	},
	{
		file: 'meetings/timetable.json',
		tables: ['timetable_periods'],
		rows: (tx, person) =>
			tx
				.select()
				.from(timetablePeriods)
				.where(eq(timetablePeriods.personId, person.id))
				.orderBy(asc(timetablePeriods.weekday), asc(timetablePeriods.startsAt))
	},
	{
		file: 'cohorts/posts.json',
		tables: ['posts', 'post_words', 'threads'],
		// What they said, with and without a name, in cohorts that they have left too. The title of somebody else's thread only
		// while they are in its cohort; nobody else's words.
		rows: (tx, person) =>
			tx
				.select({
					...but(getTableColumns(posts), 'formId', 'toldAt', 'authorId', 'quote', 'quotesId', 'version'),
					cohort: spokenIn,
					thread: sql<string | null>`coalesce(${namelessPosts.title}, ${threads.title})`,
					kind: threads.kind,
					written: sql`(select json_agg(json_build_object('revision', w.revision, 'writtenAt', w.written_at, 'words', w.words, 'body', w.body) order by w.revision)
						from post_words w where w.post_id = ${posts.id})`
				})
				.from(posts)
				.leftJoin(threads, eq(threads.id, posts.threadId))
				.leftJoin(namelessPosts, and(eq(namelessPosts.postId, posts.id), eq(namelessPosts.personId, person.id)))
				.leftJoin(cohorts, eq(cohorts.id, posts.cohortId))
				.where(or(eq(posts.authorId, person.id), sql`${posts.id} = any ((select app.nameless_post_ids())::uuid[])`))
				.orderBy(asc(posts.createdAt), asc(posts.id))
	},
	{
		file: 'cohorts/without-a-name.json',
		tables: ['nameless_posts', 'author_reveals', 'nameless_marks'],
		// With who looked whose it was, and why they said they did.
		rows: async (tx, person) => {
			const own = await tx
				.select()
				.from(namelessPosts)
				.where(eq(namelessPosts.personId, person.id))
				.orderBy(asc(namelessPosts.askedAt), asc(namelessPosts.id));
			const looked = await tx
				.select({ ...but(getTableColumns(authorReveals), 'toldAt'), moderator: by.name })
				.from(authorReveals)
				.leftJoin(by, eq(by.id, authorReveals.moderatorId))
				.orderBy(asc(authorReveals.at), asc(authorReveals.id));
			const waiting = await tx.select().from(namelessMarks).where(eq(namelessMarks.personId, person.id));
			return own.map(({ personId: _, ...post }) => ({
				...post,
				/** What they said helped, until it is marked. */
				marks: waiting.filter(({ threadId }) => threadId === post.threadId),
				looked: looked.filter(({ threadId }) => threadId === post.threadId)
			}));
		}
	},
	{
		file: 'cohorts/files.json',
		tables: ['post_files'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(postFiles), 'content'))
				.from(postFiles)
				.leftJoin(posts, eq(posts.id, postFiles.postId))
				.where(ownFiles(person))
				.orderBy(asc(postFiles.addedAt), asc(postFiles.id))
	},
	{
		file: 'cohorts/choices.json',
		tables: ['thread_choices'],
		rows: (tx, person) =>
			tx
				.select()
				.from(threadChoices)
				.where(eq(threadChoices.personId, person.id))
				.orderBy(asc(threadChoices.at), asc(threadChoices.id))
	},
	{
		file: 'cohorts/read.json',
		tables: ['thread_reads'],
		rows: (tx, person) =>
			tx
				.select()
				.from(threadReads)
				.where(eq(threadReads.personId, person.id))
				.orderBy(asc(threadReads.at), asc(threadReads.threadId))
	},
	{
		file: 'cohorts/reactions.json',
		tables: ['post_reactions'],
		rows: (tx, person) =>
			tx
				.select()
				.from(postReactions)
				.where(eq(postReactions.personId, person.id))
				.orderBy(asc(postReactions.at), asc(postReactions.postId))
	},
	{
		file: 'cohorts/mentions.json',
		tables: ['post_mentions'],
		rows: (tx, person) =>
			tx.select().from(postMentions).where(eq(postMentions.personId, person.id)).orderBy(asc(postMentions.postId))
	},
	{
		file: 'cohorts/reports.json',
		tables: ['post_reports'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(postReports), 'settledById'))
				.from(postReports)
				.where(eq(postReports.personId, person.id))
				.orderBy(asc(postReports.at), asc(postReports.id))
	},
	{
		file: 'cohorts/moderation.json',
		tables: ['moderation_acts'],
		// What they did as a moderator, and what was done to posts and threads of theirs.
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(moderationActs), 'toldAt', 'byId'), by: by.name })
				.from(moderationActs)
				.leftJoin(by, eq(by.id, moderationActs.byId))
				.where(
					or(
						eq(moderationActs.byId, person.id),
						sql`${moderationActs.postId} = any ((select app.authored_post_ids())::uuid[])`,
						sql`${moderationActs.id} = any ((select app.concerning_act_ids())::uuid[])`
					)
				)
				.orderBy(asc(moderationActs.at), asc(moderationActs.id))
	},
	{
		file: 'cohorts/moves.json',
		tables: ['cohort_moves'],
		// By row policies a move says its reason to whoever was moved; what a manager did for others is about the others.
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(cohortMoves), 'toldAt', 'movedById'), by: by.name })
				.from(cohortMoves)
				.leftJoin(by, eq(by.id, cohortMoves.movedById))
				.where(eq(cohortMoves.personId, person.id))
				.orderBy(asc(cohortMoves.at), asc(cohortMoves.id))
	},
	{
		file: 'cohorts/moderator-of.json',
		tables: ['cohort_moderators'],
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(cohortModerators), 'appointedById'), cohort: cohorts.name })
				.from(cohortModerators)
				.leftJoin(cohorts, eq(cohorts.id, cohortModerators.cohortId))
				.where(eq(cohortModerators.personId, person.id))
				.orderBy(asc(cohortModerators.fromAt), asc(cohortModerators.id))
	},
	{
		file: 'meetings/settings.json',
		tables: ['meeting_settings'],
		rows: (tx, person) =>
			tx
				.select(but(getTableColumns(meetingSettings), 'feedHash'))
				.from(meetingSettings)
				.where(eq(meetingSettings.personId, person.id))
	},
	{
		file: 'programs/part-time.json',
		tables: ['work_shares'],
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(workShares), 'setById'), program: programs.name })
				.from(workShares)
				.leftJoin(programs, eq(programs.id, workShares.programId))
				.where(eq(workShares.personId, person.id))
				.orderBy(asc(workShares.setAt), asc(workShares.id))
	},
	{
		file: 'programs/teaching.json',
		tables: ['teaching_facts'],
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(teachingFacts), 'enteredById'), program: programs.name })
				.from(teachingFacts)
				.leftJoin(programs, eq(programs.id, teachingFacts.programId))
				.where(eq(teachingFacts.personId, person.id))
	},
	{
		file: 'programs/teaching-hours.json',
		tables: ['mentor_hours'],
		rows: (tx, person) =>
			tx
				.select({ ...but(getTableColumns(mentorHours), 'programId', 'enteredById'), program: programs.name })
				.from(mentorHours)
				.leftJoin(programs, eq(programs.id, mentorHours.programId))
				.where(eq(mentorHours.mentorId, person.id))
				.orderBy(asc(mentorHours.fromOn), asc(mentorHours.id))
	},
	{
		file: 'reflections/earlier.json',
		tables: ['earlier_passages'],
		// What one showed a new mentor of an earlier pair. What one was shown stays the teacher's.
		rows: (tx, person) =>
			tx
				.select()
				.from(earlierPassages)
				.where(eq(earlierPassages.shownBy, person.id))
				.orderBy(asc(earlierPassages.shownAt), asc(earlierPassages.id))
	},
	{
		file: 'reflections/sharing.json',
		tables: ['reflection_sharings'],
		// Of every reflection that one may read.
		rows: (tx) =>
			tx
				.select({ ...getTableColumns(reflectionSharings), reflection: reflections.title })
				.from(reflectionSharings)
				.innerJoin(reflections, eq(reflections.id, reflectionSharings.reflectionId))
				.orderBy(asc(reflectionSharings.sharedAt), asc(reflectionSharings.id))
	},
	{
		file: 'reflections/passages.json',
		tables: ['reflection_passages'],
		// Those of one's own reflections; what a coach is shown stays the pair's.
		rows: (tx) =>
			tx
				.select({ ...getTableColumns(reflectionPassages), reflection: reflections.title })
				.from(reflectionPassages)
				.innerJoin(reflections, eq(reflections.id, reflectionPassages.reflectionId))
				.orderBy(asc(reflectionPassages.grantedAt), asc(reflectionPassages.id))
	},
	{
		file: 'reflections/versions.json',
		tables: ['reflection_versions'],
		rows: (tx) =>
			tx
				.select({ ...getTableColumns(reflectionVersions), reflection: reflections.title })
				.from(reflectionVersions)
				.innerJoin(reflections, eq(reflections.id, reflectionVersions.reflectionId))
				.orderBy(asc(reflectionVersions.createdAt), asc(reflectionVersions.id))
	},
	{
		file: 'work/submissions.json',
		tables: ['submissions'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(submissions), microcredential: microcredentialVersions.title })
				.from(submissions)
				.leftJoin(microcredentialVersions, eq(microcredentialVersions.id, submissions.microcredentialVersionId))
				.where(eq(submissions.teacherId, person.id))
				.orderBy(asc(submissions.submittedAt))
	},
	{
		file: 'reflections/looks.json',
		tables: ['reflection_looks'],
		rows: (tx, person) => tx.select().from(reflectionLooks).where(eq(reflectionLooks.personId, person.id))
	},
	{
		file: 'work/awards.json',
		tables: ['awards'],
		rows: (tx, person) =>
			tx
				.select({ ...getTableColumns(awards), microcredential: microcredentialVersions.title })
				.from(awards)
				.leftJoin(microcredentialVersions, eq(microcredentialVersions.id, awards.microcredentialVersionId))
				.where(eq(awards.personId, person.id))
				.orderBy(asc(awards.awardedAt))
	}
];
