import { signedIn } from '#lib/identity/signed-in.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ person: signedIn(locals) });
