import { count, desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import type { EmbeddedDatabase } from '#lib/server/embedded.ts';
import { Authenticator, type Lies } from '../../../tests/authenticator.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { challengeLife, passkeysPerPerson, siteAt } from './passkey.ts';
import {
	addPasskey,
	askToAdd,
	askToProve,
	askToSignIn,
	type Holder,
	letInAgain,
	letInAgainByAddress,
	listPasskeys,
	prove,
	readKeyRing,
	removePasskey,
	renamePasskey,
	signInByPasskey,
	sweepPasskeyChallenges
} from './passkey.server.ts';
import {
	emailAddresses,
	organizations,
	passkeyChallenges,
	passkeys,
	people,
	roles,
	sessions
} from './schema.server.ts';
import { createSession, createSessionIn, readSession } from './session.server.ts';

const site = siteAt('https://wayfellow.example.org');
const now = new Date('2026-11-29T18:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const whence = { network: '192.0.2.7', userAgent: 'a browser' };
const browser = { whence, formerSessionId: null, shared: false };
const id = (n: number) => `01930000-0000-7000-8000-00000000ac${String(n).padStart(2, '0')}`;
const person = (n: number, name: string) => ({ id: id(n), name, initials: name[0]! });
const ada = person(1, 'Ada Lovett');
const gil = person(2, 'Gil Gone');
/** Managers: of a program, of the same, of another, of both, of the school above; and the program's assessor. */
const [mia, max, zoe, bea, una, sol] = [
	person(3, 'Mia One'),
	person(4, 'Max Same'),
	person(5, 'Zoe Other'),
	person(6, 'Bea Both'),
	person(7, 'Una Above'),
	person(8, 'Sol Assessor')
];
const [school, first, second] = [id(20), id(21), id(22)];

let db: EmbeddedDatabase;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner(async (tx) => {
		const place = { name: 'Riverside', timeZone: 'America/Chicago' };
		await tx.insert(organizations).values([
			{ ...place, id: id(19), kind: 'state' },
			{ ...place, id: school, kind: 'school', parentId: id(19) }
		]);
		// The room of programs lies below this one, so it is spoken to in SQL.
		for (const program of [first, second])
			await tx.execute(sql`insert into programs (id, key, name, organization_id, time_zone, starts_on)
				values (${program}, ${program}, 'A program', ${school}, 'America/Chicago', '2026-08-01')`);
		await tx.insert(people).values([ada, gil, mia, max, zoe, bea, una, sol]);
		await tx.insert(emailAddresses).values([
			{ address: 'ada@school.example', personId: ada.id, kind: 'school' },
			{ address: 'ada@home.example', personId: ada.id, kind: 'personal', verifiedAt: now },
			{ address: 'ada@elsewhere.example', personId: ada.id, kind: 'personal' },
			{ address: 'mia@school.example', personId: mia.id, kind: 'school' }
		]);
		const of = (
			who: { id: string },
			scopeKind: 'program' | 'school',
			scopeId: string,
			role: 'manager' | 'assessor'
		) => ({
			personId: who.id,
			role,
			scopeKind,
			scopeId,
			fromAt: new Date('2026-08-01T00:00:00Z')
		});
		await tx
			.insert(roles)
			.values([
				of(mia, 'program', first, 'manager'),
				of(max, 'program', first, 'manager'),
				of(zoe, 'program', second, 'manager'),
				of(bea, 'program', first, 'manager'),
				of(bea, 'program', second, 'manager'),
				of(una, 'school', school, 'manager'),
				of(sol, 'program', first, 'assessor')
			]);
	});
});
afterAll(() => db.close());
beforeEach(() =>
	db.asOwner(async (tx) => {
		for (const table of [passkeyChallenges, passkeys, sessions, mailMessages]) await tx.delete(table);
		await tx.execute(sql`truncate audit_events`);
	})
);

/** Somebody signed in by mail, in a session of their own. */
async function holderOf(who: typeof ada, at = now): Promise<Holder & { cookieValue: string }> {
	const { sessionId, cookieValue } = await createSession(db, who.id, null, at);
	return { person: who, session: { sessionId, openedBy: 'mail', passkeyAt: null }, whence, cookieValue };
}

