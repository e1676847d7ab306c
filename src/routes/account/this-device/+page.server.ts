import { signedIn } from '#lib/identity/signed-in.server.ts';
import { safeNext } from '#lib/identity/sign-in.ts';
import { titlesOf } from '#lib/reflection/reflection.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const person = signedIn(locals);
	const next = url.searchParams.get('next');
	return {
		person,
		shared: locals.session?.shared ?? false,
		titles: await titlesOf(db(), person),
		/** Where somebody was going who was led here on the way. */
		next: next === null ? null : safeNext(next)
	};
};
