/**
 * Passkeys: adding one, signing in with one, showing one again in a session, and what happens when they are lost. What a
 * browser answers is checked by @simplewebauthn/server; a challenge is a row, used up by whatever answers it first.
 */
import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/server';
import { and, asc, count, eq, gt, isNull, lt, lte, ne, or, sql } from 'drizzle-orm';
import type { RequestEvent } from '@sveltejs/kit';
import { record, whenceOf } from '#lib/audit/audit.server.ts';
import type { Whence } from '#lib/audit/event.ts';
import { notFound, Refusal } from '#lib/errors.ts';
import type { Database, Tx } from '#lib/server/database.ts';
import { isId } from '#lib/server/id.ts';
import { queueMail } from '#lib/server/mail.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import {
	challengeIn,
	challengeLife,
	countsOn,
	passkeysPerPerson,
	readAdded,
	readName,
	readUsed,
	siteAt,
	type Site,
	type UsedAnswer
} from './passkey.ts';
import { passkeyMail, type PasskeyNews } from './passkey-mail.ts';
import type { Person } from './person.ts';
import { asksForPasskey, isProven, mayLetInAgain, opensTheDoor, type Proof } from './policy.ts';
import { demandProof, mustProve } from './proof.server.ts';
import { emailAddresses, passkeyChallenges, passkeys, people, roles, sessions } from './schema.server.ts';
import { signedIn } from './signed-in.server.ts';
import { demandAnotherWay } from './ways-in.server.ts';
import { openSessionIn, rotateSessionIn, type Browser, type NewSession } from './session.server.ts';

/** Who asks, in which session, and from where. */
export type Holder = { person: Person; session: Proof & { sessionId: string }; whence: Whence };

export type Passkey = {
	id: string;
	name: string;
	createdAt: Date;
	lastUsedAt: Date | null;
	/** Whether it also lives on other devices of its owner. */
	backedUp: boolean;
};

/** The person asking, as verbs about passkeys need them. Sends everybody else to the sign-in page. @throws Refusal away */
export function holderOf(event: Pick<RequestEvent, 'locals' | 'request' | 'getClientAddress'>): Holder {
	const person = signedIn(event.locals);
	// Whoever is somebody has a session: `handle` reads both from one row.
	return { person, session: event.locals.session!, whence: whenceOf(event) };
}

type Purpose = (typeof passkeyChallenges.$inferSelect)['purpose'];

/** ES256, EdDSA and RS256 (COSE): what devices of today sign with. */
const algorithms = [-7, -8, -257];

/** Where passkeys belong to, for a request to this address. */
export const siteOf = (asked: URL): Site => siteAt(ownOrigin(asked));

/** A person's passkeys, the oldest first. */
export const listPasskeys = (db: Database, person: Person): Promise<Passkey[]> =>
	db.asPerson(person.id, (tx) =>
		tx
			.select({
				id: passkeys.id,
				name: passkeys.name,
				createdAt: passkeys.createdAt,
				lastUsedAt: passkeys.lastUsedAt,
				backedUp: passkeys.backedUp
			})
			.from(passkeys)
			.where(eq(passkeys.personId, person.id))
			.orderBy(asc(passkeys.createdAt), asc(passkeys.id))
	);

/** Whether this person is asked for a passkey, and how many they have. */
export const readKeyRing = (db: Database, person: Person): Promise<{ must: boolean; keys: number }> =>
	db.asPerson(person.id, async (tx) => {
		const [own] = await tx.select({ keys: count() }).from(passkeys).where(eq(passkeys.personId, person.id));
		return { must: await mustProve(tx, person.id), keys: own!.keys };
	});