/** Adds a passkey and answers with it, and with the session as it is then. */
async function withKey(holder: Holder, name = 'My phone', at = now) {
	const key = new Authenticator(site);
	const session = await addPasskey(
		db,
		holder,
		{ answer: key.make(await askToAdd(db, holder, site, at)), name },
		site,
		at
	);
	return {
		key,
		...session,
		holder: {
			...holder,
			session: { sessionId: session.sessionId, openedBy: holder.session.openedBy, passkeyAt: at }
		} satisfies Holder
	};
}

async function signIn(key: Authenticator, lies: Lies = {}, { asked = now, answered = now } = {}) {
	const { requestId, options } = await askToSignIn(db, site, asked);
	return signInByPasskey(db, requestId, key.use(options, lies), site, browser, answered);
}

const written = (who: { id: string }) =>
	db.asOwner((tx) =>
		tx
			.select({ kind: auditEvents.kind, by: auditEvents.byPersonId, about: auditEvents.about })
			.from(auditEvents)
			.where(eq(auditEvents.personId, who.id))
			.orderBy(desc(auditEvents.id))
	);
const mails = () =>
	db.asOwner((tx) =>
		tx.select({ to: mailMessages.toAddress, kind: mailMessages.kind, text: mailMessages.bodyText }).from(mailMessages)
	);
const rows = async (table: typeof passkeys | typeof sessions | typeof passkeyChallenges) =>
	(await db.asOwner((tx) => tx.select({ rows: count() }).from(table)))[0]!.rows;

test('a passkey is added, listed, renamed, and signs its owner in', async () => {
	const holder = await holderOf(ada);
	const { key } = await withKey(holder);
	expect(await listPasskeys(db, ada)).toEqual([
		{ id: key.id, name: 'My phone', createdAt: now, lastUsedAt: null, backedUp: false }
	]);
	await renamePasskey(db, ada, key.id, ' The blue phone ');
	const session = await signIn(key, {}, { asked: now, answered: later(1000) });
	expect(await readSession(db, session.cookieValue, later(1000))).toMatchObject({
		person: ada,
		openedBy: 'passkey',
		passkeyAt: later(1000)
	});
	expect(await listPasskeys(db, ada)).toMatchObject([{ name: 'The blue phone', lastUsedAt: later(1000) }]);
	expect((await written(ada)).map(({ kind }) => kind)).toEqual(['signed-in', 'passkey-added']);
});

test('its owner is told by mail, at every address that is theirs, and hears it in the audit', async () => {
	await withKey(await holderOf(ada));
	expect((await mails()).map(({ to, kind }) => [to, kind]).sort()).toEqual([
		['ada@home.example', 'passkey-added'],
		['ada@school.example', 'passkey-added']
	]);
	expect((await mails())[0]!.text).toContain('“My phone”');
	expect(await written(ada)).toEqual([{ kind: 'passkey-added', by: ada.id, about: { nth: 1, backedUp: false } }]);
});

test('making one shows who it is: the session gets a new secret and the old cookie is dead', async () => {
	const holder = await holderOf(ada);
	const { cookieValue, sessionId, expiresAt } = await withKey(holder, 'Key', later(1000));
	expect(sessionId).not.toBe(holder.session.sessionId);
	expect(await readSession(db, holder.cookieValue, later(1000))).toBeNull();
	const read = await readSession(db, cookieValue, later(1000));
	expect(read).toMatchObject({ openedBy: 'mail', passkeyAt: later(1000) });
	// It lasts no longer than it did before.
	expect(expiresAt.getTime() - now.getTime()).toBe(30 * 86_400_000);
});

test('the browser is asked for a passkey on the device, with a finger, a face or a PIN, and not for one that is there', async () => {
	const holder = await holderOf(ada);
	const { key, holder: proven } = await withKey(holder);
	const options = await askToAdd(db, proven, site, now);
	expect(options).toMatchObject({
		rp: { id: 'wayfellow.example.org' },
		user: { name: 'ada@school.example', displayName: 'Ada Lovett' },
		authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
		attestation: 'none',
		excludeCredentials: [{ id: key.id, type: 'public-key', transports: ['internal'] }]
	});
	expect(Buffer.from(options.challenge, 'base64url').length).toBeGreaterThanOrEqual(16);
	const asked = await askToSignIn(db, site, now);
	expect(asked.options).toMatchObject({ rpId: 'wayfellow.example.org', userVerification: 'required' });
	// Whom a passkey belongs to is not told to whoever comes by.
	expect(asked.options.allowCredentials).toBeUndefined();
	expect(await askToProve(db, ada, site, now)).toMatchObject({ allowCredentials: [{ id: key.id }] });
});

