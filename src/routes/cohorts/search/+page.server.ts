import { searchPosts } from '#lib/discussion/search.server.ts';
import { asksAnything, lookingIn } from '#lib/discussion/searching.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const person = signedIn(locals);
	const looking = lookingIn(url.searchParams);
	return { looking, asks: asksAnything(looking), ...(await searchPosts(db(), person, looking)) };
};
