/**
 * A coach's board: the pairs that they look after, by what each seems to need, with why. It knows rhythm and no word of anybody.
 * Only reads.
 */
import { createHash } from 'node:crypto';
import { goingWords } from '#lib/checkin/checkin.ts';
import { type Signal, signalsOf } from '#lib/checkin/signals.server.ts';
import type { Person } from '#lib/identity/person.ts';
import type { Proof } from '#lib/identity/policy.ts';
import { lastHeld } from '#lib/meeting/meetings.server.ts';
import { listPairsIn, type Pair } from '#lib/pairing/pair.server.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import { listEnrollments } from '#lib/program/enrollment.server.ts';
import { readPauses } from '#lib/program/pausing.server.ts';
import { restIntervals, silentSince } from '#lib/program/pausing.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { when } from '#lib/ui/when.ts';
import { dayOf, daysBetween, sayDay, sayDays, sayDaysAgo } from './days.ts';
import { listPauses, listRhythm, type Progress, readProgress, type Rhythm } from './facts.server.ts';
import { marksToday } from './marks.ts';
import { lastMarks, listOpenMarks } from './marks.server.ts';
import { excuseOf, groupByReason, groupTitles, type Need, needOf, type Reason, whyThisOrder } from './need.ts';
import { firstName } from './next.ts';
import { readOwnDates } from './plan.server.ts';
import { lastReached, reachedWords } from './reach.server.ts';
import { restsOf } from './rests.ts';
import type { StoneState } from './states.ts';

export type Watched = {
	pairId: string;
	teacher: string;
	mentor: string;
	cohort: string | null;
	/** One per microcredential that the rule asks for, earned first; empty where the stack is not known. */
	stones: StoneState[];
	/** "1 of 3 earned, 1 in review, 1 begun". */
	stack: string;
	/** When the teacher last checked in, and how it goes if they let their coach see it. */
	checkIn: { ago: string; going: string | null } | null;
	/** When the coach last wrote to them; null when that is long ago, or never was. */
	reached: string | null;
};

export type Caseload = {
	pairs: number;
	/** Those at which the coach wanted to look again today, with what they noted. */
	due: (Watched & { words: string; days: string })[];
	groups: { reason: Reason; title: string; pairs: (Watched & { need: Need; waited: string })[] }[];
	/** Why the groups stand in this order. */
	why: string;
	/** Those that the coach put aside for now, with why and until when. */
	notNow: (Watched & { words: string })[];
	onTrack: (Watched & { words: string })[];
	/** Of everything above: another one says that the board would show something else. */
	stamp: string;
};

/** What a board is made from. */
export type BoardGrounds = {
	person: Person;
	now: Date;
	pairs: Pair[];
	rhythm: Map<string, Rhythm>;
	/** By program and teacher. */
	progress: Map<string, Progress>;
	/** The last check-in of each pair that had one, without a word of it. */
	signals: Map<string, Signal>;
};

const keyOf = (programId: string, teacherId: string) => `${programId} ${teacherId}`;
export const progressOf = (found: Pick<BoardGrounds, 'progress'>, pair: Pair) =>
	found.progress.get(keyOf(pair.program.id, pair.teacher.id));

/** A coach’s board alone, for a page that wants to know whether it is still true; null for whoever looks after nobody. */
export const readCaseload = (db: Database, person: Person, proof: Proof | null, now: Date): Promise<Caseload | null> =>
	db.asPerson(person.id, async (tx) => {
		const pairs = (await listPairsIn(tx, person, proof)).filter(({ standing }) => standing === 'coach');
		if (pairs.length === 0) return null;
		const enrollments = await listEnrollments(tx, [...new Set(pairs.map(({ teacher }) => teacher.id))]);
		const rhythm = await listRhythm(tx);
		const teacherOf = new Map(pairs.map((pair) => [pair.id, pair.teacher.id]));
		const progress = await readProgress(tx, enrollments, rhythm, teacherOf, now);
		const signals = await signalsOf(
			tx,
			pairs.map((pair) => pair.id)
		);
		return caseloadOf(tx, { person, now, pairs, signals, rhythm: byReflection(rhythm), progress: byTeacher(progress) });
	});

