/** A teacher's plan: read by the two of the pair, arranged by the teacher, and its date seen by whoever follows them. */
import { inArray, sql } from 'drizzle-orm';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Person } from '#lib/identity/person.ts';
import { listPairsIn, type Pair } from '#lib/pairing/pair.server.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import { type Break, schoolDays } from '#lib/program/breaks.ts';
import { type Enrollment, inside, listEnrollments } from '#lib/program/enrollment.server.ts';
import { type PauseKnown, readPauses } from '#lib/program/pausing.server.ts';
import { restingOnes, restsSince } from '#lib/program/pausing.ts';
import { planDates, plans } from '#lib/program/schema.server.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { dayOf } from './days.ts';
import { listRhythm, type Progress, readProgress } from './facts.server.ts';
import { inOrder, moved, type Plan, planOf, readHours, usualMinutes } from './plan.ts';
import { type PlanWay, planWayOf } from './plan-way.ts';
import { bothDates, type PlanFacts, planLine, planSentences } from './plan-words.ts';

type Saved = { minutesPerWeek: number; inOrder: string[] } | null;
type SavedDate = { doneOn: string | null; savedAt: Date } | null;

/** Everything that plans of these enrollments are made from. The number of statements does not grow with theirs. */
export type PlanGrounds = {
	breaks: Map<string, Break[]>;
	pauses: Map<string, PauseKnown[]>;
	saved: Map<string, Saved>;
	dates: Map<string, SavedDate>;
};

export async function readPlanGrounds(tx: Tx, enrollments: Enrollment[]): Promise<PlanGrounds> {
	const ids = enrollments.map(({ id }) => id);
	const none = { breaks: new Map(), pauses: new Map(), saved: new Map(), dates: new Map() };
	if (ids.length === 0) return none;
	const saved = await tx.select().from(plans).where(inArray(plans.enrollmentId, ids));
	const dates = await tx.select().from(planDates).where(inArray(planDates.enrollmentId, ids));
	return {
		breaks: await listBreaks(tx, [...new Set(enrollments.map(({ program }) => program.id))]),
		pauses: await readPauses(tx, ids),
		saved: new Map(saved.map((row) => [row.enrollmentId, row])),
		dates: new Map(dates.map((row) => [row.enrollmentId, row]))
	};
}

/** The day by which each of these planned to be done, by enrollment; nobody who planned nothing is in it. */
export async function readOwnDates(tx: Tx, enrollmentIds: string[]): Promise<Map<string, string | null>> {
	if (enrollmentIds.length === 0) return new Map();
	const rows = await tx
		.select({ id: planDates.enrollmentId, doneOn: planDates.doneOn })
		.from(planDates)
		.where(inArray(planDates.enrollmentId, enrollmentIds));
	return new Map(rows.map(({ id, doneOn }) => [id, doneOn]));
}

export type Made = { facts: PlanFacts; way: PlanWay; pauses: PauseKnown[] };

/**
 * The plan as facts make it now; null when nothing is left to plan.
 * @param saved what the teacher said: hours and order
 */
export function planFrom(
	progress: Progress,
	grounds: PlanGrounds,
	now: Date,
	saved = savedOf(progress, grounds)
): Made | null {
	const { enrollment, facts, stones } = progress;
	const pauses = grounds.pauses.get(enrollment.id) ?? [];
	const said = saved?.inOrder ?? [];
	const way = planWayOf(facts, stones, said, new Set(restingOnes(pauses, now).keys()));
	if (!way) return null;
	const zone = enrollment.program.timeZone;
	const breaks = grounds.breaks.get(enrollment.program.id) ?? [];
	const ground = {
		items: inOrder(way.items, said),
		minutesPerWeek: saved?.minutesPerWeek ?? usualMinutes,
		breaks,
		from: dayOf(now, zone)
	};
	const date = grounds.dates.get(enrollment.id) ?? null;
	const rests = restsSince(pauses, now);
	const last = facts.extensions?.findLast((one) => one.lastDay === facts.lastDay);
	return {
		way,
		pauses,
		facts: {
			plan: planOf(ground),
			ground,
			lastDay: facts.lastDay,
			extended: last && facts.firstLastDay ? { from: facts.firstLastDay, reason: last.reason } : null,
			saidHours: saved !== null,
			restsSince: rests && dayOf(rests, zone),
			saved: date && {
				doneOn: date.doneOn,
				on: dayOf(date.savedAt, zone),
				restedDays: pauses
					.filter(({ microcredentialId }) => microcredentialId === null)
					.reduce((sum, { pausedAt, resumedAt }) => {
						const from = pausedAt > date.savedAt ? pausedAt : date.savedAt;
						const until = resumedAt ?? now;
						return until <= from ? sum : sum + schoolDays(dayOf(from, zone), dayOf(until, zone), breaks);
					}, 0)
			},
			longerBy: way.longerBy
		}
	};
}

