/**
 * What is due to somebody whose stack is complete, and what it rests on. Pure. Granted is granted: an award that expires
 * later ends what counts, and not what was given.
 */
import { everyOf } from '#lib/catalogue/stack.ts';
import { when } from '#lib/ui/when.ts';
import { countingOf, firstMet } from './counting.ts';
import { factsOf, type Ground, type ProgressEvent } from './events.ts';
import { isMet, judge } from './judge.ts';
import { stackOf } from './verdict.ts';

/** An award or a submission that filled a place when the rule was first met. */
export type Cause = { kind: 'awarded' | 'submitted'; id: string; microcredentialId: string; at: string };

/**
 * When the rule was first met, and by what; null when it never was. What was revoked since was no ground: it is left
 * out, also for the time before its revocation.
 */
export function metBy(ground: Ground, events: Iterable<ProgressEvent>): { at: Date; causes: Cause[] } | null {
	const known = [...events].filter(({ at }) => at <= ground.now);
	const revoked = new Set(known.flatMap((event) => (event.kind === 'revoked' ? [event.awardId] : [])));
	const standing = known.filter((event) => event.kind !== 'awarded' || !revoked.has(event.awardId));
	const facts = factsOf(ground, standing);
	const { now, timeZone: zone, lastDay } = facts;
	const counting = countingOf(facts, { zone, lastDay, now });
	const stack = stackOf(facts);
	const at = firstMet(counting, (instant) =>
		isMet({ stack, counts: (item, verb, by) => counting.counts(instant, item, verb, by) })
	);
	if (at === null) return null;
	const { counted } = judge({
		stack,
		counts: (item, verb, by) => counting.counts(at, item, verb, by),
		cost: () => null,
		open: () => false
	});
	const rules = [ground.rule, ...[...(ground.nested?.values() ?? [])].map(({ rule }) => rule)];
	// Where only what is earned counts, a submission was on the way to it and no ground.
	const submittedCounts = rules.some(
		(rule) => rule.counts === 'submitted' || everyOf(rule).needs.some((need) => need.counts === 'submitted')
	);
	const causes = standing
		.flatMap((event): Cause[] => {
			if (event.kind !== 'awarded' && (event.kind !== 'submitted' || !submittedCounts)) return [];
			const { microcredentialId } = event;
			if (event.at.getTime() > at || !counted.includes(microcredentialId)) return [];
			const id = event.kind === 'awarded' ? event.awardId : event.submissionId;
			return [{ kind: event.kind, id, microcredentialId, at: event.at.toISOString() }];
		})
		.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
	return { at: new Date(at), causes };
}

export type Granted = { words: string; metAt: Date };

/** What was granted, in one sentence; also that it stays when the rule is no longer met. Null when nothing was. */
export function grantedWords(granted: Granted[], complete: boolean, zone: string, now: Date): string | null {
	if (granted.length === 0) return null;
	const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(granted.map(({ words }) => words));
	const on = when(granted[0]!.metAt, 'day', zone, now);
	const stays = complete ? '' : ' It stays granted, though the stack is not complete any more.';
	return `Granted when it was complete on ${on}: ${list}.${stays}`;
}

/** What completing the stack brings, while it has not. */
export const promisedWords = (words: string[]): string | null =>
	words.length === 0
		? null
		: `Completing it brings ${new Intl.ListFormat('en', { type: 'conjunction' }).format(words)}.`;
