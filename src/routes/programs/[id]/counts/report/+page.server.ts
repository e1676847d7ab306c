import { readReport } from '#lib/counts/counts.server.ts';
import { requirePasskey } from '#lib/identity/proof.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const person = await requirePasskey(locals, db());
	return readReport(db(), person, params.id, url.searchParams.get('place') || null);
};
