/** The facts that stones and needs are computed from. Row policies decide whose facts the person asking gets. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { stackOutcomes } from '#lib/catalogue/schema.server.ts';
import { awards } from '#lib/badge/schema.server.ts';
import { type Offer, readStackOffers, type StackOffer } from '#lib/catalogue/offers.server.ts';
import { submissions } from '#lib/evidence/schema.server.ts';
import { listHeld } from '#lib/meeting/meetings.server.ts';
import { pairEvents } from '#lib/pairing/schema.server.ts';
import type { Enrollment } from '#lib/program/enrollment.server.ts';
import { extensionsFor } from '#lib/program/extension.ts';
import { type ExtensionShown, listExtensions } from '#lib/program/extension.server.ts';
import { isShared } from '#lib/reflection/reflection.server.ts';
import { reflections } from '#lib/reflection/schema.server.ts';
import type { Tx } from '#lib/server/database.ts';
import { type Ground, type ProgressEvent, type Standing, standingOf } from './events.ts';
import type { Granted } from './outcomes.ts';
import { outcomeGrants } from './schema.server.ts';
import type { Pause } from './rests.ts';
import type { Item } from './stones.ts';

/** When the people of a pair wrote in one reflection: no title, no text, so a coach may have it too. */
export type Rhythm = {
	pairId: string;
	reflectionId: string;
	microcredentialVersionId: string;
	startedAt: Date;
	/** Whether the mentor can see it. One who asks finds only such. */
	shared: boolean;
	/** Last edit by person id; somebody who never wrote is not in it. */
	lastEditBy: Map<string, Date>;
};

/** The rhythm of every pair that the person asking is in, or looks after now. */
export async function listRhythm(tx: Tx): Promise<Rhythm[]> {
	const at = (column: ReturnType<typeof sql>) => sql<Date>`${column}`.mapWith(reflections.createdAt);
	const rows = await tx
		.select({
			pairId: sql<string>`r.pair_id`,
			reflectionId: sql<string>`r.reflection_id`,
			microcredentialVersionId: sql<string>`r.microcredential_version_id`,
			startedAt: at(sql`r.started_at`),
			shared: sql<boolean>`r.shared`,
			personId: sql<string | null>`r.person_id`,
			lastEditAt: sql<Date | null>`r.last_edit_at`.mapWith(reflections.createdAt)
		})
		.from(sql`app.rhythm() r`);
	const byReflection = new Map<string, Rhythm>();
	for (const { personId, lastEditAt, ...reflection } of rows) {
		const rhythm = byReflection.get(reflection.reflectionId) ?? { ...reflection, lastEditBy: new Map<string, Date>() };
		if (personId && lastEditAt) rhythm.lastEditBy.set(personId, lastEditAt);
		byReflection.set(reflection.reflectionId, rhythm);
	}
	return [...byReflection.values()];
}

/** The last time anybody wrote in it; null while nothing is written. */
export function lastEditOf({ lastEditBy }: Rhythm): Date | null {
	let last: Date | null = null;
	for (const at of lastEditBy.values()) if (!last || at > last) last = at;
	return last;
}

export type Progress = Standing & {
	enrollment: Enrollment;
	offer: StackOffer;
	/** What was granted, as far as the person asking may know: the teacher's own, and their program's. */
	granted: Granted[];
};

/**
 * Where each enrolled teacher stands in their stack, by enrollment id. The number of statements does not grow with the
 * number of teachers, so a coach's whole caseload is as quick as one teacher.
 * @param teacherOf the teacher of each pair in `rhythm`
 */
export async function readProgress(
	tx: Tx,
	enrollments: Enrollment[],
	rhythm: Rhythm[],
	teacherOf: Map<string, string>,
	now: Date
): Promise<Map<string, Progress>> {
	const progress = new Map<string, Progress>();
	if (enrollments.length === 0) return progress;
	const offers = await readStackOffers(tx, [...new Set(enrollments.map((enrollment) => enrollment.stackVersionId))]);
	const teacherIds = [...new Set(enrollments.map((enrollment) => enrollment.personId))];
	const handedIn = await tx.select().from(submissions).where(inArray(submissions.teacherId, teacherIds));
	const earned = await tx.select().from(awards).where(inArray(awards.personId, teacherIds));

	const met = await listHeld(tx, [...teacherOf.keys()], now);
	const programIds = [...new Set(enrollments.map(({ program }) => program.id))];
	const extensions = await listExtensions(tx, programIds, teacherIds);
	const grants = await tx
		.select({ enrollmentId: outcomeGrants.enrollmentId, words: stackOutcomes.words, metAt: outcomeGrants.metAt })
		.from(outcomeGrants)
		.innerJoin(stackOutcomes, eq(stackOutcomes.id, outcomeGrants.outcomeId))
		.where(inArray(outcomeGrants.personId, teacherIds))
		.orderBy(asc(stackOutcomes.position));

	for (const enrollment of enrollments) {
		const offer = offers.get(enrollment.stackVersionId);
		if (!offer) continue;
		const standing = standingOf(
			groundOf(enrollment.program, offer, now),
			eventsOf(offer, {
				rhythm: rhythm.filter(({ pairId }) => teacherOf.get(pairId) === enrollment.personId),
				met: met.filter(({ pairId }) => teacherOf.get(pairId) === enrollment.personId),
				submissions: handedIn.filter(({ teacherId }) => teacherId === enrollment.personId),
				awards: earned.filter(({ personId }) => personId === enrollment.personId),
				extensions: extensionsFor(extensions.get(enrollment.program.id) ?? [], enrollment.personId)
			})
		);
		const granted = grants.filter((one) => one.enrollmentId === enrollment.id);
		progress.set(enrollment.id, { enrollment, offer, granted, ...standing });
	}
	return progress;
}

