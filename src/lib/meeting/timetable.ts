/** A week at school as its owner writes it: lines such as "Mon–Fri 8:00–11:00 teaching". Pure. */
import { Refusal } from '#lib/errors.ts';

export type PeriodKind = 'teaching' | 'prep' | 'other';
/** `weekday` 1 is Monday; clock times like 08:00. */
export type Period = { weekday: number; startsAt: string; endsAt: string; kind: PeriodKind };

/** Ten periods on each of five days, and as many again for whoever teaches in two places. */
export const mostPeriods = 100;

const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
const no = (sentence: string) => new Refusal('rule', `${sentence} Nothing has changed yet.`);

/**
 * What the form sends: for each line its days, its times and its kind. A line without any time is none.
 * @throws Refusal rule
 */
export function readPeriods(form: FormData): Period[] {
	const [starts, ends, kinds, days] = ['from', 'to', 'kind', 'on'].map((name) => form.getAll(name).map(String)) as [
		string[],
		string[],
		string[],
		string[]
	];
	const periods = starts.flatMap((startsAt, i): Period[] => {
		const endsAt = ends[i] ?? '';
		if (startsAt === '' && endsAt === '') return [];
		if (!clock.test(startsAt) || !clock.test(endsAt))
			throw no(`Please say from when until when in line ${i + 1}, like 8:00 to 8:45 am.`);
		if (endsAt <= startsAt) throw no(`Line ${i + 1} ends before it begins.`);
		const kind = kinds[i];
		if (kind !== 'teaching' && kind !== 'prep' && kind !== 'other') throw no(`Please choose what line ${i + 1} is.`);
		const on = days[i] === 'school' ? [1, 2, 3, 4, 5] : [Number(days[i])];
		if (!on.every((day) => Number.isInteger(day) && day >= 1 && day <= 7))
			throw no(`Please choose on which day line ${i + 1} is.`);
		return on.map((weekday) => ({ weekday, startsAt, endsAt, kind }));
	});
	if (periods.length > mostPeriods) throw no(`A week may have ${mostPeriods} periods here.`);
	return periods.filter((one, i) => periods.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === i);
}

export type Line = { on: string; from: string; to: string; kind: PeriodKind };

/** The other way round: what is the same on Monday to Friday is one line. */
export function linesOf(periods: readonly Period[]): Line[] {
	const same = (a: Period, b: Period) => a.startsAt === b.startsAt && a.endsAt === b.endsAt && a.kind === b.kind;
	const lines: Line[] = [];
	const told = new Set<Period>();
	for (const period of periods) {
		if (told.has(period)) continue;
		const alike = periods.filter((other) => same(other, period));
		const isDaily = [1, 2, 3, 4, 5].every((day) => alike.some(({ weekday }) => weekday === day));
		for (const one of alike) if (isDaily ? one.weekday <= 5 : one === period) told.add(one);
		lines.push({
			on: isDaily && period.weekday <= 5 ? 'school' : String(period.weekday),
			from: period.startsAt,
			to: period.endsAt,
			kind: period.kind
		});
	}
	const order = ({ on, from }: Line) => `${on === 'school' ? 0 : on} ${from}`;
	return lines.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