export const byReflection = (rhythm: Rhythm[]) => new Map(rhythm.map((one) => [one.reflectionId, one]));
export const byTeacher = (progress: Map<string, Progress>) =>
	new Map([...progress.values()].map((one) => [keyOf(one.enrollment.program.id, one.enrollment.personId), one]));

const latestOf = (dates: (Date | null | undefined)[]): Date | null =>
	dates.reduce<Date | null>((best, date) => (date && (!best || date > best) ? date : best), null);

/** The board as a part of the caller's transaction, out of what was read already; null for whoever looks after nobody. */
export async function caseloadOf(tx: Tx, found: BoardGrounds): Promise<Caseload | null> {
	const { now } = found;
	const pairs = found.pairs.filter(({ standing, status }) => standing === 'coach' && status !== 'ended');
	if (pairs.length === 0) return found.pairs.some(({ standing }) => standing === 'coach') ? noPairs : null;
	const pauses = await listPauses(
		tx,
		pairs.map(({ id }) => id)
	);
	const held = await lastHeld(
		tx,
		pairs.map(({ id }) => id),
		now
	);
	const breaks = await listBreaks(tx, [...new Set(pairs.map(({ program }) => program.id))]);
	const resting = await readPauses(
		tx,
		pairs.flatMap((pair) => progressOf(found, pair)?.enrollment.id ?? [])
	);
	const planned = await readOwnDates(
		tx,
		pairs.flatMap((pair) => progressOf(found, pair)?.enrollment.id ?? [])
	);
	const marks = await listOpenMarks(
		tx,
		pairs.map(({ id }) => id)
	);
	const { signals } = found;
	const noted = await lastMarks(
		tx,
		[...signals].flatMap(([id, { shows }]) => (shows === 'word' ? [id] : []))
	);
	const reached = await lastReached(
		tx,
		found.person.id,
		pairs.map(({ id }) => id)
	);
	const rhythms = Map.groupBy(found.rhythm.values(), ({ pairId }) => pairId);
	const due: (Caseload['due'][number] & { until: string })[] = [];
	const notNow: Caseload['notNow'] = [];
	const needing: (Watched & { need: Need; waited: string })[] = [];
	const onTrack: Caseload['onTrack'] = [];
	for (const pair of pairs) {
		const zone = pair.program.timeZone;
		const rhythm = rhythms.get(pair.id) ?? [];
		const where = progressOf(found, pair);
		const submissions = where?.facts.submissions ?? [];
		const paused = pauses.get(pair.id) ?? [];
		const own = (where && resting.get(where.enrollment.id)) ?? [];
		const begun = (where?.stones ?? []).flatMap(({ state, microcredentialId }) =>
			state === 'gathering' ? [microcredentialId] : []
		);
		const signal = signals.get(pair.id) ?? null;
		const facts = {
			pairId: pair.id,
			status: pair.status,
			proposedAt: pair.proposedAt,
			activeAt: pair.activeAt,
			pausedAt: pair.status === 'paused' ? (paused.at(-1)?.from ?? null) : null,
			rests: restsOf(breaks.get(pair.program.id) ?? [], [...paused, ...restIntervals(own, begun)], now, zone),
			restsSince: silentSince(own, begun, now),
			reflections: rhythm.length,
			lastEdit: {
				teacher: latestOf(rhythm.map((one) => one.lastEditBy.get(pair.teacher.id))),
				mentor: latestOf(rhythm.map((one) => one.lastEditBy.get(pair.mentor.id))),
				forMentor: latestOf(rhythm.map((one) => (one.shared ? one.lastEditBy.get(pair.teacher.id) : null)))
			},
			lastMeeting: held.get(pair.id) ?? null,
			lastCheckIn: signal?.at ?? null,
			signal: signal?.going ? signal : null,
			lastMark: latestOf([noted.get(pair.id), reached.get(pair.id)?.at]),
			inReviewSince: latestOf(submissions.map((one) => (one.decidedAt ? null : one.submittedAt))),
			returnedAt: returnedAt(where),
			complete: where?.verdict.complete ?? false,
			summary: where?.verdict.summary ?? null,
			ownDate: (where && planned.get(where.enrollment.id)) ?? null,
			lastDay: where?.facts.lastDay ?? null
		};
		const checkIn = signal && {
			ago: sayDaysAgo(signal.at, now, zone),
			going: signal.going && goingWords[signal.going]
		};
		const wrote = reached.get(pair.id);
		const watched = {
			...watchedOf(pair, where),
			checkIn,
			reached:
				wrote && daysBetween(wrote.at, now, zone) <= mostDaysReached
					? reachedWords(
							wrote,
							{ teacher: firstName(pair.teacher.name), mentor: firstName(pair.mentor.name) },
							zone,
							now
						)
					: null
		};
		const need = needOf(facts, now, zone);
		const today = dayOf(now, zone);
		const said = marksToday(marks.get(pair.id) ?? [], today);
		if (said.due) {
			const { words, until } = said.due;
			const also = need ? `${need.sentence}.` : '';
			due.push({ ...watched, words: `${words} ${also}`.trim(), until: until!, days: sayDay(until!, now, zone) });
		} else if (said.notNow && need)
			notNow.push({ ...watched, words: `Until ${sayDay(said.notNow.until!, now, zone)}: ${said.notNow.words}` });
		else if (need) needing.push({ ...watched, need, waited: sayDays(need.days) });
		else {
			const last = latestOf([facts.lastEdit.teacher, facts.lastEdit.mentor]);
			const since = pair.status === 'accepted' ? 'Accepted, begins soon' : `Together since ${sinceOf(pair, now)}`;
			const edited = last ? `Last edit ${sayDaysAgo(last, now, zone)}` : since;
			onTrack.push({ ...watched, words: excuseOf(facts, now, zone) ?? edited });
		}
	}
	return stamped({
		pairs: pairs.length,
		due: due
			.sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : a.pairId < b.pairId ? -1 : 1))
			.map(({ until: _, ...one }) => one),
		notNow,
		groups: groupByReason(needing).map((group) => ({ ...group, title: groupTitles[group.reason] })),
		why: whyThisOrder,
		onTrack: onTrack.sort((a, b) => a.teacher.localeCompare(b.teacher, 'en'))
	});
}

