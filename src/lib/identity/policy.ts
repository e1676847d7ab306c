/** Who is let in by a mail to an address. */
export type Mailbox = { kind: 'school' | 'personal'; verified: boolean; ownerActive: boolean };

/**
 * A school address was given to us by the program and may be used at once. A personal one counts only after its
 * owner has shown that it is theirs: else a slip of the pen would hand the account to a stranger.
 */
export const opensTheDoor = ({ kind, verified, ownerActive }: Mailbox): boolean =>
	ownerActive && (kind === 'school' || verified);