const wrong: [what: string, lies: Lies][] = [
	['from another origin', { origin: 'https://wayfellow.example.org.evil.example' }],
	['from our host over plain http', { origin: 'http://wayfellow.example.org' }],
	['for another host', { rpId: 'evil.example' }],
	['without a finger, a face or a PIN', { unverified: true }],
	['of the other kind', { type: 'webauthn.other' }]
];

test.for(wrong)('an answer %s adds nothing', async ([, lies]) => {
	const holder = await holderOf(ada);
	const answer = new Authenticator(site).make(await askToAdd(db, holder, site, now), lies);
	await expect(addPasskey(db, holder, { answer, name: 'Key' }, site, now)).rejects.toMatchObject({ reason: 'rule' });
	expect(await rows(passkeys)).toBe(0);
	expect(await written(ada)).toEqual([
		{ kind: 'not-allowed', by: ada.id, about: { what: 'passkey-added', why: 'answer' } }
	]);
});

test.for([...wrong, ['signed by another key', { forged: true }] as (typeof wrong)[number]])(
	'an answer %s signs nobody in, and proves nothing',
	async ([, lies]) => {
		const { key, holder } = await withKey(await holderOf(ada));
		const before = await rows(sessions);
		await expect(signIn(key, lies)).rejects.toMatchObject({ reason: 'rule' });
		const options = await askToProve(db, ada, site, now);
		await expect(prove(db, holder, key.use(options, lies), site, now)).rejects.toMatchObject({ reason: 'rule' });
		expect(await rows(sessions)).toBe(before);
		expect((await written(ada)).slice(0, 2)).toEqual([
			{ kind: 'sign-in-refused', by: ada.id, about: { how: 'passkey', why: 'answer' } },
			{ kind: 'sign-in-refused', by: null, about: { how: 'passkey', why: 'answer' } }
		]);
	}
);

test('what is no answer at all is refused like a wrong one', async () => {
	const holder = await holderOf(ada);
	for (const answer of ['', 'null', '{}', 'x'.repeat(100_000)]) {
		await expect(addPasskey(db, holder, { answer, name: 'Key' }, site, now)).rejects.toMatchObject({ reason: 'rule' });
		await expect(prove(db, holder, answer, site, now)).rejects.toMatchObject({ reason: 'rule' });
		const { requestId } = await askToSignIn(db, site, now);
		await expect(signInByPasskey(db, requestId, answer, site, browser, now)).rejects.toMatchObject({ reason: 'rule' });
	}
	await expect(signInByPasskey(db, null, '{}', site, browser, now)).rejects.toMatchObject({ reason: 'rule' });
	await expect(signInByPasskey(db, "'; --", '{}', site, browser, now)).rejects.toMatchObject({ reason: 'rule' });
});

test('a challenge is answered once, and the same answer sent again is worth nothing', async () => {
	const { key, holder } = await withKey(await holderOf(ada));
	const { requestId, options } = await askToSignIn(db, site, now);
	const answer = key.use(options);
	await signInByPasskey(db, requestId, answer, site, browser, now);
	await expect(signInByPasskey(db, requestId, answer, site, browser, now)).rejects.toMatchObject({ reason: 'rule' });

	const proof = key.use(await askToProve(db, ada, site, now));
	const { sessionId } = await prove(db, holder, proof, site, now);
	const again = { ...holder, session: { ...holder.session, sessionId } };
	await expect(prove(db, again, proof, site, now)).rejects.toMatchObject({ reason: 'rule' });

	const made = new Authenticator(site).make(await askToAdd(db, again, site, now));
	const added = await addPasskey(db, again, { answer: made, name: 'Second' }, site, now);
	const third = { ...again, session: { ...again.session, sessionId: added.sessionId } };
	await expect(addPasskey(db, third, { answer: made, name: 'Third' }, site, now)).rejects.toMatchObject({
		reason: 'rule'
	});
	expect(await rows(passkeys)).toBe(2);
});

