import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { browserOf, rememberSession } from '#lib/identity/session-cookie.server.ts';
import { readWayBack, takeBack } from '#lib/own-data/deletion.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** Where the mail to somebody who deletes their account leads, and where they are after asking. Looking changes nothing. */
export const load: PageServerLoad = async ({ url }) => {
	const token = (url.searchParams.get('token') ?? '').slice(0, 100);
	return { token, closed: url.searchParams.has('closed'), name: token ? await readWayBack(db(), token) : null };
};

export const actions: Actions = {
	default: async (event) => {
		const form = await formOf(event.request);
		const session = await answer(takeBack(db(), String(form.get('token') ?? ''), browserOf(event)));
		if (!('sessionId' in session)) return session;
		rememberSession(event, session);
		redirect(303, resolve('/'));
	}
};
