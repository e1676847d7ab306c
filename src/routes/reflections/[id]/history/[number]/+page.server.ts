import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { bringBack, readVersion } from '#lib/reflection/history.server.ts';
import { rowOf } from '#lib/reflection/row.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	readVersion(db(), signedIn(locals), params.id, rowOf(params.number));

export const actions: Actions = {
	bringBack: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const form = await formOf(request);
		const seen = rowOf(form.get('seen'));
		const by = { person, sessionId: locals.session?.sessionId ?? '' };
		const sure = form.get('sure') === 'yes';
		const row = await answer(bringBack(db(), by, params.id, { number: rowOf(params.number), seen, sure }));
		if (isRefused(row)) return fail(row.status, { ...row.data, seen });
		redirect(303, `/reflections/${params.id}`);
	}
};
