/** The mails that ask somebody in, and that show that a mailbox is theirs. Pure. */
import { linkLife, showCode } from '#lib/identity/sign-in.ts';
import { escapeHtml, type Message } from '#lib/server/mail.ts';
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
			? `<p style="margin:0 0 16px">${escapeHtml(part)}</p>`
			: 'link' in part
				? `<p style="margin:0 0 24px"><a href="${escapeHtml(part.link)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#075947;color:#fdfdfc;font-weight:600;text-decoration:none">${escapeHtml(part.words)}</a></p>`
				: `<p style="margin:0 0 24px;font-size:22px;font-weight:600;letter-spacing:.08em">${escapeHtml(part.code)}</p>`
	);
	return {
		kind,
		toAddress,
		subject,
		bodyText: `${text.join('\n\n')}\n`,
		bodyHtml: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f6f6f1;color:#132620;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:520px;margin:0 auto;padding:24px;background:#fdfdfc;border:1px solid #d9dad1;border-radius:10px">
${html.join('\n')}
</div></body></html>
`
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