const savedOf = ({ enrollment }: Progress, grounds: PlanGrounds): Saved => grounds.saved.get(enrollment.id) ?? null;

/** The line that a home says of it. */
export const planLineOf = (progress: Progress, grounds: PlanGrounds, now: Date): string | null => {
	const made = planFrom(progress, grounds, now);
	return made && planLine(made.facts);
};

export type PlanShown = {
	enrollmentId: string;
	program: string;
	timeZone: string;
	stack: string;
	teacher: string;
	mentor: string | null;
	/** Where the stack stands, in the verdict's words. */
	summary: string;
	missing: string | null;
	complete: boolean;
	minutesPerWeek: number;
	saidHours: boolean;
	dates: { own: string; program: string };
	sentences: { words: string; late: boolean }[];
	items: {
		id: string;
		title: string;
		minutes: number | null;
		begun: boolean;
		from: string | null;
		until: string | null;
		by: string | null;
		rest: { since: Date; reason: string | null } | null;
	}[];
	waiting: string[];
	others: { id: string; title: string; minutes: number | null }[];
	weeks: (Plan['weeks'][number] & { parts: { id: string; minutes: number; title: string }[] })[];
	/** Everything rests. */
	rest: { since: Date; reason: string | null } | null;
	/** Single ones that rest and are not in the plan. */
	aside: { id: string; title: string; since: Date; reason: string | null }[];
};

function shown(
	progress: Progress,
	grounds: PlanGrounds,
	pair: Pair | undefined,
	teacher: string,
	now: Date
): PlanShown {
	const { enrollment, offer, verdict, stones } = progress;
	const made = planFrom(progress, grounds, now);
	const pauses = grounds.pauses.get(enrollment.id) ?? [];
	const open = pauses.filter(({ resumedAt, pausedAt }) => resumedAt === null && pausedAt <= now);
	const restOf = (id: string | null) => {
		const one = open.find(({ microcredentialId }) => microcredentialId === id);
		return one ? { since: one.pausedAt, reason: one.reason } : null;
	};
	const titleOf = (id: string) => stones.find((one) => one.microcredentialId === id)?.title ?? 'one that is not known';
	const items = made?.facts.ground.items ?? [];
	const none = {
		plan: planOf({
			items: [],
			minutesPerWeek: usualMinutes,
			breaks: [],
			from: dayOf(now, enrollment.program.timeZone)
		}),
		lastDay: progress.facts.lastDay,
		extended: null
	};
	return {
		enrollmentId: enrollment.id,
		program: enrollment.program.name,
		timeZone: enrollment.program.timeZone,
		stack: offer.title,
		teacher,
		mentor: pair?.mentor.name ?? null,
		summary: verdict.summary,
		missing: verdict.missing,
		complete: verdict.complete,
		minutesPerWeek: made?.facts.ground.minutesPerWeek ?? savedOf(progress, grounds)?.minutesPerWeek ?? usualMinutes,
		saidHours: savedOf(progress, grounds) !== null,
		dates: bothDates(made?.facts ?? none),
		sentences: made ? planSentences(made.facts) : [],
		items: items.map((item) => {
			const planned = made!.facts.plan.items.find(({ id }) => id === item.id)!;
			const { id, title, minutes, begun, by } = item;
			return { id, title, minutes, begun, by, from: planned.from, until: planned.until, rest: restOf(id) };
		}),
		waiting: made?.way.waiting ?? [],
		others: made?.way.others ?? [],
		weeks: (made?.facts.plan.weeks ?? []).map((week) => ({
			...week,
			parts: week.parts.map((part) => ({ ...part, title: titleOf(part.id) }))
		})),
		rest: restOf(null),
		aside: open.flatMap(({ microcredentialId: id, pausedAt, reason }) =>
			id === null || items.some((item) => item.id === id) ? [] : [{ id, title: titleOf(id), since: pausedAt, reason }]
		)
	};
}

/** Progress and grounds of these enrollments, as the person asking sees them. */
async function grounded(tx: Tx, person: Person, enrollments: Enrollment[], now: Date) {
	const pairs = await listPairsIn(tx, person);
	const rhythm = await listRhythm(tx);
	const teacherOf = new Map(pairs.map((pair) => [pair.id, pair.teacher.id]));
	const progress = await readProgress(tx, enrollments, rhythm, teacherOf, now);
	return { pairs, progress, grounds: await readPlanGrounds(tx, enrollments) };
}

