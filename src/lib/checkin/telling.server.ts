/** Tells a mentor that there is a check-in: that it is there, and no word of it. */
import { aliasedTable, and, asc, eq, gt, inArray, isNull, lte } from 'drizzle-orm';
import { people } from '#lib/identity/schema.server.ts';
import { notify } from '#lib/notification/notify.server.ts';
import { pairs } from '#lib/pairing/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { checkInSignals } from './schema.server.ts';

const atOnce = 50;
/** After a day it is no news any more; whoever opens their home finds it there. */
const newsFor = 24 * 3600_000;

/** What reading and muting go by. */
export const aboutCheckIns = (pairId: string) => `check-ins:${pairId}`;

/**
 * Tells of the check-ins that are due, once for each however often it is corrected, and notes that they are, in one
 * transaction: a crash loses none and tells none twice.
 * @returns how many
 */
export const tellCheckIns = (db: Database, now = new Date()): Promise<number> =>
	db.asService(async (tx) => {
		const teachers = aliasedTable(people, 'teachers');
		const since = new Date(now.getTime() - newsFor);
		const due = await tx
			.select({
				id: checkInSignals.checkInId,
				at: checkInSignals.at,
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
		const told = await notify(
			tx,
			due
				.filter(({ status }) => status === 'active' || status === 'paused')
				.map(({ id, at, pairId, mentorId, teacher }) => ({
					personId: mentorId,
					kind: 'check-in' as const,
					key: `check-in:${id}`,
					about: aboutCheckIns(pairId),
					within: [`pair:${pairId}`],
					title: `${teacher} checked in`,
					place: `your pair with ${teacher}`,
					href: `/pairs/${pairId}/check-ins`,
					at
				})),
			now
		);
		await tx
			.update(checkInSignals)
			.set({ toldAt: now })
			.where(
				inArray(
					checkInSignals.checkInId,
					due.map(({ id }) => id)
				)
			);
		return told;
	});
