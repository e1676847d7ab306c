/** The browser's side of a way through an identity provider: nobody comes back who did not set out from this browser. */
import type { RequestEvent } from '@sveltejs/kit';
import { requestLife, waysAtOnce } from './provider.ts';

type Asking = Pick<RequestEvent, 'cookies' | 'url'>;

/** `__Host-` as for the session: a neighbouring subdomain could else plant a way that ends in its own account. */
const nameOf = ({ url }: Asking) => (url.protocol === 'https:' ? '__Host-provider' : 'provider');
const secret = /^[A-Za-z0-9_-]{43}$/;

/** The secrets of the ways that this browser has begun, newest first. */
export const readWays = (event: Asking): string[] =>
	(event.cookies.get(nameOf(event)) ?? '')
		.slice(0, 500)
		.split('.')
		.filter((text) => secret.test(text))
		.slice(0, waysAtOnce);

export function rememberWays(event: Asking, ways: string[]): void {
	const https = event.url.protocol === 'https:';
	// Lax, not Strict: people come back by a link from the provider's site.
	const how = { path: '/', httpOnly: true, sameSite: 'lax', secure: https } as const;
	if (ways.length === 0) event.cookies.delete(nameOf(event), how);
	else event.cookies.set(nameOf(event), ways.slice(0, waysAtOnce).join('.'), { ...how, maxAge: requestLife / 1000 });
}
