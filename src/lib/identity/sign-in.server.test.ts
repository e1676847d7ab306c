import { count, desc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import { emailAddresses, people, sessions, signInLinks } from './schema.server.ts';
import { cookieFromHeader, endSession, noteUse, readSession, readSessions, sweepSessions } from './session.server.ts';
import { ownTerms, sharedTerms } from './session.ts';
import { askForLink, readLink, signInAsCast, signInByCode, signInByLink, sweepSignInLinks } from './sign-in.server.ts';
import { codeTries, linkLife, linksPerAddress, linksPerNetwork } from './sign-in.ts';

const now = new Date('2026-11-25T18:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const ada = '01930000-0000-7000-8000-00000000aaaa';
const gone = '01930000-0000-7000-8000-00000000bbbb';
const browser = { whence: { network: '192.0.2.7', userAgent: 'a browser' }, formerSessionId: null, shared: false };
const { absoluteLimit, idleLimit, refreshEvery } = ownTerms;
const wrong = 'BBBB-BBBB';

let db: Database;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner(async (tx) => {
		await tx.insert(people).values([
			{ id: ada, name: 'Ada Lovett', initials: 'AL' },
			{ id: gone, name: 'Gil Gone', initials: 'GG', deactivatedAt: now }
		]);
		await tx.insert(emailAddresses).values([
			{ address: 'ada@school.example', personId: ada, kind: 'school' },
			{ address: 'ada@home.example', personId: ada, kind: 'personal' }, // not shown to be hers yet
			{ address: 'ada@real-people.org', personId: ada, kind: 'school' },
			{ address: 'gil@school.example', personId: gone, kind: 'school' }
		]);
	});
});
afterAll(() => db.close());
beforeEach(() =>
	db.asOwner(async (tx) => {
		await tx.delete(signInLinks);
		await tx.delete(mailMessages);
		await tx.delete(sessions);
	})
);

const ask = (address: string, clientAddress = '192.0.2.1', at = now, next?: string) =>
	askForLink(db, { address, clientAddress, origin: 'https://wayfellow.example.org', next }, at);

async function newestMail() {
	const [mail] = await db.asOwner((tx) => tx.select().from(mailMessages).orderBy(desc(mailMessages.id)).limit(1));
	const text = mail?.bodyText ?? '';
	return {
		to: mail?.toAddress,
		html: mail?.bodyHtml,
		link: URL.parse(/https:\S+/.exec(text)?.[0] ?? ''),
		token: /token=([\w-]+)/.exec(text)?.[1] ?? '',
		code: / ([A-Z0-9]{4}-[A-Z0-9]{4})$/m.exec(text)?.[1] ?? ''
	};
}
const rows = async (table: typeof mailMessages | typeof signInLinks | typeof sessions) =>
	(await db.asOwner((tx) => tx.select({ rows: count() }).from(table)))[0]!.rows;

test('a link in the mail lets its owner in, on any device, and tells nothing before it is used', async () => {
	await ask('  ADA@School.Example ', undefined, undefined, '/reflections/1');
	const mail = await newestMail();
	expect(mail.to).toBe('ada@school.example');
	expect(mail.link?.origin).toBe('https://wayfellow.example.org');
	expect(mail.link?.searchParams.get('next')).toBe('/reflections/1');
	expect(mail.html).toContain(mail.token);
	// A mail scanner looks first, twice.
	expect(await readLink(db, mail.token, now)).toBe('Ada Lovett');
	expect(await readLink(db, mail.token, now)).toBe('Ada Lovett');
	expect(await rows(sessions)).toBe(0);

	const session = await signInByLink(db, mail.token, browser, now);
	expect(await readSession(db, session.cookieValue, now)).toEqual({
		person: { id: ada, name: 'Ada Lovett', initials: 'AL' },
		sessionId: session.sessionId,
		openedBy: 'mail',
		passkeyAt: null,
		shared: false
	});
	const written = await db.asPerson(ada, (tx) => tx.select().from(auditEvents));
	expect(written).toEqual([
		expect.objectContaining({ kind: 'signed-in', personId: ada, byPersonId: ada, ...browser.whence })
	]);
	expect(await readLink(db, mail.token, now)).toBeNull();
});

test('the code does the same in the browser that asked, however it is typed', async () => {
	const request = await ask('ada@school.example');
	const { code, token } = await newestMail();
	const session = await signInByCode(db, request, ` ${code.toLowerCase().replace('-', ' ')}`, browser, now);
	expect((await readSession(db, session.cookieValue, now))?.person.id).toBe(ada);
	// One request, one way in: the link is used up with it.
	await expect(signInByLink(db, token, browser, now)).rejects.toThrow(Refusal);
	await expect(signInByCode(db, request, code, browser, now)).rejects.toThrow('no longer works');
});

