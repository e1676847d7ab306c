/** Tells of each change of a meeting to come, with an invitation by mail at once: the clock does not wait for a digest. */
import { aliasedTable, and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { people } from '#lib/identity/schema.server.ts';
import { notify } from '#lib/notification/notify.server.ts';
import { queueNoticeMail } from '#lib/notification/rounds.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { meetingMail, meetingWords } from './meeting-mail.ts';
import { meetings } from './schema.server.ts';
import { zonesOf } from './zone.server.ts';

const atOnce = 50;

/** What reading and muting go by. */
export const aboutMeetings = (pairId: string) => `meetings:${pairId}`;

/**
 * Queues the mails that are due, and notes that they are, in one transaction: a crash loses none and sends none twice. The
 * other one hears of a proposal, both of what was agreed, and of what is off whoever had heard of it and did not call it off.
 * @param from the address that mail comes from, as in MAIL_FROM; @param origin where links lead
 * @returns how many mails
 */
export const tellMeetings = (db: Database, from: string, origin: string, now = new Date()): Promise<number> =>
	db.asService(async (tx) => {
		const teachers = aliasedTable(people, 'teachers');
		const mentors = aliasedTable(people, 'mentors');
		const due = await tx
			.select({
				meeting: meetings,
				zone: programs.timeZone,
				teacher: { id: teachers.id, name: teachers.name },
				mentor: { id: mentors.id, name: mentors.name }
			})
			.from(meetings)
			.innerJoin(pairs, eq(pairs.id, meetings.pairId))
			.innerJoin(programs, eq(programs.id, pairs.programId))
			.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
			.innerJoin(mentors, eq(mentors.id, pairs.mentorId))
			.where(and(sql`${meetings.told} < ${meetings.sequence}`, gt(meetings.startsAt, now)))
			.orderBy(asc(meetings.startsAt))
			.limit(atOnce)
			.for('update', { of: meetings, skipLocked: true });
		// Of what is over nobody needs to be told any more.
		await tx
			.update(meetings)
			.set({ told: sql`${meetings.sequence}` })
			.where(and(sql`${meetings.told} < ${meetings.sequence}`, lte(meetings.startsAt, now)));
		if (due.length === 0) return 0;
		let mails = 0;
		for (const { meeting, zone, teacher, mentor } of due) {
			const zones = await zonesOf(tx, [teacher.id, mentor.id], zone);
			// A proposal that was called off before anybody heard of it is no news.
			const isNews = !(meeting.state === 'cancelled' && meeting.told < 0);
			for (const [one, other] of [
				[teacher, mentor],
				[mentor, teacher]
			] as const) {
				const hears = isNews && (meeting.state === 'proposed' ? meeting.proposedById !== one.id : true);
				if (!hears) continue;
				const told = { ...meeting, other: other.name, zone: zones.get(one.id)! };
				const isNew = await notify(
					tx,
					[
						{
							personId: one.id,
							kind: 'meeting',
							key: `meeting:${meeting.id}:${meeting.sequence}`,
							about: aboutMeetings(meeting.pairId),
							within: [`pair:${meeting.pairId}`],
							title: meetingWords(told).subject,
							place: `your pair with ${other.name}`,
							href: `/pairs/${meeting.pairId}/meetings`
						}
					],
					now
				);
				// Whoever mutes the pair, or was told of this change, gets no mail of it either.
				if (isNew === 0) continue;
				const why = 'You get this at once, because you two meet.';
				const isQueued = await queueNoticeMail(tx, { personId: one.id, kind: 'meeting', why, origin }, (to) =>
					meetingMail({ ...told, address: to.address }, to.footer, from, origin, now)
				);
				if (!isQueued) continue;
				mails++;
			}
			await tx.update(meetings).set({ told: meeting.sequence }).where(eq(meetings.id, meeting.id));
		}
		return mails;
	});

/** The bare address of a MAIL_FROM such as `Wayfellow <post@example.org>`. */
export const addressOf = (mailFrom: string): string => /<([^>]+)>/.exec(mailFrom)?.[1] ?? mailFrom;
