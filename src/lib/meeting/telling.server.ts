/** Invitations by mail: for each change of a meeting to come that has not been told yet. */
import { aliasedTable, and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import { emailAddresses, people } from '#lib/identity/schema.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import { programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { queueMail } from '#lib/server/mail.ts';
import { meetingMail } from './meeting-mail.ts';
import { meetings, meetingSettings } from './schema.server.ts';
import { zonesOf } from './zone.server.ts';

const atOnce = 50;

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
		const ids = [...new Set(due.flatMap(({ teacher, mentor }) => [teacher.id, mentor.id]))];
		const addresses = await addressesOf(tx, ids);
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
				const address = addresses.get(one.id);
				if (!hears || !address) continue;
				const told = { ...meeting, other: other.name, address, zone: zones.get(one.id)! };
				await queueMail(tx, meetingMail(told, from, origin, now));
				mails++;
			}
			await tx.update(meetings).set({ told: meeting.sequence }).where(eq(meetings.id, meeting.id));
		}
		return mails;
	});

/** Where people hear by mail what their pair does: at school, if they have an address there. Whoever wants no such mail is not in it. */
export async function addressesOf(tx: Tx, ids: string[]): Promise<Map<string, string>> {
	const known = await tx
		.select({ personId: emailAddresses.personId, address: emailAddresses.address })
		.from(emailAddresses)
		.innerJoin(people, eq(people.id, emailAddresses.personId))
		.where(and(inArray(emailAddresses.personId, ids), sql`${people.deactivatedAt} is null`))
		.orderBy(sql`${emailAddresses.kind} = 'school' desc`, asc(emailAddresses.createdAt));
	const silent = await tx
		.select({ id: meetingSettings.personId })
		.from(meetingSettings)
		.where(and(inArray(meetingSettings.personId, ids), eq(meetingSettings.invitedByMail, false)));
	// A map keeps what is set last, which is so the first of several.
	const addresses = new Map(known.reverse().map(({ personId, address }) => [personId, address]));
	for (const { id } of silent) addresses.delete(id);
	return addresses;
}

/** The bare address of a MAIL_FROM such as `Wayfellow <post@example.org>`. */
export const addressOf = (mailFrom: string): string => /<([^>]+)>/.exec(mailFrom)?.[1] ?? mailFrom;