test('of two who use one link at the same instant, one gets in', async () => {
	await ask('ada@school.example');
	const { token } = await newestMail();
	const tries = await Promise.allSettled([1, 2, 3, 4].map(() => signInByLink(db, token, browser, now)));
	expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
	expect(await rows(sessions)).toBe(1);
});

test('signing in uses up every other link of the same person', async () => {
	await ask('ada@school.example');
	const first = await newestMail();
	await ask('ada@school.example');
	const second = await newestMail();
	await signInByLink(db, second.token, browser, now);
	await expect(signInByLink(db, first.token, browser, now)).rejects.toThrow('used or is too old');
});

test('a link and its code end after a quarter of an hour', async () => {
	const request = await ask('ada@school.example');
	const { token, code } = await newestMail();
	expect(await readLink(db, token, later(linkLife))).toBeNull();
	await expect(signInByLink(db, token, browser, later(linkLife))).rejects.toThrow('used or is too old');
	await expect(signInByCode(db, request, code, browser, later(linkLife))).rejects.toThrow('no longer works');
	await signInByLink(db, token, browser, later(linkLife - 1));
});

test('five wrong codes end the code, and not the link of its owner', async () => {
	const request = await ask('ada@school.example');
	const { token, code } = await newestMail();
	for (let tried = 1; tried < codeTries; tried++)
		await expect(signInByCode(db, request, wrong, browser, now)).rejects.toThrow('is not the code');
	await expect(signInByCode(db, request, wrong, browser, now)).rejects.toThrow('no longer works');
	// Its owner reads of every one, and none says who it was.
	const refused = await db.asPerson(ada, (tx) =>
		tx.select().from(auditEvents).where(eq(auditEvents.kind, 'sign-in-refused'))
	);
	expect(refused).toHaveLength(codeTries);
	expect(refused[0]).toMatchObject({ personId: ada, byPersonId: null, ...browser.whence, about: { how: 'code' } });
	await expect(signInByCode(db, request, code, browser, now)).rejects.toThrow('no longer works');
	await signInByLink(db, token, browser, now);
});

test('what can not be a code does not cost a try', async () => {
	const request = await ask('ada@school.example');
	for (let i = 0; i < 20; i++)
		await expect(signInByCode(db, request, 'hello', browser, now)).rejects.toThrow('eight letters');
	await signInByCode(db, request, (await newestMail()).code, browser, now);
});

test('a code works for its own request only', async () => {
	await ask('ada@school.example');
	const { code } = await newestMail();
	const other = await ask('nobody@school.example');
	await expect(signInByCode(db, other, code, browser, now)).rejects.toThrow('is not the code');
	await expect(signInByCode(db, crypto.randomUUID(), code, browser, now)).rejects.toThrow('no longer works');
});

test.for([
	['nobody@school.example', 'is unknown'],
	['gil@school.example', 'belongs to somebody who left'],
	['ada@home.example', 'was never shown to be hers']
])('asking for %s, which %s, answers as if it were known and sends nothing', async ([address]) => {
	const request = await ask(address!);
	expect(request).toMatch(/^[0-9a-f-]{36}$/);
	expect(await rows(signInLinks)).toBe(1);
	expect(await rows(mailMessages)).toBe(0);
	// Even the refusals afterwards are the same, word for word.
	const known = await ask('ada@school.example');
	for (let tried = 1; tried <= codeTries + 1; tried++) {
		const [of, as] = await Promise.allSettled([
			signInByCode(db, request, wrong, browser, now),
			signInByCode(db, known, wrong, browser, now)
		]);
		expect((of as PromiseRejectedResult).reason).toEqual((as as PromiseRejectedResult).reason);
	}
});

test.for([['ada@school.example'], ['nobody@school.example']])(
	'%s gets five links in a quarter of an hour, and more later',
	async ([address]) => {
		for (let i = 0; i < linksPerAddress; i++) await ask(address!, `192.0.2.${i}`);
		const refused = ask(address!, '192.0.2.99', later(60_000));
		await expect(refused).rejects.toThrow(/already sent 5 mails .+ try again in 14 minutes/);
		await expect(refused).rejects.toMatchObject({ reason: 'too-many' });
		await ask(address!, '192.0.2.99', later(linkLife));
	}
);

test('requests for one address at the same instant are counted one after the other', async () => {
	const asked = await Promise.allSettled(Array.from({ length: 8 }, () => ask('ada@school.example')));
	expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(linksPerAddress);
});

