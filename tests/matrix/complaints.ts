/** What every answer of the product keeps to, whatever was asked and whoever asked. Pure. */

export type Answered = {
	method: string;
	path: string;
	status: number;
	headers: Headers;
	body: string;
	/** Whether the request came with the cookie of a session that stands. */
	signedIn: boolean;
};

/** A door answers; what lies under `/_app` and beside the favicon are files, and the same for everybody. */
const isFile = (path: string) => /^\/(_app\/|service-worker\.js|[a-z-]+\.(svg|png|ico|txt|webmanifest)$)/.test(path);

/** For whoever runs the server: nobody's session is looked at, and nobody's words are there. */
const isWatching = (path: string) => /^\/(livez|readyz|healthz|metrics)$/.test(path);

/** What our hook says of pages that the framework makes without ours: no script at all. */
const bare =
	"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

const strict: Record<string, string[]> = {
	'default-src': ["'none'"],
	'img-src': ["'self'", 'data:'],
	'font-src': ["'self'"],
	'connect-src': ["'self'"],
	'manifest-src': ["'self'"],
	'worker-src': ["'self'"],
	'form-action': ["'self'"],
	'frame-ancestors': ["'none'"],
	'base-uri': ["'none'"],
	// Only attributes: carets carry their colour in one.
	'style-src-attr': ["'unsafe-inline'"]
};

/** What one answer breaks, as sentences. @param nonces those seen so far; the answer's own is added */
export function complaints(answered: Answered, nonces: Set<string>): string[] {
	const { method, path, status, headers, body, signedIn } = answered;
	const found: string[] = [];
	const say = (what: string) => found.push(`${method} ${path} (${status}): ${what}`);
	const wants = (name: string, value: string | RegExp) => {
		const is = headers.get(name);
		if (is === null || !(typeof value === 'string' ? is === value : value.test(is)))
			say(`${name} is ${is ?? 'missing'} and not ${value}`);
	};

	wants('x-content-type-options', 'nosniff');
	wants('cross-origin-resource-policy', 'same-origin');
	if (!isFile(path)) {
		wants('referrer-policy', 'same-origin');
		wants('cross-origin-opener-policy', 'same-origin');
		wants('permissions-policy', /camera=\(\), microphone=\(\), geolocation=\(\)/);
		wants('strict-transport-security', /max-age=(\d{8,})/);
	}
	for (const [name] of headers) {
		if (name.startsWith('access-control-')) say(`another site may read it: ${name}`);
		if (name === 'server' || name === 'x-powered-by') say(`it says what it is made of: ${name}`);
	}

	const kept = headers.get('cache-control') ?? '';
	if (signedIn && !isFile(path) && !isWatching(path) && !/\bno-store\b/.test(kept))
		say(`a cache may keep it: “${kept}”`);
	if (/public|immutable/.test(kept) && !isFile(path)) say(`a shared cache may keep it: “${kept}”`);

	for (const cookie of headers.getSetCookie()) {
		const name = cookie.split('=')[0]!;
		const flags = cookie.toLowerCase().split(/; */).slice(1);
		for (const flag of ['httponly', 'secure', 'samesite=lax'])
			if (!flags.includes(flag)) say(`cookie ${name} is not ${flag}`);
		if (flags.some((flag) => flag.startsWith('domain='))) say(`cookie ${name} goes to neighbours too`);
		if (name.endsWith('session') && (!name.startsWith('__Host-') || !flags.includes('path=/')))
			say(`cookie ${name} can be planted by a neighbour`);
	}

	const isPage = /^text\/html/.test(headers.get('content-type') ?? '');
	if (isPage) policyComplaints(headers.get('content-security-policy'), body, nonces).forEach(say);
	const traces = /\n\s+at .+:\d+:\d+|node_modules|\/build\/server\/|drizzle|pg_catalog|SQLSTATE|Error: /;
	if (!isFile(path) && traces.test(body)) say(`it shows what is inside: ${traces.exec(body)![0].trim()}`);
	if (status >= 500 && path !== '/readyz') say('it is a fault of ours');
	return found;
}

function policyComplaints(policy: string | null, body: string, nonces: Set<string>): string[] {
	if (!policy) return ['it is a page without a content security policy'];
	if (policy === bare) return /<script/.test(body) ? ['a script stands in it'] : [];
	const found: string[] = [];
	const directives = new Map(
		policy.split(';').map((text) => {
			const [name, ...sources] = text.trim().split(/\s+/);
			return [name!, sources];
		})
	);
	for (const [name, sources] of Object.entries(strict))
		if (directives.get(name)?.join(' ') !== sources.join(' '))
			found.push(`its policy says of ${name}: ${directives.get(name)?.join(' ') ?? 'nothing'}`);
	for (const name of ['script-src', 'style-src'])
		for (const source of directives.get(name) ?? ['(nothing)'])
			if (source !== "'self'" && !/^'nonce-[A-Za-z0-9+/=]{20,}'$/.test(source))
				found.push(`its policy lets ${name} be ${source}`);
	for (const name of directives.keys())
		if (!(name in strict) && name !== 'script-src' && name !== 'style-src')
			found.push(`nobody expects ${name} in its policy`);

	const own = new Set([...policy.matchAll(/'nonce-([^']+)'/g)].map((match) => match[1]!));
	for (const nonce of own) {
		if (nonces.has(nonce)) found.push(`its nonce was used before: ${nonce}`);
		nonces.add(nonce);
	}
	for (const [tag] of body.matchAll(/<script\b[^>]*>/g)) {
		const nonce = / nonce="([^"]*)"/.exec(tag)?.[1];
		if (nonce === undefined ? !/ src="(\/|\.)/.test(tag) : !own.has(nonce)) found.push(`a script may not run: ${tag}`);
	}
	for (const [tag] of body.matchAll(/<[a-z][^>]* on[a-z]+="[^"]*"[^>]*>/g))
		found.push(`a handler stands in the markup: ${tag}`);
	if (/(href|src|action)="\s*javascript:/i.test(body)) found.push('an address is a script');
	return found;
}
