import { readFramework } from '#lib/catalogue/reading.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = signedIn(locals);
	// No statement holds a sign that is none, and Postgres would answer with an error.
	const asked = (name: string) => url.searchParams.get(name)?.replaceAll('\0', '').trim().slice(0, 200) || null;
	const from = Math.trunc(Number(asked('from'))) || 0;
	const words = asked('q');
	const read = await readFramework(db(), person, params.id, { at: asked('at'), from, words });
	return { ...read, words, imported: url.searchParams.has('imported') };
};
