/**
 * Which pairs could use their coach, and why. Every reason names a fact and a date; nothing here ranks people, and
 * nothing here knows a word that the pair wrote. Pure: facts and clock come from outside.
 */
import { type Break, dayAfter } from '#lib/program/breaks.ts';
import { signalWords } from '#lib/checkin/checkin.ts';
import type { Signal } from '#lib/checkin/signals.server.ts';
import { when } from '#lib/ui/when.ts';
import { dayOf, daysBetween, endOfDay, sayDay } from './days.ts';
import type { ReachKind } from './reach-words.ts';
import { restingDays } from './rests.ts';

export type PairFacts = {
	pairId: string;
	status: 'proposed' | 'accepted' | 'active' | 'paused' | 'ended';
	proposedAt: Date;
	activeAt: Date | null;
	/** Since when the pair pauses, by agreement. */
	pausedAt: Date | null;
	/** The program's breaks and the pair's pauses, in order and apart: nobody waits on those days. */
	rests: Break[];
	/** Since when the teacher rests, from everything or from each one that was begun; null while they do not. */
	restsSince: Date | null;
	/** Whether the two have started any reflection. */
	reflections: number;
	/** `forMentor`: the teacher's last edit that the mentor can see. Nobody waits for an answer to another. */
	lastEdit: { teacher: Date | null; mentor: Date | null; forMentor: Date | null };
	/** When the two last met, as far as is known. */
	lastMeeting: Date | null;
	/** When the teacher last checked in; of what was said only what they let the coach see. */
	lastCheckIn: Date | null;
	/** What the last check-in lets the coach see; null when that is no more than its day. */
	signal: Pick<Signal, 'shows' | 'going'> | null;
	/** When the coach last noted something of the pair, or wrote to it. */
	lastMark: Date | null;
	/** Since when a submission waits for assessors; null when none does. */
	inReviewSince: Date | null;
	/** When the latest submission came back as "not yet" or incomplete; null when none is open. */
	returnedAt: Date | null;
	/** Whether the stack's rule is met now. */
	complete: boolean;
	/** How far they are, as it is said: "1 of 3 earned"; null where that is not known. */
	summary: string | null;
	/** The day by which the teacher planned to be done; null where nothing is planned, or how long it takes is not known. */
	ownDate: string | null;
	/** The program's last day for this teacher, with every extension; null where it has none. */
	lastDay: string | null;
};

export const reasons = [
	'asked',
	'unanswered',
	'not-begun',
	'nothing-started',
	'returned',
	'quiet',
	'mentor-awaited',
	'due',
	'behind-plan'
] as const;
export type Reason = (typeof reasons)[number];

/** What a coach could do next: ask, offer a time together, or speak with each of another pair. */
export type Act = ReachKind;

export type Need = {
	reason: Reason;
	since: Date;
	/** Days of waiting, without those of rest. */
	days: number;
	sentence: string;
	act: Act;
	/** The act in words, as a kind suggestion. */
	suggestion: string;
};

/** How each group is called on the board. */
export const groupTitles: Record<Reason, string> = {
	asked: 'Asked for a word',
	unanswered: 'Proposed, not answered',
	'not-begun': 'Accepted, not begun',
	'nothing-started': 'Nothing started yet',
	returned: 'Back from the assessors',
	quiet: 'Gone quiet',
	'mentor-awaited': 'Waiting for the mentor',
	due: 'Due soon',
	'behind-plan': 'Past their own date'
};

/**
 * Days of waiting after which a fact becomes a reason to ask. Ours, and gentle: a school fortnight before silence means
 * anything, and for a mentor more than a week, because an illness eats up one: with 7 days, 7 of 100 names on the board of
 * `stalls.test.ts` are of pairs that need nothing, with 10 days 3.
 * Whoever asks for a word has not to wait at all.
 */
