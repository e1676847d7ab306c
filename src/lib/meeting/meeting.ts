/** Meetings: how they are said, what is asked for in their forms, and the limits. Pure. */
import { Temporal } from 'temporal-polyfill';
import { Refusal } from '#lib/errors.ts';
import { stretch } from '#lib/ui/when.ts';
import { instantAt } from './free.ts';
import type { MeetingKind } from './ledger.ts';

/** Eight hours are a day at school; less than five minutes is a greeting. */
export const leastMinutes = 5;
export const mostMinutes = 480;
/** How long a meeting may be, as the forms offer it. */
export const lengths = [15, 30, 45, 60, 90, 120] as const;
/** A school year ahead, and one back for what was not written down in time. */
const reach = 366 * 86_400_000;
export { longestAgreed, longestItem, longestNotes } from './limits.ts';
/** Open lines of an agenda; nobody talks about more. */
export const mostItems = 50;

export type Meeting = {
	id: string;
	kind: MeetingKind;
	startsAt: Date;
	minutes: number;
	state: 'proposed' | 'accepted' | 'cancelled';
	inPrep: boolean;
	proposedById: string;
	acceptedAt: Date | null;
	cancelledById: string | null;
	teacherConfirmedAt: Date | null;
	mentorConfirmedAt: Date | null;
	sequence: number;
};

export const endOf = ({ startsAt, minutes }: Pick<Meeting, 'startsAt' | 'minutes'>): Date =>
	new Date(startsAt.getTime() + minutes * 60_000);

/** Contact time: it has begun, and both have said that it took place. */
export const isHeld = ({ startsAt, state, teacherConfirmedAt, mentorConfirmedAt }: Meeting, now: Date): boolean =>
	state !== 'cancelled' && startsAt <= now && teacherConfirmedAt !== null && mentorConfirmedAt !== null;

/** "Wed 4 Nov 2026, 3:15 – 4:00 pm". */
export const sayTime = (meeting: Pick<Meeting, 'startsAt' | 'minutes'>, zone: string): string =>
	stretch(meeting.startsAt, endOf(meeting), zone);

const no = (sentence: string) => new Refusal('rule', `${sentence} Nothing has changed yet.`);

export const isKind = (kind: unknown): kind is MeetingKind => kind === 'meeting' || kind === 'observation';

/** @throws Refusal rule */
export function readMinutes(value: unknown): number {
	const minutes = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : NaN;
	if (!(minutes >= leastMinutes && minutes <= mostMinutes))
		throw no(`Please say how long it takes, from ${leastMinutes} minutes to ${mostMinutes / 60} hours.`);
	return minutes;
}

/**
 * A day and a time of day, as a form sends them, in somebody's zone. @throws Refusal rule
 */
export function readStart(day: unknown, clock: unknown, zone: string, now: Date): Date {
	if (typeof day !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(day)) throw no('Please say on which day.');
	if (typeof clock !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(clock))
		throw no('Please say at what time, like 3:15 pm.');
	let at: Date;
	try {
		at = new Date(instantAt(day, clock, zone));
	} catch {
		throw no('There is no such day. Please choose it again.');
	}
	return within(at, now);
}

/** A moment as a page of ours offered it. @throws Refusal rule */
export function readOffered(value: unknown, now: Date): Date {
	const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/.test(value) ? new Date(value) : null;
	if (!at || Number.isNaN(at.getTime())) throw no('Please choose one of the times.');
	return within(at, now);
}

function within(at: Date, now: Date): Date {
	if (Math.abs(at.getTime() - now.getTime()) > reach) throw no('That is more than a year away. Please check the day.');
	return at;
}

/** What a field of a form needs, out of a moment: its day and its time of day in a zone. */
export function fieldsOf(at: Date, zone: string): { day: string; clock: string } {
	const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
	return { day: local.toPlainDate().toString(), clock: local.toPlainTime().toString().slice(0, 5) };
}

/** Words of a form: without what no keyboard makes, and no longer than is kept. @throws Refusal rule */
export function readWords(value: unknown, most: number, what: string): string {
	const text = typeof value === 'string' ? value.replace(/\r\n?/g, '\n').trim() : '';
	if (text.length > most)
		throw new Refusal(
			'rule',
			`${what} may have ${most.toLocaleString('en')} characters, and this has ${text.length.toLocaleString('en')}. Please shorten it; it is not saved yet.`
		);
	return text;
}
