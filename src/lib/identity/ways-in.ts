/** The rule of the ways in to an account. Pure. */

/** How many of each let the person in. */
export type WaysIn = { addresses: number; accounts: number; passkeys: number };

/** Whoever removed the last one would be locked out of what they wrote. */
export const isLastWay = ({ addresses, accounts, passkeys }: WaysIn): boolean => addresses + accounts + passkeys <= 1;

/**
 * How long after signing in, or after a passkey answered, somebody may change how they sign in. A copied cookie is worth
 * up to 30 days; with this it can't be turned into a way in of its own. An hour, because people come here for more than
 * one thing.
 */
export const provenFor = 60 * 60_000;

export const provenRecently = (session: { createdAt: Date; passkeyAt: Date | null }, now: Date): boolean =>
	now.getTime() - Math.max(session.createdAt.getTime(), session.passkeyAt?.getTime() ?? 0) < provenFor;