/** One's own plans, one for each program that one is inside of. */
export const readPlans = (db: Database, person: Person, now: Date): Promise<PlanShown[]> =>
	db.asPerson(person.id, async (tx) => {
		const own = (await listEnrollments(tx, [person.id])).filter(({ status }) => inside.includes(status));
		const { pairs, progress, grounds } = await grounded(tx, person, own, now);
		return own.flatMap((enrollment) => {
			const where = progress.get(enrollment.id);
			const pair = pairs.find(
				(one) => one.teacher.id === person.id && one.program.id === enrollment.program.id && one.status !== 'ended'
			);
			return where ? [shown(where, grounds, pair, person.name, now)] : [];
		});
	});

/** The plan of a pair's teacher, for the two of it while they are a pair. @throws Refusal not-found for everybody else */
export const readPairPlan = (db: Database, person: Person, pairId: string, now: Date): Promise<PlanShown> =>
	db.asPerson(person.id, async (tx) => {
		const pair = (await listPairsIn(tx, person)).find(({ id }) => id === pairId);
		const together = pair && (pair.status === 'active' || pair.status === 'paused');
		if (!together || (pair.standing !== 'teacher' && pair.standing !== 'mentor')) throw notFound('plan');
		const enrollment = (await listEnrollments(tx, [pair.teacher.id])).find(
			({ program, status }) => program.id === pair.program.id && inside.includes(status)
		);
		if (!enrollment) throw notFound('plan');
		const { progress, grounds } = await grounded(tx, person, [enrollment], now);
		const where = progress.get(enrollment.id);
		if (!where) throw notFound('plan');
		return shown(where, grounds, pair, pair.teacher.name, now);
	});

/** How a plan is arranged anew: hours a week, one a place earlier or later, or another one instead. */
export type Arranging =
	{ hours: unknown } | { move: string; to: 'earlier' | 'later' } | { instead: string; take: string };

/**
 * Arranges one's own plan, and writes down by when it is done as it is now.
 * @throws Refusal not-found when it is not one's own, rule when it can't be arranged so
 */
export const arrangePlan = (
	db: Database,
	person: Person,
	enrollmentId: string,
	asked: Arranging,
	now: Date
): Promise<void> =>
	db.asPerson(person.id, async (tx) => {
		const enrollment = (await listEnrollments(tx, [person.id])).find(
			({ id, status }) => id === enrollmentId && inside.includes(status)
		);
		if (!enrollment) throw notFound('plan');
		// Two clicks on one plan take turns, so that none is lost.
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`plan ${enrollment.id}`}))`);
		const { progress, grounds } = await grounded(tx, person, [enrollment], now);
		const where = progress.get(enrollment.id);
		const before = where && planFrom(where, grounds, now);
		if (!where || !before) throw new Refusal('rule', 'Nothing is left to plan here. Nothing has changed.');
		const { ground } = before.facts;
		const saved = {
			minutesPerWeek: 'hours' in asked ? readHours(asked.hours) : ground.minutesPerWeek,
			inOrder: ground.items.map(({ id }) => id)
		};
		if ('move' in asked) saved.inOrder = moved(saved.inOrder, asked.move, asked.to);
		if ('instead' in asked) {
			if (!saved.inOrder.includes(asked.instead) || !before.way.others.some(({ id }) => id === asked.take))
				throw new Refusal('rule', 'Please choose one that can stand in the plan. Nothing has changed.');
			saved.inOrder = saved.inOrder.map((id) => (id === asked.instead ? asked.take : id));
		}
		const after = planFrom(where, grounds, now, saved);
		if ('instead' in asked && !after?.way.items.some(({ id }) => id === asked.take))
			throw new Refusal('rule', 'The rule of your stack can’t be met with that one in its place. Nothing has changed.');
		const row = { ...saved, savedAt: now };
		await tx
			.insert(plans)
			.values({ enrollmentId: enrollment.id, personId: person.id, ...row })
			.onConflictDoUpdate({ target: plans.enrollmentId, set: row });
		const date = { doneOn: after?.facts.plan.doneOn ?? null, savedAt: now };
		await tx
			.insert(planDates)
			.values({ enrollmentId: enrollment.id, personId: person.id, ...date })
			.onConflictDoUpdate({ target: planDates.enrollmentId, set: date });
	});
