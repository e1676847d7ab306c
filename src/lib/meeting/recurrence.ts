/**
 * On which days something repeats: RFC 5545's rules from daily to yearly, looked at day by day and only as far as is asked
 * for, so that no rule, however it is written, runs for ever. Pure. Wall times are milliseconds as if their clock were UTC.
 */
export const day = 86_400_000;

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
/** As in RRULE; `byDay` names a weekday, 0 is Sunday, and which of its month or year, 0 being each. */
export type Rule = {
	frequency: Frequency;
	interval: number;
	count: number | null;
	weekStart: number;
	byMonth: number[];
	byMonthDay: number[];
	byYearDay: number[];
	byWeekNumber: number[];
	byDay: { weekday: number; nth: number }[];
	byHour: number[];
	byMinute: number[];
	bySecond: number[];
	bySetPosition: number[];
};

/** How many days may still be looked at; a file shares one. */
export type Patience = { days: number };
export class TooMuch extends Error {}

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** @returns null for a rule that is not read: one that repeats within a day, or that is no rule. UNTIL is not looked at. */
export function readRule(text: string): Rule | null {
	const parts = new Map(
		text
			.toUpperCase()
			.split(';')
			.map((part) => part.split('=', 2) as [string, string])
	);
	const frequency = parts.get('FREQ');
	if (frequency !== 'DAILY' && frequency !== 'WEEKLY' && frequency !== 'MONTHLY' && frequency !== 'YEARLY') return null;
	let readable = true;
	const numbers = (name: string, least: number, most: number, signed = false) =>
		(parts.get(name) ?? '')
			.split(',')
			.filter((one) => one !== '')
			.map((one) => {
				const number = /^[+-]?\d{1,4}$/.test(one) ? Number(one) : NaN;
				const size = signed ? Math.abs(number) : number;
				if (!(size >= least && size <= most)) readable = false;
				return number;
			});
	const count = parts.get('COUNT');
	const interval = parts.get('INTERVAL') ?? '1';
	if (!/^\d{1,6}$/.test(interval) || Number(interval) < 1) return null;
	if (count !== undefined && !/^\d{1,9}$/.test(count)) return null;
	const byDay = (parts.get('BYDAY') ?? '')
		.split(',')
		.filter((one) => one !== '')
		.map((one) => {
			const found = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(one);
			if (!found) readable = false;
			return { weekday: weekdays.indexOf(found?.[2] ?? ''), nth: Number(found?.[1] ?? 0) };
		});
	const rule: Rule = {
		frequency,
		interval: Number(interval),
		count: count === undefined ? null : Number(count),
		weekStart: Math.max(0, weekdays.indexOf(parts.get('WKST') ?? 'MO')),
		byMonth: numbers('BYMONTH', 1, 12),
		byMonthDay: numbers('BYMONTHDAY', 1, 31, true),
		byYearDay: numbers('BYYEARDAY', 1, 366, true),
		byWeekNumber: numbers('BYWEEKNO', 1, 53, true),
		byDay,
		byHour: numbers('BYHOUR', 0, 23),
		byMinute: numbers('BYMINUTE', 0, 59),
		bySecond: numbers('BYSECOND', 0, 60),
		bySetPosition: numbers('BYSETPOS', 1, 366, true)
	};
	return readable ? rule : null;
}

const ymd = (at: number) => {
	const date = new Date(at);
	return { year: date.getUTCFullYear(), month: date.getUTCMonth(), date: date.getUTCDate(), weekday: date.getUTCDay() };
};
const startOfDay = (wall: number) => Math.floor(wall / day) * day;
const lengthOfMonth = (year: number, month: number) => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
const dayOfYear = (at: number, year: number) => Math.round((at - Date.UTC(year, 0, 1)) / day) + 1;
const lengthOfYear = (year: number) => Math.round((Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / day);
const startOfWeek = (at: number, weekStart: number) => at - ((new Date(at).getUTCDay() - weekStart + 7) % 7) * day;

/** Week 1 is the first one with at least four days in the year. */
function firstWeek(year: number, weekStart: number): number {
	const first = Date.UTC(year, 0, 1);
	const start = startOfWeek(first, weekStart);
	return first - start > 3 * day ? start + 7 * day : start;
}

function weekNumbers(at: number, weekStart: number): [number, number] {
	const week = startOfWeek(at, weekStart);
	// The year to which a week belongs is that of its fourth day.
	const year = new Date(week + 3 * day).getUTCFullYear();
	const first = firstWeek(year, weekStart);
	const weeks = Math.round((firstWeek(year + 1, weekStart) - first) / (7 * day));
	const number = Math.round((week - first) / (7 * day)) + 1;
	return [number, number - weeks - 1];
}

/** Where the period of a day begins: itself, its week, its month or its year. */
function periodOf(at: number, { frequency, weekStart }: Rule): number {
	if (frequency === 'DAILY') return at;
	if (frequency === 'WEEKLY') return startOfWeek(at, weekStart);
	const { year, month } = ymd(at);
	return frequency === 'MONTHLY' ? Date.UTC(year, month, 1) : Date.UTC(year, 0, 1);
}

function nextPeriod(start: number, { frequency }: Rule): number {
	if (frequency === 'DAILY') return start + day;
	if (frequency === 'WEEKLY') return start + 7 * day;
	const { year, month } = ymd(start);
	return frequency === 'MONTHLY' ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1);
}

