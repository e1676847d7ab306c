/** The rule by which last days are moved: of a program, of one requirement, or for one teacher. Pure. */
import * as v from 'valibot';
import { Refusal } from '#lib/errors.ts';
import { longestReason } from './extension-limits.ts';

/** No program we know runs longer; a year typed wrong is caught by it. */
export const mostYears = 10;

const isDay = (text: string) => {
	const at = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

const shape = v.object({
	lastDay: v.pipe(
		v.string(),
		v.trim(),
		v.regex(/^\d{4}-\d{2}-\d{2}$/, 'Please choose the new last day.'),
		v.check(isDay, 'This day is not in the calendar. Please choose another one.')
	),
	reason: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'Please say why, in a sentence that the teachers will read.'),
		v.maxLength(longestReason, `Please say why in at most ${longestReason} letters.`)
	)
});

export type Extension = { lastDay: string; reason: string };

/**
 * Reads what a manager asks for.
 * @param now.lastDay the last day as it stands; null where there is none
 * @param now.atMost the last day of the program where one requirement of it gets more time; null where that has none
 * @throws Refusal 'rule' with what is wrong; an extension gives time, and never takes any
 */
export function readExtension(
	asked: { lastDay: unknown; reason: unknown },
	{ lastDay, startsOn, atMost = null }: { lastDay: string | null; startsOn: string; atMost?: string | null }
): Extension {
	const read = v.safeParse(shape, asked);
	if (!read.success) throw no(read.issues[0].message);
	if (lastDay === null) throw no('There is no last day here, so there is nothing to extend.');
	if (read.output.lastDay <= lastDay)
		throw no(`The last day is ${lastDay} now. Please choose a later one: an extension gives time and never takes any.`);
	const latest = `${Number(startsOn.slice(0, 4)) + mostYears}${startsOn.slice(4)}`;
	if (read.output.lastDay > latest)
		throw no(`That is more than ${mostYears} years after the program began. Please look at the year again.`);
	if (atMost !== null && read.output.lastDay > atMost)
		throw no(
			`Nothing counts after the program’s last day, ${atMost}. Please choose a day up to it, or extend that one first.`
		);
	return read.output;
}

const no = (why: string) => new Refusal('rule', `${why} Nothing has changed.`);

/** Whom an extension gives time, and for what: see `deadline_extensions`. */
export type Scope = {
	/** Null: everybody in the program. */
	personId: string | null;
	/** Null: all that the program asks for. */
	of: { stackVersionId: string; requirement: number } | null;
};

type Given = Scope & { lastDay: string };

const same = (a: Scope['of'], b: Scope['of']) =>
	a === b || (a !== null && b !== null && a.stackVersionId === b.stackVersionId && a.requirement === b.requirement);

/** What somebody has of these: what everybody has, and what they alone have. @param personId null: what everybody has */
export const extensionsFor = <E extends Scope>(extensions: E[], personId: string | null): E[] =>
	extensions.filter((one) => one.personId === null || one.personId === personId);

/**
 * A last day with every extension that reaches it; null where there is none.
 * @param firstDay before any of them
 */
export const lastDayOf = (
	firstDay: string | null,
	extensions: Given[],
	{ personId, of }: Scope = { personId: null, of: null }
): string | null =>
	firstDay === null
		? null
		: extensionsFor(extensions, personId)
				.filter((one) => same(one.of, of))
				.reduce((latest, one) => (one.lastDay > latest ? one.lastDay : latest), firstDay);
