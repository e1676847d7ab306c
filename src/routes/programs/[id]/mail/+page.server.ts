import { requirePasskey } from '#lib/identity/proof.server.ts';
import { readFailedMail } from '#lib/program/failed-mail.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const person = await requirePasskey(locals, db());
	return readFailedMail(db(), person, params.id);
};
