import { browseCatalogue } from '#lib/catalogue/browse.server.ts';
import { lookingFor } from '#lib/catalogue/looking.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const looking = lookingFor(url.searchParams);
	return { looking, ...(await browseCatalogue(db(), signedIn(locals), looking)) };
};
