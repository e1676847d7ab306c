import type { RequestEvent } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import { signedIn } from './signed-in.server.ts';
import type { Asker } from './ways-in.server.ts';

type Asking = Pick<RequestEvent, 'request' | 'locals' | 'url' | 'getClientAddress'>;

/** Who changes their own ways in; null when nobody is signed in. */
export function askerOf(event: Asking): Asker | null {
	const { person, session } = event.locals;
	return person && session && { person, session, whence: whenceOf(event), origin: ownOrigin(event.url) };
}

/** The same, where somebody has to be: everybody else is sent to the sign-in page. @throws Refusal away */
export const signedInAsker = (event: Asking): Asker => {
	signedIn(event.locals);
	return askerOf(event)!;
};