/** A challenge of a person's own; the one asked for before is not waited for any more. */
async function challenge(tx: Tx, purpose: Purpose, personId: string | null, text: string, now: Date): Promise<string> {
	if (personId)
		await tx
			.delete(passkeyChallenges)
			.where(and(eq(passkeyChallenges.personId, personId), eq(passkeyChallenges.purpose, purpose)));
	const [row] = await tx
		.insert(passkeyChallenges)
		.values({
			challenge: text,
			purpose,
			personId,
			createdAt: now,
			expiresAt: new Date(now.getTime() + challengeLife)
		})
		.returning({ id: passkeyChallenges.id });
	return row!.id;
}

/** Uses a challenge up, if it was made for this and is not too old. Of two answers at the same instant one finds it. */
async function useUp(
	tx: Tx,
	purpose: Purpose,
	whose: { personId: string; challenge: string } | { id: string },
	now: Date
) {
	const [row] = await tx
		.update(passkeyChallenges)
		.set({ usedAt: now })
		.where(
			and(
				'id' in whose
					? and(eq(passkeyChallenges.id, whose.id), isNull(passkeyChallenges.personId))
					: and(eq(passkeyChallenges.personId, whose.personId), eq(passkeyChallenges.challenge, whose.challenge)),
				eq(passkeyChallenges.purpose, purpose),
				isNull(passkeyChallenges.usedAt),
				gt(passkeyChallenges.expiresAt, now)
			)
		)
		.returning({ challenge: passkeyChallenges.challenge });
	return row?.challenge ?? null;
}

/**
 * Whoever is asked for a passkey and has one shows it before touching any of them: else a mailbox alone would be
 * enough to put another beside it. Whoever has none yet sets up the first. @throws Refusal unproven
 */
async function demandKeys(tx: Tx, { person, session }: Holder, keys: number, now: Date): Promise<void> {
	if (keys > 0 && (await mustProve(tx, person.id))) demandProof(session, 'role', now);
}

/**
 * The person's own row, locked, so that two changes to one key ring take turns. Not `update`: whoever signs in at this
 * moment refers to the person, and two who wait for each other would both fail.
 */
async function keysOf(tx: Tx, personId: string): Promise<{ id: string; transports: string[] }[]> {
	await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('no key update');
	return tx
		.select({ id: passkeys.id, transports: passkeys.transports })
		.from(passkeys)
		.where(eq(passkeys.personId, personId));
}

function demandRoom(keys: number): void {
	if (keys < passkeysPerPerson) return;
	throw new Refusal(
		'rule',
		`You have ${passkeysPerPerson} passkeys, and there is no room for more. Remove one that you no longer use, then add this one.`
	);
}

type Descriptor = {
	id: string;
	transports?: ('internal' | 'hybrid' | 'usb' | 'nfc' | 'ble' | 'cable' | 'smart-card')[];
};
const described = (keys: { id: string; transports: string[] }[]) =>
	keys.map(({ id, transports }) => ({ id, transports }) as Descriptor);

/**
 * What a browser needs to make a passkey for the person asking.
 * @throws Refusal rule (too many), unproven
 */
export const askToAdd = (
	db: Database,
	holder: Holder,
	site: Site,
	now = new Date()
): Promise<PublicKeyCredentialCreationOptionsJSON> =>
	db.asService(async (tx) => {
		const { person } = holder;
		const keys = await keysOf(tx, person.id);
		await demandKeys(tx, holder, keys.length, now);
		demandRoom(keys.length);
		const [address] = await tx
			.select({ address: emailAddresses.address })
			.from(emailAddresses)
			.where(eq(emailAddresses.personId, person.id))
			.orderBy(sql`${emailAddresses.kind} = 'personal'`, asc(emailAddresses.createdAt))
			.limit(1);
		const options = await generateRegistrationOptions({
			rpName: 'Wayfellow',
			rpID: site.rpId,
			// Only for its owner, who may have two accounts, to tell them apart; it stays on their device.
			userName: address?.address ?? person.name,
			userDisplayName: person.name,
			userID: new TextEncoder().encode(person.id),
			timeout: challengeLife,
			attestationType: 'none',
			excludeCredentials: described(keys),
			authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
			supportedAlgorithmIDs: algorithms
		});
		await challenge(tx, 'add', person.id, options.challenge, now);
		return options;
	});