test('of two answers to one challenge at the same instant one is taken', async () => {
	const { key } = await withKey(await holderOf(ada));
	const { requestId, options } = await askToSignIn(db, site, now);
	const answers = [key.use(options), key.use(options), key.use(options)];
	const tried = await Promise.allSettled(
		answers.map((answer) => signInByPasskey(db, requestId, answer, site, browser, now))
	);
	expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a wrong answer uses the challenge up too', async () => {
	const { key } = await withKey(await holderOf(ada));
	const { requestId, options } = await askToSignIn(db, site, now);
	const forged = key.use(options, { forged: true });
	await expect(signInByPasskey(db, requestId, forged, site, browser, now)).rejects.toThrow();
	await expect(signInByPasskey(db, requestId, key.use(options), site, browser, now)).rejects.toThrow();
});

test('a challenge is too old after five minutes', async () => {
	const { key, holder } = await withKey(await holderOf(ada));
	await expect(signIn(key, {}, { asked: now, answered: later(challengeLife) })).rejects.toMatchObject({
		reason: 'rule'
	});
	const options = await askToProve(db, ada, site, now);
	await expect(prove(db, holder, key.use(options), site, later(challengeLife))).rejects.toMatchObject({
		reason: 'rule'
	});
	const answer = new Authenticator(site).make(await askToAdd(db, holder, site, now));
	await expect(addPasskey(db, holder, { answer, name: 'Key' }, site, later(challengeLife))).rejects.toMatchObject({
		reason: 'rule'
	});
	await signIn(key, {}, { asked: now, answered: later(challengeLife - 1) });
});

test('a challenge of another person, of another purpose or of nobody is no challenge', async () => {
	const { key, holder } = await withKey(await holderOf(ada));
	const other = await withKey(await holderOf(gil));
	// Gil was asked; Ada answers with her key.
	const hers = key.use(await askToProve(db, gil, site, now));
	await expect(prove(db, holder, hers, site, now)).rejects.toMatchObject({ reason: 'rule' });
	// Ada was asked; Gil's key answers.
	const his = other.key.use(await askToProve(db, ada, site, now));
	await expect(prove(db, holder, his, site, now)).rejects.toMatchObject({ reason: 'rule' });
	// Asked for one thing, answered for another.
	const { requestId, options } = await askToSignIn(db, site, now);
	await expect(prove(db, holder, key.use(options), site, now)).rejects.toMatchObject({ reason: 'rule' });
	await askToProve(db, ada, site, now);
	const [mine] = await db.asOwner((tx) =>
		tx.select().from(passkeyChallenges).where(eq(passkeyChallenges.personId, ada.id))
	);
	await expect(signInByPasskey(db, mine!.id, key.use(mine!), site, browser, now)).rejects.toMatchObject({
		reason: 'rule'
	});
	const made = new Authenticator(site).make({ ...(await askToAdd(db, holder, site, now)), challenge: mine!.challenge });
	await expect(addPasskey(db, holder, { answer: made, name: 'Key' }, site, now)).rejects.toMatchObject({
		reason: 'rule'
	});
	// And one that nobody was ever shown.
	const invented = key.use({ challenge: Buffer.alloc(32, 1).toString('base64url') });
	await expect(signInByPasskey(db, requestId, invented, site, browser, now)).rejects.toMatchObject({ reason: 'rule' });
});

test('only the newest challenge of a person and purpose is waited for', async () => {
	const { key, holder } = await withKey(await holderOf(ada));
	const older = await askToProve(db, ada, site, now);
	const newer = await askToProve(db, ada, site, now);
	await expect(prove(db, holder, key.use(older), site, now)).rejects.toMatchObject({ reason: 'rule' });
	await prove(db, holder, key.use(newer), site, now);
});

test('a counter that goes back, or stands still, is refused and written down', async () => {
	const { key } = await withKey(await holderOf(ada));
	await signIn(key, { counter: 7 });
	for (const counter of [7, 6, 0]) {
		await expect(signIn(key, { counter })).rejects.toMatchObject({ reason: 'rule' });
		expect((await written(ada))[0]).toEqual({
			kind: 'sign-in-refused',
			by: null,
			about: { how: 'passkey', why: 'counter' }
		});
	}
	await signIn(key, { counter: 8 });
});

