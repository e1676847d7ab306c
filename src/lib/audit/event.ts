/** What can be written down about people's rights and data, and the sentence for each. Pure. */

/** From where somebody asked, as far as a request tells. */
export type Whence = { network: string | null; userAgent: string | null };

/** Ids, words of ours and numbers; never what a person wrote. */
export type About = Record<string, string | number | boolean | null>;

/**
 * Every kind of event, as the person concerned reads it. "You" is that person; who did it stands beside the sentence.
 * A kind is never renamed: rows of three years carry it.
 */
export const kinds = {
	'signed-in': 'Signed in',
	'sign-in-refused': 'A way in was tried, and refused',
	'signed-out': 'Signed out',
	'session-ended': 'A device was signed out',
	'signed-out-everywhere': 'All devices were signed out',
	'passkey-added': 'A passkey was added',
	'passkey-removed': 'A passkey was removed',
	'passkey-used': 'A passkey was used',
	'provider-linked': 'An account was linked for signing in',
	'provider-unlinked': 'An account no longer signs in',
	'address-added': 'An e-mail address was added',
	'address-removed': 'An e-mail address was removed',
	invited: 'You were invited',
	'invitation-withdrawn': 'An invitation to you was withdrawn',
	'invitation-accepted': 'An invitation was accepted',
	'role-given': 'A role was given',
	'role-ended': 'A role ended',
	'stack-chosen': 'A stack was chosen',
	'program-left': 'A program was left',
	'pair-ended': 'A pair ended',
	'data-exported': 'A copy of your data was made',
	'deletion-asked': 'The deletion of the account was asked for',
	'deletion-taken-back': 'The deletion of the account was taken back',
	'account-deleted': 'The account was deleted',
	'not-allowed': 'Something was tried that is not allowed',
	'invitations-sent': 'Invitations were sent',
	'invitation-taken-back': 'An invitation was withdrawn'
} as const satisfies Record<string, string>;

export type AuditKind = keyof typeof kinds;
