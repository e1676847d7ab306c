import { signedIn } from '#lib/identity/signed-in.server.ts';
import { listUnreachable, sayReachable } from '#lib/identity/reachable.server.ts';
import { listOwnPrograms } from '#lib/program/people.server.ts';
import { formOf } from '#lib/server/answer.ts';
import { db } from '#lib/server/current.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const person = signedIn(locals);
	const [programs, unreachable] = await Promise.all([listOwnPrograms(db(), person), listUnreachable(db(), person)]);
	return { person, programs, unreachable };
};

export const actions: Actions = {
	works: async ({ locals, request }) => {
		const person = signedIn(locals);
		const address = String((await formOf(request)).get('address') ?? '');
		await sayReachable(db(), person, address);
		return { works: true };
	}
};
