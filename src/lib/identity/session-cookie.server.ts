/** The browser's side of a session: its cookie. */
import type { RequestEvent } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { isId } from '#lib/server/id.ts';
import { cookieName } from './session.ts';
import type { Browser, NewSession } from './session.server.ts';

type Asking = Pick<RequestEvent, 'cookies' | 'request' | 'locals' | 'url' | 'getClientAddress'>;

/** Whether the browser reached us by https; `server.js` sees to it that the address of a request says so. */
const byHttps = ({ url }: Pick<Asking, 'url'>) => url.protocol === 'https:';

/** What a sign-in needs to know of the browser. @param shared its owner said that others use it too */
export const browserOf = (event: Asking, shared = false): Browser => ({
	whence: whenceOf(event),
	formerSessionId: event.locals.session?.sessionId ?? null,
	shared
});

export function rememberSession(event: Asking, { cookieValue, expiresAt, shared }: NewSession): void {
	const secure = byHttps(event);
	event.cookies.set(cookieName(secure), cookieValue, {
		path: '/',
		httpOnly: true,
		// Lax, not Strict: a link in a mail must find the person signed in.
		sameSite: 'lax',
		secure,
		// On a shared computer it ends with the browser, however soon that is closed.
		...(shared ? {} : { expires: expiresAt })
	});
}

export function forgetSession(event: Asking): void {
	for (const secure of [true, false])
		if (event.cookies.get(cookieName(secure)) !== undefined)
			event.cookies.delete(cookieName(secure), { path: '/', httpOnly: true, sameSite: 'lax', secure });
}

/** Whether a form of the sign-in says "This is a shared computer"; the field is `SharedComputer.svelte`. */
export const saysShared = (form: FormData) => form.get('shared') === 'yes';

/** Between asking for a mail and typing its code: which request this browser made, and for what address. */
export type Asked = { requestId: string; address: string };
const askedName = 'sign-in';

export function rememberAsked(event: Asking, { requestId, address }: Asked, maxAge: number): void {
	event.cookies.set(askedName, `${requestId} ${address.slice(0, 254)}`, {
		path: '/sign-in',
		httpOnly: true,
		sameSite: 'lax',
		secure: byHttps(event),
		maxAge
	});
}

export function readAsked({ cookies }: Pick<Asking, 'cookies'>): Asked | null {
	const [, requestId = '', address] = /^(\S+) (.+)$/.exec(cookies.get(askedName) ?? '') ?? [];
	return isId(requestId) && address ? { requestId, address } : null;
}

export const forgetAsked = ({ cookies }: Pick<Asking, 'cookies'>) => cookies.delete(askedName, { path: '/sign-in' });

/** Between asking for a passkey and its answer: which challenge this browser was given. */
const challengeName = 'passkey';

export function rememberChallenge(event: Asking, requestId: string, maxAge: number): void {
	event.cookies.set(challengeName, requestId, {
		path: '/sign-in/passkey',
		httpOnly: true,
		sameSite: 'lax',
		secure: byHttps(event),
		maxAge
	});
}

export const readChallenge = ({ cookies }: Pick<Asking, 'cookies'>): string | null =>
	cookies.get(challengeName) ?? null;

export const forgetChallenge = ({ cookies }: Pick<Asking, 'cookies'>) =>
	cookies.delete(challengeName, { path: '/sign-in/passkey' });
