import { and, desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { askForAddress, forgetProof, proveAddress, removeAddress } from './address.server.ts';
import {
	addressProofs,
	emailAddresses,
	organizations,
	passkeys,
	people,
	roles,
	sessions,
	signInLinks
} from './schema.server.ts';
import { createSession, readSession } from './session.server.ts';
import { askForLink, signInByLink } from './sign-in.server.ts';
import { addressesPerPerson, codeTries, linkLife, linksPerAddress } from './sign-in.ts';
import { provenFor } from './ways-in.ts';
import { type Asker, readWaysIn, sweepWaysIn } from './ways-in.server.ts';

const now = new Date('2026-11-25T18:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const origin = 'https://wayfellow.example.org';
const ada = '01930000-0000-7000-8000-00000000aaaa';
const ben = '01930000-0000-7000-8000-00000000bbbb';
const whence = { network: '192.0.2.7', userAgent: 'a browser' };
const [school, home, bens] = ['ada@school.example', 'ada@home.example', 'ben@home.example'];
const wrong = 'BBBB-BBBB';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner((tx) =>
		tx.insert(people).values([
			{ id: ada, name: 'Ada Lovett', initials: 'AL' },
			{ id: ben, name: 'Ben Ito', initials: 'BI' }
		])
	);
});
afterAll(() => db?.close());
beforeEach(() =>
	db.asOwner(async (tx) => {
		for (const table of [addressProofs, mailMessages, sessions, signInLinks, emailAddresses, passkeys, roles])
			await tx.delete(table);
		await tx.insert(emailAddresses).values([
			{ address: school, personId: ada, kind: 'school' },
			{ address: bens, personId: ben, kind: 'personal', verifiedAt: now }
		]);
	})
);

async function signedIn(personId = ada, at = now): Promise<Asker> {
	const { sessionId } = await createSession(db, personId, null, at);
	const name = personId === ada ? 'Ada Lovett' : 'Ben Ito';
	return {
		person: { id: personId, name, initials: 'XX' },
		session: { sessionId, openedBy: 'mail', passkeyAt: null },
		whence,
		origin
	};
}

const mails = () => db.asOwner((tx) => tx.select().from(mailMessages).orderBy(desc(mailMessages.id)));
const codeIn = (text: string) => /: ([A-Z0-9]{4}-[A-Z0-9]{4})$/m.exec(text)?.[1];
async function codeTo(address: string): Promise<string> {
	const mail = (await mails()).find(({ toAddress, kind }) => toAddress === address && kind === 'address-proof');
	return codeIn(mail?.bodyText ?? '') ?? '';
}
const owned = (personId: string) =>
	db.asOwner(async (tx) =>
		(
			await tx
				.select({ address: emailAddresses.address })
				.from(emailAddresses)
				.where(eq(emailAddresses.personId, personId))
				.orderBy(emailAddresses.address)
		).map(({ address }) => address)
	);

test('a code from its mailbox makes an address one’s own, and from then on it signs in', async () => {
	const asker = await signedIn();
	await askForAddress(db, asker, ' ADA@Home.Example ', now);
	expect((await readWaysIn(db, asker, now)).waitingFor).toBe(home);
	const [mail] = await mails();
	expect(mail!.toAddress).toBe(home);
	// It may be a stranger's, for a slip of the pen.
	for (const text of [mail!.bodyText, mail!.bodyHtml, mail!.subject]) expect(text).not.toMatch(/Ada|school\.example/);
	const code = await codeTo(home);
	expect(await proveAddress(db, asker, ` ${code.toLowerCase().replace('-', ' ')}`, now)).toBe(home);
	const page = await readWaysIn(db, asker, now);
	expect(page).toMatchObject({
		addresses: [
			{ address: school, kind: 'school' },
			{ address: home, kind: 'personal', verified: true }
		],
		waitingFor: null,
		lastWay: false
	});

	// The school's goes, the person stays.
	await db.asOwner((tx) => tx.delete(emailAddresses).where(eq(emailAddresses.address, school)));
	await askForLink(db, { address: home, clientAddress: '192.0.2.1', origin }, now);
	const token = /token=([\w-]+)/.exec((await mails())[0]!.bodyText)![1]!;
	const browser = { whence, formerSessionId: null, shared: false };
	const session = await signInByLink(db, token, browser, now);
	expect((await readSession(db, session.cookieValue, now))?.person.id).toBe(ada);
});

