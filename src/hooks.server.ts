import type { RequestEvent } from '@sveltejs/kit';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit/hooks';
import { dev, version } from '$app/env';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { noteRefusal } from '#lib/audit/refusals.server.ts';
import { away, Refusal, statusOf } from '#lib/errors.ts';
import { onReturn } from '#lib/discussion/on-return-check.ts';
import { readSession, servedByHttps } from '#lib/identity/session.server.ts';
import { tokenFromHeader } from '#lib/identity/session.ts';
import { compressed } from '#lib/server/compressed.ts';
import { isCrossSite } from '#lib/server/cross-site.ts';
import { db } from '#lib/server/current.ts';
import { countsAs, isNear } from '#lib/server/limits/kinds.ts';
import { requestLimits, type Wait } from '#lib/server/limits/limits.server.ts';
import { log, traceOf } from '#lib/server/log.ts';
import { networkOf } from '#lib/server/network.ts';
import { readSettings } from '#lib/server/settings.ts';
import { isAway } from '#lib/server/sql-state.ts';
import page from './error.html?raw';
import { ready } from './start.server.ts';

export const init: ServerInit = ready;

/** Where nobody is asking for a page: no session is looked up, and no database is needed to say so. */
const sessionless = new Set(['/livez', '/readyz', '/healthz', '/metrics']);

export const handle: Handle = async ({ event, resolve }) => {
	const { request, url, locals } = event;
	const crossSite = isCrossSite(
		{
			method: request.method,
			origin: request.headers.get('origin'),
			fetchSite: request.headers.get('sec-fetch-site'),
			host: request.headers.get('host') ?? url.host
		},
		readSettings().ORIGIN
	);
	// The one door that other sites may knock at with a change: a webmail that stops a mail for its reader. It looks at no
	// cookie, and whoever has no address of it from a mail finds nothing there.
	const stopsMail = request.method === 'POST' && event.route.id === '/unsubscribe/[token]';
	if (crossSite && !stopsMail) {
		log('cross-site-refused', { route: event.route.id, method: request.method });
		return said(event, 403, 'This change was asked for by another site, so Wayfellow did not make it.');
	}

	// `server.js` lets files of some megabytes through, for a few doors; all others take what a form holds.
	if (request.body && !isUpload(event)) {
		const length = request.headers.get('content-length');
		// A mail program may send in pieces (RFC 8058 says nothing of a length); that door reads no more than a line.
		if (length === null && !stopsMail) return said(event, 411, refused[411]!);
		if (Number(length) > largestForm) return said(event, 413, refused[413]!);
	}

	locals.person = null;
	locals.session = null;
	locals.away = false;
	locals.here = request.method === 'GET' ? url.pathname + url.search : url.pathname;
	const answer = async () => {
		let nonce = '';
		const response = await resolve(event, {
			// Text that shows late is worse than text in another face: only the face of the product's own voice is hurried.
			preload: ({ type, path }) => type !== 'font' || path.includes('atkinson'),
			transformPageChunk: ({ html }) =>
				html.replace(onReturnPlace, (_, begin: string, its: string) => {
					const script = onReturnFor(locals);
					if (script) nonce = its;
					return script && `${begin}${script}</script>`;
				})
		});
		// The framework lets nothing run on a page for which it has no script itself.
		const policy = response.headers.get('content-security-policy');
		if (nonce && policy && !policy.includes(nonce))
			response.headers.set(
				'content-security-policy',
				policy.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)
			);
		return response;
	};
	const response = sessionless.has(url.pathname) ? await answer() : await limited(event, answer);
	return compressed(
		request,
		withHeaders(response, locals.person !== null || locals.away || url.pathname.startsWith('/sign-in'))
	);
};

/** Where app.html has a place for it, with the nonce that lets it run. */
const onReturnPlace = /(<script nonce="([^"]*)">)\s*\/\* on return \*\/\s*<\/script>\s*/;
/** What was sent on this device without a network goes out from whatever page is open (`discussion/on-return.ts`). */
const onReturnFor = ({ person, session }: App.Locals): string =>
	person && session && !session.shared
		? onReturn(person.id, dev ? '/src/lib/discussion/on-return.ts' : `/_app/on-return.js?${version}`)
		: '';

/** Bytes; the longest text in a form of ours is a thousandth of it. */
const largestForm = 512 * 1024;

const uploads = new Set([
	'/reflections/[id]/copy',
	'/frameworks/import',
	'/account/calendar',
	'/cohorts/[id]/files',
	// Forms of posts, which bring their files along where there is no script.
	'/cohorts/[id]/new',
	'/threads/[id]'
]);
const isUpload = ({ route }: RequestEvent) => uploads.has(route.id ?? '');

