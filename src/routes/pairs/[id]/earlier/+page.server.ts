import { redirect } from '@sveltejs/kit';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readEarlier, showEarlier } from '#lib/reflection/earlier.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => ({
	...(await readEarlier(db(), signedIn(locals), params.id)),
	chosen: url.searchParams.has('chosen')
});

export const actions: Actions = {
	show: async (event) => {
		const { locals, params, request } = event;
		const person = signedIn(locals);
		const form = await formOf(request);
		const reflection = String(form.get('reflection'));
		const keys = form.getAll('line').map(String);
		const done = await answer(showEarlier(db(), person, params.id, reflection, keys, whenceOf(event)));
		if (isRefused(done)) return done;
		redirect(303, `/pairs/${params.id}/earlier?chosen`);
	}
};
