import { signedIn } from '#lib/identity/signed-in.server.ts';
import { listReflectionsWithState } from '#lib/progress/reflections.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	return { person, reflections: await listReflectionsWithState(db(), person, new Date()) };
};
