/**
 * What a person finds on their home: by what they have, not by who they are called. Somebody who teaches and mentors
 * finds both, the teacher's step first. Only reads.
 */
import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { offerWords } from '#lib/catalogue/offers.server.ts';
import { goingWords } from '#lib/checkin/checkin.ts';
import { type Signal, signalsOf } from '#lib/checkin/signals.server.ts';
import { wholesOf } from '#lib/counts/counts.server.ts';
import type { Counts } from '#lib/counts/rollup.ts';
import type { Person } from '#lib/identity/person.ts';
import { isProven, type Proof } from '#lib/identity/policy.ts';
import { mustProve } from '#lib/identity/proof.server.ts';
import { sayTime } from '#lib/meeting/meeting.ts';
import { lastHeld, listAhead } from '#lib/meeting/meetings.server.ts';
import { zoneOf } from '#lib/meeting/zone.server.ts';
import type { PairShown } from '#lib/pairing/pair-card.ts';
import { listPairsIn, type Pair } from '#lib/pairing/pair.server.ts';
import {
	before,
	type EnrollmentStatus,
	inside,
	listEnrollments,
	listManagedPrograms,
	type ManagedProgram
} from '#lib/program/enrollment.server.ts';
import { readPauses } from '#lib/program/pausing.server.ts';
import { restIntervals, silentSince } from '#lib/program/pausing.ts';
import { readState } from '#lib/reflection/log.server.ts';
import { accessTo } from '#lib/reflection/policy.ts';
import { excerpt } from '#lib/reflection/render.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { when } from '#lib/ui/when.ts';
import { dayOf, daysBetween, greetingOf, sayDay, sayDays, sayDaysAgo } from './days.ts';
import {
	type Draft,
	listDrafts,
	listPauses,
	listRhythm,
	type Progress,
	readProgress,
	type Rhythm
} from './facts.server.ts';
import { listBreaks } from '#lib/program/breaks.server.ts';
import { marksToday } from './marks.ts';
import { lastMarks, listOpenMarks } from './marks.server.ts';
import { excuseOf, groupByReason, groupTitles, type Need, needOf, type Reason, whyThisOrder } from './need.ts';
import { firstName, nextForMentor, nextForTeacher, type OpenDraft, type Step, type Way } from './next.ts';
import { planLineOf, readOwnDates, readPlanGrounds } from './plan.server.ts';
import { grantedWords, promisedWords } from './outcomes.ts';
import { lastReached, listReachedSince, reachedWords } from './reach.server.ts';
import { restsOf } from './rests.ts';
import type { StoneState } from './states.ts';
import { everyItem, type Stone } from './stones.ts';
import { notesOf, type Verdict } from './verdict.ts';

/** A step with the words it quotes. */
export type StepShown = Omit<Step, 'quoteFrom'> & { quote: string | null };

/** A stack as teacher, mentor and coach see it: everything is said here, the page only shows it. */
export type StackShown = {
	title: string;
	stones: Stone[];
	verdict: Pick<Verdict, 'summary' | 'which' | 'missing' | 'need' | 'complete' | 'requirements'> & { notes: string[] };
};

export function stackShown({ offer, stones, verdict, facts, granted }: Progress): StackShown {
	const { summary, which, missing, need, complete, requirements } = verdict;
	const outcomes =
		grantedWords(granted, complete, facts.timeZone, facts.now) ??
		(verdict.completedAt ? null : promisedWords(offer.outcomes.map(({ words }) => words)));
	const notes = outcomes ? [...notesOf(verdict), outcomes] : notesOf(verdict);
	return {
		title: offer.title,
		stones,
		verdict: { summary, which, missing, need, complete, requirements, notes }
	};
}

export type Happening = { key: string; words: string; meta: string; way: Way };

export type Learning = {
	program: string;
	cohort: string | null;
	step: StepShown;
	thisWeek: Happening[];
	stack: StackShown;
	/** The open pair, or else the one that ended last. */
	pair: PairShown | null;
	/** Their own date and the program's, in a sentence; null when nothing is left to plan. */
	plan: string | null;
	/** Earlier pairs of the program, whose words stay with the teacher. */
	former: { id: string; mentor: string }[];
};

