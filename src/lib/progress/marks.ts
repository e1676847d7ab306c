/** What a coach notes of a pair for themselves. Pure; days are calendar days of the pair's program. */
import { Refusal } from '#lib/errors.ts';
import { dayAfter, isDay } from '#lib/program/breaks.ts';
import { longestMark, longestNotNow } from './marks-limits.ts';

export const markKinds = ['note', 'follow-up', 'not-now'] as const;
export type MarkKind = (typeof markKinds)[number];

export type Mark = { kind: MarkKind; words: string; until: string | null };

/** A school year; what is further away is forgotten by then. */
const mostDaysAhead = 366;

/**
 * Reads what a coach asks to be kept.
 * @param today where the program is
 * @throws Refusal 'rule' with what is wrong
 */
export function readMark(asked: { kind: unknown; words: unknown; until: unknown }, today: string): Mark {
	const kind = markKinds.find((one) => one === asked.kind);
	if (!kind) throw no('Please choose what this is: a note, a day to look again, or not now.');
	const words = typeof asked.words === 'string' ? asked.words.trim() : '';
	if (words === '')
		throw no(kind === 'not-now' ? 'Please say why not now, for yourself in two weeks.' : 'Please write a few words.');
	if (words.length > longestMark) throw no(`Please keep it to ${longestMark} letters.`);
	if (kind === 'note') return { kind, words, until: null };
	const until = typeof asked.until === 'string' ? asked.until.trim() : '';
	if (!isDay(until)) throw no('Please choose a day.');
	if (until <= today) throw no('That day is over or today. Please choose a later one.');
	const last = dayAfter(today, kind === 'not-now' ? longestNotNow : mostDaysAhead);
	if (until > last)
		throw no(
			kind === 'not-now'
				? `A pair is out of sight for at most ${longestNotNow} days at a time. Please choose a day up to ${last}.`
				: `Please choose a day up to ${last}.`
		);
	return { kind, words, until };
}

const no = (why: string) => new Refusal('rule', `${why} Nothing was kept yet.`);

/** What a coach’s open marks say of a pair today: that it is not the time, or that it is time to look again. */
export function marksToday<M extends Mark>(open: readonly M[], today: string): { notNow: M | null; due: M | null } {
	const of = (kind: MarkKind, applies: (until: string) => boolean) =>
		open
			.filter((one) => one.kind === kind && one.until !== null && applies(one.until))
			.sort((a, b) => (a.until! < b.until! ? -1 : 1));
	return {
		// The longest of several, and the follow-up that has been due for longest.
		notNow: of('not-now', (until) => today < until).at(-1) ?? null,
		due: of('follow-up', (until) => until <= today)[0] ?? null
	};
}
