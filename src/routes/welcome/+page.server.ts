import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { readFirstSteps } from '#lib/identity/first-steps.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

/** Where somebody begins, or goes on who left in the middle. */
export const load: PageServerLoad = async ({ locals }) => {
	const { steps, next } = await readFirstSteps(db(), signedIn(locals));
	redirect(303, steps.length > 0 ? resolve(`/welcome/${next}`) : resolve('/'));
};