test('one that never counts says 0 every time, and that is fine', async () => {
	const { key } = await withKey(await holderOf(ada));
	await signIn(key, { counter: 0 });
	await signIn(key, { counter: 0 });
});

test('a passkey of nobody, a wrong signature, and somebody who left are answered word for word alike', async () => {
	const { key } = await withKey(await holderOf(ada));
	const left = await withKey(await holderOf(gil));
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: now }).where(eq(people.id, gil.id)));
	const unknown = new Authenticator(site);
	unknown.make({ challenge: 'x', user: { id: Buffer.from(ada.id).toString('base64url') } });
	const said = await Promise.allSettled([signIn(key, { forged: true }), signIn(unknown), signIn(left.key)]);
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: null }).where(eq(people.id, gil.id)));
	const reasons = said.map((one) => (one as PromiseRejectedResult).reason as Error);
	expect(reasons.map(({ message }) => message)).toEqual(Array(3).fill(reasons[0]!.message));
	expect(reasons[0]).toMatchObject({ reason: 'rule' });
});

test.for([[null], [Buffer.from(gil.id).toString('base64url')]])(
	'a passkey that says it is of %s signs nobody in',
	async ([userHandle]) => {
		const { key } = await withKey(await holderOf(ada));
		await expect(signIn(key, { userHandle: userHandle! })).rejects.toMatchObject({ reason: 'rule' });
	}
);

test('signing in ends the session that the browser had before', async () => {
	const { key, cookieValue, sessionId } = await withKey(await holderOf(ada));
	const { requestId, options } = await askToSignIn(db, site, now);
	await signInByPasskey(db, requestId, key.use(options), site, { ...browser, formerSessionId: sessionId }, now);
	expect(await readSession(db, cookieValue, now)).toBeNull();
});

test('showing it again rotates the session, keeps what it was, and moves the time of the proof', async () => {
	const { key, holder, cookieValue } = await withKey(await holderOf(ada));
	const options = await askToProve(db, ada, site, later(60_000));
	const fresh = await prove(db, holder, key.use(options), site, later(60_000));
	expect(await readSession(db, cookieValue, later(60_000))).toBeNull();
	expect(await readSession(db, fresh.cookieValue, later(60_000))).toMatchObject({
		person: ada,
		openedBy: 'mail',
		passkeyAt: later(60_000)
	});
	expect((await written(ada))[0]).toEqual({ kind: 'passkey-used', by: ada.id, about: { for: 'prove' } });
});

test('a session that ended meanwhile is not brought back', async () => {
	const { key, holder } = await withKey(await holderOf(ada));
	const options = await askToProve(db, ada, site, now);
	await db.asOwner((tx) => tx.delete(sessions));
	await expect(prove(db, holder, key.use(options), site, now)).rejects.toMatchObject({ reason: 'rule' });
	const other = await holderOf(ada);
	const answer = new Authenticator(site).make(await askToAdd(db, other, site, now));
	await db.asOwner((tx) => tx.delete(sessions));
	await expect(addPasskey(db, other, { answer, name: 'Key' }, site, now)).rejects.toThrow('signed out meanwhile');
	expect([await rows(sessions), await rows(passkeys)]).toEqual([0, 1]);
});

test('removing one ends it and every other session of its owner, and says so', async () => {
	const { key, holder, cookieValue } = await withKey(await holderOf(ada));
	const elsewhere = await createSession(db, ada.id, null, now);
	await db.asOwner((tx) => tx.delete(mailMessages));
	await removePasskey(db, holder, key.id, now);
	expect(await listPasskeys(db, ada)).toEqual([]);
	expect(await readSession(db, elsewhere.cookieValue, now)).toBeNull();
	expect(await readSession(db, cookieValue, now)).not.toBeNull();
	await expect(signIn(key)).rejects.toMatchObject({ reason: 'rule' });
	expect((await mails()).map(({ kind }) => kind)).toEqual(['passkey-removed', 'passkey-removed']);
	expect(await written(ada)).toContainEqual({
		kind: 'passkey-removed',
		by: ada.id,
		about: { left: 0, sessionsEnded: 1 }
	});
});