const itemsOf = (offers: Offer[]): Item[] =>
	offers.map(({ microcredentialId, title, hours, artifacts, versionId }) => ({
		microcredentialId,
		title,
		hours,
		artifacts,
		open: versionId !== null
	}));

/** What is so, besides what happens: the stack as it was bound, and the program. */
export const groundOf = (
	{ timeZone, endsOn }: Pick<Enrollment['program'], 'timeZone' | 'endsOn'>,
	{ stackVersionId, rule, items, nested }: StackOffer,
	now: Date
): Ground => ({
	now,
	timeZone,
	stackVersionId,
	rule,
	lastDay: endsOn,
	items: itemsOf(items),
	nested: new Map([...nested].map(([id, inner]) => [id, { ...inner, items: itemsOf(inner.items) }]))
});

type Rows = {
	rhythm: Rhythm[];
	/** Meetings of the teacher’s pairs. */
	met: { id: string; at: Date }[];
	submissions: (typeof submissions.$inferSelect)[];
	awards: (typeof awards.$inferSelect)[];
	/** Those that reach this teacher. */
	extensions: ExtensionShown[];
};

/** What happened, as events. What is about versions outside the stack falls away here. */
export function eventsOf(
	{ microcredentialOf }: StackOffer,
	{ rhythm, met, submissions, awards, extensions }: Rows
): ProgressEvent[] {
	const events: ProgressEvent[] = extensions.map(({ id, extendedAt, lastDay, reason, personId, of }) => ({
		kind: 'extended',
		at: extendedAt,
		extensionId: id,
		lastDay,
		reason,
		...(personId === null ? {} : { alone: true }),
		...(of === null ? {} : { of })
	}));
	for (const { id, at } of met) events.push({ kind: 'met', at, meetingId: id });
	for (const { reflectionId, microcredentialVersionId, startedAt, ...own } of rhythm) {
		const microcredentialId = microcredentialOf.get(microcredentialVersionId);
		if (!microcredentialId) continue;
		events.push({ kind: 'started', at: startedAt, reflectionId, microcredentialId });
		const at = lastEditOf({ reflectionId, microcredentialVersionId, startedAt, ...own });
		if (at) events.push({ kind: 'edited', at, reflectionId });
	}
	for (const { id, microcredentialVersionId, submittedAt, decidedAt, decision } of submissions) {
		const microcredentialId = microcredentialOf.get(microcredentialVersionId);
		if (!microcredentialId) continue;
		events.push({ kind: 'submitted', at: submittedAt, submissionId: id, microcredentialId });
		if (decidedAt && decision) events.push({ kind: 'decided', at: decidedAt, submissionId: id, decision });
	}
	for (const { id, microcredentialVersionId, awardedAt, expiresOn, revokedAt, revokedReason } of awards) {
		const microcredentialId = microcredentialOf.get(microcredentialVersionId);
		if (!microcredentialId) continue;
		events.push({ kind: 'awarded', at: awardedAt, awardId: id, microcredentialId, expiresOn });
		if (revokedAt) events.push({ kind: 'revoked', at: revokedAt, awardId: id, reason: revokedReason ?? '' });
	}
	return events;
}

export type Draft = {
	id: string;
	pairId: string;
	microcredentialVersionId: string;
	title: string;
	createdAt: Date;
	/** Whether the mentor can see it. */
	shared: boolean;
};

/** A pair writes a handful of reflections a year. */
const mostReflections = 500;

/** Titles of the reflections in these pairs, for whoever may read the pair's words; a coach gets none. */
export async function listDrafts(tx: Tx, pairIds: string[]): Promise<Draft[]> {
	if (pairIds.length === 0) return [];
	return tx
		.select({
			id: reflections.id,
			pairId: reflections.pairId,
			microcredentialVersionId: reflections.microcredentialVersionId,
			title: reflections.title,
			createdAt: reflections.createdAt,
			shared: isShared
		})
		.from(reflections)
		.where(inArray(reflections.pairId, pairIds))
		.orderBy(desc(reflections.createdAt), desc(reflections.id))
		.limit(mostReflections);
}

/** A pair pauses and resumes a few times a year. */
const mostPauses = 5000;

/** When each of these pairs paused, and until when, oldest first. */
export async function listPauses(tx: Tx, pairIds: string[]): Promise<Map<string, Pause[]>> {
	const pauses = new Map<string, Pause[]>();
	if (pairIds.length === 0) return pauses;
	const rows = await tx
		.select({ pairId: pairEvents.pairId, kind: pairEvents.kind, at: pairEvents.at })
		.from(pairEvents)
		.where(and(inArray(pairEvents.pairId, pairIds), inArray(pairEvents.kind, ['paused', 'resumed', 'ended'])))
		.orderBy(asc(pairEvents.at), asc(pairEvents.id))
		.limit(mostPauses);
	for (const { pairId, kind, at } of rows) {
		const own = pauses.get(pairId) ?? [];
		const open = own.at(-1)?.until === null ? own.at(-1) : undefined;
		if (kind === 'paused' && !open) own.push({ from: at, until: null });
		else if (kind !== 'paused' && open) open.until = at;
		pauses.set(pairId, own);
	}
	return pauses;
}
