/** Granting what completing a stack brings: once, whoever looks and how often. */
import { and, asc, eq, exists, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { record } from '#lib/audit/audit.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { readStackOffers } from '#lib/catalogue/offers.server.ts';
import { stackOutcomes } from '#lib/catalogue/schema.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { inside } from '#lib/program/enrollment.server.ts';
import { extensionsFor } from '#lib/program/extension.ts';
import { listExtensions } from '#lib/program/extension.server.ts';
import { enrollments, programs } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { eventsOf, groundOf } from './facts.server.ts';
import { metBy } from './outcomes.ts';
import { outcomeGrants } from './schema.server.ts';

/** Enrollments in one transaction: some tenths of a second, so that nobody waits behind it. */
const atOnce = 200;

/**
 * Grants what is due now. Two servers may do so at the same instant: the database takes each grant once, and only who
 * put it there writes it down.
 * @param since looks only at people to whom something happened since; null: at everybody
 * @returns how many outcomes were granted
 */
export async function grantOutcomes(db: Database, now = new Date(), since: Date | null = null): Promise<number> {
	let granted = 0;
	for (let after: string | null = null; ;) {
		const page: { last: string | null; granted: number } = await db.asService((tx) => grantPage(tx, now, since, after));
		granted += page.granted;
		if (page.last === null) return granted;
		after = page.last;
	}
}

async function grantPage(
	tx: Tx,
	now: Date,
	since: Date | null,
	after: string | null
): Promise<{ last: string | null; granted: number }> {
	const due = await tx
		.selectDistinct({
			id: enrollments.id,
			personId: enrollments.personId,
			stackVersionId: enrollments.stackVersionId,
			programId: programs.id,
			timeZone: programs.timeZone,
			endsOn: programs.endsOn
		})
		.from(enrollments)
		.innerJoin(programs, eq(programs.id, enrollments.programId))
		.innerJoin(stackOutcomes, eq(stackOutcomes.stackVersionId, enrollments.stackVersionId))
		.leftJoin(
			outcomeGrants,
			and(eq(outcomeGrants.outcomeId, stackOutcomes.id), eq(outcomeGrants.personId, enrollments.personId))
		)
		.where(
			and(
				isNull(outcomeGrants.id),
				inArray(enrollments.status, [...inside]),
				after === null ? undefined : gt(enrollments.id, after),
				or(
					exists(
						tx
							.select({ one: sql`1` })
							.from(awards)
							.where(and(eq(awards.personId, enrollments.personId), since ? gt(awards.awardedAt, since) : undefined))
					),
					exists(
						tx
							.select({ one: sql`1` })
							.from(submissions)
							.where(
								and(
									eq(submissions.teacherId, enrollments.personId),
									since ? gt(submissions.submittedAt, since) : undefined
								)
							)
					)
				)
			)
		)
		.orderBy(asc(enrollments.id))
		.limit(atOnce);
	if (due.length === 0) return { last: null, granted: 0 };

	const offers = await readStackOffers(tx, [...new Set(due.map(({ stackVersionId }) => stackVersionId))]);
	const personIds = [...new Set(due.map(({ personId }) => personId))];
	const handedIn = await tx.select().from(submissions).where(inArray(submissions.teacherId, personIds));
	const earned = await tx.select().from(awards).where(inArray(awards.personId, personIds));
	const extensions = await listExtensions(tx, [...new Set(due.map(({ programId }) => programId))]);

	let granted = 0;
	for (const one of due) {
		const offer = offers.get(one.stackVersionId)!;
		const met = metBy(
			groundOf(one, offer, now),
			eventsOf(offer, {
				rhythm: [],
				met: [],
				submissions: handedIn.filter(({ teacherId }) => teacherId === one.personId),
				awards: earned.filter(({ personId }) => personId === one.personId),
				extensions: extensionsFor(extensions.get(one.programId) ?? [], one.personId)
			})
		);
		if (!met) continue;
		for (const outcome of offer.outcomes) {
			const [made] = await tx
				.insert(outcomeGrants)
				.values({
					id: uuidv7(),
					outcomeId: outcome.id,
					personId: one.personId,
					enrollmentId: one.id,
					programId: one.programId,
					metAt: met.at,
					causedBy: met.causes
				})
				// Another server was a moment earlier, or another program of the same stack.
				.onConflictDoNothing()
				.returning({ id: outcomeGrants.id });
			if (!made) continue;
			granted++;
			await record(tx, {
				kind: 'outcome-granted',
				person: one.personId,
				by: null,
				whence: null,
				about: { program: one.programId, stack: one.stackVersionId, outcome: outcome.id, grant: made.id }
			});
		}
	}
	return { last: due.length < atOnce ? null : due.at(-1)!.id, granted };
}
