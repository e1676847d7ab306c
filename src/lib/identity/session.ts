/**
 * The rules of a session, after Lucia's published design (lucia-auth.com, 0BSD): the cookie is `id.secret`, the
 * database keeps the id and only a SHA-256 of the secret. Pure: the clock comes from outside.
 */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long a session goes on: unused, at the longest, and how often its use is written down. */
export type Terms = { idleLimit: number; absoluteLimit: number; refreshEvery: number };

/** On a device of one's own. */
export const ownTerms: Terms = {
	/** Nobody came back for this long: the session is over. Lucia's own figure. */
	idleLimit: 10 * day,
	/**
	 * However busy it is. NIST SP 800-63B-4 (2.1.3) asks for a new sign-in every 30 days at its first level; for us that
	 * is one mail a month, and it bounds what a copied cookie is worth.
	 */
	absoluteLimit: 30 * day,
	/** Use is written down at most this often, so that reading pages does not mean writing rows. */
	refreshEvery: hour
};

/**
 * On a shared computer the next person may sit down at the same browser. NIST SP 800-63B-4 (2.2.3) has an hour and a day
 * at its second level; an hour is also a lesson, and twelve hours are the longest day at a school.
 */
export const sharedTerms: Terms = {
	idleLimit: hour,
	absoluteLimit: 12 * hour,
	/** A twelfth of the idle limit: whoever comes back a little before its end is not late because of it. */
	refreshEvery: 5 * minute
};

export const termsOf = ({ shared }: { shared: boolean }): Terms => (shared ? sharedTerms : ownTerms);

export const expiryOf = (createdAt: Date, shared: boolean) =>
	new Date(createdAt.getTime() + termsOf({ shared }).absoluteLimit);

type Lasting = { lastUsedAt: Date; expiresAt: Date; shared: boolean };

/** `live`: goes on. `stale`: goes on, and its last use is worth writing down. `over`: nobody is signed in. */
export function standingOf(session: Lasting, now: Date): 'live' | 'stale' | 'over' {
	const { idleLimit, refreshEvery } = termsOf(session);
	const idle = now.getTime() - session.lastUsedAt.getTime();
	if (now >= session.expiresAt || idle >= idleLimit) return 'over';
	return idle >= refreshEvery ? 'stale' : 'live';
}

/** 16 random bytes name the session, 32 prove it; both in base64url. */
const shape = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Takes a cookie's value apart; null when it can't be one of ours, before any work is done for it. */
export function readToken(value: string): { id: string; secret: string } | null {
	const [, id, secret] = shape.exec(value) ?? [];
	return id && secret ? { id, secret } : null;
}

/**
 * `__Host-` makes browsers refuse the cookie unless it is Secure, of this very host and path `/`, so no neighbouring
 * subdomain can plant one. Over plain http (a developer's localhost) browsers would refuse it, hence the other name.
 */
export const cookieName = (https: boolean) => (https ? '__Host-session' : 'session');

/**
 * Finds the session in a Cookie header.
 * @param https when the origin is known to be https, only the `__Host-` name counts
 */
export function tokenFromHeader(header: string | undefined, https: boolean): string | null {
	if (!header) return null;
	const found = new Map<string, string>();
	for (const part of header.split(';')) {
		const at = part.indexOf('=');
		const name = part.slice(0, at).trim();
		if (at > 0 && !found.has(name)) found.set(name, part.slice(at + 1).trim());
	}
	return found.get(cookieName(true)) ?? (https ? null : (found.get(cookieName(false)) ?? null));
}