/**
 * Keeps the passkey that the browser made. Its owner has shown themselves with it, so the session gets a new secret.
 * @throws Refusal rule, unproven
 */
export async function addPasskey(
	db: Database,
	holder: Holder,
	sent: { answer: string; name: string },
	site: Site,
	now = new Date()
): Promise<NewSession> {
	const { person, session, whence } = holder;
	const name = readName(sent.name);
	if (!name) throw new Refusal('rule', 'Please give the passkey a name of at most 60 letters. Nothing was added yet.');
	const answer = readAdded(sent.answer);
	const added = await db.asService(async (tx) => {
		const keys = await keysOf(tx, person.id);
		await demandKeys(tx, holder, keys.length, now);
		demandRoom(keys.length);
		const refused = async (why: string) => {
			const about = { what: 'passkey-added', why };
			await record(tx, { kind: 'not-allowed', person: person.id, by: person.id, whence, about });
			return null;
		};
		const text = answer && challengeIn(answer.response.clientDataJSON);
		const expected = text && (await useUp(tx, 'add', { personId: person.id, challenge: text }, now));
		if (!answer || !expected) return refused('challenge');
		const made = await verifyRegistrationResponse({
			response: { ...answer, clientExtensionResults: {} } as Parameters<
				typeof verifyRegistrationResponse
			>[0]['response'],
			expectedChallenge: expected,
			expectedOrigin: site.origin,
			expectedRPID: site.rpId,
			requireUserVerification: true,
			supportedAlgorithmIDs: algorithms
		}).catch(() => null);
		if (!made?.verified) return refused('answer');
		const { credential, credentialBackedUp } = made.registrationInfo;
		const [row] = await tx
			.insert(passkeys)
			.values({
				id: credential.id,
				personId: person.id,
				publicKey: credential.publicKey,
				counter: credential.counter,
				transports: answer.response.transports,
				backedUp: credentialBackedUp,
				name,
				createdAt: now
			})
			.onConflictDoNothing()
			.returning({ id: passkeys.id });
		if (!row) return refused('known');
		const fresh = await rotateSessionIn(tx, session.sessionId, { passkeyAt: now, now });
		// The session ended meanwhile, on another device: then nothing of this happened.
		if (!fresh) throw new Refusal('rule', 'You were signed out meanwhile. Please sign in and add the passkey again.');
		const about = { nth: keys.length + 1, backedUp: credentialBackedUp };
		await record(tx, { kind: 'passkey-added', person: person.id, by: person.id, whence, about });
		await tell(tx, person, 'added', name);
		return fresh;
	});
	if (!added)
		throw new Refusal(
			'rule',
			'This passkey could not be added: the answer was too old, used before, or not from this page. Nothing has changed. Please try once more.'
		);
	return added;
}

/** Tells a person at every address that lets them in. */
async function tell(tx: Tx, person: Pick<Person, 'id' | 'name'>, what: PasskeyNews, name: string): Promise<void> {
	const addresses = await tx
		.select({ address: emailAddresses.address, kind: emailAddresses.kind, verifiedAt: emailAddresses.verifiedAt })
		.from(emailAddresses)
		.where(eq(emailAddresses.personId, person.id));
	for (const { address, kind, verifiedAt } of addresses)
		if (opensTheDoor({ kind, verified: verifiedAt !== null, ownerActive: true }))
			await queueMail(tx, passkeyMail({ address, name: person.name }, what, name));
}

/** Calls a passkey something else. @throws Refusal rule, not-found */
export async function renamePasskey(db: Database, person: Person, id: string, typed: string): Promise<void> {
	const name = readName(typed);
	if (!name) throw new Refusal('rule', 'Please give the passkey a name of at most 60 letters. It keeps its old one.');
	const found = await db.asService((tx) =>
		tx
			.update(passkeys)
			.set({ name })
			.where(and(eq(passkeys.id, id), eq(passkeys.personId, person.id)))
			.returning({ id: passkeys.id })
	);
	if (found.length === 0) throw notFound('passkey');
}

