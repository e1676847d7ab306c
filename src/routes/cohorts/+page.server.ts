import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { listCohorts } from '#lib/discussion/cohorts.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const cohorts = await listCohorts(db(), signedIn(locals));
	// Whoever has one is there already.
	if (cohorts.length === 1) redirect(303, resolve('/cohorts/[id]', { id: cohorts[0]!.id }));
	return { cohorts };
};
