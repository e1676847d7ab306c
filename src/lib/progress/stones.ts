/**
 * Progress toward a stack, recomputed from facts every time and never counted up: what stands where. Whether the rule is
 * met is `verdict.ts`. Pure: facts, clock and time zone come from outside.
 */
import type { StackRule } from '#lib/catalogue/stack.ts';
import { when } from '#lib/ui/when.ts';
import { dayOf, sayDay } from './days.ts';
import type { StoneState } from './states.ts';

export type Item = {
	microcredentialId: string;
	title: string;
	hours: number | null;
	artifacts: number | null;
	/** False: retired, or not published yet, so that nobody can begin it now. */
	open?: boolean;
};

export type StackFacts = {
	now: Date;
	/** The program's zone: an award counts until midnight there. */
	timeZone: string;
	rule: StackRule;
	/** The last day on which something counts for this program, as 2026-06-30; null when none is set. */
	lastDay: string | null;
	items: Item[];
	/** Stacks that the rule asks to be complete, by stack version, with all that those ask for in turn. */
	nested?: Map<string, { title: string; rule: StackRule; items: Item[] }>;
	/** How the last day came to be where it is, oldest first. */
	extensions?: { at: Date; lastDay: string; reason: string; alone?: boolean }[];
	/** How the last days of the rule's requirements came to be where they are, oldest first. */
	later?: { requirement: number; at: Date; lastDay: string; reason: string; alone?: boolean }[];
	/** The last day before any extension. */
	firstLastDay?: string | null;
	/** How often the teacher and a mentor met, whatever it was about. */
	meetings?: number;
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
	// Practice counts: most hand in twice, and each time is said.
	const attempts = own(facts.submissions).filter(({ submittedAt }) => submittedAt <= now && since(submittedAt)).length;
	const again = attempts > 1 ? `, handed in ${attempts === 2 ? 'twice' : `${attempts} times`}` : '';
	if (submission && !answered)
		return stone(
			'in-review',
			`With assessors since ${day(submission.submittedAt)}${again}`,
			null,
			submission.submittedAt.getTime()
		);
	if (submission && answered) {
		if (submission.decision === 'earned')
			return stone('in-review', `Assessors said yes on ${day(answered)}`, 'The award itself is on its way', 0);
		if (submission.decision === 'incomplete')
			return stone(
				'gathering',
				`Came back on ${day(answered)}: something was missing${again}`,
				'Add it and hand in again',
				-answered.getTime()
			);
		return stone(
			'gathering',
			`Not yet, ${day(answered)}${again}`,
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
		item.open === false ? 'Nobody can begin it now: it is not offered' : 'Starts with a reflection'
	);
}

/** The microcredentials of the stack and of those that it asks to be complete, each once. */
export function everyItem({ items, nested }: Pick<StackFacts, 'items' | 'nested'>): Item[] {
	const all = [...items, ...[...(nested?.values() ?? [])].flatMap((inner) => inner.items)];
	return [...new Map(all.map((item) => [item.microcredentialId, item])).values()];
}

const settles: Record<StoneState, number> = { earned: 0, 'in-review': 1, gathering: 2, 'not-started': 3 };

/**
 * One stone per microcredential of the stack, bottom first: what is earned carries what is not. Within one state the
 * oldest award and the longest review lie lowest, and of several drafts the one touched last.
 */
export function stonesOf(facts: StackFacts): Stone[] {
	return everyItem(facts)
		.map((item) => stoneOf(item, facts))
		.sort((a, b) => settles[a.state] - settles[b.state] || a.order - b.order)
		.map(({ order: _, ...stone }) => stone);
}