/** Finds out who asks, counts what they ask, and answers while it is not too much. The one place for both. */
async function limited(event: RequestEvent, answer: () => Response | Promise<Response>): Promise<Response> {
	const { request, url, locals } = event;
	const limits = requestLimits();
	const { network, crowded } = askerOf(event);
	// First and cheapest: nothing is looked up for whoever sends too much.
	const flood = await limits.take('network', network, crowded);
	if (flood) return tooOften(event, flood);

	const token = tokenFromHeader(request.headers.get('cookie') ?? undefined, servedByHttps());
	const found = token
		? await readSession(db(), token).catch((error: unknown) => {
				// Thrown from here it would be a bare page of the framework's, without our headers.
				log('session-not-read', traceOf(error));
				locals.away = true;
				return null;
			})
		: null;
	if (found) {
		const { person, ...session } = found;
		locals.person = person;
		locals.session = session;
	}

	const counted = countsAs({
		method: request.method,
		path: url.pathname,
		route: event.route.id,
		signedIn: locals.person !== null
	});
	for (const limit of counted) {
		try {
			const wait =
				limit === 'knocks' || limit === 'packages' || limit === 'feeds'
					? await limits.take(limit, network)
					: await limits.take(limit, locals.person!.id, readSettings().DEMO);
			if (wait) return tooOften(event, wait);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return said(event, statusOf[error.reason], error.message);
		}
	}
	const response = await answer();
	// Whoever came in was not guessing: a school that signs in on one morning does not use up what it has for mistakes.
	if (counted.includes('knocks') && opensSession(response)) limits.giveBack('knocks', network);
	return response;
}

/** For whom requests are counted, as far as an address tells. Without one, all such are one. */
function askerOf(event: RequestEvent): { network: string; crowded: boolean } {
	try {
		const address = event.getClientAddress();
		return { network: networkOf(address), crowded: !readSettings().ADDRESS_HEADER && isNear(address) };
	} catch {
		// The framework throws when ADDRESS_HEADER is set and the request lacks it: somebody came past the proxy.
		return { network: 'unknown', crowded: false };
	}
}

const opensSession = ({ headers }: Response) =>
	headers.getSetCookie().some((cookie) => /^(__Host-)?session=[^;]/.test(cookie));

function tooOften(event: RequestEvent, { seconds, sentence }: Wait): Response {
	const response = said(event, statusOf['too-many'], sentence);
	response.headers.set('retry-after', String(seconds));
	return response;
}

/** Says a sentence of ours without the help of a page: as a page, or as what our own scripts expect. */
function said({ request, isDataRequest }: RequestEvent, status: number, sentence: string): Response {
	const accept = request.headers.get('accept') ?? '';
	const isPage = accept.includes('text/html') && !isDataRequest;
	const body = isPage
		? page.replace('%sveltekit.status%', String(status)).replace('%sveltekit.error.message%', sentence)
		: isDataRequest
			? JSON.stringify({ message: sentence })
			: accept.includes('application/json')
				? JSON.stringify({ type: 'error', error: { status, message: sentence } })
				: sentence;
	const type = isPage ? 'text/html' : body === sentence ? 'text/plain' : 'application/json';
	return withHeaders(new Response(body, { status, headers: { 'content-type': `${type}; charset=utf-8` } }), true);
}

/** For what the framework says by itself, an endpoint's error for one: words and a style, and no script at all. */
const bare =
	"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** @param own somebody's words, or a way in, may be on it: then no cache keeps it */
function withHeaders(response: Response, own: boolean): Response {
	const { headers } = response;
	headers.set('x-content-type-options', 'nosniff');
	headers.set('referrer-policy', 'same-origin');
	headers.set('cross-origin-opener-policy', 'same-origin');
	headers.set('cross-origin-resource-policy', 'same-origin');
	headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()');
	if (servedByHttps()) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
	if (own) headers.set('cache-control', 'no-store');
	if (headers.get('content-type')?.startsWith('text/html') && !headers.has('content-security-policy'))
		headers.set('content-security-policy', bare);
	return response;
}

const calm = 'That did not work, and it is our fault. What you wrote and saved is safe. Please try again in a moment.';
/** What the framework itself refuses, in our words. */
const refused: Record<number, string> = {
	400: 'This address can not be read. Perhaps a part of it was lost on the way.',
	404: 'There is no page at this address. It may have moved, or the link was cut short on its way.',
	405: 'This address does not take what was sent to it. Please go back and use the page.',
	411: 'This was sent without saying how long it is, so it was not read. Please go back and use the page.',
	413: 'That is more than can be sent in one go. Please go back and shorten it.',
	415: 'This was not sent the way our forms send it. Please go back and use the page.'
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
	if (error instanceof Refusal) {
		// The one place that every refusal passes but broken rules, wherever it was thrown: `answer()` lets them through.
		if (event.locals.person)
			void noteRefusal(db(), {
				personId: event.locals.person.id,
				route: event.route.id,
				method: event.request.method,
				whence: whenceOf(event),
				reason: error.reason
			});
		return { status: statusOf[error.reason], message: error.message };
	}
	if (kind === 'framework') {
		const message = refused[(error as { status?: number }).status ?? 0];
		return message ? { message } : {};
	}
	if (kind !== 'unknown') return {};
	if (isAway(error)) {
		log('database-away', { route: event.route.id, method: event.request.method, ...traceOf(error) });
		return { status: statusOf.away, message: away().message };
	}
	const id = crypto.randomUUID().slice(0, 8);
	log('error', { id, route: event.route.id, method: event.request.method, ...traceOf(error) });
	// On a developer's machine the whole of it helps more than it could harm.
	if (import.meta.env.DEV) console.error(error);
	return { status: 500, message: calm, id };
};
