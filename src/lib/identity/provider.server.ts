/**
 * Signing in with a school account, and linking one. The key of an account is the provider's issuer and subject. An
 * address that a provider names is never compared with ours, and nobody gets an account here by a provider's word.
 */
import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { log } from '#lib/server/log.ts';
import { readSettings } from '#lib/server/settings.ts';
import {
	type Account,
	accountsPerPerson,
	offeredProviders,
	type Provider,
	type ProviderKey,
	reasons,
	type Reason,
	requestLife,
	waysAtOnce
} from './provider.ts';
import { accountBehind, addressAt, type Expected, newExpected, NotProven } from './provider-client.server.ts';
import { people, providerAccounts, providerRequests } from './schema.server.ts';
import { openSessionIn, sha256, type Browser, type NewSession } from './session.server.ts';
import { safeNext } from './sign-in.ts';
import { type Asker, demandAnotherWay, demandChange, followChange } from './ways-in.server.ts';

/** The providers that this server has a button for, without their secrets. */
export const listProviders = (): Pick<Provider, 'key' | 'name'>[] =>
	offeredProviders(readSettings()).map(({ key, name }) => ({ key, name }));

/** @throws Refusal `not-found`, for one that is not offered here too */
export function readProvider(key: string): Provider {
	const provider = offeredProviders(readSettings()).find((one) => one.key === key);
	if (!provider) throw notFound('page');
	return provider;
}

const redirectUri = (origin: string, key: ProviderKey) => `${origin}/sign-in/back/${key}`;

/**
 * What travels is made of what stays in the browser's cookie, so that knowing one address on the way is not enough to come
 * back with it.
 */
const stateOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

export type Setting = {
	provider: Provider;
	origin: string;
	/** Secrets of ways that this browser has begun already. */
	ways: string[];
	next?: string | null;
	shared: boolean;
};
export type Way = { address: string; ways: string[] };

/**
 * Sends somebody to a provider to sign in.
 * @returns the provider's address, and the secrets that this browser keeps until it is back
 * @throws Refusal `rule` when the provider does not answer
 */
export const beginSignIn = (db: Database, setting: Setting, now = new Date()): Promise<Way> =>
	begin(db, setting, null, now);

/** Sends a signed-in person to a provider to link an account there. @throws Refusal `rule`, or `unproven` */
export async function beginLinking(db: Database, asker: Asker, setting: Setting, now = new Date()): Promise<Way> {
	const { person } = asker;
	await db.asService(async (tx) => {
		await demandChange(tx, asker, now);
		if ((await tx.$count(providerAccounts, eq(providerAccounts.personId, person.id))) >= accountsPerPerson)
			throw new Refusal(
				'rule',
				`You have linked ${accountsPerPerson} accounts, and that is as many as we keep. Unlink one that you no longer use first.`
			);
	});
	return begin(db, setting, person.id, now);
}

async function begin(db: Database, setting: Setting, personId: string | null, now: Date): Promise<Way> {
	const { provider, origin, next, shared } = setting;
	const secret = randomBytes(32).toString('base64url');
	const expected = newExpected(stateOf(secret));
	const address = await addressAt(provider, expected, redirectUri(origin, provider.key)).catch((error: unknown) => {
		if (error instanceof NotProven) throw new Refusal('rule', reasons[error.reason](provider.name));
		throw error;
	});
	await db.asService((tx) =>
		tx.insert(providerRequests).values({
			provider: provider.key,
			stateHash: sha256(expected.state),
			nonce: expected.nonce,
			codeVerifier: expected.codeVerifier,
			personId,
			next: safeNext(next),
			shared,
			createdAt: now,
			expiresAt: new Date(now.getTime() + requestLife)
		})
	);
	return { address, ways: [secret, ...setting.ways].slice(0, waysAtOnce) };
}

export type Returned = {
	provider: Provider;
	origin: string;
	/** What the address that the person came back to says. */
	search: URLSearchParams;
	ways: string[];
	/** Who is signed in here already. */
	asker: Asker | null;
	/** @param shared what was said when setting out */
	browser(shared: boolean): Browser;
};
export type Outcome = (
	| { kind: 'signed-in'; session: NewSession; next: string }
	| { kind: 'linked' }
	| { kind: 'refused'; reason: Reason; linking: boolean; next: string; shared: boolean }
	/** Somebody who began elsewhere: the address at which the way of our own begins. */
	| { kind: 'begun'; address: string }
) & { ways: string[] };

/**
 * Takes in somebody who comes back from a provider. Whatever they bring works once, within ten minutes, from the provider
 * that they were sent to, and in the browser that set out.
 */
