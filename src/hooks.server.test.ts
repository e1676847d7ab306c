import { like } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { auditEvents } from '#lib/audit/schema.server.ts';
import { Refusal } from '#lib/errors.ts';
import { people } from '#lib/identity/schema.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { createSession } from '#lib/identity/session.server.ts';
import { setCurrent } from '#lib/server/current.ts';
import type { Database } from '#lib/server/database.ts';
import { limits } from '#lib/server/limits/kinds.ts';
import { closeLimits } from '#lib/server/limits/limits.server.ts';
import { rateLimits } from '#lib/server/schema.server.ts';
import { withDatabase } from '../tests/with-database.ts';
import { handle, handleError } from './hooks.server.ts';

type Input = Parameters<typeof handle>[0];
const ada = '01930000-0000-7000-8000-00000000aaaa';

let db: Database;
let cookie: string;
beforeAll(async () => {
	db = await withDatabase({ cast: false });
	setCurrent(db);
	await db.asOwner((tx) => tx.insert(people).values({ id: ada, name: 'Ada Lovett', initials: 'AL' }));
	cookie = (await createSession(db, ada, null)).cookieValue;
});
afterAll(async () => {
	setCurrent(null);
	await db.close();
});
afterEach(async () => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
	await closeLimits();
	await db.asService((tx) => tx.delete(rateLimits));
});

const quiet = () => vi.spyOn(console, 'log').mockImplementation(() => {});

/** Sends a request through the hook; the page behind it answers with who it was told is asking. */
async function send(
	path: string,
	{ method = 'GET', ...headers }: Record<string, string> = {},
	host = 'localhost:3000',
	{ from = '192.0.2.1', isDataRequest = false, sets = '', body = null as string | null } = {}
) {
	const url = new URL(path, `http://${host}`);
	const request = new Request(url, { method, body, headers: { host, ...headers } });
	const locals = {} as Input['event']['locals'];
	const getClientAddress = () => from;
	const event = {
		request,
		url,
		locals,
		route: { id: path },
		getClientAddress,
		isDataRequest
	} as unknown as Input['event'];
	const resolve = async () =>
		new Response(locals.person?.name ?? 'nobody', {
			headers: { 'content-type': 'text/html', ...(sets ? { 'set-cookie': sets } : {}) }
		});
	const response = await handle({ event, resolve });
	return { response, headers: response.headers, text: await response.text(), locals };
}

test('every answer says how browsers must treat it', async () => {
	const { headers } = await send('/');
	expect(Object.fromEntries(headers)).toMatchObject({
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'same-origin',
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': expect.stringContaining('camera=()')
	});
	expect(headers.has('strict-transport-security')).toBe(false);
	expect(headers.has('cache-control')).toBe(false);
});

test('no cache keeps what somebody signed in was shown, nor the way in', async () => {
	expect((await send('/', { cookie: `session=${cookie}` })).headers.get('cache-control')).toBe('no-store');
	expect((await send('/sign-in/link')).headers.get('cache-control')).toBe('no-store');
});

test('the page learns who is asking, and where to come back to', async () => {
	const { text, locals } = await send('/reflections/1?part=2', { cookie: `session=${cookie}` });
	expect(text).toBe('Ada Lovett');
	expect(locals).toMatchObject({
		person: { id: ada },
		session: { sessionId: cookie.split('.')[0], openedBy: 'mail' },
		here: '/reflections/1?part=2'
	});
	expect(await send('/', { cookie: 'session=nonsense' })).toMatchObject({ text: 'nobody', locals: { person: null } });
});

test('on https the connection stays https, and only the cookie of this very host counts', async () => {
	vi.stubEnv('ORIGIN', 'https://wayfellow.example.org');
	const plain = await send('/', { cookie: `session=${cookie}` });
	expect(plain.headers.get('strict-transport-security')).toContain('max-age=31536000');
	expect(plain.text).toBe('nobody');
	expect((await send('/', { cookie: `__Host-session=${cookie}` })).text).toBe('Ada Lovett');
});

test('a change asked for by another site is refused whatever its content type, and before anything else happens', async () => {
	for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain', 'image/png']) {
		const { response, text } = await send('/sign-out', {
			method: 'POST',
			origin: 'https://evil.example',
			'content-type': type,
			cookie: `session=${cookie}`
		});
		expect(response.status).toBe(403);
		expect(text).toContain('another site');
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
	}
});