test('the school address is told, the other sessions end, and it is written down without the address', async () => {
	const [other, asker] = [await signedIn(), await signedIn()];
	await askForAddress(db, asker, home, now);
	await proveAddress(db, asker, await codeTo(home), now);
	const told = (await mails()).filter(({ kind }) => kind === 'ways-in-changed');
	expect(told.map(({ toAddress }) => toAddress)).toEqual([school]);
	expect(told[0]!.bodyText).toContain(`the address ${home} can now sign in`);
	const left = await db.asOwner((tx) => tx.select({ id: sessions.id }).from(sessions));
	expect(left).toEqual([{ id: asker.session.sessionId }]);
	expect(left[0]!.id).not.toBe(other.session.sessionId);
	const events = await db.asPerson(ada, (tx) => tx.select().from(auditEvents));
	expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['address-added', 'session-ended']));
	expect(JSON.stringify(events)).not.toContain(home);
});

test('an address that is somebody else’s is answered alike; its owner alone is told, and no code is right', async () => {
	const asker = await signedIn();
	const answers = [];
	for (const address of [bens, home]) {
		const answer = await askForAddress(db, asker, address, now);
		const { waitingFor } = await readWaysIn(db, asker, now);
		answers.push({ answer, waitingFor: waitingFor === address });
		await expect(proveAddress(db, asker, wrong, now)).rejects.toThrow(`${codeTries - 1} more times`);
	}
	expect(answers[0]).toEqual(answers[1]);
	const mail = (await mails()).find(({ toAddress }) => toAddress === bens)!;
	expect(mail.bodyText).toContain('already belongs to one');
	expect(codeIn(mail.bodyText)).toBeUndefined();
	expect(mail.bodyText + mail.bodyHtml).not.toContain('Ada');
	expect([await owned(ada), await owned(ben)]).toEqual([[school], [bens]]);
});

test('an address that its keeper never showed to be theirs is had by whoever shows it', async () => {
	await db.asOwner((tx) => tx.insert(emailAddresses).values({ address: home, personId: ben, kind: 'personal' }));
	const asker = await signedIn();
	await askForAddress(db, asker, home, now);
	await proveAddress(db, asker, await codeTo(home), now);
	expect([await owned(ada), await owned(ben)]).toEqual([[home, school].sort(), [bens]]);
});

test('of two who show the same mailbox, the first has it', async () => {
	const [first, second] = [await signedIn(ada), await signedIn(ben)];
	await askForAddress(db, first, 'both@home.example', now);
	const code = await codeTo('both@home.example');
	await askForAddress(db, second, 'both@home.example', now);
	const other = await codeTo('both@home.example');
	await proveAddress(db, first, code, now);
	await expect(proveAddress(db, second, other, now)).rejects.toThrow('no longer works');
	expect(await owned(ada)).toContain('both@home.example');
});

test('a code is tried five times, whoever is quick: six tries at once are five', async () => {
	const asker = await signedIn();
	await askForAddress(db, asker, home, now);
	const code = await codeTo(home);
	const tries = await Promise.allSettled(
		Array.from({ length: codeTries + 1 }, () => proveAddress(db, asker, wrong, now))
	);
	expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
	const [proof] = await db.asOwner((tx) => tx.select().from(addressProofs));
	expect(proof!.codesTried).toBe(codeTries);
	await expect(proveAddress(db, asker, code, now)).rejects.toThrow('no longer works');
	expect(await owned(ada)).toEqual([school]);
});

