import { generateKeyPairSync } from 'node:crypto';
import { desc, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages } from '#lib/server/schema.server.ts';
import { readSettings } from '#lib/server/settings.ts';
import { type HostileProvider, startHostileProvider, tokenOf } from '../../../tests/hostile-provider.ts';
import { client, type IdentityProvider, startIdentityProvider, walk } from '../../../tests/identity-provider.ts';
import { withDatabase } from '../../../tests/with-database.ts';
import {
	accountsPerPerson,
	answerLimit,
	offeredProviders,
	type Provider,
	requestLife,
	waysAtOnce
} from './provider.ts';
import {
	beginLinking,
	beginSignIn,
	linkProviderIn,
	listProviders,
	type Outcome,
	readProvider,
	returnFromProvider,
	unlinkProvider
} from './provider.server.ts';
import { emailAddresses, passkeys, people, providerAccounts, providerRequests, sessions } from './schema.server.ts';
import { createSession, readSession } from './session.server.ts';
import { provenFor } from './ways-in.ts';
import { type Asker, readWaysIn, sweepWaysIn } from './ways-in.server.ts';

const origin = 'https://wayfellow.example.org';
const ada = '01930000-0000-7000-8000-00000000aaaa';
const ben = '01930000-0000-7000-8000-00000000bbbb';
const whence = { network: '192.0.2.7', userAgent: 'a browser' };
const address = 'novice-001@district.example';

let db: Database;
let real: IdentityProvider;
let lying: HostileProvider;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	await db.asOwner(async (tx) => {
		await tx.insert(people).values([
			{ id: ada, name: 'Ada Lovett', initials: 'AL' },
			{ id: ben, name: 'Ben Ito', initials: 'BI' }
		]);
		await tx.insert(emailAddresses).values([
			{ address, personId: ada, kind: 'school' },
			{ address: 'ben@school.example', personId: ben, kind: 'school' }
		]);
	});
	// Whoever it lets in claims the same address, ours.
	real = await startIdentityProvider(() => address);
	real.serve([`${origin}/sign-in/back/google`]);
});
afterAll(async () => {
	await real?.close();
	await db?.close();
});
beforeEach(async () => {
	vi.spyOn(console, 'log').mockImplementation(() => {});
	lying = await startHostileProvider();
	await db.asOwner(async (tx) => {
		for (const table of [providerAccounts, providerRequests, sessions, mailMessages, passkeys]) await tx.delete(table);
		await tx.update(people).set({ deactivatedAt: null });
	});
});
afterEach(async () => {
	vi.restoreAllMocks();
	vi.unstubAllEnvs();
	await lying.close();
});

function providerAt(issuer: string, key: Provider['key'] = 'google'): Provider {
	const name = key.toUpperCase();
	const set = {
		[`${name}_CLIENT_ID`]: client.id,
		[`${name}_CLIENT_SECRET`]: client.secret,
		[`${name}_ISSUER`]: issuer
	};
	return offeredProviders(readSettings(set))[0]!;
}

/** A signed-in person at a browser of theirs. */
async function signedIn(personId: string, at = new Date()): Promise<Asker> {
	const { sessionId } = await createSession(db, personId, null, at);
	return {
		person: { id: personId, name: 'Ada Lovett', initials: 'AL' },
		session: { sessionId, openedBy: 'mail', passkeyAt: null },
		whence,
		origin
	};
}

const setting = (provider: Provider, more: Partial<Parameters<typeof beginSignIn>[1]> = {}) => ({
	provider,
	origin,
	ways: [],
	shared: false,
	...more
});
const comeBack = (
	provider: Provider,
	search: URLSearchParams,
	ways: string[],
	asker: Asker | null = null,
	at = new Date()
): Promise<Outcome> =>
	returnFromProvider(
		db,
		{
			provider,
			origin,
			search,
			ways,
			asker,
			browser: (shared) => ({ whence, formerSessionId: asker?.session.sessionId ?? null, shared })
		},
		at
	);

const rows = <T extends typeof providerAccounts | typeof providerRequests | typeof sessions>(table: T) =>
	db.asOwner((tx) => tx.$count(table));
