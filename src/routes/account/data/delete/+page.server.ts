import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { forgetSession } from '#lib/identity/session-cookie.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { isShown } from '#lib/own-data/copy.server.ts';
import { askForDeletion, listFates } from '#lib/own-data/deletion.server.ts';
import { listBelongings } from '#lib/own-data/leaving.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import { ownOrigin } from '#lib/server/origin.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	const belongings = await listBelongings(db(), person);
	return {
		fates: await listFates(db(), person),
		keptBack: belongings.filter(({ lastManager }) => lastManager).map(({ program }) => program.name),
		shown: await isShown(db(), person, locals.session?.sessionId ?? '')
	};
};

export const actions: Actions = {
	default: async (event) => {
		const person = signedIn(event.locals);
		const typed = String((await formOf(event.request)).get('phrase') ?? '');
		const asked = {
			sessionId: event.locals.session?.sessionId ?? '',
			typed,
			origin: ownOrigin(event.url)
		};
		const closed = await answer(askForDeletion(db(), person, asked, whenceOf(event)));
		if (!('until' in closed)) return closed;
		forgetSession(event);
		redirect(303, resolve('/sign-in/back?closed=yes'));
	}
};
