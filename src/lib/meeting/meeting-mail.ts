/** The mails about a meeting. They say when and with whom, and no word of what the two talk about. Pure. */
import { letter, type Message } from '#lib/server/mail.ts';
import { sayTime } from './meeting.ts';
import { type Invited, invitationOf, titleOf } from './icalendar.ts';

export type Told = Invited & { address: string; zone: string; pairId: string };

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** @param from the address that mail comes from; @param origin where the product is */
export function meetingMail(told: Told, from: string, origin: string, now: Date): Message {
	const time = `${sayTime(told, told.zone)} (${told.zone.replaceAll('_', ' ')})`;
	const what = titleOf(told);
	const first =
		told.state === 'cancelled'
			? `This is off: ${what}, ${time}.`
			: told.state === 'accepted'
				? `This is agreed: ${what}, ${time}.`
				: `${told.other} proposes: ${what}, ${time}.`;
	const link = `${origin}/pairs/${told.pairId}/meetings`;
	const last = `Whether mails like this come, you say here: ${origin}/account/calendar`;
	const words =
		told.state === 'proposed'
			? 'Say yes, or propose another time'
			: told.state === 'cancelled'
				? 'See your meetings'
				: 'See the meeting and its agenda';
	const subject = oneLine(
		`${told.state === 'cancelled' ? 'Cancelled' : told.state === 'accepted' ? 'Agreed' : 'Proposed'}: ${what}, ${sayTime(told, told.zone)}`
	);
	return {
		kind: 'meeting',
		toAddress: told.address,
		...letter({ subject, first, words, link, last }),
		calendar: invitationOf(told, from, told.address, now)
	};
}