test('a code ends after a quarter of an hour, when used, when a newer one is asked for, and when taken back', async () => {
	const asker = await signedIn();
	await askForAddress(db, asker, home, now);
	const first = await codeTo(home);
	await expect(proveAddress(db, asker, first, later(linkLife))).rejects.toThrow('no longer works');
	await askForAddress(db, asker, home, later(1000));
	await expect(proveAddress(db, asker, first, later(1000))).rejects.toThrow('not the code of the newest mail');
	await forgetProof(db, asker, later(2000));
	expect((await readWaysIn(db, asker, later(2000))).waitingFor).toBeNull();
	await expect(proveAddress(db, asker, await codeTo(home), later(2000))).rejects.toThrow('no longer works');
	await askForAddress(db, asker, home, later(3000));
	const last = await codeTo(home);
	await proveAddress(db, asker, last, later(3000));
	await expect(proveAddress(db, asker, last, later(3000))).rejects.toThrow('no longer works');
});

test('another person’s code is nobody else’s', async () => {
	const [asker, other] = [await signedIn(ada), await signedIn(ben)];
	await askForAddress(db, asker, home, now);
	const code = await codeTo(home);
	await expect(proveAddress(db, other, code, now)).rejects.toThrow('no longer works');
	await askForAddress(db, other, 'another@home.example', now);
	await expect(proveAddress(db, other, code, now)).rejects.toThrow('not the code');
	expect(await owned(ben)).toEqual([bens]);
});

test('five mails to a person, and five to an address, then it waits', async () => {
	const asker = await signedIn();
	for (let n = 0; n < linksPerAddress; n++) await askForAddress(db, asker, `a${n}@home.example`, now);
	await expect(askForAddress(db, asker, home, later(60_000))).rejects.toThrow(/5 times for codes.*in 14 minutes/);
	await askForAddress(db, asker, home, later(linkLife + 1));

	await db.asOwner((tx) => tx.delete(addressProofs));
	const other = await signedIn(ben);
	for (let n = 0; n < linksPerAddress; n++) await askForAddress(db, asker, home, now);
	await expect(askForAddress(db, other, home, now)).rejects.toMatchObject({ reason: 'too-many' });
});

test.for(['', 'ada', 'ada@', 'a@b', 'ada@school.example, ben@x.example', `${'x'.repeat(250)}@a.example`])(
	'“%s” is no address',
	async (typed) => {
		await expect(askForAddress(db, await signedIn(), typed, now)).rejects.toThrow('does not look like');
		expect(await mails()).toEqual([]);
	}
);

test('one’s own address is said to be one’s own', async () => {
	await expect(askForAddress(db, await signedIn(), school.toUpperCase(), now)).rejects.toThrow('yours already');
});

test('there is an end to addresses', async () => {
	await db.asOwner((tx) =>
		tx.insert(emailAddresses).values(
			Array.from({ length: addressesPerPerson - 1 }, (_, n) => ({
				address: `a${n}@home.example`,
				personId: ada,
				kind: 'personal' as const,
				verifiedAt: now
			}))
		)
	);
	await expect(askForAddress(db, await signedIn(), home, now)).rejects.toThrow('as many as we keep');
});

test('nothing changes for a session that is older than an hour, unless a passkey answered since', async () => {
	const asker = await signedIn(ada, new Date(now.getTime() - provenFor));
	const old = 'more than an hour ago';
	await expect(askForAddress(db, asker, home, now)).rejects.toThrow(old);
	await expect(proveAddress(db, asker, wrong, now)).rejects.toThrow(old);
	await expect(removeAddress(db, asker, school, now)).rejects.toThrow(old);
	expect((await readWaysIn(db, asker, now)).recently).toBe(false);
	await db.asOwner((tx) => tx.update(sessions).set({ passkeyAt: now }));
	await askForAddress(db, asker, home, now);
});

