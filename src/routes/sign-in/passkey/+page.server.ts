import { fail, redirect } from '@sveltejs/kit';
import { signInByPasskey, siteOf } from '#lib/identity/passkey.server.ts';
import {
	browserOf,
	forgetChallenge,
	readChallenge,
	rememberSession,
	saysShared
} from '#lib/identity/session-cookie.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ next: safeNext(url.searchParams.get('next')) });

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const next = safeNext(String(form.get('next') ?? ''));
		const shared = saysShared(form);
		const sent = String(form.get('answer') ?? '');
		const session = await answer(
			signInByPasskey(db(), readChallenge(event), sent, siteOf(event.url), browserOf(event, shared))
		);
		if (isRefused(session)) return fail(session.status, { ...session.data, next, shared });
		forgetChallenge(event);
		rememberSession(event, session);
		redirect(303, next);
	}
};
