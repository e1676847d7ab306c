import { redirect } from '@sveltejs/kit';
import { suggestName } from '#lib/identity/passkey.ts';
import { holderOf, prove, readKeyRing, siteOf } from '#lib/identity/passkey.server.ts';
import { rememberSession } from '#lib/identity/session-cookie.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, request, url }) => ({
	...(await readKeyRing(db(), signedIn(locals))),
	next: safeNext(url.searchParams.get('next')),
	suggestion: suggestName(request.headers.get('user-agent'))
});

export const actions: Actions = {
	default: async (event) => {
		const holder = holderOf(event);
		const form = await formOf(event.request);
		const session = await answer(prove(db(), holder, String(form.get('answer') ?? ''), siteOf(event.url)));
		if (isRefused(session)) return session;
		rememberSession(event, session);
		redirect(303, safeNext(String(form.get('next') ?? '')));
	}
};
