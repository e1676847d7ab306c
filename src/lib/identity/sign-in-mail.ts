/** The mail that lets a person in. Pure. */
import { button, escapeHtml, framed, type Message } from '#lib/server/mail.ts';
import { linkLife, showCode } from './sign-in.ts';

export function signInMail(to: { address: string; name: string }, link: string, code: string): Message {
	const minutes = linkLife / 60_000;
	const shown = showCode(code);
	return {
		kind: 'sign-in',
		toAddress: to.address,
		again: true,
		subject: 'Your link to sign in to Wayfellow',
		bodyText: `Hello ${to.name},

here is your way into Wayfellow:

${link}

Did you ask on another device? Then type this code there instead: ${shown}

Link and code work once, for ${minutes} minutes. If you did not ask for them, you can leave this mail alone: without it nobody gets in. Please don’t pass it on; nobody from Wayfellow will ever ask you for the code.
`,
		bodyHtml: framed(
			'Your link to sign in to Wayfellow',
			`<p style="margin:0 0 16px">Hello ${escapeHtml(to.name)},</p>
<p style="margin:0 0 16px">here is your way into Wayfellow:</p>
${button('Sign in to Wayfellow', link)}
<p style="margin:0 0 4px">Did you ask on another device? Then type this code there instead:</p>
<p style="margin:0 0 24px;font-size:22px;font-weight:600;letter-spacing:.08em">${shown}</p>
<p style="margin:0;color:#54655d;font-size:14px">Link and code work once, for ${minutes} minutes. If you did not ask for them, you can leave this mail alone: without it nobody gets in. Please don’t pass it on; nobody from Wayfellow will ever ask you for the code.</p>`
		)
	};
}