export const patience: Record<Reason, number> = {
	asked: 0,
	unanswered: 7,
	'not-begun': 7,
	'nothing-started': 10,
	returned: 7,
	quiet: 14,
	'mentor-awaited': 10,
	due: 0,
	'behind-plan': 7
};

/** So many days before the program's last day a pair is asked about, and so many after it somebody can still give more time. */
const dueBefore = 14;
const dueAfter = 28;

/** From when on a word is not enough any more: a month without a sign, and then two. */
const slotAfter = 28;
const rematchAfter = 56;

export const whyThisOrder =
	'Whoever asked for a word comes first, and then whoever has waited longest: groups by their oldest date, pairs by their own. ' +
	'Days of the program’s breaks and of pauses are not counted as waiting, and pairs whose work is with assessors are not counted as quiet.';

function nextAct(reason: Reason, days: number): Pick<Need, 'act' | 'suggestion'> {
	const ofTheTwo = !['asked', 'unanswered', 'due', 'behind-plan'].includes(reason);
	if (ofTheTwo && days >= rematchAfter)
		return {
			act: 'rematch',
			suggestion: 'Ask each of them alone whether another pair would suit better; nobody is to blame for that.'
		};
	switch (reason) {
		case 'asked':
			return { act: 'slot', suggestion: 'Offer a time to talk, soon.' };
		case 'unanswered':
			return { act: 'nudge', suggestion: 'Ask both whether they have seen the proposal.' };
		case 'not-begun':
			return { act: 'slot', suggestion: 'Offer the two a time to begin.' };
		case 'nothing-started':
			return { act: 'slot', suggestion: 'Offer a first meeting, to choose something small.' };
		case 'returned':
			return { act: 'nudge', suggestion: 'Send a kind word: most teachers hand in twice.' };
		case 'mentor-awaited':
			return { act: 'nudge', suggestion: 'Tell the mentor that something waits for an answer.' };
		case 'due':
			return {
				act: 'nudge',
				suggestion: 'Ask what is left, and whether more time would help: their program can give it.'
			};
		case 'behind-plan':
			return { act: 'nudge', suggestion: 'Ask whether the plan still fits; making it anew costs nothing.' };
		case 'quiet':
			return days >= slotAfter
				? { act: 'slot', suggestion: 'Offer the two a time to sit down, with you if they like.' }
				: { act: 'nudge', suggestion: 'Ask how it is going.' };
	}
}

const newest = (...dates: (Date | null)[]): Date | null =>
	dates.reduce((best, date) => (date && (!best || date > best) ? date : best), null);

