import { fail, redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readModeration } from '#lib/discussion/moderation.server.ts';
import { leaveModerating } from '#lib/discussion/moderators.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, isRefused } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	...(await readModeration(db(), signedIn(locals), params.id)),
	now: new Date()
});

export const actions: Actions = {
	leave: async (event) => {
		const { locals, params } = event;
		const by = { person: signedIn(locals), proof: locals.session, whence: whenceOf(event) };
		const done = await answer(leaveModerating(db(), by, params.id));
		if (isRefused(done)) return fail(done.status, done.data);
		// Whether they still read the cohort hangs on what else they are in it.
		redirect(303, resolve('/cohorts'));
	}
};
