import { readSheet } from '#lib/credit/credit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) =>
	readSheet(db(), signedIn(locals), url.searchParams.get('in')?.slice(0, 10) || null, new Date());
