import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { askForCopy, isShown, listCopies } from '#lib/own-data/copy.server.ts';
import { listBelongings } from '#lib/own-data/leaving.server.ts';
import { answer } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	return {
		copies: await listCopies(db(), person),
		programs: (await listBelongings(db(), person)).map(({ program }) => program),
		shown: await isShown(db(), person, locals.session?.sessionId ?? '')
	};
};

export const actions: Actions = {
	copy: async (event) => {
		const person = signedIn(event.locals);
		const asked = await answer(askForCopy(db(), person, event.locals.session?.sessionId ?? '', whenceOf(event)));
		if (!('asked' in asked)) return asked;
		redirect(303, resolve('/account/data/copy'));
	}
};
