import { json } from '@sveltejs/kit';
import { readNameable } from '#lib/discussion/named.server.ts';
import { signedIn } from '#lib/identity/signed-in.server.ts';
import { db } from '#lib/server/current.ts';
import type { RequestHandler } from './$types';

/** Whom and what a post can name, for its editor. */
export const GET: RequestHandler = async ({ locals, params }) =>
	json(await readNameable(db(), signedIn(locals), params.id));