const kindsOf = async (person: string) =>
	(
		await db.asOwner((tx) =>
			tx
				.select({ kind: auditEvents.kind })
				.from(auditEvents)
				.where(eq(auditEvents.personId, person))
				.orderBy(desc(auditEvents.id))
		)
	).map(({ kind }) => kind);
const mails = () =>
	db.asOwner((tx) => tx.select({ to: mailMessages.toAddress, text: mailMessages.bodyText }).from(mailMessages));
const link = (personId: string, issuer: string, subject: string, provider: Provider['key'] = 'google') =>
	db.asService((tx) => linkProviderIn(tx, { personId, provider, account: { issuer, subject, label: null } }));

/** There and back at the real one, as `name`. */
async function through(
	name: string | null,
	asker: Asker | null = null,
	begun?: Awaited<ReturnType<typeof beginSignIn>>
) {
	const provider = providerAt(real.issuer);
	const way =
		begun ??
		(asker
			? await beginLinking(db, asker, setting(provider))
			: await beginSignIn(db, setting(provider, { next: '/a?b' })));
	const { searchParams } = await walk(way.address, name);
	return { way, search: searchParams, outcome: await comeBack(provider, searchParams, way.ways, asker) };
}

describe('with a real provider', () => {
	test('an account that was linked while signed in signs in from then on', async () => {
		const asker = await signedIn(ada);
		expect((await through('novice', asker)).outcome).toEqual({ kind: 'linked', ways: [] });
		const [account] = await db.asOwner((tx) => tx.select().from(providerAccounts));
		expect(account).toMatchObject({
			issuer: real.issuer,
			subject: 'novice',
			personId: ada,
			provider: 'google',
			label: address,
			lastUsedAt: null
		});

		const { outcome, search } = await through('novice');
		expect(outcome).toMatchObject({ kind: 'signed-in', next: '/a?b', ways: [] });
		if (outcome.kind !== 'signed-in') return;
		expect(await readSession(db, outcome.session.cookieValue)).toMatchObject({
			person: { id: ada },
			openedBy: 'provider',
			passkeyAt: null,
			shared: false
		});
		expect(search.get('iss')).toBe(real.issuer);
		expect((await kindsOf(ada)).slice(0, 2)).toEqual(['signed-in', 'provider-linked']);
	});

	test('an account that nobody linked makes no account and opens none, whatever address it claims', async () => {
		const { outcome } = await through('somebody');
		expect(outcome).toEqual({
			kind: 'refused',
			reason: 'unknown',
			linking: false,
			next: '/a?b',
			shared: false,
			ways: []
		});
		expect([await rows(providerAccounts), await rows(sessions)]).toEqual([0, 0]);
		expect(await db.asOwner((tx) => tx.$count(people))).toBe(2);
	});

	test('what was said of a shared computer travels along, and the former session ends', async () => {
		await link(ada, real.issuer, 'novice');
		const former = await signedIn(ben);
		const provider = providerAt(real.issuer);
		const way = await beginSignIn(db, setting(provider, { shared: true }));
		const { searchParams } = await walk(way.address, 'novice');
		const outcome = await comeBack(provider, searchParams, way.ways, former);
		if (outcome.kind !== 'signed-in') throw new Error(outcome.kind);
		expect(await readSession(db, outcome.session.cookieValue)).toMatchObject({ person: { id: ada }, shared: true });
		expect(await rows(sessions)).toBe(1);
	});

	test('whoever goes back there is told so calmly', async () => {
		expect((await through(null)).outcome).toMatchObject({ kind: 'refused', reason: 'cancelled' });
	});

	test('the way back works once', async () => {
		await link(ada, real.issuer, 'novice');
		const { way, search, outcome } = await through('novice');
		expect(outcome.kind).toBe('signed-in');
		expect(await comeBack(providerAt(real.issuer), search, way.ways)).toMatchObject({ reason: 'late' });
		expect(await rows(sessions)).toBe(1);
	});

	test('of two who come back with the same answer at once, one gets in', async () => {
		await link(ada, real.issuer, 'novice');
		const provider = providerAt(real.issuer);
		const way = await beginSignIn(db, setting(provider));
		const { searchParams } = await walk(way.address, 'novice');
		const outcomes = await Promise.all([1, 2, 3].map(() => comeBack(provider, searchParams, way.ways)));
		expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['refused', 'refused', 'signed-in']);
	});

	test('it works for ten minutes', async () => {
		await link(ada, real.issuer, 'novice');
		const provider = providerAt(real.issuer);
		for (const [after, kind] of [
			[requestLife, 'refused'],
			[requestLife - 1000, 'signed-in']
		] as const) {
			const way = await beginSignIn(db, setting(provider), new Date(Date.now() - after));
			const { searchParams } = await walk(way.address, 'novice');
			expect((await comeBack(provider, searchParams, way.ways)).kind).toBe(kind);
		}
	});

	test('another browser, which did not set out, does not come back, and takes nobody’s way away', async () => {
		await link(ada, real.issuer, 'novice');
		const provider = providerAt(real.issuer);
		const way = await beginSignIn(db, setting(provider));
		const { searchParams } = await walk(way.address, 'novice');
		const other = await beginSignIn(db, setting(provider));
		for (const ways of [[], other.ways, ['x'.repeat(43)], [searchParams.get('state')!]])
			expect(await comeBack(provider, searchParams, ways)).toMatchObject({ kind: 'refused', reason: 'late' });
		expect((await comeBack(provider, searchParams, way.ways)).kind).toBe('signed-in');
	});

	test('three tabs may be on the way, and the fourth makes the first begin again', async () => {
		await link(ada, real.issuer, 'novice');
		const provider = providerAt(real.issuer);
		let ways: string[] = [];
		const addresses: string[] = [];
		for (let tab = 0; tab <= waysAtOnce; tab++) {
			const way = await beginSignIn(db, setting(provider, { ways }));
			ways = way.ways;
			addresses.push(way.address);
		}
		expect(ways).toHaveLength(waysAtOnce);
		const came = [];
		for (const at of addresses) {
			const { searchParams } = await walk(at, 'novice');
			const outcome = await comeBack(provider, searchParams, ways);
			ways = outcome.ways;
			came.push(outcome.kind);
		}
		expect(came).toEqual(['refused', 'signed-in', 'signed-in', 'signed-in']);
	});
});

