import { redirect } from '@sveltejs/kit';
import { Refusal } from '#lib/errors.ts';
import { browserOf, forgetAsked, readAsked, rememberSession, saysShared } from '#lib/identity/session-cookie.server.ts';
import { signInByCode } from '#lib/identity/sign-in.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => ({
	address: readAsked(event)?.address ?? null,
	next: safeNext(event.url.searchParams.get('next')),
	shared: event.url.searchParams.get('shared') === 'yes'
});

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const asked = readAsked(event);
		const session = await answer(
			asked
				? signInByCode(db(), asked.requestId, String(form.get('code') ?? ''), browserOf(event, saysShared(form)))
				: Promise.reject(
						new Refusal('rule', 'A code works only in the browser that asked for it. Please ask for a new one here.')
					)
		);
		if (!('sessionId' in session)) return session;
		forgetAsked(event);
		rememberSession(event, session);
		redirect(303, safeNext(String(form.get('next') ?? '')));
	}
};