export type Mentoring = { step: StepShown; pairs: PairShown[]; ended: PairShown[] };

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

/** A program with its counts as of when; null until it was counted for the first time. */
export type Managing = ManagedProgram & { whole: { at: Date; counts: Counts } | null };

export type Waiting = {
	program: string;
	status: EnrollmentStatus;
	since: string;
	stack: string;
	rule: string;
};

export type Home = {
	/** "Monday evening", where the program is; null where no program is known. */
	greeting: string | null;
	learning: Learning[];
	mentoring: Mentoring | null;
	caseload: Caseload | null;
	managing: Managing[];
	/** Whether the part of a manager or an assessor stays shut until its holder has shown a passkey. */
	shut: boolean;
	waiting: Waiting[];
};

/** Everything that the parts of one home are made from. */
type Found = {
	person: Person;
	now: Date;
	pairs: Pair[];
	rhythm: Map<string, Rhythm>;
	drafts: Draft[];
	/** By program and teacher. */
	progress: Map<string, Progress>;
	/** The next meeting of each pair, by its id, as it is said. */
	next: Map<string, string>;
	/** The last check-in of each pair that had one, without a word of it. */
	signals: Map<string, Signal>;
	/** Which coach wrote to this person lately, and when, by pair. */
	reached: Map<string, { by: string | null; at: Date }>;
};

/** A week on, whoever wanted to read it has. It stays on the pair's page. */
const reachedForMs = 7 * 24 * 3600_000;

const keyOf = (programId: string, teacherId: string) => `${programId} ${teacherId}`;
const progressOf = (found: Pick<Found, 'progress'>, pair: Pair) =>
	found.progress.get(keyOf(pair.program.id, pair.teacher.id));

/** The home of a person at an instant, in one transaction. @param proof `locals.session` */
export function readHome(db: Database, person: Person, proof: Proof | null, now: Date): Promise<Home> {
	return db.asPerson(person.id, async (tx) => {
		const pairs = await listPairsIn(tx, person, proof);
		const teacherIds = [...new Set([person.id, ...pairs.map((pair) => pair.teacher.id)])];
		const enrollments = await listEnrollments(tx, teacherIds);
		const rhythm = pairs.length > 0 ? await listRhythm(tx) : [];
		const teacherOf = new Map(pairs.map((pair) => [pair.id, pair.teacher.id]));
		const progress = await readProgress(tx, enrollments, rhythm, teacherOf, now);
		const own = pairs.filter((pair) => pair.standing !== 'coach').map((pair) => pair.id);
		const found: Found = {
			person,
			now,
			pairs,
			rhythm: byReflection(rhythm),
			drafts: await listDrafts(tx, own),
			next: own.length > 0 ? await nextMeetings(tx, person, now, pairs[0]!.program.timeZone) : new Map(),
			signals: await signalsOf(
				tx,
				pairs.map((pair) => pair.id)
			),
			reached: await listReachedSince(tx, own, new Date(now.getTime() - reachedForMs)),
			progress: byTeacher(progress)
		};
		const mine = enrollments.filter((enrollment) => enrollment.personId === person.id);
		const learning: Learning[] = [];
		const grounds = await readPlanGrounds(
			tx,
			mine.filter(({ status }) => inside.includes(status))
		);
		for (const enrollment of mine.filter(({ status }) => inside.includes(status))) {
			const where = progress.get(enrollment.id);
			if (where) learning.push({ ...(await learningOf(tx, found, where)), plan: planLineOf(where, grounds, now) });
		}
		const zone = mine[0]?.program.timeZone ?? pairs[0]?.program.timeZone;
		const proven = isProven(proof, 'role', now);
		const shut = !proven && (await mustProve(tx, person.id));
		const managing = proven ? await managingOf(tx) : [];
		return {
			greeting: zone ? greetingOf(now, zone) : null,
			learning,
			mentoring: await mentoringOf(tx, found),
			caseload: await caseloadOf(tx, found),
			managing,
			shut,
			waiting: mine
				.filter(({ status }) => before.includes(status))
				.flatMap((enrollment) => {
					const where = progress.get(enrollment.id);
					return where ? [waitingOf(where, now)] : [];
				})
		};
	});
}

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