describe('linking', () => {
	test('ends the other sessions, and tells the addresses that were there', async () => {
		const other = await signedIn(ada);
		const asker = await signedIn(ada);
		await through('novice', asker);
		const left = await db.asOwner((tx) => tx.select({ id: sessions.id }).from(sessions));
		expect(left).toEqual([{ id: asker.session.sessionId }]);
		expect(left).not.toContainEqual({ id: other.session.sessionId });
		const [mail, ...more] = await mails();
		expect(more).toEqual([]);
		expect(mail).toMatchObject({ to: address });
		expect(mail!.text).toContain('a Google account can now sign in');
		expect(mail!.text).toContain(`${origin}/account/sign-in`);
	});

	test('somebody else’s account is refused, and neither page nor log says whose it is', async () => {
		await link(ben, real.issuer, 'novice');
		const asker = await signedIn(ada);
		const { outcome } = await through('novice', asker);
		expect(outcome).toMatchObject({ kind: 'refused', reason: 'taken', linking: true });
		expect(JSON.stringify(outcome)).not.toContain(ben);
		const [event] = await db.asPerson(ada, (tx) =>
			tx.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1)
		);
		expect(event).toMatchObject({ kind: 'not-allowed', personId: ada });
		expect(JSON.stringify(event)).not.toContain(ben);
		expect(await mails()).toEqual([]);
		expect((await through('novice')).outcome).toMatchObject({ kind: 'signed-in' });
	});

	test('is finished by the one who began it: signed out, or as somebody else, nothing is linked', async () => {
		const asker = await signedIn(ada);
		const provider = providerAt(real.issuer);
		for (const then of [null, await signedIn(ben)]) {
			const way = await beginLinking(db, asker, setting(provider));
			const { searchParams } = await walk(way.address, 'novice');
			expect(await comeBack(provider, searchParams, way.ways, then)).toMatchObject({ reason: 'late', linking: true });
		}
		expect(await rows(providerAccounts)).toBe(0);
	});

	test('the same account once more changes nothing', async () => {
		await through('novice', await signedIn(ada));
		await db.asOwner((tx) => tx.delete(mailMessages));
		expect((await through('novice', await signedIn(ada))).outcome).toMatchObject({ kind: 'linked' });
		expect([await rows(providerAccounts), await mails()]).toEqual([1, []]);
	});

	test('needs somebody who was there within the hour', async () => {
		const asker = await signedIn(ada, new Date(Date.now() - provenFor));
		await expect(beginLinking(db, asker, setting(providerAt(real.issuer)))).rejects.toThrow('more than an hour ago');
		expect(await rows(providerRequests)).toBe(0);
	});

	test('ends at ten accounts', async () => {
		for (let n = 0; n < accountsPerPerson; n++) await link(ada, real.issuer, `account ${n}`);
		const asker = await signedIn(ada);
		await expect(beginLinking(db, asker, setting(providerAt(real.issuer)))).rejects.toThrow('as many as we keep');
	});
});

