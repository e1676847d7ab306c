import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { finishFirstSteps, readFirstSteps } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { steps, roles } = await readFirstSteps(db(), signedIn(locals));
	if (steps.length === 0) redirect(303, resolve('/'));
	return { steps, roles };
};

export const actions: Actions = {
	default: async ({ locals }) => {
		await finishFirstSteps(db(), signedIn(locals));
		redirect(303, resolve('/'));
	}
};
