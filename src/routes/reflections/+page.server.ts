import { signedIn } from '#lib/identity/signed-in.server.ts';
import { listReflectionsWithState } from '#lib/progress/reflections.server.ts';
import { mayStay } from '#lib/reflection/local-copy.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, setHeaders }) => {
	const person = signedIn(locals);
	setHeaders(mayStay(person, locals.session));
	return { person, reflections: await listReflectionsWithState(db(), person, new Date()) };
};
