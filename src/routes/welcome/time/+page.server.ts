import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { readTimes } from '#lib/identity/first-steps.ts';
import { readFirstSteps, saveTimes } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { steps, times, remind } = await readFirstSteps(db(), signedIn(locals));
	if (!steps.includes('time')) redirect(303, resolve('/welcome'));
	return { steps, times, remind };
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const person = signedIn(locals);
		const sent = await formOf(request);
		const saved = await answer((async () => saveTimes(db(), person, readTimes(sent)))());
		if (!('days' in saved)) return saved;
		redirect(303, resolve('/welcome/who'));
	}
};
