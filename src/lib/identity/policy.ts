/** Who is let in by a mail to an address. */
export type Mailbox = { kind: 'school' | 'personal'; verified: boolean; ownerActive: boolean };

/**
 * A school address was given to us by the program and may be used at once. A personal one counts only after its
 * owner has shown that it is theirs: else a slip of the pen would hand the account to a stranger.
 */
export const opensTheDoor = ({ kind, verified, ownerActive }: Mailbox): boolean =>
	ownerActive && (kind === 'school' || verified);

/** How the person behind a session has shown who they are; `locals.session` says it. */
export type Proof = { openedBy: 'mail' | 'passkey' | 'provider' | 'demo'; passkeyAt: Date | null };

/**
 * What asks for more than a mailbox or a school account.
 * - `role`: doing what a manager or an assessor does. A passkey must have answered in this session.
 * - `export`: carrying other people's data away. It must have answered just now.
 */
export type Need = 'role' | 'export';

/**
 * Long enough to choose what to export and to wait for it, short enough that an open laptop in a staff room does not
 * carry a district away.
 */
export const exportWithin = 15 * 60_000;

/** Who holds one of these now, whatever the scope, decides about others, and does it only with a passkey. */
export const asksForPasskey = (role: 'teacher' | 'mentor' | 'coach' | 'assessor' | 'manager'): boolean =>
	role === 'manager' || role === 'assessor';

/**
 * Whether a session has shown enough. An account with an identity provider is no passkey: we can not see how its owner
 * came in there. A demo counts as shown, because nothing in it is real.
 */
export function isProven(proof: Proof | null, need: Need, now: Date): boolean {
	if (proof?.openedBy === 'demo') return true;
	if (!proof?.passkeyAt) return false;
	return need === 'role' || now.getTime() - proof.passkeyAt.getTime() <= exportWithin;
}

/** What somebody may do about the passkeys of another, who lost them. */
export type LostKeys = {
	self: boolean;
	/** Whether who acts has shown their own passkey. */
	proven: boolean;
	/** Roles that ask for a passkey which the other holds now … */
	asking: number;
	/** … and how many of them lie in what the one who acts manages. */
	inReach: number;
};

/**
 * A lost passkey goes through a second manager, of the same program or of an organization above. One who manages only
 * a part of what the other manages may not: with the other's mailbox they would get at the rest.
 */
export const mayLetInAgain = ({ self, proven, asking, inReach }: LostKeys): boolean =>
	!self && proven && asking > 0 && inReach === asking;
