/**
 * Progress toward a stack, recomputed from facts every time and never counted up: what stands where, and whether the
 * rule is met, with the reason in words. Pure: facts, clock and time zone come from outside.
 */
import type { StackRule } from '#lib/catalogue/stack.ts';
import { when } from '#lib/ui/when.ts';
import { dayOf, sayDay } from './days.ts';
import { type StoneState, stateWords } from './states.ts';

export type StackFacts = {
	now: Date;
	/** The program's zone: an award counts until midnight there. */
	timeZone: string;
	rule: StackRule;
	/** The last day on which something counts for this program, as 2026-06-30; null when none is set. */
	lastDay: string | null;
	items: { microcredentialId: string; title: string; hours: number | null; artifacts: number | null }[];
	reflections: { microcredentialId: string; startedAt: Date; lastEditAt: Date | null }[];
	submissions: {
		microcredentialId: string;
		submittedAt: Date;
		decidedAt: Date | null;
		decision: 'earned' | 'not-yet' | 'incomplete' | null;
	}[];
	awards: {
		microcredentialId: string;
		awardedAt: Date;
		/** The last day on which it counts; null never expires. */
		expiresOn: string | null;
		revokedAt: Date | null;
		revokedReason: string | null;
	}[];
};

export type Stone = {
	microcredentialId: string;
	title: string;
	state: StoneState;
	/** What is so and since when. */
	words: string;
	/** The one thing that is missing; null when nothing is up to the teacher. */
	gap: string | null;
};

export type Verdict = {
	counts: StackRule['counts'];
	have: number;
	need: number;
	/** Whether the rule is met at this instant. */
	complete: boolean;
	/** When the rule was first met; kept when an award expires later. */
	completedAt: Date | null;
	/** "2 of 3 earned": never shown without `which` and `missing`. */
	summary: string;
	/** Which ones count; null when none does yet. */
	which: string | null;
	/** What is missing and the shortest way there; null when nothing is. */
	missing: string | null;
};

type Award = StackFacts['awards'][number];

/** A revoked award stops at that instant, an expiring one at the midnight that ends its last day. */
function holds(award: Award, at: Date, zone: string): boolean {
	if (award.awardedAt > at) return false;
	if (award.revokedAt && award.revokedAt <= at) return false;
	return award.expiresOn === null || dayOf(at, zone) <= award.expiresOn;
}

const latest = <T>(things: T[], at: (thing: T) => Date): T | undefined =>
	things.reduce<T | undefined>((best, thing) => (best && at(best) >= at(thing) ? best : thing), undefined);

const plural = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;

const said = new Intl.ListFormat('en', { type: 'conjunction' });

function stoneOf(item: StackFacts['items'][number], facts: StackFacts): Stone & { order: number } {
	const { now, timeZone: zone } = facts;
	const own = <T extends { microcredentialId: string }>(things: T[]) =>
		things.filter((thing) => thing.microcredentialId === item.microcredentialId);
	const day = (at: Date) => when(at, 'day', zone, now);
	const stone = (state: StoneState, words: string, gap: string | null, order = 0) => ({
		microcredentialId: item.microcredentialId,
		title: item.title,
		state,
		words,
		gap,
		order
	});
	const handIn =
		item.artifacts === null
			? null
			: `Hand-in asks for ${plural(item.artifacts, 'artifact', 'artifacts')} and a reflection`;

	const awards = own(facts.awards).filter((award) => award.awardedAt <= now);
	const held = awards.filter((award) => holds(award, now, zone));
	const award = held.reduce<Award | undefined>(
		// The one that counts longest, so that earning it again is seen.
		(best, next) => (best && (best.expiresOn ?? '9') >= (next.expiresOn ?? '9') ? best : next),
		undefined
	);
	if (award) {
		const until = award.expiresOn && `, counts until ${sayDay(award.expiresOn, now, zone)}`;
		return stone('earned', `Earned ${day(award.awardedAt)}${until ?? ''}`, null, award.awardedAt.getTime());
	}

	// What was lost stays in the history; only what happened since then starts the stone anew.
	const lost = latest(awards, (award) => award.awardedAt);
	const since = (at: Date) => !lost || at > lost.awardedAt;

	const submission = latest(
		own(facts.submissions).filter(({ submittedAt }) => submittedAt <= now && since(submittedAt)),
		({ submittedAt }) => submittedAt
	);
	const answered = submission?.decidedAt && submission.decidedAt <= now ? submission.decidedAt : null;
	if (submission && !answered)
		return stone(
			'in-review',
			`With assessors since ${day(submission.submittedAt)}`,
			null,
			submission.submittedAt.getTime()
		);
	if (submission && answered) {
		if (submission.decision === 'earned')
			return stone('in-review', `Assessors said yes on ${day(answered)}`, 'The award itself is on its way', 0);
		if (submission.decision === 'incomplete')
			return stone(
				'gathering',
				`Came back on ${day(answered)}: something was missing`,
				'Add it and hand in again',
				-answered.getTime()
			);
		return stone(
			'gathering',
			`Not yet, ${day(answered)}`,
			'Only the rubric rows that fell short need another go',
			-answered.getTime()
		);
	}

	const drafts = own(facts.reflections).filter(({ startedAt, lastEditAt }) => since(lastEditAt ?? startedAt));
	const draft = latest(drafts, ({ startedAt, lastEditAt }) => lastEditAt ?? startedAt);
	if (draft) {
		const edit = draft.lastEditAt ? `last edit ${when(draft.lastEditAt, 'ago', zone, now)}` : 'nothing written yet';
		return stone(
			'gathering',
			`Draft started ${day(draft.startedAt)}, ${edit}`,
			handIn,
			-(draft.lastEditAt ?? draft.startedAt).getTime()
		);
	}
	if (lost) {
		const history = `earned ${day(lost.awardedAt)} stays in your history`;
		if (lost.revokedAt && lost.revokedAt <= now)
			return stone(
				'not-started',
				`Revoked ${day(lost.revokedAt)}: ${lost.revokedReason ?? 'reason not known'}`,
				history
			);
		return stone(
			'not-started',
			`Expired after ${sayDay(lost.expiresOn ?? '', now, zone)}, ${history}`,
			'Earn it again'
		);
	}
	return stone(
		'not-started',
		item.hours === null ? 'How long it takes is not known' : `About ${plural(item.hours, 'hour', 'hours')}`,
		'Starts with a reflection'
	);
}

