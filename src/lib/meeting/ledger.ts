/**
 * Contact time against the norm of a program: what was held, what is asked, and where it leads at this rhythm. Pure. A
 * meeting counts on the local day on which it begins, in the program's zone, and only once both have confirmed it.
 */
import { Temporal } from 'temporal-polyfill';
import type { Days } from './free.ts';

export type MeetingKind = 'meeting' | 'observation';

type NormBase = {
	key: string;
	/** What it is called on screen. */
	title: string;
	/** Where it stands. */
	source: string;
	observationCounts: boolean;
	/** Whether somebody who works part time owes a part of it. */
	proRata: boolean;
	/** Within how many days after a teacher came in a mentor is due; null where that is not known. */
	mentorWithinDays: number | null;
};
/**
 * How a norm asks: so many minutes in each term, with nothing carried over; so many minutes a week on average; or a meeting
 * in every so many weeks, by phases that follow each other (the last one without an end).
 */
export type Norm = NormBase &
	(
		| { kind: 'per-term'; minutes: number }
		| { kind: 'weekly-average'; minutes: number }
		| { kind: 'every-weeks'; phases: { weeks: number | null; every: number }[] }
	);

export type Term = Days & { name: string };
export type Held = { at: Date; minutes: number; kind: MeetingKind };
/** What part of a full post somebody works from a day on; 1 before the first. */
export type Share = { fromDay: string; share: number };

export type LedgerFacts = {
	norm: Norm | null;
	/** Of the program. */
	zone: string;
	terms: Term[];
	breaks: Days[];
	/** Times in which the pair was paused as agreed. */
	pauses: Days[];
	shares: Share[];
	/** When the teacher came into the program; null where that is not known. */
	enrolledOn: string | null;
	/** When the pair began, and ended. */
	beganOn: string | null;
	endedOn: string | null;
	/** Whether no meeting with an earlier mentor of the teacher is hidden from whoever asks. */
	isWhole: boolean;
	held: Held[];
	now: Date;
};

export type State = 'met' | 'not met' | 'under way' | 'not known' | 'to come';
export type Period = {
	name: string;
	firstDay: string;
	lastDay: string | null;
	heldMinutes: number;
	/** Null where no number of minutes is asked. */
	normMinutes: number | null;
	state: State;
	/** Why, as a sentence. */
	words: string;
	/** Where it leads at this rhythm, as a sentence. */
	forecast: string | null;
};
export type Ledger = {
	periods: Period[];
	/** The day by which a mentor is due, and whether there was one. */
	mentorDue: { day: string; words: string } | null;
};

/** What a meeting of two usually takes. */
export const usualMinutes = 45;

const date = (day: string) => Temporal.PlainDate.from(day);
const plus = (day: string, days: number) => date(day).add({ days }).toString();
const between = (from: string, to: string) => date(from).until(date(to)).days;
export const dayOfInstant = (at: Date, zone: string): string =>
	Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();
const isIn = (day: string, spans: readonly Days[]) =>
	spans.some(({ firstDay, lastDay }) => day >= firstDay && day <= lastDay);

/** "18 December", with the year where it is another than this one. */
const sayDay = (day: string, today: string) =>
	date(day).toLocaleString('en-GB', {
		day: 'numeric',
		month: 'long',
		...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' })
	});

/** "10.5 h", "45 min" for less than an hour, "0 h". */
export function sayMinutes(minutes: number): string {
	if (minutes > 0 && minutes < 60) return `${Math.round(minutes)} min`;
	return `${inHours(minutes)} h`;
}
/** Rounded down, so that 11.99 of 12 h never looks like 12. */
const inHours = (minutes: number) => String(Math.floor((minutes + 1e-6) / 6) / 10);
const hoursOf = (minutes: number, norm: number) => `${inHours(minutes)} of ${inHours(norm)} h`;

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
export const sayMeetings = (count: number): string =>
	`${numbers[count] ?? count} more ${count === 1 ? 'meeting' : 'meetings'} of ${usualMinutes} minutes`;
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** The day by which a mentor is due: so many days after the teacher came in. */
export const mentorDueBy = (enrolledOn: string, withinDays: number): string => plus(enrolledOn, withinDays);

const shareOn = (day: string, { shares, norm }: LedgerFacts): number =>
	norm?.proRata
		? (shares.filter(({ fromDay }) => fromDay <= day).sort((a, b) => (a.fromDay < b.fromDay ? 1 : -1))[0]?.share ?? 1)
		: 1;

