import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { rememberAsked } from '#lib/identity/session-cookie.server.ts';
import { askForLink } from '#lib/identity/sign-in.server.ts';
import { linkLife, safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { readSettings } from '#lib/server/settings.ts';
import { introductions } from '../../seed/introductions.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({
	next: safeNext(url.searchParams.get('next')),
	cast: readSettings().DEMO ? introductions : []
});

/** Links in mail lead to the address we were told, never to whatever host a request names; a demo is its own host. */
function originForMail(url: URL): string {
	const { ORIGIN, DEMO, PORT } = readSettings();
	return ORIGIN ?? (DEMO ? url.origin : `http://localhost:${PORT}`);
}

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const address = String(form.get('email') ?? '');
		const next = safeNext(String(form.get('next') ?? ''));
		const asked = {
			address,
			clientAddress: event.getClientAddress(),
			origin: originForMail(event.url),
			next
		};
		const requestId = await answer(askForLink(db(), asked));
		if (typeof requestId !== 'string') return fail(requestId.status, { ...requestId.data, address });
		rememberAsked(event, { requestId, address: address.trim() }, linkLife / 1000);
		redirect(
			303,
			next === '/' ? resolve('/sign-in/code') : `${resolve('/sign-in/code')}?next=${encodeURIComponent(next)}`
		);
	}
};
