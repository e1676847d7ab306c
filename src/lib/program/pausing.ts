/**
 * A teacher rests, from one microcredential or from everything in a program, and goes on. Resting has no price: nothing
 * is lost, no flag is raised, and the program's last day stays where it is. Pure.
 */
import { Refusal } from '#lib/errors.ts';

/** A sentence or two for the mentor. */
export const longestPauseReason = 300;

export type Pause = {
	/** Null: everything in the program. */
	microcredentialId: string | null;
	pausedAt: Date;
	resumedAt: Date | null;
};

/**
 * Why, as somebody typed it; null when they keep it to themselves.
 * @throws Refusal 'rule' when it is too long
 */
export function readPauseReason(asked: unknown): string | null {
	const words = typeof asked === 'string' ? asked.trim() : '';
	if ([...words].length > longestPauseReason)
		throw new Refusal('rule', `Please say it in at most ${longestPauseReason} letters. Nothing has changed yet.`);
	return words || null;
}

const open = ({ resumedAt, pausedAt }: Pause, now: Date) => pausedAt <= now && (resumedAt === null || resumedAt > now);

/** Since when everything rests; null while it does not. */
export function restsSince(pauses: readonly Pause[], now: Date): Date | null {
	return oldest(pauses.filter((one) => one.microcredentialId === null && open(one, now)));
}

/** The microcredentials that rest by themselves, each with since when. */
export function restingOnes(pauses: readonly Pause[], now: Date): Map<string, Date> {
	return new Map(
		pauses.flatMap((one) => (one.microcredentialId && open(one, now) ? [[one.microcredentialId, one.pausedAt]] : []))
	);
}

const oldest = (pauses: readonly Pause[]): Date | null =>
	pauses.reduce<Date | null>((best, { pausedAt }) => (best && best <= pausedAt ? best : pausedAt), null);

export type Interval = { from: Date; until: Date | null };

const intervals = (pauses: readonly Pause[], id: string | null): Interval[] =>
	pauses.flatMap((one) => (one.microcredentialId === id ? [{ from: one.pausedAt, until: one.resumedAt }] : []));

const both = (a: Interval, b: Interval): Interval[] => {
	const from = a.from > b.from ? a.from : b.from;
	const until = a.until && b.until ? (a.until < b.until ? a.until : b.until) : (a.until ?? b.until);
	return until && until <= from ? [] : [{ from, until }];
};

/** When everything rested, or each microcredential that is begun did: nobody was to write then. */
export function restIntervals(pauses: readonly Pause[], begun: readonly string[]): Interval[] {
	const [first, ...others] = begun;
	const together = first
		? others.reduce(
				(common, id) => common.flatMap((one) => intervals(pauses, id).flatMap((other) => both(one, other))),
				intervals(pauses, first)
			)
		: [];
	return [...intervals(pauses, null), ...together];
}

/**
 * Since when a pair's silence is agreed: everything rests, or each microcredential that was begun does. Null when nothing
 * excuses it. Where each rests by itself, since the day on which the last of them began to.
 */
export function silentSince(pauses: readonly Pause[], begun: readonly string[], now: Date): Date | null {
	const all = restsSince(pauses, now);
	if (all) return all;
	const ones = restingOnes(pauses, now);
	if (begun.length === 0 || !begun.every((id) => ones.has(id))) return null;
	return begun.map((id) => ones.get(id)!).reduce((latest, at) => (at > latest ? at : latest));
}
