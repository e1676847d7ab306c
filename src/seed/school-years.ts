/** The breaks of American school years, as districts set them: what the cast's programs rest on. Pure. */
import { dayAfter, mondayOf } from '#lib/program/breaks.ts';

export type Calendar = 'southern' | 'new-york';
type SchoolBreak = { name: string; firstDay: string; lastDay: string };

/** The nth of a weekday (1 Monday to 7 Sunday) in a month. */
function nth(n: number, weekday: number, year: number, month: number): string {
	const first = `${year}-${String(month).padStart(2, '0')}-01`;
	return dayAfter(mondayOf(dayAfter(first, 7 - weekday)), weekday - 1 + (n - 1) * 7);
}

/** Of the school year that begins in the summer of `year`. */
function breaksOf(year: number, calendar: Calendar): SchoolBreak[] {
	const thanksgiving = nth(4, 4, year, 11);
	const [beforeChristmas, newYear] = [mondayOf(`${year}-12-24`), `${year + 1}-01-01`];
	const autumn = nth(2, 1, year, 10);
	const spring = calendar === 'new-york' ? nth(1, 1, year + 1, 4) : nth(3, 1, year + 1, 3);
	const presidents = nth(3, 1, year + 1, 2);
	const labor = nth(1, 1, year, 9);
	return [
		{ name: 'Labor Day', firstDay: labor, lastDay: labor },
		...(calendar === 'southern' ? [{ name: 'Autumn break', firstDay: autumn, lastDay: dayAfter(autumn, 4) }] : []),
		{ name: 'Thanksgiving', firstDay: dayAfter(thanksgiving, -1), lastDay: dayAfter(thanksgiving, 1) },
		// Back on the Monday after New Year.
		{ name: 'Winter break', firstDay: beforeChristmas, lastDay: dayAfter(mondayOf(newYear), 6) },
		...(calendar === 'new-york'
			? [{ name: 'Midwinter recess', firstDay: presidents, lastDay: dayAfter(presidents, 4) }]
			: []),
		{ name: 'Spring break', firstDay: spring, lastDay: dayAfter(spring, 4) },
		{ name: 'Summer', firstDay: nth(1, 1, year + 1, 6), lastDay: dayAfter(nth(1, 1, year + 1, 8), -1) }
	];
}

/** The breaks that touch any day from one to the other, in the order of their days. */
export function schoolBreaks(from: string, to: string, calendar: Calendar): SchoolBreak[] {
	const years = Array.from(
		{ length: Number(to.slice(0, 4)) - Number(from.slice(0, 4)) + 2 },
		(_, i) => Number(from.slice(0, 4)) - 1 + i
	);
	return years
		.flatMap((year) => breaksOf(year, calendar))
		.filter(({ firstDay, lastDay }) => lastDay >= from && firstDay <= to);
}
