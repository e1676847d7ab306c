import { redirect } from '@sveltejs/kit';
import { browserOf, rememberSession, saysShared } from '#lib/identity/session-cookie.server.ts';
import { readLink, signInByLink } from '#lib/identity/sign-in.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** Looking at the link changes nothing: mail scanners open every link before the person does. */
export const load: PageServerLoad = async ({ url }) => {
	const token = (url.searchParams.get('token') ?? '').slice(0, 100);
	return {
		token,
		next: safeNext(url.searchParams.get('next')),
		shared: url.searchParams.get('shared') === 'yes',
		name: await readLink(db(), token)
	};
};

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const session = await answer(
			signInByLink(db(), String(form.get('token') ?? ''), browserOf(event, saysShared(form)))
		);
		if (!('sessionId' in session)) return session;
		rememberSession(event, session);
		redirect(303, safeNext(String(form.get('next') ?? '')));
	}
};
