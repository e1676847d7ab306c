/** The mails that tell a person what happened to their passkeys. Pure. */
import { escapeHtml, framed, type Message, paragraph } from '#lib/server/mail.ts';

export type PasskeyNews = 'added' | 'removed' | 'let-in-again';

const news: Record<PasskeyNews, { subject: string; words: (name: string) => string[] }> = {
	added: {
		subject: 'A passkey was added to your Wayfellow account',
		words: (name) => [
			`from now on the passkey “${name}” signs you in to Wayfellow.`,
			'Was it you? Then there is nothing to do. If not, somebody else can get in as you: please sign in, remove it under your passkeys, and tell your program.'
		]
	},
	removed: {
		subject: 'A passkey was removed from your Wayfellow account',
		words: (name) => [
			`the passkey “${name}” does not sign you in any more, and your other devices were signed out. What you wrote is safe.`,
			'Was it you? Then there is nothing to do. If not, please sign in, look at your passkeys, and tell your program.'
		]
	},
	'let-in-again': {
		subject: 'You can set up a new passkey for Wayfellow',
		words: (name) => [
			`${name} said that you lost your passkeys. They do not work any more, and you were signed out everywhere. What you wrote is safe.`,
			'Please sign in by mail and set up a new passkey. If you did not ask for this, please tell your program at once.'
		]
	}
};

/** @param name the passkey's; for `let-in-again`, who did it */
export function passkeyMail(to: { address: string; name: string }, what: PasskeyNews, name: string): Message {
	const { subject, words } = news[what];
	const lines = words(name);
	return {
		kind: `passkey-${what}`,
		toAddress: to.address,
		// Whoever did not do it themselves has to hear of it.
		again: true,
		subject,
		bodyText: `Hello ${to.name},\n\n${lines.join('\n\n')}\n`,
		bodyHtml: framed(
			subject,
			`<p style="margin:0 0 16px">Hello ${escapeHtml(to.name)},</p>
${lines.map(paragraph).join('\n')}`
		)
	};
}