function daysFrom(firstDay: string, lastDay: string): string[] {
	const all: string[] = [];
	for (let day = firstDay; day <= lastDay && all.length < 1500; day = plus(day, 1)) all.push(day);
	return all;
}
const isWeekday = (day: string) => date(day).dayOfWeek <= 5;

export function ledgerOf(facts: LedgerFacts): Ledger {
	const { norm } = facts;
	const today = dayOfInstant(facts.now, facts.zone);
	const due =
		norm?.mentorWithinDays != null && facts.enrolledOn ? mentorDueBy(facts.enrolledOn, norm.mentorWithinDays) : null;
	const began = facts.beganOn;
	const mentorDue = due
		? {
				day: due,
				words:
					began === null || !facts.isWhole
						? `A mentor is due by ${sayDay(due, today)}.`
						: began <= due
							? `A mentor was due by ${sayDay(due, today)}; this pair began on ${sayDay(began, today)}.`
							: `A mentor was due by ${sayDay(due, today)}; this pair began later, on ${sayDay(began, today)}.`
			}
		: null;
	return { periods: periodsOf(facts, today), mentorDue };
}

/** What counts for the norm, by the day it began on. */
const counted = ({ held, norm, zone }: LedgerFacts) =>
	held
		.filter(({ kind }) => kind === 'meeting' || norm === null || norm.observationCounts)
		.map(({ at, minutes }) => ({ day: dayOfInstant(at, zone), minutes }));
const sumIn = (held: { day: string; minutes: number }[], firstDay: string, lastDay: string) =>
	held.reduce((sum, { day, minutes }) => (day >= firstDay && day <= lastDay ? sum + minutes : sum), 0);

function periodsOf(facts: LedgerFacts, today: string): Period[] {
	const held = counted(facts);
	const { norm } = facts;
	if (!norm) {
		const days = held.map(({ day }) => day).sort();
		const heldMinutes = held.reduce((sum, { minutes }) => sum + minutes, 0);
		const firstDay = facts.beganOn ?? days[0] ?? today;
		return [
			{
				name: 'So far',
				firstDay,
				lastDay: null,
				heldMinutes,
				normMinutes: null,
				state: 'not known',
				words: 'How much contact time is asked for is not known: the program has not said.',
				forecast: null
			}
		];
	}
	if (norm.kind === 'per-term') return termsOf(facts, norm, held, today);
	const since = facts.enrolledOn ?? facts.beganOn;
	if (!since)
		return [
			{
				name: 'Since the beginning',
				firstDay: today,
				lastDay: null,
				heldMinutes: 0,
				normMinutes: null,
				state: 'not known',
				words: 'When this teacher came into the program is not known, so no weeks can be counted.',
				forecast: null
			}
		];
	return [
		norm.kind === 'weekly-average'
			? averageOf(facts, norm, held, since, today)
			: rhythmOf(facts, norm, held, since, today)
	];
}