test('one network asks a hundred times in a quarter of an hour, whatever the addresses', async () => {
	await db.asOwner((tx) =>
		tx.insert(signInLinks).values(
			Array.from({ length: linksPerNetwork }, (_, i) => ({
				address: `person${i}@school.example`,
				askedFrom: '2001:db8:0:1::/64',
				tokenHash: new Uint8Array(32).fill(i),
				codeHash: new Uint8Array(32),
				createdAt: now,
				expiresAt: later(linkLife)
			}))
		)
	);
	await expect(ask('ada@school.example', '2001:db8:0:1:ffff::9')).rejects.toMatchObject({ reason: 'too-many' });
	await ask('ada@school.example', '2001:db8:0:2::9');
});

test('what is not an address is told so, and nothing is kept of it', async () => {
	await expect(ask('ada')).rejects.toThrow('does not look like an e-mail address');
	expect(await rows(signInLinks)).toBe(0);
});

test('no secret is kept: neither token, code, nor cookie is in any row', async () => {
	await ask('ada@school.example');
	const { token, code } = await newestMail();
	const kept = await db.asOwner((tx) => tx.select().from(signInLinks));
	const session = await signInByLink(db, token, browser, now);
	const secret = session.cookieValue.split('.')[1]!;
	const text = JSON.stringify([kept, await db.asOwner((tx) => tx.select().from(sessions))], (_, value) =>
		value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : value
	);
	for (const hidden of [token, code, code.replace('-', ''), secret]) expect(text).not.toContain(hidden);
});

test('a browser that signs in again gets a new session, and its old one ends', async () => {
	const first = await signInAsCast(db, 'ada@school.example', browser, now);
	const second = await signInAsCast(db, 'ada@school.example', { ...browser, formerSessionId: first.sessionId }, now);
	expect(second.sessionId).not.toBe(first.sessionId);
	expect(await readSession(db, first.cookieValue, now)).toBeNull();
	expect(await readSession(db, second.cookieValue, now)).not.toBeNull();
});

test.for([
	['ada@real-people.org'], // real people's addresses open no demo door
	['nobody@school.example'],
	['gil@school.example'],
	['ada@home.example'],
	['@example'],
	['']
])('the demo door stays shut for %j', async ([address]) => {
	await expect(signInAsCast(db, address!, browser, now)).rejects.toMatchObject({ reason: 'not-found' });
});

test('a session slides while it is used, and ends when idle or at its absolute end', async () => {
	const { cookieValue } = await signInAsCast(db, 'ada@school.example', browser, now);
	let at = now;
	while (at.getTime() + idleLimit - 1 < now.getTime() + absoluteLimit) {
		at = new Date(at.getTime() + idleLimit - 1);
		expect(await readSession(db, cookieValue, at)).not.toBeNull();
	}
	expect(await readSession(db, cookieValue, later(absoluteLimit))).toBeNull();
	expect(await rows(sessions)).toBe(0);

	const idle = await signInAsCast(db, 'ada@school.example', browser, now);
	expect(await readSession(db, idle.cookieValue, later(idleLimit))).toBeNull();
});

test('its last use is written down once an hour, not on every page', async () => {
	const { cookieValue } = await signInAsCast(db, 'ada@school.example', browser, now);
	const lastUse = async () => (await db.asOwner((tx) => tx.select().from(sessions)))[0]!.lastUsedAt;
	await readSession(db, cookieValue, later(refreshEvery - 1));
	expect(await lastUse()).toEqual(now);
	await readSession(db, cookieValue, later(refreshEvery));
	expect(await lastUse()).toEqual(later(refreshEvery));
});

test('on a shared computer a session ends after an hour without use, and after twelve hours in any case', async () => {
	const shared = { ...browser, shared: true };
	const { cookieValue, expiresAt } = await signInAsCast(db, 'ada@school.example', shared, now);
	expect(expiresAt).toEqual(later(12 * 3_600_000));
	let at = 0;
	for (; at + sharedTerms.idleLimit - 1 < sharedTerms.absoluteLimit; at += sharedTerms.idleLimit - 1)
		expect(await readSession(db, cookieValue, later(at))).toMatchObject({ shared: true });
	expect(await readSession(db, cookieValue, later(sharedTerms.absoluteLimit))).toBeNull();

	const idle = await signInAsCast(db, 'ada@school.example', shared, now);
	expect(await readSession(db, idle.cookieValue, later(sharedTerms.idleLimit))).toBeNull();
});