const stamped = (caseload: Omit<Caseload, 'stamp'>): Caseload => ({
	...caseload,
	stamp: createHash('sha256').update(JSON.stringify(caseload)).digest('base64url').slice(0, 16)
});

/** What a coach wrote longer ago is no reason any more to wait with another word. */
const mostDaysReached = 28;

const noPairs = stamped({ pairs: 0, due: [], notNow: [], groups: [], why: whyThisOrder, onTrack: [] });

const sinceOf = (pair: Pair, now: Date) => when(pair.activeAt ?? pair.proposedAt, 'day', pair.program.timeZone, now);

/** When the last answer came that was not a yes, of a microcredential that was not handed in again or earned since. */
function returnedAt(where: Progress | undefined): Date | null {
	if (!where) return null;
	const { submissions } = where.facts;
	return latestOf(
		submissions.map((one) => {
			const again = submissions.some(
				(other) => other.microcredentialId === one.microcredentialId && other.submittedAt > one.submittedAt
			);
			const state = where.stones.find((stone) => stone.microcredentialId === one.microcredentialId)?.state;
			return again || state === 'earned' || one.decision === 'earned' ? null : one.decidedAt;
		})
	);
}

function watchedOf(pair: Pair, where: Progress | undefined): Omit<Watched, 'checkIn' | 'reached'> {
	const common = { pairId: pair.id, teacher: pair.teacher.name, mentor: pair.mentor.name, cohort: pair.cohort };
	if (!where) return { ...common, stones: [], stack: 'Progress not known' };
	const { verdict, stones } = where;
	const states = stones.map((stone) => stone.state).slice(0, verdict.need);
	while (states.length < verdict.need) states.push('not-started');
	const also = (['in-review', 'gathering'] as const).flatMap((state) => {
		const n = stones.filter((stone) => stone.state === state).length;
		return n > 0 ? [`${n} ${state === 'gathering' ? 'begun' : 'in review'}`] : [];
	});
	return { ...common, stones: states, stack: [verdict.summary, ...also].join(', ') };
}
