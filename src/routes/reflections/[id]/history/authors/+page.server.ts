import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readWhoWrote } from '#lib/reflection/history.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const person = signedIn(locals);
	return { person, ...(await readWhoWrote(db(), person, params.id)) };
};
