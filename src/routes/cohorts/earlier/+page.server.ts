import { listEarlier } from '#lib/discussion/earlier.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) =>
	listEarlier(db(), signedIn(locals), url.searchParams.get('page'), url.searchParams.get('post'));
