import { browseCatalogue } from '#lib/catalogue/browse.server.ts';
import { editsAnything } from '#lib/catalogue/editing.server.ts';
import { lookingFor } from '#lib/catalogue/looking.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const person = signedIn(locals);
	const looking = lookingFor(url.searchParams);
	return { looking, edits: await editsAnything(db(), person), ...(await browseCatalogue(db(), person, looking)) };
};
