/** Races of the ways in to an account, on a real server: every request has a connection of its own there. */
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { askForAddress, proveAddress, removeAddress } from '#lib/identity/address.server.ts';
import { offeredProviders } from '#lib/identity/provider.ts';
import { beginSignIn, linkProviderIn, returnFromProvider, unlinkProvider } from '#lib/identity/provider.server.ts';
import {
	addressProofs,
	emailAddresses,
	people,
	providerAccounts,
	providerRequests,
	sessions
} from '#lib/identity/schema.server.ts';
import { createSession } from '#lib/identity/session.server.ts';
import { codeTries, linksPerAddress } from '#lib/identity/sign-in.ts';
import type { Asker } from '#lib/identity/ways-in.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { readSettings } from '#lib/server/settings.ts';
import { type HostileProvider, startHostileProvider } from '../hostile-provider.ts';
import { serverDatabase } from '../with-database.ts';

const ada = '01930000-0000-7000-8000-00000000aaaa';
const ben = '01930000-0000-7000-8000-00000000bbbb';
const origin = 'http://localhost';
const whence = { network: null, userAgent: null };
const rounds = 15;

let db: Database;
let outside: HostileProvider;
beforeAll(async () => {
	db = await serverDatabase();
	outside = await startHostileProvider();
	await db.asOwner((tx) =>
		tx.insert(people).values([
			{ id: ada, name: 'Ada Lovett', initials: 'AL' },
			{ id: ben, name: 'Ben Ito', initials: 'BI' }
		])
	);
});
afterAll(async () => {
	await outside?.close();
	await db?.close();
});
beforeEach(() => {
	vi.spyOn(console, 'log').mockImplementation(() => {});
	return empty();
});
afterEach(() => vi.restoreAllMocks());

const empty = () =>
	db.asOwner(async (tx) => {
		for (const table of [addressProofs, mailMessages, sessions, providerRequests, providerAccounts, emailAddresses])
			await tx.delete(table);
		await tx.insert(emailAddresses).values([{ address: 'ben@school.example', personId: ben, kind: 'school' }]);
	});

async function signedIn(personId: string): Promise<Asker> {
	const { sessionId } = await createSession(db, personId, null);
	return {
		person: { id: personId, name: 'Ada Lovett', initials: 'AL' },
		session: { sessionId, openedBy: 'mail', passkeyAt: null },
		whence,
		origin
	};
}
const link = (personId: string, subject: string) =>
	db.asService((tx) =>
		linkProviderIn(tx, { personId, provider: 'google', account: { issuer: outside.issuer, subject, label: null } })
	);
const counted = (table: typeof providerAccounts | typeof sessions | typeof emailAddresses, personId: string) =>
	db.asOwner((tx) => tx.$count(table, eq(table.personId, personId)));
const done = (results: PromiseSettledResult<unknown>[]) =>
	results.filter(({ status }) => status === 'fulfilled').length;
/** Every refusal was a sentence of ours, and no deadlock. */
const refusals = (results: PromiseSettledResult<unknown>[]) =>
	results.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).name] : []));

/** Goes there as somebody, and has what they come back with. */
async function onTheWayBack(subject: string) {
	const set = { GOOGLE_CLIENT_ID: 'us', GOOGLE_CLIENT_SECRET: 'secret', GOOGLE_ISSUER: outside.issuer };
	const provider = offeredProviders(readSettings(set))[0]!;
	const { address, ways } = await beginSignIn(db, { provider, origin, ways: [], shared: false });
	const sent = new URL(address).searchParams;
	const now = Math.floor(Date.now() / 1000);
	const code = crypto.randomUUID();
	const claims = { iss: outside.issuer, aud: 'us', sub: subject, iat: now, exp: now + 300, nonce: sent.get('nonce') };
	const before = outside.claims;
	outside.claims = (asked) => (asked === code ? claims : before(asked));
	const search = new URLSearchParams({ state: sent.get('state')!, code });
	const browser = (shared: boolean) => ({ whence, formerSessionId: null, shared });
	return () => returnFromProvider(db, { provider, origin, search, ways, asker: null, browser });
}

