/**
 * What strangers try at the door of the production build: guesses, floods, requests that no browser sends, and looks into
 * drawers that are none of theirs. `matrix.test.ts` asks as people do; here nobody is who they should be.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emailAddresses, people, sessions, signInLinks } from '#lib/identity/schema.server.ts';
import { createSession, readSession, readSessions, sha256 } from '#lib/identity/session.server.ts';
import { askForLink, signInByCode, signInByLink } from '#lib/identity/sign-in.server.ts';
import { codeTries, linksPerAddress } from '#lib/identity/sign-in.ts';
import { acceptInvitation, readInvitation } from '#lib/program/accept.server.ts';
import { limits } from '#lib/server/limits/kinds.ts';
import type { Database } from '#lib/server/database.ts';
import { mailMessages, rateLimits } from '#lib/server/schema.server.ts';
import { origin, type OutsideProduct, startOutside } from '../outside-product.ts';
import type { Product } from '../product.ts';

const ada = '01930000-0000-7000-8000-00000000aaaa';
const bo = '01930000-0000-7000-8000-00000000bbbb';
const browser = { whence: { network: null, userAgent: null }, formerSessionId: null, shared: false };
/** What must be found nowhere in the log, whatever goes wrong. */
const markers = { address: 'planted-address@marker.example', text: 'planted-words', token: 'planted-token' };

let outside: OutsideProduct;
let db: Database;
let product: Product;
let port: number;
/** Begun at once and looked at in the end: how long a server waits for whoever sends drop by drop. */
let slow: Promise<{ headers: string; body: string }>;

beforeAll(async () => {
	outside = await startOutside();
	({ db, product } = outside);
	port = Number(new URL(product.base).port);
	slow = Promise.all([
		raw('GET / HTTP/1.1\r\nHost: wayfellow.test\r\nX-Slow: ', 'a'),
		raw(
			`POST /sign-in HTTP/1.1\r\nHost: wayfellow.test\r\nOrigin: ${origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nemail=`,
			'a'
		)
	]).then(([headers, body]) => ({ headers, body }));
	await db.asOwner(async (tx) => {
		await tx.insert(people).values([
			{ id: ada, name: 'Ada Lovett', initials: 'AL' },
			{ id: bo, name: 'Bo Brook', initials: 'BB' }
		]);
		await tx.insert(emailAddresses).values([
			{ address: 'ada@school.example', personId: ada, kind: 'school' },
			{ address: 'bo@school.example', personId: bo, kind: 'school' }
		]);
	});
}, 240_000);
afterAll(() => outside?.stop());

/** Sends bytes as they are. @param drops sent one by one until the other side has had enough */
async function raw(bytes: string, drops?: string): Promise<string> {
	const socket = connect(port, 'localhost');
	let heard = '';
	socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
	socket.on('error', () => {});
	const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
	socket.write(bytes, 'latin1');
	const dripping = drops ? setInterval(() => socket.write(drops), 500) : undefined;
	// An answer that leaves the line open is an answer.
	await Promise.race([closed, drops ? closed : once(socket, 'data').then(() => wait(50))]);
	clearInterval(dripping);
	socket.destroy();
	return heard;
}

type How = { method?: string; from?: string; cookie?: string; sent?: Record<string, string> | undefined };
let asker = 0;
/** Asks over HTTP as a browser would, each time from another network unless one is named. */
const ask = (
	path: string,
	{ method, from = `198.18.${(asker >> 8) % 256}.${asker++ % 256}`, cookie, sent }: How = {}
) =>
	fetch(product.base + path, {
		method: method ?? (sent ? 'POST' : 'GET'),
		redirect: 'manual',
		headers: { accept: 'text/html', origin, 'x-forwarded-for': from, ...(cookie ? { cookie } : {}) },
		...(sent ? { body: new URLSearchParams(sent) } : {})
	});

/** At most a few at a time. */
async function each(times: number, work: (i: number) => Promise<void>, atOnce = 8): Promise<void> {
	let next = 0;
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			while (next < times) await work(next++);
		})
	);
}
const refused = async (work: Promise<unknown>): Promise<boolean> =>
	work.then(
		() => false,
		(error) => error.reason === 'rule'
	);

