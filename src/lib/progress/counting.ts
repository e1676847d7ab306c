/**
 * What counts at an instant, out of what was handed in and earned. Nothing is added up: each question is answered from
 * the facts, so their order is of no matter and the same fact twice counts once. Pure.
 */
import type { Verb } from '#lib/catalogue/stack.ts';
import { endOfDay } from './days.ts';

export type Submitted = {
	microcredentialId: string;
	submittedAt: Date;
	decidedAt: Date | null;
	decision: 'earned' | 'not-yet' | 'incomplete' | null;
};
export type Awarded = {
	microcredentialId: string;
	awardedAt: Date;
	/** The last day on which it counts; null never expires. */
	expiresOn: string | null;
	revokedAt: Date | null;
};

/** From an instant until before another, in milliseconds. */
type Stretch = { from: number; until: number };

const never: Stretch[] = [];

export type Counting = {
	/** Whether it counts at an instant for what asks for this verb, done by this day (null: by the last day of all). */
	counts: (at: number, item: string, verb: Verb, by: string | null) => boolean;
	/** Whether it ever counted up to now, whatever became of it since. */
	ever: (item: string, verb: Verb, by: string | null) => boolean;
	/** Until when it goes on counting as things are: null for good. */
	until: (at: number, item: string, verb: Verb) => number | null;
	/** Every instant up to `now` at which something begins or ceases to count, in order, none twice. */
	begins: number[];
	ceases: number[];
};

/**
 * @param zone of the program: an expiry ends at its midnight, a revocation at its instant
 * @param lastDay of the program, with every extension; what is done after it counts for nothing
 */
export function countingOf(
	{ submissions, awards }: { submissions: Submitted[]; awards: Awarded[] },
	{ zone, lastDay, now }: { zone: string; lastDay: string | null; now: Date }
): Counting {
	const end = lastDay === null ? Infinity : endOfDay(lastDay, zone);
	const earned = new Map<string, Stretch[]>();
	const submitted = new Map<string, Stretch[]>();
	const add = (to: Map<string, Stretch[]>, item: string, stretch: Stretch) => {
		if (stretch.from >= end || stretch.from > now.getTime() || stretch.until <= stretch.from) return;
		const known = to.get(item);
		if (known) known.push(stretch);
		else to.set(item, [stretch]);
	};
	for (const { microcredentialId, awardedAt, expiresOn, revokedAt } of awards) {
		const until = Math.min(expiresOn ? endOfDay(expiresOn, zone) : Infinity, revokedAt?.getTime() ?? Infinity);
		add(earned, microcredentialId, { from: awardedAt.getTime(), until });
		// Whoever earned it has handed it in, wherever that was.
		add(submitted, microcredentialId, { from: awardedAt.getTime(), until });
	}
	for (const { microcredentialId, submittedAt, decision, decidedAt } of submissions) {
		// What failed the completeness check was never handed in, as one knows now; a "not yet" was.
		if (decision === 'incomplete' && decidedAt !== null && decidedAt <= now) continue;
		add(submitted, microcredentialId, { from: submittedAt.getTime(), until: Infinity });
	}
	const stretchesOf = (verb: Verb, item: string) => (verb === 'earned' ? earned : submitted).get(item) ?? never;
	const all = [...earned.values(), ...submitted.values()].flat();
	const distinct = (instants: number[]) =>
		[...new Set(instants.filter((at) => at <= now.getTime()))].sort((a, b) => a - b);
	return {
		counts: (at, item, verb, by) => {
			const last = by === null ? Infinity : endOfDay(by, zone);
			return stretchesOf(verb, item).some(({ from, until }) => from <= at && at < until && from < last);
		},
		ever: (item, verb, by) => {
			const last = by === null ? Infinity : endOfDay(by, zone);
			return stretchesOf(verb, item).some(({ from }) => from < last);
		},
		until: (at, item, verb) => {
			const last = Math.max(
				...stretchesOf(verb, item).flatMap(({ from, until }) => (from <= at && at < until ? [until] : []))
			);
			return Number.isFinite(last) ? last : null;
		},
		begins: distinct(all.map(({ from }) => from)),
		ceases: distinct(all.map(({ until }) => until))
	};
}

/**
 * The first instant at which something held that only what begins can bring about and only what ceases can end, such as
 * a rule that is met. Between two ends it stays once it is there, so halving finds it.
 */
export function firstMet({ begins, ceases }: Counting, met: (at: number) => boolean): number | null {
	const stops = [...ceases, Infinity];
	let from = 0;
	for (const stop of stops) {
		let to = from;
		while (to < begins.length && begins[to]! < stop) to++;
		if (to > from && met(begins[to - 1]!)) {
			let low = from;
			let high = to - 1;
			while (low < high) {
				const middle = (low + high) >> 1;
				if (met(begins[middle]!)) high = middle;
				else low = middle + 1;
			}
			return begins[low]!;
		}
		from = to;
	}
	return null;
}