test('whoever writes uses their session; a socket that comes back by itself does not', async () => {
	const { cookieValue, sessionId } = await signInAsCast(db, 'ada@school.example', browser, now);
	const lastUse = async () => (await db.asOwner((tx) => tx.select().from(sessions)))[0]!.lastUsedAt;
	const [back] = await readSessions(db, [cookieValue], later(refreshEvery), false);
	expect(back?.sessionId).toBe(sessionId);
	expect(await lastUse()).toEqual(now);
	await noteUse(db, [sessionId], later(refreshEvery / 4));
	expect(await lastUse()).toEqual(now);
	await noteUse(db, [sessionId], later(refreshEvery));
	expect(await lastUse()).toEqual(later(refreshEvery));
});

test('a changed, foreign, or ended cookie is nobody', async () => {
	const { cookieValue, sessionId } = await signInAsCast(db, 'ada@school.example', browser, now);
	const other = await signInAsCast(db, 'ada@school.example', browser, now);
	const [id, secret] = cookieValue.split('.') as [string, string];
	for (const value of [id, `${id}.`, `${id}.${other.cookieValue.split('.')[1]}`, `${other.sessionId}.${secret}`, "'--"])
		expect(await readSession(db, value, now)).toBeNull();
	await endSession(db, sessionId);
	expect(await readSession(db, cookieValue, now)).toBeNull();
});

test('a raw Cookie header shows the same value', async () => {
	const { cookieValue } = await signInAsCast(db, 'ada@school.example', browser);
	expect(cookieFromHeader(`a=b; session=${cookieValue}`)).toBe(cookieValue);
	for (const header of [undefined, '', 'a=b', `a=${cookieValue}`]) expect(cookieFromHeader(header)).toBeNull();
	for (const wrong of ['', `${cookieValue}x`]) expect(await readSession(db, wrong)).toBeNull();
});

test('of many cookies each is judged by itself, and what is over or long unused is written down as one alone would be', async () => {
	const [live, stale, over, ended] = await Promise.all(
		[now, now, now, now].map((at) => signInAsCast(db, 'ada@school.example', browser, at))
	);
	const used = (lastUsedAt: Date, ...ids: string[]) =>
		db.asOwner((tx) => tx.update(sessions).set({ lastUsedAt }).where(inArray(sessions.id, ids)));
	await used(new Date(now.getTime() - refreshEvery), stale!.sessionId);
	await used(new Date(now.getTime() - idleLimit), over!.sessionId);
	await endSession(db, ended!.sessionId);
	const [id] = live!.cookieValue.split('.');
	const [, secret] = stale!.cookieValue.split('.');
	const asked = [over, live, stale, ended, live].map((one) => one!.cookieValue);
	const found = await readSessions(db, [...asked, `${id}.${secret}`, 'no token'], now);
	expect(found.map((one) => one?.sessionId ?? null)).toEqual([
		null,
		live!.sessionId,
		stale!.sessionId,
		null,
		live!.sessionId,
		null,
		null
	]);
	expect(found[1]!.person.id).toBe(ada);
	const left = await db.asOwner((tx) =>
		tx
			.select({ id: sessions.id, lastUsedAt: sessions.lastUsedAt })
			.from(sessions)
			.where(inArray(sessions.id, [over!.sessionId, stale!.sessionId]))
	);
	expect(left).toEqual([{ id: stale!.sessionId, lastUsedAt: now }]);
	expect(await readSessions(db, [], now)).toEqual([]);
});

test('a person who left is signed out everywhere at once', async () => {
	const { cookieValue } = await signInAsCast(db, 'ada@school.example', browser, now);
	const leave = (deactivatedAt: Date | null) =>
		db.asOwner((tx) => tx.update(people).set({ deactivatedAt }).where(eq(people.id, ada)));
	await ask('ada@school.example');
	const { token } = await newestMail();
	await leave(now);
	try {
		expect(await readSession(db, cookieValue, now)).toBeNull();
		await expect(signInByLink(db, token, browser, now)).rejects.toThrow('used or is too old');
	} finally {
		await leave(null);
	}
});

test('sweeping removes what is over and leaves what is not', async () => {
	await signInAsCast(db, 'ada@school.example', browser, now);
	await ask('ada@school.example');
	await signInAsCast(db, 'ada@school.example', { ...browser, shared: true }, now);
	await sweepSessions(db, later(sharedTerms.idleLimit - 1));
	expect(await rows(sessions)).toBe(2);
	await sweepSessions(db, later(idleLimit - 1));
	await sweepSignInLinks(db, later(86_400_000 - 1));
	expect([await rows(sessions), await rows(signInLinks)]).toEqual([1, 1]);
	await sweepSessions(db, later(idleLimit + 1));
	await sweepSignInLinks(db, later(86_400_000 + 1));
	expect([await rows(sessions), await rows(signInLinks)]).toEqual([0, 0]);
});
