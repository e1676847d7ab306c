import { readMicrocredentialPage } from '#lib/catalogue/offer.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params, url }) => {
	const asked = url.searchParams.get('version');
	// What is no number is no version either.
	const number = asked === null ? null : /^\d{1,6}$/.test(asked) ? Number(asked) : -1;
	return readMicrocredentialPage(db(), signedIn(locals), params.id, number);
};