/** Why this pair could use a word, since when; null when nothing asks for one. One reason, the one to act on first. */
export function needOf(facts: PairFacts, now: Date, zone: string): Need | null {
	const need = (reason: Reason, since: Date | null, say: (days: string, date: string) => string): Need | null => {
		if (!since) return null;
		const all = daysBetween(since, now, zone);
		const resting = restingDays(dayOf(since, zone), dayOf(now, zone), facts.rests);
		const days = all - resting;
		if (days < patience[reason]) return null;
		const words = resting > 0 ? `${all} days, ${resting} of them at rest` : `${all} days`;
		return { reason, since, days, sentence: say(words, when(since, 'day', zone, now)), ...nextAct(reason, days) };
	};
	const { teacher, mentor, forMentor } = facts.lastEdit;
	const lastEdit = newest(teacher, mentor);
	const { lastCheckIn, signal, lastMark } = facts;
	// A wish is answered in a pause, too; what the coach has noted or answered since, they have heard.
	if (signal?.shows === 'word' && lastCheckIn && facts.status !== 'ended' && !(lastMark && lastMark >= lastCheckIn))
		return need('asked', lastCheckIn, (_, date) => `On ${date} the teacher said: ${signalWords(signal)}`);
	switch (facts.status) {
		case 'ended':
		case 'paused':
			return null;
		case 'proposed':
			return need('unanswered', facts.proposedAt, (days) => `Proposed ${days} ago, not answered`);
		case 'accepted':
			return need('not-begun', facts.proposedAt, (days) => `Proposed ${days} ago, accepted, not begun`);
	}
	if (facts.restsSince) return null; // their own to decide, and without a price
	if (facts.complete) return null; // they did what they set out to do; silence is their good right
	const { inReviewSince, lastDay, ownDate } = facts;
	const today = dayOf(now, zone);
	const far = facts.summary ?? 'how far they are is not known';
	if (lastDay && !inReviewSince && today <= dayAfter(lastDay, dueAfter)) {
		const due = need('due', new Date(endOfDay(dayAfter(lastDay, -dueBefore - 1), zone)), () => {
			const day = sayDay(lastDay, now, zone);
			return today > lastDay ? `The last day was ${day}; ${far}` : `Due on ${day}; ${far}`;
		});
		if (due) return due;
	}
	if (facts.reflections === 0)
		return need('nothing-started', facts.activeAt, (days) => `Together for ${days}; no reflection started`);
	const { returnedAt } = facts;
	if (returnedAt && (!lastEdit || lastEdit < returnedAt)) {
		const returned = need('returned', returnedAt, (_, date) => `A submission came back on ${date}, no edit since`);
		if (returned) return returned;
	}
	// The ball is with the assessors until somebody writes again.
	if (facts.inReviewSince && (!lastEdit || lastEdit <= facts.inReviewSince)) return null;
	const { lastMeeting } = facts;
	const last = newest(lastEdit, lastMeeting, lastCheckIn, facts.activeAt);
	const quiet = need('quiet', last, (days) => {
		if (last === lastCheckIn) return `The teacher checked in ${days} ago, and neither has written since`;
		if (last === lastMeeting) return `They met ${days} ago, and neither has written since`;
		if (last !== lastEdit) return `Together for ${days}; nothing written`;
		const met = lastMeeting ? `; the last meeting was on ${when(lastMeeting, 'day', zone, now)}` : '';
		return `No edit by either for ${days}${met}`;
	});
	if (quiet && !facts.inReviewSince) return quiet;
	const answered = newest(mentor, lastMeeting);
	if (forMentor && (!answered || answered < forMentor)) {
		const awaited = need(
			'mentor-awaited',
			forMentor,
			(_, date) => `The teacher wrote last, on ${date}; no edit by the mentor since`
		);
		if (awaited) return awaited;
	}
	if (ownDate && !inReviewSince)
		return need(
			'behind-plan',
			new Date(endOfDay(ownDate, zone) - 1),
			(_, date) => `Planned to be done by ${date}; ${far}`
		);
	return null;
}

/** Why a pair that needs nothing rests, where that is known and worth a word. */
export function excuseOf(facts: PairFacts, now: Date, zone: string): string | null {
	const day = (at: Date) => when(at, 'day', zone, now);
	if (facts.status === 'paused')
		return facts.pausedAt ? `Paused since ${day(facts.pausedAt)}, as agreed` : 'Paused, as agreed';
	if (facts.restsSince) return `Paused since ${day(facts.restsSince)}`;
	if (facts.complete) return 'Stack complete';
	if (facts.inReviewSince) return `With assessors since ${day(facts.inReviewSince)}`;
	return null;
}

/** Groups by reason, whoever asked and then whoever has waited longest first, in the groups and between them; equal waits in a fixed order. */
export function groupByReason<T extends { pairId: string; need: Need }>(
	needing: T[]
): { reason: Reason; pairs: T[] }[] {
	const longest = (a: T, b: T) => b.need.days - a.need.days || (a.pairId < b.pairId ? -1 : 1);
	const asks = ({ reason }: { reason: Reason }) => Number(reason === 'asked');
	return reasons
		.map((reason) => ({ reason, pairs: needing.filter((pair) => pair.need.reason === reason).sort(longest) }))
		.filter((group) => group.pairs.length > 0)
		.sort((a, b) => asks(b) - asks(a) || longest(a.pairs[0]!, b.pairs[0]!));
}
