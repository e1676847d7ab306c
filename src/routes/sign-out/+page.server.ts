import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signOut, signOutEverywhere } from '#lib/identity/devices.server.ts';
import { forgetSession } from '#lib/identity/session-cookie.server.ts';
import { knowing } from '#lib/identity/signed-in.server.ts';
import { titlesOf } from '#lib/reflection/reflection.server.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

/** The page looks first whether everything that was written here is saved; only its form signs out. */
export const load: PageServerLoad = async ({ locals, url }) => {
	knowing(locals);
	if (!locals.person) redirect(303, resolve('/sign-in'));
	return {
		person: locals.person,
		everywhere: url.searchParams.get('everywhere') === 'yes',
		titles: await titlesOf(db(), locals.person)
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { locals } = event;
		knowing(locals); // else the cookie would go and the session stay
		const form = await formOf(event.request);
		const whence = whenceOf(event);
		if (locals.person && locals.session) {
			if (form.get('everywhere') === 'yes') await signOutEverywhere(db(), locals.person, whence);
			else await signOut(db(), locals.person, locals.session.sessionId, whence);
		}
		forgetSession(event);
		// Storage goes only when the page has looked: words that the server lacks may lie in it. Cookies would take along
		// those of whoever signs in next in another tab.
		event.setHeaders({
			'clear-site-data': form.get('clear') === 'everything' ? '"cache", "storage"' : '"cache"'
		});
		redirect(303, resolve('/sign-in'));
	}
};