test('of eight who come back with one answer at the same instant, one gets in', async () => {
	for (let round = 0; round < rounds; round++) {
		await empty();
		await link(ada, 'ada');
		const back = await onTheWayBack('ada');
		const outcomes = await Promise.all(Array.from({ length: 8 }, back));
		expect(outcomes.filter(({ kind }) => kind === 'signed-in')).toHaveLength(1);
		expect(await counted(sessions, ada)).toBe(1);
	}
});

test('of two who link one account at the same instant, one has it', async () => {
	for (let round = 0; round < rounds; round++) {
		await empty();
		const answers = await Promise.all([link(ada, 'one'), link(ben, 'one')]);
		expect([...answers].sort()).toEqual(['linked', 'taken']);
	}
});

test('of the last two ways in, taken away at the same instant, one stays', async () => {
	for (let round = 0; round < rounds; round++) {
		await empty();
		await link(ada, 'one');
		await db.asOwner((tx) =>
			tx
				.insert(emailAddresses)
				.values({ address: 'ada@home.example', personId: ada, kind: 'personal', verifiedAt: new Date() })
		);
		const asker = await signedIn(ada);
		const results = await Promise.allSettled([
			unlinkProvider(db, asker, { issuer: outside.issuer, subject: 'one' }),
			removeAddress(db, asker, 'ada@home.example')
		]);
		expect([done(results), ...refusals(results)]).toEqual([1, 'Refusal']);
		expect((await counted(providerAccounts, ada)) + (await counted(emailAddresses, ada))).toBe(1);
	}
});

test('signing in and unlinking at the same instant do not stand in each other’s way', async () => {
	for (let round = 0; round < rounds; round++) {
		await empty();
		await link(ben, 'one');
		const asker = await signedIn(ben);
		const backs = await Promise.all([onTheWayBack('one'), onTheWayBack('one'), onTheWayBack('one')]);
		const results = await Promise.allSettled([
			...backs.map((back) => back()),
			unlinkProvider(db, asker, { issuer: outside.issuer, subject: 'one' })
		]);
		expect(refusals(results)).toEqual([]);
		expect(await counted(providerAccounts, ben)).toBe(0);
	}
});

test('of many tries of a code at the same instant five count, and of two right ones one', async () => {
	await link(ada, 'one');
	const asker = await signedIn(ada);
	await askForAddress(db, asker, 'ada@home.example');
	const wrong = await Promise.allSettled(Array.from({ length: 12 }, () => proveAddress(db, asker, 'BBBB-BBBB')));
	expect([done(wrong), new Set(refusals(wrong))]).toEqual([0, new Set(['Refusal'])]);
	const [proof] = await db.asOwner((tx) => tx.select().from(addressProofs));
	expect(proof!.codesTried).toBe(codeTries);

	await db.asOwner((tx) => tx.delete(mailMessages));
	await askForAddress(db, asker, 'ada@home.example');
	const [mail] = await db.asOwner((tx) => tx.select().from(mailMessages));
	const code = / ([A-Z0-9]{4}-[A-Z0-9]{4})$/m.exec(mail!.bodyText)![1]!;
	const right = await Promise.allSettled([1, 2].map(() => proveAddress(db, asker, code)));
	expect([done(right), ...refusals(right)]).toEqual([1, 'Refusal']);
});

test('of many who ask for codes at the same instant, as many are answered as may be', async () => {
	await link(ada, 'one');
	const asker = await signedIn(ada);
	const results = await Promise.allSettled(
		Array.from({ length: linksPerAddress + 4 }, (_, n) => askForAddress(db, asker, `ada${n}@home.example`))
	);
	expect(done(results)).toBe(linksPerAddress);
	expect(new Set(refusals(results))).toEqual(new Set(['Refusal']));
});