/** The newest mail to an address, as its owner reads it. */
async function mailTo(address: string) {
	const rows = await db.asOwner((tx) =>
		tx
			.select()
			.from(mailMessages)
			.where(sql`to_address = ${address}`)
			.orderBy(sql`created_at desc`)
	);
	return {
		token: /token=([\w-]+)/.exec(rows[0]!.bodyText)![1]!,
		code: / ([A-Z0-9]{4}-[A-Z0-9]{4})$/m.exec(rows[0]!.bodyText)![1]!
	};
}
const letters = 'BCDFGHJKMNPQRTVWXYZ346789';
const codeOf = (i: number) =>
	Array.from({ length: 8 }, (_, at) => letters[Math.floor(i / 25 ** (at % 4)) % 25]).join('');

describe('10,000 guesses', () => {
	test('of a code get nowhere, and its owner gets in by the link of the same mail', async () => {
		const asked = { address: 'ada@school.example', clientAddress: '192.0.2.1', origin };
		const request = await askForLink(db, asked);
		const { token } = await mailTo(asked.address);
		let no = 0;
		await each(10_000, async (i) => void ((await refused(signInByCode(db, request, codeOf(i), browser))) && no++));
		expect(no).toBe(10_000);
		const [link] = await db.asOwner((tx) => tx.select().from(signInLinks));
		expect(link!.codesTried, 'of which no more than these were even compared').toBe(codeTries);
		expect((await signInByLink(db, token, browser)).sessionId).toBeTruthy();
	});

	test('of a link get nowhere, and the right one works afterwards', async () => {
		await askForLink(db, { address: 'bo@school.example', clientAddress: '192.0.2.1', origin });
		const { token } = await mailTo('bo@school.example');
		// Near misses of the right one, which is the most that anybody could have.
		const guess = (i: number) => token.slice(0, -4) + i.toString(36).padStart(4, '_');
		let no = 0;
		await each(10_000, async (i) => void ((await refused(signInByLink(db, guess(i), browser))) && no++));
		expect(no).toBe(10_000);
		expect((await signInByLink(db, token, browser)).sessionId).toBeTruthy();
	});

	test('of a session get nowhere, and the right one stands', async () => {
		const { cookieValue, sessionId } = await createSession(db, ada, null);
		const guess = (i: number) => cookieValue.slice(0, -4) + i.toString(36).padStart(4, '_');
		for (let i = 0; i < 10_000; i += 500) {
			const found = await readSessions(
				db,
				Array.from({ length: 500 }, (_, j) => guess(i + j))
			);
			expect(found.every((one) => one === null)).toBe(true);
		}
		expect(await readSession(db, cookieValue)).toMatchObject({ sessionId, person: { id: ada } });
	});

	test('of an invitation get nowhere, and the right one is open to whoever holds it', async () => {
		const token = randomBytes(32).toString('base64url');
		await db.asOwner(async (tx) => {
			const [place, program] = [crypto.randomUUID(), crypto.randomUUID()];
			await tx.execute(
				sql`insert into organizations (id, kind, name, time_zone) values (${place}, 'state', 'S', 'UTC')`
			);
			await tx.execute(sql`insert into programs (id, key, name, organization_id, time_zone, starts_on)
				values (${program}, 'p', 'P', ${place}, 'UTC', '2026-08-01')`);
			await tx.execute(sql`insert into invitations (id, program_id, role, address, invited_by_id, token_hash, expires_at)
				values (${crypto.randomUUID()}, ${program}, 'teacher', 'new@school.example', ${ada}, ${sha256(token)}, now() + interval '1 day')`);
		});
		const guess = (i: number) => token.slice(0, -4) + i.toString(36).padStart(4, '_');
		const accept = (i: number) =>
			acceptInvitation(db, { token: guess(i), person: null, proof: null, name: 'X' }, browser);
		let no = 0;
		await each(10_000, async (i) => void ((await refused(accept(i))) && no++));
		expect(no).toBe(10_000);
		expect(await readInvitation(db, token, { person: null, proof: null })).not.toHaveProperty('gone');
	});

	test('over HTTP are refused with 429 after those that a school may need, and the account is open to its owner', async () => {
		const from = '203.0.113.9';
		await db.asOwner((tx) => tx.delete(signInLinks));
		const asked = await ask('/sign-in', { from, sent: { email: 'bo@school.example' } });
		const cookie = asked.headers.getSetCookie()[0]!.split(';')[0]!;
		const answers = new Map<number, number>();
		await each(1_300, async (i) => {
			const { status } = await ask('/sign-in/code', { from, cookie, sent: { code: codeOf(i) } });
			answers.set(status, (answers.get(status) ?? 0) + 1);
		});
		// Asking was one of them.
		expect(Object.fromEntries(answers)).toEqual({ 422: limits.knocks.points - 1, 429: 1_301 - limits.knocks.points });
		const late = await ask('/sign-in', { from, sent: { email: 'bo@school.example' } });
		expect(late.status).toBe(429);
		expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(await late.text()).toContain('A great many tries to sign in came from your network');

		// Bo sits elsewhere, asks, and gets in, although somebody knocked at her account a thousand times.
		const own = await ask('/sign-in', { sent: { email: 'bo@school.example' } });
		const { code } = await mailTo('bo@school.example');
		const entered = await ask('/sign-in/code', {
			cookie: own.headers.getSetCookie()[0]!.split(';')[0]!,
			sent: { code }
		});
		expect(entered.status).toBe(303);
		expect(entered.headers.getSetCookie().join()).toContain('__Host-session=');
	});

	test('cost an owner whom a stranger sends as many mails as there may be no more than the mails', async () => {
		await db.asOwner((tx) => tx.delete(signInLinks));
		for (let i = 0; i < linksPerAddress; i++) await ask('/sign-in', { sent: { email: 'ada@school.example' } });
		const sixth = await ask('/sign-in', { sent: { email: 'ada@school.example' } });
		expect(sixth.status).toBe(429);
		expect(await sixth.text()).toContain('the newest one still works');
		const { token } = await mailTo('ada@school.example');
		expect((await ask('/sign-in/link', { sent: { token } })).status).toBe(303);
	});

	test('tell nobody who exists: the same answers for an address of somebody and of nobody', async () => {
		await db.asOwner((tx) => tx.delete(signInLinks));
		const answers = [];
		for (const email of ['ada@school.example', 'nobody@school.example']) {
			const { status, headers } = await ask('/sign-in', { sent: { email } });
			const cookie = headers.getSetCookie()[0]!.split(';')[0]!;
			const guess = await ask('/sign-in/code', { cookie, sent: { code: 'BBBB-BBBB' } });
			const page = (await guess.text()).replaceAll(email, 'address').replaceAll(encodeURIComponent(email), 'address');
			answers.push([status, headers.get('location'), guess.status, page.replaceAll(/nonce="[^"]+"/g, '')]);
		}
		expect(answers[0]).toEqual(answers[1]);
	});
});

test('a flood of live connections from one network is refused before the handshake, and others come in', async () => {
	const knock = (from: string) =>
		new Promise<number>((resolve, reject) => {
			const request = http.get(`${product.base}/live/${ada}`, {
				agent: false,
				headers: {
					connection: 'Upgrade',
					upgrade: 'websocket',
					'sec-websocket-version': '13',
					'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
					'x-forwarded-for': from
				}
			});
			request.on('upgrade', (_response, socket) => resolve((socket.destroy(), 101)));
			request.on('response', (response) => resolve((response.destroy(), response.statusCode!)));
			request.on('error', reject);
		});
	const answers: number[] = [];
	await each(limits.upgrades.points + 50, async () => void answers.push(await knock('203.0.113.20')));
	expect(answers.filter((status) => status === 429)).toHaveLength(50);
	expect(await knock('203.0.113.21')).toBe(101);
});

describe('what no browser sends', () => {
	const status = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
	const head = (line: string, ...more: string[]) => [line, 'Host: wayfellow.test', ...more, '', ''].join('\r\n');

	test.for<[what: string, bytes: string, statuses: number[]]>([
		['headers of a megabyte', head('GET / HTTP/1.1', `X-Long: ${'x'.repeat(1_000_000)}`), [431]],
		['a thousand headers', head('GET / HTTP/1.1', ...Array.from({ length: 2_000 }, (_, i) => `X-${i}: ${i}`)), [431]],
		['an address of 100 KB', head(`GET /${'a'.repeat(100_000)} HTTP/1.1`), [431]],
		['an address of 8 KB', head(`GET /${'a'.repeat(8_000)} HTTP/1.1`), [404]],
		['no request at all', 'hello there\r\n\r\n', [400]],
		['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
		['two lengths', head('POST /sign-in HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6') + 'email', [400]],
		[
			'a length and chunks',
			head('POST /sign-in HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
			[400]
		],
		['a name that hides in a header', head('GET / HTTP/1.1', 'X-A : b'), [400]],
		['no host', 'GET / HTTP/1.1\r\n\r\n', [400]],
		['a proxy’s address', head('GET http://elsewhere.example/ HTTP/1.1'), [303, 400, 404]],
		['TRACE', head('TRACE / HTTP/1.1', 'Cookie: __Host-session=planted-token'), [400, 405]],
		['CONNECT', head('CONNECT elsewhere.example:443 HTTP/1.1'), [0]],
		['an expectation', head('POST /sign-in HTTP/1.1', 'Expect: 200-maybe', 'Content-Length: 0'), [417]],
		['another protocol', head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c'), [303]],
		['a socket elsewhere', head('GET /elsewhere HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'), [404]]
	])('%s', async ([, bytes, statuses]) => {
		const answer = await raw(bytes);
		expect(statuses).toContain(status(answer));
		expect(answer).not.toMatch(/at .*:\d+:\d+|node_modules|planted-token/);
		expect(answer).not.toMatch(/^(server|x-powered-by):/im);
		if (status(answer) === 431 || (status(answer) === 400 && answer.includes('text/plain; charset')))
			expect(answer).toMatch(/nothing was done|Clear the cookies/);
	});

	test.for(['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'LOCK', 'SEARCH', 'PURGE'])(
		'%s is no way to anything',
		async (method) => {
			for (const path of ['/', '/sign-in', '/pairs/x', '/nowhere']) {
				const answer = await raw(head(`${method} ${path} HTTP/1.1`, `Origin: ${origin}`, 'Content-Length: 0'));
				expect([400, 404, 405], `${path}: ${answer.slice(0, 60)}`).toContain(status(answer));
			}
		}
	);

	test('a host that is made up leads no link, no redirect and no cookie elsewhere', async () => {
		for (const host of ['elsewhere.example', 'wayfellow.test@elsewhere.example', 'elsewhere.example:443']) {
			const answer = await raw(
				`GET /reflections HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: ${host}\r\nForwarded: host=${host}\r\nX-Wayfellow-Host: ${host}\r\nX-Forwarded-For: 198.19.0.1\r\n\r\n`
			);
			expect(answer).not.toContain('elsewhere.example');
			expect(answer).toMatch(/^location: \/sign-in/im);
		}
		const sent = 'email=bo%40school.example';
		await db.asOwner((tx) => tx.delete(signInLinks));
		await raw(
			`POST /sign-in HTTP/1.1\r\nHost: elsewhere.example\r\nX-Wayfellow-Host: elsewhere.example\r\nOrigin: ${origin}\r\nX-Forwarded-For: 198.19.0.2\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${sent.length}\r\n\r\n${sent}`
		);
		const [mail] = await db.asOwner((tx) =>
			tx
				.select()
				.from(mailMessages)
				.orderBy(sql`created_at desc`)
				.limit(1)
		);
		expect(mail!.bodyText).toContain(`${origin}/sign-in/link`);
		expect(mail!.bodyText + mail!.bodyHtml).not.toContain('elsewhere');
	});

	test('an address that the asker made up does not get around the limits', async () => {
		const from = '203.0.113.30';
		await ask('/sign-in/code', { from, sent: { code: 'x' } });
		await db.asService((tx) => tx.update(rateLimits).set({ points: limits.knocks.points }));
		for (const madeUp of ['1.2.3.4', '::1', '127.0.0.1', 'x'.repeat(5_000)])
			expect((await ask('/sign-in/code', { from: `${madeUp}, ${from}`, sent: { code: 'x' } })).status).toBe(429);
		expect((await ask('/sign-in/code', { from: `${from}, 203.0.113.31`, sent: { code: 'x' } })).status).toBe(422);
	});
});

describe('what is nobody’s to fetch', () => {
	test.for([
		'/.git/config',
		'/.git/HEAD',
		'/.env',
		'/.env.example',
		'/package.json',
		'/server.js',
		'/build/index.js',
		'/src/hooks.server.ts',
		'/data/database/PG_VERSION',
		'/supabase/config.toml',
		'/node_modules/ws/package.json',
		'/_app/../../package.json',
		'/_app/%2e%2e/%2e%2e/package.json',
		'/..%2f..%2fetc%2fpasswd',
		'/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
		'/_app/..%5c..%5cpackage.json',
		'/_app/immutable/../../../server/index.js',
		'//etc/passwd',
		'/favicon.svg/../../package.json',
		'/server-status',
		'/debug',
		'/actuator/env',
		'/phpinfo.php',
		'/.well-known/security.txt.bak'
	])('%s', async (path) => {
		// As written: a URL object would tidy it up.
		const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: wayfellow.test\r\nX-Forwarded-For: 198.19.1.1\r\n\r\n`);
		expect(answer).toMatch(/^HTTP\/1\.1 (404|400|308|303)/);
		expect(answer).not.toMatch(/"dependencies"|root:x:|\[core\]|ref: refs|DATABASE_URL|import .* from/);
	});

	test('source maps of the scripts', async () => {
		const page = await (await ask('/sign-in')).text();
		const files = [...page.matchAll(/"([^"]*_app\/immutable\/[^"]+\.(?:js|css))"/g)].map(
			([, file]) => new URL(file!, `${product.base}/sign-in`).pathname
		);
		expect(files.length).toBeGreaterThan(0);
		for (const file of files) {
			expect((await ask(`${file}.map`)).status).toBe(404);
			expect(await (await ask(file)).text()).not.toContain('sourceMappingURL');
		}
	});

	test('anything by a form to where nothing is', async () => {
		for (const path of ['/nowhere', '/_app/version.json', '/favicon.svg', '/api/people', '/pairs'])
			expect([404, 405], path).toContain((await ask(path, { sent: { a: 'b' } })).status);
	});
});

/** Where a redirect leads, as a browser reads it; fails when that is another site. */
function leadsTo(answer: Response, from: string): URL {
	const url = new URL(answer.headers.get('location')!, new URL(from, origin));
	expect(url.origin).toBe(origin);
	return url;
}

test('whoever comes in is led to no other site, and the link’s token stays behind', async () => {
	for (const next of [
		'//elsewhere.example',
		'/\\elsewhere.example',
		'https://elsewhere.example',
		'javascript:alert(1)',
		'/%0d%0aset-cookie:a=b'
	]) {
		await db.asOwner((tx) => tx.delete(signInLinks));
		const asked = await ask('/sign-in', { sent: { email: 'bo@school.example', next } });
		expect(leadsTo(asked, '/sign-in').pathname).toBe('/sign-in/code');
		expect(leadsTo(asked, '/sign-in').searchParams.get('next') ?? '/').toMatch(/^\/(?![/\\])/);
		const { token } = await mailTo('bo@school.example');
		const shown = await ask(`/sign-in/link?token=${token}&next=${encodeURIComponent(next)}`);
		expect(shown.headers.get('referrer-policy')).toBe('same-origin');
		expect(shown.headers.get('cache-control')).toBe('no-store');
		expect((await shown.text()).replaceAll(/action="[^"]*"/g, '')).not.toMatch(/(href|src)="(https?:)?\/\//);
		const entered = await ask('/sign-in/link', { sent: { token, next } });
		expect(entered.status).toBe(303);
		expect(leadsTo(entered, '/sign-in/link').href).not.toContain(token);
		expect(entered.headers.get('a')).toBeNull();
	}
});

test('the log holds neither an address nor a word nor a token, whatever was sent', async () => {
	const { address, text, token } = markers;
	await ask(`/sign-in/link?token=${token}`, { cookie: `__Host-session=${token}.${token}` });
	await ask('/sign-in', { sent: { email: address, next: `/${text}` } });
	await ask('/sign-in/code', { cookie: `sign-in=${ada}%20${encodeURIComponent(address)}`, sent: { code: text } });
	await ask(`/pairs/${text}?/startReflection`, { sent: { title: text } });
	await ask(`/nowhere/${text}`, { method: 'DELETE' });
	await fetch(`${product.base}/sign-in`, {
		method: 'POST',
		headers: { origin: 'https://elsewhere.example', 'user-agent': text, 'x-forwarded-for': '203.0.113.77' },
		body: `email=${address}`
	});
	await raw(`GET /${text} HTTP/1.1\r\nX-Marker: ${token}\x00\r\n\r\n`);
	await expect.poll(() => product.output()).toContain('cross-site-refused');
	const output = product.output();
	for (const marker of [...Object.values(markers), '203.0.113.77', '203.0.113.9', 'school.example'])
		expect(output).not.toContain(marker);
	// And each line is one event: nobody can write a second one into it.
	for (const line of output.split('\n').filter((one) => one.startsWith('{')))
		expect(() => JSON.parse(line)).not.toThrow();
});

test('sessions that were guessed at did not multiply', async () => {
	const rows = await db.asOwner((tx) => tx.select().from(sessions));
	expect(new Set(rows.map(({ personId }) => personId))).toEqual(new Set([ada, bo]));
});

test('whoever sends drop by drop is cut off, and told why', { timeout: 120_000 }, async () => {
	const { headers, body } = await slow;
	expect(headers).toMatch(/^HTTP\/1\.1 408/);
	expect(headers).toContain('took too long to arrive, so nothing was done');
	expect(body).toMatch(/^(HTTP\/1\.1 408|$)/);
	expect((await ask('/sign-in')).status).toBe(200);
});