const byReflection = (rhythm: Rhythm[]) => new Map(rhythm.map((one) => [one.reflectionId, one]));
const byTeacher = (progress: Map<string, Progress>) =>
	new Map([...progress.values()].map((one) => [keyOf(one.enrollment.program.id, one.enrollment.personId), one]));

/** "Next: Wed 4 Nov 2026, 3:15 – 4:00 pm", of each pair that has one. */
async function nextMeetings(tx: Tx, person: Person, now: Date, fallback: string): Promise<Map<string, string>> {
	const ahead = await listAhead(tx, person, now);
	if (ahead.length === 0) return new Map();
	const zone = await zoneOf(tx, person.id, fallback);
	const next = new Map<string, string>();
	for (const meeting of ahead)
		if (!next.has(meeting.pairId)) {
			const asks = meeting.state === 'proposed' && meeting.proposedById !== person.id;
			next.set(meeting.pairId, `${asks ? 'Proposed to you' : 'Next'}: ${sayTime(meeting, zone)}`);
		}
	return next;
}

/** Reads the quoted words; nobody is quoted to somebody who may not read them, because the log is then empty. */
async function shown(tx: Tx, { quoteFrom, ...step }: Step): Promise<StepShown> {
	if (!quoteFrom) return { ...step, quote: null };
	const { update, number } = await readState(tx, quoteFrom);
	if (number === 0) return { ...step, quote: null };
	const doc = new Y.Doc();
	try {
		Y.applyUpdate(doc, update);
		return { ...step, quote: excerpt(doc) || null };
	} finally {
		doc.destroy();
	}
}

/** Reflections of a pair in work: neither with assessors nor earned. */
function openDrafts(found: Found, pair: Pair): (OpenDraft & { on: string })[] {
	const where = progressOf(found, pair);
	const other = pair.standing === 'mentor' ? pair.teacher : pair.mentor;
	return found.drafts
		.filter((draft) => draft.pairId === pair.id)
		.flatMap((draft) => {
			const microcredentialId = where?.offer.microcredentialOf.get(draft.microcredentialVersionId);
			const stone = where?.stones.find((one) => one.microcredentialId === microcredentialId);
			if (stone && stone.state !== 'gathering') return [];
			const edits = found.rhythm.get(draft.id)?.lastEditBy;
			return {
				reflectionId: draft.id,
				title: draft.title,
				on: stone?.title ?? '',
				startedAt: draft.createdAt,
				shared: draft.shared,
				mine: edits?.get(found.person.id) ?? null,
				theirs: edits?.get(other.id) ?? null
			};
		});
}

const touchedAt = ({ startedAt, mine, theirs }: OpenDraft) =>
	new Date(Math.max(startedAt.getTime(), mine?.getTime() ?? 0, theirs?.getTime() ?? 0));

const waitsForMe = ({ mine, theirs }: OpenDraft) => theirs !== null && (!mine || theirs > mine);