function termsOf(
	facts: LedgerFacts,
	norm: Extract<Norm, { kind: 'per-term' }>,
	held: { day: string; minutes: number }[],
	today: string
): Period[] {
	const { beganOn, endedOn } = facts;
	const terms = facts.terms
		.filter(({ firstDay, lastDay }) => (!beganOn || lastDay >= beganOn) && (!endedOn || firstDay <= endedOn))
		.sort((a, b) => (a.firstDay < b.firstDay ? -1 : 1));
	if (terms.length === 0)
		return [
			{
				name: 'So far',
				firstDay: beganOn ?? today,
				lastDay: null,
				heldMinutes: held.reduce((sum, { minutes }) => sum + minutes, 0),
				normMinutes: null,
				state: 'not known',
				words: `${sayMinutes(norm.minutes)} are asked for in each semester, and the program has not said when its semesters are.`,
				forecast: null
			}
		];
	return terms.map((term) => {
		const { name, firstDay, lastDay } = term;
		const days = daysFrom(firstDay, lastDay);
		const share = days.reduce((sum, day) => sum + shareOn(day, facts), 0) / Math.max(1, days.length);
		const normMinutes = Math.round(norm.minutes * share);
		const heldMinutes = sumIn(held, firstDay, lastDay);
		const part = share < 1 ? `, which is the part of ${inHours(norm.minutes)} h that is due at ${percent(share)}` : '';
		const said = `${hoursOf(heldMinutes, normMinutes)}${part}`;
		const is = (state: State, words: string, forecast: string | null = null): Period => ({
			name,
			firstDay,
			lastDay,
			heldMinutes,
			normMinutes,
			state,
			words,
			forecast
		});
		if (heldMinutes >= normMinutes) return is('met', `${said}. Met.`);
		if (firstDay > today)
			return is(
				'to come',
				`Begins on ${sayDay(firstDay, today)}; ${sayMinutes(normMinutes)} are asked for. Hours of another semester do not count.`
			);
		if (endedOn && endedOn < lastDay)
			return is(
				'not known',
				`${said} in this pair, which ended on ${sayDay(endedOn, today)}, before the semester did. Time with another mentor is not counted here.`
			);
		if (beganOn && beganOn > firstDay && !facts.isWhole)
			return is(
				'not known',
				`${said} in this pair, which began on ${sayDay(beganOn, today)}. Time with an earlier mentor, if there was one, is not counted here.`
			);
		if (lastDay < today) return is('not met', `${said}. Not met. Hours of another semester do not count.`);
		return is(
			'under way',
			`${said} by ${sayDay(today, today)}.`,
			termForecast(facts, term, heldMinutes, normMinutes, today)
		);
	});
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Rhythm is what was held on the days that were school days so far; two weeks of them make one. */
function termForecast(facts: LedgerFacts, term: Term, heldMinutes: number, normMinutes: number, today: string): string {
	const off = [...facts.breaks, ...facts.pauses];
	const from = facts.beganOn && facts.beganOn > term.firstDay ? facts.beganOn : term.firstDay;
	const school = daysFrom(from, term.lastDay).filter((day) => isWeekday(day) && !isIn(day, off));
	const gone = school.filter((day) => day <= today).length;
	const left = Math.ceil((normMinutes - heldMinutes) / usualMinutes);
	const by = sayDay(term.lastDay, today);
	if (gone < 10 || heldMinutes === 0)
		return `${heldMinutes === 0 ? 'Nothing is confirmed yet' : 'It is too early for a rhythm'}: ${sayMeetings(left)} by ${by} would do.`;
	const forecast = (heldMinutes * school.length) / gone;
	if (forecast >= normMinutes) return `At this rhythm ${hoursOf(forecast, normMinutes)} by ${by}: that would do.`;
	const more = Math.ceil((normMinutes - forecast - 1e-6) / usualMinutes);
	return `At this rhythm ${hoursOf(forecast, normMinutes)} by ${by}; ${sayMeetings(more)} would do.`;
}

/** Weeks since a day, each of seven days; one is excused whose Monday to Friday all lie in a break or a pause. */
function weeksOf(facts: LedgerFacts, since: string, today: string) {
	const until = facts.endedOn && facts.endedOn < today ? facts.endedOn : today;
	const off = [...facts.breaks, ...facts.pauses];
	const count = Math.max(0, Math.floor((between(since, until) + (until < today ? 1 : 0)) / 7));
	return Array.from({ length: Math.min(count, 520) }, (_, i) => {
		const firstDay = plus(since, 7 * i);
		const lastDay = plus(firstDay, 6);
		return {
			firstDay,
			lastDay,
			excused: daysFrom(firstDay, lastDay)
				.filter(isWeekday)
				.every((day) => isIn(day, off)),
			share: shareOn(firstDay, facts)
		};
	});
}

const sayWeeks = (count: number) => `${count} ${count === 1 ? 'week' : 'weeks'}`;
const excusedWords = (count: number) =>
	count > 0 ? ` ${capital(sayWeeks(count))} of breaks ${count === 1 ? 'is' : 'are'} excused.` : '';

function averageOf(
	facts: LedgerFacts,
	norm: Extract<Norm, { kind: 'weekly-average' }>,
	held: { day: string; minutes: number }[],
	since: string,
	today: string
): Period {
	const all = weeksOf(facts, since, today);
	const weeks = all.filter(({ excused }) => !excused);
	const lastDay = all.at(-1)?.lastDay ?? null;
	const heldMinutes = lastDay ? sumIn(held, since, lastDay) : sumIn(held, since, today);
	const normMinutes = Math.round(weeks.reduce((sum, { share }) => sum + share * norm.minutes, 0));
	const base = { name: `Since ${sayDay(since, today)}`, firstDay: since, lastDay, heldMinutes, normMinutes };
	if (weeks.length === 0)
		return { ...base, normMinutes: null, state: 'under way', words: 'No whole week has passed yet.', forecast: null };
	const part = weeks.reduce((sum, { share }) => sum + share, 0) / weeks.length;
	const average = heldMinutes / 60 / weeks.length;
	// Rounded down: what falls short never looks as if it did not.
	const shown = (Math.floor(average * 100 + 1e-9) / 100).toFixed(2);
	const asked = (norm.minutes / 60) * part;
	const words = `${inHours(heldMinutes)} h in ${sayWeeks(weeks.length)}: ${shown} h a week on average, and ${Number(asked.toFixed(2))} ${asked === 1 ? 'is' : 'are'} asked for${part < 1 ? ` at ${percent(part)}` : ''}.${excusedWords(all.length - weeks.length)}`;
	if (heldMinutes >= normMinutes) return { ...base, state: 'met', words: `${words} Met.`, forecast: null };
	if (!facts.isWhole && facts.beganOn && facts.beganOn > since)
		return {
			...base,
			state: 'not known',
			words: `${words} This pair began on ${sayDay(facts.beganOn, today)}; time with an earlier mentor, if there was one, is not counted here.`,
			forecast: null
		};
	const more = Math.ceil((normMinutes - heldMinutes) / usualMinutes);
	return {
		...base,
		state: 'not met',
		words: `${words} Not met.`,
		forecast: facts.endedOn ? null : `${capital(sayMeetings(more))}, beside what each week asks for, would do.`
	};
}

function rhythmOf(
	facts: LedgerFacts,
	norm: Extract<Norm, { kind: 'every-weeks' }>,
	held: { day: string; minutes: number }[],
	since: string,
	today: string
): Period {
	const all = weeksOf(facts, since, today);
	const weeks = all.filter(({ excused }) => !excused);
	const heldMinutes = held.reduce((sum, { day, minutes }) => (day >= since ? sum + minutes : sum), 0);
	const base = {
		name: `Since ${sayDay(since, today)}`,
		firstDay: since,
		lastDay: all.at(-1)?.lastDay ?? null,
		heldMinutes,
		normMinutes: null
	};
	// A phase takes longer for somebody who works part time, so that it asks for as many meetings in all.
	let done = 0;
	let missed = 0;
	let asked = 0;
	let had = 0;
	let last: string | null = null;
	let every = norm.phases[0]?.every ?? 1;
	const stretch: { every: number; weeks: typeof weeks }[] = [];
	let phase = 0;
	for (const week of weeks) {
		while (phase < norm.phases.length - 1 && done >= (norm.phases[phase]!.weeks ?? Infinity) - 1e-9) {
			phase++;
			done = 0;
		}
		done += week.share;
		every = norm.phases[phase]!.every;
		const current = stretch.at(-1);
		const length = Math.max(1, Math.round(every / week.share));
		if (current && current.every === length && current.weeks.length < length) current.weeks.push(week);
		else stretch.push({ every: length, weeks: [week] });
	}
	const length = stretch.at(-1)?.every ?? every;
	for (const one of stretch) {
		const has = one.weeks.some(({ firstDay, lastDay }) => held.some(({ day }) => day >= firstDay && day <= lastDay));
		if (one.weeks.length < one.every && !has) continue; // still under way
		asked++;
		if (has) had++;
		else {
			missed++;
			last = one.weeks[0]!.firstDay;
		}
	}
	const unit = length === 1 ? 'week' : length === 2 ? 'fortnight' : `${length} weeks`;
	if (asked === 0)
		return {
			...base,
			state: 'under way',
			words: `A meeting every ${unit} is asked for; none is due yet.`,
			forecast: null
		};
	const words = `A meeting every ${unit} is asked for now. ${had} of ${asked} times there was one.${excusedWords(all.length - weeks.length)}`;
	if (missed === 0) return { ...base, state: 'met', words: `${words} Met.`, forecast: null };
	if (!facts.isWhole && facts.beganOn && facts.beganOn > since)
		return {
			...base,
			state: 'not known',
			words: `${words} This pair began on ${sayDay(facts.beganOn, today)}; meetings with an earlier mentor, if there was one, are not counted here.`,
			forecast: null
		};
	return {
		...base,
		state: 'not met',
		words: `${words} The last time without began on ${sayDay(last!, today)}. Not met.`,
		forecast: facts.endedOn ? null : `One meeting every ${unit} from now on keeps the rhythm.`
	};
}