export async function returnFromProvider(db: Database, returned: Returned, now = new Date()): Promise<Outcome> {
	const { provider, origin, search, asker, browser } = returned;
	const states = search.getAll('state');
	if (states.length === 0 && provider.hasPortal && search.has('code')) {
		// From a portal. Whose code that is nobody knows: it may be a stranger's, put under somebody's hand. It is left alone,
		// and the person is sent to ask for one of their own, which a portal gives without a question.
		const setting = { provider, origin, ways: returned.ways, next: '/', shared: false };
		return begin(db, setting, null, now).then(
			({ address, ways }): Outcome => ({ kind: 'begun', address, ways }),
			(error: unknown) => {
				if (!(error instanceof Refusal)) throw error;
				return { kind: 'refused', reason: 'away', linking: false, next: '/', shared: false, ways: returned.ways };
			}
		);
	}

	const secret = states.length === 1 ? returned.ways.find((one) => stateOf(one) === states[0]) : undefined;
	const ways = returned.ways.filter((one) => one !== secret);
	const request = secret ? await takeRequest(db, provider.key, stateOf(secret), now) : null;
	const linking = request?.personId != null;
	const { next, shared } = request ?? { next: '/', shared: false };
	const refused = (reason: Reason): Outcome => ({ kind: 'refused', reason, linking, next, shared, ways });
	if (!request || (linking && asker?.person.id !== request.personId)) return refused('late');

	const answered = new URL(redirectUri(origin, provider.key));
	answered.search = search.toString();
	const account = await accountBehind(provider, answered, request).catch((error: unknown) => {
		if (error instanceof NotProven) return error;
		throw error;
	});
	if (account instanceof NotProven) return refused(account.reason);

	if (linking) {
		const done = await linkAsked(db, asker!, provider.key, account, now);
		return done === 'taken' ? refused('taken') : { kind: 'linked', ways };
	}
	const session = await signIn(db, provider.key, account, browser(shared), now);
	return session ? { kind: 'signed-in', session, next, ways } : refused('unknown');
}

/** Uses a request up, whatever comes of it: a code that is tried twice is tried by two. */
async function takeRequest(db: Database, provider: ProviderKey, state: string, now: Date) {
	return db.asService(async (tx) => {
		const [taken] = await tx
			.update(providerRequests)
			.set({ usedAt: now })
			.where(
				and(
					eq(providerRequests.stateHash, sha256(state)),
					eq(providerRequests.provider, provider),
					isNull(providerRequests.usedAt),
					gt(providerRequests.expiresAt, now)
				)
			)
			.returning({
				nonce: providerRequests.nonce,
				codeVerifier: providerRequests.codeVerifier,
				personId: providerRequests.personId,
				next: providerRequests.next,
				shared: providerRequests.shared
			});
		return taken ? ({ ...taken, state } satisfies Expected & typeof taken) : null;
	});
}

const is = ({ issuer, subject }: Pick<Account, 'issuer' | 'subject'>) =>
	and(eq(providerAccounts.issuer, issuer), eq(providerAccounts.subject, subject));

async function signIn(
	db: Database,
	provider: ProviderKey,
	account: Account,
	browser: Browser,
	now: Date
): Promise<NewSession | null> {
	return db.asService(async (tx) => {
		const [owner] = await tx
			.update(providerAccounts)
			.set({ lastUsedAt: now, label: sql`coalesce(${account.label}, ${providerAccounts.label})` })
			.where(is(account))
			.returning({ personId: providerAccounts.personId });
		const [person] = owner
			? await tx.select({ deactivatedAt: people.deactivatedAt }).from(people).where(eq(people.id, owner.personId))
			: [];
		if (owner && person?.deactivatedAt === null) return openSessionIn(tx, owner.personId, 'provider', browser, now);
		// Nobody is named: of whom we don't know nothing is kept.
		log('provider-account-unknown', { provider });
		if (owner) {
			const about = { how: 'provider', provider };
			await record(tx, { kind: 'sign-in-refused', person: owner.personId, by: null, whence: browser.whence, about });
		}
		return null;
	});
}

function linkAsked(db: Database, asker: Asker, provider: ProviderKey, account: Account, now: Date) {
	const { person, whence } = asker;
	return db.asService(async (tx) => {
		const done = await linkProviderIn(tx, { personId: person.id, provider, account }, now);
		if (done === 'linked') await followChange(tx, asker, { what: 'provider-linked', provider });
		// Whose it is stays unsaid, in the log as well.
		if (done === 'taken')
			await record(tx, {
				kind: 'not-allowed',
				person: person.id,
				by: person.id,
				whence,
				about: { what: 'link-provider', provider }
			});
		return done;
	});
}

/**
 * Links an account to a person, inside the transaction that knows that both are one: they are signed in, or an invitation
 * made them known. The caller writes it down.
 * @returns `taken` when it opens somebody else's account, which stays as it is
 */
export async function linkProviderIn(
	tx: Tx,
	{ personId, provider, account }: { personId: string; provider: ProviderKey; account: Account },
	now = new Date()
): Promise<'linked' | 'was linked' | 'taken'> {
	const { issuer, subject, label } = account;
	const [linked] = await tx
		.insert(providerAccounts)
		.values({ issuer, subject, personId, provider, label, linkedAt: now })
		.onConflictDoNothing()
		.returning({ personId: providerAccounts.personId });
	if (linked) return 'linked';
	const [owner] = await tx.select({ personId: providerAccounts.personId }).from(providerAccounts).where(is(account));
	return owner?.personId === personId ? 'was linked' : 'taken';
}

/** Unlinks one of one's own accounts. @throws Refusal `not-found`, `rule`, or `unproven` */
export async function unlinkProvider(
	db: Database,
	asker: Asker,
	account: Pick<Account, 'issuer' | 'subject'>,
	now = new Date()
): Promise<void> {
	await db.asService(async (tx) => {
		await demandChange(tx, asker, now);
		const own = and(is(account), eq(providerAccounts.personId, asker.person.id));
		const [found] = await tx.select({ provider: providerAccounts.provider }).from(providerAccounts).where(own);
		if (!found) throw new Refusal('rule', 'This account is not linked to you any more. Nothing has changed.');
		await demandAnotherWay(tx, asker);
		await tx.delete(providerAccounts).where(own);
		await followChange(tx, asker, { what: 'provider-unlinked', provider: found.provider });
	});
}