function pairShown(found: Found, pair: Pair): PairShown {
	const { now } = found;
	const zone = pair.program.timeZone;
	const otherIs = pair.standing === 'mentor' ? 'teacher' : 'mentor';
	const other = pair[otherIs];
	const drafts = openDrafts(found, pair).sort((a, b) => touchedAt(b).getTime() - touchedAt(a).getTime());
	const verdict = progressOf(found, pair)?.verdict;
	const mayRead = accessTo(pair, otherIs === 'teacher' ? 'mentor' : 'teacher', true) !== 'none';
	const day = (at: Date | null) => (at ? when(at, 'day', zone, now) : 'a day not known');
	const ago = (at: Date) => when(at, 'ago', zone, now);
	const last = drafts[0];
	const who = firstName(other.name);
	const reached = found.reached.get(pair.id);
	const words = () => {
		switch (pair.status) {
			case 'proposed':
				return `Proposed ${day(pair.proposedAt)}`;
			case 'accepted':
				return 'Accepted, begins soon';
			case 'paused':
				return 'Paused, as agreed';
			case 'ended':
				return `Ended ${day(pair.endedAt)}${mayRead ? '' : `; the words stay with ${who}`}`;
			case 'active':
				if (!last) return `Together since ${day(pair.activeAt)}`;
				if (!last.mine && !last.theirs) return `Draft started ${ago(last.startedAt)}, nothing written yet`;
				return waitsForMe(last) ? `${who} wrote ${ago(last.theirs!)}` : `You wrote ${ago(last.mine!)}`;
		}
	};
	return {
		id: pair.id,
		status: pair.status,
		endedAs: pair.endedAs,
		other,
		otherIs,
		words: words(),
		waits: pair.status === 'active' && drafts.some(waitsForMe),
		open:
			pair.status === 'active' || pair.status === 'paused'
				? drafts.map((draft) => ({
						id: draft.reflectionId,
						title: draft.title,
						on: draft.on,
						words:
							(draft.shared ? '' : 'only you see it, ') +
							(!draft.mine && !draft.theirs ? 'nothing written yet' : `last edit ${ago(touchedAt(draft))}`)
					}))
				: [],
		next: found.next.get(pair.id) ?? null,
		checkIn: checkInWords(pair, found.signals.get(pair.id), ago),
		reached: reached ? `${reached.by ?? 'The coach'} wrote to you ${ago(reached.at)}` : null,
		stack:
			otherIs === 'teacher' && verdict ? `${verdict.summary}. ${verdict.missing ?? 'The stack is complete.'}` : null
	};
}

/** Where the way to the check-ins leads from a card: to send one for the teacher, to read the last one for the mentor. */
function checkInWords(pair: Pair, last: Signal | undefined, ago: (at: Date) => string): string | null {
	if (pair.status !== 'active' && pair.status !== 'paused') return null;
	if (pair.standing === 'teacher')
		return last ? `Check in (last time ${ago(last.at)})` : 'Check in: a minute on how it goes';
	return last ? `${firstName(pair.teacher.name)} checked in ${ago(last.at)}` : null;
}

async function learningOf(tx: Tx, found: Found, where: Progress): Promise<Omit<Learning, 'plan'>> {
	const { now } = found;
	const { program, cohort } = where.enrollment;
	const pairs = found.pairs.filter(({ standing, program: of }) => standing === 'teacher' && of.id === program.id);
	// listPairsIn has open pairs first, then the newest.
	const pair = pairs[0] ?? null;
	const drafts = pair ? openDrafts(found, pair) : [];
	const step = nextForTeacher(
		{
			pair: pair && {
				id: pair.id,
				status: pair.status,
				endedAs: pair.endedAs,
				mentor: pair.mentor.name,
				reflections: found.drafts.filter((draft) => draft.pairId === pair.id).length
			},
			drafts,
			complete: where.verdict.complete,
			stack: where.offer.title
		},
		now,
		program.timeZone
	);
	return {
		program: program.name,
		cohort: cohort?.name ?? null,
		step: await shown(tx, step),
		thisWeek: pair ? happeningsOf(found, where, pair, step) : [],
		stack: stackShown(where),
		pair: pair && pairShown(found, pair),
		former: pairs.slice(1).map(({ id, mentor }) => ({ id, mentor: mentor.name }))
	};
}

/** A list longer than this is not a week but a log. */
const mostHappenings = 5;

