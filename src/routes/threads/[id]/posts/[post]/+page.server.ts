import { readHistory } from '#lib/discussion/posting.server.ts';
import { notFound } from '#lib/errors.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const found = await readHistory(db(), signedIn(locals), params.post);
	if (found.threadId !== params.id.toLowerCase()) throw notFound('post');
	return { ...found, now: new Date() };
};