test('a session that ended in the meantime changes nothing', async () => {
	const asker = await signedIn();
	await db.asOwner((tx) => tx.delete(sessions));
	await expect(askForAddress(db, asker, home, now)).rejects.toThrow('sign in once more');
});

test('whoever needs a passkey for their role needs it here', async () => {
	const state = '01930000-0000-7000-8000-00000000dddd';
	await db.asOwner(async (tx) => {
		await tx
			.insert(organizations)
			.values({ id: state, kind: 'state', name: 'Tennessee', timeZone: 'America/Chicago' })
			.onConflictDoNothing();
		await tx
			.insert(roles)
			.values({ personId: ada, role: 'manager', scopeKind: 'state', scopeId: state, fromAt: later(-9e8) });
	});
	const asker = await signedIn();
	await expect(askForAddress(db, asker, home, now)).rejects.toMatchObject({ reason: 'unproven' });
	await askForAddress(db, { ...asker, session: { ...asker.session, passkeyAt: now } }, home, now);
});

test('a personal address can be removed: it signs in no more, and hears of it', async () => {
	const asker = await signedIn();
	await db.asOwner((tx) =>
		tx.insert(emailAddresses).values({ address: home, personId: ada, kind: 'personal', verifiedAt: now })
	);
	await removeAddress(db, asker, home, now);
	expect(await owned(ada)).toEqual([school]);
	expect((await mails()).map(({ toAddress }) => toAddress).sort()).toEqual([home, school]);
	const kinds = await db.asPerson(ada, (tx) =>
		tx.select({ id: auditEvents.id }).from(auditEvents).where(eq(auditEvents.kind, 'address-removed'))
	);
	expect(kinds).toHaveLength(1);
});

test('a school’s, somebody else’s, and the last one stay', async () => {
	await expect(removeAddress(db, await signedIn(), school, now)).rejects.toThrow('only your program can change it');
	await expect(removeAddress(db, await signedIn(), bens, now)).rejects.toThrow('not one of yours');
	const last = await signedIn(ben);
	await expect(removeAddress(db, last, bens, now)).rejects.toThrow('only way in');
	// One that was never shown to be theirs is no way in, and goes.
	await db.asOwner((tx) => tx.insert(emailAddresses).values({ address: home, personId: ben, kind: 'personal' }));
	await removeAddress(db, last, home, now);
	// With a passkey beside it, it may go too.
	await db.asOwner((tx) =>
		tx.insert(passkeys).values({
			id: 'a-passkey-of-ben',
			personId: ben,
			publicKey: new Uint8Array([1]),
			counter: 0,
			backedUp: true,
			name: 'Phone'
		})
	);
	await removeAddress(db, last, bens, now);
	expect([await owned(ada), await owned(ben)]).toEqual([[school], []]);
});

test('the database keeps whose address is asked for from everybody', async () => {
	await askForAddress(db, await signedIn(), home, now);
	await expect(db.asPerson(ada, (tx) => tx.select().from(addressProofs))).rejects.toThrow();
	await expect(
		db.asPerson(ada, (tx) =>
			tx.insert(emailAddresses).values({ address: home, personId: ada, kind: 'personal', verifiedAt: now })
		)
	).rejects.toThrow();
	expect(
		await db.asPerson(ada, (tx) =>
			tx
				.select()
				.from(emailAddresses)
				.where(and(eq(emailAddresses.personId, ben)))
		)
	).toEqual([]);
});

test('after a day nobody knows which addresses were to be added', async () => {
	await askForAddress(db, await signedIn(), home, now);
	await sweepWaysIn(db, later(86_400_000 - 1));
	expect(await db.asOwner((tx) => tx.$count(addressProofs))).toBe(1);
	await sweepWaysIn(db, later(86_400_001));
	expect(await db.asOwner((tx) => tx.$count(addressProofs))).toBe(0);
});