describe('unlinking', () => {
	const account = () => ({ issuer: real.issuer, subject: 'novice' });

	test('closes that way at once, and is told', async () => {
		await link(ada, real.issuer, 'novice');
		const asker = await signedIn(ada);
		await unlinkProvider(db, asker, account());
		expect((await through('novice')).outcome).toMatchObject({ reason: 'unknown' });
		expect((await mails())[0]!.text).toContain('can no longer sign in');
		expect((await kindsOf(ada))[0]).toBe('provider-unlinked');
	});

	test('reaches one’s own accounts only', async () => {
		await link(ben, real.issuer, 'novice');
		await expect(unlinkProvider(db, await signedIn(ada), account())).rejects.toThrow('not linked to you');
		expect(await rows(providerAccounts)).toBe(1);
	});

	test('leaves the last way in, also when two are taken away at once', async () => {
		const without = '01930000-0000-7000-8000-00000000cccc';
		await db.asOwner((tx) => tx.insert(people).values({ id: without, name: 'Cy Noor', initials: 'CN' }));
		await link(without, real.issuer, 'one');
		await link(without, real.issuer, 'two');
		const asker = await signedIn(without);
		const gone = await Promise.allSettled(
			['one', 'two'].map((subject) => unlinkProvider(db, asker, { issuer: real.issuer, subject }))
		);
		expect(gone.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await rows(providerAccounts)).toBe(1);
		expect((await readWaysIn(db, asker)).lastWay).toBe(true);
		await db.asOwner(async (tx) => {
			await tx.delete(providerAccounts);
			await tx.delete(sessions);
			await tx.delete(people).where(eq(people.id, without));
		});
	});
});

test('somebody who left does not come in, hears what strangers hear, and the try is written down for them', async () => {
	await link(ada, real.issuer, 'novice');
	await db.asOwner((tx) => tx.update(people).set({ deactivatedAt: new Date() }).where(eq(people.id, ada)));
	const { outcome } = await through('novice');
	expect(outcome).toMatchObject({ kind: 'refused', reason: 'unknown' });
	expect((await kindsOf(ada))[0]).toBe('sign-in-refused');
	expect(await rows(sessions)).toBe(0);
});

/** Goes to the one that lies, and comes back as if it had sent the person so. */
async function lied(
	how: { provider?: Provider; search?: Record<string, string>; ways?: string[]; code?: string } = {}
) {
	const provider = how.provider ?? providerAt(lying.issuer);
	const way = await beginSignIn(db, setting(provider));
	const sent = new URL(way.address).searchParams;
	const now = Math.floor(Date.now() / 1000);
	const honest = {
		iss: lying.issuer,
		aud: client.id,
		sub: 'novice',
		iat: now,
		exp: now + 300,
		nonce: sent.get('nonce')!,
		email: address
	};
	const twist = lying.claims;
	lying.claims = (code) => ({ ...honest, ...twist(code) });
	const search = new URLSearchParams({ code: how.code ?? 'code', state: sent.get('state')!, ...how.search });
	const outcome = await comeBack(provider, search, how.ways ?? way.ways);
	lying.claims = twist;
	return { sent, outcome };
}
const why = ({ outcome }: Awaited<ReturnType<typeof lied>>) =>
	outcome.kind === 'refused' ? outcome.reason : outcome.kind;

