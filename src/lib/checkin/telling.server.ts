/** The mail to a mentor that there is a check-in: that it is there, and no word of it. */
import { aliasedTable, and, asc, eq, gt, inArray, isNull, lte } from 'drizzle-orm';
import { people } from '#lib/identity/schema.server.ts';
import { addressesOf } from '#lib/meeting/telling.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { letter, queueMail } from '#lib/server/mail.ts';
import { checkInSignals } from './schema.server.ts';

const atOnce = 50;
/** After a day it is no news any more; whoever opens their home finds it there. */
const newsFor = 24 * 3600_000;

/**
 * Queues the mails that are due, once for each check-in however often it is corrected, and notes that they are, in one
 * transaction: a crash loses none and sends none twice.
 * @param origin where links lead
 * @returns how many mails
 */
export const tellCheckIns = (db: Database, origin: string, now = new Date()): Promise<number> =>
	db.asService(async (tx) => {
		const teachers = aliasedTable(people, 'teachers');
		const since = new Date(now.getTime() - newsFor);
		const due = await tx
			.select({
				id: checkInSignals.checkInId,
				pairId: pairs.id,
				status: pairs.status,
				mentorId: pairs.mentorId,
				teacher: teachers.name
			})
			.from(checkInSignals)
			.innerJoin(pairs, eq(pairs.id, checkInSignals.pairId))
			.innerJoin(teachers, eq(teachers.id, pairs.teacherId))
			.where(and(isNull(checkInSignals.toldAt), gt(checkInSignals.at, since)))
			.orderBy(asc(checkInSignals.at))
			.limit(atOnce)
			.for('update', { of: checkInSignals, skipLocked: true });
		await tx
			.update(checkInSignals)
			.set({ toldAt: now })
			.where(and(isNull(checkInSignals.toldAt), lte(checkInSignals.at, since)));
		if (due.length === 0) return 0;
		const addresses = await addressesOf(tx, [...new Set(due.map(({ mentorId }) => mentorId))]);
		let mails = 0;
		for (const { pairId, status, mentorId, teacher } of due) {
			const toAddress = addresses.get(mentorId);
			if (!toAddress || (status !== 'active' && status !== 'paused')) continue;
			const name = teacher.replace(/\s+/g, ' ').trim();
			const mail = letter({
				subject: `${name} checked in`,
				first: `${name} checked in: how it goes, for you to read.`,
				words: 'Read the check-in',
				link: `${origin}/pairs/${pairId}/check-ins`,
				last: `Whether mails like this come, you say here: ${origin}/account/calendar`
			});
			await queueMail(tx, { kind: 'check-in', toAddress, ...mail });
			mails++;
		}
		await tx
			.update(checkInSignals)
			.set({ toldAt: now })
			.where(
				inArray(
					checkInSignals.checkInId,
					due.map(({ id }) => id)
				)
			);
		return mails;
	});