const settles: Record<StoneState, number> = { earned: 0, 'in-review': 1, gathering: 2, 'not-started': 3 };

/**
 * One stone per microcredential of the stack, bottom first: what is earned carries what is not. Within one state the
 * oldest award and the longest review lie lowest, and of several drafts the one touched last.
 */
export function stonesOf(facts: StackFacts): Stone[] {
	return facts.items
		.map((item) => stoneOf(item, facts))
		.sort((a, b) => settles[a.state] - settles[b.state] || a.order - b.order)
		.map(({ order: _, ...stone }) => stone);
}

/** The distinct microcredentials that count at an instant: the same one twice counts once. */
function countedAt(facts: StackFacts, at: Date): Set<string> {
	const zone = facts.timeZone;
	const inTime = (done: Date) => done <= at && (facts.lastDay === null || dayOf(done, zone) <= facts.lastDay);
	const listed = new Set(facts.items.map((item) => item.microcredentialId));
	const held = facts.awards.filter((award) => inTime(award.awardedAt) && holds(award, at, zone));
	// What failed the completeness check was not handed in; a "not yet" was.
	const handedIn = facts.submissions.filter(
		({ submittedAt, decision, decidedAt }) =>
			inTime(submittedAt) && !(decision === 'incomplete' && decidedAt !== null && decidedAt <= at)
	);
	const counting = facts.rule.counts === 'earned' ? held : [...held, ...handedIn];
	return new Set(counting.map((thing) => thing.microcredentialId).filter((id) => listed.has(id)));
}

/** Whether the rule is met now, why, and what is the shortest way to meet it. */
export function verdictOf(facts: StackFacts): Verdict {
	const { now, timeZone: zone, rule } = facts;
	const stones = stonesOf(facts);
	const counted = countedAt(facts, now);
	const have = counted.size;
	const complete = have >= rule.count;
	const instants = [
		...facts.awards.map((award) => award.awardedAt),
		...(rule.counts === 'submitted' ? facts.submissions.map((submission) => submission.submittedAt) : [])
	]
		.filter((at) => at <= now)
		.sort((a, b) => a.getTime() - b.getTime());
	const completedAt = instants.find((at) => countedAt(facts, at).size >= rule.count) ?? null;

	const titles = stones.filter((stone) => counted.has(stone.microcredentialId)).map((stone) => stone.title);
	const which = titles.length === 0 ? null : `${said.format(titles)}.`;

	return {
		counts: rule.counts,
		have,
		need: rule.count,
		complete,
		completedAt,
		summary: `${Math.min(have, rule.count)} of ${rule.count} ${rule.counts}`,
		which,
		missing: complete ? null : missingOf(facts, stones, counted, completedAt, rule.count - have, now, zone)
	};
}

function missingOf(
	facts: StackFacts,
	stones: Stone[],
	counted: Set<string>,
	completedAt: Date | null,
	short: number,
	now: Date,
	zone: string
): string {
	const was = completedAt
		? `It was complete on ${when(completedAt, 'day', zone, now)}; that stays in your history. `
		: '';
	if (facts.lastDay !== null && dayOf(now, zone) > facts.lastDay)
		return `${was}The time for it ended on ${sayDay(facts.lastDay, now, zone)}, with ${short} missing.`;
	const ahead = stones.filter((stone) => !counted.has(stone.microcredentialId));
	const need = `${plural(short, 'more completes', 'more complete')} it`;
	// The list of a program may still be shorter than its rule.
	if (ahead.length < short)
		return `${was}${need}; ${ahead.length === 0 ? 'which ones can count' : 'which others can count'} is not known yet.`;
	const nearest = ahead[0];
	if (!nearest || nearest.state === 'not-started')
		return `${was}${need}${ahead.length > 1 ? `: any of ${ahead.length}` : `: ${nearest?.title}`}.`;
	return `${was}${need}. Nearest: ${nearest.title}, ${stateWords[nearest.state].toLowerCase()}.`;
}
