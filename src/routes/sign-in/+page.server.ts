import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { rememberAsked, saysShared } from '#lib/identity/session-cookie.server.ts';
import { askForLink } from '#lib/identity/sign-in.server.ts';
import { listProviders } from '#lib/identity/provider.server.ts';
import { linkLife, safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import { readSettings } from '#lib/server/settings.ts';
import { introductions } from '../../seed/introductions.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({
	next: safeNext(url.searchParams.get('next')),
	providers: listProviders(),
	cast: readSettings().DEMO ? introductions : []
});

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const address = String(form.get('email') ?? '');
		const next = safeNext(String(form.get('next') ?? ''));
		const shared = saysShared(form);
		const asked = {
			address,
			clientAddress: event.getClientAddress(),
			origin: ownOrigin(event.url),
			next,
			shared
		};
		const requestId = await answer(askForLink(db(), asked));
		if (typeof requestId !== 'string') return fail(requestId.status, { ...requestId.data, address, shared });
		rememberAsked(event, { requestId, address: address.trim() }, linkLife / 1000);
		const said = new URLSearchParams({ ...(next === '/' ? {} : { next }), ...(shared ? { shared: 'yes' } : {}) });
		redirect(303, said.size === 0 ? resolve('/sign-in/code') : `${resolve('/sign-in/code')}?${said}`);
	}
};
