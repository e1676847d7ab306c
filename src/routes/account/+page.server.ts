import { signedIn } from '#lib/identity/signed-in.server.ts';
import { listOwnPrograms } from '#lib/program/people.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	return { person, programs: await listOwnPrograms(db(), person) };
};
