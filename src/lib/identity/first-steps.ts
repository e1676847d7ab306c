/** The first steps of somebody who came in: which they are, and when in a week there is time. Pure. */
import { Refusal } from '#lib/errors.ts';

export type FirstStep = 'stack' | 'time' | 'who';

/**
 * A teacher chooses a stack and says when there is time, a mentor says when, and everybody learns who sees what: coaches,
 * managers and assessors see enough of others to be told where that ends.
 */
export function stepsFor(roles: Iterable<string>): FirstStep[] {
	const has = new Set(roles);
	return [
		...(has.has('teacher') ? (['stack'] as const) : []),
		...(has.has('teacher') || has.has('mentor') ? (['time'] as const) : []),
		'who'
	];
}

/** Where somebody goes on who left in the middle. @param times whether they said when they have time */
export const resumesAt = (steps: FirstStep[], times: boolean): FirstStep => (times ? 'who' : steps[0]!);

export type Remind = 'weekly' | 'daily' | 'never';
export const reminds: readonly Remind[] = ['weekly', 'daily', 'never'];

/** A span of a week as it is kept: `weekday` 1 is Monday, null is every school day; clock times like 15:15. */
export type FreeTime = { weekday: number | null; startsAt: string; endsAt: string };

/** A span of a week as it is asked for. */
export type Times = {
	beforeSchool: boolean;
	evening: boolean;
	/** At most one for each day of a week. */
	days: { weekday: number; at: string }[];
};

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
/** One time for each school day is a week; more is no help to anybody who looks for a common hour. */
export const mostDays = 5;

const beforeSchool: FreeTime = { weekday: null, startsAt: '07:00', endsAt: '07:45' };
const evening: FreeTime = { weekday: null, startsAt: '19:00', endsAt: '20:30' };
/** What a meeting of two takes, for a time of which only the beginning is asked. */
const minutes = 45;

function endOf(at: string): string {
	const [hour = 0, minute = 0] = at.split(':').map(Number);
	const end = Math.min(hour * 60 + minute + minutes, 23 * 60 + 59);
	return `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
}

export const spansOf = (times: Times): FreeTime[] => [
	...(times.beforeSchool ? [beforeSchool] : []),
	...times.days.map(({ weekday, at }) => ({ weekday, startsAt: at, endsAt: endOf(at) })),
	...(times.evening ? [evening] : [])
];

/** The other way round; Postgres says 15:15:00. */
export function timesOf(spans: FreeTime[]): Times {
	const clock = (time: string) => time.slice(0, 5);
	const isThere = ({ startsAt }: FreeTime) =>
		spans.some((span) => span.weekday === null && clock(span.startsAt) === startsAt);
	return {
		beforeSchool: isThere(beforeSchool),
		evening: isThere(evening),
		days: spans
			.flatMap(({ weekday, startsAt }) => (weekday === null ? [] : [{ weekday, at: clock(startsAt) }]))
			.sort((a, b) => a.weekday - b.weekday || (a.at < b.at ? -1 : 1))
	};
}

/** What `TimesFields.svelte` sends. @throws Refusal rule */
export function readTimes(form: FormData): { times: Times; remind: Remind } {
	const remind = reminds.find((one) => one === form.get('remind'));
	if (!remind) throw new Refusal('rule', 'Please choose how often you want to be reminded. Nothing has changed yet.');
	const on = form.getAll('weekday').map(String);
	const at = form.getAll('at').map(String);
	const days = on.flatMap((day, i) => {
		const time = at[i] ?? '';
		if (day === '') return [];
		const weekday = Number(day);
		if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7)
			throw new Refusal(
				'rule',
				'This day is none of the week. Please choose it from the list; nothing has changed yet.'
			);
		if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time) || time >= '23:59')
			throw new Refusal(
				'rule',
				`Please say at what time on ${weekdays[weekday - 1]}, like 3:15 pm. Nothing has changed yet.`
			);
		return [{ weekday, at: time }];
	});
	const once = days.filter(
		(one, i) => days.findIndex((other) => other.weekday === one.weekday && other.at === one.at) === i
	);
	if (once.length > mostDays)
		throw new Refusal('rule', `Please choose at most ${mostDays} times in a week. Nothing has changed yet.`);
	return {
		times: { beforeSchool: form.has('beforeSchool'), evening: form.has('evening'), days: once },
		remind
	};
}
