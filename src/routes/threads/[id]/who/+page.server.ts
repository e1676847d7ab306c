import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readReveal, revealAuthor } from '#lib/discussion/reveal.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	...(await readReveal(db(), signedIn(locals), params.id)),
	now: new Date()
});

export const actions: Actions = {
	default: async (event) => {
		const { locals, params, request } = event;
		const person = signedIn(locals);
		const reason = (await formOf(request)).get('reason');
		const done = await answer(revealAuthor(db(), { person, whence: whenceOf(event) }, params.id, reason));
		if (isRefused(done)) return fail(done.status, { ...done.data, reason: typeof reason === 'string' ? reason : '' });
		redirect(303, resolve('/threads/[id]/who', { id: params.id }));
	}
};
