/** What is mailed about the ways in to an account. Pure. */
import { button, framed, type Message, paragraph } from '#lib/server/mail.ts';
import { linkLife, showCode } from './sign-in.ts';

function mail(
	kind: string,
	toAddress: string,
	subject: string,
	paragraphs: string[],
	way?: { words: string; link: string }
): Message {
	return {
		kind,
		toAddress,
		// Codes are waited for, and whoever did not do it themselves has to hear of it.
		again: true,
		subject,
		bodyText: `${[...paragraphs, ...(way ? [`${way.words}:\n${way.link}`] : [])].join('\n\n')}\n`,
		bodyHtml: framed(subject, [...paragraphs.map(paragraph), ...(way ? [button(way.words, way.link)] : [])].join('\n'))
	};
}

/** To a mailbox that somebody says is theirs. Nobody is named: it may be a stranger's, for a slip of the pen. */
export const proofMail = (address: string, code: string): Message =>
	mail('address-proof', address, 'Your code to add this address to Wayfellow', [
		'Hello,',
		`here is the code that shows Wayfellow that this mailbox is yours: ${showCode(code)}`,
		`Type it on the page on which you added the address. It works once, for ${linkLife / 60_000} minutes.`,
		'If you did not ask for it, somebody mistyped their address. You can leave this mail alone: without the code nothing happens.'
	]);

/** The same knock, where somebody already owns the address. Only the owner learns of it. */
export const alreadyYoursMail = (address: string): Message =>
	mail('address-proof', address, 'This address already has an account on Wayfellow', [
		'Hello,',
		'somebody who is signed in to Wayfellow wanted to add this address to their account. It already belongs to one, so nothing has changed, and they were not told.',
		'If that was you, you have two accounts. Sign in with this address, remove it there under “How you sign in” if it is a personal one, and add it to the account that you want to keep.',
		'If it was not you, you can leave this mail alone.'
	]);

export type Change =
	| { what: 'address-added' | 'address-removed'; address: string }
	| { what: 'provider-linked' | 'provider-unlinked'; provider: string };

const said = (change: Change): { subject: string; sentence: string } => {
	switch (change.what) {
		case 'address-added':
			return {
				subject: 'An e-mail address was added to your account',
				sentence: `the address ${change.address} can now sign in to your account on Wayfellow.`
			};
		case 'address-removed':
			return {
				subject: 'An e-mail address was removed from your account',
				sentence: `the address ${change.address} can no longer sign in to your account on Wayfellow.`
			};
		case 'provider-linked':
			return {
				subject: `${change.provider} can now sign you in`,
				sentence: `a ${change.provider} account can now sign in to your account on Wayfellow.`
			};
		case 'provider-unlinked':
			return {
				subject: `${change.provider} no longer signs you in`,
				sentence: `a ${change.provider} account can no longer sign in to your account on Wayfellow.`
			};
	}
};

/** To the addresses that were there before: whoever changed something unasked is noticed by the account's owner. */
export function changedMail(to: { address: string; name: string }, change: Change, page: string): Message {
	const { subject, sentence } = said(change);
	return mail(
		'ways-in-changed',
		to.address,
		subject,
		[
			`Hello ${to.name},`,
			sentence,
			'Every other device was signed out with it.',
			'If that was you, all is well. If not, sign in with this address and remove what is not yours. If you can’t get in, tell whoever runs your program.'
		],
		{ words: 'See how you sign in', link: page }
	);
}
