import { fail, redirect } from '@sveltejs/kit';
import { choose, readChoices } from '#lib/discussion/choices.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => ({
	...(await readChoices(db(), signedIn(locals), params.id, url.searchParams.get('thread'))),
	saved: url.searchParams.has('saved')
});

export const actions: Actions = {
	choose: async ({ locals, params, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const what = { cohortId: params.id, threadId: sent.get('thread'), microcredentialId: sent.get('competency') };
		const done = await answer(choose(db(), person, what, sent.get('level')));
		if (isRefused(done)) return fail(done.status, done.data);
		// A choice for a thread was only taken with the id of one.
		redirect(
			303,
			what.threadId && sent.get('back') ? `/threads/${String(what.threadId)}` : `/cohorts/${params.id}/follow?saved`
		);
	}
};
