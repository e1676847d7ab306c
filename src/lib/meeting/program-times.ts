/** What a manager's form says of a program's times. Pure. */
import { Refusal } from '#lib/errors.ts';
import type { SchoolDay } from './free.ts';
import type { Term } from './ledger.ts';

export type TimesAsked = { hours: SchoolDay; terms: Term[]; normId: string | null };

/** Two semesters or four quarters a year, for five years. */
export const mostTerms = 20;
const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
const isoDay = /^\d{4}-\d\d-\d\d$/;
const no = (sentence: string) => new Refusal('rule', `${sentence} Nothing has changed yet.`);
const isDay = (day: string) =>
	isoDay.test(day) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().slice(0, 10) === day;

/** @throws Refusal rule */
export function readTimesAsked(form: FormData): TimesAsked {
	const [startsAt, endsAt] = [String(form.get('startsAt') ?? ''), String(form.get('endsAt') ?? '')];
	if (!clock.test(startsAt) || !clock.test(endsAt))
		throw no('Please say from when until when the school day is, like 7:45 am to 3:30 pm.');
	if (endsAt <= startsAt) throw no('The school day ends before it begins.');
	const all = (name: string) => form.getAll(name).map((value) => String(value).trim());
	const [names, firsts, lasts] = [all('term'), all('firstDay'), all('lastDay')] as [string[], string[], string[]];
	const terms = names
		.flatMap((name, i): Term[] => {
			const [firstDay = '', lastDay = ''] = [firsts[i], lasts[i]];
			if (!name && !firstDay && !lastDay) return [];
			if (!name || name.length > 80) throw no(`Please give semester ${i + 1} a name of at most 80 characters.`);
			if (!isDay(firstDay) || !isDay(lastDay)) throw no(`Please say the first and the last day of ${name}.`);
			if (lastDay < firstDay) throw no(`${name} ends before it begins.`);
			if (Date.parse(lastDay) - Date.parse(firstDay) > 366 * 86_400_000) throw no(`${name} is longer than a year.`);
			return [{ name, firstDay, lastDay }];
		})
		.sort((a, b) => (a.firstDay < b.firstDay ? -1 : 1));
	if (terms.length > mostTerms) throw no(`A program may have ${mostTerms} semesters here.`);
	const late = terms.findIndex((term, i) => i > 0 && term.firstDay <= terms[i - 1]!.lastDay);
	if (late > 0)
		throw no(`${terms[late]!.name} begins before ${terms[late - 1]!.name} ends; an hour would count in both.`);
	const norm = String(form.get('norm') ?? '');
	return { hours: { startsAt, endsAt }, terms, normId: norm === '' ? null : norm };
}

/** @throws Refusal rule */
export function readShareAsked(form: FormData): { teacherId: unknown; percent: number; fromDay: string } {
	const percent = String(form.get('percent') ?? '');
	const fromDay = String(form.get('fromDay') ?? '');
	if (!/^\d{1,3}$/.test(percent) || Number(percent) < 1 || Number(percent) > 100)
		throw no('Please say what part of a full post it is, from 1 to 100 percent.');
	if (!isDay(fromDay)) throw no('Please say from which day on.');
	return { teacherId: form.get('teacher'), percent: Number(percent), fromDay };
}
