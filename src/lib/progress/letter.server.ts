/** Sends coaches the mail of each Monday, once each, and keeps whether they want it. */
import { eq, sql } from 'drizzle-orm';
import type { Person } from '#lib/identity/person.ts';
import { notify } from '#lib/notification/notify.server.ts';
import { queueNoticeMail } from '#lib/notification/rounds.server.ts';
import { notificationSettings } from '#lib/notification/schema.server.ts';
import { chooseMail } from '#lib/notification/unsubscribe.server.ts';
import type { Database } from '#lib/server/database.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { readCaseload } from './caseload.server.ts';
import { letterHours, letterLines, letterMail, letterSubject, whyLetter } from './letter.ts';
import { coachLetters } from './schema.server.ts';

/** Boards read in one round: a region's coaches have their mail within a quarter of an hour, and nobody else waits. */
const atOnce = 20;

/**
 * Mails those coaches for whom it is Monday morning, or who missed it because nothing ran. The note that it is done and the
 * mail are one transaction, and only one process gets to write the note: nobody gets two, and a crash loses none.
 * @param origin where links lead
 * @returns how many mails
 */
export async function sendLetters(db: Database, origin: string, now = new Date()): Promise<number> {
	const due = await db.asService(async (tx) => {
		const at = now.toISOString();
		const { rows } = (await tx.execute(sql`
			select c.coach_id as id, p.name, p.initials, max(d.monday)::text as monday
			from (
				select distinct c.coach_id, pr.time_zone
				from caseloads c join pairs q on q.id = c.pair_id join programs pr on pr.id = q.program_id
				where q.status <> 'ended' and c.from_at <= ${at}::timestamptz
					and (c.until_at is null or c.until_at > ${at}::timestamptz)
			) c
			cross join lateral (select ${at}::timestamptz at time zone c.time_zone as here) h
			cross join lateral (select date_trunc('week', h.here)::date as monday) d
			join people p on p.id = c.coach_id and p.deactivated_at is null and p.deleted_at is null
			left join coach_letters l on l.person_id = c.coach_id
			left join notification_settings s on s.person_id = c.coach_id
			cross join lateral (select coalesce(s.quiet_from, '19:00') as quiet_from, coalesce(s.quiet_to, '07:00') as quiet_to,
				(${at}::timestamptz at time zone app.zone_of(c.coach_id))::time as clock) q
			where coalesce(s.mail ->> 'coach', '') <> 'off' and (l.last_monday is null or l.last_monday < d.monday)
				-- In their quiet hours it waits, and keeps nobody else waiting.
				and not case when q.quiet_from <= q.quiet_to then q.clock >= q.quiet_from and q.clock < q.quiet_to
					else q.clock >= q.quiet_from or q.clock < q.quiet_to end
				and extract(isodow from h.here) <= ${letterHours.lastWeekday}
				and h.here >= d.monday + make_interval(hours => ${letterHours.from})
			group by c.coach_id, p.name, p.initials
			order by c.coach_id
			limit ${atOnce}`)) as unknown as {
			rows: Due[];
		};
		return rows;
	});
	let mails = 0;
	for (const one of due)
		try {
			mails += await sendOne(db, one, origin, now);
		} catch (error) {
			// One board that can not be read keeps no other coach from their mail.
			log('letter-not-sent', traceOf(error));
		}
	return mails;
}

type Due = Person & { monday: string };

async function sendOne(db: Database, { monday, ...coach }: Due, origin: string, now: Date): Promise<number> {
	const caseload = await readCaseload(db, coach, null, now);
	return db.asService(async (tx) => {
		const [noted] = await tx
			.insert(coachLetters)
			.values({ personId: coach.id, lastMonday: monday })
			.onConflictDoUpdate({
				target: coachLetters.personId,
				set: { lastMonday: monday },
				setWhere: sql`${coachLetters.lastMonday} is null or ${coachLetters.lastMonday} < ${monday}::date`
			})
			.returning({ personId: coachLetters.personId });
		const lines = caseload ? letterLines(caseload) : [];
		if (!noted || lines.length === 0) return 0;
		const waiting = caseload!.groups.reduce((sum, { pairs }) => sum + pairs.length, caseload!.due.length);
		const title = letterSubject(waiting);
		await notify(
			tx,
			[{ personId: coach.id, kind: 'letter', key: `letter:${monday}`, about: null, title, href: '/' }],
			now
		);
		const isQueued = await queueNoticeMail(tx, { personId: coach.id, kind: 'letter', why: whyLetter, origin }, (to) =>
			letterMail(lines, waiting, to, origin)
		);
		return isQueued ? 1 : 0;
	});
}

/** Whether a coach wants the mail of each Monday; they do until they say no, here or by the link in one. */
export const wantsLetters = (db: Database, person: Person): Promise<boolean> =>
	db.asPerson(person.id, async (tx) => {
		const [row] = await tx
			.select({ mail: notificationSettings.mail })
			.from(notificationSettings)
			.where(eq(notificationSettings.personId, person.id));
		return row?.mail.coach !== 'off';
	});

/** Keeps whether a coach wants it. */
export const chooseLetters = (db: Database, person: Person, wanted: boolean): Promise<void> =>
	db.asPerson(person.id, (tx) => chooseMail(tx, person.id, 'coach', wanted ? null : 'off'));
