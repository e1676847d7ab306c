/** The mails about a meeting. They say when and with whom, and no word of what the two talk about. Pure. */
import { escapeHtml, type Message } from '#lib/server/mail.ts';
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

/** A short mail: what is so, one way on, and where such mails are stopped. */
export function letter({
	subject,
	first,
	words,
	link,
	last
}: Record<'subject' | 'first' | 'words' | 'link' | 'last', string>): Pick<
	Message,
	'subject' | 'bodyText' | 'bodyHtml'
> {
	return {
		subject,
		bodyText: `${[first, `${words}:\n${link}`, last].join('\n\n')}\n`,
		bodyHtml: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f6f6f1;color:#132620;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:520px;margin:0 auto;padding:24px;background:#fdfdfc;border:1px solid #d9dad1;border-radius:10px">
<p style="margin:0 0 16px">${escapeHtml(first)}</p>
<p style="margin:0 0 24px"><a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#075947;color:#fdfdfc;font-weight:600;text-decoration:none">${escapeHtml(words)}</a></p>
<p style="margin:0;font-size:14px;color:#54655d">${escapeHtml(last)}</p>
</div></body></html>
`
	};
}