test("our own pages' changes and a script's get through", async () => {
	const own = { method: 'POST', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' };
	expect((await send('/sign-out', own)).response.status).toBe(200);
	expect((await send('/sign-in/demo', { method: 'POST' })).response.status).toBe(200);
});

test('a page is zipped for browsers', async () => {
	expect((await send('/', { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip');
});

test('while the database does not answer the page is told, instead of a bare answer without our headers', async () => {
	const lines = vi.spyOn(console, 'log').mockImplementation(() => {});
	setCurrent({ ...db, ask: () => Promise.reject(new Error('connection refused')) });
	const { response, headers, locals } = await send('/', { cookie: `session=${cookie}` });
	setCurrent(db);
	lines.mockRestore();
	expect(response.status).toBe(200);
	expect(headers.get('cache-control')).toBe('no-store');
	expect(locals).toMatchObject({ person: null, away: true });
	expect(() => signedIn(locals)).toThrow(expect.objectContaining({ reason: 'away' }));
});

/** Sends the same until it is too often. @returns how often it went well, and the answer after that */
async function until429(once: () => ReturnType<typeof send>, most = 10_000) {
	for (let well = 0; well < most; well++) {
		const answer = await once();
		if (answer.response.status === 429) return { well, ...answer };
	}
	throw new Error(`It went well ${most} times.`);
}

/** As if all but one of the knocks had been made already. */
const nearlyAll = () => db.asService((tx) => tx.update(rateLimits).set({ points: limits.knocks.points - 1 }));

test('whoever guesses at the door is told to wait, by network, whatever account they knock for', async () => {
	quiet();
	const guess = (from: string) => send('/sign-in/code', { method: 'POST', accept: 'text/html' }, undefined, { from });
	const { well, headers, text } = await until429(() => guess('192.0.2.9'));
	expect(well).toBe(limits.knocks.points);
	expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
	expect(headers.get('cache-control')).toBe('no-store');
	expect(headers.get('content-security-policy')).toContain("default-src 'none'");
	expect(text).toContain('A great many tries to sign in came from your network, so this one was not made.');
	expect(text).toContain('Please try again in 15 minutes.');
	// Their neighbour, and they themselves when they only read, go on; so does whoever is signed in there.
	expect((await guess('192.0.2.10')).response.status).toBe(200);
	expect((await send('/sign-in', {}, undefined, { from: '192.0.2.9' })).response.status).toBe(200);
	const signedIn = { method: 'POST', cookie: `session=${cookie}` };
	expect((await send('/pairs/1', signedIn, undefined, { from: '192.0.2.9' })).response.status).toBe(200);
});

test('all addresses of one IPv6 network are one', async () => {
	quiet();
	const guess = (host: string) => send('/sign-in', { method: 'POST' }, undefined, { from: `2001:db8::${host}` });
	await guess('1');
	await nearlyAll();
	expect((await guess('2')).response.status).toBe(200);
	expect((await guess('ffff:3')).response.status).toBe(429);
});

test('a school that signs in on one morning does not use up what it has for mistakes', async () => {
	quiet();
	const sends = (sets: string) => send('/sign-in/code', { method: 'POST' }, undefined, { from: '192.0.2.20', sets });
	await sends('');
	await nearlyAll();
	for (let i = 0; i < 50; i++) expect((await sends('session=abc.def; Path=/')).response.status).toBe(200);
	// Signing out is no way to get more.
	expect((await sends('session=; Path=/; Max-Age=0')).response.status).toBe(200);
	expect((await sends('session=; Path=/; Max-Age=0')).response.status).toBe(429);
});

test('too many forms of one person are refused from wherever they come, and reading goes on', async () => {
	quiet();
	let n = 0;
	const sends = () =>
		send('/pairs/1', { method: 'POST', cookie: `session=${cookie}` }, undefined, { from: `198.51.100.${n++ % 250}` });
	const { well, text } = await until429(sends);
	expect(well).toBe(limits.changes.points);
	expect(text).toMatch(/^Those were very many changes within a minute, and this last one was not made\./);
	expect((await send('/', { cookie: `session=${cookie}` })).response.status).toBe(200);
});

test('a flood from one network is refused before anything is looked up, and only there', async () => {
	quiet();
	let looked = 0;
	setCurrent({ ...db, asService: (work) => (looked++, db.asService(work)) });
	// A cookie that can't be ours costs no look either.
	const reads = (isDataRequest = false, from = '192.0.2.30') =>
		send('/', { cookie: 'session=x', accept: 'text/html' }, undefined, { from, isDataRequest });
	const { well, text } = await until429(reads);
	expect(well).toBe(limits.network.points);
	expect(text).toContain('What you wrote and saved is safe.');
	const before = looked;
	const flood = () => send('/', { cookie: `session=${cookie}` }, undefined, { from: '192.0.2.30' });
	for (let i = 0; i < 100; i++) expect((await flood()).response.status).toBe(429);
	expect(looked).toBe(before);
	expect(JSON.parse((await reads(true)).text)).toEqual({ message: expect.stringContaining('Please try again') });
	expect((await reads(false, '192.0.2.31')).response.status).toBe(200);
	expect((await send('/livez', {}, undefined, { from: '192.0.2.30' })).response.status).toBe(200);
	setCurrent(db);
}, 60_000);

test('our own scripts are told so in the way they understand', async () => {
	quiet();
	const sends = () => send('/pairs/1', { method: 'POST', cookie: `session=${cookie}`, accept: 'application/json' });
	expect(JSON.parse((await until429(sends)).text)).toMatchObject({ type: 'error', error: { status: 429 } });
});

test('while nobody can count, no guess is let through: the answer says that the database is away', async () => {
	quiet();
	const terminated = () => Promise.reject(new Error('Connection terminated'));
	setCurrent({ ...db, serviceSession: () => ({ run: terminated, read: terminated, close: async () => {} }) });
	const { response, text } = await send('/sign-in', { method: 'POST', accept: 'text/html' });
	setCurrent(db);
	expect(response.status).toBe(503);
	expect(text).toContain('We can not reach our database at the moment');
});

const event = {
	route: { id: '/x' },
	request: new Request('http://localhost/x'),
	locals: { person: null }
} as unknown as Input['event'];
const handled = (error: unknown) => handleError({ kind: 'unknown', error, event } as Parameters<typeof handleError>[0]);

test('a refusal is answered with its own status and sentence', async () => {
	expect(await handled(new Refusal('not-allowed', 'That is not yours.'))).toEqual({
		status: 403,
		message: 'That is not yours.'
	});
	expect(await handled(new Refusal('not-found', 'There is none.'))).toMatchObject({ status: 404 });
});

test.for([
	Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:5432'), { code: 'ECONNREFUSED' }),
	new Error('Failed query', { cause: new Error('Connection terminated unexpectedly') }),
	Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
])('a database that is away is said to be so: %s', async (error) => {
	const log = quiet();
	expect(await handled(error)).toEqual({
		status: 503,
		message: expect.stringContaining('We can not reach our database at the moment')
	});
	expect(JSON.stringify(log.mock.calls)).not.toContain('192.0.2.1');
});

test('a right that is refused is written down for who tried, and nobody waits for it', async () => {
	const tried = {
		...event,
		request: new Request('http://localhost/x', { method: 'POST', headers: { 'user-agent': 'A browser' } }),
		locals: { person: { id: ada } },
		getClientAddress: () => '192.0.2.7'
	};
	const refuse = (reason: 'not-allowed' | 'not-found' | 'rule') =>
		handleError({ kind: 'unknown', error: new Refusal(reason, 'No.'), event: tried } as unknown as Parameters<
			typeof handleError
		>[0]);
	expect(refuse('rule')).toMatchObject({ status: 422 });
	expect(refuse('not-found')).toMatchObject({ status: 404 });
	expect(refuse('not-allowed')).toMatchObject({ status: 403 });
	const written = () => db.asPerson(ada, (tx) => tx.select().from(auditEvents).where(like(auditEvents.kind, 'not-%')));
	await expect.poll(async () => (await written()).length).toBe(2);
	const line = { personId: ada, byPersonId: ada, network: '192.0.2.7', about: { route: '/x', method: 'POST' } };
	expect((await written()).sort((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
		{ kind: 'not-allowed', ...line },
		{ kind: 'not-found', ...line }
	]);
});

test('an error of ours is answered calmly, and its words reach neither the reader nor the log', async () => {
	const lines: string[] = [];
	const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
	const loud = vi.spyOn(console, 'error').mockImplementation(() => {});
	const cause = Object.assign(new Error('duplicate key: three hands went up'), { code: '23505' });
	const answer = await handled(new Error('Failed query: params: three hands went up', { cause }));
	log.mockRestore();
	loud.mockRestore();
	expect(answer).toMatchObject({ status: 500, message: expect.stringContaining('What you wrote and saved is safe') });
	expect(JSON.stringify(answer)).not.toContain('three hands');
	expect(lines).toHaveLength(1);
	expect(lines[0]).not.toContain('three hands');
	expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'error', id: (answer as { id: string }).id, code: '23505' });
});

test('what is sent is as long as a form, or goes to the one door that takes files', async () => {
	const host = 'localhost:3000';
	const answered = async (path: string, length: string | null) => {
		const headers = { origin: `http://${host}`, accept: 'text/html', ...(length ? { 'content-length': length } : {}) };
		const { response } = await send(path, { method: 'POST', cookie, ...headers }, host, { body: 'x' });
		return response.status;
	};
	expect(await answered('/account', '524288')).toBe(200);
	expect(await answered('/account', '524289')).toBe(413);
	expect(await answered('/account', null)).toBe(411);
	// Of mail programs nobody asks how long one press is; the door itself reads no more than that.
	expect(await answered('/unsubscribe/[token]', null)).toBe(200);
	expect(await answered('/reflections/[id]/copy', '10000000')).toBe(200);
	expect(await answered('/reflections/[id]/copy/file', '10000000')).toBe(413);
});