/** What others did for this teacher in the last seven days, newest first; the step above is not said twice. */
function happeningsOf(found: Found, { facts, enrollment }: Progress, pair: Pair, step: Step): Happening[] {
	const { now } = found;
	const zone = enrollment.program.timeZone;
	const mentor = firstName(pair.mentor.name);
	const titleOf = new Map(everyItem(facts).map((item) => [item.microcredentialId, item.title]));
	const toPair: Way = { to: 'pair', id: pair.id };
	const all: { at: Date | null; key: string; words: string; way: Way }[] = [
		...openDrafts(found, pair)
			.filter(({ reflectionId }) => reflectionId !== step.quoteFrom)
			.map(({ reflectionId, title, theirs }) => ({
				at: theirs,
				key: reflectionId,
				words: `${mentor} wrote in “${title}”`,
				way: { to: 'reflection', id: reflectionId } as const
			})),
		...facts.submissions.map(({ microcredentialId, decidedAt, decision }) => ({
			at: decision === 'earned' ? null : decidedAt,
			key: `decided ${microcredentialId}`,
			words: `“${titleOf.get(microcredentialId)}” came back from the assessors`,
			way: toPair
		})),
		...facts.submissions.map(({ microcredentialId, submittedAt, decidedAt }) => ({
			at: decidedAt ? null : submittedAt,
			key: `submitted ${microcredentialId}`,
			words: `“${titleOf.get(microcredentialId)}” went to the assessors`,
			way: toPair
		})),
		...facts.awards.map(({ microcredentialId, awardedAt }) => ({
			at: awardedAt,
			key: `earned ${microcredentialId}`,
			words: `You earned “${titleOf.get(microcredentialId)}”`,
			way: toPair
		})),
		{ at: pair.activeAt, key: `began ${pair.id}`, words: `You and ${mentor} became a pair`, way: toPair }
	];
	return all
		.flatMap(({ at, ...one }) => (at && at <= now && daysBetween(at, now, zone) < 7 ? [{ at, ...one }] : []))
		.sort((a, b) => b.at.getTime() - a.at.getTime())
		.slice(0, mostHappenings)
		.map(({ at, ...one }) => ({ ...one, meta: when(at, 'ago', zone, now) }));
}

async function mentoringOf(tx: Tx, found: Found): Promise<Mentoring | null> {
	const pairs = found.pairs.filter(({ standing }) => standing === 'mentor');
	if (pairs.length === 0) return null;
	const active = pairs.filter(({ status }) => status === 'active');
	const step = nextForMentor(
		active.map((pair) => ({
			pairId: pair.id,
			teacher: pair.teacher.name,
			activeAt: pair.activeAt,
			reflections: found.drafts.filter((draft) => draft.pairId === pair.id).length,
			drafts: openDrafts(found, pair)
		})),
		found.now,
		pairs[0]!.program.timeZone
	);
	const cards = pairs.map((pair) => pairShown(found, pair));
	return {
		step: await shown(tx, step),
		// Who waits comes first; otherwise as they are listed, the newest pair first.
		pairs: cards.filter(({ status }) => status !== 'ended').sort((a, b) => Number(b.waits) - Number(a.waits)),
		ended: cards.filter(({ status }) => status === 'ended')
	};
}

const latestOf = (dates: (Date | null | undefined)[]): Date | null =>
	dates.reduce<Date | null>((best, date) => (date && (!best || date > best) ? date : best), null);

async function caseloadOf(
	tx: Tx,
	found: Pick<Found, 'person' | 'now' | 'pairs' | 'signals' | 'rhythm' | 'progress'>
): Promise<Caseload | null> {
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
	const due: (Caseload['due'][number] & { until: string })[] = [];
	const notNow: Caseload['notNow'] = [];
	const needing: (Watched & { need: Need; waited: string })[] = [];
	const onTrack: Caseload['onTrack'] = [];
	for (const pair of pairs) {
		const zone = pair.program.timeZone;
		const rhythm = [...found.rhythm.values()].filter((one) => one.pairId === pair.id);
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

/** Counts come from their summary: counting a state on every visit of its manager takes a while. */
async function managingOf(tx: Tx): Promise<Managing[]> {
	const programs = await listManagedPrograms(tx);
	const wholes = await wholesOf(
		tx,
		programs.map((program) => program.id)
	);
	return programs.map((program) => ({ ...program, whole: wholes.get(program.id) ?? null }));
}

function waitingOf({ enrollment, offer }: Progress, now: Date): Waiting {
	return {
		program: enrollment.program.name,
		status: enrollment.status,
		since: when(enrollment.joinedListAt, 'day', enrollment.program.timeZone, now),
		stack: offer.title,
		rule: offerWords(offer)
	};
}
