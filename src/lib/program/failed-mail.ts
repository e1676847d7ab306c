/** Why a mail did not arrive, in words for whoever runs a program. Pure. */

export type FailedMail = {
	/** A person of the program; null for an invitation to somebody who has not come yet. */
	personId: string | null;
	name: string | null;
	/** Only of an invitation: the program typed it. */
	address: string | null;
	/** Null where only the address is known to be dead, and the mail that said so is forgotten by now. */
	kind: string | null;
	at: Date;
	since: Date;
	times: number;
	failure: string;
	status: string | null;
	/** No mail goes to their address any more but what they ask for themselves. */
	unreachable: boolean;
};

/**
 * What a mail was, in so many words as a manager may read: that somebody wanted their account deleted, or lost a passkey,
 * is between them and us.
 */
export function kindInWords(kind: string | null): string {
	if (kind === null) return 'Mail of the last months';
	if (kind === 'invitation' || kind === 'invitation-proof') return 'Invitation';
	if (kind === 'sign-in') return 'Sign-in link';
	if (/^(address-proof|ways-in-changed|passkey-.*|deletion-.*)$/.test(kind)) return 'Mail about the account';
	if (kind === 'digest') return 'Daily or weekly digest';
	if (kind === 'meeting') return 'Meeting';
	if (/letter/.test(kind)) return 'Weekly letter';
	return 'Notification';
}

type Words = { means: string; helps: string };

const noMailbox = (invitation: boolean): Words => ({
	means: 'The mail server there says that there is no such mailbox.',
	helps: invitation
		? 'Look at the address for a slip of the pen, take this invitation back and invite the right one.'
		: 'Ask them which address they read. They add it themselves under “How you sign in”; whether the school’s address is right, only the school can say.'
});

/** What the numbers mean, and what helps. */
export function failureInWords({ failure, status, kind }: Pick<FailedMail, 'failure' | 'status' | 'kind'>): Words {
	const invitation = kind === 'invitation';
	const about = status?.slice(2) ?? '';
	if (failure === 'unknown')
		return {
			means: 'Nobody knows whether it left: the line to the mail server ended at that very moment.',
			helps: 'There is nothing to do. It was not sent a second time, because what it says stands in Wayfellow as well.'
		};
	if (about === '1.2' || about === '1.10' || about === '4.4')
		return {
			means: 'There is no mail server for what stands behind the @.',
			helps: invitation
				? 'Look at the address for a slip of the pen, take this invitation back and invite the right one.'
				: 'Ask them which address they read; they add it themselves under “How you sign in”.'
		};
	if (about === '2.1')
		return {
			means: 'The mailbox is closed.',
			helps:
				'Perhaps they changed schools. Ask them which address they read; they add it themselves under “How you sign in”.'
		};
	if (about === '2.2' || failure === '552')
		return { means: 'The mailbox is full.', helps: 'Tell them to make room. The next mail is sent as always.' };
	if (about.startsWith('1.')) return noMailbox(invitation);
	if (about.startsWith('7.') || failure === '554')
		return {
			means: 'The mail server there turned it away by a rule of its own, such as a filter.',
			helps: 'Ask whoever looks after the school’s mail to let mails of Wayfellow through.'
		};
	if (failure === 'bounced')
		return {
			means: 'It came back: the mail server there could not deliver it.',
			helps: 'If it happens again, ask them whether their mailbox works.'
		};
	if (/^5\d\d$/.test(failure) && !status && ['550', '551', '553'].includes(failure)) return noMailbox(invitation);
	if (/^5\d\d$/.test(failure))
		return {
			means: 'The mail server there did not take it.',
			helps: 'If it happens again, ask whoever looks after the school’s mail.'
		};
	if (/^4\d\d$/.test(failure))
		return {
			means: 'For some hours the mail server there said “later”.',
			helps: invitation
				? 'Invite again tomorrow.'
				: 'Wait. If it goes on for days, ask whoever looks after the school’s mail.'
		};
	return {
		means: 'For some hours our own mail server could not be reached.',
		helps: 'Tell whoever runs this Wayfellow. It is nobody’s mailbox.'
	};
}