test('the last way in stays', async () => {
	const { key, holder } = await withKey(await holderOf(gil));
	await expect(removePasskey(db, holder, key.id, now)).rejects.toThrow('only way in');
	expect(await listPasskeys(db, gil)).toHaveLength(1);
});

test('nobody renames or removes the passkey of another, nor sees it', async () => {
	const { key } = await withKey(await holderOf(ada));
	const stranger = await holderOf(gil);
	await expect(renamePasskey(db, gil, key.id, 'Mine')).rejects.toMatchObject({ reason: 'not-found' });
	await expect(removePasskey(db, stranger, key.id, now)).rejects.toMatchObject({ reason: 'not-found' });
	expect(await listPasskeys(db, gil)).toEqual([]);
	expect(await listPasskeys(db, ada)).toMatchObject([{ name: 'My phone' }]);
});

test('a passkey that is here already, whoever’s it is, is not added again', async () => {
	const holder = await holderOf(ada);
	const { key } = await withKey(holder);
	const other = await holderOf(gil);
	const answer = key.make(await askToAdd(db, other, site, now));
	await expect(addPasskey(db, other, { answer, name: 'Mine' }, site, now)).rejects.toMatchObject({ reason: 'rule' });
	expect(await db.asOwner((tx) => tx.select({ personId: passkeys.personId }).from(passkeys))).toEqual([
		{ personId: ada.id }
	]);
});

test('a name that says nothing is asked for again, before the challenge is used up', async () => {
	const holder = await holderOf(ada);
	const answer = new Authenticator(site).make(await askToAdd(db, holder, site, now));
	await expect(addPasskey(db, holder, { answer, name: ' ' }, site, now)).rejects.toThrow('name');
	await addPasskey(db, holder, { answer, name: 'Key' }, site, now);
	await expect(renamePasskey(db, ada, 'anything', '')).rejects.toThrow('name');
});

test(`a person has at most ${passkeysPerPerson}, whether asked for or already made`, async () => {
	const { holder } = await withKey(await holderOf(ada));
	const many = (n: number) =>
		db.asOwner((tx) =>
			tx.insert(passkeys).values(
				Array.from({ length: n }, (_, i) => ({
					id: `key-number-${i}`.padEnd(20, '-'),
					personId: ada.id,
					publicKey: new Uint8Array(1),
					counter: 0,
					backedUp: false,
					name: `Key ${i}`
				}))
			)
		);
	await many(passkeysPerPerson - 2);
	const options = await askToAdd(db, holder, site, now);
	const answer = new Authenticator(site).make(options);
	await addPasskey(db, holder, { answer, name: 'The last' }, site, now);
	await expect(askToAdd(db, holder, site, now)).rejects.toThrow('no room for more');
	await expect(addPasskey(db, holder, { answer, name: 'One more' }, site, now)).rejects.toThrow('no room for more');
});

test('of a manager: the first is set up after a mail, and from then on only with it', async () => {
	const holder = await holderOf(mia);
	expect(await readKeyRing(db, mia)).toEqual({ must: true, keys: 0 });
	const { key, holder: proven } = await withKey(holder);
	expect(await readKeyRing(db, mia)).toEqual({ must: true, keys: 1 });

	// Somebody who reads her mail signs in, and gets no further.
	const byMail = await holderOf(mia);
	await expect(askToAdd(db, byMail, site, now)).rejects.toMatchObject({ reason: 'unproven' });
	await expect(addPasskey(db, byMail, { answer: '{}', name: 'Mine' }, site, now)).rejects.toMatchObject({
		reason: 'unproven'
	});
	await expect(removePasskey(db, byMail, key.id, now)).rejects.toMatchObject({ reason: 'unproven' });
	expect(await rows(passkeys)).toBe(1);

	await askToAdd(db, proven, site, now);
	await removePasskey(db, proven, key.id, now);
});

test('of a teacher: a mail is enough to put a lost one right', async () => {
	const { key } = await withKey(await holderOf(ada));
	expect(await readKeyRing(db, ada)).toEqual({ must: false, keys: 1 });
	const byMail = await holderOf(ada);
	await askToAdd(db, byMail, site, now);
	await removePasskey(db, byMail, key.id, now);
});

