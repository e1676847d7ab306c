import { readRules } from '#lib/credit/credit.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = url.searchParams.get('in')?.slice(0, 10) || null;
	const read = await readRules(db(), signedIn(locals), asked, new Date());
	return { ...read, recorded: url.searchParams.get('recorded') };
};
