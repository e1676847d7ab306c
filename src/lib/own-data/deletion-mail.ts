/** The mail to somebody who asked for their account to be deleted. Pure. */
import { button, escapeHtml, framed, type Message, paragraph } from '#lib/server/mail.ts';

/** @param until the last day on which it can be taken back, as it is said */
export function deletionMail(to: { address: string; name: string }, link: string, until: string): Message {
	const subject = 'Your Wayfellow account will be deleted';
	const lines = [
		`you asked us to delete your account. You are signed out everywhere, and on ${until} everything that says who you are is deleted for good.`,
		'Until then you can take it back with this link:'
	];
	const after =
		'What has ended stays ended: your program can let you in again. If it was not you who asked, please use the link at once, and tell your program.';
	return {
		kind: 'deletion-asked',
		toAddress: to.address,
		again: true,
		subject,
		bodyText: `Hello ${to.name},\n\n${lines.join('\n\n')}\n\n${link}\n\n${after}\n`,
		bodyHtml: framed(
			subject,
			`<p style="margin:0 0 16px">Hello ${escapeHtml(to.name)},</p>
${lines.map(paragraph).join('\n')}
${button('Keep my account', link)}
<p style="margin:0;color:#54655d;font-size:14px">${escapeHtml(after)}</p>`
		)
	};
}
