import { readModeration } from '#lib/discussion/moderation.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	...(await readModeration(db(), signedIn(locals), params.id)),
	now: new Date()
});
