/** When a mail may leave: ten minutes later unless read, never in somebody's quiet hours, digests on their day. Pure. */
import { Temporal } from 'temporal-polyfill';
import { type Group, kindOf } from './kinds.ts';
import { type Settings, wayOf } from './settings.ts';

/** Long enough to be read in the app first, short enough to be news. */
export const heldFor = 10 * 60_000;
/** What could not be mailed for so long is no news any more; whoever opens the app finds it there. */
export const newsFor = 14 * 24 * 3600_000;

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const inZone = (at: Date, zone: string) =>
	Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
const asDate = ({ epochMilliseconds }: { epochMilliseconds: number }) => new Date(epochMilliseconds);

/**
 * The end of the quiet hours that `now` lies in; null when it lies in none. By the clock on the wall: on the night when
 * clocks change they are an hour shorter or longer, and still end at seven.
 */
export function quietUntil(
	now: Date,
	{ quietFrom, quietTo }: Pick<Settings, 'quietFrom' | 'quietTo'>,
	zone: string
): Date | null {
	const [from, to] = [minutesOf(quietFrom), minutesOf(quietTo)];
	if (from === to) return null;
	const here = inZone(now, zone);
	const clock = here.hour * 60 + here.minute;
	const isQuiet = from < to ? clock >= from && clock < to : clock >= from || clock < to;
	if (!isQuiet) return null;
	const day = clock < to ? here.toPlainDate() : here.toPlainDate().add({ days: 1 });
	const until = asDate(day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(quietTo) }));
	// Of a time that the clock shows twice this was the first, and it is over; in some zones they are half an hour apart.
	return until > now ? until : asDate(day.toPlainDateTime(quietTo).toZonedDateTime(zone, { disambiguation: 'later' }));
}

/** The first digest after a moment. Where the clock leaves its hour out, it comes when the clock has jumped. */
export function digestAfter(
	after: Date,
	{ digest, digestWeekday, digestHour }: Pick<Settings, 'digest' | 'digestWeekday' | 'digestHour'>,
	zone: string
): Date {
	let day = inZone(after, zone).toPlainDate();
	for (let i = 0; i < 9; i++, day = day.add({ days: 1 })) {
		if (digest === 'weekly' && day.dayOfWeek !== digestWeekday) continue;
		const at = asDate(day.toZonedDateTime({ timeZone: zone, plainTime: new Temporal.PlainTime(digestHour) }));
		if (at > after) return at;
	}
	throw new Error('A week has a day of each name.');
}

export type Held = { kind: string; readAt: Date | null; heldFrom: Date; at: Date };

/** When to look for the first time whether a mail about a notice may leave; null where none will. */
export function firstLook(kind: string, settings: Settings, zone: string, from: Date): Date | null {
	const known = kindOf(kind);
	const way = known ? wayOf(known, settings) : 'none';
	if (way === 'soon') return new Date(from.getTime() + heldFor);
	return way === 'digest' ? digestAfter(from, settings, zone) : null;
}

/** What becomes of a held mail: it leaves with others of its scope, is looked at again later, or never leaves. */
export type Fate = { leave: Group | 'digest' } | { later: Date } | 'never';

/** @param isMuted whether the person mutes what it is about */
export function fateOf(notice: Held, settings: Settings, zone: string, now: Date, isMuted = false): Fate {
	const known = kindOf(notice.kind);
	const first = firstLook(notice.kind, settings, zone, notice.heldFrom);
	if (!known || !first || notice.readAt || isMuted || now.getTime() - notice.at.getTime() > newsFor) return 'never';
	if (first > now) return { later: first };
	const quiet = quietUntil(now, settings, zone);
	if (quiet) return { later: quiet };
	return { leave: wayOf(known, settings) === 'digest' ? 'digest' : known.group };
}