/**
 * Takes a passkey away: most often because the device is lost, so whoever is signed in elsewhere is signed out.
 * @throws Refusal not-found, unproven, rule (it is the last way in)
 */
export const removePasskey = (db: Database, holder: Holder, id: string, now = new Date()): Promise<void> =>
	db.asService(async (tx) => {
		const { person, session, whence } = holder;
		const keys = await keysOf(tx, person.id);
		if (!keys.some((key) => key.id === id)) throw notFound('passkey');
		await demandKeys(tx, holder, keys.length, now);
		await demandAnotherWay(tx, holder);
		const [gone] = await tx.delete(passkeys).where(eq(passkeys.id, id)).returning({ name: passkeys.name });
		const ended = await tx
			.delete(sessions)
			.where(and(eq(sessions.personId, person.id), ne(sessions.id, session.sessionId)))
			.returning({ id: sessions.id });
		const about = { left: keys.length - 1, sessionsEnded: ended.length };
		await record(tx, { kind: 'passkey-removed', person: person.id, by: person.id, whence, about });
		await tell(tx, person, 'removed', gone!.name);
	});

/** What a browser needs to show a passkey of the person asking. */
export const askToProve = (
	db: Database,
	person: Person,
	site: Site,
	now = new Date()
): Promise<PublicKeyCredentialRequestOptionsJSON> =>
	db.asService(async (tx) => {
		const keys = await keysOf(tx, person.id);
		const options = await optionsFor(site, described(keys));
		await challenge(tx, 'prove', person.id, options.challenge, now);
		return options;
	});

const optionsFor = (site: Site, allowCredentials?: Descriptor[]) =>
	generateAuthenticationOptions({
		rpID: site.rpId,
		userVerification: 'required',
		timeout: challengeLife,
		...(allowCredentials ? { allowCredentials } : {})
	});

/** A public key that nobody has the private half of, for answers with a passkey that nobody has. */
const nobodysKey = Buffer.from(
	'pQECAyYgASFYIPdZ8dhJFNtrwe6CX+vfQ1v9VmZ9s5AAlPP2TUjP+z6eIlggmWVY1PTUGxEi7/mwV4GI6JOI29rx4pZDc3QkfSCnBFk=',
	'base64'
);

type KnownKey = { personId: string; publicKey: Uint8Array; counter: number };

/** Whether an answer was signed by this passkey, here and now; with the counter that it says. */
async function signedBy(key: KnownKey | undefined, answer: UsedAnswer, expected: string, site: Site) {
	const checked = await verifyAuthenticationResponse({
		response: { ...answer, clientExtensionResults: {} } as Parameters<
			typeof verifyAuthenticationResponse
		>[0]['response'],
		expectedChallenge: expected,
		expectedOrigin: site.origin,
		expectedRPID: site.rpId,
		requireUserVerification: true,
		// The counter is looked at afterwards: only what is truly signed says that there are two of a key.
		credential: { id: answer.id, publicKey: new Uint8Array(key?.publicKey ?? nobodysKey), counter: 0 }
	}).catch(() => null);
	return key && checked?.verified ? checked.authenticationInfo : null;
}

