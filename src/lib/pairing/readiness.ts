/**
 * When a mentor is ready to accompany somebody in a competency: who earned its microcredential, or scored two anchor
 * submissions of it, knows from the inside what is asked for. Pure; the facts come from `readiness.server.ts`.
 *
 * A microcredential proves one competency, so its id stands for it, in whatever version.
 */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { readDay } from './day.ts';

/** One may be luck; two different ones show that somebody reads the rubric as the assessors do. */
export const anchorsNeeded = 2;

export type ReadinessFacts = {
	/** When they earned it, where that counts now: neither revoked nor expired. */
	earnedAt: Date | null;
	/** Different anchor submissions that they scored. */
	anchors: number;
};

export type Readiness = {
	ready: boolean;
	by: 'earned' | 'anchors' | null;
	/** Why, as the end of a sentence about the mentor. */
	words: string;
};

/** @param facts undefined where nothing is known, which is not the same as being unable */
export function readinessOf(facts: ReadinessFacts | undefined): Readiness {
	if (facts?.earnedAt) return { ready: true, by: 'earned', words: 'has earned it' };
	const anchors = facts?.anchors ?? 0;
	if (anchors >= anchorsNeeded)
		return { ready: true, by: 'anchors', words: `has scored ${anchors} anchor submissions` };
	return {
		ready: false,
		by: null,
		words:
			anchors === 0
				? 'is not known to have earned it or scored an anchor submission of it'
				: `has scored ${anchors} of the ${anchorsNeeded} anchor submissions that it takes`
	};
}

const shape = v.object({
	anchor: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'Please say which anchor submission it was, such as “Anchor 3”.'),
		v.maxLength(100, 'Please name the anchor submission in at most 100 letters.')
	),
	scoredOn: v.string()
});

/**
 * Reads what a manager enters.
 * @param today in the zone of the program
 * @throws Refusal 'rule' with what is wrong
 */
export function readAnchorScore(
	asked: { anchor: unknown; scoredOn: unknown },
	today: string
): { anchor: string; scoredOn: string } {
	const read = v.safeParse(shape, asked);
	if (!read.success) throw new Refusal('rule', `${read.issues[0].message} Nothing was entered.`);
	const scoredOn = readDay(read.output.scoredOn);
	if (!scoredOn) throw new Refusal('rule', 'Please choose the day on which it was scored. Nothing was entered.');
	if (scoredOn > today)
		throw new Refusal('rule', 'That day is still to come, so nothing was scored on it yet. Nothing was entered.');
	return { anchor: read.output.anchor, scoredOn };
}