function periodsBetween(from: number, to: number, { frequency }: Rule): number {
	if (frequency === 'DAILY') return Math.round((to - from) / day);
	if (frequency === 'WEEKLY') return Math.round((to - from) / (7 * day));
	const [a, b] = [ymd(from), ymd(to)];
	return frequency === 'MONTHLY' ? (b.year - a.year) * 12 + b.month - a.month : b.year - a.year;
}

const isNth = (position: number, length: number, nth: number) =>
	nth === 0 || (nth > 0 ? Math.ceil(position / 7) === nth : Math.ceil((length - position + 1) / 7) === -nth);

/** What a rule leaves unsaid is as at its beginning. */
function completed(rule: Rule, start: number): Rule {
	const { byDay, byMonthDay, byYearDay, byWeekNumber, byMonth } = rule;
	if (byDay.length || byMonthDay.length || byYearDay.length) return rule;
	const { month, date, weekday } = ymd(start);
	if (rule.frequency === 'WEEKLY' || byWeekNumber.length) return { ...rule, byDay: [{ weekday, nth: 0 }] };
	if (rule.frequency === 'MONTHLY') return { ...rule, byMonthDay: [date] };
	if (rule.frequency === 'YEARLY')
		return { ...rule, byMonth: byMonth.length ? byMonth : [month + 1], byMonthDay: [date] };
	return rule;
}

function matches(at: number, rule: Rule): boolean {
	const { year, month, date, weekday } = ymd(at);
	if (rule.byDay.length && !rule.byDay.some((one) => one.weekday === weekday)) return false;
	if (rule.byMonth.length && !rule.byMonth.includes(month + 1)) return false;
	if (rule.byMonthDay.length) {
		const fromEnd = date - lengthOfMonth(year, month) - 1;
		if (!rule.byMonthDay.includes(date) && !rule.byMonthDay.includes(fromEnd)) return false;
	}
	if (rule.byYearDay.length) {
		const number = dayOfYear(at, year);
		if (!rule.byYearDay.includes(number) && !rule.byYearDay.includes(number - lengthOfYear(year) - 1)) return false;
	}
	if (rule.byWeekNumber.length && !weekNumbers(at, rule.weekStart).some((one) => rule.byWeekNumber.includes(one)))
		return false;
	if (!rule.byDay.length) return true;
	const inMonth = rule.frequency === 'MONTHLY' || (rule.frequency === 'YEARLY' && rule.byMonth.length > 0);
	const [position, length] = inMonth ? [date, lengthOfMonth(year, month)] : [dayOfYear(at, year), lengthOfYear(year)];
	const counted = rule.frequency === 'MONTHLY' || (rule.frequency === 'YEARLY' && !rule.byWeekNumber.length);
	return rule.byDay.some((one) => one.weekday === weekday && (!counted || isNth(position, length, one.nth)));
}

function timesOf(rule: Rule, start: number): number[] {
	const begin = new Date(start);
	const hours = rule.byHour.length ? rule.byHour : [begin.getUTCHours()];
	const minutes = rule.byMinute.length ? rule.byMinute : [begin.getUTCMinutes()];
	const seconds = rule.bySecond.length ? rule.bySecond : [begin.getUTCSeconds()];
	return hours
		.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => ((h * 60 + m) * 60 + s) * 1000)))
		.sort((a, b) => a - b);
}

/** Of more in one day nobody makes a calendar. */
const mostInADay = 48;

/**
 * When a rule that begins at `start` falls into `from` until before `to`, all as wall times, in order.
 * @param isOver whether a wall time lies after the rule's end
 * @throws TooMuch when the patience is used up, or a day is divided into too many parts
 */
export function occurrences(
	said: Rule,
	start: number,
	from: number,
	to: number,
	isOver: (wall: number) => boolean,
	patience: Patience
): number[] {
	const rule = completed(said, start);
	const times = timesOf(rule, start);
	if (times.length > mostInADay) throw new TooMuch();
	const first = periodOf(startOfDay(start), rule);
	// What is counted is counted from the beginning; else the days before the window need not be looked at.
	const begin = rule.count === null && from > start ? periodOf(startOfDay(from), rule) : first;
	const found: number[] = [];
	let counted = 0;
	for (let period = begin; period < to; period = nextPeriod(period, rule)) {
		if (--patience.days < 0) throw new TooMuch();
		if (periodsBetween(first, period, rule) % rule.interval !== 0) continue;
		const end = nextPeriod(period, rule);
		let inPeriod: number[] = [];
		for (let at = period; at < end; at += day) {
			if (--patience.days < 0) throw new TooMuch();
			if (matches(at, rule)) for (const time of times) inPeriod.push(at + time);
		}
		if (rule.bySetPosition.length) {
			const all = inPeriod;
			inPeriod = all.filter(
				(_, i) => rule.bySetPosition.includes(i + 1) || rule.bySetPosition.includes(i - all.length)
			);
		}
		for (const wall of inPeriod) {
			if (wall < start) continue;
			if (isOver(wall) || (rule.count !== null && counted >= rule.count)) return found;
			counted++;
			if (wall >= from && wall < to) found.push(wall);
		}
	}
	return found;
}
