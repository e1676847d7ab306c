/** The mails that ask somebody in, and that show that a mailbox is theirs. Pure. */
import { linkLife, showCode } from '#lib/identity/sign-in.ts';
import { button, escapeHtml, framed, type Message, paragraph } from '#lib/server/mail.ts';
import { aRole, opens, type Role } from './roles.ts';

export type Invited = {
	address: string;
	name: string | null;
	role: Role;
	program: string;
	cohort: string | null;
	inviter: string;
	/** "Sunday 6 December at 3:15 pm CST". */
	until: string;
};

const leaveAlone =
	'If you don’t know what this is about, you can leave this mail alone: without it nobody gets in, and nothing happens.';

/** As plain text and as a page, from the same lines, so that neither says more than the other. */
function letter(kind: string, toAddress: string, subject: string, parts: Part[]): Message {
	const text = parts.map((part) => (typeof part === 'string' ? part : 'link' in part ? part.link : part.code));
	const html = parts.map((part) =>
		typeof part === 'string'
			? paragraph(part)
			: 'link' in part
				? button(part.words, part.link)
				: `<p style="margin:0 0 24px;font-size:22px;font-weight:600;letter-spacing:.08em">${escapeHtml(part.code)}</p>`
	);
	return {
		kind,
		toAddress,
		again: true,
		subject,
		bodyText: `${text.join('\n\n')}\n`,
		bodyHtml: framed(subject, html.join('\n'))
	};
}
type Part = string | { link: string; words: string } | { code: string };

/** Names that people typed stand in a line of their own: a subject has none, and no line can be added to it. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

export const invitationMail = (invited: Invited, link: string): Message =>
	letter('invitation', invited.address, oneLine(`${invited.inviter} invites you to ${invited.program}`), [
		invited.name ? `Hello ${invited.name},` : 'Hello,',
		`${invited.inviter} invites you to ${invited.program} on Wayfellow, as ${aRole(invited.role)}${invited.cohort ? ` in ${invited.cohort}` : ''}.`,
		`With it you see ${opens[invited.role]}`,
		{ link, words: 'See the invitation' },
		`It works once, until ${invited.until}, and is meant for ${invited.address} only. Please don’t pass it on.`,
		leaveAlone
	]);

export const proofMail = (address: string, program: string, link: string, code: string): Message =>
	letter('invitation-proof', address, oneLine(`Your way into ${program}`), [
		'Hello,',
		`somebody, we hope you, is about to accept an invitation to ${program} on Wayfellow with this address. To go on:`,
		{ link, words: 'Go on with the invitation' },
		'Did you begin on another device? Then type this code there instead:',
		{ code: showCode(code) },
		`Link and code work once, for ${linkLife / 60_000} minutes. Nobody from Wayfellow will ever ask you for the code.`,
		leaveAlone
	]);
