import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readFrozen } from '#lib/reflection/freeze.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	readFrozen(db(), signedIn(locals), params.id, params.version);
