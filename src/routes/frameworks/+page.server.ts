import { listFrameworks } from '#lib/catalogue/importing.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => listFrameworks(db(), signedIn(locals));
