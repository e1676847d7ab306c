import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { people } from '#lib/identity/schema.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { createSession } from '#lib/identity/session.server.ts';
import { setCurrent } from '#lib/server/current.ts';
import type { Database } from '#lib/server/database.ts';
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
afterEach(() => vi.unstubAllEnvs());

/** Sends a request through the hook; the page behind it answers with who it was told is asking. */
async function send(
	path: string,
	{ method = 'GET', ...headers }: Record<string, string> = {},
	host = 'localhost:3000'
) {
	const url = new URL(path, `http://${host}`);
	const request = new Request(url, { method, headers: { host, ...headers } });
	const locals = {} as Input['event']['locals'];
	const event = { request, url, locals, route: { id: path } } as unknown as Input['event'];
	const resolve = async () =>
		new Response(locals.person?.name ?? 'nobody', { headers: { 'content-type': 'text/html' } });
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
	setCurrent({ ...db, asService: () => Promise.reject(new Error('connection refused')) });
	const { response, headers, locals } = await send('/', { cookie: `session=${cookie}` });
	setCurrent(db);
	lines.mockRestore();
	expect(response.status).toBe(200);
	expect(headers.get('cache-control')).toBe('no-store');
	expect(locals).toMatchObject({ person: null, away: true });
	expect(() => signedIn(locals)).toThrow(expect.objectContaining({ reason: 'away' }));
});

const event = { route: { id: '/x' }, request: new Request('http://localhost/x') } as unknown as Input['event'];
const handled = (error: unknown) => handleError({ kind: 'unknown', error, event } as Parameters<typeof handleError>[0]);

test('a refusal is answered with its own status and sentence', async () => {
	expect(await handled(new Refusal('not-allowed', 'That is not yours.'))).toEqual({
		status: 403,
		message: 'That is not yours.'
	});
	expect(await handled(new Refusal('not-found', 'There is none.'))).toMatchObject({ status: 404 });
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