const shown = (who: typeof ada): Holder => ({
	person: who,
	session: { sessionId: 'x', openedBy: 'passkey', passkeyAt: now },
	whence
});

const company = { ada, mia, max, zoe, bea, una, sol };
type Name = keyof typeof company;

test.for<[by: Name, lost: Name, answer: string]>([
	['max', 'mia', 'done'],
	['una', 'mia', 'done'],
	['una', 'sol', 'done'],
	['max', 'sol', 'done'],
	['una', 'bea', 'done'],
	['bea', 'zoe', 'done'],
	['max', 'bea', 'not-allowed'], // bea manages another program too
	['mia', 'mia', 'not-allowed'], // oneself
	['max', 'una', 'not-found'], // somebody above
	['zoe', 'mia', 'not-found'],
	['sol', 'mia', 'not-found'], // an assessor manages nobody
	['max', 'ada', 'not-found'], // of whom no passkey is asked
	['ada', 'mia', 'not-found']
])('%s lets %s in again who lost their passkeys: %s', async ([byName, lostName, answer]) => {
	const [by, lost] = [company[byName], company[lostName]];
	const { cookieValue } = await withKey(await holderOf(lost));
	await db.asOwner((tx) => tx.delete(mailMessages));
	const work = letInAgain(db, shown(by), lost.id, now);
	if (answer !== 'done') {
		await expect(work).rejects.toMatchObject({ reason: answer });
		expect(await listPasskeys(db, lost)).toHaveLength(1);
		if (answer === 'not-allowed') expect((await written(lost))[0]).toMatchObject({ kind: 'not-allowed', by: by.id });
		return;
	}
	await work;
	expect(await listPasskeys(db, lost)).toEqual([]);
	expect(await readSession(db, cookieValue, now)).toBeNull();
	expect((await written(lost))[0]).toEqual({
		kind: 'passkey-removed',
		by: by.id,
		about: { why: 'lost', keys: 1, sessionsEnded: 1 }
	});
	if (lost === mia) {
		const [mail] = await mails();
		expect(mail).toMatchObject({ to: 'mia@school.example', kind: 'passkey-let-in-again' });
		expect(mail!.text).toContain(by.name);
		// Now a mail lets her set up a new one.
		await withKey(await holderOf(mia));
	}
});

test('a manager who has not shown a passkey lets nobody in again', async () => {
	const { key } = await withKey(await holderOf(mia));
	const byMail = { ...shown(max), session: { sessionId: 'x', openedBy: 'mail' as const, passkeyAt: null } };
	await expect(letInAgain(db, byMail, mia.id, now)).rejects.toMatchObject({ reason: 'unproven' });
	expect(await listPasskeys(db, mia)).toMatchObject([{ id: key.id }]);
	await expect(letInAgain(db, shown(max), 'not an id', now)).rejects.toMatchObject({ reason: 'not-found' });
});

test('whoever runs the server does it by address, and it is written down as nobody’s act', async () => {
	await withKey(await holderOf(mia));
	expect(await letInAgainByAddress(db, 'nobody@school.example')).toBeNull();
	expect(await letInAgainByAddress(db, 'mia@school.example')).toBe('Mia One');
	expect(await listPasskeys(db, mia)).toEqual([]);
	expect((await written(mia))[0]).toMatchObject({ kind: 'passkey-removed', by: null });
});

test('sweeping forgets challenges that are over and no other', async () => {
	await askToSignIn(db, site, now);
	await sweepPasskeyChallenges(db, later(challengeLife));
	expect(await rows(passkeyChallenges)).toBe(1);
	await sweepPasskeyChallenges(db, later(challengeLife + 1));
	expect(await rows(passkeyChallenges)).toBe(0);
});

test('a session on a shared computer stays one', async () => {
	const { sessionId } = await db.asService((tx) => createSessionIn(tx, ada.id, 'mail', { whence, shared: true }, now));
	const holder: Holder = { person: ada, session: { sessionId, openedBy: 'mail', passkeyAt: null }, whence };
	const { cookieValue } = await withKey(holder);
	expect(await readSession(db, cookieValue, now)).toMatchObject({ shared: true });
});