describe('with a provider that lies', () => {
	beforeEach(() => link(ada, lying.issuer, 'novice'));
	const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
	const now = () => Math.floor(Date.now() / 1000);

	test('the truth lets in, so that being refused means something', async () => {
		expect(why(await lied())).toBe('signed-in');
	});

	test.for<[what: string, lie: (provider: HostileProvider) => void]>([
		['the nonce of another request', (it) => (it.claims = () => ({ nonce: 'another' }))],
		['no nonce', (it) => (it.claims = () => ({ nonce: undefined }))],
		['a token for another client', (it) => (it.claims = () => ({ aud: 'somebody-else' }))],
		[
			'a token for two, of which we are not the one it is for',
			(it) => (it.claims = () => ({ aud: [client.id, 'else'], azp: 'else' }))
		],
		['a token of another issuer', (it) => (it.claims = () => ({ iss: 'https://accounts.google.com' }))],
		['a token that ran out', (it) => (it.claims = () => ({ iat: now() - 900, exp: now() - 600 }))],
		['a token without an end', (it) => (it.claims = () => ({ exp: undefined }))],
		['a token without a subject', (it) => (it.claims = () => ({ sub: undefined }))],
		['a subject that is no text', (it) => (it.claims = () => ({ sub: { $ne: null } }))],
		['a token that nobody signed', (it) => (it.token = (claims) => tokenOf(claims, stranger, { alg: 'none' }))],
		['a token signed by somebody else', (it) => (it.token = (claims) => tokenOf(claims, stranger))],
		[
			'a token signed by a key it never named',
			(it) => (it.token = (claims) => tokenOf(claims, stranger, { kid: 'two' }))
		],
		[
			'a token signed with our own secret',
			(it) => (it.token = (claims) => tokenOf(claims, stranger, { alg: 'HS256' }))
		],
		['no token at all', (it) => (it.token = () => '')],
		['garbage instead of a token', (it) => (it.token = () => 'not.a.token')],
		['garbage instead of an answer', (it) => (it.exchange = (response) => response.end('<html>Welcome</html>'))],
		['an answer without an end', (it) => (it.exchange = (response) => response.end('x'.repeat(answerLimit + 1)))],
		[
			'a whole library, compressed',
			(it) =>
				(it.exchange = (response) =>
					response
						.writeHead(200, { 'content-type': 'application/json' })
						.end(JSON.stringify({ access_token: 'x'.repeat(answerLimit), token_type: 'Bearer' })))
		],
		[
			'somewhere else to ask',
			(it) => (it.exchange = (response) => response.writeHead(307, { location: `${it.issuer}/elsewhere` }).end())
		],
		['keys that are none', (it) => (it.metadata = { jwks_uri: `${it.issuer}/nowhere` })],
		['keys over an open line', (it) => (it.metadata = { jwks_uri: 'http://192.0.2.1/keys' })],
		['a token endpoint over an open line', (it) => (it.metadata = { token_endpoint: 'http://192.0.2.1/token' })]
	])('%s lets nobody in', async ([, lie]) => {
		lie(lying);
		expect(why(await lied())).toBe('unproven');
		expect(await rows(sessions)).toBe(0);
	});

	test.for<[what: string, search: Record<string, string>, reason: string]>([
		['the state of nobody', { state: 'x'.repeat(43) }, 'late'],
		['no state', { state: '' }, 'late'],
		['another issuer’s name, as after a swap', { iss: 'https://accounts.google.com' }, 'unproven'],
		['an error beside the code', { error: 'server_error' }, 'unproven'],
		['that it is away', { error: 'temporarily_unavailable' }, 'away']
	])('an answer with %s lets nobody in', async ([, search, reason]) => {
		expect(why(await lied({ search }))).toBe(reason);
		expect(await rows(sessions)).toBe(0);
	});

	test('an answer that leaves out the issuer it promised lets nobody in', async () => {
		lying.metadata = { authorization_response_iss_parameter_supported: true };
		expect(why(await lied())).toBe('unproven');
		expect(why(await lied({ search: { iss: lying.issuer }, code: 'another' }))).toBe('signed-in');
	});

	test('the same parameter twice lets nobody in', async () => {
		const provider = providerAt(lying.issuer);
		for (const name of ['state', 'code', 'iss']) {
			const way = await beginSignIn(db, setting(provider));
			const state = new URL(way.address).searchParams.get('state')!;
			const search = new URLSearchParams({ state, code: 'code', iss: lying.issuer });
			search.append(name, search.get(name)!);
			expect((await comeBack(provider, search, way.ways)).kind, name).toBe('refused');
		}
		expect(lying.asked).not.toContain('/token');
	});

	test('a code that was used elsewhere lets nobody in', async () => {
		expect(why(await lied({ code: 'once' }))).toBe('signed-in');
		expect(why(await lied({ code: 'once' }))).toBe('unproven');
	});

	test('an answer meant for another provider is not taken to this one: no code leaves', async () => {
		const second = await startHostileProvider();
		try {
			const [google, clever] = [providerAt(lying.issuer), providerAt(second.issuer, 'clever')];
			const way = await beginSignIn(db, setting(google));
			const search = new URLSearchParams({ state: new URL(way.address).searchParams.get('state')!, code: 'of google' });
			expect(await comeBack(clever, search, way.ways)).toMatchObject({ kind: 'refused', reason: 'late' });
			expect(second.asked).not.toContain('/token');
			expect((await comeBack(google, search, way.ways)).kind).toBe('refused'); // its token was for another nonce
		} finally {
			await second.close();
		}
	});

	test('two providers that claim the same address and the same subject stay two, until their owner links both', async () => {
		const second = await startHostileProvider();
		try {
			const honest = lying;
			expect(why(await lied())).toBe('signed-in');
			lying = second;
			expect(why(await lied())).toBe('unknown');
			await link(ada, second.issuer, 'novice', 'clever');
			expect(why(await lied({ code: 'another' }))).toBe('signed-in');
			lying = honest;
			expect(await rows(providerAccounts)).toBe(2);
		} finally {
			await second.close();
		}
	});

	test('what is asked for fits: PKCE, state, nonce, our own address and little scope', async () => {
		let form = new URLSearchParams();
		lying.exchange = (response, sent) => {
			form = sent;
			response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
		};
		lying.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
		const { sent } = await lied();
		expect(Object.fromEntries(sent)).toMatchObject({
			client_id: client.id,
			response_type: 'code',
			redirect_uri: `${origin}/sign-in/back/google`,
			scope: 'openid email',
			code_challenge_method: 'S256',
			prompt: 'select_account'
		});
		for (const name of ['state', 'nonce', 'code_challenge']) expect(sent.get(name)?.length).toBeGreaterThanOrEqual(43);
		expect(form.get('redirect_uri')).toBe(`${origin}/sign-in/back/google`);
		expect(form.get('code_verifier')?.length).toBeGreaterThanOrEqual(43);
		expect([form.get('client_id'), form.get('client_secret')]).toEqual([client.id, client.secret]);
	});

	test('a provider that asks for our secret in a header gets it there, and not in the form', async () => {
		let [header, form] = ['', new URLSearchParams()];
		lying.exchange = (response, sent, request) => {
			[header, form] = [request.headers.authorization ?? '', sent];
			response.writeHead(503).end();
		};
		await lied();
		expect(header).toMatch(/^Basic /);
		expect(form.has('client_secret')).toBe(false);
	});

	test('nothing of it reaches the log but words of ours', async () => {
		lying.claims = () => ({ nonce: 'a secret of theirs' });
		await lied();
		const said = vi.mocked(console.log).mock.calls.join('\n');
		expect(said).toContain('"event":"provider-not-proven","provider":"google","reason":"unproven"');
		for (const word of ['a secret of theirs', client.secret, address, 'novice', 'state='])
			expect(said).not.toContain(word);
	});

	test('tables keep neither state nor code in the open', async () => {
		const { sent } = await lied();
		const kept = JSON.stringify(await db.asOwner((tx) => tx.select().from(providerRequests)));
		expect(kept).not.toContain(sent.get('state'));
	});
});