/** The rest of what signing in and proving share: the key, its counter, and its last use. Answers with why not. */
async function useKey(
	tx: Tx,
	answer: UsedAnswer,
	expected: string,
	site: Site,
	mayBe: (key: KnownKey) => boolean,
	now: Date
): Promise<{ personId: string } | { why: 'answer' | 'counter'; personId: string | null }> {
	// Locked, so that two answers with one counter take turns.
	const [found] = await tx
		.select({ personId: passkeys.personId, publicKey: passkeys.publicKey, counter: passkeys.counter })
		.from(passkeys)
		.where(eq(passkeys.id, answer.id))
		.for('update');
	const key = found && mayBe(found) ? found : undefined;
	const signed = await signedBy(key, answer, expected, site);
	if (!key || !signed) return { why: 'answer', personId: found?.personId ?? null };
	if (!countsOn(key.counter, signed.newCounter)) return { why: 'counter', personId: key.personId };
	await tx
		.update(passkeys)
		.set({ counter: signed.newCounter, backedUp: signed.credentialBackedUp, lastUsedAt: now })
		.where(eq(passkeys.id, answer.id));
	return { personId: key.personId };
}

/**
 * The person shows a passkey again in their session, which gets a new secret.
 * @throws Refusal rule
 */
export async function prove(
	db: Database,
	{ person, session, whence }: Holder,
	sent: string,
	site: Site,
	now = new Date()
): Promise<NewSession> {
	const answer = readUsed(sent);
	const proven = await db.asService(async (tx) => {
		const text = answer && challengeIn(answer.response.clientDataJSON);
		const expected = text && (await useUp(tx, 'prove', { personId: person.id, challenge: text }, now));
		const used =
			answer && expected
				? await useKey(tx, answer, expected, site, (key) => key.personId === person.id, now)
				: { why: 'challenge' };
		if ('why' in used) {
			const about = { how: 'passkey', why: used.why };
			await record(tx, { kind: 'sign-in-refused', person: person.id, by: person.id, whence, about });
			return null;
		}
		const fresh = await rotateSessionIn(tx, session.sessionId, { passkeyAt: now, now });
		if (fresh)
			await record(tx, { kind: 'passkey-used', person: person.id, by: person.id, whence, about: { for: 'prove' } });
		return fresh;
	});
	if (!proven)
		throw new Refusal(
			'rule',
			'That did not show us that it is you: the answer was too old, used before, or of another passkey. Nothing is lost. Please try once more.'
		);
	return proven;
}

/** What a browser needs to sign somebody in: who it is, the passkey says. @returns also the id that must come back */
export const askToSignIn = (
	db: Database,
	site: Site,
	now = new Date()
): Promise<{ requestId: string; options: PublicKeyCredentialRequestOptionsJSON }> =>
	db.asService(async (tx) => {
		const options = await optionsFor(site);
		return { requestId: await challenge(tx, 'sign-in', null, options.challenge, now), options };
	});

/**
 * Signs in whoever's passkey answered, in the browser that asked. A passkey of nobody is answered like a wrong signature.
 * @throws Refusal rule
 */
export async function signInByPasskey(
	db: Database,
	requestId: string | null,
	sent: string,
	site: Site,
	browser: Browser,
	now = new Date()
): Promise<NewSession> {
	const answer = readUsed(sent);
	const session = await db.asService(async (tx) => {
		const expected = requestId && isId(requestId) && (await useUp(tx, 'sign-in', { id: requestId }, now));
		if (!answer || !expected) return null;
		// A passkey that signs in without being told whose it is says so itself; a mismatch is no answer of ours.
		const { userHandle } = answer.response;
		const used = await useKey(tx, answer, expected, site, (key) => userHandle === handleOf(key.personId), now);
		if ('why' in used) {
			if (used.personId)
				await record(tx, {
					kind: 'sign-in-refused',
					person: used.personId,
					by: null,
					whence: browser.whence,
					about: { how: 'passkey', why: used.why }
				});
			return null;
		}
		const [owner] = await tx
			.select({ id: people.id })
			.from(people)
			.where(and(eq(people.id, used.personId), isNull(people.deactivatedAt)));
		return owner ? openSessionIn(tx, owner.id, 'passkey', browser, now) : null;
	});
	if (!session)
		throw new Refusal(
			'rule',
			'This passkey did not sign you in: the answer was too old, used before, or the passkey is not known here. Please try once more, or let us send you a mail.'
		);
	return session;
}

