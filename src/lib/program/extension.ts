/** The rule by which a program's last day is moved. Pure. */
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
 * @param now the last day as it stands; null where the program has none
 * @throws Refusal 'rule' with what is wrong; an extension gives time, and never takes any
 */
export function readExtension(
	asked: { lastDay: unknown; reason: unknown },
	{ lastDay, startsOn }: { lastDay: string | null; startsOn: string }
): Extension {
	const read = v.safeParse(shape, asked);
	if (!read.success) throw no(read.issues[0].message);
	if (lastDay === null) throw no('This program has no last day, so there is nothing to extend.');
	if (read.output.lastDay <= lastDay)
		throw no(`The last day is ${lastDay} now. Please choose a later one: an extension gives time and never takes any.`);
	const latest = `${Number(startsOn.slice(0, 4)) + mostYears}${startsOn.slice(4)}`;
	if (read.output.lastDay > latest)
		throw no(`That is more than ${mostYears} years after the program began. Please look at the year again.`);
	return read.output;
}

const no = (why: string) => new Refusal('rule', `${why} Nothing has changed.`);

/** The last day with every extension; null where the program has none. */
export const lastDayOf = (endsOn: string | null, extensions: { lastDay: string }[]): string | null =>
	endsOn === null ? null : extensions.reduce((latest, one) => (one.lastDay > latest ? one.lastDay : latest), endsOn);
