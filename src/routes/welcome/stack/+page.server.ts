import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { whenceOf } from '#lib/audit/audit.server.ts';
import { readFirstSteps } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readChosen } from '#lib/program/choosing-form.ts';
import { chooseStacks } from '#lib/program/choosing.server.ts';
import { readChoosing } from '#lib/progress/choosing.server.ts';
import { answer, formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	const { steps } = await readFirstSteps(db(), person);
	if (!steps.includes('stack')) redirect(303, resolve('/welcome'));
	return { steps, places: await readChoosing(db(), person, new Date()) };
};

export const actions: Actions = {
	default: async (event) => {
		const person = signedIn(event.locals);
		const chosen = readChosen(await formOf(event.request));
		const made = await answer(chooseStacks(db(), person, chosen, whenceOf(event)));
		if (!Array.isArray(made)) return made;
		redirect(303, resolve('/welcome/time'));
	}
};