const handleOf = (personId: string) => Buffer.from(personId).toString('base64url');

/**
 * A second manager lets somebody in again who lost their passkeys: they are signed out, their passkeys are gone, and
 * they may set up a new one after signing in by mail.
 * @throws Refusal unproven, not-found, not-allowed
 */
export async function letInAgain(
	db: Database,
	{ person, session, whence }: Holder,
	otherId: string,
	now = new Date()
): Promise<void> {
	if (!isId(otherId)) throw notFound('person');
	const reach = await db.asPerson(person.id, async (tx) => {
		const { rows } = (await tx.execute(sql`select unnest(app.overseen_proving_role_ids()) as id`)) as unknown as {
			rows: { id: string }[];
		};
		return rows.map(({ id }) => id);
	});
	const lost = await db.asService(async (tx) => {
		const held = await tx
			.select({ id: roles.id, role: roles.role })
			.from(roles)
			.where(
				and(
					eq(roles.personId, otherId),
					lte(roles.fromAt, sql`now()`),
					or(isNull(roles.untilAt), gt(roles.untilAt, sql`now()`))
				)
			);
		const asking = held.filter(({ role }) => asksForPasskey(role));
		const inReach = asking.filter(({ id }) => reach.includes(id)).length;
		// Whoever manages nothing of theirs may not learn that there is such a person.
		if (inReach === 0) return 'not-found';
		const proven = isProven(session, 'role', now);
		if (!proven) return 'unproven';
		if (!mayLetInAgain({ self: person.id === otherId, proven, asking: asking.length, inReach })) {
			const about = { what: 'let-in-again' };
			await record(tx, { kind: 'not-allowed', person: otherId, by: person.id, whence, about });
			return 'not-allowed';
		}
		await resetIn(tx, otherId, { by: person, whence });
		return 'done';
	});
	if (lost === 'not-found') throw notFound('person');
	if (lost === 'unproven') demandProof(session, 'role', now);
	if (lost === 'not-allowed')
		throw new Refusal(
			'not-allowed',
			'Lost passkeys need somebody who manages everything that this person manages, and who is not that person. Nothing has changed.'
		);
}

/** @param by null when whoever runs the server does it, from the command line */
async function resetIn(
	tx: Tx,
	personId: string,
	{ by, whence }: { by: Person | null; whence: Whence | null }
): Promise<void> {
	const [other] = await tx.select({ id: people.id, name: people.name }).from(people).where(eq(people.id, personId));
	const keys = await tx.delete(passkeys).where(eq(passkeys.personId, personId)).returning({ id: passkeys.id });
	const ended = await tx.delete(sessions).where(eq(sessions.personId, personId)).returning({ id: sessions.id });
	const about = { why: 'lost', keys: keys.length, sessionsEnded: ended.length };
	await record(tx, { kind: 'passkey-removed', person: personId, by: by?.id ?? null, whence, about });
	await tell(tx, other!, 'let-in-again', by?.name ?? 'Whoever runs this Wayfellow');
}

/**
 * The same from the command line, for when there is no second manager. @returns the name of the person, null for nobody
 */
export const letInAgainByAddress = (db: Database, address: string): Promise<string | null> =>
	db.asService(async (tx) => {
		const [owner] = await tx
			.select({ id: people.id, name: people.name })
			.from(emailAddresses)
			.innerJoin(people, eq(people.id, emailAddresses.personId))
			.where(eq(emailAddresses.address, address));
		if (!owner) return null;
		await resetIn(tx, owner.id, { by: null, whence: null });
		return owner.name;
	});

/** Forgets challenges that nobody can answer any more. */
export const sweepPasskeyChallenges = (db: Database, now = new Date()) =>
	db.asService(async (tx) => {
		await tx.delete(passkeyChallenges).where(lt(passkeyChallenges.expiresAt, now));
	});
