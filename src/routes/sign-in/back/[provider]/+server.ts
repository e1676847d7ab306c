import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { askerOf } from '#lib/identity/asker.server.ts';
import { readWays, rememberWays } from '#lib/identity/provider-cookie.server.ts';
import { readProvider, returnFromProvider } from '#lib/identity/provider.server.ts';
import { browserOf, rememberSession } from '#lib/identity/session-cookie.server.ts';
import { knowing } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { RequestHandler } from './$types';

/** Where a provider sends people back to. Always leads on, so that no code stays in an address bar or a history. */
export const GET: RequestHandler = async (event) => {
	const provider = readProvider(event.params.provider);
	knowing(event.locals); // else whoever came back to link would be taken for nobody
	const outcome = await returnFromProvider(db(), {
		provider,
		origin: ownOrigin(event.url),
		search: event.url.searchParams,
		ways: readWays(event),
		asker: askerOf(event),
		browser: (shared) => browserOf(event, shared)
	});
	rememberWays(event, outcome.ways);
	const account = resolve('/account/sign-in');
	if (outcome.kind === 'signed-in') {
		rememberSession(event, outcome.session);
		redirect(303, outcome.next);
	}
	if (outcome.kind === 'begun') redirect(303, outcome.address, { external: true });
	if (outcome.kind === 'linked') redirect(303, `${account}?linked=${provider.key}`);
	const { reason, next, shared } = outcome;
	if (outcome.linking && event.locals.person) redirect(303, `${account}?because=${reason}&with=${provider.key}`);
	const said = new URLSearchParams({
		because: reason,
		...(next === '/' ? {} : { next }),
		...(shared ? { shared: 'yes' } : {})
	});
	redirect(303, `${resolve('/sign-in/with/[provider]', { provider: provider.key })}?${said}`);
};
