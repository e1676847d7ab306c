/** What is said about a meeting, in a line and in a mail: when and with whom, and no word of what the two talk about. Pure. */
import type { Footer } from '#lib/notification/notice-mail.ts';
import { button, framed, type Message, paragraph } from '#lib/server/mail.ts';
import { sayTime } from './meeting.ts';
import { type Invited, invitationOf, titleOf } from './icalendar.ts';

export type Told = Omit<Invited, 'address'> & { zone: string; pairId: string };

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The line that says what changed, and the sentence. */
export function meetingWords(told: Told): { subject: string; first: string } {
	const what = titleOf(told);
	const time = sayTime(told, told.zone);
	const first =
		told.state === 'cancelled'
			? `This is off: ${what}`
			: told.state === 'accepted'
				? `This is agreed: ${what}`
				: `${told.other} proposes: ${what}`;
	const word = told.state === 'cancelled' ? 'Cancelled' : told.state === 'accepted' ? 'Agreed' : 'Proposed';
	return {
		subject: oneLine(`${word}: ${what}, ${time}`),
		first: `${first}, ${time} (${told.zone.replaceAll('_', ' ')}).`
	};
}

/** @param footer why it comes and how it stops; @param from the address that mail comes from; @param origin where the product is */
export function meetingMail(
	told: Told & { address: string },
	footer: Footer,
	from: string,
	origin: string,
	now: Date
): Message {
	const { subject, first } = meetingWords(told);
	const link = `${origin}/pairs/${told.pairId}/meetings`;
	const words =
		told.state === 'proposed'
			? 'Say yes, or propose another time'
			: told.state === 'cancelled'
				? 'See your meetings'
				: 'See the meeting and its agenda';
	return {
		kind: 'meeting',
		toAddress: told.address,
		subject,
		bodyText: `${[first, `${words}:\n${link}`, footer.text].join('\n\n')}\n`,
		bodyHtml: framed(subject, [paragraph(first), button(words, link), footer.html].join('\n')),
		calendar: invitationOf(told, from, told.address, now)
	};
}
