import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readPairPlan } from '#lib/progress/plan.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	pairId: params.id,
	plan: await readPairPlan(db(), signedIn(locals), params.id, new Date())
});
