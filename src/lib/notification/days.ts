/** Notices by the day on which they were said, as somebody's own clock has it. Pure. */
import { Temporal } from 'temporal-polyfill';
import { dayInWords } from '#lib/ui/day-in-words.ts';

/** @param notices newest first */
export function byDay<Notice extends { at: Date }>(
	notices: readonly Notice[],
	zone: string,
	now: Date
): { day: string; heading: string; notices: (Notice & { clock: string })[] }[] {
	const dayOf = (at: Date) =>
		Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();
	const today = dayOf(now);
	const clock = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true, timeZone: zone });
	const days: ReturnType<typeof byDay<Notice>> = [];
	for (const notice of notices) {
		const date = dayOf(notice.at);
		const day = date.toString();
		const ago = date.until(today).days;
		if (days.at(-1)?.day !== day)
			days.push({ day, heading: ago === 0 ? 'Today' : ago === 1 ? 'Yesterday' : dayInWords(day), notices: [] });
		days.at(-1)!.notices.push({ ...notice, clock: clock.format(notice.at) });
	}
	return days;
}
