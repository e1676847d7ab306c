/**
 * What a person finds on their home: by what they have, not by who they are called. Somebody who teaches and mentors
 * finds both, the teacher's step first. Only reads.
 */
import * as Y from 'yjs';
import { offerWords } from '#lib/catalogue/offers.server.ts';
import { type Signal, signalsOf } from '#lib/checkin/signals.server.ts';
import { wholesOf } from '#lib/counts/counts.server.ts';
import type { Counts } from '#lib/counts/rollup.ts';
import type { Person } from '#lib/identity/person.ts';
import { isProven, type Proof } from '#lib/identity/policy.ts';
import { mustProve } from '#lib/identity/proof.server.ts';
import { sayTime } from '#lib/meeting/meeting.ts';
import { listAhead } from '#lib/meeting/meetings.server.ts';
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
import { readState } from '#lib/reflection/log.server.ts';
import { accessTo } from '#lib/reflection/policy.ts';
import { excerpt } from '#lib/reflection/render.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { when } from '#lib/ui/when.ts';
import {
	type BoardGrounds,
	byReflection,
	byTeacher,
	type Caseload,
	caseloadOf,
	progressOf
} from './caseload.server.ts';
import { daysBetween, greetingOf } from './days.ts';
import { type Draft, listDrafts, listRhythm, type Progress, readProgress } from './facts.server.ts';
import { firstName, nextForMentor, nextForTeacher, type OpenDraft, type Step, type Way } from './next.ts';
import { planLineOf, readPlanGrounds } from './plan.server.ts';
import { grantedWords, promisedWords } from './outcomes.ts';
import { listReachedSince } from './reach.server.ts';
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
type Found = BoardGrounds & {
	drafts: Draft[];
	/** The next meeting of each pair, by its id, as it is said. */
	next: Map<string, string>;
	/** Which coach wrote to this person lately, and when, by pair. */
	reached: Map<string, { by: string | null; at: Date }>;
};

/** A week on, whoever wanted to read it has. It stays on the pair's page. */
const reachedForMs = 7 * 24 * 3600_000;

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
