/** That the matrix of `tests/sockets/matrix.test.ts` would notice: a door without a line, and an answer that breaks a rule. */
import { describe, expect, test } from 'vitest';
import { missing } from './matrix/answers.ts';
import { type Answered, complaints } from './matrix/complaints.ts';
import { doors } from './matrix/routes.ts';

describe('the doors of a route tree', () => {
	const read = (path: string, text = '') =>
		doors([{ path: `src/${path}`, text }]).filter((door) => !door.startsWith('socket'));

	test('are its pages, also those without a line of script', () => {
		expect(read('routes/+page.svelte')).toEqual(['page /']);
		expect(read('routes/(app)/search/[q]/+page@.svelte')).toEqual(['page /search/[q]']);
		expect(read('routes/search/+page.server.ts', 'export const load = () => ({});')).toEqual(['page /search']);
	});
	test('are its form actions, each by its name', () => {
		const text = `export const actions = { default: async () => {}, 'a b': async () => {}, c() {}, d } satisfies Actions;`;
		expect(read('routes/x/+page.server.ts', text)).toEqual([
			'action /x a b',
			'action /x c',
			'action /x d',
			'action /x default',
			'page /x'
		]);
	});
	test('are the methods of its endpoints, however they are exported', () => {
		const text = `const a = () => {}; export { a as GET, a as fallback }; export const POST = a; export function PUT() {} export const prerender = false;`;
		expect(read('routes/export/+server.ts', text)).toEqual([
			'GET /export',
			'POST /export',
			'PUT /export',
			'fallback /export'
		]);
	});
	test('are functions that a page calls from afar', () => {
		expect(read('lib/pairing/x.remote.ts', 'export const end = command();')).toEqual([
			'remote src/lib/pairing/x.remote.ts end'
		]);
	});
	test.for([
		['+page.server.ts', 'export const actions = { ...others };'],
		['+page.server.ts', 'export const actions = make();'],
		['+page.server.ts', 'export { actions } from "./x.ts";'],
		['+page.server.ts', 'export const actions = { [name]: async () => {} };'],
		['+server.ts', 'export * from "./x.ts";'],
		['+server.ts', 'export const { GET, POST } = make();']
	] as const)('must be there to read: %s with %s', ([file, text]) => {
		expect(() => read(`routes/x/${file}`, text)).toThrow(/src\/routes\/x/);
	});
	test('need a line each, and no line is left over', () => {
		expect(missing(['page /', 'page /search'], ['page /', 'GET /gone'])).toEqual([
			'Say in tests/matrix/answers/ what “page /search” answers to whom.',
			'“GET /gone” is gone; take its line out of tests/matrix/answers/.'
		]);
	});
});

describe('an answer', () => {
	const nonce = 'MDEyMzQ1Njc4OWFiY2RlZg==';
	const policy = `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
	const right: Record<string, string> = {
		'content-type': 'text/html',
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'same-origin',
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': 'camera=(), microphone=(), geolocation=()',
		'strict-transport-security': 'max-age=31536000',
		'cache-control': 'no-store',
		'content-security-policy': policy,
		'set-cookie': '__Host-session=a; Path=/; HttpOnly; Secure; SameSite=Lax'
	};
	const answered = (headers: Record<string, string | undefined> = {}, rest: Partial<Answered> = {}): Answered => ({
		method: 'GET',
		path: '/',
		status: 200,
		body: `<a href="/">Home</a><script nonce="${nonce}">begin()</script><script src="/_app/a.js"></script>`,
		signedIn: true,
		...rest,
		headers: new Headers(Object.entries({ ...right, ...headers }).filter((pair): pair is [string, string] => !!pair[1]))
	});

	test('that keeps to every rule has no complaint', () => {
		expect(complaints(answered(), new Set())).toEqual([]);
	});

	test.for<[what: string, answered: Answered]>([
		...Object.keys(right)
			.filter((name) => name !== 'set-cookie' && name !== 'content-type')
			.map((name): [string, Answered] => [`without ${name}`, answered({ [name]: undefined })]),
		['for other sites to read', answered({ 'access-control-allow-origin': '*' })],
		['that names its server', answered({ 'x-powered-by': 'something' })],
		['that any cache may keep', answered({ 'cache-control': 'public, max-age=60' })],
		['of nobody that a shared cache keeps', answered({ 'cache-control': 'public' }, { signedIn: false })],
		['with a cookie that scripts read', answered({ 'set-cookie': '__Host-session=a; Path=/; Secure; SameSite=Lax' })],
		['with a cookie that travels open', answered({ 'set-cookie': 'sign-in=a; Path=/; HttpOnly; SameSite=Lax' })],
		['with a cookie for every site', answered({ 'set-cookie': 'x=a; HttpOnly; Secure; SameSite=None' })],
		['with a cookie for neighbours', answered({ 'set-cookie': `${right['set-cookie']}; Domain=example.org` })],
		['with a session under a plain name', answered({ 'set-cookie': right['set-cookie']!.replace('__Host-', '') })],
		[
			'that lets inline scripts run',
			answered({ 'content-security-policy': policy.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'") })
		],
		[
			'that lets scripts of anybody run',
			answered({ 'content-security-policy': policy.replace("script-src 'self'", 'script-src https:') })
		],
		[
			'that lets text become script',
			answered({ 'content-security-policy': policy.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'") })
		],
		['with a short nonce', answered({ 'content-security-policy': policy.replace(nonce, 'abc') })],
		[
			'without a word about frames',
			answered({ 'content-security-policy': policy.replace("frame-ancestors 'none'; ", '') })
		],
		[
			'that forms may leave',
			answered({ 'content-security-policy': policy.replace("form-action 'self'", 'form-action *') })
		],
		['with a directive that nobody expects', answered({ 'content-security-policy': `${policy}; frame-src *` })],
		['with a script that has no nonce', answered({}, { body: '<script>begin()</script>' })],
		['with a script of another site', answered({}, { body: '<script src="https://elsewhere.example/a.js"></script>' })],
		['with a handler in its markup', answered({}, { body: '<img src="a" onerror="begin()">' })],
		['with an address that is a script', answered({}, { body: '<a href="javascript:begin()">x</a>' })],
		[
			'that shows where it broke',
			answered({}, { body: 'It broke\n    at load (file:///srv/app/build/server/x.js:3:9)' })
		],
		['that is our fault', answered({}, { status: 500 })]
	])('%s is noticed', ([, answer]) => {
		expect(complaints(answer, new Set())).not.toEqual([]);
	});

	test('with the nonce of another is noticed', () => {
		const nonces = new Set<string>();
		expect(complaints(answered(), nonces)).toEqual([]);
		expect(complaints(answered(), nonces)).not.toEqual([]);
	});
});
