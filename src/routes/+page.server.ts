import { signedIn } from '#lib/identity/signed-in.server.ts';
import { readHome } from '#lib/progress/home.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => readHome(db(), signedIn(locals), new Date());