describe('a provider that does not answer', () => {
	test('in time, or without an end, or in good health is said to be away, and nobody waits for ever', async () => {
		await link(ada, lying.issuer, 'novice');
		const silent = await startHostileProvider();
		const dripping = await startHostileProvider();
		silent.exchange = () => {};
		dripping.exchange = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{');
		lying.exchange = (response) => void response.writeHead(502).end('Bad gateway');
		try {
			const tried = await Promise.all(
				[silent, dripping, lying].map(async ({ issuer }) => {
					const provider = providerAt(issuer);
					const way = await beginSignIn(db, setting(provider));
					const state = new URL(way.address).searchParams.get('state')!;
					return comeBack(provider, new URLSearchParams({ state, code: 'code' }), way.ways);
				})
			);
			expect(tried.map((outcome) => 'reason' in outcome && outcome.reason)).toEqual(['away', 'away', 'away']);
		} finally {
			await Promise.all([silent.close(), dripping.close()]);
		}
	});

	test('at the very beginning stops it with a sentence, keeps nothing, and is asked again the next time', async () => {
		const provider = providerAt(lying.issuer);
		lying.instead = (response) => void response.writeHead(503).end();
		await expect(beginSignIn(db, setting(provider))).rejects.toThrow('Google does not answer at the moment.');
		expect(await rows(providerRequests)).toBe(0);
		lying.instead = null;
		expect((await beginSignIn(db, setting(provider))).ways).toHaveLength(1);
		const asked = lying.asked.length;
		await beginSignIn(db, setting(provider));
		expect(lying.asked).toHaveLength(asked); // what it said of itself is believed for an hour
	});

	test('nobody is there at all', async () => {
		const provider = providerAt('http://127.0.0.1:9');
		await expect(beginSignIn(db, setting(provider))).rejects.toThrow('does not answer');
	});

	test('one that describes another issuer, or leads people over an open line, is not believed', async () => {
		for (const metadata of [
			{ issuer: 'https://accounts.google.com' },
			{ authorization_endpoint: 'http://192.0.2.1/' }
		]) {
			const other = await startHostileProvider();
			other.metadata = metadata;
			try {
				await expect(beginSignIn(db, setting(providerAt(other.issuer)))).rejects.toThrow('does not fit');
			} finally {
				await other.close();
			}
		}
	});
});

describe('Microsoft, where every directory is an issuer of its own', () => {
	const tid = '11111111-1111-4111-8111-111111111111';
	const other = '33333333-3333-4333-8333-333333333333';
	const base = () => new URL(lying.issuer).origin;
	const tenant = (id: string) => `${base()}/${id}/v2.0`;
	beforeEach(async () => {
		await lying.close();
		lying = await startHostileProvider('/common/v2.0', '/{tenantid}/v2.0');
		await link(ada, tenant(tid), 'pairwise-sub', 'microsoft');
	});
	const provider = () => providerAt(lying.issuer, 'microsoft');

	test('the directory of a linked account lets in', async () => {
		lying.claims = () => ({ iss: tenant(tid), tid, sub: 'pairwise-sub' });
		const { sent, outcome } = await lied({ provider: provider() });
		expect(outcome.kind).toBe('signed-in');
		expect(sent.get('scope')).toBe('openid email profile');
	});

	test('another directory with the same subject and address is somebody else', async () => {
		lying.claims = () => ({ iss: tenant(other), tid: other, sub: 'pairwise-sub' });
		expect(why(await lied({ provider: provider() }))).toBe('unknown');
	});

	test.for<[what: string, claims: () => Record<string, unknown>]>([
		['names another directory than its own', () => ({ iss: tenant(tid), tid: other })],
		['names none', () => ({ iss: tenant(tid), tid: undefined })],
		['is of the pattern itself', () => ({ iss: `${base()}/{tenantid}/v2.0`, tid: '{tenantid}' })],
		['is of the common address', () => ({ iss: lying.issuer, tid: 'common' })],
		['is of another host', () => ({ iss: `https://login.microsoftonline.com/${tid}/v2.0`, tid })]
	])('a token that %s lets nobody in', async ([, claims]) => {
		lying.claims = () => ({ sub: 'pairwise-sub', ...claims() });
		expect(why(await lied({ provider: provider() }))).toBe('unproven');
	});
});

describe('a portal', () => {
	test('brings a code that nobody asked for: it is left alone, and our own way begins at once, as often as it comes', async () => {
		const provider = providerAt(lying.issuer, 'clever');
		let ways: string[] = [];
		const begun = [];
		for (let n = 0; n < 2; n++) {
			const outcome = await comeBack(provider, new URLSearchParams({ code: 'from the portal', scope: 'x' }), ways);
			if (outcome.kind !== 'begun') throw new Error(outcome.kind);
			ways = outcome.ways;
			begun.push(new URL(outcome.address));
		}
		expect(lying.asked).not.toContain('/token');
		expect(ways).toHaveLength(2);
		for (const { searchParams } of begun) {
			expect(searchParams.get('redirect_uri')).toBe(`${origin}/sign-in/back/clever`);
			expect(searchParams.get('state')).toBeTruthy();
		}
		// The way that was begun ends like any other, and replaces whoever was signed in.
		await link(ada, lying.issuer, 'novice', 'clever');
		const sent = begun[1]!.searchParams;
		const now = Math.floor(Date.now() / 1000);
		lying.claims = () => ({
			iss: lying.issuer,
			aud: client.id,
			sub: 'novice',
			iat: now,
			exp: now + 300,
			nonce: sent.get('nonce')
		});
		const search = new URLSearchParams({ code: 'asked for', state: sent.get('state')! });
		expect(await comeBack(provider, search, ways, await signedIn(ben))).toMatchObject({ kind: 'signed-in', next: '/' });
		expect(await rows(sessions)).toBe(1);
	});

	test('is away: nobody is sent in circles', async () => {
		lying.instead = (response) => void response.writeHead(503).end();
		const outcome = await comeBack(providerAt(lying.issuer, 'classlink'), new URLSearchParams({ code: 'x' }), []);
		expect(outcome).toMatchObject({ kind: 'refused', reason: 'away' });
	});

	test('a provider without one begins nothing by a code', async () => {
		const outcome = await comeBack(providerAt(lying.issuer), new URLSearchParams({ code: 'x' }), []);
		expect(outcome).toMatchObject({ kind: 'refused', reason: 'late' });
	});
});

test('the page lists one’s own ways in, and the database shows nobody another’s', async () => {
	await link(ada, real.issuer, 'novice');
	await link(ben, real.issuer, 'other');
	const asker = await signedIn(ada);
	expect(await readWaysIn(db, asker)).toMatchObject({
		addresses: [{ address, kind: 'school', verified: false }],
		accounts: [{ issuer: real.issuer, subject: 'novice', name: 'Google', label: null }],
		lastWay: false,
		recently: true,
		waitingFor: null
	});
	const seen = await db.asPerson(ada, (tx) => tx.select({ subject: providerAccounts.subject }).from(providerAccounts));
	expect(seen).toEqual([{ subject: 'novice' }]);
	await expect(db.asPerson(ada, (tx) => tx.select().from(providerRequests))).rejects.toThrow();
	await expect(db.asPerson(ada, (tx) => tx.delete(providerAccounts))).rejects.toThrow();
});

test('only what is set up is offered, and the rest is not there', () => {
	for (const name of ['GOOGLE', 'MICROSOFT', 'CLEVER', 'CLASSLINK'])
		for (const what of ['ID', 'SECRET']) vi.stubEnv(`${name}_CLIENT_${what}`, '');
	vi.stubEnv('CLEVER_CLIENT_ID', 'id');
	vi.stubEnv('CLEVER_CLIENT_SECRET', 'secret');
	expect(listProviders()).toEqual([{ key: 'clever', name: 'Clever' }]);
	expect(readProvider('clever').name).toBe('Clever');
	for (const key of ['google', 'CLEVER', '', '__proto__', 'constructor'])
		expect(() => readProvider(key)).toThrow(expect.objectContaining({ reason: 'not-found' }));
});

test('after a day nobody knows who was on the way', async () => {
	await beginSignIn(db, setting(providerAt(real.issuer)));
	await sweepWaysIn(db, new Date(Date.now() + 86_400_000 - 60_000));
	expect(await rows(providerRequests)).toBe(1);
	await sweepWaysIn(db, new Date(Date.now() + 86_400_000 + 60_000));
	expect(await rows(providerRequests)).toBe(0);
});
