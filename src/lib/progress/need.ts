/**
 * Which pairs could use their coach, and why. Every reason names a fact and a date; nothing here ranks people, and
 * nothing here knows a word that the pair wrote. Pure: facts and clock come from outside.
 */
import { when } from '#lib/ui/when.ts';
import { daysBetween } from './days.ts';

export type PairFacts = {
	pairId: string;
	status: 'proposed' | 'accepted' | 'active' | 'paused' | 'ended';
	proposedAt: Date;
	activeAt: Date | null;
	/** Since when the pair pauses, by agreement. */
	pausedAt: Date | null;
	/** Whether the two have started any reflection. */
	reflections: number;
	/** `forMentor`: the teacher's last edit that the mentor can see. Nobody waits for an answer to another. */
	lastEdit: { teacher: Date | null; mentor: Date | null; forMentor: Date | null };
	/** Since when a submission waits for assessors; null when none does. */
	inReviewSince: Date | null;
	/** When the latest submission came back as "not yet" or incomplete; null when none is open. */
	returnedAt: Date | null;
	/** Whether the stack's rule is met now. */
	complete: boolean;
};

export const reasons = ['unanswered', 'not-begun', 'nothing-started', 'returned', 'quiet', 'mentor-awaited'] as const;
export type Reason = (typeof reasons)[number];

export type Need = { reason: Reason; since: Date; days: number; sentence: string };

/** How each group is called on the board. */
export const groupTitles: Record<Reason, string> = {
	unanswered: 'Proposed, not answered',
	'not-begun': 'Accepted, not begun',
	'nothing-started': 'Nothing started yet',
	returned: 'Back from the assessors',
	quiet: 'Gone quiet',
	'mentor-awaited': 'Waiting for the mentor'
};

/** Days after which a fact becomes a reason to ask. Ours, and gentle: a school fortnight before silence means anything. */
export const patience: Record<Reason, number> = {
	unanswered: 7,
	'not-begun': 7,
	'nothing-started': 10,
	returned: 7,
	quiet: 14,
	'mentor-awaited': 7
};

export const whyThisOrder =
	'Whoever has waited longest comes first: groups by their oldest date, pairs by their own. ' +
	'Paused pairs and pairs whose work is with assessors are not counted as quiet; school holidays are not known here yet.';

const newest = (...dates: (Date | null)[]): Date | null =>
	dates.reduce((best, date) => (date && (!best || date > best) ? date : best), null);

/** Why this pair could use a word, since when; null when nothing asks for one. One reason, the one to act on first. */
export function needOf(facts: PairFacts, now: Date, zone: string): Need | null {
	const need = (reason: Reason, since: Date | null, say: (days: number, date: string) => string): Need | null => {
		if (!since) return null;
		const days = daysBetween(since, now, zone);
		if (days < patience[reason]) return null;
		return { reason, since, days, sentence: say(days, when(since, 'day', zone, now)) };
	};
	const { teacher, mentor, forMentor } = facts.lastEdit;
	const lastEdit = newest(teacher, mentor);
	switch (facts.status) {
		case 'ended':
		case 'paused':
			return null;
		case 'proposed':
			return need('unanswered', facts.proposedAt, (days) => `Proposed ${days} days ago, not answered`);
		case 'accepted':
			return need('not-begun', facts.proposedAt, (days) => `Proposed ${days} days ago, accepted, not begun`);
	}
	if (facts.complete) return null; // they did what they set out to do; silence is their good right
	if (facts.reflections === 0)
		return need('nothing-started', facts.activeAt, (days) => `No reflection started in ${days} days together`);
	const { returnedAt } = facts;
	if (returnedAt && (!lastEdit || lastEdit < returnedAt)) {
		const returned = need('returned', returnedAt, (_, date) => `A submission came back on ${date}, no edit since`);
		if (returned) return returned;
	}
	// The ball is with the assessors until somebody writes again.
	if (facts.inReviewSince && (!lastEdit || lastEdit <= facts.inReviewSince)) return null;
	const quiet = need('quiet', newest(lastEdit, facts.activeAt), (days) =>
		lastEdit ? `No edit by either for ${days} days` : `Nothing written in ${days} days together`
	);
	if (quiet && !facts.inReviewSince) return quiet;
	if (forMentor && (!mentor || mentor < forMentor))
		return need(
			'mentor-awaited',
			forMentor,
			(_, date) => `The teacher wrote last, on ${date}; no edit by the mentor since`
		);
	return null;
}

/** Why a pair that needs nothing rests, where that is known and worth a word. */
export function excuseOf(facts: PairFacts, now: Date, zone: string): string | null {
	const day = (at: Date) => when(at, 'day', zone, now);
	if (facts.status === 'paused')
		return facts.pausedAt ? `Paused since ${day(facts.pausedAt)}, as agreed` : 'Paused, as agreed';
	if (facts.complete) return 'Stack complete';
	if (facts.inReviewSince) return `With assessors since ${day(facts.inReviewSince)}`;
	return null;
}

/** Groups by reason, whoever has waited longest first, in the groups and between them; equal waits in a fixed order. */
export function groupByReason<T extends { pairId: string; need: Need }>(
	needing: T[]
): { reason: Reason; pairs: T[] }[] {
	const longest = (a: T, b: T) => b.need.days - a.need.days || (a.pairId < b.pairId ? -1 : 1);
	return reasons
		.map((reason) => ({ reason, pairs: needing.filter((pair) => pair.need.reason === reason).sort(longest) }))
		.filter((group) => group.pairs.length > 0)
		.sort((a, b) => longest(a.pairs[0]!, b.pairs[0]!));
}
