/** Races of the way in, on a real server: every request has a connection of its own there. */
import { count } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { emailAddresses, people, sessions, signInLinks } from '#lib/identity/schema.server.ts';
import { readSession, createSession, endSession } from '#lib/identity/session.server.ts';
import { askForLink, signInByCode, signInByLink } from '#lib/identity/sign-in.server.ts';
import { codeTries, linksPerAddress } from '#lib/identity/sign-in.ts';
import { takeDue } from '#lib/server/courier.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { serverDatabase } from '../with-database.ts';

const ada = '01930000-0000-7000-8000-00000000aaaa';
const browser = { whence: { network: null, userAgent: null }, formerSessionId: null, shared: false };

let db: Database;
beforeAll(async () => {
	db = await serverDatabase();
	await db.asOwner(async (tx) => {
		await tx.insert(people).values({ id: ada, name: 'Ada Lovett', initials: 'AL' });
		await tx.insert(emailAddresses).values({ address: 'ada@school.example', personId: ada, kind: 'school' });
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

const ask = (clientAddress = '192.0.2.1') =>
	askForLink(db, { address: 'ada@school.example', clientAddress, origin: 'http://localhost' });
const mailed = async () => {
	const [mail] = await db.asOwner((tx) => tx.select().from(mailMessages));
	return {
		token: /token=([\w-]+)/.exec(mail!.bodyText)![1]!,
		code: / ([A-Z0-9]{4}-[A-Z0-9]{4})$/m.exec(mail!.bodyText)![1]!
	};
};
const fulfilled = <T>(results: PromiseSettledResult<T>[]) => results.filter(({ status }) => status === 'fulfilled');
const sessionRows = async () => (await db.asOwner((tx) => tx.select({ n: count() }).from(sessions)))[0]!.n;

test('of eight who use one link, or its code, at the same instant, one gets in; twenty times over', async () => {
	for (let round = 0; round < 20; round++) {
		await db.asOwner(async (tx) => {
			await tx.delete(signInLinks);
			await tx.delete(mailMessages);
			await tx.delete(sessions);
		});
		const request = await ask();
		const { token, code } = await mailed();
		const results = await Promise.allSettled(
			Array.from({ length: 8 }, (_, i) =>
				i % 2 ? signInByLink(db, token, browser) : signInByCode(db, request, code, browser)
			)
		);
		expect(fulfilled(results)).toHaveLength(1);
		expect(await sessionRows()).toBe(1);
	}
});

test('two links of one person used at the same instant do not stand in each other’s way', async () => {
	for (let round = 0; round < 20; round++) {
		await db.asOwner(async (tx) => {
			await tx.delete(signInLinks);
			await tx.delete(mailMessages);
		});
		for (let i = 0; i < linksPerAddress; i++) await ask();
		const mails = await db.asOwner((tx) => tx.select().from(mailMessages));
		const tokens = mails.map(({ bodyText }) => /token=([\w-]+)/.exec(bodyText)![1]!);
		const results = await Promise.allSettled(tokens.map((token) => signInByLink(db, token, browser)));
		expect(fulfilled(results).length).toBeGreaterThan(0);
		for (const result of results)
			if (result.status === 'rejected') expect(result.reason.message).toContain('used or is too old');
	}
});

test('thirty guesses at the same instant are five guesses', async () => {
	const request = await ask();
	const guesses = Array.from({ length: 30 }, () => signInByCode(db, request, 'BBBB-BBBB', browser));
	expect(fulfilled(await Promise.allSettled(guesses))).toHaveLength(0);
	const [link] = await db.asOwner((tx) => tx.select().from(signInLinks));
	expect(link!.codesTried).toBe(codeTries);
});

test('twenty requests at the same instant are five mails, from one network or from many', async () => {
	for (const from of [() => '192.0.2.1', (i: number) => `198.51.100.${i}`]) {
		await db.asOwner((tx) => tx.delete(signInLinks));
		const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => ask(from(i))));
		expect(fulfilled(asked)).toHaveLength(linksPerAddress);
	}
});

test('two couriers never take the same mail', async () => {
	await db.asOwner((tx) =>
		tx.insert(mailMessages).values(
			Array.from({ length: 40 }, (_, i) => ({
				kind: 'test',
				toAddress: `${i}@school.example`,
				subject: 'x',
				bodyText: 'x',
				bodyHtml: 'x',
				createdAt: new Date(Date.now() - 1000)
			}))
		)
	);
	const taken = (await Promise.all(Array.from({ length: 8 }, () => takeDue(db, new Date())))).flat();
	expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
	expect(taken.length).toBeGreaterThan(0);
});

test('when a session ends, the database tells whoever listens, in the same breath', async () => {
	const { sessionId, cookieValue } = await createSession(db, ada, null);
	const heard: string[] = [];
	const silence = await db.listen('access_changed', (payload) => heard.push(payload));
	await endSession(db, sessionId);
	expect(await readSession(db, cookieValue)).toBeNull();
	await expect.poll(() => heard).toContain(`session:${sessionId}`);
	await silence();
});
