/**
 * The rules of signing in with a school account (OpenID Connect): which providers there are, what their answers must
 * fit, and the sentences when they don't. Pure: the clock and chance come from outside.
 */
import type { Settings } from '#lib/server/settings.ts';

const minute = 60_000;

/** From our page to the provider's and back: time for a password and a second factor, on a phone too. */
export const requestLife = 10 * minute;
/**
 * One request to a provider, its body included. A person is looking at a white page meanwhile, and a provider that
 * takes longer will not be quicker for being waited for.
 */
export const patience = 5_000;
/** The longest answers (keys, descriptions) have some 20 KB; what is longer is no answer of a provider. */
export const answerLimit = 200_000;
/** How long a provider's description of itself is believed. Its keys are asked for again when one is unknown. */
export const descriptionLife = 60 * minute;
/** Tabs in which somebody may be on the way at once. More, and the oldest has to begin again. */
export const waysAtOnce = 3;

/** Accounts that one person may link: one at each provider, at a school, a former one and at home. */
export const accountsPerPerson = 10;

export type ProviderKey = 'google' | 'microsoft' | 'clever' | 'classlink';

export type Provider = {
	/** Its part of an address, and what rows call it. */
	key: ProviderKey;
	name: string;
	clientId: string;
	clientSecret: string;
	issuer: string;
	/** As little as lets a person recognise their own account in a list. */
	scope: string;
	/** On shared computers somebody else may be signed in there. */
	asksWhichAccount: boolean;
	/** People begin at a portal of the provider's and arrive here with a code that nobody here asked for. */
	hasPortal: boolean;
	/** One provider, many directories: each is an issuer of its own. */
	hasTenants: boolean;
};

const facts = [
	{ key: 'google', name: 'Google', scope: 'openid email', asksWhichAccount: true, hasPortal: false, hasTenants: false },
	{
		key: 'microsoft',
		name: 'Microsoft',
		scope: 'openid email profile',
		asksWhichAccount: true,
		hasPortal: false,
		hasTenants: true
	},
	{ key: 'clever', name: 'Clever', scope: 'openid email', asksWhichAccount: false, hasPortal: true, hasTenants: false },
	{
		key: 'classlink',
		name: 'ClassLink',
		scope: 'openid email',
		asksWhichAccount: false,
		hasPortal: true,
		hasTenants: false
	}
] as const satisfies Pick<Provider, 'key' | 'name' | 'scope' | 'asksWhichAccount' | 'hasPortal' | 'hasTenants'>[];

/** What a provider is called on screen, also when it is no longer offered. */
export const nameOfProvider = (key: string): string => facts.find((one) => one.key === key)?.name ?? key;

/** The providers whose id and secret are set, in the order of their buttons. */
export function offeredProviders(settings: Settings): Provider[] {
	return facts.flatMap((fact) => {
		const name = fact.key.toUpperCase() as Uppercase<ProviderKey>;
		const [clientId, clientSecret] = [settings[`${name}_CLIENT_ID`], settings[`${name}_CLIENT_SECRET`]];
		return clientId && clientSecret ? [{ ...fact, clientId, clientSecret, issuer: settings[`${name}_ISSUER`] }] : [];
	});
}

/** Why nobody came in, or nothing was linked. Part of an address, so each is a word of ours and says nothing of anybody. */
export const reasons = {
	unknown: (name: string) =>
		`No account here is linked to this ${name} account yet. Sign in once by mail, then link ${name} under “How you sign in”; from then on this button lets you in.`,
	cancelled: (name: string) => `${name} says that you went back. Nothing has changed; you can try again or use mail.`,
	late: (name: string) =>
		`This way through ${name} was used already, took longer than ten minutes, or began in another browser. Nothing has changed; please begin again here.`,
	away: (name: string) =>
		`${name} does not answer at the moment. Nothing has changed. Please try again in a moment, or sign in by mail.`,
	unproven: (name: string) =>
		`What ${name} answered does not fit what we asked, so we did not believe it. Nothing has changed. Please try again; if it happens again, sign in by mail and tell whoever runs this server.`,
	taken: (name: string) =>
		`This ${name} account can’t be linked to you: it already opens another account here. Nothing has changed. If both are yours, sign in with it, unlink it there, and link it here.`
} as const satisfies Record<string, (name: string) => string>;
export type Reason = keyof typeof reasons;
export const isReason = (text: string | null): text is Reason => text !== null && Object.hasOwn(reasons, text);

/** What a provider's ID token says, once its signature, audience, times and nonce have been checked. */
export type Claims = {
	iss: string;
	sub: string;
	tid?: unknown;
	email?: unknown;
	preferred_username?: unknown;
};
export type Account = {
	/** With the subject the key of an account, for good. */
	issuer: string;
	subject: string;
	/** So that its owner recognises it in a list. Never compared with anything. */
	label: string | null;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Where Microsoft puts a directory's id in the issuer of a description that is for all of them. */
const tenantId = '{tenantid}';

/** Whether a description may speak for the issuer we asked: the same one, or, with tenants, a pattern on the same host. */
export function describes(provider: Pick<Provider, 'issuer' | 'hasTenants'>, issuer: string): boolean {
	const same = (a: string, b: string) => URL.parse(a)?.href === URL.parse(b)?.href;
	if (same(issuer, provider.issuer)) return !issuer.includes(tenantId);
	return (
		provider.hasTenants &&
		issuer.split(tenantId).length === 2 &&
		URL.parse(issuer)?.origin === new URL(provider.issuer).origin &&
		!new URL(issuer).host.includes('tenantid')
	);
}

/**
 * The account that a token speaks of; null when it can't be one of this provider's. An issuer with tenants must be the
 * one of the tenant that the token names: else somebody's own directory could speak for another.
 * @param described the issuer in the provider's description of itself
 */
export function accountOf(claims: Claims, described: string): Account | null {
	const { iss, sub, tid } = claims;
	if (described.includes(tenantId)) {
		if (typeof tid !== 'string' || !uuid.test(tid) || iss !== described.replace(tenantId, tid)) return null;
	} else if (iss !== described) return null;
	if (iss.length > 300 || sub.length === 0 || sub.length > 300) return null;
	return { issuer: iss, subject: sub, label: labelOf(claims) };
}

function labelOf({ email, preferred_username: username }: Claims): string | null {
	const said = [username, email].find((text) => typeof text === 'string' && text.trim() !== '') as string | undefined;
	// Signs that can't be seen, or turn the line around, have no place in a list of one's own accounts.
	return (
		said
			?.replace(/[\p{Cc}\p{Cf}]/gu, '')
			.trim()
			.slice(0, 254) || null
	);
}
