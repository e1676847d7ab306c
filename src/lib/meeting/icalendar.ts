/** Meetings as calendar programs read them (RFC 5545, 5546): invitations, cancellations, a feed. No word of the two is in it. */
import ICAL from 'ical.js';
import { endOf, type Meeting } from './meeting.ts';

export type Invited = Pick<Meeting, 'id' | 'startsAt' | 'minutes' | 'state' | 'sequence' | 'kind'> & {
	/** Whom the reader of it meets. */
	other: string;
};

/** The same for good, so that a calendar knows a meeting again whatever becomes of it. */
export const uidOf = (id: string): string => `${id}@wayfellow`;

const utc = (at: Date) => ICAL.Time.fromJSDate(at, true);

export const titleOf = ({ kind, other }: Pick<Invited, 'kind' | 'other'>): string =>
	kind === 'observation' ? `Classroom visit with ${other}` : `Meeting with ${other}`;

function eventOf(meeting: Invited, stamp: Date): ICAL.Component {
	const event = new ICAL.Component('vevent');
	event.addPropertyWithValue('uid', uidOf(meeting.id));
	event.addPropertyWithValue('dtstamp', utc(stamp));
	event.addPropertyWithValue('sequence', meeting.sequence);
	event.addPropertyWithValue('dtstart', utc(meeting.startsAt));
	event.addPropertyWithValue('dtend', utc(endOf(meeting)));
	event.addPropertyWithValue('summary', titleOf(meeting));
	event.addPropertyWithValue(
		'status',
		meeting.state === 'cancelled' ? 'CANCELLED' : meeting.state === 'accepted' ? 'CONFIRMED' : 'TENTATIVE'
	);
	event.addPropertyWithValue('transp', 'OPAQUE');
	return event;
}

function calendarOf(method: 'REQUEST' | 'CANCEL' | 'PUBLISH'): ICAL.Component {
	const calendar = new ICAL.Component('vcalendar');
	calendar.addPropertyWithValue('version', '2.0');
	calendar.addPropertyWithValue('prodid', '-//Wayfellow//Meetings//EN');
	calendar.addPropertyWithValue('calscale', 'GREGORIAN');
	calendar.addPropertyWithValue('method', method);
	return calendar;
}

/** @param organizer an address of the product, which takes no answers; @param attendee whom it is sent to */
export function invitationOf(meeting: Invited, organizer: string, attendee: string, stamp: Date): string {
	const calendar = calendarOf(meeting.state === 'cancelled' ? 'CANCEL' : 'REQUEST');
	const event = eventOf(meeting, stamp);
	event.addPropertyWithValue('organizer', `mailto:${organizer}`).setParameter('cn', 'Wayfellow');
	const guest = event.addPropertyWithValue('attendee', `mailto:${attendee}`);
	guest.setParameter('role', 'REQ-PARTICIPANT');
	// The answer is given in the product, where the other one sees it.
	guest.setParameter('partstat', meeting.state === 'accepted' ? 'ACCEPTED' : 'NEEDS-ACTION');
	guest.setParameter('rsvp', 'FALSE');
	calendar.addSubcomponent(event);
	return `${calendar.toString()}\r\n`;
}

/** What a calendar program that follows a feed reads. */
export function feedOf(meetings: Invited[], stamp: Date): string {
	const calendar = calendarOf('PUBLISH');
	calendar.addPropertyWithValue('x-wr-calname', 'Wayfellow');
	calendar.addPropertyWithValue('refresh-interval', ICAL.Duration.fromString('PT1H')).setParameter('value', 'DURATION');
	for (const meeting of meetings) calendar.addSubcomponent(eventOf(meeting, stamp));
	return `${calendar.toString()}\r\n`;
}
