import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { readOwnNameless, takeBackWaiting } from '#lib/discussion/nameless.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
	...(await readOwnNameless(db(), signedIn(locals))),
	asked: url.searchParams.has('asked'),
	now: new Date()
});

export const actions: Actions = {
	takeBack: async ({ locals, request }) => {
		const person = signedIn(locals);
		const id = (await formOf(request)).get('id');
		const done = await answer(takeBackWaiting(db(), person, id));
		if (isRefused(done)) return fail(done.status, done.data);
		redirect(303, resolve('/cohorts/without-a-name'));
	}
};
