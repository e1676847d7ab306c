/** The ways in to one's account: reading them, and what every change of them has in common. */
import { and, asc, desc, eq, gt, isNull, lt, ne } from 'drizzle-orm';
import { record } from '#lib/audit/audit.server.ts';
import type { About, Whence } from '#lib/audit/event.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { queueMail } from '#lib/server/mail.ts';
import type { Person } from './person.ts';
import { opensTheDoor, type Proof } from './policy.ts';
import { demandProof, mustProve } from './proof.server.ts';
import { nameOfProvider } from './provider.ts';
import {
	addressProofs,
	emailAddresses,
	passkeys,
	people,
	providerAccounts,
	providerRequests,
	sessions
} from './schema.server.ts';
import { codeTries } from './sign-in.ts';
import { isLastWay, provenRecently, type WaysIn } from './ways-in.ts';
import { changedMail, type Change } from './ways-in-mail.ts';

/** Whoever changes their own ways in, and from where. */
export type Asker = { person: Person; session: Proof & { sessionId: string }; whence: Whence; origin: string };

export type ReadWaysIn = Awaited<ReturnType<typeof readWaysIn>>;

/** What a person sees of the ways in to their own account. */
export async function readWaysIn(
	db: Database,
	{ person, session }: Pick<Asker, 'person' | 'session'>,
	now = new Date()
) {
	const own = await db.asPerson(person.id, async (tx) => ({
		addresses: await tx
			.select({
				address: emailAddresses.address,
				kind: emailAddresses.kind,
				verifiedAt: emailAddresses.verifiedAt
			})
			.from(emailAddresses)
			.orderBy(desc(emailAddresses.kind), asc(emailAddresses.createdAt), asc(emailAddresses.address)),
		accounts: await tx
			.select({
				provider: providerAccounts.provider,
				issuer: providerAccounts.issuer,
				subject: providerAccounts.subject,
				label: providerAccounts.label,
				linkedAt: providerAccounts.linkedAt,
				lastUsedAt: providerAccounts.lastUsedAt
			})
			.from(providerAccounts)
			.orderBy(asc(providerAccounts.linkedAt), asc(providerAccounts.subject)),
		count: await countWaysIn(tx, person.id),
		recently: await isRecent(tx, session.sessionId, now)
	}));
	// Who asked to add what is nobody's to read but ours; its owner sees the address that they typed.
	const [proof] = await db.asService((tx) =>
		tx
			.select({ address: addressProofs.address })
			.from(addressProofs)
			.where(
				and(
					eq(addressProofs.personId, person.id),
					isNull(addressProofs.usedAt),
					gt(addressProofs.expiresAt, now),
					lt(addressProofs.codesTried, codeTries)
				)
			)
	);
	return {
		addresses: own.addresses.map(({ verifiedAt, ...rest }) => ({ ...rest, verified: verifiedAt !== null })),
		accounts: own.accounts.map((account) => ({ ...account, name: nameOfProvider(account.provider) })),
		lastWay: isLastWay(own.count),
		recently: own.recently,
		waitingFor: proof?.address ?? null
	};
}

/** As the person, or as the service. */
export async function countWaysIn(tx: Tx, personId: string): Promise<WaysIn> {
	const [addresses, accounts, keys] = [
		await tx
			.select({ kind: emailAddresses.kind, verifiedAt: emailAddresses.verifiedAt })
			.from(emailAddresses)
			.where(eq(emailAddresses.personId, personId)),
		await tx.$count(providerAccounts, eq(providerAccounts.personId, personId)),
		await tx.$count(passkeys, eq(passkeys.personId, personId))
	];
	const open = addresses.filter(({ kind, verifiedAt }) =>
		opensTheDoor({ kind, verified: verifiedAt !== null, ownerActive: true })
	);
	return { addresses: open.length, accounts, passkeys: keys };
}

async function isRecent(tx: Tx, sessionId: string, now: Date): Promise<boolean> {
	const [session] = await tx
		.select({ createdAt: sessions.createdAt, passkeyAt: sessions.passkeyAt })
		.from(sessions)
		.where(eq(sessions.id, sessionId));
	return session !== undefined && provenRecently(session, now);
}

/**
 * Whether this session may change ways in: its owner was there a moment ago, and with a passkey where the role asks for
 * one. Locks the person, so that of two who remove the last two ways at once, one is refused.
 * @throws Refusal `rule`, or `unproven`
 */
export async function demandChange(tx: Tx, { person, session }: Asker, now: Date): Promise<void> {
	// Not `update`: whoever signs in at this moment refers to the person, and two who wait for each other would both fail.
	await tx.select({ id: people.id }).from(people).where(eq(people.id, person.id)).for('no key update');
	if (!(await isRecent(tx, session.sessionId, now)))
		throw new Refusal(
			'rule',
			'You signed in more than an hour ago. Nothing has changed. Please sign in once more, so that we know it is you, and then do it again.'
		);
	if (await mustProve(tx, person.id)) demandProof(session, 'role', now);
}

/** @throws Refusal `rule` */
export async function demandAnotherWay(tx: Tx, { person }: Pick<Asker, 'person'>): Promise<void> {
	if (isLastWay(await countWaysIn(tx, person.id)))
		throw new Refusal(
			'rule',
			'This is your only way in, so it stays. Add another address, account or passkey first; then this one can go.'
		);
}

/**
 * What follows every change: it is written down, the person's other sessions end, and the addresses that were there
 * before are told.
 */
export async function followChange(tx: Tx, asker: Asker, change: Change): Promise<void> {
	const { person, whence, origin } = asker;
	const by = { person: person.id, by: person.id, whence };
	// No address stands in the log: one that was removed shall not live on there.
	const about: About = 'provider' in change ? { provider: change.provider } : { address: 'personal' };
	await record(tx, { kind: change.what, ...by, about });
	await endOtherSessionsIn(tx, asker);
	const told = await tx
		.select({ address: emailAddresses.address, kind: emailAddresses.kind, verifiedAt: emailAddresses.verifiedAt })
		.from(emailAddresses)
		.where(
			and(
				eq(emailAddresses.personId, person.id),
				change.what === 'address-added' ? ne(emailAddresses.address, change.address) : undefined
			)
		);
	const open = told
		.filter(({ kind, verifiedAt }) => opensTheDoor({ kind, verified: verifiedAt !== null, ownerActive: true }))
		.map(({ address }) => address);
	const page = new URL('/account/sign-in', origin).href;
	for (const address of change.what === 'address-removed' ? [...open, change.address] : open)
		await queueMail(tx, changedMail({ address, name: person.name }, named(change), page));
}

const named = (change: Change): Change =>
	'provider' in change ? { ...change, provider: nameOfProvider(change.provider) } : change;

async function endOtherSessionsIn(tx: Tx, { person, session, whence }: Asker): Promise<void> {
	const ended = await tx
		.delete(sessions)
		.where(and(eq(sessions.personId, person.id), ne(sessions.id, session.sessionId)))
		.returning({ id: sessions.id });
	const about = { because: 'ways-in-changed' };
	await record(
		tx,
		...ended.map(() => ({ kind: 'session-ended' as const, person: person.id, by: person.id, whence, about }))
	);
}

/** Forgets, after a day, who was on the way to a provider and which addresses were to be added. */
export const sweepWaysIn = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		const yesterday = new Date(now.getTime() - 86_400_000);
		await tx.delete(providerRequests).where(lt(providerRequests.createdAt, yesterday));
		await tx.delete(addressProofs).where(lt(addressProofs.createdAt, yesterday));
	});
